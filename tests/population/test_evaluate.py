"""What each way would have said at earlier origins: errors, scores, and that nothing later is known to any of them."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pandas as pd
import pytest

from krokomanalys.population.cube import PARTITION, Cube
from krokomanalys.population.evaluate import (
    ERROR_COLUMNS,
    FINER_GROUPS,
    LONGEST,
    RIKET_KNOWN,
    SINGLE_AGES,
    TOTAL,
    as_known,
    backtest,
    complete,
    earlier_outlooks,
    official_errors,
    shape_at,
)
from krokomanalys.population.forecast import forecast
from krokomanalys.population.models import MODELS
from krokomanalys.population.national import National
from krokomanalys.population.outlook import outlook
from krokomanalys.population.records import Record
from krokomanalys.population.scores import scorecard, skill, with_sizes
from krokomanalys.population.totals import WAYS
from krokomanalys.sources.folder import EMBEDDED
from krokomanalys.sources.load import load
from krokomanalys.sources.slices import PopulationTables

ORIGIN = 2015


@pytest.fixture(scope="module")
def errors() -> pd.DataFrame:
    """Two ways, two places and two origins, by hand."""
    rows = [
        ("w", 2010, "a", -2.0, 100),
        ("w", 2011, "a", 4.0, 100),
        ("w", 2010, "b", 12.0, 100),
        ("v", 2010, "a", 4.0, 100),
        ("v", 2010, "b", -16.0, 100),
        ("v", 2012, "b", 50.0, 100),
    ]
    return pd.DataFrame(
        [
            {
                "way": way,
                "origin": origin,
                "horizon": 1,
                "region": region,
                "group": TOTAL,
                "forecast": outcome * (1 + error / 100),
                "outcome": outcome,
                "error": error,
            }
            for way, origin, region, error, outcome in rows
        ]
    )


def test_the_scorecard_by_hand(errors: pd.DataFrame) -> None:
    """Sizes 2 and 4 in one place, 12 in another: the places' sums are 6 under and 6 over their mean of 6."""
    card = scorecard(errors).set_index("way").loc["w"]
    assert (card["mape"], card["mdape"], card["forecasts"], card["places"]) == (6.0, 4.0, 3, 2)
    assert card["bias"] == pytest.approx(14 / 3) and card["within"] == pytest.approx(200 / 3)
    assert card["se"] == pytest.approx(np.sqrt(2 / 1 * (6**2 + 6**2)) / 3) == 4


def test_the_scorecard_of_one_place_has_no_standard_error(errors: pd.DataFrame) -> None:
    card = scorecard(errors[errors["region"] == "a"], ("origin", "horizon"))
    assert list(card.columns[:3]) == ["way", "origin", "horizon"]
    assert card["se"].isna().all() and card["mape"].tolist() == [2, 4, 4]


def test_skill_by_hand_is_on_the_rows_that_both_ways_have(errors: pd.DataFrame) -> None:
    """2 and 12 against 4 and 16: thirty per cent smaller; 2 - 0.7 x 4 and 12 - 0.7 x 16 are 0.8 under and over."""
    (row,) = skill(errors, "w", "v").to_dict("records")
    assert row["skill"] == pytest.approx(30) and row["forecasts"] == 2
    assert row["se"] == pytest.approx(100 * np.sqrt(2 / 1 * (0.8**2 + 0.8**2)) / (4 + 16)) == pytest.approx(8)
    assert (row["way"], row["against"], row["horizon"]) == ("w", "v", 1)
    assert skill(errors, "v", "w")["skill"].item() == pytest.approx(100 * (1 - 10 / 7))


def test_skill_of_one_place_has_no_standard_error(errors: pd.DataFrame) -> None:
    one = skill(errors[errors["region"] == "b"], "w", "v", ("group", "horizon"))
    assert one["se"].isna().all() and one["skill"].item() == pytest.approx(25)


def test_the_size_class_is_that_of_the_origin(three: Record, errors: pd.DataFrame) -> None:
    rows = errors.iloc[:4].assign(region=["2309", "2380", "00", "2380"], origin=[2022, 1994, 2022, 2022])
    assert with_sizes(rows, three)["size_class"].tolist() == [10_000, 50_000, -1, 50_000]
    totals = three.totals.copy()
    totals[0, 1], totals[-1, 0] = 49_999, 9_999
    assert with_sizes(rows, replace(three, totals=totals))["size_class"].tolist() == [0, 20_000, -1, 50_000]


