"""All data and parameters read at once, so that an economist sees every fault before anything is made."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from krokomanalys.budget.ledger import as_ledger
from krokomanalys.errors import Fault, InputError
from krokomanalys.report.params import Parameters, read_parameters
from krokomanalys.sources.agreement import ages_agree_with_groups, groups_add_up, sexes_add_up
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
from krokomanalys.sources.tables import rows_of
from krokomanalys.sources.yaml_files import read_yaml
from krokomanalys.targets.goals import word_faults


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
    regions = None if faults else open_folder(data).parts("regions.csv")
    for file, told in parameters.items() if regions else ():
        for key in ("municipality", "shape_from"):
            code = getattr(told, key)
            if code and regions and not any((table["region"] == code).any() for _, table in regions):
                faults.append(
                    Fault(shown(file), f'"{code}" är ingen kommun i regions.csv', "en kommunkod, t.ex. 2309", key=key)
                )
    return parameters, faults


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
        if file != "sources.yaml"
        and not is_document(file)
        and folder.source_of(re.sub(r"\.xlsx$", ".csv", file)) is None
    ]


def _disagreements(folder: Folder) -> list[Fault]:
    faults: list[Fault] = []
    for file, value in (("population/groups.csv", "population"), ("population/components.csv", "count")):
        told = folder.source_of(file)
        for path, table in folder.parts(file):
            faults += sexes_add_up(table, value, shown(path), told.deviations if told else ())
            if value == "population":
                faults += groups_add_up(table, shown(path))
    groups = folder.table("population/groups.csv")
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
