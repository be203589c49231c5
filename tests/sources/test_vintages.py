"""Earlier projections from a data folder: what is wrong with them is found and told, and what is there is read."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from krokomanalys.errors import InputError, MissingFigures
from krokomanalys.report.check import faults_of_data
from krokomanalys.sources.folder import EMBEDDED, open_folder, read_checked
from krokomanalys.sources.load import load
from krokomanalys.sources.vintages import LONGER

HEADER = "region,vintage,jump_off,target_year,sex,age_group,population"
RIGHT = ("2309,Plan 2018,2018,2020,T,total,15100", "2309,Plan 2018,2018,2025,T,total,15500")
GROUPS = {"0-5": 10, "6-15": 20, "16-19": 5, "20-64": 100, "65-79": 30, "80+": 15}


@pytest.fixture
def earlier(tmp_path: Path) -> Path:
    (tmp_path / "population").mkdir()
    return tmp_path / "population" / "earlier.csv"


def write(file: Path, *rows: str) -> Path:
    file.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    return file


def in_groups(groups: dict[str, float], total: float) -> list[str]:
    return [f"0000,A,2019,2022,T,{name},{n}" for name, n in (groups | {"total": total}).items()]


def told(file: Path) -> list[str]:
    with pytest.raises(InputError) as found:
        read_checked(file)
    return [str(fault).partition("earlier.csv, ")[2] for fault in found.value.faults]


def test_totals_alone_are_enough(earlier: Path) -> None:
    assert read_checked(write(earlier, *RIGHT))["population"].tolist() == [15_100, 15_500]


def test_a_projection_may_tell_of_its_own_jump_off_year(earlier: Path) -> None:
    assert len(read_checked(write(earlier, "0000,A,2020,2020,T,total,100"))) == 1


def test_a_projection_without_its_jump_off_year_is_told_what_to_give(earlier: Path) -> None:
    (fault,) = told(write(earlier, RIGHT[0], "2309,Konsult,,2025,T,total,15500"))
    assert fault == (
        'rad 3, kolumn jump_off: utgångsår saknas för "Konsult". Väntade året vars 31 december prognosen utgår från, '
        "t.ex. 2019. Utan utgångsår går det inte att säga hur långt fram prognosen såg."
    )


def test_a_table_without_the_column_of_jump_off_years_is_told_so(earlier: Path) -> None:
    earlier.write_text("region,vintage,target_year,sex,age_group,population\n2309,A,2025,T,total,1\n", encoding="utf-8")
    with pytest.raises(InputError, match='kolumnen "jump_off" saknas'):
        read_checked(earlier)


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (["0000,A,2020,2019,T,total,9"], "rad 2, kolumn jump_off: prognosen för 2019 ligger före sitt utgångsår 2020"),
        (
            ["0000,A,2019,2020,T,total,9", "0000,A,2018,2021,T,total,9"],
            'rad 3, kolumn jump_off: "A" har två utgångsår, 2019 och 2018',
        ),
        (["0000,A,2019,2020,T,5-9,9"], 'rad 2, kolumn age_group: "5-9" kan inte stå här. Väntade något av 0, 0-5'),
        (["0000,A,2019,2020,T,total,9"] * 2, "rad 3: samma uppgift som på rad 2"),
        (["0000,A,2019,2020,F,total,9"], 'rad 2: 0000, "A", 2020, total: bara ett kön är angivet. Väntade båda könen'),
        (
            [f"0000,A,2019,2020,{sex},total,{n}" for sex, n in (("F", 40), ("M", 50), ("T", 95))],
            'rad 2: 0000, "A", 2020, total: kvinnor 40 och män 50 blir inte båda könen 95',
        ),
        (in_groups(GROUPS, 190), 'rad 8: 0000, "A", 2022, T: grupperna blir 180 men totalen är 190'),
        (
            in_groups({"0": 2, "1-5": 8, **{g: n for g, n in GROUPS.items() if g != "0-5"}}, 190),
            "Väntade att 0, 1-5, 6-15, 16-19, 20-64, 65-79, 80+ summerar till total",
        ),
        (in_groups(dict.fromkeys(LONGER, 25), 90), "grupperna blir 100 men totalen är 90"),
        (["0000,A,2019,2020,T,total,-9"], "rad 2, kolumn population"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_projection_is_told_with_its_row(earlier: Path, rows: list[str], says: str) -> None:
    (fault,) = told(write(earlier, *rows))
    assert says in fault


def test_projections_rounded_to_whole_persons_agree(earlier: Path) -> None:
    by_sex = [f"0000,A,2019,2021,{sex},total,{n}" for sex, n in (("F", 40), ("M", 50), ("T", 91))]
    assert len(read_checked(write(earlier, *in_groups(GROUPS, 183), *by_sex))) == 10


def test_check_finds_a_fault_in_an_economists_projections(earlier: Path) -> None:
    faults = faults_of_data(write(earlier, "2309,A,2020,2019,T,total,9").parents[1])
    assert ["ligger före sitt utgångsår" in str(fault) for fault in faults] == [True]


def test_a_spreadsheet_of_projections_is_held_to_the_same(earlier: Path) -> None:
    book = earlier.with_suffix(".xlsx")
    rows = [("2309", "A", 2020, 2019, "T", "total", 9)]
    pd.DataFrame(rows, columns=HEADER.split(",")).to_excel(book, index=False)
    with pytest.raises(InputError, match=r"earlier\.xlsx, rad 2, kolumn jump_off: prognosen för 2019"):
        read_checked(book)


def test_a_report_gets_the_projections_of_its_municipality_that_were_made_by_then(earlier: Path) -> None:
    rows = (*RIGHT, "2309,Plan 2021,2021,2025,T,total,16000", "2262,Timrås,2018,2025,T,total,18000")
    folder = write(earlier, *rows).parents[1]
    slice_ = load("prognosuppfoljning", folder, municipality="2309", year=2020, shape_from="2262")
    assert set(slice_.population.earlier["vintage"]) == {"Plan 2018"}
    assert [source.file for source in slice_.sources if source.own] == ["population/earlier.csv"]


def test_no_projections_of_ones_own_are_no_fault() -> None:
    assert open_folder(EMBEDDED).path("population/earlier.csv") is None
    slice_ = load("prognosuppfoljning", EMBEDDED, municipality="2309", year=2020)
    assert slice_.population.earlier.empty


def new_municipality(earlier: Path, *rows: str) -> Path:
    """A folder with Exempelkommun: totals of four years, and the projections given."""
    write(earlier, *rows)
    totals = "".join(f"0000,{year},T,total,{100 + year - 2018}\n" for year in range(2018, 2022))
    (earlier.parent / "groups.csv").write_text(f"region,year,sex,age_group,population\n{totals}", encoding="utf-8")
    regions = "region,name,level,parent\n0000,Exempelkommun,municipality,23\n"
    (earlier.parents[1] / "regions.csv").write_text(regions, encoding="utf-8")
    return earlier.parents[1]


def test_a_projection_with_an_outcome_is_enough_for_a_follow_up(earlier: Path) -> None:
    folder = new_municipality(earlier, "0000,A,2019,2021,T,total,105")
    assert load("prognosuppfoljning", folder, municipality="0000", year=2021).base_year == 2021


@pytest.mark.parametrize("row", ["0000,A,2019,2022,T,total,105", "0000,A,2021,2021,T,total,105"])
def test_a_follow_up_with_nothing_to_judge_yet_says_what_is_missing(earlier: Path, row: str) -> None:
    with pytest.raises(MissingFigures) as found:
        load("prognosuppfoljning", new_municipality(earlier, row), municipality="0000", year=2021)
    assert str(found.value).startswith("En tidigare prognos för något år till och med 2021, eller historia")
    assert "data/population/earlier.csv" in str(found.value)
