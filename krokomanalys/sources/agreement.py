"""Whether published population figures agree with each other: a slip in one cell shows where sums don't hold."""

from __future__ import annotations

import re
from collections.abc import Collection

import numpy as np
import pandas as pd

from krokomanalys.errors import Fault
from krokomanalys.regions import NATION
from krokomanalys.sources.available import FLOW_WORDS, FLOWS, PARTITION
from krokomanalys.sources.folder import Deviation
from krokomanalys.sources.tables import rows_of
from krokomanalys.swedish import number

MOTHERS_UNDER_15 = 10
CORRECTED_MOVES = 2
LAST_EXACT_YEAR = 2024
"""From 2025 SCB protects cells by noise, totals included, so that tables no longer add up."""
BALANCE_PERSONS, BALANCE_SHARE = 50, 0.005
"""How far a year's change of the total may be from its flows: persons, or share of the total where that is more.

SCB's yearly adjustment, of moves and deaths reported late and of registers cleaned, is at most 0.37 % (129 of 34 805
persons) in 1 740 years of 63 municipalities, their counties and Riket 1998-2024; half of them are within 5 persons.
"""
COHORT_PERSONS, COHORT_SHARE = 5, 0.02
"""The same for one cohort of one sex: at most 2 persons in Timrå 2006-2024."""
_AGES = range(101)
_PUBLISHED_SO = "skriv avvikelsen i sources.yaml om den är publicerad så"


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
                    f"Rätta cellen, eller {_PUBLISHED_SO}",
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


def ages_are_complete(table: pd.DataFrame, file: str) -> list[Fault]:
    """Years of a table by sex and single age that lack an age, one fault for each region, year and sex."""
    counted = table.groupby(["region", "year", "sex"]).size().unstack(fill_value=0)
    by_sex = counted.reindex(columns=["F", "M"], fill_value=0)
    faults = []
    for place, column in zip(*np.nonzero(by_sex.to_numpy() < len(_AGES)), strict=True):
        (region, year), sex = by_sex.index[place], by_sex.columns[column]
        own = (table["region"] == region) & (table["year"] == year) & (table["sex"] == sex)
        gaps = sorted(set(_AGES) - set(table.loc[own, "age"]))
        faults.append(
            Fault(
                file,
                f"region {region}, år {year}, kön {sex}: {_named_ages(gaps)} saknas",
                "alla åldrar 0–100 för båda könen",
                "Lägg till raderna, med 0 där ingen finns",
            )
        )
    return faults


def flows_are_counts(components: pd.DataFrame, file: str) -> list[Fault]:
    """Births, deaths and moves below zero; nets may be."""
    below = components[components["component"].isin(FLOWS) & (components["count"] < 0)]
    return [
        Fault(
            file,
            f"region {row.region}, år {row.year}, kön {row.sex}: {number(row.persons)} {FLOW_WORDS[row.component]}",
            "0 eller fler",
            "Rätta cellen",
        )
        for row in rows_of(below.rename(columns={"count": "persons"}))
    ]


def change_follows_from_flows(
    components: pd.DataFrame, groups: pd.DataFrame, file: str, known: Collection[Deviation]
) -> list[Fault]:
    """Years whose change of the published total is far from births - deaths + moved in - moved out.

    A difference within BALANCE_PERSONS or BALANCE_SHARE is SCB's adjustment, which reports show as such.
    """
    totals = groups[(groups["age_group"] == "total") & (groups["sex"] == "T")]
    flows = components[components["sex"] == "T"].pivot_table(
        index=["region", "year"], columns="component", values="count"
    )
    if not {*FLOWS} <= set(flows.columns):
        return []
    ends = totals.rename(columns={"population": "end"})[["region", "year", "end"]]
    starts = ends.assign(year=ends["year"] + 1).rename(columns={"end": "start"})
    both = flows.dropna(subset=list(FLOWS)).reset_index().merge(ends).merge(starts)
    both["flow"] = both["births"] - both["deaths"] + both["in_migration"] - both["out_migration"]
    both["slack"] = (both["start"] * BALANCE_SHARE).clip(lower=BALANCE_PERSONS)
    both["left"] = both["end"] - both["start"] - both["flow"]
    return [
        Fault(
            file,
            f"region {row.region}, år {row.year}: folkmängden ändras med {number(row.end - row.start, signed=True)} "
            f"personer i groups.csv, men födda − döda + inflyttade − utflyttade blir {number(row.flow, signed=True)}",
            f"högst {number(row.slack)} personers skillnad, inte {number(abs(row.left))}",
            f"Se efter i båda filerna, eller {_PUBLISHED_SO}",
        )
        for row in rows_of(both[both["left"].abs() > both["slack"]])
        if not any(_covers(deviation, f"{row.region}, {row.year}") for deviation in known)
    ]


def cohorts_follow_from_flows(
    single: pd.DataFrame,
    births: pd.DataFrame,
    deaths: pd.DataFrame,
    migration: pd.DataFrame,
    file: str,
    known: Collection[Deviation],
) -> list[Fault]:
    """Ages of a year that are far from the year before, a year older, - deaths + moved in - moved out.

    For age 0 from the births. Cells where a flow by attained age is not known are left, as are estimated ages. A
    difference within COHORT_PERSONS or COHORT_SHARE is SCB's adjustment.
    """
    cell = ["region", "year", "sex", "age"]
    found = single[(single["status"] != "estimated") & (single["year"] <= LAST_EXACT_YEAR)]
    aged = found.assign(year=found["year"] + 1, age=(found["age"] + 1).clip(upper=100))
    born = births.rename(columns={"child_sex": "sex", "births": "population"}).assign(age=0)
    start = pd.concat([aged, born]).groupby(cell, as_index=False)["population"].sum()
    moved = migration[migration["age_definition"] == "attained"]
    died = deaths[deaths["age_definition"] == "attained"]
    both = found[[*cell, "population"]].rename(columns={"population": "end"}).merge(start, on=cell)
    both = both.merge(died[[*cell, "deaths"]], on=cell).merge(moved.drop(columns="age_definition"), on=cell)
    net = both["in_domestic"] + both["immigration"] - both["out_domestic"] - both["emigration"]
    both["follows"] = both["population"] - both["deaths"] + net
    both["slack"] = (both["population"] * COHORT_SHARE).clip(lower=COHORT_PERSONS)
    return [
        Fault(
            file,
            f"region {row.region}, år {row.year}, kön {row.sex}, ålder {row.age}: {number(row.end)} personer, men "
            f"{'årets födda' if row.age == 0 else 'årskullen året före'} ger {number(row.follows)} med döda och "
            "flyttade",
            f"högst {number(row.slack)} personers skillnad",
            f"Se efter här och i births.csv, deaths.csv och migration.csv, eller {_PUBLISHED_SO}",
        )
        for row in rows_of(both[(both["end"] - both["follows"]).abs() > both["slack"]])
        if not any(_covers(deviation, f"{row.region}, {row.year}, {row.sex}, {row.age}") for deviation in known)
    ]


def _named_ages(ages: list[int]) -> str:
    if len(ages) == 1:
        return f"ålder {ages[0]}"
    if ages[-1] - ages[0] == len(ages) - 1:
        return f"åldrarna {ages[0]}–{ages[-1]}"
    return "åldrarna " + ", ".join(map(str, ages))


def _covers(deviation: Deviation, place: str) -> bool:
    parts = [part.strip() for part in deviation.rows.split(",")]
    return all(re.search(rf"(^|, ){re.escape(part)}(,|$)", place) for part in parts)
