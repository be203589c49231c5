"""How earlier projections did: errors, their parts and revisions, by hand and on the real municipalities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from krokomanalys.population import revision
from krokomanalys.population.outlook import Outlook
from krokomanalys.population.projection import project
from krokomanalys.population.revision import (
    Account,
    difference,
    errors,
    outcomes,
    outlooks_from,
    pooled,
    revisions,
    said,
)
from krokomanalys.population.step import age_on
from krokomanalys.sources.available import PARTITION
from krokomanalys.sources.layouts import OFFICIAL
from krokomanalys.sources.slices import PopulationTables
from krokomanalys.sources.tables import empty_table

AGES, GROUPS = 101, [*PARTITION, "total"]


def flow(*events: tuple[int, int, float], years: int = 2) -> np.ndarray:
    """A flow of `years` years that is zero but for (year, age, persons)."""
    cells = np.zeros((years, AGES))
    for year, age, persons in events:
        cells[year, age] += persons
    return cells


def account(base: Mapping[int, float], **flows: np.ndarray) -> Account:
    cells = np.zeros(AGES)
    cells[list(base)] = list(base.values())
    return Account(2019, cells, flows)


def population(told: Account) -> np.ndarray:
    """An account's last population, carried by the definition in its docstring."""
    persons = told.base
    for t in range(len(next(iter(told.flows.values())))):
        persons = age_on(persons) + sum(each[t] for each in told.flows.values())
    return persons


def test_the_parts_of_an_error_by_hand() -> None:
    forecast = account({78: 100, 4: 50}, births=flow((0, 0, 12), (1, 0, 10)), deaths=flow((0, 79, -5), (1, 80, -5)))
    outcome = account({78: 97, 4: 50}, births=flow((0, 0, 11), (1, 0, 8)), deaths=flow((0, 79, -9), (1, 80, -5)))
    parts = difference(forecast, outcome, 2021)
    assert list(parts.columns) == ["base", "births", "deaths", "whole"] and list(parts.index) == GROUPS
    assert parts.loc["80+"].tolist() == [3, 0, 4, 7]
    assert parts.loc["0-5"].tolist() == [0, 3, 0, 3]
    assert parts.loc["total"].tolist() == [3, 3, 4, 10]


def test_who_moved_in_at_five_and_is_six_at_the_end_counts_among_those_of_six() -> None:
    forecast = account({30: 10}, births=flow(), moved_in=flow((0, 5, 4)), deaths=flow(), moved_out=flow())
    outcome = account({30: 10}, births=flow(), moved_in=flow(), deaths=flow(), moved_out=flow((1, 5, -1)))
    parts = difference(forecast, outcome, 2021)
    assert (parts.at["6-15", "moved_in"], parts.at["0-5", "moved_in"]) == (4, 0)
    assert (parts.at["6-15", "moved_out"], parts.at["0-5", "moved_out"]) == (0, 1)


def test_moves_both_ways_are_netted_against_a_model_of_net_migration() -> None:
    forecast = account({30: 10}, births=flow(), deaths=flow(), net_migration=flow((0, 31, 3)))
    outcome = account(
        {30: 10},
        births=flow(),
        deaths=flow(),
        moved_in=flow((0, 31, 9)),
        moved_out=flow((0, 31, -7)),
        adjustment=flow(),
    )
    parts = difference(forecast, outcome, 2021)
    assert list(parts.columns) == ["base", "births", "deaths", "net_migration", "adjustment", "whole"]
    assert parts.at["20-64", "net_migration"] == parts.at["total", "whole"] == 1


def test_the_oldest_stay_in_the_open_group() -> None:
    forecast, outcome = (account({99: n, 100: n}, births=flow(), deaths=flow()) for n in (7, 5))
    assert difference(forecast, outcome, 2021).at["80+", "base"] == 4