def test_every_way_and_model_is_tried_from_every_origin(backtested: pd.DataFrame) -> None:
    assert tuple(backtested.columns) == ERROR_COLUMNS
    models = {"hamilton_perry", *MODELS, "joined_gross", "joined_shrunk"}
    assert set(backtested["way"]) == {*WAYS, *models, RIKET_KNOWN}
    whole = backtested[(backtested["group"] == TOTAL) & (backtested["region"] != "00")]
    for (way, origin), rows in whole.groupby(["way", "origin"]):
        assert len(rows) == 3 * (2022 - origin), (way, origin)
    by_age = backtested[(backtested["way"] == "joined") & (backtested["region"] == "2309")]
    assert set(by_age["group"]) == {TOTAL, SINGLE_AGES, *PARTITION, *FINER_GROUPS}


def test_joined_is_finite_for_all_three_from_2010_to_2021(backtested: pd.DataFrame) -> None:
    rows = backtested[backtested["way"] == "joined"]
    assert set(rows["origin"]) == set(range(2010, 2022)) and set(rows["region"]) == {"2309", "2380", "2262", "00"}
    assert np.isfinite(backtested["error"]).all()


def test_an_error_is_what_the_forecast_is_off_in_per_cent_of_the_outcome(
    backtested: pd.DataFrame, three: Record
) -> None:
    rows = backtested[(backtested["way"] == "no_change") & (backtested["group"] == TOTAL)].set_index(
        ["region", "origin", "horizon"]
    )
    row = rows.loc["2309", 2019, 3]
    assert (row["forecast"], row["outcome"]) == (14_966, 15_532)
    assert row["error"] == pytest.approx(100 * (14_966 - 15_532) / 15_532)
    group = backtested[
        (backtested["way"] == "linear5")
        & (backtested["group"] == "80+")
        & (backtested["region"] == "2380")
        & (backtested["origin"] == 2018)
    ]
    old = three.groups["80+"].sum(-1)[:, 1]
    t = three.years.index(2018)
    assert group["forecast"].iloc[0] == pytest.approx(old[t] + (old[t] - old[t - 5]) / 5)
    assert group["outcome"].iloc[0] == old[t + 1]


def test_single_ages_are_scored_where_they_are_known_by_what_they_are_off_in_all(
    backtested: pd.DataFrame, three: Record, riket: National, lender: Record
) -> None:
    rows = backtested[(backtested["group"] == SINGLE_AGES) & (backtested["way"] == "gross")]
    krokom = rows[rows["region"] == "2309"]
    assert set(krokom["origin"] + krokom["horizon"]) == {2019}
    assert len(rows[rows["region"] == "2262"]) == sum(2022 - origin for origin in range(2010, 2022))
    shape = shape_at(three, riket.until(2016), lender, 2016)
    path = forecast(three.between(1994, 2016), riket.until(2016), 2016, 3, shape, "gross").carried.population[3, 0]
    came = three.single[three.years.index(2019), 0]
    off = 100 * np.abs(path - came).sum() / came.sum()
    assert krokom.loc[krokom["origin"] == 2016, "error"].item() == pytest.approx(off)


def test_what_is_scored_is_the_very_projection_that_would_have_been_made_then(
    backtested: pd.DataFrame, together: PopulationTables
) -> None:
    """The outlook of Krokom from the tables as they were at the end of 2016, total and an age group."""
    said = outlook(as_known(together, 2016), "2309", 2016, 2022, "2262")
    rows = backtested[
        (backtested["way"] == "joined") & (backtested["origin"] == 2016) & (backtested["region"] == "2309")
    ]
    for group, path in ((TOTAL, said.path), ("80+", said.projection.population.groups(["80+"])["80+"])):
        scored = rows[rows["group"] == group].set_index("horizon")["forecast"]
        assert scored.to_numpy() == pytest.approx(path.loc[2017:].to_numpy(), abs=1e-6), group


def test_rikets_own_projection_is_scored_beside(backtested: pd.DataFrame, riket: National) -> None:
    rows = backtested[(backtested["region"] == "00") & (backtested["origin"] == 2014)]
    assert rows["outcome"].tolist() == riket.totals.loc[2015:2022].tolist()
    assert (rows["way"] == "joined").all() and rows["error"].abs().max() < 6


def test_with_rikets_outcome_known_the_first_year_differs_by_riket_alone(
    backtested: pd.DataFrame, riket: National
) -> None:
    rows = backtested[(backtested["group"] == TOTAL) & (backtested["origin"] == 2015) & (backtested["horizon"] == 1)]
    rows = rows.set_index(["region", "way"])["forecast"]
    of_riket = riket.totals.loc[2016] / rows["00", "joined"]
    for region in ("2309", "2380", "2262"):
        assert rows[region, RIKET_KNOWN] == pytest.approx(rows[region, "joined"] * of_riket)


