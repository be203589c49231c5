"""Ways to say after some months what a year's amounts will be, and how each would have done in earlier years.

Everything said of a year after a month is made from that year's months up to it, the budget then in force, and the
years before: `attempts` can be asked for all years at once and still nothing is known too early.
Methods: finance.md of the project, 8; the weight of a blend by least squares, shrunk (Bates & Granger 1969,
The Combination of Forecasts, Operational Research Quarterly 20).
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd

from krokomanalys.budget.monthly import Array, Months

METHODS = ("run_rate", "seasonal", "profile", "blend")
LEAST_SHARE = 0.25
"""Of what an even year would have: where less of the year than that has come, the share is not divided by."""
MIXED = 0.2
"""Where a year's sum is less than this part of its months' amounts taken without sign, shares of it mean nothing."""
PRIOR_LINES = 8.0
"""How many lines' years the prior weight of the seasonal method counts for, month/12, when it is estimated."""


@dataclass(frozen=True, eq=False)
class Attempts:
    """What each method says of each year after each month, `said` (method, Y, 12, U), beside what came, (Y, U).

    weight  (Y, 12, U) of the seasonal method in the blend; gross: |budget| in force after the month, (Y, 12, U)
    """

    said: dict[str, Array]
    weight: Array
    actual: Array
    gross: Array


def shares(months: Months, year: int) -> Array:
    """Mean share of the year that had come by the end of each month in the years before the year at a place, (12, U).

    NaN where no earlier year is known, or an earlier year's months have both signs so that its sum means little.
    """
    if not year:
        return np.full(months.outcome.shape[1:], np.nan)
    earlier = months.outcome[:year]
    sums, sizes = earlier.sum(axis=1), np.abs(earlier).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # the mean of no years is NaN, as it should be
        mean: Array = np.nanmean(earlier.cumsum(axis=1) / sums[:, np.newaxis], axis=0)
        mixed = (np.abs(sums) < MIXED * sizes).any(axis=0)
    return np.where(mixed | ~np.isfinite(mean), np.nan, mean)


def remaining(months: Months, year: int, month: int) -> dict[str, Array]:
    """What run rate, seasonal shares and budget profile each say of the months after `month`, (12, U), 0 before.

    Without one-offs. The seasonal method says what the profile says where it has no share to divide by.
    """
    ordinary = months.outcome[year, :month].sum(axis=0)
    later = np.arange(1, 13)[:, np.newaxis] > month
    known = shares(months, year)
    usable = np.abs(known[month - 1]) >= LEAST_SHARE * month / 12
    profile = np.where(later, by_month(months, year, month), 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        rest = np.where(later, np.diff(known, axis=0, prepend=0.0), 0.0)
        seasonal = np.where(usable, ordinary / known[month - 1] * rest, profile)
    return {"run_rate": np.where(later, ordinary / month, 0.0), "seasonal": seasonal, "profile": profile}


def by_month(months: Months, year: int, month: int) -> Array:
    """The budget in force after a month by month, (12, U), without one-offs.

    What is given for the whole year only is divided as earlier years' outcomes fell, or evenly where none is known.
    """
    step = np.diff(shares(months, year), axis=0, prepend=0.0)
    part = np.where(np.isfinite(step), step, 1 / 12)
    divided: Array = months.budget[year, month - 1] + months.undivided[year, month - 1] * part
    return divided


def attempts(months: Months) -> Attempts:
    """Every method's word on every year after every month."""
    actual, whole = months.actual, months.budget_year
    said = {method: np.full(whole.shape, np.nan) for method in METHODS}
    for year in range(len(months.years)):
        for month in range(1, 13):
            fixed = so_far(months, year, month) + coming(months, year, month)
            for method, rest in remaining(months, year, month).items():
                said[method][year, month - 1] = fixed + rest.sum(axis=0)
    gross = np.abs(whole)
    weight = _weights(months, said, actual, gross)
    said["blend"] = _blended(weight, said["seasonal"], said["profile"])
    return Attempts(said, weight, actual, gross)


def so_far(months: Months, year: int, month: int) -> Array:
    """The outcome of the months up to `month`, one-offs too, (U)."""
    total: Array = (months.outcome[year, :month] + months.one_offs[year, :month]).sum(axis=0)
    return total


def coming(months: Months, year: int, month: int) -> Array:
    """One-offs and commitments known to fall after `month`, (U)."""
    total: Array = (months.expected[year, month - 1] + months.committed[year])[month:].sum(axis=0)
    return total


def path(months: Months, done: Attempts, year: int, month: int) -> Array:
    """The blend month by month, cumulated from January, (12, U); the outcome up to `month`."""
    rest = remaining(months, year, month)
    ordinary = _blended(done.weight[year, month - 1], rest["seasonal"], rest["profile"])
    ended = np.arange(1, 13)[:, np.newaxis] <= month
    came = months.outcome[year] + months.one_offs[year]
    known: Array = np.where(ended, came, ordinary + months.expected[year, month - 1] + months.committed[year]).cumsum(
        axis=0
    )
    return known


def _blended(weight: Array, seasonal: Array, profile: Array) -> Array:
    """The two methods weighed together; the seasonal alone where there is no budget."""
    return np.where(np.isnan(profile), seasonal, weight * seasonal + (1 - weight) * profile)


def _weights(months: Months, said: dict[str, Array], actual: Array, gross: Array) -> Array:
    """The seasonal method's weight in the blend, (Y, 12, U): by board and month, from the years before only.

    Least squares of the profile's error on the difference between the methods, each line scaled by the square root
    of its gross budget, drawn towards month/12. A board's lines share it, so that a nämnd's own report says the
    same of it as the municipality's.
    """
    weight = np.empty_like(gross)
    error, apart = actual[:, np.newaxis] - said["profile"], said["seasonal"] - said["profile"]
    scale = np.sqrt(np.maximum(gross, 1.0))
    both = np.isfinite(error) & np.isfinite(apart)
    product = np.where(both, error * apart / scale**2, 0.0)
    square = np.where(both, apart**2 / scale**2, 0.0)
    prior = (np.arange(1, 13) / 12)[:, np.newaxis]
    boards = months.lines["board"].to_numpy()
    for board in pd.unique(boards):
        own = boards == board
        for year in range(len(months.years)):
            tried = np.s_[1:year]  # the first year had no year before it, and so no shares
            counted = both[tried][:, :, own].sum(axis=(0, 2))[:, np.newaxis]
            top = product[tried][:, :, own].sum(axis=(0, 2))[:, np.newaxis]
            bottom = square[tried][:, :, own].sum(axis=(0, 2))[:, np.newaxis]
            held = PRIOR_LINES * bottom / np.maximum(counted, 1)
            with np.errstate(invalid="ignore", divide="ignore"):
                fitted = np.where(bottom > 0, (top + held * prior) / (bottom + held), prior)
            weight[year][:, own] = np.clip(fitted, 0.0, 1.0)
    return weight
