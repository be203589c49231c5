"""Dwellings above the normal pace, as people by age."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from krokomanalys.errors import InputError
from krokomanalys.population.housing import Housing, housing_account, moving_in
from krokomanalys.sources.yaml_files import checked

PLAN: dict[str, Any] = {
    "plan": {2024: {"smahus": 60, "lagenhet": 80}, 2025: {"lagenhet": 30}},
    "normal": 40,
    "persons": {"smahus": 2.8, "lagenhet": 1.7},
    "share_from_outside": 0.6,
    "vacancy": 0.02,
    "delay": 1,
}
AGES = np.zeros((2, 101))
AGES[:, 30], AGES[:, 2] = 0.4, 0.1


def told(**changed: Any) -> str:
    with pytest.raises(InputError) as error:
        checked(PLAN | changed, Housing, "fil.yaml")
    return str(error.value)


def test_a_plan_by_hand() -> None:
    account = housing_account(Housing(**PLAN)).set_index("year")
    people = 0.98 * (60 * 100 / 140 * 2.8 + 80 * 100 / 140 * 1.7)  # 100 of 140 dwellings are above the normal 40
    assert list(account.loc[2024, ["planned", "above"]]) == [140, 100]
    assert account.loc[2024, "occupants"] == pytest.approx(people) == pytest.approx(212.8)
    assert account.loc[2024, "from_outside"] == pytest.approx(0.6 * 212.8)
    assert account.loc[2024, "moving_in"] == 2025


def test_a_year_under_the_normal_pace_brings_nobody_above_it() -> None:
    account = housing_account(Housing(**PLAN)).set_index("year")
    assert list(account.loc[2025, ["planned", "above", "occupants"]]) == [30, 0, 0]


def test_people_move_in_the_year_after_with_the_ages_of_the_profile() -> None:
    arriving = moving_in(Housing(**PLAN), AGES, [2023, 2024, 2025, 2026])
    assert arriving.sum((1, 2)) == pytest.approx([0, 0, 0.6 * 212.8, 0])
    assert arriving[2] == pytest.approx(AGES * 0.6 * 212.8)


def test_persons_by_age_group_are_spread_as_those_who_move_in_and_evenly_where_nobody_does() -> None:
    by_age = {"0-5": 0.5, "20-44": 2.0, "80+": 0.21}
    plan = Housing(**PLAN | {"plan": {2024: {"smahus": 50}}, "persons": {"smahus": by_age}, "vacancy": 0})
    arriving = moving_in(plan, AGES, [2025])[0] / (10 * 0.6)
    assert arriving[:, 2] == pytest.approx([0.25, 0.25])
    assert arriving[:, 30] == pytest.approx([1.0, 1.0])
    assert arriving[:, 80:] == pytest.approx(np.full((2, 21), 0.005))
    assert arriving.sum() == pytest.approx(2.71)


def test_a_plan_of_many_municipalities_is_that_of_each() -> None:
    many = np.stack([AGES, AGES[::-1] * 0.5 + 0.5 / 202])
    together = moving_in(Housing(**PLAN), many, [2025])
    for place in (0, 1):
        assert together[:, place] == pytest.approx(moving_in(Housing(**PLAN), many[place], [2025]))


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"persons": {"smahus": 2.8}}, 'bostadstypen "lagenhet" står i plan men inte i persons'),
        ({"persons": PLAN["persons"] | {"radhus": 2}}, 'bostadstypen "radhus" står i persons men inte i plan'),
        ({"persons": {"smahus": {"0-4": 1}, "lagenhet": 1}}, '"0-4" är ingen åldersgrupp'),
        ({"persons": {"smahus": {"20-64": 1, "20-44": 1}, "lagenhet": 1}}, "går in i varandra"),
        ({"vacancy": 2}, '"2" kan inte stå här. Väntade högst 1'),
        ({"normal": -1}, "Väntade minst 0"),
        ({"vakans": 0.1}, 'nyckeln "vakans" är okänd'),
    ],
)
def test_a_faulty_plan_is_told_in_swedish(changed: dict[str, Any], says: str) -> None:
    assert says in told(**changed)
