from __future__ import annotations

import math

import pandas as pd
import pytest

from krokomanalys.sources.goals import GoalVersion
from krokomanalys.targets.activities import activities_table, activity_links, share_done, status_counts

Versions = dict[str, GoalVersion]


def counts(table: pd.DataFrame) -> dict[str, int]:
    return dict(zip(table["status"], table["count"], strict=True))


def test_timra_has_two_done_one_as_planned_three_deviating_and_two_blank(versions: Versions) -> None:
    table = status_counts(versions["2262-2020"])
    assert counts(table) == {"Genomfört": 2, "Påbörjat med avvikelse": 3, "Påbörjat, enl plan": 1, "": 2}
    assert table["status"].iloc[-1] == ""
    assert table["share"].sum() == 1
    assert share_done(versions["2262-2020"]) == 0.25


def test_a_status_left_blank_is_not_an_investment_of_a_dash(versions: Versions) -> None:
    table = activities_table(versions["2262-2020"]).set_index("id")
    assert list(table.index[table["status"] == ""]) == ["it_skolan", "digitalisering"]
    assert set(table["investment"]) == {"-"}
    assert list(table["project"]) == ["Projekt 2019-2021", "Nej", "Nej", "Ja", "Ja", "", "", ""]


@pytest.mark.parametrize(("printed", "kept"), [(None, ""), ("-", "-"), ("0", "0")])
def test_blank_dash_and_zero_stay_apart(versions: Versions, printed: str | None, kept: str) -> None:
    first = versions["2262-2020"].activities[0].model_copy(update={"investment": printed})
    version = versions["2262-2020"].model_copy(update={"activities": (first,)})
    assert activities_table(version)["investment"].tolist() == [kept]


def test_done_with_a_comment_on_next_year_is_a_conflict(versions: Versions) -> None:
    table = activities_table(versions["2262-2020"]).set_index("id")
    assert table.loc["obrutna_floden", "conflict"] == 'Status är "Genomfört", men kommentaren nämner 2021, efter 2020.'
    assert list(table.index[table["conflict"] != ""]) == ["obrutna_floden"]
    assert "2021" in table.loc["planprogram_ubo4", "comment"]  # but it isn't said to be done


def test_krokom_prints_twenty_rows_of_eighteen_uppdrag(versions: Versions) -> None:
    version = versions["2309-2021"]
    links = activity_links(version)
    per_goal = links.groupby("goal", sort=False).size()
    assert len(links) == 20
    assert links["activity"].nunique() == len(version.activities) == 18
    assert list(per_goal) == [3, 3, 3, 2, 2, 1, 2, 1, 3]
    twice = links["activity"].value_counts()
    assert sorted(twice[twice == 2].index) == ["administrativa_processer", "oversiktsplan"]


def test_an_uppdrag_under_two_goals_is_counted_once(versions: Versions) -> None:
    found = counts(status_counts(versions["2309-2021"]))
    assert sum(found.values()) == 18
    assert (found["skjuts till 2022"], found["ingen insats"], found["gjord"]) == (2, 1, 1)
    assert share_done(versions["2309-2021"]) == 5 / 18


def test_no_activities_have_no_share_done(versions: Versions) -> None:
    assert math.isnan(share_done(versions["2380-2024"]))
    assert status_counts(versions["2380-2024"]).empty
