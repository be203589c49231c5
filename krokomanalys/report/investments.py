"""Investments in a report: projects in all, what stands out among them, and how much of a budget is carried out."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from krokomanalys.budget.investments import (
    carried_out,
    expected_outcome,
    project_table,
    without_budget,
    without_outcome,
)
from krokomanalys.budget.ledger import Ledger, amounts, total
from krokomanalys.report.amounts import amount, amount_column, rounded, source_of
from krokomanalys.report.money import span
from krokomanalys.report.page import Piece, prose
from krokomanalys.report.tables import Column, Table
from krokomanalys.sources.slices import Slice
from krokomanalys.swedish import MONTHS, listed, number, percent


def projects_year(slice_: Slice, ledger: Ledger) -> Table | None:
    """Each project's budget and outcome of the year; nothing where no line of the ledger has more than one project."""
    frame = _projects(slice_, ledger)
    if frame is None or not frame["line"].duplicated().any():
        return None
    return Table(
        "investeringar_projekt",
        f"Investeringsprojekt {span(ledger)}",
        frame[frame[["budget", "outcome"]].notna().any(axis=1)],
        {
            "name": Column("Projekt", kind="text"),
            "budget": amount_column(f"Budget {ledger.notes.year}", ledger),
            "outcome": amount_column(f"Utfall {span(ledger)}", ledger),
            "variance": amount_column("Avvikelse" if ledger.months == 12 else "Kvar av budgeten", ledger, signed=True),
            "completion": Column("Genomfört", "% av budget", decimals=1),
        },
        note=f"Utgifter är positiva. {'Avvikelse' if ledger.months == 12 else 'Kvar'} = budget − utfall. Streck: "
        "uppgift saknas, eller budgeten är noll.",
        source=source_of(ledger),
    )


def projects_total(slice_: Slice, ledger: Ledger) -> Table | None:
    """Each project in all: decided, spent and forecast, and how late it is; nothing where none is told of."""
    if slice_.budget is None or slice_.budget.projects.empty:
        return None
    frame = _projects(slice_, ledger)
    if frame is None:
        return None
    told = frame[frame[["decided_total", "accumulated", "forecast_total"]].notna().any(axis=1)]
    told = told.assign(ready=[_month(day) for day in told["expected_end"]])
    return Table(
        "investeringar_totalt",
        f"Projektens totala utgifter, läget {span(ledger)}",
        told,
        {
            "name": Column("Projekt", kind="text"),
            "decided_total": amount_column("Beslutad totalt", ledger),
            "accumulated": amount_column("Utfall hittills", ledger),
            "forecast_total": amount_column("Prognos totalt", ledger),
            "deviation": amount_column("Avvikelse", ledger, signed=True),
            "ready": Column("Väntas klart", kind="text"),
            "delay": Column("Försening", "månader", signed=True),
        },
        note="Avvikelse = beslutad − prognos; under noll blir projektet dyrare än beslutat. Försening räknas från den "
        "tid som planerades. Streck: uppgift saknas.",
        source=source_of(ledger),
    )


def project_prose(slice_: Slice, ledger: Ledger) -> Piece | None:
    """What stands out among the projects; nothing where there is nothing to say."""
    found = project_findings(slice_, ledger)
    return prose(" ".join(found)) if found else None


def project_findings(slice_: Slice, ledger: Ledger) -> list[str]:
    """Projects without budget, without outcome, dearer than decided and late, a sentence each."""
    frame = _projects(slice_, ledger)
    if frame is None:
        return []
    found = []
    bare = without_budget(frame)
    if len(bare):
        found.append(f"Utan budget i år: {_listed(bare, ledger, 'outcome')}.")
    idle = without_outcome(frame)
    if len(idle):
        found.append(f"Inget är använt av budgeten för {_listed(idle, ledger, 'budget')}.")
    dearer = frame[frame["deviation"].map(lambda apart: rounded(ledger, apart)) < 0]
    dearer = dearer.assign(over=-dearer["deviation"])
    if len(dearer):
        found.append(f"Dyrare än beslutat enligt prognosen: {_listed(dearer, ledger, 'over')}.")
    late = frame[frame["delay"] > 0]
    if len(late):
        words = [f"{name} ({_months(delay)})" for name, delay in zip(late["name"], late["delay"], strict=True)]
        found.append(f"Försenade: {listed(words)}.")
    return found


def completion_table(ledgers: Sequence[Ledger]) -> Table | None:
    """How much of the investment budget was carried out, year by year; nothing for fewer than two known years."""
    known = carried_out(ledgers)
    if len(known) < 2:
        return None
    ledger = ledgers[0]
    frame = pd.DataFrame(
        [{"year": c.year, "budget": c.budget, "outcome": c.outcome, "completion": c.completion} for c in known]
    )
    return Table(
        "genomforandegrad",
        f"Investeringarnas genomförandegrad {known[0].year}–{known[-1].year}",
        frame,
        {
            "year": Column("År", kind="text"),
            "budget": amount_column("Budget", ledger),
            "outcome": amount_column("Utfall", ledger),
            "completion": Column("Genomförandegrad", "%", decimals=1),
        },
        note="Genomförandegrad är utfall i procent av budget.",
        source=source_of(ledger),
    )


def completion_prose(ledger: Ledger, earlier: Sequence[Ledger]) -> Piece | None:
    """What earlier years' completion would make of this year's budget; nothing without budget or earlier years."""
    known = [c for c in carried_out(earlier) if c.year < ledger.notes.year]
    if not known or "investment" not in ledger.tables:
        return None
    budget = total(amounts(ledger, "investment", ledger.notes.year), "budget")
    if pd.isna(budget):
        return None
    mean = sum(c.completion for c in known) / len(known)
    years = "ett år" if len(known) == 1 else f"{len(known)} år"
    return prose(
        f"De senaste {years} har i snitt **{percent(mean)}** av investeringsbudgeten blivit av. Med samma andel i år "
        f"blir det **{amount(ledger, expected_outcome(budget, known))}** av {amount(ledger, budget)}."
        if len(known) > 1
        else f"Förra året blev **{percent(mean)}** av investeringsbudgeten av. Med samma andel i år blir det "
        f"**{amount(ledger, expected_outcome(budget, known))}** av {amount(ledger, budget)}."
    )


def _projects(slice_: Slice, ledger: Ledger) -> pd.DataFrame | None:
    if slice_.budget is None or "investment" not in ledger.tables:
        return None
    frame = project_table(ledger, slice_.budget.projects)
    name = frame["line"].where(frame["project"] == "", frame["line"] + ", " + frame["project"])
    return frame.assign(name=name)


def _listed(frame: pd.DataFrame, ledger: Ledger, column: str) -> str:
    words = [f"{name} ({amount(ledger, value)})" for name, value in zip(frame["name"], frame[column], strict=True)]
    return listed(words)


def _month(day: str) -> str:
    return f"{MONTHS[int(day[5:7]) - 1]} {day[:4]}" if isinstance(day, str) and day else ""


def _months(delay: float) -> str:
    return f"{number(delay)} {'månad' if delay == 1 else 'månader'}"
