"""How the years ahead may differ by age: each candidate's assumptions, and the total that they are made to follow."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from krokomanalys.errors import InputError
from krokomanalys.population.cube import Array
from krokomanalys.population.history import Observed
from krokomanalys.population.models import (
    FERTILITY_YEARS,
    MODELS,
    Start,
    gross,
    hamilton_perry,
    join,
    local_levels,
    net,
    shrunk,
)
from krokomanalys.population.mortality import national_path
from krokomanalys.population.national import National
from krokomanalys.population.projection import carry
from krokomanalys.population.shape import Shape
from krokomanalys.population.step import Assumptions, age_on

STEPS = 3
KROKOM, OSTERSUND, TIMRA = 0, 1, 2


@pytest.fixture(scope="module")
def assumed(observed: Observed, riket: National, shape: Shape) -> dict[str, Assumptions]:
    """What each candidate assumes of the three for the years 2023-2025."""
    start = Start(observed, riket, STEPS)
    return {name: model(start, shape) for name, model in MODELS.items()}


@pytest.mark.parametrize("name", list(MODELS))
def test_no_assumption_is_negative_or_unknown(name: str, assumed: dict[str, Assumptions]) -> None:
    told = assumed[name]
    assert told.in_migration.shape == told.mortality.shape == told.out_migration.shape == (STEPS, 3, 2, 101)
    assert told.fertility.shape == (STEPS, 3, 101) and told.girls_share.shape == (STEPS, 3)
    for values in (told.mortality, told.fertility, told.out_migration, told.in_migration):
        assert np.isfinite(values).all() and (values >= 0).all()
    assert told.girls_share == pytest.approx(0.486, abs=0.002)


@pytest.mark.parametrize("name", list(MODELS))
def test_moves_are_the_same_every_year_and_people_live_longer(name: str, assumed: dict[str, Assumptions]) -> None:
    told = assumed[name]
    assert (told.in_migration[-1] == told.in_migration[0]).all()
    assert (told.out_migration[-1] == told.out_migration[0]).all()
    assert told.mortality[-1, ..., 40:].sum() < told.mortality[0, ..., 40:].sum()


def test_net10_moves_in_what_the_ten_years_gained_and_out_what_they_lost(
    assumed: dict[str, Assumptions], observed: Observed
) -> None:
    told = assumed["net10"]
    mean, exposure = observed.net_migration.mean(0), observed.exposure.mean(0)
    assert told.in_migration[0] - told.out_migration[0] * exposure == pytest.approx(mean, abs=1e-9)
    assert not ((told.in_migration > 0) & (told.out_migration > 0)).any()


def test_net3_10_is_the_mean_of_a_short_and_a_long_window(assumed: dict[str, Assumptions], observed: Observed) -> None:
    told, net_migration = assumed["net3_10"], observed.net_migration
    mean = (net_migration[-3:].mean(0) + net_migration.mean(0)) / 2
    assert told.in_migration[0] - told.out_migration[0] * observed.exposure.mean(0) == pytest.approx(mean, abs=1e-9)


def test_where_nobody_lives_nobody_moves_out(observed: Observed, riket: National) -> None:
    empty = observed.population.copy()
    empty[:, KROKOM, :, 90:] = 0
    told = net(Start(replace(observed, population=empty), riket, 1), windows=(10,))
    assert not told.out_migration[0, KROKOM, :, 92:].any()


def test_deaths_follow_rikets_path_and_births_its_last_years_each_times_the_local_level(
    observed: Observed, riket: National
) -> None:
    mortality, fertility, girls = Start(observed, riket, STEPS).natural
    deaths, births = local_levels(observed, riket)
    path = national_path(riket, range(2023, 2026))
    pattern = riket.fertility[-FERTILITY_YEARS:].mean(0)
    for place in range(3):
        assert mortality[:, place] == pytest.approx(path * deaths[place])
        assert fertility[:, place] == pytest.approx(np.stack([pattern * births[place]] * STEPS))
    assert (girls == riket.girls.mean()).all()


def test_local_levels_lie_between_riket_and_what_was_observed(observed: Observed, riket: National) -> None:
    years = [riket.fertility_years.index(year) for year in observed.years]
    expected = (riket.fertility[years][:, None] * observed.exposure[:, :, 0]).sum((0, 2))
    raw = observed.births.sum(0) / expected
    level = local_levels(observed, riket)[1]
    assert ((np.minimum(1, raw) < level) & (level < np.maximum(1, raw))).all()
    assert level == pytest.approx((observed.births.sum(0) + 400) / (expected + 400))


def test_years_without_rikets_rates_count_on_neither_side(observed: Observed, riket: National) -> None:
    """Riket's births known from 2018 on: the level is that of those five years."""
    t = riket.fertility_years.index(2018)
    late = replace(riket, fertility=riket.fertility[t:], fertility_years=riket.fertility_years[t:])
    expected = (riket.fertility[t:][:, None] * observed.exposure[5:, :, 0]).sum((0, 2))
    assert local_levels(observed, late)[1] == pytest.approx((observed.births[5:].sum(0) + 400) / (expected + 400))


