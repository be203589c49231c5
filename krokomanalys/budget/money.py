"""Amounts of money: their units and their last digit."""

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
