"""Scenarios: what if more move in, fewer are born, lives grow longer, nobody moves, or dwellings are built.

A scenario changes a projection's assumptions, year by year, and nothing else: base and method are the main one's. Where
moves are changed, the main projection's are to be told apart into in and out first (see moves.both_ways).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from krokomanalys.errors import Fault, InputError
from krokomanalys.population.cube import Array
from krokomanalys.population.housing import Housing, moving_in
from krokomanalys.population.life_table import living_longer
from krokomanalys.population.projection import Projection, project
from krokomanalys.population.step import Assumptions

_ROUNDING = -1e-9
"""Persons below zero that are no mistake."""


class _Unfit(ValueError):
    """A scenario that this projection can't take, told in Swedish."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class InMigration(_Part):
    """More or fewer moving in each year from `start` on: per cent of the main projection's, persons; ages as before."""

    persons: float = 0
    percent: float = 0
    start: int

    @model_validator(mode="after")
    def _something(self) -> InMigration:
        if self.persons == 0 and self.percent == 0:
            raise ValueError("ange persons eller percent, med minus för färre inflyttade")
        return self


class Fertility(_Part):
    """Children per woman (total fertility rate), reached by 31 December of `by` on a straight path; then constant."""

    level: float = Field(ge=0, le=10)
    by: int


class LongerLives(_Part):
    """Years of life gained on the main projection, `women` and `men`, on a straight path until `by`; then constant."""

    women: float = Field(ge=-10, le=10)
    men: float = Field(ge=-10, le=10)
    by: int


class Scenario(_Part):
    """What differs from the main projection. Parts are combined; with no_migration, a plan's people are alone."""

    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
    no_migration: bool = False
    in_migration: InMigration | None = None
    housing: Housing | None = None
    tfr: Fertility | None = None
    life_expectancy: LongerLives | None = None

    @model_validator(mode="after")
    def _something(self) -> Scenario:
        parts = [name for name in Scenario.model_fields if name != "title"]
        if not any(getattr(self, part) for part in parts):
            raise ValueError(f"scenariot ändrar ingenting: ange någon av {', '.join(parts)}")
        if self.no_migration and self.in_migration:
            raise ValueError("no_migration och in_migration kan inte stå i samma scenario")
        return self


def projected(main: Projection, scenario: Scenario) -> Projection:
    """The main projection's base carried forward under the scenario.

    Raises:
        InputError: as `apply`.
    """
    base_year = main.base_year
    assumed = apply(scenario, main.assumptions, base_year)
    return project(main.population[base_year], base_year, assumed, main.population.region)


def apply(scenario: Scenario, assumed: Assumptions, base_year: int) -> Assumptions:
    """The assumptions under a scenario; the first step ends on 31 December of `base_year` + 1.

    Raises:
        InputError: in-migration would go below zero, a part changes nothing within the assumed years, or death rates
            can't be made to fit.
    """
    try:
        return _applied(scenario, assumed, base_year)
    except _Unfit as wrong:
        raise InputError(Fault("scenarios", f'"{scenario.title}": {wrong}')) from None


def newcomers(assumed: Assumptions) -> Array:
    """The age profile of in-migration over all assumed years, both sexes and all ages summing to 1, (..., 2, 101).

    Raises:
        ValueError: nobody moves in in any year.
    """
    persons = assumed.in_migration.sum(0)
    whole = persons.sum((-2, -1), keepdims=True)
    if (whole <= 0).any():
        raise _Unfit("ingen flyttar in i huvudprognosen, så det finns inga åldrar att fördela efter")
    profile: Array = persons / whole
    return profile


def total_fertility(assumed: Assumptions) -> Array:
    """Children per woman by year, the sum of fertility over ages: (T, ...)."""
    total: Array = assumed.fertility.sum(-1)
    return total


