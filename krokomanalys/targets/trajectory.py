"""The way from where a goal began to its targets by year: what is wanted each year, and what is left to do per year.

Source of the two paces: linear (T - x) / n and compound (T / x) ** (1 / n) - 1, n years from the outcome x to target T.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import floor, log10

import numpy as np
import pandas as pd

from krokomanalys.sources.measures import Measure, Shared
from krokomanalys.swedish import number, percent
from krokomanalys.targets.outcomes import Outcome
from krokomanalys.targets.wording import amount, change, is_relative

PATH_COLUMNS = ("year", "linear", "compound")


@dataclass(frozen=True)
class Need:
    """What a target still takes, from the latest outcome.

    target, year  the level wanted at the end of the year
    years_left    years from the latest outcome to it; 0 where that outcome is of the year itself or later
    per_year      change a year in the measure's unit (percentage points for a share): (T - x) / n; NaN with no years
                  left
    percent_per_year  change a year in per cent, compound; NaN with no years left, or where one of the two isn't above 0
    """

    target: float
    year: int
    years_left: int
    per_year: float
    percent_per_year: float


@dataclass(frozen=True, eq=False)
class Trajectory:
    """A measure on its way to its targets by year.

    start, start_year    the last outcome of a year before the goal's version
    latest, latest_year  the last outcome known
    needs     what the next target takes, and the last one where that is another
    expected, expected_compound  the wanted level in the report's year: on a line, or at an even pace in per cent
    on_track  whether the latest outcome is at least as good as the line in its year; None where the measure has no
              better side, or nothing is measured after the start
    path      year, linear, compound from the start to the last target. Targets for years between are points that it
              passes. compound is NaN where an end of the stretch isn't above 0
    words     all this in Swedish
    """

    start: float
    start_year: int
    latest: float
    latest_year: int
    needs: tuple[Need, ...]
    expected: float
    expected_compound: float
    on_track: bool | None
    path: pd.DataFrame
    words: str

    @property
    def target(self) -> float:
        """The next target."""
        return self.needs[0].target

    @property
    def target_year(self) -> int:
        """The next target's year."""
        return self.needs[0].year

    @property
    def years_left(self) -> int:
        """Years from the latest outcome to the next target."""
        return self.needs[0].years_left

    @property
    def per_year(self) -> float:
        """What the next target takes a year, in the measure's unit."""
        return self.needs[0].per_year

    @property
    def percent_per_year(self) -> float:
        """What the next target takes a year, in per cent."""
        return self.needs[0].percent_per_year


def trajectory(measure: Measure, series: Sequence[Outcome], version_year: int, year: int) -> Trajectory | None:
    """Where a measure stands on its way, as known at the end of `year`, in goals whose version is of `version_year`.

    `series` is by date (see outcomes.outcomes); of a year the last outcome counts. None where the measure has no
    number wanted in `year` or later, where nothing was measured before the version's year, and for a yes or no.
    """
    known = {outcome.year: outcome.value for outcome in series if outcome.year <= year}
    before = [y for y in known if y < version_year]
    if measure.path is None or measure.direction == "binary" or not before:
        return None
    began, last = max(before), max(known)
    if max(measure.path) < year or max(measure.path) <= began:
        return None
    points = {began: known[began]} | {y: value for y, value in sorted(measure.path.items()) if y > began}
    path = _path(points)
    needs = _needs(measure.path, known[last], last, year)
    on_track = _on_track(measure, known[last], path["linear"].get(last, np.nan)) if last > began else None
    return Trajectory(
        start=known[began],
        start_year=began,
        latest=known[last],
        latest_year=last,
        needs=needs,
        expected=float(path["linear"].get(year, np.nan)),
        expected_compound=float(path["compound"].get(year, np.nan)),
        on_track=on_track,
        path=path.reset_index()[list(PATH_COLUMNS)],
        words=" ".join(
            [
                *(_need_words(measure, need, known[last], last) for need in needs),
                *_track_words(measure, path["linear"], began, known[last], last, year, on_track),
            ]
        ),
    )


