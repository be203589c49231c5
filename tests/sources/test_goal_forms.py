"""The forms for goals: nothing of a template slips into a report, and what is written is what is read."""

from __future__ import annotations

import re
import zipfile
from datetime import date
from html import unescape
from pathlib import Path

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from krokomanalys.errors import InputError
from krokomanalys.sources.folder import EMBEDDED, read_document
from krokomanalys.sources.forms import new_comments
from krokomanalys.sources.goal_forms import new_goals, new_measures
from krokomanalys.sources.goals import GoalVersion
from krokomanalys.sources.layouts import COMMENTS, GOAL_OUTLOOK, MEASURES
from krokomanalys.sources.measures import Measure
from krokomanalys.sources.sheets import GUIDE
from krokomanalys.sources.tables import read_table
from krokomanalys.sources.yaml_files import read_yaml
from tests.sources.test_forms import BOARD, FIGURES, column, fill, locked

WRITTEN = {
    "målets rubrik": "Mål: fler trivs",
    "nämnden som svarar för målet": "Socialnämnden",
    "vad som mäts": "Andel som trivs",
    "vad som ska vara gjort": "Planen är antagen",
    "enhet, t.ex. % eller dagar": "%",
    "higher eller lower": "higher",
    "målvärdet, bara talet": "80",
    "målvärdet 2025": "80",
    "målvärdet 2026": "82",
    "målvärdet 2029": "90",
    "sista dagen, t.ex. 2025-12-31": "2025-10-31",
}
ROWS = pd.DataFrame(
    {
        "measure": ["trivsel", "plan"],
        "mätetal": ["Andel som trivs", "Planen är antagen"],
        "enhet": ["%", "ja/nej"],
        "målvärde": ["minst 80 %", "ja senast 31 oktober 2025"],
        "föregående": ["78,5 (2024)", ""],
    }
)
OFF = r"#(?=[a-z_]+:| {2,})"
"""The sign, first on a line, that switches the line off."""
GOALS = pd.DataFrame({"board": [BOARD, ""], "goal": ["mal_1", "mal_2"], "mål": ["Fler trivs", "=2+2 mål"]})


def template(folder: Path, name: str = "Exempelkommun") -> Path:
    (path,) = new_goals(folder, "0000", name, 2025)
    return path


def written_over(path: Path) -> GoalVersion:
    """The goal file read when all that stands in < > has been written over, as an economist does."""
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(r"<([^\W\d][^<>]*)>", lambda found: WRITTEN[found[1]], text), encoding="utf-8")
    return read_yaml(path, GoalVersion, "mål")


def test_a_template_is_refused_until_it_is_written_over_line_by_line(tmp_path: Path) -> None:
    path = template(tmp_path)
    with pytest.raises(InputError) as error:
        read_yaml(path, GoalVersion, "mål.yaml")
    lines = path.read_text(encoding="utf-8").splitlines()
    waiting = [n for n, line in enumerate(lines, start=1) if "<" in line and not line.startswith("#")]
    assert [fault.row for fault in error.value.faults] == waiting and len(waiting) > 10
    assert str(error.value.faults[0]) == (
        "mål.yaml, rad 18, nyckel title: <målets rubrik> står kvar från mallen. Skriv över det, eller ta bort raden om "
        "den inte behövs."
    )


def test_a_template_that_is_only_written_over_has_three_kinds_of_goal(tmp_path: Path) -> None:
    version = written_over(template(tmp_path))
    level, path, deadline = (goal.measures[0] for goal in version.goals)
    assert (level.direction, level.target, level.unit) == ("higher", 80, "%")
    assert path.path == {2025: 80, 2026: 82, 2029: 90}
    assert (deadline.direction, deadline.deadline) == ("binary", date(2025, 10, 31))
    assert {goal.title for goal in version.goals} == {"Mål: fler trivs"}, "a colon in a title does no harm"
    assert {goal.owner for goal in version.goals} == {"Socialnämnden"}


