"""All data and parameters read at once, so that an economist sees every fault before anything is made."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from krokomanalys.budget.ledger import as_ledger
from krokomanalys.errors import Fault, InputError, MissingFigures
from krokomanalys.population.outlook import outlook
from krokomanalys.report.params import Parameters, read_parameters, slice_of
from krokomanalys.sources.agreement import (
    CORRECTED_MOVES,
    ages_agree_with_groups,
    flows_agree_by_age,
    groups_add_up,
    sexes_add_up,
)
from krokomanalys.sources.folder import (
    Folder,
    SourceList,
    contents,
    is_document,
    layout_of,
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

BY_AGE = (
    ("births", "births", ("births",)),
    ("deaths", "deaths", ("deaths",)),
    ("migration", "in_migration", ("in_domestic", "immigration")),
    ("migration", "out_migration", ("out_domestic", "emigration")),
)
"""Tables by age, the component each gives the total of, and the columns that count it."""


def faults_of_data(data: Path | None) -> list[Fault]:
    """Every fault in the data folder and the embedded data under it: files, cells, sums, links, sources."""
    folder = open_folder(data)
    faults: list[Fault] = []
    for layer in folder.layers:
        for file in contents(layer):
            faults += _collect(partial(_read, layer / file, file))
    if not faults:
        for layer in folder.layers:
            faults += _unsourced(folder, layer)
        for find in (_disagreements, _ledgers, _goals):
            faults += _collect(partial(find, folder))
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
        faults = [fault for file, told in parameters.items() for fault in _beforehand(told, shown(file), data)]
    return parameters, faults


def _beforehand(told: Parameters, file: str, data: Path | None) -> list[Fault]:
    """What would stop a report of the parameters, found by loading its figures and projecting once.

    Figures that nobody has given are no fault: such a report waits, and the index says for what.
    """
    projected = False
    for report in told.reports:
        try:
            slice_ = slice_of(told, report, data)
            if "history" in REPORTS[report].uses and told.horizon and slice_.base_year and not projected:
                projected = True
                outlook(
                    slice_.population, told.municipality, slice_.base_year, told.horizon, told.shape_from, told.model
                )
        except MissingFigures:
            continue
        except InputError as error:
            return [replace(f, file=file, key=f.file) if f.file in Parameters.model_fields else f for f in error.faults]
    return []


def _collect(find: Callable[[], list[Fault]]) -> list[Fault]:
    try:
        return find()
    except InputError as error:
        return list(error.faults)


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
    return [
        Fault(
            shown(layer / file),
            "filen saknar källa",
            f"en post {file} under files i sources.yaml",
            "Skriv tabell, utgivare, licens, enhet och hämtningsdatum",
        )
        for file in contents(layer)
        if file != "sources.yaml" and not is_document(file) and folder.source_of(layer / file) is None
    ]


def _disagreements(folder: Folder) -> list[Fault]:
    faults: list[Fault] = []
    for file, value in (("population/groups.csv", "population"), ("population/components.csv", "count")):
        parts = folder.parts(file)
        # a deviation in a published table is in everybody's copy of it, so one layer's word covers all
        told = tuple(d for path, _ in parts if (source := folder.source_of(path)) for d in source.deviations)
        for path, table in parts:
            faults += sexes_add_up(table, value, shown(path), told, CORRECTED_MOVES if value == "count" else 0)
            if value == "population":
                faults += groups_add_up(table, shown(path))
    groups, components = folder.table("population/groups.csv"), folder.table("population/components.csv")
    for name, flow, counted in BY_AGE:
        for path, table in folder.parts(f"population/{name}.csv"):
            faults += flows_agree_by_age(table, counted, components, flow, shown(path))
    for path, table in folder.parts("population/population.csv"):
        faults += ages_agree_with_groups(table, groups, shown(path))
    return faults


def _ledgers(folder: Folder) -> list[Fault]:
    faults: list[Fault] = []
    for file in folder.files(r"budget/\d{4}-\d{4}\.(csv|xlsx)"):
        path, notes = folder.path(re.sub(r"\.xlsx$", ".csv", file)), folder.path(re.sub(r"\.\w+$", ".yaml", file))
        if path is None or notes is None:
            faults.append(Fault(f"data/{file}", "enhet och tecken saknas", f"filen {Path(file).stem}.yaml bredvid"))
            continue
        told = read_document(notes)
        assert isinstance(told, LedgerNotes)
        faults += _collect(partial(_ledger, path, told))
    return faults


def _ledger(path: Path, notes: LedgerNotes) -> list[Fault]:
    as_ledger(read_checked(path), notes)
    return []


def _goals(folder: Folder) -> list[Fault]:
    return list(_goal_faults(folder))


def _goal_faults(folder: Folder) -> Iterator[Fault]:
    listed: dict[str, set[str]] = {}
    for file in folder.files(r"goals/\d{4}-\d{4}\.yaml"):
        path = folder.path(file)
        version = read_document(path) if path else None
        if isinstance(version, GoalVersion):
            yield from word_faults(version)
            measures = [m.id for goal in version.goals for m in goal.measures] + [m.id for m in version.comparisons]
            listed.setdefault(version.region, set()).update(measures)
    yield from _stray_comments(folder)
    for file in folder.files(r"measures/\d{4}\.csv"):
        path, region = folder.path(file), file[-8:-4]
        table = read_checked(path) if path else None
        for row in rows_of(table) if table is not None else ():
            if row.measure not in listed.get(region, set()):
                yield Fault(
                    shown(path) if path else file,
                    f'mätetalet "{row.measure}" finns inte i någon målfil',
                    f"ett id ur data/goals/{region}-*.yaml",
                    row=int(row.Index) + 2,
                    column="measure",
                )


def _stray_comments(folder: Folder) -> Iterator[Fault]:
    """Comments on a goal or a line that the year's goals or ledger don't have."""
    for file in folder.files(r"comments/\d{4}-\d{4}(-\w+)?\.(csv|xlsx)"):
        path, stem = folder.path(re.sub(r"\.xlsx$", ".csv", file)), Path(file).stem[:9]
        goals, ledger = folder.path(f"goals/{stem}.yaml"), folder.path(f"budget/{stem}.csv")
        version = read_document(goals) if goals else None
        known = {
            "goal": {g.id for g in version.goals} if isinstance(version, GoalVersion) else set(),
            "line": set(read_checked(ledger)["line"]) | _totals(folder, stem) if ledger else set(),
        }
        for row in rows_of(read_checked(path)) if path else ():
            for column, names in known.items():
                if (said := getattr(row, column)) and said not in names:
                    where = f"data/goals/{stem}.yaml" if column == "goal" else f"data/budget/{stem}.csv"
                    yield Fault(
                        shown(path) if path else file,
                        f'"{said}" finns inte i {where}',
                        "någon av " + ", ".join(sorted(names)) if names else "",
                        row=int(row.Index),
                        column=column,
                    )


def _totals(folder: Folder, stem: str) -> set[str]:
    path = folder.path(f"budget/{stem}.yaml")
    notes = read_document(path) if path else None
    return {heading.total for heading in notes.tables.values()} if isinstance(notes, LedgerNotes) else set()
