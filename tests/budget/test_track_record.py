"""The record of forecasts: errors by hand, the source documents' own, and the made-up municipality's biased nämnd."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from krokomanalys.budget.ledger import Ledger
from krokomanalys.budget.methods import METHODS, attempts
from krokomanalys.budget.monthly import months_of_ledgers
from krokomanalys.budget.track_record import MANAGERS, RECORD, base_of, computed, record, scores, sign_test, streak
from krokomanalys.report.money import earlier_ledgers, ledger_of
from krokomanalys.sources.load import load


def rows(*given: tuple[int, float, float, float], name: str = "Nämnden") -> pd.DataFrame:
    """A record of one row: year, forecast, outcome and budget of each."""
    told = [(MANAGERS, "", y, 8, name, "row", f, o, b, abs(b)) for y, f, o, b in given]
    return pd.DataFrame(told, columns=list(RECORD))


@pytest.fixture(scope="module")
def example() -> list[Ledger]:
    slice_ = load("budgetuppfoljning", municipality="0000", year=2025)
    return [ledger_of(slice_), *earlier_ledgers(slice_)]


def test_timras_forecast_missed_by_623_and_the_budget_by_677(timra: Ledger) -> None:
    told = record([timra])
    assert len(told) == 1
    row = told.iloc[0]
    assert (row["version"], row["role"], row["year"]) == ("delårsprognos 2020", "total", 2020)
    assert row["outcome"] - row["forecast"] == -623
    assert row["outcome"] - row["budget"] == 677
    own = scores(told, ["who"]).iloc[0]
    assert own["mape"] == pytest.approx(0.59, abs=0.005)
    assert own["mase"] == pytest.approx(623 / 677)
    assert np.isnan(own["sign_p"])


def test_malmos_totals_of_2014_2015_and_2017() -> None:
    told = rows((2014, 80, -70, np.nan), (2015, 316, 563, np.nan), (2017, 485, 848, np.nan))
    own = scores(told, ["who"]).iloc[0]
    assert (told["outcome"] - told["forecast"]).to_list() == [-150, 247, 363]
    assert own["bias"] == pytest.approx((-150 + 247 + 363) / 3)
    assert own["mae"] == pytest.approx((150 + 247 + 363) / 3)
    assert own["sign_p"] == 1
    assert np.isnan(own["mape"]) and np.isnan(own["mase"])


def test_scores_by_hand() -> None:
    told = rows((2021, -100, -103, -101), (2022, -100, -101, -105))
    own = scores(told, ["name"]).iloc[0]
    assert (own["count"], own["bias"], own["mae"]) == (2, -2, 2)
    assert own["mape"] == pytest.approx((3 / 101 + 1 / 105) / 2 * 100)
    assert own["mase"] == pytest.approx(2 / 3)  # the budget was off by 2 and 4
    assert own["bias_share"] == pytest.approx(4 / 5)  # of the mean square 5, the bias 2 squared


def test_errors_that_are_all_alike_are_all_bias() -> None:
    assert scores(rows((2021, 0, 5, 9), (2022, 1, 6, 9)), ["name"])["bias_share"].iloc[0] == 1


def test_forecasts_without_an_outcome_are_not_counted() -> None:
    assert scores(rows((2021, -5, np.nan, -5), (2022, -5, -4, -5)), ["name"])["count"].iloc[0] == 1


@pytest.mark.parametrize(
    ("better", "worse", "p"), [(4, 0, 0.125), (0, 5, 0.0625), (3, 3, 1.0), (0, 0, 1.0), (1, 5, 0.21875)]
)
def test_the_sign_test_counts_splits_at_least_as_uneven(better: int, worse: int, p: float) -> None:
    assert sign_test(better, worse) == p


def test_a_total_of_costs_and_incomes_is_counted_in_per_cent_of_the_larger() -> None:
    assert base_of(pd.Series([-60.0, -30, 100])) == 100
    assert base_of(pd.Series([-60.0, -30])) == 90


def test_years_to_the_same_side_are_counted_back_from_the_last() -> None:
    told = rows((2019, -9, -8, -10), (2020, -9, -10, -10), (2021, -9, -10, -10), (2022, -8, -10, -10))
    held = streak(told, "Nämnden")
    assert held is not None
    assert (held.years, held.first, held.last, held.better, held.income) == (3, 2020, 2022, False, False)
    assert held.percent == pytest.approx(-(10 + 10 + 20) / 3)


def test_a_year_without_forecasts_ends_the_streak() -> None:
    held = streak(rows((2019, -9, -10, -10), (2021, -9, -10, -10), (2022, -9, -10, -10)), "Nämnden")
    assert held is not None and held.years == 2


def test_a_last_year_without_error_has_no_streak() -> None:
    assert streak(rows((2021, -9, -10, -10), (2022, -9, -9, -10)), "Nämnden") is None
    assert streak(rows((2022, -9, -9, -10)), "Annan") is None


def test_the_made_up_socialnamnd_has_said_too_little_four_years_in_a_row(example: list[Ledger]) -> None:
    held = streak(record(example), "Socialnämnden")
    assert held is not None
    assert (held.years, held.first, held.last, held.better, held.income) == (4, 2022, 2025, False, False)
    assert held.percent < -0.5


def test_each_forecast_meets_the_budget_that_was_in_force_when_it_was_made(example: list[Ledger]) -> None:
    told = record(example)
    own = told[(told["year"] == 2025) & (told["role"] == "total")].set_index("version")
    assert own["budget"].to_dict() == {"prognos mars": 11_000, "prognos augusti": 3_500, "prognos oktober": 3_500}
    assert own["month"].to_list() == [3, 8, 10]
    assert set(own["outcome"]) == {4_000}


def test_a_year_that_has_not_ended_is_not_judged() -> None:
    slice_ = load("budgetuppfoljning", municipality="0000", year=2025, known_until="2025-09-30")
    told = record([ledger_of(slice_), *earlier_ledgers(slice_)])
    assert set(told["year"]) == {2021, 2022, 2023, 2024}


def test_methods_are_judged_on_every_year_but_the_first(example: list[Ledger]) -> None:
    months = months_of_ledgers(example)
    assert months is not None
    told = computed(months, attempts(months))
    assert set(told["who"]) == set(METHODS)
    assert sorted(told["year"].unique()) == [2022, 2023, 2024, 2025]
    assert len(told) == 4 * 11 * len(METHODS) * 7
    given = record(example).query("role == 'total'").drop_duplicates("year").set_index("year")["outcome"]
    made = told[told["role"] == "total"].drop_duplicates("year").set_index("year")["outcome"]
    assert made.to_dict() == pytest.approx(given.drop(2021).to_dict())


def test_on_the_made_up_years_the_blend_beats_the_budget_and_the_run_rate(example: list[Ledger]) -> None:
    months = months_of_ledgers(example)
    assert months is not None
    told = computed(months, attempts(months)).query("role == 'row'")
    mase = scores(told, ["who", "month"]).set_index(["who", "month"])["mase"]
    assert (mase["blend"] < 1).all()
    assert (mase["blend"] < mase["run_rate"]).all()
