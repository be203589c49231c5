"""A batch as it leaves the output folder: pages, figures, workbook, manifest and index."""

from __future__ import annotations

import hashlib
from urllib.parse import unquote

from bs4 import BeautifulSoup
from python_calamine import CalamineWorkbook

TIMRA, KS = "2262-timra/2020", "2262-timra/2020/kommunstyrelsen"


def test_every_report_that_has_figures_is_made_and_the_one_without_waits(finished) -> None:
    status = {place: record["status"] for place, record in finished.records.items()}
    assert status.pop(("2309-krokom/2021", "budgetuppfoljning")) == "no_data"
    assert set(status.values()) == {"made"}
    assert len(status) == 12


def test_what_is_missing_is_told_with_how_to_get_it(finished) -> None:
    record = finished.records["2309-krokom/2021", "budgetuppfoljning"]
    assert record["error"] is None and record["outputs"] == []
    assert record["missing"] == [
        {
            "what": "Budget och utfall 2021",
            "remedy": "Lägg budget och utfall i data/budget/2309-2021.csv, med enhet och tecken i "
            "data/budget/2309-2021.yaml; krokomanalys new 2309 --year 2021 skriver mallar",
        }
    ]
    assert "Budget och utfall 2021" in (finished.out / "index.html").read_text(encoding="utf-8")


def test_nothing_but_the_reports_own_objects_comes_out_of_the_cells(finished) -> None:
    assert {place: r.get("strays") for place, r in finished.records.items() if r.get("strays")} == {}


def test_each_line_of_the_manifest_says_from_what_and_to_what(finished) -> None:
    record = finished.records[TIMRA, "befolkningsprognos"]
    assert {"key", "parameters", "inputs", "versions", "started", "seconds", "period", "board"} <= set(record)
    assert "population/migration.csv" in {i["file"] for i in record["inputs"]}
    for output in record["outputs"]:
        assert hashlib.sha256((finished.out / output["file"]).read_bytes()).hexdigest() == output["sha256"]


def test_figures_lie_beside_the_page_as_png_and_svg(finished) -> None:
    names = {p.name for p in (finished.out / TIMRA / "befolkningsprognos").iterdir()}
    assert {"invanare.png", "invanare.svg", "pyramid.png", "pyramid.svg"} <= names


def test_all_links_of_the_index_lead_to_a_file(finished) -> None:
    soup = BeautifulSoup((finished.out / "index.html").read_text(encoding="utf-8"), "html.parser")
    links = [str(a["href"]) for a in soup.find_all("a") if not str(a["href"]).startswith("#")]
    assert len(links) > 7
    assert [link for link in links if not (finished.out / unquote(link)).is_file()] == []


def test_the_workbook_has_the_reports_numbers_and_their_sources(finished) -> None:
    book = CalamineWorkbook.from_path(str(finished.out / KS / "tabeller.xlsx"))
    assert book.sheet_names[0] == "Innehåll" and book.sheet_names[-1] == "Källor"
    cells = [cell for row in book.get_sheet_by_name("resultat_2020").to_python() for cell in row]
    assert 36014.0 in cells and -135466.0 in cells
    assert any("Timrå kommun" in str(c) for row in book.get_sheet_by_name("Källor").to_python() for c in row)


def test_the_figures_of_timra_2020_stand_on_the_page(finished) -> None:
    text = (finished.out / KS / "budgetuppfoljning.html").read_text(encoding="utf-8").replace("\u00a0", " ")
    for words in (
        "677 tkr",
        "3 064 tkr",
        "91,3 %",
        "623 tkr",
        "−2 538",
        "6 skiljer inom avrundningen och ingen är fel",
    ):
        assert words in text


def test_every_page_of_the_made_up_municipality_says_that_it_is(finished) -> None:
    pages = [page for page in finished.pages if "0000-exempelkommun" in str(page)]
    assert len(pages) == 2
    assert all("Påhittad kommun." in page.read_text(encoding="utf-8") for page in pages)
    assert not any("Påhittad kommun." in p.read_text(encoding="utf-8") for p in finished.pages if p not in pages)


def test_a_section_without_figures_is_not_on_the_page(finished) -> None:
    timra = (finished.out / KS / "budgetuppfoljning.html").read_text(encoding="utf-8")
    example = (finished.out / "0000-exempelkommun/2025-08/budgetuppfoljning.html").read_text(encoding="utf-8")
    for heading in ("Köp och sälj inom kommunen", "Budgeten sedan första beslutet", "Prognos för helåret"):
        assert heading in example and heading not in timra


def test_a_decided_page_says_by_whom_and_when(finished) -> None:
    text = (finished.out / KS / "maluppfoljning.html").read_text(encoding="utf-8")
    assert "Beslutad av kommunstyrelsen 2021-03-02" in text


def test_krokoms_target_stands_with_what_it_takes(finished) -> None:
    text = (finished.out / "2309-krokom/2024/oversikt.html").read_text(encoding="utf-8").replace("\u00a0", " ")
    assert "Målet <strong>19 300</strong> invånare 2035 kräver <strong>290</strong> fler invånare per år" in text
