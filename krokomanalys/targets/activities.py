"""Activities and uppdrag: how many stand where, by the document's own status words."""

from __future__ import annotations

import re
from collections import Counter

import pandas as pd

from krokomanalys.sources.goals import Activity, GoalVersion

DONE = frozenset({"genomfört", "genomförts", "klar", "färdigställd", "framtagen", "framtagna", "gjord"})
_YEAR = re.compile(r"\b(?:19|20)\d{2}\b")


def activities_table(version: GoalVersion) -> pd.DataFrame:
    """One row per activity, with the columns of the document's own table, its goals, and `conflict`.

    Blank is "", and an investment of "-" or 0 is kept as it stands. `goals` are ids joined with ", ". `conflict`
    is a Swedish sentence where status and comment don't agree, else "".
    """
    rows = [
        {
            "id": a.id,
            "title": a.title,
            "description": a.description or "",
            "goals": ", ".join(a.goals),
            "unit": a.unit or "",
            "investment": a.investment or "",
            "finance": a.finance or "",
            "project": a.project or "",
            "status": a.status or "",
            "comment": a.comment or "",
            "conflict": _conflict(a, version.year),
        }
        for a in version.activities
    ]
    columns = ["id", "title", "description", "goals", "unit", "investment", "finance", "project", "status", "comment"]
    return pd.DataFrame(rows, columns=[*columns, "conflict"])


def activity_links(version: GoalVersion) -> pd.DataFrame:
    """One row per goal and activity that serves it, in the goals' order: goal, activity, title, status.

    An activity that serves two goals has two rows, as it is printed; one without a goal has none.
    """
    rows = [
        {"goal": goal.id, "activity": a.id, "title": a.title, "status": a.status or ""}
        for goal in version.goals
        for a in version.activities
        if goal.id in a.goals
    ]
    return pd.DataFrame(rows, columns=["goal", "activity", "title", "status"])


def status_counts(version: GoalVersion) -> pd.DataFrame:
    """Activities by the document's status word, each activity once: status, count, share (of all).

    Words in the order they first stand; blank is its own row (status ""), last.
    """
    counts = Counter(a.status or "" for a in version.activities)
    words = [word for word in counts if word] + [word for word in counts if not word]
    return pd.DataFrame(
        {
            "status": pd.Series(words, dtype="str"),
            "count": pd.Series([counts[w] for w in words], dtype="int64"),
            "share": pd.Series([counts[w] / counts.total() for w in words], dtype="float64"),
        }
    )


def share_done(version: GoalVersion) -> float:
    """The share of all activities, blank ones included, whose word says that they are done; NaN without any."""
    if not version.activities:
        return float("nan")
    return sum(_is_done(a) for a in version.activities) / len(version.activities)


def _is_done(activity: Activity) -> bool:
    return (activity.status or "").casefold() in DONE


def _conflict(activity: Activity, year: int) -> str:
    later = sorted({int(y) for y in _YEAR.findall(activity.comment or "") if int(y) > year})
    if not _is_done(activity) or not later:
        return ""
    return f'Status är "{activity.status}", men kommentaren nämner {later[0]}, efter {year}.'
