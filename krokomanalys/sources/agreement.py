"""Whether published population figures agree with each other: a slip in one cell shows where sums don't hold."""

from __future__ import annotations

import re

import pandas as pd

from krokomanalys.errors import Fault
from krokomanalys.regions import NATION
from krokomanalys.sources.available import FLOW_WORDS, PARTITION
from krokomanalys.sources.folder import Deviation
from krokomanalys.sources.tables import rows_of

MOTHERS_UNDER_15 = 10
CORRECTED_MOVES = 2
LAST_EXACT_YEAR = 2024
"""From 2025 SCB protects cells by noise, totals included, so that tables no longer add up."""


def sexes_add_up(
    table: pd.DataFrame, value: str, file: str, known: tuple[Deviation, ...], slack: float = 0
) -> list[Fault]:
    """Rows of women and men that don't sum to the row of both sexes, other than the known deviations.

    `value` is the counted column; all columns but it and sex name a row. `slack` is how many persons apart still
    pass: moves are published with corrections of a few persons to one of the sums, and the total is what counts.
    """
    names = [c for c in table.columns if c not in (value, "sex")]
    wide = table[table["year"] <= LAST_EXACT_YEAR].pivot_table(index=names, columns="sex", values=value)
    if not {"F", "M", "T"} <= set(wide.columns):
        return []
    wide = wide.dropna()
    off = wide[(wide["F"] + wide["M"] - wide["T"]).abs() > slack + 0.5].reset_index()
    faults = []
    for row in rows_of(off):
        place = ", ".join(str(getattr(row, name)) for name in names)
        if not any(_covers(deviation, place) for deviation in known):
            faults.append(
                Fault(
                    file,
                    f"{place}: kvinnor {row.F:g} och män {row.M:g} blir inte båda könen {row.T:g}",
                    f"{row.F + row.M:g}",
                    "Rätta cellen, eller skriv avvikelsen i sources.yaml om den är publicerad så",
                )
            )
    return faults


def groups_add_up(groups: pd.DataFrame, file: str) -> list[Fault]:
    """Years and sexes whose age groups don't sum to the total."""
    exact = groups[(groups["year"] <= LAST_EXACT_YEAR) & (groups["sex"] != "T")]
    wide = exact.pivot_table(index=["region", "year", "sex"], columns="age_group", values="population")
    if not {*PARTITION, "total"} <= set(wide.columns):
        return []
    wide = wide.dropna(subset=[*PARTITION, "total"])
    wide["sum"] = wide[list(PARTITION)].sum(axis=1)
    off = wide.loc[(wide["sum"] - wide["total"]).abs() > 0.5, ["sum", "total"]]
    return [
        Fault(
            file,
            f"{row.region}, {row.year}, {row.sex}: åldersgrupperna blir {row.sum:g} men totalen är {row.total:g}",
            "att 0-5, 6-15, 16-19, 20-64, 65-79 och 80+ summerar till total",
            "Se efter i grupperna",
        )
        for row in rows_of(off.reset_index())
    ]


def ages_agree_with_groups(single: pd.DataFrame, groups: pd.DataFrame, file: str) -> list[Fault]:
    """Published single ages that don't sum to the published group, by region, year, sex and group."""
    published = single[(single["status"] == "published") & (single["year"] <= LAST_EXACT_YEAR)]
    edges, labels = [-1, 5, 15, 19, 64, 79, 100], list(PARTITION)
    named = published.assign(age_group=pd.cut(published["age"], edges, labels=labels).astype(str))
    sums = named.groupby(["region", "year", "sex", "age_group"], as_index=False)["population"].sum()
    both = sums.merge(groups, on=["region", "year", "sex", "age_group"], suffixes=("", "_group"))
    off = both[both["population"] != both["population_group"]]
    return [
        Fault(
            file,
            f"{row.region}, {row.year}, {row.sex}, {row.age_group}: ettårsklasserna blir {row.population:g} "
            f"men groups.csv har {row.population_group:g}",
            f"{row.population_group:g}",
            "Se efter i åldrarna",
        )
        for row in rows_of(off)
    ]


def flows_agree_by_age(
    flows: pd.DataFrame, counted: tuple[str, ...], components: pd.DataFrame, flow: str, file: str
) -> list[Fault]:
    """Years whose events by age don't sum to the published total of the flow; `counted` are the columns of events.

    Riket's births may lack up to MOTHERS_UNDER_15, which SCB's table by mother's age leaves out.
    """
    events = flows[list(counted)].sum(axis=1)
    by_year = flows.assign(events=events).groupby(["region", "year"], as_index=False)["events"].sum()
    totals = components[(components["component"] == flow) & (components["sex"] == "T")]
    both = by_year[by_year["year"] <= LAST_EXACT_YEAR].merge(totals, on=["region", "year"])
    gap = both["count"] - both["events"]
    young = (both["region"] == NATION) & (flow == "births") & gap.between(0, MOTHERS_UNDER_15)
    return [
        Fault(
            file,
            f"{row.region}, {row.year}: åldrarna blir {row.events:g} {FLOW_WORDS[flow]} men components.csv har "
            f"{row.total:g}",
            f"{row.total:g}",
            "Se efter i åldrarna",
        )
        for row in rows_of(both[(gap != 0) & ~young].rename(columns={"count": "total"}))
    ]


def _covers(deviation: Deviation, place: str) -> bool:
    parts = [part.strip() for part in deviation.rows.split(",")]
    return all(re.search(rf"(^|, ){re.escape(part)}(,|$)", place) for part in parts)
