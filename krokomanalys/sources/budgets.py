"""The ledgers that a report is made from: its own year's and earlier years', with what was known on its last day."""

from __future__ import annotations

import difflib
from dataclasses import replace
from datetime import date, timedelta

import pandas as pd

from krokomanalys.errors import Fault, InputError, Missing
from krokomanalys.sources import layouts
from krokomanalys.sources.folder import PERIOD, read_document
from krokomanalys.sources.layouts import Layout
from krokomanalys.sources.ledger import LedgerNotes
from krokomanalys.sources.reader import Reader
from krokomanalys.sources.slices import BudgetTables, whole_months
from krokomanalys.sources.tables import empty_table
from krokomanalys.swedish import MONTHS, listed

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
    """What is missing for a follow-up of the year up to a day; None where nothing is.

    Every nämnd has outcomes to the last month: one that hasn't booked yet would else seem to have spent nothing.
    """
    file = f"budget/{region}-{year}"
    how = (
        f"Lägg budget och utfall i data/{file}.csv, med enhet och tecken i data/{file}.yaml; krokomanalys new {region} "
        f"--year {year} skriver mallar"
    )
    if tables is None:
        return Missing(f"Budget och utfall {year}", how)
    rows = tables.ledger[tables.ledger["year"] == year]
    if rows.empty and board is not None and tables.boards:
        near = difflib.get_close_matches(board, tables.boards, n=1)
        remedy = f'Menade du "{near[0]}"' if near else "Nämnderna är " + ", ".join(tables.boards)
        return Missing(f"Nämnden {board} finns inte i data/{file}.csv", remedy)
    who, months, held = f" för {board}" if board else "", whole_months(until, year), set(rows["basis"])
    if "budget" in held and "outcome" not in held and 0 < months < 12:
        what = f"Utfall per månad till och med {MONTHS[months - 1]} {year}{who} (data/{file}.csv har inget)"
        return Missing(what, "Lägg in månadernas utfall, eller gör rapporten för året")
    if lacks := [word for basis, word in (("budget", "budget"), ("outcome", "utfall")) if basis not in held]:
        return Missing(f"{' och '.join(lacks).capitalize()} {year}{who} (data/{file}.csv har inget)", how)
    if len(tables.undivided):
        lines = listed([f"{line} ({own})" if own else line for own, line in tables.undivided.itertuples(index=False)])
        what = f"Utfall per månad till och med {MONTHS[months - 1]} {year} för {lines}: bara årets belopp finns"
        return Missing(what, "Lägg in månadernas utfall, eller gör rapporten för året")
    late = _last_months(rows)
    late = late[late < months]
    if len(late):
        told = [f"{own or 'raderna'} ({_month(last)})" for own, last in late.items()]
        what = f"Utfall till och med {MONTHS[months - 1]} {year}{who}. Senaste månad: {listed(told)}"
        remedy = "Lägg in månaderna efter, med 0 där inget är bokfört, eller gör rapporten för en kortare period"
        return Missing(what, remedy)
    return None


def _last_months(rows: pd.DataFrame) -> pd.Series[int]:
    """By nämnd the last month with an outcome: of its costs, or where it has none of what it has; 12 for a year's."""
    own = rows[(rows["kind"] != "investment") & (rows["parent"] == "")].astype({"board": str})
    with_costs = own.loc[own["kind"].isin(["cost", "net"]), "board"].unique()
    counted = own[(own["basis"] == "outcome") & (own["kind"].isin(["cost", "net"]) | ~own["board"].isin(with_costs))]
    last = counted["month"].fillna(12).groupby(counted["board"], sort=False).max()
    return last.reindex(own["board"].unique(), fill_value=0).astype(int)


def _month(last: int) -> str:
    return MONTHS[last - 1] if last else "ingen"


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
    boards = tuple(name for name in dict.fromkeys(ledger["board"].astype(str)) if name)
    if board is not None:
        ledger = ledger[ledger["board"] == board]
    name = f"{region}-{year}-{period}" if period else f"{region}-{year}"

    def beside_it(folder: str, layout: Layout) -> pd.DataFrame:
        rows = reader.table(f"{folder}/{name}.csv")
        if rows is None:
            return empty_table(layout)
        return rows if board is None else rows[rows["board"].isin(["", board])].reset_index(drop=True)

    plans: list[str] | None = None if notes.account_plan else []  # all plans, or none
    known = known_by(ledger, until)
    return BudgetTables(
        ledger=known,
        notes=notes,
        boards=boards,
        undivided=_undivided(ledger, year, until),
        commitments=beside_it("commitments", layouts.COMMITMENTS),
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

    Outcomes of months that had not ended; budgets decided later; forecasts that knew later months, so that the one
    made in September on the months to August belongs to the end of August. A whole year's outcome is known when the
    year has ended. A version without a day is taken as known.
    """
    ended = {int(year): whole_months(until, int(year)) for year in rows["year"].unique()}
    months = rows["month"].fillna(12).astype(int)
    later = (rows["basis"] == "outcome") & (months > rows["year"].map(ended))
    made = rows.groupby(["year", "basis", "decided"], sort=False, observed=True).ngroup()
    first = rows.loc[~made.duplicated(), ["year", "basis", "decided", "through"]].astype({"basis": str, "decided": str})
    after = [
        made.loc[at]
        for at, year, basis, decided, through in first.itertuples()
        if _after(year, basis, decided, through, until)
    ]
    return rows[~(later | made.isin(after))].reset_index(drop=True)


def _after(year: int, basis: str, decided: str, through: int | None, until: date) -> bool:
    if not decided:
        return False
    day = date.fromisoformat(decided)
    if basis != "forecast":
        return day > until
    knew = whole_months(day - timedelta(days=1), int(year)) if pd.isna(through) else int(through or 0)
    return knew > whole_months(until, int(year))


def _undivided(rows: pd.DataFrame, year: int, until: date) -> pd.DataFrame:
    """Lines of operations (board, line) whose outcome is given for the whole year only, where the year isn't over."""
    if whole_months(until, year) == 12:
        return pd.DataFrame(columns=["board", "line"])
    own = rows[(rows["basis"] == "outcome") & (rows["year"] == year) & rows["month"].isna()]
    return own.loc[own["kind"] != "investment", ["board", "line"]].drop_duplicates().astype(str)


def comments(
    reader: Reader, region: str, year: int, period: str | None, board: str | None, until: date
) -> pd.DataFrame:
    """What managers had written on a year or period by a day, all files of it together; with a nämnd just its own.

    What is said of a whole year is of later than a day within it. A judgement dated after the day belongs to what it
    judges where that had ended, as a year's does in February; else it was not known. Columns `file` and `row` say
    where each row stands.
    """
    ended = whole_months(until, year) >= _last_month(period)
    if period is None and not ended:
        return empty_table(layouts.COMMENTS)
    about = f"{region}-{year}-{period}" if period else f"{region}-{year}"
    rows, _ = reader.together(rf"comments/{about}(-(?!{PERIOD}[-.])[a-z0-9-]+)?\.(csv|xlsx)")
    if rows is None:
        return empty_table(layouts.COMMENTS)
    known = rows if ended else rows[rows["bedömd"].astype(str) <= until.isoformat()]
    own = known if board is None else known[known["board"].isin(["", board])]
    return own.reset_index(drop=True)


def _last_month(period: str | None) -> int:
    """The last month of a period, 12 of a year; 0 of a delår, which ends on the day that the report says."""
    named = {None: 12, "tertial1": 4, "tertial2": 8, "delar": 0}
    return named[period] if period in named else int(str(period))
