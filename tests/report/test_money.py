"""What the budget report says where amounts are unknown, small, of one nämnd, or have nothing to be checked by."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from krokomanalys.budget.ledger import Ledger, as_ledger
from krokomanalys.report import audit, money, money_tables, overview
from krokomanalys.report.lights import Light
from krokomanalys.report.tables import Table
from krokomanalys.sources.layouts import LEDGER
from krokomanalys.sources.ledger import LedgerNotes
from krokomanalys.sources.load import load
from krokomanalys.sources.slices import BudgetTables, Slice

UNKNOWN = float("nan")
NBSP = "\u00a0"


def ledger(rows: dict[str, tuple[float, float]], kind: str = "net", **notes: object) -> Ledger:
    """A ledger of 2020 in mkr with one decimal: budget and outcome by line, all of one kind."""
    blank = dict.fromkeys(LEDGER.columns, "")
    given = {"region": "2262", "year": 2020, "month": pd.NA, "through": pd.NA, "kind": kind, "board": "Kommunstyrelsen"}
    frame = pd.DataFrame(
        [
            blank | given | {"line": line, "basis": basis, "amount": amount}
            for line, amounts in rows.items()
            for basis, amount in zip(("budget", "outcome"), amounts, strict=True)
        ]
    ).astype({"month": "Int64", "through": "Int64", "amount": float})
    standard = {
        "region": "2262",
        "year": 2020,
        "document": {"title": "Prov", "body": "Provkommun"},
        "unit": "mkr",
        "rounded_to": 0.1,
        "signs": {"operations": "intäkt +"},
        "tables": {t: {"title": t, "total": "Summa"} for t in ("result", "net", "investment")},
    }
    return as_ledger(frame, LedgerNotes.model_validate(standard | notes))


@pytest.fixture(scope="module")
def timra() -> Slice:
    return load("budgetuppfoljning", None, municipality="2262", year=2020, board="Kommunstyrelsen")


def said(slice_: Slice, held: Ledger) -> str:
    return money.result_finding(slice_, held).replace(NBSP, " ")


def test_an_unknown_outcome_is_neither_better_nor_worse(timra: Slice) -> None:
    forecast = {"name": "augusti", "table": "net", "variance": 1.5}
    held = ledger({"Skola": (-10, UNKNOWN), "Vård": (-5, -6)}, forecasts=[forecast])
    assert said(timra, held) == "Om Timrå höll budgeten kan inte bedömas: utfall saknas för Skola."
    assert money.budget_lights(held)[0] == Light("not_judged", "", "Nettokostnad")
    assert money.forecast_findings(held)[0].endswith("Den kan inte jämföras med utfallet: utfall saknas för Skola.")
    assert money.offset_findings(held) == []


def test_an_unknown_investment_gives_no_completion() -> None:
    held = ledger({"Väg": (10, UNKNOWN), "Bro": (UNKNOWN, 1)}, kind="investment")
    (finding,) = money.investment_findings(held)
    assert finding.endswith("kan inte räknas: budget saknas för Bro, utfall saknas för Väg.")


def test_millions_keep_their_decimal_in_sentences(timra: Slice) -> None:
    held = ledger({"Skola": (-10, -10.4)})
    assert said(timra, held) == (
        "Timrå gick **0,4 mkr** sämre än budget (4,0 %). Nettokostnaden blev 10,4 mkr mot budgeterade 10,0 mkr."
    )


def test_a_kept_budget_is_neither_better_nor_worse(timra: Slice) -> None:
    assert said(timra, ledger({"Skola": (-10, -9.98)})).startswith("Timrå höll **budgeten**.")


def test_a_surplus_is_not_called_a_cost(timra: Slice) -> None:
    assert said(timra, ledger({"Skatt": (10, 12)})) == (
        "Timrå gick **2,0 mkr** bättre än budget. Intäkter minus kostnader blev +12,0 mkr mot budgeterade +10,0 mkr."
    )


def test_a_budget_of_zero_has_no_per_cent(timra: Slice) -> None:
    assert "%" not in said(timra, ledger({"Skola": (0, -1)}))


def test_a_ledger_of_only_investments_says_so(timra: Slice) -> None:
    held = ledger({"Väg": (10, 12)}, kind="investment")
    assert said(timra, held) == (
        "Timrå gick **2,0 mkr** sämre än budget (20,0 %) för investeringar. Underlaget har bara investeringar, "
        "ingen drift."
    )


@pytest.mark.parametrize(("worse", "hidden"), [(-4, False), (-9, True)])
def test_the_net_hides_only_where_both_sides_are_larger_than_it(worse: float, hidden: bool) -> None:
    held = ledger({"Skola": (0, 10), "Vård": (0, worse)})  # the net is 6, then 1
    assert bool(money.offset_findings(held)) is hidden


def test_nothing_to_check_and_what_cannot_be_checked_are_not_green() -> None:
    rows = {"Skola": (-10.0, -11.0)}
    alone = ledger(rows, printed=[{"table": "net", "line": "Skola", "outcome": -11}])
    assert len(money.budget_lights(ledger(rows))) == 1, "no light for what isn't there"
    assert money.budget_lights(alone)[1] == Light("neutral", "1 går inte att kontrollera", "Budgetens summor")


def test_one_namnd_of_a_larger_ledger_is_named_and_not_held_to_the_sums_of_all(timra: Slice) -> None:
    assert timra.budget is not None
    whole = timra.budget.notes.model_copy(update={"board": None})
    slice_ = replace(timra, budget=BudgetTables(timra.budget.ledger, whole))
    held = money.ledger_of(slice_)
    assert said(slice_, held).startswith("Kommunstyrelsen gick")
    assert len(money.budget_lights(held)) == 1
    assert money.forecast_findings(held) == []
    told = [audit.audit_prose(slice_, held), audit.audit_prose(timra, money.ledger_of(timra))]
    assert ["kontrolleras inte här" in piece.plain for piece in told if piece] == [True, False]


def test_the_overview_says_whose_money_and_goals_it_shows() -> None:
    slice_ = load("oversikt", None, municipality="2262", year=2020)
    pieces = [overview.whose_money(slice_), overview.whose_goals(slice_)]
    assert [p and p.plain for p in pieces] == [
        "Beloppen är Kommunstyrelsens, inte hela kommunens.",
        "Målen är Kommunstyrelsens, inte hela kommunens.",
    ]
    other = load("oversikt", None, municipality="2309", year=2024)
    assert overview.whose_money(other) is None and overview.whose_goals(other) is None


def test_tables_and_figures_have_swedish_names_and_tell_of_recomputed_totals(timra: Slice) -> None:
    held = money.ledger_of(timra)
    tables = [money_tables.variance_table(held, t) for t in ("result", "net", "investment")]
    assert [t.name for t in tables if isinstance(t, Table)] == [
        "resultat_2020",
        "nettokostnad_2020",
        "investeringar_2020",
    ]
    assert all("omräknad ur raderna" in t.note for t in tables if isinstance(t, Table))
    figure = money_tables.variance_figure(held, "net")
    assert figure is not None and figure.name == "avvikelse_nettokostnad"


def test_outcomes_of_two_years_have_the_ledgers_decimals() -> None:
    held = ledger({"Skola": (-10, -10.4)})
    rows = pd.concat([held.entries, held.entries.assign(year=2019)], ignore_index=True)
    table = money_tables.earlier_table(as_ledger(rows.drop(columns="table"), held.notes), table="net")
    assert isinstance(table, Table)
    assert {c.decimals for c in table.columns.values() if c.kind == "number"} == {1}


def test_a_long_name_is_broken_in_the_figure() -> None:
    name = "Gemensam förvaltning för kultur, fritid och ungdom i hela kommunen"
    figure = money_tables.variance_figure(ledger({name: (-10, -11), "Skola": (-5, -4)}), "net")
    assert figure is not None
    assert name not in figure.svg and "Gemensam förvaltning för kultur," in figure.svg
    assert name in figure.alt


def by_month(*rows: tuple[str, str, float | None, float]) -> Ledger:
    """A nämnd's eight months: line, kind, budget a month (None: nothing by month), outcome a month."""
    given = [
        {"line": line, "kind": kind, "basis": basis, "month": month, "amount": amount}
        for line, kind, budget, outcome in rows
        for basis, amount in (("budget", budget), ("outcome", outcome))
        for month in range(1, 9)
        if amount is not None
    ]
    given += [
        {"line": line, "kind": kind, "basis": "budget", "month": pd.NA, "amount": -120.0}
        for line, kind, budget, _ in rows
        if budget is None
    ]
    blank = dict.fromkeys(LEDGER.columns, "") | {"region": "2262", "year": 2020, "board": "Nämnden", "through": pd.NA}
    frame = pd.DataFrame([blank | row for row in given]).astype({"month": "Int64", "through": "Int64", "amount": float})
    notes = {
        "region": "2262",
        "year": 2020,
        "board": "Nämnden",
        "document": {"title": "Prov", "body": "Provkommun"},
        "unit": "tkr",
        "rounded_to": 1,
        "signs": {"operations": "intäkt +"},
        "tables": {t: {"title": t, "total": "Årets resultat"} for t in ("result", "net")},
    }
    return as_ledger(frame, LedgerNotes.model_validate(notes), 8)


