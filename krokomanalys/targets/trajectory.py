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
from krokomanalys.targets.wording import amount, change

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

    needs     what the next target takes, and the last one where that is another
    on_track  whether the latest outcome is at least as good as the line in its year; None where the measure has no
              better side, or nothing is measured after the start
    path      year, linear, compound from the start, the last outcome of a year before the goal's version, to the last
              target. Targets for years between are points that it passes. compound is NaN where an end of the stretch
              isn't above 0
    pace      what the targets take a year, in Swedish
    standing  the rest in Swedish: the even pace in per cent, and the latest outcome beside the path
    """

    needs: tuple[Need, ...]
    on_track: bool | None
    path: pd.DataFrame
    pace: str
    standing: str

    @property
    def words(self) -> str:
        """All of it in Swedish."""
        return f"{self.pace} {self.standing}".strip()


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
    even = [_even_words(measure, need) for need in needs]
    shared = _shared_words(measure.shared_by, needs[-1]) if measure.shared_by else ""
    track = _track_words(measure, path, began, known[last], last, year, on_track)
    return Trajectory(
        needs=needs,
        on_track=on_track,
        path=path.reset_index()[list(PATH_COLUMNS)],
        pace=" ".join(_need_words(measure, need, known[last], last) for need in needs),
        standing=" ".join(filter(None, [shared, *even, track])),
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
    side = _better(measure)
    return bool(side * (value - wanted) >= -1e-9 * max(abs(wanted), 1.0)) if side else None


def _need_words(measure: Measure, need: Need, latest: float, latest_year: int) -> str:
    aim = f"{told(need.target, measure.unit)} år {need.year}"
    if not need.years_left:
        return f"Målvärdet är {aim}, och det året har redan ett utfall."
    if _on_track(measure, latest, need.target):
        return f"Målvärdet {aim} är redan nått: utfallet {latest_year} är {told(latest, measure.unit)}."
    if need.per_year == 0:
        return f"Målvärdet {aim} är utfallet {latest_year}: ingen ändring krävs."
    return f"För att nå {aim} krävs {change(_readable(need.per_year), measure.unit)} per år från {latest_year}."


def _even_words(measure: Measure, need: Need) -> str:
    """The even pace in per cent; of a place in a ranking it says nothing, and there is none from or to 0."""
    pace = need.percent_per_year
    if measure.unit == "plats" or not np.isfinite(pace) or pace * _better(measure) < 0 or round(pace, 2) == 0:
        return ""
    return f"I jämn takt till {need.year} är det {percent(pace, 2 if abs(pace) < 10 else 1, signed=True)} per år."


def _better(measure: Measure) -> int:
    return {"higher": 1, "lower": -1, "rank": -1}.get(measure.direction or "", 0)


def _shared_words(shared: Shared, need: Need) -> str:
    if not need.per_year > 0:
        return ""
    each = _readable(need.per_year / shared.count)
    return f"Delat på {number(shared.count)} {shared.name} är det {number(each, 2)} var om året."


def _track_words(
    measure: Measure, path: pd.DataFrame, began: int, latest: float, last: int, year: int, on_track: bool | None
) -> str:
    start = f"{told(float(path['linear'][began]), measure.unit)} {began}"
    at = year if last == began else last
    line, curve = told(float(path["linear"][at]), measure.unit), float(path["compound"][at])
    even = told(curve, measure.unit) if np.isfinite(curve) and measure.unit != "plats" else line
    wanted = f"Den raka vägen från {start} är {line} {at}{'' if even == line else f', och i jämn takt {even}'}."
    if last == began:
        unmeasured = f"Inget är mätt efter {began}."
        return unmeasured if year in (began, *(measure.path or {})) else f"{unmeasured} {wanted}"
    came = told(latest, measure.unit)
    said = {True: f"Utfallet, {came}, håller takten.", False: f"Utfallet, {came}, ligger efter."}
    return f"{wanted} {f'Utfallet är {came}.' if on_track is None else said[on_track]}"


def told(value: float, unit: str) -> str:
    """A computed value with its unit, in about three figures and no more than two decimals: `9,03 %`, `15 822 st`."""
    return amount(_readable(value), unit)


def _readable(value: float) -> float:
    """Three figures of a small number, whole units of a large one."""
    value = float(value)
    size = floor(log10(abs(value))) if value else 0
    return round(value, min(max(2 - size, 0), 2))
