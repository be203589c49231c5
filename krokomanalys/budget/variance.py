"""Outcome against budget: the variance of every row and total, in money and per cent, net and gross.

The signs are those of budget.ledger: a variance above zero is better than budget, in every table.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from krokomanalys.budget.ledger import Ledger, amounts, break_between, breaks_between, total, variance_of
from krokomanalys.budget.versions import in_force
from krokomanalys.sources.ledger import BASIS_WORDS, Materiality, TableName
from krokomanalys.swedish import listed


def follow_up(ledger: Ledger, table: TableName, year: int) -> pd.DataFrame:
    """One table of a budget follow-up, rows in the file's order and the total last.

    Columns: role (row | part | total), kind ("" for the total), line, parent, budget, outcome, variance (> 0
    better than budget), percent (variance in per cent of |budget|; NaN where the budget is 0, or the total is a
    result). The total is computed from the rows; what the document printed is for audit. NaN is unknown, never 0.
    """
    frame = amounts(ledger, table, year)
    frame["variance"] = variance_of(frame)
    frame["role"] = np.where(frame["parent"] == "", "row", "part")
    sums = {column: total(frame, column) for column in ("budget", "outcome", "variance")}
    last = pd.DataFrame([{"role": "total", "kind": "", "line": ledger.notes.tables[table].total, "parent": "", **sums}])
    whole = with_per_cent(pd.concat([frame, last], ignore_index=True), table)
    return whole[["role", "kind", "line", "parent", "budget", "outcome", "variance", "percent"]]


def with_per_cent(frame: pd.DataFrame, table: TableName) -> pd.DataFrame:
    """The frame with `percent`, see `per_cent`; a total that is a result (income above cost) has none.

    A result is the small difference between two large sums: a share of it says nothing.
    """
    frame["percent"] = per_cent(frame["variance"], frame["budget"])
    if table != "investment":
        frame.loc[(frame["role"] == "total") & (frame["budget"] > 0), "percent"] = float("nan")
    return frame


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
    return both_ways(table.loc[table["role"] == "row", "variance"])


def both_ways(amounts: pd.Series[float]) -> Offset:
    """The amounts above zero and those below, each summed; NaN on both sides where one is unknown."""
    return Offset(float(amounts.clip(lower=0).sum(skipna=False)), float(amounts.clip(upper=0).sum(skipna=False)))


def limit_of(budget: pd.Series[float], materiality: Materiality) -> pd.Series[float]:
    """The least |variance| worth a word, by row: the larger of the amount and of the per cent of |budget|."""
    return (budget.abs() * materiality.percent / 100).clip(lower=materiality.amount).fillna(materiality.amount)


def notable(table: pd.DataFrame, materiality: Materiality) -> pd.DataFrame:
    """The rows (no parts, no total) of a `follow_up` table whose variance is at least their limit, worst first.

    Adds limit. Where the budget is 0 or unknown the limit is the amount. An unknown variance is not among them:
    see `gaps`.
    """
    rows = table[table["role"] == "row"].assign(limit=lambda t: limit_of(t["budget"], materiality))
    return rows[rows["variance"].abs() >= rows["limit"]].sort_values("variance", kind="stable", ignore_index=True)


def largest(table: pd.DataFrame) -> pd.Series | None:
    """The row (no part, no total) of a `follow_up` table with the largest |variance|; None where none is known."""
    rows = table[(table["role"] == "row") & table["variance"].notna()]
    return None if rows.empty else rows.iloc[int(rows["variance"].abs().argmax())]


def beside_year(found: pd.DataFrame, year: pd.DataFrame, materiality: Materiality) -> pd.DataFrame:
    """The `notable` rows of a period beside the forecast of the year: they may be there only for a time.

    year  the whole year's rows, as periods.year_view gives them
    Adds forecast_variance (> 0: the year is forecast better than budget) and passing: whether that is under its
    limit, so that what stands out now isn't there at the year's end. Without a forecast it is False.
    """
    rows = year[year["role"] == "row"].set_index(["kind", "line"])
    own = rows.reindex(pd.MultiIndex.from_frame(found[["kind", "line"]]))
    limit = limit_of(own["budget"], materiality)
    passing = own["variance"].abs() < limit
    return found.assign(forecast_variance=own["variance"].to_numpy(), passing=passing.to_numpy())


def hides(table: pd.DataFrame, materiality: Materiality) -> bool:
    """Whether the total's variance is under its limit while what is better, or what is worse, is not.

    False where a row's variance is unknown.
    """
    both = offset(table)
    limit = float(limit_of(table["budget"].tail(1), materiality).iloc[0])
    return abs(both.net) < limit <= max(both.better, -both.worse)


def entries_to_date(ledger: Ledger, year: int) -> pd.DataFrame:
    """The year's entries in force that are no one's part, up to the ledger's last month.

    Columns: board, account, counterpart, kind, table, year, month, basis, decided, periodised, amount. Where the
    last month is before the end of the year, amounts for the whole year are left out: how much of them belongs to
    these months isn't known. Compare only what is `comparable`.
    """
    entries = ledger.entries
    own = in_force(entries.loc[(entries["year"] == year) & (entries["parent"] == ""), _OF_AN_ENTRY])
    return own if ledger.months == 12 else own[own["month"].notna() & (own["month"] <= ledger.months)]


_OF_AN_ENTRY = [
    *("board", "account", "counterpart", "kind", "table"),
    *("year", "month", "basis", "decided", "periodised", "amount"),
]


def comparable(ledger: Ledger, entries: pd.DataFrame) -> pd.DataFrame:
    """The entries whose budget and outcome are for the same time: of a period, only the periodised ones."""
    return entries if ledger.months == 12 else entries[entries["periodised"]]


def board_results(ledger: Ledger, year: int) -> pd.DataFrame:
    """Each nämnd's result so far: what it was granted and earned, less what it cost; the third model of signs.

    Columns: role (row | total), board, grant, income, cost, result (their sum; costs are negative), budget (the same
    of the budget, most often 0), variance (result - budget). Only nämnder with a grant, in the ledger's order, and
    their total. NaN where a nämnd that has the kind in its budget has no outcome of it. Of a period, only what is
    periodised.
    """
    rows = comparable(ledger, entries_to_date(ledger, year))
    rows = rows[rows["table"] == "result"]
    granted = [str(board) for board in rows.loc[rows["kind"] == "grant", "board"].unique()]
    sums = rows.groupby(["basis", "board", "kind"], sort=False, observed=True)["amount"].sum(skipna=False)
    found = pd.DataFrame([_board_result(sums, board) for board in granted], columns=_RESULT_COLUMNS)
    found["role"] = "row"
    amounts_of = _RESULT_COLUMNS[1:]
    last = {"role": "total", "board": ledger.notes.tables["result"].total}
    totals = {column: float(found[column].sum(skipna=False)) for column in amounts_of}
    whole = pd.concat([found, pd.DataFrame([last | totals])], ignore_index=True) if granted else found
    return whole[["role", *_RESULT_COLUMNS]]


_RESULT_COLUMNS = ["board", "grant", "income", "cost", "result", "budget", "variance"]


def _board_result(sums: pd.Series[float], board: str) -> dict[str, object]:
    outcome, budget = (
        {kind: sums.get((basis, board, kind)) for kind in ("grant", "income", "cost")}
        for basis in ("outcome", "budget")
    )
    unknown = float("nan")
    found = {
        kind: unknown if amount is None and budget[kind] is not None else float(amount or 0)
        for kind, amount in outcome.items()
    }
    result = sum(found.values())
    planned = sum(float(a) for a in budget.values() if a is not None) if any(budget.values()) else unknown
    return {"board": board, **found, "result": result, "budget": planned, "variance": result - planned}


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


def year_on_year(
    ledger: Ledger, table: TableName, earlier: int, later: int, before: Ledger | None = None
) -> pd.DataFrame:
    """Outcomes of two years side by side: kind, line, parent, earlier, restated, later, change (later - restated).

    before  the ledger that holds the earlier year; the same one where it isn't given
    `restated` is the earlier outcome with what the notes' breaks between the years say is to be added to each line;
    with a break that nothing restates it and `change` are NaN throughout: the amounts may be shown, the difference
    means nothing (see ledger.break_between).
    """
    key = ["kind", "line", "parent"]
    first = amounts(before or ledger, table, earlier)[[*key, "outcome"]].rename(columns={"outcome": "earlier"})
    after = amounts(ledger, table, later)[[*key, "outcome"]].rename(columns={"outcome": "later"})
    lines = pd.concat([after[key], first[key]]).drop_duplicates()
    both = lines.merge(first, on=key, how="left").merge(after, on=key, how="left")
    comparable = break_between(ledger.notes, earlier, later) is None
    both["restated"] = both["earlier"] + _restated(ledger, table, both, earlier, later) if comparable else float("nan")
    both["change"] = both["later"] - both["restated"]
    return both[[*key, "earlier", "restated", "later", "change"]]


def _restated(ledger: Ledger, table: TableName, lines: pd.DataFrame, earlier: int, later: int) -> pd.Series[float]:
    """What is to be added to each line's earlier outcome; to a part's whole too."""
    added = dict.fromkeys(lines["line"], 0.0)
    above = dict(zip(lines["line"], lines["parent"], strict=True))
    for told in (r for b in breaks_between(ledger.notes, earlier, later) for r in b.restated if r.table == table):
        line = told.line
        while line in added:
            added[line] += told.amount
            line = above[line]
    return lines["line"].map(added).astype(float)
