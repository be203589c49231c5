"""Figures and targets in Swedish words, for the sentences that give the rule behind a status."""

from __future__ import annotations

from datetime import date

from krokomanalys.sources.measures import Direction, Measure
from krokomanalys.swedish import NBSP, day, shortest


def dated(iso: str) -> str:
    """An ISO date in words: `31 december 2024`."""
    return day(date.fromisoformat(iso))


def amount(value: float, unit: str) -> str:
    """A value with its unit: `91 %`, `plats 5`, `index 71`, `ja`; a unit that isn't stated is left out."""
    if unit == "ja/nej":
        return "ja" if value == 1 else "nej"
    if unit in ("plats", "index"):
        return f"{unit}{NBSP}{shortest(value)}"
    return shortest(value) if unit == "ej angiven" else f"{shortest(value)}{NBSP}{unit}"


def change(value: float, unit: str) -> str:
    """A difference with its sign; between two shares in per cent it is in percentage points: `+9 procentenheter`."""
    shown = shortest(value)
    signed = f"+{shown}" if not shown.startswith("−") and shown != "0" else shown
    if unit == "%":
        return f"{signed}{NBSP}" + ("procentenhet" if abs(value) == 1 else "procentenheter")
    words = {"ej angiven": "", "plats": "plats" if abs(value) == 1 else "platser"}.get(unit, unit)
    return f"{signed}{NBSP}{words}".rstrip(NBSP)


def is_relative(unit: str) -> bool:
    """Whether a change in the unit can be told in per cent: not of a share, a place in a ranking or a yes and no."""
    return unit not in ("%", "plats", "ja/nej")


def limit(direction: Direction, target: float | tuple[float, float] | str, unit: str, *, strict: bool) -> str:
    """A target in words: `minst 96 %`, `mindre än 10 st`, `mellan 1 och 10`."""
    if isinstance(target, str):
        return f'"{target}"'
    if isinstance(target, tuple):
        return f"mellan {shortest(target[0])} och {amount(target[1], unit).removeprefix(unit + NBSP)}"
    shown = amount(target, unit)
    if unit == "index" and direction in ("higher", "lower"):
        shown = shortest(target)
    match direction:
        case "higher":
            return f"mer än {shown}" if strict else f"minst {shown}"
        case "lower":
            return f"mindre än {shown}" if strict else f"högst {shown}"
        case "rank":
            return f"bättre än {shown}" if strict else f"{shown} eller bättre"
        case _:
            return shown


def relative(measure: Measure) -> str:
    """A target that is relative to another year, in words: `högre än 2020`, `minst 10 % lägre än 2020`.

    `by` of a share is in percentage points. The measure has `relative_to`.
    """
    year = "året före" if measure.relative_to == "previous" else str(measure.relative_to)
    better = {"higher": "högre", "lower": "lägre", "rank": "bättre"}.get(measure.direction or "")
    if better is None:
        return f"jämfört med {year}"
    much = amount(measure.by_percent, "%") if measure.by_percent else ""
    much = change(measure.by, measure.unit).removeprefix("+") if measure.by else much
    if much:
        return f"{'mer än' if measure.strict else 'minst'} {much} {better} än {year}"
    return f"{better} än {year}" if measure.strict else f"som {year} eller {better}"
