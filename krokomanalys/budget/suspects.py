"""What may have gone wrong where figures do not agree: a unit, a sign, two digits that changed places.

A suspect is one number that, so changed, makes the figures agree; it is named only then, and only where it is alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from krokomanalys.swedish import shortest

Mistake = Literal["unit", "sign", "digits"]
MISTAKES: dict[Mistake, str] = {"unit": "enhetsfel", "sign": "teckenfel", "digits": "omkastade siffror"}
FACTORS = (1e3, 1e-3, 1e2, 1e-2, 1e6, 1e-6)
PRINTED = "det tryckta"
"""The name of the printed result among the numbers; where it explains the disagreement, the others need not."""
MOST_PER_INHABITANT = 1e6
"""Kronor per inhabitant above which an amount can't be a municipality's: all its costs are a tenth of that."""


@dataclass(frozen=True)
class Suspect:
    """A number that makes the figures agree when it is changed in one way; `found` as it stands, `fits` as it would."""

    mistake: Mistake
    name: str
    found: float
    fits: float

    @property
    def sentence(self) -> str:
        """The suspicion in Swedish."""
        change = f"{shortest(self.fits)} i stället för {shortest(self.found)}"
        return f"Troligen {MISTAKES[self.mistake]}: med {change} ({self.name}) stämmer det."


def suspect(numbers: Mapping[str, float], agrees: Callable[[Mapping[str, float], Mistake], bool]) -> Suspect | None:
    """The one change of one number that makes the figures agree; None where there is none, or more than one.

    Units are tried first (a factor of 1 000, 100 or 1 000 000), then signs, then two neighbouring digits changed.
    `agrees` is asked for the numbers with one of them changed, and for which mistake.
    """
    for mistake in MISTAKES:
        found = [
            Suspect(mistake, name, value, changed)
            for name, value in numbers.items()
            for changed in _changed(value, mistake)
            if agrees({**numbers, name: changed}, mistake)
        ]
        own = [s for s in found if s.name == PRINTED]
        if len(own or found) == 1:
            return (own or found)[0]
    return None


def unit_for(amount: float, kronor: float, inhabitants: int) -> float | None:
    """What the unit must be instead, in kronor, where `amount` units of `kronor` are too many for a municipality.

    More than MOST_PER_INHABITANT an inhabitant is taken for a wrong unit, and the next smaller one is given. None
    where the amount is possible.
    """
    if abs(amount) * kronor <= MOST_PER_INHABITANT * inhabitants:
        return None
    return next(
        (unit for unit in (1e3, 1.0) if unit < kronor and abs(amount) * unit <= MOST_PER_INHABITANT * inhabitants), None
    )


def _changed(value: float, mistake: Mistake) -> Iterator[float]:
    if mistake == "unit":
        yield from (value * factor for factor in FACTORS)
    elif mistake == "sign":
        yield -value
    else:
        yield from _swapped(value)


def _swapped(value: float) -> Iterator[float]:
    """The number with two neighbouring digits that differ in each other's place; decimals as it is written."""
    text = repr(round(value, 9)).removesuffix(".0")  # 2 260 tkr in mkr is not exactly 2.26 in binary
    places = [i for i, mark in enumerate(text) if mark.isdigit()]
    for a, b in pairwise(places):
        if text[a] != text[b] and not (a == places[0] and text[b] == "0"):
            yield float(text[:a] + text[b] + text[a + 1 : b] + text[a] + text[b + 1 :])