def _applied(scenario: Scenario, assumed: Assumptions, base_year: int) -> Assumptions:
    years = [base_year + step for step in range(1, len(assumed) + 1)]
    changed = assumed
    if scenario.no_migration:
        nobody = np.zeros_like(assumed.in_migration)
        changed = replace(changed, in_migration=nobody, out_migration=np.zeros_like(assumed.out_migration))
    if scenario.in_migration:
        more = _more_moving_in(scenario.in_migration, assumed, years)
        changed = replace(changed, in_migration=_not_below_zero(changed.in_migration + more, years))
    if scenario.housing:
        _check_arrivals(scenario.housing, years)
        arriving = moving_in(scenario.housing, newcomers(assumed), years)
        changed = replace(changed, in_migration=changed.in_migration + arriving)
    if scenario.tfr:
        changed = replace(changed, fertility=_fertility(scenario.tfr, assumed, base_year, years))
    if scenario.life_expectancy:
        changed = replace(changed, mortality=_mortality(scenario.life_expectancy, assumed, base_year, years))
    return changed


def _more_moving_in(part: InMigration, assumed: Assumptions, years: list[int]) -> Array:
    if part.start > years[-1]:
        raise _Unfit(f"in_migration börjar {part.start}, efter prognosens sista år {years[-1]}")
    begun = np.array([float(year >= part.start) for year in years]).reshape(-1, *[1] * (assumed.in_migration.ndim - 1))
    persons = part.persons * newcomers(assumed) if part.persons else 0.0
    more: Array = begun * (part.percent / 100 * assumed.in_migration + persons)
    return more


def _not_below_zero(persons: Array, years: list[int]) -> Array:
    """Refuse persons below zero; what is rounding is zero."""
    if (persons < _ROUNDING).any():
        year = years[int(np.argwhere(persons < _ROUNDING)[0][0])]
        raise _Unfit(f"så många färre kan inte flytta in: {year} blir antalet under noll i någon ålder")
    return np.maximum(persons, 0)


def _check_arrivals(plan: Housing, years: list[int]) -> None:
    known = sorted(year for year in plan.plan if year + plan.delay < years[0])
    if known:
        raise _Unfit(
            f"bostäderna {known[0]} ger inflyttning {known[0] + plan.delay}, som redan är känd. Ta bort året ur plan"
        )
    if min(plan.plan) + plan.delay > years[-1]:
        raise _Unfit(f"planens bostäder ger ingen inflyttning före prognosens slut {years[-1]}")


def _fertility(part: Fertility, assumed: Assumptions, base_year: int, years: list[int]) -> Array:
    """Straight from the first assumed level, taken as the base year's, to the wanted one; pattern of ages kept."""
    current = total_fertility(assumed)
    if (current <= 0).any():
        raise _Unfit("prognosen har inga födda, så det finns inget mönster efter ålder att höja eller sänka")
    come = _share_of_way(base_year, part.by, years).reshape(-1, *[1] * (current.ndim - 1))
    level = current[:1] + (part.level - current[:1]) * come
    changed: Array = assumed.fertility * (level / current)[..., None]
    return changed


def _mortality(part: LongerLives, assumed: Assumptions, base_year: int, years: list[int]) -> Array:
    gained = np.array([part.women, part.men])
    come = _share_of_way(base_year, part.by, years).reshape(-1, *[1] * (assumed.mortality.ndim - 2))
    longer = np.broadcast_to(come * gained, assumed.mortality.shape[:-1])
    try:
        return living_longer(assumed.mortality, longer)
    except ValueError:
        raise _Unfit("livslängden kan inte ändras så mycket med en faktor på dödstalen") from None


def _share_of_way(base_year: int, by: int, years: list[int]) -> Array:
    """How far along the straight path each year's end is, 0 in the base year and 1 from `by` on."""
    if by <= base_year:
        raise _Unfit(f"by: {by} ligger inte efter utgångsåret {base_year}")
    return np.clip((np.array(years, np.float64) - base_year) / (by - base_year), 0, 1)
