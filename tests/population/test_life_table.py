"""Life expectancy by the projection's own step, and rates under which lives are longer."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from krokomanalys.population.life_table import life_expectancy, living_longer
from krokomanalys.population.step import Assumptions, project_year

RISING = 0.0002 * np.exp(0.095 * np.arange(101))
"""Death rates that double every seventh year of age, as adults' do."""


@pytest.mark.parametrize("rate", [0.01, 0.02, 0.5])
def test_at_the_same_rate_in_all_ages_one_lives_one_over_the_rate(rate: float) -> None:
    assert life_expectancy(np.full(101, rate)) == pytest.approx(1 / rate, rel=1e-12)


def test_three_ages_by_hand() -> None:
    first, second, last = 0.1, 0.2, 0.5
    left = (1 - math.exp(-first)) / first
    lived = (1 - left) / first + left * (1 - math.exp(-second)) / second + left * math.exp(-second) / last
    assert life_expectancy(np.array([first, second, last])) == pytest.approx(lived, rel=1e-12)


def test_it_is_the_person_years_of_a_birth_cohort_that_the_step_carries_to_its_end() -> None:
    nobody = np.zeros((2, 101))
    born = nobody.copy()
    born[:, 0] = 1.0
    mortality = np.stack([RISING, RISING * 1.5])
    closed = Assumptions(mortality, np.zeros(101), nobody, born, np.array(0.5))
    year = project_year(nobody, closed)
    lived = year.exposure.sum(-1)
    for _ in range(600):
        year = project_year(year.end, Assumptions(mortality, np.zeros(101), nobody, nobody, np.array(0.5)))
        lived += year.exposure.sum(-1)
    assert life_expectancy(mortality) == pytest.approx(lived, rel=1e-9)


@given(st.floats(-8, 8))
def test_lives_grow_by_exactly_the_years_asked_for(years: float) -> None:
    mortality = np.broadcast_to(np.stack([RISING, RISING * 1.5]), (4, 2, 101))
    longer = living_longer(mortality, np.full((4, 2), years))
    assert life_expectancy(longer) - life_expectancy(mortality) == pytest.approx(np.full((4, 2), years), abs=1e-9)
    ratio = longer / mortality
    assert ratio == pytest.approx(np.broadcast_to(ratio[..., :1], ratio.shape))


def test_no_years_gained_leave_the_rates_as_they_are() -> None:
    assert (living_longer(RISING, np.array(0.0)) == RISING).all()


def test_lives_without_end_and_impossible_gains_are_refused() -> None:
    with pytest.raises(ValueError, match="without end"):
        life_expectancy(np.zeros(101))
    with pytest.raises(ValueError, match="so much"):
        living_longer(RISING, np.array(-100.0))
