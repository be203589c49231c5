"""A projection with its moves in and out told apart, so that one can change without the other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from krokomanalys.population.cube import Array
from krokomanalys.population.history import History
from krokomanalys.population.projection import Projection, project
from krokomanalys.population.step import age_on, mean_presence


def leaving_rates(history: History) -> Array:
    """Moves out per person-year in the observed years, by sex and attained age (2, 101); zero where nobody lived."""
    lived = history.exposure.sum(0)
    rates: Array = np.divide(history.moved_out.sum(0), lived, out=np.zeros_like(lived), where=lived > 0)
    return rates


def both_ways(main: Projection, leaving: Array) -> Projection:
    """The same population year by year, by moves out at the rates `leaving` (2, 101) and the moves in that they take.

    A model of net migration has few moving in (the surplus of some ages) and few moving out, so it can't say what more
    in-migration leads to: many of those who come move on. Here the step is solved for in-migration, with everybody at
    risk of leaving. A cell that would then need fewer than none moving in keeps main's own in- and out-migration.
    Exposures differ a little with the rates; fertility is scaled (by some per mille) to give main's births.
    """
    assumed = main.assumptions
    residents, end = age_on(main.population.values[:-1]), main.population.values[1:]
    born = np.zeros_like(end)
    born[..., 0] = main.births
    hazard = assumed.mortality + leaving
    present, _ = mean_presence(hazard)
    coming = (end - residents * np.exp(-hazard)) / present - born
    possible = coming >= 0
    moving_in = np.where(possible, coming, assumed.in_migration)
    moving_out = np.where(possible, leaving, assumed.out_migration)
    present, entrant = mean_presence(assumed.mortality + moving_out)
    lived = residents * present + moving_in * entrant
    births, wanted = (assumed.fertility * lived[:, 0]).sum(-1), main.births.sum(-1)
    scale = np.divide(wanted, births, out=np.ones_like(births), where=births > 0)
    told = replace(
        assumed,
        fertility=assumed.fertility * scale[:, None],
        in_migration=moving_in,
        out_migration=moving_out,
    )
    return project(main.population.values[0], main.base_year, told, main.population.region)
