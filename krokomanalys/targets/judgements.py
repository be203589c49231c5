"""What managers judge of goals in the comments file, taken into the goals as the document's own words are."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd

from krokomanalys.errors import Fault, InputError
from krokomanalys.sources.goals import GoalVersion, Printed
from krokomanalys.sources.layouts import GOAL_BASES
from krokomanalys.swedish import listed

JUDGED_BY = {"bedömning": "words", "grund": "basis", "bedömd_av": "by", "bedömd": "when", "läge": "stage"}
"""Columns of the comments that together are a judgement, and the fields of Printed that they fill."""


def with_judgements(version: GoalVersion, comments: pd.DataFrame, file: str) -> GoalVersion:
    """The goals with the managers' judgements in the comments as what is printed of them.

    `comments` has the columns of layouts.COMMENTS; rows without a goal, or with nothing in the columns of a
    judgement, say nothing of one. Rows on one goal (one for each åtgärd) may repeat its judgement or leave it blank.
    A judgement without `grund` rests on judgement. A message names the file and row of its columns `file` and `row`
    where it has them, and else `file`.

    Raises:
        InputError: a judgement on a goal that isn't there, or that has the document's own word; two that differ; one
            that says who, when or on what, but not what is judged.
    """
    rows = comments[comments["goal"] != ""]
    rows = rows[(rows[list(JUDGED_BY)] != "").any(axis=1)]
    faults, found = [], {}
    known = {goal.id: goal for goal in version.goals}
    for goal, own in rows.groupby("goal", sort=False, observed=True):
        fault = _fault(str(goal), own, known, file)
        if fault is None:
            found[str(goal)] = _printed(own)
        else:
            faults.append(fault)
    if faults:
        raise InputError(faults)
    goals = tuple(g.model_copy(update={"printed": found[g.id]}) if g.id in found else g for g in version.goals)
    return version.model_copy(update={"goals": goals})


def _fault(goal: str, rows: pd.DataFrame, known: dict[str, Any], file: str) -> Fault | None:
    if goal not in known:
        problem = f'målet "{goal}" har en bedömning men finns inte i målfilen'
        return _at(rows, Fault(file, problem, f"något av {listed(list(known))}", column="goal"))
    if known[goal].printed is not None:
        problem = f'målet {goal} har redan dokumentets eget omdöme, "{known[goal].printed.words}"'
        remedy = "Ta bort printed i målfilen, eller bedömningen i kommentarerna"
        return _at(rows, Fault(file, problem, "ett omdöme för varje mål", remedy, column="bedömning"))
    if (rows["bedömning"] == "").all():
        told = next(name for name in JUDGED_BY if (rows[name] != "").any())
        problem = f"målet {goal} har {told} men ingen bedömning"
        return _at(rows, Fault(file, problem, remedy="Skriv bedömningen", column="bedömning"))
    for name in JUDGED_BY:
        words = [word for word in rows[name].unique() if word != ""]
        if len(words) > 1:
            first, second = (rows[rows[name] == word] for word in words[:2])
            there = f" ({_place(first)})" if "file" in rows else ""
            problem = f'målet {goal} har två olika värden: "{words[0]}"{there} och "{words[1]}"'
            return _at(second, Fault(file, problem, "samma på alla målets rader, eller bara på en", column=name))
    return None


def _at(rows: pd.DataFrame, fault: Fault) -> Fault:
    """The fault at the first of the rows, where they say in which file they stand."""
    if "file" not in rows:
        return fault
    return replace(fault, file=str(rows["file"].iloc[0]), row=int(rows["row"].iloc[0]))


def _place(rows: pd.DataFrame) -> str:
    return f"{rows['file'].iloc[0]}, rad {rows['row'].iloc[0]}"


def _printed(rows: pd.DataFrame) -> Printed:
    said = {field: next((w for w in rows[name] if w != ""), None) for name, field in JUDGED_BY.items()}
    said["source"] = "comments"
    said["basis"] = GOAL_BASES[said["basis"]] if said["basis"] else "judgement"
    return Printed.model_validate(said | {"when": date.fromisoformat(said["when"]) if said["when"] else None})
