"""Sweden 1993 and Burkina Faso 1960 by others: the step with five-year groups of women (see golden/README.md)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from krokomanalys.population.projection import carry
from krokomanalys.population.step import Assumptions, mean_presence, project_year

Array = NDArray[np.float64]
GIRLS = 1 / 2.05
GOLDEN = Path(__file__).parents[1] / "golden"


@pytest.fixture(scope="module")
def sweden() -> pd.DataFrame:
    return pd.read_csv(GOLDEN / "preston_sweden_1993.csv")


def step(sweden: pd.DataFrame, fertility: Array) -> Assumptions:
    """Five years as one step: rates per five years, the newborn's by their own mean presence."""
    mortality = -np.log(sweden["survival_ratio"].to_numpy())
    mortality[0] = 0.010086
    zero = np.zeros((1, len(sweden)))
    return Assumptions(mortality[None], 5 * fertility, zero, zero, np.array(GIRLS))


def by_attained_group(sweden: pd.DataFrame) -> Array:
    """Fertility by age at birth as fertility by the group attained: the mean of the group and the one before."""
    rate = sweden["fertility_rate"].to_numpy()
    return (rate + np.r_[0, rate[:-1]]) / 2


def carried(sweden: pd.DataFrame, fertility: Array) -> tuple[Array, Array]:
    first = project_year(sweden["women_1993"].to_numpy(float)[None], step(sweden, fertility)).end
    return first[0], project_year(first, step(sweden, fertility)).end[0]


def test_the_newborns_rate_is_the_one_that_gives_their_printed_survival() -> None:
    assert -np.expm1(-0.010086) / 0.010086 == pytest.approx(0.994974, abs=5e-7)


def test_sweden_1993_ages_as_the_textbook_has_it_to_the_person(sweden: pd.DataFrame) -> None:
    in_1998, _ = carried(sweden, by_attained_group(sweden))
    assert (np.round(in_1998[1:]) == sweden["women_1998_closed"][1:]).all()


def test_sweden_2003_ages_as_the_textbook_has_it_but_for_the_rounding_of_1998(sweden: pd.DataFrame) -> None:
    _, in_2003 = carried(sweden, by_attained_group(sweden))
    assert np.abs(in_2003[2:] - sweden["women_2003_closed"][2:]).max() <= 1


def test_sweden_1998_and_2003_in_all_are_those_of_the_method(sweden: pd.DataFrame) -> None:
    in_1998, in_2003 = carried(sweden, by_attained_group(sweden))
    assert (round(in_1998.sum()), round(in_2003.sum())) == (4_449_513, 4_478_595)
    assert in_1998.sum() == pytest.approx(4_449_570, rel=3e-5)
    assert in_2003.sum() == pytest.approx(4_478_712, rel=3e-5)


def test_births_with_rates_of_the_wrong_age_are_low_by_more_than_one_per_cent(sweden: pd.DataFrame) -> None:
    published = sweden["women_1998_closed"][0]
    right, _ = carried(sweden, by_attained_group(sweden))
    wrong, _ = carried(sweden, sweden["fertility_rate"].to_numpy())
    assert right[0] == pytest.approx(published, rel=3e-4)
    assert wrong[0] / published - 1 == pytest.approx(-0.014, abs=5e-4)


def test_with_migration_the_ages_are_those_of_the_textbook_within_its_convention(sweden: pd.DataFrame) -> None:
    """Half move at the start and half at the end, in the step evenly: 0.02 % off at 85+, where most die."""
    closed = step(sweden, by_attained_group(sweden))
    moved = sweden["net_migration_1993_1998"].to_numpy(float)
    by_attained = (moved + np.r_[0, moved[:-1]]) / 2
    by_attained[0], by_attained[-1] = moved[0] / 2, moved[-2] / 2 + moved[-1]
    open_ = Assumptions(closed.mortality, closed.fertility, closed.out_migration, by_attained[None], closed.girls_share)
    end = project_year(sweden["women_1993"].to_numpy(float)[None], open_).end[0]
    assert end[1:] == pytest.approx(sweden["women_1998_with_migration"].to_numpy(float)[1:], rel=2e-4)


