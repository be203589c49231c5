"""The status of a goal from its measures, by the rule that the goal file states.

Only measures that can be judged count: the others never change what can be judged, and are told of. Weighted is the
exception, a share of all the weight: where what isn't judged would decide, the goal isn't judged. Measures without
weights weigh alike. With every rule a goal is partly met where some of it is but not enough.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from krokomanalys.sources.goals import Goal
from krokomanalys.sources.measures import Measure
from krokomanalys.swedish import NBSP, listed, shortest
from krokomanalys.targets.status import JUDGED, Basis, Judgement, Reason, Status, together

ROUNDING = 1e-9
"""Weights that sum to the limit in decimals may miss it in binary."""


def judge_goal(goal: Goal, judgements: Mapping[str, Judgement]) -> Judgement:
    """The status of a goal from the judgements of its measures, by measure id.

    The parts of a composite count through the composite only. Measures without target or outcome don't count
    and are told of; `unmeasured` is how many have no value.
    """
    if not goal.measures:
        return Judgement(Status.NOT_JUDGED, (), "Målet har inget mätetal.", reasons=(Reason.NO_MEASURE,))
    parts = {part.measure for measure in goal.measures for part in measure.parts}
    counted = [m for m in goal.measures if m.id not in parts] or list(goal.measures)
    judged = [m for m in counted if judgements[m.id].status in JUDGED]
    rest = [m for m in counted if m not in judged]
    unmeasured = sum(Reason.NO_VALUE in judgements[m.id].reasons for m in rest)
    if not judged:
        return replace(_unjudged(counted, judgements), unmeasured=unmeasured)
    statuses = [judgements[m.id].status for m in judged]
    weights, unknown = [m.weight or 1.0 for m in judged], [m.weight or 1.0 for m in rest]
    status = by_rule(goal, statuses, weights, unknown)
    rule, told = _rule(goal, judged, counted, judgements), _uncounted(rest, judgements)
    if status is None:
        share = _per_cent(math.fsum(unknown) / math.fsum([*weights, *unknown]))
        decides = f"{share} av vikten kan inte bedömas, och det avgör om målet är uppfyllt."
        reasons = tuple(r for r in Reason if any(r in judgements[m.id].reasons for m in rest))
        return Judgement(Status.NOT_JUDGED, (), f"{rule} {decides}", told, reasons, unmeasured=unmeasured)
    basis = tuple(b for b in Basis if any(b in judgements[m.id].basis for m in judged))
    aged = any(judgements[m.id].aged for m in judged)
    return Judgement(status, basis, rule, told, aged=aged, unmeasured=unmeasured)


def by_rule(
    goal: Goal, statuses: Sequence[Status], weights: Sequence[float], unknown: Sequence[float] = ()
) -> Status | None:
    """What judged measures make by the goal's rule; None where the weights that aren't judged (`unknown`) decide.

    Met where the met ones are enough (all, more than half, the limit of all the weight, or one), nearly where they are
    so together with the nearly met, not met where none is met at all, else partly. By `worst` it is the worst of them.
    """
    if goal.rule == "worst":
        return max(statuses, key=JUDGED.index)
    if goal.rule == "all":
        return together(statuses)
    weighted = goal.rule == "weighted"
    alike, missing = (weights, math.fsum(unknown)) if weighted else ([1.0] * len(statuses), 0.0)
    total = math.fsum(alike) + missing
    for status, counts in ((Status.MET, (Status.MET,)), (Status.NEARLY, (Status.MET, Status.NEARLY))):
        held = math.fsum(w for s, w in zip(statuses, alike, strict=True) if s in counts)
        if _enough(goal, held / total):
            return status
        if _enough(goal, (held + missing) / total):
            return None
    return Status.NOT_MET if all(status == Status.NOT_MET for status in statuses) else Status.PARTLY


def rule_name(goal: Goal) -> str:
    """The goal's rule in Swedish; "" for a goal without measures."""
    if not goal.measures:
        return ""
    match goal.rule:
        case "all":
            return "alla mätetal ska vara uppfyllda"
        case "any":
            return "det räcker att ett mätetal är uppfyllt"
        case "majority":
            return "mer än hälften av mätetalen ska vara uppfyllda"
        case "weighted":
            return f"uppfyllda mätetal ska ha minst {_per_cent(goal.limit or 0.0)} av vikten"
        case "worst":
            return "målet har samma läge som sitt sämsta mätetal"


def _enough(goal: Goal, share: float) -> bool:
    match goal.rule:
        case "any":
            return share > 0
        case "majority":
            return share > 0.5 + ROUNDING
        case _:
            return share >= (goal.limit or 0.0) - ROUNDING


def _unjudged(counted: list[Measure], judgements: Mapping[str, Judgement]) -> Judgement:
    statuses = [judgements[m.id].status for m in counted]
    status = next((s for s in (Status.STALE, Status.NO_TARGET) if s in statuses), Status.NOT_JUDGED)
    found = {reason for m in counted for reason in judgements[m.id].reasons}
    reasons = tuple(reason for reason in Reason if reason in found)
    if len({judgements[m.id].rule for m in counted}) == 1:
        return Judgement(status, (), judgements[counted[0].id].rule, reasons=reasons)
    rules = [f"{m.name}: {judgements[m.id].rule}" for m in counted]
    return Judgement(status, (), " ".join(rules), reasons=reasons)


def _rule(goal: Goal, judged: list[Measure], counted: list[Measure], judgements: Mapping[str, Judgement]) -> str:
    """The rule's sentence with its numbers; a rule other than all is said first, all is what no rule means."""
    said = "" if goal.rule == "all" else f"Regel: {rule_name(goal)}. "
    if len(judged) == 1 and (goal.rule != "weighted" or len(counted) == 1):
        return f"{said}{judgements[judged[0].id].rule}"
    met = [m for m in judged if judgements[m.id].status == Status.MET]
    total = math.fsum(m.weight or 1.0 for m in counted)
    weights = {m.id: _per_cent((m.weight or 1.0) / total) for m in judged} if goal.rule == "weighted" else {}
    others = [_named(m, judgements[m.id].status, weights.get(m.id)) for m in judged if m not in met]
    share = f" med {_per_cent(math.fsum(m.weight or 1.0 for m in met) / total)} av vikten" if weights else ""
    rule = f"{said}{len(met)} av {len(judged)} bedömda mätetal är uppfyllda{share}"
    if not others and not weights:
        return f"{rule}."
    reached = f": {listed([_named(m, Status.MET, weights.get(m.id)) for m in met])}" if met else ""
    return f"{rule}{reached}." + (f" Inte uppfyllda: {listed(others)}." if others else "")


def _named(measure: Measure, status: Status, weight: str | None) -> str:
    told = [weight or "", "" if status in (Status.MET, Status.NOT_MET) else status.word]
    inside = ", ".join(filter(None, told))
    return f"{measure.name} ({inside})" if inside else measure.name


def _uncounted(rest: list[Measure], judgements: Mapping[str, Judgement]) -> tuple[str, ...]:
    if not rest:
        return ()
    told = [f"{m.name} ({judgements[m.id].status.word})" for m in rest]
    return (f"Räknas inte med: {listed(told)}.",)


def _per_cent(share: float) -> str:
    return f"{shortest(round(share * 100, 1))}{NBSP}%"
