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
    assert piece.plain == "Åtgärd: Spar (effekt 400\u00a0tkr, Chef, senast 2025-10-01, pågår)"


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


def test_the_plan_of_actions_sets_effects_against_deficits(example: Told) -> None:
    table = action_table(*example)
    assert table is not None
    frame = table.frame.set_index("board")
    assert frame.loc["Socialnämnden", ["under_way", "to_come", "effect"]].tolist() == [2700, 800, 3500]
    assert (frame["left"] == (frame["shortfall"] - frame["effect"]).clip(lower=0))[:-1].all()
    assert "delayed" not in table.columns and "unknown" not in table.columns


def test_the_sentence_on_actions_is_a_proposal_and_names_who_lacks_any(example: Told) -> None:
    piece = action_prose(*example)
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
