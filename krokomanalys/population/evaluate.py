"""Rolling-origin evaluation: what each way would have said at earlier origins, held against what came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from krokomanalys.population.cube import Array, in_group
from krokomanalys.population.forecast import DEFAULT, PLANS, following, forecast, observed_until
from krokomanalys.population.history import has_flows_by_age
from krokomanalys.population.models import MODELS, Start, hamilton_perry
from krokomanalys.population.national import National, national
from krokomanalys.population.projection import carry
from krokomanalys.population.records import Record, record
from krokomanalys.population.shape import Shape, shape_of
from krokomanalys.population.totals import WAYS, YEARS_NEEDED, linear, no_change, past_of, riket_path
from krokomanalys.regions import NATION
from krokomanalys.sources.available import HISTORY_YEARS, PARTITION
from krokomanalys.sources.grouping import FINER
from krokomanalys.sources.slices import PopulationTables

ERROR_COLUMNS = ("way", "origin", "horizon", "region", "group", "forecast", "outcome", "error")
LONGEST = 15
"""Years ahead that are scored, at most."""
BENCHMARKS = ("no_change", "linear5", "linear10", "net10")
FINER_GROUPS = tuple(part for parts in FINER.values() for part in parts)
TOTAL, SINGLE_AGES = "total", "single"
GROSS = ("gross", "shrunk", "average")
"""Models with enough in-migration to follow any likely total: net migration may have none in a shrinking place."""
RIKET_KNOWN = "joined_riket_known"
"""The default's total with Riket's outcome in place of Riket's projection: what is left of its error is local."""


def backtest(read: Record, riket: National, lender: Record | None, origins: Sequence[int]) -> pd.DataFrame:
    """Forecasts of every way and model from every origin for every later year observed, a row each.

    At an origin the record, Riket's series and the lender's moves are cut at its 31 December: the ages of the base are
    those that could be estimated then, and nothing known later is used. Columns: way, origin, horizon (years ahead, up
    to LONGEST), region, group, forecast, outcome, error (forecast - outcome in per cent of the outcome: above zero,
    too high). `group` is `total`, a published age group, or `single`: all single ages where the outcome has them,
    there with the sum of deviations without sign in per cent of the population. Rows of region `00` are Riket's own
    projection.

    Raises:
        InputError: a municipality lacks a series that an origin needs.
        ValueError: no outcome comes after an origin.
    """
    frames = []
    for origin in origins:
        steps = min(LONGEST, read.years[-1] - origin)
        if steps < 1:
            raise ValueError(f"no outcome after {origin} in {read.years[0]}-{read.years[-1]}")
        known = riket.until(origin)
        frames += [_totals(read, known, riket, origin, steps), _ages(read, known, lender, origin, steps)]
        path, came = riket_path(known, origin, steps), riket.totals.reindex(range(origin + 1, origin + steps + 1))
        frames.append(_rows(DEFAULT, origin, (NATION,), TOTAL, path[:, None], came.to_numpy(np.float64)[:, None]))
    return pd.concat(frames, ignore_index=True).dropna(subset=["outcome"]).reset_index(drop=True)


def _totals(read: Record, known: National, riket: National, origin: int, steps: int) -> pd.DataFrame:
    past = past_of(read, known, origin)
    outcome = _after(read, origin, steps, read.totals)
    paths = {name: way(past, steps) for name, way in WAYS.items()}
    paths[RIKET_KNOWN] = WAYS[DEFAULT](replace(past, riket=riket), steps)
    return pd.concat([_rows(name, origin, read.regions, TOTAL, path, outcome) for name, path in paths.items()])


