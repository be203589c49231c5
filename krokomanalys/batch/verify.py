"""Whether an output folder still is what its manifest says: every file there, with its checksum."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from krokomanalys.batch.manifest import finished
from krokomanalys.sources.folder import sha256


@dataclass(frozen=True)
class Verdict:
    """Files of an output folder by what is wrong with them, and how many are right. Paths are in the folder."""

    right: int
    changed: tuple[str, ...]
    gone: tuple[str, ...]
    unknown: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Whether all that the manifest names is as it was written."""
        return not (self.changed or self.gone)


def verify(out: Path) -> Verdict:
    """Compare the files of an output folder with its manifest.

    `unknown` are files of the reports' folders that no line of the manifest names; they harm nothing.

    Raises:
        InputError: the folder has no manifest that can be read.
    """
    lines = finished(out).values()
    told = {o["file"]: o["sha256"] for line in lines for o in line["outputs"]}
    there = {
        file.relative_to(out).as_posix()
        for folder in {line["folder"].split("/")[0] for line in lines}
        for file in (out / folder).rglob("*")
        if file.is_file() and not any(part.startswith(".") for part in file.relative_to(out).parts)
    }
    changed = sorted(file for file in told if file in there and sha256(out / file) != told[file])
    gone = sorted(set(told) - there)
    return Verdict(len(told) - len(changed) - len(gone), tuple(changed), tuple(gone), tuple(sorted(there - set(told))))
