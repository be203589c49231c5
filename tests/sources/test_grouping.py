"""Groups summed from single ages where none are published."""

from __future__ import annotations

import pandas as pd

from krokomanalys.sources.grouping import SPANS, with_groups_of_ages

NO_GROUPS = pd.DataFrame({"region": [], "year": [], "sex": [], "age_group": [], "population": []}).astype(
    {"region": str, "year": int, "sex": str, "age_group": str, "population": int}
)


def ages(status: str, persons: int = 2) -> pd.DataFrame:
    rows = [("0000", 2020, sex, age, persons, status) for sex in "FM" for age in range(101)]
    return pd.DataFrame(rows, columns=["region", "year", "sex", "age", "population", "status"])


def test_published_single_ages_give_every_group_and_the_total() -> None:
    groups = with_groups_of_ages(NO_GROUPS, ages("published")).set_index(["age_group", "sex"])["population"]
    assert groups["total", "T"] == 404 and groups["80+", "F"] == 42 and groups["0", "M"] == 2
    assert len(groups) == 3 * len(SPANS)


def test_a_year_with_published_groups_keeps_them_alone() -> None:
    published = pd.DataFrame([("0000", 2020, "T", "total", 405)], columns=list(NO_GROUPS.columns))
    assert with_groups_of_ages(published, ages("published")).equals(published)


def test_derived_ages_and_years_with_a_missing_age_are_not_summed() -> None:
    assert with_groups_of_ages(NO_GROUPS, ages("derived")).empty
    assert with_groups_of_ages(NO_GROUPS, ages("published").iloc[1:]).empty
