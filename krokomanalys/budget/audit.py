"""What the document printed against what its rows give: every printed sum and difference is computed again.

A printed figure is rounded to `step`, its last digit. n rounded rows and a rounded total can then differ by up to
0.5·(n + 1) steps, and a rounded difference from its two rounded terms by up to 1.5, with nothing wrong. Within the
bound it is rounding; beyond it, something is wrong in the document or in the ledger.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

import pandas as pd

from krokomanalys.budget.ledger import BASIS_WORDS, BETTER, TABLE_KINDS, Ledger, amounts
from krokomanalys.budget.money import decimals
from krokomanalys.sources.ledger import PrintedRow, TableName
from krokomanalys.swedish import number

Verdict = Literal["agrees", "rounding", "error", "unchecked"]
Way = Literal["sum", "difference"]
Printed = Literal["budget", "outcome", "forecast", "variance"]

VERDICTS: dict[Verdict, str] = {
    "agrees": "stämmer",
    "rounding": "avrundning",
    "error": "fel",
    "unchecked": "går inte att kontrollera",
}
_WORST: tuple[Verdict, ...] = ("error", "rounding", "agrees")
_COLUMN_WORDS: dict[str, str] = {**BASIS_WORDS, "variance": "avvikelse"}


@dataclass(frozen=True)
class Check:
    """A printed amount computed in one way; all amounts in the ledger's unit.

    way         sum: of `terms` rows; difference: outcome against budget, of `terms` amounts
    difference  printed - computed
    bound       the largest |difference| that rounding can give
    """

    way: Way
    terms: int
    computed: float
    difference: float
    bound: float
    verdict: Verdict


@dataclass(frozen=True)
class Finding:
    """One printed amount, and whether the rows bear it out.

    verdict  the worst of the checks'; unchecked where there is nothing to compute the amount from
    sentence what was found, in Swedish
    """

    table: TableName
    line: str
    year: int
    column: Printed
    printed: float
    verdict: Verdict
    checks: tuple[Check, ...]
    sentence: str


def sum_bound(rows: int, step: float = 1) -> float:
    """The most that a printed total can differ from the sum of its printed rows by rounding alone."""
    return 0.5 * (rows + 1) * step


def compare(way: Way, printed: float, computed: float, terms: int, step: float = 1) -> Check:
    """A printed amount beside the same computed from `terms` amounts that are themselves rounded to `step`.

    A difference is a sum of two terms, so its bound is sum_bound(2) = 1.5 steps.
    """
    bound, difference = sum_bound(terms, step), printed - computed
    hair = step * 1e-6  # sums of tenths are not exact in binary
    verdict: Verdict = (
        "agrees" if abs(difference) <= hair else "rounding" if abs(difference) <= bound + hair else "error"
    )
    return Check(way, terms, computed, difference, bound, verdict)


def audit(ledger: Ledger) -> tuple[Finding, ...]:
    """A finding for every amount that the notes say is printed, in the order of the notes.

    A total is checked against the rows that are no one's part; a row said to have complete parts, against them;
    a variance also as outcome against budget as printed. One amount that can be checked two ways is one finding.
    """
    printed = [(row, row.year or ledger.notes.year) for row in ledger.notes.printed]
    frames = {(table, year): amounts(ledger, table, year) for table, year in {(r.table, y) for r, y in printed}}
    return tuple(f for row, year in printed for f in _row_findings(ledger, row, year, frames[row.table, year]))


def findings_table(findings: Sequence[Finding]) -> pd.DataFrame:
    """Findings as a table: table, line, year, column, printed, computed, difference, bound, verdict, sentence.

    Where an amount was checked two ways, computed, difference and bound are those of the worse check; NaN where
    it could not be checked.
    """
    columns = ["table", "line", "year", "column", "printed", "computed", "difference", "bound", "verdict", "sentence"]
    rows = []
    for finding in findings:
        worst = _worst(finding.checks)
        shown = {"computed": float("nan"), "difference": float("nan"), "bound": float("nan")}
        rows.append({**asdict(finding), **shown, **(asdict(worst) if worst else {}), "verdict": finding.verdict})
    return pd.DataFrame(rows, columns=columns)


def in_words(findings: Sequence[Finding]) -> str:
    """How many printed amounts agree, differ by rounding, are wrong or cannot be checked, as a Swedish sentence."""
    if not findings:
        return "Dokumentet har inga tryckta summor eller avvikelser att kontrollera."
    counts = {verdict: sum(f.verdict == verdict for f in findings) for verdict in VERDICTS}
    words = f"Av {len(findings)} tryckta summor och avvikelser stämmer {counts['agrees']}"
    if counts["rounding"]:
        words += f", {counts['rounding']} skiljer inom avrundningen"
    if counts["unchecked"]:
        words += f", {counts['unchecked']} går inte att kontrollera"
    return f"{words} och {counts['error'] or 'ingen'} är fel."


def _row_findings(ledger: Ledger, row: PrintedRow, year: int, frame: pd.DataFrame) -> Iterator[Finding]:
    printed: dict[Printed, float | None] = {
        "budget": row.budget,
        "outcome": row.outcome,
        "forecast": row.forecast,
        "variance": row.variance,
    }
    for column, value in printed.items():
        if value is not None:
            checks = tuple(_checks(ledger, row, frame, column, value))
            worst = _worst(checks)
            verdict: Verdict = worst.verdict if worst else "unchecked"
            sentence = _sentence(ledger, row, year, column, value, checks)
            yield Finding(row.table, row.line, year, column, value, verdict, checks, sentence)


def _checks(ledger: Ledger, row: PrintedRow, frame: pd.DataFrame, column: Printed, value: float) -> Iterator[Check]:
    step = ledger.notes.rounded_to
    summed = _summed(ledger, row, frame)
    terms = _printed_variances(ledger, row, summed) if column == "variance" else summed[column]
    if len(terms) and not terms.isna().any():
        yield compare("sum", value, float(terms.sum()), len(terms), step)
    if column == "variance":
        own = frame[frame["line"] == row.line]  # two rows where a line has both income and cost
        budget, outcome = (
            (float(own[basis].sum(skipna=False)) if len(own) else given)
            for basis, given in (("budget", row.budget), ("outcome", row.outcome))
        )
        if budget is not None and outcome is not None and not pd.isna(outcome - budget):
            sign = BETTER[TABLE_KINDS[row.table][0]]
            yield compare("difference", value, sign * (outcome - budget), 2 * max(1, len(own)), step)


def _summed(ledger: Ledger, row: PrintedRow, frame: pd.DataFrame) -> pd.DataFrame:
    """The rows that the printed row is the sum of; none where it is not a sum."""
    if row.line == ledger.notes.tables[row.table].total:
        return frame[frame["parent"] == ""]
    return frame[(frame["parent"] == row.line) & row.parts_complete]


def _printed_variances(ledger: Ledger, row: PrintedRow, summed: pd.DataFrame) -> pd.Series[float]:
    """The variances that the document prints on those rows, NaN where it prints none."""
    year = row.year or ledger.notes.year
    printed = {
        p.line: p.variance
        for p in ledger.notes.printed
        if p.table == row.table and (p.year or ledger.notes.year) == year
    }
    return summed["line"].map(printed).astype(float)


def _worst(checks: Sequence[Check]) -> Check | None:
    return min(checks, key=lambda check: _WORST.index(check.verdict), default=None)


def _sentence(
    ledger: Ledger, row: PrintedRow, year: int, column: Printed, value: float, checks: Sequence[Check]
) -> str:
    places, unit = decimals(ledger.notes.rounded_to), ledger.notes.unit
    head = f"{row.line}, {_COLUMN_WORDS[column]} {year}: tryckt {number(value, places)} {unit}."
    if not checks:
        return f"{head} Det finns inga rader att räkna om beloppet ur."
    return " ".join([head, *(_told(check, row.table, places, unit) for check in checks)])


def _told(check: Check, table: TableName, places: int, unit: str) -> str:
    if check.way == "sum":
        way = f"Summan av {check.terms} rader"
    else:
        way = "Budget minus utfall" if table == "investment" else "Utfall minus budget"
    computed = f"{way} är {number(check.computed, places)}"
    if check.verdict == "agrees":
        return f"{computed}: stämmer."
    apart, bound = number(abs(check.difference), places), f"{number(check.bound, places + 1)} {unit}"
    if check.verdict == "rounding":
        return f"{computed}: skiljer {apart}, vilket avrundning kan ge (gräns {bound})."
    return f"{computed}: skiljer {apart}, mer än avrundning kan ge (gräns {bound})."
