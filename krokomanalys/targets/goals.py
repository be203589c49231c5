"""Goals and measures as tables for a report: the rule's status beside the document's own words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pandas as pd

from krokomanalys.errors import Fault, InputError
from krokomanalys.sources.goals import Goal, GoalVersion, Printed
from krokomanalys.sources.measures import Measure
from krokomanalys.swedish import day, listed
from krokomanalys.targets.measured import found_by_measure, measure_row
from krokomanalys.targets.rules import judge_goal, rule_name
from krokomanalys.targets.status import JUDGED, Judgement, Reason, Status, from_words
from krokomanalys.targets.wording import limit, relative

GOAL_COLUMNS = (
    "id", "number", "title", "owner", "essential", "status", "status_word", "basis", "basis_word", "rule", "rule_name",
    "printed", "printed_status", "printed_basis", "by", "when", "stage", "differs", "difference", "warnings",
    "reasons", "unmeasured", "aged", "notes",
)  # fmt: skip
MEASURE_COLUMNS = (
    "goal", "measure", "name", "unit", "value", "date", "precision", "target", "target_value", "status", "status_word",
    "basis_word", "rule", "previous", "previous_date", "previous_precision", "change", "change_percent", "change_words",
    "trend", "trend_word", "low", "high", "certain", "margin_words", "share_words", "weakest", "cover", "remarks",
    "note", "printed",
)  # fmt: skip


def goals_beside_printed(
    version: GoalVersion,
    measures: pd.DataFrame,
    year: int,
    population: Mapping[int, float],
    until: date | None = None,
) -> pd.DataFrame:
    """One row per goal: the status by the rule, and beside it what the document printed.

    `measures` is the measures table (see sources.layouts.MEASURES), `population` the inhabitants of the municipality on
    31 December by year, `until` the last day that is known (31 December of `year` where it isn't said): what was
    measured later isn't used, and last days after it are to come. Columns: id, number, title, owner, essential;
    status, basis (codes, several joined with "+") and status_word, basis_word, rule and rule_name in Swedish; printed
    (the document's or managers' words, "" where nothing is said), printed_status, printed_basis, and by, when (ISO)
    and stage, who judged; differs (the two statuses aren't the same; never where nothing is printed), difference and
    warnings in Swedish sentences; reasons (codes of status.Reason joined with "+", why the rule judges nothing);
    unmeasured (how many measures have no value; the parts of a composite count through it), aged (judged on a value of
    a year before `year`); notes (what the goal file says of the goal, its printed word and its measures).

    Raises:
        InputError: where the document's words are outside the vocabulary.
    """
    _check_words(version)
    found = found_by_measure(version, measures, year, population, until)
    judgements = {measure: f.judgement for measure, f in found.items()}
    rows = [_goal_row(goal, judgements, _file(version)) for goal in version.goals]
    return pd.DataFrame(rows, columns=list(GOAL_COLUMNS))


def measures_table(
    version: GoalVersion,
    measures: pd.DataFrame,
    year: int,
    population: Mapping[int, float],
    until: date | None = None,
) -> pd.DataFrame:
    """One row per measure of a goal, then the comparisons (goal ""), with the outcome known at the end of `year`.

    The arguments are those of `goals_beside_printed`. value and previous (the latest of an earlier calendar year) are
    NaN where there is none; change is value - previous in the measure's unit, for a share in percentage points;
    change_percent is the relative change of what isn't a share or a place, NaN from 0; change_words names the year
    where the two are more than a year (or max_age) apart. trend says whether the change is for the better (a key of
    measured.TREND_WORDS): "" where the direction isn't stated, the two are so far apart, or chance may have made the
    change, and then trend_word says so; else it is the trend in Swedish.
    target is as the document prints it, else in words; target_value the one number that applies this year, NaN where
    there is none. low and high are the 95 % interval of a share from a probability sample, certain whether the target
    is outside it (see surveys.certain), margin_words the margin or why there is none, share_words the share as a
    count. weakest and cover (share of the weight, 0–1) are of a composite. printed is the document's own word on the
    measure, "" where it has none.

    Raises:
        InputError: where the document's words are outside the vocabulary.
    """
    _check_words(version)
    found = found_by_measure(version, measures, year, population, until)
    every = [(goal.id, m) for goal in version.goals for m in goal.measures] + [("", m) for m in version.comparisons]
    rows = [measure_row(found[m.id]) | {"goal": goal, "target": target_words(m)} for goal, m in every]
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
    """The target as the document prints it, else in words with its years or last day; "" where there is none."""
    if measure.target_text is not None:
        return measure.target_text
    if measure.path is not None:
        return listed([f"{level_words(measure, value)} år {year}" for year, value in sorted(measure.path.items())])
    if measure.relative_to is not None:
        return relative(measure)
    if measure.deadline is not None:
        return f"senast {day(measure.deadline)}"
    return "" if measure.target is None else level_words(measure, measure.target)


def level_words(measure: Measure, level: float | tuple[float, float] | str) -> str:
    """One level of a target in words: `minst 15 300 invånare`."""
    return limit(measure.direction or "exact", level, measure.unit, strict=measure.strict)


def _file(version: GoalVersion) -> str:
    return f"data/goals/{version.region}-{version.year}.yaml"


def _check_words(version: GoalVersion) -> None:
    faults = word_faults(version)
    if faults:
        raise InputError(faults)


def _goal_row(goal: Goal, judgements: Mapping[str, Judgement], file: str) -> dict[str, object]:
    judgement = judge_goal(goal, judgements)
    words = goal.printed.words if goal.printed else ""
    printed = from_words(words, file=file) if goal.printed else None
    differs = printed is not None and printed != judgement.status
    return {
        "id": goal.id,
        "number": goal.number or "",
        "title": goal.title,
        "owner": goal.owner or "",
        "essential": goal.essential,
        "status": str(judgement.status),
        "status_word": judgement.status.word,
        "basis": "+".join(judgement.basis),
        "basis_word": listed([b.word for b in judgement.basis]) if judgement.basis else "",
        "rule": judgement.rule,
        "rule_name": rule_name(goal),
        "printed": words,
        "printed_status": str(printed) if printed else "",
        "printed_basis": goal.printed.basis if goal.printed else "",
        "by": (goal.printed.by or "") if goal.printed else "",
        "when": goal.printed.when.isoformat() if goal.printed and goal.printed.when else "",
        "stage": (goal.printed.stage or "") if goal.printed else "",
        "differs": differs,
        "difference": _difference(goal, judgement) if differs else "",
        "warnings": " ".join(_warnings(goal, judgement, judgements, printed)),
        "reasons": "+".join(judgement.reasons),
        "unmeasured": judgement.unmeasured,
        "aged": judgement.aged,
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
    said = f'{_who_says(goal.printed)} "{goal.printed.words}" utifrån {rests[goal.printed.basis]}'
    return f"{said}; enligt regeln: {judgement.status.word}. {judgement.rule}"


def _who_says(printed: Printed) -> str:
    if printed.by:
        return f"{printed.by} bedömer"
    return "I kommentarerna bedöms målet som" if printed.source == "comments" else "Dokumentet skriver"


def _warnings(
    goal: Goal, judgement: Judgement, judgements: Mapping[str, Judgement], printed: Status | None
) -> list[str]:
    found: list[str] = []
    by = goal.printed is not None and (goal.printed.by is not None or goal.printed.source == "comments")
    if printed is not None and printed != judgement.status:
        found.append(f"{'Bedömningen är en annan' if by else 'Dokumentets omdöme är ett annat'} än regelns.")
    if goal.printed and goal.printed.basis == "activity" and printed == Status.MET and judgement.reasons:
        green = f"Grönt i {'bedömningen' if by else 'dokumentet'} för att aktiviteterna sägs vara genomförda"
        found.append(f"{green}, men {_nothing_measured(judgement)}.")
    by_id = {m.id: m for m in goal.measures}
    for measure in goal.measures:
        parts = [by_id[part.measure] for part in measure.parts]
        short = [m.name for m in parts if judgements[m.id].status in JUDGED[1:]]
        if short and judgements[measure.id].status == Status.MET:
            which, own = ("delen", "sitt") if len(short) == 1 else ("delarna", "sina")
            found.append(f"Det sammanvägda målet nås, men {which} {listed(short)} når inte {own} mål.")
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


def _nothing_measured(judgement: Judgement) -> str:
    if judgement.reasons == (Reason.NO_MEASURE,):
        return "målet har inget mätetal"
    if judgement.reasons == (Reason.NO_VALUE,):
        return "målets mätetal saknar värde"
    return f"mätetalen räcker inte: {listed([reason.word for reason in judgement.reasons])}"
