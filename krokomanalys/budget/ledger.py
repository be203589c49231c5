"""The ledger as the budget room sees it: its signs, its three tables, its totals.

Signs, said here once for the whole room:

- operations (income, cost, net): income is positive, cost negative, variance = outcome - budget;
- investment: expenditure is positive, variance = budget - outcome;
- so a variance above zero is always better than budget.

A row with a parent is a "varav": a part of its parent, shown under it and never added to it again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

import pandas as pd

from krokomanalys.budget.money import decimals
from krokomanalys.errors import Fault, InputError
from krokomanalys.sources.ledger import BASES, Break, Kind, LedgerNotes, TableName
from krokomanalys.swedish import number

TABLE_KINDS: dict[TableName, tuple[Kind, ...]] = {
    "result": ("income", "cost"),
    "net": ("net",),
    "investment": ("investment",),
}
BETTER: dict[Kind, int] = {"income": 1, "cost": 1, "net": 1, "investment": -1}
BASIS_WORDS: dict[str, str] = {"budget": "budget", "outcome": "utfall", "forecast": "prognos"}
_TABLE_OF: dict[Kind, TableName] = {kind: table for table, kinds in TABLE_KINDS.items() for kind in kinds}
_EXPECTED_SIGN: dict[Kind, tuple[int, str, str]] = {
    "income": (1, "intäkterna", "intäkter som positiva tal"),
    "cost": (-1, "kostnaderna", "kostnader som negativa tal"),
    "investment": (1, "investeringarna", "investeringsutgifter som positiva tal"),
}


@dataclass(frozen=True, eq=False)
class Ledger:
    """A checked ledger: whole-year amounts in `notes.unit`, signed as this module says. Made by `as_ledger`.

    rows  one amount a row, with all columns of sources.layouts.LEDGER and `table` (result | net | investment)
    """

    rows: pd.DataFrame
    notes: LedgerNotes

    @property
    def tables(self) -> tuple[TableName, ...]:
        """The tables that the ledger has rows for, in the order of its notes."""
        held = set(self.rows["table"])
        return tuple(table for table in self.notes.tables if table in held)


def as_ledger(rows: pd.DataFrame, notes: LedgerNotes) -> Ledger:
    """The rows of a ledger file, as read, with their notes: checked so that sums of them mean something.

    Raises:
        InputError: another region than the notes'; a row without a name; a table without a heading; months, or
            several versions of one budget (whole years in one version are what is summed here); a total among
            the rows; a "varav" of a row that is not there, or of itself, or only on some rows; amounts with the
            wrong sign; printed sums of lines, or a plan about lines or years that are not there.
    """
    held = rows.assign(table=rows["kind"].map(_TABLE_OF))
    faults = [fault for check in CHECKS for fault in check(held, notes)]
    if faults:
        raise InputError(faults)
    return Ledger(held.reset_index(drop=True), notes)


def amounts(ledger: Ledger, table: TableName, year: int) -> pd.DataFrame:
    """One table of one year, wide: kind, line, parent, then budget, outcome and forecast side by side.

    Rows stand in the file's order. Amounts of one line (accounts, projects) are added; a line with no amount for
    a basis has NaN there, which is not 0.
    """
    rows = ledger.rows[(ledger.rows["table"] == table) & (ledger.rows["year"] == year)]
    key = ["kind", "line", "parent"]
    lines = rows[key].drop_duplicates().reset_index(drop=True)
    sums = rows.groupby([*key, "basis"], sort=False)["amount"].sum(skipna=False)
    for basis in BASES:
        of_basis = sums[sums.index.get_level_values("basis") == basis].droplevel("basis").rename(basis)
        lines = lines.merge(of_basis.astype(float), how="left", left_on=key, right_index=True)
    return lines


def total(table: pd.DataFrame, column: str) -> float:
    """The sum of a column over the rows that are no one's part; NaN where one is unknown or there are none."""
    return float(table.loc[table["parent"] == "", column].sum(skipna=False, min_count=1))


def variance_of(table: pd.DataFrame) -> pd.Series[float]:
    """Each row's variance from budget, > 0 better than budget: the sign follows the row's kind."""
    return (table["outcome"] - table["budget"]) * table["kind"].map(BETTER).astype(float)


def break_between(notes: LedgerNotes, earlier: int, later: int) -> Break | None:
    """The first break in comparability between two years; None where they can be compared."""
    return next((b for b in notes.breaks if earlier <= b.years[0] and b.years[1] <= later), None)


def _fault(
    notes: LedgerNotes,
    problem: str,
    expected: str = "",
    remedy: str = "",
    column: str | None = None,
    at: int | None = None,
) -> Fault:
    """A fault in the ledger's file; `at` is the row's place under the heading, from 0, where it is about one."""
    row = None if at is None else at + 2
    return Fault(f"data/budget/{notes.region}-{notes.year}.csv", problem, expected, remedy, row=row, column=column)


def _first(rows: pd.DataFrame) -> int:
    return int(rows.index[0])


def _belongs(rows: pd.DataFrame, notes: LedgerNotes) -> Iterator[Fault]:
    for region, held in rows[rows["region"] != notes.region].groupby("region", sort=False):
        expected = f'"{notes.region}" som i filens namn'
        yield _fault(notes, f'raderna gäller "{region}"', expected, column="region", at=_first(held))
    for row in rows.index[rows["line"] == ""]:
        yield _fault(notes, "raden saknar namn", "radens namn som i tabellen", column="line", at=int(row))


