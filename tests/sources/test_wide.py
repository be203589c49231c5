"""A ledger by month: read long, every slip told with its row and column, and made wide again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from krokomanalys.errors import InputError
from krokomanalys.sources.layouts import LEDGER, MONTHS
from krokomanalys.sources.tables import read_table
from krokomanalys.sources.wide import long_of, wide_of

NAME = "data/budget/0000-2025.csv"
ABOUT = "region;year;board;line;kind;basis;version"
HEADING = f"{ABOUT};{';'.join(MONTHS)};amount"
BUDGET = "0000;2025;Skola;Grundskola;cost;budget;juni"
Read = Callable[..., pd.DataFrame]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def table(*rows: str, heading: str = HEADING) -> pd.DataFrame:
        path = tmp_path / "0000-2025.csv"
        path.write_text("\n".join([heading, *rows, ""]), encoding="utf-8")
        return read_table(path, LEDGER, NAME)

    return table


@pytest.fixture
def told(read: Read) -> Callable[..., list[str]]:
    def faults(*rows: str, heading: str = HEADING) -> list[str]:
        with pytest.raises(InputError) as error:
            read(*rows, heading=heading)
        return [str(fault).removeprefix(f"{NAME}, ") for fault in error.value.faults]

    return faults


def test_months_side_by_side_become_an_amount_a_row(read: Read) -> None:
    table = read(f"{BUDGET};-10;-20;;;;;;;;;;-5;", "0000;2025;Skola;Lokaler;cost;budget;juni;;;;;;;;;;;;;-700")
    assert table[["line", "month", "amount", "row"]].to_numpy(dtype=object, na_value=None).tolist() == [
        ["Grundskola", 1, -10.0, 2],
        ["Grundskola", 2, -20.0, 2],
        ["Grundskola", 12, -5.0, 2],
        ["Lokaler", None, -700.0, 3],
    ]
    assert set(table.columns) == {*LEDGER.columns, "row"}


def test_a_month_of_0_is_an_amount_and_a_blank_one_is_none(read: Read) -> None:
    table = read(f"{BUDGET};0;;0;;;;;;;;;;0")
    assert table[["month", "amount"]].to_numpy().tolist() == [[1, 0], [3, 0]]


def test_only_the_months_that_the_file_has_are_needed(read: Read) -> None:
    table = read(f"{BUDGET};-1;-2", heading=f"{ABOUT};m03;m04")
    assert table["month"].tolist() == [3, 4]


def test_an_amount_beside_months_is_their_sum_to_the_last_digit(told: Callable[..., list[str]], read: Read) -> None:
    assert len(read(f"{BUDGET};-0,1;-0,2;-0,3;;;;;;;;;;-0,6")) == 3
    assert told(f"{BUDGET};-10;-20;;;;;;;;;;;-30,5", f"{BUDGET[:-4]}mars;-1;;;;;;;;;;;;-2") == [
        "rad 2, kolumn amount: amount är −30,5 men månaderna blir −30. Väntade månadernas summa, eller en tom cell.",
        "rad 3, kolumn amount: amount är −2 men månaderna blir −1. Väntade månadernas summa, eller en tom cell.",
    ]


def test_a_sum_that_is_wrong_in_its_last_digits_is_told_with_them(told: Callable[..., list[str]]) -> None:
    (fault,) = told(f"{BUDGET};-1;-2;;;;;;;;;;;-3,0001")
    assert "amount är −3,00010000 men månaderna blir −3,00000000" in fault


def test_a_row_without_any_amount_is_told(told: Callable[..., list[str]]) -> None:
    assert told(f"{BUDGET};;;;;;;;;;;;;") == [
        "rad 2, kolumn amount: raden har inget belopp. Väntade belopp i m01–m12, eller årets belopp i amount. "
        "Fyll i raden eller ta bort den."
    ]


def test_a_letter_in_a_month_is_told_by_its_row_and_column_and_only_once(told: Callable[..., list[str]]) -> None:
    assert told(f"{BUDGET};-10;12 7OO;;;;;;;;;;;-30") == [
        'rad 2, kolumn m02: "12 7OO" är inte ett tal (bokstaven O?). Väntade t.ex. 12 700.'
    ]


def test_a_month_given_on_two_rows_names_both(told: Callable[..., list[str]]) -> None:
    assert told(f"{BUDGET};-1;-2;;;;;;;;;;;", f"{BUDGET};;-2;-3;;;;;;;;;;") == [
        "rad 3: samma uppgift som på rad 2 (region 0000, year 2025, month 2, board Skola, kind cost, basis budget, "
        "version juni, line Grundskola). Väntade att varje uppgift står en gång. Ta bort den ena."
    ]


def test_the_same_line_may_have_its_months_on_two_rows(read: Read) -> None:
    assert read(f"{BUDGET};-1;;;;;;;;;;;;", f"{BUDGET};;-2;;;;;;;;;;;")["month"].tolist() == [1, 2]


def test_a_column_of_months_beside_months_is_told(told: Callable[..., list[str]]) -> None:
    assert told(f"{BUDGET};4;-1;", heading=f"{ABOUT};month;m01;amount") == [
        "rad 1: kolumnen month står bredvid m01. Väntade månaden i det ena. Ta bort kolumnen month."
    ]


def test_a_ledger_with_a_misspelt_month_names_the_columns_it_may_have(told: Callable[..., list[str]]) -> None:
    (fault, _) = told(f"{BUDGET};-1", heading=f"{ABOUT};jan")
    assert fault.startswith('rad 1: kolumnen "jan" är okänd. Väntade någon av region, year, month,')
    assert fault.endswith("parent, note och m01–m12.")


def test_a_long_ledger_is_read_as_before_and_knows_its_rows(read: Read) -> None:
    table = read(f"{BUDGET};1;-10", f"{BUDGET};;-20", heading=f"{ABOUT};month;amount")
    assert table["month"].tolist() == [1, pd.NA]
    assert table["row"].tolist() == [2, 3]


AMOUNTS = st.integers(-(10**9), 10**9).map(lambda cents: cents / 100)
YEAR = st.dictionaries(st.integers(1, 12), AMOUNTS, min_size=1) | AMOUNTS


@given(st.lists(YEAR, min_size=1, max_size=6))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_long_to_wide_to_long_gives_the_same_amounts(years: list[dict[int, float] | float]) -> None:
    given_rows = [
        {"line": f"Rad {number}", "month": month, "amount": amount}
        for number, year in enumerate(years)
        for month, amount in (sorted(year.items()) if isinstance(year, dict) else [(pd.NA, year)])
    ]
    blank = dict.fromkeys(LEDGER.columns, "")
    long = pd.DataFrame([blank | {"region": "0000", "year": 2025} | row for row in given_rows])
    long = long.astype({"month": "Int64", "amount": float})
    wide = wide_of(long)
    assert len(wide) == len(years)
    again = long_of(wide, MONTHS)[list(LEDGER.columns)].reset_index(drop=True)
    pd.testing.assert_frame_equal(again, long, check_dtype=False)
