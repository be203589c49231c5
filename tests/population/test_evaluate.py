"""Ways to carry totals on, and what they would have said at earlier origins."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from krokomanalys.population.evaluate import earlier_outlooks, rolling_origin, scorecard
from krokomanalys.population.outlook import outlook
from krokomanalys.population.totals import WAYS, YEARS_NEEDED, damped, mean_growth
from krokomanalys.sources.folder import EMBEDDED
from krokomanalys.sources.load import load
from krokomanalys.sources.slices import PopulationTables

YEARS = list(range(2000, 2021))
STRAIGHT = np.stack([1000.0 + 10 * np.arange(21), 5000.0 - 20 * np.arange(21)], axis=1)


@pytest.mark.parametrize("name", [name for name in WAYS if name not in ("no_change", "damped10")])
def test_a_straight_line_is_carried_on_without_error(name: str) -> None:
    errors = rolling_origin(STRAIGHT, YEARS, ["0001", "0002"], {name: WAYS[name]}, [2010, 2015])
    assert errors["error"].abs().max() < 1e-9
    assert len(errors) == 2 * (10 + 5)


def test_no_change_is_as_wrong_as_the_change_that_came() -> None:
    errors = rolling_origin(STRAIGHT, YEARS, ["0001", "0002"], {"no_change": WAYS["no_change"]}, [2019])
    assert errors["error"].tolist() == pytest.approx([100 * (1190 / 1200 - 1), 100 * (4620 / 4600 - 1)])


def test_the_average_of_windows_is_the_average_of_their_lines() -> None:
    history = np.array([100.0, 100, 100, 100, 100, 100, 100, 100, 110, 120, 130])
    assert mean_growth(history, 1, (3, 5, 10)) == pytest.approx([130 + (10 + 6 + 3) / 3])


def test_damped_growth_fades() -> None:
    ahead = np.diff(damped(STRAIGHT[:, 0], 4, 10))
    assert ahead == pytest.approx([10 * 0.95**2, 10 * 0.95**3, 10 * 0.95**4])


@pytest.mark.parametrize("name", list(WAYS))
def test_nothing_after_the_origin_is_used(name: str) -> None:
    changed = STRAIGHT.copy()
    changed[16:] *= 3
    asked = (YEARS, ["0001", "0002"], {name: WAYS[name]}, [2015])
    before, after = rolling_origin(STRAIGHT, *asked), rolling_origin(changed, *asked)
    pd.testing.assert_series_equal(before["forecast"], after["forecast"])
    assert not before["outcome"].equals(after["outcome"])


def test_a_batch_gives_each_municipality_what_it_gives_alone() -> None:
    together = rolling_origin(STRAIGHT, YEARS, ["0001", "0002"], WAYS, [2012])
    alone = rolling_origin(STRAIGHT[:, 1:], YEARS, ["0002"], WAYS, [2012])
    mine = together[together["region"] == "0002"].reset_index(drop=True)
    pd.testing.assert_frame_equal(mine, alone)


def test_an_origin_without_its_ten_changes_is_refused() -> None:
    with pytest.raises(ValueError, match="origin 2009 needs 11 years"):
        rolling_origin(STRAIGHT, YEARS, ["0001", "0002"], WAYS, [2000 + YEARS_NEEDED - 2])


def test_the_scorecard_by_hand() -> None:
    errors = pd.DataFrame(
        {"way": "w", "origin": 2010, "horizon": 1, "region": ["a", "a", "b"], "error": [-2.0, 4.0, 12.0]}
    )
    (card,) = scorecard(errors, [1]).to_dict("records")
    assert (card["mape"], card["mdape"], card["forecasts"]) == (6.0, 4.0, 3)
    assert card["bias"] == pytest.approx(14 / 3) and card["within"] == pytest.approx(200 / 3)
    assert card["se"] == pytest.approx(np.std([3, 12], ddof=1) / np.sqrt(2))


@pytest.fixture(scope="module")
def krokom() -> PopulationTables:
    return load("befolkningsprognos", EMBEDDED, municipality="2309", year=2018, shape_from="2262").population


def test_an_earlier_outlook_says_what_would_have_been_said_then(krokom: PopulationTables) -> None:
    errors = earlier_outlooks(krokom, "2309", 2018, "2262")
    assert set(errors["origin"]) == {2015, 2016, 2017} and set(errors["way"]) == {"net10", "linear10", "no_change"}
    then = outlook(
        load("befolkningsprognos", EMBEDDED, municipality="2309", year=2016, shape_from="2262").population,
        "2309",
        2016,
        2018,
        "2262",
    )
    said = errors[(errors["way"] == "net10") & (errors["origin"] == 2016)].set_index("horizon")["forecast"]
    assert said[2] == pytest.approx(then.path.loc[2018], abs=1e-9)


def test_later_figures_do_not_change_what_an_earlier_outlook_said(krokom: PopulationTables) -> None:
    groups = krokom.groups.copy()
    groups.loc[(groups["region"] == "2309") & (groups["year"] == 2018), "population"] *= 2
    before = earlier_outlooks(krokom, "2309", 2018, "2262")
    after = earlier_outlooks(replace(krokom, groups=groups), "2309", 2018, "2262")
    pd.testing.assert_series_equal(before["forecast"], after["forecast"])
    assert after.loc[after["horizon"] + after["origin"] == 2018, "error"].mean() < -40
