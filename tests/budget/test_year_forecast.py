"""The year's forecast: each method by hand, what is known when, and intervals from earlier errors."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from krokomanalys.budget.forecast import forecast, forecast_rows
from krokomanalys.budget.intervals import Whole, conformal, coverage, group_errors, half_widths
from krokomanalys.budget.ledger import Ledger, amounts, as_ledger
from krokomanalys.budget.methods import METHODS, attempts, coming, path, remaining, shares
from krokomanalys.budget.monthly import Months, groups, months_of_ledgers
from krokomanalys.report.money import earlier_ledgers, ledger_of
from krokomanalys.sources.layouts import LEDGER
from krokomanalys.sources.load import load

Rows = list[dict[str, object]]


def ledgers(until: str, board: str | None = None) -> list[Ledger]:
    slice_ = load("budgetuppfoljning", municipality="0000", year=2025, known_until=until, board=board)
    return [ledger_of(slice_), *earlier_ledgers(slice_)]


@pytest.fixture(scope="module")
def example() -> Months:
    """Exempelkommun's five years, all months known."""
    months = months_of_ledgers(ledgers("2025-12-31"))
    assert months is not None
    return months


def made(outcome: list[list[float]], budget: list[list[float]], undivided: float = 0.0) -> Months:
    """One line over some years: outcomes by month, and a budget by month that never changes."""
    came, planned = np.array(outcome, dtype=float), np.array(budget, dtype=float)
    years = len(came)
    return Months(
        lines=pd.DataFrame({"board": ["N"], "line": ["L"], "kind": ["cost"]}),
        years=tuple(range(2020, 2020 + years)),
        outcome=came[:, :, np.newaxis],
        one_offs=np.zeros((years, 12, 1)),
        budget=np.broadcast_to(planned[:, np.newaxis, :, np.newaxis], (years, 12, 12, 1)).copy(),
        undivided=np.full((years, 12, 1), undivided),
        expected=np.zeros((years, 12, 12, 1)),
        committed=np.zeros((years, 12, 1)),
        lacking=np.zeros(1, dtype=bool),
    )


EVEN = [-10.0] * 12
SUMMER = [-5.0, -5, -5, -5, -5, -10, -25, -20, -5, -5, -5, -5]  # 15 of 100 after three months, 80 after eight


def after(months: Months, month: int, method: str) -> float:
    return float(attempts(months).said[method][-1, month - 1, 0])


def test_the_run_rate_is_the_months_so_far_times_twelve() -> None:
    assert after(made([EVEN], [EVEN]), 3, "run_rate") == -120
    assert after(made([SUMMER], [EVEN]), 3, "run_rate") == -60


def test_seasonal_shares_divide_by_what_has_usually_come() -> None:
    months = made([SUMMER, [2 * x for x in SUMMER]], [EVEN, EVEN])
    assert after(months, 3, "seasonal") == pytest.approx(-200)
    assert after(months, 8, "seasonal") == pytest.approx(-200)


def test_the_profile_is_the_outcome_and_the_rest_of_the_budget() -> None:
    assert after(made([SUMMER], [EVEN]), 8, "profile") == -80 - 40


def test_shares_are_the_mean_of_the_years_before_and_of_none_after() -> None:
    months = made([SUMMER, EVEN, SUMMER], [EVEN] * 3)
    assert shares(months, 1)[2, 0] == pytest.approx(0.15)
    assert shares(months, 2)[2, 0] == pytest.approx((0.15 + 0.25) / 2)


def test_without_earlier_years_all_but_the_run_rate_say_what_the_profile_says() -> None:
    done = attempts(made([SUMMER], [EVEN]))
    assert np.array_equal(done.said["seasonal"], done.said["profile"])
    assert np.allclose(done.said["blend"], done.said["profile"])


def test_a_share_near_zero_is_not_divided_by() -> None:
    late = [-1.0] + [0.0] * 10 + [-99.0]  # 1 of 100 has come after eleven months
    months = made([late, [-3.0] * 12], [EVEN, EVEN])
    assert after(months, 11, "seasonal") == after(months, 11, "profile") == -33 - 10


def test_a_year_whose_months_cancel_out_has_no_shares() -> None:
    debt = [-10.0] * 6 + [10.0] * 5 + [5.0]  # sums to -5 of 115 turned over
    assert np.isnan(shares(made([debt, EVEN], [EVEN] * 2), 1)).all()