def _ages(read: Record, known: National, lender: Record | None, origin: int, steps: int) -> pd.DataFrame:
    """Forecasts by age group of every model, as it is and following the default's total, and of the benchmarks."""
    shape = shape_at(read, known, lender, origin)
    observed = observed_until(read, known, origin, shape)
    base, start = observed.population[-1], Start(observed, known, steps)
    paths: dict[str, Array] = {"hamilton_perry": hamilton_perry(observed, steps)[1:]}
    for name, model in MODELS.items():
        assumed = model(start, shape)
        paths[name] = carry(base, assumed).population[1:]
        if name in GROSS:
            joined = following(assumed, observed, read, known, DEFAULT)
            paths[f"joined_{name}"] = carry(base, joined).population[1:]
    paths[DEFAULT] = paths.pop(f"joined_{PLANS[DEFAULT].ages}")
    frames = []
    for name, path in paths.items():
        if not name.startswith(DEFAULT):  # what follows the default's total has its error already
            outcome = _after(read, origin, steps, read.totals)
            frames.append(_rows(name, origin, read.regions, TOTAL, path.sum((-2, -1)), outcome))
        frames += [
            _rows(name, origin, read.regions, group, in_group(path, group).sum(-1), _group(read, group, origin, steps))
            for group in (*PARTITION, *FINER_GROUPS)
        ]
        frames.append(_single_ages(name, read, origin, path))
    for group in PARTITION:
        history = read.groups[group][: read.years.index(origin) + 1].sum(-1)
        if np.isnan(history[-1 - HISTORY_YEARS :]).any():
            continue
        for name, path in (
            ("no_change", no_change(history, steps)),
            ("linear5", linear(history, steps, 5)),
            ("linear10", linear(history, steps, 10)),
        ):
            frames.append(_rows(name, origin, read.regions, group, path, _group(read, group, origin, steps)))
    return pd.concat(frames)


def shape_at(read: Record, riket: National, lender: Record | None, origin: int) -> Shape | None:
    """The shape borrowed at an origin; None where every municipality has its own flows by age or none is to lend."""
    first = max(origin - HISTORY_YEARS + 1, riket.mortality_years[0])
    if lender is None or has_flows_by_age(read, first, origin).all():
        return None
    return shape_of(lender, max(first, lender.years[0] + 1), origin)


def _after(read: Record, origin: int, steps: int, values: Array) -> Array:
    first = read.years.index(origin) + 1
    return values[first : first + steps]


def _group(read: Record, group: str, origin: int, steps: int) -> Array:
    return _after(read, origin, steps, read.groups[group].sum(-1))


def _single_ages(name: str, read: Record, origin: int, path: Array) -> pd.DataFrame:
    came = _after(read, origin, len(path), read.single)
    off = np.abs(path - came).sum((-2, -1))
    persons = came.sum((-2, -1))
    return _rows(name, origin, read.regions, SINGLE_AGES, persons + off, persons)


def _rows(
    way: str,
    origin: int,
    regions: Sequence[str],
    group: str,
    forecast: NDArray[np.floating],
    outcome: NDArray[np.floating],
) -> pd.DataFrame:
    horizon, region = np.meshgrid(np.arange(1, len(forecast) + 1), np.array(regions, object), indexing="ij")
    return pd.DataFrame(
        {
            "way": way,
            "origin": origin,
            "horizon": horizon.ravel(),
            "region": region.ravel(),
            "group": group,
            "forecast": forecast.ravel(),
            "outcome": outcome.ravel(),
            "error": (100 * (forecast / outcome - 1)).ravel(),
        }
    )


def official_errors(official: pd.DataFrame, read: Record) -> pd.DataFrame:
    """Errors of the published official projections whose jump-off is known, as rows of `backtest`, way `official`."""
    rows = official[official["jump_off"].notna() & (official["sex"] == "T") & official["region"].isin(read.regions)]
    rows = rows[rows["target_year"].isin(read.years) & rows["age_group"].isin([TOTAL, *PARTITION])]
    if rows.empty:
        return pd.DataFrame(columns=list(ERROR_COLUMNS))
    t = [read.years.index(year) for year in rows["target_year"]]
    r = [read.regions.index(region) for region in rows["region"]]
    came = [
        read.totals[i, j] if group == TOTAL else read.groups[group][i, j].sum()
        for i, j, group in zip(t, r, rows["age_group"], strict=True)
    ]
    forecast, outcome = rows["population"].to_numpy(np.float64), np.array(came, np.float64)
    return pd.DataFrame(
        {
            "way": "official",
            "origin": rows["jump_off"].to_numpy(int),
            "horizon": (rows["target_year"] - rows["jump_off"]).to_numpy(int),
            "region": rows["region"].to_numpy(),
            "group": rows["age_group"].to_numpy(),
            "forecast": forecast,
            "outcome": outcome,
            "error": 100 * (forecast / outcome - 1),
        }
    ).dropna(subset=["error"])


