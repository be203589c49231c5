"""Whether a ledger's versions can be told apart in time, and whether each is whole."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pandas as pd

from krokomanalys.budget.ledger_faults import fault_at
from krokomanalys.errors import Fault
from krokomanalys.sources.ledger import BASIS_WORDS, LedgerNotes
from krokomanalys.swedish import listed


def versions_are_decided(rows: pd.DataFrame, notes: LedgerNotes) -> Iterator[Fault]:
    """Where there are several versions, it is plain which is the last one."""
    named = rows[["year", "table", "basis", "version", "decided"]].drop_duplicates()
    for (year, table, basis), held in named.groupby(["year", "table", "basis"], sort=False, observed=True):
        names, days = list(held["version"].astype(str)), list(held["decided"].astype(str))
        if len(held) == 1:
            continue
        what = f"{BASIS_WORDS[str(basis)]} {year} ({table})"
        at = held.index[-1]
        if basis == "outcome":
            problem = f"{what} finns i flera versioner: {_quoted(names)}"
            yield fault_at(rows, notes, problem, "ett utfall, så att inget räknas två gånger", column="version", at=at)
        elif len(set(names)) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            problem = f'versionen "{twice}" av {what} har flera beslutsdatum'
            yield fault_at(rows, notes, problem, "samma datum på alla versionens rader", column="decided", at=at)
        elif "" in days:
            problem = f"{what} finns i flera versioner ({_quoted(names)}) och alla har inte beslutsdatum"
            yield fault_at(rows, notes, problem, "ett datum i decided på alla rader", column="decided", at=at)
        elif len(set(days)) < len(days):
            problem = f"{what} har två versioner med samma beslutsdatum: {_quoted(names)}"
            yield fault_at(rows, notes, problem, "olika datum, så att den senaste gäller", column="decided", at=at)


def versions_are_whole(rows: pd.DataFrame, notes: LedgerNotes) -> Iterator[Fault]:
    """A later version has every nämnd of the one before, and a nämnd's lines in it are not just some of them.

    The same holds of a nämnd's lines in a forecast against the budget. An addition to a budget given as a version of
    its own, or a forecast of the costs alone, would else be taken for all of it.
    """
    own = rows[(rows["table"] != "investment") & (rows["parent"] == "") & (rows["basis"] != "outcome")]
    named = own[["year", "basis", "decided", "version", "board", "kind", "line"]].drop_duplicates()
    named = named.astype({column: str for column in named.columns if column != "year"})
    for year, of_year in named.groupby("year", sort=False):
        budgets, forecasts = (
            [_Version(rows) for _, rows in of_year[of_year["basis"] == basis].groupby("decided", sort=True)]
            for basis in ("budget", "forecast")
        )
        followed = [*pairwise(budgets), *pairwise(forecasts)]
        for before, later in [*followed, *((budgets[-1], forecast) for forecast in forecasts if budgets)]:
            if (gone := [board for board in before.lines if board not in later.lines]) and (before, later) in followed:
                problem = f"{later.name} {year} saknar {listed(gone)}, som finns i {before.name}"
                expected = "alla nämnder i varje version; de får ligga i var sin fil med samma namn och datum"
                yield fault_at(rows, notes, problem, expected, column="version", at=later.at)
            for board in (board for board, lines in later.lines.items() if lines < before.lines.get(board, set())):
                lacks = sorted({f"{line} ({kind})" for kind, line in before.lines[board] - later.lines[board]})
                problem = f"{later.name} {year} har bara en del av {board or 'raderna'}: {listed(lacks)} saknas"
                expected = f"alla rader som finns i {before.name}, med 0 för det som är borta"
                yield fault_at(rows, notes, problem, expected, column="version", at=later.at)


class _Version:
    """A version's name in words, the index of its first row, and by nämnd the kinds and lines that it has."""

    def __init__(self, rows: pd.DataFrame) -> None:
        name = str(rows["version"].iloc[0])
        self.name = f'"{name}"' if name else BASIS_WORDS[str(rows["basis"].iloc[0])]
        self.at = rows.index[0]
        boards = rows.groupby("board", sort=False)
        self.lines = {str(board): set(zip(own["kind"], own["line"], strict=True)) for board, own in boards}


def _quoted(names: list[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
