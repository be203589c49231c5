from __future__ import annotations

import math
from collections.abc import Callable

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from krokomanalys.budget.ledger import Ledger
from krokomanalys.budget.variance import completion, follow_up, forecast_errors, gaps, offset, year_on_year

Make = Callable[..., Ledger]

AMOUNTS = st.integers(0, 1_000_000)


def row(table: pd.DataFrame, line: str) -> list[float]:
    found = table.loc[table["line"] == line, ["budget", "outcome", "variance", "percent"]]
    return [round(float(x), 1) for x in found.iloc[0]]


def test_timras_result(timra: Ledger) -> None:
    result = follow_up(timra, "result", 2020)
    assert row(result, "Verksamhetens intäkter") == [29_920, 36_014, 6_094, 20.4]
    assert row(result, "Verksamhetens kostnader") == [-135_466, -140_883, -5_417, -4.0]
    assert row(result, "Verksamhetens nettokostnader") == [-105_546, -104_869, 677, 0.6]


@pytest.mark.parametrize(
    ("line", "figures"),
    [
        ("Kommunledningskontor", [-89_430, -90_267, -837, -0.9]),
        ("Politik, stöd- och ledningsfunktioner", [-47_368, -45_990, 1_378, 2.9]),
        ("Kommunalägda bolag och kommunförbund", [-42_062, -44_277, -2_215, -5.3]),
        ("Näringslivskontor", [-8_380, -8_736, -356, -4.2]),
        ("Samhällsenhet", [-7_586, -5_865, 1_721, 22.7]),
        ("Kommunens oförutsedda", [-150, 0, 150, 100]),
        ("Summa", [-105_546, -104_868, 678, 0.6]),
    ],
)
def test_timras_net_cost_by_unit(timra: Ledger, line: str, figures: list[float]) -> None:
    assert row(follow_up(timra, "net", 2020), line) == figures


@pytest.mark.parametrize(
    ("line", "figures"),
    [
        ("Strategiska markköp", [1_000, 0, 1_000]),
        ("Vivsta 19:1", [0, 2_538, -2_538]),
        ("IT mm", [11_000, 9_057, 1_943]),
        ("Exploatering", [200, 0, 200]),
        ("Allmänna investeringar KLK", [500, 0, 500]),
        ("Summa investeringar", [12_700, 11_595, 1_105]),
    ],
)
def test_timras_investments(timra: Ledger, line: str, figures: list[float]) -> None:
    assert row(follow_up(timra, "investment", 2020), line)[:3] == figures


def test_a_variance_from_no_budget_has_no_percentage(timra: Ledger) -> None:
    investments = follow_up(timra, "investment", 2020).set_index("line")
    assert math.isnan(investments.loc["Vivsta 19:1", "percent"])
    assert investments["percent"].drop("Vivsta 19:1").notna().all()


def test_roles_tell_rows_parts_and_total_apart(timra: Ledger) -> None:
    assert follow_up(timra, "net", 2020)["role"].tolist() == ["row", "part", "part", "row", "row", "row", "total"]


def test_a_small_net_hides_a_large_gross(timra: Ledger) -> None:
    found = offset(follow_up(timra, "net", 2020))
    assert (found.worse, found.better) == (-837 - 356, 1_721 + 150) == (-1_193, 1_871)
    assert (found.net, found.gross) == (678, 3_064)


def test_an_unknown_row_leaves_gross_unknown(make: Make) -> None:
    ledger = make(
        [{"line": "A", "amount": -5}, {"line": "A", "basis": "outcome", "amount": -4}, {"line": "B", "amount": -5}]
    )
    assert math.isnan(offset(follow_up(ledger, "net", 2020)).gross)


def test_timra_carried_out_nine_tenths_of_its_investments(timra: Ledger) -> None:
    assert round(completion(follow_up(timra, "investment", 2020)), 1) == 91.3


