"""A composite measure told part by part: what each was, what it weighs, and which is the weakest."""

from __future__ import annotations

from collections.abc import Mapping

from krokomanalys.sources.measures import Measure
from krokomanalys.swedish import listed
from krokomanalys.targets.levels import Level, gap
from krokomanalys.targets.outcomes import Weighing
from krokomanalys.targets.wording import amount

_BETTER = {"higher": 1, "lower": -1, "rank": -1}


def weakest(weighing: Weighing, parts: Mapping[str, Measure], levels: Mapping[str, Level | None]) -> str:
    """The name of the part furthest under its level, or nearest over it; "" where that can't be told.

    `parts` and `levels` are by measure id. Parts in different units are compared in shares of their levels. Where no
    part has a level it is the worst value, if all parts have the same unit and the same way is good.
    """
    held = {m: o.value for m, o in weighing.held.items()}
    aimed = {m: level for m in held if (level := levels.get(m)) is not None and not isinstance(level, str)}
    alike = len({parts[m].unit for m in aimed}) <= 1
    if aimed:
        over = {m: _over(parts[m], held[m], level) / (1.0 if alike else _size(level)) for m, level in aimed.items()}
        return parts[min(over, key=lambda m: over[m])].name
    kinds = {(parts[m].unit, _BETTER.get(parts[m].direction or "")) for m in held}
    sign = next(iter(kinds))[1] if len(kinds) == 1 else None
    return parts[min(held, key=lambda m: held[m] * sign)].name if sign else ""


def composite_words(weighing: Weighing, parts: Mapping[str, Measure], levels: Mapping[str, Level | None]) -> str:
    """The parts with their values and weights in Swedish, and the weakest: `Delarna väger lika: …`."""
    equal = len({round(weight, 9) for weight in weighing.weights.values()}) == 1
    told = []
    for measure, weight in weighing.weights.items():
        held = weighing.held.get(measure)
        value = amount(held.value, parts[measure].unit) if held else "ej mätt"
        share = "" if equal else f" (vikt {amount(round(weight * 100, 1), '%')})"
        told.append(f"{parts[measure].name} {value}{share}")
    words = f"{'Delarna väger lika' if equal else 'Delarna'}: {listed(told)}."
    found = weakest(weighing, parts, levels)
    if len(weighing.held) < 2 or not found:
        return words
    weak = next(m for m in weighing.held if parts[m].name == found)
    level = levels.get(weak)
    if level is not None and not isinstance(level, str):
        under = _over(parts[weak], weighing.held[weak].value, level) < 0
        return f"{words} {'Längst från' if under else 'Närmast'} sitt målvärde: {found}."
    highest = _BETTER.get(parts[next(iter(weighing.held))].direction or "") == -1
    return f"{words} {'Högst' if highest else 'Lägst'}: {found}."


def _over(part: Measure, value: float, level: float | tuple[float, float]) -> float:
    """How far on the good side of its level a value is, in its unit; below 0 on the other side."""
    sign = _BETTER.get(part.direction or "")
    if isinstance(level, tuple):
        return min(value - level[0], level[1] - value)
    return -gap(value, level) if sign is None else (value - level) * sign


def _size(level: float | tuple[float, float]) -> float:
    return max(abs(end) for end in (level if isinstance(level, tuple) else (level,))) or 1.0
