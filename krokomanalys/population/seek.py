"""Target seeking: how many more must move in each year for a population to reach a target, exactly."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from krokomanalys.population.cube import Array
from krokomanalys.population.projection import Projection, project
from krokomanalys.population.scenarios import newcomers


@dataclass(frozen=True, eq=False)
class Sought:
    """What reaches a target.

    target   persons on 31 December of `year`
    extra    persons more moving in each year, from the year after the base on
    lacking  persons that the main projection is below the target in `year`, 0 or more
    profile  the age profile of the extra persons, shape (2, 101), summing to 1
    path     the projection with them, for all of the main projection's years
    """

    target: float
    year: int
    extra: float
    lacking: float
    profile: Array
    path: Projection


def seek(main: Projection, target: float, year: int) -> Sought:
    """Solve the yearly in-migration that brings `main` to `target` persons on 31 December of `year`.

    The step is affine in in-migration: the population with x more moving in each year is main's plus x times what one
    more a year leaves behind (they, less those who die or move on, and their children). That one is carried on its
    own, from an empty start under the same rates, so x is solved without search. Ages of the additional are those of
    main's in-migration over its years (see scenarios.newcomers).

    Raises:
        ValueError: `year` isn't among the projected years, main is above the target then, or nobody moves in in main.
    """
    if year not in main.population.years[1:]:
        raise ValueError(f"{year} is not projected")
    lacking = target - float(main.population.totals[year])
    if lacking < 0:
        raise ValueError(f"the projection is above {target} in {year}")
    base_year, region, assumed = main.base_year, main.population.region, main.assumptions
    profile = newcomers(assumed)
    one = np.broadcast_to(profile, assumed.in_migration.shape)
    left = project(np.zeros_like(profile), base_year, replace(assumed, in_migration=one), region)
    extra = lacking / float(left.population.totals[year])
    more = replace(assumed, in_migration=assumed.in_migration + extra * one)
    return Sought(target, year, extra, lacking, profile, project(main.population[base_year], base_year, more, region))