@given(
    arrays(float, (2, AGES), elements=st.floats(-1e4, 1e4)),
    arrays(float, (2, 3, 4, AGES), elements=st.floats(-1e4, 1e4)),
)
def test_whatever_the_accounts_the_parts_sum_to_the_whole(bases: np.ndarray, flows: np.ndarray) -> None:
    names = ("births", "deaths", "moved_in", "moved_out")
    first, second = (
        Account(2019, base, dict(zip(names, np.moveaxis(moved, 1, 0), strict=True)))
        for base, moved in zip(bases, flows, strict=True)
    )
    parts = difference(first, second, 2022)
    apart = population(first) - population(second)
    assert parts.at["total", "whole"] == pytest.approx(apart.sum(), abs=1e-6)
    assert parts.at["65-79", "whole"] == pytest.approx(apart[65:80].sum(), abs=1e-6)
    assert parts.drop(columns="whole").sum(axis=1).to_numpy() == pytest.approx(parts["whole"].to_numpy(), abs=1e-6)
    assert parts.drop("total").sum().to_numpy() == pytest.approx(parts.loc["total"].to_numpy(), abs=1e-6)


@pytest.mark.parametrize("year", [2019, 2022])
def test_a_year_that_both_do_not_reach_is_refused(year: int) -> None:
    told = account({30: 10}, births=flow())
    with pytest.raises(ValueError, match=f"no common span to {year}"):
        difference(told, told, year)


@pytest.fixture(scope="module")
def krokoms(krokom: PopulationTables) -> dict[int, Outlook]:
    return outlooks_from(krokom, "2309", 2022, "2262", "net10")


@pytest.fixture(scope="module")
def timras(timra: PopulationTables) -> dict[int, Outlook]:
    return outlooks_from(timra, "2262", 2022, None, "net10")


@pytest.fixture(params=["krokoms", "timras"])
def outlooks(request: pytest.FixtureRequest) -> dict[int, Outlook]:
    made: dict[int, Outlook] = request.getfixturevalue(request.param)
    return made


def test_the_model_is_tried_from_the_five_years_before_the_base_year(outlooks: dict[int, Outlook]) -> None:
    assert list(outlooks) == list(range(2017, 2023))
    assert {int(made.path.index[-1]) for made in outlooks.values()} == {2027}


@pytest.mark.parametrize(("model", "moves"), [("gross", ["moved_in", "moved_out"]), ("joined", ["net_migration"])])
@pytest.mark.parametrize("origin", [2017, 2021])
def test_the_parts_of_the_models_error_sum_to_it_in_every_group(
    outlooks: dict[int, Outlook], origin: int, model: str, moves: list[str]
) -> None:
    history, projection = outlooks[2022].history, outlooks[origin].projection
    parts = difference(revision.of_projection(projection, origin, model), revision.of_history(history, origin), 2022)
    assert list(parts.columns) == ["base", "births", "deaths", *moves, "adjustment", "whole"]
    error = (projection.population.groups(GROUPS).loc[2022] - history.population.groups(GROUPS).loc[2022])[GROUPS]
    assert parts["whole"].to_numpy() == pytest.approx(error.to_numpy(), abs=1e-9)
    assert parts.drop(columns="whole").sum(axis=1).to_numpy() == pytest.approx(error.to_numpy(), abs=1e-9)


def test_the_error_is_that_of_the_published_total(krokoms: dict[int, Outlook], krokom: PopulationTables) -> None:
    parts = difference(
        revision.of_projection(krokoms[2017].projection, 2017, "net10"),
        revision.of_history(krokoms[2022].history, 2017),
        2022,
    )
    assert parts.at["total", "whole"] == pytest.approx(krokoms[2017].path.loc[2022] - 15_532, abs=1e-6)
    assert parts.at["total", "base"] == pytest.approx(0, abs=1e-6)


def test_what_is_observed_adds_up_with_the_adjustment_that_is_published(outlooks: dict[int, Outlook]) -> None:
    history = outlooks[2022].history
    told = revision.of_history(history, 2017)
    assert population(told) == pytest.approx(history.population[2022].sum(0), abs=1e-9)
    assert told.flows["adjustment"].sum(1) == pytest.approx(history.adjustment[-5:], abs=1e-6)
    assert -told.flows["deaths"].sum(1) == pytest.approx(history.deaths[-5:], abs=1e-6)


