"""What a document says in figures, and what each statement can be computed again from: data/claims/REGION-YEAR.yaml.

A claim is a fact in our own words, never the document's sentence: what it is about, where it stands, what the
document says and, where the document prints that too, the numbers it follows from. How a claim is judged stands in
budget.claims.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictFloat,
    StrictInt,
    StringConstraints,
    model_validator,
)

from krokomanalys.sources.formulas import names_in, parse_formula
from krokomanalys.sources.ledger import Document
from krokomanalys.sources.numbers import Quantity, parse_quantity

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Word = Literal["ökar", "minskar", "oförändrad", "ökar inte", "minskar inte"]
WORDS: tuple[Word, ...] = ("ökar", "minskar", "oförändrad", "ökar inte", "minskar inte")
MONEY = {
    "kr": 1, "kronor": 1, "tkr": 1e3, "tusen kronor": 1e3, "mkr": 1e6, "mnkr": 1e6, "miljoner": 1e6,
    "miljoner kronor": 1e6,
}  # fmt: skip
"""What a unit of money is worth in kronor, as documents write it."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Figure(_Part):
    """A number, limit or word as the document states it.

    value       a number (8.5), or the text as printed: "8,5", "18.000", "2,2 miljoner kronor", ">20", "minst 300",
                "1-10", or one of WORDS on which way something went
    rounded_to  the last printed digit where that isn't the number's own ("cirka 300" to the nearest ten: 10)
    exact       True for a count, a year or a number by definition, which no one has rounded
    """

    value: StrictInt | StrictFloat | Text
    rounded_to: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    exact: bool = False

    @model_validator(mode="after")
    def _readable(self) -> Figure:
        if self.word is None:
            read = self.quantity
            if read.approximate and self.rounded_to is None:
                raise ValueError(f'"{self.value}" är ungefärligt: ange rounded_to, {{value: 300, rounded_to: 10}}')
        if self.exact and self.rounded_to is not None:
            raise ValueError("ett exakt tal (exact) är inte avrundat (rounded_to)")
        return self

    @property
    def word(self) -> Word | None:
        """The word on which way something went; None where the value is a number."""
        return next((word for word in WORDS if word == self.value), None)

    @property
    def quantity(self) -> Quantity:
        """The value as read; ValueError where there is no number in it."""
        if not isinstance(self.value, str):
            return Quantity(float(self.value))
        read = parse_quantity(self.value)
        if not isinstance(read, Quantity):
            raise ValueError(f'"{self.value}" är inget tal')
        return read

    @property
    def step(self) -> float:
        """The last printed digit, in the text's own unit; 0 where the number is exact."""
        return 0.0 if self.exact else self.rounded_to or _last_digit(self.value)

    @property
    def shown(self) -> str:
        """As the document prints it, with a decimal comma."""
        return self.value if isinstance(self.value, str) else str(self.value).replace(".", ",")


def _last_digit(value: float | str) -> float:
    if isinstance(value, str):
        found = re.search(r"\d,(\d+)|\d\.(\d{1,2}|\d{4,})(?!\d)", value)
        return 10.0 ** -len(found[1] or found[2]) if found else 1.0
    exponent = Decimal(repr(value)).as_tuple().exponent
    return 10.0 ** min(0, exponent) if isinstance(exponent, int) else 1.0


def _figure(given: Any) -> Any:
    return given if isinstance(given, (dict, Figure)) else {"value": given}


def _figures(given: Any) -> Any:
    return given if isinstance(given, (list, tuple)) else [given]


def _readings(given: Any) -> Any:
    return given if isinstance(given, dict) else {"": given}


Printed = Annotated[Figure, BeforeValidator(_figure)]
Name = Annotated[str, StringConstraints(pattern=r"^[^\W\d]\w*$")]


class Claim(_Part):
    """One statement in figures, and what it can be computed again from.

    what       what the figure is, in our own words; where: the place in the document
    about      whose room it is shown in: budget, or goals, with the id of the `goal` where it is about one
    unit       of what is said and of what the formula gives
    exact      True where all its numbers are counts or years, which no one has rounded
    says       what the document says; several where it says the same quantity several times, which must fit together
    numbers    the printed numbers that the formula is made of, each by a name
    formula    what the figure is computed from; a mapping where the document can be read in several ways (name of the
               reading -> formula). A number written in the formula is exact
    series     the quantity's other values, which the figure should be of the same scale as
    against    whose figures the numbers are, where the document prints none to compute from ("SCB")
    exclusive  False where the parts of a sum may count the same thing twice
    note       what a reader should know, shown with the finding
    """

    what: Text
    where: Text
    about: Literal["budget", "goals"]
    goal: Text | None = None
    unit: str = ""
    exact: bool = False
    says: Annotated[tuple[Printed, ...], BeforeValidator(_figures)] = ()
    numbers: dict[Name, Printed] = Field(default_factory=dict)
    formula: Annotated[dict[str, Text], BeforeValidator(_readings)] = Field(default_factory=dict)
    series: tuple[Printed, ...] = ()
    against: Text | None = None
    exclusive: bool = True
    note: Text | None = None

    @model_validator(mode="after")
    def _can_be_checked(self) -> Claim:
        if not self.formula and len(self.says) + len(self.series) < 2:
            raise ValueError("uppgiften har inget att jämföras med: ange formula, series eller flera says")
        if self.series and (self.formula or len(self.says) != 1):
            raise ValueError("series hör ihop med ett enda says och ingen formel")
        used = [name for text in self.formula.values() for name in names_in(parse_formula(text))]
        if unknown := sorted(set(used) - set(self.numbers)):
            raise ValueError(f"formeln nämner {unknown[0]}, som inte finns under numbers")
        if unused := [name for name in self.numbers if name not in used]:
            raise ValueError(f"talet {unused[0]} under numbers används inte i formeln")
        for name, figure in self.numbers.items():
            if figure.word or figure.quantity.comparison or figure.quantity.upper is not None:
                raise ValueError(f"{name} är en gräns eller ett ord: under numbers står bara tal")
        if self.goal and self.about != "goals":
            raise ValueError(f'uppgiften pekar på målet {self.goal} men har about: {self.about}; "goals" väntades')
        return self


class Claims(_Part):
    """All of one claims file: the statements of one document, of a region (SCB's code), a year and maybe a board."""

    region: Annotated[str, StringConstraints(pattern=r"^\d{4}$")]
    year: int
    board: Text | None = None
    document: Document
    claims: Annotated[tuple[Claim, ...], Field(min_length=1)]
