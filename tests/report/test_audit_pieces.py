"""What the reports show of sifferkontroll, and what `check` says of the documents' flaws."""

from __future__ import annotations

import ast
import re
import shutil
from dataclasses import replace
from html import unescape
from pathlib import Path

import nbformat
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
        "skiljer sig från SCB", "motsägelse", "motsägelse", "oklar", "oklar", "oklar", "oklar", "avrundning",
        "går inte att kontrollera", "går inte att kontrollera", "går inte att kontrollera",
    ]  # fmt: skip
    prose = audit.claims_prose(goals)
    assert prose and prose.plain.startswith(
        "25 uppgifter i siffror är räknade om. Stämmer: 14; avrundning: 1; motsägelse: 2;"
    )
    assert "skiljer sig från SCB: 1." in prose.plain and "prövad mot SCB" in prose.plain
    assert "Tabellen visar de som du bör se närmare på." in prose.plain


def test_a_place_without_claims_or_printed_sums_shows_nothing() -> None:
    slice_ = load("maluppfoljning", None, municipality="2309", year=2019)
    assert slice_.claims is None
    assert audit.claims_prose(slice_) is None and audit.claims_table(slice_) is None
    plan = load("oversikt", None, municipality="2309", year=2024)
    ledger = money.ledger_of(plan)
    assert audit.audit_prose(plan, ledger) is None and audit.audit_table(ledger) is None


def test_claims_that_all_agree_have_prose_and_no_table() -> None:
    slice_ = load("maluppfoljning", None, municipality="2309", year=2021)
    assert slice_.claims is not None
    agreeing = slice_.claims.model_copy(update={"claims": slice_.claims.claims[:6]})
    slice_ = replace(slice_, claims=agreeing)
    prose = audit.claims_prose(slice_)
    assert prose and prose.plain == "6 uppgifter i siffror är räknade om. Stämmer: 6."
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
    assert any(
        "Kvalitetsuppföljning 2021" in line and line.endswith("Stämmer: 7; går inte att kontrollera: 2.")
        for line in documents
    )
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


NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


def page(name: str, **parameters: object) -> str:
    """All that a page says, of its notebook's cells run here, without a kernel."""
    said: list[str] = []
    known: dict[str, object] = {}
    for cell in nbformat.read(NOTEBOOKS / f"{name}.ipynb", 4).cells:
        if cell.cell_type != "code":
            continue
        body = ast.parse(cell.source).body
        shown = body.pop().value if isinstance(body[-1], ast.Expr) else None
        exec(compile(ast.Module(body, []), name, "exec"), known)
        if "parameters" in cell.metadata.get("tags", []):
            known |= parameters
        if shown is not None:
            piece = eval(compile(ast.Expression(shown), name, "eval"), known)
            said += [part.html for part in getattr(piece, "parts", [piece]) if part is not None]
    return re.sub(r"\s+", " ", unescape(re.sub("<[^>]+>", " ", " ".join(said)))).replace("\u00ad", "")


ON_THE_PAGE = {
    ("maluppfoljning", "2262", 2020): (
        "delarna Livskvalitet och Service når inte sina mål",  # 1.8
        ">20 st och ≥20 st",  # 1.9
        "17 av 17 och 7 av 17",  # 1.10
        "gått tillbaka till 2018 års nivå",  # 1.11
        "mer än dubbelt så stort som de andra, 20 och 21",  # 1.12
        "Delarna är 2 st fler än helheten",  # 1.13
        "Skiljer 1, inom avrundningens gräns 1,5",  # 1.7
        "+9 procentenheter",  # 0.12
        "är mätt 30 september 2019", "är mätt 1 oktober 2019",  # 0.14
        "ställdes in",  # 3.12
        "Dokumentet sätter inget statusord",  # 3.11
        "ger i stället antalet publicerade processer",  # 3.18
        "arbetet börjar i februari 2021",  # 6, row 7
        "enligt planen slutförs projektet 2021",  # 6, row 1
        "planberedskapen för bostäder har förstärkts",  # 3.16
        "skiljer sig från SCB",  # 2.4
    ),
    ("maluppfoljning", "2309", 2021): (
        "Inga bygglov redovisas",  # 1.14
        "inte hur många som deltog",  # 1.15
        "betyget sjönk från 8,8 till 8,5",  # 1.16
        "kan inte grönmarkeras",  # 3.1
        "en nämnds och mäter inte målet",  # 3.8
        "har tappat något i bland annat tillgänglighet",  # 3.24
        "bland dem i landet som har högst poäng",  # 3.24
        "inget beslutat målvärde",  # 3.25
        "50,7 %",  # 3.27
        "av de 18 uppdragen är 5 skrivna som genomförda",  # 6
        "står under två mål, så de är 18 olika",  # 6
    ),
    ("maluppfoljning", "2309", 2024): (
        "Det stämmer på 13 år men inte på 12 år", "kan läsas på flera sätt", "78,6 personer",  # 1.19
        "fyra gånger så fort",  # 2.3
        "588 mkr",  # 1.20
        "planen når det först 2026",  # 4.8
        "Inget målår är tryckt", "Fler ska kunna delta i anbudsgivningen",  # 3.10, 11
    ),
    ("ekonomisk_plan", "2309", 2024): ("Det går ihop bara tack vare avrundningen",),  # 1.17
    ("maluppfoljning", "2380", 2024): (
        "120 769 MWh",  # 1.22
        "Cirka 30 procent av yrkeskåren",  # 10
        "mellanskiktet",  # 3.23
    ),
    ("maluppfoljning", "2309", 2019): (
        "Bara två av de tolv förändringsmålen", "vilka som är effektmål och processmål", "Planen fram till 2030",  # 3.9
    ),
    ("jamforelsetal", "2309", 2021): (
        "71 av dem, 51 procent",  # 3.27
        "om orden gäller också dem",  # 8
        "De nya är installationer, de i allt är byten",  # 8
        "utbildningsplatserna inför 2022", "medarbetare som slutade",  # 6, 10
    ),
    ("jamforelsetal", "2262", 2020): ("−75 årsarbetande (ungefär)", "2019-09-30"),  # 10, 0.14
}  # fmt: skip


@pytest.mark.parametrize("where", ON_THE_PAGE, ids=str)
def test_every_contradiction_of_the_documents_is_told_on_the_page(where: tuple[str, str, int]) -> None:
    name, municipality, year = where
    text, words = page(name, municipality=municipality, year=year, board=None).casefold(), ON_THE_PAGE[where]
    assert [told for told in words if told.casefold() not in text] == []
