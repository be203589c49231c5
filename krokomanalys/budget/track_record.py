"""The record of forecasts: what was said of each year and when, what came, and how well each forecaster has done.

A forecast is judged against the simplest one there is, that the budget then in force will hold.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from krokomanalys.budget.ledger import Ledger, amounts
from krokomanalys.budget.methods import METHODS, Attempts
from krokomanalys.budget.monthly import Array, Mask, Months, groups
from krokomanalys.budget.variance import follow_up
from krokomanalys.budget.versions import through
from krokomanalys.sources.ledger import TableName

MANAGERS, KEPT = "managers", "kept"
"""Who made a forecast that stands in a ledger: it was handed in, or computed and kept. Others are named by method."""
RECORD = ("who", "version", "year", "month", "name", "role", "forecast", "outcome", "budget", "base")
"""Columns of a record: `month` is the last one known when it was made (NA: not known), `name` the row ("" the total),
role row | total, the budget that was in force then, and what per cent are counted of: |budget|, for a total of both
net costs and net incomes the larger of them. Amounts as in the ledger's table `net`."""


def record(ledgers: Sequence[Ledger]) -> pd.DataFrame:
    """The forecasts in the ledgers of whole years, each version a decision, with what came; columns RECORD.

    Those that notes give only as a variance are here too, as totals. A year that has not ended is not here.
    """
    found = [part for ledger in ledgers if _ended(ledger) for part in (_of_rows(ledger), _of_notes(ledger))]
    rows = [row for part in found for row in part]
    frame = pd.DataFrame(rows, columns=list(RECORD)).astype({"month": "Int64"})
    return frame.sort_values(["year", "month"], kind="stable", ignore_index=True)


def computed(months: Months, done: Attempts) -> pd.DataFrame:
    """What each method would have said of each whole year after each month but the last; columns RECORD.

    Made from what was known then only, see budget.methods. The first year has no year before it and is left out.
    """
    names, member = groups(months)
    told: list[tuple[object, ...]] = []
    for at, year in list(enumerate(months.years))[1:]:
        known = np.isfinite(done.actual[at])
        shown = member @ known > 0
        places = [*((name, "row") for name, here in zip(names, shown, strict=True) if here), ("", "total")]
        came = _summed(done.actual[at], known, member)[shown]
        for month in range(1, 12) if shown.any() else ():
            planned = _summed(months.budget_year[at, month - 1], known, member)[shown]
            base = (*np.abs(planned), base_of(pd.Series(planned)))
            for method in METHODS:
                said = _summed(done.said[method][at, month - 1], known, member)[shown]
                amounts_of = zip(*((*part, part.sum()) for part in (said, came, planned)), base, strict=True)
                told += [(method, "", year, month, *p, *a) for p, a in zip(places, amounts_of, strict=True)]
    return pd.DataFrame(told, columns=list(RECORD)).astype({"month": "Int64"})


