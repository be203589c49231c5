"""A ledger and those of earlier years as arrays by month and line: what forecasts of the year are made from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from krokomanalys.budget.ledger import Ledger

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Whole = npt.NDArray[np.int64]

ONE_OFF = "engångspost"
"""How the note of a one-off begins, in outcomes and in budgets."""
COMMITMENTS = ("board", "line", "kind", "month", "amount")
"""Columns of commitments that the budget doesn't hold: each known amount and the month it falls in."""
_KINDS = ("grant", "income", "cost")
_LINE = ["board", "line", "kind"]


@dataclass(frozen=True, eq=False)
class Months:
    """Monthly amounts of lines over years, ascending; signed as in budget.ledger. U lines, Y years.

    lines      board, line and kind (income | cost | grant | net) of each of the U lines
    outcome    (Y, 12, U) without one-offs; NaN where the month is not known
    one_offs   (Y, 12, U) what is marked as engångspost in the outcome
    budget     (Y, 12, 12, U) by month, without one-offs, in the version in force at the end of the month on the
               second axis; NaN in a year without a budget
    undivided  (Y, 12, U) the part of that budget which is given for the whole year only
    expected   (Y, 12, 12, U) one-offs in that budget
    committed  (Y, 12, U) known amounts that the budget doesn't hold, 0 but in the last year
    lacking    (U,) lines whose outcome of the last year is given for the whole year only, or in part so
    """

    lines: pd.DataFrame
    years: tuple[int, ...]
    outcome: Array
    one_offs: Array
    budget: Array
    undivided: Array
    expected: Array
    committed: Array
    lacking: Mask

    @property
    def actual(self) -> Array:
        """What each year became, (Y, U); NaN where not all of it is known."""
        total: Array = (self.outcome + self.one_offs).sum(axis=1)
        return total

    @property
    def last(self) -> int:
        """How many months of the last year are known, 0 to 12."""
        return int(np.isfinite(self.outcome[-1]).any(axis=1).sum())

    @property
    def budget_year(self) -> Array:
        """The whole year's budget as in force after each month, (Y, 12, U)."""
        whole: Array = (self.budget + self.expected).sum(axis=2) + self.undivided
        return whole


def months_of_ledgers(ledgers: Sequence[Ledger], commitments: pd.DataFrame | None = None) -> Months | None:
    """The months of a ledger and of those of earlier years, as arrays; None where the first has no monthly outcomes.

    ledgers      the year's own first, the others with every unit where it belongs in that year (see mappings.moved);
                 rows of investments and parts ("varav") are left out
    commitments  amounts of the own year known beforehand and not in the budget, columns COMMITMENTS

    An outcome given for the whole year only has no months: they are NaN. So are the own year's months after the
    ledger's last, and all of a line that has no row in a year.
    """
    own = ledgers[0]
    entries = pd.concat([_held(ledger) for ledger in ledgers], ignore_index=True)
    outcomes = entries[(entries["basis"] == "outcome") & (entries["year"] == own.notes.year)]
    if outcomes["month"].isna().all():
        return None
    lines = entries[_LINE].drop_duplicates(ignore_index=True)
    years = tuple(sorted({ledger.notes.year for ledger in ledgers}))
    months = _arrays(entries, lines, years, own.months)
    if commitments is not None:
        places = commitments[_LINE].merge(lines.reset_index(), on=_LINE, how="left", validate="m:1")["index"]
        if places.isna().any():
            raise ValueError("a commitment is on a line that the ledger doesn't have")
        for place, month, amount in zip(places, commitments["month"], commitments["amount"], strict=True):
            months.committed[-1, int(month) - 1, int(place)] += amount
    return months


def groups(months: Months) -> tuple[list[str], Array]:
    """The rows that lines are summed to, and which lines belong to each, (G, U) of 0 and 1.

    They are the nämnder, or the lines of a ledger with only one nämnd.
    """
    column = "board" if months.lines["board"].nunique() > 1 else "line"
    labels = months.lines[column].to_numpy(dtype=str)
    names = [str(name) for name in dict.fromkeys(labels)]
    return names, np.array([labels == name for name in names], dtype=float)


