"""What a year's change consists of, on Krokom's published figures."""

from __future__ import annotations

import pandas as pd
import pytest

from krokomanalys.population.analysis import dependency_ratio, group_change, rank_of_change, yearly_change
from krokomanalys.population.cube import PARTITION
from krokomanalys.sources.slices import PopulationTables


@pytest.fixture(scope="module")
def changes(krokom: PopulationTables) -> pd.DataFrame:
    return yearly_change(krokom.groups, krokom.components, "2309")


def test_krokom_has_the_published_inhabitants(changes: pd.DataFrame) -> None:
    assert changes["population"].loc[2019:].to_dict() == {2019: 14_966, 2020: 15_054, 2021: 15_352, 2022: 15_532}


def test_krokoms_298_in_2021_are_births_deaths_moves_and_an_adjustment_of_three(changes: pd.DataFrame) -> None:
    year = changes.loc[2021]
    assert year[["births", "deaths", "in_migration", "out_migration"]].tolist() == [158, 129, 1076, 810]
    assert (year["natural"], year["net"]) == (29, 266)
    assert (year["natural"] + year["net"], year["adjustment"], year["change"]) == (295, 3, 298)


def test_every_years_change_is_explained_without_remainder(changes: pd.DataFrame) -> None:
    explained = (
        changes["births"]
        - changes["deaths"]
        + changes["in_migration"]
        - changes["out_migration"]
        + changes["adjustment"]
    )
    assert (changes["change"] == explained).all()
    assert changes["adjustment"].abs().max() <= 6
    assert list(changes.index) == list(range(1998, 2023))


def test_a_year_whose_moves_are_not_published_is_left_out_and_not_guessed(krokom: PopulationTables) -> None:
    moves = krokom.components
    gone = (moves["region"] == "2309") & (moves["year"] == 2020) & (moves["component"] == "out_migration")
    table = yearly_change(krokom.groups, moves[~gone], "2309")
    assert 2020 not in table.index
    assert table.loc[2021, "change"] == 298


def test_a_change_is_ranked_among_the_years_up_to_its_own() -> None:
    changes = pd.Series({2018: 5.0, 2019: 9.0, 2020: 7.0, 2021: 100.0})
    assert rank_of_change(changes, 2020) == (2, 3)
    assert rank_of_change(changes, 2021) == (1, 4)


def test_the_age_groups_changes_add_up_to_the_whole(krokom: PopulationTables) -> None:
    table = group_change(krokom.groups, "2309", (2020, 2021))
    assert list(table.index) == [*PARTITION, "total"]
    assert table.loc["total"].tolist() == [15_054, 15_352, 298]
    assert table["change"].iloc[:-1].sum() == 298


def test_dependency_ratio_by_hand() -> None:
    groups = pd.DataFrame(
        {"0-5": [10.0], "6-15": [20.0], "16-19": [5.0], "20-64": [100.0], "65-79": [30.0], "80+": [15.0]}, index=[2022]
    )
    assert dependency_ratio(groups).to_dict() == {2022: 0.8}


def test_krokoms_dependency_ratio_is_the_published_one(krokom: PopulationTables) -> None:
    own = krokom.groups[(krokom.groups["region"] == "2309") & (krokom.groups["sex"] != "T")]
    groups = own.pivot_table(index="year", columns="age_group", values="population", aggfunc="sum")
    assert round(dependency_ratio(groups).loc[2022], 2) == 0.95
