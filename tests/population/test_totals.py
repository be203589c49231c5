"""Ways to carry totals on, each by hand on lines that anyone can draw."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from krokomanalys.errors import InputError
from krokomanalys.population.cube import Array, Cube
from krokomanalys.population.national import National
from krokomanalys.population.records import Record
from krokomanalys.population.totals import (
    DAMPING,
    KEPT,
    LASTING,
    WAYS,
    YEARS_NEEDED,
    Past,
    apart,
    components,
    damped,
    joined,
    linear,
    local_path,
    mean_growth,
    no_change,
    own_pace,
    past_of,
    relative,
    riket_path,
)

YEARS = tuple(range(2000, 2021))
STRAIGHT = np.stack([1000.0 + 10 * np.arange(21), 5000.0 - 20 * np.arange(21)], axis=1)


def nation(totals: Array, natural: float = 20_000.0, first: int = 2000) -> National:
    """Riket by its totals and a constant births minus deaths; ages don't matter here."""
    index = pd.Index(range(first, first + len(totals)), name="year")
    return National(
        totals=pd.Series(totals, index=index),
        births=pd.Series(100_000.0 + natural, index=index),
        deaths=pd.Series(100_000.0, index=index),
        population=Cube(np.ones((1, 2, 101)), (first,), "00"),
        mortality=np.ones((0, 2, 101)),
        fertility=np.ones((0, 101)),
        fertility_years=(),
        girls=np.ones(0),
    )


STEADY = nation(9_000_000 + 50_000.0 * np.arange(21))
"""Riket that grows by 50 000 a year, 20 000 of them births minus deaths."""


def known(totals: Array, riket: National = STEADY, **series: Array) -> Past:
    """Municipalities by their totals, with a third of the change each of births minus deaths and of moves."""
    third = np.diff(totals, axis=0, prepend=totals[:1] - (totals[1:2] - totals[:1])) / 3
    parts = {"natural": third, "domestic": third, "foreign": third} | series
    regions = tuple(f"000{r}" for r in range(totals.shape[1]))
    return Past(regions, YEARS[-len(totals) :], totals, riket=riket, **parts)


def test_no_change_repeats_the_last_year() -> None:
    assert no_change(np.array([5.0, 7.0]), 3).tolist() == [7, 7, 7]
    assert no_change(np.array([[5.0, 1.0], [7.0, 2.0]]), 2).tolist() == [[7, 2], [7, 2]]


def test_linear_carries_the_mean_change_of_the_window_on() -> None:
    assert linear(np.array([0.0, 100.0, 110.0, 130.0]), 2, window=2).tolist() == [145, 160]
    assert linear(np.array([[0.0, 5.0], [10.0, 5.0]]), 2, window=1).tolist() == [[20, 5], [30, 5]]


def test_linear_needs_one_year_more_than_it_has_changes() -> None:
    with pytest.raises(ValueError, match="3 observations give no mean of 3 changes"):
        linear(np.array([1.0, 2.0, 3.0]), 1, window=3)


@pytest.mark.parametrize("name", ["linear5", "linear10", "growth3_5_10", "components"])
def test_a_straight_line_is_carried_on(name: str) -> None:
    ahead = WAYS[name](known(STRAIGHT), 15)
    assert ahead == pytest.approx(STRAIGHT[-1] + np.arange(1, 16)[:, None] * [10, -20], abs=1e-9)


def test_the_average_of_windows_is_the_average_of_their_lines() -> None:
    history = np.array([[100.0, 100, 100, 100, 100, 100, 100, 100, 110, 120, 130]]).T
    assert mean_growth(known(history), 1, (3, 5, 10))[0] == pytest.approx([130 + (10 + 6 + 3) / 3])


def test_damped_growth_fades() -> None:
    ahead = np.diff(damped(known(STRAIGHT), 4, 10), axis=0)
    assert ahead[:, 0] == pytest.approx([10 * DAMPING**2, 10 * DAMPING**3, 10 * DAMPING**4])


def test_riket_on_a_straight_line_stays_on_it() -> None:
    assert riket_path(STEADY, 2020, 5) == pytest.approx(10_000_000 + 50_000 * np.arange(1, 6))


