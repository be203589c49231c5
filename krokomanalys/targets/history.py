"""Comparisons through the years: every year's value with its change from the year before."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import pandas as pd

from krokomanalys.sources.goals import GoalVersion
from krokomanalys.sources.measures import Measure
from krokomanalys.targets.outcomes import outcomes
from krokomanalys.targets.wording import change, is_relative

HISTORY_COLUMNS = ("measure", "year", "value", "change", "change_percent", "change_words")


def comparison_history(
    version: GoalVersion, measures: pd.DataFrame, year: int, population: Mapping[int, float]
) -> pd.DataFrame:
    """One row per comparison and year up to `year`: the year's latest value and its change from the row before.

    The years are all from the first that the measures table has for a comparison; the population, which is known for
    many more years, is told for these. A year without a value has NaN. change is in the measure's unit (of a
    share, percentage points), change_percent relative; NaN from 0, for a share and where a value is missing.
    change_words is the change in Swedish, "" where there is none.
    """
    own = measures[measures["region"] == version.region]
    known = {
        m.id: {o.year: o.value for o in outcomes(m, own, population) if o.year <= year} for m in version.comparisons
    }
    measured = {y for m in version.comparisons if m.outcome == "measures" for y in known[m.id]}
    years = list(range(min(measured | {year}), year + 1))
    rows = [row for m in version.comparisons for row in _rows(m, known[m.id], years)]
    return pd.DataFrame(rows, columns=list(HISTORY_COLUMNS))


def _rows(measure: Measure, values: Mapping[int, float], years: list[int]) -> list[tuple[object, ...]]:
    nothing = float("nan")
    rows: list[tuple[object, ...]] = [(measure.id, years[0], values.get(years[0], nothing), nothing, nothing, "")]
    for before, now in pairwise(years):
        value, previous = values.get(now, nothing), values.get(before, nothing)
        difference = round(value - previous, 9)
        relative = difference / abs(previous) * 100 if is_relative(measure.unit) and previous else nothing
        words = "" if pd.isna(difference) else change(difference, measure.unit)
        rows.append((measure.id, now, value, difference, relative, words))
    return rows
