"""A plan over several years: the result by year, the own rules it is held to, and whether its figures fit together.

RUR is the resultatutjämningsreserv, a reserve that lifts the result of a bad year.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import pandas as pd

from krokomanalys.budget.audit import Verdict
from krokomanalys.budget.balance import amount
from krokomanalys.budget.ledger import Ledger, amounts, total
from krokomanalys.budget.money import decimals
from krokomanalys.sources.balance import Statement
from krokomanalys.sources.ledger import Plan, Policy
from krokomanalys.swedish import number

COLUMNS = ["year", "before_reserve", "reserve_used", "result", "percent", "projects"]


def plan_table(ledger: Ledger) -> pd.DataFrame:
    """The plan, a row a year, in the ledger's unit; no rows where the notes tell of no plan.

    Columns: year, before_reserve (result before RUR), reserve_used, result (their sum), percent (as printed, per
    cent of taxes and grants; NaN where none is), projects (money set aside for projects, a positive amount that
    is part of the result already; NaN where none is).
    """
    plan = ledger.notes.plan
    return pd.DataFrame([_plan_row(ledger, plan, year) for year in _years(ledger)] if plan else [], columns=COLUMNS)


def _years(ledger: Ledger) -> list[int]:
    return sorted(int(y) for y in ledger.rows.loc[ledger.rows["table"] == "net", "year"].unique())


def _plan_row(ledger: Ledger, plan: Plan, year: int) -> dict[str, float]:
    frame = amounts(ledger, "net", year)
    budget = dict(zip(frame["line"], frame["budget"], strict=True))
    unknown = float("nan")
    return {
        "year": year,
        "before_reserve": budget.get(plan.result, unknown),
        "reserve_used": budget.get(plan.reserve, unknown),
        "result": total(frame, "budget"),
        "percent": plan.percent.get(year, unknown),
        "projects": -budget.get(plan.projects or "", unknown),
    }


def plan_statements(ledger: Ledger, scale: float = 1) -> tuple[Statement, ...]:
    """The plan's years as budgeted statements of balance, amounts times `scale`; none where the ledger has no plan.

    A plan names no adjustments, so they count as 0. Taxes and grants are not known: see `implied_base`.
    """
    table, plan = plan_table(ledger), ledger.notes.plan
    if plan is None:
        return ()
    return tuple(
        Statement(
            year=int(year),
            basis="budget",
            name=ledger.notes.document.title,
            complete=True,
            result=None if pd.isna(result) else result * scale,
            from_rur=None if pd.isna(used) else used * scale,
            note="Planen anger inga balanskravsjusteringar; de räknas som noll.",
        )
        for year, result, used in zip(table["year"], table["before_reserve"], table["reserve_used"], strict=True)
    )


def statement_plan(statements: Sequence[Statement]) -> pd.DataFrame:
    """Statements as a `plan_table`: reserve_used is of both reserves, percent is computed, projects are not told."""
    unknown = float("nan")
    rows = [
        {
            "year": s.year,
            "before_reserve": amount(s, "result"),
            "reserve_used": amount(s, "from_rur") + amount(s, "from_reserve"),
            "result": amount(s, "result") + amount(s, "from_rur") + amount(s, "from_reserve"),
            "percent": amount(s, "result") / s.taxes_and_grants * 100 if s.taxes_and_grants else unknown,
            "projects": unknown,
        }
        for s in statements
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


@dataclass(frozen=True)
class RuleFinding:
    """One of the municipality's own rules against one plan, with a Swedish sentence that gives the figures."""

    rule: str
    kept: bool
    sentence: str


def policy_findings(table: pd.DataFrame, policy: Policy, verb: str = "är") -> tuple[RuleFinding, ...]:
    """The own rules against a `plan_table`: years in a row with RUR, and the result's share each year it is printed.

    `verb` is what a result does: "väntas bli" of a forecast.
    """
    return (_reserve_finding(table, policy), *_share_findings(table, policy, verb))


