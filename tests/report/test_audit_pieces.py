"""What the reports show of sifferkontroll, and what `check` says of the documents' flaws."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from krokomanalys.report import aims, audit, money
from krokomanalys.report.tables import Table
from krokomanalys.sources.folder import EMBEDDED, open_folder
from krokomanalys.sources.load import load
from krokomanalys.sources.slices import Slice

NBSP = "\u00a0"


@pytest.fixture(scope="module")
def goals() -> Slice:
    return load("maluppfoljning", None, municipality="2262", year=2020)


@pytest.fixture(scope="module")
def budget() -> Slice:
    return load("budgetuppfoljning", None, municipality="2262", year=2020)


def words(table: Table | None) -> list[str]:
    assert table is not None
    return [light["words"] for light in table.frame["word"]]


def test_timras_sums_are_shown_with_the_six_that_only_round(budget: Slice) -> None:
    ledger = money.ledger_of(budget)
    prose, table = audit.audit_prose(budget, ledger), audit.audit_table(ledger)
    assert prose and prose.plain.endswith("6 skiljer inom avrundningen och ingen är fel.")
    assert words(table) == ["avrundning"] * 6


def test_each_report_shows_the_claims_that_it_is_about(goals: Slice, budget: Slice) -> None:
    shown = {s.report: audit.claims_table(s) for s in (goals, budget)}
    assert words(shown["budgetuppfoljning"]) == ["oklar"]
    assert words(shown["maluppfoljning"]) == [
        "fel", "motsägelse", "motsägelse", "oklar", "oklar", "oklar", "oklar", "avrundning",
        "går inte att kontrollera", "går inte att kontrollera",
    ]  # fmt: skip
    prose = audit.claims_prose(goals)
    assert prose and "24 stycken. Stämmer: 14; avrundning: 1; fel: 1; motsägelse: 2;" in prose.plain


def test_a_place_without_claims_or_printed_sums_shows_nothing() -> None:
    slice_ = load("maluppfoljning", None, municipality="2309", year=2019)
    assert slice_.claims is None
    assert audit.claims_prose(slice_) is None and audit.claims_table(slice_) is None
    plan = load("oversikt", None, municipality="2309", year=2024)
    ledger = money.ledger_of(plan)
    assert audit.audit_prose(plan, ledger) is None and audit.audit_table(ledger) is None


def test_claims_that_all_agree_have_prose_and_no_table() -> None:
    slice_ = load("maluppfoljning", None, municipality="2309", year=2021)
    prose = audit.claims_prose(slice_)
    assert prose and prose.plain.endswith("8 stycken. Stämmer: 8.")
    assert audit.claims_table(slice_) is None


def test_a_suspect_is_explained_in_words(budget: Slice) -> None:
    ledger = money.ledger_of(budget)
    rows = ledger.rows.copy()
    rows.loc[(rows["line"] == "IT mm") & (rows["basis"] == "outcome"), "amount"] *= -1
    wrong = replace(ledger, rows=rows)
    assert words(audit.audit_table(wrong)).count("teckenfel") == 2
    prose = audit.audit_prose(budget, wrong)
    assert prose and "(IT mm) stämmer det." in prose.plain and "2 är fel" in prose.plain


def test_the_goals_room_finds_the_flaws_that_are_about_status(goals: Slice) -> None:
    timra = aims.judged(goals).set_index("id")
    assert timra.loc["livskvalitet_service", "status"] == "met"  # 1.8
    assert "delarna Livskvalitet och Service når inte sina mål" in timra.loc["livskvalitet_service", "warnings"]
    slice_ = load("maluppfoljning", None, municipality="2309", year=2021)
    krokom, measures = aims.judged(slice_).set_index("id"), aims.measured(slice_).set_index("measure")
    assert krokom.loc["bostader", "differs"] and krokom.loc["bostader", "status"] == "not_judged"  # 1.14
    assert "utifrån aktiviteterna" in krokom.loc["bostader", "difference"]
    assert (krokom.loc["medborgardialog", "status"], krokom.loc["medborgardialog", "reasons"] != "") == (
        "not_judged",
        True,
    )  # 1.15
    assert measures.loc["it_kundnojdhet", ["status", "trend"]].tolist() == ["met", "worse"]  # 1.16


def test_check_lists_each_document_and_its_flaws_but_not_its_roundings() -> None:
    lines = [line.replace(NBSP, " ") for line in audit.flaws(None)]
    documents = [line for line in lines if line.startswith("Sifferkontroll: ")]
    assert any("Kommunstyrelsens årsredovisning 2020. Av 25 tryckta summor" in line for line in documents)
    assert any("Kvalitetsuppföljning 2021" in line and line.endswith("Stämmer: 8.") for line in documents)
    told = [line for line in lines if line.startswith("  ")]
    assert len(told) >= 10 and not any(": avrundning" in line for line in told)
    assert any("17 av 17 och 7 av 17" in line and "motsägelse" in line for line in told)


def test_a_claim_about_a_goal_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    assert audit.claim_faults(open_folder(None)) == []
    (tmp_path / "claims").mkdir()
    text = (EMBEDDED / "claims" / "2380-2024.yaml").read_text(encoding="utf-8")
    (tmp_path / "claims" / "2380-2024.yaml").write_text(text.replace("goal: stod_omsorg", "goal: omsorg"), "utf-8")
    (fault,) = audit.claim_faults(open_folder(tmp_path))
    assert 'målet "omsorg" finns inte i data/goals/2380-2024.yaml' in str(fault)
    assert fault.key == "claims.2.goal" and "stod_omsorg" in fault.expected


def test_a_ledger_in_the_wrong_unit_is_told_by_check(tmp_path: Path) -> None:
    (tmp_path / "budget").mkdir()
    for end in ("csv", "yaml"):
        shutil.copy(EMBEDDED / "budget" / f"2262-2020.{end}", tmp_path / "budget")
    notes = tmp_path / "budget" / "2262-2020.yaml"
    notes.write_text(notes.read_text(encoding="utf-8").replace("unit: tkr", "unit: mkr"), encoding="utf-8")
    told = [line.replace(NBSP, " ") for line in audit.flaws(tmp_path)]
    assert any("Troligen enhetsfel: tkr i stället för mkr." in line for line in told)
