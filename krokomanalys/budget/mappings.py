"""What changes name or place between years: accounts and their plans, and units of the organisation."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from krokomanalys.errors import Fault, InputError
from krokomanalys.sources.tables import rows_of

ALLOWED: dict[str, frozenset[str]] = {
    "grant": frozenset({"income", "cost", "any"}),
    "income": frozenset({"income", "any"}),
    "cost": frozenset({"cost", "any"}),
    "net": frozenset({"income", "cost", "any"}),
    "investment": frozenset({"cost", "balance", "any"}),
}
"""The kinds of account that an amount of a kind may stand on. Investments are booked as assets or as expenditure."""
KIND_WORDS = {
    "grant": "nämndbidrag",
    "income": "intäkt",
    "cost": "kostnad",
    "net": "netto",
    "investment": "investering",
    "balance": "balanskonto",
}


def longest_match(account: str, prefixes: Iterable[str]) -> str | None:
    """The longest of the prefixes that the account begins with; None where there is none."""
    return max((prefix for prefix in prefixes if account.startswith(prefix)), key=len, default=None)


def account_faults(entries: pd.DataFrame, plan: str, accounts: pd.DataFrame, file: str) -> list[Fault]:
    """Accounts of a ledger that its plan doesn't have, or has as another kind; each account and kind told once.

    accounts  of sources.layouts.ACCOUNTS: the account that begins with the most digits alike tells the kind
    file      what the ledger is called in messages, where its rows don't say (columns file and row)
    """
    own = accounts[accounts["plan"] == plan]
    kinds: dict[str, str] = dict(zip(own["account"], own["kind"], strict=True))
    if not kinds:
        known = ", ".join(sorted(set(accounts["plan"]))) or "ingen ännu"
        remedy = "Lägg in planens konton, eller rätta account_plan i YAML-filen"
        return [Fault("data/mappings/accounts.csv", f'kontoplanen "{plan}" finns inte', f"någon av {known}", remedy)]
    used = entries.loc[entries["account"] != "", ["account", "kind"]].drop_duplicates()
    faults = []
    for at, account, kind in zip(used.index, used["account"], used["kind"], strict=True):
        match = longest_match(account, kinds)
        if match is None:
            near = nearest(account, kinds)
            expected = f'ett konto som börjar som i kontoplanen "{plan}", närmast {near}'
            faults.append(_fault(entries, at, f"kontot {account} finns inte", expected, file))
        elif kinds[match] not in ALLOWED[kind]:
            problem = f"kontot {account} är {KIND_WORDS[kinds[match]]} i kontoplanen men raden är {KIND_WORDS[kind]}"
            expected = f"ett konto för {KIND_WORDS[kind]}, eller kind {kinds[match]}"
            faults.append(_fault(entries, at, problem, expected, file))
    return faults


def nearest(account: str, known: Iterable[str]) -> str:
    """The known account with the most leading digits alike, and of those the one nearest in number."""

    def apart(other: str) -> tuple[int, float, str]:
        alike = next((i for i, (a, b) in enumerate(zip(account, other, strict=False)) if a != b), len(other))
        both = account.isdigit() and other.isdigit()
        length = max(len(account), len(other))
        distance = abs(int(account.ljust(length, "0")) - int(other.ljust(length, "0"))) if both else float("inf")
        return -alike, distance, other

    return min(known, key=apart)


def translated(entries: pd.DataFrame, changes: pd.DataFrame, from_plan: str, to_plan: str, file: str) -> pd.DataFrame:
    """The entries with their accounts as the later plan has them, so that years can be compared account by account.

    changes  of sources.layouts.ACCOUNT_CHANGES: the leading digits of `from_account` (the longest match) become those
             of `to_account`; what follows them stays. An account that keeps its number needs a row too

    Raises:
        InputError: an account that no row is about. It is never taken for unchanged.
    """
    own = changes[(changes["from_plan"] == from_plan) & (changes["to_plan"] == to_plan)]
    to = dict(zip(own["from_account"], own["to_account"], strict=True))
    used = entries.loc[entries["account"] != "", "account"].drop_duplicates()
    new, faults = {"": ""}, []
    for at, account in used.items():
        match = longest_match(account, to)
        if match is None:
            problem = f'kontot {account} har ingen motsvarighet från "{from_plan}" till "{to_plan}"'
            expected = "en rad i data/mappings/account_changes.csv, även när numret är detsamma"
            faults.append(_fault(entries, at, problem, expected, file))
        else:
            new[account] = to[match] + account[len(match) :]
    if faults:
        raise InputError(faults)
    return entries.assign(account=entries["account"].astype(str).map(new))


def moved(entries: pd.DataFrame, organisation: pd.DataFrame, year: int) -> pd.DataFrame:
    """The entries with each amount where its unit belongs in `year`, so that a unit is compared with itself.

    organisation  of sources.layouts.ORGANISATION: amounts of years before `from_year` at from_board and from_line
                  (blank: all of the board's lines) go to to_board and to_line (blank: the line keeps its name)
    Changes are made in the order of their years, so that a unit that moved twice ends in the right place. Changes
    after `year` are left alone.
    """
    changes = organisation[organisation["from_year"] <= year].sort_values("from_year", kind="stable")
    changes = changes[changes["from_year"] > entries["year"].min()]
    if changes.empty:
        return entries
    found = entries.assign(
        board=_holding(entries["board"], changes["to_board"]), line=_holding(entries["line"], changes["to_line"])
    )
    for change in rows_of(changes):
        held = (found["year"] < change.from_year) & (found["board"] == change.from_board)
        if change.from_line:
            held &= found["line"] == change.from_line
        if (found["region"] != change.region).any():
            held &= found["region"] == change.region
        found.loc[held, "board"] = change.to_board
        if change.to_line:
            found.loc[held, "line"] = change.to_line
    return found


def _holding(column: pd.Series, names: pd.Series[str]) -> pd.Series:
    """The column, able to hold the names: categories are added where it is made of categories."""
    if not isinstance(column.dtype, pd.CategoricalDtype):
        return column
    return column.cat.add_categories([name for name in dict.fromkeys(names) if name not in column.cat.categories])


def by_account(earlier: pd.DataFrame, later: pd.DataFrame) -> pd.DataFrame:
    """Outcomes of two years by account, both in one plan: kind, account, earlier, later, change (later - earlier).

    An account of one year only has NaN in the other, and so no change. Amounts without an account are one of their own.
    """
    key = ["kind", "account"]
    sides = [
        rows[rows["basis"] == "outcome"]
        .astype({column: str for column in key})
        .groupby(key)["amount"]
        .sum(min_count=1)
        .rename(name)
        for rows, name in ((earlier, "earlier"), (later, "later"))
    ]
    both = pd.concat(sides, axis=1).sort_index().reset_index()
    return both.assign(change=both["later"] - both["earlier"])


def _fault(entries: pd.DataFrame, at: object, problem: str, expected: str, file: str) -> Fault:
    """A fault at one entry, in its own file and row where the ledger knows them."""
    row = entries.loc[at]  # type: ignore[call-overload]
    place, number = row.get("file", file), row.get("row", int(str(at)) + 2)
    return Fault(str(place), problem, expected, row=int(number), column="account")
