"""CSV and xlsx tables of a data folder, read and checked: what comes out of here can be reckoned with.

Each table has one layout (see sources.layouts). Every fault of a file is found before anything is said; nothing is
dropped, filled in or guessed.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from krokomanalys.errors import Fault, InputError
from krokomanalys.sources.cells import converted, wanted
from krokomanalys.sources.layouts import MONTHS, Column, Layout
from krokomanalys.sources.ledger_rows import ledger_row_faults
from krokomanalys.sources.numbers import Absent, Quantity, parse_quantity
from krokomanalys.sources.sheets import read_cells
from krokomanalys.sources.wide import long_of, month_faults

_MONTH = Column("amount", blank=True)


def empty_table(layout: Layout) -> pd.DataFrame:
    """A table of the layout with no rows."""
    return _empty(tuple(layout.columns.items()), layout.key, layout.by_month).copy()


@cache
def _empty(columns: tuple[tuple[str, Column], ...], key: tuple[str, ...], by_month: bool) -> pd.DataFrame:
    layout = Layout(dict(columns), key, by_month)
    return _finished(_typed(pd.DataFrame(index=pd.Index([], dtype=int)), layout.columns, layout, "", []), layout)


def read_table(path: Path, layout: Layout, name: str) -> pd.DataFrame:
    """The table in `path` (.csv, comma or semicolon, UTF-8; or .xlsx, first sheet), checked against its layout.

    Returns text columns as str with "" for blank, counts as int (Int64 where blank is allowed), numbers as float
    with NaN for blank, dates as ISO text. `name` is what the file is called in messages.

    A ledger (`layout.by_month`) may be millions of rows, so its text columns are categories (dates ordered). Where
    the file has a column for each month it is made long, and so the column `row` says where in the file it stood.

    Raises:
        InputError: with every fault in the file.
    """
    cells = read_cells(path, name, layout.columns)
    raw, faults, name = cells.frame, cells.faults, cells.name
    months = [month for month in MONTHS if layout.by_month and month in raw]
    _check_header(raw, layout, months, name)
    columns = _columns_of_a_file(layout, months)
    table = _typed(raw, columns, layout, name, faults)
    if "precision" in table and "value" in table:
        rough = raw["value"].astype(str).map(_is_rough).astype(bool)
        table.loc[rough & (table["precision"] == ""), "precision"] = "approximate"
    told = {(fault.row, fault.column) for fault in faults}
    faults += [fault for fault in _schema_faults(table, columns, name) if (fault.row, fault.column) not in told]
    if months:
        faults += month_faults(table, months, name, {fault.row for fault in faults})
        table = long_of(table, months)
    sound = table.drop(index=list({fault.row for fault in faults} & set(table.index))) if faults else table
    faults += _repeated(sound, layout, name)
    if layout.by_month:
        faults += ledger_row_faults(sound, name)
    if faults:
        raise InputError([_placed(fault, raw, layout) for fault in sorted(faults, key=lambda fault: fault.row or 0)])
    return _finished(table, layout)


def _finished(table: pd.DataFrame, layout: Layout) -> pd.DataFrame:
    if layout.by_month:
        table = table.assign(row=table.index.to_numpy(np.int32))
    return table.reset_index(drop=True)


def rows_of(table: pd.DataFrame) -> Iterator[Any]:
    """The rows of a table as named tuples, `Index` first."""
    return iter(table.itertuples())


def _typed(
    raw: pd.DataFrame, columns: Mapping[str, Column], layout: Layout, file: str, faults: list[Fault]
) -> pd.DataFrame:
    """The columns as what they hold; a column that the file leaves out is blank."""
    held = {}
    for name, column in columns.items():
        cells = raw[name] if name in raw else _blanks(raw.index)
        values = converted(name, column, cells, file, faults)
        textual = isinstance(values.dtype, pd.CategoricalDtype) and not layout.by_month
        held[name] = values.astype(str) if textual else values
    return pd.DataFrame(held)


def _placed(fault: Fault, raw: pd.DataFrame, layout: Layout) -> Fault:
    """A fault in a count by single age also says whose: there are hundreds of alike rows a year."""
    row, own = fault.row, fault.column is not None and fault.column not in layout.key
    if "age" not in layout.key or not own or row is None or row not in raw.index:
        return fault
    words = {"region": "region", "year": "år", "sex": "kön", "age": "ålder"}
    whose = ", ".join(f"{words[name]} {raw[name].loc[row]}" for name in layout.key)
    return replace(fault, problem=f"{fault.problem} ({whose})")


def _check_header(raw: pd.DataFrame, layout: Layout, months: list[str], name: str) -> None:
    known = [*layout.columns, *layout.beside, *(MONTHS if layout.by_month else ())]
    shown = ", ".join(layout.columns) + (f" och {MONTHS[0]}–{MONTHS[-1]}" if layout.by_month else "")
    needed = [c for c, column in _columns_of_a_file(layout, months).items() if not column.absent]
    unknown = [c for c in raw.columns if c not in known]
    missing = [c for c in needed if c not in raw.columns]
    faults = [
        Fault(name, f'kolumnen "{c}" är okänd' if c else "en kolumn saknar namn", f"någon av {shown}", row=1)
        for c in unknown
    ]
    faults += [Fault(name, f'kolumnen "{c}" saknas', f"kolumnerna {shown}", row=1) for c in missing]
    if months and "month" in raw:
        problem = f"kolumnen month står bredvid {months[0]}"
        faults.append(Fault(name, problem, "månaden i det ena", "Ta bort kolumnen month", row=1))
    if faults:
        raise InputError(faults)


def _columns_of_a_file(layout: Layout, months: list[str]) -> dict[str, Column]:
    """The columns of the layout; with months beside them, the amount of a row may be blank."""
    if not months:
        return dict(layout.columns)
    blank = replace(layout.columns["amount"], blank=True, absent=True)
    return {**layout.columns, "amount": blank, **dict.fromkeys(months, _MONTH)}


def _blanks(index: pd.Index[int]) -> pd.Series:
    texts = pd.Index([""] if len(index) else [], dtype=str)
    return pd.Series(pd.Categorical.from_codes(np.zeros(len(index), np.int8), texts), index=index)


def _is_rough(text: str) -> bool:
    return isinstance(read := _quiet(text), Quantity) and read.approximate


def _quiet(text: str) -> Quantity | Absent | None:
    try:
        return parse_quantity(text)
    except ValueError:
        return None


def _schema_faults(table: pd.DataFrame, layout: Mapping[str, Column], name: str) -> list[Fault]:
    import pandera.pandas as pa

    def check(said: str, holds: Callable[[Any], Any]) -> pa.Check:
        return pa.Check(holds, error=said, ignore_na=True)

    columns = {}
    for column_name, column in layout.items():
        checks = []
        if column.choices:
            allowed = (*column.choices, "") if column.blank else column.choices
            checks.append(check(wanted(column), partial(_is_one_of, allowed)))
        if column.low is not None:
            checks.append(check(f"minst {column.low:g}", partial(operator.le, column.low)))
        if column.high is not None:
            checks.append(check(f"högst {column.high:g}", partial(operator.ge, column.high)))
        columns[column_name] = pa.Column(checks=checks, nullable=column.blank)
    try:
        pa.DataFrameSchema(columns, strict=True).validate(table, lazy=True)
    except pa.errors.SchemaErrors as errors:
        cases = errors.failure_cases
        return [
            Fault(
                name,
                f'"{case.failure_case}" kan inte stå här',
                str(case.check),
                row=int(case.index),
                column=str(case.column),
            )
            for case in rows_of(cases)
        ]
    return []


def _is_one_of(allowed: tuple[str, ...], cells: pd.Series[str]) -> pd.Series[bool]:
    return cells.isin(allowed)


def _repeated(table: pd.DataFrame, layout: Layout, name: str) -> list[Fault]:
    key = list(layout.key)
    again = table.duplicated(key, keep=False)
    first: dict[tuple[str, ...], int] = {}
    faults = []
    for row, *values in table.loc[again, key].itertuples(name=None):
        said = tuple(map(str, values))
        if said not in first:
            first[said] = row
            continue
        which = ", ".join(f"{c} {v}" for c, v in zip(key, values, strict=True) if not pd.isna(v) and v != "")
        faults.append(
            Fault(
                name,
                f"samma uppgift som på rad {first[said]} ({which})",
                "att varje uppgift står en gång",
                "Ta bort den ena",
                row=int(row),
            )
        )
    return faults
