"""A claim's finding in Swedish: what is said, what it comes to when computed again, and why it is judged as it is."""

from __future__ import annotations

from math import isnan

from krokomanalys.budget.claims import ClaimFinding, allowed, is_number
from krokomanalys.budget.money import decimals
from krokomanalys.budget.rounding import Interval
from krokomanalys.swedish import NBSP, listed, number, points, quantity, shortest


def said_words(finding: ClaimFinding) -> str:
    """What the document says, as printed, with the unit where it is a bare number; "" where it says nothing."""
    claim = finding.claim
    shown = [
        f"{figure.shown}{NBSP}{claim.unit}"
        if claim.unit and not figure.word and not figure.quantity.unit
        else figure.shown
        for figure in claim.says
    ]
    return listed(shown) if shown else ""


def computed_words(finding: ClaimFinding) -> str:
    """What it comes to, by reading of the document; with all that rounding leaves open where there is one answer.

    "" where two statements are only held against each other.
    """
    if not finding.claim.formula:
        return ""
    values = finding.computed or {}
    wide = len(values) == 1 and (finding.verdict == "rounding" or not finding.claim.says)
    told = [
        ": ".join(filter(None, [reading, amount(finding, value, wide) if value else ""]))
        for reading, value in values.items()
    ]
    return "; ".join(told)


def reason(finding: ClaimFinding) -> str:
    """Why the claim is judged as it is, what may explain it, and the claim's note."""
    told = {
        "agrees": lambda _: "",
        "rounding": _rounding,
        "error": _error,
        "contradiction": _contradiction,
        "unclear": _unclear,
        "unchecked": _unchecked,
    }[finding.verdict](finding)
    suspicion = finding.suspect.sentence if finding.suspect else ""
    return " ".join(filter(None, [told, suspicion, finding.claim.note]))


def sentence(finding: ClaimFinding) -> str:
    """The whole finding in one go: place, what, verdict, figures, reason."""
    said, computed = said_words(finding), computed_words(finding)
    figures = ", ".join(filter(None, [said and f"tryckt {said}", computed and f"omräknat {computed}"]))
    head = f"{finding.claim.where}: {finding.claim.what}: {finding.word}"
    return " ".join(filter(None, [f"{head} ({figures})." if figures else f"{head}.", reason(finding)]))


def amount(finding: ClaimFinding, value: Interval, wide: bool) -> str:
    """A computed value with its unit, one digit more than is printed; `wide` adds the ends where there are any."""
    places = _places(finding, value.point)
    unit, needed = finding.claim.unit, _needed(value.point, places)
    shown = (
        points(value.point, needed, signed=False) if unit == "procentenheter" else quantity(value.point, unit, needed)
    )
    low, high = (number(end, places) for end in (value.low, value.high))
    return f"{shown} ({low}{'–' if value.low >= 0 else ' till '}{high})" if wide and low != high else shown


def _places(finding: ClaimFinding, value: float) -> int:
    plain = [figure for figure in finding.claim.says if is_number(figure) and figure.step and not finding.claim.exact]
    if plain:
        return decimals(min(figure.step for figure in plain)) + 1
    return 0 if abs(value) >= 100 else 1


def _needed(value: float, places: int) -> int:
    return next(k for k in range(places + 1) if round(value, k) == round(value, places))


def _rounding(finding: ClaimFinding) -> str:
    if isnan(finding.difference):
        return "Det går ihop bara tack vare avrundningen."
    return f"Skiljer {_apart(finding)}, inom avrundningens gräns {shortest(finding.bound)}."


def _error(finding: ClaimFinding) -> str:
    if any(figure.word for figure in finding.claim.says):
        return "Talen går åt ett annat håll."
    if isnan(finding.difference):
        return "Talet ligger utanför gränsen."
    bound = f", mer än avrundning kan ge (gräns {shortest(finding.bound)})" if finding.bound else ""
    return f"Skiljer {_apart(finding)}{bound}."


def _contradiction(finding: ClaimFinding) -> str:
    apart = "" if isnan(finding.difference) else f" De skiljer {_apart(finding)}."
    return f"Båda uppgifterna kan inte stämma.{apart}"


def _apart(finding: ClaimFinding) -> str:
    return shortest(abs(finding.difference))


def _unclear(finding: ClaimFinding) -> str:
    claim, computed = finding.claim, finding.computed or {}
    if claim.series:
        others = listed([figure.shown for figure in claim.series])
        above = finding.printed > max(figure.quantity.value for figure in claim.series)
        size = "mer än dubbelt så stort som" if above else "mindre än hälften av"
        return f"Talet är {size} de andra, {others}. Det kan vara ett annat mått."
    if len(claim.says) > 1:
        value = next(iter(computed.values()), None)
        if value is None:
            return "Gränserna är inte desamma."
        same = len({allowed(figure, claim).holds(value.point) for figure in claim.says}) == 1
        effect = "ger de samma svar" if same else "ger de olika svar"
        return f"Gränserna är inte desamma. Vid {amount(finding, value, False)} {effect}."
    if not claim.exclusive:
        extra = quantity(-finding.difference, claim.unit, 0)
        return f"Delarna är {extra} fler än helheten, så samma sak är räknad mer än en gång."
    if not claim.says:
        return "Uppgiften kan läsas på flera sätt, som ger olika svar."
    held = [
        (reading, value is not None and allowed(claim.says[0], claim).holds(value.point))
        for reading, value in computed.items()
    ]
    right, wrong = ([reading for reading, fits in held if fits is wanted] for wanted in (True, False))
    return f"Det stämmer {listed(right)} men inte {listed(wrong)}."


def _unchecked(finding: ClaimFinding) -> str:
    if None in (finding.computed or {}).values():
        return "Nämnaren kan vara noll, så uppgiften går inte att räkna om."
    return "Dokumentet trycker inget att jämföra med."
