"""Scenarios: what they change, what they leave, and what an economist is told."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from krokomanalys.errors import InputError
from krokomanalys.population.life_table import life_expectancy
from krokomanalys.population.projection import Projection, project
from krokomanalys.population.scenarios import Scenario, apply, newcomers, projected, total_fertility
from krokomanalys.population.step import Assumptions

BASE_YEAR, STEPS = 2022, 10
YEARS = np.arange(BASE_YEAR + 1, BASE_YEAR + STEPS + 1)
AGES = np.arange(101)


def assumed() -> Assumptions:
    """Made-up assumptions whose in-migration grows by a tenth from the first year to the last."""
    mortality = 0.0002 * np.exp(0.095 * AGES) * np.array([[1.0], [1.4]])
    fertility = np.where((AGES >= 20) & (AGES < 40), 0.085, 0.0)
    leaving = np.where((AGES >= 18) & (AGES < 30), 0.2, 0.03) * np.ones((2, 1))
    coming = np.where((AGES >= 20) & (AGES < 40), 20.0, 2.0) * np.ones((2, 1))

    def constant(values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        return np.broadcast_to(values, (STEPS, *values.shape))

    growing = np.linspace(1.0, 1.1, STEPS)[:, None, None]
    return Assumptions(
        constant(mortality), constant(fertility), constant(leaving), growing * coming, np.full(STEPS, 0.486)
    )


@pytest.fixture(scope="module")
def main() -> Projection:
    return project(np.full((2, 101), 60.0), BASE_YEAR, assumed(), "0000")


def scenario(**parts: Any) -> Scenario:
    return Scenario.model_validate({"title": "Ett försök"} | parts)


def told(**parts: Any) -> str:
    with pytest.raises(InputError) as error:
        apply(scenario(**parts), assumed(), BASE_YEAR)
    return str(error.value)


def test_a_hundred_more_a_year_move_in_from_the_year_on_in_the_ages_of_those_who_do() -> None:
    before, after = assumed(), apply(scenario(in_migration={"persons": 100, "start": 2025}), assumed(), BASE_YEAR)
    more = after.in_migration - before.in_migration
    assert more.sum((1, 2)) == pytest.approx(np.where(YEARS >= 2025, 100, 0))
    assert more[-1] == pytest.approx(100 * newcomers(before))
    for part in ("mortality", "fertility", "out_migration", "girls_share"):
        assert (getattr(after, part) == getattr(before, part)).all()


def test_ten_per_cent_fewer_is_nine_tenths_of_every_age_and_year() -> None:
    after = apply(scenario(in_migration={"percent": -10, "start": 2020}), assumed(), BASE_YEAR)
    assert after.in_migration == pytest.approx(0.9 * assumed().in_migration)


def test_more_may_be_told_in_per_cent_and_persons_at_once() -> None:
    after = apply(scenario(in_migration={"percent": 50, "persons": -10, "start": 2023}), assumed(), BASE_YEAR)
    assert after.in_migration.sum((1, 2)) == pytest.approx(1.5 * assumed().in_migration.sum((1, 2)) - 10)


def test_all_of_those_who_move_in_can_be_taken_away_and_not_one_more() -> None:
    after = apply(scenario(in_migration={"percent": -100, "start": 2023}), assumed(), BASE_YEAR)
    assert (after.in_migration == 0).all()
    text = told(in_migration={"persons": -5000, "start": 2023})
    assert text.startswith('scenarios: "Ett försök": så många färre kan inte flytta in: 2023 blir antalet under noll')


def test_fertility_goes_straight_to_its_level_and_keeps_its_pattern() -> None:
    after = apply(scenario(tfr={"level": 1.2, "by": 2027}), assumed(), BASE_YEAR)
    assert total_fertility(assumed())[0] == pytest.approx(1.7)
    assert total_fertility(after) == pytest.approx([1.6, 1.5, 1.4, 1.3, 1.2, 1.2, 1.2, 1.2, 1.2, 1.2])
    assert after.fertility[-1] / 1.2 == pytest.approx(assumed().fertility[-1] / 1.7)


def test_lives_grow_straight_by_the_years_gained_for_women_and_men() -> None:
    after = apply(scenario(life_expectancy={"women": 1, "men": 2, "by": 2026}), assumed(), BASE_YEAR)
    gained = life_expectancy(after.mortality) - life_expectancy(assumed().mortality)
    assert gained[:, 0] == pytest.approx([0.25, 0.5, 0.75, *[1.0] * 7], abs=1e-9)
    assert gained[:, 1] == pytest.approx([0.5, 1.0, 1.5, *[2.0] * 7], abs=1e-9)


def test_without_migration_only_births_and_deaths_change_the_population(main: Projection) -> None:
    closed = projected(main, scenario(no_migration=True))
    assert closed.moved_in.sum() == closed.moved_out.sum() == 0
    natural = closed.births.sum(-1) - closed.deaths.sum((1, 2))
    assert np.diff(closed.population.totals) == pytest.approx(natural, abs=1e-9)


HOUSING = {
    "plan": {2023: {"smahus": 90}, 2030: {"smahus": 40}},
    "normal": 40,
    "persons": {"smahus": 2},
    "share_from_outside": 0.5,
    "vacancy": 0,
    "delay": 2,
}


def test_a_housing_plan_brings_people_when_its_dwellings_are_moved_into() -> None:
    more = apply(scenario(housing=HOUSING), assumed(), BASE_YEAR).in_migration - assumed().in_migration
    assert more.sum((1, 2)) == pytest.approx(np.where(YEARS == 2025, 50, 0))


def test_a_plan_without_other_migration_brings_its_own_people_alone(main: Projection) -> None:
    alone = projected(main, scenario(housing=HOUSING, no_migration=True))
    assert alone.moved_in.sum((1, 2)) == pytest.approx(np.where(YEARS == 2025, 50, 0))


def test_a_scenario_of_everything_changes_each_part_as_it_does_alone() -> None:
    parts: dict[str, Any] = {
        "tfr": {"level": 1.2, "by": 2027},
        "life_expectancy": {"women": 1, "men": 2, "by": 2026},
        "in_migration": {"persons": 100, "start": 2025},
        "housing": HOUSING,
    }
    whole = apply(scenario(**parts), assumed(), BASE_YEAR)
    alone = {name: apply(scenario(**{name: part}), assumed(), BASE_YEAR) for name, part in parts.items()}
    assert (whole.fertility == alone["tfr"].fertility).all()
    assert (whole.mortality == alone["life_expectancy"].mortality).all()
    more = sum(alone[name].in_migration - assumed().in_migration for name in ("in_migration", "housing"))
    assert whole.in_migration == pytest.approx(assumed().in_migration + more)


def test_many_municipalities_at_once_are_each_as_alone() -> None:
    one = assumed()
    other = replace(one, in_migration=one.in_migration[..., ::-1] * 3, fertility=one.fertility * 1.1)
    both = Assumptions(
        *(np.stack([getattr(a, part) for a in (one, other)], axis=1) for part in Assumptions.__dataclass_fields__)
    )
    everything = scenario(
        tfr={"level": 1.2, "by": 2027},
        life_expectancy={"women": 1, "men": 2, "by": 2026},
        in_migration={"persons": 100, "percent": 3, "start": 2025},
        housing=HOUSING,
    )
    together = apply(everything, both, BASE_YEAR)
    for place, single in enumerate((one, other)):
        alone = apply(everything, single, BASE_YEAR)
        for part in Assumptions.__dataclass_fields__:
            assert getattr(together, part)[:, place] == pytest.approx(getattr(alone, part))


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        ({"in_migration": {"persons": 10, "start": 2033}}, "börjar 2033, efter prognosens sista år 2032"),
        ({"tfr": {"level": 1.4, "by": 2022}}, "by: 2022 ligger inte efter utgångsåret 2022"),
        ({"life_expectancy": {"women": -10, "men": 10, "by": 2022}}, "by: 2022 ligger inte efter"),
        ({"housing": HOUSING | {"delay": 0, "plan": {2020: {"smahus": 50}}}}, "bostäderna 2020 ger inflyttning 2020"),
        ({"housing": HOUSING | {"plan": {2031: {"smahus": 50}}}}, "ingen inflyttning före prognosens slut 2032"),
    ],
)
def test_a_scenario_that_does_not_fit_the_projection_is_told(parts: dict[str, Any], says: str) -> None:
    assert says in told(**parts)


def test_ages_of_nobody_and_patterns_of_no_births_are_told() -> None:
    empty = replace(assumed(), in_migration=np.zeros((STEPS, 2, 101)), fertility=np.zeros((STEPS, 101)))
    for parts, says in (
        ({"in_migration": {"persons": 10, "start": 2023}}, "ingen flyttar in i huvudprognosen"),
        ({"tfr": {"level": 1.4, "by": 2030}}, "inga födda"),
    ):
        with pytest.raises(InputError, match=says):
            apply(scenario(**parts), empty, BASE_YEAR)
