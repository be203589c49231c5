"""Age groups summed from published single ages, for years that have no published groups."""

from __future__ import annotations

import pandas as pd

SPANS: dict[str, tuple[int, int]] = {
    "0": (0, 0),
    "0-5": (0, 5),
    "1-5": (1, 5),
    "6-15": (6, 15),
    "16-19": (16, 19),
    "20-44": (20, 44),
    "45-64": (45, 64),
    "20-64": (20, 64),
    "65-79": (65, 79),
    "80+": (80, 100),
    "total": (0, 100),
}
"""First and last age at the end of the year of each published group; 100 is 100+."""
FINER = {"0-5": ("0", "1-5"), "20-64": ("20-44", "45-64")}
"""Groups that may be published in two parts."""


def with_groups_of_ages(groups: pd.DataFrame, single: pd.DataFrame) -> pd.DataFrame:
    """`groups` with rows for each region and year that has all single ages published and no group at all.

    A municipality that gives SCB's table by single age need not sum it by hand. Derived and estimated ages are not
    summed: they are themselves made to agree with groups.
    """
    place = ["region", "year"]
    published = single[single["status"] == "published"]
    whole = published.groupby(place)["age"].count().rename("size").reset_index()
    lacking = whole[whole["size"] == 2 * 101].merge(groups[place].drop_duplicates(), how="left", indicator="held")
    ages = published.merge(lacking.loc[lacking["held"] == "left_only", place])
    if ages.empty:
        return groups
    summed = []
    for name, (first, last) in SPANS.items():
        inside = ages[ages["age"].between(first, last)]
        by_sex = inside.groupby(["region", "year", "sex"], as_index=False)["population"].sum()
        both = inside.groupby(["region", "year"], as_index=False)["population"].sum().assign(sex="T")
        summed.append(pd.concat([by_sex, both]).assign(age_group=name))
    every: pd.DataFrame = pd.concat([groups, *summed], ignore_index=True)
    return every[list(groups.columns)]
