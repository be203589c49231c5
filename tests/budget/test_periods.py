"""Months: what is periodised is followed by period, what isn't only by year."""

from __future__ import annotations

import math
from collections.abc import Callable

import pandas as pd
import pytest

from krokomanalys.budget.ledger import Ledger, amounts, as_ledger
from krokomanalys.budget.ledger_checks import unit_faults
from krokomanalys.budget.periods import followed, has_months, months_of, not_periodised, year_view
from krokomanalys.budget.versions import in_force, through, versions
from krokomanalys.errors import InputError

Make = Callable[..., Ledger]


def monthly(
    line: str, basis: str, amount: float, months: range = range(1, 13), **more: object
) -> list[dict[str, object]]:
    return [{"line": line, "basis": basis, "amount": amount, "month": m, **more} for m in months]


def by_month(make: Make, months: int = 3) -> Ledger:
    """Skola by month, Park with a budget for the whole year; outcomes of three months."""
    rows = [
        *monthly("Skola", "budget", -100, kind="cost"),
        *monthly("Skola", "budget", 20, kind="income"),
        *monthly("Skola", "outcome", -110, range(1, 4), kind="cost"),
        *monthly("Skola", "outcome", 25, range(1, 3), kind="income"),
        {"line": "Park", "basis": "budget", "amount": -60, "kind": "cost"},
        *monthly("Park", "outcome", -7, range(1, 4), kind="cost"),
        {"line": "Skola", "basis": "forecast", "amount": -1290, "kind": "cost"},
        {"line": "Skola", "basis": "forecast", "amount": 260, "kind": "income"},
        {"line": "Park", "basis": "forecast", "amount": -58, "kind": "cost"},
    ]
    tables = {"result": {"title": "Resultat", "total": "Netto"}, "net": {"title": "Per enhet", "total": "Summa"}}
    made = make(rows, tables=tables, board="Nämnden")
    return as_ledger(made.entries.drop(columns="table"), made.notes, months)


def test_a_net_that_nobody_has_given_is_summed_from_income_and_cost(make: Make) -> None:
    net = amounts(by_month(make), "net", 2020).set_index("line")
    assert net.loc["Skola", "budget"] == 12 * (20 - 100)
    assert net.loc["Skola", "outcome"] == 3 * -110 + 2 * 25
    assert list(amounts(by_month(make), "result", 2020)["line"]) == ["Kostnader", "Intäkter"]


def test_a_period_holds_what_is_periodised_and_a_month_without_an_amount_is_none_of_it(make: Make) -> None:
    net = followed(by_month(make), "net").set_index("line")
    assert net.loc["Skola", ["budget", "outcome", "variance"]].tolist() == [-240, -280, -40]
    assert math.isnan(net.loc["Park", "budget"]) and math.isnan(net.loc["Park", "variance"])
    assert net.loc["Summa", ["budget", "outcome", "variance"]].tolist() == [-240, -280, -40]


def test_the_year_holds_every_line(make: Make) -> None:
    year = year_view(by_month(make), "net").set_index("line")
    assert year.loc["Park", ["outcome", "budget", "forecast", "variance"]].tolist() == [-21, -60, -58, 2]
    assert year.loc["Summa", ["outcome", "budget", "forecast", "variance"]].tolist() == [-301, -1020, -1088, -68]
    assert year["earlier"].isna().all()


def test_a_line_without_a_budget_by_month_is_told_with_what_it_has_used(make: Make) -> None:
    lines = not_periodised(by_month(make))
    assert lines[["line", "kind", "budget", "outcome"]].to_numpy().tolist() == [["Park", "cost", -60, -21]]
    assert not_periodised(make([{"line": "A", "amount": -5}])).empty


def test_the_same_months_of_the_year_before_stand_beside(make: Make) -> None:
    made = by_month(make)
    rows = made.entries.drop(columns="table").assign(year=2019)
    before = as_ledger(rows, made.notes.model_copy(update={"year": 2019}), 12)
    year = year_view(by_month(make, 2), "net", before).set_index("line")
    assert year.loc["Skola", ["outcome", "earlier"]].tolist() == [-170, -170]


def test_the_sum_of_the_months_is_the_year_and_of_the_year_nothing_is_by_month(make) -> None:
    made = by_month(make)
    assert months_of(made, "net", 2020).query("basis == 'budget'")["amount"].sum() == -960
    assert has_months(made) and not has_months(make([{"line": "A", "amount": -5, "basis": "outcome"}]))


