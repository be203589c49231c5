"""The outlook of a municipality: its observed years, the projection from them, and the benchmarks beside it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from krokomanalys.errors import Fault, InputError
from krokomanalys.population.cube import Array
from krokomanalys.population.history import History, observe
from krokomanalys.population.models import MODELS, NET_YEARS, linear, local_levels, national_years, net10, no_change
from krokomanalys.population.projection import Projection, project
from krokomanalys.sources.slices import PopulationTables


@dataclass(frozen=True, eq=False)
class Outlook:
    """A projection with what it rests on and what it is to be held against.

    totals     published population on 31 December by year, until the base year
    path       projected population by year, the base year included
    linear10, no_change  benchmarks by year, the base year included
    levels     local level of deaths and of births against Riket, 1 = as Riket
    model      the model in words, Swedish
    """

    history: History
    projection: Projection
    totals: pd.Series[float]
    path: pd.Series[float]
    linear10: pd.Series[float]
    no_change: pd.Series[float]
    levels: tuple[float, float]
    model: str

    @property
    def base_year(self) -> int:
        """The year whose 31 December the projection starts from."""
        return self.projection.base_year


def outlook(
    tables: PopulationTables,
    municipality: str,
    base_year: int,
    horizon: int,
    shape_from: str | None = None,
    model: str = "net10",
) -> Outlook:
    """Project a municipality from 31 December of `base_year` to that of `horizon`.

    Raises:
        InputError: an unknown model, a horizon that isn't after the base year, or figures that the method needs and
            that are not there (see history.observe).
    """
    if model not in MODELS:
        raise InputError(Fault("model", f'"{model}" finns inte', "någon av " + ", ".join(MODELS)))
    if horizon <= base_year:
        raise InputError(
            Fault("horizon", f"{horizon} ligger inte efter utgångsåret {base_year}", f"ett år från {base_year + 1}")
        )
    history = observe(tables, municipality, base_year - NET_YEARS + 1, base_year, shape_from)
    steps = horizon - base_year
    assumptions = net10(history, tables, steps, national_years(tables))
    projection = project(history.population[base_year], base_year, assumptions, municipality)
    own = tables.groups[
        (tables.groups["region"] == municipality)
        & (tables.groups["age_group"] == "total")
        & (tables.groups["sex"] == "T")
        & (tables.groups["year"] <= base_year)
    ]
    totals = own.set_index("year")["population"].astype(float).sort_index()
    years = pd.Index(range(base_year, horizon + 1), name="year")

    known: Array = np.asarray(totals, np.float64)

    def carried(values: Array) -> pd.Series[float]:
        return pd.Series(np.concatenate([known[-1:], values]), index=years)

    return Outlook(
        history,
        projection,
        totals,
        projection.population.totals,
        carried(linear(known, steps, NET_YEARS)),
        carried(no_change(known, steps)),
        local_levels(history, tables),
        MODELS[model],
    )
