"""The months of a ledger: budget and outcome of a period, and the whole year's forecast beside them.

A line is periodised where its budget is given by month. Where it is given for the whole year only, nothing can be
said of a period: the line is in the year's figures, not in the period's.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from krokomanalys.budget.ledger import BETTER, Ledger, amounts, total, variance_of
from krokomanalys.budget.variance import follow_up, with_per_cent
from krokomanalys.budget.versions import in_force
from krokomanalys.sources.ledger import TableName

_LINE = ["kind", "line", "parent"]


def has_months(ledger: Ledger) -> bool:
    """Whether outcomes of the notes' year are given by month, for anything."""
    own = ledger.rows[(ledger.rows["year"] == ledger.notes.year) & (ledger.rows["basis"] == "outcome")]
    return bool(own["month"].notna().any())


def months_of(ledger: Ledger, table: TableName, year: int) -> pd.DataFrame:
    """The amounts by month of one table of one year: kind, line, parent, basis, month (1-12), periodised, amount.

    Each basis in the version in force; amounts for the whole year are not here.
    """
    rows = ledger.in_force(table, year)
    held = rows[rows["month"].notna()].astype({"month": int})
    key = [*_LINE, "basis", "month", "periodised"]
    return held.groupby(key, sort=False)["amount"].sum(skipna=False).reset_index()


def followed(ledger: Ledger, table: TableName) -> pd.DataFrame:
    """A table of the notes' year up to the ledger's last month, as variance.follow_up gives it for a whole year.

    Of a period, only what is periodised: NaN for a row that isn't at all, and the total is that of the others. A row
    that is in part has `partly` True, a column that follow_up doesn't have.
    """
    year = ledger.notes.year
    if ledger.months == 12:
        return follow_up(ledger, table, year).assign(partly=False)
    frame = amounts(ledger, table, year)[_LINE]
    held = months_of(ledger, table, year)
    held = held[held["periodised"] & (held["month"] <= ledger.months)]
    for basis in ("budget", "outcome"):
        frame = frame.merge(_of_basis(held, basis), on=_LINE, how="left")
    frame["variance"] = variance_of(frame)
    periodised = frame[frame["budget"].notna()]
    sums = {column: total(periodised, column) for column in ("budget", "outcome", "variance")}
    whole = _with_total(ledger, table, frame, sums)
    whole["line"] = whole["line"].where(whole["role"] != "total", whole["line"].str.replace("Årets", "Periodens"))
    rows = ledger.rows[(ledger.rows["table"] == table) & (ledger.rows["year"] == year)]
    parts = set(rows.loc[~rows["periodised"], "line"])
    return whole.assign(partly=whole["line"].isin(parts) & whole["budget"].notna())


def year_view(ledger: Ledger, table: TableName, before: Ledger | None = None) -> pd.DataFrame:
    """The whole year as it looks after the ledger's last month; the total last.

    Columns: role, kind, line, parent; outcome: so far, of all lines; earlier: of the same months in `before`, the
    ledger of the year before; budget and forecast (the one in force) of the year; variance (> 0: forecast to be
    better than budget) and percent of |budget|. A line that is gone since then has a row of its own, with what it
    had. NaN is unknown, never 0: a total is NaN where one of its rows is.
    """
    year = ledger.notes.year
    frame = amounts(ledger, table, year)[[*_LINE, "budget", "forecast"]]
    frame = frame.merge(_so_far(ledger, table, year, ledger.months, "outcome"), on=_LINE, how="left")
    frame["variance"] = (frame["forecast"] - frame["budget"]) * frame["kind"].map(BETTER).astype(float)
    sums = {column: total(frame, column) for column in ("outcome", "budget", "forecast", "variance")}
    earlier = _before(before or ledger, table, year - 1, ledger.months)
    lines = pd.concat([frame[_LINE], earlier[_LINE]]).drop_duplicates()
    frame = lines.merge(frame, on=_LINE, how="left").merge(earlier, on=_LINE, how="left", indicator=True)
    if len(earlier):
        frame["earlier"] = frame["earlier"].mask(frame["_merge"] == "left_only", 0.0)  # a line that is new this year
    sums["earlier"] = total(frame, "earlier")
    return _with_total(ledger, table, frame, sums)[
        ["role", *_LINE, "outcome", "earlier", "budget", "forecast", "variance", "percent"]
    ]


def _before(ledger: Ledger, table: TableName, year: int, months: int) -> pd.DataFrame:
    """Each line's outcome of the same months a year before; NaN for one whose outcome isn't by month then."""
    whole = amounts(ledger, table, year)[[*_LINE, "outcome"]].dropna(subset=["outcome"])
    found = _so_far(ledger, table, year, months, "earlier")
    return whole[_LINE].merge(found, on=_LINE, how="left")


def not_periodised(ledger: Ledger) -> pd.DataFrame:
    """The lines whose budget of the notes' year isn't given by month: board, line, kind, budget (year), outcome so far.

    Sorted by |budget|, the largest first; without rows where the ledger has no months at all.
    """
    columns = ["board", "line", "kind"]
    rows = in_force(ledger.entries[ledger.entries["year"] == ledger.notes.year])
    rows = rows[(rows["table"] != "investment") & (rows["parent"] == "") & ~rows["periodised"]]
    rows = rows.astype(dict.fromkeys(columns, str))
    if not has_months(ledger) or rows.empty:
        return pd.DataFrame(columns=[*columns, "budget", "outcome"])
    sums = rows.groupby([*columns, "basis"], sort=False, observed=True)["amount"].sum().unstack("basis")
    lines = sums.reindex(columns=["budget", "outcome"]).reset_index()
    return lines.sort_values("budget", key=lambda b: -b.abs(), ignore_index=True)


def _of_basis(held: pd.DataFrame, basis: str) -> pd.DataFrame:
    sums = held[held["basis"] == basis].groupby(_LINE, sort=False)["amount"].sum(skipna=False)
    return sums.rename(basis).reset_index()


def _so_far(ledger: Ledger, table: TableName, year: int, months: int, name: str) -> pd.DataFrame:
    """Each line's outcome of the months up to `months`; of the whole year, where the ledger has it no finer."""
    if months == 12:
        return amounts(ledger, table, year)[[*_LINE, "outcome"]].rename(columns={"outcome": name})
    held = months_of(ledger, table, year)
    return _of_basis(held[held["month"] <= months], "outcome").rename(columns={"outcome": name})


def _with_total(ledger: Ledger, table: TableName, frame: pd.DataFrame, sums: dict[str, float]) -> pd.DataFrame:
    frame["role"] = np.where(frame["parent"] == "", "row", "part")
    last = pd.DataFrame([{"role": "total", "kind": "", "line": ledger.notes.tables[table].total, "parent": "", **sums}])
    whole = with_per_cent(pd.concat([frame, last], ignore_index=True), table)
    return whole[["role", *_LINE, *sums, "percent"]]
