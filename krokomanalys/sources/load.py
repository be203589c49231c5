"""The one loader: what a report about a municipality and a year may know, and nothing else.

A notebook calls `load` once. Figures later than `known_until` are not in what it gets, nor other regions than
those the report's arithmetic needs, so that the report's key can be made from the slice.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal

import pandas as pd

from krokomanalys.errors import Fault, InputError, Missing, MissingFigures
from krokomanalys.regions import NATION, name_of
from krokomanalys.sources.folder import Folder, is_document, open_folder, read_checked, read_document, sha256, shown
from krokomanalys.sources.goals import GoalVersion
from krokomanalys.sources.ledger import LedgerNotes
from krokomanalys.sources.tables import COMMENTS, MEASURES

Part = Literal["totals", "population", "flows", "budget", "goals", "ratios"]


@dataclass(frozen=True)
class ReportKind:
    """A kind of report: its Swedish title, the parts of the data it is made from, and those it cannot do without.

    totals      the population total by year
    population  all population tables
    flows       births, deaths and moves of the report's own year
    budget, goals, ratios  the ledger; the goals of the report's year; Kolada's comparison ratios
    """

    title: str
    uses: frozenset[Part]
    requires: frozenset[Part]


def _kind(title: str, uses: set[Part], requires: set[Part]) -> ReportKind:
    return ReportKind(title, frozenset(uses | requires), frozenset(requires))


REPORTS: dict[str, ReportKind] = {
    "oversikt": _kind("Översikt", {"flows", "budget", "goals", "ratios"}, {"population"}),
    "befolkningsprognos": _kind("Befolkningsprognos", {"goals"}, {"population"}),
    "befolkningsanalys": _kind("Befolkningsanalys", set(), {"population", "flows"}),
    "budgetuppfoljning": _kind("Budgetuppföljning", set(), {"budget"}),
    "maluppfoljning": _kind("Måluppföljning", {"totals"}, {"goals"}),
}


@dataclass(frozen=True)
class SourceFile:
    """A file that a slice is made from, with what data/sources.yaml says of it."""

    file: str
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
    `migration`; `official` holds published projections whose jump-off is known and not later than the base year.
    """

    single: pd.DataFrame
    groups: pd.DataFrame
    components: pd.DataFrame
    births: pd.DataFrame
    deaths: pd.DataFrame
    migration: pd.DataFrame
    official: pd.DataFrame


@dataclass(frozen=True)
class BudgetTables:
    """A ledger with the notes that say its unit, signs and the document's printed sums."""

    ledger: pd.DataFrame
    notes: LedgerNotes


@dataclass(frozen=True)
class GoalTables:
    """Goals in all versions up to the report's year (oldest first), the report year's own, and measures' outcomes."""

    versions: tuple[GoalVersion, ...]
    current: GoalVersion | None
    measures: pd.DataFrame


