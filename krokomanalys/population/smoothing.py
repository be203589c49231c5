"""Rates where events are few: smooth over ages, and shrunk towards a place that has more of them."""

from __future__ import annotations

from functools import cache

import numpy as np

from krokomanalys.population.cube import Array

PENALTIES = (1.0, 10.0, 100.0, 1e3, 1e4, 1e5)
"""Strengths of smoothing that are tried; the best by BIC is taken."""
_YOUNG_ADULTS = slice(15, 29)
_FREEDOM = 0.002
"""How much of the penalty holds at the ages of leaving home, where rates turn from one year of age to the next."""
_NOBODY = 1e-9
"""Exposure in place of none: no events can come of it."""
STRENGTHS = 10.0 ** np.linspace(-1, 5, 61)
"""Prior strengths, in events, among which the marginal likelihood chooses."""


def smooth(events: Array, exposure: Array) -> Array:
    """Events per person-year by age, smoothed on the log scale so that the peak at 19-24 stays.

    Poisson counts with a penalty on second differences of the log rate (Whittaker smoothing, the P-spline with a knot
    at each age), its strength chosen by BIC for each curve. The penalty is light where people leave home. All events
    are kept: the smoothed rates give the same number. `events` and `exposure` are (..., A); a curve without events
    is zero. The curves go through the same arrays; each is as it would be alone.

    Source: Eilers & Marx (1996), Flexible smoothing with B-splines and penalties, Statistical Science 11.
    """
    rates = np.zeros(events.shape)
    some = events.sum(-1) > 0
    if some.any():
        rates[some] = _best(events[some], np.maximum(exposure[some], _NOBODY))
    return rates


def _best(events: Array, exposure: Array) -> Array:
    """The rates (N, A) of each curve's fit with the lowest BIC."""
    level = np.log(events.sum(-1) / exposure.sum(-1))
    log_rates, fits = np.repeat(level[:, None], events.shape[-1], axis=1), []
    for penalty in reversed(PENALTIES):
        log_rates = _fit(events, exposure, penalty, log_rates)
        fits.append(np.exp(log_rates))
    rates = np.stack(fits[::-1])
    best: Array = rates[_bic(events, exposure * rates).argmin(0), np.arange(len(events))]
    return best


def _fit(events: Array, exposure: Array, penalty: float, log_rates: Array) -> Array:
    """Penalised Poisson log rates (N, A), by iterated weighted least squares from `log_rates`."""
    from scipy.linalg import solveh_banded

    moving = np.ones((len(events), 1), bool)
    for _ in range(100):
        mean = exposure * np.exp(log_rates)
        solved = solveh_banded(_systems(mean, penalty), (mean * log_rates + events - mean).ravel())
        step = np.where(moving, solved.reshape(mean.shape) - log_rates, 0)
        log_rates = log_rates + np.clip(step, -2, 2)
        moving = np.abs(step).max(-1, keepdims=True) >= 1e-7
        if not moving.any():
            break
    return log_rates


def _bic(events: Array, mean: Array) -> Array:
    """BIC (P, N) of the fits with each penalty that expect `mean` events (P, N, A): deviance and parameters in use."""
    from scipy.linalg import cholesky_banded

    ratio = np.where(events > 0, events / mean, 1)
    deviance = 2 * (events * np.log(ratio) - events + mean).sum(-1)
    systems = np.concatenate([_systems(*fit) for fit in zip(mean, PENALTIES, strict=True)], axis=1)
    inverse = _inverse_diagonals(cholesky_banded(systems).reshape(3, -1, mean.shape[-1]))
    used = (mean * inverse.reshape(mean.shape)).sum(-1)
    bic: Array = deviance + np.log(mean.shape[-1]) * used
    return bic


def _systems(mean: Array, penalty: float) -> Array:
    """The curves' systems laid end to end as one: its second, first and main diagonal, (3, N * A)."""
    bands = np.empty((3, *mean.shape))
    bands[:] = penalty * _roughness(mean.shape[-1])
    bands[2] += mean
    return bands.reshape(3, -1)


def _inverse_diagonals(factors: Array) -> Array:
    """Diagonals (N, A) of the inverses of matrices with Cholesky factors U'U: U's second, first and main, (3, N, A).

    Source: Takahashi, Fagan & Chin (1973), the elements of an inverse within the band, from the last to the first.
    """
    ages = factors.shape[-1]
    second, first, main = np.moveaxis(factors, -1, 1)
    inverse, beside = np.zeros((2, ages + 2, len(main[0])))
    second, first = (
        np.append(band[k:], np.zeros_like(band[:k]), axis=0) / main for k, band in ((2, second), (1, first))
    )
    for a in reversed(range(ages)):
        beside[a] = -first[a] * inverse[a + 1] - second[a] * beside[a + 1]
        two_off = -first[a] * beside[a + 1] - second[a] * inverse[a + 2]
        inverse[a] = main[a] ** -2 - first[a] * beside[a] - second[a] * two_off
    diagonals: Array = inverse[:-2].T
    return diagonals


@cache
def _roughness(ages: int) -> Array:
    """The matrix R such that r' R r is the weighted sum of squared second differences of log rates r.

    Its second, first and main diagonal, the upper two from their end, (3, 1, A).
    """
    difference = np.diff(np.eye(ages), 2, axis=0)
    weight = np.ones(ages - 2)
    weight[_YOUNG_ADULTS] = _FREEDOM
    rough = difference.T @ (weight[:, None] * difference)
    return np.stack([np.pad(np.diagonal(rough, k), (k, 0)) for k in (2, 1, 0)])[:, None]


def shrink(events: Array, expected: Array) -> tuple[Array, Array]:
    """How each cell's events stand to what a prior expects, drawn towards the place's own level.

    Gamma-Poisson: cell a has `events` with mean expected x level x theta, and theta has mean 1 and the variance
    1 / k. The estimate of level x theta is level x (events + k) / (level x expected + k): a cell with many expected
    events follows its own, one with few the prior's. `events` and `expected` are (..., A); returned are the estimates
    (..., A) and k (...), by maximum marginal likelihood (negative binomial) over the cells.

    Source: Statistics Norway, Documents 2020/03 (empirical Bayes).
    """
    from scipy.special import gammaln

    totals = expected.sum(-1, keepdims=True)
    level = np.divide(events.sum(-1, keepdims=True), totals, out=np.zeros_like(totals), where=totals > 0)
    mean = level * expected
    k = STRENGTHS.reshape(-1, *[1] * events.ndim)
    fit = (gammaln(events + k) - gammaln(k) + k * np.log(k) - (events + k) * np.log(mean + k)) + events * np.log(
        np.where(mean > 0, mean, 1)
    )
    strength = STRENGTHS[np.argmax(fit.sum(-1), axis=0)]
    estimate: Array = level * (events + strength[..., None]) / (mean + strength[..., None])
    return estimate, strength
