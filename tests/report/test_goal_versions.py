"""How goals hang together and have changed, and what is said of activities, as the page shows it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from krokomanalys.report import activities, goal_versions
from krokomanalys.report.tables import Table
from krokomanalys.sources.goals import GoalVersion, before_judgement
from krokomanalys.sources.load import load
from krokomanalys.sources.slices import Slice
from krokomanalys.swedish import NBSP


def slice_of(municipality: str, year: int) -> Slice:
    return load("maluppfoljning", None, municipality=municipality, year=year)


@pytest.fixture(scope="module")
def krokom() -> Slice:
    return slice_of("2309", 2024)


@pytest.fixture(scope="module")
def example() -> Slice:
    return slice_of("0000", 2025)


def rows(slice_: Slice) -> pd.DataFrame:
    table = goal_versions.versions_table(slice_)
    assert isinstance(table, Table)
    return table.frame.set_index("name")


def changes(slice_: Slice) -> str:
    piece = goal_versions.changes_prose(slice_)
    assert piece is not None
    return plain(piece.plain)


def prose(version: GoalVersion) -> str:
    piece = activities.activity_prose(version)
    assert piece is not None
    return piece.plain


def plain(text: str) -> str:
    return text.replace(NBSP, " ")


def test_krokoms_inhabitants_can_be_followed_through_three_versions(krokom: Slice) -> None:
    row = rows(krokom).iloc[0]
    assert plain(row["2019"]).startswith('16 000 invånare 2030. Då: "Antal invånare ska följa plan')
    assert "minst 15 450 invånare år 2023. Då: " in plain(row["2021"])
    assert plain(row["2024"]) == "19 300 innevånare 2035"


def test_a_goal_is_followed_to_what_replaced_it_or_to_an_empty_cell(krokom: Slice) -> None:
    frame = rows(krokom)
    young = frame[frame.index.str.startswith("Äldre och unga")].iloc[0]
    assert young["2019"] == "utan målvärde" and young["2021"].startswith('ersatt av "Kommunen ska gå mot')
    assert young["2024"] == ""
    assert frame.loc["Stärka samernas kultur och språk", ["2019", "2021", "2024"]].tolist() == ["utan målvärde", "", ""]
    assert frame.loc["Arbetsmiljö", ["2019", "2021"]].tolist() == ["", ""]


def test_every_goal_of_every_version_has_a_row_and_todays_come_first(krokom: Slice) -> None:
    frame, goals = rows(krokom), krokom.goals
    assert goals is not None and goals.current is not None
    assert len(frame) == len({goal.id for version in goals.versions for goal in version.goals}) == 18
    assert list(frame.index[:7]) == [plain_name(goal.title) for goal in goals.current.goals]


def plain_name(title: str) -> str:
    return title.replace("19 300", f"19{NBSP}300")


def test_the_summary_counts_what_is_new_and_gone_and_tells_each_moved_target(krokom: Slice) -> None:
    said = changes(krokom)
    assert said.startswith("Mot 2021 års version är 3 mål nya och 5 borttagna. 3 finns kvar.")
    assert "Nu: 19 300 innevånare 2035." in said and '"God ekonomisk hushållning" ersätter' in said


def test_a_first_target_is_counted_and_not_told_as_moved() -> None:
    said = changes(slice_of("2309", 2021))
    assert "7 finns kvar, 1 av dem bara med nya ord. 5 mål som saknade målvärde har fått ett." in said
    assert said.count("Ändrat målvärde") == 1


def test_a_single_version_has_nothing_to_follow() -> None:
    timra = slice_of("2262", 2020)
    assert goal_versions.versions_table(timra) is None and goal_versions.changes_prose(timra) is None
    bare = replace(timra, goals=None)
    assert goal_versions.versions_table(bare) is None and goal_versions.changes_prose(bare) is None


def test_the_tree_shows_goals_under_goals_with_owner_kind_and_counts(example: Slice) -> None:
    assert example.goals is not None and example.goals.current is not None
    piece = goal_versions.goal_tree(example.goals.current)
    assert piece is not None
    lines = plain(piece.plain).split("\n")
    assert lines[0] == "Exempelkommun är nära till allt. (vision)"
    assert lines[3] == (
        "      1 Eleverna kan gå vidare till gymnasiet (nämndmål, väsentligt verksamhetsmål, "
        "Barn- och utbildningsnämnden, 1 mätetal, 2 aktiviteter)"
    )
    assert piece.html.count("<ul>") == piece.html.count("</ul>") and piece.html.count("<li>") == len(lines)
    assert "läxhjälp" not in piece.html.lower()  # activities have a table of their own


def test_a_title_from_data_is_escaped_in_the_tree(example: Slice) -> None:
    assert example.goals is not None and example.goals.current is not None
    first = example.goals.current.goals[0].model_copy(update={"title": "<script>"})
    piece = goal_versions.goal_tree(example.goals.current.model_copy(update={"goals": (first,), "activities": ()}))
    assert piece is not None
    assert "&lt;script&gt;" in piece.html and "<script>" not in piece.html


def test_a_namnd_is_not_named_at_each_goal_of_its_own_document() -> None:
    timra = slice_of("2262", 2020).goals
    assert timra is not None and timra.current is not None
    visioned = timra.current.model_copy(update={"vision": "Timrå"})
    piece = goal_versions.goal_tree(visioned)
    assert piece is not None and "Kommunstyrelsen" not in piece.plain


def test_goals_without_any_order_have_no_tree() -> None:
    timra = slice_of("2262", 2020).goals
    assert timra is not None and timra.current is not None
    assert goal_versions.goal_tree(timra.current) is None


def test_krokoms_activities_are_told_with_the_postponed_and_the_contradictions_in_words() -> None:
    held = slice_of("2309", 2021).goals
    assert held is not None and held.current is not None
    said = prose(held.current)
    counts = "5 genomförda, 4 pågår, 2 uppskjutna, 1 utan insats, 6 utan uppgift"
    assert plain(said).startswith(f"18 aktiviteter: {counts}. Genomförda är 28 %.")
    assert said.count("(till 2022)") == 2
    assert said.count("Motsägelse.") == 2 and "ingen av 3 aktiviteter är genomförd" in said


def test_timras_activities_have_a_contradiction_and_no_goals() -> None:
    held = slice_of("2262", 2020).goals
    assert held is not None and held.current is not None
    said = prose(held.current)
    assert 'Timrå i framkant för obrutna flöden: status är "Genomfört", men kommentaren nämner 2021' in said
    assert said.endswith("Dokumentet säger inte vilka mål aktiviteterna hör till.")
    assert activities.activity_goal_table(held.current) is None


def test_activities_by_goal_have_the_share_that_is_done(example: Slice) -> None:
    assert example.goals is not None and example.goals.current is not None
    table = activities.activity_goal_table(example.goals.current)
    assert table is not None
    frame = table.frame.set_index("goal")
    assert tuple(frame.loc["behoriga", ["count", "done", "percent"]]) == (2, 1, 50.0)


def test_an_overdue_activity_is_named_with_its_day(example: Slice) -> None:
    assert example.goals is not None and example.goals.current is not None
    said = prose(example.goals.current)
    assert "Försenat: Fasta grupper i hemtjänsten (senast 1 november 2025)." in said
    table = activities.activity_table(example.goals.current)
    assert isinstance(table, Table) and "due" in table.columns
    assert table.frame["named"].iloc[3] == "Fasta grupper i hemtjänsten (Socialnämnden)"
    assert table.frame["remark"].iloc[3].endswith("Skulle vara klar senast 1 november 2025.")


def test_without_activities_nothing_is_shown() -> None:
    held = slice_of("2380", 2024)
    assert held.goals is not None and held.goals.current is not None
    assert activities.activity_prose(held.goals.current) is None
    assert activities.activity_table(held.goals.current) is None
    assert activities.activity_goal_table(held.goals.current) is None


def test_what_replaces_what_is_said_to_be_our_reading(krokom: Slice) -> None:
    table = goal_versions.versions_table(krokom)
    assert table is not None and "är vår tolkning" in table.note
    assert "är vår tolkning" in changes(krokom)


def test_the_vision_and_areas_of_an_earlier_version_are_told(krokom: Slice) -> None:
    said = changes(krokom)
    assert "2019 års version har visionen" in said and "4 målområden: Hållbar tillväxt och utveckling" in said


def test_withheld_activities_are_told_as_not_known_yet() -> None:
    held = slice_of("2309", 2021).goals
    assert held is not None and held.current is not None
    version = before_judgement(held.current, date(2021, 8, 31))
    said = prose(version)
    assert "med läge som inte är känt än" in said and "Genomförda är" not in said and "Försenat" not in said
    table = activities.activity_table(version)
    assert table is not None and set(table.frame["said"]) <= {"(inte känd än)", "(ingen uppgift)"}