@pytest.fixture(scope="module")
def burkina() -> pd.DataFrame:
    return pd.read_csv(GOLDEN / "burkina_faso_1960.csv")


def from_matrix(table: pd.DataFrame, steps: int = 1, newborn_rate: float = 0.0) -> Assumptions:
    """A published Leslie matrix as what the step assumes, the same for every step.

    Survival s is the rate -ln s. The matrix gives girls alive at the step's end per woman at its start. The step
    gives rate x a woman's mean presence x girls' share x a newborn's mean presence, so the rate is the first over
    the other three; whatever `newborn_rate` is, as many girls are alive. The last group's survival is the same from
    the group before and within the open group in the step; the matrix has two, so the open group's own start is
    taken together with the group before by their mean, weighted by who is there, which only a first step can.
    """
    survives = table["survives_five_years"].to_numpy()
    women = table["women_1960"].to_numpy(float)
    attained = np.r_[1.0, survives[:-1]]
    attained[-1] = (women[-2:] * survives[-2:]).sum() / women[-2:].sum()
    mortality = -np.log(attained)
    mortality[0] = newborn_rate
    resident, _ = mean_presence(mortality)
    fertility = np.zeros(len(table))
    fertility[1:] = table["girls_alive_per_woman"].to_numpy()[:-1] / resident[1:] / GIRLS / resident[0]
    cells = np.broadcast_to(mortality, (steps, 1, len(table)))
    none = np.zeros(cells.shape)
    return Assumptions(cells, np.broadcast_to(fertility, (steps, len(table))), none, none, np.full(steps, GIRLS))


@pytest.mark.parametrize("newborn_rate", [0.0, 0.55])
def test_burkina_faso_1965_is_what_the_published_matrix_gives(burkina: pd.DataFrame, newborn_rate: float) -> None:
    base = burkina["women_1960"].to_numpy(float)[None]
    end = project_year(base, from_matrix(burkina, newborn_rate=newborn_rate)[0]).end[0]
    assert end == pytest.approx(burkina["women_1965"].to_numpy(), rel=3e-7)


def test_more_girls_are_born_where_more_of_them_die_and_births_less_deaths_are_the_change(
    burkina: pd.DataFrame,
) -> None:
    base = burkina["women_1960"].to_numpy(float)[None]
    low, high = (project_year(base, from_matrix(burkina, newborn_rate=rate)[0]) for rate in (0.0, 0.55))
    assert high.births[0] - high.deaths[0, 0] == pytest.approx(low.births[0])
    change = burkina["women_1965"].sum() - burkina["women_1960"].sum()
    assert high.births.sum() - high.deaths.sum() == pytest.approx(change, abs=0.05)


def test_with_rates_that_stay_a_population_comes_to_grow_as_its_matrix_says(burkina: pd.DataFrame) -> None:
    """Lotka: growth and age distribution end as the matrix's dominant eigenvalue and its vector, whatever the start."""
    assumed = from_matrix(burkina, steps=200)
    last = len(burkina) - 1
    survives = np.exp(-assumed.mortality[0, 0])
    matrix = np.diag(survives[1:], -1)
    matrix[last, last] = survives[last]
    matrix[0] = burkina["girls_alive_per_woman"]
    growth, vectors = np.linalg.eig(matrix)
    largest = growth.real.argmax()
    ages = np.abs(vectors[:, largest].real)
    for base in (burkina["women_1960"].to_numpy(float), np.r_[np.zeros(5), 1.0, np.zeros(last - 5)]):
        women = carry(base[None], assumed).population[:, 0]
        assert women[-1].sum() / women[-2].sum() == pytest.approx(growth[largest].real, rel=1e-12)
        assert women[-1] / women[-1].sum() == pytest.approx(ages / ages.sum(), rel=1e-9)
