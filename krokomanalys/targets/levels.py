"""The status of a measure: its outcome held against the level that is wanted, with the rule that gave it.

A measure with an outcome and a target is met or not met; nearly met only within a tolerance that is stated for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from krokomanalys.sources.measures import Direction, Measure
from krokomanalys.swedish import listed, shortest
from krokomanalys.targets.outcomes import Gap, Outcome
from krokomanalys.targets.status import Basis, Judgement, Reason, Status, from_words
from krokomanalys.targets.surveys import certain, no_margin_words
from krokomanalys.targets.wording import amount, dated, limit, relative

Level = float | tuple[float, float] | str


@dataclass(frozen=True)
class Known:
    """What is known of a measure on a day: outcomes and gaps by date, for a report on `year`."""

    outcomes: tuple[Outcome, ...]
    gaps: tuple[Gap, ...]
    year: int
    until: date

    @property
    def latest(self) -> Outcome | None:
        """The latest outcome, unless a later day of the report's year is known to have none."""
        if not self.outcomes:
            return None
        later = [gap for gap in self.gaps if gap.year == self.year and gap.date > self.outcomes[-1].date]
        return None if later else self.outcomes[-1]

    def of(self, year: int) -> Outcome | None:
        """The last outcome of a year."""
        return next((outcome for outcome in reversed(self.outcomes) if outcome.year == year), None)

    def why(self, year: int | None = None) -> str:
        """Why there is no value (of a year): the last gap's own words, else that it is missing."""
        own = [gap for gap in self.gaps if year in (None, gap.year)]
        if own:
            return own[-1].why
        return "Mätvärde saknas." if year is None else f"Mätvärde för {year} saknas."


def known(outcomes: Sequence[Outcome], year: int, until: date | None = None, gaps: Sequence[Gap] = ()) -> Known:
    """The outcomes and gaps that a report on `year` may use: of that year or before, and not after `until`.

    `until` is the last day that is known, 31 December of the year where it isn't said or is later.
    """
    last = min(until or date(year, 12, 31), date(year, 12, 31))
    used = tuple(o for o in outcomes if o.date <= last.isoformat())
    return Known(used, tuple(g for g in gaps if g.date <= last.isoformat()), year, last)


def judge_measure(
    measure: Measure,
    outcomes: Sequence[Outcome],
    year: int,
    until: date | None = None,
    gaps: Sequence[Gap] = (),
) -> Judgement:
    """The status of a measure in `year` as known at `until`, from its outcomes and gaps in order of date.

    A plain target is held against the latest outcome, and one from another year is remarked on. A target for a
    year, or one relative to a year, is held against that year's outcome only. A last day has passed when it is `until`
    or earlier (see `known`). Where the figures can't tell but the document judges the measure itself, its word is the
    status, with basis judgement.
    """
    facts = known(outcomes, year, until, gaps)
    found = _by_figures(measure, facts)
    if found.status in (Status.NOT_JUDGED, Status.NO_TARGET) and measure.judged is not None:
        rule = f'Dokumentets egen bedömning: "{measure.judged}".'
        return Judgement(from_words(measure.judged), (Basis.JUDGEMENT,), rule, found.remarks)
    return found


def level_of(measure: Measure, facts: Known) -> Level | None:
    """The level that applies in the report's year; None where none does, or the year it is relative to has no value.

    Relative to another year it is that year's outcome, better by `by` or `by_percent` of it.
    """
    if measure.path is not None:
        return measure.path.get(facts.year)
    base = base_of(measure, facts)
    if base is None:
        return measure.target
    much = measure.by or 0.0
    if measure.by_percent is not None:
        much = abs(base.value) * measure.by_percent / 100
    return round(base.value + much if measure.direction == "higher" else base.value - much, 9)


def base_of(measure: Measure, facts: Known) -> Outcome | None:
    """The outcome that a measure's target is relative to; None where it is missing or the target is no such one."""
    if measure.relative_to is None:
        return None
    return facts.of(facts.year - 1 if measure.relative_to == "previous" else measure.relative_to)


