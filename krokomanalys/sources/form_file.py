"""An xlsx form: a first sheet that is read back, with help on every heading, and a sheet that says how to fill it in.

Text stays text: nothing that begins with =, +, - or @ becomes a formula, neither here nor when the file is opened.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from krokomanalys.errors import Fault, InputError
from krokomanalys.sources.sheets import GUIDE

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

LONGEST_TEXT, LONGEST_INLINE, MOST_ROWS = 32_767, 250, 1_048_576
"""Excel's limits: a cell's text, a drop-down's list where it stands in the cell's rule, a sheet's rows."""
_COMMENT_SIZE = {"x_scale": 2.2, "y_scale": 1.3}


@dataclass(frozen=True)
class FormColumn:
    """A column of a form.

    help     what belongs in it, in Swedish: shown on the heading and on the guide sheet
    kind     how a cell looks and is written: text, number (with the form's decimals), quantity (one decimal or more,
             so that a per cent sign typed after a number shows as what it makes of it: 0,71), date, year
    choices  a drop-down; `strict` forbids anything else
    doubt    a formula that is true where a number is likely to be mistyped, "{row}" standing for the row's number in
             Excel, and what to ask then
    locked   shown to the writer, who doesn't change it
    formula  what a cell holds where the row has no value of its own, "{row}" standing for the row's number in Excel
    """

    help: str
    kind: str = "text"
    choices: tuple[str, ...] = ()
    strict: bool = True
    doubt: tuple[str, str] | None = None
    locked: bool = False
    formula: str = ""
    width: int = 14


@dataclass(frozen=True, eq=False)
class Form:
    """A form to be written.

    sheet    the name of the sheet that is read back
    columns  its columns in order, by the names of a layout
    rows     what is filled in beforehand: any of the columns; "" and NaN are blank cells
    spare    rows after those in which only the formulas stand
    guide    sentences for the guide sheet
    decimals of the numbers, as they are shown
    protect  whether locked cells can't be changed
    values   what the formulas of a column give, row by row; "" where it isn't told
    """

    sheet: str
    columns: Mapping[str, FormColumn]
    rows: pd.DataFrame
    guide: Sequence[str]
    spare: int = 0
    decimals: int = 0
    protect: bool = False
    values: Mapping[str, pd.Series[Any]] = field(default_factory=dict)


def refuse_existing(paths: Sequence[Path], shown: Sequence[str]) -> None:
    """Raise InputError where one of the files is there already; `shown` is what they are called in messages."""
    faults = [
        Fault(name, "filen finns redan och skrivs inte över", remedy="Flytta den eller byt namn på den först")
        for path, name in zip(paths, shown, strict=True)
        if path.exists()
    ]
    if faults:
        raise InputError(faults)


def write_form(path: Path, form: Form) -> None:
    """Write the form.

    Raises:
        InputError: more rows, or a longer text, than a spreadsheet can hold.
    """
    from xlsxwriter import Workbook

    if len(form.rows) + form.spare >= MOST_ROWS:
        expected = f"högst {MOST_ROWS - 1} rader i ett kalkylblad"
        raise InputError(Fault(path.name, f"{len(form.rows)} rader", expected, "Skriv till en CSV-fil i stället"))
    path.parent.mkdir(parents=True, exist_ok=True)
    with Workbook(str(path)) as book:
        sheet = book.add_worksheet(form.sheet)
        lists = _write_guide(book, book.add_worksheet(GUIDE), form)
        _write_sheet(book, sheet, form, lists)


def made_safe(text: str) -> str:
    """Text that no spreadsheet takes for a formula; the reader takes the apostrophe away again."""
    return f"'{text}" if re.match(r"'*[=+\-@]", text) else text


def _write_sheet(book: Workbook, sheet: Worksheet, form: Form, lists: Mapping[str, str]) -> None:
    looks = {name: _looks(book, column, form) for name, column in form.columns.items()}
    last = len(form.rows) + form.spare
    for place, (name, column) in enumerate(form.columns.items()):
        own, locked = looks[name]
        _write_text(book, sheet, 0, place, name, _heading(book, column))
        sheet.write_comment(0, place, column.help, _COMMENT_SIZE)
        sheet.set_column(place, place, column.width, own)
        if column.choices:
            source = list(column.choices) if name not in lists else lists[name]
            rule = {"validate": "list", "source": source, "error_type": "stop" if column.strict else "warning"}
            told = {"error_title": "Inte i listan", "error_message": f"Välj ur listan. {column.help}"[:255]}
            sheet.data_validation(1, place, max(last, 1), place, rule | told)
        if column.doubt:
            doubted, asked = column.doubt
            rule = {"validate": "custom", "value": f"=NOT({doubted.format(row=2)})", "error_type": "warning"}
            told = {"error_title": "Stämmer talet?", "error_message": asked}
            sheet.data_validation(1, place, max(last, 1), place, rule | told)
        given = list(form.rows[name]) if name in form.rows else [""] * len(form.rows)
        for row, value in enumerate([*given, *[""] * form.spare], start=1):
            style = locked if column.locked and row <= len(form.rows) else own
            _write_cell(book, sheet, (row, place), value, column, style, form.values.get(name))
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(last, 1), len(form.columns) - 1)
    if form.protect:
        sheet.protect("", {"format_columns": True, "format_rows": True, "autofilter": True, "sort": True})


