"""A small executed notebook with one of everything, and what a page's structure must be."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from nbformat import NotebookNode, v4

from krokomanalys.batch.index import Record
from krokomanalys.report import page, theme
from krokomanalys.report.lights import light
from krokomanalys.report.pictures import Picture, picture
from krokomanalys.report.tables import Column, Table


def shown(value: Any, source: str = "visa()") -> NotebookNode:
    """A code cell that has been run and shows `value` as Jupyter would."""
    output = v4.new_output("execute_result", data=value._repr_mimebundle_())
    return v4.new_code_cell(source, outputs=[output])


@pytest.fixture
def cell() -> Callable[..., NotebookNode]:
    return shown


@pytest.fixture
def variance_table() -> Table:
    frame = pd.DataFrame(
        {
            "unit": ["<script>alert(1)</script>", "Socialnämnden", "äldreomsorg", "Summa"],
            "budget": [-89000.0, -410000.0, -200000.0, -499000.0],
            "variance": [3400.0, -12100.4, np.nan, -8700.4],
            "status": ["met", "not_met", "nearly", "no_target"],
            "row": ["", "", "varav", "total"],
        }
    )
    columns = {
        "unit": Column("Nämnd", kind="text"),
        "budget": Column("Budget", "tkr"),
        "variance": Column("Avvikelse", "tkr", signed=True),
        "status": Column("Läge", kind="light"),
    }
    return Table("avvikelse", "Avvikelse per nämnd", frame, columns, row_kind="row", note="Kostnader är negativa.")


def draw(name: str = "invanare") -> Picture:
    """A line chart of three made-up years."""
    from matplotlib import pyplot as plt

    theme.theme()
    figure, axes = plt.subplots()
    years = [2020, 2021, 2022]
    axes.plot(years, [15000, 15352, 15532], color=theme.INK, label="utfall")
    axes.plot(years, [15000, 15100, 15200], color=theme.ROSE, label="prognos")
    theme.swedish_axis(axes.yaxis)
    theme.year_axis(axes.xaxis)
    theme.label_ends(axes)
    frame = pd.DataFrame({"year": years, "people": [15000.0, 15352.0, 15532.0]})
    table = Table(
        f"{name}-tal",
        "Avvikelse per nämnd",  # the same caption as another table's: labels must still differ
        frame,
        {"year": Column("År", kind="text"), "people": Column("Invånare", "personer")},
    )
    return picture(figure, name=name, alt='Linjediagram. "15 532" <b>invånare</b>.', caption="Källa: SCB.", table=table)


@pytest.fixture
def small_notebook(variance_table: Table) -> NotebookNode:
    lights = [light(s, subject=f"Mål {s}") for s in ("met", "nearly", "partly", "not_met", "not_judged", "stale")]
    opening = page.opening(
        "Befolkningsprognos 2022–2037",
        lead="För kommunledning och nämnder: hur många vi blir.",
        eyebrow="Krokoms kommun · uppgifter till och med 31 december 2022",
        findings=["Krokom hade **15 532** invånare.", "Ett mål: <b>alla</b>."],
        lights=lights,
        state="beslutad",
        by="kommunfullmäktige",
        when="2023-06-14",
    )
    ending = page.sources(
        [page.UsedSource("Folkmängd", "SCB", "CC0", "2026-11-22")],
        parameters={"municipality": "2309", "year": 2022, "board": None},
        model="rak framskrivning",
        version="0.1.0",
        made=datetime(2026, 11, 23, 9, 5, tzinfo=UTC),
        checksum="ab12" * 16,
    )
    warned = v4.new_output("stream", name="stderr", text="UserWarning: något <em>märkligt</em>\n")
    return v4.new_notebook(
        cells=[
            v4.new_markdown_cell("# Befolkningsprognos\n\nÄndra parametrarna och kör alla celler."),
            v4.new_code_cell('municipality = "2309"', metadata={"tags": ["parameters"]}),
            shown(opening, "inledning()"),
            v4.new_markdown_cell("## Hur många blir vi?\n\nKurvan går **uppåt**."),
            shown(draw(), "figures.paths(projection)"),
            shown(variance_table, 'budget.variance(ledger, "<x>")'),
            v4.new_code_cell("varna()", outputs=[warned]),
            shown(page.prose("Ett förslag till text.", proposed=True)),
            shown(page.note("Summan stämmer inom **3 tkr**.")),
            v4.new_markdown_cell("### Per nämnd\n\n## Underlag"),
            shown(ending, "underlag()"),
        ]
    )


def record(report: str, code: str, name: str, year: int, status: str = "made", **more: Any) -> Record:
    folder = f"{code}-{name.lower()}/{year}"
    files = [{"file": f"{folder}/{report}{ending}"} for ending in (".html", ".ipynb")]
    return {
        "report": report,
        "municipality": code,
        "name": name,
        "year": year,
        "status": status,
        "outputs": files if status in ("made", "skipped") else [],
        **more,  # type: ignore[typeddict-item]
    }


LIGHT = {"status": "not_met", "words": "Inte på väg", "subject": "Invånare"}
RECORDS: list[Record] = [
    record("budgetuppfoljning", "2262", "Timrå", 2020, period="delar", board="socialnämnden"),
    record("maluppfoljning", "2309", "Krokom", 2021, findings=["**9** mål <b>följs</b>."], lights=[LIGHT]),
    record("oversikt", "2309", "Krokom", 2021, status="skipped"),
    record("oversikt", "2309", "Krokom", 2022),
    record(
        "befolkningsprognos", "2309", "Krokom", 2022, status="failed",
        error={"notebook": "befolkningsprognos.ipynb", "cell": 7, "message": "<i>fel</i> i filen"},
    ),
    *(
        record(name, "2380", "Östersund", 2021, status="no_data",
               missing=[{"what": "Östersunds budget", "remedy": "Lägg in data/budget/2380-2021.csv"}])
        for name in ("oversikt", "budgetuppfoljning")
    ),
]  # fmt: skip


@pytest.fixture
def records() -> list[Record]:
    """One run's worth: made, skipped, failed and waiting for figures."""
    return list(RECORDS)


