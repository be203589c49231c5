"""Activities and uppdrag: how many stand where, by the document's own status words, and what doesn't agree."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum

import pandas as pd

from krokomanalys.errors import Fault, InputError
from krokomanalys.sources.goals import Activity, GoalVersion
from krokomanalys.swedish import day
from krokomanalys.targets.status import Status, from_words

ACTIVITY_COLUMNS = (
    "id", "title", "description", "goals", "unit", "owner", "due", "investment", "finance", "project", "status",
    "state", "state_word", "postponed_to", "overdue", "comment", "conflict",
)  # fmt: skip


class State(StrEnum):
    """How far an activity has come; `word` is the Swedish one."""

    DONE = "done"
    ON_PLAN = "on_plan"
    DEVIATING = "deviating"
    UNDER_WAY = "under_way"
    POSTPONED = "postponed"
    NOT_STARTED = "not_started"
    NO_EFFORT = "no_effort"
    STOPPED = "stopped"
    UNSTATED = "unstated"
    WITHHELD = "withheld"

    @property
    def word(self) -> str:
        """The state in Swedish, as a reader sees it."""
        return _STATE_WORDS[self]


_STATE_WORDS = {
    State.DONE: "genomförd",
    State.ON_PLAN: "pågår enligt plan",
    State.DEVIATING: "pågår med avvikelse",
    State.UNDER_WAY: "pågår",
    State.POSTPONED: "uppskjuten",
    State.NOT_STARTED: "ej påbörjad",
    State.NO_EFFORT: "ingen insats",
    State.STOPPED: "avbruten",
    State.UNSTATED: "uppgift saknas",
    State.WITHHELD: "läget är inte känt än",
}
ACTIVITY_WORDS: Mapping[State, tuple[str, ...]] = {
    State.DONE: ("genomförd", "klar", "färdig", "färdigställd", "framtagen", "gjord", "slutförd", "avslutad"),
    State.ON_PLAN: ("enligt plan", "påbörjad enligt plan", "pågår enl plan", "följer plan", "i fas"),
    State.DEVIATING: ("påbörjad med avvikelse", "avviker från plan", "försenad", "ej enligt plan"),
    State.UNDER_WAY: ("pågår", "påbörjad", "startad", "igång", "under arbete", "delvis klar", "delvis genomförd"),
    State.POSTPONED: ("uppskjuten", "skjuts till 2027", "skjuts upp", "framflyttad till 2027", "senarelagd"),
    State.NOT_STARTED: ("ej påbörjad", "inte startad", "planerad"),
    State.NO_EFFORT: ("ingen insats", "ej genomförd", "inte gjord"),
    State.STOPPED: ("avbruten", "inställd", "nedlagd", "utgår", "stoppad", "inte längre aktuell"),
    State.UNSTATED: ("", "-", "ingen uppgift"),
}
"""Words of each state that a word can tell; their other endings (genomfört, genomförda, genomförts) mean the same."""
_DONE = (
    r"(?:genomför|slutför|utför|inför)(?:d|t|da|ts)|klar(?:t|a)?|färdig(?:t|a)?|(?:färdig|iordning)ställ(?:d|t|da|ts)"
    r"|framtag(?:en|et|na|its)|gjor(?:d|t|da|ts)|(?:avsluta|leverera)(?:d|t|de|ts)"
)
_STARTED = r"(?:påbörja|starta|inled)(?:d|t|de|da|ts)|inlett|pågår|pågående|i ?gång|under arbete"
_PLAN = r"enl(?:igt)? (?:tids)?plan(?:en)?"
_PATTERNS: Mapping[State, str] = {
    State.DONE: _DONE,
    State.ON_PLAN: rf"(?:(?:{_STARTED}|löper|sker) )?(?:{_PLAN}|i fas)|följer (?:tids)?plan(?:en)?",
    State.DEVIATING: rf"(?:(?:{_STARTED}) )?(?:med avvikelser?|försena(?:d|t|de|ts)|(?:ej|inte) {_PLAN})"
    r"|avviker(?: från (?:tids)?plan(?:en)?)?",
    State.UNDER_WAY: rf"{_STARTED}|delvis (?:{_DONE})",
    State.POSTPONED: r"(?:skjuts|skjutits|uppskjut(?:en|et|na|its)|fram(?:skjut(?:en|et|na)|flytta(?:d|t|de))"
    r"|flytta(?:s|d|t|de)|senarelag(?:d|t|da)|senareläggs)(?: (?:upp|fram|framåt))?(?: till (?:år )?YEAR)?",
    State.NOT_STARTED: r"(?:ej|inte|icke) (?:påbörja|starta|inled)(?:d|t|de|da|ts)|planera(?:d|t|de)",
    State.NO_EFFORT: rf"ingen insats(?: gjord)?|(?:ej|inte) (?:{_DONE})",
    State.STOPPED: r"avbr(?:uten|utet|utna|utits|yts)|inställ(?:d|t|da|ts)|nedlag(?:d|t|da)|utgå(?:r|tt)"
    r"|stoppa(?:d|t|de|ts)|(?:ej|inte)(?: längre)? aktuell(?:t|a)?",
    State.UNSTATED: r"|[-–]|(?:ingen )?uppgift(?: saknas)?",
}
_YEAR = re.compile(r"\b(?:19|20)\d{2}\b")
_LATE = r"försena\w*|fördröj\w*|uppskj\w*|skjuts (?:upp|fram|till)|senarelägg\w*"
_AFOOT = r"pågår|återstår|(?:inte|ej) klar\w*"
_BEGUN = r"pågår|påbörja(?:d|t|de|ts)|genomför(?:d|t|da|ts)"
_DENIED = r"(?<!inte )(?<!ej )(?<!ingen )\b"
_SAYS: Mapping[State, re.Pattern[str]] = {
    State.DONE: re.compile(rf"{_DENIED}(?:{_LATE}|{_AFOOT})", re.IGNORECASE),
    State.ON_PLAN: re.compile(rf"{_DENIED}(?:{_LATE})", re.IGNORECASE),
    State.NOT_STARTED: re.compile(rf"{_DENIED}(?:{_BEGUN})\b", re.IGNORECASE),
    State.NO_EFFORT: re.compile(rf"{_DENIED}(?:{_BEGUN})\b", re.IGNORECASE),
}
"""What a comment says that doesn't go with a state."""


