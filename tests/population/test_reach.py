"""What it takes to reach a target, and whether a path does."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from krokomanalys.population.reach import reach, reach_when_decided, years_at_least


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


@pytest.mark.parametrize(
    ("target", "year", "growth", "percent"), [(16_000, 2030, 78.6, 0.50), (19_300, 2035, 321, 1.87)]
)
def test_the_raised_target_of_krokom_takes_four_times_the_growth(
    target: float, year: int, growth: float, percent: float
) -> None:
    told = reach(years(2023, 15_450), years(2023, 15_450), target, year)
    assert told.required == pytest.approx(growth, abs=0.5)
    assert round(told.percent, 2) == percent


def test_a_target_as_it_was_decided_is_told_from_the_end_of_the_year_before() -> None:
    totals = years(2017, 980, 1_000, 1_040, 1_030)
    began = reach_when_decided(totals, 2019, 1_100, 2028)
    assert began is not None
    assert (began.base_year, began.base, began.required) == (2018, 1_000, 10)
    assert (began.faster, began.window) == (1, 1)


def test_a_version_older_than_the_figures_has_no_start_and_one_after_them_starts_at_the_last() -> None:
    assert reach_when_decided(years(2019, 1_000), 2019, 1_100, 2030) is None
    began = reach_when_decided(years(2019, 1_000), 2024, 1_110, 2030)
    assert began is not None and (began.base_year, began.required) == (2019, 10)


def test_years_with_at_least_a_level_are_counted_among_the_last_ones() -> None:
    moved_in = years(2015, 900, 100, 200, 300, 400)
    assert years_at_least(moved_in, 200, 4) == (3, 4)
    assert years_at_least(moved_in, 200) == (4, 5)
    assert years_at_least(moved_in, 901) == (0, 5)
