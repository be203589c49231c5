"""How sure a share from a survey is: its 95 % interval, and what to say where there can be none.

A margin of error is for a probability sample. Where people chose themselves to answer, or nobody knows how they were
chosen, there is none, however many they are. What counts all (census, register) needs none. Neither non-response nor
weights or stages of the sample are in it, so the margin is the least that there can be.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from krokomanalys.swedish import NBSP, number, points, shortest
from krokomanalys.targets.outcomes import Outcome
from krokomanalys.targets.wording import amount

Z = 1.96
BORDER = (1.64, 2.58)
"""Between these a change is on the border of chance: beyond it at 90 % certainty, but not at 99 %."""
FEWEST = 10
"""So many must have answered each way for the normal approximation to do."""
_SAMPLES = ("probability", "self_selected", "unknown")
_NO_MARGIN = "Felmarginal kan inte beräknas"


@dataclass(frozen=True)
class Interval:
    """A 95 % interval in per cent. Wilson's isn't as wide on both sides, so only Wald's (`even`) is told as ±."""

    low: float
    high: float
    even: bool

    @property
    def half(self) -> float:
        """Half its width, in percentage points."""
        return (self.high - self.low) / 2


def margin(share_percent: float, n: int, population_size: int | None = None) -> Interval:
    """The 95 % interval of a share (per cent) among `n` drawn at random from `population_size` (None: far more).

    Wald's, p ± 1.96·sqrt(p(1 − p)/n)·sqrt(1 − n/N). Where n·p or n·(1 − p) is under 10: Wilson's (statsmodels), with
    the n that has the same finite population correction, n/(1 − n/N).

    Raises:
        ValueError: a share outside 0–100, n under 1, or more drawn than there are.
    """
    p, spread = _share(share_percent), _spread(n, population_size)
    if spread == 0:
        return Interval(share_percent, share_percent, even=True)
    if min(n * p, n * (1 - p)) < FEWEST - 1e-9:
        from statsmodels.stats.proportion import proportion_confint

        low, high = proportion_confint(p / spread, 1 / spread, alpha=0.05, method="wilson")
        return Interval(float(low) * 100, float(high) * 100, even=False)
    half = Z * math.sqrt(p * (1 - p) * spread) * 100
    return Interval(share_percent - half, share_percent + half, even=True)


def change_z(
    before: float,
    n_before: int,
    after: float,
    n_after: int,
    population_size: int | None = None,
    *,
    wanted: float = 0.0,
) -> float:
    """How many standard errors a change between two samples' shares (per cent) is from `wanted` (percentage points).

    Beyond ±1.96 it is more than chance is wont to give. The standard error is of the two shares pooled; 0 where it is
    nothing (both shares 0, or both 100).

    Raises:
        ValueError: as `margin`.
    """
    first, second = _share(before), _share(after)
    pooled = (first * n_before + second * n_after) / (n_before + n_after)
    spread = _spread(n_before, population_size) + _spread(n_after, population_size)
    error = math.sqrt(pooled * (1 - pooled) * spread) * 100
    return 0.0 if error == 0 else (after - before - wanted) / error


def interval(outcome: Outcome, unit: str) -> Interval | None:
    """The 95 % interval of an outcome; None where it has no margin of error or none can be computed.

    It is that of the count, where only one rounds to the share as it is given (3 % of 30 is 1 of 30). Of a composite of
    independent samples half of it is sqrt(Σ (w·half)²); of one sample Σ w·half, the most that it can be. A part that
    isn't a sample adds nothing.
    """
    if outcome.sampling != "probability" or _why_none(outcome, unit):
        return None
    if not outcome.parts:
        count = _count(outcome)
        share = outcome.value if count is None or not outcome.n else count / outcome.n * 100
        return margin(share, outcome.n or 0, outcome.population_size)
    halves = [weight * found.half for weight, part in outcome.parts if (found := interval(part, unit)) is not None]
    half = sum(halves) if _one_sample(outcome) else math.hypot(*halves)
    return Interval(outcome.value - half, outcome.value + half, even=True)


def no_margin_words(outcome: Outcome, unit: str) -> str:
    """Why a survey's outcome has no margin of error, a Swedish sentence; "" where it has one or needs none."""
    why = _why_none(outcome, unit)
    return f"{_NO_MARGIN}: {why}." if why else ""


def margin_words(outcome: Outcome, unit: str) -> str:
    """The margin of error in Swedish, or why there is none; "" for what is no survey or counts all."""
    found = interval(outcome, unit)
    if found is None:
        return no_margin_words(outcome, unit)
    if outcome.parts:
        half = points(found.half, signed=False)
        if _one_sample(outcome):
            return f"Felmarginal: högst ±{half} (95{NBSP}% säkerhet, delarna har samma urval)."
        return f"Felmarginal: ±{half} (95{NBSP}% säkerhet, sammanvägd av delarnas)."
    of = f" av {number(outcome.population_size)}" if outcome.population_size else ""
    drawn = f"(95{NBSP}% säkerhet, {number(outcome.n)}{of} i urvalet)"
    if found.even:
        return f"Felmarginal: ±{points(found.half, signed=False)} {drawn}."
    return f"Osäkerhet: mellan {number(found.low, 1)} och {number(found.high, 1)}{NBSP}% {drawn}."


