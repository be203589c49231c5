"""Befolkningsanalys: what the change of a population consists of."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from krokomanalys.sources.available import FLOWS, PARTITION


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


def dependency_ratio(groups: pd.DataFrame) -> pd.Series[float]:
    """(0-19 + 65 and over) / 20-64 by year, as SCB and Kolada define it, from a frame of persons by PARTITION."""
    working = groups["20-64"]
    return (groups[list(PARTITION)].sum(axis=1) - working) / working
