"""What the report says of drivers, budget versions, volumes, internal trade and projects."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from krokomanalys.budget.ledger import Ledger, as_ledger
from krokomanalys.errors import InputError
from krokomanalys.report import bridges, investments, variance_tables
from krokomanalys.report.page import Piece
from krokomanalys.report.pictures import Picture
from krokomanalys.report.tables import Table
from krokomanalys.sources import layouts
from krokomanalys.sources.layouts import LEDGER, Layout
from krokomanalys.sources.ledger import LedgerNotes
from krokomanalys.sources.load import load
from krokomanalys.sources.slices import BudgetTables, Slice
from krokomanalys.sources.tables import empty_table

NBSP = "\u00a0"
Row = Mapping[str, object]


@pytest.fixture(scope="module")
def timra() -> Slice:
    return load("budgetuppfoljning", None, municipality="2262", year=2020, board="Kommunstyrelsen")


def ledger(rows: list[Row], months: int = 12, **notes: object) -> Ledger:
    blank = dict.fromkeys(LEDGER.columns, "")
    given = {"region": "2262", "year": 2020, "month": pd.NA, "kind": "cost", "board": "A"}
    frame = pd.DataFrame([{**blank, **given, **row} for row in rows]).astype({"month": "Int64", "amount": float})
    standard = {
        "region": "2262",
        "year": 2020,
        "document": {"title": "Prov", "body": "Provkommun"},
        "unit": "tkr",
        "rounded_to": 1,
        "signs": {"operations": "intäkt +"},
        "tables": {t: {"title": t, "total": "Summa"} for t in ("result", "net", "investment")},
    }
    return as_ledger(frame, LedgerNotes.model_validate(standard | notes), months)


def table_of(layout: Layout, rows: list[Row]) -> pd.DataFrame:
    if not rows:
        return empty_table(layout)
    blank: dict[str, Any] = {c: float("nan") if k.kind == "amount" else "" for c, k in layout.columns.items()}
    return pd.DataFrame([{**blank, "region": "2262", "year": 2020, "board": "A", **row} for row in rows])


def about(slice_: Slice, held: Ledger, **tables: list[Row]) -> Slice:
    names = {"drivers": layouts.DRIVERS, "volumes": layouts.VOLUMES, "projects": layouts.INVESTMENTS}
    given = {name: table_of(names[name], rows) for name, rows in tables.items()}
    return replace(slice_, budget=BudgetTables(held.entries, held.notes, **given))


def year(budget: float, outcome: float, **more: object) -> list[Row]:
    return [{"basis": b, "amount": a, **more} for b, a in (("budget", budget), ("outcome", outcome))]


def plain(piece: Piece | None) -> str:
    assert isinstance(piece, Piece)
    return piece.plain.replace(NBSP, " ")


TWO = [*year(-100, -110, line="Skola"), *year(-50, -47, line="Vård")]


def test_the_bridge_from_budget_to_outcome_shows_what_is_unexplained(timra: Slice) -> None:
    held = ledger(TWO)
    given: list[Row] = [
        {"line": "Skola", "driver": "volym", "amount": -8.0, "note": "fler elever"},
        {"line": "Vård", "driver": "vakans", "amount": 3.0},
    ]
    slice_ = about(timra, held, drivers=given)
    figure = bridges.driver_figure(slice_, held)
    assert isinstance(figure, Picture)
    assert figure.table.frame["part"].tolist() == ["Budget 2020", "vakans", "volym", "oförklarat", "Utfall 2020"]
    assert figure.table.frame["value"].tolist()[1:4] == [3, -8, -2]
    assert "oförklarat −2" in figure.alt and "<pattern" in figure.svg
    said = plain(bridges.driver_prose(slice_, held))
    assert said == (
        "Avvikelsen är −7 tkr. Orsakerna blir tillsammans −5 tkr och det oförklarade −2 tkr. Störst är volym, −8 tkr."
    )


def test_every_row_of_the_driver_table_ends_with_its_unexplained_even_when_it_is_nothing(timra: Slice) -> None:
    held = ledger([*TWO, *year(-10, -9, line="Kultur")])
    given: list[Row] = [{"line": "Vård", "driver": "vakans", "amount": 3.0}]
    table = bridges.driver_table(about(timra, held, drivers=given), held)
    assert isinstance(table, Table)
    rows = table.frame[["what", "amount", "kind"]].to_numpy().tolist()
    assert rows == [
        ["Vård", 3, ""],
        ["vakans", 3, "varav"],
        ["oförklarat", 0, "varav"],
        ["Övriga rader", -9, ""],
        ["Summa", -6, "total"],
        ["oförklarat", -9, "varav"],
    ]


def test_a_driver_without_amount_is_named_and_counted_nowhere(timra: Slice) -> None:
    held = ledger(TWO)
    slice_ = about(timra, held, drivers=[{"line": "Skola", "driver": "pris", "note": "leasing"}])
    assert "Belopp saknas för pris (leasing). Det ingår i det oförklarade." in plain(bridges.driver_prose(slice_, held))
    table = bridges.driver_table(slice_, held)
    assert table is not None and "belopp saknas; leasing" in table.html
    figure = bridges.driver_figure(slice_, held)
    assert isinstance(figure, Picture) and "oförklarat −7" in figure.alt


def test_drivers_that_say_too_much_are_told(timra: Slice) -> None:
    held = ledger(TWO)
    slice_ = about(timra, held, drivers=[{"line": "Skola", "driver": "pris", "amount": -12.0}])
    said = plain(bridges.driver_prose(slice_, held))
    assert "Orsakerna förklarar 5 tkr mer än avvikelsen, som är −7 tkr." in said
    assert "Orsakerna för Skola förklarar 2 tkr mer än avvikelsen, som är −10 tkr." in said


def test_without_drivers_volumes_versions_trade_or_projects_nothing_is_shown(timra: Slice) -> None:
    held = ledger(TWO)
    slice_ = about(timra, held)
    pieces: list[Callable[[Slice, Ledger], object]] = [
        bridges.driver_figure,
        bridges.driver_table,
        bridges.driver_prose,
        bridges.version_driver_figure,
        bridges.version_prose,
        variance_tables.volume_table,
        investments.projects_year,
        investments.projects_total,
        investments.project_prose,
    ]
    assert [piece(slice_, held) for piece in pieces] == [None] * len(pieces)
    own: list[Callable[[Ledger], object]] = [
        bridges.version_figure,
        bridges.version_table,
        variance_tables.board_table,
        variance_tables.notable_table,
        variance_tables.notable_prose,
        variance_tables.trade_table,
        variance_tables.trade_prose,
        variance_tables.trade_pairs,
        variance_tables.trade_variances,
    ]
    assert [piece(held) for piece in own] == [None] * len(own)


def test_an_unknown_outcome_leaves_the_bridge_out_and_says_so(timra: Slice) -> None:
    held = ledger([*year(-100, -110, line="Skola"), {"basis": "budget", "line": "Vård", "amount": -50}])
    slice_ = about(timra, held, drivers=[{"line": "Skola", "driver": "volym", "amount": -8.0}])
    assert "budget eller utfall saknas" in plain(bridges.driver_figure(slice_, held))  # type: ignore[arg-type]
    table = bridges.driver_table(slice_, held)
    assert table is not None and table.frame["amount"].tolist()[:3] == [-10, -8, -2]


MONTHS: list[Row] = [
    {"line": "Skola", "basis": basis, "month": month, "amount": amount}
    for basis, amount, last in (("budget", -10, 12), ("outcome", -11, 8))
    for month in range(1, last + 1)
]


def test_a_period_is_held_to_its_own_budget(timra: Slice) -> None:
    held = ledger(MONTHS, months=8)
    slice_ = about(timra, held, drivers=[{"line": "Skola", "driver": "volym", "amount": -5.0}])
    figure = bridges.driver_figure(slice_, held)
    assert isinstance(figure, Picture)
    frame = figure.table.frame
    assert frame["part"].iloc[0] == "Budget januari–augusti 2020" and frame["level"].iloc[0] == -80
    assert frame["value"].tolist()[1:3] == [-5, -3]


def test_a_year_without_months_is_held_to_its_forecast(timra: Slice) -> None:
    rows: list[Row] = [{"basis": b, "line": "Skola", "amount": a} for b, a in (("budget", -100), ("forecast", -104))]
    held = ledger(rows, months=8)
    slice_ = about(timra, held, drivers=[{"line": "Skola", "driver": "volym", "amount": -3.0}])
    figure = bridges.driver_figure(slice_, held)
    assert isinstance(figure, Picture)
    assert figure.table.frame["part"].tolist() == ["Budget 2020", "volym", "oförklarat", "Helårsprognos 2020"]
    assert figure.table.frame["value"].tolist()[1:3] == [-3, -1]


VERSIONS: list[Row] = [
    {"line": line, "basis": "budget", "version": name, "decided": day, "amount": amount}
    for name, day, lines in (
        ("rambudget juni", "2019-06-17", {"Skola": -100, "Vård": -50}),
        ("budget november", "2019-11-20", {"Skola": -104, "Vård": -50}),
        ("reviderad april", "2020-04-20", {"Skola": -104, "Vård": -47}),
    )
    for line, amount in lines.items()
]


def test_why_the_budget_differs_from_the_june_budget(timra: Slice) -> None:
    held = ledger(VERSIONS)
    figure = bridges.version_figure(held)
    assert figure is not None
    assert figure.table.frame["part"].tolist() == ["Rambudget juni", "Skola", "Vård", "Reviderad april"]
    assert figure.table.frame["level"].tolist() == [-150, -154, -151, -151]
    table = bridges.version_table(held)
    assert table is not None and table.frame["change"].tolist() == [-4, 3, -1]
    assert "rambudget juni 2019-06-17" in table.note
    given: list[Row] = [{"line": "Vård", "against": "budget november", "driver": "effektivisering", "amount": 2.5}]
    slice_ = about(timra, held, drivers=given)
    told = bridges.version_driver_figure(slice_, held)
    assert told is not None and told.table.frame["value"].tolist()[1:3] == [2.5, 0.5]
    assert plain(bridges.version_prose(slice_, held)).startswith(
        "Nettokostnaden i reviderad april är 1 tkr högre än i rambudget juni. Störst är ändringen för Skola: −4 tkr."
    )


def test_what_is_worth_a_word_is_told_with_its_limits() -> None:
    held = ledger(TWO, materiality={"amount": 2, "percent": 7.5})
    assert plain(variance_tables.notable_prose(held)) == (
        "1 av 2 rader har en väsentlig avvikelse. Väsentlig är en avvikelse på minst 2 tkr och minst 7,5 % av budgeten."
    )
    table = variance_tables.notable_table(held)
    assert table is not None and table.frame[["line", "limit"]].to_numpy().tolist() == [["Skola", 7.5]]


def test_a_small_total_that_hides_large_rows_is_told() -> None:
    held = ledger(
        [*year(-100, -110, line="Skola"), *year(-50, -41, line="Vård")], materiality={"amount": 5, "percent": 0}
    )
    said = plain(variance_tables.notable_prose(held))
    assert "Summan −1 tkr är inte väsentlig, men den döljer 9 tkr bättre och 10 tkr sämre." in said


def test_a_board_with_a_grant_has_its_result() -> None:
    held = ledger(
        [
            {"line": k, "kind": k, "basis": "outcome", "amount": a}
            for k, a in (("grant", 100), ("income", 20), ("cost", -115))
        ]
    )
    table = variance_tables.board_table(held)
    assert table is not None and table.frame["result"].tolist() == [5, 5]
    assert "Nämndbidrag" in table.html


def test_volume_and_price_sum_to_the_variance_with_mix_only_where_there_is_any(timra: Slice) -> None:
    held = ledger(TWO)
    rows: list[Row] = [
        {"line": "Skola", "item": "elever", "unit": "elever", "basis": basis, "volume": volume, "price": price}
        for basis, volume, price in (("budget", 100.0, 1.0), ("outcome", 110.0, 1.1))
    ]
    table = variance_tables.volume_table(about(timra, held, volumes=rows), held)
    assert table is not None and "mix" not in table.columns
    last = table.frame.iloc[-1]
    assert (round(last["variance"]), round(last["volume"]), round(last["price"])) == (-21, -10, -11)
    more: list[Row] = [
        {"line": "Skola", "item": "små", "unit": "elever", "basis": basis, "volume": volume, "price": 3.0}
        for basis, volume in (("budget", 10.0), ("outcome", 5.0))
    ]
    mixed = variance_tables.volume_table(about(timra, held, volumes=[*rows, *more]), held)
    assert mixed is not None and "mix" in mixed.columns


TRADE: list[Row] = [
    *year(30, 20, board="A", counterpart="B", kind="income", line="Bilpool"),
    *year(-30, -18, board="B", counterpart="A", kind="cost", line="Bilar"),
    *year(-25, -22, board="A", kind="cost", line="Bränsle"),
]


def test_internal_trade_that_does_not_match_is_told_with_its_amount() -> None:
    held = ledger(TRADE)
    said = plain(variance_tables.trade_prose(held))
    assert "I 1 av 1 par av nämnder" in said and said.endswith("A (säljare) och B (köpare): 2 tkr.")
    table = variance_tables.trade_table(held)
    assert table is not None and table.frame["internal"].tolist() == [20, -18, 2]
    variances = variance_tables.trade_variances(held)
    assert variances is not None
    assert variances.frame[["board", "variance", "internal", "external"]].to_numpy().tolist() == [
        ["A", -7, -10, 3],
        ["B", 12, 12, 0],
        ["Summa", 5, 2, 3],
    ]


def test_a_boards_own_trade_is_kept(timra: Slice) -> None:
    held = ledger([row for row in TRADE if row["board"] == "A"], board="A")
    assert variance_tables.trade_table(held) is None
    assert held.rows.loc[held.rows["kind"] == "income", "amount"].tolist() == [30, 20]


def test_timras_projects_that_stand_out(timra: Slice) -> None:
    assert timra.budget is not None
    held = as_ledger(timra.budget.ledger, timra.budget.notes)
    said = plain(investments.project_prose(timra, held))
    assert said.startswith(
        "Utan budget i år: Vivsta 19:1 (2 538 tkr). Inget är använt av budgeten för Strategiska mark"
    )


PROJECT: Row = {
    "line": "Bro",
    "project": "17",
    "decided_total": 60.0,
    "accumulated": 63.0,
    "forecast_total": 66.0,
    "planned_end": "2020-06-30",
    "expected_end": "2021-01-31",
}


def test_a_late_and_dear_project_is_told(timra: Slice) -> None:
    held = ledger(year(20, 30, kind="investment", line="Bro", project="17"))
    slice_ = about(timra, held, projects=[PROJECT])
    assert plain(investments.project_prose(slice_, held)) == (
        "Dyrare än beslutat enligt prognosen: Bro, 17 (6 tkr). Försenade: Bro, 17 (7 månader)."
    )
    table = investments.projects_total(slice_, held)
    assert table is not None and "januari 2021" in table.html and "+7" in table.html
    assert investments.projects_year(slice_, held) is None, "one project a line is the table of lines again"


def test_projects_of_one_line_are_told_apart(timra: Slice) -> None:
    rows = [row for number in ("17", "18") for row in year(20, 30, kind="investment", line="Bro", project=number)]
    held = ledger(rows)
    shown = investments.projects_year(about(timra, held), held)
    assert shown is not None and shown.frame["completion"].tolist() == [150, 150]


def test_completion_of_earlier_years_cuts_the_budget() -> None:
    def of(when: int, budget: float, outcome: float) -> Ledger:
        return ledger(year(budget, outcome, kind="investment", line="Bro", year=when), year=when)

    now, before = of(2020, 200, 90), [of(2019, 100, 60), of(2018, 50, 40)]
    said = plain(investments.completion_prose(now, before))
    assert "De senaste 2 år har i snitt 70,0 % av investeringsbudgeten blivit av." in said
    assert said.endswith("Med samma andel i år blir det 140 tkr av 200 tkr.")
    assert plain(investments.completion_prose(now, before[:1])).startswith("Förra året blev 60,0 %")
    assert investments.completion_prose(now, []) is None
    table = investments.completion_table([now, *before])
    assert table is not None and table.frame["year"].tolist() == [2018, 2019, 2020]
    assert investments.completion_table([now]) is None


PLANS: list[Row] = [
    {"plan": plan, "account": account, "kind": kind, "name": name}
    for plan, account, kind, name in (
        ("Bas 20", "5", "cost", "Personal"),
        ("Bas 24", "50", "cost", "Löner"),
        ("Bas 24", "3", "income", "Intäkter"),
    )
]


def booked(when: int, plan: str, *rows: tuple[str, str, float]) -> Ledger:
    given: list[Row] = [
        {"year": when, "kind": kind, "account": account, "line": "Skola", "basis": "outcome", "amount": amount}
        for kind, account, amount in rows
    ]
    return ledger(given, year=when, account_plan=plan)


def test_accounts_are_compared_in_this_years_plan(timra: Slice) -> None:
    now = booked(2020, "Bas 24", ("cost", "5010", -30), ("cost", "5020", -5), ("income", "3010", 4), ("cost", "", -1))
    before = booked(2019, "Bas 20", ("cost", "6010", -31))
    changes = pd.DataFrame([{"from_plan": "Bas 20", "to_plan": "Bas 24", "from_account": "60", "to_account": "50"}])
    budget = BudgetTables(now.entries, now.notes, accounts=pd.DataFrame(PLANS), account_changes=changes)
    table = variance_tables.account_table(replace(timra, budget=budget), now, before)
    assert table is not None
    rows = table.frame[["what", "earlier", "later", "change"]].fillna(0).to_numpy().tolist()
    assert rows == [
        ["30 Intäkter", 0, 4, 0],
        ["utan konto", 0, -1, 0],
        ["50 Löner", -31, -35, -4],
        ["Summa", -31, -32, -1],
    ]
    assert "2019 är omräknat till Bas 24" in table.note
    assert variance_tables.account_table(replace(timra, budget=budget), now, None) is None
    none = replace(timra, budget=replace(budget, account_changes=changes[:0]))
    with pytest.raises(InputError, match="kontot 6010 har ingen motsvarighet"):
        variance_tables.account_table(none, now, before)
