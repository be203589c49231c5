from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from krokomanalys.sources.goals import GoalVersion
from krokomanalys.targets.versions import goal_changes, goal_target_words, population_targets

Versions = dict[str, GoalVersion]


def version(year: int, *goals: dict[str, Any]) -> GoalVersion:
    listed = [{"title": goal["id"], "kind": "namnd"} | goal for goal in goals]
    about = {"region": "0000", "year": year, "document": {"title": "Mål", "body": "Exempelkommun"}}
    return GoalVersion.model_validate(about | {"goals": listed})


def level(target: float | None, id_: str = "m", **more: Any) -> dict[str, Any]:
    fields = {"id": id_, "name": id_.upper(), "unit": "st", "direction": "higher"}
    return fields | ({} if target is None else {"target": target}) | more


def codes(*versions: GoalVersion) -> list[tuple[str, str]]:
    frame = goal_changes(versions)
    return list(zip(frame["goal"], frame["change"], strict=True))


@pytest.fixture
def krokom(versions: Versions) -> pd.DataFrame:
    return goal_changes([versions[f"2309-{year}"] for year in (2024, 2019, 2021)])


def test_a_goal_is_new_dropped_or_the_same() -> None:
    assert codes(version(2024, {"id": "a"}, {"id": "b"}), version(2025, {"id": "b"}, {"id": "c"})) == [
        ("b", "same"),
        ("c", "new"),
        ("a", "dropped"),
    ]


@pytest.mark.parametrize(
    ("before", "now"),
    [
        (level(5), level(6)),
        (level(5), level(5, strict=True)),
        (level(5), level(None)),
        (level(None), level(None, relative_to=2020)),
        (level(None, path={2024: 5}), level(None, path={2025: 5})),
        (level(None, relative_to=2020), level(None, relative_to=2020, by_percent=10)),
        (level(5), level(5, unit="%")),
    ],
)
def test_another_target_is_a_change(before: dict[str, Any], now: dict[str, Any]) -> None:
    held = (version(2024, {"id": "a", "measures": [before]}), version(2025, {"id": "a", "measures": [now]}))
    assert codes(*held) == [("a", "target")]


def test_the_same_target_printed_otherwise_is_none() -> None:
    measures = (level(5), level(5, target_text="minst fem"))
    before, now = (version(2024 + i, {"id": "a", "measures": [m]}) for i, m in enumerate(measures))
    assert codes(before, now) == [("a", "same")]


def test_a_new_title_alone_is_a_rewording_with_both_titles() -> None:
    frame = goal_changes([version(2024, {"id": "a", "title": "Gammal"}), version(2025, {"id": "a", "title": "Ny"})])
    assert frame[["change", "from", "to"]].values.tolist() == [["reworded", "Gammal", "Ny"]]
    assert frame["words"].iloc[0] == 'Ny ordalydelse. Förut: "Gammal".'


def test_a_goal_that_another_replaces_is_not_dropped() -> None:
    held = (version(2024, {"id": "a", "title": "Gammal"}), version(2025, {"id": "b", "replaces": ["a"]}))
    assert codes(*held) == [("b", "replaced")]
    assert goal_changes(held)["words"].iloc[0] == "Ersätter: Gammal."


def test_a_goal_that_comes_back_says_when_it_last_was() -> None:
    held = (version(2023, {"id": "a"}, {"id": "b"}), version(2024, {"id": "b"}), version(2025, {"id": "a"}))
    back = goal_changes(held).set_index(["version", "goal"]).loc[(2025, "a")]
    assert (back["change"], back["words"]) == ("new", "Tillbaka: fanns senast 2023.")


def test_one_version_has_no_changes() -> None:
    assert goal_changes([version(2025, {"id": "a"})]).empty and goal_changes([]).empty


