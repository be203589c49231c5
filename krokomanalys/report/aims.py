"""What the goal report says of all goals: lights, where judgements differ, and remarks on the document."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from typing import Any

import pandas as pd

from krokomanalys.report import figures_followup
from krokomanalys.report.lights import Light, light
from krokomanalys.report.page import Piece, note
from krokomanalys.report.pictures import Picture
from krokomanalys.report.tables import Column, Table
from krokomanalys.sources.goals import Goal, GoalVersion
from krokomanalys.sources.slices import Slice
from krokomanalys.sources.tables import rows_of
from krokomanalys.swedish import NBSP, listed
from krokomanalys.targets.activities import unfinished_though_met
from krokomanalys.targets.goals import goals_beside_printed, measures_table
from krokomanalys.targets.judgements import with_judgements
from krokomanalys.targets.status import JUDGED, Status, together

MOST_IN_ONE = 6
"""Goals that need no grouping; where there are more, they stand by målområde or nämnd."""
NOBODY = "Övriga mål"
_NOTE = (
    "Regeln: ett mål är uppfyllt om alla dess mätta delar är det, delvis om några är det och ej uppfyllt om ingen är "
    "det. Utan mätvärde eller målvärde bedöms målet inte. Har ett mål en annan regel står den {where}."
)
_SAID_NOTE = " Omdömet är dokumentets eget, eller chefens."
_TREND_NOTE = (
    " Läge och trend är två saker. Uppåtpil betyder bättre och nedåtpil sämre än förra mätningen, även när ett lågt "
    "tal är bra. Tom ruta: inget att jämföra med."
)


def current(slice_: Slice) -> GoalVersion:
    """The goals of the slice's year, with the managers' judgements. ValueError where the slice has none.

    Raises:
        InputError: where the managers' judgements don't agree, see targets.judgements.with_judgements.
    """
    if slice_.goals is None or slice_.goals.current is None:
        raise ValueError("the slice has no goals of its year")
    return with_judgements(slice_.goals.current, slice_.comments, comments_file(slice_))


def comments_file(slice_: Slice) -> str:
    """Where what managers write stands, as errors name it."""
    return f"data/comments/{slice_.municipality}-{slice_.year}{f'-{slice_.period}' if slice_.period else ''}.csv"


def judged(slice_: Slice) -> pd.DataFrame:
    """The goals beside what is printed of them, see targets.goals.goals_beside_printed."""
    assert slice_.goals is not None
    return goals_beside_printed(
        current(slice_), slice_.goals.measures, slice_.year, persons(slice_), slice_.known_until
    )


def measured(slice_: Slice) -> pd.DataFrame:
    """The measures with value, target and status, see targets.goals.measures_table."""
    assert slice_.goals is not None
    return measures_table(current(slice_), slice_.goals.measures, slice_.year, persons(slice_), slice_.known_until)


def persons(slice_: Slice) -> dict[int, float]:
    """The municipality's inhabitants on 31 December by year, as the target room takes them."""
    return {year: float(total) for year, total in slice_.totals.items()}


def goal_trends(version: GoalVersion, measures: pd.DataFrame) -> dict[str, str]:
    """Each goal's trend, the one that its measures have: better, worse, unchanged, mixed, or "" where none has any.

    Where a composite itself has none its parts tell, if all of them have one. better and unchanged together are better.
    """
    told = dict(zip(measures["measure"], measures["trend"], strict=True))
    return {goal.id: _trend(goal, told) for goal in version.goals}


def _trend(goal: Goal, told: Mapping[str, str]) -> str:
    parts = {part.measure for measure in goal.measures for part in measure.parts}
    found = set()
    for measure in (m for m in goal.measures if m.id not in parts):
        own = [told[part.measure] for part in measure.parts]
        found |= {told[measure.id]} if told[measure.id] or not all(own) else set(own)
    found -= {""}
    if found >= {"better", "worse"}:
        return "mixed"
    return next((code for code in ("better", "worse", "unchanged") if code in found), "")


def tally(statuses: pd.Series[str], *, bold: bool = False) -> str:
    """How many there are of each status, in Swedish: `3 uppfyllda, 1 utan målvärde`; `bold` sets ** round numbers."""
    counts = statuses.value_counts()
    mark = "**" if bold else ""
    held = [(s, int(counts[s])) for s in figures_followup.ORDER if s in counts.index]
    return ", ".join(f"{mark}{n}{mark} {s.words(n)}" for s, n in held)


