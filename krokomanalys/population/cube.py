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
        InputError: the year has no row; a sex and age has none (the first is named, with how many more).
    """
    # called thousands of times: bare arrays, the year first since numbers compare fastest
    rows = np.flatnonzero(table["year"].to_numpy() == year)
    rows = rows[np.asarray(table["region"].array.take(rows) == region, bool)]
    if not len(rows):
        raise InputError(
            Fault(
                file,
                f"region {region} har inga rader för år {year}",
                "alla åldrar 0–100 för båda könen",
                "Lägg till årets 202 rader, eller välj ett annat år",
            )
        )
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


def rake(cells: Array, margins: dict[str, Array]) -> Array:
    """Cells (..., 2, 101) scaled so that each age group and sex sums to its published margin.

    The groups of one partition do not overlap, so iterative proportional fitting ends after one round.

    Raises:
        ValueError: a group has persons in the margins and none in the cells.
    """
    fitted = cells.copy()
    for name, margin in margins.items():
        first, last = SPANS[name]
        part = fitted[..., first : last + 1]
        sums = part.sum(-1)
        if ((sums == 0) & (margin > 0)).any():
            raise ValueError(f"no cell to scale in age group {name}")
        part *= np.divide(margin, sums, out=np.zeros_like(margin), where=sums > 0)[..., None]
    return fitted
