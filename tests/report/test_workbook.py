from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

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
