"""A table as a report shows it: a frame with a caption, units and number formats, and the HTML that it becomes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

import pandas as pd

from krokomanalys.report.lights import light_from
from krokomanalys.report.templates import template
from krokomanalys.swedish import BLANK, number, shortest

MEDIA_TYPE = "application/vnd.krokomanalys.table+json"


@dataclass(frozen=True)
class Column:
    """How a column of a frame is shown.

    label     its heading, in Swedish
    unit      shown in the heading: "tkr", "personer", "%"
    kind      number (right, with Swedish digits), text (left; years too, so that they are not grouped),
              light (cells are Lights or status words)
    decimals  of a number
    signed    + before what is above zero: for changes and variances
    mixed     of many units: each number with the decimals that it has, at most two
    """

    label: str
    unit: str = ""
    kind: Literal["number", "text", "light"] = "number"
    decimals: int = 0
    signed: bool = False
    mixed: bool = False

    @property
    def heading(self) -> str:
        """Label and unit in one string."""
        return f"{self.label} ({self.unit})" if self.unit else self.label


@dataclass(frozen=True, eq=False)
class Table:
    """A frame to be shown. In a notebook it shows itself; the batch reads it back for tabeller.xlsx.

    name        ASCII and short, unique in the report: the sheet in tabeller.xlsx is called so
    caption     what the table holds, in Swedish
    frame       the rows; numbers are raw, in the unit that their column states, NaN where blank
    columns     the frame's columns that are shown, in this order
    row_header  the column that names the row; it is shown first (the first of `columns` where blank)
    row_kind    a column of the frame that says what a row is: "" | "total" | "varav" (a part of the row above,
                never to be added to it) | "group" (a heading over the rows that follow). Not shown itself
    note        what a reader has to know to read the table right
    source      where the figures are from
    """

    name: str
    caption: str
    frame: pd.DataFrame
    columns: Mapping[str, Column]
    row_header: str = ""
    row_kind: str = ""
    note: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        """Refuse columns that the frame lacks, a row header that isn't shown and row kinds that don't exist."""
        if not self.name or not self.caption or not self.columns:
            raise ValueError("a table needs a name, a caption and columns")
        absent = [c for c in (*self.columns, *filter(None, [self.row_kind])) if c not in self.frame.columns]
        if absent:
            raise ValueError(f"table {self.name}: the frame has no column {', '.join(absent)}")
        if self.row_header and self.row_header not in self.columns:
            raise ValueError(f"table {self.name}: the row header {self.row_header} is not among the columns")
        if self.row_kind and (unknown := set(self.frame[self.row_kind]) - {"", "total", "varav", "group"}):
            raise ValueError(f"table {self.name}: no row is of the kind {sorted(map(str, unknown))}")

    @property
    def header(self) -> str:
        """The column that names the rows."""
        return self.row_header or next(iter(self.columns))

    @property
    def shown(self) -> dict[str, Column]:
        """The columns in the order they are shown: the row header, then the rest."""
        return {self.header: self.columns[self.header], **self.columns}

    @property
    def html(self) -> str:
        """The table as an accessible fragment: caption, scope on every header, all text escaped."""
        columns = self.shown
        kinds = self.frame[self.row_kind] if self.row_kind else [""] * len(self.frame)
        rows = [
            {
                "kind": kind,
                "cells": [_cell(value, key, columns, self.header, kind) for value, key in _pairs(row, columns)],
            }
            for row, kind in zip(_rows(self.frame, columns), kinds, strict=True)
        ]
        head = [
            {"label": c.label, "unit": c.unit, "text": key == self.header or c.kind != "number"}
            for key, c in columns.items()
        ]
        return template("table.html.j2").render(
            caption=self.caption, head=head, rows=rows, note=self.note, source=self.source
        )

    def as_json(self) -> dict[str, Any]:
        """The table with its raw values, blanks as null; `table_from` reads it back.

        The columns are a list since a notebook on disk has its keys sorted.
        """
        keys = [*self.shown, *([self.row_kind] if self.row_kind else [])]
        return {
            "name": self.name,
            "caption": self.caption,
            "columns": [{"key": key} | asdict(column) for key, column in self.shown.items()],
            "row_header": self.header,
            "row_kind": self.row_kind,
            "note": self.note,
            "source": self.source,
            "records": [dict(zip(keys, map(plain, row), strict=True)) for row in _rows(self.frame, keys)],
        }

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        return {"text/plain": f"Tabell: {self.caption}", "text/html": self.html, MEDIA_TYPE: self.as_json()}


def table_from(data: Mapping[str, Any]) -> Table:
    """The table that `Table.as_json` wrote."""
    columns = {told["key"]: Column(**{k: v for k, v in told.items() if k != "key"}) for told in data["columns"]}
    keys = [*columns, *([data["row_kind"]] if data["row_kind"] else [])]
    described = {key: data[key] for key in ("name", "caption", "row_header", "row_kind", "note", "source")}
    return Table(frame=pd.DataFrame(data["records"], columns=keys), columns=columns, **described)


def plain(value: Any) -> Any:
    """A cell as JSON and spreadsheets hold it: None where blank, Python's own numbers, dates as ISO text."""
    if hasattr(value, "as_json"):
        return value.as_json()
    if isinstance(value, (str, Mapping)):
        return value
    if pd.isna(value):
        return None
    if hasattr(value, "isoformat"):
        return value.isoformat()[:10]
    return value.item() if hasattr(value, "item") else value


def as_text(value: Any) -> str:
    """A cell of a text column: "" where blank, and a year that pandas made a float as a year again."""
    value = plain(value)
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def as_part(line: str) -> str:
    """The name of a varav row with that word before it, once."""
    return line if line.lower().startswith("varav") else f"varav {line}"


def _rows(frame: pd.DataFrame, keys: Any) -> Any:
    return zip(*(frame[key].tolist() for key in keys), strict=True)


def _pairs(row: Any, columns: Mapping[str, Column]) -> Any:
    return zip(row, columns, strict=True)


def _cell(value: Any, key: str, columns: Mapping[str, Column], header: str, kind: str) -> dict[str, Any]:
    from markupsafe import Markup

    column = columns[key]
    blank = plain(value) is None or value == ""
    if column.kind == "light":
        shown = "" if blank else Markup(light_from(value).html)
    elif column.kind == "text" or isinstance(value, str):
        shown = as_text(value)
    elif column.mixed:
        shown = BLANK if blank else shortest(value)
    else:
        shown = number(value, column.decimals, signed=column.signed)
    if kind == "varav" and key == header:
        shown = as_part(str(shown))
    return {"html": shown, "head": key == header, "text": column.kind != "number"}