def _reserve_finding(table: pd.DataFrame, policy: Policy) -> RuleFinding:
    longest = run = 0
    for used in table["reserve_used"] > 0:
        run = run + 1 if used else 0
        longest = max(longest, run)
    sentence = f"RUR används som mest {longest} år i rad; den egna regeln är högst {policy.reserve_years}."
    return RuleFinding("RUR i rad", longest <= policy.reserve_years, sentence)


def _share_findings(table: pd.DataFrame, policy: Policy, verb: str) -> Iterator[RuleFinding]:
    low, high = policy.result_percent
    for year, percent in zip(table["year"], table["percent"], strict=True):
        if not pd.isna(percent):
            where = "under" if percent < low else "över" if percent > high else "inom"
            share, span = number(percent, 1), f"{low:g}–{high:g}"
            sentence = f"Resultatet {year} {verb} {share} procent, {where} den egna regelns {span} procent."
            yield RuleFinding(f"resultat {year}", low <= percent <= high, sentence)


@dataclass(frozen=True)
class ImpliedBase:
    """The taxes and grants that a printed result and its printed share imply: by point, and within their rounding."""

    year: int
    low: float
    point: float
    high: float


def implied_base(year: int, result: float, percent: float, result_step: float, percent_step: float) -> ImpliedBase:
    """What a printed result divided by its printed share says, where each may be off by half of its step.

    Raises:
        ValueError: a result or share that may be 0 or below, so that the quotient has no bounds.
    """
    if result <= result_step / 2 or percent <= percent_step / 2:
        raise ValueError("a result or share that rounds to zero or below implies no base")
    return ImpliedBase(
        year,
        low=(result - result_step / 2) / (percent + percent_step / 2) * 100,
        point=result / percent * 100,
        high=(result + result_step / 2) / (percent - percent_step / 2) * 100,
    )


@dataclass(frozen=True)
class BaseFinding:
    """Whether the bases implied for one year and the next fit, when taxes and grants do not shrink.

    agrees: by the printed figures; rounding: only within their rounding; error: not even so.
    """

    earlier: ImpliedBase
    later: ImpliedBase
    verdict: Verdict
    sentence: str


ASSUMED = (
    "Dokumentet skriver inte vad andelarna är räknade på. Anta att det är skatter och bidrag, och att talen är rätt "
    "avrundade."
)
"""What a reader has to accept before the sentences of `base_findings`."""


def base_findings(ledger: Ledger) -> tuple[BaseFinding, ...]:
    """The implied taxes and grants of each year with a printed share, against the next such year's."""
    plan, table = ledger.notes.plan, plan_table(ledger)
    if plan is None:
        return ()
    half = plan.percent_rounded_to / 2
    shared = table[(table["percent"] > half) & (table["result"] > ledger.notes.rounded_to / 2)]
    bases = [
        implied_base(int(year), result, percent, ledger.notes.rounded_to, plan.percent_rounded_to)
        for year, result, percent in zip(shared["year"], shared["result"], shared["percent"], strict=True)
    ]
    return tuple(_base_finding(a, b, ledger) for a, b in pairwise(bases))


def _base_finding(earlier: ImpliedBase, later: ImpliedBase, ledger: Ledger) -> BaseFinding:
    verdict: Verdict = (
        "agrees" if later.point >= earlier.point else "rounding" if later.high >= earlier.low else "error"
    )
    places, unit = max(0, decimals(ledger.notes.rounded_to) - 1), ledger.notes.unit
    told = " och ".join(
        f"mellan {number(base.low, places)} och {number(base.high, places)} {unit} {base.year}"
        for base in (earlier, later)
    )
    from_to = f"från {number(earlier.point, places)} till {number(later.point, places)} {unit}"
    end = {
        "agrees": f"Räknat på talen så som de är tryckta går de {from_to}.",
        "rounding": f"Räknat på talen så som de är tryckta minskar de {from_to}, men det kan bero på avrundningen.",
        "error": "De minskar alltså, även när avrundningen räknas med.",
    }[verdict]
    return BaseFinding(earlier, later, verdict, f"Då ligger skatter och bidrag {told}. {end}")
