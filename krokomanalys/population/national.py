"""Riket: the series that every municipality is held against, read once and cut at what was known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from krokomanalys.errors import Fault, InputError
from krokomanalys.population.cube import Array, Cube
from krokomanalys.population.rates import girls_share, national_fertility, national_mortality
from krokomanalys.population.records import POPULATION, ages
from krokomanalys.regions import NATION
from krokomanalys.sources.slices import PopulationTables


@dataclass(frozen=True, eq=False)
class National:
    """Riket by year, each series with the years it has.

    totals      persons on 31 December, to the last year that has births and deaths too
    births, deaths  all events of the year, persons
    population  persons by single age, one Cube
    mortality   deaths per person-year by attained age, shape (T, 2, 101), for the years of `population` but the first
    fertility   live births per woman-year by attained age, shape (F, 101), for `fertility_years`
    girls       girls among the live births of `fertility_years`, shape (F,)
    """

    totals: pd.Series[float]
    births: pd.Series[float]
    deaths: pd.Series[float]
    population: Cube
    mortality: Array
    fertility: Array
    fertility_years: tuple[int, ...]
    girls: Array

    @property
    def mortality_years(self) -> tuple[int, ...]:
        """The years of `mortality`."""
        return self.population.years[1 : 1 + len(self.mortality)]

    def until(self, year: int) -> National:
        """What was known of Riket at the end of a year."""
        counted = [y for y in self.population.years if y <= year]
        fertile = [y for y in self.fertility_years if y <= year]
        return National(
            totals=self.totals.loc[:year],
            births=self.births.loc[:year],
            deaths=self.deaths.loc[:year],
            population=Cube(self.population.values[: len(counted)], tuple(counted), NATION),
            mortality=self.mortality[: len(counted) - 1],
            fertility=self.fertility[: len(fertile)],
            fertility_years=tuple(fertile),
            girls=self.girls[: len(fertile)],
        )


def national(tables: PopulationTables) -> National:
    """Riket's series from the tables: population and deaths by single age, births by mother's age, totals.

    Raises:
        InputError: Riket lacks population, deaths or births by age for two years in a row.
    """
    single, deaths, births = (t[t["region"] == NATION] for t in (tables.single, tables.deaths, tables.births))
    years = _run(single["year"].unique())
    died = [y for y in years[1:] if y in set(deaths["year"])]
    fertile = [y for y in years[1:] if y in set(births["year"])]
    if not died or not fertile or died != years[1 : 1 + len(died)] or fertile != _run(fertile):
        raise InputError(
            Fault(
                POPULATION,
                "riket saknar folkmängd, döda eller födda efter ålder för två år i rad",
                "rikets folkmängd efter ettårsålder, döda efter ålder och födda efter moderns ålder, utan luckor",
                "Ta bort egna rader för riket, så används de som följer med",
            )
        )
    population = Cube(ages(single, "population", [NATION], years, POPULATION)[:, 0], tuple(years), NATION)
    groups, components = tables.groups, tables.components
    total = groups[(groups["region"] == NATION) & (groups["age_group"] == "total") & (groups["sex"] == "T")]
    events = components[(components["region"] == NATION) & (components["sex"] == "T")]

    def of(component: str) -> pd.Series[float]:
        rows = events[events["component"] == component]
        return rows.set_index("year")["count"].astype(float).sort_index()

    persons = total.set_index("year")["population"].astype(float).sort_index()
    series = [persons, of("births"), of("deaths")]
    last = min((int(s.index[-1]) for s in series if len(s)), default=years[-1])
    return National(
        totals=series[0].loc[:last],
        births=series[1].loc[:last],
        deaths=series[2].loc[:last],
        population=population,
        mortality=national_mortality(population, deaths, died),
        fertility=national_fertility(population, births, fertile),
        fertility_years=tuple(fertile),
        girls=girls_share(births, fertile),
    )


def _run(found: Iterable[int]) -> list[int]:
    """The last run of consecutive years."""
    years = sorted(int(y) for y in found)
    start = len(years) - 1
    while start > 0 and years[start - 1] == years[start] - 1:
        start -= 1
    return years[max(start, 0) :]
