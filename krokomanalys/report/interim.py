"""The delårsrapport: what the months so far say of the whole year, for fullmäktige and the auditors."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd

from krokomanalys.budget.balance import balance_result, in_force, path
from krokomanalys.budget.law_findings import LawFinding
from krokomanalys.budget.ledger import Ledger
from krokomanalys.budget.periods import followed, not_periodised, year_view
from krokomanalys.budget.plan import policy_findings, statement_plan
from krokomanalys.report import balance, comments, interim_goals, money
from krokomanalys.report.aims import genitive
from krokomanalys.report.amounts import amount, rounded, span
from krokomanalys.report.forecast import Outlook, how_often, named_rows
from krokomanalys.report.lights import Light
from krokomanalys.report.page import Piece, State, opening, prose
from krokomanalys.sources.balance import BalanceNotes, Statement
from krokomanalys.sources.slices import Slice
from krokomanalys.sources.tables import rows_of
from krokomanalys.swedish import day, listed, quantity

SHORTEST, LONGEST = 6, 8
"""Months of a delårsrapport: at least half and at most two thirds of the year (LKBR 13 kap. 1 §)."""
MONTHS_TO_HAND_OVER = 2
"""To fullmäktige and the auditors after the period's end (KL 11 kap. 16 §)."""


def balance_of(slice_: Slice) -> BalanceNotes | None:
    """What the balanskrav is judged by; nothing for one nämnd, since it is the municipality's."""
    return slice_.balance if slice_.board is None else None


def balance_path(slice_: Slice) -> tuple[Statement, ...]:
    """The statements up to the forecast of the year; none where there is no forecast, or for one nämnd."""
    notes = balance_of(slice_)
    return path(notes, slice_.year, "forecast") if notes else ()


def interim_opening(
    slice_: Slice, ledger: Ledger, outlook: Outlook, goals: pd.DataFrame, state: State, by: str = "", when: str = ""
) -> Piece:
    """The top of the delårsrapport.

    outlook  the year as computed, see report.forecast.year_outlook
    goals    see interim_goals.goals_of
    when     the date of the report, ISO or blank
    """
    whose = ledger.notes.board
    receivers = "nämnden och kommunledningen" if whose else "kommunfullmäktige och revisorerna"
    aims = "målen" if whose else "målen för god ekonomisk hushållning"
    findings = [
        *period_findings(slice_, ledger),
        *year_findings(ledger),
        *computed_findings(outlook),
        *deficit_findings(ledger),
        *balance_findings(slice_),
        *interim_goals.goal_findings(goals),
        *law_findings(slice_, ledger, when),
    ]
    return opening(
        f"Delårsrapport för {slice_.name} {span(ledger)}",
        eyebrow=f"{slice_.name} · {whose or 'hela kommunen'} · {span(ledger)} · belopp i {ledger.notes.unit}",
        lead=f"För {receivers}: utfallet så här långt, hur året väntas sluta och om {aims} väntas nås.",
        findings=findings,
        lights=interim_lights(slice_, ledger, goals),
        state=state,
        by=by,
        when=when,
        made_up=slice_.made_up,
    )


def period_findings(slice_: Slice, ledger: Ledger) -> list[str]:
    """The period's result, beside the same months of the year before and the period's budget.

    The result is that of all lines. The budget by month may hold only some of them, and then the sentence says so.
    """
    table = money.headline(ledger)
    total = year_view(ledger, table, money.before(slice_)).iloc[-1]
    if pd.isna(total["outcome"]) or table == "investment":
        return [money.result_finding(slice_, ledger)]
    name, sign = _called(ledger, total["outcome"])
    text = f"{name} {span(ledger)} blev **{_shown(ledger, total['outcome'], sign)}**"
    if not pd.isna(total["earlier"]):
        text += f", mot {_shown(ledger, total['earlier'], sign)} samma månader {ledger.notes.year - 1}"
    compared = followed(ledger, table).iloc[-1]
    if pd.isna(compared["variance"]):
        return [f"{text}. Mot periodens budget kan det inte jämföras: budget per månad saknas."]
    if not not_periodised(ledger).empty:
        some = "Raderna med budget per månad"
        return [f"{text}. {_against(ledger, compared['variance'], 'periodens budget', some)}."]
    return [f"{text}. {_against(ledger, compared['variance'], 'periodens budget')}."]


