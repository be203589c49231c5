"""The statuses of measures and goals, why something isn't judged, and the words that documents have for them.

What can't be judged is said so: it is neither green nor red. How a measure gets its status is in targets.levels, how a
goal gets its in targets.rules.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from krokomanalys.errors import Fault, InputError


class Status(StrEnum):
    """How it stands with a measure or a goal; `word` is the Swedish one."""

    MET = "met"
    NEARLY = "nearly"
    PARTLY = "partly"
    NOT_MET = "not_met"
    NOT_JUDGED = "not_judged"
    NO_TARGET = "no_target"
    STALE = "stale"

    @property
    def word(self) -> str:
        """The status in Swedish, as a reader sees it."""
        return _STATUS_WORDS[self]

    def words(self, count: int) -> str:
        """The Swedish words that follow a number of goals: 1 `uppfyllt`, 3 `uppfyllda`, 2 `utan målvärde`."""
        if self == Status.NO_TARGET:
            return "utan målvärde"
        plural = count != 1 and self != Status.NOT_JUDGED
        return self.word.removesuffix("t") + ("a" if self == Status.STALE else "da") if plural else self.word


class Reason(StrEnum):
    """Why something isn't judged; `word` is the Swedish one."""

    NO_MEASURE = "no_measure"
    NO_VALUE = "no_value"
    NO_TARGET = "no_target"
    TO_COME = "to_come"
    NO_SIDE = "no_side"
    ZERO_BASE = "zero_base"
    STALE = "stale"

    @property
    def word(self) -> str:
        """The reason in Swedish, as a reader sees it."""
        return _REASON_WORDS[self]


class Basis(StrEnum):
    """What a status rests on; `word` is the Swedish one."""

    MEASURE = "measure"
    ACTIVITY = "activity"
    JUDGEMENT = "judgement"

    @property
    def word(self) -> str:
        """The basis in Swedish, as a reader sees it."""
        return {Basis.MEASURE: "mätetal", Basis.ACTIVITY: "aktiviteter", Basis.JUDGEMENT: "bedömning"}[self]


_STATUS_WORDS = {
    Status.MET: "uppfyllt",
    Status.NEARLY: "nästan uppfyllt",
    Status.PARTLY: "delvis uppfyllt",
    Status.NOT_MET: "ej uppfyllt",
    Status.NOT_JUDGED: "kan inte bedömas",
    Status.NO_TARGET: "saknar målvärde",
    Status.STALE: "inaktuellt",
}
_REASON_WORDS = {
    Reason.NO_MEASURE: "inget mätetal",
    Reason.NO_VALUE: "mätvärde saknas",
    Reason.NO_TARGET: "målvärde saknas",
    Reason.TO_COME: "målåret ligger framåt",
    Reason.NO_SIDE: "målvärdets riktning anges inte",
    Reason.ZERO_BASE: "en förändring i procent kan inte räknas från noll",
    Reason.STALE: "mätvärdet är för gammalt",
}
_DOCUMENT_WORDS = {
    Status.MET: (
        "uppfylls", "uppfyllas", "uppfyllas till fullo", "uppfyllt till fullo", "till fullo", "uppnått", "ok",
        "högre än målvärde", "nås med minsta möjliga marginal", "över mål",
    ),
    Status.PARTLY: ("delvis", "delvis är uppfyllt", "uppfylls till viss del", "till viss del"),
    Status.NOT_MET: (
        "inte uppfyllt", "inte uppfyllas", "kan inte grönmarkeras", "når inte målen", "under mål",
    ),
    Status.NOT_JUDGED: ("mätning ej möjlig", "inte varit möjligt att mäta"),
}  # fmt: skip
VOCABULARY: Mapping[str, Status] = {word: status for status, word in _STATUS_WORDS.items()} | {
    word: status for status, words in _DOCUMENT_WORDS.items() for word in words
}
JUDGED = (Status.MET, Status.NEARLY, Status.PARTLY, Status.NOT_MET)


@dataclass(frozen=True)
class Judgement:
    """A status with what it rests on and the rule, a Swedish sentence with its numbers.

    `basis` is empty where nothing is judged, `reasons` where something is. `remarks` are Swedish sentences on what
    the status doesn't show. `aged`: it is judged on a value of an earlier year than the report's. `unmeasured`: how
    many of a goal's measures have no value.
    """

    status: Status
    basis: tuple[Basis, ...]
    rule: str
    remarks: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()
    aged: bool = False
    unmeasured: int = 0


def from_words(words: str, *, file: str = "målfilen", key: str | None = None) -> Status:
    """The status that a document's own words mean; capitals and a final full stop don't matter.

    Raises:
        InputError: for a word outside the vocabulary; `file` and `key` tell the economist where it stands.
    """
    status = VOCABULARY.get(words.strip().rstrip(".").casefold())
    if status is None:
        known = ", ".join(sorted(VOCABULARY))
        raise InputError(Fault(file, f'"{words}" är inget känt statusord', f"något av: {known}", key=key))
    return status


def together(statuses: Sequence[Status]) -> Status:
    """What judged parts make together: met, nearly or not met where all are so far, else partly."""
    if all(status == Status.MET for status in statuses):
        return Status.MET
    if all(status in (Status.MET, Status.NEARLY) for status in statuses):
        return Status.NEARLY
    if all(status == Status.NOT_MET for status in statuses):
        return Status.NOT_MET
    return Status.PARTLY
