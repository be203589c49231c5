from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from krokomanalys.sources.goals import GoalVersion
from krokomanalys.targets.status import Status
from krokomanalys.targets.structure import Node, essential_share, kind_words, structure

Versions = dict[str, GoalVersion]


def version(*goals: dict[str, Any], **more: Any) -> GoalVersion:
    """A version of these goals, each a nämndmål unless it says something else."""
    listed = [{"title": goal["id"], "kind": "namnd"} | goal for goal in goals]
    about = {"region": "0000", "year": 2025, "document": {"title": "Mål", "body": "Exempelkommun"}}
    return GoalVersion.model_validate(about | {"goals": listed} | more)


def judged(**statuses: str) -> pd.DataFrame:
    return pd.DataFrame({"id": list(statuses), "status": list(statuses.values())})


def outline(nodes: tuple[Node, ...]) -> list[str]:
    return [f"{'.' * depth}{node.id or node.kind}" for top in nodes for depth, node in top.walk()]


def test_a_goal_stands_under_the_goal_it_serves_else_under_its_area() -> None:
    goals = ({"id": "a", "area": "skola"}, {"id": "b", "area": "skola", "parent": "a"}, {"id": "c"})
    areas = [{"id": "skola", "name": "Skola"}, {"id": "tom", "name": "Tom"}]
    assert outline(structure(version(*goals, areas=areas, vision="V"))) == [
        "vision",
        ".skola",
        "..a",
        "...b",
        ".tom",
        ".c",
    ]


def test_without_a_vision_the_areas_and_loose_goals_are_the_top() -> None:
    goals = ({"id": "a", "area": "skola"}, {"id": "c"})
    assert outline(structure(version(*goals, areas=[{"id": "skola", "name": "S"}]))) == ["skola", ".a", "c"]


def test_an_activity_stands_under_each_goal_that_it_serves() -> None:
    activities = [{"id": "x", "title": "X", "goals": ["a", "b"]}, {"id": "y", "title": "Y"}]
    nodes = structure(version({"id": "a"}, {"id": "b"}, activities=activities))
    assert outline(nodes) == ["a", ".x", "b", ".x", "y"]
    assert [node.activities for node in nodes] == [1, 1, 0]


@pytest.mark.parametrize("name", ["0000-2025", "2262-2020", "2309-2019", "2309-2021", "2309-2024", "2380-2024"])
def test_every_goal_of_a_document_stands_once_in_its_tree(versions: Versions, name: str) -> None:
    told = [node.id for top in structure(versions[name]) for _, node in top.walk() if node.kind == "goal"]
    assert sorted(told) == sorted(goal.id for goal in versions[name].goals)


def test_krokoms_areas_of_2019_have_no_goals_since_the_document_does_not_say(versions: Versions) -> None:
    (vision,) = structure(versions["2309-2019"])
    areas = [node for node in vision.children if node.kind == "area"]
    assert len(areas) == 4 and not any(area.children for area in areas)
    assert len(vision.children) == 4 + 12


def test_a_goal_is_called_what_it_is() -> None:
    forms = version(
        {"id": "a", "kind": "forandring", "aim": "process"},
        {"id": "b", "kind": "effekt", "aim": "effekt"},
        {"id": "c", "essential": True},
    )
    words = ["förändringsmål (processmål)", "effektmål", "nämndmål, väsentligt verksamhetsmål"]
    assert [kind_words(goal) for goal in forms.goals] == words


def test_the_share_counts_the_essential_goals_only() -> None:
    held = version(
        {"id": "f", "kind": "finansiellt", "owner": "KS"},
        {"id": "a", "owner": "KS", "essential": True},
        {"id": "b", "owner": "SN", "essential": True},
        {"id": "c", "owner": "SN"},
    )
    share = essential_share(judged(f="met", a="met", b="not_judged", c="met"), held)
    assert (share.marked, share.count, share.met, share.judged) == (True, 2, 1, 1)
    assert share.statuses == {Status.MET: 1, Status.NOT_JUDGED: 1}
    assert share.boards[["owner", "count", "met"]].to_dict("list") == {
        "owner": ["KS", "SN"],
        "count": [1, 1],
        "met": [1, 0],
    }
    assert share.findings == ()


