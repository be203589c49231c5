"""Death rates ahead: Riket's by Lee-Carter, times a municipality's level."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from krokomanalys.population.cube import Array
from krokomanalys.population.national import National
from krokomanalys.population.smoothing import smooth

JUMP_OFF_YEARS = 5
"""Observed years whose mean rates the path starts from: one year's chance, and a pandemic's, weigh less."""


@dataclass(frozen=True, eq=False)
class LeeCarter:
    """log m[t, x] = a[x] + b[x] k[t], for each sex: arrays by year (T, 2) and age (2, A).

    mean a, pattern b (summing to 1 over ages), index k (summing to 0 over years), and drift, the index's mean yearly
    change, shape (2,).
    """

    mean: Array
    pattern: Array
    index: Array
    drift: Array


def lee_carter(rates: Array) -> LeeCarter:
    """Fit the Lee-Carter model to death rates, shape (T, 2, A), all above zero, by singular value decomposition.

    Source: Lee & Carter (1992), Modeling and forecasting U.S. mortality, JASA 87.
    """
    logs = np.log(rates)
    mean = logs.mean(0)
    u, s, v = np.linalg.svd(np.moveaxis(logs - mean, 1, 0), full_matrices=False)
    pattern, index = v[:, 0], u[:, :, 0] * s[:, :1]
    total = pattern.sum(-1, keepdims=True)
    pattern, index = pattern / total, (index * total).T
    return LeeCarter(mean, pattern, index, (index[-1] - index[0]) / (len(index) - 1))


def national_path(riket: National, years: Sequence[int]) -> Array:
    """Riket's death rates for the years ahead, shape (S, 2, 101), per person-year.

    The mean of the last JUMP_OFF_YEARS years, smoothed over ages, carried on by the drift of Lee-Carter's index over
    all years known. An age without deaths in a year has its mean rate of all years.
    """
    known = riket.mortality
    fitted = lee_carter(np.maximum(np.where(known > 0, known, known.mean(0)), 1e-7))
    exposure = (riket.population.values[1 : len(known) + 1])[-JUMP_OFF_YEARS:]
    jump_off = smooth((known[-JUMP_OFF_YEARS:] * exposure).sum(0), exposure.sum(0))
    middle = riket.mortality_years[-1] - (min(JUMP_OFF_YEARS, len(known)) - 1) / 2
    ahead = np.asarray(years, float).reshape(-1, 1, 1) - middle
    path: Array = jump_off * np.exp(ahead * (fitted.pattern * fitted.drift[:, None]))
    return path
