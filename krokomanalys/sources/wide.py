"""A ledger with a column for each month, made long and back: one row of twelve amounts, or an amount a row.

A row without months is an amount for the whole year. A blank month is one that nothing is given for yet, not 0.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd

from krokomanalys.errors import Fault
from krokomanalys.sources.layouts import LEDGER, MONTHS
from krokomanalys.swedish import number, shortest

_NOISE = 1e-9


def month_faults(wide: pd.DataFrame, months: Sequence[str], file: str, told: Collection[int | None]) -> list[Fault]:
    """Rows without an amount, and rows whose `amount` isn't the sum of their months. Rows in `told` are left out.

    `wide` has the rows' numbers in the file as its index. The sum is to be exact, but for a computer's own noise.
    """
    given = wide[list(months)]
    filled, summed = given.notna().any(axis=1), given.sum(axis=1)
    noise = _NOISE + given.abs().sum(axis=1) * 1e-12
    empty = ~filled & wide["amount"].isna()
    wrong = filled & ((wide["amount"] - summed).abs() > noise)
    faults = [
        Fault(
            file,
            "raden har inget belopp",
            f"belopp i {months[0]}–{months[-1]}, eller årets belopp i amount",
            "Fyll i raden eller ta bort den",
            row=int(row),
            column="amount",
        )
        for row in wide.index[empty]
    ]
    faults += [
        Fault(
            file,
            "amount är {} men månaderna blir {}".format(*_told_apart(wide["amount"][row], summed[row])),
            "månadernas summa, eller en tom cell",
            row=int(row),
            column="amount",
        )
        for row in wide.index[wrong]
    ]
    return [fault for fault in faults if fault.row not in told]


def long_of(wide: pd.DataFrame, months: Sequence[str]) -> pd.DataFrame:
    """An amount a row: `month` and `amount` in place of the months, the other columns and the index repeated."""
    given = wide[list(months)].to_numpy()
    whole = np.where(np.isnan(given).all(axis=1), wide["amount"].to_numpy(), np.nan)
    amounts = np.column_stack([whole, given])
    rows, places = np.nonzero(~np.isnan(amounts))
    numbers = np.array([0, *(MONTHS.index(month) + 1 for month in months)])[places]
    month = pd.array(numbers, dtype="Int64")
    month[places == 0] = pd.NA
    long = wide.drop(columns=list(months)).take(rows)
    return long.assign(month=month, amount=amounts[rows, places])


def wide_of(long: pd.DataFrame) -> pd.DataFrame:
    """A row for each thing that amounts are given for: MONTHS, then `amount`, the sum of them or the whole year's.

    Rows stand in the order in which each is first met. `long` is a ledger as read_table gives it, with no amount
    given twice; where it stood (`file`, `row`) is left out.
    """
    about = [column for column in LEDGER.columns if column not in ("month", "amount")]
    of_year = long["month"].isna()
    thing = long.groupby([*about, of_year.rename("of_year")], sort=False, observed=True, dropna=False).ngroup()
    first = ~thing.duplicated()
    given = np.full((int(first.sum()), len(MONTHS)), np.nan)
    monthly = (~of_year).to_numpy()
    at = thing.to_numpy()
    given[at[monthly], long.loc[monthly, "month"].to_numpy(dtype=int) - 1] = long.loc[monthly, "amount"]
    summed = np.nansum(given, axis=1)
    summed[at[~monthly]] = long.loc[~monthly, "amount"]
    months = dict(zip(MONTHS, given.T, strict=True))
    return long.loc[first, about].reset_index(drop=True).assign(**months, amount=summed)


def _told_apart(amount: float, summed: float) -> tuple[str, str]:
    """Two numbers with as many decimals as it takes to see that they differ."""
    told = shortest(amount), shortest(summed)
    return told if told[0] != told[1] else (number(amount, 8), number(summed, 8))
