"""How many people: ways to carry totals on, the same arithmetic for one municipality and for hundreds at once.

A way takes observed totals by year, shape (T, ...), the last observation last, and gives the `steps` years that
follow, shape (steps, ...). Trailing axes are municipalities.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType

import numpy as np

from krokomanalys.population.cube import Array
from krokomanalys.population.models import linear, no_change

Way = Callable[[Array, int], Array]
DAMPING = 0.95
"""What is left of the yearly growth after each year of the damped way."""


def mean_growth(history: Array, steps: int, windows: tuple[int, ...]) -> Array:
    """The plain average of `linear` with several windows: short ones see turns, long ones calm them."""
    carried: Array = np.mean([linear(history, steps, window) for window in windows], axis=0)
    return carried


def damped(history: Array, steps: int, window: int) -> Array:
    """The mean yearly change of the last `window` years, DAMPING times as large for each year ahead."""
    change = (history[-1] - history[-1 - window]) / window
    fading = np.cumsum(DAMPING ** np.arange(1, steps + 1)).reshape(-1, *[1] * (history.ndim - 1))
    carried: Array = history[-1] + fading * change
    return carried


WAYS: Mapping[str, Way] = MappingProxyType(
    {
        "no_change": no_change,
        "linear5": partial(linear, window=5),
        "linear10": partial(linear, window=10),
        "growth3_5_10": partial(mean_growth, windows=(3, 5, 10)),
        "damped10": partial(damped, window=10),
    }
)
"""The ways that are compared, by name: two benchmarks of no model, and averages of growth."""

YEARS_NEEDED = 11
"""Observed totals that every way can be made from: ten yearly changes."""
