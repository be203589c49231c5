from __future__ import annotations

import copy
from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from nbformat import NotebookNode, reads, v4, validate, writes

from krokomanalys.report import html, page
from krokomanalys.report.lights import light
from krokomanalys.report.pictures import Picture
from krokomanalys.report.tables import Table

Check = Callable[[str], list[str]]
Draw = Callable[[], Picture]
Cell = Callable[..., NotebookNode]


def page_of(notebook: NotebookNode) -> BeautifulSoup:
    return BeautifulSoup(html.render(notebook, title="Sida · Krokom · 2022"), "html.parser")


def test_a_page_has_the_structure_that_every_reader_needs(small_notebook: NotebookNode, faults_of: Check) -> None:
    validate(small_notebook)
    assert faults_of(html.render(small_notebook, title="Sida")) == []


def test_the_structure_check_sees_what_is_wrong(faults_of: Check) -> None:
    bad = '<html lang="en"><h1>a</h1><h3 id="x">b</h3><img><p id="x"><script></script><table><th>a</th></table>'
    faults = faults_of(bad)
    for fault in ("no title", "h3 follows h1", "id 'x' twice", "an image without alt", "<script>", "no Content"):
        assert any(fault in found for found in faults), fault


def test_rendering_leaves_the_notebook_as_it_was(small_notebook: NotebookNode) -> None:
    before = copy.deepcopy(small_notebook)
    first = html.render(small_notebook, title="Sida")
    assert small_notebook == before
    assert html.render(small_notebook, title="Sida") == first


def test_the_contents_list_leads_to_each_section(small_notebook: NotebookNode) -> None:
    soup = page_of(small_notebook)
    links = {a.get_text(): a["href"] for a in soup.select("nav a")}
    assert links == {"Hur många blir vi?": "#hur-manga-blir-vi", "Underlag": "#underlag"}


def test_the_one_h1_is_the_openings(small_notebook: NotebookNode) -> None:
    assert [h.get_text() for h in page_of(small_notebook).find_all("h1")] == ["Befolkningsprognos 2022–2037"]


def test_what_is_put_last_stands_below_all_that_the_notebook_shows(
    small_notebook: NotebookNode, faults_of: Check
) -> None:
    text = html.render(small_notebook, title="Sida", ending='<details id="sist">x</details>')
    main = BeautifulSoup(text, "html.parser").main
    assert main is not None and main.find_all(True)[-1]["id"] == "sist"
    assert faults_of(text) == []


def test_whether_a_page_shows_code_is_seen(small_notebook: NotebookNode) -> None:
    assert html.shows_code(html.render(small_notebook, title="Sida"))
    assert not html.shows_code(html.render(small_notebook, title="Sida", with_code=False))


def test_what_stands_above_the_opening_is_for_jupyterlab(small_notebook: NotebookNode) -> None:
    soup = page_of(small_notebook)
    assert "kör alla celler" not in soup.get_text()
    assert soup.main is not None and soup.main.find(True)["class"] == ["eyebrow"]  # type: ignore[index]


def test_a_notebook_without_an_opening_has_its_title_as_h1_and_no_empty_nav(faults_of: Check) -> None:
    text = html.render(v4.new_notebook(cells=[v4.new_markdown_cell("# Namn\n\nText.")]), title="Sida & mer")
    soup = BeautifulSoup(text, "html.parser")
    assert [h.get_text() for h in soup.find_all("h1")] == ["Sida & mer"]
    assert soup.nav is None
    assert faults_of(text) == []


def test_a_script_in_data_shows_as_text(small_notebook: NotebookNode) -> None:
    soup = page_of(small_notebook)
    assert not soup.find_all("script")
    assert "<script>alert(1)</script>" in soup.get_text()


def test_code_stands_behind_one_control_per_section(small_notebook: NotebookNode) -> None:
    controls = page_of(small_notebook).select("details.code")
    assert [d.summary.get_text() for d in controls if d.summary] == ["Visa kod"] * 3
    assert [len(d.find_all("code")) for d in controls] == [2, 5, 1]
    assert controls[0].find_all("code")[0].get_text() == 'municipality = "2309"'
    assert 'budget.variance(ledger, "<x>")' in controls[1].get_text()


