"""One row of measures held to its measure: what can't be so, however it is laid out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from krokomanalys.sources.layouts import MEASURES
from krokomanalys.sources.measures import YEARS, Measure
from krokomanalys.swedish import shortest

Told = tuple[str, str, str, str]
"""Column, what was found, what was expected, what to do."""


def value_faults(row: Any, measure: Measure | None, region: str, last_year: int) -> Iterator[Told]:
    """What is wrong with a row of measures, a column at a time.

    `row` has the columns of layouts.MEASURES; `measure` is what it is a value of, None where no goal file of the
    `region` has it; nothing can have been measured after `last_year`.
    """
    if measure is None:
        expected = f"ett id ur data/goals/{region}-*.yaml"
        yield "measure", f'mätetalet "{row.measure}" finns inte i någon målfil', expected, ""
    elif measure.outcome == "population_total":
        problem = f'mätetalet "{row.measure}" är folkmängden, som hämtas ur data/population, så ingen läser raden'
        yield "measure", problem, "", "Ta bort raden, eller ta bort outcome i målfilen"
    if not YEARS[0] <= int(row.date[:4]) <= last_year:
        expected = f"en dag {YEARS[0]}–{last_year}, året efter den senaste målfilens år"
        yield "date", f"{row.date} är ingen dag då något kan ha mätts", expected, ""
    yield from _counts(row)
    if pd.isna(row.value):
        return
    if not row.source:
        yield "source", "värdet saknar källa", "varifrån värdet kommer, t.ex. Medarbetarenkäten 2025", ""
    if measure is not None:
        yield from _value(row, measure)


def _counts(row: Any) -> Iterator[Told]:
    """How many answered, of how many, and how they were chosen."""
    if pd.isna(row.n):
        return
    if row.n == 0:
        yield "n", "n är 0: ingen har svarat", "antalet svar", "Lämna n och värdet tomma, och skriv varför i note"
    if not pd.isna(row.N) and row.n > row.N:
        yield "n", f"{row.n} svar av {row.N} i gruppen", "n högst lika med N", "Har n och N bytt plats?"
    if not row.sampling:
        choices = ", ".join(MEASURES.columns["sampling"].choices)
        yield "sampling", "n är ifyllt men inte hur de som svarat är valda", f"något av {choices}", ""


def _value(row: Any, measure: Measure) -> Iterator[Told]:
    value = shortest(row.value)
    if measure.direction == "binary" and row.value not in (0, 1):
        yield "value", f"{value} är varken ja eller nej", "1 för ja eller 0 för nej", ""
    if measure.unit != "%":
        return
    if row.value > 100 and row.sampling == "probability":
        yield "value", f"{value} % kan inte vara andelen i ett urval", "0 till 100", "Rätta värdet eller sampling"
    wanted = _wanted(measure)
    if 0 < abs(row.value) < 1 and not row.note and _distance(100 * row.value, wanted) < _distance(row.value, wanted):
        problem = f"{value} ser ut som en procentcell i Excel: {shortest(100 * row.value)} % blir {value}"
        remedy = f"Skriv {shortest(100 * row.value)}. Stämmer {value} %, säg det i note"
        yield "value", problem, "talet i procent", remedy


def _wanted(measure: Measure) -> list[float]:
    """The numbers above 1 that the measure is to reach; none where it is to reach no such number."""
    numbers = [*(measure.path or {}).values()]
    numbers += [measure.target] if isinstance(measure.target, float | int) else []
    numbers += measure.target if isinstance(measure.target, tuple) else []
    return numbers if numbers and max(numbers) > 1 else []


def _distance(value: float, wanted: list[float]) -> float:
    return min((abs(value - number) for number in wanted), default=0.0)