def test_rikets_known_years_are_kept_as_they_were() -> None:
    bent = nation(np.append(9_000_000 + 50_000.0 * np.arange(21), [10_200_000, 10_300_000]))
    path = riket_path(bent, 2020, 5)
    assert path[:2].tolist() == [10_200_000, 10_300_000]
    assert path[2:] == pytest.approx(riket_path(bent, 2022, 3))
    assert riket_path(bent, 2020, 1).tolist() == [10_200_000]
    assert riket_path(bent, 2018, 4).tolist() == [9_950_000, 10_000_000, 10_200_000, 10_300_000]


def test_rikets_net_migration_returns_to_its_mean_of_twenty_years() -> None:
    """Twenty years of net migration 30 000, the last 60 000 more: the mean is 33 000, and 57 000 of the surge fades."""
    surge = nation(np.append(9_000_000 + 50_000.0 * np.arange(20), 9_950_000 + 110_000.0))
    line = 10_060_000 + (50_000 * 4 + 110_000) / 5 * np.arange(1, 3)
    parts = 10_060_000 + np.cumsum(20_000 + 33_000 + 57_000 * KEPT ** np.arange(1, 3))
    assert riket_path(surge, 2020, 2) == pytest.approx((line + parts) / 2)


def test_a_place_that_grows_as_riket_keeps_on_doing_so() -> None:
    same = known(np.asarray(STEADY.totals)[:, None] / 500)
    growth = riket_path(STEADY, 2020, 10) / 10_000_000
    for name in ("relative", "returning", "joined"):
        assert WAYS[name](same, 10)[:, 0] == pytest.approx(20_000 * growth), name
    assert own_pace(same, 20) == pytest.approx([0])


GROWING = 0.01
FASTER = np.asarray(STEADY.totals)[:, None] / 500 * np.exp(GROWING * np.arange(21))[:, None]


def test_of_a_lasting_pace_against_riket_a_part_is_carried_on() -> None:
    ahead = relative(known(FASTER), 10, returning=False)[:, 0]
    national = riket_path(STEADY, 2020, 10) / 10_000_000
    assert ahead == pytest.approx(FASTER[-1] * national * np.exp(LASTING * GROWING * np.arange(1, 11)))
    assert relative(known(FASTER), 10, returning=True)[:, 0] == pytest.approx(ahead)


def test_a_recent_pace_returns_to_the_lasting_one() -> None:
    """As Riket for 17 years and three per cent faster for three: 0.45 % a year over twenty."""
    years_ahead_of_riket = np.maximum(np.arange(21) - 17, 0)[:, None]
    past = known(np.asarray(STEADY.totals)[:, None] / 500 * np.exp(0.03 * years_ahead_of_riket))
    assert own_pace(past, 20) == pytest.approx([0.09 / 20]) and own_pace(past, 3) == pytest.approx([0.03])
    lasting, recent = LASTING * 0.09 / 20, LASTING * 0.03
    yearly = lasting + (recent - lasting) * KEPT ** np.arange(1, 5)
    assert local_path(past, 4, returning=True)[:, 0] == pytest.approx(np.cumsum(yearly))
    assert local_path(past, 4, returning=False)[:, 0] == pytest.approx(lasting * np.arange(1, 5))


def test_joined_is_the_mean_of_the_lasting_and_the_returning() -> None:
    past = known(np.concatenate([STRAIGHT[:18], STRAIGHT[18:] * 1.02]))
    both = [relative(past, 6, returning=how) for how in (False, True)]
    assert joined(past, 6) == pytest.approx((both[0] + both[1]) / 2)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10**6))
def test_with_riket_and_on_its_own_sum_to_the_change(seed: int) -> None:
    random = np.random.default_rng(seed)
    past = known(10_000 * np.cumprod(random.uniform(0.98, 1.03, (21, 3)), axis=0))
    with_riket, own = apart(past, 8)
    assert with_riket + own == pytest.approx(joined(past, 8) - past.totals[-1], abs=1e-9)
    assert with_riket == pytest.approx(np.outer(riket_path(STEADY, 2020, 8) / 10_000_000 - 1, past.totals[-1]))


def test_a_place_that_grows_as_riket_has_no_change_of_its_own() -> None:
    assert apart(known(np.asarray(STEADY.totals)[:, None] / 500), 8)[1] == pytest.approx(np.zeros((8, 1)), abs=1e-9)


