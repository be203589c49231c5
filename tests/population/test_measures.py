"""Measures of the age structure, by hand and on the municipalities' published groups."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from krokomanalys.population.cube import Cube
from krokomanalys.population.history import History
from krokomanalys.population.measures import dependency, mean_age, of_groups, of_population
from krokomanalys.population.outlook import outlook
from krokomanalys.sources.slices import PopulationTables

BY_HAND = pd.DataFrame(
    {"0-5": [10.0], "6-15": [20.0], "16-19": [5.0], "20-64": [100.0], "65-79": [30.0], "80+": [15.0]}, index=[2022]
)


def test_dependency_ratio_by_hand() -> None:
    assert dependency(BY_HAND)["ratio"].to_dict() == {2022: 0.8}


def test_the_young_and_the_old_make_the_dependency_ratio() -> None:
    parts = dependency(BY_HAND)
    assert parts.loc[2022].tolist() == pytest.approx([0.35, 0.45, 0.8])


def test_krokoms_dependency_ratio_is_the_published_one(krokom: PopulationTables) -> None:
    table = of_groups(krokom.groups, "2309")
    assert round(table.loc[2022, "ratio"] / 100, 2) == 0.95


def test_ostersunds_share_80_and_over_in_2021_is_the_documents_5_6_per_cent(ostersund: PopulationTables) -> None:
    table = of_groups(ostersund.groups, "2380")
    assert round(table.loc[2021, "share_80"], 1) == 5.6
    assert table.loc[2021, "80+"] == 3628


def test_the_projection_from_2021_comes_near_the_7_9_per_cent_that_the_document_expects_in_2031(
    ostersund: PopulationTables,
) -> None:
    ahead = outlook(ostersund, "2380", 2021, 2031, "2262").projection.population
    assert of_population(ahead).loc[2031, "share_80"] == pytest.approx(7.9, abs=0.4)


def test_mean_age_counts_half_a_year_for_the_birthdays_of_the_coming_year() -> None:
    cells = np.zeros((1, 2, 101))
    cells[0, 0, 10], cells[0, 1, 40] = 1, 2
    assert mean_age(Cube(cells, (2020,), "0000")).to_dict() == {2020: pytest.approx(30.5)}


def test_single_ages_and_published_groups_give_the_same_measures(
    timra: PopulationTables, timra_history: History
) -> None:
    counted, published = of_population(timra_history.population), of_groups(timra.groups, "2262")
    both = [column for column in published.columns if column != "1-5"]
    pd.testing.assert_frame_equal(
        counted[both], published.loc[counted.index, both], check_names=False, check_exact=False, rtol=1e-9
    )


def test_preschool_ages_are_0_to_5_less_the_newborn_where_not_published_and_blank_where_neither_is(
    timra: PopulationTables,
) -> None:
    table = of_groups(timra.groups, "2262")["1-5"]
    assert np.isnan(table.loc[2009])
    assert table.loc[2012] == _group(timra, 2012, "0-5") - _group(timra, 2012, "0")
    assert table.loc[2020] == _group(timra, 2020, "1-5")


def _group(tables: PopulationTables, year: int, name: str) -> float:
    rows = tables.groups
    own = rows[(rows["region"] == "2262") & (rows["year"] == year) & (rows["age_group"] == name) & (rows["sex"] != "T")]
    return float(own["population"].sum())
