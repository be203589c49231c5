"""Cohort-component candidates: what the years ahead may be like, by age, given the years observed.

Each takes what is known of R municipalities and gives assumptions for all of them at once, shapes (S, R, 2, 101):
deaths and births by Riket's path times a local level, and migration as each candidate sees it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from types import MappingProxyType

import numpy as np

from krokomanalys.errors import Fault, InputError
from krokomanalys.population.cube import Array
from krokomanalys.population.history import Observed
from krokomanalys.population.mortality import national_path
from krokomanalys.population.national import National
from krokomanalys.population.rates import local_level
from krokomanalys.population.shape import Shape
from krokomanalys.population.smoothing import shrink, smooth
from krokomanalys.population.step import Assumptions, age_on, project_year

FERTILITY_YEARS = 3
"""Riket's latest years whose mean age pattern of fertility, and level, the path starts from."""

Natural = tuple[Array, Array, Array]
"""Mortality (S, R, 2, 101), fertility (S, R, 101) and girls' share (S, R)."""


@dataclass(frozen=True, eq=False)
class Start:
    """What the candidates start from: observed years, Riket, and the years ahead.

    What several of them need is worked out once, when the first asks for it.
    """

    observed: Observed
    riket: National
    steps: int

    @cached_property
    def natural(self) -> Natural:
        """Death rates and fertility for the years ahead: Riket's path times each municipality's level.

        Riket's fertility is the mean of its last FERTILITY_YEARS years, constant ahead.

        Raises:
            InputError: no fertility of Riket is known yet.
        """
        observed, riket, steps = self.observed, self.riket, self.steps
        if not riket.fertility_years:
            raise InputError(
                Fault(
                    "data/population/births.csv",
                    f"riket saknar födda efter moderns ålder till och med {observed.base_year}",
                    "minst ett års födda",
                    "Välj ett senare utgångsår",
                )
            )
        years = range(observed.base_year + 1, observed.base_year + steps + 1)
        deaths, births = local_levels(observed, riket)
        mortality = national_path(riket, years)[:, None] * deaths[:, None, None]
        pattern = riket.fertility[-FERTILITY_YEARS:].mean(0)
        fertility = np.broadcast_to(pattern * births[:, None], (steps, len(births), pattern.shape[-1]))
        girls = np.full((steps, len(births)), riket.girls.mean())
        return mortality, fertility, girls

    @cached_property
    def smoothed_moves(self) -> tuple[Array, Array]:
        """In-migrants a year and out-migration rates of the observed years, smoothed over ages, (R, 2, 101) each."""
        moved_in, moved_out = self.observed.moved_in.sum(0), self.observed.moved_out.sum(0)
        years = np.full_like(moved_in, len(self.observed.years))
        coming, leaving = smooth(np.stack([moved_in, moved_out]), np.stack([years, self.observed.exposure.sum(0)]))
        return coming, leaving


Model = Callable[[Start, Shape | None], Assumptions]
"""What is started from and a borrowed shape -> assumptions of shape (S, R, 2, 101)."""


def local_levels(observed: Observed, riket: National) -> tuple[Array, Array]:
    """Levels of deaths and of births (R,): observed against what Riket's rates of each year give, shrunk hard.

    Years for which Riket's rates are not known are left out on both sides.
    """
    levels = []
    for events, rates, years in (
        (observed.deaths, riket.mortality, riket.mortality_years),
        (observed.births, riket.fertility, riket.fertility_years),
    ):
        both = [year for year in observed.years if year in years]
        own, theirs = [observed.years.index(y) for y in both], [years.index(y) for y in both]
        exposure = observed.exposure[own] if rates.ndim == 3 else observed.exposure[own, :, 0]
        expected = (rates[theirs][:, None] * exposure).reshape(len(both), len(observed.regions), -1).sum((0, 2))
        levels.append(local_level(events[own].sum(0), expected))
    return levels[0], levels[1]


def net(start: Start, shape: Shape | None = None, *, windows: tuple[int, ...]) -> Assumptions:
    """Net migration by age and sex as the mean over each window's mean of observed years.

    Where it is positive, persons move in; where it is negative, people move out at that number over the same years'
    exposure, so that the outflow shrinks with the cohort.
    """
    means = np.mean([start.observed.net_migration[-window:].mean(0) for window in windows], axis=0)
    exposure = start.observed.exposure[-max(windows) :].mean(0)
    leaving = np.divide(np.maximum(-means, 0), exposure, out=np.zeros_like(means), where=exposure > 0)
    return _steady(start.natural, np.maximum(means, 0), leaving)


def gross(start: Start, shape: Shape | None = None) -> Assumptions:
    """In-migration as persons and out-migration as rates, means of the observed years, both smoothed over ages."""
    return _steady(start.natural, *start.smoothed_moves)


