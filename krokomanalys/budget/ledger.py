"""The ledger as the budget room sees it: its signs, its three tables, its totals.

Signs, said here once for the whole room:

- operations (grant, income, cost, net): income is positive, cost negative, variance = outcome - budget;
- investment: expenditure is positive, variance = budget - outcome;
- so a variance above zero is always better than budget.

A row with a parent is a "varav": a part of its parent, shown under it and never added to it again.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from krokomanalys.budget.ledger_checks import ENTRY_CHECKS, ROW_CHECKS
from krokomanalys.budget.mappings import account_faults
from krokomanalys.budget.versions import in_force
from krokomanalys.errors import InputError
from krokomanalys.sources.ledger import BASES, Break, Kind, LedgerNotes, TableName

TABLE_KINDS: dict[TableName, tuple[Kind, ...]] = {
    "result": ("grant", "income", "cost"),
    "net": ("net",),
    "investment": ("investment",),
}
BETTER: dict[Kind, int] = {"grant": 1, "income": 1, "cost": 1, "net": 1, "investment": -1}
KIND_LINES = {"grant": "Nämndbidrag", "income": "Intäkter", "cost": "Kostnader"}
"""Lines of the table of results, where it is summed from a more detailed ledger."""
_TABLE_OF: dict[Kind, TableName] = {kind: table for table, kinds in TABLE_KINDS.items() for kind in kinds}
_NOT_TEXT = ("year", "month", "periodised", "through")
_OF_A_VERSION = ["basis", "version", "decided", "through", "maker"]
_OF_A_ROW = ["table", "kind", "line", "parent", "year", "month", "periodised", *_OF_A_VERSION]


@dataclass(frozen=True, eq=False)
class Ledger:
    """A checked ledger: amounts in `notes.unit`, signed as this module says. Made by `as_ledger`.

    entries  the amounts as given but for forecasts that were computed: all columns of sources.layouts.LEDGER,
             `table` (result | net | investment) and `periodised`, as in rows
    rows     the amounts of the tables' rows: table, kind, line, parent, year, month (NA for a whole year), basis,
             version, decided, through, maker, amount; periodised: False where the line's budget of the notes' year,
             or a part of it, is given for the whole year only, so that its outcome so far can't be held to it. A
             nämnd's rows are its lines; those of a municipality with several nämnder are its nämnder in the table
             `net` and kinds in `result`, summed from the entries
    months   the last month that outcomes are looked at for in the notes' year; 12 for the whole year
    """

    entries: pd.DataFrame
    rows: pd.DataFrame
    notes: LedgerNotes
    months: int = 12

    @property
    def tables(self) -> tuple[TableName, ...]:
        """The tables that the ledger has rows for, in the order of its notes."""
        held = set(self.rows["table"])
        return tuple(table for table in self.notes.tables if table in held)

    def in_force(self, table: TableName, year: int) -> pd.DataFrame:
        """The rows of one table of one year, each basis in the version in force."""
        return self._in_force.get((table, year), self.rows.iloc[:0])

    @cached_property
    def _in_force(self) -> dict[tuple[Hashable, ...], pd.DataFrame]:
        """`in_force` by table and year: a report asks for the same ones many times."""
        return {key: rows for key, rows in in_force(self.rows).groupby(["table", "year"])}


def as_ledger(rows: pd.DataFrame, notes: LedgerNotes, months: int = 12, accounts: pd.DataFrame | None = None) -> Ledger:
    """The rows of a ledger's files, as read, with their notes: checked so that sums of them mean something.

    accounts  the account plans (sources.layouts.ACCOUNTS) that the ledger's accounts are held to, where given

    Raises:
        InputError: another region than the notes'; a row without a name; a table without a heading; an amount for
            the whole year beside those of its months; versions that can't be told apart in time; a total among
            the rows; a "varav" of a row that is not there, or of itself, or only on some rows; amounts with the
            wrong sign; accounts that the plan doesn't have, or has as another kind; printed sums of lines, or a
            plan about lines or years that are not there.
    """
    held = rows.assign(table=rows["kind"].map(_TABLE_OF))
    if notes.signs.costs == "positive":
        held["amount"] = held["amount"].where(held["kind"] != "cost", -held["amount"])
    faults = [fault for check in ENTRY_CHECKS for fault in check(held, notes)]
    if accounts is not None and notes.account_plan is not None:
        faults += account_faults(held, notes.account_plan, accounts, f"data/budget/{notes.region}-{notes.year}.csv")
    if faults:
        raise InputError(faults)
    held["periodised"] = _periodised(held, notes.year)
    arranged = _arranged(held, notes)
    if faults := [fault for check in ROW_CHECKS for fault in check(arranged, notes)]:
        raise InputError(faults)
    handed_in = held[held["maker"] != "computed"]
    return Ledger(handed_in.reset_index(drop=True), arranged, notes, months)


def _arranged(entries: pd.DataFrame, notes: LedgerNotes) -> pd.DataFrame:
    """The rows of the tables. Net costs that nobody has given are summed from income and cost.

    A table that is summed has no parts: a varav is in its parent already.
    """
    if entries.empty:
        return entries[[*_OF_A_ROW, "amount"]]
    given = [entries]
    if "net" in notes.tables and "net" not in set(entries["table"]):
        own = entries[(entries["table"] == "result")]
        whole = own[own["parent"] == ""]
        several = notes.board is None and whole["board"].nunique() > 1
        net = whole.assign(line=whole["board"]) if several else pd.concat([own, _unbudgeted(own)])
        result = _of_all_boards(whole) if several else whole
        result = result.assign(line=result["kind"].astype(str).map(KIND_LINES))
        projects = entries[entries["table"] == "investment"]
        given = [pd.concat([projects, _unbudgeted(projects)]), result, net.assign(table="net", kind="net")]
    rows = pd.concat([_summed(frame) for frame in given if len(frame)], ignore_index=True)
    return rows.astype({column: str for column in _OF_A_ROW if column not in _NOT_TEXT})


def _unbudgeted(entries: pd.DataFrame) -> pd.DataFrame:
    """A budget of 0 for each line with an outcome that a detailed ledger, which has a budget, gives none."""
    key = ["board", "kind", "line", "parent"]
    budget, outcome = (entries[entries["basis"] == basis] for basis in ("budget", "outcome"))
    if budget.empty or outcome.empty:
        return entries.iloc[:0]
    last = in_force(budget)
    years = last.drop_duplicates("year").set_index("year")[["version", "decided"]]
    found = [outcome.drop_duplicates(["year", *key])]
    have = pd.MultiIndex.from_frame(last[["year", *key]].astype(str))
    lack = found[0][~pd.MultiIndex.from_frame(found[0][["year", *key]].astype(str)).isin(have)]
    lack = lack[lack["year"].isin(years.index)]
    versions = {column: lack["year"].map(years[column].astype(str)) for column in ("version", "decided")}
    return lack.assign(basis="budget", amount=0.0, **versions)


def _of_all_boards(entries: pd.DataFrame) -> pd.DataFrame:
    """The entries without forecasts that lack a nämnd: a sum by kind would hide that it is missing."""
    forecasts = entries[entries["basis"] == "forecast"]
    if forecasts.empty:
        return entries
    budget = entries[(entries["basis"] == "budget")]
    boards = {year: set(own.astype(str)) for year, own in budget.groupby("year")["board"]}
    version = forecasts.groupby(["year", "decided"], sort=False, observed=True).ngroup()
    partial = [
        number
        for number, own in forecasts.groupby(version)
        if boards.get(own["year"].iloc[0], set()) - set(own["board"].astype(str))
    ]
    return entries.drop(index=version.index[version.isin(partial)])


def _periodised(entries: pd.DataFrame, year: int) -> pd.Series[bool]:
    """Whether each entry is of a line, of a nämnd, whose budget of the year is nowhere given for the whole year."""
    key = ["board", "line"]
    budget = entries[(entries["basis"] == "budget") & (entries["year"] == year)]
    latest = in_force(budget)
    whole = latest.loc[latest["month"].isna(), key].drop_duplicates()
    if whole.empty:
        return pd.Series(True, index=entries.index)
    marked = pd.MultiIndex.from_frame(entries[key].astype(str)).isin(pd.MultiIndex.from_frame(whole.astype(str)))
    return pd.Series(~marked, index=entries.index)


def _summed(entries: pd.DataFrame) -> pd.DataFrame:
    groups = entries.groupby(_OF_A_ROW, sort=False, dropna=False, observed=True)["amount"]
    return groups.sum(skipna=False).reset_index()


def amounts(ledger: Ledger, table: TableName, year: int) -> pd.DataFrame:
    """One table of one year, wide: kind, line, parent, then budget, outcome and forecast side by side.

    Each basis in the version in force; months are added up. Rows stand in the file's order; a line with no amount
    for a basis has NaN there, which is not 0.
    """
    rows = ledger.in_force(table, year)
    key = ["kind", "line", "parent"]
    lines = rows[key].drop_duplicates().reset_index(drop=True)
    sums = rows.groupby([*key, "basis"], sort=False)["amount"].sum(skipna=False)
    wide = sums.unstack("basis").reindex(columns=list(BASES)).astype(float).rename_axis(columns=None)
    return lines.merge(wide, how="left", left_on=key, right_index=True)


def total(table: pd.DataFrame, column: str) -> float:
    """The sum of a column over the rows that are no one's part; NaN where one is unknown or there are none."""
    return float(table.loc[table["parent"] == "", column].sum(skipna=False, min_count=1))


def variance_of(table: pd.DataFrame) -> pd.Series[float]:
    """Each row's variance from budget, > 0 better than budget: the sign follows the row's kind."""
    return (table["outcome"] - table["budget"]) * table["kind"].map(BETTER).astype(float)


def break_between(notes: LedgerNotes, earlier: int, later: int) -> Break | None:
    """The first break in comparability between two years that nothing restates; None where they can be compared."""
    return next((b for b in breaks_between(notes, earlier, later) if not b.restated), None)


def breaks_between(notes: LedgerNotes, earlier: int, later: int) -> list[Break]:
    """The breaks in comparability between two years, restated ones too."""
    return [b for b in notes.breaks if earlier <= b.years[0] and b.years[1] <= later]
