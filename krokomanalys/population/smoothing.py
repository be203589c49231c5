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
    is zero.

    Source: Eilers & Marx (1996), Flexible smoothing with B-splines and penalties, Statistical Science 11.
    """
    ages = events.shape[-1]
    curves = zip(events.reshape(-1, ages), np.maximum(exposure.reshape(-1, ages), _NOBODY), strict=True)
    return np.stack([_best(y, e) if y.sum() > 0 else np.zeros(ages) for y, e in curves]).reshape(events.shape)


def _best(events: Array, exposure: Array) -> Array:
    """The fit of one curve with the lowest BIC."""
    log_rates = np.full(len(events), np.log(events.sum() / exposure.sum()))
    fits = []
    for penalty in reversed(PENALTIES):
        log_rates, bic = _fit(events, exposure, penalty, log_rates)
        fits.append((bic, log_rates))
    best: Array = np.exp(min(fits, key=lambda fit: fit[0])[1])
    return best


def _fit(events: Array, exposure: Array, penalty: float, log_rates: Array) -> tuple[Array, float]:
    """Penalised Poisson log rates of one curve and their BIC, by iterated weighted least squares from `log_rates`."""
    from scipy.linalg import cho_solve_banded, cholesky_banded, solveh_banded

    ages = len(events)
    rough = penalty * _roughness(ages)
    bands = np.stack([np.pad(np.diagonal(rough, k), (k, 0)) for k in (2, 1, 0)])
    for _ in range(100):
        mean = exposure * np.exp(log_rates)
        system = bands.copy()
        system[2] += mean
        step = solveh_banded(system, mean * log_rates + events - mean) - log_rates
        log_rates = log_rates + np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-7:
            break
    mean = exposure * np.exp(log_rates)
    system = bands.copy()
    system[2] += mean
    used = float(np.trace(cho_solve_banded((cholesky_banded(system), False), np.diag(mean))))
    ratio = np.where(events > 0, events / mean, 1)
    deviance = 2 * float((events * np.log(ratio) - events + mean).sum())
    return log_rates, deviance + np.log(ages) * used


@cache
def _roughness(ages: int) -> Array:
    """The matrix R such that r' R r is the weighted sum of squared second differences of log rates r."""
    difference = np.diff(np.eye(ages), 2, axis=0)
    weight = np.ones(ages - 2)
    weight[_YOUNG_ADULTS] = _FREEDOM
    rough: Array = difference.T @ (weight[:, None] * difference)
    return rough


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
