"""Moves in and out told apart: the same people, by flows that can change one by one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from krokomanalys.population.history import History
from krokomanalys.population.moves import both_ways, leaving_rates
from krokomanalys.population.outlook import Outlook, outlook
from krokomanalys.population.projection import Projection, project
from krokomanalys.population.step import Assumptions
from krokomanalys.sources.slices import PopulationTables


@pytest.fixture(scope="module")
def timra_outlook(timra: PopulationTables) -> Outlook:
    return outlook(timra, "2262", 2020, 2032)


@pytest.fixture(scope="module")
def apart(timra_outlook: Outlook) -> Projection:
    return both_ways(timra_outlook.projection, leaving_rates(timra_outlook.history))


def test_the_population_is_the_same_to_the_last_digit_and_so_are_the_births(
    timra_outlook: Outlook, apart: Projection
) -> None:
    assert apart.population.values == pytest.approx(timra_outlook.projection.population.values, abs=1e-9)
    assert apart.births == pytest.approx(timra_outlook.projection.births, abs=1e-9)


def test_as_many_move_in_and_out_as_they_did(timra_outlook: Outlook, apart: Projection) -> None:
    history = timra_outlook.history
    for ahead, observed in ((apart.moved_in, history.moved_in), (apart.moved_out, history.moved_out)):
        assert ahead[0].sum() == pytest.approx(observed.sum((1, 2)).mean(), rel=0.1)
        assert (ahead >= 0).all()


def test_fertility_is_scaled_by_less_than_a_per_cent(timra_outlook: Outlook, apart: Projection) -> None:
    scale = apart.assumptions.fertility.sum(-1) / timra_outlook.projection.assumptions.fertility.sum(-1)
    assert np.abs(scale - 1).max() < 0.01


def test_rates_of_leaving_are_moves_over_person_years(timra_history: History) -> None:
    rates = leaving_rates(timra_history)
    assert rates[0, 19] == pytest.approx(
        timra_history.moved_out[:, 0, 19].sum() / timra_history.exposure[:, 0, 19].sum()
    )


def closed(leaving: float) -> Projection:
    """A made-up population where a share of 30-year-olds leave and nobody else moves."""
    shape = (3, 2, 101)
    out = np.zeros(shape)
    out[..., 30] = leaving
    assumed = Assumptions(np.full(shape, 0.01), np.full((3, 101), 0.02), out, np.zeros(shape), np.full(3, 0.5))
    return project(np.full((2, 101), 50.0), 2022, assumed, "0000")


def test_a_cell_that_empties_faster_than_the_rate_of_leaving_keeps_its_own() -> None:
    main, observed = closed(0.5), np.zeros((2, 101))
    observed[:, 30] = 0.2
    apart = both_ways(main, observed)
    assert apart.assumptions.out_migration[..., 30] == pytest.approx(np.full((3, 2), 0.5))
    assert (apart.assumptions.in_migration[..., 30] == 0).all()
    assert apart.population.values == pytest.approx(main.population.values, abs=1e-9)


def test_told_apart_once_more_nothing_changes(apart: Projection, timra_outlook: Outlook) -> None:
    again = both_ways(apart, leaving_rates(timra_outlook.history))
    assert again.assumptions.in_migration == pytest.approx(apart.assumptions.in_migration, abs=1e-8)


def test_without_births_fertility_stays() -> None:
    main = closed(0.1)
    barren = project(main.population.values[0], 2022, replace(main.assumptions, fertility=np.zeros((3, 101))), "0000")
    assert (both_ways(barren, np.zeros((2, 101))).assumptions.fertility == 0).all()
