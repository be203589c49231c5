"""A section for each goal: its lights and rule, who judged it on what, its measures through the years, and comments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

import pandas as pd

from krokomanalys.population.forecast import DEFAULT
from krokomanalys.report.aims import current, goal_name, goal_trends, persons
from krokomanalys.report.comments import paragraphs
from krokomanalys.report.goal_figures import goal_picture, track
from krokomanalys.report.goal_outlook import GoalOutlook, goal_outlooks
from krokomanalys.report.lights import light
from krokomanalys.report.measures import goal_measures
from krokomanalys.report.page import QUOTED, Piece, note, prose
from krokomanalys.report.pictures import Picture
from krokomanalys.report.sections import Part, Sections
from krokomanalys.sources.goals import Goal, GoalVersion
from krokomanalys.sources.measures import Measure
from krokomanalys.sources.slices import Slice
from krokomanalys.sources.tables import rows_of
from krokomanalys.swedish import day
from krokomanalys.targets.activities import by_goal
from krokomanalys.targets.ahead import LONGEST, Ahead, ahead, ahead_words
from krokomanalys.targets.outcomes import Outcome, outcomes
from krokomanalys.targets.status import Status
from krokomanalys.targets.trajectory import Trajectory, trajectory
from krokomanalys.targets.wording import amount

FIRST = (Status.NOT_MET, Status.PARTLY, Status.NEARLY, Status.MET, Status.STALE, Status.NO_TARGET, Status.NOT_JUDGED)
"""The order of the sections: what calls for something to be done first, what can't be judged last."""


@dataclass(frozen=True)
class _Told:
    """What the sections are made from.

    measures    as report.aims.measured has them; own: the municipality's outcomes as the file has them
    trends, activities  by goal: its trend, its row of targets.activities.by_goal
    outlooks    by measure: what the projection says of targets for inhabitants
    """

    slice_: Slice
    version: GoalVersion
    measures: pd.DataFrame
    own: pd.DataFrame
    trends: Mapping[str, str]
    activities: Mapping[str, Any]
    outlooks: Mapping[str, GoalOutlook]


def goal_sections(
    slice_: Slice, goals: pd.DataFrame, measures: pd.DataFrame, model: str = DEFAULT, shape_from: str | None = None
) -> Sections:
    """A section for each goal that there is something to say of, those that aren't met first.

    `model` and `shape_from` are for the population projection, where a goal is about the number of inhabitants.
    """
    assert slice_.goals is not None
    version, outcome = current(slice_), slice_.goals.measures
    counts = {row.goal: row for row in rows_of(by_goal(version))}
    own = outcome[outcome["region"] == version.region]
    told = _Told(
        slice_, version, measures, own, goal_trends(version, measures), counts, goal_outlooks(slice_, model, shape_from)
    )
    rows = {row.id: row for row in rows_of(goals)}
    ordered = sorted(version.goals, key=lambda goal: FIRST.index(Status(rows[goal.id].status)))
    held = [goal for goal in ordered if goal.measures or _written(told, goal) or _rest(told, goal)]
    parts: list[Part] = [part for goal in held for part in _section(told, goal, rows[goal.id])]
    if silent := len(version.goals) - len(held):
        words = "Ett mål har" if silent == 1 else f"{silent} mål har"
        parts.append(
            note(f"{words} varken mätetal, aktiviteter eller kommentarer. De finns bara i tabellen över läget.")
        )
    return Sections(tuple(parts))


def _section(told: _Told, goal: Goal, row: Any) -> list[Part]:
    series = {m.id: _series(told, m) for m in goal.measures}
    own = told.measures[told.measures["goal"] == goal.id]
    parts: list[Part | None] = [_head(told, goal, row), prose(*_judged(row))]
    if len(own):
        small = goal_measures(own, goal, told.slice_.year)
        parts.append(small if isinstance(small, Piece) else Piece("goal", small.html, small.caption))
        parts.append(_picture(told, goal, own, series))
    if said := _ahead_and_sure(told, goal, own, series, row.warnings):
        parts.append(prose(*said))
    return [part for part in [*parts, _rest(told, goal), _written(told, goal)] if part is not None]


def _series(told: _Told, measure: Measure) -> list[Outcome]:
    return [o for o in outcomes(measure, told.own, persons(told.slice_)) if o.year <= told.slice_.year]


def _head(told: _Told, goal: Goal, row: Any) -> Piece:
    """The heading, the two lights, and who answers for the goal and judged it, on what and when."""
    lights = f"<span>Läge:</span> {light(row.status).html}"
    if trend := told.trends[goal.id]:
        lights += f" &emsp; <span>Trend:</span> {light(trend).html}"
    heading = goal_name(goal.number or "", goal.title)
    said = _about(told, goal, row)
    mark = f' <span class="mark {row.stage}">{escape(row.stage.capitalize())}</span>' if row.stage else ""
    html = f'<h3>{escape(heading)}</h3>\n<p class="standing">{lights}</p>\n'
    html += f'<p class="note">{escape(" ".join(said))}{mark}</p>' if said or mark else ""
    return Piece("goal", html, "\n".join([heading, *said]))


