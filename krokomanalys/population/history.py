"""The years observed, by single age: what each municipality has published, made to agree.

Tier A has flows by single age and sex. Tier B has totals by year, population by age group, and single ages in at
least one year; the rest is borrowed (death rates and fertility from Riket, the shape of migration from a tier A
place) and corrected so that groups decide ages and flow totals decide sums. The arithmetic is the same for one
municipality and for hundreds: arrays are year, municipality, sex, age.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from krokomanalys.errors import Fault, InputError
from krokomanalys.population.cube import Array, Cube, in_group, rake
from krokomanalys.population.national import National, national
from krokomanalys.population.records import MIGRATION, Record, record
from krokomanalys.population.step import Assumptions, age_on, project_year
from krokomanalys.regions import NATION
from krokomanalys.sources.available import PARTITION
from krokomanalys.sources.grouping import FINER, SPANS
from krokomanalys.sources.slices import PopulationTables

Tier = Literal["A", "B"]
BORN_GIRLS = 0.486
"""Girls among the newborn of observed years, where only their number is published: Riket's share 2006-2024."""


EDGE_SHARE = 0.5
"""How much of an older group's deviation its entering cohort answers for.

Of 0, 0.25, 0.5, 0.75 and 1 it gave the ages of 2019 best, estimated from Riket's of 2000 for forty municipalities.
"""
OLDER = 65
"""Groups from this age on are held to their edges; at 45 too many move."""
TOWARDS_RIKET = 0.15
"""How far estimated ages of working life are drawn towards Riket's each year, where no single ages are known.

Of 0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5 and 1: tried as EDGE_SHARE; 0.1 to 0.2 were alike.
"""
WORKING = 20, 64


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
        parts.append((places, _own(part, margins) if by_age else _estimate(part, riket, margins, shape)))
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


Cells = tuple[Array, Array, Array, Array]
"""Population (T + 1, R, 2, 101), then moved in, moved out and died (T, R, 2, 101)."""


def _own(read: Record, margins: dict[int, dict[str, Array]]) -> Cells:
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


@dataclass(frozen=True, eq=False)
class Shape:
    """How migration falls on ages, borrowed; arrays by sex and age (2, 101).

    moved_in  in-migrants' shares, summing to 1 for each sex
    out_rate  moves out per person-year
    change    a cohort's size at the year's end against its size a year before, 1 where it has nobody
    """

    moved_in: Array
    out_rate: Array
    change: Array


def borrow(tables: PopulationTables, region: str, first: int, last: int, shape_from: str | None) -> Shape:
    """The shape that `shape_from` lends to `region` for the years first..last.

    Raises:
        InputError: no lender is named, or it has no moves by age in any of the years.
    """
    lenders = sorted(set(tables.migration["region"]) - {NATION})
    if shape_from is None:
        raise InputError(
            Fault(
                "shape_from",
                f"{region} har inga flyttningar efter ålder för {first}–{last}",
                "en kommun av samma slag att låna åldersfördelningen från",
                'Ange t.ex. shape_from: "2262" i parameterfilen',
            )
        )
    if shape_from not in lenders:
        raise InputError(
            Fault(
                "shape_from",
                f"{shape_from} har inga flyttningar efter ålder i {MIGRATION}",
                "någon av " + ", ".join(lenders) if lenders else "en kommun som har det",
            )
        )
    return shape_of(record(tables, [shape_from], first - 1, last), first, last)


def shape_of(lender: Record, first: int, last: int) -> Shape:
    """The shape of a lender's migration over those of the years first..last that it has.

    Raises:
        InputError: it has none.
    """
    lender = lender.between(first - 1, last)
    known = ~np.isnan(lender.in_by_age[1:, 0, 0, 0]) & ~np.isnan(
        lender.single[:-1, 0, 0, 0] + lender.single[1:, 0, 0, 0]
    )
    if not known.any():
        raise InputError(
            Fault(
                "shape_from",
                f"{lender.regions[0]} har inga flyttningar efter ålder för {first}–{last}",
                "en kommun som har det för något av åren",
            )
        )
    moved_in, moved_out = lender.in_by_age[1:, 0][known].sum(0), lender.out_by_age[1:, 0][known].sum(0)
    start, end = age_on(lender.single[:-1, 0][known]).sum(0), lender.single[1:, 0][known].sum(0)
    exposure = (start + end) / 2
    return Shape(
        moved_in / moved_in.sum(-1, keepdims=True),
        np.divide(moved_out, exposure, out=np.zeros_like(exposure), where=exposure > 0),
        np.divide(end, start, out=np.ones_like(start), where=(start > 0) & (end > 0)),
    )