def year_findings(ledger: Ledger) -> list[str]:
    """The year's forecast in force against budget; or that none is made."""
    table = money.headline(ledger)
    told = money.forecast_in_force(ledger, table)
    if not told:
        return [f"Ingen prognos för hela {ledger.notes.year} är lämnad."]
    total = year_view(ledger, table).iloc[-1]
    if pd.isna(total["variance"]):
        return money.year_findings(ledger)
    name, sign = _called(ledger, total["forecast"])
    name, made = f"{name} för hela {ledger.notes.year}", comments.forecast_day(ledger)
    told += f", lämnad {day(made)}" if made else ""
    return [
        f"{name} väntas bli **{_shown(ledger, total['forecast'], sign)}** ({told}). "
        f"{_against(ledger, total['variance'], 'budget')}."
    ]


def deficit_findings(ledger: Ledger) -> list[str]:
    """The nämnder or units that expect to end worse than budget, the worst first; nothing where none does."""
    if "net" not in ledger.tables:
        return []
    rows = year_view(ledger, "net").query("role == 'row' and variance < 0").sort_values("variance")
    names = [f"{row.line} ({amount(ledger, row.variance)})" for row in rows_of(rows) if rounded(ledger, row.variance)]
    return [f"Underskott mot budget väntas i {listed(names)}."] if names else []


def computed_findings(outlook: Outlook) -> list[str]:
    """The year as computed from its months, beside what managers expect; nothing where it can't be."""
    if outlook.forecast is None or outlook.forecast.lacking:
        return []
    last, ledger = named_rows(outlook).iloc[-1], outlook.ledger
    name, sign = _called(ledger, last["blend"])
    blend = _shown(ledger, last["blend"], sign)
    text = f"{name} för hela {ledger.notes.year} skulle bli **{blend}** räknat på månadernas utfall"
    if not np.isfinite(last["low"]):
        return [f"{text}."]
    ends = sorted(sign * last[end] if sign else last[end] for end in ("low", "high"))
    within = f"{amount(ledger, ends[0], signed=not sign)} till {amount(ledger, ends[1], signed=not sign)}"
    return [f"{text}, med 80-procentigt intervall {within}{how_often(outlook)}."]


def balance_findings(slice_: Slice) -> list[str]:
    """The balanskravsresultat by the year's forecast, with the rules of the law that it breaks."""
    notes = balance_of(slice_)
    statement = in_force(notes, slice_.year, "forecast") if notes else None
    if slice_.board is not None:
        return []
    if notes is None or statement is None:
        file = f"data/balance/{slice_.municipality}.yaml"
        return [f"Balanskravsresultatet {slice_.year} enligt prognos saknas: skriv prognosens utredning i {file}."]
    value = balance_result(statement)
    if pd.isna(value):
        return [f"Balanskravsresultatet {slice_.year} kan inte beräknas: prognosen {statement.name} saknar uppgifter."]
    shown = quantity(value, notes.unit, balance.places(notes), signed=True)
    broken = [f.sentence for f in _law(slice_) if f.verdict == "broken"]
    told = statement.name + (f", {day(statement.decided)}" if statement.decided else "")
    return [" ".join([f"Balanskravsresultatet {slice_.year} väntas bli **{shown}** ({told}).", *broken])]


