"""All data and parameters read at once, so that an economist sees every fault before anything is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path

from krokomanalys.errors import Fault, InputError, MissingFigures
from krokomanalys.population.national import National, national
from krokomanalys.population.outlook import outlook
from krokomanalys.report.audit import claim_faults
from krokomanalys.report.check_goals import goal_faults
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
from krokomanalys.sources.slices import REPORTS
from krokomanalys.sources.yaml_files import read_yaml
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
        for find in (_disagreements, ledger_faults, strange_moves, goal_faults, claim_faults):
            faults += collected(partial(find, folder))
    return faults


def check(files: list[Path], data: Path | None) -> tuple[dict[Path, Parameters], list[Fault]]:
    """The parameters of `files`, and every fault found in them and in the data."""
    try:
        parameters = read_parameters(files)
    except InputError as error:
        return {}, [*error.faults, *faults_of_data(data)]
    return parameters, faults_for(parameters, data)


def faults_for(parameters: Mapping[Path, Parameters], data: Path | None) -> list[Fault]:
    """Every fault in the data; where there is none, what would stop a report of the parameters."""
    if faults := faults_of_data(data):
        return faults
    known = _Known()
    return [f for file, told in parameters.items() for f in _beforehand(told, shown(file), data, known)]


@dataclass
class _Known:
    """What is the same for many parameter files: the projections that went well, and Riket by the last day known."""

    projected: set[tuple[object, ...]] = field(default_factory=set)
    riket: dict[date, National] = field(default_factory=dict)


def _beforehand(told: Parameters, file: str, data: Path | None, known: _Known) -> list[Fault]:
    """What would stop a report of the parameters, found by loading its figures and projecting.

    Figures that nobody has given are no fault: such a report waits, and the index says for what. A
    report whose parts of the data another has is not loaded on its own; what is `known` is not made twice.
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
                projection = (*about, slice_.known_until, str(futures), str(told.aims))
                if projection not in known.projected:
                    until = slice_.known_until
                    riket = known.riket[until] = known.riket.get(until) or national(slice_.population)
                    made = outlook(slice_.population, *about, riket)
                    futures_of(made, futures)
                    aims_of(slice_, made, population_targets(()), told.aims)
                    known.projected.add(projection)
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
    """Files whose figures nobody has told the source of.

    What managers write is its own source, and each row of the measures names its own.
    """
    return [
        Fault(
            shown(layer / file),
            "filen saknar källa",
            f"en post {file} under files i sources.yaml",
            "Skriv tabell, utgivare, licens, enhet och hämtningsdatum",
        )
        for file in contents(layer)
        if not (file == "sources.yaml" or file.startswith(("comments/", "measures/")) or is_document(file))
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