def _about(told: _Told, goal: Goal, row: Any) -> list[str]:
    above = {g.id: goal_name(g.number or "", g.title) for g in told.version.goals}
    kinds = {"finansiellt": "Finansiellt mål.", "overgripande": "Övergripande mål."}
    said = [goal.description or "", kinds.get(goal.kind, "")]
    said.append("Väsentligt verksamhetsmål." if goal.essential else "")
    said.append(f"Hör till målet {above[goal.parent]}." if goal.parent else "")
    said.append(f"Ansvarig: {goal.owner}." if goal.owner else "")
    if row.printed:
        rests = {"measure": "mätetal", "activity": "aktiviteter", "judgement": "en egen bedömning"}
        said.append("" if row.differs else f'Omdöme: "{row.printed}", utifrån {rests[row.printed_basis]}.')
        judge = [f"av {row.by}" if row.by else "", day(pd.Timestamp(row.when).date()) if row.when else ""]
        said.append(f"Bedömt {' '.join(filter(None, judge))}." if any(judge) else "")
    return [words for words in said if words]


def _judged(row: Any) -> list[str]:
    """The rule's sentence, what the two judgements differ in, and what to beware of."""
    said = [f"**Omdömena skiljer sig.** {row.difference}" if row.differs else row.rule]
    # the first of the warnings says that they differ, which is already said here in full
    if warnings := row.warnings.partition(". ")[2] if row.differs else row.warnings:
        said.append(f"**Att tänka på.** {warnings}")
    return said


def _picture(told: _Told, goal: Goal, own: pd.DataFrame, series: Mapping[str, list[Outcome]]) -> Picture | None:
    targets = dict(zip(own["measure"], own["target_value"], strict=True))
    tracks = []
    for measure in goal.measures:
        made, way = _ahead(told, measure, series[measure.id]), _way(told, measure, series[measure.id])
        outlook = told.outlooks.get(measure.id)
        tracks.append(
            track(
                measure,
                series[measure.id],
                told.slice_.year,
                float(targets[measure.id]),
                way={int(r.year): float(r.linear) for r in rows_of(way.path)} if way else {},
                ahead=made if isinstance(made, Ahead) else None,
                projected={h.year: h.expected for h in outlook.held if h.expected == h.expected} if outlook else {},
            )
        )
    return goal_picture(goal, tracks, f"{told.version.document.body}, {told.version.document.title}")


def _way(told: _Told, measure: Measure, series: list[Outcome]) -> Trajectory | None:
    return trajectory(measure, series, told.version.year, told.slice_.year)


def _ahead(told: _Told, measure: Measure, series: list[Outcome]) -> Ahead | str:
    """The forecast from the measure's own history, or why there is none; of inhabitants the projection tells."""
    if measure.outcome == "population_total" or measure.direction in ("binary", "ordinal"):
        return ""
    return ahead(series, told.slice_.year + LONGEST, measure.unit)


def _ahead_and_sure(
    told: _Told, goal: Goal, own: pd.DataFrame, series: Mapping[str, list[Outcome]], warned: str
) -> list[str]:
    """Where the measures are heading, and how sure a survey's share is. What stands in `warned` isn't said again."""
    said: list[str] = []
    rows = {row.measure: row for row in rows_of(own)}
    for measure in goal.measures:
        row = rows[measure.id]
        words = _course(told, measure, series[measure.id])
        words.append(f"{amount(row.value, measure.unit)} är {row.share_words}." if row.share_words else "")
        words.append("" if row.margin_words in warned else row.margin_words)
        if text := " ".join(filter(None, words)):
            said.append(f"**{measure.name}.** {text}" if len(goal.measures) > 1 else text)
    return said


def _course(told: _Told, measure: Measure, series: list[Outcome]) -> list[str]:
    """What targets for years to come take, and what the projection or the measure's own history says of them."""
    words: list[str] = []
    if (way := _way(told, measure, series)) is not None:
        words.append(way.words)
    if measure.id in told.outlooks:
        words.append(told.outlooks[measure.id].words)
    if measure.path is not None and max(measure.path) > told.slice_.year:
        made = _ahead(told, measure, series)
        words.append(ahead_words(made, measure, told.version.year) if isinstance(made, Ahead) else made)
    return words


def _rest(told: _Told, goal: Goal) -> Piece | None:
    """The goal's activities in a sentence, and what the goal file notes on it; None where there is neither."""
    said = []
    if (row := told.activities.get(goal.id)) is not None and row.count:
        said.append(f"Aktiviteter: {row.done} av {row.count} genomförda.")
    notes = [goal.note, *(f"{m.name}: {m.note}" for m in goal.measures if m.note)]
    said += [words for words in notes if words]
    if not said:
        return None
    return Piece("goal", "".join(f'<p class="note">{escape(words)}</p>' for words in said), "\n".join(said))


def _written(told: _Told, goal: Goal) -> Piece | None:
    """Kommentar, Analys and Åtgärd, as managers wrote them; None where they haven't."""
    rows = told.slice_.comments
    said = paragraphs(rows[rows["goal"] == goal.id])
    if not said:
        return None
    html = "\n".join(f"<p><strong>{label}.</strong> {escape(text)}</p>" for label, text in said)
    return Piece("prose", html, "\n".join(f"{label}: {text}" for label, text in said), {QUOTED: True})
