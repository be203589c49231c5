"""Swedish number text as people and documents write it, read into numbers.

Blank, 0 and "-" are three different things and stay so: a blank cell says nothing, "-" says that there is
nothing, 0 is a number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Literal

SPACES = "\u0020\u00a0\u202f\u2009\u2007"
HUGE = 1e15
"""Numbers this far from 0, and further, are no figures of a municipality: they can't even be printed in full."""
MINUS_SIGNS = "-\u2212\u2013"
_NUMBER = rf"[{MINUS_SIGNS}+]?[{SPACES}]?(?:\d{{1,3}}(?:[{SPACES}.]\d{{3}})+|\d+)(?:[,.]\d+)?(?!\d)"
_UNIT = r"(?:[^\d(/]|/(?=[^\d\s]))*"
_WORDS = {
    "about": ("~", "ca:", "ca.", "ca", "cirka", "runt", "omkring", "närmare", "drygt", "knappt", "ungefär"),
    ">=": (">=", "≥", "minst", "lägst"),
    "<=": ("<=", "≤", "högst", "max", "maximalt"),
    ">": (">", "över", "mer än", "fler än"),
    "<": ("<", "under", "mindre än", "färre än"),
}
Comparison = Literal["", ">=", "<=", ">", "<"]


class Absent(Enum):
    """A cell without a number: left blank, or marked with a dash."""

    BLANK = ""
    DASH = "-"


@dataclass(frozen=True)
class Quantity:
    """A number as a document states it.

    value        the number, in the unit that the text names ("2,2 miljoner kronor" is 2.2 miljoner kronor)
    unit         what stands after it ("%", "arbetsdagar", "miljoner kronor"), "" where nothing does
    comparison   ">", ">=", "<" or "<=" where the text gives a limit and not a value
    upper        the upper end where the text gives a range ("1-10"), value being the lower
    approximate  True for "~23", "ca: 30", "ett 30-tal", "runt 35", "ett hundratal"
    previous     the value in parentheses, the year before ("8,5 (8,8)/10")
    scale        what it is out of ("8,5 (8,8)/10" is out of 10)
    """

    value: float
    unit: str = ""
    comparison: Comparison = ""
    upper: float | None = None
    approximate: bool = False
    previous: float | None = None
    scale: float | None = None


def parse_number(text: str) -> float | Absent:
    """One number of a table cell: "- 8 736", "18.000", "8,5", "+ 1300", "15300"; blank and "-" as Absent.

    A point before exactly three digits divides thousands, as in "18.000"; "5.00", "3.33" and "0.125" are decimals.

    Raises:
        ValueError: the text is no number; the message is Swedish and says what may be wrong with it.
    """
    bare = text.strip(SPACES + "\t\r\n")
    if not bare:
        return Absent.BLANK
    if bare in MINUS_SIGNS:
        return Absent.DASH
    if not re.fullmatch(_NUMBER, bare):
        raise ValueError(f'"{text}" är inte ett tal{_suspicion(bare)}')
    return _value(bare)


def parse_quantity(text: str) -> Quantity | Absent:
    """A value or target with all that documents put around it: limits, ranges, units, last year's value.

    Reads ">20", "minst 300", "högst 12 procent", "1-10", "~23", "ett 30-tal", "ett hundratal", "98 (97)%",
    "87 (85)%", "75% (73)", "9 (13) arbetsdagar", "8,5 (8,8)/10", "2,2 miljoner kronor", "+ 1300 tkr".

    Raises:
        ValueError: no number can be read from the text; the message is Swedish.
    """
    bare = text.strip(SPACES + "\t\r\n")
    if not bare:
        return Absent.BLANK
    if bare in MINUS_SIGNS:
        return Absent.DASH
    comparison, approximate, rest = _leading_words(bare)
    if tally := re.fullmatch(r"(?:ett\s+)?(?:(\d+)-tal|(hundra|tusen)tal)(?:\s+(.*))?", rest, re.IGNORECASE):
        number = float(tally[1]) if tally[1] else {"hundra": 100.0, "tusen": 1000.0}[tally[2].lower()]
        return Quantity(number, unit=tally[3] or "", approximate=True)
    if span := re.fullmatch(rf"(\d+(?:,\d+)?)\s*[{MINUS_SIGNS}]\s*(\d+(?:,\d+)?)(?:\s+(.*))?", rest):
        return Quantity(_value(span[1]), unit=span[3] or "", upper=_value(span[2]), approximate=approximate)
    found = re.match(rf"({_NUMBER})({_UNIT})(?:\(({_NUMBER})\))?\s*(?:/\s*(\d+))?({_UNIT})$", rest)
    if not found:
        raise ValueError(f'"{text}" går inte att läsa som ett värde{_suspicion(bare)}')
    number_, unit, previous, scale, tail = found.groups()
    return Quantity(
        _value(number_),
        unit=" ".join(part.strip() for part in (unit, tail) if part and part.strip()),
        comparison=comparison,
        approximate=approximate,
        previous=_value(previous) if previous else None,
        scale=float(scale) if scale else None,
    )


def _leading_words(text: str) -> tuple[Comparison, bool, str]:
    comparison: Comparison = ""
    approximate = False
    rest, before = text, ""
    while rest != before:
        before = rest
        for kind, words in _WORDS.items():
            for word in sorted(words, key=len, reverse=True):
                ends = rest[len(word) : len(word) + 1]
                if rest.lower().startswith(word) and (not word[-1].isalpha() or ends in SPACES):
                    rest = rest[len(word) :].strip(SPACES)
                    if kind == "about":
                        approximate = True
                    else:
                        comparison = kind  # type: ignore[assignment]
                    break
    return comparison, approximate, rest


def _value(text: str) -> float:
    bare = re.sub(f"[{SPACES}]", "", text)
    for sign in MINUS_SIGNS:
        bare = bare.replace(sign, "-")
    if re.fullmatch(r"[+-]?[1-9]\d{0,2}(\.\d{3})+(,\d+)?", bare):
        bare = bare.replace(".", "")
    return float(bare.replace(",", "."))


def _suspicion(text: str) -> str:
    if re.search(r"\d[\dOo ]*[Oo]|[Oo][\dOo ]*\d", text):
        return " (bokstaven O?)"
    if re.search(r"\d[\dlI ]*[lI]|[lI][\dlI ]*\d", text):
        return " (bokstaven l eller I?)"
    if text.startswith("#"):
        return " (ett formelfel i kalkylbladet?)"
    return ""
