from __future__ import annotations

import math

import pandas as pd

from krokomanalys.sources.goals import GoalVersion
from krokomanalys.targets.history import comparison_history


def test_a_change_is_from_the_year_before_and_a_year_without_a_value_has_none(
    versions: dict[str, GoalVersion], measures: pd.DataFrame, inhabitants: dict[str, dict[int, float]]
) -> None:
    without_2019 = measures[~measures["date"].str.startswith("2019")]
    history = comparison_history(versions["2262-2020"], without_2019, 2020, inhabitants["2262"])
    fire = history[history["measure"] == "raddningstjanst_kostnad"]
    assert list(fire["year"]) == [2018, 2019, 2020]
    assert [math.isnan(v) for v in fire["value"]] == [False, True, False]
    assert fire["change"].isna().all()


def test_the_population_has_the_years_of_the_other_comparisons(
    versions: dict[str, GoalVersion], measures: pd.DataFrame
) -> None:
    inhabitants = {year: 18000.0 + year - 2000 for year in range(2000, 2023)}
    history = comparison_history(versions["2262-2020"], measures, 2020, inhabitants)
    own = history[history["measure"] == "folkmangd"]
    assert list(own["year"]) == [2018, 2019, 2020]
    assert list(own["change"].iloc[1:]) == [1, 1]
