"""A projection against the method's equations written out as plain loops, and whole persons for print."""

from __future__ import annotations

import math
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from krokomanalys.population.outlook import outlook
from krokomanalys.population.projection import Carried, carry, project, whole_persons
from krokomanalys.population.step import Assumptions, age_on
from krokomanalys.sources.slices import PopulationTables

Array = NDArray[np.float64]
STEPS = 5


def presence(h: float) -> tuple[float, float]:
    """A resident's and an entrant's mean presence, as sums of the exponential's series where it is short."""
    if h < 1:
        return (
            sum((-h) ** k / math.factorial(k + 1) for k in range(25)),
            sum((-h) ** k / math.factorial(k + 2) for k in range(25)),
        )
    first = (1 - math.exp(-h)) / h
    return first, (1 - first) / h


def written_out(base: Array, assumed: Assumptions) -> Carried:
    """Method section 2, cell by cell: what carry() should give for one population of any number of sexes and ages."""
    steps, (sexes, ages) = len(assumed.mortality), base.shape
    told = Carried(
        np.zeros((steps + 1, sexes, ages)),
        np.zeros((steps, sexes)),
        *(np.zeros((steps, sexes, ages)) for _ in range(3)),
    )
    told.population[0] = base
    for t in range(steps):
        start, born, girls = told.population[t], 0.0, float(assumed.girls_share[t])
        for age in range(ages - 1, -1, -1):  # the mothers before the newborn
            for sex in range(sexes):
                residents = 0.0 if age == 0 else float(start[sex, age - 1])
                if age == ages - 1:
                    residents += float(start[sex, age])
                entrants = moved_in = float(assumed.in_migration[t, sex, age])
                if age == 0:
                    told.births[t, sex] = born * (girls if sex == 0 else 1 - girls)
                    entrants += told.births[t, sex]
                m, e = float(assumed.mortality[t, sex, age]), float(assumed.out_migration[t, sex, age])
                resident, entrant = presence(m + e)
                person_years = residents * resident + entrants * entrant
                told.population[t + 1, sex, age] = residents * math.exp(-m - e) + entrants * resident
                told.deaths[t, sex, age], told.moved_out[t, sex, age] = m * person_years, e * person_years
                told.moved_in[t, sex, age] = moved_in
                if sex == 0:
                    born += float(assumed.fertility[t, age]) * person_years
    return told


def random_assumptions(seed: int, batch: tuple[int, ...] = ()) -> Assumptions:
    random = np.random.default_rng(seed)
    fertility = np.zeros((STEPS, *batch, 101))
    fertility[..., 15:50] = random.uniform(0, 0.2, (STEPS, *batch, 35))
    cells = (STEPS, *batch, 2, 101)
    return Assumptions(
        mortality=random.choice([0.0, 1e-12, 1e-5, 0.01, 0.4, 5.0], cells),
        fertility=fertility,
        out_migration=random.choice([0.0, 1e-9, 0.05, 0.3, 50.0], cells),
        in_migration=random.choice([0.0, 0.25, 40.0], cells),
        girls_share=random.uniform(0.47, 0.5, (STEPS, *batch)),
    )


PARTS = tuple(f.name for f in fields(Carried))


def agree(run: Carried, told: Carried) -> None:
    for part in PARTS:
        assert getattr(run, part) == pytest.approx(getattr(told, part), rel=1e-9, abs=1e-9), part


def one_of(values: Assumptions, place: tuple[int, ...]) -> Assumptions:
    """What a batch assumes for one place in it."""
    every = (slice(None), *place)
    return Assumptions(*(getattr(values, f.name)[every] for f in fields(Assumptions)))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_projection_is_what_the_written_out_equations_give_for_any_rates(seed: int) -> None:
    base = np.random.default_rng(seed).uniform(0, 300, (2, 101))
    assumed = random_assumptions(seed)
    agree(carry(base, assumed), written_out(base, assumed))