def complete(read: Record, first_origin: int) -> list[str]:
    """The municipalities of a record that have what every origin from `first_origin` on needs, in order."""
    t = slice(max(read.years.index(first_origin) - HISTORY_YEARS, 0), None)
    flows = read.births + read.deaths + read.moved_in.sum(-1) + read.moved_out.sum(-1)
    counted = np.stack([read.groups[name].sum(-1) for name in PARTITION]).sum(0)
    moves = read.net_domestic + read.net_foreign
    whole = ~np.isnan((read.totals + flows + counted + moves)[t]).any(0)
    return [region for region, kept in zip(read.regions, whole, strict=True) if kept]


def earlier_outlooks(
    tables: PopulationTables, municipality: str, base_year: int, shape_from: str | None = None, model: str = DEFAULT
) -> pd.DataFrame:
    """What the projection itself and its benchmarks would have said of the total at every earlier origin they can.

    From each origin the municipality is projected on the figures known then. Columns as `backtest`, with the ways
    `model`, linear10 and no_change; no rows where no earlier origin has the history that a projection needs.
    """
    years = tables.groups.loc[tables.groups["region"] == municipality, "year"]
    read, riket = record(tables, [municipality], int(years.min()), base_year), national(tables)
    lender = record(tables, [shape_from or municipality], read.years[0], base_year)
    frames = []
    for origin in read.years[YEARS_NEEDED - 1 : -1]:
        if not _has_history(read, lender, riket.until(origin), origin):
            continue
        known, steps = riket.until(origin), base_year - origin
        past, came = past_of(read, known, origin), _after(read, origin, base_year - origin, read.totals)
        said = forecast(read, known, origin, steps, shape_at(read, known, lender, origin), model)
        paths = {
            model: said.carried.population[1:].sum((-2, -1)),
            "linear10": WAYS["linear10"](past, steps),
            "no_change": WAYS["no_change"](past, steps),
        }
        frames += [_rows(way, origin, (municipality,), TOTAL, path, came) for way, path in paths.items()]
    if not frames:
        return pd.DataFrame(columns=list(ERROR_COLUMNS))
    return pd.concat(frames, ignore_index=True).dropna(subset=["outcome"]).reset_index(drop=True)


def _has_history(read: Record, lender: Record, riket: National, origin: int) -> bool:
    """Whether the HISTORY_YEARS up to an origin are known, of the municipality and by age of Riket and a lender."""
    window = range(origin - HISTORY_YEARS + 1, origin + 1)
    if not set(window) <= set(riket.mortality_years) or not riket.fertility_years:
        return False
    t = slice(read.years.index(origin - HISTORY_YEARS), read.years.index(origin) + 1)
    flows = (read.births + read.deaths + (read.moved_in + read.moved_out).sum(-1))[t][1:]
    counted = np.stack([read.groups[name] for name in PARTITION])[:, t]
    lent = (lender.in_by_age[1:] + lender.single[1:] + lender.single[:-1])[t.start : t.stop - 1]
    lacks = np.isnan(flows).any() or np.isnan(counted).any() or np.isnan(read.totals[t]).any()
    return not lacks and not np.isnan(lent).all()


def as_known(tables: PopulationTables, year: int) -> PopulationTables:
    """The tables as they were at the end of a year: no row of a later one."""
    official, earlier = (
        table[(table["jump_off"] <= year).fillna(False).astype(bool)] for table in (tables.official, tables.earlier)
    )

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
        earlier=earlier,
    )
