"""CSV and xlsx tables of a data folder, read and checked: what comes out of here can be reckoned with.

Each table has one `Layout`: its columns, what may stand in them and what makes a row unique. Every fault of a
file is found before anything is said; nothing is dropped, filled in or guessed.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from krokomanalys.errors import Fault, InputError
from krokomanalys.sources.numbers import Absent, Quantity, parse_number, parse_quantity
from krokomanalys.sources.sheets import FORMULA_ERRORS, read_cells

Kind = Literal["text", "region", "count", "number", "amount", "quantity", "date"]


@dataclass(frozen=True)
class Column:
    """What may stand in a column.

    kind     text; region (SCB's code as text); count (a whole number, 0 or more); number (decimal point or comma);
             amount (money or a value as people write it, see numbers.parse_number); quantity (an amount that may
             be approximate, "~23"); date (ISO, 2020-12-31)
    choices  the only texts allowed
    blank    the cell may be left empty
    absent   the whole column may be left out
    low, high  limits of a number, both allowed
    """

    kind: Kind = "text"
    choices: tuple[str, ...] = ()
    blank: bool = False
    absent: bool = False
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Layout:
    """A kind of table: its columns, and the columns that together name a row once."""

    columns: Mapping[str, Column]
    key: tuple[str, ...]

    def empty(self) -> pd.DataFrame:
        """A table of this layout with no rows."""
        return pd.DataFrame(
            {name: _convert(name, column, pd.Series([], dtype=str), "", []) for name, column in self.columns.items()}
        )


_REGION, _YEAR, _AGE = Column("region"), Column("count", low=1700, high=2200), Column("count", high=100)
_SEX, _COUNT, _OPTIONAL = Column(choices=("F", "M")), Column("count"), Column(blank=True, absent=True)
_SEX_OR_BOTH = Column(choices=("F", "M", "T"))
_AGE_DEFINITION = Column(choices=("attained", "completed"))
AGE_GROUPS = ("0", "0-5", "1-5", "6-15", "16-19", "20-44", "45-64", "20-64", "65-79", "80+", "total")
_LONGER_GROUPS = (*AGE_GROUPS, "0-19", "20-66", "67-79")

REGIONS = Layout(
    {
        "region": _REGION,
        "name": Column(),
        "level": Column(choices=("country", "county", "municipality")),
        "parent": Column("region", blank=True),
    },
    ("region",),
)
POPULATION = Layout(
    {
        "region": _REGION,
        "year": _YEAR,
        "sex": _SEX,
        "age": _AGE,
        "population": _COUNT,
        "status": Column(choices=("published", "estimated", "derived")),
    },
    ("region", "year", "sex", "age"),
)
GROUPS = Layout(
    {
        "region": _REGION,
        "year": _YEAR,
        "sex": _SEX_OR_BOTH,
        "age_group": Column(choices=AGE_GROUPS),
        "population": _COUNT,
    },
    ("region", "year", "sex", "age_group"),
)
COMPONENTS = Layout(
    {
        "region": _REGION,
        "year": _YEAR,
        "component": Column(
            choices=(
                "births",
                "deaths",
                "in_migration",
                "out_migration",
                "net_domestic_migration",
                "net_foreign_migration",
            )
        ),
        "sex": _SEX_OR_BOTH,
        "count": Column("amount"),
    },
    ("region", "year", "component", "sex"),
)
BIRTHS = Layout(
    {
        "region": _REGION,
        "year": _YEAR,
        "age_definition": _AGE_DEFINITION,
        "mother_age": _AGE,
        "child_sex": _SEX,
        "births": _COUNT,
    },
    ("region", "year", "mother_age", "child_sex"),
)
DEATHS = Layout(
    {"region": _REGION, "year": _YEAR, "age_definition": _AGE_DEFINITION, "sex": _SEX, "age": _AGE, "deaths": _COUNT},
    ("region", "year", "sex", "age"),
)
MIGRATION = Layout(
    {
        "region": _REGION,
        "year": _YEAR,
        "age_definition": _AGE_DEFINITION,
        "sex": _SEX,
        "age": _AGE,
        "in_domestic": _COUNT,
        "immigration": _COUNT,
        "out_domestic": _COUNT,
        "emigration": _COUNT,
    },
    ("region", "year", "sex", "age"),
)
OFFICIAL = Layout(
    {
        "region": _REGION,
        "vintage": Column(),
        "jump_off": Column("count", blank=True),
        "target_year": _YEAR,
        "sex": _SEX_OR_BOTH,
        "age_group": Column(choices=_LONGER_GROUPS),
        "population": Column("number", low=0),
    },
    ("region", "vintage", "target_year", "sex", "age_group"),
)
LEDGER = Layout(
    {
        "region": _REGION,
        "year": _YEAR,
        "month": Column("count", blank=True, absent=True, low=1, high=12),
        "board": _OPTIONAL,
        "unit": _OPTIONAL,
        "account": _OPTIONAL,
        "project": _OPTIONAL,
        "counterpart": _OPTIONAL,
        "kind": Column(choices=("income", "cost", "net", "investment")),
        "basis": Column(choices=("budget", "outcome", "forecast")),
        "version": _OPTIONAL,
        "amount": Column("amount"),
        "line": _OPTIONAL,
        "parent": _OPTIONAL,
        "note": _OPTIONAL,
    },
    (
        "region",
        "year",
        "month",
        "board",
        "unit",
        "account",
        "project",
        "counterpart",
        "kind",
        "basis",
        "version",
        "line",
    ),
)
MEASURES = Layout(
    {
        "region": _REGION,
        "measure": Column(),
        "date": Column("date"),
        "value": Column("quantity"),
        "precision": Column(choices=("exact", "approximate"), blank=True, absent=True),
        "n": Column("count", blank=True, absent=True),
        "N": Column("count", blank=True, absent=True),
        "sampling": Column(
            choices=("probability", "self_selected", "unknown", "census", "register"), blank=True, absent=True
        ),
        "source": Column(),
    },
    ("region", "measure", "date"),
)
COMMENTS = Layout(
    {
        "region": _REGION,
        "year": _YEAR,
        "line": _OPTIONAL,
        "goal": _OPTIONAL,
        "kommentar": _OPTIONAL,
        "analys": _OPTIONAL,
        "åtgärd": _OPTIONAL,
        "effekt_tkr": Column("amount", blank=True, absent=True),
        "ansvarig": _OPTIONAL,
        "datum": Column("date", blank=True, absent=True),
        "status": _OPTIONAL,
    },
    ("region", "year", "line", "goal"),
)
RATIOS = Layout(
    {"region": _REGION, "kpi": Column(), "year": _YEAR, "value": Column("number")}, ("region", "kpi", "year")
)
KPIS = Layout(
    {
        "kpi": Column(),
        "name": Column(),
        "unit": Column(),
        "direction": Column(choices=("higher", "lower"), blank=True),
        "direction_source": Column(blank=True),
    },
    ("kpi",),
)


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
        raise InputError(sorted(faults, key=lambda fault: fault.row or 0))
    return table.reset_index(drop=True)


def rows_of(table: pd.DataFrame) -> Iterator[Any]:
    """The rows of a table as named tuples, `Index` first."""
    return iter(table.itertuples())


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
    quantity = parse_quantity(text)
    return quantity if isinstance(quantity, Absent) else quantity.value


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
        which = ", ".join(f"{c} {v}" for c, v in zip(key, values, strict=True) if v not in ("", "<NA>"))
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