def compound(value: float, target: float, years: int) -> float:
    """The change in per cent a year that carries `value` to `target`; NaN where no pace does: one isn't above 0."""
    if years <= 0 or value <= 0 or target <= 0:
        return float("nan")
    return float(100 * ((target / value) ** (1 / years) - 1))


def _path(points: Mapping[int, float]) -> pd.DataFrame:
    """The wanted level of every year from the first point to the last, on lines and at even paces between them."""
    first = next(iter(points))
    rows = [(first, points[first], points[first])]
    for (begins, value), (ends, target) in pairwise(points.items()):
        pace = 1 + compound(value, target, ends - begins) / 100
        for step in range(1, ends - begins + 1):
            at_end = step == ends - begins
            line = target if at_end else value + (target - value) * step / (ends - begins)
            rows.append((begins + step, line, target if at_end else value * pace**step))
    return pd.DataFrame(rows, columns=list(PATH_COLUMNS)).set_index("year")


def _needs(path: Mapping[int, float], latest: float, latest_year: int, year: int) -> tuple[Need, ...]:
    ahead = [y for y in sorted(path) if y >= year and y > latest_year] or [max(path)]
    return tuple(_need(path[y], y, latest, latest_year) for y in dict.fromkeys((ahead[0], ahead[-1])))


def _need(target: float, year: int, latest: float, latest_year: int) -> Need:
    left = max(year - latest_year, 0)
    per_year = (target - latest) / left if left else float("nan")
    return Need(target, year, left, per_year, compound(latest, target, left))


def _on_track(measure: Measure, value: float, wanted: float) -> bool | None:
    """At least as good as the line, on the measure's own side; rounding apart."""
    side = {"higher": 1, "lower": -1, "rank": -1}.get(measure.direction or "")
    return None if side is None else bool(side * (value - wanted) >= -1e-9 * max(abs(wanted), 1.0))


def _need_words(measure: Measure, need: Need, latest: float, latest_year: int) -> str:
    aim = f"{told(need.target, measure.unit)} år {need.year}"
    if not need.years_left:
        return f"Målvärdet är {aim}, och det året har redan ett utfall."
    if _on_track(measure, latest, need.target):
        return f"Målvärdet {aim} är redan nått: utfallet {latest_year} är {told(latest, measure.unit)}."
    if need.per_year == 0:
        return f"Målvärdet {aim} är utfallet {latest_year}: ingen ändring krävs."
    pace = change(_readable(need.per_year), measure.unit)
    if is_relative(measure.unit) and np.isfinite(need.percent_per_year):
        pace += f" ({percent(need.percent_per_year, 2 if abs(need.percent_per_year) < 10 else 0, signed=True)})"
    text = f"För att nå {aim} krävs {pace} per år från {latest_year}."
    return f"{text} {_shared_words(measure.shared_by, need)}" if measure.shared_by else text


def _shared_words(shared: Shared, need: Need) -> str:
    each = _readable(need.per_year / shared.count)
    return f"Delat på {number(shared.count)} {shared.name} är det {number(each, 2)} var om året."


def _track_words(
    measure: Measure, line: pd.Series[float], began: int, latest: float, last: int, year: int, on_track: bool | None
) -> list[str]:
    start = f"{told(float(line[began]), measure.unit)} {began}"
    if last == began:
        if year in (began, *(measure.path or {})):
            return [f"Inget är mätt efter {began}."]
        return [f"Inget är mätt efter {began}. Den raka vägen från {start} är {told(line[year], measure.unit)} {year}."]
    wanted = f"Den raka vägen från {start} är {told(line[last], measure.unit)} {last}."
    came = told(latest, measure.unit)
    said = {True: f"Utfallet, {came}, håller takten.", False: f"Utfallet, {came}, ligger efter."}
    return [wanted, f"Utfallet är {came}." if on_track is None else said[on_track]]


def told(value: float, unit: str) -> str:
    """A computed value with its unit, in about three figures and no more than two decimals: `9,03 %`, `15 822 st`."""
    return amount(_readable(value), unit)


def _readable(value: float) -> float:
    """Three figures of a small number, whole units of a large one."""
    value = float(value)
    size = floor(log10(abs(value))) if value else 0
    return round(value, min(max(2 - size, 0), 2))
