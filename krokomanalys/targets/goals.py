"""Goals and measures as tables for a report: the rule's status beside the document's own words."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from krokomanalys.errors import Fault, InputError
from krokomanalys.sources.goals import Goal, GoalVersion
from krokomanalys.sources.measures import Measure
from krokomanalys.swedish import listed
from krokomanalys.targets.outcomes import Outcome, outcomes
from krokomanalys.targets.status import Judgement, Status, from_words, judge_goal, judge_measure
from krokomanalys.targets.wording import change, is_relative, limit

GOAL_COLUMNS = (
    "id", "number", "title", "status", "status_word", "basis", "basis_word", "rule", "printed", "printed_status",
    "printed_basis", "differs", "difference", "warnings", "reasons", "notes",
)  # fmt: skip
MEASURE_COLUMNS = (
    "goal", "measure", "name", "unit", "value", "date", "precision", "target", "status", "status_word", "basis_word",
    "rule", "previous", "previous_date", "change", "change_percent", "change_words", "trend", "remarks", "note",
    "printed",
)  # fmt: skip


def goals_beside_printed(
    version: GoalVersion, measures: pd.DataFrame, year: int, population: Mapping[int, float]
) -> pd.DataFrame:
    """One row per goal: the status by the rule, and beside it what the document printed.

    `measures` is the measures table (region, measure, date, value, precision, sampling), `population` the
    inhabitants of the municipality on 31 December by year. Columns: id, number, title; status, basis (codes,
    several joined with "+") and status_word, basis_word, rule in Swedish; printed (the document's words, "" where
    it says nothing), printed_status, printed_basis; differs (the two statuses aren't the same; never where nothing
    is printed), difference and warnings in Swedish sentences; reasons (codes of status.Reason joined with "+", why
    the rule judges nothing); notes (what the goal file says of the goal, its printed word and its measures).

    Raises:
        InputError: where the document's words are outside the vocabulary.
    """
    judgements = _judgements(version, measures, year, population)
    rows = [_goal_row(goal, judgements, _file(version)) for goal in version.goals]
    return pd.DataFrame(rows, columns=list(GOAL_COLUMNS))


def measures_table(
    version: GoalVersion, measures: pd.DataFrame, year: int, population: Mapping[int, float]
) -> pd.DataFrame:
    """One row per measure of a goal, then the comparisons (goal ""), with the outcome known at the end of `year`.

    value and previous (the latest of an earlier calendar year) are NaN where there is none; change is value -
    previous in the measure's unit, for a share in percentage points; change_percent is the relative change of what
    isn't a share or a place, NaN from 0. trend says in Swedish whether the change is for the better, "" where the
    direction isn't stated. target is as the document prints it, else in words; printed is the document's own word on
    the measure, "" where it has none.
    """
    judgements = _judgements(version, measures, year, population)
    own = measures[measures["region"] == version.region]
    listed = [(goal.id, m) for goal in version.goals for m in goal.measures] + [("", m) for m in version.comparisons]
    rows = [_measure_row(goal, m, outcomes(m, own, population), judgements[m.id], year) for goal, m in listed]
    return pd.DataFrame(rows, columns=list(MEASURE_COLUMNS))


def word_faults(version: GoalVersion) -> tuple[Fault, ...]:
    """Every status word of the goal file that isn't in the vocabulary."""
    said = [(f"goals.{g.id}.printed.words", g.printed.words) for g in version.goals if g.printed is not None]
    listed = [m for goal in version.goals for m in goal.measures] + list(version.comparisons)
    said += [(f"{m.id}.judged", m.judged) for m in listed if m.judged is not None]
    faults: list[Fault] = []
    for key, words in said:
        try:
            from_words(words, file=_file(version), key=key)
        except InputError as error:
            faults += error.faults
    return tuple(faults)


def target_words(measure: Measure) -> str:
    """The target as the document prints it, else in words with its years; "" where there is none."""
    if measure.target_text is not None:
        return measure.target_text
    if measure.path is not None:
        return listed([f"{level_words(measure, value)} år {year}" for year, value in sorted(measure.path.items())])
    if measure.relative_to is not None:
        return "bättre än året före" if measure.relative_to == "previous" else f"bättre än {measure.relative_to}"
    return "" if measure.target is None else level_words(measure, measure.target)


def level_words(measure: Measure, level: float | tuple[float, float] | str) -> str:
    """One level of a target in words: `minst 15 300 invånare`."""
    return limit(measure.direction or "exact", level, measure.unit, strict=measure.strict)


def _file(version: GoalVersion) -> str:
    return f"data/goals/{version.region}-{version.year}.yaml"


def _judgements(
    version: GoalVersion, measures: pd.DataFrame, year: int, population: Mapping[int, float]
) -> dict[str, Judgement]:
    faults = word_faults(version)
    if faults:
        raise InputError(faults)
    own = measures[measures["region"] == version.region]
    listed = [m for goal in version.goals for m in goal.measures] + list(version.comparisons)
    return {m.id: judge_measure(m, outcomes(m, own, population), year) for m in listed}