@dataclass(frozen=True)
class Slice:
    """What one report is made from.

    `base_year` is the last 31 December at or before `known_until` with a published population. Parts that the
    report does not use are None (or tables without rows); `missing` tells which parts it would use that nobody
    has given. `comments` is what managers write, for the follow-up reports.
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


@dataclass
class _Reader:
    """Reads from a folder and remembers which files were read."""

    folder: Folder
    used: dict[Path, str] = field(default_factory=dict)

    def rows(self, file: str, regions: Collection[str] | None = None, until: int | None = None) -> pd.DataFrame:
        frames = []
        for path, part in self.folder.parts(file):
            kept = part if regions is None else part[part["region"].isin(list(regions))]
            if until is not None:
                kept = kept[kept["year"] <= until]
            if len(kept):
                self.used[path] = file
            frames.append(kept)
        return pd.concat(frames, ignore_index=True) if len(frames) > 1 else frames[0].reset_index(drop=True)

    def document(self, file: str) -> GoalVersion | LedgerNotes | None:
        path = self.folder.path(file)
        if path is None:
            return None
        self.used[path] = file
        return read_document(path)

    def table(self, file: str) -> pd.DataFrame | None:
        path = self.folder.path(file)
        if path is None:
            return None
        self.used[path] = file
        return read_checked(path)

    def sources(self) -> tuple[SourceFile, ...]:
        listed: dict[str, SourceFile] = {}
        for path, file in self.used.items():
            name = shown(path) if file in listed else file
            if is_document(file):
                said = read_document(path).document
                listed[name] = SourceFile(name, sha256(path), said.title, said.body, "allmän handling", "", "")
            elif told := self.folder.source_of(file):
                listed[name] = SourceFile(
                    name, sha256(path), told.table, told.publisher, told.licence, told.unit, told.retrieved.isoformat()
                )
            else:
                listed[name] = SourceFile(name, sha256(path), "källa inte angiven i sources.yaml", "", "", "", "")
        return tuple(listed[name] for name in sorted(listed))


def load(
    report: str,
    data: Path | str | None = None,
    *,
    municipality: str,
    year: int,
    period: str | None = None,
    board: str | None = None,
    known_until: date | str | None = None,
    base_year: int | None = None,
    shape_from: str | None = None,
) -> Slice:
    """What the report named may know about a municipality and a year.

    `data` is a folder laid over the embedded data (default: the workspace's data/). `known_until` defaults to the
    end of the year; a year's population, flows and ratios are known when it has ended. `shape_from` names the
    municipality whose migration by age lends its shape to one that has none.

    Raises:
        MissingFigures: figures that the report cannot do without are not there.
        InputError: a faulty file, an unknown municipality or report.
    """
    if report not in REPORTS:
        raise InputError(Fault("rapport", f'"{report}" finns inte', "någon av " + ", ".join(REPORTS)))
    kind, reader = REPORTS[report], _Reader(open_folder(data))
    name = name_of(reader.rows("regions.csv"), municipality)
    if name is None or len(municipality) != 4:
        raise InputError(Fault("kommun", f'"{municipality}" är ingen kommun i regions.csv', 'en kod som "2309"'))
    until = _last_date(year, known_until)
    last_year = until.year if (until.month, until.day) == (12, 31) else until.year - 1
    regions = (municipality, NATION, *([shape_from] if shape_from else []))
    missing: dict[Part, Missing] = {}
    population = _population(reader, regions, last_year, kind)
    base = _base_year(population, municipality, base_year, missing) if "population" in kind.uses else None
    if "flows" in kind.uses:
        _look_for_flows(population, municipality, year, missing)
    budget = _budget(reader, municipality, year, board, missing) if "budget" in kind.uses else None
    goals = _goals(reader, municipality, year, board, until, missing) if "goals" in kind.uses else None
    ratios = reader.rows("ratios/kolada.csv", (municipality, NATION), last_year) if "ratios" in kind.uses else None
    wants_comments = {"budget", "goals"} & kind.requires
    comments = reader.table(f"comments/{municipality}-{year}.csv") if wants_comments else None
    if stops := [gap for part, gap in missing.items() if part in kind.requires]:
        raise MissingFigures(stops)
    return Slice(
        report=report,
        municipality=municipality,
        name=name,
        year=year,
        period=period,
        board=board,
        known_until=until,
        base_year=base,
        population=population,
        budget=budget,
        goals=goals,
        ratios=ratios,
        comments=COMMENTS.empty() if comments is None else comments,
        kpis=reader.rows("ratios/kpis.csv") if "ratios" in kind.uses else None,
        sources=reader.sources(),
        missing=missing,
    )


def _last_date(year: int, known_until: date | str | None) -> date:
    if known_until is None:
        return date(year, 12, 31)
    try:
        return date.fromisoformat(str(known_until))
    except ValueError:
        raise InputError(Fault("known_until", f'"{known_until}" är inget datum', "t.ex. 2021-12-31")) from None


def _population(reader: _Reader, regions: tuple[str, ...], until: int, kind: ReportKind) -> PopulationTables:
    def table(name: str, needed: bool) -> pd.DataFrame:
        return reader.rows(f"population/{name}.csv", regions if needed else (), until)

    full = "population" in kind.uses
    official = reader.rows("population/official.csv", regions[:1] if full else ())
    return PopulationTables(
        single=table("population", full),
        groups=table("groups", full or "totals" in kind.uses),
        components=table("components", full),
        births=table("births", full),
        deaths=table("deaths", full),
        migration=table("migration", full),
        official=official[(official["jump_off"] <= until).fillna(False).astype(bool)].reset_index(drop=True),
    )


def _base_year(
    tables: PopulationTables, municipality: str, wanted: int | None, missing: dict[Part, Missing]
) -> int | None:
    groups = tables.groups
    years = sorted(groups.loc[(groups["region"] == municipality) & (groups["age_group"] == "total"), "year"].unique())
    if not years:
        missing["population"] = Missing(
            f"Folkmängd för {municipality} i population/groups.csv",
            "Hämta Folkmängd efter ålder och kön hos SCB och lägg raderna i data/population/groups.csv",
        )
        return None
    if wanted is not None and wanted not in years:
        raise InputError(
            Fault(
                "base_year",
                f"befolkning 31 december {wanted} finns inte bland det som var känt",
                f"ett år i {years[0]}–{years[-1]}",
            )
        )
    return wanted if wanted is not None else int(years[-1])


def _look_for_flows(tables: PopulationTables, municipality: str, year: int, missing: dict[Part, Missing]) -> None:
    groups, flows = tables.groups, tables.components
    totals = groups[(groups["region"] == municipality) & (groups["age_group"] == "total") & (groups["sex"] == "T")]
    own = flows[(flows["region"] == municipality) & (flows["year"] == year) & (flows["sex"] == "T")]
    needed = {"births", "deaths", "in_migration", "out_migration"}
    if not needed <= set(own["component"]) or not {year - 1, year} <= set(totals["year"]):
        last = flows.loc[flows["region"] == municipality, "year"].max()
        until = f" (senaste år är {last})" if pd.notna(last) else ""
        missing["flows"] = Missing(
            f"Födda, döda, in- och utflyttade {year} med folkmängden {year - 1} och {year}{until}",
            "Hämta Folkmängd och befolkningsförändringar hos SCB och lägg raderna i data/population/components.csv "
            "och groups.csv",
        )


def _budget(
    reader: _Reader, municipality: str, year: int, board: str | None, missing: dict[Part, Missing]
) -> BudgetTables | None:
    file = f"budget/{municipality}-{year}"
    ledger, notes = reader.table(f"{file}.csv"), reader.document(f"{file}.yaml")
    how = f"Lägg budget och utfall i data/{file}.csv, med enhet och tecken i data/{file}.yaml"
    if ledger is not None and not isinstance(notes, LedgerNotes):
        raise InputError(Fault(f"data/{file}.yaml", "filen saknas", "enhet och teckenregel för huvudboken bredvid"))
    if ledger is None or not isinstance(notes, LedgerNotes):
        missing["budget"] = Missing(f"Budget och utfall {year}", how)
        return None
    if board is not None:
        ledger = ledger[ledger["board"].isin([board])].reset_index(drop=True)
    of_year = ledger[ledger["year"] == year]
    if not {"budget", "outcome"} <= set(of_year["basis"]):
        lacks = "utfall" if "budget" in set(of_year["basis"]) else "budget"
        who = f" för {board}" if board else ""
        missing["budget"] = Missing(f"{lacks.capitalize()} {year}{who} (data/{file}.csv har inget)", how)
    return BudgetTables(ledger, notes)


def _goals(
    reader: _Reader, municipality: str, year: int, board: str | None, until: date, missing: dict[Part, Missing]
) -> GoalTables:
    files = [f for f in reader.folder.files(rf"goals/{municipality}-\d{{4}}\.yaml") if int(f[-9:-5]) <= year]
    versions = tuple(v for f in files if isinstance(v := reader.document(f), GoalVersion))
    current = next((v for v in versions if v.year == year and board in (None, v.board)), None)
    if current is None:
        who = f" för {board}" if board else ""
        missing["goals"] = Missing(
            f"Mål {year}{who}", f"Skriv målen i data/goals/{municipality}-{year}.yaml (se docs/data.md)"
        )
    measures = reader.table(f"measures/{municipality}.csv")
    known = MEASURES.empty() if measures is None else measures[measures["date"] <= until.isoformat()]
    return GoalTables(versions, current, known.reset_index(drop=True))
