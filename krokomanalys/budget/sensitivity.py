"""What changes that the municipality doesn't decide over do to its result: a price, a rate, a wage, inhabitants."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from krokomanalys.sources.balance import Sensitivity
from krokomanalys.sources.ledger import Unit

KRONOR: dict[Unit, float] = {"kr": 1, "tkr": 1e3, "mkr": 1e6}


def effect(row: Sensitivity) -> float:
    """The effect on one year's result, in kronor: > 0 better. NaN where nobody has told what the change falls on.

    quantity x change kronor, or quantity (an amount of money) x change per cent; costs turned.
    """
    if row.quantity is None:
        return float("nan")
    if row.change_unit == "%":
        kronor = row.quantity * next(worth for unit, worth in KRONOR.items() if unit == row.unit) * row.change / 100
    else:
        kronor = row.quantity * row.change
    return kronor if row.falls_on == "income" else -kronor


def sensitivity_table(rows: Sequence[Sensitivity], base: float, unit: Unit) -> pd.DataFrame:
    """The rows whose effect is known, the largest first. Amounts of money are in `unit`.

    Columns: what, words, quantity, quantity_unit, effect, percent (of `base`, the year's taxes and grants in `unit`;
    NaN where that is unknown), source.
    """
    told = []
    for row in rows:
        if row.quantity is None:
            continue
        worth = next((worth for money, worth in KRONOR.items() if money == row.unit), None)
        told.append(
            {
                "what": row.what,
                "words": row.words,
                "quantity": row.quantity if worth is None else row.quantity * worth / KRONOR[unit],
                "quantity_unit": row.unit if worth is None else unit,
                "effect": effect(row) / KRONOR[unit],
                "percent": effect(row) / (base * KRONOR[unit]) * 100 if base else float("nan"),
                "source": row.source or "",
            }
        )
    columns = ["what", "words", "quantity", "quantity_unit", "effect", "percent", "source"]
    table = pd.DataFrame(told, columns=columns)
    return table.sort_values("effect", key=lambda e: -e.abs(), kind="stable", ignore_index=True)


def untold(rows: Sequence[Sensitivity]) -> list[str]:
    """What the change falls on is not known for these: their names."""
    return [row.what for row in rows if row.quantity is None]
