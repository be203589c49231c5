"""Rates from counts: the step solved backwards, and Riket's rates against SCB's published figures."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from krokomanalys.errors import InputError
from krokomanalys.population.cube import by_age
from krokomanalys.population.life_table import life_expectancy
from krokomanalys.population.national import National
from krokomanalys.population.rates import (
    attained_from_completed,
    girls_share,
    local_level,
    national_fertility,
    national_mortality,
    rates_of_year,
)
from krokomanalys.population.step import Assumptions, age_on, project_year
from krokomanalys.sources.slices import PopulationTables

Array = NDArray[np.float64]
AGES = 12
LIFE_EXPECTANCY = {2019: (84.7, 81.34), 2020: (84.29, 80.60)}  # SCB, women and men
TOTAL_FERTILITY = {2019: 1.70, 2020: 1.66, 2021: 1.67, 2022: 1.52}  # SCB


@st.composite
def observed_year(draw: st.DrawFn) -> tuple[Array, Array, Array, Array]:
    """A start, in-migrants, deaths and moves out in whole persons, with births, of which somebody always stays."""
    random = np.random.default_rng(draw(st.integers(0, 10**6)))
    start = random.choice([0, 1, 3, 40, 900], (2, AGES)).astype(float)
    moved_in = random.choice([0, 0, 1, 5, 300], (2, AGES)).astype(float)
    births = np.array([random.integers(0, 50), random.integers(0, 50)], float)
    there = age_on(start) + moved_in
    there[:, 0] += births
    leaving = np.floor(np.maximum(there - 1, 0) * random.choice([0, 0, 0.1, 0.6, 1.0], (2, AGES)))
    deaths = np.floor(leaving * random.choice([0, 0.3, 1.0], (2, AGES)))
    entrants = moved_in.copy()
    entrants[:, 0] += births
    return start, entrants, deaths, leaving - deaths


@settings(max_examples=150, deadline=None)
@given(observed_year())
def test_a_years_own_rates_give_the_year_back(year: tuple[Array, Array, Array, Array]) -> None:
    start, entrants, deaths, moved_out = year
    mortality, out_rate, exposure = rates_of_year(age_on(start), entrants, deaths, moved_out)
    assumed = Assumptions(mortality, np.zeros(AGES), out_rate, entrants, np.array(0.5))
    again = project_year(start, assumed)
    assert again.end == pytest.approx(age_on(start) + entrants - deaths - moved_out, abs=1e-9)
    assert again.deaths == pytest.approx(deaths, abs=1e-9)
    assert again.moved_out == pytest.approx(moved_out, abs=1e-9)
    assert again.exposure == pytest.approx(exposure, abs=1e-9)


def test_a_years_own_births_come_back_with_its_rates() -> None:
    """Births divided by the exposure that the inverted step gives are the fertility that gives the births again."""
    random = np.random.default_rng(3)
    start = random.integers(50, 200, (2, AGES)).astype(float)
    births = np.array([14.0, 15.0])
    entrants = random.integers(0, 20, (2, AGES)).astype(float)
    entrants[:, 0] += births
    deaths, moved_out = np.full((2, AGES), 2.0), np.full((2, AGES), 5.0)
    mortality, out_rate, exposure = rates_of_year(age_on(start), entrants, deaths, moved_out)
    fertility = np.zeros(AGES)
    fertility[5:8] = births.sum() / exposure[0, 5:8].sum()
    moved_in = entrants.copy()
    moved_in[:, 0] -= births
    again = project_year(start, Assumptions(mortality, fertility, out_rate, moved_in, np.array(14 / 29)))
    assert again.births == pytest.approx(births, abs=1e-9)
    assert again.end == pytest.approx(age_on(start) + entrants - deaths - moved_out, abs=1e-9)


def test_where_nobody_leaves_the_rates_are_zero_and_everybody_is_there_as_long_as_they_can() -> None:
    start, entrants, none = np.array([[0.0, 10.0]]), np.array([[6.0, 4.0]]), np.zeros((1, 2))
    mortality, out_rate, exposure = rates_of_year(start, entrants, none, none)
    assert not mortality.any() and not out_rate.any()
    assert exposure.tolist() == [[3.0, 12.0]]


def test_an_empty_cell_has_no_rate_and_no_exposure() -> None:
    none = np.zeros((2, 3))
    assert not np.concatenate(rates_of_year(none, none, none, none)).any()


def test_half_a_cohort_dead_in_a_year_is_a_rate_of_ln_2() -> None:
    mortality, _, exposure = rates_of_year(np.array([80.0]), np.array([0.0]), np.array([40.0]), np.array([0.0]))
    assert mortality[0] == pytest.approx(np.log(2))
    assert exposure[0] == pytest.approx(40 / np.log(2))


@pytest.mark.parametrize("deaths", [3.0, 4.0])
def test_a_cell_that_everybody_leaves_has_no_finite_rate(deaths: float) -> None:
    with pytest.raises(ValueError, match="emptied"):
        rates_of_year(np.array([3.0]), np.array([0.0]), np.array([deaths]), np.array([0.0]))


def test_rates_of_timras_real_years_give_the_years_back(timra: PopulationTables) -> None:
    """2006-2022 with all that a small place has: cells without anybody, without deaths, with one single mover."""
    for year in range(2006, 2023):
        start = age_on(by_age(timra.single, "population", "2262", year - 1, "population.csv"))
        flows = {
            c: by_age(timra.migration, c, "2262", year, "migration.csv")
            for c in ("in_domestic", "immigration", "out_domestic", "emigration")
        }
        deaths = by_age(timra.deaths, "deaths", "2262", year, "deaths.csv")
        entrants, moved_out = flows["in_domestic"] + flows["immigration"], flows["out_domestic"] + flows["emigration"]
        births = timra.births[(timra.births["region"] == "2262") & (timra.births["year"] == year)]
        entrants[:, 0] += births.groupby("child_sex")["births"].sum().reindex(["F", "M"]).to_numpy()
        leaving = deaths + moved_out
        emptied = (leaving > 0) & (start + entrants - leaving <= 0)
        deaths, moved_out = np.where(emptied, 0, deaths), np.where(emptied, 0, moved_out)
        mortality, out_rate, _ = rates_of_year(start, entrants, deaths, moved_out)
        unaged = np.concatenate([start[:, 1:], np.zeros((2, 1))], axis=1)
        again = project_year(unaged, Assumptions(mortality, np.zeros(101), out_rate, entrants, np.array(0.5)))
        assert again.end == pytest.approx(start + entrants - deaths - moved_out, abs=1e-9)


def test_a_rate_by_attained_age_is_the_mean_of_the_two_completed_ages_it_passes_through() -> None:
    assert attained_from_completed(np.array([0.2, 0.4, 1.0])).tolist() == pytest.approx([0.1, 0.3, 0.7])


@pytest.mark.parametrize("year", LIFE_EXPECTANCY)
def test_rikets_death_rates_give_the_published_life_expectancy(
    year: int, krokom: PopulationTables, riket: National
) -> None:
    mortality = national_mortality(riket.population, krokom.deaths, [year])[0]
    assert life_expectancy(mortality) == pytest.approx(LIFE_EXPECTANCY[year], abs=0.3)


@pytest.mark.parametrize("year", [2000, 2010, 2018, 2019, 2020, 2021, 2022])
def test_rikets_death_rates_give_rikets_own_deaths_by_either_age_definition(
    year: int, krokom: PopulationTables, riket: National
) -> None:
    """Ages mixed up by half a year would give 5 % too many or too few: completed to 2019, attained from 2020."""
    before, after = (by_age(krokom.single, "population", "00", y, "population.csv") for y in (year - 1, year))
    mortality = national_mortality(riket.population, krokom.deaths, [year])[0]
    died = by_age(krokom.deaths, "deaths", "00", year, "deaths.csv").sum()
    assert (mortality * (age_on(before) + after) / 2).sum() / died == pytest.approx(1, abs=0.004)


def test_the_change_of_age_definition_in_2020_moves_no_ages_death_rate(
    krokom: PopulationTables, riket: National
) -> None:
    """2019 and 2021 differ by little: a shift of half a year would show as 5 % at every age above 50."""
    early, late = national_mortality(riket.population, krokom.deaths, [2019, 2021])
    spans = [(50, 65), (65, 75), (75, 85), (85, 95)]
    ratios = np.array([np.log(late[:, a:b] / early[:, a:b]).mean() for a, b in spans])
    assert np.abs(ratios).max() < 0.03


@pytest.mark.parametrize("year", TOTAL_FERTILITY)
def test_rikets_fertility_sums_to_the_published_total_fertility_rate(
    year: int, krokom: PopulationTables, riket: National
) -> None:
    fertility = national_fertility(riket.population, krokom.births, [year])[0]
    assert fertility.sum() == pytest.approx(TOTAL_FERTILITY[year], abs=0.015)


def test_rikets_mothers_are_most_often_about_31(krokom: PopulationTables, riket: National) -> None:
    fertility = national_fertility(riket.population, krokom.births, [2019])[0]
    assert 30 <= fertility.argmax() <= 32
    assert not fertility[:15].any() and not fertility[51:].any()


def test_births_by_the_mothers_attained_age_are_not_taken_for_completed(
    krokom: PopulationTables, riket: National
) -> None:
    births = krokom.births.assign(age_definition="attained")
    with pytest.raises(InputError, match=r"births\.csv: riket saknar födda efter moderns ålder 2019"):
        national_fertility(riket.population, births, [2019])


def test_slightly_fewer_than_half_the_newborn_are_girls(krokom: PopulationTables) -> None:
    """0.486 over seventeen years; one year's hundred thousand births may differ by chance from that."""
    shares = girls_share(krokom.births, list(range(2006, 2023)))
    assert shares.shape == (17,) and shares.mean() == pytest.approx(0.486, abs=0.001)
    assert shares == pytest.approx(0.486, abs=0.005)


def test_a_local_level_is_shrunk_hard_towards_one() -> None:
    level = local_level(np.array([100.0, 200, 0, 0]), np.array([100.0, 100, 0, 100]))
    assert level == pytest.approx([1, 600 / 500, 1, 400 / 500])