def _held(ledger: Ledger) -> pd.DataFrame:
    """A ledger's own year's operations, rows that are no one's part; income and cost where it has them, else net."""
    own = ledger.entries
    own = own[(own["year"] == ledger.notes.year) & (own["kind"] != "investment") & (own["parent"] == "")]
    kinds = own["kind"].astype(str)
    own = own[kinds.isin(_KINDS)] if kinds.isin(_KINDS).any() else own
    texts = ["board", "line", "kind", "basis", "version", "decided", "note"]
    return own[["region", "year", "month", "amount", *texts]].astype({text: str for text in texts})


def _arrays(entries: pd.DataFrame, lines: pd.DataFrame, years: tuple[int, ...], last: int) -> Months:
    """The entries added up in the places of `Months`."""
    place = entries[_LINE].merge(lines.reset_index(), on=_LINE, how="left")["index"].to_numpy()
    year: Whole = np.searchsorted(years, entries["year"].to_numpy(dtype=int)).astype(np.int64)
    month: Whole = entries["month"].fillna(0).to_numpy(dtype=np.int64)
    amount = entries["amount"].to_numpy(dtype=float)
    special = entries["note"].str.lower().str.startswith(ONE_OFF).to_numpy(dtype=bool)
    came, planned = (entries["basis"] == "outcome").to_numpy(), (entries["basis"] == "budget").to_numpy()
    shape = (len(years), 12, len(lines))
    outcome, one_offs, undivided = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    budget, expected = np.zeros((shape[0], 12, *shape[1:])), np.zeros((shape[0], 12, *shape[1:]))
    for came_in, taken in ((outcome, came & ~special & (month > 0)), (one_offs, came & special & (month > 0))):
        np.add.at(came_in, (year[taken], month[taken] - 1, place[taken]), amount[taken])
    present = np.zeros((len(years), len(lines)), dtype=bool)
    present[year, place] = True
    boards = pd.factorize(lines["board"])[0].astype(np.int64)
    outcome[~_known(came, year, month, place, present, boards, last)] = np.nan
    for at, known in _in_force(entries, planned, years, last):
        divided, whole = known & (month > 0), known & (month == 0)
        for into, taken in ((budget, divided & ~special), (expected, divided & special)):
            np.add.at(into[at], (month[taken] - 1, place[taken]), amount[taken])
        np.add.at(undivided[at], (place[whole],), amount[whole])
    budget[~np.isin(np.arange(len(years)), year[planned])] = np.nan
    lacking = np.isin(np.arange(len(lines)), place[came & (month == 0) & (year == len(years) - 1)])
    return Months(lines, years, outcome, one_offs, budget, undivided, expected, np.zeros(shape), lacking)


def _known(
    came: Mask,
    year: Whole,
    month: Whole,
    place: Whole,
    present: Mask,
    boards: Whole,
    last: int,
) -> Mask:
    """Which months of which lines the outcomes are known for, (Y, 12, U); the last year's only up to `last`.

    boards  (U) the nämnd of each line: a month is known of a nämnd that has an outcome in it, or after it
    """
    through = np.zeros((len(present), boards.max(initial=0) + 1), dtype=int)
    np.maximum.at(through, (year[came], boards[place[came]]), month[came])
    through[-1] = np.minimum(through[-1], last)
    whole = came & (month == 0)
    present = present.copy()
    present[year[whole], place[whole]] = False
    ended = np.arange(1, 13)[:, np.newaxis] <= through[:, np.newaxis, boards]
    known: Mask = ended & present[:, np.newaxis]
    return known


def _in_force(
    entries: pd.DataFrame, planned: Mask, years: tuple[int, ...], last: int
) -> Iterator[tuple[tuple[int, int], Mask]]:
    """The entries of the budget in force after each month of each year, with the place (year, month) in the arrays.

    That is the version last decided by the month's end, the first one where none was; in the last year's last month
    and after it, the last of all.
    """
    decided, of_year = entries["decided"].to_numpy(dtype=str), entries["year"].to_numpy(dtype=int)
    for at, year in enumerate(years):
        own = planned & (of_year == year)
        versions = sorted(set(decided[own]))
        for month in range(1, 13) if versions else ():
            ends = "9999" if at == len(years) - 1 and month >= last else f"{year}-{month:02d}-31"
            in_time = [version for version in versions if version <= ends] or versions[:1]
            yield (at, month - 1), own & (decided == in_time[-1])
