"""How the goals hang together, and what has become of them from version to version."""

from __future__ import annotations

from html import escape

import pandas as pd

from krokomanalys.report.aims import goal_name, unbroken
from krokomanalys.report.page import QUOTED, Piece, prose
from krokomanalys.report.tables import Column, Table
from krokomanalys.sources.goals import Goal, GoalVersion
from krokomanalys.sources.slices import Slice
from krokomanalys.sources.tables import rows_of
from krokomanalys.swedish import NBSP, listed
from krokomanalys.targets.structure import Node, structure
from krokomanalys.targets.versions import goal_changes, goal_target_words

NO_TARGET = "utan målvärde"
OUR_READING = "Vilket mål som ersätter vilket är vår tolkning, där dokumentet inte säger det."


def goal_tree(version: GoalVersion) -> Piece | None:
    """The goals as a nested list: vision, målområden and goals, each with what it is, its owner, and what it has.

    Activities are counted, not listed: they have a table of their own. An owner is left out where it is the nämnd
    whose document it is. None where the document doesn't order them.
    """
    nodes = tuple(node for node in structure(version) if node.kind != "activity")
    if not version.vision and not version.areas and not any(goal.parent for goal in version.goals):
        return None
    counted = any(activity.goals for activity in version.activities)
    lines = [
        f"{'  ' * depth}{node.title} ({_told(node, version.board, counted=counted)})"
        for top in nodes
        for depth, node in top.walk()
        if node.kind != "activity"
    ]
    return Piece("prose", _list(nodes, version.board, counted=counted), "\n".join(lines), {QUOTED: True})


def versions_table(slice_: Slice) -> Table | None:
    """Every goal that there has been, a row each, with its target in each version; those of the latest come first.

    Nothing where there is only one version.
    """
    versions = _versions(slice_)
    if len(versions) < 2:
        return None
    latest = {goal.id: goal for version in versions for goal in version.goals}
    held = [goal.id for version in reversed(versions) for goal in version.goals]
    rows = [
        {"name": goal_name(latest[goal_id].number or "", latest[goal_id].title)}
        | {str(version.year): _cell(latest[goal_id], version, versions) for version in versions}
        for goal_id in dict.fromkeys(held)
    ]
    columns = {"name": Column("Mål", kind="text")}
    columns |= {str(v.year): Column(str(v.year), kind="text") for v in versions}
    return Table(
        "mal_versioner",
        "Målen genom versionerna",
        pd.DataFrame(rows),
        columns,
        note=f'Målvärdet i varje version. Tom ruta: målet fanns inte då. "{NO_TARGET.capitalize()}": målet fanns, men '
        "inget tal eller år att mäta mot. Målet har sin senaste ordalydelse; en äldre står i rutan."
        f"{f' {OUR_READING}' if any(g.replaces for v in versions for g in v.goals) else ''}",
        source="; ".join(f"{v.year}: {v.document.title}" for v in versions),
    )


def changes_prose(slice_: Slice) -> Piece | None:
    """What has changed since the version before: how many goals are new or gone, what replaces what, moved targets.

    Nothing where there is only one version.
    """
    versions = _versions(slice_)
    if len(versions) < 2:
        return None
    changes = goal_changes(versions[-2:]).rename(columns={"from": "old", "to": "now"})
    by = {code: changes[changes["change"] == code] for code in ("new", "dropped", "replaced", "target", "reworded")}
    kept = int(changes["change"].isin(["target", "reworded", "same"]).sum())
    new, gone = len(by["new"]), len(by["dropped"])
    first = [f"Mot {versions[-2].year} års version är **{new}** mål {_ending(new, 'nytt', 'nya')}"]
    first[0] += f" och **{gone}** {_ending(gone, 'borttaget', 'borttagna')}."
    reworded = f", **{n}** av dem bara med nya ord" if (n := len(by["reworded"])) else ""
    first.append(f"**{kept}** finns kvar{reworded}." if kept else "Inget är kvar.")
    gained = by["target"][by["target"]["old"] == ""]
    if len(gained):
        first.append(f"**{len(gained)}** mål som saknade målvärde har fått ett.")
    said = [f'"{_short(row.title)}" ersätter "{row.old}".' for row in rows_of(by["replaced"])]
    said += [
        f'Ändrat målvärde för "{_short(row.title)}". Förut: {unbroken(row.old)}. Nu: {unbroken(row.now) or "inget"}.'
        for row in rows_of(by["target"].drop(gained.index))
    ]
    if len(by["replaced"]):
        said.append(OUR_READING)
    return prose(" ".join(first), *said, *(_order(v) for v in versions[:-1] if v.vision or v.areas))


def _order(version: GoalVersion) -> str:
    """The vision and the målområden of an earlier version, which no other part of the page shows."""
    areas = [area.name for area in version.areas]
    said = [f'visionen "{version.vision}"'] if version.vision else []
    said += [f"{len(areas)} målområden: {listed(areas)}"] if areas else []
    return f"{version.year} års version har {' och '.join(said).rstrip('.')}."


def _versions(slice_: Slice) -> list[GoalVersion]:
    return sorted(slice_.goals.versions, key=lambda v: v.year) if slice_.goals else []


def _cell(latest: Goal, version: GoalVersion, versions: list[GoalVersion]) -> str:
    """What a goal was to reach in a version, with its wording where that was another; where replaced, by what."""
    goal = next((g for g in version.goals if g.id == latest.id), None)
    if goal is not None:
        words = unbroken(goal_target_words(goal)) or NO_TARGET
        return words if goal.title == latest.title else f'{words}. Då: "{goal_name("", goal.title)}"'
    before = any(g.id == latest.id for v in versions if v.year < version.year for g in v.goals)
    heir = next((g for g in version.goals if latest.id in g.replaces), None)
    return f'ersatt av "{_short(heir.title)}"' if before and heir else ""


def _short(title: str) -> str:
    return goal_name("", title, short=True)


def _ending(count: int, one: str, several: str) -> str:
    return one if count == 1 else several


def _list(nodes: tuple[Node, ...], board: str | None, *, counted: bool) -> str:
    items = []
    for node in nodes:
        below = tuple(child for child in node.children if child.kind != "activity")
        inner = _list(below, board, counted=counted) if below else ""
        said = f"<strong>{escape(node.title)}</strong> ({escape(_told(node, board, counted=counted))})"
        items.append(f"<li>{said}{inner}</li>")
    return f"<ul>{''.join(items)}</ul>"


def _told(node: Node, board: str | None, *, counted: bool) -> str:
    """What stands in brackets after a node's title."""
    told = [node.words, node.owner if node.owner != board else ""]
    if node.kind == "goal":
        told.append(f"{node.measures or 'inga'}{NBSP}mätetal")
        told.append(
            f"{node.activities or 'inga'}{NBSP}{_ending(node.activities, 'aktivitet', 'aktiviteter')}"
            if counted
            else ""
        )
    if node.kind == "area" and not node.children:
        told.append("inga mål pekar hit")
    return ", ".join(filter(None, told))
