"""The ledgers that a report is made from: its own year's and earlier years', with what was known on its last day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd

from krokomanalys.errors import Fault, InputError, Missing
from krokomanalys.sources import layouts
from krokomanalys.sources.folder import PERIOD, read_document
from krokomanalys.sources.layouts import Layout
from krokomanalys.sources.ledger import LedgerNotes
from krokomanalys.sources.reader import Reader
from krokomanalys.sources.slices import BudgetTables, whole_months
from krokomanalys.sources.tables import empty_table
from krokomanalys.swedish import MONTHS

EARLIER_YEARS = 5
"""Years before the report's own whose ledgers a forecast and its record are made from."""


def budgets(
    reader: Reader, region: str, year: int, period: str | None, board: str | None, until: date
) -> BudgetTables | None:
    """The ledger of a year and those of the years before it, as known on a day; None where the year has none.

    With a nämnd the year's own holds just its amounts, the earlier ones all: units may have come from other nämnder.

    Raises:
        InputError: a faulty file; amounts without notes that say their unit and signs.
    """
    own = _year(reader, region, year, period, board, until)
    if own is None:
        return None
    found = (_year(reader, region, y, None, None, until) for y in range(year - 1, year - 1 - EARLIER_YEARS, -1))
    return replace(own, earlier=tuple(tables for tables in found if tables is not None))


def gap(tables: BudgetTables | None, region: str, year: int, board: str | None, until: date) -> Missing | None:
    """What is missing for a follow-up of the year up to a day; None where nothing is."""
    file = f"budget/{region}-{year}"
    how = (
        f"Lägg budget och utfall i data/{file}.csv, med enhet och tecken i data/{file}.yaml; krokomanalys new {region} "
        f"--year {year} skriver mallar"
    )
    if tables is None:
        return Missing(f"Budget och utfall {year}", how)
    rows = tables.ledger[tables.ledger["year"] == year]
    held, who = set(rows["basis"]), f" för {board}" if board else ""
    outcomes, months = rows.loc[rows["basis"] == "outcome", "month"], whole_months(until, year)
    if "budget" in held and months < 12 and outcomes.isna().all():
        what = f"Utfall per månad till och med {MONTHS[months - 1]} {year}{who}" if months else f"Utfall {year}"
        return Missing(f"{what} (data/{file}.csv har inget)", "Lägg in månadernas utfall, eller gör rapporten för året")
    if lacks := [word for basis, word in (("budget", "budget"), ("outcome", "utfall")) if basis not in held]:
        return Missing(f"{' och '.join(lacks).capitalize()} {year}{who} (data/{file}.csv har inget)", how)
    last = outcomes.max()
    if not pd.isna(last) and last < months:
        known = f"senaste är {MONTHS[int(last) - 1]}"
        remedy = "Lägg in utfallet för månaderna efter, eller gör rapporten för en kortare period"
        return Missing(f"Utfall till och med {MONTHS[months - 1]} {year}{who} ({known})", remedy)
    return None


def _year(
    reader: Reader, region: str, year: int, period: str | None, board: str | None, until: date
) -> BudgetTables | None:
    ledger, layer = reader.together(rf"budget/{region}-{year}(-[a-z0-9-]+)?\.(csv|xlsx)")
    if ledger is None or layer is None:
        return None
    beside = layer / f"budget/{region}-{year}.yaml"
    if not beside.is_file():
        raise InputError(Fault(f"data/budget/{region}-{year}.csv", "enhet och tecken saknas", f"{beside.name} bredvid"))
    reader.used[beside] = f"budget/{beside.name}"
    notes = read_document(beside)
    assert isinstance(notes, LedgerNotes)
    if notes.board is not None:
        ledger = ledger.assign(board=ledger["board"].astype(str).where(ledger["board"] != "", notes.board))
    if board is not None:
        ledger = ledger[ledger["board"] == board]
    name = f"{region}-{year}-{period}" if period else f"{region}-{year}"

    def beside_it(folder: str, layout: Layout) -> pd.DataFrame:
        rows = reader.table(f"{folder}/{name}.csv")
        if rows is None:
            return empty_table(layout)
        return rows if board is None else rows[rows["board"].isin(["", board])].reset_index(drop=True)

    plans: list[str] | None = None if notes.account_plan else []  # all plans, or none
    return BudgetTables(
        ledger=known_by(ledger, until),
        notes=notes,
        drivers=beside_it("drivers", layouts.DRIVERS),
        volumes=beside_it("volumes", layouts.VOLUMES),
        projects=beside_it("investments", layouts.INVESTMENTS),
        accounts=_mapping(reader, "accounts", layouts.ACCOUNTS, plans),
        account_changes=_mapping(reader, "account_changes", layouts.ACCOUNT_CHANGES, plans),
        organisation=_mapping(reader, "organisation", layouts.ORGANISATION, [region]),
    )


def _mapping(reader: Reader, name: str, layout: Layout, only: list[str] | None = None) -> pd.DataFrame:
    file = f"mappings/{name}.csv"
    return reader.rows(file, only) if reader.folder.path(file) is not None else empty_table(layout)


def known_by(rows: pd.DataFrame, until: date) -> pd.DataFrame:
    """A ledger's rows without what was not known on a day.

    Outcomes of months that had not ended; budgets decided later; forecasts made when more months had ended, so that
    the forecast made in September on the months to August belongs to the end of August. A whole year's outcome is
    known when the year has ended. A version without a day is taken as known.
    """
    ended = {int(year): whole_months(until, int(year)) for year in rows["year"].unique()}
    months = rows["month"].fillna(12).astype(int)
    later = (rows["basis"] == "outcome") & (months > rows["year"].map(ended))
    made = rows.groupby(["year", "basis", "decided"], sort=False, observed=True).ngroup()
    first = rows.loc[~made.duplicated(), ["year", "basis", "decided"]]
    after = [
        made.loc[at]
        for at, year, basis, decided in first.astype({"basis": str, "decided": str}).itertuples()
        if decided and _after(date.fromisoformat(decided), int(year), basis, until)
    ]
    return rows[~(later | made.isin(after))].reset_index(drop=True)


def _after(decided: date, year: int, basis: str, until: date) -> bool:
    if basis == "forecast":
        return whole_months(decided, year) > whole_months(until, year)
    return decided > until


def comments(reader: Reader, region: str, year: int, period: str | None, board: str | None) -> pd.DataFrame:
    """What managers have written on a year or period, all files of it together; a nämnd's own where one is given."""
    about = f"{region}-{year}-{period}" if period else f"{region}-{year}"
    rows, _ = reader.together(rf"comments/{about}(-(?!{PERIOD}[-.])[a-z0-9-]+)?\.(csv|xlsx)")
    if rows is None:
        return empty_table(layouts.COMMENTS)
    own = rows if board is None else rows[rows["board"].isin(["", board])]
    return own.drop(columns=["file", "row"]).reset_index(drop=True)
