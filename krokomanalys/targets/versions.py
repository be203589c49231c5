"""A goal through the versions of a municipality's goals: how what was to be reached has moved."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from krokomanalys.sources.goals import GoalVersion
from krokomanalys.sources.measures import Measure
from krokomanalys.targets.goals import level_words, target_words

VERSION_COLUMNS = ("version", "document", "title", "measure", "name", "unit", "target_year", "target", "target_words")
POPULATION_COLUMNS = ("region", "version", "document", "target_year", "target", "direction", "shares", "shared_by")


def goal_through_versions(versions: Sequence[GoalVersion], goal: str) -> pd.DataFrame:
    """Every target that a goal (by id) has had, by version and target year; one region's versions.

    A target by year gives a row for each year; another target is for the version's own year. target is NaN where it
    isn't one number (two numbers, a word, another year's outcome, or none at all); target_words says it in
    Swedish. A version where the goal has no measure is a row without measure; one without the goal has no row.
    """
    rows = []
    for version in sorted(versions, key=lambda v: v.year):
        for found in (g for g in version.goals if g.id == goal):
            said = {"version": version.year, "document": version.document.title, "title": found.title}
            if not found.measures:
                empty = {"measure": "", "name": "", "unit": "", "target_words": ""}
                rows.append(said | empty | {"target_year": version.year, "target": np.nan})
            for measure in found.measures:
                named = {"measure": measure.id, "name": measure.name, "unit": measure.unit}
                rows += [
                    said | named | {"target_year": year, "target": target, "target_words": _words(measure, target)}
                    for year, target in _levels(measure, version)
                ]
    return pd.DataFrame(rows, columns=list(VERSION_COLUMNS))


def population_targets(versions: Sequence[GoalVersion]) -> pd.DataFrame:
    """Every target for the number of inhabitants, by version and target year, for a figure.

    Columns: region, version (the year of the goals), document, target_year, target (persons on 31 December),
    direction, and what the document spreads the target over: shares (how many, NaN where it says nothing) and shared_by
    ("byar").
    """
    rows = []
    for version in sorted(versions, key=lambda v: (v.region, v.year)):
        listed = [m for goal in version.goals for m in goal.measures] + list(version.comparisons)
        for measure in (m for m in listed if m.outcome == "population_total"):
            said = {"region": version.region, "version": version.year, "document": version.document.title}
            shared = measure.shared_by
            said |= {"shares": shared.count if shared else np.nan, "shared_by": shared.name if shared else ""}
            rows += [
                said | {"target_year": year, "target": target, "direction": measure.direction}
                for year, target in _levels(measure, version)
                if not np.isnan(target)
            ]
    return pd.DataFrame(rows, columns=list(POPULATION_COLUMNS))


def _levels(measure: Measure, version: GoalVersion) -> list[tuple[int, float]]:
    if measure.path is not None:
        return sorted(measure.path.items())
    return [(version.year, float(measure.target) if isinstance(measure.target, (int, float)) else np.nan)]


def _words(measure: Measure, target: float) -> str:
    return target_words(measure) if measure.path is None else level_words(measure, target)
