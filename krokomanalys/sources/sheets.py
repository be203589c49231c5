"""A CSV or xlsx file as rows of text, as it stands: what its cells mean is for sources.tables."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree

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
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def read_cells(path: Path, name: str) -> tuple[pd.DataFrame, list[Fault]]:
    """The file's cells as stripped text, and the rows that are no rows: empty, or of another width than the heading.

    Columns are named by the first row. The index is the row's number in the file (the heading is row 1); faulty rows
    are told of and not in the frame. `name` is what the file is called in messages.

    Raises:
        InputError: the file cannot be read at all, or has no heading.
    """
    rows = _sheet(path, name) if path.suffix == ".xlsx" else _csv(path, name)
    if not rows or not any(rows[0]):
        raise InputError(Fault(name, "filen är tom", "en rubrikrad med kolumnnamn"))
    heading, faults, kept = rows[0], [], {}
    for number, row in enumerate(rows[1:], start=2):
        if not any(row):
            faults.append(Fault(name, "raden är tom", remedy="Ta bort raden", row=number))
        elif len(row) != len(heading):
            remedy = "Sätt citattecken om text och tal som innehåller skiljetecknet" if len(row) > len(heading) else ""
            faults.append(
                Fault(name, f"raden har {len(row)} kolumner", f"{len(heading)} som i rubrikraden", remedy, row=number)
            )
        else:
            kept[number] = row
    if twice := sorted({column for column in heading if heading.count(column) > 1}):
        raise InputError([Fault(name, f'kolumnen "{column}" finns mer än en gång', row=1) for column in twice])
    return pd.DataFrame(list(kept.values()), index=pd.Index(list(kept), dtype=int), columns=heading, dtype=str), faults


def _csv(path: Path, name: str) -> list[list[str]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            Fault(name, f"filen är inte UTF-8 (byte {error.start})", "UTF-8", 'Spara om den som "CSV UTF-8"')
        ) from None
    first = text.split("\n", 1)[0]
    divider = ";" if first.count(";") > first.count(",") else ","
    reader = csv.reader(io.StringIO(text), delimiter=divider, strict=True)
    rows: list[list[str]] = []
    try:
        for row in reader:
            rows.append([cell.strip() for cell in row])
    except csv.Error:
        raise InputError(
            Fault(
                name, "citattecknen på raden går inte ihop", 'par av citattecken, som i "lån, nya"', row=len(rows) + 1
            )
        ) from None
    return rows


def _sheet(path: Path, name: str) -> list[list[str]]:
    try:
        values = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python(skip_empty_area=False)
        rows = [[_text(cell) for cell in row] for row in values]
        for row, column, error in _formula_errors(path):
            rows[row][column] = error
    except (CalamineError, zipfile.BadZipFile, KeyError):
        raise InputError(
            Fault(
                name,
                "filen går inte att läsa som ett kalkylblad",
                "en Excel-arbetsbok (.xlsx)",
                "Öppna den i Excel och spara om den",
            )
        ) from None
    return rows


def _text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, float):
        return repr(cell).replace(".", ",")  # a number's point is never one between thousands, as it may be in text
    if isinstance(cell, datetime) and cell.time() == cell.min.time():
        return cell.date().isoformat()
    return str(cell).strip()


def _formula_errors(path: Path) -> list[tuple[int, int, str]]:
    """The cells of the first sheet whose formulas have failed: row and column from 0, and the error.

    The reader of the values gives such a cell as blank, which is something else.
    """
    with zipfile.ZipFile(path) as book:
        sheets = ElementTree.fromstring(book.read("xl/workbook.xml")).iter(f"{_MAIN}sheet")
        link = next(sheets).get(_LINK)
        relations = ElementTree.fromstring(book.read("xl/_rels/workbook.xml.rels"))
        target = next(str(r.get("Target")) for r in relations if r.get("Id") == link)
        inside = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
        cells = ElementTree.fromstring(book.read(inside)).iter(f"{_MAIN}c")
        return [(*_place(str(cell.get("r"))), cell.findtext(f"{_MAIN}v", "")) for cell in cells if cell.get("t") == "e"]


def _place(reference: str) -> tuple[int, int]:
    letters, digits = re.findall(r"[A-Z]+|\d+", reference)
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(digits) - 1, column - 1
