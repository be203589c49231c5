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
    given = {"region": "2262", "year": 2020, "month": pd.NA, "through": pd.NA, "kind": "cost", "board": "A"}
    frame = pd.DataFrame([{**blank, **given, **row} for row in rows]).astype(
        {"month": "Int64", "through": "Int64", "amount": float}
    )
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


def told(*findings: str) -> str:
    return " ".join(findings).replace(NBSP, " ").replace("**", "")


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
    assert said == "Avvikelsen är −7 tkr och orsakerna blir tillsammans −5 tkr. Störst är volym, −8 tkr."
    (finding,) = bridges.driver_findings(slice_, held)
    assert told(finding) == (
        "Det oförklarade är 2 tkr sämre. Alla avvikelser är 13 tkr. Mest är oförklarat för Skola (−2 tkr)."
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
        ["Övriga rader, bättre", 1, ""],
        ["Övriga rader, sämre", -10, ""],
        ["Summa", -6, "total"],
        ["oförklarat, bättre", 1, "varav"],
        ["oförklarat, sämre", -10, "varav"],
    ]
    assert table.frame["note"].tolist()[3:5] == ["ingen orsak är lämnad för Kultur", "ingen orsak är lämnad för Skola"]


def test_what_is_unexplained_both_ways_is_not_netted(timra: Slice) -> None:
    held = ledger([*year(-100, -110, line="Skola"), *year(-50, -41, line="Vård")])
    slice_ = about(timra, held, drivers=[{"line": "Skola", "driver": "pris", "amount": -2.0}])
    assert told(*bridges.driver_findings(slice_, held)) == (
        "Det oförklarade är 9 tkr bättre och 8 tkr sämre, tillsammans 17 tkr. Alla avvikelser är 19 tkr. "
        "Mest är oförklarat för Vård (+9 tkr)."
    )
    figure = bridges.driver_figure(slice_, held)
    assert isinstance(figure, Picture)
    shown = figure.table.frame[["part", "value"]].to_numpy().tolist()[1:-1]
    assert shown == [["pris", -2], ["oförklarat, bättre", 9], ["oförklarat, sämre", -8]]
    assert figure.svg.count("<pattern") == 2


def test_drivers_that_go_the_other_way_than_the_variance_are_told(timra: Slice) -> None:
    held = ledger(TWO)
    slice_ = about(timra, held, drivers=[{"line": "Skola", "driver": "volym", "amount": 4.0}])
    said = plain(bridges.driver_prose(slice_, held))
    assert "Orsakerna går åt andra hållet än avvikelsen för Skola (orsaker +4 tkr, avvikelse −10 tkr)." in said
    table = bridges.driver_table(slice_, held)
    assert table is not None and table.frame["note"].iloc[0] == "orsakerna går åt andra hållet"


def test_drivers_are_held_to_volumes_and_prices(timra: Slice) -> None:
    held = ledger(TWO)
    volumes: list[Row] = [
        {"line": "Skola", "item": item, "unit": "elever", "basis": basis, "volume": volume, "price": price}
        for item, price, before, after in (("små", 1.0, 30.0, 32.0), ("stora", 4.0, 10.0, 11.0))
        for basis, volume in (("budget", before), ("outcome", after))
    ]
    drivers: list[Row] = [{"line": "Skola", "driver": "volym", "amount": -5.0}]
    slice_ = about(timra, held, drivers=drivers, volumes=volumes)
    said = plain(bridges.driver_prose(slice_, held))
    assert said.endswith("Skola, volym: −5 tkr enligt nämnden, −6 tkr enligt antal och pris.")
    same = about(timra, held, drivers=[{**drivers[0], "amount": -6.0}], volumes=volumes)
    assert "enligt nämnden" not in plain(bridges.driver_prose(same, held))


def test_a_driver_without_amount_is_named_and_counted_nowhere(timra: Slice) -> None:
    held = ledger(TWO)
    slice_ = about(timra, held, drivers=[{"line": "Skola", "driver": "pris", "note": "leasing"}])
    assert "Belopp saknas för pris (leasing). Det ingår i det oförklarade." in plain(bridges.driver_prose(slice_, held))
    table = bridges.driver_table(slice_, held)
    assert table is not None and "belopp saknas; leasing" in table.html
    figure = bridges.driver_figure(slice_, held)
    assert isinstance(figure, Picture) and "oförklarat, sämre −10" in figure.alt


