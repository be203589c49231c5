from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup

from krokomanalys.report.lights import light
from krokomanalys.report.tables import MEDIA_TYPE, Column, Table, as_text, plain, table_from


def rows_of(table: Table) -> list[list[str]]:
    soup = BeautifulSoup(table.html, "html.parser")
    return [[cell.get_text().strip() for cell in row.find_all(["th", "td"])] for row in soup.select("tr")]


def test_a_table_reads_in_swedish_with_units_in_the_heading(variance_table: Table) -> None:
    assert rows_of(variance_table) == [
        ["Nämnd", "Budget (tkr)", "Avvikelse (tkr)", "Läge"],
        ["<script>alert(1)</script>", "−89\u00a0000", "+3\u00a0400", "Uppfyllt"],
        ["Socialnämnden", "−410\u00a0000", "−12\u00a0100", "Ej uppfyllt"],
        ["varav äldreomsorg", "−200\u00a0000", "–", "Nästan uppfyllt"],
        ["Summa", "−499\u00a0000", "−8\u00a0700", "Saknar målvärde"],
    ]


def test_text_from_data_shows_as_text(variance_table: Table) -> None:
    nasty = '"><img src=x onerror=alert(1)>'
    html = replace(variance_table, caption=nasty, note=nasty, source=nasty).html
    soup = BeautifulSoup(html, "html.parser")
    assert not soup.find_all(["script", "img"])
    assert soup.caption is not None and soup.caption.get_text() == nasty
    assert soup.select_one("[role=region]")["aria-label"] == f"Tabell: {nasty}"  # type: ignore[index]


def test_every_header_has_a_scope_and_the_row_header_comes_first(variance_table: Table) -> None:
    moved = replace(variance_table, columns=dict(reversed(variance_table.columns.items())), row_header="unit")
    soup = BeautifulSoup(moved.html, "html.parser")
    assert [th["scope"] for th in soup.select("thead th")] == ["col"] * 4
    assert [row.find(True)["scope"] for row in soup.select("tbody tr")] == ["row"] * 4  # type: ignore[index]
    assert rows_of(moved)[0][0] == "Nämnd"


def test_totals_and_parts_are_marked(variance_table: Table) -> None:
    soup = BeautifulSoup(variance_table.html, "html.parser")
    assert [row.get("class") for row in soup.select("tbody tr")] == [None, None, ["varav"], ["total"]]


def test_a_part_that_says_varav_already_does_not_say_it_twice() -> None:
    frame = pd.DataFrame({"line": ["Varav lokaler"], "row": ["varav"]})
    table = Table("t", "T", frame, {"line": Column("Rad", kind="text")}, row_kind="row")
    assert rows_of(table)[1] == ["Varav lokaler"]


def test_a_light_in_a_table_has_its_own_words() -> None:
    frame = pd.DataFrame({"goal": ["Invånare"], "status": [light("not_met", "inte på väg")]})
    columns = {"goal": Column("Mål", kind="text"), "status": Column("Läge", kind="light")}
    table = Table("t", "T", frame, columns)
    assert rows_of(table)[1] == ["Invånare", "Inte på väg"]
    assert rows_of(table_from(table.as_json())) == rows_of(table)


def test_years_are_not_grouped() -> None:
    assert as_text(2022) == as_text(2022.0) == as_text(np.int64(2022)) == "2022"
    assert as_text(np.nan) == as_text(None) == ""


def test_a_table_comes_back_from_json_as_it_was(variance_table: Table) -> None:
    data = json.loads(json.dumps(variance_table._repr_mimebundle_()[MEDIA_TYPE], allow_nan=False, sort_keys=True))
    back = table_from(data)
    assert back.html == variance_table.html
    assert data["records"][2] == {"unit": "äldreomsorg", "budget": -200000, "variance": None, "status": "nearly"} | {
        "row": "varav"
    }
    assert [column["key"] for column in data["columns"]] == ["unit", "budget", "variance", "status"]
    assert data["columns"][2]["unit"] == "tkr"


def test_cells_become_plain_values() -> None:
    assert [plain(v) for v in (pd.NA, pd.NaT, np.nan, None)] == [None] * 4
    assert plain(pd.Timestamp("2022-12-31")) == "2022-12-31"
    assert type(plain(np.int64(3))) is int


def test_an_empty_table_is_still_a_table(variance_table: Table) -> None:
    assert len(rows_of(replace(variance_table, frame=variance_table.frame.iloc[:0]))) == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"columns": {"missing": Column("Saknas")}}, "no column missing"),
        ({"row_header": "missing"}, "row header missing"),
        ({"row_kind": "status"}, "no row is of the kind"),
        ({"caption": ""}, "a caption"),
    ],
)
def test_a_table_that_cannot_be_shown_is_refused(
    variance_table: Table, change: dict[str, object], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        replace(variance_table, **change)  # type: ignore[arg-type]
