"""From what is published to a projection, for one municipality and for several at once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from krokomanalys.errors import InputError
from krokomanalys.population.cube import in_group
from krokomanalys.population.forecast import DEFAULT, PLANS, Forecast, forecast, observed_until, projection_of
from krokomanalys.population.national import National
from krokomanalys.population.records import Record
from krokomanalys.population.shape import Shape, shape_of
from krokomanalys.population.totals import WAYS, past_of

STEPS = 15


@pytest.fixture(scope="module", params=list(PLANS))
def made(request: pytest.FixtureRequest, three: Record, riket: National, shape: Shape) -> tuple[str, Forecast]:
    return request.param, forecast(three, riket, 2022, STEPS, shape, request.param)


def test_a_batch_projects_each_municipality_as_it_is_projected_alone(
    made: tuple[str, Forecast], three: Record, riket: National, shape: Shape
) -> None:
    model, batch = made
    for place in range(3):
        alone = forecast(three.between(1994, 2022, [place]), riket, 2022, STEPS, shape, model)
        for name in ("population", "births", "deaths", "moved_in", "moved_out"):
            mine = getattr(batch.carried, name)[:, place]
            assert mine == pytest.approx(getattr(alone.carried, name)[:, 0], abs=1e-9), name


def test_nobody_is_fewer_than_none(made: tuple[str, Forecast]) -> None:
    run = made[1].carried
    assert run.population.shape == (STEPS + 1, 3, 2, 101)
    for values in (run.population, run.births, run.deaths, run.moved_in, run.moved_out):
        assert np.isfinite(values).all() and (values >= 0).all()


def test_the_base_is_the_published_groups(made: tuple[str, Forecast], three: Record) -> None:
    base = made[1].carried.population[0]
    for name, persons in three.partition(2022).items():
        assert in_group(base, name) == pytest.approx(persons, abs=1e-6), name
    assert base.sum((-2, -1)) == pytest.approx([15_532, 64_714, 17_754], abs=1e-6)


def test_the_default_follows_the_total_that_it_is_named_after(three: Record, riket: National, shape: Shape) -> None:
    assert next(iter(PLANS)) == DEFAULT
    run = forecast(three, riket, 2022, STEPS, shape).carried
    totals = WAYS["joined"](past_of(three, riket, 2022), STEPS)
    assert run.population[1:].sum((-2, -1)) == pytest.approx(totals, abs=1e-6)


def test_groups_that_sum_to_one_more_than_the_total_do_not_bend_the_path(
    three: Record, riket: National, shape: Shape
) -> None:
    """The growth of the total is followed, from the groups that the ages are made of."""
    totals = three.totals.copy()
    totals[-1, 0] -= 1
    odd = replace(three, totals=totals)
    run = forecast(odd, riket, 2022, 5, shape).carried.population.sum((-2, -1))[:, 0]
    growth = WAYS["joined"](past_of(odd, riket, 2022), 5)[:, 0] / 15_531
    assert run[0] == pytest.approx(15_532, abs=1e-6)
    assert run[1:] == pytest.approx(15_532 * growth, abs=1e-6)


def test_one_municipalitys_projection_is_its_place_in_the_batch(made: tuple[str, Forecast]) -> None:
    batch = made[1]
    ostersund = projection_of(batch, 1, 2022)
    assert ostersund.population.region == "2380" and ostersund.population.years == tuple(range(2022, 2023 + STEPS))
    assert (ostersund.population.values == batch.carried.population[:, 1]).all()
    assert (ostersund.deaths == batch.carried.deaths[:, 1]).all()
    assert (ostersund.assumptions.in_migration == batch.assumptions.in_migration[:, 1]).all()
    assert len(ostersund.assumptions) == STEPS
    change = ostersund.components
    assert change["change"].to_numpy() == pytest.approx(np.diff(ostersund.population.totals))


def test_ten_years_are_observed_or_as_many_as_riket_has_death_rates_for(
    three: Record, riket: National, lender: Record
) -> None:
    assert observed_until(three, riket, 2022, shape_of(lender, 2013, 2022)).years == tuple(range(2013, 2023))
    assert observed_until(three, riket, 2007, shape_of(lender, 2000, 2007)).years == tuple(range(2000, 2008))


def test_a_total_that_cannot_be_reached_is_told_to_the_economist(three: Record, riket: National, shape: Shape) -> None:
    """Krokom made to have lost a quarter of its people every year: fewer than are left if nobody moves in."""
    totals = three.totals.copy()
    totals[:, 0] = 15_532 * np.exp(0.3 * (2022 - np.array(three.years)))
    with pytest.raises(InputError, match=r"2309.* sjunker under vad som blir kvar om ingen flyttar in"):
        forecast(replace(three, totals=totals), riket, 2022, 5, shape)
