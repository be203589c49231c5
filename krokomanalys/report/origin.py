"""The end of a page: which figures, parameters and versions it is made from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date

from krokomanalys import __version__
from krokomanalys.report.page import Piece, UsedSource, sources
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
    """Sources, parameters, model, version, date and checksum of the report that `slice_` was loaded for."""
    told = {LABELS[name]: _in_words(value) for name, value in parameters.items() if value != {}}
    files = {f"{source.file} {source.own}": source.sha256 for source in slice_.sources}
    return sources(
        used(slice_.sources),
        parameters=told,
        model=model,
        version=__version__,
        date=date.today().isoformat(),
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
        place = f"data/{f.file}" + (", egen" if f.own else "")
        of_source.setdefault((f.table, f.publisher, f.licence, f.retrieved), []).append(place)
    return [UsedSource(*source, _places(places)) for source, places in of_source.items()]


def _places(places: list[str]) -> str:
    if len(places) <= MOST_PLACES:
        return listed(places)
    return f"{places[0]} och {len(places) - 1} filer till"