def _estimate(read: Record, riket: National, margins: dict[int, dict[str, Array]], shape: Shape | None) -> Cells:
    """Tier B: each observed year projected from the one before with borrowed shapes, then corrected to the groups."""
    if shape is None:
        raise ValueError("a municipality on tier B needs a shape to borrow")
    years = read.years[1:]
    mortality = riket.mortality[[riket.mortality_years.index(year) for year in years]]
    flows = {name: read.need(name, years) for name in ("births", "deaths", "moved_in", "moved_out")}
    unseen = np.asarray(np.isnan(read.single).all((0, 2, 3)))[:, None, None]
    cells = [_first_ages(read, riket, margins, shape)]
    moved_in, moved_out, died = [], [], []
    for t, year in enumerate(years):
        fitted = _fit_year(cells[-1], mortality[t], shape, {name: values[t] for name, values in flows.items()})
        fitted = replace(fitted, end=_over_edges(fitted.end, margins[year]))
        corrected = _correct(fitted, margins[year])
        moved_in.append(corrected[0])
        moved_out.append(corrected[1])
        died.append(fitted.died)
        counted = ~np.isnan(read.single[t + 1])
        end = rake(np.where(counted, read.single[t + 1], fitted.end), margins[year])
        cells.append(np.where(unseen, _towards(end, riket.population[year], margins[year]), end))
    return np.stack(cells), np.stack(moved_in), np.stack(moved_out), np.stack(died)


def _first_ages(read: Record, riket: National, margins: dict[int, dict[str, Array]], shape: Shape) -> Array:
    """Single ages on 31 December before the first year, (R, 2, 101), raked to the groups of that year.

    Carried back from the first year that has the place's own ages, each cohort changing as the lender's does; from
    Riket's ages where no year has. Riket's ages put wrong numbers over the groups' edges every year, which the
    correction takes for moves.
    """
    before = read.years[0]
    nation = [riket.population[max(year, riket.population.years[0])] for year in read.years]
    cells = np.broadcast_to(nation[-1], read.single[0].shape)
    seen = np.zeros(len(read.regions), bool)
    for t in range(len(read.years) - 1, -1, -1):
        own = ~np.isnan(read.single[t, :, 0, 0])
        residents = cells / shape.change
        parts = nation[t][:, 99:] / nation[t][:, 99:].sum(-1, keepdims=True)
        carried = np.concatenate([residents[..., 1:100], residents[..., 100:] * parts], axis=-1)
        seen = seen | own
        cells = np.where(own[:, None, None], read.single[t], np.where(seen[:, None, None], carried, nation[t]))
        cells = rake(cells, margins[before + t])
    return cells


@dataclass(frozen=True, eq=False)
class _Fitted:
    """An observed year as the step gives it with borrowed shapes, by sex and age (R, 2, 101)."""

    end: Array
    moved_in: Array
    moved_out: Array
    died: Array


