"""What it takes to reach a target, and whether a path does."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from krokomanalys.population.reach import reach


def years(first: int, *values: float) -> pd.Series[float]:
    return pd.Series(values, index=range(first, first + len(values)), dtype=float)


@pytest.mark.parametrize(("base_year", "base", "growth"), [(2022, 15_532, 290), (2023, 15_450, 321)])
def test_19_300_in_2035_takes_some_three_hundred_more_a_year(base_year: int, base: float, growth: int) -> None:
    told = reach(years(base_year, base), years(base_year, base), 19_300, 2035)
    assert round(told.required) == growth
    assert told.met is None


def test_a_path_that_gets_there_is_told_by_its_first_year() -> None:
    told = reach(years(2020, 90, 100), years(2021, 100, 104, 108, 112), 106, 2024)
    assert (told.reached, told.expected, told.met) == (2023, 112, None)
    assert told.required == 2


def test_a_path_that_never_gets_there_has_no_year() -> None:
    told = reach(years(2020, 90, 100), years(2021, 100, 101), 200, 2030)
    assert told.reached is None and math.isnan(told.expected)


def test_a_target_whose_year_is_known_is_met_or_not_and_takes_nothing_more() -> None:
    for target, met in ((100, True), (101, False)):
        told = reach(years(2020, 90, 100), years(2021, 100, 130), target, 2021)
        assert told.met is met and told.expected == 100
        assert math.isnan(told.required) and told.faster == 0


def test_a_level_lost_again_counts_from_when_it_was_last_regained() -> None:
    told = reach(years(2018, 100, 110, 90, 105), years(2021, 105, 120), 100, 2022)
    assert told.reached == 2021


def test_as_fast_as_required_is_counted_over_the_last_years_only() -> None:
    told = reach(years(2015, 0, 50, 51, 53, 56), years(2019, 56), 58, 2020, window=3)
    assert told.required == 2
    assert (told.faster, told.window) == (2, 3)
