"""What an economist is told when something given is wrong or missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One thing wrong in a file: where it is, what was found, what was expected, what to do. In Swedish.

    `problem` says what was found and `expected` what should stand there instead; `remedy` what to do,
    where that is not plain from the two. `key` names a place in a YAML file.
    """

    file: str
    problem: str
    expected: str = ""
    remedy: str = ""
    row: int | None = None
    column: str | None = None
    key: str | None = None

    def __str__(self) -> str:
        """The fault as one Swedish line."""
        place = [self.file]
        if self.row is not None:
            place.append(f"rad {self.row}")
        if self.column is not None:
            place.append(f"kolumn {self.column}")
        if self.key is not None:
            place.append(f"nyckel {self.key}")
        sentences = [self.problem]
        if self.expected:
            sentences.append(f"Väntade {self.expected}")
        if self.remedy:
            sentences.append(self.remedy)
        return ", ".join(place) + ": " + " ".join(s if s.endswith((".", "?")) else s + "." for s in sentences)


class InputError(Exception):
    """A mistake in what was given: files, parameters or arguments. The text is Swedish, for the economist.

    The first fault is told in full, then how many more there are; `faults` holds them all.
    """

    def __init__(self, faults: Fault | Sequence[Fault]) -> None:
        self.faults: tuple[Fault, ...] = (faults,) if isinstance(faults, Fault) else tuple(faults)
        super().__init__(self.faults)

    def __str__(self) -> str:
        """The first fault, then how many more."""
        more = len(self.faults) - 1
        return str(self.faults[0]) + (f" {more} fel till." if more else "")


@dataclass(frozen=True)
class Missing:
    """Figures that a report needs and that nobody has given: what they are and how to get them. In Swedish."""

    what: str
    remedy: str

    def __str__(self) -> str:
        """One Swedish sentence each for what is missing and how to get it."""
        return f"{self.what}. {self.remedy}."


class MissingFigures(Exception):
    """A report cannot be made since its figures are not there. Not a mistake: it stands on the index as such."""

    def __init__(self, missing: Missing | Sequence[Missing]) -> None:
        self.missing: tuple[Missing, ...] = (missing,) if isinstance(missing, Missing) else tuple(missing)
        super().__init__(self.missing)

    def __str__(self) -> str:
        """Everything that is missing, in one line."""
        return " ".join(str(m) for m in self.missing)
