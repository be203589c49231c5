from __future__ import annotations

import re

import pytest

from krokomanalys.report.pictures import Picture
from krokomanalys.report.waterfall import _span, waterfall
from krokomanalys.swedish import MINUS

NBSP = "\u00a0"


def drawn(start: float, parts: list[tuple[str, float]], end: float, **more: object) -> Picture:
    words = {"name": "w", "title": "W", "alt": "A.", "caption": "C."}
    return waterfall(("Budget", start), parts, ("Utfall", end), **(words | more))  # type: ignore[arg-type]


def test_money_is_written_with_its_sign_and_decimals() -> None:
    shown = drawn(-3, [("pris", -1.25), ("vakans", 5.5)], 1.25, axis="netto, mkr", unit="mkr", decimals=1)
    assert all(text in shown.svg for text in (f"{MINUS}1,3", "+5,5", f"{MINUS}3,0", "netto, mkr"))
    assert [column.heading for column in shown.table.columns.values()][1] == "Skillnad (mkr)"
    assert shown.table.frame["level"].tolist() == [-3, -4.25, 1.25, 1.25]


def test_a_long_name_is_broken_over_lines_and_whole_in_the_table() -> None:
    name = "Barn-, ungdoms- och utbildningsnämnden i kommunen"
    shown = drawn(5, [(name, 1)], 6)
    assert name not in re.sub(r"<!--.*?-->", "", shown.svg) and "Barn-, ungdoms- och" in shown.svg
    assert name in shown.table.frame["part"].tolist()


def test_what_is_unexplained_is_hatched_also_when_it_is_nothing() -> None:
    plain, hatched = (drawn(5, [("oförklarat", 1)], 6, hatched=h) for h in ((), ("oförklarat",)))
    assert "<pattern" in hatched.svg and "<pattern" not in plain.svg
    nothing = drawn(5, [("oförklarat", 0.0)], 5, hatched=("oförklarat",))
    assert nothing.table.frame["part"].tolist() == ["Budget", "oförklarat", "Utfall"]
    assert "oförklarat" in nothing.svg


@pytest.mark.parametrize(
    ("levels", "base", "broken"),
    [
        ([0, 5, 2], 0, False),
        ([-3, 2], 0, False),
        ([10, 20], 0, False),  # near zero: it is shown
        ([1_000, 1_010], 996.5, True),
        ([-1_000, -1_010], -996.5, True),  # the longer bar is the larger cost
        ([100, 100], 0, False),
        ([0, 0], 0, False),
    ],
)
def test_the_ends_begin_nearest_zero(levels: list[float], base: float, broken: bool) -> None:
    start, (left, right), is_broken = _span(levels)
    assert (start, is_broken) == (base, broken)
    assert left < right and left <= min(levels) and max(levels) < right
    shown = drawn(levels[0], [("del", levels[-1] - levels[0])], levels[-1])
    assert ("axeln är bruten" in shown.svg) is broken
