"""What a report is made from: the kinds of report, the parts of the data they use, and the slice that they get."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from typing import Literal

import pandas as pd

from krokomanalys.errors import Missing
from krokomanalys.regions import MADE_UP
from krokomanalys.sources import layouts
from krokomanalys.sources.balance import BalanceNotes
from krokomanalys.sources.claims import Claims
from krokomanalys.sources.goals import GoalVersion
from krokomanalys.sources.ledger import LedgerNotes
from krokomanalys.sources.tables import empty_table

Part = Literal[
    "totals", "population", "history", "vintages", "flows", "budget", "plan", "goals", "ratios", "comparisons"
]


@dataclass(frozen=True)
class ReportKind:
    """A kind of report: its Swedish title, the parts of the data it is made from, and those it cannot do without.

    totals      the population total by year
    population  all population tables
    history     the observed years that a projection is made from
    vintages    an earlier projection whose outcome is known, or the history to have made one
    flows       births, deaths and moves of the report's own year
    budget      budget and outcome of the report's year, up to its last day
    plan        a plan over several years
    goals, ratios  the goals of the report's year; Kolada's comparison ratios
    comparisons  jämförelsetal to set beside earlier years or other places: the document's own, or Kolada's
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
    "delarsrapport": _kind("Delårsrapport", {"goals", "totals"}, {"budget"}),
    "ekonomisk_plan": _kind("Ekonomisk plan", {"ratios"}, {"plan"}),
    "maluppfoljning": _kind("Måluppföljning", {"totals", "population", "history"}, {"goals"}),
    "jamforelsetal": _kind("Jämförelsetal", {"totals", "goals", "ratios"}, {"comparisons"}),
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
    """A ledger with the notes that say its unit, signs and the document's printed sums; outcomes that were known only.

    ledger, notes  the amounts as given, with the columns `file` and `row` that say where each stands; the notes
    boards         the nämnder of all of the ledger; undivided: lines with an outcome for the year only (board, line),
                   which isn't known before the year's end
    earlier        the ledgers of the years before, the latest first, each without earlier ones of its own
    commitments    amounts known to come that the budget doesn't hold
    drivers, volumes, projects  what variances come from; volumes and prices; investments over all their years
    accounts, account_changes, organisation  account plans, and what changed place between plans and years
    """

    ledger: pd.DataFrame
    notes: LedgerNotes
    boards: tuple[str, ...] = ()
    undivided: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=["board", "line"]))
    earlier: tuple[BudgetTables, ...] = ()
    commitments: pd.DataFrame = field(default_factory=partial(empty_table, layouts.COMMITMENTS))
    drivers: pd.DataFrame = field(default_factory=partial(empty_table, layouts.DRIVERS))
    volumes: pd.DataFrame = field(default_factory=partial(empty_table, layouts.VOLUMES))
    projects: pd.DataFrame = field(default_factory=partial(empty_table, layouts.INVESTMENTS))
    accounts: pd.DataFrame = field(default_factory=partial(empty_table, layouts.ACCOUNTS))
    account_changes: pd.DataFrame = field(default_factory=partial(empty_table, layouts.ACCOUNT_CHANGES))
    organisation: pd.DataFrame = field(default_factory=partial(empty_table, layouts.ORGANISATION))


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
    has given. `balance` is what the balanskrav is judged by, `claims` what a document says in figures and can be
    computed again from; both None where nobody has written them. `comments` is what managers write, for the follow-up
    reports; `scores` how well models have done over many municipalities, for the projections; `places` the names of
    those that `ratios` has figures of, by code.
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
    balance: BalanceNotes | None
    claims: Claims | None
    goals: GoalTables | None
    comments: pd.DataFrame
    ratios: pd.DataFrame | None
    kpis: pd.DataFrame | None
    scores: pd.DataFrame | None
    sources: tuple[SourceFile, ...]
    missing: Mapping[Part, Missing]
    places: Mapping[str, str]

    @property
    def made_up(self) -> bool:
        """Whether the municipality and its figures are made up, as those of 0000 Exempelkommun are."""
        return self.municipality == MADE_UP

    @property
    def months(self) -> int:
        """The last whole month of the report's year that is known, 0 to 12."""
        return whole_months(self.known_until, self.year)

    @property
    def totals(self) -> dict[int, int]:
        """The municipality's population on 31 December by year, as published."""
        groups = self.population.groups
        own = groups[
            (groups["region"] == self.municipality) & (groups["age_group"] == "total") & (groups["sex"] == "T")
        ]
        return {int(y): int(p) for y, p in zip(own["year"], own["population"], strict=True)}


def whole_months(until: date, year: int) -> int:
    """How many months of `year` had ended on a day, 0 to 12."""
    ended = (until + timedelta(days=1)).month - 1 if until.year == year else 12 * (until.year > year)
    return ended or 12 * ((until.month, until.day) == (12, 31) and until.year == year)
