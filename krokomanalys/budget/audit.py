"""What the document printed against what its rows give: every printed sum and difference is computed again.

A printed figure is rounded to `step`, its last digit. n rounded rows and a rounded total can then differ by up to
0.5·(n + 1) steps, and a rounded difference from its two rounded terms by up to 1.5, with nothing wrong. Within the
bound it is rounding; beyond it, something is wrong in the document or in the ledger, and where one changed number
would explain it, that number is named (budget.suspects).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Literal

import pandas as pd

from krokomanalys.budget.ledger import BETTER, TABLE_KINDS, Ledger, amounts
from krokomanalys.budget.money import decimals
from krokomanalys.budget.rounding import Interval, Range
from krokomanalys.budget.suspects import MISTAKES, PRINTED, Mistake, Suspect, suspect, unit_for
from krokomanalys.sources.claims import MONEY
from krokomanalys.sources.ledger import BASIS_WORDS, PrintedRow, TableName
from krokomanalys.swedish import number

Verdict = Literal["agrees", "rounding", "error", "contradiction", "unclear", "unchecked"]
Way = Literal["sum", "difference"]
Printed = Literal["budget", "outcome", "forecast", "variance"]

VERDICTS: dict[Verdict, str] = {
    "agrees": "stämmer",
    "rounding": "avrundning",
    "error": "fel",
    "contradiction": "motsägelse",
    "unclear": "oklar",
    "unchecked": "går inte att kontrollera",
}
"""contradiction and unclear are of what is said in words (budget.claims); a ledger's sums have neither."""
_WORST: tuple[Verdict, ...] = ("error", "rounding", "agrees")
_KIND_WORDS: dict[str, str] = {"grant": "nämndbidrag", "income": "intäkter", "cost": "kostnader"}
_COLUMN_WORDS: dict[str, str] = {**BASIS_WORDS, "variance": "avvikelse"}


@dataclass(frozen=True)
class _Term:
    """An amount of a sum, and what it is counted with: 1, or -1 where it is taken away."""

    amount: float
    weight: int = 1


@dataclass(frozen=True)
class Check:
    """A printed amount computed in one way; all amounts in the ledger's unit.

    way         sum: of `terms` rows; difference: outcome against budget, of `terms` amounts
    difference  printed - computed
    bound       the largest |difference| that rounding can give
    suspect     the one number that, changed, makes them agree; None where they do, or where nothing explains it
    """

    way: Way
    terms: int
    computed: float
    difference: float
    bound: float
    verdict: Verdict
    suspect: Suspect | None = None


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

    @property
    def word(self) -> str:
        """The verdict in Swedish; an error by the mistake that explains it."""
        worst = _worst(self.checks)
        return verdict_word(self.verdict, worst.suspect if worst else None)


def verdict_word(verdict: Verdict, found: Suspect | None) -> str:
    """A verdict in Swedish; a unit or a sign that explains it is named instead, changed digits only after it."""
    if found is None:
        return VERDICTS[verdict]
    mistake = MISTAKES[found.mistake]
    return f"{VERDICTS[verdict]}, {mistake}?" if found.mistake == "digits" else mistake


def judged(allowed: Range, computed: Interval) -> Verdict:
    """What is printed beside the same computed, both with all values that rounding leaves open.

    agrees: the computed rounds to the printed; rounding: some values of both are the same; error: none are.
    """
    allowed = allowed.widened(1e-9 * max(1.0, abs(computed.point)))  # sums of tenths are not exact in binary
    if allowed.holds(computed.point):
        return "agrees"
    return "rounding" if allowed.meets(Range(computed.low, computed.high)) else "error"


def sum_bound(rows: int, step: float = 1) -> float:
    """The most that a printed total can differ from the sum of its printed rows by rounding alone."""
    return 0.5 * (rows + 1) * step


def compare(way: Way, printed: float, computed: float, terms: int, step: float = 1) -> Check:
    """A printed amount beside the same computed from `terms` amounts that are themselves rounded to `step`.

    A difference is a sum of two terms, so its bound is sum_bound(2) = 1.5 steps.
    """
    around = Interval(computed - terms * step / 2, computed, computed + terms * step / 2)
    verdict = judged(Range(printed - step / 2, printed + step / 2), around)
    return Check(way, terms, computed, printed - computed, sum_bound(terms, step), verdict)


def _compared(way: Way, printed: float, terms: Mapping[str, _Term], step: float) -> Check:
    """`compare` with the sum of named terms, and what may be wrong where they don't agree."""

    def check(numbers: Mapping[str, float]) -> Check:
        computed = sum(term.weight * numbers[name] for name, term in terms.items())
        return compare(way, numbers[PRINTED], computed, len(terms), step)

    def agrees(numbers: Mapping[str, float], mistake: Mistake) -> bool:
        found = check(numbers).verdict
        return found == "agrees" or (found == "rounding" and mistake != "digits")

    numbers = {PRINTED: printed, **{name: term.amount for name, term in terms.items()}}
    found = check(numbers)
    return replace(found, suspect=suspect(numbers, agrees)) if found.verdict == "error" else found


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


def wrong_unit(ledger: Ledger, inhabitants: int) -> str | None:
    """A sentence where the ledger's largest amount is more than a municipality can cost an inhabitant; else None."""
    unit, largest = ledger.notes.unit, float(ledger.rows["amount"].abs().max())
    right = unit_for(largest, MONEY[unit], inhabitants)
    if right is None:
        return None
    each = number(largest * MONEY[unit] / 1e6 / inhabitants, 1)
    instead = next(name for name in ("kr", "tkr") if MONEY[name] == right)
    return (
        f"Det största beloppet, {number(largest, decimals(ledger.notes.rounded_to))} {unit}, är {each} mkr per "
        f"invånare. Över 1 mkr per invånare är orimligt. Troligen enhetsfel: {instead} i stället för {unit}."
    )


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
    amounts_ = _printed_variances(ledger, row, summed) if column == "variance" else summed[column]
    if len(amounts_) and not amounts_.isna().any():
        yield _compared("sum", value, _terms(summed, amounts_), step)
    if column == "variance":
        own = frame[frame["line"] == row.line]  # two rows where a line has both income and cost
        sign = BETTER[TABLE_KINDS[row.table][0]]
        terms = {
            f"{BASIS_WORDS[basis]} {name}": _Term(term.amount, sign if basis == "outcome" else -sign)
            for basis, given in (("outcome", row.outcome), ("budget", row.budget))
            for name, term in (_terms(own, own[basis]) if len(own) else _given(row.line, given)).items()
        }
        if not any(pd.isna(term.amount) for term in terms.values()):
            yield _compared("difference", value, terms, step)


def _terms(rows: pd.DataFrame, amounts_: pd.Series[float]) -> dict[str, _Term]:
    """Amounts by the names of their rows, with their kind where two rows have the same name."""
    twice = rows["line"].duplicated(keep=False)
    names = [
        f"{line} ({_KIND_WORDS.get(kind, kind)})" if again else line
        for line, kind, again in zip(rows["line"], rows["kind"], twice, strict=True)
    ]
    return {name: _Term(float(amount)) for name, amount in zip(names, amounts_, strict=True)}


def _given(line: str, amount: float | None) -> dict[str, _Term]:
    return {line: _Term(float("nan") if amount is None else amount)}


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
    told = f"{computed}: skiljer {apart}, mer än avrundning kan ge (gräns {bound})."
    return f"{told} {check.suspect.sentence}" if check.suspect else told