def test_a_one_off_that_came_is_neither_multiplied_nor_forgotten() -> None:
    months = made([SUMMER, SUMMER], [EVEN] * 2)
    months.one_offs[1, 1, 0] = -50
    for method, said in (("run_rate", -60), ("seasonal", -100), ("profile", -15 - 90), ("blend", None)):
        if said is not None:
            assert after(months, 3, method) == pytest.approx(said - 50)


def test_a_one_off_in_the_budget_is_expected_until_its_month_has_passed() -> None:
    months = made([SUMMER, SUMMER], [EVEN] * 2)
    months.expected[1, :, 10, 0] = -30
    assert after(months, 3, "seasonal") == pytest.approx(-130)
    assert after(months, 11, "seasonal") == pytest.approx(-100)


def test_a_budget_without_months_is_divided_as_earlier_years_fell_or_else_evenly() -> None:
    nothing = [0.0] * 12
    assert after(made([SUMMER, SUMMER], [nothing] * 2, undivided=-120), 8, "profile") == pytest.approx(-80 - 24)
    assert after(made([SUMMER], [nothing], undivided=-120), 8, "profile") == pytest.approx(-80 - 40)


def test_seasons_that_hit_and_budgets_that_miss_give_the_season_more_weight() -> None:
    good = made([SUMMER, [1.2 * x for x in SUMMER], [0.9 * x for x in SUMMER], SUMMER], [EVEN] * 4)
    bad = made([SUMMER, EVEN, [1.1 * x for x in EVEN], SUMMER], [EVEN] * 4)
    assert attempts(good).weight[3, 3, 0] > 4 / 12
    assert attempts(bad).weight[3, 3, 0] < 4 / 12
    assert attempts(made([SUMMER, SUMMER], [EVEN] * 2)).weight[1, 3, 0] == pytest.approx(4 / 12)


@given(st.lists(st.lists(st.integers(-50, 50), min_size=12, max_size=12), min_size=2, max_size=4))
def test_the_blend_lies_between_its_two_methods(years: list[list[float]]) -> None:
    done = attempts(made(years, [EVEN] * len(years)))
    low = np.minimum(done.said["seasonal"], done.said["profile"])
    high = np.maximum(done.said["seasonal"], done.said["profile"])
    assert (done.said["blend"] >= low - 1e-6).all()
    assert (done.said["blend"] <= high + 1e-6).all()


def test_nothing_said_after_a_month_knows_what_came_later(example: Months) -> None:
    random = np.random.default_rng(4)
    before = attempts(example)
    for year, month in ((1, 3), (3, 8), (4, 6)):
        told = {
            name: getattr(example, name).copy() for name in ("outcome", "one_offs", "budget", "undivided", "expected")
        }
        for name in ("outcome", "one_offs"):
            told[name][year, month:] = random.normal(0, 1e5, told[name][year, month:].shape)
            told[name][year + 1 :] = random.normal(0, 1e5, told[name][year + 1 :].shape)
        for name in ("budget", "undivided", "expected"):
            told[name][year, month:] *= 3
            told[name][year + 1 :] *= 3
        then = replace(example, **told)
        now = attempts(then)
        for method in METHODS:
            assert np.array_equal(now.said[method][year, month - 1], before.said[method][year, month - 1])
        assert np.array_equal(
            half_widths(then, now, year, month), half_widths(example, before, year, month), equal_nan=True
        )


def test_months_after_the_report_are_not_read(example: Months) -> None:
    short = months_of_ledgers(ledgers("2025-08-31"))
    assert short is not None
    assert (short.last, example.last) == (8, 12)
    assert np.isnan(short.outcome[-1, 8:]).all()
    one, other = forecast(short, 8), forecast(example, 8)
    assert one.rows["blend"].to_list() == pytest.approx(other.rows["blend"].to_list())


def test_the_forecast_month_by_month_ends_at_the_forecast(example: Months) -> None:
    done = attempts(example)
    curve = path(example, done, 4, 8)
    assert curve[-1] == pytest.approx(done.said["blend"][4, 7])
    assert curve[7] == pytest.approx(example.outcome[4, :8].sum(axis=0) + example.one_offs[4, :8].sum(axis=0))
    assert (remaining(example, 4, 8)["seasonal"][:8] == 0).all()


def test_the_rows_are_the_sum_of_their_lines(example: Months) -> None:
    told = forecast(example, 8)
    own = told.rows[told.rows["role"] == "row"].set_index("name")
    by_board = told.lines.groupby("board")["blend"].sum()
    assert own["blend"].to_dict() == pytest.approx(by_board.to_dict())
    assert told.rows["blend"].iloc[-1] == pytest.approx(by_board.sum())
    assert own.index[~own["periodised"].astype(bool)].to_list() == ["Miljö- och byggnadsnämnden"]


