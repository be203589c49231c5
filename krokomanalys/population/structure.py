"""How much of a change in births or deaths comes from who the people are, and how much from their rates.

Source: Kitagawa, E. M. (1955), Components of a difference between two rates, Journal of the American Statistical
Association 50, 1168-1194.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from krokomanalys.population.cube import AGES, Array
from krokomanalys.population.history import History
from krokomanalys.population.national import National
from krokomanalys.sources.slices import PopulationTables

FERTILE = slice(15, 50)
"""Ages of the women whose number and ages births depend on."""


@dataclass(frozen=True)
class Split:
    """A change in the yearly number of events, in events: size + composition + rates, without remainder.

    size         of more or fewer people, their ages as they were
    composition  of other ages among them
    rates        of more or fewer events per person at each age
    """

    size: float
    composition: float
    rates: float

    @property
    def structure(self) -> float:
        """The effect of numbers and age structure together."""
        return self.size + self.composition

    @property
    def change(self) -> float:
        """The whole change."""
        return self.structure + self.rates


def split(exposure_before: Array, rates_before: Array, exposure_after: Array, rates_after: Array) -> Split:
    """The change in events = sum of exposure x rate over ages, divided between numbers, age structure and rates.

    structure = sum of (change in exposure) x (mean rate); rates = sum of (mean exposure) x (change in rate), means
    of before and after: exact, and turned round it gives the same with the other sign (Kitagawa 1955). Structure is
    divided in the same way: an age's exposure is the number of people times its share of them. All arrays have one
    shape, any sexes and ages; all of it is summed over.

    Raises:
        ValueError: nobody is exposed before or after.
    """
    number_before, number_after = float(exposure_before.sum()), float(exposure_after.sum())
    if number_before <= 0 or number_after <= 0:
        raise ValueError("nobody is exposed")
    share_before, share_after = exposure_before / number_before, exposure_after / number_after
    rate = (rates_before + rates_after) / 2
    return Split(
        size=float((number_after - number_before) * ((share_before + share_after) / 2 * rate).sum()),
        composition=float((number_before + number_after) / 2 * ((share_after - share_before) * rate).sum()),
        rates=float(((exposure_before + exposure_after) / 2 * (rates_after - rates_before)).sum()),
    )


@dataclass(frozen=True, eq=False)
class Events:
    """Births or deaths of a run of years with those they can happen to.

    years     T consecutive years
    exposure  person-years by year, shape (T, ...): by mother's age for births, by sex and age for deaths
    counts    events, same shape
    own       True: the municipality's own events by age. False: only their number is, Riket's rates give the ages
    """

    years: tuple[int, ...]
    exposure: Array
    counts: Array
    own: bool

    def yearly(self, years: Sequence[int]) -> float:
        """Events a year, in the mean of the years."""
        return float(self.counts[self._places(years)].sum() / len(years))

    def change(self, before: Sequence[int], year: int) -> Split:
        """What the change consists of, from the mean of the years `before` to `year`."""
        old, new = self._places(before), self._places([year])
        exposure = self.exposure[old].mean(0)
        return split(exposure, _rates(self, old), self.exposure[new].mean(0), _rates(self, new))

    def _places(self, years: Sequence[int]) -> list[int]:
        return [self.years.index(year) for year in years]


def births(history: History, tables: PopulationTables, riket: National) -> Events | None:
    """Births by mother's age: own where published for the last year, else Riket's fertility scaled to the own number.

    For the last years in a row that have them. Own births are by completed age, over women of that age in the mean
    of the year's two ends; Riket's fertility is by attained age, over history's exposure. None where not even
    Riket's is known for the last year.
    """
    rows = tables.births[(tables.births["region"] == history.region) & tables.births["year"].isin(history.years)]
    if set(rows["age_definition"]) == {"completed"} and (own := _run(history, set(rows["year"]))):
        wide = rows.pivot_table(index="year", columns="mother_age", values="births", aggfunc="sum", fill_value=0)
        counts = wide.reindex(index=own, columns=range(AGES), fill_value=0).to_numpy(float)
        women = history.population.values[:, 0]
        exposure = ((women[:-1] + women[1:]) / 2)[-len(own) :]
        return _own(own, exposure[:, FERTILE], _inside(counts))
    if not (years := _run(history, set(riket.fertility_years))):
        return None
    rates = riket.fertility[[riket.fertility_years.index(year) for year in years]][:, FERTILE]
    exposure = history.exposure[-len(years) :, 0, FERTILE]
    return Events(years, exposure, _scaled(exposure * rates, history.births[-len(years) :]), own=False)


def deaths(history: History, tables: PopulationTables, riket: National) -> Events | None:
    """Deaths by sex and age: own where published for the last year, else Riket's death rates scaled to the own number.

    For the last years in a row that have them, by age at the end of the year. None where not even Riket's death
    rates are known for the last year.
    """
    rows = tables.deaths[(tables.deaths["region"] == history.region) & tables.deaths["year"].isin(history.years)]
    if set(rows["age_definition"]) == {"attained"} and (own := _run(history, set(rows["year"]))):
        wide = rows.pivot_table(index="year", columns=["sex", "age"], values="deaths", aggfunc="sum", fill_value=0)
        every = pd.MultiIndex.from_product([["F", "M"], range(AGES)])
        counts = wide.reindex(index=own, columns=every, fill_value=0).to_numpy(float).reshape(len(own), 2, AGES)
        return _own(own, history.exposure[-len(own) :], counts)
    if not (years := _run(history, set(riket.mortality_years))):
        return None
    rates = riket.mortality[[riket.mortality_years.index(year) for year in years]]
    exposure = history.exposure[-len(years) :]
    return Events(years, exposure, _scaled(exposure * rates, history.deaths[-len(years) :]), own=False)


def _own(years: tuple[int, ...], exposure: Array, counts: Array) -> Events:
    """Events with an exposure of half a year for each at least: they may be all who passed through a cell."""
    return Events(years, np.maximum(exposure, counts / 2), counts, own=True)


def _rates(events: Events, places: list[int]) -> Array:
    """Events per person-year of the years together; zero where nobody was exposed."""
    counts, exposure = events.counts[places].sum(0), events.exposure[places].sum(0)
    rates: Array = np.divide(counts, exposure, out=np.zeros_like(counts), where=exposure > 0)
    return rates


def _scaled(expected: Array, totals: Array) -> Array:
    sums = expected.reshape(len(expected), -1).sum(-1)
    level = (totals / sums).reshape(-1, *[1] * (expected.ndim - 1))
    scaled: Array = expected * level
    return scaled


def _inside(counts: Array) -> Array:
    """Births by mother's age with the few outside FERTILE counted at its first and last age."""
    inside = counts[:, FERTILE].copy()
    inside[:, 0] += counts[:, : FERTILE.start].sum(-1)
    inside[:, -1] += counts[:, FERTILE.stop :].sum(-1)
    return inside


def _run(history: History, known: set[int]) -> tuple[int, ...]:
    """The consecutive years up to the history's last that are known; empty where the last is not."""
    years: list[int] = []
    for year in reversed(history.years):
        if year not in known:
            break
        years.insert(0, year)
    return tuple(years)
