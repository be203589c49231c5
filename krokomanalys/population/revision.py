"""How earlier projections did: errors against the outcome, and differences between projections in exact parts.

An error is forecast - outcome and a revision is newer - older: above zero, the first of the two has more people.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from krokomanalys.population.cube import Array
from krokomanalys.population.evaluate import as_known
from krokomanalys.population.history import History
from krokomanalys.population.outlook import Outlook, outlook
from krokomanalys.population.projection import Projection
from krokomanalys.population.step import age_on
from krokomanalys.population.totals import linear
from krokomanalys.sources import available
from krokomanalys.sources.available import PARTITION
from krokomanalys.sources.grouping import FINER, SPANS
from krokomanalys.sources.slices import PopulationTables

ORIGINS = 5
"""Earlier years from which the model is tried."""
AHEAD = 5
"""Years beyond the base year for which projections are compared with each other."""
TREND_YEARS = 10
BOTH_WAYS = ("gross", "shrunk")
"""Models of moves in and out each by itself. In others the two only make sense together, as net migration."""
_VINTAGE = ["maker", "vintage", "jump_off", "target_year"]


def outlooks_from(
    tables: PopulationTables, municipality: str, base_year: int, shape_from: str | None, model: str
) -> dict[int, Outlook]:
    """What the model says from the base year, and would have said from the ORIGINS years before, by origin.

    Each uses what was known at its origin, and reaches AHEAD years beyond the base year. An origin without the
    history that a projection needs is not there.

    Raises:
        InputError: see population.outlook.
    """
    made = {}
    for origin in range(base_year - ORIGINS, base_year + 1):
        t = as_known(tables, origin)
        gap = available.history(t.single, t.groups, t.components, t.births, t.deaths, municipality, origin)
        if gap is None:
            made[origin] = outlook(t, municipality, origin, base_year + AHEAD, shape_from, model)
    return made


def outcomes(groups: pd.DataFrame, region: str, until: int) -> pd.DataFrame:
    """Published persons of both sexes by year (rows), in the service groups and total (columns); NaN where unknown."""
    rows = groups[(groups["region"] == region) & (groups["year"] <= until)]
    return _service_groups(rows, ["year"])


def said(tables: PopulationTables, region: str, outlooks: Mapping[int, Outlook]) -> pd.DataFrame:
    """What every projection said, a row for each year and age group of both sexes: service groups and total.

    Columns: maker (official, own or model), vintage, jump_off, target_year, age_group, population. Other groups than
    the service groups, or parts that sum to them, are left out: there is no outcome to hold them against.
    """
    frames = []
    for maker, table in (("official", tables.official), ("own", tables.earlier)):
        rows = table[table["region"] == region].astype({"jump_off": int}).assign(maker=maker)
        frames.append(_service_groups(rows, _VINTAGE))
    for origin, made in outlooks.items():
        ahead = made.projection.population.groups([*PARTITION, "total"]).rename_axis("target_year").reset_index()
        frames.append(ahead.assign(maker="model", vintage=made.model, jump_off=origin).set_index(_VINTAGE))
    every = pd.concat([frame for frame in frames if len(frame)] or frames)
    long = every.reset_index().melt(_VINTAGE, [*PARTITION, "total"], "age_group", "population").dropna()
    return long.astype({"jump_off": int, "target_year": int}).sort_values([*_VINTAGE, "age_group"], ignore_index=True)


def errors(projections: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Projections against `known` outcomes (see `outcomes`), for the years after the jump-off that are known.

    Columns as `said`, and: horizon (years ahead), outcome, error (persons), percent (of the outcome), and what the
    simplest ways to guess from the same 31 December were off, in per cent: no_change, and linear10 (the mean change
    of ten years carried on; NaN where the ten years before are not known).
    """
    rows = projections[
        (projections["target_year"] > projections["jump_off"]) & projections["target_year"].isin(known.index)
    ]
    frames = []
    for origin in sorted(set(rows["jump_off"].tolist())):
        part = rows[rows["jump_off"] == origin]
        years, groups = part["target_year"].to_numpy(), part["age_group"].tolist()
        came, line = _picked(known, years, groups), _carried_on(known, origin, max(years))
        frames.append(
            part.assign(
                horizon=years - origin,
                outcome=came,
                error=part["population"] - came,
                percent=100 * (part["population"] / came - 1),
                no_change=100 * (_picked(known, np.full_like(years, origin), groups) / came - 1),
                linear10=100 * (_picked(line, years, groups) / came - 1),
            )
        )
    columns = [*projections.columns, "horizon", "outcome", "error", "percent", "no_change", "linear10"]
    if not frames:
        return pd.DataFrame(columns=columns)
    scored: pd.DataFrame = pd.concat(frames).dropna(subset=["outcome"])
    return scored.sort_values([*_VINTAGE, "age_group"], ignore_index=True)


