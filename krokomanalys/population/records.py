"""What municipalities have published, as arrays: years first, then municipalities, then sex and age.

A figure that is not published is NaN; what of it can be borrowed is for history.observe to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from krokomanalys.errors import Fault, InputError
from krokomanalys.population.cube import AGES, SEXES, Array
from krokomanalys.sources.available import FLOW_WORDS, FLOWS, PARTITION
from krokomanalys.sources.grouping import FINER
from krokomanalys.sources.slices import PopulationTables

POPULATION, GROUPS = "data/population/population.csv", "data/population/groups.csv"
COMPONENTS, MIGRATION = "data/population/components.csv", "data/population/migration.csv"
NO_STATUS = ""


@dataclass(frozen=True, eq=False)
class Record:
    """The published figures of R municipalities for T consecutive years; NaN where there is none.

    totals      persons on 31 December, shape (T, R)
    groups      persons by age group and sex, each (T, R, 2); a coarse group beside its parts where both are known
    single      persons by sex and age, shape (T, R, 2, 101); `status` (T, R) says published, derived or estimated
    births, deaths  of the year, shape (T, R)
    moved_in, moved_out  in the year by sex, shape (T, R, 2), scaled to the published totals of both sexes
    net_domestic, net_foreign  moves in minus out within and across the country's border, shape (T, R)
    in_by_age, out_by_age, deaths_by_age  by sex and attained age, shape (T, R, 2, 101)
    """

    regions: tuple[str, ...]
    years: tuple[int, ...]
    totals: Array
    groups: dict[str, Array]
    single: Array
    status: NDArray[np.object_]
    births: Array
    deaths: Array
    moved_in: Array
    moved_out: Array
    net_domestic: Array
    net_foreign: Array
    in_by_age: Array
    out_by_age: Array
    deaths_by_age: Array

    def between(self, first: int, last: int, places: Sequence[int] | NDArray[np.intp] | None = None) -> Record:
        """The years first..last alone, of the municipalities at `places` (default all): nothing later is in it."""
        t = slice(self.years.index(first), self.years.index(last) + 1)
        r = np.arange(len(self.regions)) if places is None else np.asarray(places, int)
        cut = {
            name: getattr(self, name)[t][:, r]
            for name in self.__dataclass_fields__
            if name not in ("regions", "years", "groups")
        }
        groups = {name: persons[t][:, r] for name, persons in self.groups.items()}
        return Record(tuple(self.regions[i] for i in r), self.years[t], groups=groups, **cut)

    def partition(self, year: int) -> dict[str, Array]:
        """Published persons of a year in the finest groups that share out all ages, each (R, 2).

        Raises:
            InputError: a group of the partition lacks women or men.
        """
        t = self.years.index(year)
        of_year = {name: persons[t] for name, persons in self.groups.items()}
        names: list[str] = []
        for name in PARTITION:
            finer = FINER.get(name, ())
            names += finer if finer and all(not np.isnan(of_year[f]).any() for f in finer) else [name]
        gaps = [(name, r) for name in names for r in np.flatnonzero(np.isnan(of_year[name]).any(-1))]
        if gaps:
            raise InputError(
                [
                    Fault(
                        GROUPS,
                        f"region {self.regions[r]}, år {year}: åldersgruppen {name} saknas för kvinnor och män",
                        "grupperna " + ", ".join(PARTITION),
                        "Lägg till raderna (sex F och M), eller välj ett senare utgångsår",
                    )
                    for name, r in gaps
                ]
            )
        return {name: of_year[name] for name in names}

    def need(self, flow: str, years: Sequence[int]) -> Array:
        """A flow's totals for the years, shape (T, R), none of them missing.

        Raises:
            InputError: a municipality lacks the flow in a year.
        """
        values: Array = getattr(self, flow)[[self.years.index(y) for y in years]]
        words, sexes = FLOW_WORDS[_COMPONENT[flow]], "för båda könen"
        if flow.startswith("moved"):
            sexes += ", eller för kvinnor och män var för sig"
        absent = np.isnan(values if values.ndim == 2 else values.sum(-1))
        if absent.any():
            raise InputError(
                [
                    Fault(
                        COMPONENTS,
                        f"region {self.regions[r]}, år {years[t]}: {words} saknas {sexes}",
                        f"{words} för {years[0]}–{years[-1]}",
                        "Lägg till raderna (sex T; för flyttade också F och M), eller välj ett senare utgångsår",
                    )
                    for t, r in np.argwhere(absent)
                ]
            )
        return values


_COMPONENT = {"births": "births", "deaths": "deaths", "moved_in": "in_migration", "moved_out": "out_migration"}


def record(tables: PopulationTables, regions: Sequence[str], first: int, last: int) -> Record:
    """What the tables hold of the regions for the years first..last.

    Raises:
        InputError: a table by single age has some ages of a region and year but not all.
    """
    years = list(range(first, last + 1))
    groups = grid(tables.groups, "population", regions, years, age_group=_GROUP_NAMES, sex=("F", "M", "T"))
    flows = grid(tables.components, "count", regions, years, component=_COMPONENTS, sex=("F", "M", "T"))
    by_name = {name: groups[..., g, :2] for g, name in enumerate(_GROUP_NAMES)}
    _parts_by_difference(by_name)
    single = ages(tables.single, "population", regions, years, POPULATION)
    flow = {name: flows[..., c, 2] for c, name in enumerate(_COMPONENTS)}
    moves = {c: ages(tables.migration, c, regions, years, MIGRATION) for c in _MOVES}
    died = tables.deaths[tables.deaths["age_definition"] == "attained"]
    return Record(
        regions=tuple(regions),
        years=tuple(years),
        totals=groups[..., _GROUP_NAMES.index("total"), 2],
        groups=by_name,
        single=single,
        status=_status(tables.single, regions, years),
        births=flow["births"],
        deaths=flow["deaths"],
        moved_in=_by_sex(flows[..., _COMPONENTS.index("in_migration"), :]),
        moved_out=_by_sex(flows[..., _COMPONENTS.index("out_migration"), :]),
        net_domestic=flow["net_domestic_migration"],
        net_foreign=flow["net_foreign_migration"],
        in_by_age=moves["in_domestic"] + moves["immigration"],
        out_by_age=moves["out_domestic"] + moves["emigration"],
        deaths_by_age=ages(died, "deaths", regions, years, "data/population/deaths.csv"),
    )


_GROUP_NAMES = ("total", *PARTITION, *(part for parts in FINER.values() for part in parts))
_COMPONENTS = (*FLOWS, "net_domestic_migration", "net_foreign_migration")
_MOVES = ("in_domestic", "immigration", "out_domestic", "emigration")


def grid(
    table: pd.DataFrame, value: str, regions: Sequence[str], years: Sequence[int], **axes: Sequence[object]
) -> Array:
    """A tidy table's values by year, region and the named columns, in the order given; NaN where it has no row."""
    labels: dict[str, list[object]] = {"year": list(years), "region": list(regions)}
    labels |= {name: list(named) for name, named in axes.items()}
    found = [pd.Index(v, dtype=object).get_indexer(pd.Index(table[name], dtype=object)) for name, v in labels.items()]
    inside = np.logical_and.reduce([place >= 0 for place in found])
    values = np.full([len(v) for v in labels.values()], np.nan)
    values[tuple(place[inside] for place in found)] = table[value].to_numpy(float)[inside]
    return values


