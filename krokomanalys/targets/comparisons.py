"""Jämförelsetal: every year's value with its change, the same thing elsewhere, and stocks with what came to them."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import pandas as pd

from krokomanalys.sources.goals import GoalVersion
from krokomanalys.sources.measures import Measure
from krokomanalys.targets.outcomes import Outcome, outcomes
from krokomanalys.targets.wording import change, is_relative

HISTORY_COLUMNS = ("measure", "year", "value", "change", "change_percent", "from_zero", "change_words")
DISTANCE_COLUMNS = (
    "measure", "name", "unit", "place", "year", "own", "there", "gap", "gap_before", "own_change", "there_change",
    "course",
)  # fmt: skip
STOCK_COLUMNS = ("measure", "name", "unit", "year", "start", "derived", "new", "stock", "unexplained")
_NOTHING = float("nan")


def comparison_history(
    version: GoalVersion, measures: pd.DataFrame, year: int, population: Mapping[int, float]
) -> pd.DataFrame:
    """One row per comparison and year up to `year`: the year's latest value and its change from the row before.

    The years are all from the first that the measures table has for a comparison; the population, which is known for
    many more years, is told for these. A year without a value has NaN. change is in the measure's unit (of a
    share, percentage points), change_percent relative; NaN from 0 (then from_zero), for a share and where a value is
    missing. change_words is the change in Swedish, "" where there is none.
    """
    known = _by_year(version, measures, year, population)
    measured = {y for m in version.comparisons if m.outcome == "measures" for y in known[m.id]}
    years = list(range(min(measured | {year}), year + 1))
    rows = [row for m in version.comparisons for row in _rows(m, known[m.id], years)]
    return pd.DataFrame(rows, columns=list(HISTORY_COLUMNS))


def distances(version: GoalVersion, measures: pd.DataFrame, year: int, population: Mapping[int, float]) -> pd.DataFrame:
    """One row per measure and place that it is compared with, the last year up to `year` that both have a value.

    own and there are the two values, gap = own − there in the measure's unit (of a share, percentage points),
    gap_before the same the year before and own_change, there_change what each changed since then; NaN where one of
    the two lacks that year. course says what became of the
    distance, whichever way it goes: grows, shrinks, same, crossed (the other side now), "" where it can't be told.
    A place without any year in common with the municipality has year 0 and NaN.
    """
    known = _by_year(version, measures, year, population)
    rows = [
        _distance(m, place, known[m.id], known[other])
        for m in version.measures
        for place, other in m.benchmarks.items()
    ]
    return pd.DataFrame(rows, columns=list(DISTANCE_COLUMNS))


def stocks(version: GoalVersion, measures: pd.DataFrame, year: int, population: Mapping[int, float]) -> pd.DataFrame:
    """One row per stock that has a flow, in its last year up to `year`: start + new = stock, with what isn't explained.

    start is the stock of the year before; derived says that nobody printed it and that it is stock − new (see
    targets.outcomes). unexplained = stock − start − new: what went out, where it is below 0; NaN where a figure is
    missing and 0 for a derived start.
    """
    own = measures[measures["region"] == version.region]
    listed = {m.id: m for m in version.measures}
    rows = []
    for measure in listed.values():
        if measure.flow is not None:
            held, came = (
                {o.year: o for o in outcomes(m, own, population) if o.year <= year}
                for m in (measure, listed[measure.flow])
            )
            rows += _stock(measure, held, came)
    return pd.DataFrame(rows, columns=list(STOCK_COLUMNS))


def _by_year(
    version: GoalVersion, measures: pd.DataFrame, year: int, population: Mapping[int, float]
) -> dict[str, dict[int, float]]:
    """The last value of each year up to `year`, by measure id."""
    own = measures[(measures["region"] == version.region) & measures["value"].notna()]
    return {m.id: {o.year: o.value for o in outcomes(m, own, population) if o.year <= year} for m in version.measures}


def _rows(measure: Measure, values: Mapping[int, float], years: list[int]) -> list[tuple[object, ...]]:
    first = (measure.id, years[0], values.get(years[0], _NOTHING), _NOTHING, _NOTHING, False, "")
    rows: list[tuple[object, ...]] = [first]
    for before, now in pairwise(years):
        value, previous = values.get(now, _NOTHING), values.get(before, _NOTHING)
        difference = round(value - previous, 9)
        counted, told = is_relative(measure.unit), not pd.isna(difference)
        relative = difference / abs(previous) * 100 if counted and previous else _NOTHING
        words = change(difference, measure.unit) if told else ""
        rows.append((measure.id, now, value, difference, relative, counted and told and previous == 0, words))
    return rows


def _distance(measure: Measure, place: str, own: Mapping[int, float], there: Mapping[int, float]) -> tuple[object, ...]:
    about = (measure.id, measure.name, measure.unit, place)
    year = max(own.keys() & there.keys(), default=0)
    gap, before = (round(own.get(y, _NOTHING) - there.get(y, _NOTHING), 9) for y in (year, year - 1))
    changes = (round(series.get(year, _NOTHING) - series.get(year - 1, _NOTHING), 9) for series in (own, there))
    values = (own.get(year, _NOTHING), there.get(year, _NOTHING))
    return (*about, year, *values, gap, before, *changes, _course(gap, before))


def _course(gap: float, before: float) -> str:
    if pd.isna(gap) or pd.isna(before):
        return ""
    if gap * before < 0:
        return "crossed"
    return "same" if abs(gap) == abs(before) else "grows" if abs(gap) > abs(before) else "shrinks"


def _stock(measure: Measure, held: Mapping[int, Outcome], came: Mapping[int, Outcome]) -> list[tuple[object, ...]]:
    year = max(held.keys() | came.keys(), default=None)
    if year is None:
        return []
    start = held.get(year - 1)
    first, stock, new = (o.value if o else _NOTHING for o in (start, held.get(year), came.get(year)))
    derived = start is not None and start.derived
    left = round(stock - first - new, 9)
    return [(measure.id, measure.name, measure.unit, year, first, derived, new, stock, left)]