def test_where_none_is_marked_all_but_the_financial_are_counted() -> None:
    held = version({"id": "f", "kind": "finansiellt"}, {"id": "a"}, {"id": "b"})
    share = essential_share(judged(f="met", a="met", b="partly"), held)
    assert (share.marked, share.count, share.met) == (False, 2, 1)


def test_goals_without_a_row_are_not_counted() -> None:
    held = version({"id": "a", "essential": True}, {"id": "b", "essential": True})
    assert essential_share(judged(a="met"), held).count == 1
    assert essential_share(judged(), held).count == 0


def test_a_financial_goal_is_never_a_verksamhetsmal() -> None:
    goals = ({"id": "f", "kind": "finansiellt"}, {"id": "a", "essential": True})
    held = version(*goals)
    marked = held.model_copy(
        update={"goals": tuple(goal.model_copy(update={"essential": True}) for goal in held.goals)}
    )
    share = essential_share(judged(f="met", a="not_met"), marked)
    assert (share.count, share.met) == (1, 0)


def test_a_namnd_with_too_few_or_too_many_is_found() -> None:
    goals = [{"id": f"k{i}", "owner": "KS", "essential": True} for i in range(4)]
    goals += [{"id": "s", "owner": "SN", "essential": True}, {"id": "m", "owner": "MN"}, {"id": "b", "owner": "BN"}]
    share = essential_share(
        judged(**dict.fromkeys([str(goal["id"]) for goal in goals], "met")), version(*goals, essential_per_board=[1, 3])
    )
    assert share.findings == (
        "MN och BN har inget väsentligt verksamhetsmål. Beslutet är 1–3 per nämnd.",
        "KS har 4 väsentliga verksamhetsmål. Beslutet är 1–3 per nämnd.",
    )


def test_a_namnd_that_only_others_know_of_is_found_too() -> None:
    held = version({"id": "a", "owner": "KS", "essential": True}, essential_per_board=[1, 3])
    assert essential_share(judged(a="met"), held).findings == ()
    assert essential_share(judged(a="met"), held, ["SN"]).findings[0].startswith("SN har inget")


def test_in_the_made_up_municipality_one_namnd_has_none(versions: Versions) -> None:
    held = versions["0000-2025"]
    share = essential_share(judged(**{goal.id: "met" for goal in held.goals}), held)
    assert share.count == 7
    assert share.findings == (
        "Kultur- och fritidsnämnden har inget väsentligt verksamhetsmål. Beslutet är 1–3 per nämnd.",
    )


def test_krokoms_boards_had_not_chosen_theirs_when_the_budget_of_2024_was_written(versions: Versions) -> None:
    held = versions["2309-2024"]
    share = essential_share(judged(**{goal.id: "not_judged" for goal in held.goals}), held)
    assert share.findings == ("Inget mål är märkt som väsentligt verksamhetsmål. Beslutet är 1–3 per nämnd.",)
    assert (share.count, share.met, share.judged) == (7, 0, 0)


def test_of_one_namnds_goals_nothing_is_found_on_the_others(versions: Versions) -> None:
    held = versions["0000-2025"]
    own = [goal.id for goal in held.goals if goal.owner == "Kommunstyrelsen"]
    share = essential_share(judged(**dict.fromkeys(own, "met")), held)
    assert (list(share.boards["owner"]), share.count, share.findings) == (["Kommunstyrelsen"], 2, ())


def test_a_namnd_that_owns_an_activity_only_is_found_to_have_none() -> None:
    held = version(
        {"id": "a", "owner": "KS", "essential": True},
        activities=[{"id": "x", "title": "X", "owner": "SN"}],
        essential_per_board=[1, 3],
    )
    assert essential_share(judged(a="met"), held).findings == (
        "SN har inget väsentligt verksamhetsmål. Beslutet är 1–3 per nämnd.",
    )
