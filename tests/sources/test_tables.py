"""CSV and xlsx tables: read as they are meant, and every kind of fault told in Swedish with its place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
import xlsxwriter

from krokomanalys.errors import InputError
from krokomanalys.sources.layouts import COMMENTS, GROUPS, LEDGER, MEASURES, RATIOS, Layout
from krokomanalys.sources.tables import empty_table, read_table

HEADING = "region,year,sex,age_group,population"
NAME = "data/population/groups.csv"
Cell = str | float | date | tuple[str, str | float]


@pytest.fixture
def faults(tmp_path: Path) -> Callable[..., list[str]]:
    """What is said of a file with this text (or these bytes)."""

    def told(text: str | bytes, layout: Layout = GROUPS, file: str = "table.csv") -> list[str]:
        path = tmp_path / file
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        with pytest.raises(InputError) as error:
            read_table(path, layout, NAME)
        return [str(fault).removeprefix(NAME) for fault in error.value.faults]

    return told


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., pd.DataFrame]:
    def table(text: str | bytes, layout: Layout = GROUPS, file: str = "table.csv") -> pd.DataFrame:
        path = tmp_path / file
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return read_table(path, layout, NAME)

    return table


def workbook(path: Path, rows: list[list[Cell]]) -> bytes:
    """The bytes of an xlsx file; a cell given as (formula, value) is a formula with its last value."""
    book = xlsxwriter.Workbook(str(path))
    sheet, day = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            if isinstance(cell, tuple):
                sheet.write_formula(r, c, cell[0], None, cell[1])
            elif isinstance(cell, date):
                sheet.write_datetime(r, c, cell, day)
            else:
                sheet.write(r, c, cell)
    book.close()
    return path.read_bytes()


@pytest.mark.parametrize(
    "text",
    [
        f"{HEADING}\n0114,2020,F,0-5,12700\n",
        f"\ufeff{HEADING}\r\n0114,2020,F,0-5,12700\r\n",
        "region;year;sex;age_group;population\n0114;2020;F;0-5;12 700\n",
        f'{HEADING}\n 0114 , 2020 ,F,"0-5",12\u00a0700\n',
        f"{HEADING}\n0114,2020,F,0-5,12.700\n",
    ],
    ids=["comma", "byte order mark", "semicolon", "spaces", "points between thousands"],
)
def test_a_csv_is_read_alike_however_the_spreadsheet_saved_it(read: Callable[..., pd.DataFrame], text: str) -> None:
    table = read(text)
    assert table.to_dict("records") == [
        {"region": "0114", "year": 2020, "sex": "F", "age_group": "0-5", "population": 12700}
    ]
    assert table["population"].dtype == "int64"


def test_an_xlsx_is_read_as_the_csv_would_be(read: Callable[..., pd.DataFrame], tmp_path: Path) -> None:
    rows: list[list[Cell]] = [
        HEADING.split(","),
        ["0114", 2020, "F", "0-5", 12700],
        ["2309", 2020, "M", "80+", ("=6*7", 42)],
    ]
    table = read(workbook(tmp_path / "made.xlsx", rows), file="table.xlsx")
    assert table["region"].tolist() == ["0114", "2309"]
    assert table["population"].tolist() == [12700, 42]


def test_a_date_cell_of_a_spreadsheet_is_a_date(read: Callable[..., pd.DataFrame], tmp_path: Path) -> None:
    rows: list[list[Cell]] = [
        ["region", "measure", "date", "value", "source"],
        ["2309", "a", date(2020, 12, 31), 8.5, "x"],
        ["2309", "b", "2021-01-01", "~23", "x"],
    ]
    table = read(workbook(tmp_path / "made.xlsx", rows), MEASURES, "table.xlsx")
    assert table["date"].tolist() == ["2020-12-31", "2021-01-01"]
    assert table["value"].tolist() == [8.5, 23]
    assert table["precision"].tolist() == ["", "approximate"]


def test_columns_that_are_left_out_are_there_as_blanks(read: Callable[..., pd.DataFrame]) -> None:
    table = read('region,year,kind,basis,amount,line\n2262,2020,net,budget,"- 8 736",x\n', LEDGER)
    assert table["amount"].tolist() == [-8736]
    assert table["board"].tolist() == [""]
    assert table["month"].dtype == "Int64" and table["month"].isna().all()


def test_what_is_blank_where_it_may_be_is_nothing_and_not_zero(read: Callable[..., pd.DataFrame]) -> None:
    table = read("region,year,line,kommentar,effekt_tkr\n2262,2020,a,,\n2262,2020,b,x,0\n", COMMENTS)
    assert table["kommentar"].tolist() == ["", "x"]
    assert table["effekt_tkr"].isna().tolist() == [True, False]


def test_an_empty_table_of_a_layout_has_its_columns_and_kinds(read: Callable[..., pd.DataFrame]) -> None:
    pd.testing.assert_frame_equal(empty_table(LEDGER), read("region,year,kind,basis,amount\n", LEDGER))


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (
            "0114,2020,F,0-5,12O",
            ', rad 2, kolumn population: "12O" är inte ett tal (bokstaven O?). Väntade ett heltal, 0 eller större.',
        ),
        (
            "0114,2020,F,0-5,#REF!",
            ', rad 2, kolumn population: "#REF!" är ett formelfel i kalkylbladet. Väntade ett heltal, 0 eller större.',
        ),
        (
            "0114,2020,F,0-5,#SAKNAS!",
            ', rad 2, kolumn population: "#SAKNAS!" är ett formelfel i kalkylbladet. '
            "Väntade ett heltal, 0 eller större.",
        ),
        (
            "0114,2020,#REF!,0-5,12",
            ', rad 2, kolumn sex: "#REF!" är ett formelfel i kalkylbladet. Väntade något av F, M, T.',
        ),
        ("0114,2020,F,0-5,", ", rad 2, kolumn population: cellen är tom. Väntade ett heltal, 0 eller större."),
        (
            "0114,2020,F,0-5,-",
            ', rad 2, kolumn population: "-" är inget tal utan betyder att uppgift saknas. '
            "Väntade ett heltal, 0 eller större.",
        ),
        ("0114,2020,F,0-5,-3", ', rad 2, kolumn population: "-3" är inget antal. Väntade ett heltal, 0 eller större.'),
        (
            "0114,2020,F,0-5,1.5",
            ', rad 2, kolumn population: "1.5" är inget antal. Väntade ett heltal, 0 eller större.',
        ),
        (
            "0114,2020,F,0-5,inf",
            ', rad 2, kolumn population: "inf" är inte ett tal. Väntade ett heltal, 0 eller större.',
        ),
        ("0114,2020,K,0-5,12", ', rad 2, kolumn sex: "K" kan inte stå här. Väntade något av F, M, T.'),
        ("0114,20,F,0-5,12", ', rad 2, kolumn year: "20" kan inte stå här. Väntade minst 1700.'),
        (
            "114,2020,F,0-5,12",
            ', rad 2, kolumn region: "114" är ingen kod för kommun, län eller riket. Väntade fyra '
            "siffror för en kommun, två för ett län, 00 för riket. Har inledande nollor fallit bort?",
        ),
        (
            "Krokom,2020,F,0-5,12",
            ', rad 2, kolumn region: "Krokom" är ingen kod för kommun, län eller riket. Väntade '
            "fyra siffror för en kommun, två för ett län, 00 för riket.",
        ),
        (
            "0114,2020,F,0-5,12,7",
            ", rad 2: raden har 6 kolumner. Väntade 5 som i rubrikraden. Sätt citattecken om text "
            "och tal som innehåller skiljetecknet.",
        ),
        ("0114,2020,F,0-5", ", rad 2: raden har 4 kolumner. Väntade 5 som i rubrikraden."),
        (
            '0114,2020,F,"0-5,12',
            ', rad 2: citattecknen på raden går inte ihop. Väntade par av citattecken, som i "lån, nya".',
        ),
        (",,,,", ", rad 2: raden är tom. Ta bort raden."),
    ],
)
def test_a_fault_is_told_with_its_place_what_was_found_and_what_was_expected(
    faults: Callable[..., list[str]], row: str, told: str
) -> None:
    assert faults(f"{HEADING}\n{row}\n") == [told]


def test_a_number_with_a_decimal_comma_that_nobody_quoted_loses_no_digit_in_silence(
    faults: Callable[..., list[str]],
) -> None:
    assert faults("region,kpi,year,value\n2309,N1,2020,12,5\n2309,N1,2021,13,5\n", RATIOS) == [
        f", rad {row}: raden har 5 kolumner. Väntade 4 som i rubrikraden. Sätt citattecken om text och tal som "
        "innehåller skiljetecknet."
        for row in (2, 3)
    ]


@pytest.mark.parametrize("text", ["inf", "-inf", "Infinity", "nan", "True", "0x10"])
def test_words_that_a_computer_takes_for_numbers_are_no_numbers(faults: Callable[..., list[str]], text: str) -> None:
    assert faults(f"region,kpi,year,value\n2309,N1,2020,{text}\n", RATIOS) == [
        f', rad 2, kolumn value: "{text}" är inte ett tal. Väntade ett tal, t.ex. 12.5.'
    ]


@pytest.mark.parametrize("day", ["2020-13-31", "20201231", "31/12 2020", "2020"])
def test_a_date_is_a_day_of_the_calendar(faults: Callable[..., list[str]], day: str) -> None:
    assert faults(f"region,measure,date,value,source\n2309,x,{day},1,y\n", MEASURES) == [
        f', rad 2, kolumn date: "{day}" är inget datum. Väntade t.ex. 2020-12-31.'
    ]


def test_missing_and_unknown_columns_are_told_together(faults: Callable[..., list[str]]) -> None:
    assert faults("region,yr,sex,age_group,population,\n") == [
        f', rad 1: kolumnen "yr" är okänd. Väntade någon av {HEADING.replace(",", ", ")}.',
        f", rad 1: en kolumn saknar namn. Väntade någon av {HEADING.replace(',', ', ')}.",
        f', rad 1: kolumnen "year" saknas. Väntade kolumnerna {HEADING.replace(",", ", ")}.',
    ]


def test_a_column_given_twice_is_told(faults: Callable[..., list[str]]) -> None:
    assert faults(f"{HEADING},year\n") == [', rad 1: kolumnen "year" finns mer än en gång.']


def test_a_row_given_twice_is_told_with_the_row_it_repeats(faults: Callable[..., list[str]]) -> None:
    rows = "0114,2020,F,0-5,12\n0114,2020,F,6-15,12\n0114,2020,F,0-5,13\n0114,2020,F,0-5,12\n"
    assert faults(f"{HEADING}\n{rows}") == [
        f", rad {row}: samma uppgift som på rad 2 (region 0114, year 2020, sex F, age_group 0-5). Väntade att varje "
        "uppgift står en gång. Ta bort den ena."
        for row in (4, 5)
    ]


def test_a_repeated_row_is_named_by_what_stands_in_it_and_not_by_its_blanks(faults: Callable[..., list[str]]) -> None:
    row = "2309,2020,net,budget,-5,Skola\n"
    (told,) = faults(f"region,year,kind,basis,amount,line\n{row}{row}", LEDGER)
    assert "(region 2309, year 2020, kind net, basis budget, line Skola)" in told


@pytest.mark.parametrize(
    ("value", "what"),
    [
        ("minst 30", "en gräns"),
        (">20", "en gräns"),
        ("1-10", "ett intervall"),
        ("8,5 (8,8)/10", "ett tidigare värde och en skala"),
        ("2,2 miljoner", "en enhet"),
        ("ca 30 %", "en enhet"),
    ],
)
def test_a_value_with_more_than_a_number_is_not_taken_for_the_number(
    faults: Callable[..., list[str]], value: str, what: str
) -> None:
    text = f'region,measure,date,value,source\n2309,a,2020-12-31,"{value}",x\n'
    assert faults(text, MEASURES) == [
        f', rad 2, kolumn value: "{value}" är inte bara ett värde utan också {what}. Väntade t.ex. 85 eller ~23.'
    ]


@pytest.mark.parametrize(("value", "number"), [("~23", 23), ("ca 30", 30), ("ett 30-tal", 30), ("runt 35", 35)])
def test_a_rough_value_is_the_number_and_marked_as_rough(
    read: Callable[..., pd.DataFrame], value: str, number: float
) -> None:
    table = read(f"region,measure,date,value,source\n2309,a,2020-12-31,{value},x\n", MEASURES)
    assert (table.loc[0, "value"], table.loc[0, "precision"]) == (number, "approximate")


def test_all_faults_of_a_file_are_found_at_once_in_the_order_of_its_rows(faults: Callable[..., list[str]]) -> None:
    rows = [
        "0114,2020,F,0-5,12O",
        "0114,2020,X,6-15,12",
        "0114,2020,F",
        "114,1,F,80+,",
        "0114,2020,M,80+,3",
        "",
        "0114,2020,M,80+,4",
    ]
    told = faults("\n".join([HEADING, *rows, ""]))
    assert [fault.split(":")[0] for fault in told] == [
        ", rad 2, kolumn population",
        ", rad 3, kolumn sex",
        ", rad 4",
        ", rad 5, kolumn region",
        ", rad 5, kolumn population",
        ", rad 5, kolumn year",
        ", rad 7",
        ", rad 8",
    ]


def test_the_first_fault_is_shown_and_the_rest_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text(f"{HEADING}\n0114,2020,F,0-5,x\n0114,2020,M,0-5,y\n0114,2020,T,0-5,z\n")
    with pytest.raises(InputError) as error:
        read_table(path, GROUPS, NAME)
    assert str(error.value) == (
        f'{NAME}, rad 2, kolumn population: "x" är inte ett tal. Väntade ett heltal, 0 eller större. 2 fel till.'
    )


def test_a_file_saved_by_old_excel_is_told_how_to_be_saved(faults: Callable[..., list[str]]) -> None:
    assert faults(f"{HEADING}\nTimrå,2020,F,0-5,12\n".encode("latin-1")) == [
        ': filen är inte UTF-8 (byte 41). Väntade UTF-8. Spara om den som "CSV UTF-8".'
    ]


@pytest.mark.parametrize("text", ["", "\n", "   \n", ",,,\n1,2,3,4\n"])
def test_a_file_without_a_heading_is_empty(faults: Callable[..., list[str]], text: str) -> None:
    assert faults(text) == [": filen är tom. Väntade en rubrikrad med kolumnnamn."]


def test_formula_errors_in_a_spreadsheet_are_no_blank_cells(faults: Callable[..., list[str]], tmp_path: Path) -> None:
    """Also where the cell may be blank: what a formula failed to give is not nothing."""
    rows: list[list[Cell]] = [
        ["region", "year", "line", "kommentar", "effekt_tkr"],
        ["2262", 2020, "a", "x", ("=1/0", "#DIV/0!")],
        ["2262", 2020, "b", "", ""],
        ["2262", 2020, "c", ("=A0", "#REF!"), 5],
    ]
    assert faults(workbook(tmp_path / "made.xlsx", rows), COMMENTS, "table.xlsx") == [
        ', rad 2, kolumn effekt_tkr: "#DIV/0!" är ett formelfel i kalkylbladet. Väntade t.ex. 12 700.',
        ', rad 4, kolumn kommentar: "#REF!" är ett formelfel i kalkylbladet. Väntade en text.',
    ]


def test_a_code_that_the_spreadsheet_made_a_number_has_lost_its_zero(
    faults: Callable[..., list[str]], tmp_path: Path
) -> None:
    rows: list[list[Cell]] = [HEADING.split(","), [114, 2020, "F", "0-5", 12]]
    (told,) = faults(workbook(tmp_path / "made.xlsx", rows), file="table.xlsx")
    assert told.startswith(', rad 2, kolumn region: "114" är ingen kod')
    assert told.endswith("Har inledande nollor fallit bort?")


def test_rows_of_a_spreadsheet_are_numbered_as_the_economist_sees_them(
    faults: Callable[..., list[str]], tmp_path: Path
) -> None:
    rows: list[list[Cell]] = [
        HEADING.split(","),
        ["0114", 2020, "F", "0-5", 12],
        ["", "", "", "", ""],
        ["0114", 2020, "M", "0-5", "12O"],
    ]
    told = faults(workbook(tmp_path / "made.xlsx", rows), file="table.xlsx")
    assert [fault.split(":")[0] for fault in told] == [", rad 3", ", rad 4, kolumn population"]


@pytest.mark.parametrize("content", [b"region;year\n", b"PK\x03\x04 broken"])
def test_a_file_that_only_calls_itself_a_spreadsheet_is_told(faults: Callable[..., list[str]], content: bytes) -> None:
    assert faults(content, file="table.xlsx") == [
        ": filen går inte att läsa som ett kalkylblad. Väntade en Excel-arbetsbok (.xlsx). Öppna den i Excel och spara "
        "om den."
    ]
