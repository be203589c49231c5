from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from krokomanalys.errors import InputError
from krokomanalys.sources.goals import GoalVersion
from krokomanalys.sources.layouts import COMMENTS, GOAL_BASES, GOAL_OUTLOOK
from krokomanalys.targets.goals import goals_beside_printed
from krokomanalys.targets.judgements import with_judgements
from krokomanalys.targets.status import from_words

FILE = "data/comments/0000-2025.csv"
WHOLE = {
    "goal": "skola",
    "bedömning": "delvis uppfyllt",
    "grund": "aktiviteter",
    "bedömd_av": "Skolchefen",
    "bedömd": "2026-02-02",
    "läge": "utkast",
}


def version(printed: str | None = None) -> GoalVersion:
    said = {"printed": {"words": printed, "basis": "judgement"}} if printed else {}
    content = {
        "region": "0000",
        "year": 2025,
        "document": {"title": "Mål", "body": "Exempelkommun"},
        "goals": [
            {"id": "skola", "title": "Skola", "kind": "namnd"} | said,
            {"id": "vard", "title": "Vård", "kind": "namnd"},
        ],
    }
    return GoalVersion.model_validate(content)


def rows(*given: dict[str, str]) -> pd.DataFrame:
    return pd.DataFrame([dict.fromkeys(COMMENTS.columns, "") | row for row in given], columns=list(COMMENTS.columns))


def test_a_managers_judgement_is_what_is_printed_of_the_goal() -> None:
    judged = with_judgements(version(), rows(WHOLE), FILE)
    printed = judged.goals[0].printed
    assert printed is not None
    assert (printed.words, printed.basis, printed.by) == ("delvis uppfyllt", "activity", "Skolchefen")
    assert (printed.when, printed.stage) == (date(2026, 2, 2), "utkast")
    assert judged.goals[1].printed is None


def test_it_stands_beside_the_rules_status_and_never_instead_of_it() -> None:
    judged = with_judgements(version(), rows(WHOLE), FILE)
    nothing = pd.DataFrame(columns=["region", "measure", "date", "value", "precision", "n", "N", "sampling", "note"])
    row = goals_beside_printed(judged, nothing, 2025, {}).iloc[0]
    assert (row["status"], row["printed"], row["printed_status"]) == ("not_judged", "delvis uppfyllt", "partly")


def test_one_row_for_each_atgard_may_repeat_the_judgement_or_leave_it_blank() -> None:
    told = rows(WHOLE | {"åtgärd": "Ett"}, WHOLE | {"åtgärd": "Två"}, {"goal": "skola", "åtgärd": "Tre"})
    assert with_judgements(version(), told, FILE) == with_judgements(version(), rows(WHOLE), FILE)


def test_without_a_ground_it_rests_on_judgement() -> None:
    printed = with_judgements(version(), rows({"goal": "skola", "bedömning": "uppfyllt"}), FILE).goals[0].printed
    assert printed is not None and printed.basis == "judgement" and printed.when is None


def test_comments_without_a_judgement_change_nothing() -> None:
    told = rows({"goal": "skola", "kommentar": "Bra."}, {"line": "Skola", "kommentar": "Dyrt."})
    assert with_judgements(version("uppfyllt"), told, FILE) == version("uppfyllt")


@pytest.mark.parametrize(
    ("told", "column", "words"),
    [
        ([WHOLE | {"goal": "skolan"}], "goal", 'målet "skolan" har en bedömning men finns inte i målfilen'),
        ([WHOLE, WHOLE | {"bedömning": "uppfyllt"}], "bedömning", '"delvis uppfyllt" och "uppfyllt"'),
        ([WHOLE, WHOLE | {"läge": "beslutad"}], "läge", '"utkast" och "beslutad"'),
        ([WHOLE | {"bedömning": ""}], "bedömning", "har grund men ingen bedömning"),
    ],
)
def test_what_cannot_be_one_judgement_of_a_goal_is_refused(told: list[dict[str, str]], column: str, words: str) -> None:
    with pytest.raises(InputError) as caught:
        with_judgements(version(), rows(*told), FILE)
    (fault,) = caught.value.faults
    assert (fault.file, fault.column) == (FILE, column)
    assert words in fault.problem


def test_a_goal_with_the_documents_own_word_gets_no_second_one() -> None:
    with pytest.raises(InputError, match='redan dokumentets eget omdöme, "uppfyllt"'):
        with_judgements(version("uppfyllt"), rows(WHOLE), FILE)


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(InputError) as caught:
        with_judgements(version("uppfyllt"), rows(WHOLE, WHOLE | {"goal": "skolan"}), FILE)
    assert len(caught.value.faults) == 2


def test_every_word_that_the_form_offers_is_a_status_and_every_ground_a_basis() -> None:
    for word in GOAL_OUTLOOK:
        from_words(word)
    assert set(GOAL_BASES.values()) == {"measure", "activity", "judgement"}


def test_a_judgement_is_known_to_stand_in_the_comments_and_not_in_the_document() -> None:
    printed = with_judgements(version(), rows(WHOLE | {"bedömd_av": ""}), FILE).goals[0].printed
    said = version("uppfyllt").goals[0].printed
    assert printed is not None and said is not None
    assert (printed.source, said.source) == ("comments", "document")


def test_a_fault_is_told_by_the_row_that_it_stands_on_where_rows_know_it() -> None:
    told = rows(WHOLE, {"goal": "vard", "kommentar": "Bra."}, WHOLE | {"bedömning": "uppfyllt"})
    told = told.assign(file=["a.csv", "a.csv", "b.csv"], row=[2, 3, 7])
    with pytest.raises(InputError) as caught:
        with_judgements(version(), told, FILE)
    (fault,) = caught.value.faults
    assert (fault.file, fault.row) == ("b.csv", 7)
    assert '"delvis uppfyllt" (a.csv, rad 2) och "uppfyllt"' in fault.problem
