"""The measures of the goal report: those of the goals, and the comparisons through the years."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from krokomanalys.report.aims import current
from krokomanalys.report.page import Piece, note
from krokomanalys.report.tables import Column, Table
from krokomanalys.sources.slices import Slice
from krokomanalys.sources.tables import rows_of
from krokomanalys.targets.history import comparison_history
from krokomanalys.targets.wording import amount, is_relative


def measure_table(measures: pd.DataFrame, goals: pd.DataFrame, year: int) -> Table | Piece:
    """Every measure of the goals with value, date, target, status and change since the value before."""
    own = measures[measures["goal"] != ""]
    if own.empty:
        return note("Målen har inga mätetal.")
    numbers = dict(zip(goals["id"], goals["number"], strict=True))
    frame = own.assign(
        name=[f"{numbers.get(r.goal, '')} {_named(r, unit, year)}".strip() for r, unit in _with_units(own)],
        shown=_values(own),
        wanted=own["target"].replace("", "–"),
        since=[_since(r) for r in rows_of(own)],
    )
    columns = {
        "name": Column("Mätetal", kind="text"),
        "shown": Column("Mätvärde", mixed=True),
        "wanted": Column("Målvärde", kind="text"),
        "status": Column("Läge", kind="light"),
        "since": Column("Förändring och dokumentets ord", kind="text"),
    }
    remark = f"Mätta 31 december {year} eller för året, om inget annat står. Streck: uppgift saknas."
    return Table("matetal", f"Mätetal {year}", frame, columns, note=remark)


def comparison_table(slice_: Slice, measures: pd.DataFrame) -> Table | Piece:
    """Jämförelsetal and other numbers without a goal: every year's value and its change."""
    own = measures[measures["goal"] == ""]
    own = own[own["value"].notna()]
    if own.empty or slice_.goals is None:
        return note("Dokumentet har inga jämförelsetal.")
    totals = {year: float(persons) for year, persons in slice_.totals.items()}
    history = comparison_history(current(slice_), slice_.goals.measures, slice_.year, totals)
    history = history[history["measure"].isin(own["measure"])]
    by_year = history.set_index(["measure", "year"])
    frame = own.assign(unit=_units(own))
    columns = {"name": Column("Tal", kind="text"), "unit": Column("Enhet", kind="text")}
    years = _years(history)
    for year in years:
        frame[f"value_{year}"] = [by_year.loc[(m, year), "value"] for m in own["measure"]]
        columns[f"value_{year}"] = Column(str(year), mixed=True)
    for year in years[1:]:
        frame[f"change_{year}"] = [_change(by_year.loc[(r.measure, year)], r.unit) for r in rows_of(own)]
        columns[f"change_{year}"] = Column(f"Förändring {year - 1}–{year}", "%", decimals=1, signed=True)
    return Table(
        "jamforelsetal", "Jämförelsetal", frame, columns, note=" ".join([_remark(frame, columns), *_notes(own)]).strip()
    )


def comparison_targets(measures: pd.DataFrame) -> Table | Piece:
    """The comparisons that have a target or the document's own word, with value and light."""
    own = measures[(measures["goal"] == "") & ((measures["target"] != "") | (measures["printed"] != ""))]
    if own.empty:
        return note("Inga jämförelsetal har målvärde.")
    frame = own.assign(shown=_values(own), unit=_units(own), wanted=own["target"].replace("", "–"))
    columns = {
        "name": Column("Tal", kind="text"),
        "shown": Column("Värde", mixed=True),
        "unit": Column("Enhet", kind="text"),
        "date": Column("Mätt", kind="text"),
        "wanted": Column("Målvärde", kind="text"),
        "status": Column("Läge", kind="light"),
    }
    if (own["printed"] != "").any():
        columns["printed"] = Column("Dokumentets ord", kind="text")
    remark = " ".join(["Streck: uppgift saknas.", *_notes(own)])
    return Table("jamforelsetal_mal", "Jämförelsetal med målvärde eller omdöme", frame, columns, note=remark)


def _since(row: Any) -> str:
    change = f"{row.change_words} sedan {row.previous_date[:4]}" if row.change_words else ""
    said = f"dokumentet: {row.printed}" if row.printed else ""
    return "; ".join(filter(None, [change, said]))


def _with_units(measures: pd.DataFrame) -> Iterator[tuple[Any, str]]:
    return zip(rows_of(measures), _units(measures), strict=True)


def _named(row: Any, unit: str, year: int) -> str:
    """The measure's name with its unit, and the day it was measured where that isn't the end of the year."""
    measured = f"mätt {row.date}" if row.date and row.date != f"{year}-12-31" else ""
    told = ", ".join(filter(None, ["" if unit.lower() in row.name.lower() and unit != "%" else unit, measured]))
    return f"{row.name} ({told})" if told else str(row.name)


def _years(history: pd.DataFrame) -> list[int]:
    """All years from the first to the last with a value, so that every change is from the year before."""
    known = history.loc[history["value"].notna(), "year"]
    return list(range(int(known.min()), int(known.max()) + 1)) if len(known) else []


def _values(measures: pd.DataFrame) -> pd.Series:
    shown = [
        amount(r.value, r.unit) if r.unit == "ja/nej" and r.value == r.value else r.value for r in rows_of(measures)
    ]
    return pd.Series(shown, index=measures.index, dtype=object)


def _units(measures: pd.DataFrame) -> list[str]:
    words = ["" if r.unit in ("ej angiven", "ja/nej") else r.unit for r in rows_of(measures)]
    about = [" (ungefär)" if r.precision == "approximate" else "" for r in rows_of(measures)]
    return [(word + more).strip() for word, more in zip(words, about, strict=True)]


def _change(row: pd.Series, unit: str) -> float | str:
    """Per cent, or the words of a change that has no per cent: of a share or a place."""
    return float(row["change_percent"]) if is_relative(unit) else str(row["change_words"] or "–")


def _remark(frame: pd.DataFrame, columns: dict[str, Column]) -> str:
    text = "Streck: uppgift saknas."
    if any(key.startswith("change_") for key in columns):
        text = "Streck: uppgift saknas, eller förändringen är från noll."
    odd = [f"{r.name} {r.date}" for r in rows_of(frame[["name", "date"]]) if r.date and not r.date.endswith("12-31")]
    return f"{text} Mätt en annan dag än årets sista: {'; '.join(odd)}." if odd else text


def _notes(own: pd.DataFrame) -> list[str]:
    return [f"{r.name}: {r.note}" for r in rows_of(own[["name", "note"]]) if r.note]
