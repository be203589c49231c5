"""What it takes to reach a population target, and whether a path does."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Reach:
    """A population target against history and a projected path.

    base       persons on 31 December of `base_year`, the last known one
    required   persons more per year, from the last known 31 December, that the target takes; NaN when its year is past
    expected   the path's population in the target year (the outcome, where that year is known); NaN beyond the path
    reached    the first year, known or projected, at or above the target; None where there is none
    met        whether the outcome (True, False) reached it in its year; None while the year lies ahead
    faster     years of the last `window` in which the population grew at least as fast as required
    window     how many observed years `faster` is counted over
    """

    target: float
    year: int
    base_year: int
    base: float
    required: float
    expected: float
    reached: int | None
    met: bool | None
    faster: int
    window: int

    @property
    def percent(self) -> float:
        """The required growth in per cent a year, compound; NaN when the target's year is past."""
        if self.year <= self.base_year:
            return float("nan")
        return float(100 * ((self.target / self.base) ** (1 / (self.year - self.base_year)) - 1))


def reach(totals: pd.Series[float], path: pd.Series[float], target: float, year: int, window: int = 25) -> Reach:
    """Hold a target of `target` persons on 31 December of `year` against known totals and a projected path.

    `totals` are known populations by year, `path` projected ones from the last known year on (that year included).
    """
    base_year = int(totals.index.max())
    base = float(totals.loc[base_year])
    both = pd.concat([totals, path.loc[path.index > base_year]])
    if base >= target:
        first: int | None = _start_of_run(totals, target)
    else:
        ahead = path[path >= target]
        first = int(ahead.index[0]) if len(ahead) else None
    required = (target - base) / (year - base_year) if year > base_year else float("nan")
    faster, counted = years_at_least(totals.sort_index().diff().dropna(), required, window)
    return Reach(
        target=target,
        year=year,
        base_year=base_year,
        base=base,
        required=required,
        expected=float(both.loc[year]) if year in both.index else float("nan"),
        reached=first,
        met=bool(totals.loc[year] >= target) if year in totals.index else None,
        faster=faster,
        window=counted,
    )


def reach_when_decided(totals: pd.Series[float], version: int, target: float, year: int) -> Reach | None:
    """The target as it stood when the goals of `version` (a year) began: from 31 December of the year before.

    `totals` may end earlier: then from the last known. None where nothing that early is known.
    """
    known = totals[totals.index < version]
    return reach(known, known.iloc[-1:], target, year) if len(known) else None


def years_at_least(yearly: pd.Series[float], level: float, window: int = 25) -> tuple[int, int]:
    """In how many of the last `window` observed years a yearly number was `level` or more, and of how many years."""
    last = yearly.sort_index().iloc[-window:]
    return int((last >= level).sum()), len(last)


def _start_of_run(totals: pd.Series[float], target: float) -> int:
    """The year from which the known population has been at or above the target without a break."""
    below = totals.sort_index()[lambda s: s < target]
    return int(below.index[-1]) + 1 if len(below) else int(totals.index.min())
