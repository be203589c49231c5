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


def project(base: Array, base_year: int, assumptions: Assumptions, region: str) -> Projection:
    """Carry `base`, persons on 31 December of `base_year` by sex and age (2, 101), through all assumed years."""
    steps, start = [], base
    for t in range(len(assumptions)):
        steps.append(project_year(start, assumptions[t]))
        start = steps[-1].end
    population = Cube(
        np.stack([base, *(s.end for s in steps)]), tuple(range(base_year, base_year + len(steps) + 1)), region
    )
    return Projection(
        population,
        np.stack([s.births for s in steps]),
        np.stack([s.deaths for s in steps]),
        np.stack([s.moved_in for s in steps]),
        np.stack([s.moved_out for s in steps]),
        assumptions,
    )


def whole_persons(values: Array) -> Array:
    """Cells rounded to whole persons so that the rounded total is kept (largest remainder). For output only."""
    floor = np.floor(values)
    left = round(values.sum()) - int(floor.sum())
    order = np.argsort(-(values - floor), axis=None, kind="stable")[:left]
    rounded = floor.ravel()
    rounded[order] += 1
    return rounded.reshape(values.shape)
