"""Rolling-origin evaluation: what each way would have said at earlier origins, held against what came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from krokomanalys.population.cube import Array
from krokomanalys.population.outlook import outlook
from krokomanalys.population.totals import YEARS_NEEDED, Way
from krokomanalys.sources import available
from krokomanalys.sources.slices import PopulationTables

ERROR_COLUMNS = ("way", "origin", "horizon", "region", "forecast", "outcome", "error")
SHELF_LIFE = 10.0
"""A forecast is still good while it is within this many per cent of the outcome."""


def rolling_origin(
    totals: Array, years: Sequence[int], regions: Sequence[str], ways: Mapping[str, Way], origins: Sequence[int]
) -> pd.DataFrame:
    """Forecasts of every way from every origin for every later year observed, a row each.

    `totals` are persons by year and municipality, shape (T, R), for consecutive `years`. A way is given the totals
    up to and including the origin and nothing later. Columns: way, origin, horizon (years ahead), region, forecast,
    outcome, error (forecast - outcome in per cent of the outcome: above zero, too high).

    Raises:
        ValueError: an origin has fewer than YEARS_NEEDED observations, or no outcome after it.
    """
    frames = []
    for origin in origins:
        last = list(years).index(origin)
        steps = len(years) - 1 - last
        if last + 1 < YEARS_NEEDED or steps < 1:
            raise ValueError(f"origin {origin} needs {YEARS_NEEDED} years before it and one after, in {years}")
        outcome = totals[last + 1 :]
        for name, way in ways.items():
            forecast = way(totals[: last + 1], steps)
            horizon, region = np.meshgrid(np.arange(1, steps + 1), np.array(regions), indexing="ij")
            frames.append(
                pd.DataFrame(
                    {
                        "way": name,
                        "origin": origin,
                        "horizon": horizon.ravel(),
                        "region": region.ravel(),
                        "forecast": forecast.ravel(),
                        "outcome": outcome.ravel(),
                        "error": (100 * (forecast / outcome - 1)).ravel(),
                    }
                )
            )
    return pd.concat(frames, ignore_index=True)


def earlier_outlooks(
    tables: PopulationTables, municipality: str, base_year: int, shape_from: str | None = None
) -> pd.DataFrame:
    """What the projection itself and its benchmarks would have said of the total at every earlier origin they can.

    From each origin the municipality is projected on the figures known then. Columns as `rolling_origin`, with the
    ways net10, linear10 and no_change; no rows where no earlier origin has the history that a projection needs.
    """
    totals = _totals(tables, municipality)
    frames = []
    for origin in (year for year in totals.index if year < base_year):
        known = as_known(tables, int(origin))
        t = known
        if available.history(t.single, t.groups, t.components, t.births, t.deaths, municipality, int(origin)):
            continue
        said = outlook(known, municipality, int(origin), base_year, shape_from)
        ahead = totals.loc[origin + 1 : base_year]
        for way, path in (("net10", said.path), ("linear10", said.linear10), ("no_change", said.no_change)):
            frames.append(
                pd.DataFrame(
                    {
                        "way": way,
                        "origin": int(origin),
                        "horizon": ahead.index - origin,
                        "region": municipality,
                        "forecast": path.reindex(ahead.index).to_numpy(),
                        "outcome": ahead.to_numpy(),
                        "error": 100 * (path.reindex(ahead.index).to_numpy() / ahead.to_numpy() - 1),
                    }
                )
            )
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=list(ERROR_COLUMNS))


def as_known(tables: PopulationTables, year: int) -> PopulationTables:
    """The tables as they were at the end of a year: no row of a later one."""
    official = tables.official[(tables.official["jump_off"] <= year).fillna(False).astype(bool)]

    def past(table: pd.DataFrame) -> pd.DataFrame:
        return table[table["year"] <= year]

    return PopulationTables(
        single=past(tables.single),
        groups=past(tables.groups),
        components=past(tables.components),
        births=past(tables.births),
        deaths=past(tables.deaths),
        migration=past(tables.migration),
        official=official,
    )


def _totals(tables: PopulationTables, municipality: str) -> pd.Series[float]:
    groups = tables.groups
    own = groups[(groups["region"] == municipality) & (groups["age_group"] == "total") & (groups["sex"] == "T")]
    return own.set_index("year")["population"].astype(float).sort_index()


def scorecard(errors: pd.DataFrame, horizons: Sequence[int]) -> pd.DataFrame:
    """Each way's errors by horizon, pooled over municipalities and origins.

    Columns: way, horizon, mape and its standard error se (per cent; municipalities are the independent units, so se
    is that of the mean over them), mdape, bias (mean error), within (per cent of forecasts within SHELF_LIFE), and
    forecasts, how many there are.
    """
    rows = []
    kept = errors[errors["horizon"].isin(list(horizons))].assign(size=errors["error"].abs())
    for (way, horizon), part in kept.groupby(["way", "horizon"], sort=False):
        by_region = part.groupby("region")["size"].mean()
        rows.append(
            {
                "way": way,
                "horizon": horizon,
                "mape": part["size"].mean(),
                "se": by_region.std() / np.sqrt(len(by_region)) if len(by_region) > 1 else float("nan"),
                "mdape": part["size"].median(),
                "bias": part["error"].mean(),
                "within": 100 * (part["size"] <= SHELF_LIFE).mean(),
                "forecasts": len(part),
            }
        )
    return pd.DataFrame(rows)
