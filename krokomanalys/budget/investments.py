"""Investments: the year against its budget by project, and each project against what was decided for it in all.

Expenditure is positive and a variance above zero is better: budget - outcome for the year, decided - forecast for
the whole project.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from krokomanalys.budget.ledger import Ledger, amounts, total
from krokomanalys.budget.versions import in_force
from krokomanalys.sources.ledger import Basis

_PROJECT = ["board", "line", "project"]


def project_table(ledger: Ledger, projects: pd.DataFrame) -> pd.DataFrame:
    """Each project over the year and in all, those of the ledger first, then those only `projects` tells of.

    projects  of sources.layouts.INVESTMENTS
    Columns: board, line, project; the year's budget, outcome, variance (budget - outcome) and completion (outcome in
    per cent of budget); decided_total, accumulated, forecast_total, deviation (decided - forecast);
    planned_end, expected_end, delay (months, above zero is late); note.
    A project that the ledger tells of only by its line has its line's amounts, if no other project shares them.
    NaN is unknown or not to be had, never 0.
    """
    own = projects[projects["year"] == ledger.notes.year]
    if ledger.notes.board is not None:
        own = own[own["board"].isin(["", ledger.notes.board])]
    year, given = _matched(_of_year(ledger), own[[*_PROJECT, *_TOTALS, "note"]])
    both = year.merge(given, how="outer", on=_PROJECT, sort=False)
    order = {key: place for place, key in enumerate(map(tuple, year[_PROJECT].to_numpy()))}
    ranks = [order.get(key, len(order)) for key in map(tuple, both[_PROJECT].to_numpy())]
    both = both.assign(_rank=ranks).sort_values("_rank", kind="stable", ignore_index=True)
    both["variance"] = both["budget"] - both["outcome"]
    both["completion"] = both["outcome"] / both["budget"].where(both["budget"] != 0) * 100
    both["deviation"] = both["decided_total"] - both["forecast_total"]
    both["delay"] = delay(both["planned_end"], both["expected_end"])
    return both[_COLUMNS]


_TOTALS = ["decided_total", "accumulated", "forecast_total", "planned_end", "expected_end"]
_COLUMNS = [
    *_PROJECT,
    *("budget", "outcome", "variance", "completion"),
    *("decided_total", "accumulated", "forecast_total", "deviation"),
    *("planned_end", "expected_end", "delay", "note"),
]


def delay(planned: pd.Series[str], expected: pd.Series[str]) -> pd.Series[float]:
    """Whole months between two columns of ISO dates, by their months; above zero is late, NaN where one is blank."""
    first, last = (pd.to_datetime(dates.where(dates != ""), format="%Y-%m-%d") for dates in (planned, expected))
    return ((last.dt.year - first.dt.year) * 12 + last.dt.month - first.dt.month).astype(float)


def without_budget(table: pd.DataFrame) -> pd.DataFrame:
    """The projects of a `project_table` that cost something this year without a budget for it."""
    return table[(table["outcome"] > 0) & ~(table["budget"] > 0)]


def without_outcome(table: pd.DataFrame) -> pd.DataFrame:
    """The projects of a `project_table` that have a budget this year and of which nothing is spent."""
    return table[(table["budget"] > 0) & (table["outcome"] == 0)]


def passed(table: pd.DataFrame) -> pd.DataFrame:
    """The projects of a `project_table` that have cost more in all than was decided; not those without a decision."""
    return table[(table["decided_total"] > 0) & (table["accumulated"] > table["decided_total"])]


def undecided(table: pd.DataFrame) -> pd.DataFrame:
    """The projects of a `project_table` whose decided total is 0 and that cost something, or are expected to."""
    costs = (table["accumulated"] > 0) | (table["forecast_total"] > 0)
    return table[(table["decided_total"] == 0) & costs]


@dataclass(frozen=True)
class Carried:
    """A year's investments in all: budget, outcome, and completion, the outcome in per cent of the budget."""

    year: int
    budget: float
    outcome: float

    @property
    def completion(self) -> float:
        """NaN where there was no budget."""
        return self.outcome / self.budget * 100 if self.budget else float("nan")


def carried_out(ledgers: Sequence[Ledger]) -> tuple[Carried, ...]:
    """Each ledger's own year, oldest first; only years whose whole budget and outcome are known."""
    found = []
    for ledger in ledgers:
        if "investment" in ledger.tables and ledger.months == 12:
            table = amounts(ledger, "investment", ledger.notes.year)
            year = Carried(ledger.notes.year, total(table, "budget"), total(table, "outcome"))
            if not pd.isna(year.completion):
                found.append(year)
    return tuple(sorted(found, key=lambda carried: carried.year))


def used_share(years: Sequence[Carried]) -> float:
    """All the years' outcome in per cent of all their budget, so that a year weighs by its money."""
    return sum(year.outcome for year in years) / sum(year.budget for year in years) * 100


def expected_outcome(budget: float, earlier: Sequence[Carried]) -> float:
    """The budget times the share of earlier years' budgets that was used; NaN without any."""
    return budget * used_share(earlier) / 100 if earlier else float("nan")


def _of_year(ledger: Ledger) -> pd.DataFrame:
    """board, line, project, budget and outcome of the ledger's year."""
    entries = ledger.entries
    own = entries[(entries["kind"] == "investment") & (entries["year"] == ledger.notes.year)]
    own = own[own["basis"] != "forecast"]
    own = in_force(own[own["parent"] == ""].astype({c: str for c in (*_PROJECT, "basis", "decided")}))
    table = own[_PROJECT].drop_duplicates(ignore_index=True)
    bases: tuple[Basis, ...] = ("budget", "outcome")
    for basis in bases:
        sums = own[own["basis"] == basis].groupby(_PROJECT, sort=False)["amount"].sum(skipna=False)
        table = table.merge(sums.rename(basis), how="left", on=_PROJECT)
    return table


def _matched(year: pd.DataFrame, given: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Both tables with the same names for the same projects.

    A project without a board has its line's. A line that the ledger has once, without a project, is the one project
    that is told of on it.
    """
    boards = dict(zip(year["line"], year["board"], strict=True))
    own = [board or boards.get(line, "") for board, line in zip(given["board"], given["line"], strict=True)]
    alone = given[~given["line"].duplicated(keep=False)]
    projects = dict(zip(alone["line"], alone["project"], strict=True))
    shared = year["line"].duplicated(keep=False)
    named = [
        project if several else project or projects.get(line, "")
        for line, project, several in zip(year["line"], year["project"], shared, strict=True)
    ]
    return year.assign(project=named), given.assign(board=own)