def _write_cell(
    book: Workbook,
    sheet: Worksheet,
    at: tuple[int, int],
    value: Any,
    column: FormColumn,
    style: Format,
    reckoned: pd.Series[Any] | None,
) -> None:
    row, place = at
    blank = value is None or pd.isna(value) or value == ""
    if blank and column.formula:
        known = reckoned is not None and row <= len(reckoned)
        result = reckoned.iloc[row - 1] if known and reckoned is not None else ""
        sheet.write_formula(row, place, column.formula.format(row=row + 1), style, result)
    elif blank:
        sheet.write_blank(row, place, None, style)
    elif isinstance(value, str):
        _write_text(book, sheet, row, place, value, style)
    else:
        sheet.write_number(row, place, value, style)


def _write_text(book: Workbook, sheet: Worksheet, row: int, place: int, text: str, style: Format | None = None) -> None:
    if len(text) > LONGEST_TEXT:
        expected = f"högst {LONGEST_TEXT} tecken i en cell"
        raise InputError(Fault(sheet.get_name(), f"{len(text)} tecken i en text", expected, row=row + 1))
    if style is None and re.match(r"[=+\-@\t\r]", text):
        style = book.add_format({"quote_prefix": True})
    sheet.write_string(row, place, made_safe(text) if text.startswith("'") else text, style)


def _looks(book: Workbook, column: FormColumn, form: Form) -> tuple[Format, Format]:
    """How a column's cells look: those that are filled in, and those that are only shown."""
    code = "#,##0" + ("." + "0" * form.decimals if form.decimals else "")
    look: dict[str, Any] = {"valign": "top", "quote_prefix": column.kind == "text"}
    look |= {
        "num_format": {"number": code, "quantity": "0.0###", "date": "yyyy-mm-dd", "year": "0"}.get(column.kind, "@")
    }
    look |= {"text_wrap": True} if column.kind == "text" and column.width > 30 else {}
    grey = {"bg_color": "#ECECEC", "font_color": "#444444"}
    own = look | {"locked": False} | (grey if column.formula and form.protect else {})
    return book.add_format(own), book.add_format(look | grey | {"locked": True})


def _heading(book: Workbook, column: FormColumn) -> Format:
    colour = "#ECECEC" if column.locked or column.formula else "#D5E8EC"
    return book.add_format({"bold": True, "bottom": 1, "bg_color": colour, "locked": True, "valign": "top"})


def _write_guide(book: Workbook, sheet: Worksheet, form: Form) -> dict[str, str]:
    """The guide, and beside it the drop-downs' lists that are too long to stand in a rule: where each is."""
    bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    _write_text(book, sheet, 0, 0, GUIDE, book.add_format({"bold": True, "font_size": 14}))
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 1, 90, wrapped)
    for row, sentence in enumerate(form.guide, start=2):
        _write_text(book, sheet, row, 1, sentence, wrapped)
    first = len(form.guide) + 3
    for place, title in enumerate(("Kolumn", "Vad som ska stå där")):
        _write_text(book, sheet, first, place, title, bold)
    for row, (name, column) in enumerate(form.columns.items(), start=first + 1):
        _write_text(book, sheet, row, 0, name)
        _write_text(book, sheet, row, 1, column.help, wrapped)
    lists: dict[str, str] = {}
    for name, column in form.columns.items():
        if len(",".join(column.choices)) <= LONGEST_INLINE and not any("," in choice for choice in column.choices):
            continue
        place = 3 + len(lists)
        _write_text(book, sheet, 0, place, name, bold)
        for row, choice in enumerate(column.choices, start=1):
            _write_text(book, sheet, row, place, choice)
        letter = chr(ord("A") + place)
        lists[name] = f"='{GUIDE}'!${letter}$2:${letter}${len(column.choices) + 1}"
    return lists