def law_findings(slice_: Slice, ledger: Ledger, when: str) -> list[str]:
    """Where the period isn't as long as the law says, or the report is later than it says; nothing where all is well.

    The rules are about the municipality's report; a nämnd's is only a part of it.
    """
    if ledger.notes.board is not None:
        return []
    found = []
    if not SHORTEST <= ledger.months <= LONGEST:
        found.append(
            f"Perioden är **{ledger.months} månader**. Lagens delårsrapport omfattar minst {SHORTEST} och högst "
            f"{LONGEST} månader (LKBR 13 kap. 1 §)."
        )
    last = latest_day(ledger)
    if when and date.fromisoformat(when) > last:
        found.append(
            f"Rapporten är daterad {day(date.fromisoformat(when))}. Den ska lämnas till fullmäktige och revisorerna "
            f"inom två månader, senast **{day(last)}** (KL 11 kap. 16 §)."
        )
    return found


def latest_day(ledger: Ledger) -> date:
    """The last day for handing over the report, two months after the period's end."""
    years, month = divmod(ledger.months + MONTHS_TO_HAND_OVER - 1, 12)
    year = ledger.notes.year + years
    return date(year, month + 1, monthrange(year, month + 1)[1])


def rule_prose(slice_: Slice) -> Piece | None:
    """The forecast held to the municipality's own rules for result and reserves; nothing without rules or forecast."""
    notes, held = balance_of(slice_), balance_path(slice_)
    if notes is None or notes.policy is None or not held:
        return None
    ended = {f"resultat {s.year}" for s in held[:-1]}
    found = policy_findings(statement_plan(held), notes.policy, "väntas bli")
    return prose(" ".join(f.sentence for f in found if f.rule not in ended))


def line_comments(slice_: Slice, ledger: Ledger) -> Piece | None:
    """What managers write on the lines of the ledger; nothing where they haven't.

    What is on no line is the samlade bedömningen, which has a place of its own.
    """
    own = slice_.comments[slice_.comments["line"] != ""]
    return None if own.empty else comments.comments_on_lines(replace(slice_, comments=own), ledger)


def interim_lights(slice_: Slice, ledger: Ledger, goals: pd.DataFrame) -> list[Light]:
    """Period, year, balanskrav and goals, those that there is anything on."""
    table = money.headline(ledger)
    lights = [
        _variance_light(ledger, followed(ledger, table).iloc[-1]["variance"], "Periodens utfall"),
        _variance_light(ledger, year_view(ledger, table).iloc[-1]["variance"], "Helårsprognos"),
    ]
    if balance_path(slice_):
        lights.append(balance.law_light(_law(slice_), "Balanskrav enligt prognos"))
    return lights + interim_goals.goal_lights(goals)


def _variance_light(ledger: Ledger, variance: float, subject: str) -> Light:
    if pd.isna(variance):
        return Light("not_judged", "", subject)
    better = rounded(ledger, variance) >= 0
    return Light("met", "inom budget", subject) if better else Light("not_met", "sämre än budget", subject)


def _law(slice_: Slice) -> tuple[LawFinding, ...]:
    return balance.findings(balance_of(slice_), balance_path(slice_), slice_.year)


def _called(ledger: Ledger, value: float) -> tuple[str, int]:
    """What a total is called, and its sign when it is shown: a result as it is, a net cost as a positive number."""
    whose = f"{genitive(ledger.notes.board)} " if ledger.notes.board else ""
    if "resultat" in ledger.notes.tables[money.headline(ledger)].total.lower():
        return (f"{whose}resultat" if whose else "Resultatet"), 0
    if value <= 0:
        return (f"{whose}nettokostnad" if whose else "Nettokostnaden"), -1
    return (f"{whose}intäkter minus kostnader" if whose else "Intäkter minus kostnader"), 0


def _shown(ledger: Ledger, value: float, sign: int) -> str:
    return amount(ledger, sign * value) if sign else amount(ledger, value, signed=True)


def _against(ledger: Ledger, variance: float, what: str, subject: str = "Det") -> str:
    if rounded(ledger, variance) == 0:
        return f"{subject} är som {what}"
    return f"{subject} är **{amount(ledger, abs(variance))}** {'bättre' if variance > 0 else 'sämre'} än {what}"