def test_components_by_hand() -> None:
    """Births minus deaths of three years, domestic moves of ten, and two per mille of Riket's 30 000."""
    ramp = np.arange(21.0)[:, None]
    past = known(STRAIGHT[:, :1], natural=ramp, domestic=-2 * ramp, foreign=np.full((21, 1), 60.0))
    ahead = components(past, 3)[:, 0]
    assert ahead == pytest.approx(1200 + np.arange(1, 4) * (19 - 2 * 15.5 + 60))


def test_what_riket_turned_out_to_be_is_no_part_of_components() -> None:
    longer = nation(np.append(9_000_000 + 50_000.0 * np.arange(21), [11_000_000, 12_000_000]))
    assert (components(known(STRAIGHT, longer), 5) == components(known(STRAIGHT), 5)).all()


@pytest.mark.parametrize(
    ("series", "words"),
    [("natural", "födda och döda"), ("domestic", "inrikes flyttnetto"), ("foreign", "utrikes flyttnetto")],
)
def test_a_missing_series_of_components_is_named(series: str, words: str) -> None:
    gap = STRAIGHT * 0.0
    gap[15, 1] = np.nan
    with pytest.raises(InputError) as error:
        components(known(STRAIGHT, **{series: gap}), 3)
    assert str(error.value) == (
        f"data/population/components.csv: region 0001 saknar {words} för något av åren 2011–2020. "
        "Väntade serierna för tio år, som modellen components behöver. Lägg till dem eller välj en annan modell."
    )


@pytest.mark.parametrize("name", list(WAYS))
def test_what_is_missing_before_the_ten_years_is_not_missed(name: str) -> None:
    early = np.zeros_like(STRAIGHT)
    early[:11] = np.nan
    assert np.isfinite(WAYS[name](known(STRAIGHT, natural=early, domestic=early, foreign=early), 5)).all()


@pytest.mark.parametrize("name", list(WAYS))
def test_a_batch_gives_each_municipality_what_it_gives_alone(name: str, three: Record, riket: National) -> None:
    """Also where one's totals begin later than another's: the pace is then that of its own years."""
    totals = three.totals.copy()
    totals[: three.years.index(2008), 1] = np.nan
    totals[three.years.index(2006), 1] = 50_000  # an odd year before the gap is not part of the run
    read = replace(three, totals=totals)
    batch = WAYS[name](past_of(read, riket, 2022), 10)
    for place in range(3):
        alone = past_of(read.between(1994, 2022, [place]), riket, 2022)
        assert WAYS[name](alone, 10)[:, 0] == pytest.approx(batch[:, place], rel=1e-12), place
    assert batch[:, [0, 2]] == pytest.approx(WAYS[name](past_of(three, riket, 2022), 10)[:, [0, 2]], rel=1e-12)


@pytest.mark.parametrize("name", list(WAYS))
def test_nothing_after_the_base_year_is_used(name: str, three: Record, riket: National) -> None:
    later = three.years.index(2015) + 1
    changed = {name: getattr(three, name).copy() for name in ("totals", "births", "deaths", "net_domestic")}
    for values in changed.values():
        values[later:] *= 3
    paths = [WAYS[name](past_of(r, riket.until(2015), 2015), 5) for r in (three, replace(three, **changed))]
    assert (paths[0] == paths[1]).all()


def test_a_past_runs_as_far_back_as_no_total_is_missing(three: Record, riket: National) -> None:
    past = past_of(three, riket, 2020)
    assert past.years == tuple(range(1994, 2021)) and past.base_year == 2020
    assert past.totals[-1].tolist() == three.totals[three.years.index(2020)].tolist()
    assert past.natural[-1, 0] == three.births[26, 0] - three.deaths[26, 0]


def test_every_place_with_too_few_totals_is_told(three: Record, riket: National) -> None:
    totals = three.totals.copy()
    totals[three.years.index(2012), [0, 2]] = np.nan
    read = replace(three, totals=totals)
    assert past_of(read, riket, 2011).base_year == 2011
    assert past_of(three, riket, 1993 + YEARS_NEEDED).base_year == 2004
    with pytest.raises(InputError) as error:
        past_of(read, riket, 2022)
    assert len(error.value.faults) == 2
    assert str(error.value).startswith(
        "data/population/groups.csv: region 2309: folkmängd saknas för något av de 11 åren till 2022. "
        "Väntade hela folkmängden (age_group total, sex T) för vart och ett."
    )
    with pytest.raises(InputError, match="2309: folkmängd saknas för något av de 11 åren till 2003"):
        past_of(three, riket, 2003)