def _by_figures(measure: Measure, facts: Known) -> Judgement:
    if measure.deadline is not None:
        return _by_the_day(measure.deadline, facts)
    if measure.relative_to is not None:
        return _relative(measure, facts)
    if measure.path is not None:
        return _on_path(measure, facts)
    outcome = facts.latest
    if outcome is None:
        return _not_judged(_missing(measure, facts))
    if measure.target is None:
        return _no_target(measure, outcome, facts)
    if measure.max_age is not None and facts.year - outcome.year > measure.max_age:
        rule = f"Mätvärdet är från {dated(outcome.date)}, mer än {measure.max_age} år före {facts.year}."
        return Judgement(Status.STALE, (), rule, reasons=(Reason.STALE,))
    return replace(_against(measure, outcome, measure.target, facts), aged=outcome.year < facts.year)


def _by_the_day(day: date, facts: Known) -> Judgement:
    last = day.isoformat()
    aim, undone = f"Sista dagen var {dated(last)}.", _taken_back(facts.outcomes)
    before = [o for o in facts.outcomes if o.date <= last]
    since = [o for o in facts.outcomes if o.date >= last]
    done = next((o for o in since if o.value == 1), None)
    if before and before[-1].value == 1:
        rule = f"Klart {dated(before[-1].date)}. {aim}"
        return Judgement(Status.MET, (Basis.MEASURE,), rule, (undone,) if undone else ())
    if done is not None:
        late = (date.fromisoformat(done.date) - day).days
        rule = f"Klart {dated(done.date)}, {late} {'dag' if late == 1 else 'dagar'} för sent. {aim}"
        return Judgement(Status.NOT_MET, (Basis.MEASURE,), rule, (undone,) if undone else ())
    if since:
        rule = f"Inte klart {dated(since[-1].date)}. {aim} {undone}".rstrip()
        return Judgement(Status.NOT_MET, (Basis.MEASURE,), f"{rule} Känt till och med {dated(str(facts.until))}.")
    latest = undone or (f"Det var inte klart {dated(before[-1].date)}." if before else "")
    if facts.until < day:
        return _not_judged(f"Sista dagen är {dated(last)}. {latest}".rstrip(), Reason.TO_COME)
    later = [gap.why for gap in facts.gaps if gap.date >= last]
    if undone and not later:
        return _not_judged(f"{undone} {aim} Inget är känt från den dagen och senare.")
    why = later[-1] if later else f"Mätvärde saknas från {dated(last)} och senare."
    return _not_judged(f"{why} {latest}".rstrip())


def _taken_back(outcomes: Sequence[Outcome]) -> str:
    """That a yes has become a no since, a Swedish sentence; "" where the last yes stands, or there is none."""
    done = [place for place, outcome in enumerate(outcomes) if outcome.value == 1]
    if not done or done[-1] == len(outcomes) - 1:
        return ""
    yes, no = outcomes[done[-1]], outcomes[done[-1] + 1]
    return f"Det var klart {dated(yes.date)}, men inte längre {dated(no.date)}."


def _on_path(measure: Measure, facts: Known) -> Judgement:
    path = measure.path or {}
    outcomes = facts.outcomes
    later = [y for y in sorted(path) if y > facts.year]
    if facts.year in path:
        outcome = facts.of(facts.year)
        if outcome is not None:
            return _against(measure, outcome, path[facts.year], facts)
        return _not_judged(facts.why(facts.year) + _the_latest(measure, facts))
    if later:
        wanted = limit(measure.direction or "exact", path[later[0]], measure.unit, strict=measure.strict)
        aim = f"Målvärdet {wanted} gäller {later[0]}."
        if measure.direction == "binary":
            aim = f"Ska vara klart {later[0]}."
        latest = outcomes[-1] if outcomes else None
        now = f" Utfallet {dated(latest.date)} är {amount(latest.value, measure.unit)}." if latest else ""
        return _not_judged(aim + now, Reason.TO_COME)
    if facts.latest:
        return _no_target(measure, facts.latest, facts)
    return _not_judged(_missing(measure, facts))


def _relative(measure: Measure, facts: Known) -> Judgement:
    base_year = facts.year - 1 if measure.relative_to == "previous" else int(measure.relative_to or 0)
    outcome, base = facts.of(facts.year), facts.of(base_year)
    if outcome is None or base is None:
        missing = [y for y, o in ((base_year, base), (facts.year, outcome)) if o is None]
        noted = {y: facts.why(y) for y in missing if any(gap.year == y for gap in facts.gaps)}
        unnamed = [str(y) for y in missing if str(y) not in noted.get(y, "")]
        lacking = [f"Mätvärde för {listed(unnamed)} saknas."] if unnamed else []
        return _not_judged(" ".join([*lacking, *noted.values()]))
    if measure.by_percent is not None and base.value == 0:
        rule = f"Målvärdet är {relative(measure)}, men utfallet {base_year} är 0."
        return _not_judged(rule, Reason.ZERO_BASE)
    level = level_of(measure, facts)
    if level is None:
        raise AssertionError("the base year has an outcome, so there is a level")
    return _against(measure, outcome, level, facts, base)


