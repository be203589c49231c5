"""CSV and xlsx tables of a data folder, read and checked: what comes out of here can be reckoned with.

Each table has one layout (see sources.layouts). Every fault of a
file is found before anything is said; nothing is dropped, filled in or guessed.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from krokomanalys.errors import Fault, InputError
from krokomanalys.sources.layouts import Column, Layout
from krokomanalys.sources.numbers import Absent, Quantity, parse_number, parse_quantity
from krokomanalys.sources.sheets import FORMULA_ERRORS, read_cells


def empty_table(layout: Layout) -> pd.DataFrame:
    """A table of the layout with no rows."""
    none = pd.Series([], dtype=str)
    return pd.DataFrame({name: _convert(name, column, none, "", []) for name, column in layout.columns.items()})


def read_table(path: Path, layout: Layout, name: str) -> pd.DataFrame:
    """The table in `path` (.csv, comma or semicolon, UTF-8; or .xlsx, first sheet), checked against its layout.

    Returns text columns as str with "" for blank, counts as int (Int64 where blank is allowed), numbers as float
    with NaN for blank, dates as ISO text. `name` is what the file is called in messages.

    Raises:
        InputError: with every fault in the file.
    """
    raw, faults = read_cells(path, name)
    _check_header(raw, layout, name)
    columns = {}
    for column_name, column in layout.columns.items():
        cells = raw[column_name] if column_name in raw else pd.Series("", index=raw.index, dtype=str)
        columns[column_name] = _convert(column_name, column, cells, name, faults)
    table = pd.DataFrame(columns)
    if "precision" in columns and "value" in columns:
        rough = raw["value"].map(lambda text: isinstance(q := _quiet(text), Quantity) and q.approximate)
        table.loc[rough & (table["precision"] == ""), "precision"] = "approximate"
    told = {(fault.row, fault.column) for fault in faults}
    faults += [fault for fault in _schema_faults(table, layout, name) if (fault.row, fault.column) not in told]
    faults += _repeated(table.drop(index=list({fault.row for fault in faults} & set(table.index))), layout, name)
    if faults:
        raise InputError([_placed(fault, raw, layout) for fault in sorted(faults, key=lambda fault: fault.row or 0)])
    return table.reset_index(drop=True)


def rows_of(table: pd.DataFrame) -> Iterator[Any]:
    """The rows of a table as named tuples, `Index` first."""
    return iter(table.itertuples())


def _placed(fault: Fault, raw: pd.DataFrame, layout: Layout) -> Fault:
    """A fault in a count by single age also says whose: there are hundreds of alike rows a year."""
    row, own = fault.row, fault.column is not None and fault.column not in layout.key
    if "age" not in layout.key or not own or row is None or row not in raw.index:
        return fault
    words = {"region": "region", "year": "år", "sex": "kön", "age": "ålder"}
    whose = ", ".join(f"{words[name]} {raw[name].loc[row]}" for name in layout.key)
    return replace(fault, problem=f"{fault.problem} ({whose})")


def _check_header(raw: pd.DataFrame, layout: Layout, name: str) -> None:
    known = list(layout.columns)
    unknown = [c for c in raw.columns if c not in known]
    missing = [c for c, column in layout.columns.items() if not column.absent and c not in raw.columns]
    faults = [
        Fault(name, f'kolumnen "{c}" är okänd' if c else "en kolumn saknar namn", "någon av " + ", ".join(known), row=1)
        for c in unknown
    ]
    faults += [Fault(name, f'kolumnen "{c}" saknas', "kolumnerna " + ", ".join(known), row=1) for c in missing]
    if faults:
        raise InputError(faults)


def _convert(name: str, column: Column, cells: pd.Series[str], file: str, faults: list[Fault]) -> pd.Series:
    empty = cells == ""
    failed = cells.isin(FORMULA_ERRORS)
    faults += [
        Fault(file, f'"{cells[row]}" är ett formelfel i kalkylbladet', _wanted(column), row=row, column=name)
        for row in cells.index[failed]
    ]
    cells = cells.mask(failed, "")
    if not column.blank:
        faults += [Fault(file, "cellen är tom", _wanted(column), row=row, column=name) for row in cells.index[empty]]
    if column.kind in ("count", "number", "amount", "quantity"):
        values = _numbers(name, column, cells, file, faults)
        if column.kind != "count":
            return values
        return values.astype("Int64") if column.blank else values.fillna(0).astype(int)
    if column.kind == "region":
        for row in cells.index[(cells != "") & ~cells.str.fullmatch(r"\d{2}|\d{4}")]:
            hint = "Har inledande nollor fallit bort?" if cells[row].isdigit() else ""
            faults.append(
                Fault(
                    file,
                    f'"{cells[row]}" är ingen kod för kommun, län eller riket',
                    "fyra siffror för en kommun, två för ett län, 00 för riket",
                    hint,
                    row,
                    name,
                )
            )
    if column.kind == "date":
        dates = pd.to_datetime(cells.where(cells != ""), format="%Y-%m-%d", errors="coerce")
        faults += [
            Fault(file, f'"{cells[row]}" är inget datum', "t.ex. 2020-12-31", row=row, column=name)
            for row in cells.index[dates.isna() & (cells != "")]
        ]
    return cells


def _numbers(name: str, column: Column, cells: pd.Series[str], file: str, faults: list[Fault]) -> pd.Series[float]:
    plain = pd.to_numeric(cells, errors="coerce").astype(float)
    odd = ~np.isfinite(plain) & (cells != "")
    if column.kind in ("amount", "quantity", "count"):
        odd |= cells.str.fullmatch(r"[+-]?[1-9]\d{0,2}(\.\d{3})+")
    read = _quantity_value if column.kind == "quantity" else parse_number
    for row in cells.index[odd]:
        try:
            value = read(cells[row])
            if isinstance(value, Absent):
                raise ValueError(f'"{cells[row]}" är inget tal utan betyder att uppgift saknas')
            plain[row] = value
        except ValueError as error:
            plain[row] = np.nan
            faults.append(Fault(file, str(error), _wanted(column), row=row, column=name))
    if column.kind == "count":
        for row in cells.index[plain.notna() & ((plain % 1 != 0) | (plain < 0))]:
            faults.append(Fault(file, f'"{cells[row]}" är inget antal', _wanted(column), row=row, column=name))
            plain[row] = np.nan
    return plain


def _quantity_value(text: str) -> float | Absent:
    read = parse_quantity(text)
    if isinstance(read, Absent):
        return read
    around = {
        "en gräns": read.comparison,
        "ett intervall": read.upper is not None,
        "ett tidigare värde": read.previous is not None,
        "en skala": read.scale is not None,
        "en enhet": read.unit,
    }
    if named := [word for word, there in around.items() if there]:
        raise ValueError(f'"{text}" är inte bara ett värde utan också {" och ".join(named)}')
    return read.value


def _quiet(text: str) -> Quantity | Absent | None:
    try:
        return parse_quantity(text)
    except ValueError:
        return None


def _wanted(column: Column) -> str:
    words = {
        "count": "ett heltal, 0 eller större",
        "number": "ett tal, t.ex. 12.5",
        "amount": "t.ex. 12 700",
        "quantity": "t.ex. 85 eller ~23",
        "region": "en kod, t.ex. 2309",
        "date": "t.ex. 2020-12-31",
    }
    if column.choices:
        return "något av " + ", ".join(column.choices)
    return words.get(column.kind, "en text")


def _schema_faults(table: pd.DataFrame, layout: Layout, name: str) -> list[Fault]:
    import pandera.pandas as pa

    def check(wanted: str, holds: Callable[[Any], Any]) -> pa.Check:
        return pa.Check(holds, error=wanted, ignore_na=True)

    columns = {}
    for column_name, column in layout.columns.items():
        checks = []
        if column.choices:
            allowed = (*column.choices, "") if column.blank else column.choices
            checks.append(check(_wanted(column), partial(_is_one_of, allowed)))
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
    again = table.index[table.duplicated(key)]
    if not len(again):
        return []
    said = [tuple(row) for row in table[key].astype(str).to_numpy()]
    first = dict(reversed(list(zip(said, table.index, strict=True))))
    faults = []
    for row in again:
        values = tuple(table.loc[row, key].astype(str))
        which = ", ".join(f"{c} {v}" for c, v in table.loc[row, key].items() if not pd.isna(v) and v != "")
        faults.append(
            Fault(
                name,
                f"samma uppgift som på rad {first[values]} ({which})",
                "att varje uppgift står en gång",
                "Ta bort den ena",
                row=int(row),
            )
        )
    return faults
