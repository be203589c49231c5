"""Rates from counts: the step solved backwards, age definitions brought together, local levels."""

from __future__ import annotations

import numpy as np
import pandas as pd

from krokomanalys.errors import Fault, InputError
from krokomanalys.population.cube import AGES, Array, Cube
from krokomanalys.population.records import ages
from krokomanalys.population.step import age_on, mean_presence
from krokomanalys.regions import NATION

DIED_IN_BIRTH_YEAR = 0.89
"""Share of those dying before their first birthday who die in the calendar year of their birth.

From SCB's deaths 2020-2024 for Riket by attained age: 198 a year at age 0 and 35 at age 1, of which about 11 are
children past their first birthday (half of completed age 1, 2015-2019).
"""

LEVEL_PRIOR = 400.0
"""Prior strength of a local level, in expected events: a standard deviation of 5 % between municipalities.

Marginal likelihood over forty municipalities gives 150 to 280, a standard deviation of 6 to 8 %. Levels are shrunk
harder than that, since part of what it sees is error in estimated ages.
"""


def rates_of_year(start: Array, entrants: Array, deaths: Array, moved_out: Array) -> tuple[Array, Array, Array]:
    """Death rate, out-migration rate and exposure that carry `start` exactly through an observed year.

    All arrays are (..., 2, 101) by age at the end of the year: `start` already aged on (`age_on`), `entrants` the
    in-migrants and, at age 0, the births. The inverse of `project_year`: with the rates it gives, the step
    ends at start + entrants - deaths - moved_out. Where nobody leaves, the rates are zero.

    Raises:
        ValueError: a cell that somebody leaves ends at zero or below, where no finite rate exists.
    """
    leaving = deaths + moved_out
    end = start + entrants - leaving
    gone = leaving > 0
    if (gone & (end <= 0)).any():
        where = tuple(int(i) for i in np.argwhere(gone & (end <= 0))[0])
        raise ValueError(f"cell {where} is emptied: pool it with its neighbours first")
    hazard = np.zeros_like(leaving)
    for _ in range(200):
        resident, entrant = mean_presence(hazard)
        stay = np.exp(-hazard)
        surplus = start * stay + entrants * resident - end
        slope = start * stay + entrants * (resident - entrant)
        change = np.divide(surplus, slope, out=np.zeros_like(surplus), where=gone & (slope > 0))
        hazard = np.maximum(hazard + change, 0.0)
        if np.all(np.abs(change) <= 1e-14 * np.maximum(hazard, 1.0)):
            break
    resident, entrant = mean_presence(hazard)
    exposure = start * resident + entrants * entrant
    share = np.divide(1.0, exposure, out=np.zeros_like(exposure), where=exposure > 0)
    return deaths * share, moved_out * share, exposure


def national_mortality(population: Cube, deaths: pd.DataFrame, years: list[int]) -> Array:
    """Riket's death rates by year, sex and attained age, shape (T, 2, 101), in deaths per person-year.

    `population` is Riket's, with every year and the year before it; `deaths` says for each
    year whether ages are attained at the year's end or completed at death. Attained: moves are what the
    population change leaves over, and the step is inverted. Completed: rates over the mean population, each
    attained age the mean of the two completed ages that it passes through (see module).

    Raises:
        InputError: a year has deaths at some ages but not all.
    """
    died = ages(deaths, "deaths", [NATION], years, "data/population/deaths.csv")[:, 0]
    definition = deaths[deaths["region"] == NATION].drop_duplicates("year").set_index("year")["age_definition"]
    return np.stack(
        [
            _mortality_of_year(population[year - 1], population[year], events, definition[year])
            for year, events in zip(years, died, strict=True)
        ]
    )


def _mortality_of_year(before: Array, after: Array, died: Array, definition: str) -> Array:
    start = age_on(before)
    if definition == "attained":
        change = after - start + died
        mortality, _, _ = rates_of_year(start, np.maximum(change, 0), died, np.maximum(-change, 0))
        return mortality
    completed = died / ((before + after) / 2)
    mortality = attained_from_completed(completed)
    older = before[:, 100] / (before[:, 99] + before[:, 100])
    mortality[:, 100] += older * (completed[:, 100] - mortality[:, 100])
    mortality[:, 0] = DIED_IN_BIRTH_YEAR * died[:, 0] / (after[:, 0] / 2)
    first_year = (1 - DIED_IN_BIRTH_YEAR) * died[:, 0] + died[:, 1] / 2
    mortality[:, 1] = first_year / ((start[:, 1] + after[:, 1]) / 2)
    return mortality


def attained_from_completed(rate: Array) -> Array:
    """Rates by age completed at the event as rates by age attained at the year's end, along the last axis.

    Who attains age a in the year has completed a-1 before the birthday and a after it, half a year of each.
    """
    attained = rate.copy()
    attained[..., 1:] = (rate[..., :-1] + rate[..., 1:]) / 2
    attained[..., 0] = rate[..., 0] / 2
    return attained


def national_fertility(population: Cube, births: pd.DataFrame, years: list[int]) -> Array:
    """Riket's live births per woman-year by year and attained age, shape (T, 101), from mother's completed age.

    `population` is Riket's, with every year and the year before it.

    Raises:
        InputError: a year has no births by mother's age, or they are not by completed age.
    """
    own = births[births["region"] == NATION]
    definitions = own.groupby("year")["age_definition"].agg(set)
    for year in years:
        if definitions.get(year) != {"completed"}:
            raise InputError(
                Fault(
                    "data/population/births.csv",
                    f"riket saknar födda efter moderns ålder {year}",
                    "födda efter moderns ålder vid födseln (completed)",
                )
            )
    by_mother = own.groupby(["year", "mother_age"])["births"].sum().unstack(fill_value=0)
    born = by_mother.reindex(index=years, columns=range(AGES), fill_value=0).to_numpy(float)
    women = np.stack([population[year - 1][0] + population[year][0] for year in years])
    return attained_from_completed(born / (women / 2))


def girls_share(births: pd.DataFrame, years: list[int]) -> Array:
    """Girls among Riket's live births of each year, shape (T,), about 0.486."""
    born = births[births["region"] == NATION].pivot_table("births", "year", "child_sex", "sum").loc[years]
    return (born["F"] / born.sum(axis=1)).to_numpy(float)


def local_level(observed: Array, expected: Array) -> Array:
    """How a municipality's events stand to what national rates give its population, shrunk hard towards 1.

    Gamma-Poisson: (observed + prior) / (expected + prior), with the prior worth LEVEL_PRIOR expected events.
    """
    return (observed + LEVEL_PRIOR) / (expected + LEVEL_PRIOR)