def test_drivers_that_say_too_much_are_told(timra: Slice) -> None:
    held = ledger(TWO)
    slice_ = about(timra, held, drivers=[{"line": "Skola", "driver": "pris", "amount": -12.0}])
    said = plain(bridges.driver_prose(slice_, held))
    assert "Orsakerna förklarar för mycket för Skola (2 tkr mer än avvikelsen −10 tkr)." in said
    assert "för mycket" not in told(*bridges.driver_findings(slice_, held)), "no limits say that it is material"
    for limit, material in ((2, True), (3, False)):
        limited = ledger(TWO, materiality={"amount": limit, "percent": 0})
        found = told(*bridges.driver_findings(slice_, limited))
        assert ("Orsakerna för Skola förklarar 2 tkr för mycket." in found) == material


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
    assert told(*variance_tables.notable_findings(held)) == (
        "1 av 2 rader har en väsentlig avvikelse, minst 2 tkr och minst 7,5 % av budgeten."
    )
    table = variance_tables.notable_table(held)
    assert table is not None and table.frame[["line", "limit"]].to_numpy().tolist() == [["Skola", 7.5]]
    assert "forecast_variance" not in table.columns, "a whole year has no forecast beside it"
    assert variance_tables.notable_prose(held) is None, "what the findings say isn't said again"


def test_the_largest_variance_is_named_also_under_its_limit() -> None:
    rows = [*year(-50, -56, line="Vård"), *year(1000, 1009, kind="income", line="Skatt")]
    held = ledger(rows, materiality={"amount": 2, "percent": 1})
    assert plain(variance_tables.notable_prose(held)) == (
        "Störst är avvikelsen för Skatt, +9 tkr. Den räknas inte som väsentlig, för gränsen är 10 tkr, 1 % av radens "
        "budget."
    )
    small = ledger(TWO, materiality={"amount": 50, "percent": 1})
    assert "för gränsen är 50 tkr." in plain(variance_tables.notable_prose(small))
    assert told(*variance_tables.notable_findings(small)).startswith("Ingen av 2 rader har en väsentlig avvikelse.")


def test_a_periods_variance_that_the_years_forecast_does_not_have_is_told() -> None:
    rows: list[Row] = [
        {"line": line, "basis": basis, "month": month, "amount": amount}
        for line, outcome in (("Skola", -8), ("Vård", -13))
        for basis, amount in (("budget", -10), ("outcome", outcome))
        for month in range(1, 13 if basis == "budget" else 9)
    ]
    rows += [{"line": line, "basis": "forecast", "amount": a} for line, a in (("Skola", -119), ("Vård", -150))]
    held = ledger(rows, months=8, materiality={"amount": 5, "percent": 0})
    assert told(*variance_tables.notable_findings(held)) == (
        "2 av 2 rader har en väsentlig avvikelse, minst 5 tkr och minst 0 % av budgeten. Väsentligt nu men inte i "
        "lämnad prognos för året: Skola +16 tkr (prognos +1 tkr)."
    )
    table = variance_tables.notable_table(held)
    assert table is not None and "forecast_variance" in table.columns
    assert table.frame[["line", "variance", "forecast_variance"]].to_numpy().tolist() == [
        ["Vård", -24, -30],
        ["Skola", 16, 1],
    ]


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
    assert table is not None and "mix" not in table.columns and "före avrundning" in table.note
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
        "Utgiften hittills är högre än beslutat: Bro, 17 (3 tkr). Försenade: Bro, 17 (7 månader)."
    )
    assert told(*investments.project_findings(slice_, held)) == (
        "Bro kostade 10 tkr mer än årets budget (150,0 % av den) och har passerat beslutad totalutgift, "
        "63 tkr av 60 tkr."
    )
    table = investments.projects_total(slice_, held)
    assert table is not None and "januari 2021" in table.html and "+7" in table.html
    assert investments.projects_year(slice_, held) is None, "one project a line is the table of lines again"