def activity_state(words: str, year: int, *, file: str = "målfilen", key: str | None = None) -> State:
    """The state that a document's status word means; capitals, commas and full stops don't matter.

    `year` is that of the goals: nothing is postponed to a year before it.

    Raises:
        InputError: for a word outside the vocabulary; `file` and `key` tell the economist where it stands.
    """
    text = " ".join(re.sub(r"[,.;:]", " ", words).casefold().split())
    bare = _YEAR.sub("YEAR", text)
    state = next((s for s, pattern in _PATTERNS.items() if re.fullmatch(pattern, bare)), None)
    if state is None:
        known = ", ".join(w for s, words in ACTIVITY_WORDS.items() if s != State.UNSTATED for w in words)
        raise InputError(Fault(file, f'"{words}" är ingen känd status för en aktivitet', f"något av: {known}", key=key))
    to = postponed_to(words) if state == State.POSTPONED else None
    if to is not None and to < year:
        problem = f'"{words}" pekar på ett år före målens år, {year}'
        raise InputError(Fault(file, problem, f"{year} eller senare", key=key))
    return state


def postponed_to(words: str) -> int | None:
    """The year that a status word names: "skjuts till 2022"; None where it names none."""
    years = _YEAR.findall(words)
    return int(years[-1]) if years else None


def activity_word_faults(version: GoalVersion) -> tuple[Fault, ...]:
    """Every status of an activity in the goal file that isn't in the vocabulary."""
    file = f"data/goals/{version.region}-{version.year}.yaml"
    faults: list[Fault] = []
    for activity in version.activities:
        try:
            activity_state(activity.status or "", version.year, file=file, key=f"activities.{activity.id}.status")
        except InputError as error:
            faults += error.faults
    return tuple(faults)


