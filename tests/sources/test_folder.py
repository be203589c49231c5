"""A data folder: what belongs in it, and how the economist's own figures lie over those that come along."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from krokomanalys.errors import InputError
from krokomanalys.report.check import faults_of_data
from krokomanalys.sources.folder import (
    DATA_VARIABLE,
    EMBEDDED,
    Folder,
    contents,
    layout_of,
    open_folder,
    read_checked,
    read_document,
    shown,
)
from krokomanalys.sources.layouts import GROUPS, LEDGER, MEASURES

GROUPS_FILE = "population/groups.csv"


def write(folder: Path, file: str, text: str) -> Path:
    path = folder / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A workspace's data with one region's groups and one kpi."""
    write(tmp_path, GROUPS_FILE, "region,year,sex,age_group,population\n2309,2030,T,total,17000\n")
    write(tmp_path, "ratios/kpis.csv", "kpi,name,unit,direction,direction_source\nN00095,Eget namn,kr/inv,lower,eget\n")
    return tmp_path


def test_the_data_that_comes_along_has_no_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(DATA_VARIABLE, raising=False)
    assert faults_of_data(None) == []


def test_a_region_in_the_own_data_replaces_that_region_only(own: Path) -> None:
    table = open_folder(own).table(GROUPS_FILE)
    assert table[table["region"] == "2309"].to_dict("records") == [
        {"region": "2309", "year": 2030, "sex": "T", "age_group": "total", "population": 17000}
    ]
    embedded = read_checked(EMBEDDED / GROUPS_FILE)
    for region in ("2262", "00"):
        assert (table["region"] == region).sum() == (embedded["region"] == region).sum() > 0


def test_a_region_is_replaced_in_the_table_that_has_it_and_in_no_other(own: Path) -> None:
    components = open_folder(own).table("population/components.csv")
    assert components.equals(read_checked(EMBEDDED / "population/components.csv"))


def test_a_table_without_regions_is_replaced_key_by_key(own: Path) -> None:
    table = open_folder(own).table("ratios/kpis.csv")
    assert not table["kpi"].duplicated().any()
    assert table.loc[table["kpi"] == "N00095", "name"].tolist() == ["Eget namn"]
    assert len(table) == len(read_checked(EMBEDDED / "ratios/kpis.csv"))


def test_the_layers_rows_are_told_apart_by_their_paths(own: Path) -> None:
    parts = open_folder(own).parts(GROUPS_FILE)
    assert [path for path, _ in parts] == [own / GROUPS_FILE, EMBEDDED / GROUPS_FILE]
    assert "2309" not in set(parts[1][1]["region"])


def test_an_own_document_stands_in_place_of_the_embedded_one(own: Path) -> None:
    path = own / "goals/2309-2021.yaml"
    path.parent.mkdir()
    shutil.copy(EMBEDDED / "goals/2309-2021.yaml", path)
    folder = open_folder(own)
    assert folder.path("goals/2309-2021.yaml") == path
    assert folder.path("goals/2262-2020.yaml") == EMBEDDED / "goals/2262-2020.yaml"
    assert folder.files(r"goals/2309-\d{4}\.yaml").count("goals/2309-2021.yaml") == 1


def test_an_xlsx_stands_for_the_csv_of_its_name(tmp_path: Path) -> None:
    (tmp_path / "population").mkdir()
    rows = pd.DataFrame({"region": ["2309"], "year": [2031], "sex": ["T"], "age_group": ["total"], "population": [1]})
    rows.to_excel(tmp_path / "population" / "groups.xlsx", index=False, engine="xlsxwriter")
    table = open_folder(tmp_path).table(GROUPS_FILE)
    assert table.loc[table["region"] == "2309", "year"].tolist() == [2031]


def test_a_folder_that_does_not_exist_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        open_folder(tmp_path / "dta")
    assert str(error.value).endswith("dta: mappen finns inte. Väntade en datamapp, t.ex. data. Se efter --data.")


