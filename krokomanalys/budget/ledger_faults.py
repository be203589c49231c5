"""A fault of a ledger's row, told with the row's own file and number."""

from __future__ import annotations

from typing import Any

import pandas as pd

from krokomanalys.errors import Fault
from krokomanalys.sources.ledger import LedgerNotes


def fault_at(
    rows: pd.DataFrame,
    notes: LedgerNotes,
    problem: str,
    expected: str = "",
    remedy: str = "",
    column: str | None = None,
    at: Any = None,
) -> Fault:
    """A fault in the ledger; `at` is the index of the row that it is about, where there is one.

    A ledger that was read from files knows each row's file and row there.
    """
    file, row = f"data/budget/{notes.region}-{notes.year}.csv", None
    if at is not None:
        file = str(rows["file"].loc[at]) if "file" in rows else file
        row = int(rows["row"].loc[at]) if "row" in rows else int(at) + 2
    return Fault(file, problem, expected, remedy, row=row, column=column)
