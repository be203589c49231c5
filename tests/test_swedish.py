from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from krokomanalys.sources.numbers import parse_number
from krokomanalys.swedish import number, percent, points, quantity


@pytest.mark.parametrize(
    ("value", "decimals", "signed", "text"),
    [
        (1234.5, 1, False, "1\u00a0234,5"),
        (15532, 0, False, "15\u00a0532"),
        (1234567.891, 2, False, "1\u00a0234\u00a0567,89"),
        (-8736, 0, False, "\u22128\u00a0736"),
        (677, 0, True, "+677"),
        (-677, 0, True, "\u2212677"),
        (0, 0, True, "0"),
        (-0.04, 1, True, "0,0"),
        (0.5, 0, False, "1"),
        (-0.5, 0, False, "\u22121"),
        (2.675, 2, False, "2,68"),
        (999.95, 1, False, "1\u00a0000,0"),
    ],
)
def test_numbers_are_written_as_in_swedish(value: float, decimals: int, signed: bool, text: str) -> None:
    assert number(value, decimals, signed=signed) == text


@pytest.mark.parametrize("blank", [None, math.nan, pd.NA, float("nan")])
def test_a_blank_is_a_dash_without_a_unit_and_not_a_zero(blank: float | None) -> None:
    assert number(blank) == percent(blank) == points(blank) == quantity(blank, "tkr") == "–"


def test_infinity_is_refused() -> None:
    with pytest.raises(ValueError, match="inf"):
        number(math.inf)


def test_a_unit_stays_on_the_line_of_its_number() -> None:
    assert quantity(-3400, "tkr", signed=True) == "\u22123\u00a0400\u00a0tkr"
    assert percent(2.5) == "2,5\u00a0%"
    assert quantity(12, "") == "12"


def test_one_procentenhet_is_singular() -> None:
    assert points(1, 0) == "+1\u00a0procentenhet"
    assert points(-1, 0) == "\u22121\u00a0procentenhet"
    assert points(1.0) == "+1,0\u00a0procentenheter"
    assert points(0.4) == "+0,4\u00a0procentenheter"


@given(st.integers(-(10**12), 10**12), st.integers(0, 3))
def test_what_is_written_is_read_back_as_the_same_number(whole: int, decimals: int) -> None:
    value = whole / 10**decimals
    assert parse_number(number(value, decimals)) == pytest.approx(value, abs=10**-decimals / 2)
