"""`krokomanalys project`: the file it writes, and what an economist is told when it can't."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from krokomanalys.cli import main
from krokomanalys.report import project
from krokomanalys.sources.folder import EMBEDDED

PARAMS = """municipality: "2309"
year: 2022
horizon: 2030
shape_from: "2262"
reports: [befolkningsprognos]
scenarios:
  stangt: {title: Ingen flyttar, no_migration: true}
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of the economist's own with a parameter file."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "krokom.yaml").write_text(PARAMS, encoding="utf-8")
    return tmp_path


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["project", *arguments, "--data", str(EMBEDDED)]) == 1
    return capsys.readouterr().err


def test_a_csv_has_whole_persons_by_year_sex_and_age_from_the_published_base(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["project", "2309", "--to", "2030", "--shape-from", "2262", "-o", "folk.csv"]) == 0
    table = pd.read_csv(here / "folk.csv", dtype={"region": str})
    assert list(table.columns) == ["region", "year", "sex", "age", "population"]
    assert len(table) == 9 * 2 * 101 and set(table["region"]) == {"2309"}
    assert table["population"].dtype == int and (table["population"] >= 0).all()
    assert table.groupby("year")["population"].sum().loc[2022] == 15_532
    assert capsys.readouterr().out.startswith("Invånare 31 december: 15\u00a0532 år 2022, ")


def test_the_years_of_the_file_are_the_projections_rounded_to_whole_persons(here: Path) -> None:
    made = project.made(project.Asked("2262", horizon=2030, base_year=2020), EMBEDDED)
    sums = project.people(made.projection).groupby("year")["population"].sum()
    assert list(sums) == [round(total) for total in made.projection.population.totals]


def test_with_a_base_year_nothing_later_is_known() -> None:
    early = project.made(project.Asked("2262", horizon=2022, base_year=2018), EMBEDDED)
    assert early.projection.base_year == early.outlook.totals.index.max() == 2018


def test_a_scenario_of_a_parameter_file_takes_the_rest_from_it(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["project", "2309", "--params", "krokom.yaml", "--scenario", "stangt", "-o", "a.xlsx"]) == 0
    assert "(Ingen flyttar)" in capsys.readouterr().out
    sheets = pd.read_excel(here / "a.xlsx", sheet_name=None, header=None, engine="calamine")
    assert list(sheets) == ["Innehåll", "Invånare", "Förändring", "Åldersgrupper", "Antaganden", "Källor"]
    assert list(sheets["Invånare"].iloc[2]) == ["Kommun", "År", "Kön", "Ålder", "Invånare (personer)"]
    assumed = sheets["Antaganden"]
    assert "Scenario: Ingen flyttar." in str(assumed.iloc[-1, 0])
    assert list(assumed.iloc[3:11, 0].astype(int)) == list(range(2023, 2031))
    assert (assumed.iloc[3:11, 4:6] == 0).all(axis=None)
    groups, people = sheets["Åldersgrupper"], sheets["Invånare"]
    by_year = people.iloc[3:-2].groupby(people.iloc[3:-2, 1])[4].sum()
    assert list(groups.iloc[3:12, 7]) == list(by_year)
    assert not sheets["Källor"][4].astype(str).str.contains("goals/").any()


def test_more_move_in_and_out_in_the_main_projection_than_the_net(here: Path) -> None:
    assert main(["project", "2309", "--params", "krokom.yaml", "-o", "b.xlsx"]) == 0
    assumed = pd.read_excel(here / "b.xlsx", sheet_name="Antaganden", header=None, engine="calamine")
    moved_in, moved_out = assumed.iloc[3, 4:6]
    assert moved_in > 900 and moved_out > 800


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["2309", "--to", "2040", "-o", "a.ods"], '-o: "a.ods" är varken csv eller xlsx. Väntade ett filnamn på'),
        (["2309", "--to", "2040", "-o", "saknas/a.csv"], 'mappen "saknas" finns inte'),
        (["2309", "-o", "a.csv"], "--to: prognosens sista år saknas. Väntade ett år, t.ex. --to 2040."),
        (["2309", "--to", "2040", "-o", "a.csv"], 'shape_from: "2262"'),
        (["9999", "--to", "2040", "-o", "a.csv"], '"9999" är ingen kommun i regions.csv'),
        (["1287", "--to", "2040", "-o", "a.csv"], "1287: Folkmängd för 1287"),
        (["2262", "--to", "2010", "-o", "a.csv"], "2010 ligger inte efter utgångsåret"),
        (["2309", "--scenario", "stangt", "--to", "2040", "-o", "a.csv"], "scenarier står i en parameterfil"),
        (["2309", "--params", "saknas.yaml", "-o", "a.csv"], "saknas.yaml: filen finns inte"),
        (["2262", "--params", "krokom.yaml", "-o", "a.csv"], "filen gäller 2309. Väntade 2262."),
        (
            ["2309", "--params", "krokom.yaml", "--scenario", "oppet", "-o", "a.csv"],
            'scenariot "oppet" finns inte i parameterfilen. Väntade något av stangt.',
        ),
    ],
)
def test_what_can_not_be_made_is_told_and_no_file_is_left(
    here: Path, arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert says in told(capsys, *arguments)
    assert [path.name for path in here.iterdir()] == ["krokom.yaml"]


def test_a_write_that_fails_leaves_the_file_as_it_was(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def half(table: pd.DataFrame, path: Path, **_: object) -> None:
        path.write_text("region,ye", encoding="utf-8")
        raise OSError("disk full")

    (here / "folk.csv").write_text("som den var", encoding="utf-8")
    monkeypatch.setattr(pd.DataFrame, "to_csv", half)
    assert '"folk.csv" går inte att skriva' in told(capsys, "2262", "--to", "2030", "-o", "folk.csv")
    assert (here / "folk.csv").read_text(encoding="utf-8") == "som den var"
    assert sorted(path.name for path in here.iterdir()) == ["folk.csv", "krokom.yaml"]