def test_the_workspace_is_the_current_folder_unless_it_is_named(
    own: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(DATA_VARIABLE, raising=False)
    elsewhere = tmp_path_factory.mktemp("annanstans")
    monkeypatch.chdir(elsewhere)
    assert open_folder().layers == (EMBEDDED,)
    shutil.copytree(own, elsewhere / "data")
    assert open_folder().layers == (elsewhere / "data", EMBEDDED)
    monkeypatch.setenv(DATA_VARIABLE, str(own))
    assert open_folder().layers == (own, EMBEDDED)


def test_the_embedded_data_is_not_laid_over_itself() -> None:
    assert open_folder(EMBEDDED).layers == (EMBEDDED,)


def test_a_changed_file_is_read_anew(own: Path) -> None:
    before = open_folder(own).table(GROUPS_FILE)
    write(own, GROUPS_FILE, "region,year,sex,age_group,population\n2309,2030,T,total,17001\n2309,2031,T,total,1\n")
    after = open_folder(own).table(GROUPS_FILE)
    assert len(after) == len(before) + 1
    assert 17001 in set(after.loc[after["region"] == "2309", "population"])


def test_a_faulty_own_file_is_told_by_its_path(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(own, "data/" + GROUPS_FILE, "region,year,sex,age_group,population\n2309,2030,T,total,17 OOO\n")
    monkeypatch.chdir(own)
    with pytest.raises(InputError) as error:
        open_folder(own / "data").table(GROUPS_FILE)
    assert str(error.value) == (
        'data/population/groups.csv, rad 2, kolumn population: "17 OOO" är inte ett tal (bokstaven O?). '
        "Väntade ett heltal, 0 eller större."
    )


def test_an_embedded_file_is_shown_from_its_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert shown(EMBEDDED / GROUPS_FILE) == "data/population/groups.csv"


@pytest.mark.parametrize(
    ("file", "layout"),
    [
        (GROUPS_FILE, GROUPS),
        ("population/groups.xlsx", GROUPS),
        ("budget/2262-2020.csv", LEDGER),
        ("budget/2262-2020.xlsx", LEDGER),
        ("measures/2309.csv", MEASURES),
        ("budget/2262.csv", None),
        ("population/grupper.csv", None),
        ("groups.csv", None),
    ],
)
def test_a_files_place_says_what_it_holds(file: str, layout: object) -> None:
    assert layout_of(file) is layout


def test_lock_files_and_hidden_files_are_no_data(own: Path) -> None:
    write(own, "population/~$groups.xlsx", "")
    write(own, ".DS_Store", "")
    assert contents(own) == ["population/groups.csv", "ratios/kpis.csv"]


def test_a_document_whose_name_and_content_differ_is_told(tmp_path: Path) -> None:
    text = (EMBEDDED / "goals/2309-2021.yaml").read_text(encoding="utf-8")
    path = write(tmp_path, "goals/2309-2022.yaml", text)
    with pytest.raises(InputError) as error:
        read_document(path)
    assert str(error.value).endswith(
        ", nyckel region: filen heter 2309-2022 men innehåller 2309-2021. Väntade 2309-2022. Rätta filnamnet eller "
        "region och year."
    )


def test_files_that_nothing_would_read_and_files_without_source_are_found(tmp_path: Path) -> None:
    write(tmp_path, "befolkning.csv", "x\n")
    (first,) = faults_of_data(tmp_path)
    assert "befolkning.csv: filen hör inte hemma i en datamapp" in str(first)
    (tmp_path / "befolkning.csv").unlink()
    write(tmp_path, "measures/2309.csv", "region,measure,date,value,source\n")  # each row names its own
    write(tmp_path, "ratios/kolada.csv", "region,kpi,year,value\n")
    (second,) = faults_of_data(tmp_path)
    assert "ratios/kolada.csv: filen saknar källa. Väntade en post ratios/kolada.csv under files" in str(second)


def test_every_faulty_file_of_a_folder_is_told(tmp_path: Path) -> None:
    write(tmp_path, GROUPS_FILE, "region,year,sex,age_group,population\n2309,2030,T,total,x\n2309,2031,T,total,y\n")
    write(tmp_path, "goals/2309-2030.yaml", "region: 2309\n")
    write(tmp_path, "regions.csv", "")
    told = [str(fault) for fault in faults_of_data(tmp_path)]
    for file, count in ((GROUPS_FILE, 2), ("goals/2309-2030.yaml", 4), ("regions.csv", 1)):
        assert sum(file in fault for fault in told) == count, told


def test_a_table_that_no_layer_has_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"data/population/groups.csv: filen saknas\..*Lägg filen i datamappen"):
        Folder((tmp_path,)).table(GROUPS_FILE)


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        (
            "measures/2309.csv",
            "region,measure,date,value,source\n2309,a,2020-12-31,1,x\n2262,a,2020-12-31,1,x\n",
            'rad 3, kolumn region: "2262" stämmer inte med filens namn. Väntade 2309.',
        ),
        (
            "comments/2309-2021-delar.csv",
            "region,year,goal,kommentar\n2309,2020,a,x\n",
            'rad 2, kolumn year: "2020" stämmer inte med filens namn. Väntade 2021.',
        ),
    ],
)
def test_a_row_of_another_region_or_year_than_its_file_is_told(tmp_path: Path, file: str, text: str, said: str) -> None:
    with pytest.raises(InputError) as error:
        read_checked(write(tmp_path, file, text))
    assert said in str(error.value)


def own_comment(folder: Path, goal: str) -> None:
    write(folder, "comments/2262-2020.csv", f"region,year,goal,kommentar\n2262,2020,{goal},x\n")
    about = "table: a\n  publisher: b\n  licence: c\n  unit: d\n  retrieved: 2026-11-22\n  compiled_by: e\n"
    text = "files:\n comments/2262-2020.csv:\n  " + about
    write(folder, "sources.yaml", text)


def test_a_comment_on_no_goal_is_told_by_its_row_in_the_file(tmp_path: Path) -> None:
    own_comment(tmp_path, "besokare")
    assert faults_of_data(tmp_path) == []
    own_comment(tmp_path, "besökare")
    (fault,) = faults_of_data(tmp_path)
    assert 'rad 2, kolumn goal: "besökare" finns inte i data/goals/2262-2020.yaml' in str(fault)


def test_nobody_is_blamed_for_comments_and_measures_that_come_along_when_bringing_own_goals(tmp_path: Path) -> None:
    text = 'region: "2262"\nyear: 2020\ndocument: {title: a, body: b}\ngoals: [{id: x, title: X, kind: namnd}]\n'
    write(tmp_path, "goals/2262-2020.yaml", text)
    assert faults_of_data(tmp_path) == []


def test_a_ledger_and_its_notes_come_in_pairs(tmp_path: Path) -> None:
    notes = write(tmp_path, "budget/2262-2020.yaml", (EMBEDDED / "budget/2262-2020.yaml").read_text(encoding="utf-8"))
    (alone,) = faults_of_data(tmp_path)
    assert "2262-2020.yaml: huvudboken saknas. Väntade filen 2262-2020.csv bredvid." in str(alone)
    notes.unlink()
    write(tmp_path, "budget/2262-2020.csv", (EMBEDDED / "budget/2262-2020.csv").read_text(encoding="utf-8"))
    said = [str(fault) for fault in faults_of_data(tmp_path)]
    assert any("2262-2020.csv: enhet och tecken saknas. Väntade filen 2262-2020.yaml bredvid." in s for s in said)
