"""Whether published figures agree with each other: a slip in one cell is found, what was published so is not."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from krokomanalys.errors import Fault
from krokomanalys.report.check import faults_of_data
from krokomanalys.sources.agreement import (
    ages_agree_with_groups,
    flows_agree_by_age,
    groups_add_up,
    sexes_add_up,
)
from krokomanalys.sources.folder import EMBEDDED, Deviation, read_checked

GROUPS, COMPONENTS, SINGLE = (f"population/{name}.csv" for name in ("groups", "components", "population"))
KNOWN = (Deviation(rows="2007, 16-19", why="publicerat så"),)


@pytest.fixture
def groups() -> pd.DataFrame:
    return read_checked(EMBEDDED / GROUPS).copy()


@pytest.fixture
def components() -> pd.DataFrame:
    return read_checked(EMBEDDED / COMPONENTS).copy()


@pytest.fixture
def single() -> pd.DataFrame:
    return read_checked(EMBEDDED / SINGLE).copy()


def slip(table: pd.DataFrame, value: str, by: int, **where: object) -> None:
    """One cell changed by `by`; there must be just one such cell."""
    rows = pd.Series(True, index=table.index)
    for column, wanted in where.items():
        rows &= table[column] == wanted
    assert rows.sum() == 1
    table.loc[rows, value] += by


def all_faults(groups: pd.DataFrame, single: pd.DataFrame) -> list[Fault]:
    return [
        *sexes_add_up(groups, "population", GROUPS, KNOWN),
        *groups_add_up(groups, GROUPS),
        *ages_agree_with_groups(single, groups, SINGLE),
    ]


def test_the_published_figures_agree_but_for_the_deviation_that_is_told(
    groups: pd.DataFrame, components: pd.DataFrame, single: pd.DataFrame
) -> None:
    assert all_faults(groups, single) == []
    assert sexes_add_up(components, "count", COMPONENTS, ()) == []


def test_the_published_deviation_of_2007_is_found_where_nobody_has_told_of_it(groups: pd.DataFrame) -> None:
    told = [str(fault) for fault in sexes_add_up(groups, "population", GROUPS, ())]
    assert len(told) == 3
    assert all("2007, 16-19" in fault for fault in told)


def test_a_known_deviation_covers_its_own_rows_only(groups: pd.DataFrame) -> None:
    slip(groups, "population", 10, region="2309", year=2008, sex="F", age_group="16-19")
    slip(groups, "population", 10, region="2309", year=2007, sex="F", age_group="6-15")
    assert len(sexes_add_up(groups, "population", GROUPS, KNOWN)) == 2


@pytest.mark.parametrize("sex", ["F", "M"])
@pytest.mark.parametrize("age_group", ["0-5", "6-15", "16-19", "20-64", "65-79", "80+", "total", "20-44"])
def test_a_slip_of_one_person_in_a_group_is_found(
    groups: pd.DataFrame, single: pd.DataFrame, sex: str, age_group: str
) -> None:
    slip(groups, "population", 1, region="2309", year=2021, sex=sex, age_group=age_group)
    told = [str(fault) for fault in all_faults(groups, single)]
    assert told and all("2309, 2021" in fault for fault in told)


def test_a_slip_in_a_group_is_told_with_what_was_found_and_expected(groups: pd.DataFrame) -> None:
    slip(groups, "population", 100, region="2309", year=2021, sex="F", age_group="6-15")
    women, men, both = (
        int(
            groups.loc[
                (groups["region"] == "2309")
                & (groups["year"] == 2021)
                & (groups["age_group"] == "6-15")
                & (groups["sex"] == sex),
                "population",
            ].iloc[0]
        )
        for sex in "FMT"
    )
    (told,) = sexes_add_up(groups, "population", GROUPS, KNOWN)
    assert str(told) == (
        f"{GROUPS}: 2309, 2021, 6-15: kvinnor {women} och män {men} blir inte båda könen {both}. "
        f"Väntade {women + men}. Rätta cellen, eller skriv avvikelsen i sources.yaml om den är publicerad så."
    )


def test_a_slip_in_births_by_sex_is_found(components: pd.DataFrame) -> None:
    slip(components, "count", 1, region="2309", year=2021, component="births", sex="F")
    (told,) = sexes_add_up(components, "count", COMPONENTS, ())
    assert "2309, 2021, births: kvinnor" in str(told)


@pytest.mark.parametrize(("region", "year", "age"), [("2309", 2019, 0), ("2380", 2019, 57), ("00", 2003, 100)])
def test_a_slip_in_a_published_single_age_is_found(
    groups: pd.DataFrame, single: pd.DataFrame, region: str, year: int, age: int
) -> None:
    slip(single, "population", 1, region=region, year=year, sex="M", age=age)
    (told,) = ages_agree_with_groups(single, groups, SINGLE)
    assert str(told).startswith(f"{SINGLE}: {region}, {year}, M, ")


def test_derived_ages_are_raked_and_need_not_agree(groups: pd.DataFrame, single: pd.DataFrame) -> None:
    slip(single, "population", 1, region="2262", year=2015, sex="F", age=40)
    assert ages_agree_with_groups(single, groups, SINGLE) == []


def test_from_2025_tables_with_protected_cells_need_not_add_up(groups: pd.DataFrame) -> None:
    later = groups.assign(year=groups["year"] + 3)
    slip(later, "population", 3, region="2309", year=2025, sex="F", age_group="6-15")
    assert all("2025" not in str(fault) for fault in sexes_add_up(later, "population", GROUPS, ()))
    slip(later, "population", 3, region="2309", year=2024, sex="F", age_group="6-15")
    assert any("2024, 6-15" in str(fault) for fault in sexes_add_up(later, "population", GROUPS, ()))


@pytest.mark.parametrize(
    ("file", "value", "where"),
    [
        (GROUPS, "population", {"region": "2309", "year": 2021, "sex": "F", "age_group": "6-15"}),
        (COMPONENTS, "count", {"region": "2309", "year": 2021, "component": "in_migration", "sex": "M"}),
        (SINGLE, "population", {"region": "2309", "year": 2019, "sex": "F", "age": 30}),
    ],
)
def test_a_slip_in_a_copied_data_folder_is_found_before_anything_is_made(
    tmp_path: Path, file: str, value: str, where: dict[str, object]
) -> None:
    table = read_checked(EMBEDDED / file).copy()
    slip(table, value, 7, **where)
    (tmp_path / "population").mkdir()
    table.to_csv(tmp_path / file, index=False)
    (tmp_path / "sources.yaml").write_text((EMBEDDED / "sources.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    told = [str(fault) for fault in faults_of_data(tmp_path)]
    assert told and all(file in fault and str(where["region"]) in fault for fault in told)


@pytest.mark.parametrize(
    ("name", "columns", "flow"),
    [
        ("births", ("births",), "births"),
        ("deaths", ("deaths",), "deaths"),
        ("migration", ("in_domestic", "immigration"), "in_migration"),
        ("migration", ("out_domestic", "emigration"), "out_migration"),
    ],
)
def test_events_by_age_sum_to_the_published_flow_and_a_slip_of_one_is_found(
    name: str, columns: tuple[str, ...], flow: str, components: pd.DataFrame
) -> None:
    table = read_checked(EMBEDDED / f"population/{name}.csv").copy()
    assert flows_agree_by_age(table, columns, components, flow, name) == []
    table.loc[table.index[(table["region"] == "2262") & (table["year"] == 2015)][40], columns[0]] += 1
    faults = flows_agree_by_age(table, columns, components, flow, name)
    assert len(faults) == 1 and "2262, 2015: åldrarna blir" in str(faults[0])


def test_an_own_copy_of_a_published_deviation_needs_no_telling_again(tmp_path: Path, groups: pd.DataFrame) -> None:
    own = groups[groups["region"] == "2309"].assign(region="2326")
    (tmp_path / "population").mkdir()
    own.to_csv(tmp_path / GROUPS, index=False)
    source = "table: t\n    publisher: p\n    licence: l\n    unit: u\n    retrieved: 2026-11-22\n    compiled_by: c\n"
    (tmp_path / "sources.yaml").write_text(f"files:\n  {GROUPS}:\n    {source}", encoding="utf-8")
    assert faults_of_data(tmp_path) == []


def test_moves_that_published_corrections_set_two_persons_apart_are_left(components: pd.DataFrame) -> None:
    slip(components, "count", 2, region="2309", year=2021, component="in_migration", sex="F")
    assert sexes_add_up(components, "count", COMPONENTS, (), slack=2) == []
    slip(components, "count", 1, region="2309", year=2021, component="in_migration", sex="F")
    assert len(sexes_add_up(components, "count", COMPONENTS, (), slack=2)) == 1
