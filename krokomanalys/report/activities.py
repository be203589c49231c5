"""The activities of the goal report: what serves which goal, how it stands, and what doesn't agree."""

from __future__ import annotations

from datetime import date
from math import isnan

import pandas as pd

from krokomanalys.report.aims import goal_name, unfinished_words
from krokomanalys.report.page import Piece, prose
from krokomanalys.report.tables import Column, Table
from krokomanalys.sources.goals import GoalVersion
from krokomanalys.sources.tables import rows_of
from krokomanalys.swedish import day, listed, percent
from krokomanalys.targets.activities import (
    State,
    activities_table,
    activity_links,
    by_goal,
    share_done,
)

SOMETIMES = {
    "serves": "Mål",
    "due": "Klart senast",
    "investment": "Investering (tkr)",
    "project": "Projekt",
}
"""Columns of the document's own table, shown where any activity has something there."""
COUNTED = {
    State.DONE: ("genomförd", "genomförda"),
    State.ON_PLAN: ("pågår enligt plan", "pågår enligt plan"),
    State.UNDER_WAY: ("pågår", "pågår"),
    State.DEVIATING: ("pågår med avvikelse", "pågår med avvikelse"),
    State.POSTPONED: ("uppskjuten", "uppskjutna"),
    State.NOT_STARTED: ("ej påbörjad", "ej påbörjade"),
    State.NO_EFFORT: ("utan insats", "utan insats"),
    State.STOPPED: ("avbruten", "avbrutna"),
    State.UNSTATED: ("utan uppgift", "utan uppgift"),
    State.WITHHELD: ("med läge som inte är känt än", "med läge som inte är känt än"),
}
"""What follows a number of activities in a state."""


def activity_prose(version: GoalVersion, until: date | None = None) -> Piece | None:
    """How many activities stand where, which are postponed or overdue, and where the words don't agree; None without.

    `until` is the last day that is known (default: the end of the goals' year).
    """
    frame = activities_table(version, until)
    if frame.empty:
        return None
    counts = frame["state"].value_counts()
    held = [(state, int(counts[state])) for state in COUNTED if state in counts.index]
    told = ", ".join(f"**{n}** {COUNTED[state][n > 1]}" for state, n in held)
    share = share_done(version)
    what = "aktivitet" if len(frame) == 1 else "aktiviteter"
    paragraphs = [f"**{len(frame)}** {what}: {told}."]
    if not isnan(share):
        paragraphs[0] += f" Genomförda är **{percent(100 * share, 0)}**."
    postponed = frame[frame["state"] == State.POSTPONED]
    if len(postponed):
        named = [
            f"{r.title}{f' (till {r.postponed_to})' if not pd.isna(r.postponed_to) else ''}" for r in rows_of(postponed)
        ]
        paragraphs.append(f"Uppskjutet: {listed(named)}.")
    overdue = frame[frame["overdue"] != ""]
    if len(overdue):
        named = [f"{r.title} (senast {day(date.fromisoformat(r.due))})" for r in rows_of(overdue)]
        paragraphs.append(f"Försenat: {listed(named)}.")
    paragraphs += [f"**Motsägelse.** {r.title}: {_inside(r.conflict)}" for r in rows_of(frame[frame["conflict"] != ""])]
    names = {goal.id: goal_name(goal.number or "", goal.title) for goal in version.goals}
    for goal, words in unfinished_words(version).items():
        paragraphs.append(f"**Motsägelse.** {names[goal]}: omdömet vilar på aktiviteter, men {words}.")
    if not any(a.goals for a in version.activities):
        paragraphs.append("Dokumentet säger inte vilka mål aktiviteterna hör till.")
    return prose(*paragraphs)


def activity_goal_table(version: GoalVersion) -> Table | None:
    """How many activities each goal has and how many of them are done; nothing without activities with a goal."""
    frame = by_goal(version)
    if frame.empty or (frame["goal"] == "").all():
        return None
    names = {goal.id: goal_name(goal.number or "", goal.title) for goal in version.goals} | {"": "Utan mål"}
    columns = {
        "name": Column("Mål", kind="text"),
        "count": Column("Antal"),
        "done": Column("Klara"),
        "percent": Column("Klara", "%"),
    }
    rare = {"postponed": "Uppskjutna", "unstated": "Utan uppgift"}
    columns |= {key: Column(label) for key, label in rare.items() if frame[key].any()}
    return Table(
        "aktiviteter_per_mal",
        "Aktiviteter efter mål",
        frame.assign(
            name=frame["goal"].map(names),
            done=frame["done"].where(frame["share_done"].notna()),
            percent=100 * frame["share_done"],
        ),
        columns,
        note="En aktivitet som hör till två mål räknas under båda.",
        source=version.document.title,
    )


def activity_table(version: GoalVersion, until: date | None = None) -> Table | None:
    """Activities with their goals and the document's words; blank, "-" and 0 stand as printed. None without any."""
    frame = activities_table(version, until)
    if frame.empty:
        return None
    names = {goal.id: goal.number or goal_name("", goal.title, short=True) for goal in version.goals}
    links = activity_links(version).groupby("activity")["goal"].agg(lambda ids: "; ".join(names[i] for i in ids))
    frame["serves"] = [links.get(i, "") for i in frame["id"]]
    frame["said"] = [
        r.status or ("(inte känd än)" if r.state == State.WITHHELD else "(ingen uppgift)") for r in rows_of(frame)
    ]
    frame["named"] = [f"{r.title} ({who})" if (who := r.unit or r.owner) else r.title for r in rows_of(frame)]
    frame["remark"] = [
        " ".join(filter(None, [r.comment, r.overdue, r.conflict and f"Motsägelse: {r.conflict}"]))
        for r in rows_of(frame)
    ]
    columns = {"named": Column("Aktivitet", kind="text")}
    columns |= {key: Column(label, kind="text") for key, label in SOMETIMES.items() if (frame[key] != "").any()}
    columns |= {"said": Column("Status", kind="text"), "remark": Column("Kommentar", kind="text")}
    return Table("aktiviteter", "Aktiviteter och uppdrag", frame, columns, source=version.document.title)


def _inside(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