def test_every_line_of_the_template_that_is_switched_off_can_be_switched_on(tmp_path: Path) -> None:
    path = template(tmp_path)
    written_over(path)
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(OFF, "", text, flags=re.MULTILINE), encoding="utf-8")
    version = read_yaml(path, GoalVersion, "mål")
    first = version.goals[0]
    assert (version.vision, version.areas[0].id, version.document.adopted) == (
        "Visionen i en mening.",
        "trygghet",
        "kommunfullmäktige 2024-11-24",
    )
    assert (first.number, first.area, first.essential) == ("1.1", "trygghet", True)
    assert (first.measures[0].tolerance, first.measures[0].max_age) == (2, 2)
    assert version.activities[0].goals == ("mal_1", "mal_2") and version.comparisons[0].direction == "lower"


def test_each_line_that_is_switched_off_can_be_switched_on_alone_or_with_the_line_that_belongs_to_it(
    tmp_path: Path,
) -> None:
    path = template(tmp_path)
    written_over(path)
    lines = path.read_text(encoding="utf-8").splitlines()
    off = [at for at, line in enumerate(lines) if re.match(OFF, line)]
    assert len(off) == 13
    for at in off:
        if lines[at].startswith("#  - ") or "#    area:" in lines[at]:
            continue
        last = at + 1 if lines[at + 1].startswith("#  - ") else at
        on = [line.removeprefix("#") if at <= place <= last else line for place, line in enumerate(lines)]
        path.write_text("\n".join(on), encoding="utf-8")
        assert read_yaml(path, GoalVersion, lines[at]).goals