def split_tally(statuses: pd.Series[str], *, bold: bool = False) -> tuple[list[str], list[str]]:
    """How many there are of each status, the judged ones (`3 uppfyllda`) and the others (`1 saknar målvärde`)."""
    counts = statuses.value_counts()
    mark = "**" if bold else ""
    judged, rest = [], []
    for status in (s for s in figures_followup.ORDER if s in counts.index):
        n = int(counts[status])
        if status in JUDGED:
            judged.append(f"{mark}{n}{mark} {status.words(n)}")
        elif status == Status.STALE:
            rest.append(f"{mark}{n}{mark} är {status.words(n)}")
        else:
            rest.append(f"{mark}{n}{mark} {status.word}")
    return judged, rest


def genitive(name: str) -> str:
    """A name's genitive: Kommunstyrelsens, Alnäs."""
    return name if name.endswith(("s", "x", "z")) else f"{name}s"


def goal_table(goals: pd.DataFrame, version: GoalVersion) -> Table:
    """Each goal: status by the rule and its basis beside what is printed of it, on another page than the goals' own."""
    frame, columns = _lights(goals, {})
    return Table(
        "mal",
        "Målens läge",
        frame,
        columns,
        note=_note(columns, "i rapporten Måluppföljning"),
        source=version.document.title,
    )


def light_table(slice_: Slice, goals: pd.DataFrame, measures: pd.DataFrame) -> Table:
    """Every goal with its lights for level and trend, beside what is printed of it; in groups where there are many."""
    version = current(slice_)
    frame, columns = _lights(goals, goal_trends(version, measures))
    groups = goal_groups(version)
    rows = [
        rows
        for name, ids in groups.items()
        for rows in (_group_row(name, frame), frame[frame["id"].isin(ids)].assign(kind=""))
    ]
    return Table(
        "mal",
        "Målens läge",
        frame.assign(kind="") if len(groups) == 1 else pd.concat(rows, ignore_index=True),
        columns,
        row_kind="kind",
        note=_note(columns, "i målets avsnitt"),
        source=version.document.title,
    )


def _note(columns: Mapping[str, Column], where: str) -> str:
    told = [note_ for key, note_ in (("said", _SAID_NOTE), ("trend", _TREND_NOTE)) if key in columns]
    return _NOTE.format(where=where) + "".join(told)