def test_the_parts_of_a_revision_sum_to_it_in_every_group(outlooks: dict[int, Outlook]) -> None:
    newer, older = outlooks[2022].projection, outlooks[2021].projection
    parts = difference(revision.of_projection(newer, 2022, "net10"), revision.of_projection(older, 2022, "net10"), 2027)
    change = (newer.population.groups(GROUPS).loc[2027] - older.population.groups(GROUPS).loc[2027])[GROUPS]
    assert parts.drop(columns="whole").sum(axis=1).to_numpy() == pytest.approx(change.to_numpy(), abs=1e-9)
    assert "adjustment" not in parts.columns


def test_a_projection_that_starts_elsewhere_with_the_same_assumptions_differs_from_its_base_on(
    timras: dict[int, Outlook],
) -> None:
    older = timras[2021].projection
    later = older.assumptions[slice(1, None)]  # type: ignore[index]
    newer = project(older.population[2022] + 1, 2022, later, "2262")
    parts = difference(revision.of_projection(newer, 2022, "net10"), revision.of_projection(older, 2022, "net10"), 2027)
    assert parts.at["total", "base"] == pytest.approx(202)
    assert parts.at["total", "births"] > 0 > parts.at["total", "deaths"]


def test_what_the_model_would_have_said_does_not_hang_on_what_came_later(
    krokom: PopulationTables, krokoms: dict[int, Outlook]
) -> None:
    groups, deaths = krokom.groups.copy(), krokom.deaths.copy()
    groups.loc[(groups["region"] == "2309") & (groups["year"] == 2022), "population"] *= 2
    deaths.loc[deaths["year"] == 2022, "deaths"] *= 2
    again = outlooks_from(replace(krokom, groups=groups, deaths=deaths), "2309", 2022, "2262", "net10")
    assert again[2021].path.to_list() == krokoms[2021].path.to_list()
    assert again[2022].path.iloc[0] != krokoms[2022].path.iloc[0]


@pytest.mark.parametrize(
    ("place", "region", "forecast", "outcome"),
    [("krokom", "2309", 14_999, 15_532), ("ostersund", "2380", 65_411, 64_714), ("timra", "2262", 17_892, 17_754)],
)
def test_the_official_projection_of_2019_for_2022_was_as_far_off_as_is_known(
    request: pytest.FixtureRequest, place: str, region: str, forecast: float, outcome: float
) -> None:
    tables = request.getfixturevalue(place)
    scored = errors(said(tables, region, {}), outcomes(tables.groups, region, 2022))
    (row,) = scored[(scored["jump_off"] == 2019) & (scored["horizon"] == 3) & (scored["age_group"] == "total")].to_dict(
        "records"
    )
    assert (row["population"], row["outcome"], row["error"]) == (forecast, outcome, forecast - outcome)
    assert row["percent"] == pytest.approx(100 * (forecast / outcome - 1))


def test_a_group_of_another_definition_is_not_scored(krokom: PopulationTables) -> None:
    scored = errors(said(krokom, "2309", {}), outcomes(krokom.groups, "2309", 2022))
    by_year = {int(year): set(rows["age_group"]) for year, rows in scored.groupby("target_year")}
    known = {"6-15", "16-19", "65-79", "80+", "total"}
    assert by_year == {2019: known, 2020: known, 2021: set(GROUPS), 2022: set(GROUPS)}
    in_2022 = scored[scored["target_year"] == 2022].set_index("age_group")
    assert in_2022.at["20-64", "population"] == 3839 + 3813
    assert in_2022.at["0-5", "population"] == 161 + 926


def test_a_year_ahead_of_what_is_known_is_not_scored(krokom: PopulationTables) -> None:
    scored = errors(said(krokom, "2309", {}), outcomes(krokom.groups, "2309", 2021))
    assert scored["target_year"].max() == 2021


def projections(*rows: tuple[str, int, int, float], group: str = "total", sex: str = "T") -> pd.DataFrame:
    """Projections of Exempelkommun: name, jump-off, target year, persons."""
    table = pd.DataFrame(rows, columns=["vintage", "jump_off", "target_year", "population"])
    told = table.assign(region="0000", sex=sex, age_group=group)[list(OFFICIAL.columns)]
    return told.astype({"jump_off": "Int64"})


