"""The years observed, by single age: what each municipality has published, made to agree.

Tier A has flows by single age and sex. Tier B has totals by year, population by age group, and single ages in at
least one year; the rest is borrowed (death rates and fertility from Riket, the shape of migration from a tier A
place) and corrected so that groups decide ages and flow totals decide sums. The arithmetic is the same for one
municipality and for hundreds: arrays are year, municipality, sex, age.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from krokomanalys.errors import Fault, InputError
from krokomanalys.population.cube import Array, Cube, rake
from krokomanalys.population.estimate import estimate
from krokomanalys.population.national import National, national
from krokomanalys.population.records import Record, record
from krokomanalys.population.shape import Shape, borrow
from krokomanalys.population.step import age_on
from krokomanalys.sources.available import PARTITION
from krokomanalys.sources.grouping import FINER
from krokomanalys.sources.slices import PopulationTables

Tier = Literal["A", "B"]


@dataclass(frozen=True, eq=False)
class Observed:
    """A run of observed years of R municipalities by single age at the end of the year.

    years          the T observed years
    population     persons on 31 December, the year before the first included, shape (T + 1, R, 2, 101)
    moved_in, moved_out, died  persons by year, sex and attained age, shape (T, R, 2, 101)
    births, deaths observed totals by year, shape (T, R)
    adjustment     change of the published total that births, deaths and moves do not explain, shape (T, R)
    bases          for each year of `population` and municipality: published, derived or estimated
    tiers          A: flows by single age; B: flows in total, ages estimated
    """

    regions: tuple[str, ...]
    years: tuple[int, ...]
    population: Array
    moved_in: Array
    moved_out: Array
    died: Array
    births: Array
    deaths: Array
    adjustment: Array
    bases: tuple[tuple[str, ...], ...]
    tiers: tuple[Tier, ...]

    @property
    def base_year(self) -> int:
        """The last observed year."""
        return self.years[-1]

    @property
    def net_migration(self) -> Array:
        """Moved in minus moved out, shape (T, R, 2, 101)."""
        return self.moved_in - self.moved_out

    @property
    def exposure(self) -> Array:
        """Person-years by observed year, sex and age: the mean of each cohort's start and end, (T, R, 2, 101)."""
        mean: Array = (age_on(self.population[:-1]) + self.population[1:]) / 2
        return mean

    def of(self, place: int) -> History:
        """One municipality's years."""
        return History(
            self.regions[place],
            Cube(self.population[:, place], (self.years[0] - 1, *self.years), self.regions[place]),
            self.moved_in[:, place],
            self.moved_out[:, place],
            self.died[:, place],
            self.births[:, place],
            self.deaths[:, place],
            self.adjustment[:, place],
            tuple(how[place] for how in self.bases),
            self.tiers[place],
        )


@dataclass(frozen=True, eq=False)
class History:
    """The observed years of one municipality, as Observed without its municipality axis."""

    region: str
    population: Cube
    moved_in: Array
    moved_out: Array
    died: Array
    births: Array
    deaths: Array
    adjustment: Array
    bases: tuple[str, ...]
    tier: Tier

    @property
    def years(self) -> tuple[int, ...]:
        """The observed years, without the year the history starts from."""
        return self.population.years[1:]

    @property
    def net_migration(self) -> Array:
        """Moved in minus moved out, persons by year, sex and age, shape (T, 2, 101)."""
        return self.moved_in - self.moved_out

    @property
    def exposure(self) -> Array:
        """Person-years by observed year, sex and age: the mean of each cohort's start and end, (T, 2, 101)."""
        mean: Array = (age_on(self.population.values[:-1]) + self.population.values[1:]) / 2
        return mean


def observe(tables: PopulationTables, region: str, first: int, last: int, shape_from: str | None = None) -> History:
    """The observed years first..last of a municipality, from what it has published.

    Raises:
        InputError: totals or groups of a year are not there; tier B and no place to borrow a shape from.
    """
    read = record(tables, [region], first - 1, last)
    riket = national(tables)
    shape = None if has_flows_by_age(read, first, last)[0] else borrow(tables, region, first, last, shape_from)
    return observe_all(read, riket, first, last, shape).of(0)


