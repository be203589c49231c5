"""The one loader: what a report about a municipality and a year may know, and nothing else.

A notebook calls `load` once. Figures later than `known_until` are not in what it gets, nor other regions than
those the report's arithmetic needs, so that the report's key can be made from the slice.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pandas as pd

from krokomanalys.errors import Fault, InputError, Missing, MissingFigures
from krokomanalys.regions import NATION, name_of
from krokomanalys.sources import available
from krokomanalys.sources.folder import (
    EMBEDDED,
    Folder,
    is_document,
    open_folder,
    read_checked,
    read_document,
    sha256,
)
from krokomanalys.sources.goals import GoalVersion, before_judgement
from krokomanalys.sources.grouping import with_groups_of_ages
from krokomanalys.sources.layouts import COMMENTS, MEASURES, OFFICIAL
from krokomanalys.sources.ledger import LedgerNotes
from krokomanalys.sources.slices import (
    REPORTS,
    BudgetTables,
    GoalTables,
    Part,
    PopulationTables,
    ReportKind,
    Slice,
    SourceFile,
)
from krokomanalys.sources.tables import empty_table
from krokomanalys.sources.vintages import missing_vintages


@dataclass
class _Reader:
    """Reads from a folder and remembers which files were read."""

    folder: Folder
    used: dict[Path, str] = field(default_factory=dict)

    def rows(self, file: str, regions: Collection[str] | None = None, until: int | None = None) -> pd.DataFrame:
        frames = []
        for path, kept in self.folder.parts(file, regions):
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

    def notes_beside(self, file: str) -> LedgerNotes | None:
        """The notes in the folder that the ledger comes from: another layer's are about other figures."""
        path = self.folder.path(file)
        notes = path.with_suffix(".yaml") if path else None
        if notes is None or not notes.is_file():
            return None
        self.used[notes] = f"{file.removesuffix('.csv')}.yaml"
        told = read_document(notes)
        return told if isinstance(told, LedgerNotes) else None

    def sources(self) -> tuple[SourceFile, ...]:
        return tuple(self._source(path) for path in sorted(self.used, key=lambda path: (self.used[path], path)))

    def _source(self, path: Path) -> SourceFile:
        file, own = self.used[path], self.folder.layer_of(path) != EMBEDDED
        if is_document(file):
            said = read_document(path).document
            return SourceFile(file, own, sha256(path), said.title, said.body, "allmän handling", "", "")
        told = self.folder.source_of(path)
        if told is None:
            return SourceFile(file, own, sha256(path), "källa inte angiven i sources.yaml", "", "", "", "")
        return SourceFile(
            file, own, sha256(path), told.table, told.publisher, told.licence, told.unit, told.retrieved.isoformat()
        )


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
    end of the period or year; a year's population, flows and ratios are known when it has ended. `shape_from` names the
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
        raise InputError(Fault("municipality", f'"{municipality}" är ingen kommun i regions.csv', 'en kod som "2309"'))
    until = _last_date(year, period, known_until)
    last_year = until.year if (until.month, until.day) == (12, 31) else until.year - 1
    regions = (municipality, NATION, *([shape_from] if shape_from else []))
    missing: dict[Part, Missing] = {}
    population = _population(reader, regions, last_year, kind)
    base = _look_for_population(population, kind, municipality, year, base_year, missing)
    budget = _budget(reader, municipality, year, board, until, missing) if "budget" in kind.uses else None
    goals = _goals(reader, municipality, year, board, until, missing) if "goals" in kind.uses else None
    ratios = reader.rows("ratios/kolada.csv", (municipality, NATION), last_year) if "ratios" in kind.uses else None
    wants_comments = {"budget", "goals"} & kind.requires
    about = f"{municipality}-{year}-{period}" if period else f"{municipality}-{year}"
    comments = reader.table(f"comments/{about}.csv") if wants_comments else None
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
        comments=empty_table(COMMENTS) if comments is None else comments,
        kpis=reader.rows("ratios/kpis.csv") if "ratios" in kind.uses else None,
        scores=reader.table("population/scorecard.csv") if "history" in kind.uses else None,
        sources=reader.sources(),
        missing=missing,
    )


def load_population(data: Path | str | None = None) -> tuple[PopulationTables, list[str]]:
    """All population tables of a data folder over the embedded data, and the municipalities to be looked at.

    Those are the ones whose groups stand in the folder given itself, or all where none stand there.
    """
    folder = open_folder(data)

    def table(name: str) -> pd.DataFrame:
        file = f"population/{name}.csv"
        return folder.table(file) if folder.path(file) is not None else empty_table(OFFICIAL)

    parts = folder.parts("population/groups.csv")
    own = [rows for path, rows in parts if folder.layer_of(path) == folder.layers[0]] or [rows for _, rows in parts]
    places = {str(region) for rows in own for region in rows["region"].unique() if len(str(region)) == 4}
    single = table("population")
    tables = PopulationTables(
        single=single,
        groups=with_groups_of_ages(table("groups"), single),
        components=table("components"),
        births=table("births"),
        deaths=table("deaths"),
        migration=table("migration"),
        official=table("official"),
        earlier=table("earlier"),
    )
    return tables, sorted(places)


