"""Tier B: the ages of observed years that are published in groups only, estimated so that all figures agree.

Each year is projected from the one before with borrowed shapes, then corrected: groups decide ages, totals decide sums.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from krokomanalys.errors import Fault, InputError
from krokomanalys.population.cube import Array, in_group, rake
from krokomanalys.population.national import National
from krokomanalys.population.records import COMPONENTS, Record
from krokomanalys.population.shape import Shape
from krokomanalys.population.step import Assumptions, project_year
from krokomanalys.sources.grouping import SPANS

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


def estimate(
    read: Record, riket: National, margins: dict[int, dict[str, Array]], shape: Shape | None
) -> tuple[Array, Array, Array, Array]:
    """Tier B: population (T + 1, R, 2, 101), then moved in, moved out and died (T, R, 2, 101), by single age.

    Each observed year projected from the one before with borrowed shapes, then corrected to the groups.

    Raises:
        InputError: a year's deaths or moves can't be those of its population.
    """
    if shape is None:
        raise ValueError("a municipality on tier B needs a shape to borrow")
    years = read.years[1:]
    mortality = riket.mortality[[riket.mortality_years.index(year) for year in years]]
    flows = {name: read.need(name, years) for name in ("births", "deaths", "moved_in", "moved_out")}
    unseen = np.asarray(np.isnan(read.single).all((0, 2, 3)))[:, None, None]
    cells = [_first_ages(read, riket, margins, shape)]
    moved_in, moved_out, died = [], [], []
    for t, year in enumerate(years):
        labels = [f"region {region}, år {year}" for region in read.regions]
        fitted = _fit_year(cells[-1], mortality[t], shape, {name: values[t] for name, values in flows.items()}, labels)
        fitted = replace(fitted, end=over_edges(fitted.end, margins[year]))
        corrected = _correct(fitted, margins[year])
        moved_in.append(corrected[0])
        moved_out.append(corrected[1])
        died.append(fitted.died)
        counted = ~np.isnan(read.single[t + 1])
        end = rake(np.where(counted, read.single[t + 1], fitted.end), margins[year])
        cells.append(np.where(unseen, towards(end, riket.population[year], margins[year]), end))
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


def _fit_year(start: Array, mortality: Array, shape: Shape, flows: dict[str, Array], labels: Sequence[str]) -> _Fitted:
    """The observed year with levels of deaths and moves such that the step gives the published totals."""
    if (still := (flows["moved_in"] + flows["moved_out"]).min(-1) <= 0).any():
        raise _impossible(still, labels, "ingen flyttar in eller ut")
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
        off = np.abs(deaths - flows["deaths"]), np.abs(moved_out - flows["moved_out"])
        if max(off[0].max(), off[1].max()) <= 1e-9:
            break
        death_level *= _ratio(flows["deaths"], deaths)[:, None, None]
        out_level *= _ratio(flows["moved_out"], moved_out)[..., None]
    else:
        raise _impossible(
            (off[0] > 1e-6) | (off[1] > 1e-6).any(-1), labels, "fler dör eller flyttar ut än som kan ha funnits"
        )
    return _Fitted(step.end, moved_in, step.moved_out, step.deaths)


def _impossible(where: NDArray[np.bool_], labels: Sequence[str], problem: str) -> InputError:
    """The fault of a year whose flows can't be those of its population."""
    expected, remedy = "ett antal som folkmängden räcker till", "Rätta födda, döda och flyttade, eller folkmängden"
    return InputError(
        [Fault(COMPONENTS, f"{labels[int(i)]}: {problem}", expected, remedy) for i in np.flatnonzero(where)]
    )


def _ratio(wanted: Array, given: Array) -> Array:
    """What to multiply a level with; zero stays zero, where nobody died or moved."""
    ratio: Array = np.divide(wanted, given, out=np.zeros_like(given), where=given > 0)
    return ratio


def over_edges(end: Array, margins: dict[str, Array]) -> Array:
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


def towards(end: Array, nation: Array, margins: dict[str, Array]) -> Array:
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
