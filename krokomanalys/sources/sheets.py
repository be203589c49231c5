"""A CSV or xlsx file as cells of text, as it stands: what the cells mean is for sources.tables.

A ledger may have millions of cells but few different texts, so a column is kept as its texts, each once, and
which of them stands on each row.
"""

from __future__ import annotations

import csv
import itertools
import re
import zipfile
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import numpy.typing as npt
import pandas as pd
from python_calamine import CalamineError, CalamineWorkbook

from krokomanalys.errors import Fault, InputError

FORMULA_ERRORS = (
    "#REF!",
    "#DIV/0!",
    "#NAME?",
    "#VALUE!",
    "#N/A",
    "#NUM!",
    "#NULL!",
    "#REFERENS!",
    "#DIVISION/0!",
    "#NAMN?",
    "#VÄRDEFEL!",
    "#SAKNAS!",
    "#OGILTIGT!",
    "#SKÄRNING!",
)
GUIDE, REMARKS = "Så fyller du i", "Anteckningar"
"""Sheets after the first one that may hold anything, since nobody takes them for figures."""
_BLOCK, _SEARCHED = 5000, 20
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass(frozen=True, eq=False)
class Cells:
    """The cells of a file as stripped text.

    frame   columns named by the first row, categories of text; the index is the row's number in the file (the
            heading is row 1)
    faults  rows that are no rows, empty or of another width than the heading: they are not in the frame
    name    what the file is called in messages, with the sheet where it has several
    """

    frame: pd.DataFrame
    faults: list[Fault]
    name: str


def read_cells(path: Path, name: str, known: Collection[str]) -> Cells:
    """The cells of a file; `known` are the columns that it may have, by which a misplaced heading is found.

    Raises:
        InputError: the file cannot be read at all, or has no heading; cells of the sheet are merged, or another
            sheet holds what would not be read.
    """
    if path.suffix == ".xlsx":
        name, given = _sheet(path, name)
        rows = iter(given)
    else:
        rows = _csv(path, name)
    top = [[cell.strip() for cell in row] for row in itertools.islice(rows, _SEARCHED)]
    if not set(known) & set(top[0] if top else []):
        _find_heading(top, set(known), name)
    if not top or not any(top[0]):
        raise InputError(Fault(name, "filen är tom", "en rubrikrad med kolumnnamn"))
    heading = top[0]
    if twice := sorted({column for column in heading if heading.count(column) > 1}):
        raise InputError([_named_twice(column, name) for column in twice])
    frame, faults = _coded(heading, itertools.chain(top[1:], rows), name)
    return Cells(frame, faults, name)


def _find_heading(top: list[list[str]], known: set[str], name: str) -> None:
    for number, row in enumerate(top[1:], start=2):
        if len(known & set(row)) >= 2:
            raise InputError(
                Fault(
                    name,
                    f"rubrikraden står på rad {number}",
                    "kolumnernas namn på den första raden",
                    "Ta bort raderna ovanför",
                    row=1,
                )
            )


def _named_twice(column: str, name: str) -> Fault:
    if not column:
        return Fault(name, "flera kolumner saknar namn", "ett namn över varje kolumn", "Ta bort tomma kolumner", row=1)
    return Fault(name, f'kolumnen "{column}" finns mer än en gång', row=1)


def _coded(heading: list[str], rows: Iterator[list[str]], name: str) -> tuple[pd.DataFrame, list[Fault]]:
    """Each column as categories, from rows that are taken a block at a time, so that never all cells are held."""
    faults: list[Fault] = []
    numbers: list[npt.NDArray[np.int32]] = [np.empty(0, np.int32)]
    places = [defaultdict[str, int](itertools.count().__next__) for _ in heading]
    codes: list[list[npt.NDArray[np.int32]]] = [[np.empty(0, np.int32)] for _ in heading]
    first = 2
    while block := list(itertools.islice(rows, _BLOCK)):
        told = {
            number: fault
            for number, row in enumerate(block, start=first)
            if (fault := _row_fault(row, len(heading), name, number))
        }
        own = range(first, first + len(block))
        numbers.append(np.array([number for number in own if number not in told] if told else own, np.int32))
        kept = [row for number, row in zip(own, block, strict=True) if number not in told] if told else block
        for place, of_column, cells in zip(places, codes, zip(*kept, strict=True), strict=bool(kept)):
            of_column.append(np.fromiter(map(place.__getitem__, cells), np.int32, len(cells)))
        faults += told.values()
        first += len(block)
    index = pd.Index(np.concatenate(numbers), dtype=int)
    columns = {
        column: _categories(place, np.concatenate(of_column))
        for column, place, of_column in zip(heading, places, codes, strict=True)
    }
    return pd.DataFrame(columns, index=index), faults


def _row_fault(row: list[str], width: int, name: str, number: int) -> Fault | None:
    if (not row or not row[0].strip()) and not any(map(str.strip, row)):
        return Fault(name, "raden är tom", remedy="Ta bort raden", row=number)
    if len(row) == width:
        return None
    remedy = "Sätt citattecken om text och tal som innehåller skiljetecknet" if len(row) > width else ""
    return Fault(name, f"raden har {len(row)} kolumner", f"{width} som i rubrikraden", remedy, row=number)


def _categories(texts: Iterable[str], codes: npt.NDArray[np.int32]) -> pd.Categorical:
    """A column of stripped texts: two texts that differ in the spaces around them are one."""
    stripped, different = pd.factorize(np.array([text.strip() for text in texts], dtype=object))
    return pd.Categorical.from_codes(stripped[codes], pd.Index(different, dtype=str))


