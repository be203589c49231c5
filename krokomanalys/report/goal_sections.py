"""A section for each goal: its lights and rule, who judged it on what, its measures through the years, and comments."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from math import isnan
from typing import Any

import pandas as pd

from krokomanalys.budget.claim_words import sentence
from krokomanalys.budget.claims import ClaimFinding, judge_all
from krokomanalys.report.aims import current, goal_name, goal_trends, persons, unfinished_words
from krokomanalys.report.audit import FLAWS
from krokomanalys.report.comments import paragraphs
from krokomanalys.report.goal_figures import goal_picture, track
from krokomanalys.report.goal_outlook import GoalOutlook
from krokomanalys.report.lights import light
from krokomanalys.report.measures import goal_measures
from krokomanalys.report.page import QUOTED, Piece, emphasis, note, prose
from krokomanalys.report.pictures import Picture
from krokomanalys.report.sections import Part, Sections
from krokomanalys.sources.goals import Goal, GoalVersion
from krokomanalys.sources.measures import Measure
from krokomanalys.sources.slices import Slice
from krokomanalys.sources.tables import rows_of
from krokomanalys.swedish import day
from krokomanalys.targets.activities import by_goal
from krokomanalys.targets.ahead import LONGEST, Ahead, ahead, ahead_words
from krokomanalys.targets.outcomes import Outcome, finished, outcomes
from krokomanalys.targets.status import JUDGED, Status
from krokomanalys.targets.structure import kind_words
from krokomanalys.targets.trajectory import Trajectory, trajectory
from krokomanalys.targets.wording import amount

FIRST = (Status.NOT_MET, Status.PARTLY, Status.NEARLY, Status.MET, Status.STALE, Status.NO_TARGET, Status.NOT_JUDGED)
"""The order of the sections: what calls for something to be done first, what can't be judged last."""
KINDS = ("overgripande", "effekt", "finansiellt")
"""Kinds that a goal's section names; the others are what a goal is unless it says otherwise."""
_SLIM = re.compile(r"Chansen att nå [^.]*? är mycket liten[^.]*\.")


@dataclass(frozen=True)
class _Told:
    """What the sections are made from.

    measures    as report.aims.measured has them; own: the municipality's outcomes as the file has them
    trends, activities  by goal: its trend, its row of targets.activities.by_goal
    outlooks    by measure: what the projection says of targets for inhabitants
    claims      by goal: what the document says of it in figures that doesn't agree
    against     by goal: what speaks against that it is met since its activities are done
    """

    slice_: Slice
    version: GoalVersion
    measures: pd.DataFrame
    own: pd.DataFrame
    trends: Mapping[str, str]
    activities: Mapping[str, Any]
    outlooks: Mapping[str, GoalOutlook]
    claims: Mapping[str, list[ClaimFinding]]
    against: Mapping[str, str]


def goal_sections(
    slice_: Slice, goals: pd.DataFrame, measures: pd.DataFrame, outlooks: Mapping[str, GoalOutlook]
) -> Sections:
    """A section for each goal that there is something to say of, those that aren't met first.

    `outlooks` is that of report.goal_outlook.goal_outlooks.
    """
    assert slice_.goals is not None
    version, outcome = current(slice_), slice_.goals.measures
    counts = {row.goal: row for row in rows_of(by_goal(version))}
    own = outcome[outcome["region"] == version.region]
    claims: dict[str, list[ClaimFinding]] = {}
    for found in judge_all(slice_.claims) if slice_.claims else ():
        if found.claim.goal and found.verdict in FLAWS:
            claims.setdefault(found.claim.goal, []).append(found)
    trends, against = goal_trends(version, measures), unfinished_words(version)
    told = _Told(slice_, version, measures, own, trends, counts, outlooks, claims, against)
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
    course, odds = _course(told, goal, own, series, row.warnings)
    parts: list[Part | None] = [_head(told, goal, row), prose(*_judged(told, goal, row, odds))]
    if len(own):
        small = goal_measures(own, goal, told.slice_.year)
        parts.append(small if isinstance(small, Piece) else Piece("goal", small.html, small.caption))
        parts.append(_picture(told, goal, own, series))
    parts.append(_listed(course))
    return [part for part in [*parts, _rest(told, goal), _written(told, goal)] if part is not None]


