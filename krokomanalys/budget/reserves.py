"""The reserves that even out results: the resultatutjämningsreserv (RUR) and, from 2024, the resultatreserv.

How much may be reserved follows KL 11:14; what is left year by year follows from what the statements say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from krokomanalys.budget.balance import UNKNOWN, adjusted, amount
from krokomanalys.budget.law import rule
from krokomanalys.sources.balance import BalanceNotes, Statement


@dataclass(frozen=True)
class Balance:
    """A reserve through one year: `closing` = opening + reserved - used. NaN where it isn't known."""

    year: int
    opening: float
    reserved: float
    used: float
    closing: float


def balances(path: Sequence[Statement], opening: float | None, kept: str, taken: str) -> tuple[Balance, ...]:
    """A reserve year by year from its `opening` balance; `kept` and `taken` are the lines of the statements."""
    held, found = UNKNOWN if opening is None else opening, []
    for statement in path:
        reserved, used = abs(amount(statement, kept)), amount(statement, taken)
        found.append(Balance(statement.year, held, reserved, used, held + reserved - used))
        held = found[-1].closing
    return tuple(found)


def rur(notes: BalanceNotes, path: Sequence[Statement]) -> tuple[Balance, ...]:
    """The resultatutjämningsreserv along a path of statements."""
    return balances(path, notes.rur.opening, "to_rur", "from_rur")


def reserve(notes: BalanceNotes, path: Sequence[Statement]) -> tuple[Balance, ...]:
    """The resultatreserv along a path of statements; before 2024 there was none, so it then opens at 0."""
    early = path and path[0].year < 2024
    return balances(path, 0.0 if early else notes.reserve.opening, "to_reserve", "from_reserve")


@dataclass(frozen=True)
class Room:
    """How much of a year's result may be reserved, and what limits it. NaN where it isn't known.

    share, reference  per cent of taxes and grants that the result has to exceed, and the paragraph
    excess            the lower of the result and the result after adjustments, less that share; at least 0
    cap_room          what the resultatreserv may still grow by; infinite for RUR, which has no cap
    limit             what may be reserved: the lower of the two
    after_deficits    what is left of it when deficits are restored first, as some municipalities do; not in law
    """

    year: int
    share: float
    reference: str
    excess: float
    cap_room: float
    limit: float
    after_deficits: float


def room(statement: Statement, reserve_opening: float = UNKNOWN, deficits: float = 0.0) -> Room | None:
    """What may be reserved of a year's result (KL 11:14): to RUR until 2023, to the resultatreserv from 2024.

    reservable = max(0, min(R, B) - k·S), k = 2 % where equity with the pension liability is negative, else 1 %, and
    from 2024 no more than 5 % of S in all. R is the result, B the result after adjustments, S taxes and grants.
    `reserve_opening` is the resultatreserv at the start of the year. None for years in which no rule held. Equity
    that isn't told gives an unknown room.
    """
    cap = rule("reserve_cap", statement.year)
    usual, strict = (
        (rule("reserve_share", statement.year), rule("reserve_share_negative_equity", statement.year))
        if cap
        else (rule("rur_share", statement.year), rule("rur_share_negative_equity", statement.year))
    )
    if usual is None or strict is None:
        return None
    k = strict if statement.equity is not None and statement.equity < 0 else usual
    base = UNKNOWN if statement.taxes_and_grants is None or statement.equity is None else statement.taxes_and_grants
    lower = _lowest(amount(statement, "result"), adjusted(statement))
    excess = _at_least_zero(lower - k.value / 100 * base)
    cap_room = _at_least_zero(cap.value / 100 * base - reserve_opening) if cap else float("inf")
    limit = 0.0 if excess == 0 else _lowest(excess, cap_room)
    after = _at_least_zero(_lowest(limit, excess - deficits))
    return Room(statement.year, k.value, k.reference, excess, cap_room, limit, after)


def _lowest(one: float, other: float) -> float:
    """The lower of the two; NaN where one isn't known."""
    return UNKNOWN if pd.isna(one) or pd.isna(other) else min(one, other)


def _at_least_zero(value: float) -> float:
    return UNKNOWN if pd.isna(value) else max(0.0, value)
