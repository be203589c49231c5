from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
from python_calamine import CalamineWorkbook

from krokomanalys.report.page import UsedSource
from krokomanalys.report.tables import Column, Table
from krokomanalys.report.workbook import number_format, sheet_names, write_workbook

NASTY = ["=1+1", "+46 70", "-2", "@SUM(A1)", '=HYPERLINK("http://x")', "http://exempel.se", "0114"]


def test_a_sheet_per_table_with_contents_first_and_sources_last(tmp_path: Path, variance_table: Table) -> None:
    path = tmp_path / "tabeller.xlsx"
    write_workbook(path, [variance_table, replace(variance_table, name="Avvikelse")], [UsedSource("Budget", "Timrå")])
    book = CalamineWorkbook.from_path(str(path))
    assert book.sheet_names == ["Innehåll", "avvikelse", "Avvikelse 2", "Källor"]
    rows = book.get_sheet_by_name("avvikelse").to_python(skip_empty_area=False)
    assert rows[0][0] == "Avvikelse per nämnd"
    assert rows[2] == ["Nämnd", "Budget (tkr)", "Avvikelse (tkr)", "Läge"]
    assert rows[4] == ["Socialnämnden", -410000.0, -12100.4, "Ej uppfyllt"]
    assert rows[5][2] == ""  # blank, neither 0 nor a dash
    assert rows[-1][0] == "Kostnader är negativa."
    assert book.get_sheet_by_name("Källor").to_python()[1][:2] == ["Budget", "Timrå"]
    assert book.get_sheet_by_name("Innehåll").to_python()[1] == ["avvikelse", "Avvikelse per nämnd"]


def test_text_never_becomes_a_formula_a_link_or_a_number(tmp_path: Path) -> None:
    path = tmp_path / "tabeller.xlsx"
    table = Table("=namn", "=1+2", pd.DataFrame({"text": NASTY}), {"text": Column("=rubrik", kind="text")}, note="=3")
    write_workbook(path, [table], [UsedSource(*["=källa"] * 5)])
    with zipfile.ZipFile(path) as parts:
        sheets = "".join(parts.read(name).decode() for name in parts.namelist() if "worksheets/sheet" in name)
        styles = parts.read("xl/styles.xml").decode()
        assert not [name for name in parts.namelist() if "externalLink" in name]
    assert "<f>" not in sheets
    assert "http" not in sheets.split("<sheetData>", 1)[1].split("<hyperlinks>")[0]
    assert 'quotePrefix="1"' in styles  # so that editing the cell does not wake the formula
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(1).to_python(skip_empty_area=False)
    assert [row[0] for row in rows[3 : 3 + len(NASTY)]] == NASTY


def test_sheet_names_are_ones_that_excel_takes() -> None:
    given = ["a" * 40, "a" * 40, "A" * 40, "[a]:*?/\\b", "'citat'", "", "History", "källor", "Innehåll"]
    names = sheet_names(given)
    assert len({name.lower() for name in names}) == len(given)
    for name in names:
        assert 0 < len(name) <= 31
        assert not set(name) & set("[]:*?/\\")
        assert name == name.strip(" '")
    assert "History" not in names


def test_a_number_format_has_the_columns_decimals_and_sign() -> None:
    assert number_format(Column("x", decimals=1)) == "#,##0.0"
    assert number_format(Column("x", signed=True)) == "+#,##0;-#,##0;#,##0"


def test_a_varav_row_is_named_so_and_a_total_is_bold(tmp_path: Path, variance_table: Table) -> None:
    path = tmp_path / "tabeller.xlsx"
    write_workbook(path, [variance_table])
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_name("avvikelse").to_python(skip_empty_area=False)
    assert [row[0] for row in rows[3:7]] == ["<script>alert(1)</script>", "Socialnämnden", "varav äldreomsorg", "Summa"]
    looks = looks_of(path, "sheet2.xml")
    assert [looks[cell] for cell in ("A5", "A6", "A7")] == [(False, "0"), (False, "1"), (True, "0")]
    assert looks["B7"][0] and not looks["B6"][0]


def looks_of(path: Path, sheet: str) -> dict[str, tuple[bool, str]]:
    """Whether each cell of a sheet is bold, and how far it is indented."""
    main = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    with zipfile.ZipFile(path) as parts:
        styles = ElementTree.fromstring(parts.read("xl/styles.xml"))
        cells = ElementTree.fromstring(parts.read(f"xl/worksheets/{sheet}")).iter(f"{main}c")
    bold = [font.find(f"{main}b") is not None for font in styles.findall(f"{main}fonts/{main}font")]
    looks = []
    for xf in styles.findall(f"{main}cellXfs/{main}xf"):
        alignment = xf.find(f"{main}alignment")
        looks.append((bold[int(xf.attrib["fontId"])], "0" if alignment is None else alignment.get("indent", "0")))
    return {cell.attrib["r"]: looks[int(cell.get("s", "0"))] for cell in cells}


def test_a_column_of_many_units_is_numbers_without_a_fixed_format(tmp_path: Path) -> None:
    column = Column("Värde", mixed=True)
    table = Table("tal", "Tal", pd.DataFrame({"v": [1072.0, 8.5, float("nan")]}), {"v": column})
    path = tmp_path / "tabeller.xlsx"
    write_workbook(path, [table])
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_name("tal").to_python(skip_empty_area=False)
    assert [row[0] for row in rows[3:5]] == [1072.0, 8.5]
    assert number_format(column) == "General"
    assert all(shown in table.html for shown in ("1\u00a0072", "8,5", "–"))
