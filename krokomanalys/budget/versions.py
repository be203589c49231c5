"""Versions of a ledger's budgets and forecasts: each a decision with a name and a day, none ever overwritten."""

from __future__ import annotations

import datetime

import pandas as pd


def in_force(rows: pd.DataFrame) -> pd.DataFrame:
    """The ledger's rows in the version last decided, for each year, table and basis; computed forecasts never are."""
    if "maker" in rows:
        rows = rows[rows["maker"] != "computed"]
    of_one = ["year", "table", "basis"]
    version = rows.groupby([*of_one, "decided"], sort=False, observed=True).ngroup()
    first = ~version.duplicated()
    named = rows.loc[first, [*of_one, "decided"]].astype(str)
    last = named["decided"] == named.groupby(of_one, sort=False)["decided"].transform("max")
    return rows[version.isin(version[first][last])]


def versions(rows: pd.DataFrame, year: int) -> pd.DataFrame:
    """The versions of a year's budget and of the forecasts handed in, oldest first, of a ledger's `rows`.

    Columns: basis, version, decided (ISO, "" where there is one that isn't dated), through (the last month that a
    forecast could know, see `through`; NA for a budget), table and total (its sum, of rows that are no one's part).
    """
    own = rows[(rows["year"] == year) & (rows["basis"] != "outcome") & (rows["parent"] == "")]
    own = own[own["maker"] != "computed"]
    groups = own.groupby(["basis", "decided", "version", "table"], sort=False)
    sums = pd.DataFrame({"total": groups["amount"].sum(skipna=False), "through": groups["through"].max()})
    found = sums.reset_index().sort_values(["basis", "decided"], kind="stable", ignore_index=True)
    known = [
        (through(str(day), year) if pd.isna(told) else int(told)) if basis == "forecast" else None
        for day, basis, told in zip(found["decided"], found["basis"], found["through"], strict=True)
    ]
    found["through"] = pd.array(known, dtype="Int64")
    return found[["basis", "version", "decided", "through", "table", "total"]]


def through(decided: str, year: int) -> int | None:
    """The last whole month of `year` before a day: what a forecast made then could know of outcomes, 0 to 12.

    None where the day isn't given.
    """
    if not decided:
        return None
    day = datetime.date.fromisoformat(decided)
    return min(12, max(0, (day.year - year) * 12 + day.month - 1))
