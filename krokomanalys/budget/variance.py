"""Outcome against budget: the variance of every row and total, in money and per cent, net and gross.

The signs are those of budget.ledger: a variance above zero is better than budget, in every table.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from krokomanalys.budget.ledger import BASIS_WORDS, Ledger, amounts, break_between, total, variance_of
from krokomanalys.sources.ledger import TableName
from krokomanalys.swedish import listed


def follow_up(ledger: Ledger, table: TableName, year: int) -> pd.DataFrame:
    """One table of a budget follow-up, rows in the file's order and the total last.

    Columns: role (row | part | total), kind ("" for the total), line, parent, budget, outcome, variance (> 0
    better than budget), percent (variance in per cent of |budget|; NaN where the budget is 0). The total is
    computed from the rows; what the document printed is for audit. NaN is unknown, never 0.
    """
    frame = amounts(ledger, table, year)
    frame["variance"] = variance_of(frame)
    frame["role"] = np.where(frame["parent"] == "", "row", "part")
    sums = {column: total(frame, column) for column in ("budget", "outcome", "variance")}
    last = pd.DataFrame([{"role": "total", "kind": "", "line": ledger.notes.tables[table].total, "parent": "", **sums}])
    whole = pd.concat([frame, last], ignore_index=True)
    whole["percent"] = per_cent(whole["variance"], whole["budget"])
    return whole[["role", "kind", "line", "parent", "budget", "outcome", "variance", "percent"]]


def gaps(table: pd.DataFrame) -> str:
    """What is unknown among the rows of a `follow_up` table, in Swedish: `utfall saknas för Skola`; "" for nothing."""
    rows = table[table["role"] == "row"]
    if rows.empty:
        return "budget och utfall saknas"
    told = []
    for basis in ("budget", "outcome"):
        lines = list(rows.loc[rows[basis].isna(), "line"])
        if lines:
            shown = lines if len(lines) <= 3 else [*lines[:2], f"{len(lines) - 2} rader till"]
            told.append(f"{BASIS_WORDS[basis]} saknas för {listed(shown)}")
    return ", ".join(told)


def per_cent(variance: pd.Series[float], budget: pd.Series[float]) -> pd.Series[float]:
    """Variance in per cent of |budget|; NaN where the budget is 0 or unknown."""
    return variance / budget.abs().where(budget != 0) * 100


@dataclass(frozen=True)
class Offset:
    """How much of the rows' variances cancels out in their sum.

    better  sum of the variances above zero; worse: of those below, a negative number
    net     better + worse; gross: better - worse, the sum of |variance|
    """

    better: float
    worse: float

    @property
    def net(self) -> float:
        """What the total shows."""
        return self.better + self.worse

    @property
    def gross(self) -> float:
        """What the rows hold."""
        return self.better - self.worse


def offset(table: pd.DataFrame) -> Offset:
    """The better and the worse among the rows of a `follow_up` table; its parts and total are not counted again.

    NaN on both sides where a row's variance is unknown.
    """
    own = table.loc[table["role"] == "row", "variance"]
    return Offset(float(own.clip(lower=0).sum(skipna=False)), float(own.clip(upper=0).sum(skipna=False)))


def completion(table: pd.DataFrame) -> float:
    """Genomförandegrad of a `follow_up` table of investments: total outcome in per cent of total budget.

    NaN where the budget is 0 or unknown.
    """
    last = table.iloc[-1]
    return float(last["outcome"] / last["budget"] * 100) if last["budget"] else float("nan")


@dataclass(frozen=True)
class ForecastError:
    """A forecast of a table's variance beside what came, in the ledger's unit.

    error    outcome - forecast: below zero, it went worse than forecast
    percent  |error| in per cent of |budget|
    """

    name: str
    table: TableName
    forecast: float
    outcome: float
    error: float
    percent: float


def forecast_errors(ledger: Ledger) -> tuple[ForecastError, ...]:
    """Each forecast in the notes against the variance of the notes' year, as computed from the rows."""
    return tuple(
        _forecast_error(f.name, f.table, f.variance, follow_up(ledger, f.table, ledger.notes.year).iloc[-1])
        for f in ledger.notes.forecasts
    )


def _forecast_error(name: str, table: TableName, forecast: float, last: pd.Series[float]) -> ForecastError:
    outcome, budget = float(last["variance"]), abs(float(last["budget"]))
    error = outcome - forecast
    return ForecastError(name, table, forecast, outcome, error, abs(error) / budget * 100 if budget else float("nan"))


def year_on_year(ledger: Ledger, table: TableName, earlier: int, later: int) -> pd.DataFrame:
    """Outcomes of two years side by side: kind, line, parent, earlier, later, change (later - earlier).

    `change` is NaN throughout where the notes tell of a break between the years (see ledger.break_between): the
    amounts may be shown, the difference means nothing.
    """
    key = ["kind", "line", "parent"]
    before = amounts(ledger, table, earlier)[[*key, "outcome"]].rename(columns={"outcome": "earlier"})
    after = amounts(ledger, table, later)[[*key, "outcome"]].rename(columns={"outcome": "later"})
    lines = pd.concat([after[key], before[key]]).drop_duplicates()
    both = lines.merge(before, on=key, how="left").merge(after, on=key, how="left")
    comparable = break_between(ledger.notes, earlier, later) is None
    both["change"] = both["later"] - both["earlier"] if comparable else float("nan")
    return both[[*key, "earlier", "later", "change"]]