def test_an_origin_before_rikets_first_births_by_age_is_told(observed: Observed, riket: National) -> None:
    with pytest.raises(InputError) as error:
        _ = Start(observed, replace(riket, fertility=riket.fertility[:0], fertility_years=()), 1).natural
    assert str(error.value) == (
        "data/population/births.csv: riket saknar födda efter moderns ålder till och med 2022. "
        "Väntade minst ett års födda. Välj ett senare utgångsår."
    )


def test_gross_moves_are_those_observed_smoothed_over_ages(assumed: dict[str, Assumptions], observed: Observed) -> None:
    told = assumed["gross"]
    assert told.in_migration[0].sum(-1) == pytest.approx(observed.moved_in.mean(0).sum(-1), abs=1e-6)
    going = (told.out_migration[0] * observed.exposure.sum(0)).sum(-1)
    assert going == pytest.approx(observed.moved_out.sum(0).sum(-1), abs=1e-4)
    raw, smoothed = observed.moved_in.mean(0)[TIMRA], told.in_migration[0, TIMRA]
    assert np.abs(np.diff(smoothed, 2)).sum() < 0.5 * np.abs(np.diff(raw, 2)).sum()


def test_shrunk_moves_sum_to_those_observed(assumed: dict[str, Assumptions], observed: Observed) -> None:
    told = assumed["shrunk"]
    assert told.in_migration[0].sum(-1) == pytest.approx(observed.moved_in.mean(0).sum(-1), abs=1e-6)
    going = (told.out_migration[0] * observed.exposure.sum(0)).sum(-1)
    assert going == pytest.approx(observed.moved_out.sum(0).sum(-1), abs=1e-6)


def test_shrunk_rates_lie_between_the_lenders_and_what_was_observed(
    assumed: dict[str, Assumptions], observed: Observed, shape: Shape
) -> None:
    """Ages 19-30 of Östersund, which has hundreds of events at each; levels apart, the lender is a little of it."""
    ages = slice(19, 31)
    exposure = observed.exposure.sum(0)[OSTERSUND]
    raw = observed.moved_out.sum(0)[OSTERSUND] / exposure
    level = raw.mean() / shape.out_rate.mean()
    told, prior = assumed["shrunk"].out_migration[0, OSTERSUND], level * shape.out_rate
    nearer = np.abs(told - raw)[:, ages].mean()
    assert 0 < nearer < np.abs(prior - raw)[:, ages].mean()


def test_a_place_with_moves_by_age_is_not_drawn_towards_a_lender(
    observed: Observed, riket: National, shape: Shape, assumed: dict[str, Assumptions]
) -> None:
    alone = replace(
        observed,
        regions=observed.regions[TIMRA:],
        tiers=observed.tiers[TIMRA:],
        bases=tuple(how[TIMRA:] for how in observed.bases),
        **{
            name: getattr(observed, name)[:, TIMRA:]
            for name in ("population", "moved_in", "moved_out", "died", "births", "deaths", "adjustment")
        },
    )
    told = shrunk(Start(alone, riket, 1), None)
    assert told.out_migration[0, 0] == pytest.approx(assumed["shrunk"].out_migration[0, TIMRA], abs=1e-12)
    even = replace(shape, moved_in=np.full((2, 101), 1 / 101), out_rate=np.full((2, 101), 0.05))
    other = shrunk(Start(observed, riket, 1), even)
    assert (other.out_migration[0, TIMRA] == assumed["shrunk"].out_migration[0, TIMRA]).all()
    assert np.abs(other.out_migration[0, KROKOM] - assumed["shrunk"].out_migration[0, KROKOM]).max() > 0.001


def test_the_average_is_the_mean_of_its_models(assumed: dict[str, Assumptions]) -> None:
    three = [assumed[name] for name in ("gross", "shrunk", "net3_10")]
    for name in ("mortality", "fertility", "out_migration", "in_migration"):
        mean = sum(getattr(told, name) for told in three) / 3
        assert getattr(assumed["average"], name) == pytest.approx(mean, abs=1e-12), name


