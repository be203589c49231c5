"""What spreadsheets hide: merged cells, headings further down, sheets nobody reads, formulas nobody has reckoned."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
import xlsxwriter

from krokomanalys.errors import InputError
from krokomanalys.sources.layouts import LEDGER, MEASURES
from krokomanalys.sources.tables import read_table

HEADING = ["region", "year", "line", "kind", "basis", "m01", "m02"]
ROW = ["0000", 2025, "Skola", "cost", "budget", -10, -20]
NAME = "data/budget/0000-2025.xlsx"
Book = xlsxwriter.Workbook


@pytest.fixture
def made(tmp_path: Path) -> Callable[..., Path]:
    """A workbook: rows on its first sheet, named Budget, and then what is done to it."""

    def book(rows: list[list[object]], more: Callable[[Book], None] = lambda book: None) -> Path:
        path = tmp_path / "0000-2025.xlsx"
        with Book(str(path)) as written:
            sheet = written.add_worksheet("Budget")
            for place, row in enumerate(rows):
                sheet.write_row(place, 0, row)
            more(written)
        return path

    return book


def told(path: Path) -> list[str]:
    with pytest.raises(InputError) as error:
        read_table(path, LEDGER, NAME)
    return [str(fault) for fault in error.value.faults]


def test_merged_cells_are_told_with_their_place(made: Callable[..., Path]) -> None:
    path = made([HEADING, ROW], lambda book: book.worksheets()[0].merge_range("F1:G1", "januari och februari"))
    assert told(path) == [
        f"{NAME}, rad 1: cellerna F1:G1 är sammanslagna. Väntade en cell för varje uppgift. Dela upp dem och fyll i "
        "varje cell."
    ]


@pytest.mark.parametrize("above", [["Budget 2025 för Exempelkommun"], [], ["", "", "Budget"]])
def test_a_heading_further_down_is_found_and_told(made: Callable[..., Path], above: list[object]) -> None:
    assert told(made([above, [], HEADING, ROW])) == [
        f"{NAME}, rad 1: rubrikraden står på rad 3. Väntade kolumnernas namn på den första raden. Ta bort raderna "
        "ovanför."
    ]


def test_a_second_sheet_with_figures_is_told(made: Callable[..., Path]) -> None:
    path = made([HEADING, ROW], lambda book: book.add_worksheet("Prognos").write(0, 0, 5))
    assert told(path) == [
        f'{NAME}, blad Budget: bladet "Prognos" har innehåll som inte läses. Väntade allt på det första bladet. '
        "Flytta raderna dit, spara bladet som en egen fil eller döp det till Anteckningar."
    ]


@pytest.mark.parametrize("name", ["Så fyller du i", "Anteckningar", "Anteckningar 2"])
def test_a_guide_and_notes_may_stand_on_other_sheets(made: Callable[..., Path], name: str) -> None:
    assert len(read_table(made([HEADING, ROW], lambda b: b.add_worksheet(name).write(0, 0, "x")), LEDGER, NAME)) == 2


def test_an_empty_sheet_hides_nothing(made: Callable[..., Path]) -> None:
    assert len(read_table(made([HEADING, ROW], lambda b: b.add_worksheet("Blad2")), LEDGER, NAME)) == 2


def test_the_sheet_is_named_where_there_are_several(made: Callable[..., Path]) -> None:
    rows = [HEADING, [*ROW[:-1], "12 7OO"]]
    (fault,) = told(made(rows, lambda b: b.add_worksheet("Så fyller du i")))
    assert fault.startswith(f'{NAME}, blad Budget, rad 2, kolumn m02: "12 7OO" är inte ett tal')


def test_a_formula_error_among_months_is_told(made: Callable[..., Path]) -> None:
    def fail(book: Book) -> None:
        book.worksheets()[0].write_formula("G2", "=A0", None, "#REF!")

    assert told(made([HEADING, ROW], fail)) == [
        f'{NAME}, rad 2, kolumn m02: "#REF!" är ett formelfel i kalkylbladet. Väntade t.ex. 12 700.'
    ]


def test_a_formula_that_nobody_has_reckoned_is_not_a_blank_cell(made: Callable[..., Path], tmp_path: Path) -> None:
    path = made([HEADING, ROW], lambda b: b.worksheets()[0].write_formula("G2", "=-10*2", None, -20))
    bare = tmp_path / "bare.xlsx"
    with zipfile.ZipFile(path) as given, zipfile.ZipFile(bare, "w") as written:
        for name in given.namelist():
            text = given.read(name)
            if name.endswith("sheet1.xml"):
                text, removed = re.subn(rb"(</f>)<v>-20</v>", rb"\1", text)
                assert removed == 1
            written.writestr(name, text)
    assert told(bare) == [
        f"{NAME}: cell G2: formeln är inte uträknad. Väntade ett värde. Öppna filen i Excel och spara om den."
    ]


def test_numbers_that_the_spreadsheet_keeps_as_text_are_numbers(made: Callable[..., Path]) -> None:
    rows = [HEADING, [*ROW[:1], "2025", *ROW[2:5], "-10", "- 20,5"]]
    assert read_table(made(rows), LEDGER, NAME)["amount"].tolist() == [-10, -20.5]


def test_empty_rows_at_the_end_are_nothing_and_between_rows_are_told(made: Callable[..., Path]) -> None:
    blank = ["", "", "", "", "", "", ""]

    def spare(book: Book) -> None:
        book.worksheets()[0].write_formula("A9", '=IF(C9="","","0000")', None, "")
        book.worksheets()[0].write_string("B9", " ")

    assert len(read_table(made([HEADING, ROW], spare), LEDGER, NAME)) == 2
    assert told(made([HEADING, ROW, blank, [*ROW[:2], "Vård", *ROW[3:]]])) == [
        f"{NAME}, rad 3: raden är tom. Ta bort raden."
    ]


def test_an_excel_day_number_is_no_date_and_the_day_is_guessed_at_aloud(tmp_path: Path) -> None:
    path = tmp_path / "m.csv"
    path.write_text("region,measure,date,value,source\n2309,x,45291,1,y\n", encoding="utf-8")
    with pytest.raises(InputError) as error:
        read_table(path, MEASURES, "m.csv")
    assert str(error.value) == (
        'm.csv, rad 2, kolumn date: "45291" är inget datum (Excels dagnummer för 2023-12-31?). Väntade t.ex. '
        "2020-12-31. Ge cellerna datumformat i Excel."
    )


def test_a_date_in_a_ledger_may_be_a_date_cell(made: Callable[..., Path]) -> None:
    def decide(book: Book) -> None:
        sheet = book.worksheets()[0]
        sheet.write("H1", "decided")
        sheet.write_datetime("H2", date(2024, 6, 17), book.add_format({"num_format": "yyyy-mm-dd"}))

    table = read_table(made([HEADING, ROW], decide), LEDGER, NAME)
    assert list(pd.Series(table["decided"]).astype(str)) == ["2024-06-17"] * 2
