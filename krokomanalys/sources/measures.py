"""A measure as a goal file has it: what is measured, which way is good, and the target, checked on the way in."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from krokomanalys.sources.numbers import HUGE, Quantity, parse_quantity
from krokomanalys.swedish import shortest

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_.-]*$")]
Direction = Literal["higher", "lower", "range", "exact", "ordinal", "binary", "rank", "unstated"]
DIRECTIONS = "higher (högre är bättre), lower, range, exact, rank, ordinal, binary (ja/nej) eller unstated"
YEARS = range(1900, 2201)
"""Years that a target can be for."""
WHOLES = (1.0, 100.0)
"""What weights sum to: shares or per cent."""


def _number(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("ordet läses som ja eller nej (true, false) i YAML. Skriv ett tal, för ett ja 1")
    if isinstance(value, int | float) and HUGE <= abs(value) < float("inf"):
        raise ValueError(f"{value:g} är för stort för att vara ett mätvärde. Skriv talet i en större enhet")
    return value


Number = Annotated[float, BeforeValidator(_number)]


class Part(BaseModel):
    """A part of a goal file: what it may hold is told by its fields, and nothing else may stand there."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Component(Part):
    """One part of a composite measure, by the id of a measure, with its weight; without weights all weigh alike."""

    measure: Id
    weight: Number | None = Field(default=None, gt=0)


class Shared(Part):
    """What a target is spread over, where the document says so: 193 "byar". `name` is in the plural."""

    count: int = Field(gt=0)
    name: Text


