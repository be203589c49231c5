"""Goal files: what politics has decided, as data/goals/REGION-YEAR.yaml holds it, checked on the way in.

One file is one decided version of a municipality's goals. A goal keeps its `id` from version to version,
so that a target can be followed through them. Outcomes are not here but in data/measures/.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import Field, PrivateAttr, StringConstraints, model_validator

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
    `stage` whether the judgement is decided, `source` comments where managers say it and not the document.
    """

    words: Text
    basis: Literal["measure", "activity", "judgement"]
    source: Literal["document", "comments"] = "document"
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
        if self.essential and self.kind == "finansiellt":
            raise ValueError("ett finansiellt mål är inget verksamhetsmål. Ta bort essential, eller rätta kind")
        if set(self.replaces) == {self.id}:
            raise ValueError(
                "målet ersätter bara sig självt (replaces). Skriv det äldre målets id, eller ta bort raden"
            )
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
    blank, "-" and 0 stay apart. `owner` answers for it, `due` is the day it is to be done by. `as_of` is the day that
    status and comment speak of; absent: the end of the goals' year.
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
    as_of: date | None = None
    _withheld: bool = PrivateAttr(default=False)

    @property
    def withheld(self) -> bool:
        """Whether there is a status but of a later day, see before_judgement: it isn't blank, and nobody is late."""
        return self._withheld


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

    @property
    def measures(self) -> tuple[Measure, ...]:
        """All measures: those of the goals, and the comparisons."""
        return (*(measure for goal in self.goals for measure in goal.measures), *self.comparisons)

    @model_validator(mode="after")
    def _linked(self) -> GoalVersion:
        groups = [(f"goals.{at}.measures", goal.measures) for at, goal in enumerate(self.goals, start=1)]
        placed = [
            (f"{key}.{at}", measure)
            for key, group in (*groups, ("comparisons", self.comparisons))
            for at, measure in enumerate(group, start=1)
        ]
        _once([(f"goals.{at}", goal.id) for at, goal in enumerate(self.goals, start=1)], "mål-id")
        _once([(key, measure.id) for key, measure in placed], "mätetals-id")
        _once([(f"activities.{at}", a.id) for at, a in enumerate(self.activities, start=1)], "aktivitets-id")
        fewest, most = self.essential_per_board or (0, 0)
        if not 0 <= fewest <= most:
            problem = f"[{fewest}, {most}] är inget spann. Skriv [minst, högst], t.ex. [1, 3]"
            raise Misplaced(problem, "essential_per_board")
        for group in (*(group for _, group in groups), self.comparisons):
            for measure in group:
                key = next(key for key, other in placed if other is measure)
                _composed(measure, {other.id: other for other in group}, key)
        listed = {measure.id for _, measure in placed}
        for key, measure in placed:
            named = [(f"{key}.benchmarks", other) for other in measure.benchmarks.values()]
            for place, other in (*named, *([(f"{key}.flow", measure.flow)] if measure.flow else [])):
                if other not in listed or other == measure.id:
                    what = "som inte finns" if other not in listed else "som är det självt"
                    problem = f"{measure.id} pekar på mätetalet {other} {what}"
                    raise Misplaced(f"{problem}. Rätta id:t, eller skriv mätetalet under comparisons", place)
            if isinstance(measure.relative_to, int) and not 1900 <= measure.relative_to < self.year:
                problem = f"{measure.relative_to} är inget år före målens år, {self.year}"
                raise Misplaced(f"{problem}. Skriv året som målet jämförs med, eller previous", f"{key}.relative_to")
        self._goals_linked()
        return self

    def _goals_linked(self) -> None:
        goal_ids, areas = [goal.id for goal in self.goals], [area.id for area in self.areas]
        for place, activity in enumerate(self.activities, start=1):
            for served in activity.goals:
                if served not in goal_ids:
                    raise Misplaced(
                        f"aktiviteten {activity.id} pekar på målet {served} som inte finns. Väntade något av "
                        f"{', '.join(goal_ids)}. Rätta id:t, eller ta bort det",
                        f"activities.{place}.goals",
                    )
        for place, goal in enumerate(self.goals, start=1):
            if goal.area is not None and goal.area not in areas:
                problem = f"målet {goal.id} pekar på målområdet {goal.area} som inte finns"
                raise Misplaced(f"{problem}. Skriv det under areas, eller rätta id:t", f"goals.{place}.area")
            if goal.parent is not None and goal.parent not in goal_ids:
                problem = f"målet {goal.id} pekar på målet {goal.parent} som inte finns"
                raise Misplaced(f"{problem}. Väntade något av {', '.join(goal_ids)}", f"goals.{place}.parent")
        above = {goal.id: goal.parent for goal in self.goals}
        for place, start in enumerate(goal_ids, start=1):
            seen, at = [start], above[start]
            while at is not None:
                if at in seen:
                    chain = " → ".join([*seen, at])
                    problem = f"målet {start} ligger under sig självt (parent): {chain}. Ta bort parent på ett av dem"
                    raise Misplaced(problem, f"goals.{place}.parent")
                seen, at = [*seen, at], above[at]


def _once(placed: list[tuple[str, str]], what: str) -> None:
    first: dict[str, str] = {}
    for key, name in placed:
        if name in first:
            problem = f"{what} finns mer än en gång: {name}, först på {first[name]}"
            raise Misplaced(f"{problem}. Ge det ena ett annat id, eller ta bort det", f"{key}.id")
        first[name] = key


def _composed(composite: Measure, near: Mapping[str, Measure], key: str) -> None:
    """Refuse parts that the composite can't be weighed together of; `near` is the measures it stands among."""
    for part in composite.parts:
        found, what = near.get(part.measure), f"{composite.id}: delen {part.measure}"
        if found is None or found is composite:
            raise Misplaced(
                f"{what} är inget annat mätetal i samma mål. Rätta id:t, eller ta bort delen", f"{key}.parts"
            )
        if found.parts:
            raise Misplaced(f"{what} är själv sammanvägd. Skriv dess delar här i stället", f"{key}.parts")
        if found.outcome == "population_total":
            raise Misplaced(f"{what} är folkmängden, som inte kan vägas samman. Ta bort delen", f"{key}.parts")
        if found.unit != composite.unit:
            units = f'har enheten "{found.unit}" men {composite.id} har "{composite.unit}"'
            raise Misplaced(f"{what} {units}. Bara mått i samma enhet kan vägas samman", f"{key}.parts")


def before_judgement(version: GoalVersion, until: date) -> GoalVersion:
    """The goals as known on a day: where their year wasn't over, without what the document says of how it went.

    An activity keeps a status that speaks of that day or an earlier one (`as_of`); one with a later status is told by
    Activity.withheld.
    """
    if date(version.year, 12, 31) <= until:
        return version

    def decided(goal: Goal) -> Goal:
        measures = tuple(measure.model_copy(update={"judged": None}) for measure in goal.measures)
        return goal.model_copy(update={"printed": None, "measures": measures})

    return version.model_copy(
        update={
            "goals": tuple(decided(goal) for goal in version.goals),
            "activities": tuple(_as_known(activity, until) for activity in version.activities),
        }
    )


def _as_known(activity: Activity, until: date) -> Activity:
    if activity.as_of is not None and activity.as_of <= until:
        return activity
    known = activity.model_copy(update={"status": None, "comment": None})
    known._withheld = activity.status is not None
    return known
