"""Sentences of the population reports where numbers are zero, one, negative or unknown."""

from __future__ import annotations

import pandas as pd
import pytest

from krokomanalys.population.reach import reach
from krokomanalys.report.change import natural_words
from krokomanalys.report.people import reach_light, target_finding

TOTALS = pd.Series([1000.0, 1010, 1020], index=[2018, 2019, 2020])
PATH = pd.Series([1020.0, 1030, 1040], index=[2020, 2021, 2022])


@pytest.mark.parametrize(
    ("target", "year", "says", "light"),
    [
        (1015, 2020, "är nått: utfallet blev **1\u00a0020**", "met"),
        (1050, 2020, "är inte nått: utfallet blev **1\u00a0020**", "not_met"),
        (1020, 2022, "är redan nått. Prognosen ger **1\u00a0040** det året.", "met"),
        (1010, 2030, "är redan nått.", "not_judged"),
        (1060, 2022, "kräver **20** fler invånare per år. Minst så mycket ökade befolkningen inget av", "not_met"),
        (1200, 2040, "kräver **9** fler invånare per år.", "not_judged"),
    ],
)
def test_a_target_is_told_as_it_stands(target: float, year: int, says: str, light: str) -> None:
    held = reach(TOTALS, PATH, target, year)
    text = target_finding(held)
    assert says in text and "–" not in text
    assert reach_light(held).status == light


@pytest.mark.parametrize(
    ("natural", "says"),
    [(0, "lika många föddes som dog"), (5, "**5** fler föddes än dog"), (-1, "**1** fler dog än föddes")],
)
def test_births_against_deaths_in_words(natural: float, says: str) -> None:
    assert natural_words(natural) == says
