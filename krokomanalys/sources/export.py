"""A ledger given back in the layout of the form: what is read from it is the same amounts."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd

from krokomanalys.errors import Fault, InputError
from krokomanalys.sources.folder import shown
from krokomanalys.sources.form_file import made_safe, refuse_existing, write_form
from krokomanalys.sources.forms import ledger_form
from krokomanalys.sources.layouts import MONTHS
from krokomanalys.sources.wide import wide_of


def export_ledger(rows: pd.DataFrame, region: str, year: int, path: Path) -> None:
    """Write a ledger's rows, as read_table gives them, to an .xlsx or .csv file with a column for each month.

    Raises:
        InputError: the file is there already, has another ending, or would have more rows than a sheet can hold.
    """
    if path.suffix not in (".xlsx", ".csv"):
        raise InputError(Fault(str(path), f'filen slutar på "{path.suffix}"', ".xlsx eller .csv", "Byt ändelse"))
    refuse_existing([path], [shown(path)])
    wide = wide_of(rows)
    if path.suffix == ".xlsx":
        write_form(path, ledger_form(wide, region, year, decimals=_decimals(wide)))
        return
    columns = list(ledger_form(wide.iloc[:0], region, year).columns)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8-sig", newline="") as file:  # the mark tells Excel that it is UTF-8
        writer = csv.writer(file, delimiter=";")
        writer.writerow(columns)
        writer.writerows(zip(*(_as_text(wide[column]) for column in columns), strict=True))


def _decimals(wide: pd.DataFrame) -> int:
    """How many decimals show the amounts, at most two."""
    amounts = wide[[*MONTHS, "amount"]].to_numpy()
    given = amounts[~np.isnan(amounts)]
    return next(d for d in (0, 1, 2) if d == 2 or np.allclose(given, given.round(d), rtol=0, atol=1e-9))


def _as_text(column: pd.Series) -> list[str]:
    """The column's cells: numbers with a decimal comma, so that no point is taken for one between thousands."""
    if not pd.api.types.is_float_dtype(column):
        return ["" if pd.isna(cell) else made_safe(str(cell)) for cell in column]
    return ["" if pd.isna(cell) else f"{Decimal(repr(float(cell))).normalize():f}".replace(".", ",") for cell in column]
