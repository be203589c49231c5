"""One year of the world: by hand, and properties that hold for any rates."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from krokomanalys.population.step import Assumptions, Year, age_on, mean_presence, project_year

Array = NDArray[np.float64]
RATES = st.sampled_from([0.0, 1e-12, 1e-5, 9.999e-5, 1e-4, 0.01, 0.3, 5.0, 50.0])
PERSONS = st.sampled_from([0.0, 1e-6, 0.4, 1.0, 37.5, 12_000.0])


def assumed(ages: int = 101, sexes: int = 2, **given: Array | float) -> Assumptions:
    """One step in which nothing happens, but for what is given."""
    quiet = {name: np.zeros((sexes, ages)) for name in ("mortality", "out_migration", "in_migration")}
    arrays_ = quiet | {"fertility": np.zeros(ages), "girls_share": 0.486} | given
    return Assumptions(**{name: np.asarray(value, float) for name, value in arrays_.items()})


def at(age: int, women: float = 0.0, men: float = 0.0, ages: int = 101) -> Array:
    cells = np.zeros((2, ages))
    cells[:, age] = women, men
    return cells


def test_where_nothing_happens_everybody_only_gets_a_year_older() -> None:
    start = np.arange(202.0).reshape(2, 101)
    year = project_year(start, assumed())
    assert (year.end[:, 1:100] == start[:, :99]).all()
    assert (year.end[:, 100] == start[:, 99] + start[:, 100]).all()
    assert (year.end[:, 0] == 0).all()
    assert year.end.sum() == start.sum()
    assert not year.deaths.any() and not year.moved_out.any() and not year.births.any()


def test_the_open_age_keeps_those_who_are_already_in_it() -> None:
    year = project_year(at(99, women=1, men=4) + at(100, women=2), assumed())
    assert year.end[:, 100].tolist() == [3, 4]


def test_a_person_of_100_or_more_can_still_die() -> None:
    year = project_year(at(99, women=6) + at(100, women=4), assumed(mortality=np.full((2, 101), math.log(2))))
    assert year.end[0, 100] == pytest.approx(5)
    assert year.deaths[0, 100] == pytest.approx(5)


def test_half_stay_where_the_yearly_rate_is_ln_2() -> None:
    year = project_year(at(39, women=1000), assumed(out_migration=at(40, women=math.log(2))))
    assert year.end[0, 40] == pytest.approx(500)
    assert year.moved_out[0, 40] == pytest.approx(500)
    assert year.exposure[0, 40] == pytest.approx(500 / math.log(2))


def test_those_who_leave_are_split_between_deaths_and_moves_as_the_rates_are() -> None:
    rates = {"mortality": at(70, men=math.log(2) / 4), "out_migration": at(70, men=3 * math.log(2) / 4)}
    year = project_year(at(69, men=800), assumed(**rates))
    assert (year.deaths[1, 70], year.moved_out[1, 70]) == pytest.approx((100, 300))


def test_births_come_to_the_women_and_are_split_by_sex() -> None:
    year = project_year(at(29, women=100, men=900), assumed(fertility=at(30, women=0.1)[0], girls_share=0.486))
    assert year.births == pytest.approx([4.86, 5.14])
    assert year.end[:, 0] == pytest.approx([4.86, 5.14])


def test_births_follow_the_age_that_the_mother_attains_in_the_year() -> None:
    fertility = at(30, women=0.1)[0]
    assert project_year(at(29, women=100), assumed(fertility=fertility)).births.sum() == pytest.approx(10)
    assert project_year(at(30, women=100), assumed(fertility=fertility)).births.sum() == 0


def test_one_who_moves_in_is_there_for_half_the_year_on_average() -> None:
    year = project_year(np.zeros((2, 101)), assumed(in_migration=at(30, women=10), fertility=at(30, women=0.1)[0]))
    assert year.exposure[0, 30] == pytest.approx(5)
    assert year.births.sum() == pytest.approx(0.5)
    assert year.end[0, 30] == 10
    assert year.moved_in[0, 30] == 10


def test_the_newborn_are_at_risk_for_half_the_year_on_average() -> None:
    small = 0.002
    year = project_year(
        at(29, women=1000), assumed(fertility=at(30, women=1)[0], girls_share=1, mortality=at(0, small))
    )
    assert year.deaths[0, 0] == pytest.approx(1000 * small / 2, rel=1e-3)
    assert year.end[0, 0] == pytest.approx(1000 - year.deaths[0, 0])


def test_the_children_of_mothers_who_move_in_and_out_are_counted_for_the_time_they_are_there() -> None:
    rates = {"out_migration": at(30, women=50.0), "fertility": at(30, women=0.1)[0]}
    year = project_year(at(29, women=100), assumed(**rates))
    assert year.births.sum() == pytest.approx(0.1 * 100 / 50)


def test_the_presence_has_no_seam_where_the_series_takes_over() -> None:
    below, above = mean_presence(np.array(np.nextafter(1e-4, 0))), mean_presence(np.array(1e-4))
    assert below[0] == pytest.approx(above[0], abs=1e-13)
    assert below[1] == pytest.approx(above[1], abs=2e-12)


@pytest.mark.parametrize("hazard", [0.0, 1e-12, 1e-7, 9.9e-5, 1e-4, 1e-3, 0.1, 1.0, 5.0, 50.0, 700.0])
def test_the_presence_is_the_integral_it_stands_for(hazard: float) -> None:
    entered = (np.arange(2000) + 0.5) / 2000
    resident, entrant = mean_presence(np.array(hazard))
    staying = np.exp(-hazard * entered)
    assert resident == pytest.approx(staying.mean(), rel=max(hazard, 1) ** 2 * 1e-7)
    assert entrant == pytest.approx((staying * (1 - entered)).mean(), rel=max(hazard, 1) ** 2 * 1e-7)


@st.composite
def any_year(draw: st.DrawFn) -> tuple[Array, Assumptions]:
    """Any start and assumptions, of any number of ages, one or two sexes, with and without batch axes."""
    batch = draw(st.sampled_from([(), (3,), (2, 2)]))
    sexes, ages = draw(st.integers(1, 2)), draw(st.integers(2, 9))
    cells = (*batch, sexes, ages)
    return draw(arrays(float, cells, elements=PERSONS)), Assumptions(
        mortality=draw(arrays(float, cells, elements=RATES)),
        fertility=draw(arrays(float, (*batch, ages), elements=st.sampled_from([0.0, 1e-9, 0.05, 2.0]))),
        out_migration=draw(arrays(float, cells, elements=RATES)),
        in_migration=draw(arrays(float, cells, elements=PERSONS)),
        girls_share=draw(arrays(float, batch, elements=st.sampled_from([0.0, 0.486, 1.0]))),
    )


def entered(start: Array, year: Year) -> Array:
    """Residents by attained age, those who moved in, and the newborn."""
    cells = age_on(start) + year.moved_in
    cells[..., 0] += year.births
    return cells


@settings(max_examples=150, deadline=None)
@given(any_year())
def test_nobody_appears_or_vanishes_in_any_cell(given_: tuple[Array, Assumptions]) -> None:
    start, rates = given_
    year = project_year(start, rates)
    there = entered(start, year)
    assert year.end == pytest.approx(there - year.deaths - year.moved_out, rel=1e-9, abs=1e-9)
    total = start.sum() + year.births.sum() + year.moved_in.sum() - year.deaths.sum() - year.moved_out.sum()
    assert year.end.sum() == pytest.approx(total, rel=1e-9, abs=1e-9)


@settings(max_examples=150, deadline=None)
@given(any_year())
def test_no_cell_can_go_negative_whatever_the_rates(given_: tuple[Array, Assumptions]) -> None:
    start, rates = given_
    year = project_year(start, rates)
    for cells in (year.end, year.births, year.deaths, year.moved_in, year.moved_out, year.exposure):
        assert np.isfinite(cells).all() and (cells >= 0).all()
    assert (year.exposure <= entered(start, year) * (1 + 1e-12)).all()


@settings(max_examples=50, deadline=None)
@given(any_year())
def test_projecting_leaves_what_it_was_given_as_it_was(given_: tuple[Array, Assumptions]) -> None:
    start, rates = given_
    before = [start.copy(), rates.mortality.copy(), rates.in_migration.copy()]
    project_year(start, rates)
    for was, is_ in zip(before, [start, rates.mortality, rates.in_migration], strict=True):
        assert (was == is_).all()


def test_many_draws_at_once_give_what_each_gives_alone() -> None:
    random = np.random.default_rng(1)
    start = random.uniform(0, 50, (4, 2, 20))
    rates = Assumptions(
        random.uniform(0, 1, (4, 2, 20)),
        random.uniform(0, 0.2, (4, 20)),
        random.uniform(0, 1, (4, 2, 20)),
        random.uniform(0, 9, (4, 2, 20)),
        random.uniform(0.4, 0.6, 4),
    )
    together = project_year(start, rates)
    for draw in range(4):
        assert together.end[draw] == pytest.approx(project_year(start[draw], rates[draw]).end, abs=1e-12)