def _goal_row(goal: Goal, judgements: Mapping[str, Judgement], file: str) -> dict[str, object]:
    judgement = judge_goal(goal, judgements)
    words = goal.printed.words if goal.printed else ""
    printed = from_words(words, file=file) if goal.printed else None
    differs = printed is not None and printed != judgement.status
    return {
        "id": goal.id,
        "number": goal.number or "",
        "title": goal.title,
        "status": str(judgement.status),
        "status_word": judgement.status.word,
        "basis": "+".join(judgement.basis),
        "basis_word": listed([b.word for b in judgement.basis]) if judgement.basis else "",
        "rule": judgement.rule,
        "printed": words,
        "printed_status": str(printed) if printed else "",
        "printed_basis": goal.printed.basis if goal.printed else "",
        "differs": differs,
        "difference": _difference(goal, judgement) if differs else "",
        "warnings": " ".join(_warnings(goal, judgement, judgements, printed)),
        "reasons": "+".join(judgement.reasons),
        "notes": " ".join(_notes(goal)),
    }


def _notes(goal: Goal) -> list[str]:
    said = [goal.note, goal.printed.note if goal.printed else None]
    alone = len(goal.measures) == 1
    said += [m.note if alone else f"{m.name}: {m.note}" for m in goal.measures if m.note]
    return [words for words in said if words]


def _difference(goal: Goal, judgement: Judgement) -> str:
    if goal.printed is None:
        return ""
    rests = {"measure": "mätetalen", "activity": "aktiviteterna", "judgement": "en egen bedömning"}
    said = f'Dokumentet skriver "{goal.printed.words}" utifrån {rests[goal.printed.basis]}'
    return f"{said}; enligt regeln: {judgement.status.word}. {judgement.rule}"


def _warnings(
    goal: Goal, judgement: Judgement, judgements: Mapping[str, Judgement], printed: Status | None
) -> list[str]:
    found: list[str] = []
    by_activity = goal.printed is not None and goal.printed.basis == "activity"
    if by_activity and printed == Status.MET and goal.measures and judgement.status == Status.NOT_JUDGED:
        found.append("Grönt i dokumentet för att aktiviteterna är genomförda, men målets mätetal saknar värde.")
    by_id = {m.id: m for m in goal.measures}
    for measure in goal.measures:
        parts = [by_id[part.measure] for part in measure.parts]
        short = [m.name for m in parts if judgements[m.id].status == Status.NOT_MET]
        if short and judgements[measure.id].status == Status.MET:
            found.append(f"Det sammanvägda målet nås, men delarna {listed(short)} når inte sina mål.")
        hidden = [m.name for m in parts if not target_words(m)]
        if hidden:
            found.append(f"Delarnas målvärden är inte tryckta: {listed(hidden)}.")
    components = {part.measure for m in goal.measures for part in m.parts}
    alone = [m for m in goal.measures if m.id not in components]
    unprinted = [m.name for m in alone if m.judged is not None and not target_words(m)]
    if unprinted:
        found.append(f"Målvärdet är inte tryckt: {listed(unprinted)}.")
    found += judgement.remarks
    remarks = {remark: None for m in goal.measures for remark in judgements[m.id].remarks}
    for remark in remarks:
        about = [m.name for m in goal.measures if remark in judgements[m.id].remarks]
        found.append(remark if len(about) == len(goal.measures) else f"{remark.rstrip('.')} ({listed(about)}).")
    return found


def _measure_row(
    goal: str, measure: Measure, series: list[Outcome], judgement: Judgement, year: int
) -> dict[str, object]:
    known = [o for o in series if o.year <= year]
    latest = known[-1] if known else None
    before = next((o for o in reversed(known) if latest and o.year < latest.year), None)
    value = latest.value if latest else np.nan
    previous = before.value if before else np.nan
    difference = round(value - previous, 9)
    return {
        "goal": goal,
        "measure": measure.id,
        "name": measure.name,
        "unit": measure.unit,
        "value": value,
        "date": latest.date if latest else "",
        "precision": ("approximate" if latest.approximate else "exact") if latest else "",
        "target": target_words(measure),
        "status": str(judgement.status),
        "status_word": judgement.status.word,
        "basis_word": listed([b.word for b in judgement.basis]) if judgement.basis else "",
        "rule": judgement.rule,
        "previous": previous,
        "previous_date": before.date if before else "",
        "change": difference,
        "change_percent": difference / abs(previous) * 100 if is_relative(measure.unit) and previous else np.nan,
        "change_words": change(difference, measure.unit) if before else "",
        "trend": _trend(measure, difference) if before else "",
        "remarks": " ".join(judgement.remarks),
        "note": measure.note or "",
        "printed": measure.judged or "",
    }


def _trend(measure: Measure, difference: float) -> str:
    if measure.direction not in ("higher", "lower", "rank"):
        return ""
    if difference == 0:
        return "oförändrat"
    return "bättre" if (difference > 0) == (measure.direction == "higher") else "sämre"
