"""Numbers as Swedish readers write them: 1 234,5 with a no-break space, − for minus, – for blank."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

import pandas as pd

NBSP = "\u00a0"
MINUS = "\u2212"
BLANK = "\u2013"


def number(value: float | None, decimals: int = 0, *, signed: bool = False) -> str:
    """`value` with `decimals` decimals; None, NaN and NA give "–".

    `signed` puts + before what is above zero. Halves are rounded away from zero, as one does by hand, on the
    decimal figures that the value prints with: 2.675 is 2,68. What rounds to zero has no sign.
    """
    if _blank(value):
        return BLANK
    exact = Decimal(repr(float(value)))  # type: ignore[arg-type]  # not blank, so a number
    if not exact.is_finite():
        raise ValueError(f"no way to print {value!r} as a number")
    rounded = exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    digits = f"{abs(rounded):,f}".replace(",", NBSP).replace(".", ",")
    if rounded < 0:
        return MINUS + digits
    return "+" + digits if signed and rounded > 0 else digits


def shortest(value: float) -> str:
    """`value` with as many decimals as it has, at most two: `15 300`, `8,5`, `−2,35`."""
    rounded = round(float(value), 2)
    return number(rounded, next(places for places in (0, 1, 2) if round(rounded, places) == rounded))


def listed(words: Sequence[str]) -> str:
    """Words in a Swedish list: `a`, `a och b`, `a, b och c`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} och {words[-1]}"


def quantity(value: float | None, unit: str, decimals: int = 0, *, signed: bool = False) -> str:
    """A number with its unit, which stay on one line: "677 tkr", "2,5 %", "+94 personer". A blank has no unit."""
    text = number(value, decimals, signed=signed)
    return text if text == BLANK or not unit else f"{text}{NBSP}{unit}"


def percent(value: float | None, decimals: int = 1, *, signed: bool = False) -> str:
    """`value` is in per cent, not a share: 2.5 gives "2,5 %"."""
    return quantity(value, "%", decimals, signed=signed)


def points(value: float | None, decimals: int = 1, *, signed: bool = True) -> str:
    """A difference between two percentages: "+1,5 procentenheter"; exactly 1 printed is "procentenhet"."""
    one = number(value, decimals).lstrip(MINUS) == "1"
    return quantity(value, "procentenhet" if one else "procentenheter", decimals, signed=signed)


MONTHS = (
    "januari",
    "februari",
    "mars",
    "april",
    "maj",
    "juni",
    "juli",
    "augusti",
    "september",
    "oktober",
    "november",
    "december",
)


def day(date: datetime.date) -> str:
    """A date in words: 31 december 2024."""
    return f"{date.day} {MONTHS[date.month - 1]} {date.year}"


def _blank(value: object) -> bool:
    return value is None or value is pd.NA or value is pd.NaT or value != value