def _against(measure: Measure, outcome: Outcome, target: Level, facts: Known, base: Outcome | None = None) -> Judgement:
    direction = measure.direction or "exact"
    shown = amount(outcome.value, measure.unit)
    wanted = limit(direction, target, measure.unit, strict=measure.strict) + _whence(measure, base)
    remarks = _remarks(measure, outcome, facts, base)
    if isinstance(target, str):
        met = target == "Lika"
        words = "räcker enligt målvärdet" if met else "räcker inte: mer efterfrågas enligt målvärdet"
        rule = f"Utfallet {shown} {words} {wanted}."
        return Judgement(Status.MET if met else Status.NOT_MET, (Basis.MEASURE,), rule, remarks)
    if direction == "unstated":
        rule = f"Utfallet är {shown} och målvärdet {wanted}, men åt vilket håll anges inte."
        return Judgement(Status.NOT_JUDGED, (), rule, remarks, (Reason.NO_SIDE,))
    found = _held(measure, direction, outcome, target, shown, wanted, remarks)
    if certain(outcome, target, measure.unit, base) == "no":
        doubt = f"Målvärdet {wanted} ligger inom felmarginalen, så det går inte att säga säkert om målet är nått."
        return replace(found, remarks=(*remarks, doubt))
    return found


def _held(
    measure: Measure,
    direction: Direction,
    outcome: Outcome,
    target: float | tuple[float, float],
    shown: str,
    wanted: str,
    remarks: tuple[str, ...],
) -> Judgement:
    if _reached(direction, outcome.value, target, strict=measure.strict):
        return Judgement(Status.MET, (Basis.MEASURE,), f"Utfallet {shown} når målvärdet {wanted}.", remarks)
    if measure.tolerance is not None and gap(outcome.value, target) <= measure.tolerance:
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


def gap(value: float, target: float | tuple[float, float]) -> float:
    """How far a value is from a target, or from the nearest end of a range; 0 in it."""
    low, high = target if isinstance(target, tuple) else (target, target)
    return round(max(low - value, value - high, 0.0), 9)


def _whence(measure: Measure, base: Outcome | None) -> str:
    """Where a level comes from that is relative to another year's outcome: ` (2020)`, or with how much better."""
    if base is None:
        return ""
    if measure.by is None and measure.by_percent is None:
        return f" ({base.year})"
    return f" ({relative(measure)}, då {amount(base.value, measure.unit)})"


def _no_target(measure: Measure, outcome: Outcome, facts: Known) -> Judgement:
    rule = f"Utfallet är {amount(outcome.value, measure.unit)}, men det finns inget målvärde för {facts.year}."
    return Judgement(Status.NO_TARGET, (), rule, _remarks(measure, outcome, facts), (Reason.NO_TARGET,))


def _not_judged(rule: str, reason: Reason = Reason.NO_VALUE) -> Judgement:
    return Judgement(Status.NOT_JUDGED, (), rule, reasons=(reason,))


def _missing(measure: Measure, facts: Known) -> str:
    return facts.why() + _the_latest(measure, facts)


def _the_latest(measure: Measure, facts: Known) -> str:
    if not facts.outcomes:
        return ""
    latest = facts.outcomes[-1]
    return f" Det senaste är {amount(latest.value, measure.unit)} från {dated(latest.date)}."


def _remarks(measure: Measure, outcome: Outcome, facts: Known, base: Outcome | None = None) -> tuple[str, ...]:
    unfinished = measure.wanted and outcome.year == facts.year and facts.until < date(facts.year, 12, 31)
    remarks = (
        f"Mätvärdet är från {dated(outcome.date)}, inte från {facts.year}." if outcome.year != facts.year else "",
        f"Året är inte slut: läget {dated(outcome.date)}." if unfinished else "",
        "Mätvärdet är ungefärligt." if outcome.approximate else "",
        no_margin_words(outcome, measure.unit),
        outcome.note,
        f"Värdet {base.year}: {base.note}" if base is not None and base.note else "",
    )
    return tuple(remark for remark in remarks if remark)
