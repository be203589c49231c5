from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from krokomanalys.targets.outcomes import Outcome
from krokomanalys.targets.surveys import (
    by_chance,
    certain,
    change_words,
    change_z,
    interval,
    margin,
    margin_words,
    no_margin_words,
    share_words,
)

PER_CENT = "\u00a0%"


def sample(value: float, n: int | None = 217, size: int | None = None, *, year: int = 2020) -> Outcome:
    return Outcome(value, f"{year}-12-31", sampling="probability", n=n, population_size=size)


@pytest.mark.parametrize(("share", "half"), [(85, 4.8), (80, 5.3), (75, 5.8)])
def test_the_margins_of_timras_217_answers(share: float, half: float) -> None:
    found = margin(share, 217)
    assert (round(found.half, 1), found.even) == (half, True)
    assert (found.low + found.high) / 2 == pytest.approx(share)


def test_a_finite_population_makes_the_margin_smaller_until_all_are_asked() -> None:
    whole = margin(80, 217).half
    assert margin(80, 217, 434).half == pytest.approx(whole * math.sqrt(0.5))
    assert margin(80, 217, 14_000).half == pytest.approx(whole * math.sqrt(1 - 217 / 14_000))
    assert margin(80, 217, 217) == margin(80, 217, 217).__class__(80, 80, even=True)


def test_wilsons_interval_is_used_near_the_ends() -> None:
    """1 of 30: statsmodels, and by hand (p + z²/2n ± z·sqrt(p(1−p)/n + z²/4n²)) / (1 + z²/n), give 0,6–16,7 %."""
    found = margin(100 / 30, 30)
    assert (round(found.low, 1), round(found.high, 1), found.even) == (0.6, 16.7, False)
    assert margin(0, 30).low == pytest.approx(0, abs=1e-9)
    assert 0 < margin(0, 30).high < 12
    assert margin(10, 100).even  # 10 of 100 is enough
    assert not margin(9, 100).even
    assert not margin(91, 100).even


def test_wilsons_interval_has_the_same_finite_population() -> None:
    """With half of all asked, the variance of a share is that of twice as many drawn from far more."""
    assert margin(3, 30, 60) == margin(3, 60)


@pytest.mark.parametrize(("share", "n", "size"), [(101, 10, None), (-1, 10, None), (50, 0, None), (50, 11, 10)])
def test_a_margin_of_what_is_no_sample_is_refused(share: float, n: int, size: int | None) -> None:
    with pytest.raises(ValueError):
        margin(share, n, size)


@given(st.floats(0, 100), st.integers(1, 5000), st.integers(0, 5000))
def test_an_interval_holds_its_share_and_stays_within_0_and_100(share: float, n: int, more: int) -> None:
    found = margin(share, n, n + more)
    assert -1e-9 <= found.low <= share + 1e-9
    assert share - 1e-9 <= found.high <= 100 + 1e-9


@given(st.floats(0, 100), st.floats(0, 100), st.integers(1, 2000), st.integers(1, 2000))
def test_a_change_there_and_back_is_as_many_standard_errors(a: float, b: float, n: int, m: int) -> None:
    assert change_z(a, n, b, m) == pytest.approx(-change_z(b, m, a, n))


def test_from_66_to_75_is_on_the_border_of_chance() -> None:
    """0,09 / sqrt(0,708·0,292·(1/187 + 1/217)) = 0,09 / 0,0453."""
    assert change_z(66, 187, 75, 217) == pytest.approx(1.98, abs=0.01)
    assert change_z(66, 187, 75, 217, wanted=9) == pytest.approx(0)
    said = {
        before: change_words(sample(before, 187, year=2019), sample(75), "%").removeprefix("Förändringen sedan 2019 ")
        for before in (60, 66, 67, 68)
    }
    assert said == {  # z = 3,23; 1,98; 1,77; 1,56
        60: "är större än vad slumpen brukar ge.",
        66: "är på gränsen till vad slumpen brukar ge.",
        67: "är på gränsen till vad slumpen brukar ge.",
        68: "kan vara slump.",
    }
    assert not by_chance(sample(66, 187, year=2019), sample(75), "%")
    assert by_chance(sample(67, 187, year=2019), sample(75), "%")
    assert not by_chance(sample(75, 187, year=2019), sample(75), "%")
    assert change_words(sample(75, 187, year=2019), sample(75), "%") == ""
    assert change_words(Outcome(66, "2019-12-31"), sample(75), "%") == ""


def test_80_per_cent_of_217_cannot_be_told_from_79() -> None:
    assert certain(sample(80), 79, "%") == "no"
    assert certain(sample(80), 70, "%") == "yes"
    assert certain(sample(80), 90, "%") == "yes"
    assert certain(sample(80, 217, 217), 79, "%") == "yes"  # all answered


def test_either_end_of_a_range_may_be_too_near() -> None:
    assert certain(sample(80), (50, 83), "%") == "no"
    assert certain(sample(80), (77, 100), "%") == "no"
    assert certain(sample(80), (50, 95), "%") == "yes"


def test_of_a_change_it_is_both_years_that_are_unsure() -> None:
    base = sample(70, year=2019)
    assert certain(sample(80), 70, "%", base) == "yes"
    assert certain(sample(80), 73, "%", base) == "no"  # 3 points better was wanted: 7 over, two margins
    assert certain(sample(80), 73, "%", Outcome(70, "2019-12-31", sampling="register")) == "yes"
    assert certain(sample(80), 73, "%", Outcome(70, "2019-12-31", sampling="self_selected")) == ""