def scores(record: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """How good the forecasts of a record are, a row for each group of the columns `by`.

    count       forecasts with both forecast and outcome known
    bias        mean error; error = outcome - forecast: above zero, it went better than was said
    mae         mean |error|
    mape        mean |error| in per cent of the base, of those with one
    mase        mae in parts of what "the budget holds" had: below one, better than that; NaN where that was never off
    bias_share  the part of the mean squared error that comes from the bias (Theil 1966, Applied Economic Forecasting)
    sign_p      probability of so uneven a split of better and worse, if both were as likely (two-sided sign test)

    The last two are NaN for a single forecast, of which they say nothing.
    """
    known = record.dropna(subset=["forecast", "outcome"])
    told = []
    for key, own in known.groupby(list(by), sort=False):
        error = (own["outcome"] - own["forecast"]).to_numpy(dtype=float)
        naive = np.abs((own["outcome"] - own["budget"]).to_numpy(dtype=float))
        base = own["base"].to_numpy(dtype=float)
        size, squared, several = np.abs(error), float(np.mean(error**2)), len(error) > 1
        with np.errstate(invalid="ignore", divide="ignore"):
            relative = (size / base)[base > 0]
        told.append(
            {
                **dict(zip(by, key, strict=True)),
                "count": len(error),
                "bias": error.mean(),
                "mae": size.mean(),
                "mape": relative.mean() * 100 if len(relative) else math.nan,
                "mase": size.mean() / naive.mean() if naive.mean() > 0 else math.nan,
                "bias_share": error.mean() ** 2 / squared if several and squared > 0 else math.nan,
                "sign_p": sign_test(int((error > 0).sum()), int((error < 0).sum())) if several else math.nan,
            }
        )
    columns = [*by, "count", "bias", "mae", "mape", "mase", "bias_share", "sign_p"]
    return pd.DataFrame(told, columns=columns)


def sign_test(better: int, worse: int) -> float:
    """Two-sided probability of a split at least as uneven as this one, if better and worse were as likely."""
    count = better + worse
    tail = sum(math.comb(count, k) for k in range(min(better, worse) + 1)) / 2**count
    return float(min(1.0, 2 * tail))


def base_of(budgets: pd.Series[float]) -> float:
    """What a total's errors are counted in per cent of: its net costs or its net incomes, the larger."""
    return float(max(budgets.clip(lower=0).sum(), -budgets.clip(upper=0).sum()))


@dataclass(frozen=True)
class Streak:
    """Years in a row that forecasts of one row erred to the same side.

    years    how many, up to the last one; first and last: which
    better   whether it went better than said
    percent  mean error of these years, in per cent of the base; above zero: better than said
    income   whether the row's net was an income
    """

    name: str
    years: int
    first: int
    last: int
    better: bool
    percent: float
    income: bool


def streak(record: pd.DataFrame, name: str) -> Streak | None:
    """The years up to the last in which a row's forecasts erred to the same side, on average over the year.

    None where the last year's mean error is zero or no forecast of the row is known.
    """
    own = record[record["name"] == name].dropna(subset=["forecast", "outcome", "base"])
    own = own.assign(error=own["outcome"] - own["forecast"])
    years = own.groupby("year")[["error", "base", "outcome"]].mean().sort_index(ascending=False)
    if years.empty or years["error"].iloc[0] == 0:
        return None
    side, held = np.sign(years["error"].iloc[0]), list[int]()
    for year, error in zip(years.index.astype(int), years["error"], strict=True):
        if np.sign(error) != side or (held and held[-1] - year != 1):
            break
        held.append(int(year))
    kept = years.loc[held]
    percent = float((kept["error"] / kept["base"]).mean() * 100)
    return Streak(name, len(held), held[-1], held[0], bool(side > 0), percent, bool(kept["outcome"].mean() > 0))


def _summed(lines: Array, known: Mask, member: Array) -> Array:
    """Lines' amounts by row, of the lines that are known."""
    total: Array = np.where(known, lines, 0.0) @ member.T
    return total


def _ended(ledger: Ledger) -> bool:
    return ledger.months == 12


def _table(ledger: Ledger) -> TableName:
    return "net" if "net" in ledger.tables else ledger.tables[0]


def _of_rows(ledger: Ledger) -> list[tuple[object, ...]]:
    """The forecasts that the ledger has rows for, each row and the total."""
    year, table = ledger.notes.year, _table(ledger)
    own = ledger.rows[(ledger.rows["year"] == year) & (ledger.rows["table"] == table) & (ledger.rows["parent"] == "")]
    outcome = amounts(ledger, table, year).query("parent == ''").set_index("line")["outcome"]
    made = own[own["basis"] == "forecast"]
    found: list[tuple[object, ...]] = []
    for (decided, version, maker), of_version in made.groupby(["decided", "version", "maker"], sort=True):
        budgets = own[(own["basis"] == "budget")]
        in_time = budgets[budgets["decided"] <= decided] if decided else budgets
        budgets = in_time if len(in_time) else budgets
        in_force = budgets[budgets["decided"] == budgets["decided"].max()]
        budget = in_force.groupby("line", sort=False)["amount"].sum()
        told = of_version["through"].max()
        month = through(str(decided), year) if pd.isna(told) else int(told)
        said = of_version.groupby("line", sort=False)["amount"].sum()
        who = KEPT if maker == "computed" else MANAGERS
        start = (who, str(version), year, pd.NA if month is None else month)
        for line in said.index:
            planned = budget.get(line, math.nan)
            found.append((*start, line, "row", said[line], outcome.get(line, math.nan), planned, abs(planned)))
        if set(said.index) == set(outcome.index):
            whole = tuple(float(part.sum(skipna=False)) for part in (said, outcome, budget))
            found.append((*start, "", "total", *whole, base_of(budget)))
    return found


def _of_notes(ledger: Ledger) -> list[tuple[object, ...]]:
    """The forecasts that notes give as a variance from budget, for a table's total."""
    year = ledger.notes.year
    found: list[tuple[object, ...]] = []
    for given in ledger.notes.forecasts:
        if given.table != "investment":
            last = follow_up(ledger, given.table, year).iloc[-1]
            outcome, budget = float(last["outcome"]), float(last["budget"])
            start = (MANAGERS, given.name, year, pd.NA)
            found.append((*start, "", "total", budget + given.variance, outcome, budget, abs(budget)))
    return found
