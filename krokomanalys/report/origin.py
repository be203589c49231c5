"""The end of a page: which figures, parameters and versions it is made from; and what an auditor asks for, folded."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from html import escape

from krokomanalys import __version__
from krokomanalys.report.page import Piece, UsedSource, sources, terms
from krokomanalys.sources.slices import Slice, SourceFile
from krokomanalys.swedish import listed

MOST_PLACES = 3  # files of one source that are named; with more, the manifest has them all
LABELS = {
    "municipality": "kommun",
    "year": "år",
    "period": "period",
    "board": "nämnd",
    "known_until": "uppgifter till och med",
    "base_year": "utgångsår",
    "horizon": "sista år",
    "model": "modell",
    "shape_from": "flyttningarnas åldrar lånade från",
    "scenarios": "scenarier",
    "aims": "mål att pröva",
    "persons_per_dwelling": "personer per ny bostad",
}


def checksum(files: Mapping[str, str], parameters: Mapping[str, object]) -> str:
    """One SHA-256 over the files' own (by name) and the parameters: the same figures give the same checksum."""
    content = json.dumps([sorted(files.items()), sorted((k, str(v)) for k, v in parameters.items())])
    return hashlib.sha256(content.encode()).hexdigest()


def closing(slice_: Slice, model: str, parameters: Mapping[str, object]) -> Piece:
    """Sources, parameters, model, version, time and checksum of the report that `slice_` was loaded for."""
    told = {LABELS[name]: _in_words(value) for name, value in parameters.items() if value != {}}
    files = {f"{source.file} {source.own}": source.sha256 for source in slice_.sources}
    return sources(
        used(slice_.sources),
        parameters=told,
        model=model,
        version=__version__,
        made=datetime.now().astimezone(),
        checksum=checksum(files, told),
    )


def _in_words(value: object) -> object:
    """Scenarios by their titles, targets to try as 2030: 18 000; anything else as it is."""
    if not isinstance(value, Mapping):
        return value
    named = (
        told.get("title", name) if isinstance(told, Mapping) else f"{name}: {told}" for name, told in value.items()
    )
    return "; ".join(str(word) for word in named)


def used(files: tuple[SourceFile, ...]) -> list[UsedSource]:
    """The files of a slice as a page and a workbook cite them: one source for all the files that are from it."""
    of_source: dict[tuple[str, str, str, str], list[str]] = {}
    for f in files:
        of_source.setdefault((f.table, f.publisher, f.licence, f.retrieved), []).append(_place(f))
    return [UsedSource(*source, _places(places)) for source, places in of_source.items()]


def made_from(files: Sequence[SourceFile], notebook: str, versions: Mapping[str, str]) -> str:
    """All that a page is made from, each with its SHA-256, folded at the page's end; HTML.

    `versions` are those of the manifest: of the library and its code, the notebook, the lock file, Python and packages.
    """
    sums = {"library": "krokomanalys kod", "notebook": f"notebooks/{notebook}", "lock": "requirements.lock"}
    code = [_summed(name, versions[key]) for key, name in sums.items() if key in versions]
    rest = [f"{escape(name)} {escape(number)}" for name, number in versions.items() if name not in sums]
    rows = {"Datafiler": [_summed(_place(f), f.sha256) for f in files], "Kod": code, "Versioner": [", ".join(rest)]}
    return (
        '<details class="origin"><summary>Så gjordes sidan</summary>\n'
        '<p class="note">Samma filer, kod och parametrar ger samma sida. Talet under varje fil är filens kontrollsumma '
        "(SHA-256). Är två summor lika är filerna lika.</p>\n"
        f"{terms(rows)}\n</details>\n"
    )


def _summed(name: str, sha256: str) -> str:
    return f"{escape(name)}<br><code>{escape(sha256)}</code>"


def _place(file: SourceFile) -> str:
    return f"data/{file.file}" + (", egen" if file.own else "")


def _places(places: list[str]) -> str:
    if len(places) <= MOST_PLACES:
        return listed(places)
    return f"{places[0]} och {len(places) - 1} filer till"
