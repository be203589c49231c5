"""Persons by year, sex and age: labels checked once, groups, and cells made to agree with published groups."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from krokomanalys.errors import InputError
from krokomanalys.population.cube import (
    PARTITION,
    Cube,
    by_age,
    in_group,
    rake,
)

FILE = "population/population.csv"


def cube() -> Cube:
    return Cube(np.arange(404.0).reshape(2, 2, 101), (2020, 2021), "2309")


def test_a_cube_gives_its_years_and_totals() -> None:
    assert cube()[2021][0, 0] == 202
    assert cube().totals.to_dict() == {2020: sum(range(202)), 2021: sum(range(202, 404))}


def test_a_cubes_table_reads_back_as_the_cube() -> None:
    table = cube().table()
    assert list(table.columns) == ["region", "year", "sex", "age", "population"]
    assert (by_age(table, "population", "2309", 2021, FILE) == cube()[2021]).all()


def test_the_six_groups_hold_every_age_once() -> None:
    groups = cube().groups()
    assert list(groups.columns) == list(PARTITION)
    assert (groups.sum(axis=1) == cube().totals).all()
    assert in_group(np.ones((2, 101)), "80+").tolist() == [21, 21]


@pytest.mark.parametrize(
    ("values", "years"),
    [
        (np.zeros((1, 2, 100)), (2020,)),
        (np.zeros((2, 2, 101)), (2020,)),
        (np.zeros((2, 2, 101)), (2020, 2022)),
        (np.full((1, 2, 101), -0.1), (2020,)),
        (np.full((1, 2, 101), np.nan), (2020,)),
    ],
)
def test_a_cube_whose_labels_or_persons_are_wrong_is_refused(values: np.ndarray, years: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"shape|consecutive|negative"):
        Cube(values, years, "2309")


def test_every_age_that_has_no_row_is_told() -> None:
    table = cube().table()
    gone = (table["year"] == 2020) & (table["sex"] == "M") & table["age"].isin([5, 77])
    with pytest.raises(InputError) as error:
        by_age(table[~gone], "population", "2309", 2020, FILE)
    assert len(error.value.faults) == 2
    assert str(error.value).startswith(f"{FILE}: region 2309, år 2020, kön M, ålder 5 saknas.")
    assert str(error.value).endswith("1 fel till.")


def test_raking_scales_each_group_and_sex_on_its_own() -> None:
    margins = {name: np.array([0.0, 30.0]) for name in PARTITION}
    raked = rake(np.ones((2, 101)), margins)
    assert not raked[0].any()
    assert raked[1, :6].tolist() == [5.0] * 6
    assert raked[1, 80:].tolist() == pytest.approx([30 / 21] * 21)


def test_persons_in_a_group_with_no_cell_to_put_them_in_are_not_lost_in_silence() -> None:
    with pytest.raises(ValueError, match="no cell to scale in age group 80"):
        rake(np.zeros((2, 101)), {"80+": np.array([1.0, 0.0])})


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10**6))
def test_raked_cells_agree_with_every_published_group(seed: int) -> None:
    random = np.random.default_rng(seed)
    cells = random.uniform(0, 500, (2, 101)) + 1e-9
    margins = {name: random.uniform(0, 5000, 2) for name in PARTITION}
    raked = rake(cells, margins)
    for name, margin in margins.items():
        assert in_group(raked, name) == pytest.approx(margin, abs=1e-6)
    assert rake(raked, margins) == pytest.approx(raked, abs=1e-9)