def test_a_period_tells_its_whole_outcome_and_the_variance_of_what_has_a_budget_by_month(timra: Slice) -> None:
    whole = by_month(("Skola", "cost", -100, -110))
    assert said(timra, whole) == (
        "Nettokostnaden för Nämnden blev **880 tkr** januari–augusti 2020. Det är **80 tkr** sämre än budget (10,0 %)."
    )
    partly = by_month(("Skola", "cost", -100, -110), ("Park", "cost", None, -5))
    assert said(timra, partly) == (
        "Nettokostnaden för Nämnden blev **920 tkr** januari–augusti 2020. De rader som har budget per månad gick "
        "**80 tkr** sämre än budget (10,0 %)."
    )


def test_the_periods_table_ends_with_the_outcome_of_all_rows() -> None:
    table = money_tables.variance_table(by_month(("Skola", "cost", -100, -110), ("Park", "cost", None, -5)), "net")
    assert isinstance(table, Table)
    last = table.frame.set_index("line")["outcome"].tail(3)
    assert last.to_dict() == {
        "Rader med budget per månad": -880, "Rader utan budget per månad": -40, "Periodens resultat": -920
    }  # fmt: skip
    whole = money_tables.variance_table(by_month(("Skola", "cost", -100, -110)), "net")
    assert isinstance(whole, Table) and "Rader utan budget per månad" not in set(whole.frame["line"])
