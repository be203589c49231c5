"""How long people live under a year's death rates, and the rates under which they live so many years longer."""

from __future__ import annotations

import numpy as np

from krokomanalys.population.cube import Array
from krokomanalys.population.step import mean_presence

_WIDEST = 5.0
"""Bound of the logarithm of a factor on mortality, e^-5 to e^5: far beyond any life expectancy."""


def life_expectancy(mortality: Array) -> Array:
    """Years that a newborn lives on average under these rates: (..., A) -> (...).

    The rates are deaths per person-year by age attained at the year's end, the last age open, as in Assumptions; so
    the life table is the projection's own step. Newborns enter evenly through their first year, and live
    (1 - k) / m of it each with k = (1 - exp(-m)) / m of them left at its end; who starts an attained age lives k of
    it, and exp(-m) are left; who reaches the open age lives 1 / m more.

    Raises:
        ValueError: nobody dies in the open age, where a life would have no end.
    """
    if (mortality[..., -1] <= 0).any():
        raise ValueError("a death rate of zero in the open age gives lives without end")
    resident, entrant = mean_presence(mortality)
    older = mortality[..., 1:]
    alive = resident[..., :1] * np.exp(older - np.cumsum(older, -1))  # at the start of each attained age from 1
    years: Array = entrant[..., 0] + (alive[..., :-1] * resident[..., 1:-1]).sum(-1) + alive[..., -1] / older[..., -1]
    return years


def living_longer(mortality: Array, years: Array) -> Array:
    """Mortality times the one factor for all ages that lengthens life by `years`: (..., A) and (...) -> (..., A).

    Found by bisection, to the last digit; life expectancy falls with the factor, so there is one.

    Raises:
        ValueError: no factor between e^-5 and e^5 does.
    """
    wanted = life_expectancy(mortality) + years
    low, high = np.full(wanted.shape, -_WIDEST), np.full(wanted.shape, _WIDEST)
    ends = [life_expectancy(mortality * np.exp(end)[..., None]) for end in (low, high)]
    if (ends[0] < wanted).any() or (ends[1] > wanted).any():
        raise ValueError("no factor on mortality lengthens or shortens life so much")
    for _ in range(60):
        middle = (low + high) / 2
        longer = life_expectancy(mortality * np.exp(middle)[..., None]) > wanted
        low, high = np.where(longer, middle, low), np.where(longer, high, middle)
    changed: Array = mortality * np.where(years == 0, 1.0, np.exp((low + high) / 2))[..., None]
    return changed