def ages(table: pd.DataFrame, value: str, regions: Sequence[str], years: Sequence[int], file: str) -> Array:
    """Counts by year, region, sex and single age, shape (T, R, 2, 101); NaN for a region and year without rows.

    Raises:
        InputError: a region and year has some ages but not all.
    """
    cells = grid(table, value, regions, years, sex=SEXES, age=range(AGES))
    absent = np.isnan(cells)
    partly = np.asarray(absent.any((-2, -1)) & ~absent.all((-2, -1)))
    if partly.any():
        gaps = np.argwhere(absent & partly[..., None, None])
        raise InputError(
            [
                Fault(
                    file,
                    f"region {regions[r]}, år {years[t]}, kön {SEXES[s]}, ålder {a} saknas",
                    "alla åldrar 0–100 för båda könen",
                    "Lägg till raden, med 0 om ingen finns",
                )
                for t, r, s, a in gaps
            ]
        )
    return cells


def _parts_by_difference(groups: dict[str, Array]) -> None:
    """A part that isn't published is the whole less the other part, where those are."""
    for whole, (one, other) in FINER.items():
        for part, rest in ((one, other), (other, one)):
            groups[part] = np.where(np.isnan(groups[part]), groups[whole] - groups[rest], groups[part])


def _by_sex(flows: Array) -> Array:
    """Moves by sex, (..., 2), that sum to the total of both: (..., F M T) -> (..., F M).

    Where a sex is suppressed it is the total less the other; where both are, the place's own split of earlier years.
    """
    women, men, both = np.moveaxis(flows, -1, 0)
    women, men = np.where(np.isnan(women), both - men, women), np.where(np.isnan(men), both - women, men)
    known = ~np.isnan(women)
    sums = [np.where(known, sex, 0).cumsum(0) for sex in (women, men)]
    share = np.divide(sums[0], sums[0] + sums[1], out=np.full_like(sums[0], np.nan), where=sums[0] + sums[1] > 0)
    women, men = np.where(known, women, both * share), np.where(known, men, both * (1 - share))
    scale = np.divide(both, women + men, out=np.ones_like(both), where=women + men > 0)
    split: Array = np.stack([women * scale, men * scale], -1)
    return split


def _status(single: pd.DataFrame, regions: Sequence[str], years: Sequence[int]) -> NDArray[np.object_]:
    said = np.full((len(years), len(regions)), NO_STATUS, object)
    rows = single.drop_duplicates(["region", "year"])
    for region, year, status in zip(rows["region"], rows["year"], rows["status"], strict=True):
        if region in regions and year in years:
            said[list(years).index(year), list(regions).index(region)] = status
    return said
