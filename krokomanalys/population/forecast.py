"""From what is published to a projection: the models by name, for one municipality and for hundreds at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from krokomanalys.errors import Fault, InputError
from krokomanalys.population.cube import Array, Cube
from krokomanalys.population.history import Observed, observe_all
from krokomanalys.population.models import MODELS, Start, join
from krokomanalys.population.national import National
from krokomanalys.population.projection import Carried, Projection, carry
from krokomanalys.population.records import Record
from krokomanalys.population.shape import Shape
from krokomanalys.population.step import Assumptions
from krokomanalys.population.totals import WAYS, past_of
from krokomanalys.sources.available import HISTORY_YEARS


@dataclass(frozen=True)
class Plan:
    """A projection model: its ages, what total it follows, and its name in Swedish.

    ages    the cohort-component model, a name in models.MODELS
    total   the way in totals.WAYS that in-migration is scaled to follow; None: the total that the ages give
    """

    ages: str
    total: str | None
    words: str


PLANS: Mapping[str, Plan] = MappingProxyType(
    {
        "joined": Plan("average", "joined", "sammanvägd kohortmodell som följer sammanvägd totalprognos (joined)"),
        "gross": Plan("gross", None, "kohortmodell med in- och utflyttning var för sig (gross)"),
        "shrunk": Plan("shrunk", None, "kohortmodell med tal krympta mot riket och långivaren (shrunk)"),
        "net10": Plan("net10", None, "kohortmodell med tio års medel av flyttnettot (net10)"),
        "net3_10": Plan("net3_10", None, "kohortmodell med tre och tio års medel av flyttnettot (net3_10)"),
    }
)
"""The models a report can be made with; the first is the one used where none is named."""
DEFAULT = "joined"


@dataclass(frozen=True, eq=False)
class Forecast:
    """Projections of R municipalities from one base year: what they rest on, what they assume, what they give."""

    observed: Observed
    assumptions: Assumptions
    carried: Carried


def observed_until(read: Record, riket: National, base_year: int, shape: Shape | None) -> Observed:
    """The last HISTORY_YEARS years up to a base year, or as many as Riket has death rates for."""
    first = max(base_year - HISTORY_YEARS + 1, riket.mortality_years[0])
    return observe_all(read, riket, first, base_year, shape)


def forecast(
    read: Record, riket: National, base_year: int, steps: int, shape: Shape | None, model: str = DEFAULT
) -> Forecast:
    """Project every municipality of a record from 31 December of `base_year`, `steps` years ahead."""
    observed = observed_until(read, riket, base_year, shape)
    assumed = assumptions(observed, read, riket, steps, shape, PLANS[model])
    return Forecast(observed, assumed, carry(observed.population[-1], assumed))


def projection_of(made: Forecast, place: int, base_year: int) -> Projection:
    """One municipality's projection out of a batch."""
    assumed, run = made.assumptions, made.carried
    population = run.population[:, place]
    region = made.observed.regions[place]
    return Projection(
        Cube(population, tuple(range(base_year, base_year + len(population))), region),
        run.births[:, place],
        run.deaths[:, place],
        run.moved_in[:, place],
        run.moved_out[:, place],
        Assumptions(
            assumed.mortality[:, place],
            assumed.fertility[:, place],
            assumed.out_migration[:, place],
            assumed.in_migration[:, place],
            assumed.girls_share[:, place],
        ),
    )


def assumptions(
    observed: Observed, read: Record, riket: National, steps: int, shape: Shape | None, plan: Plan
) -> Assumptions:
    """What a plan assumes for the years ahead, its total followed exactly."""
    assumed = MODELS[plan.ages](Start(observed, riket, steps), shape)
    return assumed if plan.total is None else following(assumed, observed, read, riket, plan.total)


def following(assumed: Assumptions, observed: Observed, read: Record, riket: National, way: str) -> Assumptions:
    """The assumptions with in-migration such that the population grows as a way in totals.WAYS says.

    Raises:
        InputError: a total lies below what is left when nobody moves in (see models.join).
    """
    past = past_of(read, riket, observed.base_year)
    totals: Array = WAYS[way](past, len(assumed))
    base = observed.population[-1]
    # the ages are raked to groups by sex, which may differ by a person from the published total
    try:
        return join(base, assumed, totals * (base.sum((-2, -1)) / past.totals[-1]))
    except ValueError as error:
        raise InputError(
            Fault(
                "model",
                f"totalen för {', '.join(read.regions[:5])} sjunker under vad som blir kvar om ingen flyttar in",
                "en total som går att nå",
                'Välj en modell utan egen total i parameterfilen, t.ex. model: "gross"',
            )
        ) from error