@pytest.fixture
def many() -> list[Record]:
    """More reports than stand open: three years of two municipalities, and a year of many."""
    lights = [{"status": "not_met", "words": "", "subject": f"mål {n}"} for n in range(2)]
    kinds, years = ("oversikt", "maluppfoljning"), (2019, 2020, 2021)
    some = [
        record(kind, code, name, year, lights=lights if year > 2019 else lights * 3)
        for code, name in (("2262", "Timrå"), ("1293", "Hässleholm"))
        for kind in kinds
        for year in years
    ]
    names = ["Ängelholm", "Åre", "Örebro", "Tanum", *(f"Kommun {n:02}" for n in range(60))]
    return some + [record("oversikt", f"{1000 + n}", name, 2020) for n, name in enumerate(names)]


@pytest.fixture
def a_record() -> Callable[..., Record]:
    return record


@pytest.fixture
def drawn() -> Callable[..., Picture]:
    """Draws the figure of `small_notebook` anew."""
    return draw


def structure_faults(text: str) -> list[str]:
    """What is wrong with the structure of a page, in words; empty where nothing is."""
    soup = BeautifulSoup(text, "html.parser")
    faults = []
    if not text.startswith("<!DOCTYPE html>") or soup.html is None or soup.html.get("lang") != "sv":
        faults.append("not an HTML document in Swedish")
    if soup.title is None or not soup.title.get_text(strip=True):
        faults.append("no title")
    for selector, wanted in (("h1", 1), ("main#main", 1), ("main h1", 1), ('a.skip[href="#main"]', 1)):
        if len(soup.select(selector)) != wanted:
            faults.append(f"{len(soup.select(selector))} of {selector}")
    levels = [int(h.name[1]) for h in soup.find_all(["h1", "h2", "h3", "h4", "h5", "h6"])]
    faults += [f"h{b} follows h{a}" for a, b in pairwise(levels) if b > a + 1]
    for attribute in ("id", "aria-label"):
        values = [tag[attribute] for tag in soup.select(f"[{attribute}]")]
        faults += [f"{attribute} {value!r} twice" for value in {v for v in values if values.count(v) > 1}]
    ids = {tag["id"] for tag in soup.select("[id]")}
    faults += [f"link to {a['href']}" for a in soup.select('a[href^="#"]') if str(a["href"])[1:] not in ids]
    for table in soup.find_all("table"):
        if table.caption is None and table.find_parent(class_="prose") is None:
            faults.append("a table without a caption")
        faults += ["a header without scope" for th in table.find_all("th") if "scope" not in th.attrs and table.caption]
    faults += ["an image without alt" for image in soup.find_all("img") if not image.get("alt")]
    faults += [f"<{tag.name}>" for tag in soup.find_all(["script", "link", "iframe", "object", "base"])]
    faults += ["an outside src" for tag in soup.find_all(src=True) if not str(tag["src"]).startswith("data:")]
    policy = soup.select_one('meta[http-equiv="Content-Security-Policy"]')
    if policy is None or "default-src 'none'" not in str(policy["content"]):
        faults.append("no Content-Security-Policy")
    return faults


@pytest.fixture
def faults_of() -> Callable[[str], list[str]]:
    """The structure check for a page's text; every page that the project makes is held to it."""
    return structure_faults