def test_no_more_years_ahead_than_are_scored_are_made(three: Record, riket: National, lender: Record) -> None:
    """From 2006 sixteen years have come; the places' flows before 1998 are made up for it, as those of 1998."""
    flows = {name: getattr(three, name) for name in ("births", "deaths", "net_domestic", "net_foreign")}
    first = three.years.index(1998)
    longer = replace(three, **{name: np.where(np.isnan(flow), flow[first], flow) for name, flow in flows.items()})
    assert backtest(longer, riket, lender, [2006])["horizon"].max() == LONGEST == 15
    with pytest.raises(ValueError, match="no outcome after 2022"):
        backtest(three, riket, lender, [2022])


def another_future(read: Record, random: np.random.Generator) -> Record:
    """The record with everything after ORIGIN multiplied by random factors."""
    t = read.years.index(ORIGIN) + 1

    def changed(values: np.ndarray) -> np.ndarray:
        values = values.copy()
        values[t:] *= random.uniform(0.3, 3, values[t:].shape)
        return values

    cells = {name: getattr(read, name) for name in Record.__dataclass_fields__}
    kept = ("regions", "years", "status", "groups")
    cells |= {name: changed(values) for name, values in cells.items() if name not in kept}
    return Record(**cells | {"groups": {name: changed(persons) for name, persons in read.groups.items()}})


def another_riket(riket: National, random: np.random.Generator) -> National:
    def changed(values: np.ndarray, years: tuple[int, ...]) -> np.ndarray:
        values, later = values.copy(), np.array(years) > ORIGIN
        values[later] *= random.uniform(0.3, 3, values[later].shape)
        return values

    def series(values: pd.Series[float]) -> pd.Series[float]:
        return pd.Series(changed(values.to_numpy(), tuple(values.index)), index=values.index)

    population = riket.population
    return National(
        totals=series(riket.totals),
        births=series(riket.births),
        deaths=series(riket.deaths),
        population=Cube(changed(population.values, population.years), population.years, "00"),
        mortality=changed(riket.mortality, riket.mortality_years),
        fertility=changed(riket.fertility, riket.fertility_years),
        fertility_years=riket.fertility_years,
        girls=changed(riket.girls, riket.fertility_years),
    )


def test_nothing_after_the_origin_is_used_by_any_way_model_or_group(
    three: Record, riket: National, lender: Record, backtested: pd.DataFrame
) -> None:
    """All later figures of the places, Riket and the lender changed: the forecasts stand, the outcomes do not.

    Only with Riket's outcome known is a forecast to change; single ages' forecasts are the outcome and what they are
    off, and their models are seen in the groups.
    """
    random = np.random.default_rng(1)
    other = backtest(
        another_future(three, random), another_riket(riket, random), another_future(lender, random), [ORIGIN]
    )
    real = backtested[backtested["origin"] == ORIGIN]
    keys = ["way", "horizon", "region", "group"]
    pair = real.merge(other, on=keys, suffixes=("", "_other"), validate="one_to_one")
    assert len(pair) == len(real) == len(other)
    fair = pair[(pair["way"] != RIKET_KNOWN) & (pair["group"] != SINGLE_AGES)]
    assert set(fair["way"]) == set(real["way"]) - {RIKET_KNOWN} and set(fair["group"]) >= {TOTAL, *PARTITION}
    assert (fair["forecast"] == fair["forecast_other"]).all()
    assert (fair["outcome"] != fair["outcome_other"]).all()
    known = pair[pair["way"] == RIKET_KNOWN]
    assert (known["forecast"] != known["forecast_other"]).all()


def test_the_official_projection_of_2019_is_held_against_2022(together: PopulationTables, three: Record) -> None:
    rows = official_errors(together.official, three)
    assert tuple(rows.columns) == ERROR_COLUMNS and set(rows["way"]) == {"official"}
    whole = rows[(rows["group"] == TOTAL) & (rows["origin"] == 2019) & (rows["horizon"] == 3)].set_index("region")
    expected = {"2309": (14_999, 15_532), "2380": (65_411, 64_714), "2262": (17_892, 17_754)}
    for region, (said, came) in expected.items():
        assert whole.loc[region, "outcome"] == came
        assert whole.loc[region, "forecast"] == pytest.approx(said, abs=0.5)
        assert whole.loc[region, "error"] == pytest.approx(100 * (said / came - 1), abs=0.01)


def test_official_projections_without_a_jump_off_or_an_outcome_are_not_scored(
    together: PopulationTables, three: Record
) -> None:
    scored = official_errors(together.official, three)
    assert set(scored["origin"]) == {2014, 2019} and (scored["origin"] + scored["horizon"]).max() == 2022
    assert set(scored["group"]) <= {TOTAL, *PARTITION}
    nothing = official_errors(together.official, three.between(1994, 2010))
    assert nothing.empty and tuple(nothing.columns) == ERROR_COLUMNS