@pytest.mark.parametrize("name", list(MODELS))
def test_joined_to_a_total_the_population_follows_it_every_year_and_keeps_the_ages_of_those_who_move_in(
    name: str, assumed: dict[str, Assumptions], observed: Observed
) -> None:
    told, base = assumed[name], observed.population[-1]
    own = carry(base, told).population[1:].sum((-2, -1))
    totals = own * np.array([[1.004, 0.999, 1.0], [1.01, 0.998, 1.0], [1.0, 0.997, 1.01]])
    joined = join(base, told, totals)
    assert carry(base, joined).population[1:].sum((-2, -1)) == pytest.approx(totals, abs=1e-9)
    shares = [a.in_migration / a.in_migration.sum((-2, -1), keepdims=True) for a in (told, joined)]
    assert shares[1] == pytest.approx(shares[0], abs=1e-12)
    assert (joined.in_migration >= 0).all() and joined.out_migration is told.out_migration


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6))
def test_joined_to_its_own_total_a_projection_is_itself(seed: int) -> None:
    random = np.random.default_rng(seed)
    base, told = random.uniform(0, 300, (4, 2, 101)), random_assumptions(random)
    totals = carry(base, told).population[1:].sum((-2, -1))
    assert join(base, told, totals).in_migration == pytest.approx(told.in_migration, rel=1e-9, abs=1e-9)


def random_assumptions(random: np.random.Generator) -> Assumptions:
    fertility = np.zeros((STEPS, 4, 101))
    fertility[..., 15:50] = random.uniform(0, 0.1, (STEPS, 4, 35))
    cells = (STEPS, 4, 2, 101)
    return Assumptions(
        mortality=random.uniform(0, 0.3, cells),
        fertility=fertility,
        out_migration=random.uniform(0, 0.3, cells),
        in_migration=random.uniform(1, 40, cells),
        girls_share=np.full((STEPS, 4), 0.486),
    )


def test_a_total_below_what_is_left_when_nobody_moves_in_is_refused() -> None:
    told, base = random_assumptions(np.random.default_rng(1)), np.full((4, 2, 101), 50.0)
    totals = carry(base, told).population[1:].sum((-2, -1))
    totals[1, 2] = 10
    with pytest.raises(ValueError, match="below what is left when nobody moves in"):
        join(base, told, totals)


def test_a_place_that_nobody_moves_to_follows_no_total() -> None:
    told, base = random_assumptions(np.random.default_rng(1)), np.full((4, 2, 101), 50.0)
    closed = replace(told, in_migration=np.zeros_like(told.in_migration))
    with pytest.raises(ValueError, match="or nobody does"):
        join(base, closed, carry(base, closed).population[1:].sum((-2, -1)))


def observed_as(population: Array) -> Observed:
    """Observed years of which hamilton_perry sees the population alone, (T + 1, R, 2, 101)."""
    t, r = len(population) - 1, population.shape[1]
    cells, sums = np.zeros((t, r, 2, 101)), np.zeros((t, r))
    return Observed(
        tuple(f"000{i}" for i in range(r)),
        tuple(range(2021 - t, 2021)),
        population,
        *[cells] * 3,
        *[sums] * 3,
        (("published",) * r,) * (t + 1),
        ("A",) * r,
    )


def test_hamilton_perry_carries_a_constant_population_on_unchanged() -> None:
    random = np.random.default_rng(1)
    constant = random.uniform(1, 200, (2, 2, 101))
    path = hamilton_perry(observed_as(np.stack([constant] * 11)), 5)
    assert path == pytest.approx(np.stack([constant] * 6))


def test_hamilton_perry_lets_a_cohort_change_as_cohorts_of_its_age_did() -> None:
    """Half of those at 30 left before 31, and everyone else stayed; each woman of 20-39 had a twentieth of a child."""
    population = [np.full((1, 2, 101), 100.0)]
    for _ in range(10):
        end = age_on(population[-1])
        end[..., 31] /= 2
        end[..., 0] = end[..., 0, 20:40].sum(-1)[:, None] / 20
        population.append(end)
    path = hamilton_perry(observed_as(np.stack(population)), 2)
    was = population[-1]
    assert path[1, 0, :, 31] == pytest.approx(was[0, :, 30] / 2)
    assert path[2, 0, :, 32] == pytest.approx(was[0, :, 30] / 2)
    assert path[1, 0, :, 50] == pytest.approx(was[0, :, 49])
    assert path[1, 0, :, 0] == pytest.approx(np.full(2, path[1, 0, 0, 20:40].sum() / 20))


def test_gross_is_the_same_with_or_without_a_place_to_borrow_of(
    observed: Observed, riket: National, assumed: dict[str, Assumptions]
) -> None:
    assert (gross(Start(observed, riket, STEPS)).in_migration == assumed["gross"].in_migration).all()
