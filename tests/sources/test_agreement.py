"""Whether published figures agree with each other: a slip in one cell is found, what was published so is not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from krokomanalys.errors import Fault
from krokomanalys.population.cube import by_age
from krokomanalys.population.rates import rates_of_year
from krokomanalys.population.step import Assumptions, age_on, project_year
from krokomanalys.report.check import faults_of_data
from krokomanalys.sources.agreement import (
    ages_agree_with_groups,
    ages_are_complete,
    change_follows_from_flows,
    cohorts_follow_from_flows,
    flows_agree_by_age,
    flows_are_counts,
    groups_add_up,
    sexes_add_up,
)
from krokomanalys.sources.folder import EMBEDDED, Deviation, read_checked

GROUPS, COMPONENTS, SINGLE = (f"population/{name}.csv" for name in ("groups", "components", "population"))
MOVES = ("in_domestic", "immigration", "out_domestic", "emigration")
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


def test_the_yearly_change_follows_from_the_flows_in_all_published_years(
    groups: pd.DataFrame, components: pd.DataFrame
) -> None:
    assert change_follows_from_flows(components, groups, COMPONENTS, ()) == []
    assert flows_are_counts(components, COMPONENTS) == []


def test_a_year_whose_flows_do_not_give_its_change_is_told_with_both_and_what_is_let_pass(
    groups: pd.DataFrame, components: pd.DataFrame
) -> None:
    slip(components, "count", 100, region="2309", year=2021, component="births", sex="T")
    (told,) = change_follows_from_flows(components, groups, COMPONENTS, ())
    assert str(told) == (
        f"{COMPONENTS}: region 2309, år 2021: folkmängden ändras med +298 personer i groups.csv, men födda − döda + "
        "inflyttade − utflyttade blir +395. Väntade högst 75 personers skillnad, inte 97. "
        "Se efter i båda filerna, eller skriv avvikelsen i sources.yaml om den är publicerad så."
    )


def test_a_slip_in_a_total_is_told_for_the_year_that_ends_with_it_and_the_one_that_starts(
    groups: pd.DataFrame, components: pd.DataFrame
) -> None:
    slip(groups, "population", 1000, region="2309", year=2015, sex="T", age_group="total")
    told = [str(fault) for fault in change_follows_from_flows(components, groups, COMPONENTS, ())]
    assert [place in line for place, line in zip(("2309, år 2015", "2309, år 2016"), told, strict=True)] == [True] * 2


def balance(start: int, births: int, end: int) -> list[Fault]:
    """The faults of a made-up place where nothing but births happens."""
    counts = {"births": births, "deaths": 0, "in_migration": 0, "out_migration": 0}
    flows = [{"region": "0000", "year": 2001, "component": c, "sex": "T", "count": n} for c, n in counts.items()]
    ends = [
        {"region": "0000", "year": y, "sex": "T", "age_group": "total", "population": n}
        for y, n in ((2000, start), (2001, end))
    ]
    return change_follows_from_flows(pd.DataFrame(flows), pd.DataFrame(ends), COMPONENTS, ())


@pytest.mark.parametrize(("start", "slack"), [(4000, 50), (40_000, 200)])
@pytest.mark.parametrize("way", [1, -1])
def test_an_adjustment_of_fifty_persons_or_half_a_per_cent_passes_and_one_more_does_not(
    start: int, slack: int, way: int
) -> None:
    assert balance(start, 30, start + 30 + way * slack) == []
    assert len(balance(start, 30, start + 30 + way * (slack + 1))) == 1


def test_a_deviation_told_of_a_year_covers_the_balance_of_that_year_and_place_alone(
    groups: pd.DataFrame, components: pd.DataFrame
) -> None:
    for region in ("2309", "2380"):
        slip(components, "count", 900, region=region, year=2021, component="births", sex="T")
    known = (Deviation(rows="2309, 2021", why="publicerat så"),)
    (told,) = change_follows_from_flows(components, groups, COMPONENTS, known)
    assert "region 2380, år 2021" in str(told)


def test_a_negative_count_among_births_deaths_and_moves_is_told_and_a_negative_net_is_not(
    components: pd.DataFrame,
) -> None:
    for component, sex in (("out_migration", "F"), ("net_domestic_migration", "T")):
        slip(components, "count", -100_000, region="2309", year=2021, component=component, sex=sex)
    (told,) = flows_are_counts(components, COMPONENTS)
    assert str(told).startswith(f"{COMPONENTS}: region 2309, år 2021, kön F: −99\xa0")
    assert str(told).endswith(" utflyttade. Väntade 0 eller fler. Rätta cellen.")


@pytest.fixture
def flows() -> dict[str, pd.DataFrame]:
    return {n: read_checked(EMBEDDED / f"population/{n}.csv").copy() for n in ("births", "deaths", "migration")}


def cohort_faults(single: pd.DataFrame, flows: dict[str, pd.DataFrame], *known: Deviation) -> list[str]:
    return [str(fault) for fault in cohorts_follow_from_flows(single, **flows, file=SINGLE, known=known)]


def test_every_cohort_of_timra_follows_from_its_flows(single: pd.DataFrame, flows: dict[str, pd.DataFrame]) -> None:
    assert cohort_faults(single, flows) == []


def test_an_age_that_does_not_follow_from_the_year_before_is_told_with_region_year_sex_and_age(
    single: pd.DataFrame, flows: dict[str, pd.DataFrame]
) -> None:
    slip(single, "population", 40, region="2262", year=2024, sex="F", age=34)
    (told,) = cohort_faults(single, flows)
    found = int(by_age(single, "population", "2262", 2024, SINGLE)[0, 34])
    assert told == (
        f"{SINGLE}: region 2262, år 2024, kön F, ålder 34: {found} personer, men årskullen året före ger {found - 40} "
        "med döda och flyttade. Väntade högst 5 personers skillnad. Se efter här och i births.csv, deaths.csv och "
        "migration.csv, eller skriv avvikelsen i sources.yaml om den är publicerad så."
    )


@pytest.mark.parametrize(
    ("table", "value", "where", "place"),
    [
        ("births", "births", {"mother_age": 30, "child_sex": "M"}, "kön M, ålder 0"),
        ("deaths", "deaths", {"sex": "F", "age": 100}, "kön F, ålder 100"),
        *(("migration", moves, {"sex": "M", "age": 20}, "kön M, ålder 20") for moves in MOVES),
    ],
)
def test_a_slip_in_any_flow_is_told_for_the_cohort_it_is_in(
    single: pd.DataFrame,
    flows: dict[str, pd.DataFrame],
    table: str,
    value: str,
    where: dict[str, object],
    place: str,
) -> None:
    slip(flows[table], value, 30, region="2262", year=2015, **where)
    (told,) = cohort_faults(single, flows)
    assert f"region 2262, år 2015, {place}: " in told


def test_a_cohort_out_of_step_that_is_told_of_estimated_or_protected_by_noise_is_left(
    single: pd.DataFrame, flows: dict[str, pd.DataFrame]
) -> None:
    slip(single, "population", 40, region="2262", year=2024, sex="F", age=34)
    assert cohort_faults(single, flows, Deviation(rows="2262, 2024, F, 34", why="publicerat så")) == []
    assert len(cohort_faults(single, flows, Deviation(rows="2262, 2024, F, 35", why="en annan"))) == 1
    assert cohort_faults(single.assign(status="estimated"), flows) == []
    later = {name: table.assign(year=table["year"] + 1) for name, table in flows.items()}
    assert cohort_faults(single.assign(year=single["year"] + 1), later) == []


def test_a_population_of_the_right_size_a_year_too_young_is_found(
    single: pd.DataFrame, flows: dict[str, pd.DataFrame]
) -> None:
    """The commonest error: ages completed at some date taken for ages attained in the year. No sum shows it."""
    young = single[(single["region"] == "2262") & (single["year"] == 2024)].copy()
    young["age"] = (young["age"] - 1) % 101
    rest = single[(single["region"] == "2262") & (single["year"] < 2024)]
    assert len(cohort_faults(pd.concat([rest, young]), flows)) > 40


def test_the_round_trip_through_the_rates_does_not_hide_an_error_in_the_population(
    single: pd.DataFrame, flows: dict[str, pd.DataFrame]
) -> None:
    """Rates come from a year's start and flows alone, so that the step ends where those say, error or no error."""
    slip(single, "population", 40, region="2262", year=2015, sex="F", age=34)

    def women(table: pd.DataFrame, column: str, year: int = 2015) -> np.ndarray:
        return by_age(table, column, "2262", year, SINGLE)[:1]  # men of 95 all leave, so have no finite rate

    moves = {column: women(flows["migration"], column) for column in MOVES}
    born = flows["births"].query("region == '2262' and year == 2015 and child_sex == 'F'")["births"].sum()
    before, died = women(single, "population", 2014), women(flows["deaths"], "deaths")
    entrants, moved_out = moves["in_domestic"] + moves["immigration"], moves["out_domestic"] + moves["emigration"]
    entrants[0, 0] += born
    mortality, leaving, _ = rates_of_year(age_on(before), entrants, died, moved_out)
    end = project_year(before, Assumptions(mortality, np.zeros(101), leaving, entrants, np.array(0.5))).end
    gap = women(single, "population") - end
    assert gap[0, 34] == pytest.approx(40, abs=1e-9)
    gap[0, 34] = 0
    assert np.abs(gap).max() < 1e-9


