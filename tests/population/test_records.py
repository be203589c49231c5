"""What is published, as arrays: where each figure goes, what is made up by difference, and what is told as missing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from krokomanalys.errors import InputError
from krokomanalys.population.cube import PARTITION, by_age, in_group
from krokomanalys.population.records import Record, ages, grid, record
from krokomanalys.sources.slices import PopulationTables

PLACE, OTHER = "0000", "0001"
FILE = "population/population.csv"


def group_rows(
    groups: dict[str, tuple[float, float]], years: tuple[int, ...] = (2020,), region: str = PLACE
) -> pd.DataFrame:
    """Women and men by group, the same every year, with the total of both sexes over the six groups."""
    whole = sum(sum(groups[name]) for name in PARTITION if name in groups)
    cells = [(sex, name, n) for name, both in groups.items() for sex, n in zip("FM", both, strict=True)]
    return pd.DataFrame(
        [
            {"region": region, "year": year, "sex": sex, "age_group": name, "population": n}
            for year in years
            for sex, name, n in [*cells, ("T", "total", whole)]
        ]
    )


def flow_rows(component: str, by_year: dict[int, tuple[float | None, float | None, float]]) -> pd.DataFrame:
    """A flow's women, men and total by year, None where a sex is suppressed."""
    return pd.DataFrame(
        [
            {"region": PLACE, "year": year, "component": component, "sex": sex, "count": n}
            for year, counts in by_year.items()
            for sex, n in zip("FMT", counts, strict=True)
            if n is not None
        ]
    )


def made_up(
    tables: PopulationTables,
    groups: pd.DataFrame,
    flows: pd.DataFrame | None = None,
    first: int = 2020,
    last: int = 2020,
    regions: tuple[str, ...] = (PLACE,),
) -> Record:
    components = tables.components.iloc[:0] if flows is None else flows
    return record(replace(tables, groups=groups, components=components), regions, first, last)


SIX = {name: (10.0, 20.0) for name in PARTITION}


def test_a_grid_has_its_axes_in_the_order_asked_for_and_nan_where_there_is_no_row() -> None:
    table = pd.DataFrame(
        [
            {"region": "0001", "year": 2021, "sex": "M", "count": 5},
            {"region": "0000", "year": 2020, "sex": "F", "count": 3},
            {"region": "0000", "year": 2020, "sex": "T", "count": 9},  # not asked for
            {"region": "0002", "year": 2020, "sex": "F", "count": 9},
        ]
    )
    cells = grid(table, "count", ["0001", "0000"], [2020, 2021, 2022], sex=["F", "M"])
    assert cells.shape == (3, 2, 2)
    assert cells[1, 0, 1] == 5 and cells[0, 1, 0] == 3
    assert np.isnan(cells).sum() == 10


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6))
def test_a_grid_is_the_same_in_whatever_order_the_rows_stand(seed: int) -> None:
    random = np.random.default_rng(seed)
    cells = random.integers(0, 99, (3, 2, 4)).astype(float)
    t, r, a = np.indices(cells.shape)
    table = pd.DataFrame(
        {
            "year": 2000 + t.ravel(),
            "region": np.array(["0000", "0001"])[r.ravel()],
            "age": a.ravel(),
            "n": cells.ravel(),
        }
    ).iloc[random.permutation(cells.size)]
    assert (grid(table, "n", ["0000", "0001"], [2000, 2001, 2002], age=range(4)) == cells).all()


def single_rows(region: str, year: int) -> pd.DataFrame:
    sexes, years_of_age = np.meshgrid(["F", "M"], np.arange(101), indexing="ij")
    return pd.DataFrame(
        {"region": region, "year": year, "sex": sexes.ravel(), "age": years_of_age.ravel(), "population": 7.0}
    )


def test_each_age_that_a_year_lacks_is_told_with_its_region_year_and_sex() -> None:
    table = single_rows(PLACE, 2020)
    table = table[~((table["sex"] == "M") & table["age"].isin([5, 77]))]
    with pytest.raises(InputError) as error:
        ages(table, "population", [OTHER, PLACE], [2019, 2020], FILE)
    assert len(error.value.faults) == 2
    assert str(error.value) == (
        f"{FILE}: region 0000, år 2020, kön M, ålder 5 saknas. Väntade alla åldrar 0–100 för båda könen. "
        "Lägg till raden, med 0 om ingen finns. 1 fel till."
    )


def test_a_year_without_any_ages_is_unknown_and_no_fault() -> None:
    cells = ages(single_rows(PLACE, 2020), "population", [PLACE], [2019, 2020], FILE)
    assert np.isnan(cells[0]).all() and (cells[1] == 7).all()


def test_a_group_that_is_not_published_is_the_whole_less_the_other_part(krokom: PopulationTables) -> None:
    read = made_up(krokom, group_rows(SIX | {"20-64": (50.0, 60.0), "45-64": (20.0, 25.0), "1-5": (8.0, 15.0)}))
    assert read.groups["20-44"][0, 0].tolist() == [30, 35]
    assert read.groups["0"][0, 0].tolist() == [2, 5]


def test_parts_of_which_neither_is_published_are_unknown(krokom: PopulationTables) -> None:
    read = made_up(krokom, group_rows(SIX))
    assert np.isnan(read.groups["20-44"]).all() and np.isnan(read.groups["45-64"]).all()
    assert list(read.partition(2020)) == list(PARTITION)


def test_a_year_is_shared_out_in_the_finest_groups_that_it_has(krokom: PopulationTables) -> None:
    read = made_up(krokom, group_rows(SIX | {"20-64": (50.0, 60.0), "45-64": (20.0, 25.0)}))
    found = read.partition(2020)
    assert list(found) == ["0-5", "6-15", "16-19", "20-44", "45-64", "65-79", "80+"]
    assert sum(persons.sum() for persons in found.values()) == read.totals[0, 0]


