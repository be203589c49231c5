"""Whether the figures that a population report is made from are there, and what to say where they aren't."""

from __future__ import annotations

import pandas as pd

from krokomanalys.errors import Fault, InputError, Missing
from krokomanalys.regions import NATION

HISTORY_YEARS = 10
"""Observed years that a projection is made from."""

FLOWS = ("births", "deaths", "in_migration", "out_migration")
FLOW_WORDS = {"births": "födda", "deaths": "döda", "in_migration": "inflyttade", "out_migration": "utflyttade"}
PARTITION = ("0-5", "6-15", "16-19", "20-64", "65-79", "80+")
_FROM_SCB = "Hämta Folkmängd och befolkningsförändringar hos SCB och lägg raderna i data/population/"


def base_year(groups: pd.DataFrame, municipality: str, wanted: int | None) -> int | Missing:
    """The year asked for, else the last with a published total; Missing where there is no total at all.

    Raises:
        InputError: the year asked for has no published total.
    """
    years = sorted(_years(groups, municipality, age_group="total", sex="T"))
    if not years:
        return Missing(
            f"Folkmängd för {municipality} (rader med total i data/population/groups.csv)", f"{_FROM_SCB}groups.csv"
        )
    if wanted is not None and wanted not in years:
        raise InputError(
            Fault(
                "base_year",
                f"befolkning 31 december {wanted} finns inte bland det som var känt för {municipality}",
                f"ett år i {years[0]}–{years[-1]}",
                "Välj ett av åren, eller lägg till årets rader i data/population/groups.csv",
            )
        )
    return wanted if wanted is not None else years[-1]


def flows_of_year(groups: pd.DataFrame, components: pd.DataFrame, municipality: str, year: int) -> Missing | None:
    """What is missing of births, deaths, moves and, in total and by group, the population at both ends of a year."""
    groups, components = groups[groups["region"] == municipality], components[components["region"] == municipality]
    totals = _years(groups, municipality, age_group="total", sex="T")
    known = [_years(components, municipality, component=flow, sex="T") for flow in FLOWS]
    if {year - 1, year} <= totals and all(year in years for years in known):
        return _groups_of_ends(groups, municipality, year)
    complete = set.intersection(*known)
    last = f" (senaste år är {max(complete)})" if complete else ""
    return Missing(
        f"Födda, döda, in- och utflyttade {year} med folkmängden {year - 1} och {year}{last}",
        f"{_FROM_SCB}components.csv och groups.csv",
    )


def _groups_of_ends(groups: pd.DataFrame, municipality: str, year: int) -> Missing | None:
    ends = {year - 1, year}
    for group in PARTITION:
        women, men = (_years(groups, municipality, age_group=group, sex=sex) for sex in ("F", "M"))
        if gaps := sorted(ends - (women & men)):
            return Missing(f"Folkmängd i åldersgruppen {group} efter kön för {_span(gaps)}", f"{_FROM_SCB}groups.csv")
    return None


def history(
    single: pd.DataFrame,
    groups: pd.DataFrame,
    components: pd.DataFrame,
    births: pd.DataFrame,
    deaths: pd.DataFrame,
    municipality: str,
    base: int,
) -> Missing | None:
    """What is missing of the HISTORY_YEARS up to `base` that a projection is made from; None where nothing is."""
    groups, components = groups[groups["region"] == municipality], components[components["region"] == municipality]
    window = set(range(base - HISTORY_YEARS + 1, base + 1))
    ends = {min(window) - 1, *window}
    wanted = f"Tio års historia till och med {base}"
    for group in PARTITION:
        if gaps := sorted(ends - (_years(groups, municipality, age_group=group, sex="F"))):
            return Missing(f"{wanted}: åldersgruppen {group} efter kön för {_span(gaps)}", f"{_FROM_SCB}groups.csv")
    for flow in FLOWS:
        if gaps := sorted(window - _years(components, municipality, component=flow, sex="T")):
            return Missing(f"{wanted}: {FLOW_WORDS[flow]} för {_span(gaps)}", f"{_FROM_SCB}components.csv")
    counted = _years(single, NATION)
    known = counted & {y + 1 for y in counted} & _years(deaths, NATION)
    if gaps := sorted(window - known):
        from_, to = min(known, default=base) + HISTORY_YEARS - 1, max(known, default=base)
        choice = f"till och med {to}" if max(gaps) > to else f"från {from_}"
        return Missing(
            f"{wanted}: rikets folkmängd och döda efter ålder för {_span(gaps)}",
            f"Välj ett utgångsår {choice}, eller lägg rikets rader i data/population/",
        )
    if not window & _years(births, NATION):
        return Missing(f"{wanted}: rikets födda efter moderns ålder", "Lägg rikets rader i data/population/births.csv")
    return None


def _years(table: pd.DataFrame, region: str, **where: str) -> set[int]:
    rows = table[table["region"] == region]
    for column, value in where.items():
        rows = rows[rows[column] == value]
    return {int(year) for year in rows["year"].unique()}


def _span(years: list[int]) -> str:
    return str(years[0]) if len(years) == 1 else f"{years[0]}–{years[-1]}"
