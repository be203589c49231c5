"""Befolkningsanalys: what the change of a population consists of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from krokomanalys.errors import InputError, Missing
from krokomanalys.population.cube import Array, by_age
from krokomanalys.population.history import History, observe
from krokomanalys.sources.available import FLOWS, HISTORY_YEARS, PARTITION, history
from krokomanalys.sources.grouping import SPANS
from krokomanalys.sources.slices import PopulationTables

MOVES = {"in_domestic": 1, "immigration": 1, "out_domestic": -1, "emigration": -1}
"""Columns of migration.csv with the sign that a move has in a population change."""


def yearly_change(groups: pd.DataFrame, components: pd.DataFrame, region: str) -> pd.DataFrame:
    """A municipality's published population and what changed it, a row for each year with all flows.

    Columns, in persons: population (31 December), births, deaths, in_migration, out_migration, net_domestic,
    net_foreign (NaN where not published), natural = births - deaths, net = moved in - moved out, change from the
    year before, and adjustment = change - natural - net, what births, deaths and moves do not explain.
    change = births - deaths + in_migration - out_migration + adjustment, without remainder.
    """
    own = components[(components["region"] == region) & (components["sex"] == "T")]
    table = own.pivot(index="year", columns="component", values="count").rename(
        columns={"net_domestic_migration": "net_domestic", "net_foreign_migration": "net_foreign"}
    )
    totals = groups[(groups["region"] == region) & (groups["age_group"] == "total") & (groups["sex"] == "T")]
    population = totals.set_index("year")["population"].astype(float)
    table = table.reindex(columns=[*FLOWS, "net_domestic", "net_foreign"]).dropna(subset=list(FLOWS))
    table.insert(0, "population", population.reindex(table.index))
    table["natural"] = table["births"] - table["deaths"]
    table["net"] = table["in_migration"] - table["out_migration"]
    table["change"] = table["population"] - population.reindex(table.index - 1).to_numpy()
    table["adjustment"] = table["change"] - table["natural"] - table["net"]
    return table.dropna(subset=["change"]).sort_index().rename_axis(columns=None)


def rank_of_change(changes: pd.Series[float], year: int) -> tuple[int, int]:
    """Which largest the year's change is, and among how many years: (3, 24) is the third largest of 24."""
    known = changes.loc[:year]
    return int((known > known.loc[year]).sum()) + 1, len(known)


def group_change(
    groups: pd.DataFrame, region: str, years: tuple[int, int], names: Sequence[str] = PARTITION
) -> pd.DataFrame:
    """Persons of both sexes in each age group at two year ends, as published: columns before, after, change.

    The groups are a partition of all ages; each is the sum of women and men, and a last row `total` their sum.
    """
    own = groups[(groups["region"] == region) & groups["sex"].isin(["F", "M"]) & groups["age_group"].isin(list(names))]
    wide = own.pivot_table(index="age_group", columns="year", values="population", aggfunc="sum").reindex(list(names))
    table = pd.DataFrame({"before": wide[years[0]], "after": wide[years[1]]})
    table.loc["total"] = table.sum()
    table["change"] = table["after"] - table["before"]
    return table.rename_axis("age_group")


def observed(tables: PopulationTables, region: str, year: int, shape_from: str | None) -> History | Missing:
    """The years up to `year` by single age that its change is taken apart with, or what is missing for that.

    Where flows by age are published (tier A), the run of years that have them, HISTORY_YEARS at most; else
    HISTORY_YEARS, of which the single ages are estimated (tier B).
    """
    by_age_known = _years_with_flows_by_age(tables, region)
    if year in by_age_known:
        first = year
        while first - 1 in by_age_known and first - 1 > year - HISTORY_YEARS:
            first -= 1
        return observe(tables, region, first, year)
    t = tables
    if gap := history(t.single, t.groups, t.components, t.births, t.deaths, region, year):
        return Missing(gap.what, "Uppskattningen av åldrar behöver dem")
    try:
        return observe(tables, region, year - HISTORY_YEARS + 1, year, shape_from)
    except InputError as error:
        fault = error.faults[0]
        return Missing(fault.problem[:1].upper() + fault.problem[1:], (fault.remedy or f"Väntade {fault.expected}"))


