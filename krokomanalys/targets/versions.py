"""A goal through the versions of a municipality's goals: how what was to be reached has moved."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from krokomanalys.sources.goals import Goal, GoalVersion
from krokomanalys.sources.measures import Measure
from krokomanalys.swedish import listed
from krokomanalys.targets.goals import target_words

POPULATION_COLUMNS = (
    "region", "version", "document", "target_year", "target", "direction", "shares", "shared_by", "replaced",
)  # fmt: skip
CHANGE_COLUMNS = ("version", "goal", "title", "change", "from", "to", "words")


def goal_changes(versions: Sequence[GoalVersion]) -> pd.DataFrame:
    """What has happened to each goal from one version to the next; one region's versions, in any order.

    Columns: version (the later year), goal (id), title, change, from, to, words (Swedish). change is one of
    new       the goal wasn't in the version before; words tell of an earlier one that had it
    dropped   it was, and isn't now; nor does any goal say that it replaces it
    replaced  the goal says that it has taken the place of others of earlier versions: from their titles, to its own
    target    what is to be reached has changed: from and to are the targets in words
    reworded  only the title has changed: from and to are the titles
    same      neither has

    A goal may have two rows: replaced, and target or reworded. The first version is what the others are held
    against, and has no rows.
    """
    ordered = sorted(versions, key=lambda v: v.year)
    rows = []
    for place, now in enumerate(ordered[1:], start=1):
        before, told = ordered[place - 1], _titles(ordered[:place])
        old = {goal.id: goal for goal in before.goals}
        for goal in now.goals:
            said = {"version": now.year, "goal": goal.id, "title": goal.title}
            replaced = [told[i] for i in goal.replaces if i in told and i != goal.id]
            if replaced:
                rows.append(said | _change("replaced", listed(replaced), goal.title))
            if goal.id in old:
                rows.append(said | _kept(old[goal.id], goal))
            elif not replaced:
                earlier = [v.year for v in ordered[:place] if any(g.id == goal.id for g in v.goals)]
                rows.append(said | _change("new", "", goal_target_words(goal), earlier[-1] if earlier else None))
        gone = old.keys() - {g.id for g in now.goals} - {i for g in now.goals for i in g.replaces}
        rows += [
            {"version": now.year, "goal": goal.id, "title": goal.title}
            | _change("dropped", goal_target_words(goal), "")
            for goal in before.goals
            if goal.id in gone
        ]
    return pd.DataFrame(rows, columns=list(CHANGE_COLUMNS))


def goal_target_words(goal: Goal) -> str:
    """All that a goal is to reach, in words; "" where it has no target.

    Measures without a target and the parts of a composite are left out. A measure is named where it isn't the only one.
    """
    parts = {part.measure for measure in goal.measures for part in measure.parts}
    held = [m for m in goal.measures if m.id not in parts]
    if len(held) == 1:
        return target_words(held[0])
    return "; ".join(f"{m.name}: {target_words(m)}" for m in held if m.wanted)


def _kept(before: Goal, now: Goal) -> dict[str, str]:
    if _wanted(before) != _wanted(now):
        return _change("target", goal_target_words(before), goal_target_words(now))
    if " ".join(before.title.split()) != " ".join(now.title.split()):
        return _change("reworded", before.title, now.title)
    return _change("same", before.title, now.title)


def _wanted(goal: Goal) -> dict[str, object]:
    """What makes a target another one: not how it is printed."""
    fields = ("direction", "target", "strict", "path", "relative_to", "by", "by_percent", "deadline", "unit")
    return {m.id: m.model_dump(include=set(fields)) for m in goal.measures if m.wanted}


def _change(code: str, before: str, now: str, last: int | None = None) -> dict[str, str]:
    words = {
        "new": (f"Tillbaka: fanns senast {last}." if last else "Nytt mål.") + (f" Målvärde: {now}." if now else ""),
        "dropped": "Målet finns inte kvar.",
        "replaced": f"Ersätter: {before}.",
        "target": f"Målvärdet ändrat från {before or 'inget'} till {now or 'inget'}.",
        "reworded": f'Ny ordalydelse. Förut: "{before}".',
        "same": "Oförändrat.",
    }
    return {"change": code, "from": before, "to": now, "words": words[code]}


def _titles(versions: Sequence[GoalVersion]) -> dict[str, str]:
    """The latest title of every goal that there has been."""
    return {goal.id: goal.title for version in versions for goal in version.goals}


def population_targets(versions: Sequence[GoalVersion]) -> pd.DataFrame:
    """Every target for the number of inhabitants, by version and target year, for a figure.

    Columns: region, version (the year of the goals), document, target_year, target (persons on 31 December),
    direction, what the document spreads the target over: shares (how many, NaN where it says nothing) and shared_by
    ("byar"); and replaced, the year of the first later version where the same measure has other targets (NA: in force).
    """
    ordered = sorted(versions, key=lambda v: (v.region, v.year))
    held = [(v, m, _levels(m, v)) for v in ordered for m in v.measures if m.outcome == "population_total"]
    rows = []
    for version, measure, levels in held:
        shared = measure.shared_by
        said = {
            "region": version.region,
            "version": version.year,
            "document": version.document.title,
            "direction": measure.direction,
            "shares": shared.count if shared else np.nan,
            "shared_by": shared.name if shared else "",
        }
        later = [
            (v.year, own)
            for v, m, own in held
            if (v.region, m.id) == (version.region, measure.id) and v.year > version.year
        ]
        rows += [
            said
            | {"target_year": year, "target": target}
            | {"replaced": next((y for y, own in later if (year, target) not in own), None)}
            for year, target in levels
            if not np.isnan(target)
        ]
    return pd.DataFrame(rows, columns=list(POPULATION_COLUMNS)).astype({"replaced": "Int64"})


def _levels(measure: Measure, version: GoalVersion) -> list[tuple[int, float]]:
    if measure.path is not None:
        return sorted(measure.path.items())
    return [(version.year, float(measure.target) if isinstance(measure.target, (int, float)) else np.nan)]
