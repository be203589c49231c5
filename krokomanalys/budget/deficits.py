"""Deficits to restore: each by the year it arose, paid off oldest first, and due three years after (KL 11:12)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from krokomanalys.budget.balance import balance_result
from krokomanalys.budget.law import rule
from krokomanalys.sources.balance import Deficit, Statement


@dataclass(frozen=True)
class Vintage:
    """The deficit of one year. Amounts are above 0; NaN from the year that a balanskravsresultat isn't known.

    deadline   the last year it may be restored in; None where no rule is known for its year
    waived     the part that need not be restored, for synnerliga skäl
    restored   year -> the amount restored in it
    remaining  what is left at the end of the last year that was looked at
    plan       fullmäktige's decision on how it is to be restored; None where nobody has told of one
    """

    year: int
    amount: float
    deadline: int | None
    waived: float
    restored: tuple[tuple[int, float], ...]
    remaining: float
    plan: str | None = None


@dataclass(frozen=True)
class YearOfDeficits:
    """One year of the run: deficits to restore at its start and end (above 0), and what was done between.

    overdue  of `closing`, what should have been restored by this year at the latest
    """

    year: int
    opening: float
    arisen: float
    waived: float
    restored: float
    closing: float
    overdue: float


def run(path: Sequence[Statement], opening: Sequence[Deficit] = ()) -> tuple[list[Vintage], list[YearOfDeficits]]:
    """Deficits by vintage, and year by year, over a path of statements in the order of their years.

    A positive balanskravsresultat restores the oldest deficit first; a negative one, less what is waived, is a new
    vintage. From a year whose balanskravsresultat isn't known on, nothing is known of what remains.

    Raises:
        ValueError: the statements' years don't follow on one another.
    """
    years = [s.year for s in path]
    if years != list(range(years[0], years[0] + len(years)) if years else []):
        raise ValueError(f"statements are needed for years in a row, not {years}")
    held = [_vintage(d.year, d.amount, 0.0, d.action_plan) for d in sorted(opening, key=lambda d: d.year)]
    run_years = []
    for statement in path:
        start, result = _left(held), balance_result(statement)
        surplus, arisen = float(np.maximum(0.0, result)), float(np.maximum(0.0, -result))  # NaN stays NaN
        waived = min(statement.waived or 0.0, arisen)
        held, restored = _restore(held, statement.year, surplus)
        if arisen != 0:
            held.append(_vintage(statement.year, arisen, waived, statement.action_plan))
        overdue = sum(v.remaining for v in held if v.deadline is not None and v.deadline <= statement.year)
        run_years.append(YearOfDeficits(statement.year, start, arisen, waived, restored, _left(held), overdue))
    return held, run_years


def _vintage(year: int, amount: float, waived: float, plan: str | None) -> Vintage:
    term = rule("years_to_restore", year)
    deadline = year + int(term.value) if term else None
    return Vintage(year, amount, deadline, waived, (), amount - waived, plan)


def _left(held: Sequence[Vintage]) -> float:
    return sum((v.remaining for v in held), 0.0)


def _restore(held: Sequence[Vintage], year: int, surplus: float) -> tuple[list[Vintage], float]:
    """The vintages after a surplus, and how much of it went to them."""
    after, left = [], surplus
    for vintage in held:
        paid = float(np.minimum(vintage.remaining, left)) if vintage.remaining else 0.0
        if paid != 0:
            rest = vintage.remaining - paid
            vintage = replace(vintage, restored=(*vintage.restored, (year, paid)), remaining=rest)
            left -= paid
        after.append(vintage)
    return after, surplus - left