JUNE, NOVEMBER = ({"version": v, "decided": d} for v, d in (("juni", "2019-06-18"), ("november", "2019-11-20")))


def test_the_version_last_decided_is_in_force_and_the_others_are_kept(make: Make) -> None:
    ledger = make([{"line": "A", "amount": -5, **JUNE}, {"line": "A", "amount": -6, **NOVEMBER}])
    assert amounts(ledger, "net", 2020)["budget"].tolist() == [-6]
    assert in_force(ledger.rows)["version"].tolist() == ["november"]
    told = versions(ledger.rows, 2020)
    assert told[["version", "total"]].to_numpy().tolist() == [["juni", -5], ["november", -6]]


def test_a_version_that_is_only_a_part_is_refused(make: Make) -> None:
    whole = [{"board": b, "line": n, "amount": -5, **JUNE} for b, n in (("X", "A"), ("X", "B"), ("Y", "C"))]
    with pytest.raises(InputError, match='"november" 2020 saknar Y, som finns i "juni"'):
        make([*whole, *({"board": "X", "line": n, "amount": -6, **NOVEMBER} for n in "AB")])
    addition = [{"board": b, "line": n, "amount": -1, **NOVEMBER} for b, n in (("X", "A"), ("Y", "C"))]
    with pytest.raises(InputError, match='"november" 2020 har bara en del av X: B \\(net\\) saknas'):
        make([*whole, *addition])
    finer = [{"board": b, "line": n, "amount": -1, **NOVEMBER} for b, n in (("X", "A1"), ("X", "A2"), ("Y", "C"))]
    assert amounts(make([*whole, *finer]), "net", 2020)["budget"].sum() == -3


def test_a_forecast_of_the_costs_alone_is_refused(make: Make) -> None:
    budget = [{"line": "A", "kind": kind, "amount": amount} for kind, amount in (("cost", -9), ("income", 4))]
    with pytest.raises(InputError, match="prognos 2020 har bara en del av raderna: A \\(income\\) saknas"):
        make([*budget, {"line": "A", "kind": "cost", "basis": "forecast", "amount": -10}])


def test_an_outcome_a_thousand_times_the_budget_is_in_another_unit(make: Make) -> None:
    ledger = make([{"line": "A", "amount": -9}, {"line": "A", "basis": "outcome", "amount": -9100}])
    (fault,) = unit_faults(ledger.entries, ledger.notes)
    assert "rad 3, kolumn amount: utfallet 2020 för raderna (net) är ungefär 1 000 gånger budgeten" in str(fault)
    alike = make([{"line": "A", "amount": -9}, {"line": "A", "basis": "outcome", "amount": -91}])
    assert unit_faults(alike.entries, alike.notes) == []


@pytest.mark.parametrize(
    ("decided", "months"),
    [("2020-09-14", 8), ("2020-08-31", 7), ("2020-01-02", 0), ("2019-12-01", 0), ("2021-01-15", 12), ("", None)],
)
def test_a_forecast_could_know_the_whole_months_before_its_day(decided: str, months: int | None) -> None:
    assert through(decided, 2020) == months


def test_a_municipality_is_followed_by_board_and_its_parts_are_not_added_again(make: Make) -> None:
    rows = [
        {"board": "A", "line": "Skola", "kind": "cost", "amount": -10},
        {"board": "A", "line": "Lärare", "kind": "cost", "amount": -8, "parent": "Skola"},
        {"board": "B", "line": "Skola", "kind": "cost", "amount": -5},
    ]
    tables = {"result": {"title": "R", "total": "Netto"}, "net": {"title": "N", "total": "Summa"}}
    made = make(rows, tables=tables)
    assert amounts(made, "net", 2020)[["line", "budget"]].to_numpy().tolist() == [["A", -10], ["B", -5]]
    assert amounts(made, "result", 2020)["budget"].tolist() == [-15]


def test_costs_that_stand_as_positive_are_turned_once(make: Make) -> None:
    rows = [{"line": "A", "kind": kind, "amount": 5} for kind in ("grant", "income", "cost")]
    made = make(rows, signs={"operations": "alla belopp positiva", "costs": "positive"})
    assert pd.Series(amounts(made, "result", 2020)["budget"]).tolist() == [5, 5, -5]
