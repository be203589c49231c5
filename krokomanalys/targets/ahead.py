"""Where a measure is heading by its own history: a forecast of at most three years, with an interval that holds.

The method is chosen by trial: tests/benchmarks/measures.py holds ways to forecast against what came in Kolada's 44
yearly measures of three municipalities, one to three years ahead from 5, 8, 12 and 20 years of history.

- Measures in per cent and in mkr (results, deviations from expected cost): nothing does better than the last value.
  By statsmodels, exponential smoothing is 3-5 % further off, Theta 8-9 %, damped Holt 26-27 %, Holt 39 %; a straight
  line is 27-35 %. 80 % intervals from the size of yearly changes held 84 % (per cent) and 78 % (mkr) of what came.
- Amounts in kronor per person or unit, which rise with prices: the last value and the mean yearly change is 12 % nearer
  than the last value after one year and 25 % after three, the best of all; its intervals held 78 %.

Both hold in each municipality and from five years of history on, so that is the least. With four the intervals still
hold, but the yearly change gains a third less. Other units have not been tried: they stay at the last value. There are
no shares near 0 or 100 % to try a logit scale on; an end that can't be is left out instead, and told of.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from krokomanalys.sources.measures import Direction, Measure
from krokomanalys.swedish import NBSP, listed, shortest
from krokomanalys.targets.outcomes import Outcome
from krokomanalys.targets.trajectory import told
from krokomanalys.targets.wording import amount, limit

FEWEST = 5
"""Years in a row, up to the last outcome, that a forecast is made from at least."""
LONGEST = 3
"""Years ahead that the methods have been tried for."""
COVERAGE = 0.8
SURE = 0.05
"""Odds nearer to 0 or 1 than this aren't told closer: so few years say nothing of tails."""


@dataclass(frozen=True, eq=False)
class Ahead:
    """A forecast from a measure's own yearly outcomes.

    frame    year, value, low, high in the measure's unit: 80 % interval. low or high is NaN where it lies beyond what
             the unit can be (a share under 0 or over 100 %); it isn't moved to the edge
    method   what the value is, in Swedish
    note     Swedish: which ends aren't shown, "" where all are
    first, last  the unbroken run of years that it is made from
    spread   standard error by row of the frame, for Student's t with `freedom` degrees
    decimals  of the outcomes as given, at most two: what the forecast is told with
    """

    frame: pd.DataFrame
    method: str
    note: str
    first: int
    last: int
    spread: tuple[float, ...]
    freedom: int
    decimals: int

    def reached(self, level: float, year: int, direction: Direction) -> float | None:
        """The odds, 0 to 1, of `level` or better in a year, from the same distribution as the interval.

        None where the measure has no better side, and for a year beyond the frame.
        """
        from scipy.special import stdtr

        side = {"higher": 1, "lower": -1, "rank": -1}.get(direction)
        if side is None or year not in set(self.frame["year"]):
            return None
        place = list(self.frame["year"]).index(year)
        apart = side * (float(self.frame["value"].iloc[place]) - level) / self.spread[place]
        return float(stdtr(self.freedom, apart))


def ahead(series: Sequence[Outcome], until: int, unit: str) -> Ahead | str:
    """Carry a measure's outcomes to the end of `until`, at most LONGEST years past the last; else why not, in Swedish.

    `series` is what is known, by date; of a year the last outcome counts, and of the years only the run without a gap
    up to the last one. Amounts in kronor (unit "kr…") go on with their mean yearly change d: y + h·d, with variance
    s²·h·(1 + h/m) from m changes. All other units stay at the last value, with variance h times the mean squared
    change.
    Source: Hyndman & Athanasopoulos, Forecasting: Principles and Practice, 3rd ed., 5.2 and 5.5.
    """
    from scipy.special import stdtrit

    yearly = {outcome.year: outcome.value for outcome in series}
    run = _unbroken(yearly)
    if len(run) < FEWEST:
        return f"Ingen prognos: den kräver utfall för {FEWEST} år i följd, och det finns för {len(run)} år."
    last, values = run[-1], np.array([yearly[year] for year in run])
    steps = np.arange(1, min(until - last, LONGEST) + 1)
    if not len(steps):
        return f"Ingen prognos: utfallet för {until} är redan känt."
    changes = np.diff(values)
    if unit.startswith("kr"):
        method, drift, freedom = "senaste värdet och medelförändringen per år", changes.mean(), len(changes) - 1
        spread = changes.std(ddof=1) * np.sqrt(steps * (1 + steps / len(changes)))
    else:
        method, drift, freedom = "senaste värdet", 0.0, len(changes)
        spread = np.sqrt((changes**2).mean() * steps)
    if not spread[0] > 1e-9 * np.abs(values).max():
        return "Ingen prognos: mätvärdet ändras lika mycket varje år, så osäkerheten kan inte beräknas."
    value, half = values[-1] + drift * steps, stdtrit(freedom, (1 + COVERAGE) / 2) * spread
    frame = pd.DataFrame({"year": last + steps, "value": value, "low": value - half, "high": value + half})
    note = _without_impossible(frame, values, unit)
    return Ahead(frame, method, note, run[0], last, tuple(float(s) for s in spread), freedom, _decimals(values))


