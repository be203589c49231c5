"""A backtest over a data folder: every way to project its municipalities, held against what came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pandas as pd

from krokomanalys.errors import Fault, InputError
from krokomanalys.population.evaluate import (
    BENCHMARKS,
    LONGEST,
    RIKET_KNOWN,
    TOTAL,
    backtest,
    complete,
    official_errors,
)
from krokomanalys.population.forecast import DEFAULT
from krokomanalys.population.history import has_flows_by_age
from krokomanalys.population.national import national
from krokomanalys.population.records import record
from krokomanalys.population.scores import SIZES, scorecard, with_sizes
from krokomanalys.population.totals import YEARS_NEEDED
from krokomanalys.regions import NATION
from krokomanalys.sources.available import HISTORY_YEARS, PARTITION
from krokomanalys.sources.load import load_population
from krokomanalys.swedish import number

Part = Literal["allt", "val", "prov"]
PARTS: dict[Part, str] = {
    "allt": "alla kommuner och utgångsår",
    "val": "två av tre kommuner i ordning efter kod, utgångsår till och med 2016",
    "prov": "var tredje kommun i ordning efter kod, och alla kommuners utgångsår efter 2016",
}
DECIDED_UNTIL = 2016
"""The last origin that the choice of model has seen; and of the municipalities in order of code every third is kept."""
HORIZONS = (1, 3, 5, 10, LONGEST)
WAY_NAMES = {
    "joined": "Huvudmodellen (joined)",
    "no_change": "Oförändrat antal",
    "linear5": "Rak linje, fem års takt",
    "linear10": "Rak linje, tio års takt",
    "net10": "Flyttnetto, tio års medel (net10)",
    "net3_10": "Flyttnetto, tre och tio års medel (net3_10)",
    "gross": "In- och utflyttning för sig (gross)",
    "shrunk": "Krympta tal (shrunk)",
    "average": "Medel av tre kohortmodeller (average)",
    "hamilton_perry": "Kohortkvoter (hamilton_perry)",
    "growth3_5_10": "Medel av tre, fem och tio års takt",
    "damped10": "Tio års takt, avtagande",
    "components": "Delar: födda, döda, in- och utrikes (components)",
    "relative": "Egen takt mot riket (relative)",
    "returning": "Egen takt, återgående (returning)",
    "joined_gross": "gross, samma total",
    "joined_shrunk": "shrunk, samma total",
    "official": "Officiell prognos",
    RIKET_KNOWN: "Huvudmodellen om rikets utfall vore känt",
}


@dataclass(frozen=True, eq=False)
class Tested:
    """A backtest: errors as evaluate.backtest gives them with official ones and size classes, and on what.

    left_out  municipalities of the folder that lack a series for one of the years
    """

    errors: pd.DataFrame
    regions: tuple[str, ...]
    origins: tuple[int, int]
    part: Part
    left_out: tuple[str, ...]


def tested(data: Path | None, first: int, last: int, shape_from: str | None, part: Part = "allt") -> Tested:
    """Run the backtest over the municipalities of a data folder (of the embedded data where none is given).

    Raises:
        InputError: the origins are not within the data, no municipality has all series, or one lacks moves by age and
            no lender is named.
    """
    tables, own = load_population(data)
    years = sorted(int(y) for y in tables.groups.loc[tables.groups["region"].isin(own), "year"].unique())
    start, end = years[0] + YEARS_NEEDED - 1, years[-1] - 1
    if first < start or last > end:
        problem = f"utgångsåren {first}–{last} går inte att pröva med folkmängd för {years[0]}–{years[-1]}"
        raise InputError(Fault("--from, --to", problem, f"år inom {start}–{end}"))
    whole = record(tables, own, years[0], years[-1])
    regions = complete(whole, first)
    if not regions:
        span = f"alla år {first - HISTORY_YEARS}–{end + 1}"
        problem = f"ingen kommun har folkmängd, födda, döda, flyttade och inrikes och utrikes flyttnetto {span}"
        raise InputError(Fault("data/population/", problem, "minst en kommun med alla serier"))
    read = record(tables, regions, years[0], years[-1])
    lender = record(tables, [shape_from], years[0], years[-1]) if shape_from else None
    lacking = [
        r
        for r, by_age in zip(regions, has_flows_by_age(read, first - HISTORY_YEARS + 1, last), strict=True)
        if not by_age
    ]
    if lender is None and lacking:
        problem = f"{lacking[0]} har inte flyttningar efter ålder för alla år från {first - HISTORY_YEARS + 1}"
        raise InputError(Fault("--shape-from", problem, "en kommun att låna åldersfördelningen från, t.ex. 2262"))
    errors = backtest(read, national(tables), lender, range(first, last + 1))
    errors = with_sizes(pd.concat([errors, official_errors(tables.official, read)], ignore_index=True), read)
    kept = of_part(errors, regions, part)
    return Tested(kept, tuple(regions), (first, last), part, tuple(sorted(set(own) - set(regions))))


def of_part(errors: pd.DataFrame, regions: Sequence[str], part: Part) -> pd.DataFrame:
    """The rows of a part: `val` has seen two of three municipalities, origins to DECIDED_UNTIL; `prov` is the rest."""
    if part == "allt":
        return errors
    deciding = [region for place, region in enumerate(regions) if place % 3 != 2]
    seen = errors["region"].isin(deciding) & (errors["origin"] <= DECIDED_UNTIL)
    of_riket = errors["region"] == NATION
    return errors[(seen | of_riket) if part == "val" else ~seen]


def scores(errors: pd.DataFrame) -> pd.DataFrame:
    """The errors that a report prints beside its own projection: data/population/scorecard.csv.

    Columns: way, size_class, group, horizon, mape, se, places, forecasts; the default and the benchmarks, by size
    class (lower bound, persons) for the total, and -1 for all sizes together for the total and the age groups.
    """
    ways = [DEFAULT, *BENCHMARKS]
    kept = errors[errors["way"].isin(ways) & errors["horizon"].isin(HORIZONS) & (errors["region"] != NATION)]
    whole = kept[kept["group"] == TOTAL]
    groups = kept[kept["group"].isin([TOTAL, *PARTITION])].assign(size_class=-1)
    card = scorecard(pd.concat([whole, groups]), ("size_class", "group", "horizon"))
    card = card.assign(mape=card["mape"].astype(float).round(4), se=card["se"].astype(float).round(4))
    order = card["way"].map({way: place for place, way in enumerate(ways)})
    card = card.assign(order=order).sort_values(["size_class", "group", "horizon", "order"], kind="stable")
    return card[["way", "size_class", "group", "horizon", "mape", "se", "places", "forecasts"]]


def size_name(lower: int) -> str:
    """A size class in words: 10 000–20 000."""
    above = [bound for bound in SIZES if bound > lower]
    if lower < 0:
        return "alla"
    if lower == 0:
        return f"under {number(above[0])}"
    return f"{number(lower)}–{number(above[0])}" if above else f"{number(lower)} och fler"