def test_a_namnds_own_report_says_the_same_of_it_as_the_municipalitys(example: Months) -> None:
    own = months_of_ledgers(ledgers("2025-08-31", board="Socialnämnden"))
    assert own is not None
    whole = forecast(example, 8).rows.set_index("name")
    assert forecast(own, 8).rows["blend"].iloc[-1] == pytest.approx(whole.loc["Socialnämnden", "blend"])


def test_a_namnds_interval_is_its_row_among_all_namnder_and_is_tried_as_such(example: Months) -> None:
    slice_ = load("budgetuppfoljning", municipality="0000", year=2025, board="Socialnämnden")
    own = months_of_ledgers([ledger_of(slice_), *earlier_ledgers(slice_)])
    assert own is not None
    done, whole = attempts(own), Whole(example, attempts(example), "Socialnämnden")
    place = groups(example)[0].index("Socialnämnden")
    half = half_widths(own, done, 4, 8, whole)
    assert half[-1] == half_widths(example, whole.done, 4, 8)[place]
    assert half[:-1].tolist() == half_widths(own, done, 4, 8)[:-1].tolist()
    assert half[-1] != half_widths(own, done, 4, 8)[-1]
    error, _ = group_errors(example, whole.done, 8)
    inside = [abs(error[year, place]) <= half_widths(example, whole.done, year, 8)[place] for year in (2, 3, 4)]
    tried = coverage(own, done, whole).query("month == 8")
    assert tried["total_inside"].to_list() == [int(here) for here in inside]
    assert tried["inside"].to_list() == coverage(own, done).query("month == 8")["inside"].to_list()


def test_a_namnds_interval_is_tried_in_a_year_that_lacks_one_of_its_lines(example: Months) -> None:
    own = months_of_ledgers(ledgers("2025-12-31", board="Socialnämnden"))
    assert own is not None
    told = []
    for months in (own, example):
        outcome = months.outcome.copy()
        outcome[2, :, months.lines.index[months.lines["line"] == "Arbetsmarknadsenheten"]] = np.nan
        told.append(replace(months, outcome=outcome))
    whole = Whole(told[1], attempts(told[1]), "Socialnämnden")
    assert coverage(told[0], whole=whole).query("year == 2023")["total_n"].to_list() == [1] * 11
    assert coverage(told[0]).query("year == 2023")["total_n"].to_list() == [0] * 11


def test_a_unit_that_moved_is_compared_with_itself(example: Months) -> None:
    lines = example.lines
    moved = lines[lines["line"] == "Arbetsmarknadsenheten"]
    assert set(moved["board"]) == {"Socialnämnden"}
    assert (example.outcome[:, :, moved.index] != 0).all(axis=1).any(axis=1).all()


def test_the_budget_in_force_is_the_one_decided_by_then(example: Months) -> None:
    whole = example.budget_year[-1].sum(axis=1)
    assert whole[2] == pytest.approx(11_000)  # November's, until fullmäktige revised it on 24 April
    assert whole[3] == pytest.approx(3_500)


def test_a_ledger_of_whole_years_has_no_months(timra: Ledger) -> None:
    assert months_of_ledgers([timra]) is None


def monthly(extra: Rows | None = None) -> Ledger:
    """A made-up ledger of two lines with three months of outcome."""
    rows: Rows = []
    for line in ("Vård", "Skola"):
        rows += [{"line": line, "month": m, "amount": -10.0, "basis": "budget"} for m in range(1, 13)]
        rows += [{"line": line, "month": m, "amount": -11.0, "basis": "outcome"} for m in range(1, 4)]
    return ledger([*rows, *(extra or [])], months=3)


def ledger(rows: Rows, months: int) -> Ledger:
    from krokomanalys.sources.ledger import LedgerNotes

    blank = dict.fromkeys(LEDGER.columns, "") | {"region": "0000", "year": 2025, "month": pd.NA, "kind": "cost"}
    frame = pd.DataFrame([blank | row for row in rows]).astype({"month": "Int64", "amount": float})
    notes = {
        "region": "0000",
        "year": 2025,
        "board": "Nämnden",
        "document": {"title": "Prov", "body": "Exempelkommun"},
        "unit": "tkr",
        "rounded_to": 1,
        "signs": {"operations": "intäkt +"},
        "tables": {"result": {"title": "R", "total": "Resultat"}, "net": {"title": "N", "total": "Summa"}},
    }
    return as_ledger(frame.assign(board="Nämnden"), LedgerNotes.model_validate(notes), months)


