"""What a report is made from: the kinds of report, the parts of the data they use, and the slice that they get."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

import pandas as pd

from krokomanalys.errors import Missing
from krokomanalys.sources.goals import GoalVersion
from krokomanalys.sources.ledger import LedgerNotes

Part = Literal["totals", "population", "history", "vintages", "flows", "budget", "goals", "ratios"]


@dataclass(frozen=True)
class ReportKind:
    """A kind of report: its Swedish title, the parts of the data it is made from, and those it cannot do without.

    totals      the population total by year
    population  all population tables
    history     the observed years that a projection is made from
    vintages    an earlier projection whose outcome is known, or the history to have made one
    flows       births, deaths and moves of the report's own year
    budget, goals, ratios  the ledger; the goals of the report's year; Kolada's comparison ratios
    """

    title: str
    uses: frozenset[Part]
    requires: frozenset[Part]


def _kind(title: str, uses: set[Part], requires: set[Part]) -> ReportKind:
    return ReportKind(title, frozenset(uses | requires), frozenset(requires))


REPORTS: dict[str, ReportKind] = {
    "oversikt": _kind("Översikt", {"flows", "budget", "goals", "ratios"}, {"population", "history"}),
    "befolkningsprognos": _kind("Befolkningsprognos", {"goals"}, {"population", "history"}),
    "prognosuppfoljning": _kind("Prognosuppföljning", set(), {"population", "vintages"}),
    "befolkningsanalys": _kind("Befolkningsanalys", set(), {"population", "flows"}),
    "budgetuppfoljning": _kind("Budgetuppföljning", set(), {"budget"}),
    "maluppfoljning": _kind("Måluppföljning", {"totals"}, {"goals"}),
}


@dataclass(frozen=True)
class SourceFile:
    """A file that a slice is made from, with what data/sources.yaml says of it.

    `file` is its path in the data folder; `own` tells the economist's own file from the embedded one of that name.
    """

    file: str
    own: bool
    sha256: str
    table: str
    publisher: str
    licence: str
    unit: str
    retrieved: str


@dataclass(frozen=True)
class PopulationTables:
    """Population figures of the municipality, of Riket and of the place its migration shapes are borrowed from.

    Tables as design's data layout has them: `single` (population.csv), `groups`, `components`, `births`, `deaths`,
    `migration`; `official` holds published projections and `earlier` the municipality's own and its consultants',
    both only those whose jump-off is known and not later than the base year.
    """

    single: pd.DataFrame
    groups: pd.DataFrame
    components: pd.DataFrame
    births: pd.DataFrame
    deaths: pd.DataFrame
    migration: pd.DataFrame
    official: pd.DataFrame
    earlier: pd.DataFrame


@dataclass(frozen=True)
class BudgetTables:
    """A ledger with the notes that say its unit, signs and the document's printed sums."""

    ledger: pd.DataFrame
    notes: LedgerNotes


@dataclass(frozen=True)
class GoalTables:
    """Goals in all versions up to the report's year (oldest first), the report year's own, and measures' outcomes.

    A version whose year had not ended at `known_until` lacks what its document says of how it went.
    """

    versions: tuple[GoalVersion, ...]
    current: GoalVersion | None
    measures: pd.DataFrame


@dataclass(frozen=True)
class Slice:
    """What one report is made from.

    `base_year` is the last 31 December at or before `known_until` with a published population. Parts that the
    report does not use are None (or tables without rows); `missing` tells which parts it would use that nobody
    has given. `comments` is what managers write, for the follow-up reports; `scores` how well models have done over
    many municipalities, for the projections.
    """

    report: str
    municipality: str
    name: str
    year: int
    period: str | None
    board: str | None
    known_until: date
    base_year: int | None
    population: PopulationTables
    budget: BudgetTables | None
    goals: GoalTables | None
    comments: pd.DataFrame
    ratios: pd.DataFrame | None
    kpis: pd.DataFrame | None
    scores: pd.DataFrame | None
    sources: tuple[SourceFile, ...]
    missing: Mapping[Part, Missing]

    @property
    def totals(self) -> dict[int, int]:
        """The municipality's population on 31 December by year, as published."""
        groups = self.population.groups
        own = groups[
            (groups["region"] == self.municipality) & (groups["age_group"] == "total") & (groups["sex"] == "T")
        ]
        return {int(y): int(p) for y, p in zip(own["year"], own["population"], strict=True)}
