"""The command: Swedish help, every fault told before anything is made, nothing left behind."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import krokomanalys
from krokomanalys.batch import progress
from krokomanalys.cli import main
from krokomanalys.sources.folder import EMBEDDED
from krokomanalys.sources.layouts import SCORECARD
from krokomanalys.sources.tables import read_table

TIMRA = 'municipality: "2262"\nyear: 2020\nboard: Kommunstyrelsen\nreports: [budgetuppfoljning]\n'


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of the economist's own with a parameter file, and a copy of Timrå's budget to break."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "params").mkdir()
    (tmp_path / "params" / "timra.yaml").write_text(TIMRA, encoding="utf-8")
    (tmp_path / "data" / "budget").mkdir(parents=True)
    for name in ("2262-2020.csv", "2262-2020.yaml"):
        shutil.copy(EMBEDDED / "budget" / name, tmp_path / "data" / "budget")
    told = ("table: Årsredovisning", "publisher: Timrå", "licence: allmän handling", "unit: tkr", "compiled_by: test")
    lines = ["files:", "  budget/2262-2020.csv:", *(f"    {line}" for line in told), "    retrieved: 2026-11-22"]
    (tmp_path / "data" / "sources.yaml").write_text("\n".join(lines), encoding="utf-8")
    return tmp_path


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize("arguments", [[], ["run"], ["check"], ["lab"], ["project"], ["new"]])
def test_all_help_is_swedish(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*arguments, "--help"])
    text = capsys.readouterr().out
    assert ended.value.code == 0 and text.startswith("användning: krokomanalys")
    assert not any(word in text for word in ("usage", "options", "positional", "show this", "arguments:"))


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out == f"krokomanalys {krokomanalys.__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "saknas: KOMMANDO"),
        (["kör"], "'kör' finns inte"),
        (["run", "--fel"], "okänt argument: --fel"),
        (["run", "--out"], "--out: ett värde saknas"),
    ],
)
def test_a_command_not_understood_is_told_in_swedish(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2 and told in capsys.readouterr().err


def test_a_broken_cell_stops_the_run_before_anything_is_made(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    replace(workspace / "data/budget/2262-2020.csv", ",29920,", ',"29 92O",')
    assert main(["run"]) == 1
    assert capsys.readouterr().err.startswith(
        'data/budget/2262-2020.csv, rad 2, kolumn amount: "29 92O" är inte ett tal (bokstaven O?). Väntade t.ex. '
    )
    assert not (workspace / "output").exists()


def test_a_misspelt_parameter_names_the_right_one(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    replace(workspace / "params/timra.yaml", "board:", "bord:")
    assert main(["run"]) == 1
    text = capsys.readouterr().err
    assert text == 'params/timra.yaml, nyckel bord: nyckeln "bord" är okänd. Menade du "board"?\n'
    assert not (workspace / "output").exists()


def test_a_code_without_quotes_is_told_to_have_them(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    replace(workspace / "params/timra.yaml", '"2262"', "0114")
    assert main(["run"]) == 1
    assert 'nollan faller bort. Sätt citattecken: "0114".' in capsys.readouterr().err


def test_a_missing_file_is_told(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "params/krokom.yaml"]) == 1
    assert "params/krokom.yaml: filen finns inte" in capsys.readouterr().err
    (workspace / "data/budget/2262-2020.yaml").unlink()
    assert main(["run"]) == 1
    assert "2262-2020.csv: enhet och tecken saknas. Väntade filen 2262-2020.yaml bredvid" in capsys.readouterr().err
    assert not (workspace / "output").exists()


def test_an_output_folder_that_is_a_file_is_told(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (workspace / "rapporter").write_text("", encoding="utf-8")
    assert main(["run", "--out", "rapporter"]) == 1
    assert '--out: "rapporter" går inte att skriva i' in capsys.readouterr().err


@pytest.mark.parametrize("line", ['{"report": ', "{}", "3"])
def test_a_broken_line_of_the_manifest_is_told(workspace: Path, line: str, capsys: pytest.CaptureFixture[str]) -> None:
    (workspace / "output").mkdir()
    (workspace / "output/manifest.jsonl").write_text(line + "\n", encoding="utf-8")
    assert main(["run"]) == 1
    assert "output/manifest.jsonl, rad 1: raden går inte att läsa." in capsys.readouterr().err
    assert not (workspace / "output/index.html").exists()


def test_a_report_that_no_parameter_file_has_is_told_and_no_index_is_written(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", "--only", "oversikt"]) == 1
    text = capsys.readouterr().err
    problem = "ingen parameterfil har de rapporter som --only, --municipality och --year frågar efter"
    assert f"run: {problem}. Väntade rapporter: budgetuppfoljning." in text
    assert not (workspace / "output").exists()


def test_a_run_ends_by_telling_how_easy_its_reports_are_to_read(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    about = {"name": "Timrå", "year": 2020, "period": None, "board": None, "report": "budgetuppfoljning"}
    made, waits = {**about, "status": "made", "lix": 33.6}, {**about, "status": "no_data", "missing": []}
    monkeypatch.setattr(progress, "with_progress", lambda planned, out, settings: [made, waits])
    assert main(["run"]) == 0
    text = capsys.readouterr().out
    assert "Läsbarhet: LIX 34 (under 45 är målet). Svårast: budgetuppfoljning, Timrå 2020.\n" in text


def test_an_unknown_municipality_is_told_by_its_parameter_file(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    replace(workspace / "params/timra.yaml", "2262", "9999")
    assert main(["check"]) == 1
    assert 'params/timra.yaml, nyckel municipality: "9999" är ingen kommun' in capsys.readouterr().out


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (
            "scenarios:\n  farre: {title: Färre, in_migration: {persons: -9000, start: 2021}}\n",
            'params/prognos.yaml, nyckel scenarios: "Färre": så många färre kan inte flytta in',
        ),
        ("aims: {2050: 19000}\n", "params/prognos.yaml, nyckel aims: målåret 2050 ligger inte i prognosen"),
    ],
)
def test_a_scenario_or_target_that_the_projection_can_not_take_is_told_before_the_run(
    workspace: Path, lines: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    text = f'municipality: "2262"\nyear: 2020\nhorizon: 2030\nreports: [befolkningsprognos]\n{lines}'
    (workspace / "params" / "prognos.yaml").write_text(text, encoding="utf-8")
    assert main(["check"]) == 1
    assert says in capsys.readouterr().out


def test_a_ledger_without_its_notes_is_told(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copy(workspace / "data/budget/2262-2020.csv", workspace / "data/budget/2262-2019.csv")
    assert main(["check"]) == 1
    assert "2262-2019.yaml" in capsys.readouterr().out


def test_an_unknown_data_folder_is_told(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--data", "siffror"]) == 1
    assert "siffror: mappen finns inte" in capsys.readouterr().err


def test_an_unknown_report_is_told_with_those_there_are(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--only", "prognos"]) == 1
    text = capsys.readouterr().err
    assert '"prognos" är ingen rapport' in text and "befolkningsprognos" in text


def test_check_lists_every_fault_of_every_file(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    replace(workspace / "data/budget/2262-2020.csv", ",29920,", ",29 92O,")
    replace(workspace / "data/budget/2262-2020.csv", ",36014,", ",x,")
    replace(workspace / "params/timra.yaml", "year: 2020", "year: tjugo")
    assert main(["check"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == "3 fel." and len(lines) == 4


def test_the_embedded_data_and_parameters_have_no_fault(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(EMBEDDED.parent / "params")]) == 0
    *flaws, last = capsys.readouterr().out.splitlines()
    assert last.startswith("Inga fel.")
    assert [line for line in flaws if not line.startswith(("Sifferkontroll: ", "  "))] == []
    assert any("motsägelse (tryckt" in line for line in flaws), "a flaw of a document is told, and is no fault"


def test_the_backtest_prints_its_scorecard_and_writes_tables_and_figures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["backtest", "--data", str(EMBEDDED), "--from", "2015", "--to", "2017", "--shape-from", "2262"]
    assert main([*asked, "-o", str(tmp_path / "prov")]) == 0
    text = capsys.readouterr().out
    assert text.startswith("Fel i totalen för 3 kommuner, utgångsår 2015–2017")
    assert "Huvudmodellen (joined)" in text and "Rak linje, tio års takt" in text
    written = {path.name for path in (tmp_path / "prov").iterdir()}
    assert {"traffsakerhet.xlsx", "traffsakerhet.md", "scorecard.csv", "fel_per_ar_framat.svg"} <= written
    card = read_table(tmp_path / "prov/scorecard.csv", SCORECARD, "scorecard.csv")
    assert set(card["way"]) == {"joined", "no_change", "linear5", "linear10", "net10"}


def test_a_projection_is_refused_on_figures_that_do_not_agree(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "population").mkdir()
    rows = (EMBEDDED / "population/groups.csv").read_text(encoding="utf-8").splitlines()
    own = [row.rsplit(",", 1)[0] + ",0" if row.startswith("2309,2022,F,80+") else row for row in rows]
    kept = [own[0], *(row for row in own if row.startswith("2309"))]
    (tmp_path / "population/groups.csv").write_text("\n".join(kept), encoding="utf-8")
    asked = ["project", "2309", "--to", "2030", "--shape-from", "2262", "--data", str(tmp_path)]
    assert main([*asked, "-o", str(tmp_path / "ut.csv")]) == 1
    assert "2309, 2022, 80+: kvinnor 0 och" in capsys.readouterr().err
    assert not (tmp_path / "ut.csv").exists()


def test_a_projection_far_beyond_a_lifetime_is_taken_for_a_slip(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["project", "2309", "--to", "20400", "--shape-from", "2262", "--data", str(EMBEDDED)]
    assert main([*asked, "-o", str(tmp_path / "ut.csv")]) == 1
    assert "--to: 20400 är mer än 100 år efter utgångsåret 2022" in capsys.readouterr().err
    assert not (tmp_path / "ut.csv").exists()


def test_a_municipality_without_moves_by_age_needs_a_lender_in_the_backtest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["backtest", "--data", str(EMBEDDED)]) == 1
    assert "--shape-from: 2262 har inte flyttningar efter ålder för alla år från 1999" in capsys.readouterr().err


def test_origins_that_the_data_cannot_bear_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["backtest", "--data", str(EMBEDDED), "--from", "1999"]) == 1
    assert "utgångsåren 1999–2021 går inte att pröva" in capsys.readouterr().err
    assert main(["backtest", "--from", "2021", "--to", "2008"]) == 1
    assert "första utgångsåret 2021 är senare än det sista, 2008" in capsys.readouterr().err
    assert main(["backtest", "-o", "fel.csv"]) == 1
    assert '"fel.csv" är ingen mapp' in capsys.readouterr().err