def test_the_activities_of_a_carried_file_are_switched_on_by_taking_away_the_sign(tmp_path: Path) -> None:
    before = written_over(template(tmp_path))
    (path,) = new_goals(tmp_path, "0000", "namn", 2026, before)
    text = re.sub(OFF, "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    text = re.sub(r"<sista dagen .*>", "2026-10-31", text)
    path.write_text(re.sub("\n  adopted: .*", "", text), encoding="utf-8")
    assert [a.goals for a in read_yaml(path, GoalVersion, "mål").activities] == [("mal_1",)]


@pytest.mark.parametrize("name", ['Upplands "Väsby"', "Östhammar: norra", "#1", "null"])
def test_the_template_holds_whatever_the_municipality_is_called(tmp_path: Path, name: str) -> None:
    assert written_over(template(tmp_path, name)).document.body == name


def test_a_goal_file_is_never_written_over(tmp_path: Path) -> None:
    path = template(tmp_path)
    path.write_text("mitt", encoding="utf-8")
    with pytest.raises(InputError, match="finns redan och skrivs inte över"):
        template(tmp_path)
    assert path.read_text(encoding="utf-8") == "mitt"


@pytest.mark.parametrize("name", ["2262-2020", "2309-2021", "2309-2024", "2380-2024", "0000-2025"])
def test_the_goals_of_a_year_are_carried_to_the_next_with_their_ids_and_targets(tmp_path: Path, name: str) -> None:
    before = read_document(EMBEDDED / f"goals/{name}.yaml")
    assert isinstance(before, GoalVersion)
    (path,) = new_goals(tmp_path, before.region, "namn", before.year + 1, before)
    with pytest.raises(InputError) as error:
        read_yaml(path, GoalVersion, "mål")
    asked = ["adopted", *("deadline" for m in before.measures if m.deadline)]
    assert [fault.key for fault in error.value.faults] == asked, "the economist looks at it before it counts"
    text = re.sub("\n  adopted: .*", "", path.read_text(encoding="utf-8"))
    path.write_text(re.sub(r"<sista dagen \d{4}, förra gången (.*)>", r"\1", text), encoding="utf-8")
    after = read_yaml(path, GoalVersion, "mål")
    assert (after.year, after.board, after.vision) == (before.year + 1, before.board, before.vision)
    assert [(g.id, g.title, g.owner, g.rule) for g in after.goals] == [
        (g.id, g.title, g.owner, g.rule) for g in before.goals
    ]
    assert [_target(m) for m in after.measures] == [_target(m) for m in before.measures]
    assert not any(g.printed or g.note or g.replaces for g in after.goals)
    assert not any(m.judged or m.note for m in after.measures)
    assert after.activities == () and after.remarks == ()


def test_a_last_day_that_is_still_ahead_is_carried_as_it_is(tmp_path: Path) -> None:
    before = written_over(template(tmp_path))
    late = before.goals[2].measures[0].model_copy(update={"deadline": date(2027, 6, 30)})
    goal = before.goals[2].model_copy(update={"measures": (late,)})
    for year, shown in ((2027, "2027-06-30"), (2028, "<sista dagen 2028, förra gången 2027-06-30>")):
        (path,) = new_goals(tmp_path, "0000", "namn", year, before.model_copy(update={"goals": (goal,)}))
        assert f"deadline: {shown}\n" in path.read_text(encoding="utf-8")


def _target(m: Measure) -> tuple[object, ...]:
    return (m.id, m.direction, m.target, m.path, m.relative_to, m.deadline, m.tolerance, m.parts, m.benchmarks)


def test_the_form_of_measures_waits_for_values_and_is_read_as_rows_without_any(tmp_path: Path) -> None:
    (path,) = new_measures(tmp_path, "0000", 2025, ROWS)
    assert path.relative_to(tmp_path).as_posix() == "measures/0000-2025.xlsx"
    table = read_table(path, MEASURES, "m")
    assert table[["region", "measure", "date"]].to_numpy().tolist() == [
        ["0000", "trivsel", "2025-12-31"],
        ["0000", "plan", "2025-12-31"],
    ]
    assert table["value"].isna().all() and set(table["source"]) == {""}


def test_a_filled_in_value_is_read_back_and_what_is_shown_beside_it_is_not(tmp_path: Path) -> None:
    (path,) = new_measures(tmp_path, "0000", 2025, ROWS)
    fill(path, {f"{column('value', path)}2": 81.5, f"{column('source', path)}2": "Enkät 2025"})
    fill(path, {f"{column('value', path)}3": "~1", f"{column('n', path)}3": 217})
    first, second = read_table(path, MEASURES, "m").to_dict("records")
    assert (first["value"], first["source"], first["precision"]) == (81.5, "Enkät 2025", "")
    assert (second["value"], second["precision"], second["n"]) == (1, "approximate", 217)
    assert "målvärde" not in first


def test_a_value_of_another_day_stands_on_a_spare_row(tmp_path: Path) -> None:
    (path,) = new_measures(tmp_path, "0000", 2025, ROWS)
    more = {"measure": "trivsel", "date": 45900, "value": 79, "region": "0000"}
    fill(path, {f"{column(name, path)}4": value for name, value in more.items()})
    assert read_table(path, MEASURES, "m")["date"].tolist() == ["2025-12-31", "2025-12-31", "2025-08-31"]


def test_the_form_of_measures_shows_values_with_their_decimals(tmp_path: Path) -> None:
    (path,) = new_measures(tmp_path, "0000", 2025, ROWS)
    fill(path, {f"{column('value', path)}2": 8.55})
    assert CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()[1][3:5] == ["78,5 (2024)", 8.55]


def test_a_percentage_typed_with_its_sign_shows_as_a_fraction_and_is_asked_about(tmp_path: Path) -> None:
    (path,) = new_measures(tmp_path, "0000", 2025, ROWS)
    with zipfile.ZipFile(path) as book:
        sheet, styles = (book.read(f"xl/{part}.xml").decode() for part in ("worksheets/sheet1", "styles"))
    value, unit = column("value", path), column("enhet", path)
    rule = re.search(
        rf'<dataValidation type="custom" errorStyle="warning"[^>]*sqref="{value}2:{value}23">(.*?)</', sheet
    )
    assert rule and unescape(rule[1]) == (f'<formula1>NOT(AND(ISNUMBER({value}2),{unit}2="%",{value}2>0,{value}2<=1))')
    assert 'formatCode="0.0###"' in styles


def test_a_measure_or_goal_that_is_not_in_the_list_may_be_written_after_a_question(tmp_path: Path) -> None:
    (measures,) = new_measures(tmp_path, "0000", 2025, ROWS)
    comments = new_comments(tmp_path, "0000", 2025, None, FIGURES.head(0), "tkr", GOALS)[0]
    for path, name in ((measures, "measure"), (comments, "goal")):
        with zipfile.ZipFile(path) as book:
            sheet = book.read("xl/worksheets/sheet1.xml").decode()
        rule = re.search(rf'<dataValidation type="list"([^>]*)sqref="{column(name, path)}2:', sheet)
        assert rule and 'errorStyle="warning"' in rule[1]
        assert [locked(path, f"{column(name, path)}{row}") for row in (2, 3 + len(GOALS))] == [True, False]


def test_every_heading_of_the_forms_has_help(tmp_path: Path) -> None:
    measures = new_measures(tmp_path, "0000", 2025, ROWS)
    comments = new_comments(tmp_path, "0000", 2025, None, FIGURES, "tkr", GOALS)
    for path, layout in ((measures[0], MEASURES), (comments[0], COMMENTS)):
        book = CalamineWorkbook.from_path(path)
        heading = book.get_sheet_by_index(0).to_python()[0]
        explained = {row[0]: row[1] for row in book.get_sheet_by_name(GUIDE).to_python()}
        assert all(explained[name] for name in heading)
        assert set(heading) <= {*layout.columns, *layout.beside}


def test_a_board_comments_on_its_lines_and_its_goals_in_one_form(tmp_path: Path) -> None:
    own, whole = new_comments(tmp_path, "0000", 2025, None, FIGURES, "tkr", GOALS)
    assert (own.name, whole.name) == ("0000-2025-barn-och-utbildningsnamnden.xlsx", "0000-2025.xlsx")
    table = read_table(own, COMMENTS, "k")
    assert table[["board", "line", "goal"]].to_numpy().tolist() == [
        [BOARD, "Förskola", ""],
        [BOARD, "Grundskola", ""],
        [BOARD, "", "mal_1"],
    ]
    heading = CalamineWorkbook.from_path(whole).get_sheet_by_index(0).to_python()[0]
    assert "line" not in heading and "budget" not in heading, "a form of goals alone has no columns for lines"


def test_a_judgement_of_a_goal_is_read_back(tmp_path: Path) -> None:
    path = new_comments(tmp_path, "0000", 2025, None, FIGURES.head(0), "tkr", GOALS)[0]
    said = {"bedömning": "delvis uppfyllt", "grund": "aktiviteter", "bedömd_av": "Skolchef", "bedömd": 46042}
    fill(path, {f"{column(name, path)}2": value for name, value in (said | {"läge": "utkast"}).items()})
    (row,) = read_table(path, COMMENTS, "k").to_dict("records")
    assert {name: row[name] for name in (*said, "läge")} == said | {"bedömd": "2026-01-20", "läge": "utkast"}


def test_during_the_year_a_goal_is_forecast_and_not_judged(tmp_path: Path) -> None:
    path = new_comments(tmp_path, "0000", 2025, "08", FIGURES, "tkr", GOALS)[0]
    heading = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()[0]
    assert "målprognos" in heading and "bedömning" not in heading
    fill(path, {f"{column('målprognos', path)}4": GOAL_OUTLOOK[0]})
    assert read_table(path, COMMENTS, "k")["målprognos"].tolist() == ["", "", GOAL_OUTLOOK[0]]


def test_a_form_without_goals_has_no_columns_for_them(tmp_path: Path) -> None:
    (path,) = new_comments(tmp_path, "0000", 2025, None, FIGURES, "tkr")
    heading = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()[0]
    assert {"goal", "mål", "bedömning", "målprognos"} & set(heading) == set()
