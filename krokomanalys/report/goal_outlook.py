"""Targets for the number of inhabitants on the goal page: what the projection says of them.

Number and words are those of the projection report. That says on the way or not: no odds in per cent are published
anywhere, since the model gives no distribution. What is told instead is how far off such a projection has been.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from krokomanalys.errors import InputError
from krokomanalys.population.forecast import DEFAULT
from krokomanalys.population.outlook import outlook
from krokomanalys.population.reach import Reach, reach
from krokomanalys.population.scores import SIZES
from krokomanalys.report.accuracy import FEWEST, SCORED
from krokomanalys.report.aims import current
from krokomanalys.report.backtest import size_name
from krokomanalys.report.people import reach_light, target_finding
from krokomanalys.sources.measures import Measure
from krokomanalys.sources.slices import Slice
from krokomanalys.swedish import number, percent


@dataclass(frozen=True)
class GoalOutlook:
    """What the projection says of a measure's targets for years to come.

    held   each target after the base year against outcome and projection, the nearest first; empty where none could
           be made, and then `said` says why
    said   what is told of each target in Swedish, in the order of `held`; numbers in **…**
    """

    held: tuple[Reach, ...]
    said: tuple[str, ...]

    @property
    def words(self) -> str:
        """All of it as one text."""
        return " ".join(self.said)


def goal_outlooks(slice_: Slice, model: str = DEFAULT, shape_from: str | None = None) -> Mapping[str, GoalOutlook]:
    """By measure id, what the projection says of every target for inhabitants after the base year; often of none.

    One projection is made, to the last of the targets' years. What hinders it is told in words: a goal page is worth
    reading without it.
    """
    if slice_.goals is None or slice_.goals.current is None:
        return {}
    version = current(slice_)
    listed = [m for goal in version.goals for m in goal.measures] + list(version.comparisons)
    ahead = {m.id: years for m in listed if (years := _years_ahead(slice_, m))}
    if not ahead:
        return {}
    gap = slice_.missing.get("population") or slice_.missing.get("history")
    if slice_.base_year is None or gap:
        return dict.fromkeys(ahead, GoalOutlook((), (f"Ingen befolkningsprognos kan göras. Underlag saknas: {gap}",)))
    horizon = max(year for years in ahead.values() for year in years)
    try:
        made = outlook(slice_.population, slice_.municipality, slice_.base_year, horizon, shape_from, model)
    except InputError as error:
        return dict.fromkeys(ahead, GoalOutlook((), (f"Ingen befolkningsprognos kan göras. {error}",)))
    found = {}
    for measure, years in ahead.items():
        held = tuple(reach(made.totals, made.path, target, year) for year, target in years.items())
        said = tuple(f"{target_finding(h)} {_verdict(slice_, h, model)}" for h in held)
        found[measure] = GoalOutlook(held, said)
    return found


def _years_ahead(slice_: Slice, measure: Measure) -> dict[int, float]:
    """The measure's levels by year, those after the last known population, the nearest first."""
    if measure.outcome != "population_total" or measure.direction != "higher":
        return {}
    level = {slice_.year: float(measure.target)} if isinstance(measure.target, (int, float)) else {}
    base = slice_.base_year if slice_.base_year is not None else slice_.year - 1
    return {year: target for year, target in sorted((measure.path or level).items()) if year > base}


def _verdict(slice_: Slice, held: Reach, model: str) -> str:
    """On the way or not, and whether the distance is within what the model is off in places of this size."""
    text = f"Läget enligt prognosen: **{reach_light(held).words}**."
    error = _usual_error(slice_.scores, held, model)
    if error is None:
        return text
    years, mape, lower = error
    apart = percent(100 * abs(held.expected - held.target) / held.target)
    usual = f"{percent(mape)} på {number(years)} år i kommuner med {size_name(lower)} invånare"
    if years < held.year - held.base_year:
        return (
            f"{text} Avståndet till målet är {apart}. Målåret ligger längre fram än prognoserna har prövats: modellens "
            f"medelfel är {usual}."
        )
    size = "mindre" if 100 * abs(held.expected - held.target) / held.target < mape else "större"
    return f"{text} Avståndet till målet, {apart}, är {size} än modellens medelfel: {usual}."


def _usual_error(scores: pd.DataFrame | None, held: Reach, model: str) -> tuple[int, float, int] | None:
    """Years ahead, mean error in per cent and size class, for the scored horizon that is the target's or next above.

    Errors grow with the horizon, so a shorter one would understate. The longest where all are shorter; else None.
    """
    if scores is None:
        return None
    lower = max(bound for bound in SIZES if bound <= held.base)
    rows = scores[(scores["way"] == model) & (scores["size_class"] == lower) & (scores["group"] == "total")]
    rows = rows[rows["horizon"].isin(SCORED) & (rows["places"] >= FEWEST)].sort_values("horizon")
    if rows.empty:
        return None
    enough = rows[rows["horizon"] >= held.year - held.base_year]
    row = rows.iloc[-1] if enough.empty else enough.iloc[0]
    return int(row["horizon"]), float(row["mape"]), lower
