"""The status of a measure and of a goal, with the rule that gave it.

A measure with an outcome and a target is met or not met; nearly met only within a tolerance that is stated for it.
A goal is met if all its judged measures are, partly met if some are, not met if none is. What can't be judged is
said so: it is neither green nor red.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from krokomanalys.errors import Fault, InputError
from krokomanalys.sources.goals import Goal
from krokomanalys.sources.measures import Direction, Measure
from krokomanalys.swedish import listed, shortest
from krokomanalys.targets.outcomes import Outcome
from krokomanalys.targets.wording import amount, limit


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
    the status doesn't show.
    """

    status: Status
    basis: tuple[Basis, ...]
    rule: str
    remarks: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()


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


def judge_measure(measure: Measure, outcomes: Sequence[Outcome], year: int) -> Judgement:
    """The status of a measure at the end of `year`, from its outcomes in order of date.

    A plain target is held against the latest outcome, and one from another year is remarked on. A target for a
    year, or one relative to a year, is held against that year's outcome only. Where the figures can't tell but
    the document judges the measure itself, its word is the status, with basis judgement.
    """
    known = [outcome for outcome in outcomes if outcome.year <= year]
    found = _by_figures(measure, known, year)
    if found.status in (Status.NOT_JUDGED, Status.NO_TARGET) and measure.judged is not None:
        rule = f'Dokumentets egen bedömning: "{measure.judged}".'
        return Judgement(from_words(measure.judged), (Basis.JUDGEMENT,), rule, found.remarks)
    return found


def judge_goal(goal: Goal, judgements: Mapping[str, Judgement]) -> Judgement:
    """The status of a goal from the judgements of its measures, by measure id.

    The parts of a composite count through the composite only. Measures without target or outcome don't count
    and are told of.
    """
    if not goal.measures:
        return Judgement(Status.NOT_JUDGED, (), "Målet har inget mätetal.", reasons=(Reason.NO_MEASURE,))
    parts = {part.measure for measure in goal.measures for part in measure.parts}
    counted = [m for m in goal.measures if m.id not in parts]
    judged = [m for m in counted if judgements[m.id].status in JUDGED]
    rest = [m for m in counted if m not in judged]
    if not judged:
        return _unjudged(counted, judgements)
    basis = tuple(b for b in Basis if any(b in judgements[m.id].basis for m in judged))
    rule = _goal_rule(judged, judgements)
    remarks = _uncounted(rest, judgements)
    return Judgement(together([judgements[m.id].status for m in judged]), basis, rule, remarks)


def _by_figures(measure: Measure, known: list[Outcome], year: int) -> Judgement:
    if measure.relative_to is not None:
        return _relative(measure, year - 1 if measure.relative_to == "previous" else measure.relative_to, known, year)
    if measure.path is not None:
        return _on_path(measure, measure.path, known, year)
    if not known:
        return _not_judged("Mätvärde saknas.")
    outcome = known[-1]
    if measure.target is None:
        return _no_target(measure, outcome, year)
    if measure.max_age is not None and year - outcome.year > measure.max_age:
        rule = f"Mätvärdet är från {outcome.date}, mer än {measure.max_age} år före {year}."
        return Judgement(Status.STALE, (), rule, reasons=(Reason.STALE,))
    return _against(measure, outcome, measure.target, year)


def _on_path(measure: Measure, path: Mapping[int, float], known: list[Outcome], year: int) -> Judgement:
    later = [y for y in sorted(path) if y > year]
    if year in path:
        outcome = _of_year(known, year)
        if outcome is not None:
            return _against(measure, outcome, path[year], year)
        latest = f" Det senaste är {amount(known[-1].value, measure.unit)} från {known[-1].date}." if known else ""
        return _not_judged(f"Mätvärde för {year} saknas.{latest}")
    if later:
        wanted = limit(measure.direction or "exact", path[later[0]], measure.unit, strict=measure.strict)
        latest = f" Utfallet {known[-1].date} är {amount(known[-1].value, measure.unit)}." if known else ""
        return _not_judged(f"Målvärdet {wanted} gäller {later[0]}.{latest}", Reason.TO_COME)
    if known:
        return _no_target(measure, known[-1], year)
    return _not_judged("Mätvärde saknas.")


def _relative(measure: Measure, base_year: int, known: list[Outcome], year: int) -> Judgement:
    outcome, base = _of_year(known, year), _of_year(known, base_year)
    if outcome is None or base is None:
        missing = [str(y) for y, o in ((base_year, base), (year, outcome)) if o is None]
        return _not_judged(f"Mätvärde för {listed(missing)} saknas.")
    return _against(measure, outcome, base.value, year, base_year)


def _of_year(known: list[Outcome], year: int) -> Outcome | None:
    return next((outcome for outcome in reversed(known) if outcome.year == year), None)


