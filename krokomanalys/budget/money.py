"""Amounts of money: their units, and how an amount is written in a Swedish sentence."""

from __future__ import annotations

import math

from krokomanalys.sources.ledger import Unit

KRONOR: dict[Unit, int] = {"kr": 1, "tkr": 1_000, "mkr": 1_000_000}


def in_unit(amount: float, given: Unit, wanted: Unit) -> float:
    """The amount in another unit: −2 214 tkr is −2,214 mkr."""
    return amount * KRONOR[given] / KRONOR[wanted]


def decimals(step: float) -> int:
    """How many decimals show an amount whose last printed digit is worth `step`: 1 -> 0, 0.1 -> 1."""
    return max(0, math.ceil(-math.log10(step) - 1e-9))


def written(amount: float, places: int) -> str:
    """The amount as Swedish text with that many decimals: -105546 -> "−105 546", 2.5 -> "2,5", unknown -> "–"."""
    if math.isnan(amount):
        return "–"
    rounded = round(amount, places) + 0.0  # no minus before a zero
    return f"{rounded:,.{places}f}".replace(",", "\N{NO-BREAK SPACE}").replace(".", ",").replace("-", "−")
