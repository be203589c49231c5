"""What managers write, as the page shows it: beside the figures, as they wrote it, and summed."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from krokomanalys.budget.ledger import Ledger
from krokomanalys.report.comments import (
    action_list,
    action_prose,
    action_table,
    comment_sections,
    comments_on_lines,
)
from krokomanalys.report.money import ledger_of
from krokomanalys.sources.layouts import COMMENTS
from krokomanalys.sources.load import load
from krokomanalys.sources.slices import Slice

Told = tuple[Slice, Ledger]


@pytest.fixture(scope="module")
def example() -> Told:
    slice_ = load("budgetuppfoljning", municipality="0000", year=2025)
    return slice_, ledger_of(slice_)


@pytest.fixture(scope="module")
def interim() -> Told:
    slice_ = load("delarsrapport", municipality="0000", year=2025, period="delar", known_until="2025-08-31")
    return slice_, ledger_of(slice_)


def rows(*given: dict[str, object]) -> pd.DataFrame:
    blank: dict[str, object] = dict.fromkeys(COMMENTS.columns, "") | {"effekt_tkr": float("nan")}
    return pd.DataFrame([blank | row for row in given], columns=list(COMMENTS.columns))


def test_what_is_written_on_a_line_stands_under_one_heading_with_its_figures() -> None:
    written = rows({"line": "Skola", "kommentar": "Dyrare <mat>"}, {"line": "Skola", "åtgärd": "Ny meny"})
    piece = comment_sections(written, {}, "line", {"Skola": "Budget −5 tkr."})
    assert piece.html.split("\n") == [
        "<h3>Skola</h3>",
        "<p>Budget −5 tkr.</p>",
        "<p><strong>Kommentar.</strong> Dyrare &lt;mat&gt;</p>",
        "<p><strong>Åtgärd.</strong> Ny meny</p>",
    ]


def test_an_action_tells_its_effect_who_answers_for_it_when_and_how_far_it_is() -> None:
    written = {"line": "x", "åtgärd": "Spar", "effekt_tkr": 400.0, "ansvarig": "Chef", "datum": "2025-10-01"}
    piece = comment_sections(rows(written | {"status": "pågår"}), {}, "line")
    assert piece.plain == "Åtgärd: Spar (effekt 400\u00a0tkr, Chef, senast 1 oktober 2025, pågår)"


def test_lines_that_a_form_lists_and_nobody_wrote_on_are_not_shown() -> None:
    assert comment_sections(rows({"line": "Skola"}), {}, "line").kind == "note"


def test_comments_stand_beside_their_lines_figures(example: Told) -> None:
    html = comments_on_lines(*example).html
    heading = html.index("<h3>Socialnämnden: Äldreomsorg</h3>")
    assert html[heading:].split("\n")[1].startswith("<p>2025: budget −270\u00a0758\u00a0tkr, utfall")


def test_a_comment_on_a_total_has_the_totals_figures() -> None:
    slice_ = load("budgetuppfoljning", municipality="2262", year=2020)
    html = comments_on_lines(slice_, ledger_of(slice_)).html
    assert "<p>2020: budget −105\u00a0546\u00a0tkr, utfall −104\u00a0869\u00a0tkr, avvikelse +677\u00a0tkr.</p>" in html


def test_the_plan_of_actions_sets_effects_against_the_deficits_of_a_forecast(interim: Told) -> None:
    table = action_table(*interim)
    assert table is not None
    frame = table.frame.set_index("board")
    assert frame.loc["Socialnämnden", ["under_way", "decided", "effect", "left"]].tolist() == [500, 400, 900, 2169]
    assert (frame["left"] == (frame["shortfall"] - frame["effect"]).clip(lower=0))[:-1].all()
    assert table.columns["decided"].label == "Beslutad"
    assert "delayed" not in table.columns and "unknown" not in table.columns and "after" not in table.columns
    assert table.note is not None and "Prognosen är från 14 september 2025." in table.note


def test_nothing_is_set_off_against_the_outcome_of_a_year_that_has_ended(example: Told) -> None:
    table, piece = action_table(*example), action_prose(*example)
    assert table is not None and piece is not None
    frame = table.frame.set_index("board")
    assert list(table.columns) == ["board", "shortfall", "included", "after"]
    assert frame.loc["Kommunstyrelsen", ["included", "after", "effect"]].tolist() == [300, 0, 0]
    assert frame.loc["Summa", "after"] == 4100
    assert "Klara åtgärder (300\u00a0tkr) räknas ingå i utfallet." in piece.plain
    assert "Efter 2025 väntas åtgärderna ge 4\u00a0100\u00a0tkr." in piece.plain
    assert "Åtgärd saknas" not in piece.plain


def test_the_sentence_on_actions_is_a_proposal_and_names_who_lacks_any(interim: Told) -> None:
    piece = action_prose(*interim)
    assert piece is not None and "Förslag" in piece.html
    assert "Miljö- och byggnadsnämnden" in piece.plain


def test_an_action_without_an_effect_is_listed_blank_and_told(example: Told) -> None:
    slice_, ledger = replace(example[0], comments=example[0].comments.assign(effekt_tkr=float("nan"))), example[1]
    listed, told, table = action_list(slice_, ledger), action_prose(slice_, ledger), action_table(slice_, ledger)
    assert listed is not None and told is not None and table is not None
    assert listed.frame["effekt_tkr"].isna().all()
    assert "5 åtgärder saknar effekt i kronor och är inte med i summan." in told.plain
    assert table.columns["unknown"].unit == "antal" and table.frame["effect"].sum() == 0


def test_a_year_without_actions_and_deficits_has_no_plan_of_actions() -> None:
    slice_ = load("budgetuppfoljning", municipality="2262", year=2020)
    ledger = ledger_of(slice_)
    assert (action_table(slice_, ledger), action_prose(slice_, ledger), action_list(slice_, ledger)) == (None,) * 3
