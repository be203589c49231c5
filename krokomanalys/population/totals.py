"""How many people: ways to carry totals on, the same arithmetic for one municipality and for hundreds at once.

A way takes what is known of R municipalities at an origin and gives the population at the end of each of the `steps`
years that follow, shape (steps, R). What a municipality has in common with Riket and what is its own are kept apart:
a total is the base times Riket's growth times the municipality's own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

import numpy as np

from krokomanalys.errors import Fault, InputError
from krokomanalys.population.cube import Array
from krokomanalys.population.national import National
from krokomanalys.population.records import COMPONENTS, GROUPS, Record

YEARS_NEEDED = 11
"""Observed totals that every way can be made from: ten yearly changes."""
LONG, RECENT = 20, 3
"""Years of the municipality's lasting pace against Riket's (as many as there are, at most), and of its recent one."""
LASTING = 0.85
"""What of a municipality's pace against Riket's is taken to last: places return some way towards Riket."""
KEPT = 0.7
"""What is left each year of the recent pace's difference from the lasting one, and of Riket's from its mean."""
DAMPING = 0.95
"""What is left of the yearly growth after each year of the damped way."""


@dataclass(frozen=True, eq=False)
class Past:
    """What is known of R municipalities, and of Riket, at the end of the last of `years`.

    totals   persons on 31 December, shape (T, R), NaN in the years before a municipality's own run begins
    natural, domestic, foreign  yearly births minus deaths and net migration, shape (T, R), NaN where not published
    riket    Riket's series; they may run on after the last year, as what is already known of the years ahead
    """

    regions: tuple[str, ...]
    years: tuple[int, ...]
    totals: Array
    natural: Array
    domestic: Array
    foreign: Array
    riket: National

    @property
    def base_year(self) -> int:
        """The last year."""
        return self.years[-1]


def past_of(read: Record, riket: National, base_year: int) -> Past:
    """What a record and Riket's series say up to `base_year`, totals as far back as the municipality misses none.

    Raises:
        InputError: a municipality has too few years of totals in a row.
    """
    if base_year not in riket.totals.index:
        raise InputError(
            Fault(
                GROUPS,
                f"riket (region 00) saknar folkmängd, födda eller döda för {base_year}",
                "rikets folkmängd i groups.csv (total, T) och födda och döda i components.csv (T)",
                f"Lägg till dem, eller välj ett utgångsår till och med {riket.totals.index[-1]}",
            )
        )
    last = read.years.index(base_year)
    unbroken = np.logical_and.accumulate(~np.isnan(read.totals[last::-1]))[::-1]
    runs = unbroken.sum(0)
    if (runs < YEARS_NEEDED).any():
        raise InputError(
            [
                Fault(
                    GROUPS,
                    f"region {read.regions[r]}: folkmängd saknas för något av de {YEARS_NEEDED} åren till {base_year}",
                    "hela folkmängden (age_group total, sex T) för vart och ett",
                )
                for r in np.flatnonzero(runs < YEARS_NEEDED)
            ]
        )
    t = slice(last + 1 - runs.max(), last + 1)
    return Past(
        read.regions,
        read.years[t],
        np.where(unbroken, read.totals[: last + 1], np.nan)[t],
        (read.births - read.deaths)[t],
        read.net_domestic[t],
        read.net_foreign[t],
        riket,
    )


Way = Callable[[Past, int], Array]


def no_change(history: Array, steps: int) -> Array:
    """The last observation repeated: (T, ...) -> (steps, ...)."""
    return np.repeat(history[-1:], steps, axis=0)


def linear(history: Array, steps: int, window: int) -> Array:
    """The last observation plus the mean yearly change of the last `window` years: (T, ...) -> (steps, ...).

    Raises:
        ValueError: there are not `window` changes to take the mean of.
    """
    if len(history) <= window:
        raise ValueError(f"{len(history)} observations give no mean of {window} changes")
    change = (history[-1] - history[-1 - window]) / window
    carried: Array = history[-1] + _ahead(steps, history.ndim) * change
    return carried


def mean_growth(past: Past, steps: int, windows: tuple[int, ...]) -> Array:
    """The plain average of `linear` with several windows: short ones see turns, long ones calm them."""
    carried: Array = np.mean([linear(past.totals, steps, window) for window in windows], axis=0)
    return carried


def damped(past: Past, steps: int, window: int) -> Array:
    """The mean yearly change of the last `window` years, DAMPING times as large for each year ahead."""
    change = (past.totals[-1] - past.totals[-1 - window]) / window
    carried: Array = past.totals[-1] + np.cumsum(DAMPING ** _ahead(steps, 2), axis=0) * change
    return carried


def riket_path(riket: National, base_year: int, steps: int) -> Array:
    """Riket's own projection: persons at the end of each year after `base_year`, shape (steps,).

    Years already known are as they were. After them, the mean of two: the last five years' mean change, and components:
    births minus deaths as the mean of the last three years, net migration returning from its last year to its mean of
    twenty years, KEPT of the difference left each year.
    """
    known: Array = np.asarray(riket.totals, np.float64)
    last, ahead = int(riket.totals.index[-1]), base_year + steps - int(riket.totals.index[-1])
    after = known[len(known) - (last - base_year) :] if last > base_year else known[:0]
    if ahead <= 0:
        return after[:steps]
    natural = (riket.births - riket.deaths).reindex(riket.totals.index).to_numpy(np.float64)
    moves = (np.diff(known, prepend=np.nan) - natural)[-LONG:]
    usual = np.nanmean(moves)
    returning = usual + (moves[-1] - usual) * KEPT ** np.arange(1, ahead + 1)
    parts = known[-1] + np.cumsum(np.nanmean(natural[-RECENT:]) + returning)
    return np.concatenate([after, (linear(known, ahead, 5) + parts) / 2])


def own_pace(past: Past, window: int) -> Array:
    """How much faster a year than Riket's the populations grew over the last `window` years, in logarithms, (R,).

    As many years as are known where they are fewer.
    """
    years = np.minimum(window, (~np.isnan(past.totals)).sum(0) - 1)
    growth = np.log(past.totals[-1] / past.totals[-1 - years, np.arange(len(years))])
    riket = past.riket.totals
    national = np.log(riket.loc[past.base_year] / riket.loc[past.base_year - years].to_numpy(np.float64))
    pace: Array = (growth - national) / years
    return pace


def local_path(past: Past, steps: int, returning: bool) -> Array:
    """The municipalities' own growth against Riket's, cumulated logarithms, shape (steps, R).

    LASTING of the pace of LONG years; with `returning`, from that of RECENT years, KEPT of the difference left each
    year.
    """
    lasting = LASTING * own_pace(past, LONG)
    path = _ahead(steps, 2) * lasting
    if returning:
        path = path + np.cumsum(KEPT ** _ahead(steps, 2), axis=0) * (LASTING * own_pace(past, RECENT) - lasting)
    return path


def relative(past: Past, steps: int, returning: bool) -> Array:
    """Riket's own projection times the municipality's own path against it."""
    national = riket_path(past.riket, past.base_year, steps) / past.riket.totals.loc[past.base_year]
    carried: Array = past.totals[-1] * national[:, None] * np.exp(local_path(past, steps, returning))
    return carried


def joined(past: Past, steps: int) -> Array:
    """The plain average of `relative` with the lasting pace and with the recent pace returning to it."""
    carried: Array = (relative(past, steps, returning=False) + relative(past, steps, returning=True)) / 2
    return carried


def apart(past: Past, steps: int) -> tuple[Array, Array]:
    """The change that `joined` gives by the end of each year, apart: with Riket, and the place's own, (steps, R)."""
    national = riket_path(past.riket, past.base_year, steps) / past.riket.totals.loc[past.base_year] - 1
    with_riket = past.totals[-1] * national[:, None]
    return with_riket, joined(past, steps) - past.totals[-1] - with_riket