def test_the_projects_found_are_ranked_by_money(timra: Slice) -> None:
    held = ledger(
        [
            *year(20, 21, kind="investment", line="Bro", project="17"),
            *year(0, 8, kind="investment", line="Tak", project="18"),
            *year(30, 10, kind="investment", line="Väg", project="19"),
        ]
    )
    given: list[Row] = [
        {"line": "Tak", "project": "18", "decided_total": 0.0, "accumulated": 8.0, "forecast_total": 9.0},
        {"line": "Väg", "project": "19", "decided_total": 50.0, "accumulated": 40.0, "forecast_total": 62.0},
    ]
    slice_ = about(timra, held, projects=given)
    assert told(*investments.project_findings(slice_, held)) == (
        "Väg väntas bli 12 tkr dyrare i sin helhet än beslutat. Tak kostade 8 tkr i år utan budget och har ingen "
        "beslutad totalutgift. Bro kostade 1 tkr mer än årets budget (105,0 % av den)."
    )
    assert plain(investments.project_prose(slice_, held)) == (
        "Utan budget i år: Tak, 18 (8 tkr). Totalutgift utan beslut: Tak, 18 (9 tkr). Dyrare än beslutat enligt "
        "prognosen: Väg, 19 (12 tkr)."
    )


def test_of_a_period_the_years_forecast_is_held_to_the_budget(timra: Slice) -> None:
    rows: list[Row] = [
        {"line": line, "kind": "investment", "basis": basis, "month": month, "amount": amount}
        for line, amounts in (("Bro", (20, 15, 24)), ("Väg", (20, 23, 21)), ("Torg", (20, 5, 20)))
        for basis, month, amount in zip(("budget", "outcome", "forecast"), (pd.NA, 3, pd.NA), amounts, strict=True)
    ]
    held = ledger(rows, months=8)
    assert told(*investments.project_findings(about(timra, held), held)) == (
        "Bro väntas kosta 4 tkr mer än årets budget (120,0 % av den). "
        "Väg har kostat 3 tkr mer än årets budget (115,0 % av den)."
    )


def test_projects_of_one_line_are_told_apart(timra: Slice) -> None:
    rows = [row for number in ("17", "18") for row in year(20, 30, kind="investment", line="Bro", project=number)]
    held = ledger(rows)
    shown = investments.projects_year(about(timra, held), held)
    assert shown is not None and shown.frame["completion"].tolist() == [150, 150]


def invested(when: int, budget: float, outcome: float, forecast: float = 0, months: int = 12) -> Ledger:
    given = (("budget", pd.NA, budget), ("outcome", 3, outcome), ("forecast", pd.NA, forecast))
    rows: list[Row] = [
        {"line": "Bro", "kind": "investment", "year": when, "basis": basis, "month": month, "amount": amount}
        for basis, month, amount in given
        if amount
    ]
    return ledger(rows, months, year=when)


def test_a_finished_year_is_not_told_what_it_might_become() -> None:
    now, before = invested(2020, 200, 210), [invested(2019, 100, 60), invested(2018, 50, 45)]
    assert plain(investments.completion_prose(now, before)) == (
        "2018–2019 användes 70,0 % av investeringsbudgeten, 105 tkr av 150 tkr. 2020 användes 105,0 %."
    )
    assert plain(investments.completion_prose(now, before[:1])).startswith("År 2019 användes 60,0 %")
    assert investments.completion_prose(now, []) is None
    table = investments.completion_table([now, *before])
    assert table is not None and table.frame["year"].tolist() == [2018, 2019, 2020]
    assert investments.completion_table([now]) is None


def test_earlier_years_share_stands_beside_what_is_used_and_the_forecast() -> None:
    before = [invested(2019, 100, 60), invested(2018, 50, 45)]
    said = plain(investments.completion_prose(invested(2020, 200, 90, 190, months=8), before))
    assert said.endswith(
        "I år är 90 tkr av 200 tkr använt till och med augusti. Med samma andel blir årets utgift 140 tkr. "
        "Lämnad prognos är 190 tkr."
    )
    over = plain(investments.completion_prose(invested(2020, 200, 150, 190, months=8), before))
    assert "Med samma andel" not in over and over.endswith("Lämnad prognos är 190 tkr.")


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


def test_the_bridge_of_a_period_says_that_it_is_of_the_rows_with_months(timra: Slice) -> None:
    rest = year(-12, -5, line="Vård")
    slice_ = about(timra, ledger(MONTHS), drivers=[{"line": "Skola", "driver": "volym", "amount": -5.0}])
    for rows, name in ((MONTHS, "Summa"), ([*MONTHS, *rest], "Rader med budget per månad")):
        table = bridges.driver_table(slice_, ledger(rows, months=8))
        assert table is not None
        assert table.frame.loc[table.frame["kind"] == "total", "what"].tolist() == [name]
