"""The balanskravsutredning: from the year's result to the result that the law looks at.

Signs as the statement is printed: what lowers the result is negative. NaN is what isn't known; it is never 0.
The paragraph is LKBR (2018:597) 11:10, and KL 11:12-14 for what comes after it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from krokomanalys.budget.audit import Check, compare
from krokomanalys.errors import Fault, InputError
from krokomanalys.sources.balance import BalanceNotes, Statement
from krokomanalys.sources.ledger import Basis

UNKNOWN = float("nan")


@dataclass(frozen=True)
class Line:
    """A line of the statement: the key it is given by, what it is called and the paragraph it comes from."""

    key: str
    label: str
    reference: str


_LKBR, _RESERVES = "LKBR\u00a011:10", "KL\u00a011:14"  # no-break spaces
ADJUSTMENTS = (
    Line("gains", "Samtliga realisationsvinster", _LKBR),
    Line("gains_excepted", "Realisationsvinster enligt undantagsmöjlighet", _LKBR),
    Line("losses_excepted", "Realisationsförluster enligt undantagsmöjlighet", _LKBR),
    Line("unrealised_gains", "Orealiserade vinster i värdepapper", _LKBR),
    Line("unrealised_losses", "Orealiserade förluster i värdepapper", _LKBR),
    Line("reversed", "Återföring av orealiserade vinster och förluster", _LKBR),
)
RESERVES = (
    Line("to_rur", "Reservering till resultatutjämningsreserven (RUR)", _RESERVES),
    Line("from_rur", "Användning av RUR", _RESERVES),
    Line("to_reserve", "Reservering till resultatreserven", _RESERVES),
    Line("from_reserve", "Användning av resultatreserven", _RESERVES),
    Line("other", "Övrigt enligt dokumentet", ""),
)
RESULT = Line("result", "Årets resultat", _LKBR)
ADJUSTED = Line("adjusted", "Årets resultat efter balanskravsjusteringar", _LKBR)
BALANCE = Line("balance", "Årets balanskravsresultat", _LKBR)


def amount(statement: Statement, key: str) -> float:
    """A line as given; where it isn't, 0 in a complete statement and else NaN. The result is never taken as 0."""
    given: float | None = getattr(statement, key)
    if given is not None:
        return given
    return 0.0 if statement.complete and key != "result" else UNKNOWN


def adjusted(statement: Statement) -> float:
    """Årets resultat efter balanskravsjusteringar; NaN where a line isn't known."""
    return amount(statement, "result") + sum(amount(statement, line.key) for line in ADJUSTMENTS)


def balance_result(statement: Statement) -> float:
    """Årets balanskravsresultat: after reserving to, and use of, the reserves; NaN where a line isn't known."""
    return adjusted(statement) + sum(amount(statement, line.key) for line in RESERVES)


def in_force(notes: BalanceNotes, year: int, basis: Basis) -> Statement | None:
    """The latest decided statement of a year on one basis."""
    of_basis = [s for s in notes.statements if (s.year, s.basis) == (year, basis)]
    return max(of_basis, key=lambda s: "" if s.decided is None else s.decided.isoformat(), default=None)


def path(notes: BalanceNotes, year: int, basis: Basis, last: int | None = None) -> tuple[Statement, ...]:
    """What deficits and reserves are run on: outcomes before `year`, `basis` in it, then budgets to `last`.

    A year before `year` without an outcome is taken from its forecast, else its budget. Empty where `year` has no
    statement on that basis; it ends before a later year that has no budget.

    Raises:
        InputError: a year between the first statement and `year` has none.
    """
    if (own := in_force(notes, year, basis)) is None:
        return ()
    before = [s for y in range(min(s.year for s in notes.statements), year) if (s := _best(notes, y))]
    if gaps := sorted(set(range(before[0].year, year)) - {s.year for s in before}) if before else []:
        remedy = f"Lägg in utfallet, eller prognosen, för {gaps[0]}"
        raise InputError(
            Fault(
                f"data/balance/{notes.region}.yaml", f"utredning för {gaps[0]} saknas", remedy=remedy, key="statements"
            )
        )
    after = []
    for each in range(year + 1, (last or year) + 1):
        if (planned := in_force(notes, each, "budget")) is None:
            break
        after.append(planned)
    return (*before, own, *after)


def _best(notes: BalanceNotes, year: int) -> Statement | None:
    """What is best known of a year that has passed."""
    order: tuple[Basis, ...] = ("outcome", "forecast", "budget")
    return next((s for basis in order if (s := in_force(notes, year, basis)) is not None), None)


def statement_table(statements: Sequence[Statement]) -> pd.DataFrame:
    """The statements side by side, a row a line: key, label, reference, role ("" | "total"), then 0, 1, ... for each.

    Lines that no statement has anything on, or knows to be 0 in all, are left out; sums and the result never are.
    """
    rows = []
    for line in (RESULT, *ADJUSTMENTS, ADJUSTED, *RESERVES, BALANCE):
        if line is ADJUSTED:
            values = [adjusted(s) for s in statements]
        elif line is BALANCE:
            values = [balance_result(s) for s in statements]
        else:
            values = [amount(s, line.key) for s in statements]
        is_sum = line in (RESULT, ADJUSTED, BALANCE)
        given = any(getattr(s, line.key) for s in statements) if not is_sum else True
        if given:
            role = "total" if is_sum and line is not RESULT else ""
            rows.append([line.key, line.label, line.reference, role, *values])
    return pd.DataFrame(rows, columns=["key", "label", "reference", "role", *range(len(statements))])


@dataclass(frozen=True)
class PrintedCheck:
    """A sum that a statement's document prints, beside the same sum of the lines."""

    year: int
    key: Literal["adjusted", "balance"]
    label: str
    printed: float
    check: Check


def printed_checks(statement: Statement, step: float) -> tuple[PrintedCheck, ...]:
    """The printed sums of a statement against its printed lines, each of them rounded to `step`.

    A sum that the lines don't give, since one isn't known, has no check.
    """
    found = []
    given = [line.key for line in (RESULT, *ADJUSTMENTS) if getattr(statement, line.key)]
    later = [line.key for line in RESERVES if getattr(statement, line.key)]
    printed = statement.printed
    wanted = [
        (ADJUSTED, printed.adjusted if printed else None, adjusted(statement), len(given)),
        (BALANCE, printed.balance if printed else None, balance_result(statement), len(given) + len(later)),
    ]
    for line, value, computed, terms in wanted:
        if value is not None and not pd.isna(computed):
            key: Literal["adjusted", "balance"] = "adjusted" if line is ADJUSTED else "balance"
            check = compare("sum", value, computed, terms, step)
            found.append(PrintedCheck(statement.year, key, line.label, value, check))
    return tuple(found)
