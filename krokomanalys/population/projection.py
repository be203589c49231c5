"""A projection: the step carried forward, with everything that happened on the way."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from krokomanalys.population.cube import Array, Cube
from krokomanalys.population.step import Assumptions, project_year


@dataclass(frozen=True, eq=False)
class Projection:
    """A population carried forward, with births by the child's sex (T, 2) and events by sex and age (T, 2, 101).

    population  T + 1 years, the base first; each event array is for the T projected years
    """

    population: Cube
    births: Array
    deaths: Array
    moved_in: Array
    moved_out: Array
    assumptions: Assumptions

    @property
    def base_year(self) -> int:
        """The year whose 31 December the projection starts from."""
        return self.population.years[0]

    @property
    def components(self) -> pd.DataFrame:
        """By projected year: births, deaths, net_migration, change, and population at the year's end."""
        births, deaths = self.births.sum(-1), self.deaths.sum((-2, -1))
        net = (self.moved_in - self.moved_out).sum((-2, -1))
        return pd.DataFrame(
            {
                "births": births,
                "deaths": deaths,
                "net_migration": net,
                "change": births - deaths + net,
                "population": self.population.totals.to_numpy()[1:],
            },
            index=pd.Index(self.population.years[1:], name="year"),
        )


@dataclass(frozen=True, eq=False)
class Carried:
    """Populations carried forward over T steps, with any batch axes between time and sex.

    population  persons at each step's end, the base first, shape (T + 1, ..., 2, A)
    births      by the child's sex, shape (T, ..., 2)
    deaths, moved_in, moved_out  by sex and age at the step's end, shape (T, ..., 2, A); moved_in is a read-only view
    """

    population: Array
    births: Array
    deaths: Array
    moved_in: Array
    moved_out: Array


def carry(base: Array, assumptions: Assumptions) -> Carried:
    """Carry populations through all assumed steps.

    `base` (..., 2, A) and what `assumptions` holds for a step are broadcast against each other, so that one base can
    meet many assumptions and many bases the same; arrays that are themselves broadcast cost no memory.
    """
    t = len(assumptions)
    shape = np.broadcast_shapes(
        base.shape,
        assumptions.mortality.shape[1:],
        assumptions.fertility[:, ..., None, :].shape[1:],
        assumptions.out_migration.shape[1:],
        assumptions.in_migration.shape[1:],
        assumptions.girls_share[..., None, None].shape[1:],
    )
    population, births = np.empty((t + 1, *shape)), np.empty((t, *shape[:-1]))
    deaths, moved_out = np.empty((t, *shape)), np.empty((t, *shape))
    population[0] = base
    for step in range(t):
        year = project_year(population[step], assumptions[step])
        population[step + 1], births[step] = year.end, year.births
        deaths[step], moved_out[step] = year.deaths, year.moved_out
    batch = len(shape) + 1 - assumptions.in_migration.ndim
    moved_in = np.expand_dims(assumptions.in_migration, tuple(range(1, 1 + batch)))
    return Carried(population, births, deaths, np.broadcast_to(moved_in, deaths.shape), moved_out)


def project(base: Array, base_year: int, assumptions: Assumptions, region: str) -> Projection:
    """Carry `base`, persons on 31 December of `base_year` by sex and age (2, 101), through all assumed years."""
    run = carry(base, assumptions)
    population = Cube(run.population, tuple(range(base_year, base_year + len(run.population))), region)
    return Projection(population, run.births, run.deaths, run.moved_in, run.moved_out, assumptions)


def whole_persons(values: Array) -> Array:
    """Cells rounded to whole persons so that the rounded total is kept (largest remainder). For output only."""
    floor = np.floor(values)
    left = round(values.sum()) - int(floor.sum())
    order = np.argsort(-(values - floor), axis=None, kind="stable")[:left]
    rounded = floor.ravel()
    rounded[order] += 1
    return rounded.reshape(values.shape)
