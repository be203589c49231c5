"""What an economist writes into the own data folder from the command line: forms, a kept forecast, a ledger again."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
import yaml
from python_calamine import CalamineWorkbook

from krokomanalys.cli import main
from krokomanalys.report import money
from krokomanalys.report.audit import flaws
from krokomanalys.sources.folder import EMBEDDED
from krokomanalys.sources.layouts import COMMENTS, LEDGER
from krokomanalys.sources.load import load
from krokomanalys.sources.reader import joined
from krokomanalys.sources.tables import read_table
from tests.sources.test_forms import column, fill

KEEP = ["forecast", "0000", "--year", "2025", "--period", "08"]


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty workspace that is stood in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def with_ledgers(own: Path) -> Path:
    """A workspace that has the made-up municipality's ledgers as its own."""
    shutil.copytree(EMBEDDED / "budget", own / "data/budget")
    return own


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = main(list(arguments))
    told = capsys.readouterr()
    return code, told.out + told.err


def test_the_form_of_a_new_year_has_last_years_lines_and_is_never_written_over(
    own: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, text = said(capsys, "new", "0000", "--year", "2026")
    assert code == 0 and "data/budget/0000-2026.xlsx" in text and "data/budget/0000-2026.yaml" in text
    assert (own / "data/budget/0000-2026.yaml").read_text(encoding="utf-8").startswith("# Noterna")
    code, text = said(capsys, "check")
    assert code == 1 and "0000-2026.xlsx" in text and "raden har inget belopp" in text, "the form waits to be filled in"
    code, text = said(capsys, "new", "0000", "--year", "2026")
    assert code == 1, "with a ledger there, the next form is for comments, and nobody has given outcomes yet"
    assert said(capsys, "new", "9999", "--year", "2026")[1].startswith('KOMMUN: "9999" är ingen kommun')


def test_each_board_gets_a_form_to_comment_on_a_period(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, text = said(capsys, "new", "0000", "--year", "2025", "--period", "08")
    assert code == 0 and text.count("Skrev data/comments/0000-2025-08-") == 6
    code, text = said(capsys, "new", "0000", "--year", "2025", "--period", "08", "--board", "Socialnämnden")
    assert code == 1 and "filen finns redan" in text
    assert said(capsys, "check")[0] == 0, "an empty form is no fault"


def test_a_period_of_a_year_without_a_ledger_is_refused(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, text = said(capsys, "new", "2309", "--year", "2030", "--period", "03")
    assert code == 1 and "Skriv först krokomanalys new 2309 --year 2030" in text
    assert "Gäller det mål, skriv krokomanalys new 2309 --year 2030 --goals --period 03." in text
    code, text = said(capsys, "new", "2309", "--year", "2030", "--board", "Socialnämnden")
    assert code == 1 and '--goals --board "Socialnämnden"' in text


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_an_exported_ledger_reads_as_the_same_amounts(
    with_ledgers: Path, capsys: pytest.CaptureFixture[str], ending: str
) -> None:
    file = with_ledgers / f"ut{ending}"
    assert said(capsys, "export", "0000", "--year", "2025", "-o", str(file))[0] == 0
    given = joined(sorted((with_ledgers / "data/budget").glob("0000-2025*.csv")))
    back = read_table(file, LEDGER, file.name)
    columns = list(LEDGER.columns)
    same = [frame[columns].astype(str).sort_values(columns, ignore_index=True) for frame in (given, back)]
    pd.testing.assert_frame_equal(*same)
    assert said(capsys, "export", "0000", "--year", "2025", "-o", str(file))[0] == 1, "nothing is written over"


def test_a_kept_forecast_is_a_version_that_nothing_overwrites(
    with_ledgers: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, text = said(capsys, *KEEP, "--version", "modell augusti", "--date", "2025-09-20")
    assert code == 0 and "data/budget/0000-2025-modell-augusti.csv" in text
    ledger = money.ledger_of(load("budgetuppfoljning", municipality="0000", year=2025, period="08"))
    assert money.forecast_in_force(ledger, "net") == "prognos augusti", "a computed one isn't handed in"
    kept = ledger.rows[ledger.rows["maker"] == "computed"]
    assert set(kept["version"]) == {"modell augusti"} and set(kept["through"]) == {8}
    assert "redan gjord 2025-09-20" in said(capsys, *KEEP, "--version", "ny", "--date", "2025-09-20")[1]
    assert "skrivs aldrig över" in said(capsys, *KEEP, "--version", "modell augusti", "--date", "2025-09-21")[1]
    assert "redan gjord 2025-09-14" in said(capsys, *KEEP, "--version", "ny", "--date", "2025-09-14")[1]
    assert "inte efter periodens sista dag" in said(capsys, *KEEP, "--version", "ny", "--date", "2025-08-31")[1]
    assert said(capsys, "check")[0] == 0


def test_a_forecast_is_not_written_beside_a_ledger_that_comes_along(
    own: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (own / "data").mkdir()
    code, text = said(capsys, *KEEP, "--version", "ny", "--date", "2025-09-20")
    assert code == 1 and "ligger inte i din datamapp" in text
    assert list((own / "data").iterdir()) == []


def test_check_reads_the_data_where_there_is_no_parameter_file(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (own / "params").mkdir()
    (own / "data").mkdir()
    (own / "data/notes.txt").write_text("?", encoding="utf-8")
    code, text = said(capsys, "check")
    assert code == 1 and "mappen har inga parameterfiler" in text and "notes.txt" in text


def test_check_tells_of_the_own_documents_flaws_and_not_of_those_that_come_along(own: Path) -> None:
    (own / "data").mkdir()
    assert flaws(None) == []
    assert flaws(EMBEDDED) != []


GOALS = {
    "målets rubrik": "Fler trivs",
    "nämnden som svarar för målet": "Socialnämnden",
    "vad som mäts": "Andel som trivs",
    "vad som ska vara gjort": "Planen är antagen",
    "enhet, t.ex. % eller dagar": "%",
    "higher eller lower": "higher",
    "målvärdet, bara talet": "80",
    "målvärdet 2026": "80",
    "målvärdet 2027": "82",
    "målvärdet 2030": "90",
    "sista dagen, t.ex. 2026-12-31": "2026-10-31",
}


def written_over(path: Path) -> None:
    """Write over all that stands in < >, as an economist does."""
    text = re.sub(r"<([^\W\d][^<>]*)>", lambda found: GOALS[found[1]], path.read_text(encoding="utf-8"))
    path.write_text(text, encoding="utf-8")


def test_the_goals_of_a_new_municipality_go_from_template_to_report_data(
    own: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, text = said(capsys, "new", "0180", "--year", "2026", "--goals")
    assert code == 0 and "Skrev data/goals/0180-2026.yaml" in text and "--goals igen" in text
    code, text = said(capsys, "new", "0180", "--year", "2026", "--goals")
    assert code == 1 and "står kvar från mallen" in text, "no form is made of what nobody has written"
    written_over(own / "data/goals/0180-2026.yaml")
    code, text = said(capsys, "new", "0180", "--year", "2026", "--goals")
    assert code == 0 and "Skrev data/measures/0180-2026.xlsx" in text
    assert "Skrev data/comments/0180-2026-socialnamnden.xlsx" in text and "Fyll i mätvärdena." in text
    measures, comments = own / "data/measures/0180-2026.xlsx", own / "data/comments/0180-2026-socialnamnden.xlsx"
    assert said(capsys, "check")[0] == 0, "an empty form is no fault"
    targets = [row[2] for row in CalamineWorkbook.from_path(measures).get_sheet_by_index(0).to_python()[1:4]]
    assert ["skriv i date när det blev klart" in target for target in targets] == [False, False, True]
    fill(measures, {f"{column('value', measures)}2": 81, f"{column('source', measures)}2": "Enkät"})
    fill(comments, {f"{column('bedömning', comments)}2": "uppfyllt", f"{column('grund', comments)}2": "mätetal"})
    assert said(capsys, "check")[0] == 0, "and what is filled in needs no entry in sources.yaml"
    slice_ = load("maluppfoljning", municipality="0180", year=2026)
    assert slice_.goals is not None and slice_.goals.measures["value"].max() == 81
    assert list(slice_.comments["bedömning"]) == ["uppfyllt", "", ""]
    written = measures.read_bytes()
    code, text = said(capsys, "new", "0180", "--year", "2026", "--goals")
    assert code == 1 and "inga nya filer behövs" in text and measures.read_bytes() == written


@pytest.fixture
def set_up(own: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A workspace with a municipality's goals of 2026, and the forms for them: the goal file."""
    goals = own / "data/goals/0180-2026.yaml"
    assert main(["new", "0180", "--year", "2026", "--goals"]) == 0
    written_over(goals)
    assert main(["new", "0180", "--year", "2026", "--goals"]) == 0
    capsys.readouterr()
    return goals


def added(goals: Path, owner: str) -> None:
    """Add a goal with a measure to a goal file."""
    goal = f"""\
  - id: mal_4
    title: Nytt mål
    kind: namnd
    owner: {owner}
    measures:
      - {{id: matetal_4, name: Något nytt, unit: dagar, direction: lower, target: 9}}

#activities:"""
    goals.write_text(goals.read_text(encoding="utf-8").replace("#activities:", goal), encoding="utf-8")


def test_a_goal_that_is_added_later_is_told_of_and_fits_on_the_forms_spare_rows(
    set_up: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    added(set_up, "Socialnämnden")
    code, text = said(capsys, "new", "0180", "--year", "2026", "--goals")
    told = "0180-2026.xlsx finns redan och är orörd. Där saknas matetal_4. Skriv id i measure, och en dag i date, på en"
    assert code == 1 and told in text
    assert "0180-2026-socialnamnden.xlsx finns redan och är orörd. Där saknas mal_4. Skriv id i goal, på" in text
    measures, comments = Path("data/measures/0180-2026.xlsx"), Path("data/comments/0180-2026-socialnamnden.xlsx")
    row = {"measure": "matetal_4", "date": 46387, "value": 8, "source": "Systemet", "region": "0180"}
    fill(measures, {f"{column(name, measures)}5": value for name, value in row.items()})
    row = {"goal": "mal_4", "board": "Socialnämnden", "region": "0180", "year": 2026, "kommentar": "Bra"}
    fill(comments, {f"{column(name, comments)}5": value for name, value in row.items()})
    assert "Där saknas" not in said(capsys, "new", "0180", "--year", "2026", "--goals")[1]
    assert said(capsys, "check")[0] == 0


def test_a_form_saved_as_csv_is_left_as_it_is(set_up: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("data/measures/0180-2026.xlsx").unlink()
    rows = "region;measure;date;value;source\n0180;matetal_1;2026-06-30;;\n"
    Path("data/measures/0180-2026.csv").write_text(rows, encoding="utf-8")
    code, text = said(capsys, "new", "0180", "--year", "2026", "--goals")
    assert code == 1 and "0180-2026.csv finns redan och är orörd. Där saknas matetal_2 och matetal_3." in text
    assert not Path("data/measures/0180-2026.xlsx").exists()


def test_an_owner_that_comes_later_gets_a_form_and_the_others_are_left_as_they_are(
    set_up: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = Path("data/comments/0180-2026-socialnamnden.xlsx").read_bytes()
    added(set_up, "Skolnämnden")
    code, text = said(capsys, "new", "0180", "--year", "2026", "--goals")
    assert code == 0 and "Skrev data/comments/0180-2026-skolnamnden.xlsx" in text
    assert "0180-2026-socialnamnden.xlsx finns redan och är orörd. " in text and "Där saknas mal_" not in text
    table = read_table(Path("data/comments/0180-2026-skolnamnden.xlsx"), COMMENTS, "k")
    assert table["goal"].tolist() == ["mal_4"]
    assert Path("data/comments/0180-2026-socialnamnden.xlsx").read_bytes() == first


def test_a_form_that_cannot_be_written_is_not_said_to_be_there_already(
    set_up: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("data/comments/0180-2026-socialnamnden.xlsx").unlink()
    text = set_up.read_text(encoding="utf-8").replace("Fler trivs", "x" * 40_000)
    set_up.write_text(text, encoding="utf-8")
    code, text = said(capsys, "new", "0180", "--year", "2026", "--goals")
    assert code == 1 and "40000 tecken i en text" in text and "finns redan" not in text


def test_the_form_shows_the_target_of_the_year_and_not_those_of_all_years(set_up: Path) -> None:
    sheet = CalamineWorkbook.from_path("data/measures/0180-2026.xlsx").get_sheet_by_index(0).to_python()
    assert [row[sheet[0].index("målvärde")].replace("\u00a0", " ") for row in sheet[1:4]] == [
        "minst 80 %",
        "minst 80 %",
        "senast 31 oktober 2026 (skriv i date när det blev klart)",
    ]


def test_a_target_of_a_later_year_is_shown_with_its_year(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "0180", "--year", "2026", "--goals"]) == 0
    goals = own / "data/goals/0180-2026.yaml"
    goals.write_text(re.sub(r" +2026: <.*\n", "", goals.read_text(encoding="utf-8")), encoding="utf-8")
    written_over(goals)
    assert main(["new", "0180", "--year", "2026", "--goals"]) == 0
    sheet = CalamineWorkbook.from_path("data/measures/0180-2026.xlsx").get_sheet_by_index(0).to_python()
    assert sheet[2][sheet[0].index("målvärde")].replace("\u00a0", " ") == "minst 82 % år 2027"


def test_the_own_goal_file_is_not_called_a_public_document_as_one_that_comes_along_is(set_up: Path) -> None:
    def licences(municipality: str, year: int) -> set[str]:
        read = load("maluppfoljning", municipality=municipality, year=year).sources
        return {source.licence for source in read if source.file.startswith("goals/")}

    assert licences("0180", 2026) == {""} and licences("2262", 2020) == {"allmän handling"}


def test_last_years_goals_are_carried_on_with_their_values_beside(
    own: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, text = said(capsys, "new", "2262", "--year", "2021", "--goals")
    assert code == 0 and "Målen är de från 2020" in text
    path = own / "data/goals/2262-2021.yaml"
    path.write_text(re.sub("\n  adopted: .*", "", path.read_text(encoding="utf-8")), encoding="utf-8")
    code, text = said(capsys, "new", "2262", "--year", "2021", "--goals")
    assert code == 0 and "kopierade till din mapp" in text
    sheet = CalamineWorkbook.from_path(own / "data/measures/2262-2021.xlsx").get_sheet_by_index(0).to_python()
    beside = {row[sheet[0].index("measure")]: row[sheet[0].index("föregående")] for row in sheet[1:]}
    assert beside["medborgare_livskvalitet"] == "85 (2020)"
    assert (own / "data/measures/2262.csv").read_bytes() == (EMBEDDED / "measures/2262.csv").read_bytes()
    assert said(capsys, "check")[0] == 0


def test_what_is_worked_out_or_known_is_not_asked_for(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (own / "data/goals").mkdir(parents=True)
    version = yaml.safe_load((EMBEDDED / "goals/2309-2021.yaml").read_text(encoding="utf-8"))
    worked_out = [m["id"] for g in version["goals"] for m in g.get("measures", []) if m.get("outcome")]
    shutil.copy(EMBEDDED / "goals/2309-2021.yaml", own / "data/goals")
    assert said(capsys, "new", "2309", "--year", "2021", "--goals")[0] == 0
    sheet = CalamineWorkbook.from_path(own / "data/measures/2309-2021.xlsx").get_sheet_by_index(0).to_python()
    asked = {row[sheet[0].index("measure")] for row in sheet[1:]}
    assert worked_out and not asked & {*worked_out, "it_kundnojdhet"}, "SCB's population, and a value of 2021"


def test_goals_stand_among_the_lines_where_there_is_a_ledger(
    with_ledgers: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said(capsys, "new", "0000", "--year", "2025", "--period", "08")[0] == 0
    table = read_table(with_ledgers / "data/comments/0000-2025-08-socialnamnden.xlsx", COMMENTS, "k")
    assert {"samma_personal", "egen_forsorjning"} <= set(table["goal"]) and (table["line"] != "").any()
    assert said(capsys, "check")[0] == 0


def test_a_period_or_board_of_goals_that_are_not_there_is_refused(
    own: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, text = said(capsys, "new", "0180", "--year", "2026", "--goals", "--period", "08")
    assert code == 1 and "målen för 2026 finns inte än" in text
    code, text = said(capsys, "new", "2309", "--year", "2024", "--goals", "--board", "Skidnämnden")
    assert code == 1 and '"Skidnämnden" svarar inte för något mål' in text
