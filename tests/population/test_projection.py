"""A projection against the method's equations written out as plain loops, and whole persons for print."""

from __future__ import annotations

import math
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from krokomanalys.population.history import History
from krokomanalys.population.models import net10
from krokomanalys.population.projection import Projection, project, whole_persons
from krokomanalys.population.step import Assumptions
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


def written_out(base: Array, assumed: Assumptions) -> dict[str, list[Array]]:
    """Method section 2, cell by cell: what project() should give, by year."""
    told: dict[str, list[Array]] = {"end": [], "births": [], "deaths": [], "moved_out": []}
    start = base
    for t in range(len(assumed.mortality)):
        end, deaths, moved_out = (np.zeros((2, 101)) for _ in range(3))
        born = 0.0
        for age in range(100, -1, -1):  # the mothers before the newborn
            for sex in (0, 1):
                residents = 0.0 if age == 0 else float(start[sex, age - 1])
                if age == 100:
                    residents += float(start[sex, 100])
                entrants = float(assumed.in_migration[t, sex, age])
                if age == 0:
                    girls = float(assumed.girls_share[t])
                    entrants += born * (girls if sex == 0 else 1 - girls)
                m, e = float(assumed.mortality[t, sex, age]), float(assumed.out_migration[t, sex, age])
                resident, entrant = presence(m + e)
                person_years = residents * resident + entrants * entrant
                end[sex, age] = residents * math.exp(-m - e) + entrants * resident
                deaths[sex, age], moved_out[sex, age] = m * person_years, e * person_years
                if sex == 0:
                    born += float(assumed.fertility[t, age]) * person_years
        girls = float(assumed.girls_share[t])
        for name, value in (
            ("end", end),
            ("births", born * np.array([girls, 1 - girls])),
            ("deaths", deaths),
            ("moved_out", moved_out),
        ):
            told[name].append(value)
        start = end
    return told


def random_assumptions(seed: int) -> Assumptions:
    random = np.random.default_rng(seed)
    fertility = np.zeros((STEPS, 101))
    fertility[:, 15:50] = random.uniform(0, 0.2, (STEPS, 35))
    cells = (STEPS, 2, 101)
    return Assumptions(
        mortality=random.choice([0.0, 1e-12, 1e-5, 0.01, 0.4, 5.0], cells),
        fertility=fertility,
        out_migration=random.choice([0.0, 1e-9, 0.05, 0.3, 50.0], cells),
        in_migration=random.choice([0.0, 0.25, 40.0], cells),
        girls_share=random.uniform(0.47, 0.5, STEPS),
    )


def agree(projection: Projection, told: dict[str, list[Array]]) -> None:
    assert projection.population.values[1:] == pytest.approx(np.stack(told["end"]), rel=1e-9, abs=1e-9)
    assert projection.births == pytest.approx(np.stack(told["births"]), rel=1e-9, abs=1e-9)
    assert projection.deaths == pytest.approx(np.stack(told["deaths"]), rel=1e-9, abs=1e-9)
    assert projection.moved_out == pytest.approx(np.stack(told["moved_out"]), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_projection_is_what_the_written_out_equations_give_for_any_rates(seed: int) -> None:
    base = np.random.default_rng(seed).uniform(0, 300, (2, 101))
    assumed = random_assumptions(seed)
    agree(project(base, 2020, assumed, "2309"), written_out(base, assumed))


def test_krokoms_projection_is_what_the_written_out_equations_give(
    krokom: PopulationTables, krokom_history: History
) -> None:
    assumed = net10(krokom_history, krokom, STEPS, 2022)
    base = krokom_history.population[2022]
    agree(project(base, 2022, assumed, "2309"), written_out(base, assumed))


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


def test_projecting_twice_gives_the_same_to_the_last_bit(krokom: PopulationTables, krokom_history: History) -> None:
    runs = [
        project(krokom_history.population[2022], 2022, net10(krokom_history, krokom, STEPS, 2022), "2309")
        for _ in range(2)
    ]
    assert (runs[0].population.values == runs[1].population.values).all()
    for name in (f.name for f in fields(Projection) if f.name not in ("population", "assumptions")):
        assert (getattr(runs[0], name) == getattr(runs[1], name)).all()


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