def test_many_projections_at_once_are_what_the_written_out_equations_give_for_each() -> None:
    base = np.random.default_rng(6).uniform(0, 300, (2, 3, 2, 101))
    assumed = random_assumptions(6, (2, 3))
    together = carry(base, assumed)
    for place in np.ndindex(2, 3):
        alone = written_out(base[place], one_of(assumed, place))
        agree(Carried(*(getattr(together, part)[(slice(None), *place)] for part in PARTS)), alone)


def test_krokoms_projection_is_what_the_written_out_equations_give(krokom: PopulationTables) -> None:
    made = outlook(krokom, "2309", 2022, 2022 + STEPS, "2262").projection
    agree(carry(made.population[2022], made.assumptions), written_out(made.population[2022], made.assumptions))


def test_a_projection_of_one_place_is_its_batch_with_names_on() -> None:
    base, assumed = np.full((2, 101), 80.0), random_assumptions(7)
    projection, run = project(base, 2020, assumed, "0000"), carry(base, assumed)
    assert projection.population.years == (2020, 2021, 2022, 2023, 2024, 2025)
    assert (projection.population.values == run.population).all()
    for part in PARTS[1:]:
        assert (getattr(projection, part) == getattr(run, part)).all()


@st.composite
def any_projection(draw: st.DrawFn) -> tuple[Array, Assumptions]:
    """A few steps of any rates, one or two sexes, few or many ages, with and without batch axes, some broadcast."""
    batch = draw(st.sampled_from([(), (1,), (3,), (2, 2)]))
    steps, sexes, ages = draw(st.integers(1, 4)), draw(st.integers(1, 2)), draw(st.integers(2, 7))
    rates = st.sampled_from([0.0, 1e-12, 1e-5, 9.999e-5, 1e-4, 0.01, 0.3, 5.0, 50.0])
    persons = st.sampled_from([0.0, 1e-6, 0.4, 1.0, 37.5, 12_000.0])

    def drawn(elements: st.SearchStrategy[float], *own: int) -> Array:
        shape = (steps, *batch, *own)
        if draw(st.booleans()):
            return draw(arrays(float, shape, elements=elements))
        return np.broadcast_to(draw(arrays(float, (1,) * (1 + len(batch)) + own, elements=elements)), shape)

    assumed = Assumptions(
        mortality=drawn(rates, sexes, ages),
        fertility=drawn(st.sampled_from([0.0, 1e-9, 0.05, 0.5]), ages),
        out_migration=drawn(rates, sexes, ages),
        in_migration=drawn(persons, sexes, ages),
        girls_share=drawn(st.sampled_from([0.0, 0.486, 1.0])),
    )
    return draw(arrays(float, (*batch, sexes, ages), elements=persons)), assumed


@settings(max_examples=100, deadline=None)
@given(any_projection())
def test_nobody_appears_or_vanishes_in_any_step_and_nothing_goes_negative(given_: tuple[Array, Assumptions]) -> None:
    run = carry(*given_)
    there = age_on(run.population[:-1]) + run.moved_in
    there[..., 0] += run.births
    assert run.population[1:] == pytest.approx(there - run.deaths - run.moved_out, rel=1e-9, abs=1e-9)
    for part in PARTS:
        assert np.isfinite(getattr(run, part)).all() and (getattr(run, part) >= 0).all()


@settings(max_examples=100, deadline=None)
@given(any_projection())
def test_each_place_of_a_batch_is_projected_as_if_it_were_alone(given_: tuple[Array, Assumptions]) -> None:
    base, assumed = given_
    together = carry(base, assumed)
    for place in np.ndindex(base.shape[:-2]):
        alone = carry(base[place], one_of(assumed, place))
        for part in PARTS:
            assert getattr(together, part)[(slice(None), *place)] == pytest.approx(getattr(alone, part), rel=1e-12)


