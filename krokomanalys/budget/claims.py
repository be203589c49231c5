"""What a document says in figures against what its own numbers give: every claim of a claims file, judged.

Each printed number stands for all the values it can have been rounded from, so what is computed from them is an
interval (budget.rounding), and so is what is said. Where the computed value rounds to what is said, it agrees; where
the two only have values in common, rounding can explain it; where they have none, it is an error. Two statements of
one quantity that have no value in common contradict each other. What depends on how the document is read is unclear.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import inf, nan

from krokomanalys.budget.audit import Verdict, judged, verdict_word
from krokomanalys.budget.rounding import Interval, Range
from krokomanalys.budget.suspects import PRINTED, Mistake, Suspect, suspect
from krokomanalys.sources.claims import MONEY, Claim, Claims, Figure, Word
from krokomanalys.sources.formulas import parse_formula

OUT_OF_SCALE = 2.0
"""A value more than so many times the series' largest, or less than its smallest divided by this, is out of scale."""
_OK: tuple[Verdict, ...] = ("agrees", "rounding")
_OPERATORS: dict[type[ast.operator], Callable[[Interval, Interval], Interval]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_WORD_RANGES: dict[Word, Range] = {
    "ökar": Range(0, inf, open_low=True),
    "minskar": Range(-inf, 0, open_high=True),
    "oförändrad": Range(0, 0),
    "ökar inte": Range(-inf, 0),
    "minskar inte": Range(0, inf),
}


@dataclass(frozen=True)
class ClaimFinding:
    """A claim and whether it holds; numbers in the claim's unit, NaN where there is none.

    printed     the number said; NaN where a limit or a word is, or nothing
    computed    what it was compared with, by reading of the document; None where the divisor may be zero
    difference  printed - computed; bound: the largest |difference| that rounding can give in that direction
    suspect     the one number that, changed, makes it agree
    """

    claim: Claim
    verdict: Verdict
    printed: float = nan
    computed: Mapping[str, Interval | None] | None = None
    difference: float = nan
    bound: float = nan
    suspect: Suspect | None = None

    @property
    def word(self) -> str:
        """The verdict in Swedish; an error by the mistake that explains it, or by whose figures it differs from."""
        if self.verdict == "error" and self.claim.against:
            return f"skiljer sig från {self.claim.against}"
        return verdict_word(self.verdict, self.suspect)


def judge_all(claims: Claims) -> tuple[ClaimFinding, ...]:
    """A finding for each claim, in the file's order."""
    return tuple(judge(claim) for claim in claims.claims)


def judge(claim: Claim) -> ClaimFinding:
    """Whether what a claim says holds, see the module.

    Source of the scale rule: none is published; a value twice as large as all others of its series is asked about.
    """
    if claim.series:
        return _of_scale(claim)
    stated = _stated(claim)
    computed = _computed(claim)
    if stated not in _OK and stated is not None:
        return _with_numbers(claim, stated, computed)
    if not claim.formula:
        return _with_numbers(claim, stated or "unchecked", computed)
    verdicts = [_held(claim, value) for value in computed.values()]
    if not claim.says or "unchecked" in verdicts:
        return _with_numbers(claim, "unclear" if _apart(list(computed.values())) else "unchecked", computed)
    if not claim.exclusive and "error" in verdicts:
        return _with_numbers(claim, "unclear", computed)
    kinds = {verdict in _OK for verdict in verdicts}
    worst: Verdict = next(v for v in ("error", "rounding", "agrees") if v in verdicts)
    return _with_numbers(claim, "unclear" if len(kinds) == 2 else worst, computed)


def allowed(figure: Figure, claim: Claim) -> Range:
    """The values that a figure which the claim says allows, in the claim's unit; money is turned into it."""
    if figure.word:
        return _WORD_RANGES[figure.word]
    said, scale = figure.quantity, _scale(figure, claim.unit)
    value, half = said.value * scale, _step(figure, claim) * scale / 2
    if said.upper is not None:
        return Range(value, said.upper * scale)
    return {
        "": Range(value - half, value + half),
        ">": Range(value, inf, open_low=True),
        ">=": Range(value, inf),
        "<": Range(-inf, value, open_high=True),
        "<=": Range(-inf, value),
    }[said.comparison]


def evaluate(formula: str, numbers: Mapping[str, Interval]) -> Interval:
    """What a formula gives; a number written in it is exact. ZeroDivisionError where a divisor may be zero."""
    return _value(parse_formula(formula), numbers)


def _value(node: ast.expr, numbers: Mapping[str, Interval]) -> Interval:
    match node:
        case ast.Name():
            return numbers[node.id]
        case ast.UnaryOp():
            return -_value(node.operand, numbers)
        case ast.BinOp():
            return _OPERATORS[type(node.op)](_value(node.left, numbers), _value(node.right, numbers))
        case ast.Constant(value=int() | float() as number):
            return Interval.rounded(float(number))
    raise TypeError(f"parse_formula lets no {type(node).__name__} through")


def _scale(figure: Figure, unit: str) -> float:
    own = figure.quantity.unit
    return MONEY[own] / MONEY[unit] if own in MONEY and unit in MONEY else 1.0


def is_number(figure: Figure) -> bool:
    """Whether a figure is one number, neither a limit, a range nor a word."""
    return figure.word is None and not figure.quantity.comparison and figure.quantity.upper is None


def _step(figure: Figure, claim: Claim) -> float:
    return 0.0 if claim.exact else figure.step


def _said(claim: Claim) -> list[Interval]:
    """The plain numbers that the document says, in the claim's unit."""
    plain = [(figure, _scale(figure, claim.unit)) for figure in claim.says if is_number(figure)]
    return [Interval.rounded(f.quantity.value * scale, _step(f, claim) * scale) for f, scale in plain]


def _numbers(claim: Claim) -> dict[str, Interval]:
    return {name: Interval.rounded(f.quantity.value, _step(f, claim)) for name, f in claim.numbers.items()}


def _computed(claim: Claim) -> dict[str, Interval | None]:
    """The formula's value by reading, or else the second number said of the same."""
    numbers = _numbers(claim)
    if not claim.formula:
        return {"": said[1]} if len(said := _said(claim)) > 1 else {}
    return {reading: _or_none(text, numbers) for reading, text in claim.formula.items()}


def _or_none(formula: str, numbers: Mapping[str, Interval]) -> Interval | None:
    try:
        return evaluate(formula, numbers)
    except ZeroDivisionError:
        return None


def _held(claim: Claim, computed: Interval | None) -> Verdict:
    if computed is None:
        return "unchecked"
    found = [judged(allowed(figure, claim), computed) for figure in claim.says]
    return next((v for v in ("error", "rounding", "agrees") if v in found), "unchecked")


def _stated(claim: Claim) -> Verdict | None:
    """How several statements of one quantity fit together; None where there is only one."""
    if len(claim.says) < 2:
        return None
    ranges = [allowed(f, claim).widened(1e-9 if is_number(f) else 0.0) for f in claim.says]  # binary is not exact
    if any(not a.meets(b) for a, b in combinations(ranges, 2)):  # on a line, pairs that meet all meet
        return "contradiction"
    limits = {r for r, figure in zip(ranges, claim.says, strict=True) if not is_number(figure)}
    if len(limits) > 1:
        return "unclear"
    numbers = _said(claim)
    fits = not numbers or any(all(r.holds(number.point) for r in ranges) for number in numbers)
    return "agrees" if fits else "rounding"


def _apart(computed: Sequence[Interval | None]) -> bool:
    held = [Range(value.low, value.high) for value in computed if value]
    return any(not a.meets(b) for a, b in combinations(held, 2))


def _of_scale(claim: Claim) -> ClaimFinding:
    value = claim.says[0].quantity.value
    others = [figure.quantity.value for figure in claim.series]
    fits = min(others) / OUT_OF_SCALE <= value <= max(others) * OUT_OF_SCALE
    return ClaimFinding(claim, "agrees" if fits else "unclear", value)


def _with_numbers(claim: Claim, verdict: Verdict, computed: dict[str, Interval | None]) -> ClaimFinding:
    """The finding with its difference and bound, where there is one printed number and one computed, and a suspect."""
    said = next(iter(_said(claim)), None)
    printed = said.point if said else nan
    value = next(iter(computed.values()), None)
    if said is None or value is None or len(computed) > 1:
        return ClaimFinding(claim, verdict, printed, computed)
    difference = said.point - value.point
    room = value.high - value.point if difference > 0 else value.point - value.low
    found = _suspect(claim, said, value) if verdict in ("error", "contradiction") else None
    return ClaimFinding(claim, verdict, printed, computed, difference, room + (said.high - said.low) / 2, found)


def _suspect(claim: Claim, said: Interval, value: Interval) -> Suspect | None:
    """The number that explains an error, or why two numbers said of the same are not the same."""
    parts = _numbers(claim) if claim.formula else {"det andra": value}
    formula = next(iter(claim.formula.values()), None)
    known = {PRINTED: said, **parts}

    def agrees(numbers: Mapping[str, float], mistake: Mistake) -> bool:
        changed = dict(_changed(known, numbers, mistake))
        printed = changed.pop(PRINTED)
        try:
            computed = evaluate(formula, changed) if formula else changed["det andra"]
        except ZeroDivisionError:
            return False
        verdict = judged(Range(printed.low, printed.high), computed)
        return verdict == "agrees" or (verdict == "rounding" and mistake != "digits")

    return suspect({name: number.point for name, number in known.items()}, agrees)


def _changed(
    known: Mapping[str, Interval], numbers: Mapping[str, float], mistake: Mistake
) -> Iterator[tuple[str, Interval]]:
    """The numbers with their rounding, which follows the unit where that is what is changed."""
    for name, number in known.items():
        factor = abs(numbers[name] / number.point) if mistake == "unit" and number.point else 1.0
        yield name, Interval.rounded(numbers[name], (number.high - number.low) * factor)
