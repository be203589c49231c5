"""Forms for the economist's own data folder, and a ledger given back in their layout."""

from __future__ import annotations

from pathlib import Path

from krokomanalys.budget.by_line import by_line
from krokomanalys.errors import Fault, InputError, MissingFigures
from krokomanalys.regions import name_of
from krokomanalys.report import money
from krokomanalys.sources.export import export_ledger
from krokomanalys.sources.folder import Folder, open_folder
from krokomanalys.sources.forms import new_comments, new_ledger
from krokomanalys.sources.layouts import LEDGER
from krokomanalys.sources.load import load
from krokomanalys.sources.reader import joined

_OF_A_LINE = ["board", "line", "parent", "kind"]


def new(municipality: str, year: int, period: str | None, board: str | None, data: Path | None) -> list[Path]:
    """Write what is to be filled in next, into the economist's data folder; returns the files.

    Without a ledger of the year: the ledger's form and its notes, with the lines of the year before. With one: a
    form for each nämnd (or the one named) to comment on the year or the period.

    Raises:
        InputError: an unknown municipality; a file is there already; a period without figures.
    """
    folder = open_folder(data)
    name = name_of(folder.table("regions.csv"), municipality)
    if name is None or len(municipality) != 4:
        raise InputError(Fault("KOMMUN", f'"{municipality}" är ingen kommun i regions.csv', "fyra siffror, t.ex. 2309"))
    into = data or Path.cwd() / "data"
    if not _files(folder, municipality, year):
        if period or board:
            problem = f"huvudboken för {year} finns inte än"
            remedy = f"Skriv först krokomanalys new {municipality} --year {year} och fyll i den"
            raise InputError(Fault("--period, --board", problem, remedy=remedy))
        before = _files(folder, municipality, year - 1)
        lines = joined(before)[_OF_A_LINE].drop_duplicates().astype(str) if before else None
        return new_ledger(into, municipality, name, year, lines)
    try:
        slice_ = load("budgetuppfoljning", data, municipality=municipality, year=year, period=period, board=board)
    except MissingFigures as gap:
        first = gap.missing[0]
        raise InputError(Fault(municipality, f"{first.what} saknas", remedy=first.remedy)) from None
    ledger = money.ledger_of(slice_)
    return new_comments(into, municipality, year, period, by_line(ledger), ledger.notes.unit)


def export(municipality: str, year: int, file: Path, data: Path | None) -> None:
    """Write a year's ledger, all its versions, to an xlsx or csv file in the layout of the form.

    Raises:
        InputError: there is no such ledger; the file is there already or has another ending.
    """
    files = _files(open_folder(data), municipality, year)
    if not files:
        expected = f"data/budget/{municipality}-{year}.csv"
        raise InputError(Fault(municipality, f"ingen huvudbok för {year}", expected))
    export_ledger(joined(files)[list(LEDGER.columns)], municipality, year, file)


def _files(folder: Folder, municipality: str, year: int) -> list[Path]:
    return folder.matching(rf"budget/{municipality}-{year}(-[a-z0-9-]+)?\.(csv|xlsx)")