def shrunk(start: Start, shape: Shape | None = None) -> Assumptions:
    """As `gross`, with rates drawn towards a prior's by how many events each age has.

    Out-migration towards a lender's rates, in-migration towards its shares of ages, deaths towards Riket's rates. A
    place with flows by age borrows of nobody and is drawn towards its own smoothed rates.
    """
    observed, (mortality, fertility, girls) = start.observed, start.natural
    exposure = observed.exposure.sum(0)
    prior_in, prior_out = start.smoothed_moves
    if shape is not None:
        own = np.array([tier == "A" for tier in observed.tiers])[:, None, None]
        prior_in, prior_out = np.where(own, prior_in, shape.moved_in), np.where(own, prior_out, shape.out_rate)
    going = _drawn(observed.moved_out.sum(0), prior_out * exposure)
    leaving = np.divide(going, exposure, out=np.zeros_like(going), where=exposure > 0)
    coming = _drawn(observed.moved_in.sum(0), prior_in * np.ones_like(exposure)) / len(observed.years)
    rates = mortality[0] * exposure
    by_age, _ = shrink(observed.died.sum(0).reshape(len(rates), -1), rates.reshape(len(rates), -1))
    against = by_age.reshape(rates.shape) * (rates.sum((-2, -1)) / observed.died.sum((0, 2, 3)))[:, None, None]
    return _steady((mortality * against, fertility, girls), coming, leaving)


def average(start: Start, shape: Shape | None = None, *, of: tuple[Model, ...]) -> Assumptions:
    """The plain average of several models' rates and in-migrants: their errors partly cancel."""
    each = [model(start, shape) for model in of]
    return Assumptions(
        mortality=np.mean([a.mortality for a in each], axis=0),
        fertility=np.mean([a.fertility for a in each], axis=0),
        out_migration=np.mean([a.out_migration for a in each], axis=0),
        in_migration=np.mean([a.in_migration for a in each], axis=0),
        girls_share=each[0].girls_share,
    )


def _drawn(events: Array, expected: Array) -> Array:
    """The events that `shrink` gives, by sex, scaled to those there were; (R, 2, A)."""
    given = shrink(events, expected)[0] * expected
    sums = given.sum(-1, keepdims=True)
    drawn: Array = np.divide(given * events.sum(-1, keepdims=True), sums, out=np.zeros_like(given), where=sums > 0)
    return drawn


def _steady(births_and_deaths: Natural, coming: Array, leaving: Array) -> Assumptions:
    """Assumptions with the same moves in every year."""
    mortality, fertility, girls = births_and_deaths
    steps = (len(mortality), *coming.shape)
    return Assumptions(mortality, fertility, np.broadcast_to(leaving, steps), np.broadcast_to(coming, steps), girls)


def join(base: Array, assumed: Assumptions, totals: Array) -> Assumptions:
    """The assumptions with in-migration such that the population follows `totals` exactly.

    Every year's in-migration is scaled, its ages kept: the year's end is affine in it, so that two steps, without
    and with it, give the scale. `base` (..., 2, A), `totals` (S, ...) persons at each year's end.

    Raises:
        ValueError: a total lies below what is left when nobody moves in, or nobody does.
    """
    start, scaled = base, []
    for t in range(len(assumed)):
        year = assumed[t]
        none = Assumptions(
            year.mortality, year.fertility, year.out_migration, np.zeros_like(year.in_migration), year.girls_share
        )
        without, with_all = project_year(start, none).end, project_year(start, year).end
        low, high = without.sum((-2, -1)), with_all.sum((-2, -1))
        if (totals[t] < low).any() or (high <= low).any():
            raise ValueError("a total lies below what is left when nobody moves in, or nobody does")
        scale = (totals[t] - low) / (high - low)
        scaled.append(year.in_migration * scale[..., None, None])
        start = without + (with_all - without) * scale[..., None, None]
    return Assumptions(
        assumed.mortality, assumed.fertility, assumed.out_migration, np.stack(scaled), assumed.girls_share
    )


def hamilton_perry(observed: Observed, steps: int) -> Array:
    """Populations carried on by the last ten years' cohort-change ratios (tier C), shape (steps + 1, R, 2, 101).

    Each cohort changes as cohorts of its age did, deaths and moves together; the newborn follow the ratio of children
    at age 0 to women aged 20-39. Needs population by age alone.

    Source: Hamilton & Perry (1962); Swanson, Schlottmann & Schmidt (2010), Population Research and Policy Review 29.
    """
    past = observed.population
    before, after = age_on(past[:-1]).sum(0), past[1:].sum(0)
    ratio = np.divide(after, before, out=np.ones_like(after), where=before > 0)
    children = past[1:, ..., 0].sum(0) / past[1:, ..., 0, 20:40].sum((0, -1))[:, None]
    path = [past[-1]]
    for _ in range(steps):
        end = age_on(path[-1]) * ratio
        end[..., 0] = children * end[..., 0, 20:40].sum(-1)[:, None]
        path.append(end)
    return np.stack(path)


MODELS: Mapping[str, Model] = MappingProxyType(
    {
        "net10": partial(net, windows=(10,)),
        "net3_10": partial(net, windows=(3, 10)),
        "gross": gross,
        "shrunk": shrunk,
        "average": partial(average, of=(gross, shrunk, partial(net, windows=(3, 10)))),
    }
)
"""Candidates by name. hamilton_perry stands apart: it has no flows and gives no assumptions."""
