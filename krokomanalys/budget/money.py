"""Amounts of money: their last digit."""

from __future__ import annotations

import math


def decimals(step: float) -> int:
    """How many decimals show an amount whose last printed digit is worth `step`: 1 -> 0, 0.1 -> 1."""
    return max(0, math.ceil(-math.log10(step) - 1e-9))