def test_official_groups_are_held_against_women_and_men_together(together: PopulationTables, three: Record) -> None:
    official = together.official
    said = official[
        (official["jump_off"] == 2019)
        & (official["target_year"] == 2022)
        & (official["sex"] == "T")
        & (official["region"] == "2309")
    ].set_index("age_group")["population"]
    rows = official_errors(official, three)
    rows = rows[(rows["origin"] == 2019) & (rows["horizon"] == 3) & (rows["region"] == "2309")].set_index("group")
    assert rows.loc["80+", "forecast"] == said["80+"]
    assert rows.loc["80+", "outcome"] == three.groups["80+"][-1, 0].sum()


@pytest.mark.parametrize("series", ["totals", "births", "moved_out", "net_foreign"])
def test_a_municipality_that_lacks_what_an_origin_needs_is_not_complete(series: str, three: Record) -> None:
    values = getattr(three, series).copy()
    values[three.years.index(2005), 1] = np.nan
    gap = replace(three, **{series: values})
    assert complete(three, 2010) == ["2309", "2380", "2262"]
    assert complete(gap, 2010) == ["2309", "2262"]
    assert complete(gap, 2016) == ["2309", "2380", "2262"]


def test_a_municipality_without_a_group_is_not_complete(three: Record) -> None:
    groups = {name: persons.copy() for name, persons in three.groups.items()}
    groups["16-19"][-1, 0] = np.nan
    assert complete(replace(three, groups=groups), 2010) == ["2380", "2262"]


def test_a_shape_is_borrowed_only_where_somebody_lacks_moves_by_age(
    three: Record, riket: National, lender: Record
) -> None:
    assert shape_at(lender, riket, lender, 2020) is None and shape_at(three, riket, None, 2020) is None
    borrowed = shape_at(three, riket, lender, 2008)
    assert borrowed is not None
    assert borrowed.moved_in.sum(-1) == pytest.approx([1, 1])


@pytest.fixture(scope="module")
def krokom_2013() -> PopulationTables:
    return load("befolkningsprognos", EMBEDDED, municipality="2309", year=2013, shape_from="2262").population


def test_an_earlier_outlook_says_what_would_have_been_said_then(krokom_2013: PopulationTables) -> None:
    errors = earlier_outlooks(krokom_2013, "2309", 2013, "2262")
    assert tuple(errors.columns) == ERROR_COLUMNS
    assert set(errors["origin"]) == set(range(2009, 2013)) and set(errors["way"]) == {"joined", "linear10", "no_change"}
    then = outlook(
        load("befolkningsprognos", EMBEDDED, municipality="2309", year=2011, shape_from="2262").population,
        "2309",
        2011,
        2013,
        "2262",
    )
    said = errors[(errors["way"] == "joined") & (errors["origin"] == 2011)].set_index("horizon")["forecast"]
    assert said[2] == pytest.approx(then.path.loc[2013], abs=1e-9)


def test_later_figures_do_not_change_what_an_earlier_outlook_said(krokom_2013: PopulationTables) -> None:
    groups = krokom_2013.groups.copy()
    groups.loc[(groups["region"] == "2309") & (groups["year"] == 2013), "population"] *= 2
    before = earlier_outlooks(krokom_2013, "2309", 2013, "2262")
    after = earlier_outlooks(replace(krokom_2013, groups=groups), "2309", 2013, "2262")
    pd.testing.assert_series_equal(before["forecast"], after["forecast"])
    assert after.loc[after["horizon"] + after["origin"] == 2013, "error"].mean() < -40


def test_another_model_can_be_asked_what_it_would_have_said(krokom_2013: PopulationTables) -> None:
    errors = earlier_outlooks(krokom_2013, "2309", 2013, "2262", model="net10")
    assert set(errors["way"]) == {"net10", "linear10", "no_change"}


def test_where_no_earlier_year_has_the_history_there_is_nothing_to_say(krokom_2013: PopulationTables) -> None:
    nothing = earlier_outlooks(krokom_2013, "2309", 2009, "2262")
    assert nothing.empty and tuple(nothing.columns) == ERROR_COLUMNS


def test_the_tables_as_known_hold_no_row_of_a_later_year(together: PopulationTables) -> None:
    then = as_known(together, 2016)
    for part in (f.name for f in fields(PopulationTables)):
        table = getattr(then, part)
        column = "jump_off" if part in ("official", "earlier") else "year"
        assert table.empty or table[column].max() <= 2016, part
    assert set(then.official["jump_off"]) == {2014} and len(together.official) > len(then.official)