def _against(
    measure: Measure, outcome: Outcome, target: float | tuple[float, float] | str, year: int, base: int | None = None
) -> Judgement:
    direction = measure.direction or "exact"
    shown = amount(outcome.value, measure.unit)
    wanted = limit(direction, target, measure.unit, strict=measure.strict) + (f" ({base})" if base else "")
    remarks = _remarks(outcome, year)
    if isinstance(target, str):
        met = target == "Lika"
        words = "räcker enligt målvärdet" if met else "räcker inte: mer efterfrågas enligt målvärdet"
        rule = f"Utfallet {shown} {words} {wanted}."
        return Judgement(Status.MET if met else Status.NOT_MET, (Basis.MEASURE,), rule, remarks)
    if direction == "unstated" and outcome.value != target:
        rule = f"Utfallet är {shown} och målvärdet {wanted}, men åt vilket håll anges inte."
        return Judgement(Status.NOT_JUDGED, (), rule, remarks, (Reason.NO_SIDE,))
    if _reached(direction, outcome.value, target, strict=measure.strict):
        return Judgement(Status.MET, (Basis.MEASURE,), f"Utfallet {shown} når målvärdet {wanted}.", remarks)
    if measure.tolerance is not None and _gap(outcome.value, target) <= measure.tolerance:
        rule = (
            f"Utfallet {shown} når inte målvärdet {wanted}, men ligger inom toleransen {shortest(measure.tolerance)}."
        )
        return Judgement(Status.NEARLY, (Basis.MEASURE,), rule, remarks)
    return Judgement(Status.NOT_MET, (Basis.MEASURE,), f"Utfallet {shown} når inte målvärdet {wanted}.", remarks)


def _reached(direction: Direction, value: float, target: float | tuple[float, float], *, strict: bool) -> bool:
    if isinstance(target, tuple):
        return target[0] <= value <= target[1]
    if value == target:
        return not strict
    return {"higher": value > target, "lower": value < target, "rank": value < target}.get(direction, False)


def _gap(value: float, target: float | tuple[float, float]) -> float:
    low, high = target if isinstance(target, tuple) else (target, target)
    return round(max(low - value, value - high, 0.0), 9)


def _no_target(measure: Measure, outcome: Outcome, year: int) -> Judgement:
    rule = f"Utfallet är {amount(outcome.value, measure.unit)}, men det finns inget målvärde för {year}."
    return Judgement(Status.NO_TARGET, (), rule, _remarks(outcome, year), (Reason.NO_TARGET,))


def _not_judged(rule: str, reason: Reason = Reason.NO_VALUE) -> Judgement:
    return Judgement(Status.NOT_JUDGED, (), rule, reasons=(reason,))


def _remarks(outcome: Outcome, year: int) -> tuple[str, ...]:
    said = {
        "self_selected": "Felmarginal kan inte beräknas: självvalt urval.",
        "unknown": "Felmarginal kan inte beräknas: det framgår inte hur urvalet är gjort.",
    }
    remarks = (
        f"Mätvärdet är från {outcome.date}, inte från {year}." if outcome.year != year else "",
        "Mätvärdet är ungefärligt." if outcome.approximate else "",
        said.get(outcome.sampling, ""),
        outcome.note,
    )
    return tuple(remark for remark in remarks if remark)


def together(statuses: Sequence[Status]) -> Status:
    """What judged parts make together: met, nearly or not met where all are so far, else partly."""
    if all(status == Status.MET for status in statuses):
        return Status.MET
    if all(status in (Status.MET, Status.NEARLY) for status in statuses):
        return Status.NEARLY
    if all(status == Status.NOT_MET for status in statuses):
        return Status.NOT_MET
    return Status.PARTLY


def _unjudged(counted: list[Measure], judgements: Mapping[str, Judgement]) -> Judgement:
    statuses = [judgements[m.id].status for m in counted]
    status = next((s for s in (Status.STALE, Status.NO_TARGET) if s in statuses), Status.NOT_JUDGED)
    found = {reason for m in counted for reason in judgements[m.id].reasons}
    reasons = tuple(reason for reason in Reason if reason in found)
    if len({judgements[m.id].rule for m in counted}) == 1:
        return Judgement(status, (), judgements[counted[0].id].rule, reasons=reasons)
    rules = [f"{m.name}: {judgements[m.id].rule}" for m in counted]
    return Judgement(status, (), " ".join(rules), reasons=reasons)


def _goal_rule(judged: list[Measure], judgements: Mapping[str, Judgement]) -> str:
    if len(judged) == 1:
        return judgements[judged[0].id].rule
    met = [m for m in judged if judgements[m.id].status == Status.MET]
    others = [
        m.name if judgements[m.id].status == Status.NOT_MET else f"{m.name} ({judgements[m.id].status.word})"
        for m in judged
        if m not in met
    ]
    rule = f"{len(met)} av {len(judged)} bedömda mätetal är uppfyllda"
    if not others:
        return f"{rule}."
    reached = f": {listed([m.name for m in met])}" if met else ""
    return f"{rule}{reached}. Inte uppfyllda: {listed(others)}."


def _uncounted(rest: list[Measure], judgements: Mapping[str, Judgement]) -> tuple[str, ...]:
    if not rest:
        return ()
    told = [f"{m.name} ({judgements[m.id].status.word})" for m in rest]
    return (f"Räknas inte med: {listed(told)}.",)