def test_months_after_the_ledgers_last_are_not_read_though_they_are_there() -> None:
    more: Rows = [{"line": "Vård", "month": m, "amount": -99.0, "basis": "outcome"} for m in range(4, 13)]
    months = months_of_ledgers([monthly(more)])
    assert months is not None
    assert months.last == 3
    assert forecast(months, 3).rows["profile"].iloc[-1] == -246


def test_a_line_with_only_a_whole_years_outcome_leaves_its_row_and_the_total_unsaid() -> None:
    months = months_of_ledgers([monthly([{"line": "Resor", "amount": -5.0, "basis": "outcome"}])])
    assert months is not None
    told = forecast(months, 3)
    assert told.lacking == ("Resor",)
    assert told.rows["blend"].isna().to_list() == [False, False, True, True]


def test_a_commitment_is_added_where_it_falls() -> None:
    place = {"board": "Nämnden", "line": "Vård", "kind": "cost", "month": 9, "amount": -7.0}
    plain, more = months_of_ledgers([monthly()]), months_of_ledgers([monthly()], pd.DataFrame([place]))
    assert plain is not None and more is not None
    assert forecast(more, 3).rows["blend"].iloc[-1] - forecast(plain, 3).rows["blend"].iloc[-1] == pytest.approx(-7)
    assert forecast(more, 3).rows["budget"].equals(forecast(plain, 3).rows["budget"]), "it is no budget"
    assert [float(coming(months, 0, 9).sum()) for months in (more, plain)] == [0, 0], "it has been booked by then"
    assert float(coming(more, 0, 8).sum()) == -7
    with pytest.raises(ValueError, match="commitment"):
        months_of_ledgers([monthly()], pd.DataFrame([place | {"line": "Annat"}]))


def test_a_ledger_without_earlier_years_has_a_forecast_but_no_interval() -> None:
    months = months_of_ledgers([monthly()])
    assert months is not None
    told = forecast(months, 3)
    assert (told.years, told.tested) == (0, 0)
    assert told.rows["blend"].to_list() == [-123, -123, -246]
    assert told.rows[["low", "high"]].isna().all(axis=None)


def test_the_forecast_is_written_as_a_version_that_reads_back() -> None:
    own = monthly()
    months = months_of_ledgers([own])
    assert months is not None
    rows = forecast_rows(forecast(months, 3), "0000", "prognos mars", "2025-04-10")
    assert list(rows.columns) == list(LEDGER.columns)
    both = pd.concat([own.entries[list(LEDGER.columns)], rows], ignore_index=True)
    ledger = as_ledger(both, own.notes, 3)
    kept = ledger.rows[(ledger.rows["maker"] == "computed") & (ledger.rows["table"] == "net")]
    assert kept["amount"].to_list() == [-123, -123] and set(kept["through"]) == {3}
    assert amounts(ledger, "net", 2025)["forecast"].isna().all(), "it isn't one that was handed in"
    assert set(rows["note"]) == {"beräknad efter månad 3"}


def test_of_nine_errors_the_eighth_in_size_is_the_limit_and_of_three_there_is_none() -> None:
    assert conformal(np.array([3.0, -9, 1, 2, -8, 4, 5, -6, 7])) == 8
    assert conformal(np.array([1.0, -4, 2, 3])) == 4
    assert np.isnan(conformal(np.array([1.0, 2, 3])))
    assert conformal(np.array([np.nan, 1.0, -4, 2, 3])) == 4


@given(st.lists(st.floats(-1e6, 1e6), min_size=5, max_size=30))
def test_each_of_some_errors_is_within_what_the_others_say_at_least_four_times_in_five(errors: list[float]) -> None:
    held = [abs(e) <= conformal(np.array(errors[:i] + errors[i + 1 :])) for i, e in enumerate(errors)]
    assert np.mean(held) >= 0.8


def test_the_intervals_of_the_five_made_up_years_hold_four_in_five(example: Months) -> None:
    held = coverage(example)
    assert held["year"].unique().tolist() == [2023, 2024, 2025]  # 2021 has no years before it, 2022 no tried ones
    assert held["n"].sum() == 3 * 11 * 6
    assert 0.8 <= held["inside"].sum() / held["n"].sum() < 1
    assert held["total_inside"].sum() / held["total_n"].sum() >= 0.8
