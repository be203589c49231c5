"""Files beside a ledger are held to its nämnder and lines: what would be read and never shown is told."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from krokomanalys.report.check import faults_of_data
from krokomanalys.sources.folder import EMBEDDED


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A data folder with the made-up municipality's ledgers of two years."""
    (tmp_path / "budget").mkdir()
    for year in (2024, 2025):
        for path in (EMBEDDED / "budget").glob(f"0000-{year}*"):
            shutil.copy(path, tmp_path / "budget")
    return tmp_path


def faults(folder: Path, file: str, text: str) -> list[str]:
    path = folder / file
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return [str(fault) for fault in faults_of_data(folder)]


VOLUMES = "region,year,board,line,item,unit,basis,volume,price\n0000,2025,Socialnämnden,{line},tid,timmar,budget,10,1\n"
PROJECTS = "region,year,line,decided_total,accumulated,forecast_total\n0000,2025,{line},10,5,10\n"
DRIVERS = "region,year,board,line,driver,amount\n0000,2025,Socialnämnden,{line},pris,-5\n"


@pytest.mark.parametrize(
    ("file", "text", "right", "wrong"),
    [
        ("volumes/0000-2025.csv", VOLUMES, "Äldreomsorg", "Äldreomsrog"),
        ("investments/0000-2025.csv", PROJECTS, "Konstgräsplan", "Konstgräsplanen"),
        ("drivers/0000-2025.csv", DRIVERS, "Äldreomsorg", "Äldreomsrog"),
    ],
)
def test_a_line_that_the_ledger_does_not_have_is_told(own: Path, file: str, text: str, right: str, wrong: str) -> None:
    assert faults(own, file, text.format(line=right)) == []
    (told,) = faults(own, file, text.format(line=wrong))
    assert f'{file}, rad 2, kolumn line: raden "{wrong}" finns inte' in told


def test_a_name_that_is_neither_a_period_nor_the_namnd_is_told(own: Path) -> None:
    text = "region,year,board,line,kommentar\n0000,2025,Socialnämnden,Äldreomsorg,Dyrt\n"
    assert faults(own, "comments/0000-2025-08-socialnamnden.csv", text) == []
    (told,) = faults(own, "comments/0000-2025-aug.csv", text)
    assert '"aug" i filens namn är varken en period eller nämnden i filen' in told and "socialnamnden" in told


def test_a_unit_that_moved_from_where_it_never_was_is_told(own: Path) -> None:
    head = "region,from_year,from_board,from_line,to_board,to_line\n"
    sources = (
        "files:\n  mappings/organisation.csv: {table: a, publisher: b, licence: c, unit: d, retrieved: 2025-01-01, "
        "compiled_by: e}\n"
    )
    (own / "sources.yaml").write_text(sources, encoding="utf-8")
    right = "0000,2025,Socialnämnden,Äldreomsorg,Kommunstyrelsen,\n"
    assert faults(own, "mappings/organisation.csv", head + right) == []
    (told,) = faults(own, "mappings/organisation.csv", head + right.replace("Socialnämnden", "Socialnamnden"))
    assert 'rad 2, kolumn from_board: "Socialnamnden" finns inte i någon huvudbok före 2025' in told
