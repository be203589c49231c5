"""Numbers that are known only to their last printed digit: each an interval, with the printed value in it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Interval:
    """All values that a number can have had before it was rounded; `point` is the number as printed or computed.

    Arithmetic keeps every combination: the result holds all values that the operands' values can give. It is the
    least such interval where each number is used once (Moore, Interval Analysis, 1966).
    """

    low: float
    point: float
    high: float

    @classmethod
    def rounded(cls, value: float, step: float = 0.0) -> Interval:
        """A number rounded to the nearest `step`; step 0 is exact. Halves may have gone either way."""
        return cls(value - step / 2, value, value + step / 2)

    def __add__(self, other: Interval) -> Interval:
        """The sum."""
        return Interval(self.low + other.low, self.point + other.point, self.high + other.high)

    def __neg__(self) -> Interval:
        """The same with its sign turned."""
        return Interval(-self.high, -self.point, -self.low)

    def __sub__(self, other: Interval) -> Interval:
        """The difference."""
        return self + -other

    def __mul__(self, other: Interval) -> Interval:
        """The product."""
        corners = [a * b for a in (self.low, self.high) for b in (other.low, other.high)]
        return Interval(min(corners), self.point * other.point, max(corners))

    def __truediv__(self, other: Interval) -> Interval:
        """The quotient. ZeroDivisionError where the divisor may be 0, so that the quotient has no bounds."""
        if other.low <= 0 <= other.high:
            raise ZeroDivisionError("the divisor may be zero")
        corners = [a / b for a in (self.low, self.high) for b in (other.low, other.high)]
        return Interval(min(corners), self.point / other.point, max(corners))


@dataclass(frozen=True)
class Range:
    """The values that a statement allows: a printed number's before rounding, a limit's or a word's.

    An end that is open is not allowed itself ("more than 20").
    """

    low: float
    high: float
    open_low: bool = False
    open_high: bool = False

    def holds(self, value: float) -> bool:
        """Whether one value is allowed."""
        above = value > self.low if self.open_low else value >= self.low
        return above and (value < self.high if self.open_high else value <= self.high)

    def meets(self, other: Range) -> bool:
        """Whether some value is allowed by both."""
        low, high = max(self.low, other.low), min(self.high, other.high)
        return low < high or (low == high and self.holds(low) and other.holds(low))

    def widened(self, by: float) -> Range:
        """The same with its closed ends moved out, for arithmetic that is not exact in binary."""
        return Range(
            self.low if self.open_low else self.low - by,
            self.high if self.open_high else self.high + by,
            self.open_low,
            self.open_high,
        )
