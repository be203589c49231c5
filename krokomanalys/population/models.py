"""Models: how the years ahead may differ from those observed.

no_change and linear carry any series on (totals or groups) and are the benchmarks; net10 gives the assumptions of
a cohort-component projection.
"""

from __future__ import annotations

import numpy as np

from krokomanalys.population.cube import Array
from krokomanalys.population.history import History
from krokomanalys.population.rates import girls_share, local_level, national_fertility, national_mortality
from krokomanalys.population.step import Assumptions
from krokomanalys.regions import NATION
from krokomanalys.sources.available import HISTORY_YEARS
from krokomanalys.sources.slices import PopulationTables

NET_YEARS = HISTORY_YEARS
NATIONAL_YEARS = 5
MODELS = {"net10": "kohortmetod med tio års medel av flyttnettot efter ålder och kön (net10)"}


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
    ahead = np.arange(1, steps + 1).reshape(-1, *[1] * (history.ndim - 1))
    carried: Array = history[-1] + ahead * change
    return carried


def net10(history: History, tables: PopulationTables, steps: int, known: int) -> Assumptions:
    """Natural change by rates, net migration by age and sex as the mean of the observed ten years.

    Where the mean is positive, persons move in; where it is negative, people move out at that number over the same
    years' exposure, so that the outflow shrinks with the cohort. Death rates and fertility are Riket's mean of the
    last NATIONAL_YEARS years up to `known`, times a local level from the observed years, constant ahead.
    """
    net, exposure = history.net_migration.mean(0), history.exposure.mean(0)
    leaving = np.divide(np.maximum(-net, 0), exposure, out=np.zeros_like(net), where=exposure > 0)
    national = [y for y in range(known - NATIONAL_YEARS + 1, known + 1)]
    deaths = national_mortality(tables.single, tables.deaths, national).mean(0)
    fertility = national_fertility(tables.single, tables.births, national).mean(0)
    death_level, birth_level = local_levels(history, tables)

    def constant(values: Array) -> Array:
        return np.broadcast_to(values, (steps, *values.shape))

    return Assumptions(
        mortality=constant(deaths * death_level),
        fertility=constant(fertility * birth_level),
        out_migration=constant(leaving),
        in_migration=constant(np.maximum(net, 0)),
        girls_share=constant(np.array(girls_share(tables.births, national))),
    )


def local_levels(history: History, tables: PopulationTables) -> tuple[float, float]:
    """Local level of deaths and of births: observed against what Riket's rates of each year give, shrunk hard."""
    years = list(history.years)
    deaths = national_mortality(tables.single, tables.deaths, years)
    fertility = national_fertility(tables.single, tables.births, years)
    expected_deaths = float((deaths * history.exposure).sum())
    expected_births = float((fertility * history.exposure[:, 0]).sum())
    return (
        local_level(float(history.deaths.sum()), expected_deaths),
        local_level(float(history.births.sum()), expected_births),
    )


def national_years(tables: PopulationTables) -> int:
    """The last year for which Riket has population, deaths and births by age."""
    have = [set(t.loc[t["region"] == NATION, "year"]) for t in (tables.single, tables.deaths, tables.births)]
    return int(max(set.intersection(*have)))
