"""Cube: persons on 31 December by year, sex and age, checked once between table and array."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from krokomanalys.errors import Fault, InputError
from krokomanalys.sources.available import PARTITION
from krokomanalys.sources.grouping import SPANS

Array = NDArray[np.float64]
SEXES = ("F", "M")
AGES = 101
FINER = {"0-5": ("0", "1-5"), "20-64": ("20-44", "45-64")}


@dataclass(frozen=True, eq=False)
class Cube:
    """Persons on 31 December. Age is age at the end of the year, 100 = 100+.

    values  persons, shape (T, 2, 101): year, sex (F, M), age
    years   T consecutive years
    region  SCB's code

    Raises:
        ValueError: the labels do not fit the values, the years are not consecutive, or a value is negative or NaN.
    """

    values: Array
    years: tuple[int, ...]
    region: str

    def __post_init__(self) -> None:
        """Refuse values that don't fit their labels, and persons below zero."""
        if self.values.shape != (len(self.years), len(SEXES), AGES):
            raise ValueError(f"values have shape {self.values.shape}, {len(self.years)} years given")
        if list(self.years) != list(range(self.years[0], self.years[0] + len(self.years))):
            raise ValueError(f"years are not consecutive: {self.years}")
        if not (self.values >= 0).all():
            raise ValueError("persons cannot be negative or NaN")

    def __getitem__(self, year: int) -> Array:
        """The population of one year, shape (2, 101)."""
        population: Array = self.values[self.years.index(year)]
        return population

    @property
    def totals(self) -> pd.Series[float]:
        """All persons by year."""
        return pd.Series(self.values.sum((1, 2)), index=pd.Index(self.years, name="year"))

    def groups(self, names: Sequence[str] = PARTITION) -> pd.DataFrame:
        """Persons of both sexes by year (rows) and age group (columns)."""
        return pd.DataFrame(
            {name: in_group(self.values, name).sum(-1) for name in names}, index=pd.Index(self.years, name="year")
        )

    def table(self) -> pd.DataFrame:
        """Tidy: region, year, sex, age, population."""
        years, sexes, ages = np.meshgrid(self.years, SEXES, np.arange(AGES), indexing="ij")
        return pd.DataFrame(
            {
                "region": self.region,
                "year": years.ravel(),
                "sex": sexes.ravel(),
                "age": ages.ravel(),
                "population": self.values.ravel(),
            }
        )


def in_group(values: Array, group: str) -> Array:
    """Persons in an age group by sex: (..., 2, 101) -> (..., 2)."""
    first, last = SPANS[group]
    total: Array = values[..., first : last + 1].sum(-1)
    return total


def by_age(table: pd.DataFrame, column: str, region: str, year: int, file: str, age: str = "age") -> Array:
    """One region's and year's counts by sex and single age from a tidy table, shape (2, 101).

    Raises:
        InputError: a sex and age has no row; the first is named, with how many more.
    """
    # called thousands of times: bare arrays, the year first since numbers compare fastest
    rows = np.flatnonzero(table["year"].to_numpy() == year)
    rows = rows[np.asarray(table["region"].array.take(rows) == region, bool)]
    sexes = np.asarray(table["sex"].array.take(rows), object)
    ages, counts = table[age].to_numpy(), table[column].to_numpy()
    cells = np.full((len(SEXES), AGES), np.nan)
    for place, sex in enumerate(SEXES):
        own = rows[sexes == sex]
        cells[place, ages[own]] = counts[own]
    if gaps := [(SEXES[s], int(a)) for s, a in np.argwhere(np.isnan(cells))]:
        raise InputError(
            [
                Fault(
                    file,
                    f"region {region}, år {year}, kön {sex}, ålder {a} saknas",
                    "alla åldrar 0–100 för båda könen",
                    "Lägg till raden, med 0 om ingen finns",
                )
                for sex, a in gaps
            ]
        )
    return cells


def years_by_age(table: pd.DataFrame, region: str) -> list[int]:
    """The years for which a table by single age has any row of the region, in order."""
    return sorted(int(y) for y in table.loc[table["region"] == region, "year"].unique())


def published_groups(groups: pd.DataFrame, region: str, year: int) -> dict[str, Array]:
    """Published persons by age group, each (F, M), in the finest partition of all ages that the year has.

    Raises:
        InputError: a group of the partition lacks a sex.
    """
    of_year = groups[groups["year"] == year]
    rows = of_year[(of_year["region"] == region) & of_year["sex"].isin(SEXES)]
    by_sex = rows.pivot(index="age_group", columns="sex", values="population").reindex(columns=list(SEXES)).dropna()
    found = {str(name): persons for name, persons in zip(by_sex.index, by_sex.to_numpy(float), strict=True)}
    partition: list[str] = []
    for name in PARTITION:
        finer = FINER.get(name, ())
        partition += finer if finer and all(f in found for f in finer) else [name]
    if lacking := [name for name in partition if name not in found]:
        raise InputError(
            [
                Fault(
                    "data/population/groups.csv",
                    f"region {region}, år {year}: åldersgruppen {name} saknas för kvinnor och män",
                    "grupperna " + ", ".join(PARTITION),
                )
                for name in lacking
            ]
        )
    return {name: found[name] for name in partition}


def rake(cells: Array, margins: dict[str, Array]) -> Array:
    """Cells (2, 101) scaled so that each age group and sex sums to its published margin.

    The groups of one partition do not overlap, so iterative proportional fitting ends after one round.

    Raises:
        ValueError: a group has persons in the margins and none in the cells.
    """
    fitted = cells.copy()
    for name, margin in margins.items():
        first, last = SPANS[name]
        part = fitted[:, first : last + 1]
        sums = part.sum(-1)
        if ((sums == 0) & (margin > 0)).any():
            raise ValueError(f"no cell to scale in age group {name}")
        part *= np.divide(margin, sums, out=np.zeros_like(margin), where=sums > 0)[:, None]
    return fitted
