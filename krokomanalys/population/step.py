"""One year of the world: residents age, die and move, children are born, people move in.

Source: SCB, Sveriges framtida befolkning 2012-2060, the national model's equations.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
_SMALL = 1e-4


@dataclass(frozen=True, eq=False)
class Assumptions:
    """What drives a projection. Ages are ages at the end of the year.

    mortality      deaths per person-year, shape (T, ..., 2, 101)
    fertility      live births per woman-year, shape (T, ..., 101)
    out_migration  moves out per person-year, shape (T, ..., 2, 101)
    in_migration   persons moving in during the year, shape (T, ..., 2, 101)
    girls_share    girls among live births, shape (T, ...)

    The number of ages and of sexes is whatever the arrays have (women first; one sex is women alone), and a
    "year" is whatever span the rates are for, so that published five-year examples run through the same code.
    """

    mortality: Array
    fertility: Array
    out_migration: Array
    in_migration: Array
    girls_share: Array

    def __getitem__(self, step: int) -> Assumptions:
        """The assumptions of one step, without the time axis."""
        return Assumptions(
            self.mortality[step],
            self.fertility[step],
            self.out_migration[step],
            self.in_migration[step],
            self.girls_share[step],
        )

    def __len__(self) -> int:
        """The number of steps T."""
        return len(self.mortality)


@dataclass(frozen=True, eq=False)
class Year:
    """What one step gives, by sex and age at its end, shape (..., 2, 101); births (..., 2) by the child's sex."""

    end: Array
    births: Array
    deaths: Array
    moved_in: Array
    moved_out: Array
    exposure: Array


def age_on(population: Array) -> Array:
    """Residents by the age they attain in the coming year: (..., A) -> (..., A), the last age open, age 0 empty."""
    aged = np.zeros_like(population)
    aged[..., 1:] = population[..., :-1]
    aged[..., -1] += population[..., -1]
    return aged


def mean_presence(hazard: Array) -> tuple[Array, Array]:
    """Shares of the year that leaving at a constant rate lets people stay, for rates >= 0 of any shape.

    The first is a resident's mean presence, (1 - exp(-h)) / h; the second, (1 - first) / h, is the mean presence
    of one who enters evenly through the year. They are 1 and 1/2 where nobody leaves.
    """
    h = np.maximum(hazard, _SMALL)
    first = -np.expm1(-h) / h
    tiny = hazard < _SMALL
    resident = np.where(tiny, 1 - hazard / 2 + hazard**2 / 6, first)
    entrant = np.where(tiny, 0.5 - hazard / 6 + hazard**2 / 24, (1 - first) / h)
    return resident, entrant


def project_year(start: Array, assumed: Assumptions) -> Year:
    """Carry a population from one 31 December to the next.

    Residents leave by death or migration at constant rates through the year; entrants (births and in-migrants)
    arrive evenly through it. `start` has shape (..., 2, 101), `assumed` is that of one step, without a time axis.
    start + births + moved in - deaths - moved out = end, exactly, and no cell can go negative.
    """
    hazard = assumed.mortality + assumed.out_migration
    resident, entrant = mean_presence(hazard)
    residents = age_on(start)
    exposure = residents * resident + assumed.in_migration * entrant
    born = (assumed.fertility * exposure[..., 0, :]).sum(-1)
    shares = np.stack([assumed.girls_share, 1 - assumed.girls_share], -1)[..., : start.shape[-2]]
    births = born[..., None] * shares
    entering = np.array(np.broadcast_to(assumed.in_migration, exposure.shape))
    entering[..., 0] += births
    exposure[..., 0] += births * entrant[..., 0]
    return Year(
        end=residents * np.exp(-hazard) + entering * resident,
        births=births,
        deaths=assumed.mortality * exposure,
        moved_in=np.broadcast_to(assumed.in_migration, exposure.shape),
        moved_out=assumed.out_migration * exposure,
        exposure=exposure,
    )