def change_words(before: Outcome, after: Outcome, unit: str) -> str:
    """Whether a change between two probability samples is more than chance; "" where that can't be told."""
    z = _z(before, after, unit, 0.0)
    if z is None or before.value == after.value:
        return ""
    if abs(z) > BORDER[1]:
        return f"Förändringen sedan {before.year} är större än vad slumpen brukar ge."
    if abs(z) >= BORDER[0]:
        return f"Förändringen sedan {before.year} är på gränsen till vad slumpen brukar ge."
    return f"Förändringen sedan {before.year} kan vara slump."


def by_chance(before: Outcome, after: Outcome, unit: str) -> bool:
    """Whether two probability samples differ by no more than chance is wont to give, at 95 %."""
    z = _z(before, after, unit, 0.0)
    return z is not None and before.value != after.value and abs(z) < Z


def certain(outcome: Outcome, level: float | tuple[float, float], unit: str, base: Outcome | None = None) -> str:
    """Whether an outcome can be told from its target: "yes", "no" (the target is inside the interval), or "".

    "" is for an outcome without margin of error. Of a range, either end counts. Where the target is relative to `base`
    and that is a sample too, it is the difference between the two that must be beyond chance.
    """
    if base is not None and base.sampling in _SAMPLES:
        z = None if isinstance(level, tuple) else _z(base, outcome, unit, level - base.value)
        return "" if z is None else ("yes" if abs(z) >= Z else "no")
    found = interval(outcome, unit)
    if found is None:
        return ""
    ends = level if isinstance(level, tuple) else (level,)
    return "no" if any(found.low <= end <= found.high for end in ends) else "yes"


def share_words(outcome: Outcome, unit: str, share_of: str | None) -> str:
    """A share as the persons or things it is of: "1 av 30 annonser"; "" where several numbers round to the share."""
    count = _count(outcome) if unit == "%" else None
    if count is None or outcome.n is None:
        return ""
    return f"{number(count)} av {number(outcome.n)}{f' {share_of}' if share_of else ''}"


def _count(outcome: Outcome) -> int | None:
    """The number that a share in per cent is of n; None where several numbers round to it, or none does."""
    if outcome.n is None or outcome.n < 1 or outcome.approximate or not 0 <= outcome.value <= 100:
        return None
    rounding = 0.5 / 10 ** len(shortest(outcome.value).partition(",")[2]) + 1e-9
    around = round(outcome.value * outcome.n / 100)
    near = range(max(around - 1, 0), min(around + 1, outcome.n) + 1)
    fitting = [count for count in near if abs(count / outcome.n * 100 - outcome.value) <= rounding]
    return fitting[0] if len(fitting) == 1 else None


def _one_sample(composite: Outcome) -> bool:
    """Whether all parts of a composite have the same sample, as far as is told."""
    return len({(part.sampling, part.n, part.population_size) for _, part in composite.parts}) == 1


def _z(before: Outcome, after: Outcome, unit: str, wanted: float) -> float | None:
    first, second = interval(before, unit), interval(after, unit)
    if first is None or second is None:
        return None
    if before.parts or after.parts or before.n is None or after.n is None:
        error = math.hypot(first.half, second.half) / Z
        return 0.0 if error == 0 else (after.value - before.value - wanted) / error
    size = after.population_size if after.population_size and before.n <= after.population_size else None
    return change_z(before.value, before.n, after.value, after.n, size, wanted=wanted)


def _why_none(outcome: Outcome, unit: str) -> str:
    match outcome.sampling:
        case "self_selected":
            return "självvalt urval"
        case "unknown":
            return "det framgår inte hur urvalet är gjort"
        case "probability":
            pass
        case "":
            return "det anges inte hur urvalet är gjort" if outcome.n else ""
        case _:
            return ""
    if outcome.parts:
        return next((why for _, part in outcome.parts if (why := _why_none(part, unit))), "")
    if unit != "%":
        return "värdet är ingen andel i procent"
    if not 0 <= outcome.value <= 100:
        return f"{amount(outcome.value, unit)} är ingen andel av något"
    if not outcome.n:
        return "antalet svar saknas"
    if outcome.population_size is not None and outcome.population_size < outcome.n:
        return f"{number(outcome.n)} svar är fler än gruppens {number(outcome.population_size)}"
    return ""


def _share(percent: float) -> float:
    if not 0 <= percent <= 100:
        raise ValueError(f"a share in per cent was expected, got {percent}")
    return percent / 100


def _spread(n: int, population_size: int | None) -> float:
    """(1 − n/N)/n, what p(1 − p) is multiplied with in the variance of a share."""
    if n < 1 or (population_size is not None and population_size < n):
        raise ValueError(f"{n} drawn from {population_size}")
    return 1 / n - (1 / population_size if population_size else 0.0)
