"""Reads parts of a data folder for one report, and remembers which files they came from."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import pandas as pd
from pandas.api.types import union_categoricals

from krokomanalys.errors import Fault, InputError
from krokomanalys.regions import MADE_UP
from krokomanalys.sources.folder import (
    EMBEDDED,
    Document,
    Folder,
    inside,
    is_document,
    layout_of,
    notes_of,
    read_checked,
    read_document,
    sha256,
    shown,
)
from krokomanalys.sources.slices import SourceFile


@dataclass
class Reader:
    """Reads from a folder and remembers which files were read."""

    folder: Folder
    used: dict[Path, str] = field(default_factory=dict)

    def rows(self, file: str, regions: Collection[str] | None = None, until: int | None = None) -> pd.DataFrame:
        """The table `file` of all layers (see Folder.parts); with `regions` just theirs, with `until` up to a year."""
        frames = []
        for path, kept in self.folder.parts(file, regions):
            if until is not None:
                kept = kept[kept["year"] <= until]
            if len(kept):
                self.used[path] = file
            frames.append(kept)
        return pd.concat(frames, ignore_index=True) if len(frames) > 1 else frames[0].reset_index(drop=True)

    def document(self, file: str) -> Document | None:
        """A YAML document of the uppermost layer that has it; None where none has."""
        path = self.folder.path(file)
        if path is None:
            return None
        self.used[path] = file
        return read_document(path)

    def table(self, file: str) -> pd.DataFrame | None:
        """A table of the uppermost layer that has it, in place of those below; None where none has."""
        path = self.folder.path(file)
        if path is None:
            return None
        self.used[path] = file
        return read_checked(path)

    def together(self, pattern: str) -> tuple[pd.DataFrame | None, Path | None]:
        """The tables whose path in the folder matches as one, and the layer they lie in: the uppermost that has any.

        Columns `file` and `row` say where each row stands. (None, None) where no layer has any.

        Raises:
            InputError: with the faults of the first faulty file; or the same thing stands in two of them.
        """
        paths = self.folder.matching(pattern)
        if not paths:
            return None, None
        layer = self.folder.layer_of(paths[0])
        self.used |= {path: inside(path, layer) for path in paths}
        return joined(paths), layer

    def sources(self) -> tuple[SourceFile, ...]:
        """The files read so far, with where their figures come from."""
        return tuple(self._source(path) for path in sorted(self.used, key=lambda path: (self.used[path], path)))

    def _source(self, path: Path) -> SourceFile:
        file, own = self.used[path], self.folder.layer_of(path) != EMBEDDED
        about = path if is_document(file) else notes_of(path)
        if (told := self.folder.source_of(path)) is not None:
            named = (told.table, told.publisher, told.licence, told.unit, told.retrieved.isoformat())
        elif about is not None:
            said, made_up = read_document(about).document, path.name.startswith(MADE_UP)
            licence = "påhittat" if made_up else "" if own else "allmän handling"
            named = (said.title, said.body, licence, "", "")
        elif path.parent.name == "comments":
            named = ("Nämndernas kommentarer", "", "", "", "")
        elif path.parent.name == "measures":
            named = ("Mätvärden, med källan på varje rad", "", "", "", "")
        else:
            named = ("källa inte angiven i sources.yaml", "", "", "", "")
        stamp = path.stat()
        return SourceFile(file, own, _checksum(path, stamp.st_mtime_ns, stamp.st_size), *named)


@lru_cache(maxsize=256)
def _checksum(path: Path, changed: int, size: int) -> str:
    """The checksum of a file as it was when the process first read it, as the table that was read then is kept."""
    return sha256(path)


def joined(paths: Sequence[Path]) -> pd.DataFrame:
    """Tables of one layout as one, with the columns `file` and `row` that say where each row stands.

    Raises:
        InputError: with the faults of the first faulty file; or the same thing stands in two of them.
    """
    parts = [_placed(path) for path in paths]
    if len(parts) == 1:
        return parts[0]
    layout = layout_of("/".join(paths[0].parts[-2:]))
    assert layout is not None
    whole = pd.DataFrame({name: _end_to_end([part[name] for part in parts]) for name in parts[0]})
    key = list(layout.key)
    if (again := whole.duplicated(key, keep=False)).any():
        raise InputError(_twice(whole[again], key))
    return whole


def _end_to_end(columns: list[pd.Series]) -> pd.Series:
    if all(isinstance(column.dtype, pd.CategoricalDtype) for column in columns):
        return pd.Series(union_categoricals(columns, sort_categories=True, ignore_order=True))
    return pd.concat(columns, ignore_index=True)


def _placed(path: Path) -> pd.DataFrame:
    table = read_checked(path)
    rows = table["row"] if "row" in table else pd.RangeIndex(2, len(table) + 2)
    return table.assign(file=pd.Categorical([shown(path)] * len(table)), row=rows)


def _twice(rows: pd.DataFrame, key: list[str]) -> list[Fault]:
    """A fault for the first amount of each row that stands in another file too; `rows` are those that are alike."""
    thing = rows.groupby(key, sort=False, observed=True, dropna=False).ngroup()
    first = rows.loc[~thing.duplicated(), ["file", "row"]].astype({"file": str}).set_index(thing[~thing.duplicated()])
    later = rows.assign(thing=thing)[thing.duplicated()].drop_duplicates(["file", "row"])
    faults = []
    for own in later.astype(object).to_dict("records"):
        at = first.loc[own["thing"]]
        what = ", ".join(f"{column} {own[column]}" for column in key if not pd.isna(own[column]) and own[column] != "")
        problem = f"samma uppgift som i {at['file']}, rad {at['row']} ({what})"
        remedy = "Ta bort den ena"
        row = int(own["row"])
        faults.append(Fault(str(own["file"]), problem, "att varje uppgift står en gång", remedy, row=row))
    return faults