def _fit_year(start: Array, mortality: Array, shape: Shape, flows: dict[str, Array]) -> _Fitted:
    """The observed year with levels of deaths and moves such that the step gives the published totals."""
    girls = np.array([BORN_GIRLS, 1 - BORN_GIRLS])
    moved_in = shape.moved_in * flows["moved_in"][..., None]
    entering = moved_in.copy()
    entering[..., 0] += flows["births"][:, None] * girls
    nobody, share = np.zeros(start.shape[-1]), np.array(BORN_GIRLS)
    death_level, out_level = np.ones((len(start), 1, 1)), np.ones((len(start), 2, 1))
    for _ in range(100):
        step = project_year(
            start, Assumptions(mortality * death_level, nobody, shape.out_rate * out_level, entering, share)
        )
        deaths, moved_out = step.deaths.sum((-2, -1)), step.moved_out.sum(-1)
        if np.allclose(deaths, flows["deaths"], rtol=0, atol=1e-9) and np.allclose(
            moved_out, flows["moved_out"], rtol=0, atol=1e-9
        ):
            break
        death_level *= _ratio(flows["deaths"], deaths)[:, None, None]
        out_level *= _ratio(flows["moved_out"], moved_out)[..., None]
    else:
        raise ValueError("no levels of deaths and moves give the year's flows")
    return _Fitted(step.end, moved_in, step.moved_out, step.deaths)


def _ratio(wanted: Array, given: Array) -> Array:
    """What to multiply a level with; zero stays zero, where nobody died or moved."""
    ratio: Array = np.divide(wanted, given, out=np.zeros_like(given), where=given > 0)
    return ratio


def _over_edges(end: Array, margins: dict[str, Array]) -> Array:
    """The year's end with cohorts at the edges between the groups of older people as many as the groups say.

    Few move at these ages: when a group ends with more people than projected, more have grown into it than the
    estimated ages had, and as many fewer are left in the group below. EDGE_SHARE of the difference is taken so; the
    rest may be moves.
    """
    cells = end.copy()
    groups = sorted((SPANS[name] for name in margins), reverse=True)
    persons = {SPANS[name]: margin for name, margin in margins.items()}
    for (first, last), (low, below) in pairwise(groups):
        if first < OLDER:
            break
        younger = cells[..., low + 1 : below + 1]
        grown = EDGE_SHARE * (persons[first, last] - cells[..., first : last + 1].sum(-1))
        grown = np.clip(grown, -cells[..., first] / 2, younger.sum(-1) / 2)
        cells[..., first] += grown
        younger *= 1 - (grown / younger.sum(-1))[..., None]
    return cells


def _towards(end: Array, nation: Array, margins: dict[str, Array]) -> Array:
    """The ages of working life drawn a little towards Riket's within their groups, which are kept.

    Borrowed moves fit no place quite, and what they miss adds up from year to year where no single ages are known.
    """
    cells = end.copy()
    theirs = rake(np.broadcast_to(nation, end.shape), margins)
    for name in margins:
        first, last = SPANS[name]
        if WORKING[0] <= first and last <= WORKING[1]:
            ages = slice(first, last + 1)
            cells[..., ages] += TOWARDS_RIKET * (theirs[..., ages] - end[..., ages])
    return cells


def _correct(fitted: _Fitted, margins: dict[str, Array]) -> tuple[Array, Array]:
    """Moves in and out by age such that the year ends in the published groups; the adjustment item left out.

    What is left between projected and published groups is spread over each group's ages as its moves are: as much
    more in and less out in proportion to each. What it sums to over all groups, the adjustment, is taken out in
    proportion to population.
    """
    moved_in, moved_out = fitted.moved_in.copy(), fitted.moved_out.copy()
    left = {name: margin - in_group(fitted.end, name) for name, margin in margins.items()}
    adjustment = np.sum([rest.sum(-1) for rest in left.values()], axis=0)
    persons = np.sum([margin.sum(-1) for margin in margins.values()], axis=0)
    for name, rest in left.items():
        first, last = SPANS[name]
        ages = slice(first, last + 1)
        coming, going = fitted.moved_in[..., ages], fitted.moved_out[..., ages]
        rest = rest - (adjustment / persons)[:, None] * margins[name]
        share = (rest / (coming + going).sum(-1))[..., None]
        moved_in[..., ages] = np.where(share < -1, 0, coming * (1 + share)) + np.where(
            share > 1, going * (share - 1), 0
        )
        moved_out[..., ages] = np.where(share > 1, 0, going * (1 - share)) + np.where(
            share < -1, coming * (-share - 1), 0
        )
    return moved_in, moved_out
