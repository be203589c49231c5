"""Sweden 1993 by the textbook: the step with five-year groups and women alone (see tests/golden/README.md)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from krokomanalys.population.step import Assumptions, project_year

Array = NDArray[np.float64]
GIRLS = 1 / 2.05


@pytest.fixture(scope="module")
def sweden() -> pd.DataFrame:
    return pd.read_csv(Path(__file__).parents[1] / "golden" / "preston_sweden_1993.csv")


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