def components(past: Past, steps: int) -> Array:
    """Births minus deaths (mean of RECENT years), domestic net (of ten), and a share of Riket's foreign net.

    Riket's net migration returns to its mean of LONG years; a municipality's share of it is that of ten years.

    Raises:
        InputError: a municipality lacks one of the series in the ten years.
    """
    ten = {"födda och döda": past.natural, "inrikes flyttnetto": past.domestic, "utrikes flyttnetto": past.foreign}
    for words, series in ten.items():
        if np.isnan(series[-10:]).any():
            place = past.regions[int(np.argmax(np.isnan(series[-10:]).any(0)))]
            raise InputError(
                Fault(
                    COMPONENTS,
                    f"region {place} saknar {words} för något av åren {past.base_year - 9}–{past.base_year}",
                    "serierna för tio år, som modellen components behöver",
                    "Lägg till dem eller välj en annan modell",
                )
            )
    riket = past.riket.totals.loc[: past.base_year]
    natural = (past.riket.births - past.riket.deaths).reindex(riket.index)
    moves = (riket.diff() - natural).to_numpy(np.float64)[-LONG:]
    usual = np.nanmean(moves)
    ahead = usual + (moves[-1] - usual) * KEPT ** _ahead(steps, 2)
    share = past.foreign[-10:].sum(0) / moves[-10:].sum()
    yearly = past.natural[-RECENT:].mean(0) + past.domestic[-10:].mean(0) + share * ahead
    carried: Array = past.totals[-1] + np.cumsum(yearly, axis=0)
    return carried


def _ahead(steps: int, dimensions: int) -> Array:
    return np.arange(1.0, steps + 1).reshape(-1, *[1] * (dimensions - 1))


WAYS: Mapping[str, Way] = MappingProxyType(
    {
        "no_change": lambda past, steps: no_change(past.totals, steps),
        "linear5": lambda past, steps: linear(past.totals, steps, 5),
        "linear10": lambda past, steps: linear(past.totals, steps, 10),
        "growth3_5_10": partial(mean_growth, windows=(3, 5, 10)),
        "damped10": partial(damped, window=10),
        "components": components,
        "relative": partial(relative, returning=False),
        "returning": partial(relative, returning=True),
        "joined": joined,
    }
)
"""The ways that are compared, by name: three benchmarks of no model, five candidates, and the average that is used."""
