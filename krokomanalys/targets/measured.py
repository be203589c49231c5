"""Each measure of a version as it is known on a day: its outcomes, the level that applies, the status, the row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd

from krokomanalys.sources.goals import GoalVersion
from krokomanalys.sources.measures import Measure
from krokomanalys.swedish import listed
from krokomanalys.targets.composites import composite_words, weakest
from krokomanalys.targets.levels import Known, Level, base_of, gap, judge_measure, known, level_of
from krokomanalys.targets.outcomes import Outcome, Weighing, gaps, outcomes, weigh
from krokomanalys.targets.status import Judgement
from krokomanalys.targets.surveys import by_chance, certain, change_words, interval, margin_words, share_words
from krokomanalys.targets.wording import change, is_relative

TREND_WORDS = {"better": "bättre", "worse": "sämre", "unchanged": "oförändrat", "": ""}
CHANCE = "går inte att säga: ändringen kan vara slump"
"""What stands for a trend between two surveys that differ by no more than chance gives."""
SPARE_MONTHS = 1
"""Measured a month later than the year before is still measured each year."""


@dataclass(frozen=True, eq=False)
class Found:
    """What there is to tell of a measure in a report's year.

    level     what is wanted that year, None where nothing is
    base      the outcome that the level is relative to, None where it isn't
    weighing  of a composite: its parts as its value has them; weakest, the name of the weakest one
    """

    measure: Measure
    facts: Known
    judgement: Judgement
    level: Level | None
    base: Outcome | None
    weighing: Weighing | None = None
    weakest: str = ""


def found_by_measure(
    version: GoalVersion, measures: pd.DataFrame, year: int, population: Mapping[int, float], until: date | None
) -> dict[str, Found]:
    """What is found of every measure of the version, by its id; the arguments are those of goals_beside_printed."""
    last = min(until or date(year, 12, 31), date(year, 12, 31)).isoformat()
    own = measures[(measures["region"] == version.region) & (measures["date"] <= last)]
    every = {m.id: m for m in (*(m for goal in version.goals for m in goal.measures), *version.comparisons)}
    found = {m.id: _found(m, own, year, population, until) for m in every.values()}
    levels = {i: f.level for i, f in found.items()}
    for f in [f for f in found.values() if f.measure.parts]:
        latest = f.facts.latest
        weighing = weigh(f.measure, own, latest.date if latest else last)
        rule = f"{f.judgement.rule} {composite_words(weighing, every, levels)}"
        found[f.measure.id] = replace(
            f,
            judgement=replace(f.judgement, rule=rule),
            weighing=weighing,
            weakest=weakest(weighing, every, levels),
        )
    return found


def measure_row(found: Found) -> dict[str, object]:
    """The columns of goals.measures_table that are worked out from the outcomes."""
    measure, judgement, latest = found.measure, found.judgement, found.facts.latest
    earlier = latest.year if latest else found.facts.year
    before = next((o for o in reversed(found.facts.outcomes) if o.year < earlier), None)
    value = latest.value if latest else np.nan
    previous = before.value if before else np.nan
    difference = round(value - previous, 9)
    remarks = list(judgement.remarks)
    if before and before.derived and not (latest and latest.note == before.note):
        remarks = list(dict.fromkeys([*remarks, f"Värdet {before.year}: {before.note}"]))
    chance = latest is not None and before is not None and by_chance(before, latest, measure.unit)
    trend = _trend(measure, found.level, before, latest) if latest and before and not chance else ""
    moved = change(difference, measure.unit) if latest and before else ""
    if latest and before and not _near(measure, before, latest):
        moved += f" sedan {before.year}"
    return {
        "measure": measure.id,
        "name": measure.name,
        "unit": measure.unit,
        "value": value,
        "date": latest.date if latest else "",
        "precision": ("approximate" if latest.approximate else "exact") if latest else "",
        "target_value": found.level if isinstance(found.level, (int, float)) else np.nan,
        "status": str(judgement.status),
        "status_word": judgement.status.word,
        "basis_word": listed([b.word for b in judgement.basis]) if judgement.basis else "",
        "rule": judgement.rule,
        "previous": previous,
        "previous_date": before.date if before else "",
        "previous_precision": ("approximate" if before.approximate else "exact") if before else "",
        "change": difference,
        "change_percent": difference / abs(previous) * 100 if is_relative(measure.unit) and previous else np.nan,
        "change_words": moved,
        "trend": trend,
        "trend_word": CHANCE if chance else TREND_WORDS[trend],
        **_survey(found, latest, before),
        "weakest": found.weakest,
        "cover": found.weighing.cover if found.weighing else np.nan,
        "remarks": " ".join(remarks),
        "note": measure.note or "",
        "printed": measure.judged or "",
    }


def _found(
    measure: Measure, own: pd.DataFrame, year: int, population: Mapping[int, float], until: date | None
) -> Found:
    series, empty = outcomes(measure, own, population), gaps(measure, own)
    facts = known(series, year, until, empty)
    judgement = judge_measure(measure, series, year, until, empty)
    return Found(measure, facts, judgement, level_of(measure, facts), base_of(measure, facts))


def _survey(found: Found, latest: Outcome | None, before: Outcome | None) -> dict[str, object]:
    """How sure the latest outcome is, and whether the change from the one before is."""
    if latest is None:
        return {"low": np.nan, "high": np.nan, "certain": "", "margin_words": "", "share_words": ""}
    unit, level, within = found.measure.unit, found.level, interval(latest, found.measure.unit)
    moved = change_words(before, latest, unit) if before else ""
    return {
        "low": within.low if within else np.nan,
        "high": within.high if within else np.nan,
        "certain": "" if level is None or isinstance(level, str) else certain(latest, level, unit, found.base),
        "margin_words": " ".join(filter(None, [margin_words(latest, unit), moved])),
        "share_words": share_words(latest, unit, found.measure.share_of),
    }


def _trend(measure: Measure, level: Level | None, before: Outcome, latest: Outcome) -> str:
    """A key of TREND_WORDS; of a range, or a value to hit, nearer is better. "" where the two are too far apart."""
    if not _near(measure, before, latest):
        return ""
    if measure.direction in ("range", "exact"):
        if level is None or isinstance(level, str):
            return ""
        gained = round(gap(before.value, level) - gap(latest.value, level), 9)
    elif measure.direction in ("higher", "lower", "rank"):
        gained = round(latest.value - before.value, 9) * (1 if measure.direction == "higher" else -1)
    else:
        return ""
    return "unchanged" if gained == 0 else "better" if gained > 0 else "worse"


def _near(measure: Measure, before: Outcome, latest: Outcome) -> bool:
    """Whether the one is the measurement before the other: a year apart, or as long as an outcome keeps (max_age)."""
    first, last = (12 * o.year + int(o.date[5:7]) for o in (before, latest))
    return last - first <= 12 * max(measure.max_age or 1, 1) + SPARE_MONTHS
