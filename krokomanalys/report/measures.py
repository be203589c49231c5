"""The measures of the goal report: a small table for each goal, and all of them in one."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any

import pandas as pd

from krokomanalys.report.aims import unbroken
from krokomanalys.report.lights import Light, light
from krokomanalys.report.measure_cells import units, values
from krokomanalys.report.page import Piece, note
from krokomanalys.report.sections import Folded
from krokomanalys.report.tables import Column, Table
from krokomanalys.sources.goals import Goal
from krokomanalys.sources.measures import Measure
from krokomanalys.sources.tables import rows_of
from krokomanalys.swedish import MONTHS, NBSP, shortest
from krokomanalys.targets.goals import level_words
from krokomanalys.targets.wording import amount

SMALL = {
    "named": Column("Mätetal", kind="text"),
    "status": Column("Läge", kind="light"),
    "shown": Column("Mätvärde"),
    "wanted": Column("Målvärde", kind="text"),
    "before": Column("Förra värdet"),
    "moved": Column("Trend", kind="light"),
}
"""The columns of a goal's own table; those that hold nothing in it are left out. The light is seen on a phone too."""


def goal_measures(own: pd.DataFrame, goal: Goal, year: int) -> Table | Piece:
    """One goal's measures: target, value, the value before, change, level and trend as two lights, and the day.

    Where nothing at all is measured there is no table, only a line on what is to be measured.
    """
    by_id = {measure.id: measure for measure in goal.measures}
    wanted = [unbroken(_wanted(by_id[r.measure], r.target, year)) for r in rows_of(own)]
    if own["value"].isna().all():
        listed_ = [f"{r.name} ({words})" if words else r.name for r, words in zip(rows_of(own), wanted, strict=True)]
        return Piece("goal", f'<p class="note">Mätetal: {escape("; ".join(listed_))}.</p>', "; ".join(listed_))
    frame = own.assign(
        named=[_named(r.name, unit) for r, unit in _with_units(own)],
        wanted=[words or "–" for words in wanted],
        shown=[_value(r.value, r.unit, r.date, r.precision == "approximate") for r in rows_of(own)],
        before=[
            _value(r.previous, r.unit, r.previous_date, r.previous_precision == "approximate") for r in rows_of(own)
        ],
        moved=pd.Series([_moved(r) for r in rows_of(own)], index=own.index, dtype=object),
    )
    columns = {
        key: column
        for key, column in SMALL.items()
        if key in ("named", "shown", "status") or any(cell not in ("", "–") for cell in frame[key])
    }
    return Table("matetal", f"Mätetal för mål {goal.number}" if goal.number else "Mätetal", frame, columns)


def measure_table(measures: pd.DataFrame, goals: pd.DataFrame, year: int) -> Folded | Piece:
    """Every measure of the goals with raw values: for tabeller.xlsx, and folded on the page."""
    own = measures[measures["goal"] != ""]
    if own.empty:
        return note("Målen har inga mätetal.")
    numbers = dict(zip(goals["id"], goals["number"], strict=True))
    frame = own.assign(
        wanted=[unbroken(words) or "–" for words in own["target"]],
        name=[f"{numbers.get(r.goal, '')} {_named(r.name, unit)}".strip() for r, unit in _with_units(own)],
        shown=values(own),
        said=[f"omdöme: {r.printed}" if r.printed else "" for r in rows_of(own)],
    )
    columns = {
        "name": Column("Mätetal", kind="text"),
        "status": Column("Läge", kind="light"),
        "shown": Column("Mätvärde", mixed=True),
        "wanted": Column("Målvärde", kind="text"),
        "date": Column("Mätt", kind="text"),
        "previous": Column("Förra värdet", mixed=True),
        "trend": Column("Trend", kind="light"),
    }
    if (frame["said"] != "").any():
        columns["said"] = Column("Dokumentets ord", kind="text")
    return Folded(Table("matetal", f"Alla mätetal {year} i en tabell", frame, columns, note="Streck: uppgift saknas."))


def _with_units(own: pd.DataFrame) -> Iterator[tuple[Any, str]]:
    return zip(rows_of(own), units(own), strict=True)


def _named(name: str, unit: str) -> str:
    """A measure's name with its unit, which isn't said again where the name has it: "Nyskapade lägenheter"."""
    return f"{name} ({unit})" if unit and unit not in name.casefold() else name


def _wanted(measure: Measure, words: str, year: int) -> str:
    """The target of the year, or the next one, of several by year; else all of it."""
    if measure.path is None or len(measure.path) == 1:
        return words
    coming = min((y for y in measure.path if y >= year), default=max(measure.path))
    return f"{level_words(measure, measure.path[coming])} {coming}"


def value_words(row: Any) -> str:
    """A measure's latest value with its unit and when it was measured: `91 % (okt 2019)`; that it is lacking."""
    if row.value != row.value:
        return "inget mätvärde"
    rough = f"ca{NBSP}" if row.precision == "approximate" else ""
    return f"{rough}{amount(row.value, row.unit)}{NBSP}({_when(row.date)})"


def _value(value: float, unit: str, date: str, rough: bool = False) -> str:
    """A value without its unit, which stands by the name, and when it was measured: `ca 66 (2019)`."""
    if value != value:
        return "–"
    shown = amount(value, unit) if unit == "ja/nej" else shortest(value)
    return f"{f'ca{NBSP}' if rough else ''}{shown}{NBSP}({_when(date)})"


def _moved(row: Any) -> Light | str:
    """The trend's light with the change; where no side is better, the change for what it is; "" without any.

    A long unit may be broken.
    """
    if not row.change_words:
        return ""
    if row.trend == "unchanged":
        return light("unchanged")
    words = row.change_words.replace(NBSP, " ").replace("procentenhet", "procent\u00adenhet")
    return light(
        row.trend or "neutral",
        ", ".join(
            filter(None, [words if not row.trend else row.trend_word, row.trend_word if not row.trend else words])
        ),
    )


def _when(date: str) -> str:
    """The year of a value, with its month where it isn't that of the year's last day."""
    return date[:4] if date.endswith("-12-31") else f"{MONTHS[int(date[5:7]) - 1][:3]}{NBSP}{date[:4]}"