def test_warnings_and_prints_stand_with_the_code_and_are_told_of(small_notebook: NotebookNode) -> None:
    soup = page_of(small_notebook)
    assert "något <em>märkligt</em>" in soup.select("details.code")[1].get_text()
    for details in soup.select("details"):
        details.decompose()
    assert "märkligt" not in soup.get_text()
    assert html.strays_in(small_notebook) == [html.Stray(6, "stderr", "UserWarning: något <em>märkligt</em>\n")]


def test_a_value_that_is_not_the_librarys_is_no_part_of_the_page(faults_of: Check) -> None:
    frame = v4.new_output("execute_result", data={"text/html": "<table><td>1</td></table>", "text/plain": "en tabell"})
    image = v4.new_output("display_data", data={"image/png": "AAAA", "text/plain": "<Figure size 1x1>"})
    spoken = v4.new_output("display_data", data={"text/markdown": "Sagt **så**", "text/plain": "x"})
    notebook = v4.new_notebook(cells=[v4.new_code_cell("f", outputs=[frame, image, spoken])])
    text = html.render(notebook, title="Sida")
    soup = BeautifulSoup(text, "html.parser")
    assert not soup.find_all(["table", "img"])
    assert [pre.get_text() for pre in soup.find_all("pre")] == ["f", "en tabell", "<Figure size 1x1>"]
    assert [strong.get_text() for strong in soup.select("main strong")] == ["så"]
    assert [stray.kind for stray in html.strays_in(notebook)] == ["output", "output"]
    assert faults_of(text) == []


def test_an_error_is_shown_as_one() -> None:
    error = v4.new_output("error", ename="InputError", evalue="<fel> i filen", traceback=["\x1b[31mrad 1\x1b[0m"])
    notebook = v4.new_notebook(cells=[v4.new_code_cell("1/0", outputs=[error])])
    soup = page_of(notebook)
    shown = soup.select_one(".broken")
    assert shown is not None and shown.get_text() == "Beräkningen avbröts här. InputError: <fel> i filen"
    assert "rad 1" in soup.select("details.code pre")[1].get_text()
    assert html.strays_in(notebook)[0] == html.Stray(0, "error", "rad 1")


@pytest.mark.parametrize(
    "markup",
    ['<script src="https://x.se/a.js"></script>', "![karta](karta.png)", '<iframe src="data:,"></iframe>'],
)
def test_a_page_that_would_refer_outside_itself_is_not_made(markup: str) -> None:
    with pytest.raises(ValueError, match="outside itself"):
        html.render(v4.new_notebook(cells=[v4.new_markdown_cell(markup)]), title="Sida")


def test_names_are_used_once_in_a_report(cell: Cell, variance_table: Table) -> None:
    with pytest.raises(ValueError, match="two tables are called avvikelse"):
        html.render(v4.new_notebook(cells=[cell(variance_table), cell(variance_table)]), title="Sida")
    opening = page.opening("T", lead="L")
    with pytest.raises(ValueError, match="one opening"):
        html.render(v4.new_notebook(cells=[cell(opening), cell(opening)]), title="Sida")


def test_sections_of_the_same_name_have_anchors_of_their_own() -> None:
    notebook = v4.new_notebook(cells=[v4.new_markdown_cell("## Mål\n\n## Mål\n\n## ?")])
    assert [h["id"] for h in page_of(notebook).find_all("h2")] == ["mal", "mal-2", "avsnitt"]


def test_tables_figures_and_findings_are_read_back_from_disk(
    small_notebook: NotebookNode, variance_table: Table, drawn: Draw
) -> None:
    small_notebook = reads(writes(small_notebook), as_version=4)  # on disk a notebook's keys are sorted
    assert [table.name for table in html.tables_in(small_notebook)] == ["invanare-tal", "avvikelse"]
    assert html.tables_in(small_notebook)[1].html == variance_table.html
    assert [figure.svg for figure in html.pictures_in(small_notebook)] == [drawn().svg]
    (opening,) = html.pieces_in(small_notebook, "opening")
    assert opening["findings"][0] == "Krokom hade **15 532** invånare."
    assert opening["lights"][0] == light("met", subject="Mål met").as_json()
    assert html.pieces_in(small_notebook, "sources")[0]["version"] == "0.1.0"
