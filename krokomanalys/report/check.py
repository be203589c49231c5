"""All data and parameters read at once, so that an economist sees every fault before anything is made."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from krokomanalys.errors import Fault, InputError, MissingFigures
from krokomanalys.population.outlook import outlook
from krokomanalys.regions import ascii_name
from krokomanalys.report.audit import claim_faults
from krokomanalys.report.check_ledgers import collected, ledger_faults, strange_moves
from krokomanalys.report.params import Parameters, read_parameters, slice_of
from krokomanalys.report.scenarios import futures_of
from krokomanalys.report.seek import aims_of
from krokomanalys.sources.agreement import (
    CORRECTED_MOVES,
    ages_agree_with_groups,
    ages_are_complete,
    change_follows_from_flows,
    cohorts_follow_from_flows,
    flows_agree_by_age,
    flows_are_counts,
    groups_add_up,
    sexes_add_up,
)
from krokomanalys.sources.folder import (
    PERIOD,
    Deviation,
    Folder,
    SourceList,
    contents,
    is_document,
    layout_of,
    notes_of,
    open_folder,
    read_checked,
    read_document,
    shown,
)
from krokomanalys.sources.goals import GoalVersion
from krokomanalys.sources.ledger import LedgerNotes
from krokomanalys.sources.slices import REPORTS
from krokomanalys.sources.tables import rows_of
from krokomanalys.sources.yaml_files import read_yaml
from krokomanalys.targets.goals import word_faults
from krokomanalys.targets.versions import population_targets

BY_AGE = (
    ("births", "births", ("births",)),
    ("deaths", "deaths", ("deaths",)),
    ("migration", "in_migration", ("in_domestic", "immigration")),
    ("migration", "out_migration", ("out_domestic", "emigration")),
)
"""Tables by age, the component each gives the total of, and the columns that count it."""


def disagreements(data: Path | None) -> list[Fault]:
    """Population figures of the data that don't agree with each other, or don't follow from the flows.

    Raises:
        InputError: a file that the figures stand in is faulty.
    """
    return _disagreements(open_folder(data))


def faults_of_data(data: Path | None) -> list[Fault]:
    """Every fault in the data folder and the embedded data under it: files, cells, sums, links, sources."""
    folder = open_folder(data)
    faults: list[Fault] = []
    for layer in folder.layers:
        for file in contents(layer):
            faults += collected(partial(_read, layer / file, file))
    if not faults:
        for layer in folder.layers:
            faults += _unsourced(folder, layer)
        for find in (_disagreements, ledger_faults, strange_moves, _goals, claim_faults):
            faults += collected(partial(find, folder))
    return faults


def check(files: list[Path], data: Path | None) -> tuple[dict[Path, Parameters], list[Fault]]:
    """The parameters of `files`, and every fault found in them and in the data."""
    faults = faults_of_data(data)
    parameters: dict[Path, Parameters] = {}
    try:
        parameters = read_parameters(files)
    except InputError as error:
        faults = [*error.faults, *faults]
    if not faults:
        projected: set[tuple[object, ...]] = set()
        faults = [f for file, told in parameters.items() for f in _beforehand(told, shown(file), data, projected)]
    return parameters, faults


def _beforehand(told: Parameters, file: str, data: Path | None, projected: set[tuple[object, ...]]) -> list[Fault]:
    """What would stop a report of the parameters, found by loading its figures and projecting.

    Figures that nobody has given are no fault: such a report waits, and the index says for what. A
    report whose parts of the data another has is not loaded on its own; `projected` holds the projections that went
    well, so that none is made twice.
    """
    seen: set[str] = set()
    for report in sorted(told.reports, key=lambda report: len(REPORTS[report].uses), reverse=True):
        if REPORTS[report].uses - {"totals"} <= seen:
            continue
        seen |= REPORTS[report].uses
        try:
            slice_ = slice_of(told, report, data)
            if "history" in REPORTS[report].uses and told.horizon and slice_.base_year:
                about = (told.municipality, slice_.base_year, told.horizon, told.shape_from, told.model)
                futures = told.plain_scenarios
                known = (*about, slice_.known_until, str(futures), str(told.aims))
                if known not in projected:
                    made = outlook(slice_.population, *about)
                    futures_of(made, futures)
                    aims_of(slice_, made, population_targets(()), told.aims)
                    projected.add(known)
        except MissingFigures:
            continue
        except InputError as error:
            return [replace(f, file=file, key=f.file) if f.file in Parameters.model_fields else f for f in error.faults]
    return []


def _read(path: Path, file: str) -> list[Fault]:
    if file == "sources.yaml":
        read_yaml(path, SourceList, shown(path))
    elif is_document(file):
        read_document(path)
    elif layout_of(file):
        if path.suffix == ".xlsx" and path.with_suffix(".csv").exists():
            return [Fault(shown(path), "samma tabell finns också som csv", "en av dem", "Ta bort den ena filen")]
        read_checked(path)
    else:
        return [
            Fault(
                shown(path),
                "filen hör inte hemma i en datamapp och skulle inte läsas",
                "ett namn som i docs/data.md",
                "Rätta namnet eller flytta filen",
            )
        ]
    return []


def _unsourced(folder: Folder, layer: Path) -> list[Fault]:
    """Files whose figures nobody has told the source of; what managers write is its own source."""
    return [
        Fault(
            shown(layer / file),
            "filen saknar källa",
            f"en post {file} under files i sources.yaml",
            "Skriv tabell, utgivare, licens, enhet och hämtningsdatum",
        )
        for file in contents(layer)
        if not (file == "sources.yaml" or file.startswith("comments/") or is_document(file))
        and folder.source_of(layer / file) is None
        and notes_of(layer / file) is None
    ]


def _disagreements(folder: Folder) -> list[Fault]:
    faults: list[Fault] = []
    for name in ("population", "deaths", "migration"):
        for path, table in folder.parts(f"population/{name}.csv"):
            faults += ages_are_complete(table, shown(path))
    for file, value in (("population/groups.csv", "population"), ("population/components.csv", "count")):
        told = _deviations(folder, file)
        for path, table in folder.parts(file):
            faults += sexes_add_up(table, value, shown(path), told, CORRECTED_MOVES if value == "count" else 0)
            if value == "population":
                faults += groups_add_up(table, shown(path))
    groups, components = folder.table("population/groups.csv"), folder.table("population/components.csv")
    for name, flow, counted in BY_AGE:
        for path, table in folder.parts(f"population/{name}.csv"):
            faults += flows_agree_by_age(table, counted, components, flow, shown(path))
    for path, table in folder.parts("population/components.csv"):
        told = _deviations(folder, "population/groups.csv", "population/components.csv")
        faults += flows_are_counts(table, shown(path))
        faults += change_follows_from_flows(table, groups, shown(path), told)
    flows = {name: folder.table(f"population/{name}.csv") for name in ("births", "deaths", "migration")}
    told = _deviations(folder, "population/population.csv", *(f"population/{name}.csv" for name in flows))
    for path, table in folder.parts("population/population.csv"):
        faults += ages_agree_with_groups(table, groups, shown(path))
        faults += cohorts_follow_from_flows(table, **flows, file=shown(path), known=told)
    return faults


def _deviations(folder: Folder, *files: str) -> tuple[Deviation, ...]:
    """Deviations told of the files: one in a published table is in everybody's copy, so any layer's word covers all."""
    sources = [folder.source_of(path) for file in files for path, _ in folder.parts(file)]
    return tuple(deviation for source in sources if source for deviation in source.deviations)


def _files(folder: Folder, pattern: str) -> list[Path]:
    return [layer / file for layer in folder.layers for file in contents(layer) if re.fullmatch(pattern, file)]


def _goals(folder: Folder) -> list[Fault]:
    return list(_goal_faults(folder))


def _goal_faults(folder: Folder) -> Iterator[Fault]:
    for path in _files(folder, r"goals/\d{4}-\d{4}\.yaml"):
        version = read_document(path)
        assert isinstance(version, GoalVersion)
        yield from word_faults(version)
    yield from _stray_comments(folder)
    for path in _files(folder, r"measures/\d{4}(-\d{4})?\.(csv|xlsx)"):
        region = path.stem[:4]
        listed = _measures(folder.seen_from(path), region)
        for row in rows_of(read_checked(path)):
            if row.measure not in listed:
                yield Fault(
                    shown(path),
                    f'mätetalet "{row.measure}" finns inte i någon målfil',
                    f"ett id ur data/goals/{region}-*.yaml",
                    row=int(row.Index) + 2,
                    column="measure",
                )


def _stray_comments(folder: Folder) -> Iterator[Fault]:
    """Comments on a goal or a line that the year's goals or ledger don't have."""
    for path in _files(folder, r"comments/\d{4}-\d{4}(-[\w-]+)?\.(csv|xlsx)"):
        yield from _stray_name(path)
        stem, below = path.stem[:9], folder.seen_from(path)
        goals, ledgers = below.path(f"goals/{stem}.yaml"), below.matching(rf"budget/{stem}(-[a-z0-9-]+)?\.(csv|xlsx)")
        version = read_document(goals) if goals else None
        lines = [read_checked(ledger) for ledger in ledgers]
        known = {
            "goal": {g.id for g in version.goals} if isinstance(version, GoalVersion) else set(),
            "board": {str(board) for rows in lines for board in rows["board"].unique()} | _boards(folder, stem),
            "line": {str(line) for rows in lines for line in rows["line"].unique()} | _totals(ledgers),
        }
        for row in rows_of(read_checked(path)):
            for column, names in known.items():
                if (said := getattr(row, column)) and said not in names:
                    where = f"data/goals/{stem}.yaml" if column == "goal" else f"data/budget/{stem}.csv"
                    yield Fault(
                        shown(path),
                        f'"{said}" finns inte i {where}',
                        "någon av " + ", ".join(sorted(names)) if names else "",
                        row=int(row.Index) + 2,
                        column=column,
                    )


def _stray_name(path: Path) -> Iterator[Fault]:
    """A name that is neither a period's nor that of the nämnd whose comments the file holds: it would mean nothing."""
    words = re.sub(rf"^(-{PERIOD})?(?=-|$)", "", path.stem[9:]).removeprefix("-")
    boards = {ascii_name(str(row.board)) for row in rows_of(read_checked(path))} - {""}
    if words and boards and words not in boards:
        expected = f"en period (01 till 12, tertial1, tertial2, delar) eller {', '.join(sorted(boards))}"
        yield Fault(shown(path), f'"{words}" i filens namn är varken en period eller nämnden i filen', expected)


def _measures(folder: Folder, region: str) -> set[str]:
    """The measures of all goal files of a region, replaced ones too: they are of figures that stay."""
    versions = [read_document(path) for path in _files(folder, rf"goals/{region}-\d{{4}}\.yaml")]
    goals = [v for v in versions if isinstance(v, GoalVersion)]
    return {m.id for v in goals for m in (*v.comparisons, *(m for goal in v.goals for m in goal.measures))}


def _boards(folder: Folder, stem: str) -> set[str]:
    documents = [path for name in ("goals", "budget") if (path := folder.path(f"{name}/{stem}.yaml"))]
    return {board for path in documents if (board := getattr(read_document(path), "board", None))}


def _totals(ledgers: list[Path]) -> set[str]:
    beside = {path.parent / f"{path.name[:9]}.yaml" for path in ledgers}
    notes = [read_document(path) for path in beside if path.is_file()]
    return {heading.total for told in notes if isinstance(told, LedgerNotes) for heading in told.tables.values()}
