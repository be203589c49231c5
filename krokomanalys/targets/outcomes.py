"""What was measured: the outcomes of one measure through the years, from the measures table or the population."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
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
    n            how many answered or were looked at, population_size how many they were drawn from; None: not told
    derived      nobody printed the value: it is worked out from others, as `note` says
    parts        of a composite weighed together here: share of the measured weight and outcome of each measured part
    """

    value: float
    date: str
    approximate: bool = False
    sampling: str = ""
    note: str = ""
    n: int | None = None
    population_size: int | None = None
    derived: bool = False
    parts: tuple[tuple[float, Outcome], ...] = ()

    @property
    def year(self) -> int:
        """The calendar year of the date."""
        return int(self.date[:4])


@dataclass(frozen=True)
class Gap:
    """A day (ISO) for which there is no value, and why: a Swedish sentence."""

    date: str
    why: str

    @property
    def year(self) -> int:
        """The calendar year of the date."""
        return int(self.date[:4])


@dataclass(frozen=True)
class Weighing:
    """A composite weighed together in one year, of the parts that were measured.

    date     the last day that a part was measured
    value    Σ w·x / Σ w over those parts; NaN where none was measured
    cover    their share of all the weight, 0–1
    weights  of all parts, by measure id, as shares of 1
    held     the outcome of each measured part, by measure id
    """

    date: str
    value: float
    cover: float
    weights: Mapping[str, float]
    held: Mapping[str, Outcome]

    def enough(self, measure: Measure) -> bool:
        """Whether as much of the weight has been measured as the composite asks for; all where it doesn't say."""
        return bool(self.held) and self.cover >= (1.0 if measure.cover is None else measure.cover) - 1e-9


def outcomes(measure: Measure, measures: pd.DataFrame, population: Mapping[int, float]) -> list[Outcome]:
    """Every outcome of a measure, by date.

    `measures` is one region's table (measure, date, value, precision, sampling, n, N, note); `population` its
    inhabitants on 31 December by year. Rows without a value are no outcomes, see `gaps`. A composite without a value
    of its own in a year is weighed together of what its parts were last in that year, where enough of the weight was
    measured. A stock has the stock at the year's start worked out from what came during the year (`flow`) where
    the year before has none.
    """
    if measure.outcome == "population_total":
        return [Outcome(float(population[year]), f"{year}-12-31") for year in sorted(population)]
    own = _rows(measure.id, measures)
    if measure.flow is not None:
        return _with_starts(own, _rows(measure.flow, measures))
    if not measure.parts:
        return own
    beside = [_beside(outcome, weigh(measure, measures, outcome.date), measure.unit) for outcome in own]
    made = [_weighed(weighing) for weighing in _unprinted(measure, measures) if weighing.enough(measure)]
    return sorted([*beside, *made], key=lambda outcome: outcome.date)


def gaps(measure: Measure, measures: pd.DataFrame) -> list[Gap]:
    """The days that are known to have no value, by date, each with why.

    That is a row without a value (of a composite only where it says why: else its parts make it), or a composite of
    which too little was measured.
    """
    found = [
        Gap(day, f"Mätvärde saknas: {note.rstrip('.')}." if note else f"Mätvärde för {day[:4]} är tomt.")
        for day, note in _blanks(measure.id, measures)
        if note or not measure.parts
    ]
    needed = 1.0 if measure.cover is None else measure.cover
    for weighing in _unprinted(measure, measures):
        if not weighing.enough(measure):
            short = f"Bara {_per_cent(weighing.cover)} av vikten är mätt, {_per_cent(needed)} behövs."
            found.append(Gap(weighing.date, short))
    return sorted(found, key=lambda gap: gap.date)


def weigh(measure: Measure, measures: pd.DataFrame, until: str) -> Weighing:
    """A composite's parts as they were last measured in the year of `until` (ISO), at the latest that day.

    A part with a later row without a value, in that year, isn't measured.
    """
    given = [part.weight or 1.0 for part in measure.parts]
    weights = {part.measure: w / sum(given) for part, w in zip(measure.parts, given, strict=True)}
    held: dict[str, Outcome] = {}
    for part in weights:
        known = [o for o in _rows(part, measures) if o.date <= until and o.date[:4] == until[:4]]
        emptied = [day for day, _ in _blanks(part, measures) if day <= until]
        if known and not any(day > known[-1].date for day in emptied):
            held[part] = known[-1]
    cover = sum(weights[part] for part in held)
    value = sum(weights[part] * o.value for part, o in held.items()) / cover if held else float("nan")
    return Weighing(max((o.date for o in held.values()), default=until), value, cover, weights, held)