def _series(told: _Told, measure: Measure) -> list[Outcome]:
    held = outcomes(measure, told.own, persons(told.slice_))
    return [o for o in finished(held, told.slice_.known_until) if o.year <= told.slice_.year]


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
    said = [goal.description or "", f"{kind_words(goal).capitalize()}." if goal.kind in KINDS or goal.essential else ""]
    said.append(f"Hör till målet {above[goal.parent]}." if goal.parent else "")
    said.append(f"Ansvarig: {goal.owner}." if goal.owner else "")
    if row.printed:
        rests = {"measure": "mätetal", "activity": "aktiviteter", "judgement": "en egen bedömning"}
        ground = f", utifrån {rests[row.printed_basis]}" if row.printed_status in JUDGED else ""
        said.append("" if row.differs else f'Omdöme: "{row.printed}"{ground}.')
        judge = [f"av {row.by}" if row.by else "", day(pd.Timestamp(row.when).date()) if row.when else ""]
        said.append(f"Bedömt {' '.join(filter(None, judge))}." if any(judge) else "")
    return [words for words in said if words]


def _judged(told: _Told, goal: Goal, row: Any, odds: Sequence[str]) -> list[str]:
    """The rule's sentence, what the two judgements differ in, what contradicts them, and what to beware of."""
    said = [f"**Omdömena skiljer sig.** {row.difference}" if row.differs else row.rule]
    if goal.id in told.against:
        said.append(f"**Motsägelse.** Omdömet vilar på aktiviteter, men {told.against[goal.id]}.")
    said += [f"**Uppgift att se närmare på.** {sentence(found)}" for found in told.claims.get(goal.id, ())]
    # the first of the warnings says that they differ, which is already said here in full
    warnings = row.warnings.partition(". ")[2] if row.differs else row.warnings
    if words := " ".join(filter(None, [warnings, *odds])):
        said.append(f"**Att tänka på.** {words}")
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
                base_year=outlook.held[0].base_year if outlook and outlook.held else None,
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


def _course(
    told: _Told, goal: Goal, own: pd.DataFrame, series: Mapping[str, list[Outcome]], warned: str
) -> tuple[dict[str, list[str]], list[str]]:
    """Where each measure is heading and how sure its share is, by its name, and the odds that are next to none.

    What stands in `warned` isn't said again.
    """
    said: dict[str, list[str]] = {}
    odds: list[str] = []
    rows = {row.measure: row for row in rows_of(own)}
    for measure in goal.measures:
        row = rows[measure.id]
        words, slim = _ways(told, measure, series[measure.id])
        odds += slim
        words.append(f"{amount(row.value, measure.unit)} är {row.share_words}." if row.share_words else "")
        words.append("" if row.margin_words in warned else row.margin_words)
        if words := [text for text in words if text]:
            said[measure.name if len(goal.measures) > 1 else ""] = words
    return said, odds


def _ways(told: _Told, measure: Measure, series: list[Outcome]) -> tuple[list[str], list[str]]:
    """What targets for years to come take, what the projection or the own history says, and odds next to none."""
    words: list[str] = []
    slim: list[str] = []
    outlook = told.outlooks.get(measure.id)
    if (way := _way(told, measure, series)) is not None:
        words.append(way.standing if outlook and outlook.held else way.words)
    words += outlook.said if outlook else ()
    if measure.path is not None and max(measure.path) > told.slice_.year:
        made = _ahead(told, measure, series)
        text = ahead_words(made, measure, told.version.year) if isinstance(made, Ahead) else made
        words.append(text)
        slim = [f"{measure.name}: {part[:1].lower()}{part[1:]}" for part in _SLIM.findall(text)]
    return words, slim


def _listed(course: Mapping[str, Sequence[str]]) -> Piece | None:
    """Several sentences of a measure as a list, one as a paragraph; None without any."""
    html, lines = [], []
    for name, words in course.items():
        head = f"<strong>{escape(name)}.</strong> " if name else ""
        if len(words) == 1:
            html.append(f"<p>{head}{emphasis(words[0])}</p>")
        else:
            html.append(f"<p>{head}</p>" if head else "")
            html.append("<ul>" + "".join(f"<li>{emphasis(text)}</li>" for text in words) + "</ul>")
        lines.append(" ".join([*([f"{name}."] if name else []), *words]).replace("**", ""))
    return Piece("prose", "\n".join(filter(None, html)), "\n".join(lines)) if lines else None


def _rest(told: _Told, goal: Goal) -> Piece | None:
    """The goal's activities in a sentence, and what the goal file notes on it; None where there is neither."""
    said = []
    if (row := told.activities.get(goal.id)) is not None and row.count:
        word = "genomförd" if row.count == 1 else "genomförda"
        done = f"Aktiviteter: {row.done} av {row.count} {word}."
        said.append(f"Aktiviteter: {row.count}. Läget är inte känt än." if isnan(row.share_done) else done)
    judged = goal.printed.note if goal.printed else None
    notes = [goal.note, judged and f"Om omdömet: {judged}", *(f"{m.name}: {m.note}" for m in goal.measures if m.note)]
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
