"""The measures of the goal report: a small table for each goal, and all of them in one."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any

import pandas as pd

from krokomanalys.report.lights import Light, light
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
    "wanted": Column("Målvärde", kind="text"),
    "shown": Column("Mätvärde"),
    "before": Column("Förra värdet"),
    "status": Column("Läge", kind="light"),
    "moved": Column("Trend och förändring", kind="light"),
}
"""The columns of a goal's own table; those that hold nothing in it are left out."""


def goal_measures(own: pd.DataFrame, goal: Goal, year: int) -> Table | Piece:
    """One goal's measures: target, value, the value before, change, level and trend as two lights, and the day.

    Where nothing at all is measured there is no table, only a line on what is to be measured.
    """
    by_id = {measure.id: measure for measure in goal.measures}
    wanted = [_wanted(by_id[r.measure], r.target, year) for r in rows_of(own)]
    if own["value"].isna().all():
        listed_ = [f"{r.name} ({words})" if words else r.name for r, words in zip(rows_of(own), wanted, strict=True)]
        return Piece("goal", f'<p class="note">Mätetal: {escape("; ".join(listed_))}.</p>', "; ".join(listed_))
    frame = own.assign(
        named=[_named(r.name, unit) for r, unit in _with_units(own)],
        wanted=[words or "–" for words in wanted],
        shown=[_value(r.value, r.unit, r.date, r.precision == "approximate") for r in rows_of(own)],
        before=[_value(r.previous, r.unit, r.previous_date) for r in rows_of(own)],
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
        wanted=own["target"].replace("", "–"),
        name=[f"{numbers.get(r.goal, '')} {_named(r.name, unit)}".strip() for r, unit in _with_units(own)],
        shown=_values(own),
        said=[f"omdöme: {r.printed}" if r.printed else "" for r in rows_of(own)],
    )
    columns = {
        "name": Column("Mätetal", kind="text"),
        "wanted": Column("Målvärde", kind="text"),
        "shown": Column("Mätvärde", mixed=True),
        "date": Column("Mätt", kind="text"),
        "previous": Column("Förra värdet", mixed=True),
        "status": Column("Läge", kind="light"),
        "trend": Column("Trend", kind="light"),
    }
    if (frame["said"] != "").any():
        columns["said"] = Column("Dokumentets ord", kind="text")
    return Folded(Table("matetal", f"Alla mätetal {year} i en tabell", frame, columns, note="Streck: uppgift saknas."))


def _with_units(own: pd.DataFrame) -> Iterator[tuple[Any, str]]:
    return zip(rows_of(own), _units(own), strict=True)


def _named(name: str, unit: str) -> str:
    return f"{name} ({unit})" if unit else name


def _wanted(measure: Measure, words: str, year: int) -> str:
    """The target of the year, or the next one, of several by year; else all of it."""
    if measure.path is None or len(measure.path) == 1:
        return words
    coming = min((y for y in measure.path if y >= year), default=max(measure.path))
    return f"{level_words(measure, measure.path[coming])} {coming}"


def _value(value: float, unit: str, date: str, rough: bool = False) -> str:
    """A value without its unit, which stands by the name, and when it was measured: `ca 66 (2019)`."""
    if value != value:
        return "–"
    shown = amount(value, unit) if unit == "ja/nej" else shortest(value)
    return f"{f'ca{NBSP}' if rough else ''}{shown}{NBSP}({_when(date)})"


def _moved(row: Any) -> Light | str:
    """The trend's light with the change; where no side is better, the change for what it is; "" without any.

    A share's change is in percentage points, another's without its unit, which stands by the name.
    """
    if not row.change_words:
        return ""
    words = row.change_words if row.unit in ("%", "plats") else row.change_words.split(NBSP + row.unit)[0]
    if row.trend == "unchanged":
        return light("unchanged")
    told = ", ".join(filter(None, [row.trend_word, words.replace(NBSP, " ")]))
    return light(row.trend or "neutral", told)


def _when(date: str) -> str:
    """The year of a value, with its month where it isn't that of the year's last day."""
    return date[:4] if date.endswith("-12-31") else f"{MONTHS[int(date[5:7]) - 1][:3]}{NBSP}{date[:4]}"


def _values(measures: pd.DataFrame) -> pd.Series:
    shown = [
        amount(r.value, r.unit) if r.unit == "ja/nej" and r.value == r.value else r.value for r in rows_of(measures)
    ]
    return pd.Series(shown, index=measures.index, dtype=object)


def _units(measures: pd.DataFrame) -> list[str]:
    words = ["" if r.unit in ("ej angiven", "ja/nej") else r.unit for r in rows_of(measures)]
    about = [" (ungefär)" if r.precision == "approximate" else "" for r in rows_of(measures)]
    return [(word + more).strip() for word, more in zip(words, about, strict=True)]