def _csv(path: Path, name: str) -> Iterator[list[str]]:
    count = 0
    try:
        with path.open(encoding="utf-8-sig") as file:
            first = file.readline()
            file.seek(0)
            divider = ";" if first.count(";") > first.count(",") else ","
            for row in csv.reader(file, delimiter=divider, strict=True):
                yield row
                count += 1
    except UnicodeDecodeError:
        problem = f"filen är inte UTF-8 (byte {_undecodable(path)})"
        raise InputError(Fault(name, problem, "UTF-8", 'Spara om den som "CSV UTF-8"')) from None
    except csv.Error:
        expected = 'par av citattecken, som i "lån, nya"'
        raise InputError(Fault(name, "citattecknen på raden går inte ihop", expected, row=count + 1)) from None


def _undecodable(path: Path) -> int:
    """The first byte of a file that is no UTF-8: a file read piece by piece tells only its place in the piece."""
    try:
        path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return error.start
    return 0


def _sheet(path: Path, name: str) -> tuple[str, list[list[str]]]:
    """The rows of the first sheet, without blank ones at the end, and the file's name with the sheet's."""
    try:
        book = CalamineWorkbook.from_path(path)
        if len(book.sheet_names) > 1:
            name = f"{name}, blad {book.sheet_names[0]}"
        sheet = book.get_sheet_by_index(0)
        faults = [*_unread_sheets(book, name), *_merged(sheet.merged_cell_ranges or [], name)]
        rows = [[_text(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
        for row, column, problem in _formulas(path):
            if problem and row < len(rows) and column < len(rows[row]):
                rows[row][column] = problem
            else:
                faults.append(_failed(name, (row, column), problem))
    except (CalamineError, zipfile.BadZipFile, KeyError):
        raise InputError(
            Fault(
                name,
                "filen går inte att läsa som ett kalkylblad",
                "en Excel-arbetsbok (.xlsx)",
                "Öppna den i Excel och spara om den",
            )
        ) from None
    if faults:
        raise InputError(faults)
    while rows and not any(rows[-1]):
        rows.pop()
    return name, rows


def _unread_sheets(book: CalamineWorkbook, name: str) -> list[Fault]:
    others = [n for n in book.sheet_names[1:] if n != GUIDE and not n.startswith(REMARKS)]
    return [
        Fault(
            name,
            f'bladet "{other}" har innehåll som inte läses',
            "allt på det första bladet",
            f"Flytta raderna dit, spara bladet som en egen fil eller döp det till {REMARKS}",
        )
        for other in others
        if any(any(_text(cell) for cell in row) for row in book.get_sheet_by_name(other).to_python())
    ]


def _merged(ranges: Iterable[tuple[tuple[int, int], tuple[int, int]]], name: str) -> list[Fault]:
    return [
        Fault(
            name,
            f"cellerna {_reference(start)}:{_reference(end)} är sammanslagna",
            "en cell för varje uppgift",
            "Dela upp dem och fyll i varje cell",
            row=start[0] + 1,
        )
        for start, end in ranges
    ]


def _failed(name: str, place: tuple[int, int], problem: str) -> Fault:
    """A formula whose value nobody has reckoned, or an error outside the table."""
    where = f"cell {_reference(place)}"
    if problem:
        return Fault(name, f'{where}: "{problem}" är ett formelfel i kalkylbladet', remedy="Ta bort cellen")
    return Fault(name, f"{where}: formeln är inte uträknad", "ett värde", "Öppna filen i Excel och spara om den")


def _text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, float):
        return repr(cell).replace(".", ",")  # a number's point is never one between thousands, as it may be in text
    if isinstance(cell, datetime) and cell.time() == cell.min.time():
        return cell.date().isoformat()
    return str(cell).strip()


def _formulas(path: Path) -> Iterator[tuple[int, int, str]]:
    """The cells of the first sheet that have failed: row and column from 0, and the error.

    The error is "" for a formula whose value nobody has reckoned. The reader of the values gives such a cell as
    blank, which is something else.
    """
    with zipfile.ZipFile(path) as book:
        sheets = ElementTree.fromstring(book.read("xl/workbook.xml")).iter(f"{_MAIN}sheet")
        link = next(sheets).get(_LINK)
        relations = ElementTree.fromstring(book.read("xl/_rels/workbook.xml.rels"))
        target = next(str(r.get("Target")) for r in relations if r.get("Id") == link)
        inside = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
        with book.open(inside) as sheet:
            for _, cell in ElementTree.iterparse(sheet):
                if cell.tag == f"{_MAIN}c":
                    value = cell.find(f"{_MAIN}v")
                    if cell.get("t") == "e":
                        yield (*_place(str(cell.get("r"))), "" if value is None else value.text or "")
                    elif value is None and cell.find(f"{_MAIN}f") is not None:
                        yield (*_place(str(cell.get("r"))), "")
                elif cell.tag == f"{_MAIN}row":
                    cell.clear()  # so that never the whole sheet is held


def _place(reference: str) -> tuple[int, int]:
    letters, digits = re.findall(r"[A-Z]+|\d+", reference)
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(digits) - 1, column - 1


def _reference(place: tuple[int, int]) -> str:
    """A cell as a spreadsheet names it: (0, 27) is AB1."""
    letters, column = "", place[1] + 1
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{letters}{place[0] + 1}"
