"""What a ledger's own rows show to be wrong: totals among them, and signs that look turned."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from krokomanalys.errors import InputError
from krokomanalys.sources.layouts import LEDGER, MONTHS
from krokomanalys.sources.tables import read_table

HEADING = f"region;year;line;kind;basis;note;{';'.join(MONTHS)}"
SKOLA = f"0000;2025;Skola;cost;budget;;{';'.join(['-100'] * 12)}"
Told = Callable[..., list[str]]


def row(amounts: Sequence[object], line: str = "Vård", kind: str = "cost", note: str = "") -> str:
    cells = [*map(str, amounts), *[""] * (12 - len(amounts))]
    return f"0000;2025;{line};{kind};budget;{note};{';'.join(cells)}"


@pytest.fixture
def told(tmp_path: Path) -> Told:
    def faults(*rows: str) -> list[str]:
        path = tmp_path / "ledger.csv"
        path.write_text("\n".join([HEADING, SKOLA, *rows, ""]), encoding="utf-8")
        try:
            read_table(path, LEDGER, "x.csv")
        except InputError as error:
            return [str(fault) for fault in error.faults]
        return []

    return faults


@pytest.mark.parametrize("line", ["Summa", "SUMMA kostnader", "Totalt", "Delsumma drift", "S:a", "Nettokostnad"])
def test_a_total_among_the_rows_is_told(told: Told, line: str) -> None:
    assert told(row([-1, -2], line)) == [
        f'x.csv, rad 3, kolumn line: "{line}" ser ut att vara en summa av andra rader. Väntade bara det som summan är '
        "av. Ta bort raden: summor räknas ut. Tryckta summor skrivs under printed i YAML-filen."
    ]


@pytest.mark.parametrize("line", ["Totalförsvar", "Summerkurs", "Resultat"])
def test_a_line_that_only_sounds_like_a_total_is_a_line(told: Told, line: str) -> None:
    assert told(row([-1, -2], line)) == []


def test_a_line_that_is_the_sum_of_the_others_month_by_month_is_told_whatever_it_is_called(told: Told) -> None:
    others = [row([-1, -2, -3, -4], "Vård"), row([-2, -1, -5, -1], "Kultur")]
    (fault,) = told(*others, row([-103, -103, -108, -105, *[-100] * 8], "Nämndens kostnader"))
    assert 'rad 5, kolumn line: "Nämndens kostnader" ser ut att vara en summa' in fault
    assert told(*others, row([-103, -103, -108, -106, *[-100] * 8], "Nämndens kostnader")) == []
    assert told(row([-100] * 12, "Lika stor")) == [], "two lines alike are no sum and its part"


def test_a_month_with_its_sign_turned_is_told_and_not_turned_back(told: Told) -> None:
    assert told(row([-100] * 6 + [100] + [-100] * 5)) == [
        'x.csv, rad 3, kolumn m07: "Vård" har 1 belopp med annat tecken än filens övriga kostnader. Väntade negativa '
        "tal. Vänd tecknet, eller skriv i note varför det ska vara så."
    ]


def test_a_whole_line_with_the_other_sign_is_told(told: Told) -> None:
    (fault,) = told(row([90, 80, 10]))
    assert fault.startswith('x.csv, rad 3, kolumn m01: "Vård" har 3 belopp med annat tecken')


def test_an_income_below_zero_is_told_too(told: Told) -> None:
    (fault,) = told(row([50] * 12, "Avgifter", "income"), row([-4] * 12, "Bidrag", "income"))
    assert '"Bidrag" har 12 belopp med annat tecken än filens övriga intäkter. Väntade positiva tal' in fault


@pytest.mark.parametrize(
    "amounts",
    [
        [-130] * 5 + [60, 420, 260] + [-60] * 3 + [-130],
        [-100] * 11 + [8],
        [-100, -100, 90],
    ],
    ids=["vacations are earned and taken", "a small correction", "too few months to tell"],
)
def test_a_line_that_changes_sign_by_its_nature_is_left_alone(told: Told, amounts: list[int]) -> None:
    assert told(row(amounts)) == []


def test_a_note_says_that_the_sign_is_meant(told: Told) -> None:
    assert told(row([90] * 12, note="återbetalning från staten")) == []


def test_accounts_are_summed_before_their_signs_are_looked_at(tmp_path: Path) -> None:
    path = tmp_path / "ledger.csv"
    rows = ["0000;2025;Skola;4;cost;budget;-100", "0000;2025;Skola;49;cost;budget;20"]
    path.write_text("\n".join(["region;year;line;account;kind;basis;amount", *rows, ""]), encoding="utf-8")
    assert len(read_table(path, LEDGER, "x.csv")) == 2