def _has_headings(rows: pd.DataFrame, notes: LedgerNotes) -> Iterator[Fault]:
    for table, held in rows.groupby("table", sort=False):
        heading = notes.tables.get(cast(TableName, table))
        if heading is None:
            yield _fault(
                notes,
                f"det finns rader för tabellen {table} men ingen rubrik för den",
                remedy=f"Lägg till {table}: {{title: ..., total: ...}} under tables i YAML-filen bredvid",
                column="kind",
                at=_first(held),
            )
        elif not (totals := held[held["line"] == heading.total]).empty:
            yield _fault(
                notes,
                f'summaraden "{heading.total}" står bland raderna',
                "bara det som summan är av",
                "Ta bort den här och skriv den tryckta summan under printed i YAML-filen bredvid",
                column="line",
                at=_first(totals),
            )


def _is_whole_years(rows: pd.DataFrame, notes: LedgerNotes) -> Iterator[Fault]:
    if not (monthly := rows[rows["month"].notna()]).empty:
        yield _fault(
            notes,
            "det finns belopp per månad",
            "helårsbelopp med tom månad",
            "Månader kan ännu inte räknas ihop: lägg in årets summor",
            column="month",
            at=_first(monthly),
        )
    for (year, table, basis), versions in rows.groupby(["year", "table", "basis"], sort=False)["version"]:
        if versions.nunique() > 1:
            names = ", ".join(f'"{v}"' for v in versions.unique())
            yield _fault(
                notes,
                f"{BASIS_WORDS[str(basis)]} {year} finns i flera versioner ({table}): {names}",
                "en version, så att inget räknas två gånger",
                "Behåll den som ska följas upp",
                column="version",
            )


def _parts_have_parents(rows: pd.DataFrame, notes: LedgerNotes) -> Iterator[Fault]:
    for (kind, line), parents in rows.groupby(["kind", "line"], sort=False)["parent"]:
        if parents.nunique() > 1:
            other = parents[parents != parents.iloc[0]]
            yield _fault(
                notes,
                f'"{line}" ({kind}) har inte samma överordnade rad överallt',
                "samma parent på radens alla belopp; rader som är olika saker behöver olika namn",
                column="parent",
                at=int(other.index[0]),
            )
    for year, of_year in rows.groupby("year", sort=False):
        places = list(zip(of_year["kind"], of_year["line"], strict=True))
        above = dict(zip(places, of_year["parent"], strict=True))
        at = dict(zip(reversed(places), reversed(of_year.index.tolist()), strict=True))
        for (kind, line), parent in above.items():
            if parent and (kind, parent) not in above:
                yield _fault(
                    notes,
                    f'"{line}" {year} är varav "{parent}", som inte finns bland raderna',
                    f"en rad med kind {kind} och samma år",
                    column="parent",
                    at=at[kind, line],
                )
            elif parent and _in_circle(above, kind, line):
                problem = f'"{line}" {year} är varav sig själv'
                yield _fault(notes, problem, "en annan rad", column="parent", at=at[kind, line])


def _in_circle(above: dict[tuple[str, str], str], kind: str, line: str) -> bool:
    seen = {line}
    while parent := above.get((kind, line), ""):
        if parent in seen:
            return True
        seen.add(parent)
        line = parent
    return False


def _follows_signs(rows: pd.DataFrame, notes: LedgerNotes) -> Iterator[Fault]:
    own = rows[rows["parent"] == ""]
    for (kind, year, basis), held in own.groupby(["kind", "year", "basis"], sort=False)["amount"]:
        sign, name, expected = _EXPECTED_SIGN.get(cast(Kind, kind), (0, "", ""))
        if held.sum() * sign < 0:
            amount = f"{number(float(held.sum()), decimals(notes.rounded_to))} {notes.unit}"
            yield _fault(
                notes,
                f"{name} i {BASIS_WORDS[str(basis)]} {year} blir tillsammans {amount}",
                expected,
                "Vänd tecknen, eller rätta raden som är fel",
                column="amount",
            )


def _prints_what_is_there(rows: pd.DataFrame, notes: LedgerNotes) -> Iterator[Fault]:
    for place, printed in enumerate(notes.printed, start=1):
        known = [*rows.loc[rows["table"] == printed.table, "line"].unique(), notes.tables[printed.table].total]
        if len(rows) and printed.line not in known:
            yield Fault(
                f"data/budget/{notes.region}-{notes.year}.yaml",
                f'"{printed.line}" finns inte bland raderna i tabellen {printed.table}',
                "någon av " + ", ".join(known),
                key=f"printed.{place}.line",
            )


def _has_plan(rows: pd.DataFrame, notes: LedgerNotes) -> Iterator[Fault]:
    plan = notes.plan
    if plan is None:
        return
    held = rows[rows["table"] == "net"]
    for line in (plan.result, plan.reserve, plan.projects):
        if line is not None and line not in set(held["line"]):
            yield _fault(
                notes,
                f'planen nämner raden "{line}", som inte finns bland raderna',
                "en rad med kind net",
                column="line",
            )
    for year in plan.percent:
        if year not in set(held["year"]):
            yield _fault(
                notes, f"planen har en andel för {year} men inga rader det året", "rader med kind net", column="year"
            )


CHECKS = (
    _belongs,
    _has_headings,
    _is_whole_years,
    _parts_have_parents,
    _follows_signs,
    _prints_what_is_there,
    _has_plan,
)
