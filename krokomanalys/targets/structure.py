"""How goals hang together, and how many of each nämnd's väsentliga verksamhetsmål are met.

Vision, målområde, övergripande mål, the goals under it, and activities: an activity may serve several goals.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from krokomanalys.sources.goals import Goal, GoalVersion
from krokomanalys.swedish import listed
from krokomanalys.targets.status import JUDGED, Status

KIND_WORDS: Mapping[str, str] = {
    "overgripande": "övergripande mål",
    "forandring": "förändringsmål",
    "effekt": "effektmål",
    "namnd": "nämndmål",
    "process_area": "processområde",
    "finansiellt": "finansiellt mål",
}
"""What a goal's kind is called."""
AIM_WORDS: Mapping[str, str] = {"effekt": "effektmål", "process": "processmål"}
BOARD_COLUMNS = ("owner", "count", "met", "judged", "enough")


@dataclass(frozen=True)
class Node:
    """A place in the tree of goals, with what is under it.

    kind   vision, area, goal or activity; id is "" for the vision
    words  what it is in Swedish ("nämndmål, väsentligt verksamhetsmål"), "" for an activity
    owner  who answers for it, "" where that isn't said
    measures, activities  how many a goal has of its own; 0 for other nodes
    """

    kind: Literal["vision", "area", "goal", "activity"]
    id: str
    title: str
    words: str = ""
    owner: str = ""
    measures: int = 0
    activities: int = 0
    children: tuple[Node, ...] = ()

    def walk(self, depth: int = 0) -> Iterator[tuple[int, Node]]:
        """The node and all under it, each with its depth, in order."""
        yield depth, self
        for child in self.children:
            yield from child.walk(depth + 1)


@dataclass(frozen=True)
class EssentialShare:
    """How many väsentliga verksamhetsmål there are and how many are met.

    marked    goals are marked as essential; else all goals that aren't financial are counted
    statuses  status -> how many
    boards    one row per nämnd: owner ("" where none is named), count, met, judged, enough (its count is within what
              is decided for a nämnd; all True where nothing is decided)
    findings  Swedish sentences on nämnder with fewer or more than decided
    """

    marked: bool
    count: int
    met: int
    judged: int
    statuses: Mapping[Status, int]
    boards: pd.DataFrame
    findings: tuple[str, ...]


def kind_words(goal: Goal) -> str:
    """What a goal is, in Swedish: `förändringsmål (processmål)`, `nämndmål, väsentligt verksamhetsmål`."""
    aim = AIM_WORDS[goal.aim] if goal.aim else ""
    words = KIND_WORDS[goal.kind] + (f" ({aim})" if aim and aim != KIND_WORDS[goal.kind] else "")
    return f"{words}, väsentligt verksamhetsmål" if goal.essential else words


def structure(version: GoalVersion) -> tuple[Node, ...]:
    """The goals as trees, in the order of the file.

    With a vision there is one tree, under it. A goal stands under its parent, else under its målområde, else at the
    top. An activity stands under each goal that it serves, and at the top where it serves none. A målområde that no
    goal points at has no children.
    """
    areas = tuple(
        Node("area", area.id, area.name, "målområde", children=_goals(version, None, area.id)) for area in version.areas
    )
    loose = tuple(_activity(a.id, a.title, a.owner) for a in version.activities if not a.goals)
    top = (*areas, *_goals(version, None, None), *loose)
    return (Node("vision", "", version.vision, "vision", children=top),) if version.vision else top


def essential_share(goals: pd.DataFrame, version: GoalVersion, boards: Sequence[str] = ()) -> EssentialShare:
    """The väsentliga verksamhetsmål by status and by nämnd; where none is marked, all goals that aren't financial.

    `goals` has a row for each goal with its id and status (targets.goals.goals_beside_printed); goals of the version
    without a row aren't counted. Nämnder are those that own one of the goals, and `boards`; where no goal of the
    version is left out, also those that own an activity.
    """
    statuses = {str(i): Status(s) for i, s in zip(goals["id"], goals["status"], strict=True)}
    held = [goal for goal in version.goals if goal.id in statuses]
    marked = any(goal.essential and goal.kind != "finansiellt" for goal in version.goals)
    counted = [goal for goal in held if goal.kind != "finansiellt" and (goal.essential or not marked)]
    doing = [a.owner or "" for a in version.activities] if len(held) == len(version.goals) else []
    named = [*(_owner(goal, version) for goal in held), *doing, *boards]
    fewest, most = version.essential_per_board or (0, len(version.goals))
    rows = []
    for owner in dict.fromkeys(name for name in named if name or any(not _owner(g, version) for g in counted)):
        own = [statuses[goal.id] for goal in counted if _owner(goal, version) == owner]
        met, judged = own.count(Status.MET), sum(status in JUDGED for status in own)
        enough = not (marked and owner) or fewest <= len(own) <= most
        rows.append((owner, len(own), met, judged, enough))
    all_ = [statuses[goal.id] for goal in counted]
    return EssentialShare(
        marked,
        len(all_),
        all_.count(Status.MET),
        sum(status in JUDGED for status in all_),
        {status: all_.count(status) for status in Status if status in all_},
        table := pd.DataFrame(rows, columns=list(BOARD_COLUMNS)).astype({"owner": str, "enough": bool}),
        _findings(table, version, marked=marked),
    )


def _findings(boards: pd.DataFrame, version: GoalVersion, *, marked: bool) -> tuple[str, ...]:
    if version.essential_per_board is None:
        return ()
    fewest, most = version.essential_per_board
    wanted = f"{fewest}–{most} per nämnd" if fewest != most else f"{fewest} per nämnd"
    if not marked:
        return (f"Inget mål är märkt som väsentligt verksamhetsmål. Beslutet är {wanted}.",)
    outside = boards[~boards["enough"]]
    found = []
    for count, own in outside.groupby("count", sort=True):
        many = "inget väsentligt verksamhetsmål" if count == 0 else f"{count} väsentliga verksamhetsmål"
        found.append(f"{listed(list(own['owner']))} har {many}. Beslutet är {wanted}.")
    return tuple(found)


def _goals(version: GoalVersion, parent: str | None, area: str | None) -> tuple[Node, ...]:
    own = [g for g in version.goals if g.parent == parent and (parent is not None or g.area == area)]
    return tuple(_goal(goal, version) for goal in own)


def _goal(goal: Goal, version: GoalVersion) -> Node:
    activities = tuple(_activity(a.id, a.title, a.owner) for a in version.activities if goal.id in a.goals)
    title = f"{goal.number} {goal.title}" if goal.number else goal.title
    return Node(
        "goal",
        goal.id,
        title,
        kind_words(goal),
        _owner(goal, version),
        len(goal.measures),
        len(activities),
        (*_goals(version, goal.id, None), *activities),
    )


def _activity(id_: str, title: str, owner: str | None) -> Node:
    return Node("activity", id_, title, owner=owner or "")


def _owner(goal: Goal, version: GoalVersion) -> str:
    return goal.owner or version.board or ""
