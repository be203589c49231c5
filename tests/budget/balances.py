"""Statements of balance and notes for tests: a complete outcome, and notes in mkr of a made-up municipality."""

from __future__ import annotations

from typing import Any

from krokomanalys.sources.balance import BalanceNotes, Statement


def statement(year: int, result: float | None, **lines: Any) -> Statement:
    """A complete outcome of a year, unless `lines` says otherwise."""
    standard = {"basis": "outcome", "name": "Årsredovisning", "complete": True} | lines
    return Statement.model_validate({"year": year, "result": result} | standard)


def notes(*statements: Statement, **others: Any) -> BalanceNotes:
    """Notes in mkr with those statements."""
    standard: dict[str, Any] = {
        "region": "0000",
        "document": {"title": "Prov", "body": "Exempelkommun"},
        "unit": "mkr",
        "rounded_to": 1,
        "statements": [s.model_dump() for s in statements],
    }
    return BalanceNotes.model_validate(standard | others)


MALMO = (
    statement(2013, 154, gains=-33, other=106, other_note="synnerliga skäl, sänkt ränta på pensionsskulden"),
    statement(2014, -149, gains=-56, from_rur=12),
    statement(2015, 563, gains=-23, to_rur=-185),
)
"""Malmö, årsredovisning 2015, mkr. In 2013 what is waived stands above the line."""