def finished(series: Sequence[Outcome], until: date) -> list[Outcome]:
    """The outcomes of the years that are over at `until`: part of a year is no point on a way through years."""
    last = until.year if (until.month, until.day) == (12, 31) else until.year - 1
    return [outcome for outcome in series if outcome.year <= last]


def _rows(measure: str, measures: pd.DataFrame) -> list[Outcome]:
    own = measures[(measures["measure"] == measure) & measures["value"].notna()]
    blank, silent = [None] * len(own), [""] * len(own)
    columns = [own[name] for name in ("value", "date", "precision", "sampling")]
    rows = zip(*columns, own.get("n", blank), own.get("N", blank), own.get("note", silent), strict=True)
    found = [
        Outcome(
            float(value), str(day), about == "approximate", str(kind), _text(note), _count(n), _count(of),
            derived=_text(note).casefold().startswith("härlett"),
        )
        for value, day, about, kind, n, of, note in rows
    ]  # fmt: skip
    return sorted(found, key=lambda outcome: outcome.date)


def _blanks(measure: str, measures: pd.DataFrame) -> list[tuple[str, str]]:
    """The day and the note of each row without a value."""
    empty = measures[(measures["measure"] == measure) & measures["value"].isna()]
    return [
        (str(day), _text(note)) for day, note in zip(empty["date"], empty.get("note", [""] * len(empty)), strict=True)
    ]


def _text(held: object) -> str:
    return held if isinstance(held, str) else ""


def _count(held: object) -> int | None:
    return int(held) if isinstance(held, (int, float, np.integer)) and held == held else None


def _with_starts(own: list[Outcome], came: list[Outcome]) -> list[Outcome]:
    """The stock with, where the year before has none, the stock at the year's start: stock − what came since then."""
    measured = {outcome.year for outcome in own}
    starts: dict[int, Outcome] = {}
    for stock in own:
        before = stock.year - 1
        flow = next((o for o in came if o.date == stock.date), None)
        if flow is None or before in measured:
            continue
        note = f"Härlett, {shortest(stock.value)} minus {shortest(flow.value)} som kom {stock.year}."
        approximate = stock.approximate or flow.approximate
        value = round(stock.value - flow.value, 9)
        starts[before] = Outcome(value, f"{before}-12-31", approximate, note=note, derived=True)
    return sorted([*starts.values(), *own], key=lambda outcome: outcome.date)


def _unprinted(measure: Measure, measures: pd.DataFrame) -> list[Weighing]:
    """A composite weighed together for each year where a part was measured and it has no value of its own."""
    if not measure.parts:
        return []
    printed = {outcome.year for outcome in _rows(measure.id, measures)}
    years = sorted({o.year for part in measure.parts for o in _rows(part.measure, measures)} - printed)
    return [weigh(measure, measures, f"{year}-12-31") for year in years]


def _weighed(weighing: Weighing) -> Outcome:
    """A composite's outcome. Parts of one sample are one; else it is of the least sure kind, and no n is its own."""
    parts = list(weighing.held.values())
    samples = {(part.sampling, part.n, part.population_size) for part in parts}
    kinds = {part.sampling for part in parts}
    mixed = next((kind for kind in ("self_selected", "unknown", "probability") if kind in kinds), "")
    sampling, n, size = samples.pop() if len(samples) == 1 else (mixed, None, None)
    note = "Sammanvägt här av delarna."
    if weighing.cover < 1 - 1e-9:
        note += f" {_per_cent(weighing.cover)} av vikten är mätt."
    about = any(part.approximate for part in parts)
    shares = tuple((weighing.weights[m] / weighing.cover, part) for m, part in weighing.held.items())
    return Outcome(weighing.value, weighing.date, about, sampling, note, n, size, derived=True, parts=shares)


def _beside(outcome: Outcome, weighed: Weighing, unit: str) -> Outcome:
    if weighed.cover < 1 - 1e-9 or abs(weighed.value - outcome.value) <= ROUNDING:
        return outcome
    note = f"Delarna ger sammanvägt {amount(weighed.value, unit)}, men {shortest(outcome.value)} är angivet."
    return replace(outcome, note=f"{outcome.note} {note}".lstrip())


def _per_cent(share: float) -> str:
    return amount(round(share * 100), "%")
