"""Goal files: what politics has decided, as data/goals/REGION-YEAR.yaml holds it, checked on the way in.

One file is one decided version of a municipality's goals. A goal keeps its `id` from version to version,
so that a target can be followed through them. Outcomes are not here but in data/measures/.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from krokomanalys.sources.measures import DIRECTIONS, Id, Measure, Part, Text, check_weights
from krokomanalys.sources.yaml_files import Misplaced

Stage = Literal["utkast", "beslutad"]
Rule = Literal["all", "any", "majority", "weighted", "worst"]


class Document(Part):
    """The document that a version of the goals stands in."""

    title: Text
    body: Text
    adopted: Text | None = None


class Printed(Part):
    """What the document itself says of a goal: its own words, and on what it says so.

    `words` are the document's ("delvis uppfyllt", "kan inte grönmarkeras"); their meaning as a status is
    looked up in targets.status. `basis` is what the document rests its judgement on, `by` who judged, `when` the day,
    `stage` whether the judgement is decided.
    """

    words: Text
    basis: Literal["measure", "activity", "judgement"]
    by: Text | None = None
    when: date | None = None
    stage: Stage | None = None
    note: Text | None = None


class Goal(Part):
    """A goal: what is to be reached, the measures that tell, and what the document says of it.

    id      the same in every version of the goals; number is what the document prints ("1.3")
    kind    overgripande, forandring (with `aim` effekt or process where the document says), namnd, process_area,
            finansiellt (a financial goal of the god ekonomiska hushållningen)
    area    id of the målområde; parent: id of the goal above it, the övergripande mål that it serves
    owner   the nämnd that answers for it
    essential  one of the nämnd's väsentliga verksamhetsmål for god ekonomisk hushållning
    rule    how its measures make its status: all (met if all are, partly if some are), any (one is enough), majority
            (more than half), weighted (the met ones have at least `limit` of the weight), worst (as its worst)
    limit   for weighted: the least share of the weight, above 0 to 1
    replaces  ids of goals in earlier versions that this one has taken the place of
    measures  none: nothing to measure by is decided
    printed   the document's judgement, where it gives one
    """

    id: Id
    title: Text
    kind: Literal["overgripande", "forandring", "effekt", "namnd", "process_area", "finansiellt"]
    number: Text | None = None
    description: Text | None = None
    aim: Literal["effekt", "process"] | None = None
    area: Id | None = None
    parent: Id | None = None
    owner: Text | None = None
    essential: bool = False
    rule: Rule = "all"
    limit: float | None = Field(default=None, gt=0, le=1)
    replaces: tuple[Id, ...] = ()
    measures: tuple[Measure, ...] = ()
    printed: Printed | None = None
    note: Text | None = None

    @model_validator(mode="after")
    def _judgeable(self) -> Goal:
        for measure in self.measures:
            if measure.direction is None:
                raise ValueError(f"mätetalet {measure.id} har ingen riktning. Skriv direction: {DIRECTIONS}")
        if (self.limit is not None) != (self.rule == "weighted"):
            raise ValueError("limit hör ihop med rule: weighted, andelen av vikten som ska vara uppfylld (0–1)")
        parts = {part.measure for measure in self.measures for part in measure.parts}
        weights = [measure.weight for measure in self.measures if measure.id not in parts]
        if self.rule != "weighted" and any(weights):
            raise ValueError("weight hör ihop med rule: weighted")
        check_weights(weights, "mätetalens vikter")
        return self


class Activity(Part):
    """An activity or uppdrag, and the goals it serves (one or several).

    `status` is the document's own word, absent where the cell is blank; `investment` is text, so that
    blank, "-" and 0 stay apart. `owner` answers for it, `due` is the day it is to be done by.
    """

    id: Id
    title: Text
    goals: tuple[Id, ...] = ()
    description: Text | None = None
    unit: Text | None = None
    owner: Text | None = None
    due: date | None = None
    investment: Text | None = None
    finance: Text | None = None
    project: Text | None = None
    status: Text | None = None
    comment: Text | None = None


class Area(Part):
    """A målområde."""

    id: Id
    name: Text


class GoalVersion(Part):
    """All of one goal file: a municipality's goals as one document decided or followed them up.

    region      SCB's code, four digits; year: the year the version is for
    board       the nämnd whose document it is, absent for the whole municipality
    essential_per_board  how many väsentliga verksamhetsmål a nämnd is to have, [fewest, most]; only where decided
    comparisons measures without a goal (jämförelsetal), followed over years
    remarks     contradictions and oddities in the document that a reader should know of
    """

    region: Annotated[str, StringConstraints(pattern=r"^\d{4}$")]
    year: int
    document: Document
    board: Text | None = None
    vision: Text | None = None
    essential_per_board: tuple[int, int] | None = None
    areas: tuple[Area, ...] = ()
    goals: tuple[Goal, ...]
    activities: tuple[Activity, ...] = ()
    comparisons: tuple[Measure, ...] = ()
    remarks: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _linked(self) -> GoalVersion:
        def twice(ids: list[str], what: str) -> None:
            again = sorted({i for i in ids if ids.count(i) > 1})
            if again:
                raise ValueError(f"{what} finns mer än en gång: {', '.join(again)}")

        goal_ids = [g.id for g in self.goals]
        measures = [m.id for g in self.goals for m in g.measures] + [m.id for m in self.comparisons]
        twice(goal_ids, "mål-id")
        twice(measures, "mätetals-id")
        twice([a.id for a in self.activities], "aktivitets-id")
        for group in (*(goal.measures for goal in self.goals), self.comparisons):
            own = {m.id for m in group}
            for measure in group:
                for part in measure.parts:
                    if part.measure not in own or part.measure == measure.id:
                        raise ValueError(f"{measure.id}: delen {part.measure} är inget annat mätetal i samma mål")
                for other in (*measure.benchmarks.values(), *filter(None, [measure.flow])):
                    if other not in measures or other == measure.id:
                        raise ValueError(f"{measure.id} pekar på mätetalet {other} som inte finns")
        for place, activity in enumerate(self.activities, start=1):
            for served in activity.goals:
                if served not in goal_ids:
                    raise Misplaced(
                        f"aktiviteten {activity.id} pekar på målet {served} som inte finns. Väntade något av "
                        f"{', '.join(goal_ids)}. Rätta id:t, eller ta bort det",
                        f"activities.{place}.goals",
                    )
        areas = [a.id for a in self.areas]
        for place, goal in enumerate(self.goals, start=1):
            if goal.area is not None and goal.area not in areas:
                problem = f"målet {goal.id} pekar på målområdet {goal.area} som inte finns"
                raise Misplaced(f"{problem}. Skriv det under areas, eller rätta id:t", f"goals.{place}.area")
            if goal.parent is not None and goal.parent not in goal_ids:
                problem = f"målet {goal.id} pekar på målet {goal.parent} som inte finns"
                raise Misplaced(f"{problem}. Väntade något av {', '.join(goal_ids)}", f"goals.{place}.parent")
        above = {goal.id: goal.parent for goal in self.goals}
        for start in goal_ids:
            seen, at = [start], above[start]
            while at is not None:
                if at in seen:
                    raise ValueError(f"målet {start} ligger under sig självt (parent): {' → '.join([*seen, at])}")
                seen, at = [*seen, at], above[at]
        return self


def before_judgement(version: GoalVersion) -> GoalVersion:
    """The goals as decided, without what their document says of how they went: it speaks of the whole year."""

    def decided(goal: Goal) -> Goal:
        measures = tuple(measure.model_copy(update={"judged": None}) for measure in goal.measures)
        return goal.model_copy(update={"printed": None, "measures": measures})

    return version.model_copy(
        update={
            "goals": tuple(decided(goal) for goal in version.goals),
            "activities": tuple(a.model_copy(update={"status": None, "comment": None}) for a in version.activities),
        }
    )
