"""What the analysis report says of births and deaths: how much numbers and ages did, and how much the rates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt

import pandas as pd

from krokomanalys.errors import Missing
from krokomanalys.population.history import History
from krokomanalys.population.national import national
from krokomanalys.population.structure import Events, Split, births, deaths
from krokomanalys.report.figures import SCB
from krokomanalys.report.page import Piece, note
from krokomanalys.report.pictures import Picture
from krokomanalys.report.signed_bars import signed_bars
from krokomanalys.report.tables import Column, Table
from krokomanalys.report.theme import BLUE, OLIVE, TEAL
from krokomanalys.sources.slices import Slice
from krokomanalys.swedish import number

MEAN_YEARS = 5
"""Earlier years whose mean the year is held against: births and deaths of one year alone are mostly chance."""
PARTS = {
    "size": ("antal människor", BLUE),
    "composition": ("deras åldrar", OLIVE),
    "rates": ("hur ofta de får barn eller dör", TEAL),
}


@dataclass(frozen=True)
class Compared:
    """Births or deaths of a year against earlier ones: yearly numbers before and now, and what the change is."""

    kind: str
    year: int
    against: str
    before: float
    now: float
    split: Split
    own: bool
    years: int

    @property
    def chance(self) -> float:
        """What chance alone moves the change by in 19 of 20 years, were nothing else different (Poisson counts)."""
        return 1.96 * sqrt(self.now + self.before / self.years)


def vital_changes(slice_: Slice, observed: History | Missing) -> list[Compared]:
    """Births and deaths of the year against the year before and against the mean of five, where known by age."""
    if isinstance(observed, Missing):
        return []
    tables = slice_.population
    riket = national(tables)
    told = {"Födda": births(observed, tables, riket), "Döda": deaths(observed, tables, riket)}
    return [c for kind, events in told.items() if events is not None for c in _comparisons(kind, events)]


def vital_picture(compared: list[Compared]) -> Picture | Piece:
    """The change from the mean of earlier years in births and in deaths, in parts; a note where it can't be told."""
    shown = [c for c in compared if c.years > 1]
    if not shown:
        return note("Födda och döda kan inte delas upp: de behövs efter ålder för sex år, kommunens egna eller rikets.")
    frame = pd.DataFrame(
        [{"size": c.split.size, "composition": c.split.composition, "rates": c.split.rates} for c in shown],
        index=[c.kind for c in shown],
    )
    told = " ".join(_sentence(c) for c in shown)
    return signed_bars(
        frame,
        PARTS,
        name="fodda_doda_delar",
        head="Händelser",
        title=f"Förändringen mot {shown[0].against} i delar",
        unit="personer",
        alt=f"Stapeldiagram. {told}",
        caption=f"Skillnaden mot {shown[0].against} i födda och döda, delad i hur många människorna är, "
        f"hur gamla de är och hur ofta de i varje ålder får barn eller dör, personer per år. {SCB}; egen beräkning.",
    )


def vital_table(compared: list[Compared]) -> Table | None:
    """Births and deaths against each comparison, with the parts of the change; None where there is none."""
    if not compared:
        return None
    frame = pd.DataFrame(
        [
            {
                "name": f"{c.kind} mot {c.against.removeprefix('medlet ')}",
                "before": c.before,
                "now": c.now,
                "change": c.now - c.before,
                "size": c.split.size,
                "composition": c.split.composition,
                "rates": c.split.rates,
            }
            for c in compared
        ]
    )
    return Table(
        "fodda_doda",
        "Födda och döda mot tidigare år, personer per år",
        frame,
        {
            "name": Column("Jämförelse", kind="text"),
            "before": Column("Tidigare", decimals=1),
            "now": Column(str(compared[0].year)),
            "change": Column("Skillnad", decimals=1, signed=True),
            "size": Column("Antal", decimals=1, signed=True),
            "composition": Column("Åldrar", decimals=1, signed=True),
            "rates": Column("Hur ofta", decimals=1, signed=True),
        },
        note="Flera år: medlet per år. Skillnaden är summan av tre delar (Kitagawa 1955): hur många människorna är, "
        "hur gamla de är, och hur ofta de i varje ålder får barn eller dör. För födda räknas kvinnor 15–49 år. "
        f"{_basis(compared)} {_chance(compared)}",
        source="SCB; egen beräkning",
    )


def vital_findings(compared: list[Compared]) -> list[str]:
    """Births and deaths against the mean of earlier years, a sentence or two each."""
    return [_sentence(c, "**") for c in compared if c.years > 1]


def _comparisons(kind: str, events: Events) -> Iterator[Compared]:
    year = events.years[-1]
    earlier = list(range(year - MEAN_YEARS, year))
    for before in ([year - 1], earlier):
        if set(before) <= set(events.years):
            against = str(before[0]) if len(before) == 1 else f"medlet {before[0]}–\u2060{before[-1]}"
            yield Compared(
                kind,
                year,
                against,
                events.yearly(before),
                events.yearly([year]),
                events.change(before, year),
                events.own,
                len(before),
            )


def _sentence(compared: Compared, strong: str = "") -> str:
    c = compared
    happened, who, how = (
        ("föddes", "Kvinnornas", "barnafödandet") if c.kind == "Födda" else ("dog", "Befolkningens", "dödligheten")
    )
    difference = round(c.now - c.before)
    more = f"{strong}{number(abs(difference))}{strong} {'fler' if difference > 0 else 'färre'} än"
    than = more if difference else "lika många som"
    luck = " Skillnaden ryms inom vad slumpen kan ge." if abs(c.now - c.before) < c.chance else ""
    return (
        f"{strong}{number(c.now)}{strong} {happened}, {than} {c.against}. {who} antal och "
        f"ålder gav {number(c.split.structure, signed=True)}, {how} {number(c.split.rates, signed=True)}.{luck}"
    )


def _basis(compared: list[Compared]) -> str:
    texts = []
    if own := _kinds(compared, own=True):
        texts.append(f"{own} efter ålder är kommunens egna.")
    if borrowed := _kinds(compared, own=False):
        texts.append(
            f"{borrowed} finns bara totalt: antal och åldrar räknas med rikets tal på kommunens befolkning. Det som "
            "återstår är kommunens nivå och rikets förändring tillsammans."
        )
    return " ".join(texts)


def _chance(compared: list[Compared]) -> str:
    told = " och ".join(f"±{number(c.chance)} {c.kind.lower()}" for c in compared if c.years > 1)
    return f"Slumpen ensam kan flytta talen med {told} mot fem års medel (19 år av 20)." if told else ""


def _kinds(compared: list[Compared], *, own: bool) -> str:
    return " och ".join(dict.fromkeys(c.kind for c in compared if c.own == own)).capitalize()
