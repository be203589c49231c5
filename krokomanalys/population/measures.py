"""Measures of an age structure: who is dependent on whom, how many each service is for, how old people are."""

from __future__ import annotations

import numpy as np
import pandas as pd

from krokomanalys.population.cube import Cube
from krokomanalys.sources.available import PARTITION

SERVICE_AGES = ("1-5", "6-15", "16-19", "20-64", "65-79", "80+")
"""Ages of preschool, compulsory school, upper secondary school, work, retirement and most elderly care.

Upper secondary school is held against 16-19, which is published, though most of its pupils are 16-18.
"""
_NAMES = list(dict.fromkeys((*PARTITION, *SERVICE_AGES)))


def dependency(groups: pd.DataFrame) -> pd.DataFrame:
    """Dependency ratios by year, as SCB and Kolada define them, from a frame of persons by PARTITION.

    Columns: young = (0-19) / (20-64), old = (65 and over) / (20-64), ratio = their sum.
    """
    working = groups["20-64"]
    young, old = (groups[list(names)].sum(axis=1) / working for names in (("0-5", "6-15", "16-19"), ("65-79", "80+")))
    return pd.DataFrame({"young": young, "old": old, "ratio": young + old})


def mean_age(population: Cube) -> pd.Series[float]:
    """Mean age on 31 December by year: age at the end of the year plus half a year, since birthdays are spread."""
    ages = np.arange(population.values.shape[-1]) + 0.5
    years = pd.Index(population.years, name="year")
    return pd.Series((population.values * ages).sum((1, 2)) / population.values.sum((1, 2)), index=years)


def measures(groups: pd.DataFrame) -> pd.DataFrame:
    """The measures of each year from a frame of persons by year and age group (PARTITION and SERVICE_AGES).

    Columns: the service ages in persons; young, old and ratio as in `dependency`, per 100 persons 20-64; share_80,
    those 80 and over in per cent of all.
    """
    table = groups[list(SERVICE_AGES)].copy()
    table[["young", "old", "ratio"]] = 100 * dependency(groups)
    table["share_80"] = 100 * groups["80+"] / groups[list(PARTITION)].sum(axis=1)
    return table


def of_population(population: Cube) -> pd.DataFrame:
    """`measures` of a population by single age, with mean_age."""
    table = measures(population.groups(_NAMES))
    return table.assign(mean_age=mean_age(population))


def of_groups(groups: pd.DataFrame, region: str) -> pd.DataFrame:
    """`measures` of a region's published age groups (groups.csv), for the years that have all of PARTITION.

    Ages 1-5 are those published, else 0-5 less the newborn, else NaN.
    """
    own = groups[(groups["region"] == region) & groups["sex"].isin(["F", "M"])]
    wide = own.pivot_table(index="year", columns="age_group", values="population", aggfunc="sum")
    wide = wide.reindex(columns=["0", *_NAMES]).astype(float).dropna(subset=list(PARTITION))
    return measures(wide.assign(**{"1-5": wide["1-5"].fillna(wide["0-5"] - wide["0"])}))
