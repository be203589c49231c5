"""The whole year's forecast after some months, by line and by nämnd, with an 80 % interval from earlier errors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from krokomanalys.budget.intervals import Whole, half_widths
from krokomanalys.budget.methods import METHODS, Attempts, attempts, path, so_far
from krokomanalys.budget.monthly import Array, Mask, Months, groups
from krokomanalys.sources.layouts import LEDGER


@dataclass(frozen=True, eq=False)
class Forecast:
    """A year's computed forecast after `month` months, in the ledger's unit and with its signs.

    lines  board, line, kind, to_date, budget, run_rate, seasonal, profile, blend, weight (of the seasonal method in
           the blend) and periodised (whether all of the line's budget is given by month)
    rows   the same summed to net, a row a nämnd (a line where there is only one nämnd): name, role (row | total),
           then low and high, the ends of the 80 % interval around the blend; NaN where too few errors are known
    curve  (12, rows) the blend cumulated month by month, in the order of `rows`
    lacking  rows that have lines whose outcome isn't given by month: nothing can be said of them, nor of the total
    years  earlier years with known months; tested: of those, the years whose errors the interval is from
    """

    year: int
    month: int
    lines: pd.DataFrame
    rows: pd.DataFrame
    curve: Array
    lacking: tuple[str, ...]
    years: int
    tested: int


def forecast(months: Months, month: int, done: Attempts | None = None, whole: Whole | None = None) -> Forecast:
    """The last year's forecast after `month` of its months; `done`: the attempts, where they are made already.

    whole  the municipality, where the months are one nämnd's (see intervals.half_widths)

    A ledger without earlier years has only the budget's profile to go by: blend and seasonal are then the profile,
    `years` is 0 and there is no interval.
    """
    done = done or attempts(months)
    year = len(months.years) - 1
    told = {
        "to_date": so_far(months, year, month),
        "budget": months.budget_year[year, month - 1],
        **{method: done.said[method][year, month - 1] for method in METHODS},
    }
    periodised = months.undivided[year, month - 1] == 0
    weight = done.weight[year, month - 1]
    lines = months.lines.assign(**told, weight=weight, periodised=periodised)
    names, member = groups(months)
    here: Mask = ~np.isnan(so_far(months, year, month))
    held = here | months.lacking
    of_rows = [(own > 0) & held for own in member]  # not a matrix product: what is not known of one row is not all's
    sums = {column: [amounts[own].sum() for own in of_rows] for column, amounts in told.items()}
    divided = member @ (held & ~periodised) == 0
    rows = pd.DataFrame({"name": names, "role": "row", **sums, "periodised": divided})
    rows = rows.loc[[bool(own.any()) for own in of_rows]]
    total = {column: rows[column].sum(skipna=False) for column in sums}
    last = pd.DataFrame([{"name": "", "role": "total", **total, "periodised": bool(rows["periodised"].all())}])
    half = half_widths(months, done, year, month, whole)[[*rows.index, -1]]
    curve = path(months, done, year, month)
    curve = np.column_stack([curve[:, of_rows[place]].sum(axis=1) for place in rows.index])
    rows = pd.concat([rows, last], ignore_index=True)
    rows["low"], rows["high"] = rows["blend"] - half, rows["blend"] + half
    known = [bool(np.isfinite(became).any()) for became in done.actual[:year]]
    return Forecast(
        year=months.years[year],
        month=month,
        lines=lines.loc[here].reset_index(drop=True),
        rows=rows,
        curve=np.column_stack([curve, curve.sum(axis=1)]),
        lacking=tuple(name for name, own in zip(names, member @ months.lacking, strict=True) if own),
        years=sum(known),
        tested=sum(known[1:]),
    )


def forecast_rows(made: Forecast, region: str, version: str, decided: str, rounded_to: float = 1.0) -> pd.DataFrame:
    """The forecast as rows of a new ledger file: the columns of sources.layouts.LEDGER, an amount a line and kind.

    version  the forecast's name; decided: the day it is made, ISO. Amounts are rounded to `rounded_to`.
    """
    rows = made.lines[["board", "line", "kind"]].reset_index(drop=True)
    rows["region"], rows["year"], rows["month"] = region, made.year, pd.array([pd.NA] * len(rows), dtype="Int64")
    rows["basis"], rows["version"], rows["decided"] = "forecast", version, decided
    rows["through"], rows["maker"] = made.month, "computed"
    rows["amount"] = np.round(made.lines["blend"].to_numpy() / rounded_to) * rounded_to
    rows["note"] = f"beräknad efter månad {made.month}"
    for column in LEDGER.columns:
        if column not in rows:
            rows[column] = ""
    return rows[list(LEDGER.columns)]
