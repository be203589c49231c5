"""The outlook of a municipality: its observed years, the projection from them, and the benchmarks beside it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from krokomanalys.errors import Fault, InputError
from krokomanalys.population.cube import Array
from krokomanalys.population.forecast import DEFAULT, PLANS, forecast, projection_of
from krokomanalys.population.history import History, has_flows_by_age
from krokomanalys.population.models import local_levels
from krokomanalys.population.national import National, national
from krokomanalys.population.projection import Projection
from krokomanalys.population.records import Record, record
from krokomanalys.population.shape import Shape, borrow
from krokomanalys.population.totals import apart, linear, no_change, past_of, riket_path
from krokomanalys.sources.available import HISTORY_YEARS
from krokomanalys.sources.slices import PopulationTables


@dataclass(frozen=True, eq=False)
class Outlook:
    """A projection with what it rests on and what it is to be held against.

    totals     published population on 31 December by year, until the base year
    path       projected population by year, the base year included
    linear10, no_change  benchmarks by year, the base year included
    national   change since the base year that comes of growing with Riket, persons by year; NaN where the model's
               total is not made so
    riket      Riket's own projection by year, the base year included
    riket_until  the last year of which Riket's figures are used
    levels     local level of deaths and of births against Riket, 1 = as Riket
    model      the model in words, Swedish
    """

    history: History
    projection: Projection
    totals: pd.Series[float]
    path: pd.Series[float]
    linear10: pd.Series[float]
    no_change: pd.Series[float]
    national: pd.Series[float]
    riket: pd.Series[float]
    riket_until: int
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
    model: str = DEFAULT,
    riket: National | None = None,
) -> Outlook:
    """Project a municipality from 31 December of `base_year` to that of `horizon`.

    `riket` is national(tables) where that is known already, as of other municipalities with the same last year.

    Raises:
        InputError: an unknown model, a horizon that isn't after the base year, or figures that the method needs and
            that are not there (see history.observe_all, totals.past_of).
    """
    if model not in PLANS:
        raise InputError(Fault("model", f'"{model}" finns inte', "någon av " + ", ".join(PLANS)))
    if horizon <= base_year:
        raise InputError(
            Fault("horizon", f"{horizon} ligger inte efter utgångsåret {base_year}", f"ett år från {base_year + 1}")
        )
    riket, steps = riket or national(tables), horizon - base_year
    known = tables.groups.loc[tables.groups["region"] == municipality, "year"]
    read = record(tables, [municipality], int(known.min()), base_year)
    shape = shape_for(tables, read, base_year, shape_from)
    made = forecast(read, riket, base_year, steps, shape, model)
    years = pd.Index(range(base_year, horizon + 1), name="year")
    past = past_of(read, riket, base_year)
    base = past.totals[-1:]

    def by_year(values: Array) -> pd.Series[float]:
        return pd.Series(values[:, 0], index=years)

    projection = projection_of(made, 0, base_year)
    national_part = apart(past, steps)[0] if PLANS[model].total == "joined" else np.full((steps, 1), np.nan)
    ahead = riket_path(riket, base_year, steps)[:, None]
    deaths, births = local_levels(made.observed, riket)
    return Outlook(
        history=made.observed.of(0),
        projection=projection,
        totals=pd.Series(past.totals[:, 0], index=pd.Index(past.years, name="year")),
        path=projection.population.totals,
        linear10=by_year(np.concatenate([base, linear(past.totals, steps, HISTORY_YEARS)])),
        no_change=by_year(np.concatenate([base, no_change(past.totals, steps)])),
        national=by_year(np.concatenate([np.zeros((1, 1)), national_part])),
        riket=by_year(np.concatenate([[[riket.totals.loc[base_year]]], ahead])),
        riket_until=int(riket.totals.index[-1]),
        levels=(float(deaths[0]), float(births[0])),
        model=PLANS[model].words,
    )


def shape_for(tables: PopulationTables, read: Record, base_year: int, shape_from: str | None) -> Shape | None:
    """The shape that a municipality's ages of migration are borrowed from, None where it has its own for all years.

    A municipality that has its own for some of the years lends to itself where no other is named.

    Raises:
        InputError: it needs one and none is named, or the one named has none.
    """
    first = base_year - HISTORY_YEARS + 1
    if first - 1 in read.years and has_flows_by_age(read, first, base_year)[0]:
        return None
    own = read.regions[0] if not np.isnan(read.in_by_age).all() else None
    return borrow(tables, read.regions[0], first, base_year, shape_from or own)