@pytest.mark.parametrize(
    ("name", "column", "ages", "said"),
    [
        ("population", "population", [34], "ålder 34 saknas"),
        ("deaths", "deaths", [0, 1, 2], "åldrarna 0–2 saknas"),
        ("migration", "in_domestic", [7, 99], "åldrarna 7, 99 saknas"),
    ],
)
def test_ages_that_a_year_lacks_are_told_with_region_year_and_sex(
    name: str, column: str, ages: list[int], said: str
) -> None:
    table = read_checked(EMBEDDED / f"population/{name}.csv")
    assert ages_are_complete(table, name) == []
    own = (table["region"] == "2262") & (table["year"] == 2015) & (table["sex"] == "F") & table["age"].isin(ages)
    (told,) = ages_are_complete(table[~own], name)
    assert str(told) == (
        f"{name}: region 2262, år 2015, kön F: {said}. Väntade alla åldrar 0–100 för båda könen. "
        "Lägg till raderna, med 0 där ingen finns."
    )


def test_a_year_without_men_lacks_all_their_ages(single: pd.DataFrame) -> None:
    (told,) = ages_are_complete(single[(single["region"] == "2309") & (single["sex"] == "F")], SINGLE)
    assert "region 2309, år 2019, kön M: åldrarna 0–100 saknas" in str(told)


