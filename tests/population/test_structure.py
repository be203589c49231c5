"""A change in births or deaths divided between how many people there are, their ages, and their rates."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from krokomanalys.population.history import History, observe
from krokomanalys.population.national import national
from krokomanalys.population.structure import births, deaths, split
from krokomanalys.sources.slices import PopulationTables

GOLDEN = Path(__file__).parents[1] / "golden"
COUNTS = st.lists(st.floats(1, 1e5), min_size=4, max_size=4).map(np.array)
RATES = st.lists(st.floats(0, 2), min_size=4, max_size=4).map(np.array)


def test_people_who_grow_older_and_rates_that_even_out_cancel_by_hand() -> None:
    found = split(np.array([100.0, 100]), np.array([0.1, 0.3]), np.array([50.0, 150]), np.array([0.2, 0.2]))
    assert (found.size, found.change) == (0, pytest.approx(0))
    assert (found.composition, found.rates) == (pytest.approx(5), pytest.approx(-5))


def test_twice_as_many_of_the_same_ages_have_twice_as_many_children_by_hand() -> None:
    rates = np.array([0.1, 0.3])
    found = split(np.array([100.0, 100]), rates, np.array([200.0, 200]), rates)
    assert (found.size, found.composition, found.rates) == (pytest.approx(40), 0, 0)


@given(COUNTS, RATES, COUNTS, RATES)
def test_the_parts_are_the_whole_change_and_turn_sign_when_it_is_told_backwards(
    before: np.ndarray, old: np.ndarray, after: np.ndarray, new: np.ndarray
) -> None:
    forward, backward = split(before, old, after, new), split(after, new, before, old)
    scale = float((before + after).sum())
    assert forward.change == pytest.approx(float((after * new).sum() - (before * old).sum()), abs=1e-9 * scale)
    for part in ("size", "composition", "rates"):
        assert getattr(forward, part) == pytest.approx(-getattr(backward, part), abs=1e-9 * scale)


def test_structure_is_the_change_in_exposure_at_the_mean_rates() -> None:
    before, after = np.array([[100.0, 80], [90, 70]]), np.array([[110.0, 60], [95, 75]])
    old, new = np.array([[0.1, 0.2], [0.3, 0.4]]), np.array([[0.2, 0.1], [0.2, 0.5]])
    found = split(before, old, after, new)
    assert found.structure == pytest.approx(((after - before) * (old + new) / 2).sum())
    assert found.rates == pytest.approx(((before + after) / 2 * (new - old)).sum())


def test_sweden_and_kazakhstan_differ_by_composition_and_rates_as_published() -> None:
    table = pd.read_csv(GOLDEN / "preston_table_2_1.csv")
    rates = (1000 * table["deaths"] / table["population"]).groupby(table["country"])
    shares = (table["population"] / table.groupby("country")["population"].transform("sum")).groupby(table["country"])
    share, rate = ({name: part.to_numpy() for name, part in parts} for parts in (shares, rates))
    found = split(share["Kazakhstan"], rate["Kazakhstan"], share["Sweden"], rate["Sweden"])
    assert (found.composition, found.rates) == (pytest.approx(7.632422, abs=5e-7), pytest.approx(-4.507903, abs=5e-7))
    assert (found.size, found.change) == (pytest.approx(0, abs=1e-9), pytest.approx(3.124519, abs=5e-7))


def test_nobody_exposed_is_refused() -> None:
    with pytest.raises(ValueError, match="nobody"):
        split(np.zeros(2), np.ones(2), np.ones(2), np.ones(2))


def test_timras_births_are_its_own_by_mothers_age_and_sum_to_those_published(
    timra: PopulationTables, timra_history: History
) -> None:
    found = births(timra_history, timra, national(timra))
    assert found is not None and found.own
    assert [found.yearly([year]) for year in (2018, 2019, 2020)] == [171, 173, 165]
    change = found.change([2019], 2020)
    assert change.change == pytest.approx(165 - 173)
    assert change.rates < -5 < change.structure


def test_mothers_are_counted_among_the_women_of_their_age_in_the_mean_of_the_years_ends(
    timra: PopulationTables, timra_history: History
) -> None:
    found = births(timra_history, timra, national(timra))
    assert found is not None
    women = (timra_history.population[2019][0] + timra_history.population[2020][0]) / 2
    assert found.exposure[-1] == pytest.approx(women[15:50])


def test_a_mean_of_earlier_years_is_the_mean_of_their_numbers(timra: PopulationTables, timra_history: History) -> None:
    found = deaths(timra_history, timra, national(timra))
    assert found is not None and found.own
    earlier = range(2015, 2020)
    assert found.yearly(earlier) == pytest.approx(np.mean([246, 210, 221, 201, 191]))
    assert found.change(earlier, 2020).change == pytest.approx(204 - found.yearly(earlier))


def test_ostersund_has_its_own_births_and_deaths_by_age_on_estimated_ages(ostersund: PopulationTables) -> None:
    history = observe(ostersund, "2380", 2012, 2021, "2262")
    riket = national(ostersund)
    for events, total in ((births(history, ostersund, riket), 692), (deaths(history, ostersund, riket), 596)):
        assert events is not None and events.own
        assert events.yearly([2021]) == total
        assert events.change([2020], 2021).change == pytest.approx(total - events.yearly([2020]))


def test_krokom_has_only_numbers_so_structure_is_rikets_rates_on_its_own_people(
    krokom: PopulationTables, krokom_history: History
) -> None:
    riket = national(krokom)
    for events, total in (
        (births(krokom_history, krokom, riket), 148),
        (deaths(krokom_history, krokom, riket), 164),
    ):
        assert events is not None and not events.own
        assert events.yearly([2022]) == pytest.approx(total)
    fertile = births(krokom_history, krokom, riket)
    assert fertile is not None
    now, then = (riket.fertility[riket.fertility_years.index(year), 15:50] for year in (2022, 2021))
    level = [
        fertile.yearly([y]) / float((fertile.exposure[y - 2013] * r).sum()) for y, r in ((2021, then), (2022, now))
    ]
    rate = (level[0] * then + level[1] * now) / 2
    expected = ((fertile.exposure[9] - fertile.exposure[8]) * rate).sum()
    assert fertile.change([2021], 2022).structure == pytest.approx(expected)


def test_rates_that_are_not_known_for_the_year_give_nothing_rather_than_a_guess(
    krokom: PopulationTables, krokom_history: History
) -> None:
    riket = national(krokom).until(2021)
    assert births(krokom_history, krokom, riket) is None
    assert deaths(krokom_history, krokom, riket) is None


def test_own_births_of_a_year_that_lacks_them_end_the_run(timra: PopulationTables, timra_history: History) -> None:
    rows = timra.births
    cut = replace(timra, births=rows[(rows["region"] != "2262") | (rows["year"] != 2017)])
    found = births(timra_history, cut, national(timra))
    assert found is not None and found.years == (2018, 2019, 2020)
