"""The years observed, by single age: what each municipality has published, made to agree.

Tier A has flows by single age and sex. Tier B has totals by year, population by age group, and single ages in at
least one year; the rest is borrowed (death rates and fertility from Riket, the shape of migration from a tier A
place) and corrected so that groups decide ages and flow totals decide sums.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from krokomanalys.errors import Fault, InputError
from krokomanalys.population.cube import (
    SEXES,
    Array,
    Cube,
    by_age,
    in_group,
    published_groups,
    rake,
    years_by_age,
)
from krokomanalys.population.rates import girls_share, national_mortality
from krokomanalys.population.step import Assumptions, Year, age_on, project_year
from krokomanalys.regions import NATION
from krokomanalys.sources.available import FLOW_WORDS
from krokomanalys.sources.grouping import SPANS
from krokomanalys.sources.slices import PopulationTables

POPULATION, COMPONENTS = "data/population/population.csv", "data/population/components.csv"
MIGRATION = "data/population/migration.csv"


@dataclass(frozen=True, eq=False)
class History:
    """A run of observed years by single age at the end of the year.

    population     persons on 31 December, the year before the first observed year included
    net_migration  moved in minus moved out, persons by year, sex and age, shape (T, 2, 101)
    births, deaths observed totals by year, shape (T,)
    adjustment     change of the published total that births, deaths and moves do not explain, shape (T,)
    bases          for each year of `population`: published, derived or estimated
    tier           A: flows by single age; B: flows in total, ages estimated
    """

    region: str
    population: Cube
    net_migration: Array
    births: Array
    deaths: Array
    adjustment: Array
    bases: tuple[str, ...]
    tier: Literal["A", "B"]

    @property
    def years(self) -> tuple[int, ...]:
        """The observed years, without the year the history starts from."""
        return self.population.years[1:]

    @property
    def exposure(self) -> Array:
        """Person-years by observed year, sex and age: the mean of each cohort's start and end, (T, 2, 101)."""
        mean: Array = (age_on(self.population.values[:-1]) + self.population.values[1:]) / 2
        return mean


def observe(tables: PopulationTables, region: str, first: int, last: int, shape_from: str | None = None) -> History:
    """The observed years first..last of a municipality, from what it has published.

    Raises:
        InputError: totals or groups of a year are not there; tier B and no place to borrow a shape from.
    """
    years = list(range(first, last + 1))
    flows = {
        name: _totals(tables.components, region, name, years)
        for name in ("births", "deaths", "in_migration", "out_migration")
    }
    margins = {year: published_groups(tables.groups, region, year) for year in (first - 1, *years)}
    own_ages = set(years_by_age(tables.single, region))
    if set(years) <= set(years_by_age(tables.migration, region)) and {first - 1, *years} <= own_ages:
        cells = [rake(by_age(tables.single, "population", region, y, POPULATION), margins[y]) for y in margins]
        net = np.stack([_net_by_age(tables.migration, region, y) for y in years])
        bases = tuple(_status(tables.single, region, y) for y in margins)
        tier: Literal["A", "B"] = "A"
    else:
        cells, net, bases = _estimate(tables, region, years, margins, flows, _shape(tables, region, years, shape_from))
        tier = "B"
    population = Cube(np.stack(cells), (first - 1, *years), region)
    change = np.diff([sum(m.sum() for m in margins[y].values()) for y in margins])
    balance = flows["births"] - flows["deaths"] + flows["in_migration"] - flows["out_migration"]
    return History(region, population, net, flows["births"], flows["deaths"], change - balance, bases, tier)


@dataclass(frozen=True, eq=False)
class Shape:
    """How migration falls on ages, borrowed; arrays by sex and age (2, 101).

    moved_in  in-migrants' shares, summing to 1 for each sex
    out_rate  moves out per person-year
    change    a cohort's size at the year's end against its size a year before, 1 where it has nobody
    """

    moved_in: Array
    out_rate: Array
    change: Array


