from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from krokomanalys.budget.ledger import Ledger
from krokomanalys.budget.trade import eliminated, pairs, pairs_of_year, variances_inside
from krokomanalys.budget.variance import entries_to_date

Make = Callable[..., Ledger]
TABLES = {"result": {"title": "r", "total": "Resultat"}, "net": {"title": "n", "total": "Summa"}}

# En bilpool (A) säljer till socialnämnden (B) och miljönämnden (C) och köper själv bränsle.
# budget: B köper för 100, C för 40; poolens egna kostnader är 140.
# utfall: B köper bara för 70; poolens kostnader blir 120. Poolen går 10 sämre, B 30 bättre, hela kommunen 20 bättre.
POOL = [
    ("A", "B", "income", 100, 70),
    ("B", "A", "cost", -100, -70),
    ("A", "C", "income", 40, 40),
    ("C", "A", "cost", -40, -40),
    ("A", "", "cost", -140, -120),
    ("B", "", "cost", -500, -500),
    ("C", "", "income", 60, 60),
]


def ledger_of(make: Make, rows: list[tuple[str, str, str, float, float]]) -> Ledger:
    given = [
        {"board": board, "counterpart": other, "kind": kind, "basis": basis, "amount": amount, "line": f"{board}{kind}"}
        for board, other, kind, *both in rows
        for basis, amount in zip(("budget", "outcome"), both, strict=True)
    ]
    return make(given, tables=TABLES)


def test_a_deficit_of_less_internal_trade_is_none_to_the_municipality(make: Make) -> None:
    found = variances_inside(ledger_of(make, POOL)).set_index("board")
    assert found["variance"].to_dict() == {"A": -10, "B": 30, "C": 0}
    assert found["internal"].to_dict() == {"A": -30, "B": 30, "C": 0}
    assert found["external"].to_dict() == {"A": 20, "B": 0, "C": 0}


def test_both_sides_are_taken_from_gross_income_and_cost(make: Make) -> None:
    found = eliminated(ledger_of(make, POOL)).set_index("kind")
    assert found.loc["income"].tolist() == [170, 110, 60]
    assert found.loc["cost"].tolist() == [-730, -110, -620]
    assert found.loc["net"].tolist() == [-560, 0, -560]


def test_trade_that_matches_leaves_nothing(make: Make) -> None:
    found = pairs_of_year(ledger_of(make, POOL))
    assert found[["seller", "buyer", "sold", "bought"]].to_numpy().tolist() == [["A", "B", 70, 70], ["A", "C", 40, 40]]
    assert found["difference"].tolist() == found["apart"].tolist() == [0, 0]


def test_what_one_side_has_not_booked_is_found_with_its_amount(make: Make) -> None:
    rows = [("A", "B", "income", 100, 70), ("B", "A", "cost", -100, -55), ("C", "A", "cost", -9, -9)]
    ledger = ledger_of(make, rows)
    found = pairs_of_year(ledger).set_index("buyer")
    assert found.loc["B", ["sold", "bought", "difference"]].tolist() == [70, 55, 15]
    assert pd.isna(found.loc["C", "sold"]) and found.loc["C", "difference"] == -9
    assert eliminated(ledger).set_index("kind").loc["net", "internal"] == 15 - 9


def monthly(make: Make, months: dict[int, tuple[float, float]], until: int = 12) -> Ledger:
    rows = [
        {"board": board, "counterpart": other, "kind": kind, "basis": "outcome", "month": month, "amount": amount}
        for month, (sold, bought) in months.items()
        for board, other, kind, amount in (("A", "B", "income", sold), ("B", "A", "cost", -bought))
    ]
    held = make([row | {"line": "x"} for row in rows], tables=TABLES)
    return Ledger(held.entries, held.rows, held.notes, until)


def test_months_that_cancel_out_are_still_apart(make: Make) -> None:
    found = pairs_of_year(monthly(make, {1: (10, 0), 2: (0, 10), 3: (5, 5)})).iloc[0]
    assert (found["sold"], found["difference"], found["apart"]) == (15, 0, 20)


def test_months_after_the_period_are_not_counted(make: Make) -> None:
    assert pairs_of_year(monthly(make, {1: (10, 10), 9: (7, 0)}, until=8))["difference"].tolist() == [0]


def test_only_the_version_in_force_is_counted(make: Make) -> None:
    rows = [
        {
            "board": "A",
            "counterpart": "B",
            "kind": "income",
            "line": "x",
            "amount": amount,
            "version": name,
            "decided": day,
        }
        for name, day, amount in (("juni", "2019-06-17", 100), ("november", "2019-11-20", 80))
    ]
    assert pairs_of_year(make(rows, tables=TABLES), "budget")["sold"].tolist() == [80]


TRADES = st.lists(st.tuples(st.sampled_from("ABC"), st.sampled_from("DEF"), st.integers(1, 999)), min_size=1)


@settings(deadline=None, max_examples=30)
@given(TRADES)
def test_trade_booked_alike_never_changes_the_net(make: Make, trades: list[tuple[str, str, int]]) -> None:
    rows: list[tuple[str, str, str, float, float]] = []
    for seller, buyer, amount in trades:
        rows += [(seller, buyer, "income", 0, amount), (buyer, seller, "cost", 0, -amount)]
    ledger = ledger_of(make, rows)
    assert pairs(entries_to_date(ledger, 2020))["difference"].abs().max() == 0
    assert eliminated(ledger).set_index("kind").loc["net"].tolist() == [0, 0, 0]


def test_a_nämnd_that_nothing_is_known_of_has_no_variance(make: Make) -> None:
    ledger = make([{"board": "A", "kind": "cost", "line": "x", "amount": -5, "basis": "outcome"}], tables=TABLES)
    assert pytest.approx([float("nan")], nan_ok=True) == variances_inside(ledger)["variance"].tolist()
