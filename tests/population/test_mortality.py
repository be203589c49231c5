"""Lee-Carter where the answer is known, and Riket's path against what came."""

from __future__ import annotations

import numpy as np
import pytest

from krokomanalys.population.life_table import life_expectancy
from krokomanalys.population.mortality import JUMP_OFF_YEARS, lee_carter, national_path
from krokomanalys.population.national import National
from krokomanalys.population.step import age_on

AGES = np.arange(30)


def test_lee_carter_finds_the_pattern_index_and_drift_that_rates_were_made_of() -> None:
    mean = np.stack([-8 + 0.2 * AGES, -7.5 + 0.19 * AGES])
    pattern = np.stack([np.linspace(3, 1, 30), np.linspace(1, 2, 30)])
    pattern = pattern / pattern.sum(-1, keepdims=True)
    index = np.stack([[6, 3.5, 1, -0.5, -4, -6], [4.0, 1, 0, 1, -2, -4]], axis=1)
    fitted = lee_carter(np.exp(mean + index[..., None] * pattern))
    assert fitted.mean == pytest.approx(mean)
    assert fitted.pattern == pytest.approx(pattern)
    assert fitted.index == pytest.approx(index, abs=1e-9)
    assert fitted.drift == pytest.approx([-12 / 5, -8 / 5])


def test_the_pattern_sums_to_one_and_the_index_to_zero(riket: National) -> None:
    fitted = lee_carter(np.maximum(riket.mortality, 1e-6))
    assert fitted.pattern.sum(-1) == pytest.approx([1, 1])
    assert fitted.index.sum(0) == pytest.approx([0, 0], abs=1e-9)
    assert (fitted.drift < 0).all()


def test_rikets_path_gives_about_the_deaths_that_came(riket: National) -> None:
    """From 2014, deaths in per cent of those that came; 2020 had a pandemic, and 2019 unusually few."""
    path, given = national_path(riket.until(2014), range(2015, 2023)), {}
    for t, year in enumerate(range(2015, 2023)):
        exposure = (age_on(riket.population[year - 1]) + riket.population[year]) / 2
        came = riket.mortality[riket.mortality_years.index(year)]
        given[year] = 100 * (path[t] * exposure).sum() / (came * exposure).sum()
    pandemic = given.pop(2020)
    assert 92 < pandemic < 95
    assert all(abs(share - 100) < 4 for share in given.values()), given


def test_rikets_path_starts_where_the_last_years_are(riket: National) -> None:
    last = riket.mortality_years[-1]
    middle = last - (JUMP_OFF_YEARS - 1) / 2
    (path,) = national_path(riket, [int(middle)])
    mean = life_expectancy(riket.mortality[-JUMP_OFF_YEARS:].mean(0))
    assert life_expectancy(path) == pytest.approx(mean, abs=0.05)


def test_people_live_longer_for_every_year_ahead(riket: National) -> None:
    lives = life_expectancy(national_path(riket, range(2023, 2053)))
    assert (np.diff(lives, axis=0) > 0).all()
    assert (lives[-1] - lives[0] > 2).all() and (lives[-1] - lives[0] < 7).all()


def test_the_path_uses_nothing_later_than_what_is_known(riket: National) -> None:
    assert (national_path(riket.until(2014), [2020]) == national_path(riket.until(2016).until(2014), [2020])).all()
    assert (national_path(riket.until(2014), [2020]) != national_path(riket, [2020])).any()
