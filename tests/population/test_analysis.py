"""What a year's change consists of, on Krokom's published figures."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from krokomanalys.errors import Missing
from krokomanalys.population.analysis import (
    MOVES,
    by_group,
    change_by_group,
    group_change,
    observed,
    rank_of_change,
    signed_flows,
    yearly_change,
)
from krokomanalys.population.history import History
from krokomanalys.sources.available import PARTITION
from krokomanalys.sources.load import load
from krokomanalys.sources.slices import PopulationTables

DATA = Path(__file__).parents[2] / "data"


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


def test_ageing_births_deaths_and_moves_by_group_by_hand() -> None:
    before, after = np.zeros((2, 101)), np.zeros((2, 101))
    before[0, 5], before[1, 15], before[0, 90] = 7, 3, 4  # seven turn 6, three turn 16, four are 90
    flows = {name: np.zeros((2, 101)) for name in ("births", "deaths", "net")}
    flows["births"][0, 0], flows["deaths"][0, 91], flows["net"][0, 6] = 2, -1, 5
    after[0, 0], after[0, 6], after[1, 16], after[0, 91] = 2, 12, 3, 4
    table = change_by_group(before, after, flows)
    assert table.loc["0-5", ["before", "aged_out", "births", "after", "change"]].tolist() == [7, -7, 2, 2, -5]
    assert table.loc["6-15", ["before", "aged_in", "aged_out", "net", "after"]].tolist() == [3, 7, -3, 5, 12]
    assert table.loc["80+", ["before", "aged_in", "aged_out", "deaths", "adjustment", "after"]].tolist() == [
        4, 0, 0, -1, 1, 4,
    ]  # fmt: skip
    assert table.loc["total", ["aged_in", "aged_out", "births", "deaths", "net", "adjustment"]].tolist() == [
        0, 0, 2, -1, 5, 1,
    ]  # fmt: skip


CASES = [("2262", 2020, None, "A"), ("2262", 2007, None, "A"), ("2309", 2022, "2262", "B"), ("2380", 2021, "2262", "B")]


@pytest.mark.parametrize(("region", "year", "shape_from", "tier"), CASES)
def test_each_groups_parts_sum_to_its_published_change_and_the_groups_to_the_whole(
    region: str, year: int, shape_from: str | None, tier: str
) -> None:
    tables = load("befolkningsanalys", DATA, municipality=region, year=year, shape_from=shape_from).population
    history = observed(tables, region, year, shape_from)
    assert isinstance(history, History) and history.tier == tier
    table = by_group(tables, history)
    parts = table.drop(columns=["before", "after", "change"])
    assert parts.sum(axis=1).to_numpy() == pytest.approx(table["change"].to_numpy(), abs=1e-8)
    between = ["aged_in", "aged_out"]  # from group to group: for all ages together nobody ages in or out
    assert table.loc["total", between].tolist() == [0, 0]
    assert table["aged_in"].sum() == pytest.approx(-table["aged_out"].sum())
    groups = table.drop("total").drop(columns=between)
    assert groups.sum().to_numpy() == pytest.approx(table.loc["total"].drop(between).to_numpy(), abs=1e-8)
    published = group_change(tables.groups, region, (year - 1, year))
    assert table["change"].to_numpy() == pytest.approx(published["change"].to_numpy(), abs=1e-8)
    whole = yearly_change(tables.groups, tables.components, region).loc[year]
    moves = table.loc["total"].drop(["before", "after", "change", "aged_in", "aged_out"])
    assert moves["births"] == whole["births"]
    assert -moves["deaths"] == pytest.approx(whole["deaths"])
    assert moves["adjustment"] == pytest.approx(whole["adjustment"])
    assert moves.drop(["births", "deaths", "adjustment"]).sum() == pytest.approx(whole["net"])


def test_timras_moves_by_age_are_those_within_sweden_and_across_its_border(timra: PopulationTables) -> None:
    history = observed(timra, "2262", 2020, None)
    assert isinstance(history, History)
    total = by_group(timra, history).loc["total"]
    assert [round(total[name]) for name in MOVES] == [879, 62, -904, -17]


def test_ostersunds_deaths_by_group_are_its_own_and_the_moves_take_up_the_difference(
    ostersund: PopulationTables,
) -> None:
    history = observed(ostersund, "2380", 2021, "2262")
    assert isinstance(history, History)
    own = ostersund.deaths[(ostersund.deaths["region"] == "2380") & (ostersund.deaths["year"] == 2021)]
    oldest = int(own.loc[own["age"] >= 80, "deaths"].sum())
    assert by_group(ostersund, history).loc["80+", "deaths"] == -oldest == -367
    flows = signed_flows(ostersund, history)
    estimated = history.net_migration[-1] - history.died[-1]
    assert flows["net"] + flows["deaths"] == pytest.approx(estimated)
    assert flows["net"].sum() == pytest.approx(history.net_migration[-1].sum())


def test_what_groups_say_beyond_estimated_ages_grew_over_their_edges(krokom: PopulationTables) -> None:
    history = observed(krokom, "2309", 2022, "2262")
    assert isinstance(history, History)
    table = by_group(krokom, history)
    shares = (table["adjustment"] / table["after"]).to_numpy()
    assert shares == pytest.approx(np.full(7, 6 / 15_532))
    edges = list(PARTITION)
    for younger, older in pairwise(edges):
        assert table.loc[younger, "aged_out"] == pytest.approx(-table.loc[older, "aged_in"])


def test_a_place_with_no_one_to_borrow_ages_from_is_told_what_to_give(krokom: PopulationTables) -> None:
    gap = observed(krokom, "2309", 2022, None)
    assert isinstance(gap, Missing)
    assert str(gap) == (
        '2309 har inga flyttningar efter ålder för 2013–2022. Ange t.ex. shape_from: "2262" i parameterfilen.'
    )


def test_years_without_rikets_ages_are_told_to_be_missing(krokom: PopulationTables) -> None:
    gap = observed(krokom, "2309", 2008, "2262")
    assert isinstance(gap, Missing)
    assert gap.what == "Tio års historia till och med 2008: rikets folkmängd och döda efter ålder för 1999"
