"""How sure a forecast of the year is: 80 % intervals from the errors of earlier years, and how often they held."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from krokomanalys.budget.methods import Attempts, attempts
from krokomanalys.budget.monthly import Array, Months, groups

COVERAGE = 0.8
"""Share of the outcomes that an interval is meant to hold."""
PRIOR_YEARS = 2.0
"""How many years the pool's mean squared error counts for in a nämnd's own."""


@dataclass(frozen=True, eq=False)
class Whole:
    """The municipality that a nämnd's months are part of, by the same years: `board` is the nämnd's name in it.

    The nämnd's interval is taken from here, so that its own page says the same of it as the municipality's.
    """

    months: Months
    done: Attempts
    board: str


def half_widths(months: Months, done: Attempts, year: int, month: int, whole: Whole | None = None) -> Array:
    """Half of the 80 % interval around each row's blend, the total last, (G + 1); NaN where it can't be given.

    Split conformal prediction (Lei et al. 2018, Distribution-Free Predictive Inference for Regression, JASA 113), on
    the blend's own errors after the same month of earlier years, of those that had a year before them. An error is
    counted in parts of the row's gross budget, and then of the row's usual error: its own root mean square, drawn
    towards the pool's as if that were PRIOR_YEARS years more. Of n such errors the ceil(0.8 (n + 1))th in size is
    taken, so with fewer than four there is none. For the total the rows' errors of a year are added, once for each
    way of turning the rows round: what the rows of a year have in common stays in.

    whole  the municipality, where the months are one nämnd's: the total's interval is then the nämnd's row there
    """
    return _tried(months, done, year, month, whole)[0]


def _tried(months: Months, done: Attempts, year: int, month: int, whole: Whole | None) -> tuple[Array, Array]:
    """Half widths and errors (outcome - blend) of a year after a month, rows and total last, both (G + 1)."""
    error, gross = group_errors(months, done, month)
    half, off = _half(error, gross, year), np.append(error[year], error[year].sum())
    if whole is not None:
        at = groups(whole.months)[0].index(whole.board)
        error, gross = group_errors(whole.months, whole.done, month)
        half[-1], off[-1] = _half(error, gross, year)[at], error[year, at]
    return half, off


def _half(error: Array, gross: Array, year: int) -> Array:
    """`half_widths` from the rows' errors and gross budgets after one month, (Y, G)."""
    relative = (error / np.maximum(gross, 1.0))[1:year]
    known = np.isfinite(relative)
    if not known.any():
        return np.full(error.shape[1] + 1, np.nan)
    pool = np.mean(relative[known] ** 2)
    own = np.where(known, relative**2, 0.0).sum(axis=0)
    usual = np.sqrt((own + PRIOR_YEARS * pool) / (known.sum(axis=0) + PRIOR_YEARS))
    scaled = np.divide(relative, usual, out=np.where(known, 0.0, np.nan), where=usual > 0)
    wide = usual * gross[year]
    turned = np.array([(np.roll(scaled, -step, axis=1) * wide).sum(axis=1) for step in range(len(wide))])
    return np.append(conformal(scaled) * wide, conformal(turned))


def conformal(errors: Array) -> float:
    """The size that the next error stays within with probability COVERAGE, if it is of a kind with these.

    NaN where too few are known; those not known are left out.
    """
    sizes = np.sort(np.abs(errors[np.isfinite(errors)]))
    place = int(np.ceil(COVERAGE * (len(sizes) + 1) - 1e-9))
    return float(sizes[place - 1]) if place <= len(sizes) else float("nan")


def group_errors(months: Months, done: Attempts, month: int) -> tuple[Array, Array]:
    """The blend's error (outcome - blend) and the gross budget by row after a month, both (Y, G); NaN: not known.

    A row is known in a year where one of its lines is, and no line that had a forecast lacks its outcome.
    """
    _, member = groups(months)
    error = done.actual - done.said["blend"][:, month - 1]
    here = np.isfinite(error)
    summed = np.where(here, error, 0.0) @ member.T
    gross: Array = np.nan_to_num(done.gross[:, month - 1]) @ member.T
    return np.where(here @ member.T > 0, summed, np.nan), gross


def coverage(months: Months, done: Attempts | None = None, whole: Whole | None = None) -> pd.DataFrame:
    """How often the 80 % intervals held what came: year, month, rows (n, inside) and total (total_n, total_inside).

    One row for each earlier year and month whose interval could be given, made from the years before it only. `whole`
    as in half_widths.
    """
    done = done or attempts(months)
    told = []
    for month in range(1, 12):
        for at, year in enumerate(months.years):
            half, off = _tried(months, done, at, month, whole)
            given = np.isfinite(half) & np.isfinite(off)
            inside = given & (np.abs(off) <= half)
            if given.any():
                counts = (given[:-1].sum(), inside[:-1].sum(), given[-1], inside[-1])
                told.append((year, month, *map(int, counts)))
    return pd.DataFrame(told, columns=["year", "month", "n", "inside", "total_n", "total_inside"])
