"""A housing plan as people: the dwellings above the pace that the projection's years already hold."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from krokomanalys.population.cube import Array
from krokomanalys.sources.grouping import SPANS

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_.-]*$")]
Count = Annotated[float, Field(ge=0)]


class Housing(BaseModel):
    """Dwellings that are to be finished, and who moves into them.

    plan     dwellings finished by year and type
    normal   dwellings a year, all types, in the years that the projection rests on: their people are in its moves
    persons  by type: persons per dwelling, in all or by age group (groups of sources.grouping.SPANS that don't overlap)
    share_from_outside  of the occupants, who move in from another municipality
    vacancy  share of the dwellings that stand empty
    delay    whole years from a dwelling's year in the plan to the year people move in
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    plan: Annotated[dict[int, dict[Name, Count]], Field(min_length=1)]
    normal: float = Field(ge=0)
    persons: dict[Name, Count | dict[str, Count]]
    share_from_outside: float = Field(ge=0, le=1)
    vacancy: float = Field(ge=0, le=1)
    delay: int = Field(ge=0, le=10)

    @model_validator(mode="after")
    def _whole(self) -> Housing:
        built = {kind for year in self.plan.values() for kind in year}
        if strange := sorted(built ^ set(self.persons)):
            where = ("plan", "persons") if strange[0] in built else ("persons", "plan")
            raise ValueError(f'bostadstypen "{strange[0]}" står i {where[0]} men inte i {where[1]}')
        for kind, told in self.persons.items():
            if isinstance(told, dict):
                _check_groups(kind, list(told))
        return self


def _check_groups(kind: str, names: list[str]) -> None:
    if unknown := [name for name in names if name not in SPANS]:
        raise ValueError(f'{kind}: "{unknown[0]}" är ingen åldersgrupp. Välj bland {", ".join(SPANS)}')
    for (_, last), (first, _) in pairwise(sorted(SPANS[name] for name in names)):
        if first <= last:
            raise ValueError(f"{kind}: åldersgrupperna {', '.join(names)} går in i varandra")


def housing_account(plan: Housing) -> pd.DataFrame:
    """By year of the plan: planned and above dwellings, occupants of those above, from_outside, and moving_in's year.

    Only dwellings above `normal` count, shared over the year's types as the plan shares them; a year at or under
    the normal pace gives none.
    """
    rows = []
    for year in sorted(plan.plan):
        planned = sum(plan.plan[year].values())
        occupants = sum(float(persons.sum()) for persons in _occupants(plan, year, np.ones((2, 101))).values())
        rows.append(
            {
                "year": year,
                "planned": planned,
                "above": max(planned - plan.normal, 0.0),
                "occupants": occupants,
                "from_outside": occupants * plan.share_from_outside,
                "moving_in": year + plan.delay,
            }
        )
    return pd.DataFrame(rows)


def moving_in(plan: Housing, profile: Array, years: list[int]) -> Array:
    """Persons moving in from outside by year, sex and age: `profile` (..., 2, 101) -> (len(years), ..., 2, 101).

    Persons per dwelling without ages are spread as `profile`, those of an age group as `profile` is within the
    group (evenly where it has nobody there).
    """
    persons = np.zeros((len(years), *profile.shape))
    for year in plan.plan:
        if year + plan.delay in years:
            arriving = sum(_occupants(plan, year, profile).values()) * plan.share_from_outside
            persons[years.index(year + plan.delay)] += arriving
    return persons


def _occupants(plan: Housing, year: int, profile: Array) -> dict[str, Array]:
    """Persons by sex and age in the year's dwellings above the normal pace, by type."""
    planned = sum(plan.plan[year].values())
    counted = max(planned - plan.normal, 0.0) / planned if planned else 0.0
    return {
        kind: dwellings * counted * (1 - plan.vacancy) * _household(plan.persons[kind], profile)
        for kind, dwellings in plan.plan[year].items()
    }


def _household(persons: float | dict[str, float], profile: Array) -> Array:
    """The persons of one dwelling by sex and age."""
    by_group = persons if isinstance(persons, dict) else {"total": persons}
    household = np.zeros_like(profile)
    for group, number in by_group.items():
        first, last = SPANS[group]
        inside = profile[..., first : last + 1]
        whole = inside.sum((-2, -1), keepdims=True)
        shares = np.divide(
            inside, whole, out=np.full_like(inside, 1 / (inside.shape[-2] * inside.shape[-1])), where=whole > 0
        )
        household[..., first : last + 1] = number * shares
    return household