@given(st.lists(st.sets(st.sampled_from("abcde"), min_size=1), min_size=2, max_size=4))
def test_every_goal_is_told_of_once_in_each_version_that_has_it_or_has_just_lost_it(held: list[set[str]]) -> None:
    frame = goal_changes([version(2020 + i, *({"id": g} for g in sorted(ids))) for i, ids in enumerate(held)])
    for place, ids in enumerate(held[1:], start=1):
        own = frame[frame["version"] == 2020 + place]
        assert sorted(own["goal"]) == sorted(ids | held[place - 1])
        assert set(own.loc[own["change"] == "dropped", "goal"]) == held[place - 1] - ids


def test_krokoms_goals_of_2021_and_2024_against_those_before(krokom: pd.DataFrame) -> None:
    def of(year: int, change: str) -> set[str]:
        return set(krokom.loc[(krokom["version"] == year) & (krokom["change"] == change), "goal"])

    assert of(2021, "new") == {"medborgardialog", "alternativa_utforare"}
    assert of(2021, "dropped") == {"naringsliv", "infrastruktur", "behoriga_pedagoger", "samer"}
    assert of(2021, "replaced") == {"hallbarhet"}
    assert of(2024, "new") == {"arbetsmiljo", "fastighetsforvaltning", "upphandling"}
    assert of(2024, "replaced") == {"god_ekonomisk_hushallning"}
    gone = {"bostader", "meritpoang", "medborgardialog", "alternativa_utforare", "ledarskap"}
    assert of(2024, "dropped") == gone
    assert of(2024, "target") == {"invanare", "digitalisering", "hallbarhet"}


def test_krokoms_inhabitants_were_to_be_16_000_then_15_450_and_then_19_300(krokom: pd.DataFrame) -> None:
    moved = krokom[(krokom["goal"] == "invanare") & (krokom["change"] == "target")]
    first, second = (row.replace("\u00a0", " ") for row in moved["words"])
    assert first.startswith("Målvärdet ändrat från 16 000 invånare 2030 till minst 15 300")
    assert first.endswith("minst 15 450 invånare år 2023.")
    assert second.endswith("minst 15 450 invånare år 2023 till 19 300 innevånare 2035.")


def test_the_goals_of_the_health_of_young_and_old_went_into_the_sustainable_municipality(
    krokom: pd.DataFrame,
) -> None:
    row = krokom[(krokom["version"] == 2021) & (krokom["change"] == "replaced")].iloc[0]
    assert row["from"].startswith("Äldre och unga ska ges bättre förutsättningar")


def test_the_made_up_municipality_has_a_moved_target_and_a_replaced_goal(versions: Versions) -> None:
    frame = goal_changes([versions["0000-2024"], versions["0000-2025"]]).set_index(["goal", "change"])
    moved = frame.loc[("bygglov", "target")]
    assert (moved["from"], moved["to"]) == ("högst 8\u00a0veckor", "högst 6\u00a0veckor")
    assert frame.loc[("unga_fritid", "replaced"), "from"] == "Fler unga kommer till fritidsgårdarna"
    assert ("energi", "dropped") in frame.index and ("samma_personal", "reworded") in frame.index


def test_the_parts_of_a_composite_are_not_targets_of_their_own(versions: Versions) -> None:
    goal = next(g for g in versions["0000-2025"].goals if g.id == "god_vardag")
    assert goal_target_words(goal) == "minst 85\u00a0%"


def test_a_population_target_is_replaced_by_the_first_version_that_has_another(versions: Versions) -> None:
    targets = population_targets([v for v in versions.values() if v.region == "2309"])
    held = targets.set_index(["version", "target_year"])["replaced"]
    assert held[(2019, 2030)] == 2021 and held[(2021, 2023)] == 2024
    assert held.isna().to_dict()[(2024, 2035)]


def test_a_population_target_that_a_later_version_repeats_is_in_force() -> None:
    people = level(None, unit="invånare", outcome="population_total", path={2030: 100})
    again = version(2025, {"id": "a", "measures": [people]})
    targets = population_targets([version(2024, {"id": "a", "measures": [people]}), again])
    assert targets["replaced"].isna().all()