def by_group(tables: PopulationTables, history: History) -> pd.DataFrame:
    """What changed each age group in the last year of a history, see change_by_group.

    On tier B the single ages are estimated while the groups are published; what the groups then say beyond the
    year's adjustment, spread by population, is people who grew over the groups' edges.
    """
    year = history.years[-1]
    table = change_by_group(history.population[year - 1], history.population[year], signed_flows(tables, history))
    if history.tier == "A":
        return table
    spread = table["after"] * table["adjustment"]["total"] / table["after"]["total"]
    beyond = (table["adjustment"] - spread).drop("total")
    grown = beyond[::-1].cumsum()[::-1]
    table["aged_in"] = table["aged_in"].add(grown.iloc[1:], fill_value=0)
    table["aged_out"] = table["aged_out"].sub(grown.shift(-1), fill_value=0)
    return table.assign(adjustment=spread)


def signed_flows(tables: PopulationTables, history: History) -> dict[str, Array]:
    """What changed the last year of a history, by sex and age at its end, each (2, 101) and signed by its effect.

    Keys: births, deaths, then in_domestic, immigration, out_domestic and emigration where moves are published by
    age, else net: estimated from groups and totals. Deaths are the municipality's own by age wherever published by
    attained age; the estimated net then takes up what they differ from the estimated deaths.
    """
    year = history.years[-1]
    born = np.zeros_like(history.died[-1])
    born[:, 0] = history.births[-1] / 2  # by sex they are not always published, and only the sum of both is used
    died, net = history.died[-1], history.net_migration[-1]
    own = tables.deaths[(tables.deaths["region"] == history.region) & (tables.deaths["year"] == year)]
    if history.tier == "B" and set(own["age_definition"]) == {"attained"}:
        published = by_age(own, "deaths", history.region, year, "data/population/deaths.csv")
        died, net = published, net + published - died
    flows = {"births": born, "deaths": -died}
    if history.tier == "B":
        return flows | {"net": net}
    moves = {
        name: sign * by_age(tables.migration, name, history.region, year, "data/population/migration.csv")
        for name, sign in MOVES.items()
    }
    return flows | moves


def change_by_group(
    before: Array, after: Array, flows: Mapping[str, Array], names: Sequence[str] = PARTITION
) -> pd.DataFrame:
    """What changed each age group from one year end to the next, persons of both sexes; a last row for all ages.

    `before`, `after` and each of the signed `flows` have shape (2, 101), flows by age at the year's end. Columns:
    before; aged_in, who attained the group's first age in the year, and aged_out (below zero), who passed its last;
    the flows; adjustment, what they do not explain; after; change = after - before, the sum of all parts.
    """
    rows = {name: _group_row(before, after, flows, SPANS[name]) for name in (*names, "total")}
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("age_group")
    table["change"] = table["after"] - table["before"]
    return table


def _group_row(before: Array, after: Array, flows: Mapping[str, Array], span: tuple[int, int]) -> dict[str, float]:
    first, last = span
    ages = slice(first, last + 1)
    row = {
        "before": float(before[:, ages].sum()),
        "aged_in": float(before[:, first - 1].sum()) if first else 0.0,
        "aged_out": -float(before[:, last].sum()) if last < before.shape[-1] - 1 else 0.0,
    }
    row |= {name: float(flow[:, ages].sum()) for name, flow in flows.items()}
    after_year = float(after[:, ages].sum())
    return row | {"adjustment": after_year - sum(row.values()), "after": after_year}


def _years_with_flows_by_age(tables: PopulationTables, region: str) -> set[int]:
    def years(table: pd.DataFrame) -> set[int]:
        return {int(y) for y in table.loc[table["region"] == region, "year"].unique()}

    counted = years(tables.single)
    return {y for y in years(tables.migration) & years(tables.deaths) if {y - 1, y} <= counted}
