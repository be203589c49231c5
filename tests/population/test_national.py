"""Riket's series, and that nothing later is left once they are cut."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from krokomanalys.errors import InputError
from krokomanalys.population.national import National, national
from krokomanalys.population.rates import national_fertility, national_mortality
from krokomanalys.sources.slices import PopulationTables


def test_rikets_series_are_the_published_ones(riket: National) -> None:
    assert riket.totals.loc[1968] == 7_931_193 and riket.totals.loc[2022] == 10_521_556
    assert riket.births.loc[1969] == 107_621
    assert riket.population.totals.loc[2022] == riket.totals.loc[2022]


def test_rates_are_those_of_their_years(riket: National, krokom: PopulationTables) -> None:
    assert riket.mortality_years == tuple(range(2000, 2023)) and riket.fertility_years == tuple(range(2006, 2023))
    t = riket.mortality_years.index(2015)
    assert (riket.mortality[t] == national_mortality(riket.population, krokom.deaths, [2015])[0]).all()
    t = riket.fertility_years.index(2015)
    assert (riket.fertility[t] == national_fertility(riket.population, krokom.births, [2015])[0]).all()
    assert riket.girls[t] == pytest.approx(0.486, abs=0.005)


def test_total_fertility_is_the_published_one(riket: National) -> None:
    for year, published in {2010: 1.98, 2019: 1.70, 2022: 1.52}.items():  # SCB
        assert riket.fertility[riket.fertility_years.index(year)].sum() == pytest.approx(published, abs=0.015)


def test_fertility_ends_with_the_births_that_are_there(krokom: PopulationTables) -> None:
    assert national(krokom).fertility_years[-1] == 2022
    births = krokom.births[krokom.births["year"] < 2022]
    assert national(replace(krokom, births=births)).fertility_years[-1] == 2021


def test_what_was_known_at_an_earlier_year_holds_nothing_later(riket: National) -> None:
    known = riket.until(2015)
    for series in (known.totals, known.births, known.deaths):
        assert series.index.max() == 2015
    assert known.population.years == tuple(range(1999, 2016))
    assert known.mortality_years == tuple(range(2000, 2016)) and len(known.mortality) == 16
    assert known.fertility_years == tuple(range(2006, 2016)) and len(known.fertility) == len(known.girls) == 10
    assert known.fertility_years[-1] == known.mortality_years[-1] == 2015
    assert (known.mortality == riket.mortality[:16]).all()


def test_known_at_an_earlier_year_is_what_the_tables_of_that_year_give(
    riket: National, krokom: PopulationTables
) -> None:
    cut = {}
    for part in ("single", "groups", "components", "births", "deaths"):
        rows = getattr(krokom, part)
        cut[part] = rows[rows["year"] <= 2015]
    then = national(replace(krokom, **cut))
    known = riket.until(2015)
    assert (then.mortality == known.mortality).all() and (then.fertility == known.fertility).all()
    assert then.totals.equals(known.totals) and then.births.equals(known.births)


@pytest.mark.parametrize("part", ["deaths", "births"])
def test_riket_with_a_gap_is_refused(part: str, krokom: PopulationTables) -> None:
    rows = getattr(krokom, part)
    gap = (rows["region"] == "00") & (rows["year"] == 2012)
    with pytest.raises(InputError, match="riket saknar folkmängd, döda eller födda efter ålder för två år i rad"):
        national(replace(krokom, **{part: rows[~gap]}))


def test_a_gap_in_rikets_ages_leaves_the_years_after_it(krokom: PopulationTables) -> None:
    rows = krokom.single
    riket = national(replace(krokom, single=rows[(rows["region"] != "00") | (rows["year"] != 2010)]))
    assert riket.population.years == tuple(range(2011, 2023)) and riket.mortality_years[0] == 2012
    assert len(riket.mortality) == 11 and np.isfinite(riket.mortality).all()