def activities_table(version: GoalVersion, until: date | None = None) -> pd.DataFrame:
    """One row per activity, with the columns of the document's own table and what its words mean.

    Columns ACTIVITY_COLUMNS. Blank is "", and an investment of "-" or 0 is kept as it stands. `goals` are ids joined
    with ", "; due is ISO or "". status is the document's word, state and state_word what it means; postponed_to the
    year it names (NA where none); overdue and conflict are Swedish sentences, "" where there is none: the day has
    passed at `until` (default 31 December of the goals' year) and it isn't done, or status and comment don't agree.

    Raises:
        InputError: where a status is outside the vocabulary.
    """
    known = until or date(version.year, 12, 31)
    states = _states(version)
    rows = [
        {
            "id": a.id,
            "title": a.title,
            "description": a.description or "",
            "goals": ", ".join(a.goals),
            "unit": a.unit or "",
            "owner": a.owner or "",
            "due": a.due.isoformat() if a.due else "",
            "investment": a.investment or "",
            "finance": a.finance or "",
            "project": a.project or "",
            "status": a.status or "",
            "state": str(states[a.id]),
            "state_word": states[a.id].word,
            "postponed_to": postponed_to(a.status or "") if states[a.id] == State.POSTPONED else None,
            "overdue": _overdue(a, states[a.id], known),
            "comment": a.comment or "",
            "conflict": _conflict(a, states[a.id], version.year),
        }
        for a in version.activities
    ]
    return pd.DataFrame(rows, columns=list(ACTIVITY_COLUMNS)).astype({"postponed_to": "Int64"})


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


def by_goal(version: GoalVersion) -> pd.DataFrame:
    """One row per goal that activities serve: goal, count, done, postponed, unstated, share_done (see share_done).

    An activity that serves two goals counts under both. Activities without a goal are a last row, goal "".
    """
    states = _states(version)
    groups = [(g.id, [states[a.id] for a in version.activities if g.id in a.goals]) for g in version.goals]
    groups.append(("", [states[a.id] for a in version.activities if not a.goals]))
    rows = [
        {
            "goal": goal,
            "count": len(held),
            "done": held.count(State.DONE),
            "postponed": held.count(State.POSTPONED),
            "unstated": held.count(State.UNSTATED),
            "share_done": _share_done(held),
        }
        for goal, held in groups
        if held
    ]
    return pd.DataFrame(rows, columns=["goal", "count", "done", "postponed", "unstated", "share_done"])


def share_done(version: GoalVersion) -> float:
    """The share (0-1) of all activities, blank ones included, whose word says that they are done.

    NaN without any, and where the word of some is of a later day (see sources.goals.before_judgement): not known then.
    """
    return _share_done(list(_states(version).values()))


def _share_done(states: Sequence[State]) -> float:
    if not states or State.WITHHELD in states:
        return float("nan")
    return states.count(State.DONE) / len(states)


def unfinished_though_met(version: GoalVersion) -> pd.DataFrame:
    """Goals whose document calls them met on the ground of activities that aren't all done.

    Columns: goal, words (the document's), done, count. A goal without activities is there too, with count 0.
    """
    states = _states(version)
    rows = []
    for goal in version.goals:
        if goal.printed is None or goal.printed.basis != "activity" or from_words(goal.printed.words) != Status.MET:
            continue
        held = [states[a.id] for a in version.activities if goal.id in a.goals]
        if not held or any(state != State.DONE for state in held):
            done = held.count(State.DONE)
            rows.append({"goal": goal.id, "words": goal.printed.words, "done": done, "count": len(held)})
    return pd.DataFrame(rows, columns=["goal", "words", "done", "count"])


def _states(version: GoalVersion) -> dict[str, State]:
    faults = activity_word_faults(version)
    if faults:
        raise InputError(faults)
    return {
        a.id: State.WITHHELD if a.withheld else activity_state(a.status or "", version.year) for a in version.activities
    }


def _overdue(activity: Activity, state: State, known: date) -> str:
    over = (State.DONE, State.STOPPED, State.POSTPONED, State.WITHHELD)
    if activity.due is None or activity.due > known or state in over:
        return ""
    return f"Skulle vara klar senast {day(activity.due)}."


def _conflict(activity: Activity, state: State, year: int) -> str:
    comment, said = activity.comment or "", []
    later = sorted({int(y) for y in _YEAR.findall(comment) if int(y) > year})
    if state == State.DONE and later:
        said.append(f"nämner {later[0]}, efter {year}")
    if state in _SAYS and (found := _SAYS[state].search(comment)):
        said.append(f'säger "{found.group()}"')
    return f'Status är "{activity.status}", men kommentaren {" och ".join(said)}.' if said else ""
