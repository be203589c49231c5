"""What was measured: the outcomes of one measure through the years, from the measures table or the population."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from krokomanalys.sources.measures import Measure
from krokomanalys.swedish import shortest
from krokomanalys.targets.wording import amount

ROUNDING = 0.5


@dataclass(frozen=True)
class Outcome:
    """One measured value.

    date         ISO, the day the value is for
    approximate  the source says "ca", "runt" or the like
    sampling     how a survey's respondents were chosen; "" where the value is no survey
    note         what a reader should know of how the value was made, in Swedish; "" for nothing
    """

    value: float
    date: str
    approximate: bool = False
    sampling: str = ""
    note: str = ""

    @property
    def year(self) -> int:
        """The calendar year of the date."""
        return int(self.date[:4])


def outcomes(measure: Measure, measures: pd.DataFrame, population: Mapping[int, float]) -> list[Outcome]:
    """Every outcome of a measure, by date.

    `measures` is one region's table (measure, date, value, precision, sampling); `population` its inhabitants on
    31 December by year. A composite without values of its own is weighed together for each date where all its
    parts were measured.
    """
    if measure.outcome == "population_total":
        return [Outcome(float(population[year]), f"{year}-12-31") for year in sorted(population)]
    own = _rows(measure.id, measures)
    if not measure.parts:
        return own
    weighed = _composite(measure, measures)
    if not own:
        return [Outcome(value, date, note="Sammanvägt här av delarna.") for date, value in sorted(weighed.items())]
    return [_beside(outcome, weighed.get(outcome.date), measure.unit) for outcome in own]


def _rows(measure: str, measures: pd.DataFrame) -> list[Outcome]:
    rows = measures[measures["measure"] == measure].sort_values("date")
    return [
        Outcome(float(row["value"]), str(row["date"]), row["precision"] == "approximate", str(row["sampling"]))
        for _, row in rows.iterrows()
    ]


def _composite(measure: Measure, measures: pd.DataFrame) -> dict[str, float]:
    parts = [{o.date: o.value for o in _rows(part.measure, measures)} for part in measure.parts]
    weights = [part.weight or 1.0 for part in measure.parts]
    dates = set.intersection(*(set(part) for part in parts))
    return {date: sum(w * part[date] for w, part in zip(weights, parts, strict=True)) / sum(weights) for date in dates}


def _beside(outcome: Outcome, weighed: float | None, unit: str) -> Outcome:
    if weighed is None or abs(weighed - outcome.value) <= ROUNDING:
        return outcome
    note = f"Delarna ger sammanvägt {amount(weighed, unit)}, men {shortest(outcome.value)} är angivet."
    return Outcome(outcome.value, outcome.date, outcome.approximate, outcome.sampling, note)
