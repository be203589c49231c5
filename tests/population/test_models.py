"""How the years ahead may differ: benchmarks by hand, and net10's assumptions."""

from __future__ import annotations

import numpy as np
import pytest

from krokomanalys.population.history import History
from krokomanalys.population.models import linear, local_levels, national_years, net10, no_change
from krokomanalys.population.rates import national_fertility, national_mortality
from krokomanalys.sources.slices import PopulationTables


def test_no_change_repeats_the_last_year() -> None:
    assert no_change(np.array([5.0, 7.0]), 3).tolist() == [7, 7, 7]
    assert no_change(np.array([[5.0, 1.0], [7.0, 2.0]]), 2).tolist() == [[7, 2], [7, 2]]


def test_linear_carries_the_mean_change_of_the_window_on() -> None:
    assert linear(np.array([0.0, 100.0, 110.0, 130.0]), 2, window=2).tolist() == [145, 160]
    assert linear(np.array([[0.0, 5.0], [10.0, 5.0]]), 2, window=1).tolist() == [[20, 5], [30, 5]]


def test_linear_needs_one_year_more_than_it_has_changes() -> None:
    with pytest.raises(ValueError, match="3 observations give no mean of 3 changes"):
        linear(np.array([1.0, 2.0, 3.0]), 1, window=3)


def test_net10_moves_in_what_the_ten_years_gained_and_out_what_they_lost(
    krokom: PopulationTables, krokom_history: History
) -> None:
    assumed = net10(krokom_history, krokom, 3, 2022)
    net, exposure = krokom_history.net_migration.mean(0), krokom_history.exposure.mean(0)
    assert len(assumed) == 3
    assert assumed.in_migration[0] - assumed.out_migration[0] * exposure == pytest.approx(net, abs=1e-9)
    assert not ((assumed.in_migration > 0) & (assumed.out_migration > 0)).any()
    assert (assumed.in_migration >= 0).all() and (assumed.out_migration >= 0).all()
    assert (assumed.in_migration[2] == assumed.in_migration[0]).all()


def test_net10_has_rikets_mean_rates_of_five_years_times_the_local_level(
    krokom: PopulationTables, krokom_history: History
) -> None:
    assumed = net10(krokom_history, krokom, 1, 2022)
    deaths, births = local_levels(krokom_history, krokom)
    five = [2018, 2019, 2020, 2021, 2022]
    mortality = national_mortality(krokom.single, krokom.deaths, five).mean(0)
    fertility = national_fertility(krokom.single, krokom.births, five).mean(0)
    assert assumed.mortality[0] == pytest.approx(deaths * mortality)
    assert assumed.fertility[0] == pytest.approx(births * fertility)
    assert assumed.girls_share[0] == pytest.approx(0.486, abs=0.002)


def test_local_levels_lie_between_riket_and_what_was_observed(
    krokom: PopulationTables, krokom_history: History
) -> None:
    years = list(krokom_history.years)
    fertility = national_fertility(krokom.single, krokom.births, years)
    raw = krokom_history.births.sum() / (fertility * krokom_history.exposure[:, 0]).sum()
    level = local_levels(krokom_history, krokom)[1]
    assert min(1, raw) < level < max(1, raw)


def test_the_last_national_year_is_the_last_that_all_three_tables_have(krokom: PopulationTables) -> None:
    assert national_years(krokom) == 2022
