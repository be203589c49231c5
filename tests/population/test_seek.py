"""Target seeking: what reaches a target does reach it, and is what one finds by trying."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from krokomanalys.population.moves import both_ways, leaving_rates
from krokomanalys.population.outlook import outlook
from krokomanalys.population.projection import Projection, project
from krokomanalys.population.scenarios import Scenario, newcomers, projected
from krokomanalys.population.seek import seek
from krokomanalys.population.step import Assumptions
from krokomanalys.sources.slices import PopulationTables


def made_up(mortality: float = 0.01, leaving: float = 0.1, fertility: float = 0.01) -> Projection:
    """Ten years of 101 ages with 50 women and 50 men each, where 20- to 39-year-olds move in, 40 a year."""
    shape = (10, 2, 101)
    coming = np.zeros(shape)
    coming[..., 20:40] = 1.0
    assumed = Assumptions(
        np.full(shape, mortality), np.full((10, 101), fertility), np.full(shape, leaving), coming, np.full(10, 0.486)
    )
    return project(np.full((2, 101), 50.0), 2022, assumed, "0000")


@pytest.fixture(scope="module")
def krokom_apart(krokom: PopulationTables) -> Projection:
    told = outlook(krokom, "2309", 2022, 2035, "2262")
    return both_ways(told.projection, leaving_rates(told.history))


def test_where_nobody_dies_leaves_or_is_born_it_is_what_is_lacking_by_the_years() -> None:
    main = made_up(0, 0, 0)
    found = seek(main, main.population.totals[2027] + 500, 2027)
    assert found.extra == pytest.approx(100)


@settings(max_examples=25, deadline=None)
@given(
    st.floats(0, 0.05),
    st.floats(0, 0.4),
    st.floats(0, 0.05),
    st.floats(0, 5000),
    st.integers(2023, 2032),
)
def test_a_third_run_with_what_was_found_reaches_the_target(
    mortality: float, leaving: float, fertility: float, lacking: float, year: int
) -> None:
    main = made_up(mortality, leaving, fertility)
    target = main.population.totals[year] + lacking
    found = seek(main, target, year)
    more = main.assumptions.in_migration + found.extra * found.profile
    again = project(main.population[2022], 2022, replace(main.assumptions, in_migration=more), "0000")
    assert again.population.totals[year] == pytest.approx(target, abs=1e-6)
    assert found.path.population.values == pytest.approx(again.population.values)


def test_two_runs_and_a_straight_line_give_the_same(krokom_apart: Projection) -> None:
    one_more = Scenario.model_validate({"title": "En till", "in_migration": {"persons": 1, "start": 2023}})
    gain = projected(krokom_apart, one_more).population.totals[2035] - krokom_apart.population.totals[2035]
    found = seek(krokom_apart, 19_300, 2035)
    assert found.extra == pytest.approx(found.lacking / gain, rel=1e-8)


@pytest.mark.parametrize(("target", "year"), [(19_300, 2035), (17_000, 2030)])
def test_krokoms_target_takes_more_who_move_in_than_it_lacks_since_some_move_on(
    krokom_apart: Projection, target: float, year: int
) -> None:
    found = seek(krokom_apart, target, year)
    assert found.path.population.totals[year] == pytest.approx(target, abs=1e-6)
    assert found.extra > found.lacking / (year - 2022) > 0


def test_the_ages_are_those_of_the_main_projections_in_migration() -> None:
    main = made_up()
    found = seek(main, 20_000, 2030)
    assert found.profile == pytest.approx(newcomers(main.assumptions))
    assert found.profile[:, 20:40].sum() == pytest.approx(1) == found.profile.sum()


def test_the_more_who_leave_the_more_must_come() -> None:
    extra = [
        seek(made_up(leaving=rate), made_up(leaving=rate).population.totals[2032] + 1000, 2032).extra
        for rate in (0.0, 0.1, 0.3)
    ]
    assert extra == sorted(extra)


def test_a_year_outside_or_a_target_passed_is_refused() -> None:
    with pytest.raises(ValueError, match="2040 is not projected"):
        seek(made_up(), 20_000, 2040)
    with pytest.raises(ValueError, match="above 10"):
        seek(made_up(), 10, 2030)