def _shape(tables: PopulationTables, region: str, years: list[int], shape_from: str | None) -> Shape:
    lenders = sorted(set(tables.migration["region"]) - {NATION})
    if shape_from is None:
        raise InputError(
            Fault(
                "shape_from",
                f"{region} har inga flyttningar efter ålder för {years[0]}–{years[-1]}",
                "en kommun av samma slag att låna åldersfördelningen från",
                'Ange t.ex. shape_from: "2262" i parameterfilen',
            )
        )
    if shape_from not in lenders:
        raise InputError(
            Fault(
                "shape_from",
                f"{shape_from} har inga flyttningar efter ålder i {MIGRATION}",
                "någon av " + ", ".join(lenders) if lenders else "en kommun som har det",
            )
        )
    known = [y for y in years_by_age(tables.migration, shape_from) if y in years]
    if not known:
        span = f"{years[0]}–{years[-1]}"
        raise InputError(
            Fault(
                "shape_from",
                f"{shape_from} har inga flyttningar efter ålder för {span}",
                "en kommun som har det för något av åren",
            )
        )
    moved_in = sum(_moves(tables.migration, shape_from, y)[0] for y in known)
    moved_out = sum(_moves(tables.migration, shape_from, y)[1] for y in known)
    start = sum(age_on(by_age(tables.single, "population", shape_from, y - 1, POPULATION)) for y in known)
    end = sum(by_age(tables.single, "population", shape_from, y, POPULATION) for y in known)
    moved_in, moved_out, start, end = (np.asarray(cells) for cells in (moved_in, moved_out, start, end))
    exposure = (start + end) / 2
    return Shape(
        moved_in / moved_in.sum(-1, keepdims=True),
        np.divide(moved_out, exposure, out=np.zeros_like(exposure), where=exposure > 0),
        np.divide(end, start, out=np.ones_like(start), where=(start > 0) & (end > 0)),
    )


def _estimate(
    tables: PopulationTables,
    region: str,
    years: list[int],
    margins: dict[int, dict[str, Array]],
    flows: dict[str, Array],
    shape: Shape,
) -> tuple[list[Array], Array, tuple[str, ...]]:
    real = set(years_by_age(tables.single, region))
    before = years[0] - 1
    bases = [_status(tables.single, region, before) if before in real else "estimated"]
    mortality = national_mortality(tables.single, tables.deaths, years)
    girls = girls_share(tables.births, years_by_age(tables.births, NATION))
    by_year = [{name: values[t] for name, values in flows.items()} for t in range(len(years))]
    by_sex = [_moves_by_sex(tables.components, region, y, totals) for y, totals in zip(years, by_year, strict=True)]
    cells = [_first_ages(tables.single, region, years, margins, shape)]
    net = []
    for t, year in enumerate(years):
        step = _fit_year(cells[-1], mortality[t], shape, by_year[t], by_sex[t], girls)
        net.append(_corrected_net(step, margins[year]))
        if year in real:
            cells.append(rake(by_age(tables.single, "population", region, year, POPULATION), margins[year]))
            bases.append(_status(tables.single, region, year))
        else:
            cells.append(rake(step.end, margins[year]))
            bases.append("estimated")
    return cells, np.stack(net), tuple(bases)


def _first_ages(
    single: pd.DataFrame, region: str, years: list[int], margins: dict[int, dict[str, Array]], shape: Shape
) -> Array:
    """Single ages on 31 December before the first year, (2, 101), raked to the groups of that year.

    Carried back from the first year that has the region's own ages, each cohort changing as the lender's does; from
    Riket's ages where no year has. Riket's ages put wrong numbers over the groups' edges every year, which the
    correction takes for moves.
    """
    before = years[0] - 1
    own = [y for y in years_by_age(single, region) if before <= y <= years[-1]]
    if not own:
        return rake(by_age(single, "population", NATION, before, POPULATION), margins[before])
    cells = rake(by_age(single, "population", region, own[0], POPULATION), margins[own[0]])
    for year in range(own[0], before, -1):
        residents = cells / shape.change
        oldest = by_age(single, "population", NATION, year - 1, POPULATION)[:, 99:]
        parted = residents[:, 100:] * oldest / oldest.sum(-1, keepdims=True)
        cells = rake(np.concatenate([residents[:, 1:100], parted], axis=1), margins[year - 1])
    return cells