def observe_all(read: Record, riket: National, first: int, last: int, shape: Shape | None) -> Observed:
    """The observed years first..last of every municipality of a record that holds first - 1 .. last.

    `shape` lends the ages of migration to those that have none; it may be None where all are on tier A. Earlier years
    of the record serve municipalities without single ages in the run, whose ages start as Riket's. Municipalities for
    which the same is known go through the same arrays together; a batch gives each what it gives alone.

    Raises:
        InputError: totals or groups of a year are not there.
        ValueError: a municipality on tier B and no shape.
    """
    years = range(first, last + 1)
    full, read = read, read.between(first - 1, last)
    own = has_flows_by_age(read, first, last)
    parts = []
    for (by_age, start, _), places in _alike(full, riket, own, first, last).items():
        part = full.between(start - 1, last, places)
        margins = {year: part.partition(year) for year in range(start - 1, last + 1)}
        parts.append((places, _own(part, margins) if by_age else estimate(part, riket, margins, shape)))
    order = np.argsort(np.concatenate([places for places, _ in parts]))
    kept = [len(years) + 1, *[len(years)] * 3]
    cells = [np.concatenate([found[i][-kept[i] :] for _, found in parts], axis=1)[:, order] for i in range(4)]
    flows = {name: read.need(name, years) for name in ("births", "deaths", "moved_in", "moved_out")}
    balance = flows["births"] - flows["deaths"] + (flows["moved_in"] - flows["moved_out"]).sum(-1)
    bases = np.where(read.status == "", "estimated", read.status)
    return Observed(
        regions=read.regions,
        years=tuple(years),
        population=cells[0],
        moved_in=cells[1],
        moved_out=cells[2],
        died=cells[3],
        births=flows["births"],
        deaths=flows["deaths"],
        adjustment=np.diff(cells[0].sum((-2, -1)), axis=0) - balance,
        bases=tuple(tuple(str(how) for how in row) for row in bases),
        tiers=tuple("A" if by_age else "B" for by_age in own),
    )


def _alike(
    read: Record, riket: National, own: NDArray[np.bool_], first: int, last: int
) -> dict[tuple[bool, int, bytes], list[int]]:
    """Places that share arrays, by what they have in common: flows by age, the year to start from, finer groups."""
    seen = np.isfinite(read.between(first - 1, last).single[:, :, 0, 0]).any(0)
    starts = np.where(own | seen, first, _first_complete(read, riket, first))
    parts = np.stack([read.groups[part] for parts in FINER.values() for part in parts])
    finer = np.asarray(np.isfinite(parts[:, : read.years.index(last) + 1]).all(-1))
    alike: dict[tuple[bool, int, bytes], list[int]] = {}
    for r in range(len(read.regions)):
        alike.setdefault((bool(own[r]), int(starts[r]), finer[..., r].tobytes()), []).append(r)
    return alike


def _first_complete(read: Record, riket: National, first: int) -> NDArray[np.intp]:
    """The earliest years (R,) from which all years up to `first` have flows and groups, and Riket has rates.

    Ages that start as Riket's become the place's own the longer its births and groups have been followed.
    """
    end = read.years.index(first)
    known = np.isfinite(read.births + read.deaths + (read.moved_in + read.moved_out).sum(-1))
    counted = np.asarray(np.isfinite(np.stack([read.groups[name] for name in PARTITION])).all((0, -1)))
    in_riket = np.array([year in riket.mortality_years for year in read.years[1:end]], bool)
    usable = known[1:end] & counted[: end - 1] & in_riket[:, None]
    return np.asarray(first - np.logical_and.accumulate(usable[::-1]).sum(0), np.intp)


def has_flows_by_age(read: Record, first: int, last: int) -> NDArray[np.bool_]:
    """Which municipalities have moves by age for the years first..last and single ages from first - 1 on (tier A)."""
    moves = slice(read.years.index(first), read.years.index(last) + 1)
    counted = slice(read.years.index(first - 1), moves.stop)
    known = ~np.isnan(read.in_by_age[moves, :, 0, 0]).any(0) & ~np.isnan(read.single[counted, :, 0, 0]).any(0)
    return np.asarray(known, bool)


def _own(read: Record, margins: dict[int, dict[str, Array]]) -> tuple[Array, Array, Array, Array]:
    """Tier A: published or derived ages raked to the groups, and flows by age as they are."""
    cells = np.stack([rake(read.single[t], margins[year]) for t, year in enumerate(read.years)])
    died = read.deaths_by_age[1:]
    unknown = np.asarray(np.isnan(died).any((-2, -1)))
    if unknown.any():
        t, r = (int(i) for i in np.argwhere(unknown)[0])
        raise InputError(
            Fault(
                "data/population/deaths.csv",
                f"region {read.regions[r]}, år {read.years[t + 1]}: döda efter ålder saknas",
                "döda efter ålder vid årets slut (attained) för alla år som har flyttningar efter ålder",
            )
        )
    return cells, read.in_by_age[1:], read.out_by_age[1:], died