def _last_date(year: int, period: str | None, known_until: date | str | None) -> date:
    if known_until is None:
        return _end_of(year, period)
    try:
        return date.fromisoformat(str(known_until))
    except ValueError:
        raise InputError(Fault("known_until", f'"{known_until}" är inget datum', "t.ex. 2021-12-31")) from None


def _end_of(year: int, period: str | None) -> date:
    """The last day of a year or period.

    Raises:
        InputError: a delår, whose last day each municipality decides: it has to be told.
    """
    if period == "delar":
        problem = f"delårsrapportens sista dag {year} är inte angiven"
        raise InputError(Fault("known_until", problem, f"t.ex. {year}-06-30 eller {year}-08-31"))
    month = {None: 12, "tertial1": 4, "tertial2": 8}.get(period) or int(str(period))
    return date(year, month, monthrange(year, month)[1])


def _population(reader: _Reader, regions: tuple[str, ...], until: int, kind: ReportKind) -> PopulationTables:
    def table(name: str, needed: bool) -> pd.DataFrame:
        return reader.rows(f"population/{name}.csv", regions if needed else (), until)

    full = "population" in kind.uses
    single = table("population", full or "totals" in kind.uses)

    def vintages(name: str) -> pd.DataFrame:
        file = f"population/{name}.csv"
        held = reader.folder.path(file) is not None
        rows = reader.rows(file, regions[:1] if full else ()) if held else empty_table(OFFICIAL)
        return rows[(rows["jump_off"] <= until).fillna(False).astype(bool)].reset_index(drop=True)

    return PopulationTables(
        single=single,
        groups=with_groups_of_ages(table("groups", full or "totals" in kind.uses), single),
        components=table("components", full),
        births=table("births", full),
        deaths=table("deaths", full),
        migration=table("migration", full),
        official=vintages("official"),
        earlier=vintages("earlier"),
    )


def _look_for_population(
    tables: PopulationTables,
    kind: ReportKind,
    municipality: str,
    year: int,
    wanted: int | None,
    missing: dict[Part, Missing],
) -> int | None:
    """The base year, None where the report has none; what is missing of population figures goes into `missing`."""
    if "population" not in kind.uses:
        return None
    base = available.base_year(tables.groups, municipality, wanted)
    if isinstance(base, Missing):
        missing["population"] = base
        return None
    if "history" in kind.uses:
        t = tables
        gap = available.history(t.single, t.groups, t.components, t.births, t.deaths, municipality, base)
        missing |= {"history": gap} if gap else {}
    if "vintages" in kind.uses:
        gap = missing_vintages(tables, municipality, base)
        missing |= {"vintages": gap} if gap else {}
    if "flows" in kind.uses:
        gap = available.flows_of_year(tables.groups, tables.components, municipality, year)
        missing |= {"flows": gap} if gap else {}
    return base


def _budget(
    reader: _Reader, municipality: str, year: int, board: str | None, until: date, missing: dict[Part, Missing]
) -> BudgetTables | None:
    if until < date(year, 12, 31):
        missing["budget"] = Missing(
            f"Budget och utfall till och med {until}: månader finns ännu inte i huvudboken, bara hela år",
            f"Gör rapporten för hela året, utan period och med known_until tidigast {year}-12-31",
        )
        return None
    file = f"budget/{municipality}-{year}"
    ledger, notes = reader.table(f"{file}.csv"), reader.notes_beside(f"{file}.csv")
    how = f"Lägg budget och utfall i data/{file}.csv, med enhet och tecken i data/{file}.yaml"
    if ledger is not None and notes is None:
        raise InputError(Fault(f"data/{file}.csv", "enhet och tecken saknas", f"filen {Path(file).name}.yaml bredvid"))
    if ledger is None or notes is None:
        missing["budget"] = Missing(f"Budget och utfall {year}", how)
        return None
    if notes.board is not None:
        ledger = ledger.assign(board=ledger["board"].where(ledger["board"] != "", notes.board))
    if board is not None:
        ledger = ledger[ledger["board"] == board]
    held = set(ledger.loc[ledger["year"] == year, "basis"])
    if lacks := [word for basis, word in (("budget", "budget"), ("outcome", "utfall")) if basis not in held]:
        who = f" för {board}" if board else ""
        missing["budget"] = Missing(f"{' och '.join(lacks).capitalize()} {year}{who} (data/{file}.csv har inget)", how)
    return BudgetTables(ledger, notes)


def _goals(
    reader: _Reader, municipality: str, year: int, board: str | None, until: date, missing: dict[Part, Missing]
) -> GoalTables:
    files = [f for f in reader.folder.files(rf"goals/{municipality}-\d{{4}}\.yaml") if int(f[-9:-5]) <= year]
    read = [v for f in files if isinstance(v := reader.document(f), GoalVersion)]
    versions = tuple(v if date(v.year, 12, 31) <= until else before_judgement(v) for v in read)
    current = next((v for v in versions if v.year == year and board in (None, v.board)), None)
    if current is None:
        who = f" för {board}" if board else ""
        missing["goals"] = Missing(
            f"Mål {year}{who}", f"Skriv målen i data/goals/{municipality}-{year}.yaml (se docs/data.md)"
        )
    measures = reader.table(f"measures/{municipality}.csv")
    known = empty_table(MEASURES) if measures is None else measures[measures["date"] <= until.isoformat()]
    return GoalTables(versions, current, known.reset_index(drop=True))
