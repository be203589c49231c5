from __future__ import annotations

import math
from collections.abc import Callable

import pandas as pd
import pytest

from krokomanalys.budget.investments import (
    Carried,
    carried_out,
    delay,
    expected_outcome,
    passed,
    project_table,
    undecided,
    used_share,
    without_budget,
    without_outcome,
)
from krokomanalys.budget.ledger import Ledger
from krokomanalys.sources.layouts import INVESTMENTS
from krokomanalys.sources.tables import empty_table

Make = Callable[..., Ledger]


def projects(*rows: dict[str, object]) -> pd.DataFrame:
    blank = dict.fromkeys(INVESTMENTS.columns, "")
    numbers = dict.fromkeys(("decided_total", "accumulated", "forecast_total"), float("nan"))
    return pd.DataFrame([blank | numbers | {"region": "2262", "year": 2020} | row for row in rows])


def investment(line: str, budget: float | None, outcome: float | None, project: str = "") -> list[dict[str, object]]:
    return [
        {"line": line, "kind": "investment", "basis": basis, "amount": amount, "project": project}
        for basis, amount in (("budget", budget), ("outcome", outcome))
        if amount is not None
    ]


def test_timras_projects(timra: Ledger) -> None:
    table = project_table(timra, empty_table(INVESTMENTS)).set_index("line")
    assert table.loc["IT mm", ["budget", "outcome", "variance"]].tolist() == [11_000, 9_057, 1_943]
    assert round(table.loc["IT mm", "completion"], 1) == 82.3
    assert table[["budget", "outcome", "variance"]].sum().tolist() == [12_700, 11_595, 1_105]
    bare = without_budget(table)
    assert bare.index.tolist() == ["Vivsta 19:1"] and bare["outcome"].tolist() == [2_538]
    assert math.isnan(bare["completion"].iloc[0])
    assert without_outcome(table).index.tolist() == [
        "Strategiska markköp",
        "Exploatering",
        "Allmänna investeringar KLK",
    ]


def test_timra_carried_out_nine_tenths(timra: Ledger) -> None:
    (found,) = carried_out([timra])
    assert (found.year, found.budget, found.outcome) == (2020, 12_700, 11_595)
    assert round(found.completion, 1) == 91.3


def test_a_project_is_held_to_what_was_decided_for_it_in_all(make: Make) -> None:
    ledger = make(investment("Förskola", 20, 30, "9101"))
    told = {"decided_total": 60.0, "accumulated": 63.0, "forecast_total": 66.0}
    dates = {"planned_end": "2020-06-30", "expected_end": "2021-01-15"}
    table = project_table(ledger, projects({"line": "Förskola", "project": "9101"} | told | dates))
    found = table.iloc[0]
    assert len(table) == 1
    assert (found["variance"], found["completion"]) == (-10, 150)
    assert (found["deviation"], found["delay"]) == (-6, 7)


def test_a_project_passes_what_was_decided_by_what_it_has_cost(make: Make) -> None:
    told = [
        {"line": line, "project": line, "decided_total": decided, "accumulated": accumulated, "forecast_total": 70.0}
        for line, decided, accumulated in (("Bro", 60.0, 63.0), ("Väg", 60.0, 60.0), ("Tak", 0.0, 3.0))
    ]
    table = project_table(make(investment("Bro", 20, 30, "Bro")), projects(*told))
    assert passed(table)["line"].tolist() == ["Bro"]
    assert undecided(table)["line"].tolist() == ["Tak"]


def test_projects_come_in_the_ledgers_order_and_those_without_a_year_last(make: Make) -> None:
    ledger = make([*investment("Väg", 5, 5, "2"), *investment("Bro", 4, 4, "1")])
    told = projects({"line": "Bro", "project": "1"}, {"line": "Hall", "project": "3", "decided_total": 9.0})
    table = project_table(ledger, told)
    assert table["line"].tolist() == ["Väg", "Bro", "Hall"]
    assert table["budget"].tolist()[:2] == [5, 4] and math.isnan(table["budget"].iloc[2])


def test_a_line_with_one_project_is_that_project(make: Make) -> None:
    table = project_table(make(investment("Bro", 4, 3)), projects({"line": "Bro", "project": "1", "accumulated": 7.0}))
    assert table[["line", "project", "outcome", "accumulated"]].to_numpy().tolist() == [["Bro", "1", 3, 7]]


def test_a_line_with_two_projects_shares_its_amounts_with_neither(make: Make) -> None:
    told = projects({"line": "Bro", "project": "1"}, {"line": "Bro", "project": "2"})
    table = project_table(make(investment("Bro", 4, 3)), told).set_index("project")
    assert table.index.tolist() == ["", "1", "2"]
    assert table["outcome"].notna().tolist() == [True, False, False]


def test_a_forecast_alone_makes_no_project_of_the_year(make: Make) -> None:
    rows = [*investment("Bro", 4, 3), {"line": "Väg", "kind": "investment", "basis": "forecast", "amount": 9}]
    assert project_table(make(rows), empty_table(INVESTMENTS))["line"].tolist() == ["Bro"]


def test_what_is_unknown_of_a_project_is_not_nothing(make: Make) -> None:
    table = project_table(make(investment("Bro", 4, None)), projects({"line": "Bro", "accumulated": 7.0}))
    found = table.iloc[0]
    assert all(math.isnan(found[c]) for c in ("outcome", "variance", "completion", "deviation", "delay"))
    assert without_outcome(table).empty and without_budget(table).empty


@pytest.mark.parametrize(
    ("planned", "expected", "months"),
    [
        ("2020-06-30", "2020-11-01", 5),
        ("2020-12-31", "2021-01-01", 1),
        ("2020-06-30", "2020-06-01", 0),
        ("2021-03-31", "2020-12-31", -3),
        ("", "2020-12-31", float("nan")),
    ],
)
def test_delay_is_counted_in_months(planned: str, expected: str, months: float) -> None:
    assert delay(pd.Series([planned]), pd.Series([expected])).tolist() == pytest.approx([months], nan_ok=True)


def test_the_budget_is_cut_by_how_much_was_carried_out_before(make: Make) -> None:
    ledgers = [
        make([{"year": year, **row} for row in investment("Bro", budget, outcome)], year=year)
        for year, budget, outcome in ((2019, 100, 60), (2018, 50, 40), (2020, 100, None))
    ]
    known = carried_out(ledgers)
    assert [(c.year, c.completion) for c in known] == [(2018, 80), (2019, 60)]
    assert used_share(known) == pytest.approx(200 / 3), "100 of 150: the larger year weighs more"
    assert expected_outcome(200, known) == pytest.approx(400 / 3)
    assert math.isnan(expected_outcome(200, ()))


def test_a_year_without_budget_has_no_completion() -> None:
    assert math.isnan(Carried(2020, 0, 5).completion)
