"""A data folder: which files it may hold, and how the economist's own lie over those that come along.

The workspace's data/ (or the folder given with --data) lies over the embedded one region by region: where it
has rows for a region in a table, the embedded rows of that region in that table are not used.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Annotated

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from krokomanalys.errors import Fault, InputError
from krokomanalys.sources import layouts
from krokomanalys.sources.balance import BalanceNotes
from krokomanalys.sources.claims import Claims
from krokomanalys.sources.goals import GoalVersion
from krokomanalys.sources.layouts import Layout
from krokomanalys.sources.ledger import LedgerNotes
from krokomanalys.sources.measures import Text
from krokomanalys.sources.tables import read_table
from krokomanalys.sources.vintages import vintage_faults
from krokomanalys.sources.yaml_files import read_yaml

EMBEDDED = Path(__file__).resolve().parents[2] / "data"
DATA_VARIABLE = "KROKOMANALYS_DATA"
"""Names the workspace's data folder for notebooks that are opened from elsewhere; `krokomanalys lab` sets it."""
TABLES: dict[str, Layout] = {
    "regions.csv": layouts.REGIONS,
    "population/population.csv": layouts.POPULATION,
    "population/groups.csv": layouts.GROUPS,
    "population/components.csv": layouts.COMPONENTS,
    "population/births.csv": layouts.BIRTHS,
    "population/deaths.csv": layouts.DEATHS,
    "population/migration.csv": layouts.MIGRATION,
    "population/official.csv": layouts.OFFICIAL,
    "population/earlier.csv": layouts.OFFICIAL,
    "population/scorecard.csv": layouts.SCORECARD,
    "ratios/kolada.csv": layouts.RATIOS,
    "ratios/kpis.csv": layouts.KPIS,
    "mappings/accounts.csv": layouts.ACCOUNTS,
    "mappings/account_changes.csv": layouts.ACCOUNT_CHANGES,
    "mappings/organisation.csv": layouts.ORGANISATION,
}
PERIOD = r"(?:0[1-9]|1[0-2]|tertial[12]|delar)"
"""A period in the name of a file."""
_NAMED = {
    r"budget/\d{4}-\d{4}(-[a-z0-9-]+)?\.csv": layouts.LEDGER,
    r"measures/\d{4}(-\d{4})?\.csv": layouts.MEASURES,
    r"comments/\d{4}-\d{4}(-[a-z0-9-]+)?\.csv": layouts.COMMENTS,
    rf"drivers/\d{{4}}-\d{{4}}(-{PERIOD})?\.csv": layouts.DRIVERS,
    rf"commitments/\d{{4}}-\d{{4}}(-{PERIOD})?\.csv": layouts.COMMITMENTS,
    rf"volumes/\d{{4}}-\d{{4}}(-{PERIOD})?\.csv": layouts.VOLUMES,
    rf"investments/\d{{4}}-\d{{4}}(-{PERIOD})?\.csv": layouts.INVESTMENTS,
}
Document = GoalVersion | LedgerNotes | BalanceNotes | Claims
_DOCUMENTS: dict[str, type[Document]] = {
    r"budget/\d{4}-\d{4}\.yaml": LedgerNotes,
    r"goals/\d{4}-\d{4}\.yaml": GoalVersion,
    r"balance/\d{4}\.yaml": BalanceNotes,
    r"claims/\d{4}-\d{4}\.yaml": Claims,
}
BESIDE_NOTES = ("budget", "commitments", "drivers", "volumes", "investments")
"""Folders whose files are about a ledger, whose notes name the document that they are from."""
_NAMED_BY = ("measures", "comments", "commitments", "drivers", "volumes", "investments")
"""Folders whose files hold rows only of the region and year in their names."""


class Deviation(BaseModel):
    """Published figures that do not agree with each other, known and left as published."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    rows: Text
    why: Text


class FileSource(BaseModel):
    """Where the figures of a file come from."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    table: Text
    publisher: Text
    licence: Text
    unit: Text
    retrieved: date
    compiled_by: Text
    note: Text | None = None
    deviations: tuple[Deviation, ...] = ()


