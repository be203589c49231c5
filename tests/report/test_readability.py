"""LIX of the project's own words: how it is counted, what is left out, and that every report stays readable."""

from __future__ import annotations

import pandas as pd
import pytest
from nbformat import v4

from krokomanalys.batch.engine import read_notebook
from krokomanalys.report import page
from krokomanalys.report.comments import comment_sections
from krokomanalys.report.readability import HARDEST, lix, own_prose, running_text, summary
from krokomanalys.sources.layouts import COMMENTS
from krokomanalys.swedish import number

HARD = "Verksamhetsplaneringens budgetförutsättningar inkluderar kommunfullmäktiges resursfördelningsprinciper."


def test_lix_is_the_length_of_sentences_and_the_share_of_long_words() -> None:
    assert lix("Vi bor i en by. Kommunen växer varje år.") == pytest.approx(9 / 2 + 100 * 1 / 9)


def test_a_number_is_one_word_and_its_decimals_end_no_sentence() -> None:
    assert lix(f"Vi är {number(12345678)} i dag.") == 5
    assert lix("Det är 4,5 eller 4.5 nu.") == 6 and lix("Målet är −4,5–6,5 nu.") == 4
    assert lix("") == 0 and lix("…") == 0


def test_code_tables_headings_and_addresses_are_no_prose() -> None:
    text = f"## {HARD}\n\n| {HARD} |\n\n```\n{HARD}\n```\n\nVi [bor](https://kommunens-webbplats.se) här\n- i en by\n"
    assert running_text(text) == "Vi [bor] här. - i en by."


def test_a_reports_own_words_are_counted_and_what_it_quotes_is_not(small_notebook, cell) -> None:
    own = own_prose(small_notebook)
    for words in (
        "hur många vi blir.",  # lead
        "Krokom hade 15 532 invånare.",  # a finding
        "Kurvan går uppåt.",  # Markdown
        "Källa: SCB.",  # a figure's caption
        "Kostnader är negativa.",  # a table's note
        "Ett förslag till text.",
        "Summan stämmer inom 3 tkr.",
    ):
        assert words in own
    assert "Ändra parametrarna" not in own, "what stands above the opening isn't on the page"
    assert "varna" not in own and "märkligt" not in own and "CC0" not in own
    rows = pd.DataFrame([dict.fromkeys(COMMENTS.columns, "") | {"goal": "a", "kommentar": HARD}])
    quoted = comment_sections(rows, {}, "goal")
    assert HARD in quoted.plain
    small_notebook.cells += [cell(quoted), cell(page.prose(f'Dokumentet skriver "{HARD}" om målet.'))]
    assert HARD not in own_prose(small_notebook)
    assert "Dokumentet skriver citat om målet." in own_prose(small_notebook)


def test_hard_words_make_a_report_hard() -> None:
    notebook = v4.new_notebook(cells=[v4.new_markdown_cell("Inledning"), v4.new_markdown_cell(HARD)])
    assert lix(own_prose(notebook)) > 100


def test_the_runs_summary_tells_the_span_and_the_hardest_report() -> None:
    def record(report: str, value: float | None) -> dict[str, object]:
        about = {"name": "Krokom", "year": 2021, "period": None, "board": None}
        return {"report": report, **about, **({} if value is None else {"lix": value})}

    assert summary([record("oversikt", 28.2), record("maluppfoljning", 38.8), record("gammal", None)]) == (
        "Läsbarhet: LIX 28–39 (under 45 är målet). Svårast: maluppfoljning, Krokom 2021."
    )
    assert summary([record("oversikt", 28.2)]).startswith("Läsbarhet: LIX 28 (")
    assert summary([record("gammal", None)]) == ""


def test_every_report_is_easy_to_read_and_the_manifest_says_how_easy(finished) -> None:
    made = {place: record for place, record in finished.records.items() if record["status"] == "made"}
    assert made
    for place, record in made.items():
        files = [finished.out / output["file"] for output in record["outputs"]]
        notebook = read_notebook(next(file for file in files if file.suffix == ".ipynb"))
        assert record["lix"] == round(lix(own_prose(notebook)), 1)
        assert 15 < record["lix"] < HARDEST, place
