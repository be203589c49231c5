"""Handlingsplan: what åtgärder are to give against the deficits of their nämnder; and each line's figures."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from krokomanalys.budget.actions import STATES, action_plan, actions_of, timed
from krokomanalys.budget.by_line import by_line
from krokomanalys.budget.ledger import Ledger
from krokomanalys.sources.layouts import ACTION_STATUS, COMMENTS
from krokomanalys.sources.tables import empty_table


def written(*rows: tuple[str, str, float | None, str]) -> pd.DataFrame:
    """Comments with board, åtgärd, effekt_tkr and status."""
    blank = dict.fromkeys(COMMENTS.columns, "")
    given_rows = [blank | {"board": b, "åtgärd": a, "effekt_tkr": e, "status": s} for b, a, e, s in rows]
    return pd.DataFrame(given_rows, columns=list(COMMENTS.columns)).astype({"effekt_tkr": float})


def plan(
    comments: pd.DataFrame, variances: dict[str, float], unit: str = "tkr", known: date = date(2025, 9, 14)
) -> pd.DataFrame:
    """The plan of 2025, beside a forecast made in September unless `known` says otherwise."""
    actions = timed(actions_of(comments), 2025, known)
    return action_plan(actions, pd.Series(variances, dtype=float), unit).set_index("board")


def test_effects_are_summed_by_status_against_the_deficit_of_their_board() -> None:
    table = plan(
        written(
            ("Vård", "b", 200, "pågår"),
            ("Vård", "c", 100, "pågår"),
            ("Vård", "g", 300, "beslutad"),
            ("Vård", "d", 50, "ej påbörjad"),
            ("Vård", "e", 25, "försenad"),
            ("Vård", "f", 12, ""),
        ),
        {"Vård": -1000, "Skola": 400},
    )
    row = table.loc["Vård"]
    assert row[["shortfall", *STATES, "effect", "left"]].tolist() == [1000, 0, 300, 300, 50, 25, 12, 687, 313]
    assert list(table.index) == ["Vård", "Summa"]


@pytest.mark.parametrize(
    ("status", "day", "known", "place"),
    [
        ("klar", "2025-06-01", date(2025, 9, 14), "included"),  # the forecast was made in September
        ("klar", "2025-06-01", date(2025, 4, 14), "done"),  # the forecast was made in April
        ("klar", "", date(2025, 4, 14), "included"),
        ("pågår", "2025-06-01", date(2025, 9, 14), "under_way"),
        ("pågår", "2025-12-31", date(2025, 9, 14), "under_way"),
        ("pågår", "2026-01-10", date(2025, 9, 14), "after"),
        ("klar", "2025-11-15", date(2025, 12, 31), "included"),  # beside the outcome of a year that has ended
        ("pågår", "2025-12-01", date(2025, 12, 31), "after"),
        ("", "", date(2025, 12, 31), "after"),
    ],
)
def test_an_action_counts_against_a_deficit_only_if_its_effect_comes_after_the_figures_and_within_the_year(
    status: str, day: str, known: date, place: str
) -> None:
    comments = written(("Vård", "a", 300, status)).assign(datum=day)
    row = plan(comments, {"Vård": -1000}, known=known).loc["Vård"]
    assert row[place] == 300
    assert row[["included", "after", "effect"]].sum() == 300
    assert row["left"] == (1000 if place in ("included", "after") else 700)


def test_a_cancelled_action_gives_nothing() -> None:
    table = plan(written(("Vård", "a", 300, "avbruten"), ("Vård", "b", None, "avbruten")), {"Vård": -1000})
    assert table.loc["Vård", ["effect", "left", "unknown"]].tolist() == [0, 1000, 0]


def test_an_action_without_an_effect_is_counted_and_not_taken_for_0() -> None:
    table = plan(written(("Vård", "a", None, "pågår"), ("Vård", "b", 0, "pågår")), {"Vård": -10})
    assert table["unknown"].tolist() == [1, 1]
    assert table["left"].tolist() == [10, 10]


def test_what_one_board_does_beyond_its_deficit_does_not_cover_anothers() -> None:
    table = plan(written(("Vård", "a", 500, "pågår")), {"Vård": -100, "Skola": -200})
    assert table["left"].tolist() == [0, 200, 200]
    assert table.loc["Summa", ["shortfall", "effect"]].tolist() == [300, 500]


def test_a_board_without_a_deficit_is_there_if_it_acts() -> None:
    table = plan(written(("Skola", "a", 50, "pågår")), {"Vård": 0, "Skola": 70})
    assert table.loc["Skola", ["shortfall", "effect", "left"]].tolist() == [0, 50, 0]


def test_an_unknown_variance_leaves_what_is_left_unknown() -> None:
    table = plan(written(("Vård", "a", 50, "klar")), {"Vård": float("nan"), "Skola": -10})
    assert table["left"].isna().tolist() == [True, False, True]


@pytest.mark.parametrize(("unit", "variance"), [("kr", -1_500_000), ("tkr", -1500), ("mkr", -1.5)])
def test_deficits_are_in_tkr_whatever_the_ledgers_unit(unit: str, variance: float) -> None:
    assert plan(written(), {"Vård": variance}, unit).loc["Vård", "shortfall"] == pytest.approx(1500)


def test_nothing_to_do_and_nobody_doing_it_is_a_total_of_0() -> None:
    assert plan(written(), {"Vård": 10}).reset_index()["board"].tolist() == ["Summa"]


def test_every_status_of_the_forms_counts_as_something() -> None:
    states = actions_of(written(*(("Vård", status, 1, status) for status in ACTION_STATUS)))["state"]
    assert states.notna().all() and set(states) <= {*STATES, "dropped"}


def test_a_row_on_a_goal_or_without_an_action_is_no_action_on_the_economy() -> None:
    rows = written(("Vård", "", None, ""), ("Vård", "a", 5, "klar")).assign(goal=["", "hälsa"])
    assert actions_of(rows).empty
    assert actions_of(empty_table(COMMENTS)).empty


ACTIONS = st.lists(
    st.tuples(
        st.sampled_from(["A", "B", "C"]),
        st.just("x"),
        st.none() | st.integers(0, 10_000),
        st.sampled_from(["", *ACTION_STATUS]),
    ),
    max_size=8,
)


@settings(deadline=None)
@given(ACTIONS, st.dictionaries(st.sampled_from(["A", "B"]), st.integers(-10_000, 10_000)))
def test_the_parts_are_the_whole(
    actions: list[tuple[str, str, float | None, str]], variances: dict[str, float]
) -> None:
    table = plan(written(*actions), variances)
    own, whole = table.iloc[:-1], table.iloc[-1]
    assert (table["effect"] == table[list(STATES)].sum(axis=1)).all()
    known = own["shortfall"].notna()
    assert ((own["left"] >= 0) & (own["left"] + own["effect"] >= own["shortfall"]))[known].all()
    live = [effect for *_, effect, status in actions if status != "avbruten"]
    assert whole[["effect", "included", "after"]].sum() == sum(effect or 0 for effect in live)
    assert whole["unknown"] == sum(effect is None for effect in live)


def _rows(board: str, line: str, kind: str, basis: str, months: dict[int | None, float]) -> list[dict[str, object]]:
    return [
        {"board": board, "line": line, "kind": kind, "basis": basis, "month": pd.NA if m is None else m, "amount": a}
        for m, a in months.items()
    ]


def test_a_line_has_its_nets_of_the_period_and_the_forecast_of_the_year(make: Callable[..., Ledger]) -> None:
    rows = [
        *_rows("Skola", "Förskola", "cost", "budget", {1: -100, 2: -100, 3: -100}),
        *_rows("Skola", "Förskola", "income", "budget", {1: 10, 2: 10, 3: 10}),
        *_rows("Skola", "Förskola", "cost", "outcome", {1: -90, 2: -130}),
        *_rows("Skola", "Förskola", "income", "outcome", {1: 10, 2: 20}),
        *_rows("Skola", "Förskola", "cost", "forecast", {None: -1200}),
        *_rows("Skola", "Förskola", "income", "forecast", {None: 0}),
        *_rows("Vård", "Hemtjänst", "cost", "budget", {None: -600}),
        *_rows("Vård", "Hemtjänst", "cost", "outcome", {1: -60, 2: -60}),
    ]
    ledger = make(rows)
    period = by_line(Ledger(ledger.entries, ledger.rows, ledger.notes, months=2))
    expected = pd.DataFrame(
        [["Skola", "Förskola", -180.0, -190.0, -10.0, -1200.0], ["Vård", "Hemtjänst", *[float("nan")] * 4]],
        columns=["board", "line", "budget", "outcome", "variance", "forecast"],
    )
    pd.testing.assert_frame_equal(period, expected)
    assert by_line(ledger)[["budget", "outcome"]].to_numpy().tolist() == [[-270, -190], [-600, -120]]


def test_an_investment_beyond_its_budget_is_worse_than_budget(make: Callable[..., Ledger]) -> None:
    rows = [
        *_rows("", "Bro", "investment", "budget", {None: 100}),
        *_rows("", "Bro", "investment", "outcome", {None: 130}),
    ]
    assert by_line(make(rows))["variance"].tolist() == [-30]