def test_nothing_budgeted_has_no_degree_of_completion(make: Make) -> None:
    ledger = make(
        [
            {"line": "A", "kind": "investment", "amount": 0},
            {"line": "A", "kind": "investment", "basis": "outcome", "amount": 7},
        ]
    )
    assert math.isnan(completion(follow_up(ledger, "investment", 2020)))


def test_the_interim_forecast_was_623_too_high(timra: Ledger) -> None:
    (found,) = forecast_errors(timra)
    assert (found.forecast, found.outcome, found.error) == (1_300, 677, -623)
    assert round(found.percent, 1) == 0.6


def test_a_break_between_years_leaves_no_change_to_read(timra: Ledger) -> None:
    both = year_on_year(timra, "result", 2019, 2020)
    assert both["line"].tolist() == ["Verksamhetens intäkter", "Verksamhetens kostnader"]
    assert both["earlier"].tolist() == [104_395, -194_430]
    assert both["later"].tolist() == [36_014, -140_883]
    assert both["change"].isna().all()


def test_comparable_years_give_a_change_and_a_line_of_one_year_only_gives_none(make: Make) -> None:
    rows = [("A", 2019, -10), ("B", 2019, -20), ("C", 2020, -3), ("A", 2020, -12)]
    ledger = make([{"line": x, "year": y, "basis": "outcome", "amount": a} for x, y, a in rows])
    both = year_on_year(ledger, "net", 2019, 2020).set_index("line")
    assert both.index.tolist() == ["C", "A", "B"]
    assert both.loc["A", "change"] == -2
    assert both["change"].drop("A").isna().all()


@given(budget=AMOUNTS, outcome=AMOUNTS, kind=st.sampled_from(["income", "cost", "investment"]))
def test_a_variance_above_zero_is_always_better_than_budget(make: Make, budget: int, outcome: int, kind: str) -> None:
    sign = -1 if kind == "cost" else 1
    ledger = make(
        [
            {"line": "A", "kind": kind, "amount": sign * budget},
            {"line": "A", "kind": kind, "basis": "outcome", "amount": sign * outcome},
        ]
    )
    table = follow_up(ledger, "investment" if kind == "investment" else "result", 2020)
    better = outcome - budget if kind == "income" else budget - outcome  # more income, less cost or expenditure
    assert table["variance"].tolist() == [better, better]
    assert budget == 0 or table["percent"].iloc[0] == pytest.approx(100 * better / budget)


@given(st.lists(st.tuples(AMOUNTS, AMOUNTS), min_size=1, max_size=8))
def test_gross_is_never_less_than_net_and_the_total_is_the_net(make: Make, pairs: list[tuple[int, int]]) -> None:
    rows = [
        {"line": f"rad {i}", "basis": basis, "amount": -amount}
        for i, pair in enumerate(pairs)
        for basis, amount in zip(("budget", "outcome"), pair, strict=True)
    ]
    table = follow_up(make(rows), "net", 2020)
    found = offset(table)
    assert found.gross == sum(abs(b - o) for b, o in pairs) >= abs(found.net)
    assert found.net == table["variance"].iloc[-1]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ({"Skola": ["budget", "outcome"]}, ""),
        ({"Skola": ["budget"]}, "utfall saknas för Skola"),
        ({"Skola": ["outcome"], "Vård": ["budget"]}, "budget saknas för Skola, utfall saknas för Vård"),
        ({name: ["budget"] for name in "ABCD"}, "utfall saknas för A, B och 2 rader till"),
    ],
)
def test_what_is_unknown_is_named(make: Make, rows: dict[str, list[str]], words: str) -> None:
    given = [{"line": line, "basis": basis, "amount": -1} for line, held in rows.items() for basis in held]
    assert gaps(follow_up(make(given), "net", 2020)) == words


def test_a_year_without_rows_has_neither_budget_nor_outcome(make: Make) -> None:
    ledger = make([{"line": "Skola", "amount": -1}])
    assert gaps(follow_up(ledger, "net", 2019)) == "budget och utfall saknas"
