"""Goal files: what politics has decided, as data/goals/REGION-YEAR.yaml holds it, checked on the way in.

One file is one decided version of a municipality's goals. A goal keeps its `id` from version to version,
so that a target can be followed through them. Outcomes are not here but in data/measures/REGION.csv.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from krokomanalys.sources.numbers import Quantity, parse_quantity

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_.-]*$")]
Direction = Literal["higher", "lower", "range", "exact", "ordinal", "binary", "rank", "unstated"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Document(_Part):
    """The document that a version of the goals stands in."""

    title: Text
    body: Text
    adopted: Text | None = None


class Printed(_Part):
    """What the document itself says of a goal: its own words, and on what it says so.

    `words` are the document's ("delvis uppfyllt", "kan inte grönmarkeras"); their meaning as a status is
    looked up in targets.status. `basis` is what the document rests its judgement on.
    """

    words: Text
    basis: Literal["measure", "activity", "judgement"]
    note: Text | None = None


class Component(_Part):
    """One part of a composite measure, by the id of a measure, with its weight in the whole."""

    measure: Id
    weight: float = Field(gt=0)


class Shared(_Part):
    """What a target is spread over, where the document says so: 193 "byar". `name` is in the plural."""

    count: int = Field(gt=0)
    name: Text


class Measure(_Part):
    """A measure with its target. The outcome is in data/measures/REGION.csv under the same id.

    direction   which way is good: higher, lower, range [a, b], exact, rank (lower is better), binary (1 = yes),
                ordinal (the target is a word: "Högre" says that more is wanted than there is, "Lika" that there
                is enough), unstated (a target is printed, but not which way is good)
    target      the value wanted; [a, b] for a range; a word for ordinal; absent where none is stated
    strict      True where the document says "more than" and not "at least"
    path        targets by year, where several years are decided at once: year -> value
    relative_to a year, or "previous": the target is to be better than the outcome then
    target_text the target as the document prints it, where it says more than the number (">20")
    tolerance   how far from the target still counts as nearly met, in the measure's unit; only where stated
    parts       components of a composite, where the value is weighed together of other measures of the same goal;
                they count through the composite, not on their own
    outcome     "measures" (the measures file) or "population_total" (SCB's 31 December figure)
    judged      the document's own word on this measure where it gives no value ("nås med minsta möjliga marginal")
    max_age     years after which an outcome is stale; only where stated
    shared_by   what the document spreads the target over (193 byar); only where stated
    """

    id: Id
    name: Text
    unit: Text
    direction: Direction | None = None
    target: float | tuple[float, float] | Text | None = None
    strict: bool = False
    path: dict[int, float] | None = Field(default=None, min_length=1)
    relative_to: int | Literal["previous"] | None = None
    target_text: Text | None = None
    tolerance: float | None = Field(default=None, ge=0)
    parts: tuple[Component, ...] = ()
    outcome: Literal["measures", "population_total"] = "measures"
    judged: Text | None = None
    max_age: int | None = Field(default=None, ge=0)
    shared_by: Shared | None = None
    note: Text | None = None

    @model_validator(mode="after")
    def _whole(self) -> Measure:
        wanted = self.target is not None or self.path is not None or self.relative_to is not None
        if wanted and self.direction is None:
            raise ValueError("mätetalet har ett målvärde men ingen riktning (direction)")
        if sum(x is not None for x in (self.target, self.path, self.relative_to)) > 1:
            raise ValueError("bara ett av target, path och relative_to kan anges")
        if (self.direction == "range") != isinstance(self.target, tuple):
            raise ValueError("direction: range hör ihop med ett målvärde av två tal, [från, till]")
        if isinstance(self.target, tuple) and self.target[0] > self.target[1]:
            raise ValueError("målvärdets första tal ska vara det lägsta, [från, till]")
        if isinstance(self.target, str) and (number := _number_in(self.target)) is not None:
            raise ValueError(f'målvärdet "{self.target}" är text: skriv bara talet, target: {number:g}')
        if (self.direction == "ordinal") != isinstance(self.target, str):
            raise ValueError("direction: ordinal hör ihop med ett målvärde i ord, Högre eller Lika")
        if isinstance(self.target, str) and self.target not in ("Högre", "Lika"):
            raise ValueError(f'målvärdet "{self.target}" är inget känt ord; Högre eller Lika väntades')
        if self.direction == "unstated" and self.target is None:
            raise ValueError("direction: unstated hör ihop med ett målvärde i tal (target)")
        return self


def _number_in(text: str) -> float | None:
    try:
        read = parse_quantity(text)
    except ValueError:
        return None
    return read.value if isinstance(read, Quantity) else None


class Goal(_Part):
    """A goal: what is to be reached, the measures that tell, and what the document says of it.

    id      the same in every version of the goals; number is what the document prints ("1.3")
    kind    overgripande, forandring (with `aim` effekt or process where the document says), namnd, process_area,
            finansiellt (a financial goal of the god ekonomiska hushållningen)
    area    id of the målområde
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
    owner: Text | None = None
    measures: tuple[Measure, ...] = ()
    printed: Printed | None = None
    note: Text | None = None


class Activity(_Part):
    """An activity or uppdrag, and the goals it serves (one or several).

    `status` is the document's own word, absent where the cell is blank; `investment` is text, so that
    blank, "-" and 0 stay apart.
    """

    id: Id
    title: Text
    goals: tuple[Id, ...] = ()
    description: Text | None = None
    unit: Text | None = None
    investment: Text | None = None
    finance: Text | None = None
    project: Text | None = None
    status: Text | None = None
    comment: Text | None = None


class Area(_Part):
    """A målområde."""

    id: Id
    name: Text


class GoalVersion(_Part):
    """All of one goal file: a municipality's goals as one document decided or followed them up.

    region      SCB's code, four digits; year: the year the version is for
    board       the nämnd whose document it is, absent for the whole municipality
    comparisons measures without a goal (jämförelsetal), followed over years
    remarks     contradictions and oddities in the document that a reader should know of
    """

    region: Annotated[str, StringConstraints(pattern=r"^\d{4}$")]
    year: int
    document: Document
    board: Text | None = None
    vision: Text | None = None
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
        for goal in self.goals:
            own = {m.id for m in goal.measures}
            for measure in goal.measures:
                for part in measure.parts:
                    if part.measure not in own or part.measure == measure.id:
                        raise ValueError(f"{measure.id}: delen {part.measure} är inget annat mätetal i samma mål")
        for activity in self.activities:
            for served in activity.goals:
                if served not in goal_ids:
                    raise ValueError(f"aktiviteten {activity.id} pekar på målet {served} som inte finns")
        areas = [a.id for a in self.areas]
        for goal in self.goals:
            if goal.area is not None and goal.area not in areas:
                raise ValueError(f"målet {goal.id} pekar på målområdet {goal.area} som inte finns")
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
