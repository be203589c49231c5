"""Key figures of many municipalities side by side: changes over years, places, and the quarter that one is in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from krokomanalys.regions import NATION
from krokomanalys.sources.tables import rows_of

FEWEST = 8
"""Municipalities that must have a value before a quarter of them says anything."""
STANDING_COLUMNS = (
    "kpi", "name", "unit", "year", "value", "nation", "change", "change_percent", "five", "five_percent", "place",
    "of", "shared", "best_first", "quarter", "uncoloured", "both_signs",
)  # fmt: skip
_NOTHING = float("nan")


def turned(ratios: pd.DataFrame, kpis: pd.DataFrame) -> pd.DataFrame:
    """The ratios with costs above zero: those that are given with a minus throughout have it taken away.

    Kolada gives the costs of the income statement (N03011, N03012, N03013) as negative numbers and all other costs as
    positive. Turned is what is called kostnad or avskrivning and has no value above zero in any place or year;
    a net cost that may come on either side of zero stays. Adds the column `turned`.
    """
    names = {k.kpi: k.name.casefold() for k in rows_of(kpis)}
    highest = ratios.groupby("kpi")["value"].max()
    costs = [
        kpi
        for kpi, most in highest.items()
        if most < 0 and any(word in names.get(kpi, "") for word in ("kostnad", "avskrivning"))
    ]
    is_cost = ratios["kpi"].isin(costs)
    return ratios.assign(value=ratios["value"].where(~is_cost, -ratios["value"]), turned=is_cost)


def standings(ratios: pd.DataFrame, kpis: pd.DataFrame, municipality: str, year: int) -> pd.DataFrame:
    """One row per KPI that the municipality has up to `year`, in the order of `kpis`, for its latest year.

    ratios  region, kpi, year, value as `turned` gives them; kpis  kpi, name, unit, direction, direction_source,
    where the direction is that of the value as shown, so that of a cost lower is cheaper

    change and five are the differences from one and five years before in the KPI's unit, *_percent the same relative
    (NaN for a share, from what isn't above 0, and where both_signs: the KPI has values on both sides of zero). place
    is among `of` municipalities with a value that same year; those whose values print alike share a place
    (shared), and Riket has none. best_first says that place 1 is the best; else it is the highest value.
    quarter is best, middle or worst, for KPIs whose direction has a source and that at least FEWEST municipalities
    have: a quarter of them, no more, is best and as many worst. Those that share a place are in the same quarter.
    Elsewhere it is "" and uncoloured says why: direction, source, few, joined with "+".
    """
    told = ratios[ratios["year"] <= year]
    series = {
        (str(region), str(kpi)): dict(zip(rows["year"].astype(int), rows["value"].astype(float), strict=True))
        for (region, kpi), rows in told.groupby(["region", "kpi"])
    }
    spread = told.groupby("kpi")["value"].agg(["min", "max"])
    rows = [
        _standing(kpi, municipality, series, bool(spread.loc[kpi.kpi, "min"] < 0 < spread.loc[kpi.kpi, "max"]))
        for kpi in rows_of(kpis)
        if (municipality, kpi.kpi) in series
    ]
    return pd.DataFrame(rows, columns=list(STANDING_COLUMNS))


def decimals(unit: str) -> int:
    """How many decimals a value in a unit is shown with: none for kronor, one for per cent and millions."""
    return 0 if unit.startswith("kr") else 1


def _standing(
    kpi: Any, municipality: str, series: Mapping[tuple[str, str], Mapping[int, float]], both: bool
) -> dict[str, object]:
    own = series[municipality, kpi.kpi]
    year = max(own)
    value = own[year]
    others = {
        region: values[year]
        for (region, code), values in series.items()
        if code == kpi.kpi and len(region) == 4 and year in values
    }
    direction, source = _text(kpi.direction), _text(kpi.direction_source)
    sure = bool(direction and source)
    lacks = {"direction": not direction, "source": bool(direction) and not source, "few": len(others) < FEWEST}
    why = [word for word, holds in lacks.items() if holds]
    shown = {region: round(v, decimals(kpi.unit)) for region, v in others.items()}
    sign = -1.0 if sure and direction == "lower" else 1.0
    mine = shown[municipality]
    ahead = sum(sign * v > sign * mine for v in shown.values())
    behind = sum(sign * v < sign * mine for v in shown.values())
    row: dict[str, object] = {
        "kpi": kpi.kpi,
        "name": kpi.name,
        "unit": kpi.unit,
        "year": year,
        "value": value,
        "nation": series.get((NATION, kpi.kpi), {}).get(year, _NOTHING),
        "place": ahead + 1,
        "of": len(others),
        "shared": ahead + behind + 1 < len(others),
        "best_first": sure,
        "quarter": "" if why else _quarter(ahead, behind, len(others)),
        "uncoloured": "+".join(why),
        "both_signs": both,
    }
    for name, years in (("change", 1), ("five", 5)):
        before = own.get(year - years, _NOTHING)
        row[name] = round(value - before, 9)
        relative = kpi.unit != "%" and not both and before > 0
        row[f"{name}_percent"] = (value - before) / before * 100 if relative else _NOTHING
    return row


def _quarter(ahead: int, behind: int, count: int) -> str:
    """A place from one end counts as long as it is within a quarter; where all are alike nobody is best or worst."""
    best, worst = ahead + 1 <= count / 4, behind + 1 <= count / 4
    return "middle" if best == worst else "best" if best else "worst"


def _text(value: object) -> str:
    return "" if pd.isna(value) else str(value).strip()  # type: ignore[call-overload]
