"""manifest.jsonl: a line for each report of an output folder, added as reports are made.

A line added later replaces an earlier one of the same report, so a run that is cut off leaves a manifest that is true;
`rewrite` leaves one line a report.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from krokomanalys.batch.jobs import Place, place_of
from krokomanalys.errors import Fault, InputError
from krokomanalys.sources.folder import shown

MANIFEST = "manifest.jsonl"
Record = dict[str, Any]


def read_manifest(out: Path) -> dict[Place, Record]:
    """The last line of each report in an output folder; none where there is no manifest.

    A last line that was cut off while it was written is no line.

    Raises:
        InputError: a line is no record of a report.
    """
    path, found = out / MANIFEST, dict[Place, Record]()
    if not path.exists():
        return found
    *lines, _cut_off = path.read_bytes().split(b"\n")
    for row, line in enumerate(lines, start=1):
        try:
            record = json.loads(line)
            found[place_of(record)] = record
            record["folder"], record["status"]
        except (ValueError, KeyError, TypeError):
            problem, remedy = "raden går inte att läsa", "Ta bort raden: rapporten kommer tillbaka när den görs om"
            raise InputError(
                Fault(shown(path), problem, "en rad som krokomanalys run har skrivit", remedy, row=row)
            ) from None
    return found


def finished(out: Path) -> dict[Place, Record]:
    """The manifest of a folder that a run has written.

    Raises:
        InputError: there is no manifest, or one that cannot be read.
    """
    if not (out / MANIFEST).is_file():
        raise InputError(Fault(shown(out), f"{MANIFEST} finns inte", "en mapp som krokomanalys run har skrivit"))
    return read_manifest(out)


def add(out: Path, record: Mapping[str, Any]) -> None:
    """Add a line, on the disk when this returns; where that fails the manifest is as it was."""
    with (out / MANIFEST).open("ab") as file:
        before = file.tell()
        try:
            file.write(_line(record))
            file.flush()
            os.fsync(file.fileno())
        except OSError:
            file.truncate(before)
            raise


def rewrite(out: Path, records: Iterable[Mapping[str, Any]]) -> None:
    """Write the manifest anew, whole or not at all."""
    replace_with(out / MANIFEST, b"".join(_line(record) for record in records))


def replace_with(path: Path, content: bytes) -> None:
    """Write a file beside its place and move it there: there is never half of it."""
    beside = path.with_name(f".{path.name}.pågår")
    try:
        beside.write_bytes(content)
        os.replace(beside, path)
    except OSError:
        beside.unlink(missing_ok=True)  # on a full disk half a file is in the way
        raise


def _line(record: Mapping[str, Any]) -> bytes:
    return json.dumps(record, ensure_ascii=False).encode() + b"\n"
