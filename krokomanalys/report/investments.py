"""Investments in a report: projects in all, what stands out among them, and how much of a budget is carried out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from krokomanalys.budget.investments import (
    carried_out,
    expected_outcome,
    passed,
    project_table,
    undecided,
    used_share,
    without_budget,
    without_outcome,
)
from krokomanalys.budget.ledger import Ledger
from krokomanalys.budget.periods import year_view
from krokomanalys.report.amounts import amount, amount_column, rounded, source_of, span, until_words
from krokomanalys.report.page import Piece, prose
from krokomanalys.report.tables import Column, Table
from krokomanalys.sources.slices import Slice
from krokomanalys.sources.tables import rows_of
from krokomanalys.swedish import MONTHS, listed, number, percent

SHOWN = 3  # projects told one by one


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
    """What stands out among the projects, by kind and the largest first; nothing where there is nothing to say.

    Projects without budget, without outcome, past what was decided, dearer than that by the forecast, and late.
    """
    frame = _projects(slice_, ledger)
    if frame is None:
        return None
    beyond, undecided_ = passed(frame), undecided(frame)
    left = frame.drop([*beyond.index, *undecided_.index])
    dearer = left[left["deviation"].map(lambda apart: rounded(ledger, apart)) < 0]
    late = frame[frame["delay"] > 0].sort_values("delay", ascending=False, kind="stable")
    kinds = (
        ("Utan budget i år:", without_budget(frame), "outcome"),
        ("Inget är använt av budgeten för", without_outcome(frame), "budget"),
        ("Utgiften hittills är högre än beslutat:", beyond.assign(over=-_left(beyond)), "over"),
        ("Totalutgift utan beslut:", undecided_.assign(cost=_highest(undecided_)), "cost"),
        ("Dyrare än beslutat enligt prognosen:", dearer.assign(over=-dearer["deviation"]), "over"),
    )
    found = [_told(words, own, ledger, column) for words, own, column in kinds if len(own)]
    if len(late):
        words = [f"{name} ({_months(delay)})" for name, delay in zip(late["name"], late["delay"], strict=True)]
        found.append(f"Försenade: {listed(words)}.")
    return prose(" ".join(found)) if found else None


def project_findings(slice_: Slice, ledger: Ledger) -> list[str]:
    """The projects that cost most beyond what was decided, of the year's budget or in all; at most `SHOWN`, as one.

    A year's budget is held to the outcome; of a period to the outcome so far, and to the year's forecast of the line
    where that is higher.
    """
    frame = _projects(slice_, ledger)
    if frame is None:
        return []
    alone = ~frame["line"].duplicated(keep=False)
    costs = frame.assign(year=_year_costs(frame, ledger), name=frame["line"].where(alone, frame["name"]))
    costs["over_year"] = (costs["year"] - costs["budget"]).clip(lower=0).fillna(0)
    costs["over_total"] = (_highest(costs) - costs["decided_total"]).clip(lower=0).fillna(0)
    costs["over"] = costs[["over_year", "over_total"]].max(axis=1)
    ranked = costs[costs["over"].map(lambda over: rounded(ledger, over)) > 0]
    ranked = ranked.sort_values("over", ascending=False, kind="stable").head(SHOWN)
    return [" ".join(_project_told(row, ledger) for row in rows_of(ranked))] if len(ranked) else []


def _year_costs(frame: pd.DataFrame, ledger: Ledger) -> pd.Series[float]:
    """What each project costs in the year: the outcome, or the forecast of a line of one project where it is higher."""
    if ledger.months == 12:
        return frame["outcome"]
    lines = year_view(ledger, "investment").query("role == 'row'").set_index("line")["forecast"]
    forecast = frame["line"].map(lines).where(~frame["line"].duplicated(keep=False))
    return pd.concat([frame["outcome"], forecast], axis=1).max(axis=1)


def _project_told(row: Any, ledger: Ledger) -> str:
    verb = "kostade" if ledger.months == 12 else "har kostat" if row.outcome >= row.year else "väntas kosta"
    told = []
    if rounded(ledger, row.over_year) and row.budget > 0:
        share = percent(row.year / row.budget * 100)
        told.append(f"{verb} **{amount(ledger, row.over_year)}** mer än årets budget ({share} av den)")
    elif rounded(ledger, row.over_year):
        told.append(f"{verb} **{amount(ledger, row.year)}** i år utan budget")
    if row.decided_total > 0 and row.accumulated > row.decided_total:
        told.append(
            f"har passerat beslutad totalutgift, {amount(ledger, row.accumulated)} av "
            f"{amount(ledger, row.decided_total)}"
        )
    elif row.decided_total > 0 and row.over_total > 0:
        told.append(f"väntas bli {amount(ledger, row.over_total)} dyrare i sin helhet än beslutat")
    elif row.decided_total == 0:
        told.append("har ingen beslutad totalutgift")
    return f"{row.name} {listed(told)}."


def _highest(frame: pd.DataFrame) -> pd.Series[float]:
    """What a project costs in all, as far as is known: its forecast, or what it has cost where that is more."""
    return frame[["accumulated", "forecast_total"]].max(axis=1)


def _left(frame: pd.DataFrame) -> pd.Series[float]:
    """What is left of the decided total; below zero, it is passed."""
    return frame["decided_total"] - frame["accumulated"]


def _told(words: str, frame: pd.DataFrame, ledger: Ledger, column: str) -> str:
    ranked = frame.sort_values(column, ascending=False, kind="stable")
    return f"{words} {_listed(ranked, ledger, column)}."


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
    """How much of earlier years' budgets was used; what that share makes of this year's, as long as it isn't over.

    The expectation stands beside what is used and the forecast handed in; it is left out where more is used already,
    and where there is only one earlier year. Nothing without budget or earlier years.
    """
    known = [c for c in carried_out(earlier) if c.year < ledger.notes.year]
    if not known or "investment" not in ledger.tables:
        return None
    year = year_view(ledger, "investment").iloc[-1]
    budget, used, forecast = (float(year[column]) for column in ("budget", "outcome", "forecast"))
    if pd.isna(budget):
        return None
    years = f"År {known[0].year}" if len(known) == 1 else f"{known[0].year}–{known[-1].year}"
    sums = [amount(ledger, sum(getattr(c, side) for c in known)) for side in ("outcome", "budget")]
    text = f"{years} användes **{percent(used_share(known))}** av investeringsbudgeten, {sums[0]} av {sums[1]}."
    if ledger.months == 12 and pd.notna(used):
        return prose(f"{text} {ledger.notes.year} användes **{percent(used / budget * 100)}**." if budget else text)
    expected = expected_outcome(budget, known)
    if pd.notna(used):
        text += f" I år är {amount(ledger, used)} av {amount(ledger, budget)} använt{until_words(ledger)}."
    if len(known) > 1 and (pd.isna(used) or used <= expected):
        text += f" Med samma andel blir årets utgift **{amount(ledger, expected)}**."
    if pd.notna(forecast):
        text += f" Lämnad prognos är {amount(ledger, forecast)}."
    return prose(text)


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