BAD_FOLDERS = {
    "a missing age": (SINGLE, "år 2015, kön F: ålder 34 saknas"),
    "an age out of step": (SINGLE, "år 2015, kön F, ålder 34: "),
    "a negative age": (SINGLE, 'kolumn population: "-3" är inget antal (region 2262, år 2015, kön F, ålder 34)'),
}


@pytest.mark.parametrize("fault", BAD_FOLDERS)
def test_a_bad_age_in_a_copied_data_folder_is_found_before_anything_is_made(
    tmp_path: Path, single: pd.DataFrame, fault: str
) -> None:
    own = (single["region"] == "2262") & (single["year"] == 2015) & (single["sex"] == "F") & (single["age"] == 34)
    if fault == "a missing age":
        single = single[~own]
    else:
        single.loc[own, "population"] = -3 if fault == "a negative age" else 250
    (tmp_path / "population").mkdir()
    single.to_csv(tmp_path / SINGLE, index=False)
    (tmp_path / "sources.yaml").write_text((EMBEDDED / "sources.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    file, said = BAD_FOLDERS[fault]
    told = [str(f) for f in faults_of_data(tmp_path) if str(tmp_path) in str(f)]
    assert told and file in told[0] and said in told[0]


def test_a_year_out_of_balance_in_a_copied_data_folder_is_found_and_a_told_one_is_let_pass(
    tmp_path: Path, components: pd.DataFrame
) -> None:
    for sex, persons in (("F", 60), ("T", 60)):
        slip(components, "count", persons, region="2309", year=2021, component="deaths", sex=sex)
    slip(components, "count", 40, region="2309", year=2021, component="deaths", sex="M")
    slip(components, "count", 40, region="2309", year=2021, component="deaths", sex="T")
    (tmp_path / "population").mkdir()
    components.to_csv(tmp_path / COMPONENTS, index=False)
    sources = (EMBEDDED / "sources.yaml").read_text(encoding="utf-8")
    (tmp_path / "sources.yaml").write_text(sources, encoding="utf-8")
    (told,) = [str(f) for f in faults_of_data(tmp_path) if str(tmp_path) in str(f)]
    assert "region 2309, år 2021: folkmängden ändras med +298 personer" in told
    entry = f"  {COMPONENTS}:\n"
    known = f"{entry}    deviations:\n      - {{rows: '2309, 2021', why: Publicerat så.}}\n"
    (tmp_path / "sources.yaml").write_text(sources.replace(entry, known), encoding="utf-8")
    assert not [f for f in faults_of_data(tmp_path) if str(tmp_path) in str(f)]