class SourceList(BaseModel):
    """data/sources.yaml: the source of each file of the folder, by the file's path in it."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    files: Annotated[dict[str, FileSource], Field(min_length=1)]


@dataclass(frozen=True)
class Folder:
    """Data folders in layers, the uppermost first. Paths inside are given with "/", as "population/groups.csv"."""

    layers: tuple[Path, ...]

    def parts(self, file: str, only: Collection[str] | None = None) -> list[tuple[Path, pd.DataFrame]]:
        """The table `file` layer by layer: each layer's path and the rows that no layer above it replaces.

        Rows are replaced region by region, in a table without regions key by key (a kpi).

        With `only`, just the rows of those regions.

        Raises:
            InputError: with the faults of the first faulty layer; no layer has the file.
        """
        found: list[tuple[Path, pd.DataFrame]] = []
        covered: set[str] = set()
        for path in self._paths(file):
            table, by_name = _named_rows(path)
            wanted = set(by_name) if only is None else set(by_name) & set(only)
            found.append((path, _rows_of(table, by_name, wanted - covered)))
            covered |= set(by_name)
        if not found:
            raise InputError(
                Fault(
                    f"data/{file}",
                    "filen saknas",
                    "en tabell som docs/data.md beskriver",
                    "Lägg filen i datamappen, eller hämta tillbaka den som följer med",
                )
            )
        return found

    def table(self, file: str) -> pd.DataFrame:
        """The table `file` of all layers together, see `parts`.

        Raises:
            InputError: with the faults of the first faulty layer; no layer has the file.
        """
        return pd.concat([part for _, part in self.parts(file)], ignore_index=True)

    def path(self, file: str) -> Path | None:
        """Where the uppermost layer that has it keeps `file`; None where no layer has it."""
        return next(iter(self._paths(file)), None)

    def files(self, pattern: str) -> list[str]:
        """The files of all layers whose path in the folder matches, sorted, each once."""
        names = {inside(p, layer) for layer in self.layers for p in _all_files(layer)}
        return sorted(n for n in names if re.fullmatch(pattern, n))

    def matching(self, pattern: str) -> list[Path]:
        """The files of the uppermost layer that has any whose path in the folder matches, sorted."""
        for layer in self.layers:
            if found := [layer / file for file in contents(layer) if re.fullmatch(pattern, file)]:
                return found
        return []

    def source_of(self, path: Path) -> FileSource | None:
        """What sources.yaml of its own layer says of a file; None where it says nothing.

        Another layer's word is about other figures, so it doesn't count.
        """
        layer = self.layer_of(path)
        listed = layer / "sources.yaml"
        file = re.sub(r"\.xlsx$", ".csv", inside(path, layer))
        return _sources(listed, listed.stat().st_mtime_ns).files.get(file) if listed.is_file() else None

    def seen_from(self, path: Path) -> Folder:
        """The layer of a file and those under it: what an own file says nothing about an embedded one."""
        return Folder(self.layers[self.layers.index(self.layer_of(path)) :])

    def layer_of(self, path: Path) -> Path:
        """The layer that a file lies in."""
        return next(layer for layer in self.layers if path.is_relative_to(layer))

    def _paths(self, file: str) -> list[Path]:
        stem = file.removesuffix(".csv")
        names = [f"{stem}.csv", f"{stem}.xlsx"] if file.endswith(".csv") else [file]
        return [path for layer in self.layers for name in names if (path := layer / name).is_file()]


def open_folder(data: Path | str | None = None) -> Folder:
    """The folder given, or else the workspace's data/ where there is one, over the embedded data.

    The workspace is the current folder, unless the environment variable DATA_VARIABLE names its data folder.

    Raises:
        InputError: the folder given does not exist.
    """
    if data is not None and not Path(data).is_dir():
        raise InputError(Fault(str(data), "mappen finns inte", "en datamapp, t.ex. data", "Se efter --data"))
    above = Path(data if data is not None else os.environ.get(DATA_VARIABLE, Path.cwd() / "data"))
    layers = [above.resolve()] if above.is_dir() and above.resolve() != EMBEDDED else []
    return Folder((*layers, EMBEDDED))


def read_checked(path: Path) -> pd.DataFrame:
    """A table of a data folder, checked against the layout that its place in the folder gives it.

    Raises:
        InputError: with every fault of the file.
    """
    stamp = path.stat()
    return _read(path, stamp.st_mtime_ns, stamp.st_size)


@lru_cache(maxsize=256)
def _read(path: Path, changed: int, size: int) -> pd.DataFrame:
    name = "/".join(path.parts[-2:])
    layout = layout_of(name) or layout_of(path.name)
    if layout is None:
        raise InputError(Fault(shown(path), "filen hör inte till en datamapp", "en fil som docs/data.md beskriver"))
    table = read_table(path, layout, shown(path))
    faults = vintage_faults(table, shown(path)) if path.stem == "earlier" else _strangers(table, path)
    if faults:
        raise InputError(faults)
    return table


def _strangers(table: pd.DataFrame, path: Path) -> list[Fault]:
    """Rows of another region or year than those that the file is named by."""
    if path.parent.name not in _NAMED_BY:
        return []
    region, _, rest = path.stem.partition("-")
    faults = []
    for column, said in (("region", region), ("year", rest[:4])):
        if column in table:
            cells = table[column].astype(str)
            faults += [
                Fault(
                    shown(path),
                    f'"{cells[row]}" stämmer inte med filens namn',
                    said,
                    "Rätta raden, eller flytta den till sin fil",
                    row=int(row) + 2,
                    column=column,
                )
                for row in table.index[cells != said]
            ]
    return faults


def _named_rows(path: Path) -> tuple[pd.DataFrame, Mapping[str, npt.NDArray[np.intp]]]:
    stamp = path.stat()
    return _named(path, stamp.st_mtime_ns, stamp.st_size)


@lru_cache(maxsize=256)
def _named(path: Path, changed: int, size: int) -> tuple[pd.DataFrame, Mapping[str, npt.NDArray[np.intp]]]:
    """A table, and the places of the rows of each region in it (of each kpi, in the table of kpis)."""
    table = _read(path, changed, size)
    names = table[(layout_of("/".join(path.parts[-2:])) or TABLES[path.name]).key[0]]
    return table, {str(name): np.asarray(of) for name, of in names.groupby(names, sort=False).indices.items()}


def _rows_of(table: pd.DataFrame, by_name: Mapping[str, npt.NDArray[np.intp]], wanted: Collection[str]) -> pd.DataFrame:
    if len(wanted) == len(by_name):
        return table
    places = [by_name[name] for name in wanted]
    return table.iloc[np.sort(np.concatenate(places)) if places else []]


@lru_cache(maxsize=8)
def _sources(path: Path, changed: int) -> SourceList:
    return read_yaml(path, SourceList, shown(path))


def read_document(path: Path) -> Document:
    """A YAML document of a data folder (goals, ledger notes, balance, claims), checked.

    Raises:
        InputError: with every fault of the file, and where its name and its content name different regions or years.
    """
    return _document(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=256)
def _document(path: Path, changed: int) -> Document:
    name = "/".join(path.parts[-2:])
    model = next(m for pattern, m in _DOCUMENTS.items() if re.fullmatch(pattern, name))
    document: Document = read_yaml(path, model, shown(path))
    says = document.region if isinstance(document, BalanceNotes) else f"{document.region}-{document.year}"
    if says != path.stem:
        raise InputError(
            Fault(
                shown(path),
                f"filen heter {path.stem} men innehåller {says}",
                path.stem,
                "Rätta filnamnet eller region och year",
                key="region",
            )
        )
    return document


def layout_of(file: str) -> Layout | None:
    """The layout of a table by its path in the folder; None where it is no table of a data folder."""
    csv = re.sub(r"\.xlsx$", ".csv", file)
    return TABLES.get(csv) or next((layout for p, layout in _NAMED.items() if re.fullmatch(p, csv)), None)


def is_document(file: str) -> bool:
    """Whether a path in the folder is that of a YAML document: goals, ledger notes, balance or claims."""
    return any(re.fullmatch(pattern, file) for pattern in _DOCUMENTS)


def notes_of(path: Path) -> Path | None:
    """The notes of the ledger that a file is about or a part of, in the file's own layer; None where there are none."""
    if path.parent.name not in BESIDE_NOTES:
        return None
    notes = path.parent.parent / "budget" / f"{path.name[:9]}.yaml"
    return notes if notes.is_file() else None


def inside(path: Path, layer: Path) -> str:
    """A file's path in the folder, with "/"."""
    return path.relative_to(layer).as_posix()


def contents(layer: Path) -> list[str]:
    """All files of one layer by their paths in it, sorted; hidden files and a spreadsheet's lock files left out."""
    return sorted(inside(path, layer) for path in _all_files(layer))


def _all_files(layer: Path) -> list[Path]:
    return [p for p in layer.rglob("*") if p.is_file() and not p.name.startswith((".", "~$"))]


def shown(path: Path) -> str:
    """A path as it stands in messages: from the current folder where it is under it, else from its data folder."""
    relative = os.path.relpath(path)
    if not relative.startswith(".."):
        return Path(relative).as_posix()
    return f"data/{inside(path, EMBEDDED)}" if path.is_relative_to(EMBEDDED) else path.as_posix()


def sha256(path: Path) -> str:
    """The file's SHA-256 in hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
