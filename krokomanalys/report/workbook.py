"""A workbook of tables: each on a sheet of its own, with raw values, units and where they are from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from krokomanalys.report.lights import light_from
from krokomanalys.report.page import UsedSource
from krokomanalys.report.tables import Column, Table, as_part, plain

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

LONGEST_SHEET_NAME = 31  # Excel's limit
NO_TIME = datetime(1980, 1, 1)
"""When Excel is told that a workbook was made: the same tables give the same bytes."""
CONTENTS, SOURCES = "Innehåll", "Källor"


def write_workbook(path: Path, tables: Sequence[Table], sources: Sequence[UsedSource] = ()) -> None:
    """Write `tables` to an xlsx file: a sheet of contents, a sheet each, and last a sheet of sources.

    Numbers are numbers with a format, blanks are empty cells. Text stays text: nothing that begins with =, +, -
    or @ becomes a formula, neither on opening nor when somebody edits the cell.
    """
    from xlsxwriter import Workbook

    safe = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    names = sheet_names([table.name for table in tables])
    with Workbook(str(path), safe) as book:
        book.set_properties({"created": NO_TIME})
        contents = book.add_worksheet(CONTENTS)
        bold = book.add_format({"bold": True, "quote_prefix": True})
        link = book.add_format({"font_color": "#0b5c6b", "underline": 1})
        _write_text(book, contents, 0, 0, "Blad", bold)
        _write_text(book, contents, 0, 1, "Tabell", bold)
        contents.set_column(0, 1, 36)
        for row, (name, table) in enumerate(zip(names, tables, strict=True), start=1):
            contents.write_url(row, 0, f"internal:'{name}'!A1", link, string=name)
            _write_text(book, contents, row, 1, table.caption)
            _write_table(book, book.add_worksheet(name), table)
        _write_sources(book, book.add_worksheet(SOURCES), sources)


def sheet_names(names: Iterable[str]) -> list[str]:
    """Names that Excel accepts: at most 31 characters, no brackets, slashes, : * or ?, unique whatever the case."""
    taken = {CONTENTS.lower(), SOURCES.lower(), "history"}  # Excel keeps "History" to itself
    given = []
    for name in names:
        base = re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", name).strip(" '") or "Tabell"
        candidate, count = base[:LONGEST_SHEET_NAME].rstrip(" '"), 1
        while candidate.lower() in taken:
            count += 1
            ending = f" {count}"
            candidate = base[: LONGEST_SHEET_NAME - len(ending)].rstrip(" '") + ending
        taken.add(candidate.lower())
        given.append(candidate)
    return given


def number_format(column: Column) -> str:
    """Excel's code for a column of numbers; Excel shows it with the reader's own separators."""
    if column.mixed:
        return "General"
    code = "#,##0" + ("." + "0" * column.decimals if column.decimals else "")
    return f"+{code};-{code};{code}" if column.signed else code


def _write_table(book: Workbook, sheet: Worksheet, table: Table) -> None:
    bold = book.add_format({"bold": True, "quote_prefix": True})
    wrapped = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "quote_prefix": True})
    _write_text(book, sheet, 0, 0, table.caption, bold)
    first = 3
    kinds = list(table.frame[table.row_kind]) if table.row_kind else [""] * len(table.frame)
    for place, (key, column) in enumerate(table.shown.items()):
        _write_text(book, sheet, first - 1, place, column.heading, wrapped)
        formats = {kind: _format(book, column, kind, name=key == table.header) for kind in dict.fromkeys(kinds)}
        width = len(column.heading)
        for row, (value, kind) in enumerate(zip(table.frame[key].tolist(), kinds, strict=True), start=first):
            shown = as_part(str(value)) if kind == "varav" and key == table.header else value
            written = _write_cell(book, sheet, row, place, shown, column, formats[kind])
            width = max(width, len(written))
        sheet.set_column(place, place, min(max(width + 2, 9), 60))
    sheet.freeze_panes(first, 1)
    last = first + len(table.frame)
    for row, text in enumerate(filter(None, [table.note, table.source and f"Källa: {table.source}"]), start=last + 1):
        _write_text(book, sheet, row, 0, text)


def _format(book: Workbook, column: Column, kind: str, *, name: bool) -> Format | None:
    """How a cell looks: totals and groups bold, the name of a varav row indented so that nobody adds it up."""
    looks: dict[str, Any] = {"num_format": number_format(column)} if column.kind == "number" else {}
    looks |= {"bold": True} if kind in ("total", "group") else {"indent": 1} if kind == "varav" and name else {}
    if column.kind != "number" and looks:
        looks["quote_prefix"] = True
    return book.add_format(looks) if looks else None


def _write_cell(
    book: Workbook, sheet: Worksheet, row: int, place: int, value: Any, column: Column, format_: Format | None
) -> str:
    value = plain(value)
    if value is None or value == "":
        return ""
    if column.kind == "light":
        value = light_from(value).text
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        sheet.write_number(row, place, value, format_)
        return str(value) if column.mixed else f"{value:,.{column.decimals}f}"
    return _write_text(book, sheet, row, place, str(value), None if column.kind == "number" else format_)


def _write_text(
    book: Workbook, sheet: Worksheet, row: int, place: int, text: str, format_: Format | None = None
) -> str:
    if format_ is None and text.startswith(("=", "+", "-", "@", "\t", "\r")):
        format_ = book.add_format({"quote_prefix": True})
    sheet.write_string(row, place, text, format_)
    return text


def _write_sources(book: Workbook, sheet: Worksheet, sources: Sequence[UsedSource]) -> None:
    bold = book.add_format({"bold": True, "quote_prefix": True})
    fields = {"table": "Källa", "publisher": "Utgivare", "licence": "Licens", "retrieved": "Hämtad", "file": "Fil"}
    for place, (field, label) in enumerate(fields.items()):
        _write_text(book, sheet, 0, place, label, bold)
        for row, source in enumerate(sources, start=1):
            _write_text(book, sheet, row, place, getattr(source, field))
    sheet.set_column(0, len(fields) - 1, 28)