def _group_row(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame([dict.fromkeys(frame.columns, "") | {"name": name, "kind": "group"}])


def goal_groups(version: GoalVersion) -> dict[str, list[str]]:
    """Goals in the groups they are shown in, by name: the financial ones, and then by målområde, or else by nämnd.

    A few goals, or goals without either, are one group.
    """
    areas = {area.id: area.name for area in version.areas}
    held = {goal.id: areas.get(goal.area or "", "") for goal in version.goals}
    if not any(held.values()):
        held = {goal.id: goal.owner or "" for goal in version.goals}
    if len(version.goals) <= MOST_IN_ONE or len(set(held.values())) == 1:
        return {"": [goal.id for goal in version.goals]}
    groups: dict[str, list[str]] = {}
    for goal in version.goals:
        name = "Finansiella mål" if goal.kind == "finansiellt" else held[goal.id] or NOBODY
        groups.setdefault(name, []).append(goal.id)
    return {name: groups[name] for name in sorted(groups, key=lambda name: name == NOBODY)}


def _lights(goals: pd.DataFrame, trends: Mapping[str, str]) -> tuple[pd.DataFrame, dict[str, Column]]:
    frame = goals.assign(
        name=[goal_name(r.number, r.title) for r in rows_of(goals)],
        light=goals["status"],
        trend=[trends.get(i, "") for i in goals["id"]],
        said=[printed_words(r) or "inget omdöme" for r in rows_of(goals)],
        apart=["ja" if differs else "" for differs in goals["differs"]],
        on=[word or "–" for word in goals["basis_word"]],
    )
    columns = {
        "name": Column("Mål", kind="text"),
        "light": Column("Läge enligt regeln", kind="light"),
        "trend": Column("Trend", kind="light"),
        "on": Column("Grund", kind="text"),
        "said": Column("Omdöme", kind="text"),
        "apart": Column("Skiljer", kind="text"),
    }
    if not any(trends.values()):
        del columns["trend"]
    if not any(goals["printed"]):
        del columns["said"], columns["apart"]
    return frame, columns


def printed_words(row: Any) -> str:
    """What is printed of a goal and on what it rests: `delvis uppfyllt, på mätetal`; "" where nothing is.

    Words that say that nothing could be judged rest on nothing.
    """
    rests = {"measure": "på mätetal", "activity": "på aktiviteter", "judgement": "på bedömning"}
    return ", ".join([row.printed, *([rests[row.printed_basis]] if row.printed_status in JUDGED else [])])


def differences(version: GoalVersion, goals: pd.DataFrame) -> Piece | None:
    """Each goal where what is printed isn't what the rule gives, or what its activities say.

    Why they differ stands in the goal's own section. None where nothing is printed.
    """
    if (goals["printed"] == "").all():
        return None
    against = unfinished_words(version)
    apart = goals[goals["differs"].astype(bool) | goals["id"].isin(list(against))]
    if apart.empty:
        return note("Ingen skillnad: där målet har ett omdöme är det detsamma som regelns.")
    told = [
        (
            goal_name(row.number, row.title),
            f'Omdöme: "{row.printed}". Enligt regeln: {row.status_word}.'
            + (f" Motsägelse: {against[row.id]}." if row.id in against else ""),
        )
        for row in rows_of(apart)
    ]
    items = "".join(f"<li><strong>{escape(name)}.</strong> {escape(said)}</li>" for name, said in told)
    return Piece("prose", f"<ul>{items}</ul>", "\n".join(f"{name}. {said}" for name, said in told))


def unfinished_words(version: GoalVersion) -> dict[str, str]:
    """By goal that is called met on the ground of its activities: how many of them are done, where not all are."""
    return {row.goal: _unfinished(row.done, row.count) for row in rows_of(unfinished_though_met(version))}


def _unfinished(done: int, count: int) -> str:
    if count == 0:
        return "målet har inga aktiviteter"
    if count == 1:
        return "den enda aktiviteten är inte genomförd"
    return f"{done} av {count} aktiviteter är genomförda" if done else f"ingen av {count} aktiviteter är genomförd"


def remarks(version: GoalVersion) -> Piece | None:
    """Contradictions and oddities in the document that a reader should know of; None where none are noted."""
    if not version.remarks:
        return None
    return Piece(
        "prose",
        "<ul>" + "".join(f"<li>{escape(r)}</li>" for r in version.remarks) + "</ul>",
        "\n".join(version.remarks),
    )


def status_figure(goals: pd.DataFrame, version: GoalVersion) -> Picture | None:
    """Goals by status, by the rule and as printed; None where nothing is printed to compare with."""
    if (goals["printed"] == "").all():
        return None
    return figures_followup.goals_by_status(goals, f"{version.document.body}, {version.document.title}")


def goal_light(goals: pd.DataFrame, owner: str = "") -> Light:
    """One light for all goals: the status that the judged ones make together, in the words of the first finding.

    Where more goals can't be judged than can, no colour speaks for them all: the light is not_judged.
    """
    subject = f"Mål, {owner}" if owner else "Mål"
    statuses = [Status(s) for s in goals["status"] if s in JUDGED]
    met, judged_, rest = statuses.count(Status.MET), len(statuses), len(goals) - len(statuses)
    if goals.empty:
        return Light("not_judged", "inga mål", subject)
    _, unjudged = split_tally(goals["status"])
    if not statuses:
        alike = set(goals["status"]) == {Status.NOT_JUDGED}
        return Light("not_judged", "" if alike else listed(unjudged), subject)
    words = ", ".join([f"{met} av {len(goals)} {Status.MET.words(met)}", *unjudged])
    return light("not_judged" if rest > judged_ else together(statuses), words, subject)


def goal_name(number_: str, title: str, *, short: bool = False) -> str:
    """A goal as tables and sentences call it; `short` is its number, or a title without one cut at 60 characters."""
    title = unbroken(title)
    cut = title if len(title) <= 60 or not short else title[:57].rsplit(" ", 1)[0] + " …"
    return f"{number_} {cut}".strip() if not (short and number_) else f"mål\u00a0{number_}"


def unbroken(text: str) -> str:
    """Printed words with their numbers in one piece: no line break inside 16 000 or before a per cent sign."""
    return re.sub(r"(?<=\d) (?=\d{3}\b|%)", NBSP, text)