def pooled(scored: pd.DataFrame) -> pd.DataFrame:
    """The mean size of the total's error by maker and horizon, beside the benchmarks' for the same forecasts.

    Columns: maker, horizon, forecasts (how many), and in per cent mape, no_change and linear10 (NaN where it is not
    known for all of them).
    """
    totals = scored[scored["age_group"] == "total"]
    sizes = totals.assign(mape=totals["percent"].abs(), **{b: totals[b].abs() for b in ("no_change", "linear10")})
    grouped = sizes.groupby(["maker", "horizon"])[["mape", "no_change", "linear10"]]
    return grouped.mean(skipna=False).assign(forecasts=grouped.size()).reset_index()


def revisions(projections: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Each projection against its maker's one before, for the years after its jump-off that both tell of.

    Columns: maker, age_group, target_year; older, newer, older_jump_off, newer_jump_off; said_before, said_after;
    whole = said_after - said_before = base + change, in persons. base is the outcome at the newer jump-off minus what
    the older said of that year, and change how much the change after it differs; NaN where the older says nothing of
    that year.
    """
    jump_offs = projections[["maker", "vintage", "jump_off"]].drop_duplicates()
    pairs = jump_offs.merge(jump_offs, on="maker", suffixes=("_before", "_after"))
    pairs = pairs[pairs["jump_off_before"] < pairs["jump_off_after"]]
    nearest = pairs.groupby(["maker", "vintage_after", "jump_off_after"])["jump_off_before"].transform("max")
    pairs = pairs[pairs["jump_off_before"] == nearest]
    values = projections.set_index(["maker", "vintage", "jump_off", "age_group", "target_year"])["population"]
    before, after = (
        values.rename_axis(index={"vintage": f"vintage_{when}", "jump_off": f"jump_off_{when}"})
        .rename(f"said_{when}")
        .reset_index()
        for when in ("before", "after")
    )
    both = pairs.merge(before).merge(after)
    both = both[both["target_year"] > both["jump_off_after"]]
    at_base = before.rename(columns={"said_before": "said_at_base", "target_year": "jump_off_after"})
    both = both.merge(at_base, how="left")
    start = _picked(known, both["jump_off_after"].to_numpy(), both["age_group"].tolist())
    both["whole"] = both["said_after"] - both["said_before"]
    both["base"] = start - both["said_at_base"]
    both["change"] = both["whole"] - both["base"]
    named = {"vintage_before": "older", "vintage_after": "newer"}
    named |= {"jump_off_before": "older_jump_off", "jump_off_after": "newer_jump_off"}
    return both.drop(columns="said_at_base").rename(columns=named)


@dataclass(frozen=True, eq=False)
class Account:
    """A population by age, both sexes, and what every later year adds to it.

    base   persons on 31 December of `base_year`, shape (101,)
    flows  by name, what the flow adds in each year after it, by age at that year's end, shape (T, 101): deaths and
           moves out are below zero
    base aged on, plus the flows, is the population of each later year, without remainder
    """

    base_year: int
    base: Array
    flows: Mapping[str, Array]


def of_projection(projection: Projection, first: int, model: str) -> Account:
    """What a projection by `model` consists of from 31 December of `first` on.

    Births, deaths, moved_in and moved_out; net_migration in place of the last two unless the model is one of
    BOTH_WAYS.
    """
    start = projection.population.years.index(first)
    flows = {
        "births": _newborn(projection.births[start:].sum(-1)),
        "deaths": -projection.deaths[start:].sum(1),
        "moved_in": projection.moved_in[start:].sum(1),
        "moved_out": -projection.moved_out[start:].sum(1),
    }
    return Account(first, projection.population[first].sum(0), flows if model in BOTH_WAYS else _netted(flows))


def of_history(history: History, first: int) -> Account:
    """What was observed from 31 December of `first` on: births, deaths, moved_in, moved_out and adjustment.

    The adjustment is what the others do not explain. Over all ages it is the history's own; by age it also holds what
    is off in estimated ages.
    """
    start = history.population.years.index(first)
    persons = history.population.values[start:].sum(1)
    flows = {
        "births": _newborn(history.births[start:]),
        "deaths": -history.died[start:].sum(1),
        "moved_in": history.moved_in[start:].sum(1),
        "moved_out": -history.moved_out[start:].sum(1),
    }
    flows["adjustment"] = persons[1:] - age_on(persons[:-1]) - sum(flows.values())
    return Account(first, persons[0], flows)


def difference(first: Account, second: Account, year: int) -> pd.DataFrame:
    """First minus second on 31 December of `year`: persons by age group at that day (rows) and part (columns).

    A part is `base` or a flow; moves are netted where either has only net migration. What a cohort gained or lost in
    an earlier year counts at the age it has in `year`. `whole` is the difference itself and the sum of the parts. The
    last row, total, sums the groups.

    Raises:
        ValueError: the two start from different years, or `year` is not after it or beyond either.
    """
    steps = year - first.base_year
    if first.base_year != second.base_year or not 0 < steps <= min(_length(first), _length(second)):
        raise ValueError(f"no common span to {year} from {first.base_year} and {second.base_year}")
    ours, theirs = first.flows, second.flows
    if "net_migration" in {*ours, *theirs}:
        ours, theirs = _netted(ours), _netted(theirs)
    names = list(dict.fromkeys([*ours, *theirs]))
    none = np.zeros((steps, len(first.base)))
    apart = [ours.get(name, none)[:steps] - theirs.get(name, none)[:steps] for name in names]
    carried = np.zeros((1 + len(names), len(first.base)))
    carried[0] = first.base - second.base
    for t in range(steps):
        carried = age_on(carried)
        carried[1:] += [flow[t] for flow in apart]
    spans = {name: SPANS[name] for name in (*PARTITION, "total")}
    table = pd.DataFrame(
        {group: carried[:, low : high + 1].sum(-1) for group, (low, high) in spans.items()}, index=["base", *names]
    ).T.rename_axis("age_group")
    return table.assign(whole=table.sum(axis=1))


def _service_groups(rows: pd.DataFrame, place: list[str]) -> pd.DataFrame:
    """Both sexes in the service groups and total (columns), by `place` (rows), from a table by sex and age_group."""
    by_sex = rows.pivot_table(index=[*place, "age_group"], columns="sex", values="population", aggfunc="first")
    by_sex = by_sex.reindex(columns=["F", "M", "T"]).astype(float)
    found = (by_sex["F"] + by_sex["M"]).fillna(by_sex["T"]).unstack("age_group")
    for name, parts in FINER.items():
        summed = found.reindex(columns=list(parts)).sum(axis=1, skipna=False)
        found[name] = found[name].fillna(summed) if name in found else summed
    found = found.reindex(columns=[*PARTITION, "total"])
    return found.assign(total=found["total"].fillna(found[list(PARTITION)].sum(axis=1, skipna=False)))


def _carried_on(known: pd.DataFrame, origin: int, last: int) -> pd.DataFrame:
    """The mean yearly change of TREND_YEARS years up to the origin carried on; NaN where a year is not known."""
    observed = known.reindex(range(origin - TREND_YEARS, origin + 1))
    ahead = linear(observed.to_numpy(np.float64), last - origin, TREND_YEARS)
    return pd.DataFrame(ahead, index=range(origin + 1, last + 1), columns=known.columns)


def _picked(table: pd.DataFrame, years: NDArray[np.int64], groups: Sequence[str]) -> Array:
    """The cells of some years (rows) and groups (columns), one of each; NaN for a year that the table lacks."""
    rows, columns = table.index.get_indexer(pd.Index(years)), table.columns.get_indexer(pd.Index(groups))
    picked: Array = np.where(rows < 0, np.nan, table.to_numpy(np.float64)[rows, columns])
    return picked


def _netted(flows: Mapping[str, Array]) -> dict[str, Array]:
    """Flows with moves in and out as one, in their place."""
    if "net_migration" in flows:
        return dict(flows)
    net = {"net_migration": flows["moved_in"] + flows["moved_out"]}
    others = {name: flow for name, flow in flows.items() if name not in ("moved_in", "moved_out")}
    return {"births": others.pop("births"), "deaths": others.pop("deaths"), **net, **others}


def _newborn(births: Array) -> Array:
    """Births by year as a flow by age: all at age 0."""
    flow = np.zeros((len(births), SPANS["total"][1] + 1))
    flow[:, 0] = births
    return flow


def _length(account: Account) -> int:
    return len(next(iter(account.flows.values())))