def tables_of(official: pd.DataFrame, earlier: pd.DataFrame) -> PopulationTables:
    none = pd.DataFrame()
    return PopulationTables(none, none, none, none, none, none, official, earlier)


OUTCOME = pd.DataFrame({"total": [100.0 + 10 * n for n in range(13)]}, index=range(2010, 2023)).reindex(columns=GROUPS)
NONE = empty_table(OFFICIAL)


def test_errors_and_benchmarks_by_hand() -> None:
    told = tables_of(NONE, projections(("A", 2020, 2020, 201), ("A", 2020, 2022, 231), ("A", 2020, 2023, 240)))
    (row,) = errors(said(told, "0000", {}), OUTCOME).to_dict("records")
    assert (row["maker"], row["vintage"], row["horizon"]) == ("own", "A", 2)
    assert (row["error"], row["percent"]) == (11, pytest.approx(5))
    assert row["no_change"] == pytest.approx(100 * (200 / 220 - 1))
    assert row["linear10"] == pytest.approx(0)


def test_a_trend_of_fewer_than_ten_years_is_left_blank() -> None:
    told = tables_of(NONE, projections(("A", 2019, 2020, 201)))
    (row,) = errors(said(told, "0000", {}), OUTCOME).to_dict("records")
    assert np.isnan(row["linear10"]) and row["no_change"] == pytest.approx(-5)


def test_an_own_projection_of_women_and_men_is_their_sum() -> None:
    women, men = (projections(("A", 2020, 2022, n), sex=sex) for sex, n in (("F", 120), ("M", 100)))
    (row,) = errors(said(tables_of(NONE, pd.concat([women, men])), "0000", {}), OUTCOME).to_dict("records")
    assert row["population"] == 220


def test_groups_that_cover_all_ages_give_the_total() -> None:
    parts = ["0", "1-5", "6-15", "16-19", "20-44", "45-64", "65-79", "80+"]
    told = said(tables_of(NONE, pd.concat([projections(("A", 2020, 2022, 10), group=g) for g in parts])), "0000", {})
    by_group = told.set_index("age_group")["population"]
    assert (by_group["total"], by_group["0-5"], by_group["20-64"], by_group["80+"]) == (80, 20, 20, 10)


def test_no_projection_at_all_gives_no_errors() -> None:
    scored = errors(said(tables_of(NONE, NONE), "0000", {}), OUTCOME)
    assert scored.empty and pooled(scored).empty


def test_errors_are_pooled_by_their_size() -> None:
    told = tables_of(NONE, projections(("A", 2020, 2021, 231), ("B", 2021, 2022, 198)))
    (row,) = pooled(errors(said(told, "0000", {}), OUTCOME)).to_dict("records")
    assert (row["maker"], row["horizon"], row["forecasts"]) == ("own", 1, 2)
    assert row["mape"] == pytest.approx(10)
    assert row["no_change"] == pytest.approx((100 * 10 / 210 + 100 * 10 / 220) / 2)


def test_a_revision_is_what_came_and_what_is_now_thought_by_hand() -> None:
    own = projections(("A", 2018, 2020, 190), ("A", 2018, 2025, 230), ("B", 2020, 2025, 260))
    (row,) = revisions(said(tables_of(NONE, own), "0000", {}), OUTCOME).to_dict("records")
    assert (row["older"], row["newer"], row["target_year"]) == ("A", "B", 2025)
    assert (row["whole"], row["base"], row["change"]) == (30, 10, 20)


def test_a_projection_is_held_against_its_makers_nearest_one_before() -> None:
    own = projections(("A", 2015, 2025, 1), ("B", 2018, 2025, 2), ("C", 2020, 2025, 3), ("D", 2020, 2025, 4))
    official = projections(("E", 2019, 2025, 5))
    told = revisions(said(tables_of(official, own), "0000", {}), OUTCOME)
    assert set(zip(told["older"], told["newer"], strict=True)) == {("A", "B"), ("B", "C"), ("B", "D")}
    assert told["base"].isna().all() and told["change"].isna().all() and told["whole"].notna().all()