def ahead_words(made: Ahead, measure: Measure, version_year: int) -> str:
    """The forecast's last year in Swedish, and the odds of the targets of the years that it covers.

    A target of no year of its own is for the year of the goals' version.
    """
    end, unit, span = made.frame.iloc[-1], measure.unit, f"{made.first}–{made.last}"
    value = told(round(end["value"], made.decimals), unit)
    text = f"Framskrivning av utfallen {span} ger {value} {int(end['year'])} ({made.method}){_interval(made, unit)}."
    level = {version_year: float(measure.target)} if isinstance(measure.target, (int, float)) else {}
    direction = measure.direction or "unstated"
    for year, wanted in sorted((measure.path or level).items()):
        odds = made.reached(wanted, year, direction)
        aim = limit(direction, wanted, unit, strict=measure.strict)
        text += "" if odds is None else f" Chansen att nå {aim} {year} är {odds_words(odds)}."
    return f"{text} {made.note}".rstrip()


def odds_words(odds: float) -> str:
    """Odds, 0 to 1, in words and to the nearest five per cent: `liten, omkring 20 %`."""
    if odds < SURE:
        return f"mycket liten, under{NBSP}5{NBSP}%"
    if odds > 1 - SURE:
        return f"mycket stor, över{NBSP}95{NBSP}%"
    near = 5 * round(20 * odds)
    size = "liten" if near < 35 else "stor" if near > 65 else "ungefär jämn"
    return f"{size}, omkring{NBSP}{near}{NBSP}%"


def _unbroken(yearly: dict[int, float]) -> list[int]:
    """The years up to the last one without a gap."""
    years = sorted(yearly, reverse=True)
    run = [year for place, year in enumerate(years) if year == years[0] - place]
    return run[::-1]


def _interval(made: Ahead, unit: str) -> str:
    """The interval of the last year; an end that isn't shown is left out."""
    low, high = (
        "" if np.isnan(x) else told(round(x, made.decimals), unit) for x in made.frame[["low", "high"]].iloc[-1]
    )
    ends = [
        low.removesuffix(NBSP + unit) if high else f"från {low}" if low else "",
        f"till {high.removeprefix(unit + NBSP) if low else high}" if high else "",
    ]
    return f", 80-procentigt intervall {' '.join(filter(None, ends))}" if low or high else ""


def _decimals(values: np.ndarray) -> int:
    return next((places for places in (0, 1) if np.allclose(values, values.round(places), atol=1e-9)), 2)


def _without_impossible(frame: pd.DataFrame, values: np.ndarray, unit: str) -> str:
    """Blank the ends that the unit can't have, in place, and say which; what has been there is possible."""
    money = unit.startswith(("kr", "tkr", "mkr"))
    least = 1.0 if unit == "plats" else 0.0
    floor = -np.inf if money or values.min() < least else least
    ceiling = 100.0 if unit == "%" and values.max() <= 100 else np.inf
    low, high = frame["low"] < floor, frame["high"] > ceiling
    frame.loc[low, "low"], frame.loc[high, "high"] = np.nan, np.nan
    parts = []
    if low.any():
        parts.append(
            f"den nedre ({listed([str(y) for y in frame.loc[low, 'year']])}) ligger under {amount(floor, unit)}"
        )
    if high.any():
        years = listed([str(y) for y in frame.loc[high, "year"]])
        parts.append(f"den övre ({years}) ligger över {shortest(ceiling)}{NBSP}%")
    return f"Intervallets gräns visas inte där den är omöjlig: {' och '.join(parts)}." if parts else ""
