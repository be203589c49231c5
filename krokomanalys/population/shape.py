"""How migration falls on ages, lent by a place that has moves by age to one that has not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from krokomanalys.errors import Fault, InputError
from krokomanalys.population.cube import Array
from krokomanalys.population.records import MIGRATION, Record, record
from krokomanalys.population.step import age_on
from krokomanalys.regions import NATION
from krokomanalys.sources.slices import PopulationTables


@dataclass(frozen=True, eq=False)
class Shape:
    """How migration falls on ages, borrowed; arrays by sex and age (2, 101).

    moved_in  in-migrants' shares, summing to 1 for each sex
    out_rate  moves out per person-year
    change    a cohort's size at the year's end against its size a year before, 1 where it has nobody
    """

    moved_in: Array
    out_rate: Array
    change: Array


def borrow(tables: PopulationTables, region: str, first: int, last: int, shape_from: str | None) -> Shape:
    """The shape that `shape_from` lends to `region` for the years first..last.

    Raises:
        InputError: no lender is named, or it has no moves by age in any of the years.
    """
    lenders = sorted(set(tables.migration["region"]) - {NATION})
    if shape_from is None:
        raise InputError(
            Fault(
                "shape_from",
                f"{region} har inga flyttningar efter ålder för {first}–{last}",
                "en kommun av samma slag att låna åldersfördelningen från",
                'Ange t.ex. shape_from: "2262" i parameterfilen',
            )
        )
    if shape_from not in lenders:
        raise InputError(
            Fault(
                "shape_from",
                f"{shape_from} har inga flyttningar efter ålder i {MIGRATION}",
                "någon av " + ", ".join(lenders) if lenders else "en kommun som har det",
            )
        )
    return shape_of(record(tables, [shape_from], first - 1, last), first, last)


def shape_of(lender: Record, first: int, last: int) -> Shape:
    """The shape of a lender's migration over those of the years first..last that it has.

    Raises:
        InputError: it has none.
    """
    lender = lender.between(first - 1, last)
    known = ~np.isnan(lender.in_by_age[1:, 0, 0, 0]) & ~np.isnan(
        lender.single[:-1, 0, 0, 0] + lender.single[1:, 0, 0, 0]
    )
    if not known.any():
        raise InputError(
            Fault(
                "shape_from",
                f"{lender.regions[0]} har inga flyttningar efter ålder för {first}–{last}",
                "en kommun som har det för något av åren",
            )
        )
    moved_in, moved_out = lender.in_by_age[1:, 0][known].sum(0), lender.out_by_age[1:, 0][known].sum(0)
    start, end = age_on(lender.single[:-1, 0][known]).sum(0), lender.single[1:, 0][known].sum(0)
    exposure = (start + end) / 2
    return Shape(
        moved_in / moved_in.sum(-1, keepdims=True),
        np.divide(moved_out, exposure, out=np.zeros_like(exposure), where=exposure > 0),
        np.divide(end, start, out=np.ones_like(start), where=(start > 0) & (end > 0)),
    )