@pytest.mark.parametrize(
    ("outcome", "unit", "words"),
    [
        (Outcome(80, "2020-12-31", sampling="self_selected", n=217), "%", "självvalt urval"),
        (Outcome(80, "2020-12-31", sampling="unknown", n=217), "%", "det framgår inte hur urvalet är gjort"),
        (sample(80, None), "%", "antalet svar saknas"),
        (sample(8.5), "betyg av 10", "värdet är ingen andel i procent"),
        (sample(130), "%", "130\u00a0% är ingen andel av något"),
        (sample(80, 217, 200), "%", "217 svar är fler än gruppens 200"),
    ],
)
def test_where_there_can_be_no_margin_it_is_said_why(outcome: Outcome, unit: str, words: str) -> None:
    said = f"Felmarginal kan inte beräknas: {words}."
    assert no_margin_words(outcome, unit) == margin_words(outcome, unit) == said
    assert interval(outcome, unit) is None
    assert certain(outcome, 79, unit) == ""


def test_a_survey_that_does_not_say_how_it_was_drawn_has_no_margin_and_says_so() -> None:
    words = "Felmarginal kan inte beräknas: det anges inte hur urvalet är gjort."
    assert no_margin_words(Outcome(80, "2020-12-31", n=217), "%") == words
    assert no_margin_words(Outcome(80, "2020-12-31"), "%") == ""


def weighed(*parts: tuple[float, Outcome]) -> Outcome:
    value = sum(weight * part.value for weight, part in parts)
    return Outcome(value, "2020-12-31", sampling="probability", derived=True, parts=parts)


def test_independent_samples_weighed_together_have_less_of_a_margin_than_each() -> None:
    """0,6·3,51 and 0,4·3,66 squared, added and rooted, by hand: ±2,57 percentage points."""
    whole = weighed((0.6, sample(88, 217, 640)), (0.4, sample(82, 138, 205)))
    found = interval(whole, "%")
    assert found is not None
    assert (whole.value, round(found.half, 2)) == (pytest.approx(85.6), 2.57)
    assert certain(whole, 85, "%") == "no"
    assert certain(whole, 80, "%") == "yes"
    assert (
        margin_words(whole, "%")
        == "Felmarginal: ±2,6\u00a0procentenheter (95\u00a0% säkerhet, sammanvägd av delarnas)."
    )
    assert by_chance(weighed((0.6, sample(87, 214, 640)), (0.4, sample(81, 140, 205))), whole, "%")
    assert not by_chance(weighed((0.6, sample(70, 214, 640)), (0.4, sample(70, 140, 205))), whole, "%")


def test_one_sample_weighed_together_has_at_most_the_weighted_sum_of_its_margins() -> None:
    whole = weighed((0.5, sample(80)), (0.5, sample(70)))
    found = interval(whole, "%")
    assert found is not None
    assert found.half == pytest.approx((margin(80, 217).half + margin(70, 217).half) / 2)
    assert margin_words(whole, "%") == (
        "Felmarginal: högst ±5,7\u00a0procentenheter (95\u00a0% säkerhet, delarna har samma urval)."
    )


def test_a_part_that_is_no_sample_adds_nothing_to_the_margin_and_one_without_n_hinders_it() -> None:
    counted = weighed((0.5, sample(80)), (0.5, Outcome(70, "2020-12-31", sampling="register")))
    found = interval(counted, "%")
    assert found is not None
    assert found.half == pytest.approx(margin(80, 217).half / 2)
    assert margin_words(weighed((0.5, sample(80)), (0.5, sample(70, None))), "%") == (
        "Felmarginal kan inte beräknas: antalet svar saknas."
    )


@pytest.mark.parametrize("sampling", ["census", "register"])
def test_what_counts_all_needs_no_margin(sampling: str) -> None:
    outcome = Outcome(80, "2020-12-31", sampling=sampling, n=217)
    assert margin_words(outcome, "%") == ""
    assert interval(outcome, "%") is None


def test_the_margin_is_told_in_percentage_points() -> None:
    assert margin_words(sample(85), "%") == "Felmarginal: ±4,8\u00a0procentenheter (95\u00a0% säkerhet, 217 i urvalet)."
    assert margin_words(sample(85, 217, 14_000), "%") == (
        "Felmarginal: ±4,7\u00a0procentenheter (95\u00a0% säkerhet, 217 av 14\u00a0000 i urvalet)."
    )
    assert margin_words(sample(3, 30), "%") == (
        "Osäkerhet: mellan 0,6 och 16,7\u00a0% (95\u00a0% säkerhet, 30 i urvalet)."
    )


@pytest.mark.parametrize(
    ("value", "n", "share_of", "words"),
    [
        (3, 30, "annonser", "1 av 30 annonser"),
        (3, 30, None, "1 av 30"),
        (3.3, 30, None, "1 av 30"),
        (0, 30, "annonser", "0 av 30 annonser"),
        (100, 30, None, "30 av 30"),
        (5, 30, None, ""),  # no number of 30 is 5 per cent
        (85, 217, None, ""),  # both 184 and 185 of 217 are
        (130, 30, None, ""),
        (3, None, None, ""),
    ],
)
def test_a_share_is_told_as_a_count_where_only_one_fits(
    value: float, n: int | None, share_of: str | None, words: str
) -> None:
    assert share_words(Outcome(value, "2020-12-31", n=n), "%", share_of) == words


def test_only_shares_are_told_as_counts() -> None:
    assert share_words(Outcome(3, "2020-12-31", n=30), "st", None) == ""
    assert share_words(Outcome(3, "2020-12-31", approximate=True, n=30), "%", None) == ""


@given(st.integers(1, 100), st.data())
def test_a_count_told_of_a_share_rounds_back_to_it(n: int, data: st.DataObject) -> None:
    count = data.draw(st.integers(0, n))
    words = share_words(Outcome(round(count / n * 100, 1), "2020-12-31", n=n), "%", None)
    assert words == f"{count} av {n}"
