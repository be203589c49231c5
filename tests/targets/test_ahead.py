"""A measure carried ahead from its own history: by hand, by property, and what can't be said."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from krokomanalys.sources.measures import Measure
from krokomanalys.targets.ahead import FEWEST, Ahead, ahead, ahead_words, odds_words
from krokomanalys.targets.outcomes import Outcome

LEVELS = [50.0, 52, 51, 53, 52]  # changes 2, -1, 2, -1: mean square 2.5
PRICES = [100.0, 110, 116, 128, 136]  # changes 10, 6, 12, 8: mean 9, variance 20/3


def series(values: Sequence[float], first: int = 2020) -> list[Outcome]:
    return [Outcome(value, f"{first + place}-12-31") for place, value in enumerate(values)]


def made(values: Sequence[float], unit: str, until: int = 2027) -> Ahead:
    found = ahead(series(values), until, unit)
    assert isinstance(found, Ahead)
    return found


def test_a_share_stays_at_its_last_value_and_its_uncertainty_grows_with_the_root_of_years() -> None:
    said = made(LEVELS, "%")
    half = stats.t.ppf(0.9, 4) * np.sqrt(2.5 * np.array([1, 2, 3]))
    assert list(said.frame["year"]) == [2025, 2026, 2027]
    assert list(said.frame["value"]) == [52, 52, 52]
    assert said.frame["low"].to_numpy() == pytest.approx(52 - half)
    assert said.frame["high"].to_numpy() == pytest.approx(52 + half)
    assert (said.method, said.first, said.last, said.note) == ("senaste värdet", 2020, 2024, "")


def test_an_amount_per_person_goes_on_with_its_mean_yearly_change() -> None:
    said = made(PRICES, "kr/inv")
    half = stats.t.ppf(0.9, 3) * np.sqrt(20 / 3 * np.array([1 * 5 / 4, 2 * 6 / 4, 3 * 7 / 4]))
    assert list(said.frame["value"]) == [145, 154, 163]
    assert said.frame["high"].to_numpy() == pytest.approx(np.array([145, 154, 163]) + half)
    assert said.method == "senaste värdet och medelförändringen per år"


@pytest.mark.parametrize(
    ("values", "until", "why"),
    [
        ([1.0, 2, 4, 3], 2027, "den kräver utfall för 5 år i följd, och det finns för 4 år."),
        ([], 2027, "det finns för 0 år"),
        (LEVELS, 2024, "utfallet för 2024 är redan känt."),
        ([3.0] * 6, 2027, "osäkerheten kan inte beräknas."),
    ],
)
def test_why_there_is_no_forecast_is_said(values: list[float], until: int, why: str) -> None:
    said = ahead(series(values), until, "%")
    assert isinstance(said, str) and said.startswith("Ingen prognos: ") and why in said


def test_a_steady_rise_has_no_known_uncertainty_in_kronor_either() -> None:
    assert "osäkerheten kan inte beräknas" in str(ahead(series([1.0, 2, 3, 4, 5]), 2027, "kr/inv"))


def test_only_the_run_without_a_gap_up_to_the_last_year_counts() -> None:
    gap = [Outcome(999.0, "2017-12-31"), Outcome(-999.0, "2018-12-31"), *series(LEVELS)]
    said = ahead(gap, 2027, "%")
    assert isinstance(said, Ahead)
    pd.testing.assert_frame_equal(said.frame, made(LEVELS, "%").frame)
    late = [*series(LEVELS), Outcome(50.0, "2026-12-31")]
    assert "det finns för 1 år" in str(ahead(late, 2027, "%"))


def test_the_last_outcome_of_a_year_is_the_years() -> None:
    twice = sorted([*series(LEVELS), Outcome(10.0, "2022-04-30")], key=lambda outcome: outcome.date)
    said = ahead(twice, 2027, "%")
    assert isinstance(said, Ahead)
    pd.testing.assert_frame_equal(said.frame, made(LEVELS, "%").frame)


def test_no_forecast_goes_further_than_has_been_tried() -> None:
    assert list(made(LEVELS, "%", until=2035).frame["year"]) == [2025, 2026, 2027]
    assert list(made(LEVELS, "%", until=2025).frame["year"]) == [2025]


def test_an_end_that_cannot_be_is_left_blank_and_told() -> None:
    said = made([97.0, 99, 96, 99, 98], "%")
    assert said.frame["high"].isna().tolist() == [True, True, True]
    assert said.frame["low"].notna().all()
    assert said.note == (
        "Intervallets gräns visas inte där den är omöjlig: den övre (2025, 2026 och 2027) ligger över 100\u00a0%."
    )
    few = made([1.0, 3, 1, 2, 1], "st")
    assert few.frame["low"].isna().all() and "den nedre" in few.note and "under 0\u00a0st" in few.note
    assert "under plats\u00a01" in made([1.0, 3, 1, 2, 1], "plats").note


@pytest.mark.parametrize(("values", "unit"), [([1.0, -1, 0.5, 1, 0.5], "%"), ([1.0, 3, 1, 2, 1], "mkr")])
def test_what_can_be_below_zero_is_shown_there(values: list[float], unit: str) -> None:
    said = made(values, unit)
    assert (said.frame["low"] < 0).all() and said.note == ""


def test_odds_are_of_the_same_distribution_as_the_interval() -> None:
    said = made(LEVELS, "%")
    assert said.reached(52, 2025, "higher") == pytest.approx(0.5)
    assert said.reached(said.frame["high"].iloc[1], 2026, "higher") == pytest.approx(0.1)
    assert said.reached(said.frame["high"].iloc[1], 2026, "lower") == pytest.approx(0.9)
    assert said.reached(52, 2028, "higher") is None
    assert said.reached(52, 2025, "exact") is None


def test_the_forecast_is_told_with_the_odds_of_the_targets_that_it_covers() -> None:
    about = {"id": "sjuktal", "name": "Sjuktal", "unit": "%", "direction": "lower"}
    path = Measure.model_validate(about | {"path": {2024: 53, 2025: 48, 2030: 40}})
    words = ahead_words(made(LEVELS, "%"), path, 2024)
    told = "Framskrivning av utfallen 2020–2024 ger 52\u00a0% 2027 (senaste värdet), 80-procentigt intervall 48 till"
    assert words.startswith(f"{told} 56\u00a0%.")
    assert words.count("Chansen") == 1  # 2024 is known, 2030 lies too far ahead
    assert words.endswith("Chansen att nå högst 48\u00a0% 2025 är mycket liten, under\u00a05\u00a0%.")
    level = Measure.model_validate(about | {"target": 52})
    assert "Chansen att nå högst 52\u00a0% 2025 är ungefär jämn" in ahead_words(made(LEVELS, "%"), level, 2025)
    assert "Chansen" not in ahead_words(made(LEVELS, "%"), level, 2024)


def test_the_end_that_is_shown_is_told_where_the_other_is_not() -> None:
    share = Measure.model_validate({"id": "andel", "name": "Andel", "unit": "%", "direction": "higher"})
    high = ahead_words(made([97.0, 99, 96, 99, 98], "%"), share, 2024)
    assert "80-procentigt intervall från 92\u00a0%. Intervallets gräns visas inte" in high
    assert "80-procentigt intervall till 7\u00a0%." in ahead_words(made([1.0, 3, 2, 4, 2], "%"), share, 2024)
    wide = ahead_words(made([5.0, 90, 5, 90, 50], "%"), share, 2024)
    assert "(senaste värdet). Intervallets" in wide
    place = ahead_words(made([40.0, 43, 41, 42, 41], "plats"), share.model_copy(update={"unit": "plats"}), 2024)
    assert "ger plats\u00a041 2027 (senaste värdet), 80-procentigt intervall plats\u00a036 till 46." in place


@pytest.mark.parametrize(
    ("odds", "says"),
    [
        (0.01, "mycket liten, under\u00a05\u00a0%"),
        (0.22, "liten, omkring\u00a020\u00a0%"),
        (0.5, "ungefär jämn, omkring\u00a050\u00a0%"),
        (0.68, "stor, omkring\u00a070\u00a0%"),
        (0.97, "mycket stor, över\u00a095\u00a0%"),
    ],
)
def test_odds_in_words(odds: float, says: str) -> None:
    assert odds_words(odds) == says


HISTORY = st.lists(st.integers(1, 1000).map(lambda tenth: tenth / 10), min_size=FEWEST + 3, max_size=25)


@given(HISTORY, HISTORY, st.sampled_from(["%", "kr/inv", "st"]))
def test_what_comes_later_never_changes_a_forecast(values: list[float], others: list[float], unit: str) -> None:
    origin = 2020 + FEWEST - 1
    changed = values[:FEWEST] + others
    first, second = (
        ahead([o for o in series(path) if o.year <= origin], origin + 3, unit) for path in (values, changed)
    )
    assert type(first) is type(second)
    if isinstance(first, Ahead) and isinstance(second, Ahead):
        pd.testing.assert_frame_equal(first.frame, second.frame)


@given(HISTORY, st.sampled_from(["%", "kr/inv", "index"]))
def test_intervals_widen_and_hold_the_value(values: list[float], unit: str) -> None:
    said = ahead(series(values), 2020 + len(values) + 2, unit)
    assume(isinstance(said, Ahead))
    assert isinstance(said, Ahead)
    frame = said.frame
    assert not (frame["low"] > frame["value"]).any() and not (frame["high"] < frame["value"]).any()
    assert (np.diff(said.spread) > 0).all()


@given(st.floats(-50, 50), st.floats(0.1, 20))
def test_moving_and_stretching_a_series_moves_and_stretches_its_forecast(move: float, stretch: float) -> None:
    plain, other = made(PRICES, "kr/inv"), made([move + stretch * x for x in PRICES], "kr/inv")
    for column in ("value", "low", "high"):
        assert other.frame[column].to_numpy() == pytest.approx(move + stretch * plain.frame[column].to_numpy())