def _fit_year(
    start: Array, mortality: Array, shape: Shape, totals: dict[str, float], by_sex: tuple[Array, Array], girls: float
) -> Year:
    """The observed year with levels of deaths and moves such that the step gives the published totals."""
    born = totals["births"] * np.array([girls, 1 - girls])
    entering = shape.moved_in * by_sex[0][:, None]
    entering[:, 0] += born
    death_level, out_level = 1.0, np.ones((2, 1))
    for _ in range(100):
        assumed = Assumptions(
            mortality * death_level, np.zeros(start.shape[-1]), shape.out_rate * out_level, entering, np.array(girls)
        )
        step = project_year(start, assumed)
        deaths, moved_out = step.deaths.sum(), step.moved_out.sum(-1)
        if abs(deaths - totals["deaths"]) < 1e-9 and (np.abs(moved_out - by_sex[1]) < 1e-9).all():
            break
        death_level *= totals["deaths"] / deaths
        out_level *= (by_sex[1] / moved_out)[:, None]
    moved_in = entering.copy()
    moved_in[:, 0] -= born
    return Year(step.end, born, step.deaths, moved_in, step.moved_out, step.exposure)


def _corrected_net(step: Year, margins: dict[str, Array]) -> Array:
    """Net migration by age such that the year ends in the published groups; the adjustment item left out.

    What is left between projected and published groups is spread over each group's ages as its moves are, and
    what it sums to over all groups, the adjustment, is taken out in proportion to population.
    """
    net: Array = step.moved_in - step.moved_out
    moves = step.moved_in + step.moved_out
    left = {name: margin - in_group(step.end, name) for name, margin in margins.items()}
    adjustment = sum(rest.sum() for rest in left.values())
    persons = sum(margin.sum() for margin in margins.values())
    for name, rest in left.items():
        first, last = SPANS[name]
        spread = moves[:, first : last + 1] / moves[:, first : last + 1].sum(-1, keepdims=True)
        net[:, first : last + 1] += spread * (rest - adjustment * margins[name] / persons)[:, None]
    return net


def _totals(components: pd.DataFrame, region: str, name: str, years: list[int]) -> Array:
    rows = components[(components["region"] == region) & (components["component"] == name) & (components["sex"] == "T")]
    values = rows.set_index("year")["count"].reindex(years)
    if values.isna().any():
        gaps = [int(y) for y in values.index[values.isna()]]
        raise InputError(
            [
                Fault(
                    COMPONENTS,
                    f"region {region}, år {y}: {FLOW_WORDS[name]} saknas för båda könen",
                    f"{FLOW_WORDS[name]} för {years[0]}–{years[-1]}",
                )
                for y in gaps
            ]
        )
    return values.to_numpy(float)


def _moves_by_sex(components: pd.DataFrame, region: str, year: int, totals: dict[str, float]) -> tuple[Array, Array]:
    rows = components[(components["region"] == region) & (components["year"] == year)]
    moves = []
    for name in ("in_migration", "out_migration"):
        by_sex = rows[rows["component"] == name].set_index("sex")["count"].reindex(SEXES)
        if by_sex.isna().any():
            raise InputError(
                Fault(
                    COMPONENTS,
                    f"region {region}, år {year}: {FLOW_WORDS[name]} saknas för kvinnor och män",
                    "flyttade efter kön (F, M)",
                )
            )
        moves.append(by_sex.to_numpy(float) * totals[name] / by_sex.sum())
    return moves[0], moves[1]


def _moves(migration: pd.DataFrame, region: str, year: int) -> tuple[Array, Array]:
    def flow(column: str) -> Array:
        return by_age(migration, column, region, year, MIGRATION)

    return flow("in_domestic") + flow("immigration"), flow("out_domestic") + flow("emigration")


def _net_by_age(migration: pd.DataFrame, region: str, year: int) -> Array:
    moved_in, moved_out = _moves(migration, region, year)
    return moved_in - moved_out


def _status(single: pd.DataFrame, region: str, year: int) -> str:
    return str(single.loc[(single["region"] == region) & (single["year"] == year), "status"].iloc[0])