def test_a_group_without_men_is_told(krokom: PopulationTables) -> None:
    rows = group_rows(SIX)
    rows = rows[(rows["age_group"] != "16-19") | (rows["sex"] == "F")]
    with pytest.raises(InputError) as error:
        made_up(krokom, rows).partition(2020)
    assert str(error.value) == (
        "data/population/groups.csv: region 0000, år 2020: åldersgruppen 16-19 saknas för kvinnor och män. "
        "Väntade grupperna 0-5, 6-15, 16-19, 20-64, 65-79, 80+. "
        "Lägg till raderna (sex F och M), eller välj ett senare utgångsår."
    )


def test_a_suppressed_sex_is_the_total_less_the_other(krokom: PopulationTables) -> None:
    flows = flow_rows("in_migration", {2020: (None, 63, 145), 2021: (70, None, 150)})
    read = made_up(krokom, group_rows(SIX, (2020, 2021)), flows, last=2021)
    assert read.moved_in[:, 0].tolist() == [[82, 63], [70, 80]]


def test_where_both_sexes_are_suppressed_the_place_s_own_split_of_earlier_years_is_used(
    krokom: PopulationTables,
) -> None:
    by_year = {2019: (30, 70, 100), 2020: (50, 50, 100), 2021: (None, None, 10), 2022: (90, 10, 100)}
    asked = (krokom, group_rows(SIX, (2019, 2020, 2021, 2022)))
    read = made_up(*asked, flow_rows("out_migration", by_year), first=2019, last=2022)
    assert read.moved_out[2, 0] == pytest.approx([4, 6])
    later = made_up(*asked, flow_rows("out_migration", by_year | {2022: (1, 99, 100)}), first=2019, last=2022)
    assert (later.moved_out[:3] == read.moved_out[:3]).all()


def test_sexes_that_do_not_sum_to_the_total_are_scaled_to_it(krokom: PopulationTables) -> None:
    read = made_up(krokom, group_rows(SIX), flow_rows("in_migration", {2020: (40, 60, 102)}))
    assert read.moved_in[0, 0] == pytest.approx([40.8, 61.2])


def test_moves_without_a_total_are_told_as_missing(krokom: PopulationTables) -> None:
    flows = flow_rows("births", {2020: (4, 6, 10), 2021: (5, 5, 10)})
    read = made_up(krokom, group_rows(SIX, (2020, 2021)), flows, last=2021)
    assert read.need("births", (2020, 2021)).tolist() == [[10], [10]]
    with pytest.raises(InputError) as error:
        read.need("moved_in", (2020, 2021))
    assert len(error.value.faults) == 2
    assert str(error.value).startswith(
        "data/population/components.csv: region 0000, år 2020: inflyttade saknas för båda könen, "
        "eller för kvinnor och män var för sig. Väntade inflyttade för 2020–2021."
    )


def test_between_two_years_nothing_earlier_or_later_is_held(three: Record) -> None:
    cut = three.between(2005, 2014, [2, 0])
    assert cut.regions == ("2262", "2309") and cut.years == tuple(range(2005, 2015))
    for name in (n for n in Record.__dataclass_fields__ if n not in ("regions", "years", "groups")):
        values, whole = getattr(cut, name), getattr(three, name)
        assert values.shape == (10, 2, *whole.shape[2:]), name
        known = ~pd.isna(whole[11:21][:, [2, 0]])
        assert (values[known] == whole[11:21][:, [2, 0]][known]).all(), name
    assert all(persons.shape == (10, 2, 2) for persons in cut.groups.values())
    assert cut.groups["80+"][0, 1].tolist() == three.groups["80+"][11, 0].tolist()


def test_krokoms_published_figures_are_where_they_belong(three: Record) -> None:
    t = three.years.index(2019)
    assert three.totals[t : t + 4, 0].tolist() == [14_966, 15_054, 15_352, 15_532]
    of_2021 = three.years.index(2021)
    assert three.births[of_2021, 0] == 158 and three.deaths[of_2021, 0] == 129
    assert three.moved_in[of_2021, 0].sum() == 1_076 and three.moved_out[of_2021, 0].sum() == 810
    assert three.net_domestic[of_2021, 0] + three.net_foreign[of_2021, 0] == 1_076 - 810


def test_ages_stand_with_how_they_are_known(three: Record) -> None:
    t = three.years.index(2019)
    assert three.status[t].tolist() == ["published"] * 3
    assert three.status[t + 1].tolist() == ["", "", "derived"]
    assert np.isnan(three.single[t + 1, 0]).all() and three.single[t, 0].sum() == 14_966


def test_moves_by_age_are_those_within_the_country_and_across_its_border(
    three: Record, timra: PopulationTables
) -> None:
    t = three.years.index(2006)
    flow = {
        c: by_age(timra.migration, c, "2262", 2006, "migration.csv")
        for c in ("in_domestic", "immigration", "out_domestic", "emigration")
    }
    assert (three.in_by_age[t, 2] == flow["in_domestic"] + flow["immigration"]).all()
    assert (three.out_by_age[t, 2] == flow["out_domestic"] + flow["emigration"]).all()
    assert np.isnan(three.in_by_age[t, :2]).all() and np.isnan(three.in_by_age[t - 1]).all()


def test_timras_single_ages_sum_to_its_groups(three: Record) -> None:
    """Derived ages are carried by flows, and end up to nine persons from a published group."""
    for t, year in enumerate(three.years):
        if year >= 2005:
            for name in PARTITION:
                assert in_group(three.single[t, 2], name) == pytest.approx(three.groups[name][t, 2], abs=10), year