@settings(max_examples=100, deadline=None)
@given(any_projection(), st.sampled_from([-0.5, 0.25, 2.0, 10.0]))
def test_a_projection_is_affine_in_in_migration(given_: tuple[Array, Assumptions], way: float) -> None:
    """On the line between two in-migrations, and beyond them: what makes target seeking exact from two runs."""
    base, assumed = given_

    def with_in_migration(persons: Array) -> Carried:
        other = {f.name: getattr(assumed, f.name) for f in fields(Assumptions)}
        return carry(base, Assumptions(**(other | {"in_migration": persons})))

    none, some = with_in_migration(assumed.in_migration * 0), with_in_migration(assumed.in_migration)
    between = with_in_migration(assumed.in_migration * way)
    for part in PARTS:
        zero, one = getattr(none, part), getattr(some, part)
        scale = max(1.0, float(np.abs(one).max()), float(np.abs(zero).max()))
        assert getattr(between, part) == pytest.approx(zero + way * (one - zero), abs=1e-9 * scale, rel=1e-9)


def test_one_base_meets_many_assumptions_and_many_bases_the_same() -> None:
    bases = np.random.default_rng(8).uniform(0, 90, (3, 2, 101))
    many, same = random_assumptions(8, (3,)), random_assumptions(9)
    for i in range(3):
        agree_exactly(carry(bases[0], many), carry(bases[0], one_of(many, (i,))), i)
        agree_exactly(carry(bases, same), carry(bases[i], same), i)


def agree_exactly(batch: Carried, alone: Carried, place: int) -> None:
    for part in PARTS:
        assert (getattr(batch, part)[:, place] == getattr(alone, part)).all(), part


def test_a_batch_in_one_assumption_alone_is_enough() -> None:
    same, shares = random_assumptions(10), np.array([0.0, 0.5, 1.0])
    varied = Assumptions(
        same.mortality,
        same.fertility,
        same.out_migration,
        same.in_migration,
        np.broadcast_to(shares, (STEPS, 3)),
    )
    run = carry(np.full((2, 101), 50.0), varied)
    assert run.births.shape == (STEPS, 3, 2) and run.moved_in.shape == run.deaths.shape == (STEPS, 3, 2, 101)
    assert run.births[0, :, 0] == pytest.approx(run.births[0].sum(-1) * shares)


def test_the_components_of_each_year_add_up_to_its_change() -> None:
    projection = project(np.full((2, 101), 80.0), 2020, random_assumptions(4), "2309")
    table = projection.components
    assert list(table.index) == [2021, 2022, 2023, 2024, 2025]
    totals = projection.population.totals
    assert table["change"].to_numpy() == pytest.approx(totals.diff().dropna().to_numpy(), rel=1e-9)
    assert (table["births"] - table["deaths"] + table["net_migration"]).to_numpy() == pytest.approx(table["change"])
    assert projection.base_year == 2020 and totals[2020] == 2 * 101 * 80


def test_without_births_and_moves_a_closed_population_dies_out_and_none_gets_younger() -> None:
    assumed = random_assumptions(5)
    closed = Assumptions(
        assumed.mortality + 0.1,
        assumed.fertility * 0,
        assumed.out_migration * 0,
        assumed.in_migration * 0,
        assumed.girls_share,
    )
    population = project(np.full((2, 101), 80.0), 2020, closed, "2309").population
    assert (population.totals.diff().dropna() < 0).all()
    assert not population[2025][:, :5].any()


def test_projecting_twice_gives_the_same_to_the_last_bit() -> None:
    base, assumed = np.full((2, 101), 80.0), random_assumptions(11)
    runs = [carry(base, assumed), carry(base, assumed)]
    for part in PARTS:
        assert (getattr(runs[0], part) == getattr(runs[1], part)).all()


def test_whole_persons_give_the_largest_remainders_the_persons_that_are_left() -> None:
    assert whole_persons(np.array([[0.5, 1.4], [2.9, 0.2]])).tolist() == [[1, 1], [3, 0]]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.floats(0, 5000), min_size=1, max_size=60))
def test_whole_persons_keep_the_sum_and_move_no_cell_by_a_whole_person(cells: list[float]) -> None:
    values = np.array(cells)
    whole = whole_persons(values)
    assert whole.sum() == round(values.sum())
    assert (whole == np.round(whole)).all()
    assert (np.abs(whole - values) < 1 + 1e-9).all()
    assert (whole >= 0).all()
