"""What a report is made from, as one key: the same key, the same page.

Of the data a report's key holds what `load` can give it and no more: of a file with a region column only the rows of
its own places, so that a figure changed for Timrå leaves the reports of other municipalities as they are.
"""

from __future__ import annotations

import hashlib
import json
import platform
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from importlib.metadata import version
from pathlib import Path

from krokomanalys import __version__
from krokomanalys.batch.engine import notebook_of
from krokomanalys.batch.jobs import Job
from krokomanalys.sources.folder import Folder, contents, open_folder
from krokomanalys.sources.slices import REPORTS, Part, ReportKind

LIBRARY = Path(__file__).resolve().parents[1]
LOCK = LIBRARY.parent / "requirements.lock"
PACKAGES = ("pandas", "numpy", "matplotlib", "seaborn", "statsmodels", "papermill", "nbconvert")
_PEOPLE: frozenset[Part] = frozenset({"totals", "population", "history", "vintages", "flows"})
_MONEY: frozenset[Part] = frozenset({"budget", "plan"})
_FOLDERS: Mapping[str, frozenset[Part]] = {
    "population": _PEOPLE,
    "budget": _MONEY,
    "commitments": _MONEY,
    "drivers": _MONEY,
    "volumes": _MONEY,
    "investments": _MONEY,
    "mappings": _MONEY,
    "balance": _MONEY,
    "claims": _MONEY | {"goals"},
    "comments": _MONEY | {"goals"},
    "goals": frozenset({"goals"}),
    "measures": frozenset({"goals"}),
    "ratios": frozenset({"ratios", "comparisons"}),
}
"""Folders of a data folder and the parts of the data that lie in them; what lies elsewhere is every report's."""


class Figures:
    """The figures of a data folder by file and place, with what is said of their source, as checksums.

    Each file is read once.
    """

    def __init__(self, data: Path | None) -> None:
        self.folder: Folder = open_folder(data)
        self._parts: dict[Path, Mapping[str, str]] = {}

    def of(self, job: Job) -> dict[str, str]:
        """The checksums of what the job's report may read, by file; an own file's name begins with "egen:"."""
        kind, told = REPORTS[job.report], job.parameters
        wanted = [place for place in (told.municipality, told.shape_from) if place]
        found: dict[str, str] = {}
        for name, path, file, code in self._files:
            if (code and code not in wanted) or not _uses(kind, file):
                continue
            everybody = "comparisons" in kind.uses and file.startswith(("ratios/", "regions"))
            found[name] = self._checksum(path, None if code or everybody else wanted)
            if (source := self.folder.source_of(path)) is not None:
                found[name] = _sum([found[name], source.model_dump(mode="json")])
        return found

    @cached_property
    def _files(self) -> list[tuple[str, Path, str, str]]:
        """Each file's name in a key, its path, its place in the folder, and the region that it is named by or ""."""
        own = self.folder.layers[0] if len(self.folder.layers) > 1 else None
        return [
            (f"{'egen:' if layer == own else ''}{file}", layer / file, file, named[0] if named else "")
            for layer in self.folder.layers
            for file in contents(layer)
            if file != "sources.yaml"
            for named in [re.match(r"\d{4}(?=[-.])", Path(file).name)]
        ]

    def _checksum(self, path: Path, places: list[str] | None) -> str:
        """Of all of a file, or of the rows of places and of what is no municipality (län, Riket) or has no place."""
        if path not in self._parts:
            self._parts[path] = _by_place(path)
        parts = self._parts[path]
        if places is None:
            return parts[""] if len(parts) == 1 else _sum(sorted(parts.items()))
        return _sum([(place, parts[place]) for place in sorted(parts) if len(place) < 4 or place in places])


def versions(report: str) -> dict[str, str]:
    """What a report is made by: the library with its templates, the notebook, the lock file, Python and packages."""
    lock = {"lock": _digest(LOCK)} if LOCK.is_file() else {}
    made_by = {"krokomanalys": __version__, "library": _library(), "notebook": _digest(notebook_of(report)), **lock}
    return made_by | {"python": platform.python_version()} | {name: version(name) for name in PACKAGES}


def key(parameters: Mapping[str, object], figures: Mapping[str, str], made_by: Mapping[str, str]) -> str:
    """One SHA-256 over all that a report is made from."""
    return _sum([[sorted(part.items(), key=str) for part in (parameters, figures, made_by)]])


def changes(before: Mapping[str, object], now: Mapping[str, object]) -> list[str]:
    """What two lines of the manifest of one report (parameters, figures, versions) have different, in Swedish."""
    words = {"parameters": "parametern {}", "figures": "data/{}", "versions": "{}"}
    named = {"library": "krokomanalys kod", "notebook": "anteckningsboken", "lock": "requirements.lock"}
    found = []
    for part, form in words.items():
        old, new = (_mapping(told.get(part)) for told in (before, now))
        for name in sorted(set(old) | set(new)):
            if old.get(name) != new.get(name):
                what = form.format(named.get(name, name) if part == "versions" else name)
                found.append(f"{what} är {'ny' if name not in old else 'borta' if name not in new else 'ändrad'}")
    return found


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _uses(kind: ReportKind, file: str) -> bool:
    folder = file.split("/")[0]
    return folder not in _FOLDERS or bool(_FOLDERS[folder] & kind.uses)


def _by_place(path: Path) -> Mapping[str, str]:
    """Checksums of a file's rows by the code in their first column; all of it as "" where that is no region."""
    content = path.read_bytes()
    head, _, rows = content.partition(b"\n")
    if path.suffix != ".csv" or head.removeprefix(b"\xef\xbb\xbf").split(b",")[0].strip() != b"region":
        return {"": hashlib.sha256(content).hexdigest()}
    sums: defaultdict[str, hashlib._Hash] = defaultdict(hashlib.sha256)
    sums[""].update(head)
    for place, lines in _runs(rows):
        sums[place].update(lines)
    return {place: found.hexdigest() for place, found in sums.items()}


def _runs(rows: bytes) -> Iterator[tuple[str, bytes]]:
    """Stretches of lines with the same first cell: files are mostly sorted by region, so these are few."""
    place, lines = b"", list[bytes]()
    for line in rows.split(b"\n"):
        first = line.partition(b",")[0]
        if first != place and lines:
            yield place.decode("utf-8", "replace").strip('" \r'), b"\n".join(lines)
            lines = []
        place = first
        lines.append(line)
    if lines:
        yield place.decode("utf-8", "replace").strip('" \r'), b"\n".join(lines)


@cache
def _library() -> str:
    code = hashlib.sha256()
    for path in sorted([*LIBRARY.rglob("*.py"), *(LIBRARY / "report" / "template").rglob("*.*")]):
        code.update(path.relative_to(LIBRARY).as_posix().encode() + path.read_bytes())
    return code.hexdigest()


@cache
def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _sum(value: object) -> str:
    return hashlib.sha256(json.dumps(value, default=str).encode()).hexdigest()