class Measure(Part):
    """A measure with its target. The outcome is in data/measures/ under the same id.

    direction   which way is good: higher, lower, range [a, b], exact, rank (lower is better), binary (1 = yes),
                ordinal (the target is a word: "Högre" says that more is wanted than there is, "Lika" that there
                is enough), unstated (the document doesn't say which way is good)
    target      the value wanted; [a, b] for a range; a word for ordinal; absent where none is stated
    strict      True where the document says "more than" and not "at least"
    path        targets by year, where several years are decided at once: year -> value
    relative_to a year, or "previous": the target is to be better than the outcome then
    by, by_percent  how much better than that outcome at least, above 0: in the measure's unit (percentage points for
                a share), or in per cent of it
    deadline    for binary: the last day for the yes
    target_text the target as the document prints it, where it says more than the number (">20")
    tolerance   how far from the target still counts as nearly met, in the measure's unit; only where stated
    weight      of the measure in its goal, where the goal's rule is weighted
    parts       components of a composite, where the value is weighed together of other measures of the same goal
                (or comparisons); they count through the composite, not on their own
    cover       share of the weight that must have been measured for the composite to be made; absent: all of it
    share_of    what group the value is a share of ("anställda"); only for a unit of %
    flow        id of the measure that counts what came during the year; this one is the stock at its end
    benchmarks  the same thing elsewhere: name of the place ("Riket") -> id of the measure that holds it
    outcome     "measures" (the measures file) or "population_total" (SCB's 31 December figure)
    judged      the document's own word on this measure where it gives no value ("nås med minsta möjliga marginal")
    max_age     years after which an outcome is stale; only where stated
    shared_by   what the document spreads the target over (193 byar); only where stated
    """

    id: Id
    name: Text
    unit: Text
    direction: Direction | None = None
    target: Annotated[float | tuple[Number, Number] | Text | None, BeforeValidator(_number)] = None
    strict: bool = False
    path: dict[int, Number] | None = Field(default=None, min_length=1)
    relative_to: int | Literal["previous"] | None = None
    by: Number | None = Field(default=None, gt=0)
    by_percent: Number | None = Field(default=None, gt=0)
    deadline: date | None = None
    target_text: Text | None = None
    tolerance: Number | None = Field(default=None, ge=0)
    weight: Number | None = Field(default=None, gt=0)
    parts: tuple[Component, ...] = ()
    cover: Number | None = Field(default=None, gt=0, le=1)
    share_of: Text | None = None
    flow: Id | None = None
    benchmarks: dict[Text, Id] = Field(default_factory=dict)
    outcome: Literal["measures", "population_total"] = "measures"
    judged: Text | None = None
    max_age: int | None = Field(default=None, ge=0)
    shared_by: Shared | None = None
    note: Text | None = None

    @property
    def wanted(self) -> bool:
        """Whether the measure has any target: a value, a path, another year's outcome or a last day."""
        return any(x is not None for x in (self.target, self.path, self.relative_to, self.deadline))

    @model_validator(mode="after")
    def _whole(self) -> Measure:
        if self.wanted and self.direction is None:
            raise ValueError(f"mätetalet har ett målvärde men ingen riktning (direction): {DIRECTIONS}")
        if sum(x is not None for x in (self.target, self.path, self.relative_to, self.deadline)) > 1:
            raise ValueError("bara ett av target, path, relative_to och deadline kan anges")
        if isinstance(self.target, str):
            self._word(self.target)
        if (self.direction == "range") != isinstance(self.target, tuple):
            raise ValueError("direction: range hör ihop med ett målvärde av två tal, [från, till]")
        if isinstance(self.target, tuple) and self.target[0] > self.target[1]:
            raise ValueError("målvärdets första tal ska vara det lägsta, [från, till]")
        if (self.direction == "ordinal") != isinstance(self.target, str):
            raise ValueError("direction: ordinal hör ihop med ett målvärde i ord, Högre eller Lika")
        if self.path is not None and (odd := [year for year in self.path if year not in YEARS]):
            raise ValueError(f"{odd[0]} i path är inget årtal. Skriv år med fyra siffror, t.ex. 2026")
        if self.direction == "binary":
            self._yes_or_no()
        if self.deadline is not None and self.direction != "binary":
            raise ValueError("deadline hör ihop med direction: binary, det som ska vara gjort en viss dag")
        if self.share_of is not None and self.unit != "%":
            raise ValueError('share_of hör ihop med unit: "%", andelen av en grupp')
        self._against_a_year()
        if self.cover is not None and not self.parts:
            raise ValueError("cover hör ihop med parts, delarna i ett sammanvägt mätetal")
        if self.parts and self.outcome == "population_total":
            raise ValueError("folkmängden (outcome: population_total) kan inte vägas samman av delar. Ta bort parts")
        named = [part.measure for part in self.parts]
        if again := [name for name in named if named.count(name) > 1]:
            raise ValueError(f"delen {again[0]} finns två gånger i parts. Ta bort den ena")
        check_weights([part.weight for part in self.parts], "delarnas vikter")
        return self

    def _word(self, word: str) -> None:
        if word in ("Högre", "Lika"):
            return
        read = _quantity(word)
        if self.direction == "binary":
            raise ValueError(f'målvärdet "{word}" är text: skriv target: 1 för ett ja, eller dagen i deadline')
        if read is not None and read.upper is not None:
            span = f"[{read.value:g}, {read.upper:g}]"
            raise ValueError(f'målvärdet "{word}" är text: skriv direction: range och target: {span}')
        if read is None:
            raise ValueError(
                f'målvärdet "{word}" går inte att läsa som ett tal. Skriv talet i target och orden i target_text; '
                "ett målvärde i ord kan bara vara Högre eller Lika (direction: ordinal)"
            )
        raise ValueError(
            f'målvärdet "{word}" är text: skriv bara talet, target: {read.value:g}, och orden i target_text'
        )

    def _yes_or_no(self) -> None:
        if self.unit != "ja/nej":
            raise ValueError(f'ett mått med direction: binary har unit: ja/nej, inte "{self.unit}"')
        wanted = [*(self.path or {}).values(), *([] if self.target is None else [self.target])]
        if any(value != 1 for value in wanted):
            raise ValueError(
                "målvärdet för ett ja eller nej (direction: binary) kan bara vara 1. Skriv 1, eller deadline"
            )

    def _against_a_year(self) -> None:
        if self.by is not None and self.by_percent is not None:
            raise ValueError("bara ett av by och by_percent kan anges")
        if (self.by or self.by_percent) and self.relative_to is None:
            raise ValueError("by och by_percent hör ihop med relative_to, året som målet jämförs med")
        if (self.by or self.by_percent) and self.direction not in ("higher", "lower", "rank"):
            raise ValueError("by och by_percent behöver en riktning, direction: higher eller lower")


def check_weights(weights: list[float | None], what: str) -> None:
    """Refuse weights that some lack, or that don't sum to 1 or 100; 1 for each is taken as equal weights.

    Raises:
        ValueError: in Swedish, with the sum that was found.
    """
    given = [weight for weight in weights if weight is not None]
    if not given or (len(given) == len(weights) and set(given) == {1}):
        return
    if len(given) < len(weights):
        raise ValueError(f"{what}: {len(weights) - len(given)} av {len(weights)} saknas. Ge alla, eller ingen")
    total = sum(given)
    if min(abs(total - whole) / whole for whole in WHOLES) > 0.0015:
        raise ValueError(
            f"{what} summerar till {shortest(total)}; 1 eller 100 väntades. Rätta dem, eller ta bort dem alla"
        )


def _quantity(text: str) -> Quantity | None:
    try:
        read = parse_quantity(text)
    except ValueError:
        return None
    return read if isinstance(read, Quantity) else None
