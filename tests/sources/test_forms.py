"""The forms that economists and managers fill in, and a ledger given back: what is written is what is read."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from html import escape
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from krokomanalys.errors import InputError
from krokomanalys.sources.export import export_ledger
from krokomanalys.sources.folder import layout_of
from krokomanalys.sources.form_file import made_safe
from krokomanalys.sources.forms import new_comments, new_ledger
from krokomanalys.sources.layouts import ACTION_STATUS, COMMENTS, LEDGER, MONTHS
from krokomanalys.sources.ledger import LedgerNotes
from krokomanalys.sources.sheets import GUIDE
from krokomanalys.sources.tables import read_table
from krokomanalys.sources.yaml_files import read_yaml

BOARD = "Barn- och utbildningsnämnden"
LINES = pd.DataFrame(
    {"board": [BOARD, BOARD], "line": ["Förskola", "Grundskola"], "parent": ["", ""], "kind": ["net", "net"]}
)
FIGURES = LINES.assign(
    budget=[-100.0, -300.0], outcome=[-110.5, -290.0], variance=[-10.5, 10.0], forecast=[-160.0, None]
)


def fill(path: Path, cells: Mapping[str, str | float]) -> None:
    """Write in cells of the first sheet as a spreadsheet does, over a blank cell, a text or a formula."""
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"].decode()
    for place, value in cells.items():
        text = f' t="inlineStr"><is><t>{escape(value)}</t></is>' if isinstance(value, str) else f"><v>{value}</v>"
        pattern = rf'<c r="{place}"( s="\d+")?[^>]*?(?:/>|>.*?</c>)'
        sheet, found = re.subn(
            pattern, lambda old, text=text, place=place: f'<c r="{place}"{old[1] or ""}{text}</c>', sheet
        )
        assert found == 1, place
    parts["xl/worksheets/sheet1.xml"] = sheet.encode()
    with zipfile.ZipFile(path, "w") as book:
        for name, part in parts.items():
            book.writestr(name, part)


def column(name: str, path: Path) -> str:
    """The letter of a column of a form."""
    heading = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()[0]
    return chr(ord("A") + heading.index(name))


def locked(path: Path, place: str) -> bool:
    """Whether a cell of a protected form can't be changed."""
    with zipfile.ZipFile(path) as book:
        sheet, styles = (book.read(f"xl/{part}.xml").decode() for part in ("worksheets/sheet1", "styles"))
    assert "<sheetProtection" in sheet
    looks = re.findall(r"<xf [^>]*(?:/>|[^/]>.*?</xf>)", styles.split("<cellXfs")[1].split("</cellXfs>")[0])
    found = re.search(rf'<c r="{place}" s="(\d+)"', sheet)
    assert found
    return 'locked="0"' not in looks[int(found[1])]


def test_a_new_ledger_is_two_files_that_are_read_as_a_ledger_without_rows(tmp_path: Path) -> None:
    paths = new_ledger(tmp_path, "0000", "Exempelkommun", 2025)
    assert [path.relative_to(tmp_path).as_posix() for path in paths] == [
        "budget/0000-2025.xlsx",
        "budget/0000-2025.yaml",
    ]
    assert len(read_table(paths[0], LEDGER, "ledger")) == 0
    notes = read_yaml(paths[1], LedgerNotes, "notes")
    assert (notes.region, notes.year, notes.document.body, notes.unit) == ("0000", 2025, "Exempelkommun", "tkr")


@pytest.mark.parametrize("name", ['Upplands "Väsby"', "Östhammar: norra", "#1", "null"])
def test_the_notes_hold_whatever_the_municipality_is_called(tmp_path: Path, name: str) -> None:
    notes = read_yaml(new_ledger(tmp_path, "0000", name, 2025)[1], LedgerNotes, "notes")
    assert notes.document.body == name


def test_every_line_of_the_notes_that_is_switched_off_is_switched_on_by_taking_away_the_sign(tmp_path: Path) -> None:
    path = new_ledger(tmp_path, "0000", "Exempelkommun", 2025)[1]
    text = path.read_text(encoding="utf-8")
    on, count = re.subn(r"^#(?=[a-z_]+:| {2,})", "", text, flags=re.MULTILINE)
    path.write_text(on, encoding="utf-8")
    notes = read_yaml(path, LedgerNotes, "notes")
    assert count == 7 and notes.board == "Kommunstyrelsen" and notes.breaks[0].years == (2024, 2025)


def test_a_new_ledger_is_read_back_when_it_is_filled_in(tmp_path: Path) -> None:
    path, _ = new_ledger(tmp_path, "0000", "Exempelkommun", 2025)
    row = {"region": "0000", "year": 2025, "line": "Skola", "kind": "cost", "basis": "budget", "m01": -10.5, "m02": -20}
    fill(path, {f"{column(name, path)}2": value for name, value in (row | {"amount": -30.5}).items()})
    table = read_table(path, LEDGER, "ledger")
    assert table[["line", "month", "amount", "row"]].to_numpy().tolist() == [
        ["Skola", 1, -10.5, 2],
        ["Skola", 2, -20, 2],
    ]


def test_known_lines_stand_in_a_new_ledger_and_wait_for_their_amounts(tmp_path: Path) -> None:
    path, _ = new_ledger(tmp_path, "0000", "Exempelkommun", 2025, LINES)
    with pytest.raises(InputError) as error:
        read_table(path, LEDGER, "ledger")
    assert [(f.row, f.problem) for f in error.value.faults] == [(r, "raden har inget belopp") for r in (2, 3)]
    fill(path, {f"{column('m03', path)}{row}": -5 for row in (2, 3)})
    table = read_table(path, LEDGER, "ledger")
    assert list(table["line"]) == ["Förskola", "Grundskola"] and set(table["basis"]) == {"budget"}


@pytest.mark.parametrize("there", ["0000-2025.xlsx", "0000-2025.csv", "0000-2025.yaml"])
def test_a_file_that_is_there_is_never_written_over_and_nothing_else_is_written(tmp_path: Path, there: str) -> None:
    (tmp_path / "budget").mkdir()
    (tmp_path / "budget" / there).write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="finns redan och skrivs inte över"):
        new_ledger(tmp_path, "0000", "Exempelkommun", 2025)
    assert [path.name for path in (tmp_path / "budget").iterdir()] == [there]
    assert (tmp_path / "budget" / there).read_text(encoding="utf-8") == "mine"


def test_every_heading_has_help_and_the_guide_explains_every_column(tmp_path: Path) -> None:
    for path, layout in ((new_ledger(tmp_path, "0000", "E", 2025)[0], LEDGER), (_comments(tmp_path), COMMENTS)):
        book = CalamineWorkbook.from_path(path)
        heading = book.get_sheet_by_index(0).to_python()[0]
        explained = {row[0]: row[1] for row in book.get_sheet_by_name(GUIDE).to_python()}
        assert all(explained[name] for name in heading)
        assert set(heading) <= {*layout.columns, *layout.beside, *MONTHS}
        with zipfile.ZipFile(path) as parts:
            assert parts.read("xl/comments1.xml").decode().count("<comment ") == len(heading)


def _comments(folder: Path, **more: object) -> Path:
    (path,) = new_comments(folder, "0000", 2025, "08", FIGURES.assign(**more), "tkr")
    return path


def test_there_is_a_form_for_each_board_named_by_period_and_board(tmp_path: Path) -> None:
    two = pd.concat([FIGURES, FIGURES.assign(board="Socialnämnden")])
    paths = new_comments(tmp_path, "0000", 2025, "tertial2", two, "mkr")
    names = [path.relative_to(tmp_path).as_posix() for path in paths]
    assert names == [
        "comments/0000-2025-tertial2-barn-och-utbildningsnamnden.xlsx",
        "comments/0000-2025-tertial2-socialnamnden.xlsx",
    ]
    assert all(layout_of(name) is COMMENTS for name in names)


def test_a_ledger_without_boards_has_one_form(tmp_path: Path) -> None:
    (path,) = new_comments(tmp_path, "0000", 2025, None, FIGURES.assign(board=""), "tkr")
    assert path.name == "0000-2025.xlsx"
    assert read_table(path, COMMENTS, "comments")[["board", "line"]].to_numpy().tolist() == [
        ["", "Förskola"],
        ["", "Grundskola"],
    ]


def test_what_a_manager_writes_is_read_back_and_the_figures_beside_are_not(tmp_path: Path) -> None:
    path = _comments(tmp_path)
    written = {"kommentar": "Färre barn", "åtgärd": "=2+2 blir 4", "effekt_tkr": 400, "datum": 45931, "status": "pågår"}
    fill(path, {f"{column(name, path)}2": value for name, value in written.items()})
    first, second = read_table(path, COMMENTS, "comments").to_dict("records")
    kept = {"region": "0000", "year": 2025, "board": BOARD, "line": "Förskola", "datum": "2025-10-01"}
    assert {name: first[name] for name in written | kept} == written | kept
    assert second["line"] == "Grundskola" and second["kommentar"] == "" and pd.isna(second["effekt_tkr"])
    assert "budget" not in first


def test_a_further_action_stands_on_a_spare_row(tmp_path: Path) -> None:
    path = _comments(tmp_path)
    more = {"board": BOARD, "line": "Förskola", "åtgärd": "En till", "region": "0000", "year": 2025}
    fill(path, {f"{column(name, path)}4": value for name, value in more.items()})
    assert read_table(path, COMMENTS, "comments")["åtgärd"].tolist() == ["", "", "En till"]


def test_a_status_that_is_none_of_the_words_is_told(tmp_path: Path) -> None:
    path = _comments(tmp_path)
    fill(path, {f"{column('status', path)}2": "strax"})
    with pytest.raises(InputError) as error:
        read_table(path, COMMENTS, "k.xlsx")
    assert str(error.value) == (
        'k.xlsx, blad Kommentarer, rad 2, kolumn status: "strax" kan inte stå här. Väntade något av '
        f"{', '.join(ACTION_STATUS)}."
    )


def test_what_is_shown_is_locked_and_what_is_to_be_filled_in_is_not(tmp_path: Path) -> None:
    path = _comments(tmp_path)
    shown = {
        name: locked(path, f"{column(name, path)}2") for name in ("line", "budget", "prognos", "kommentar", "status")
    }
    assert shown == {"line": True, "budget": True, "prognos": True, "kommentar": False, "status": False}


@pytest.mark.parametrize("line", ["=1+1", "+x", "-x", "@x", "'=x", '=HYPERLINK("http://x")'])
def test_no_text_becomes_a_formula_in_a_form(tmp_path: Path, line: str) -> None:
    path = _comments(tmp_path, line=["Skola", line])
    assert read_table(path, COMMENTS, "k")["line"].tolist() == ["Skola", line]
    with zipfile.ZipFile(path) as book:
        formulas = re.findall(r"<f>(.*?)</f>", book.read("xl/worksheets/sheet1.xml").decode())
    assert formulas and all(formula.startswith("IF(COUNTA(") for formula in formulas)


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), max_size=6).filter(
    lambda text: not text.startswith("#") and not re.match(r"(?i)summa|total|delsumma", text)
)
AMOUNTS = st.integers(-(10**9), 10**9).map(lambda thousandths: thousandths / 1000)
ROWS = st.lists(st.tuples(TEXT, st.dictionaries(st.integers(1, 12), AMOUNTS, min_size=1) | AMOUNTS), max_size=5)


@given(ROWS, st.sampled_from(["csv", "xlsx"]))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
def test_an_exported_ledger_is_read_as_the_ledger(
    tmp_path_factory: pytest.TempPathFactory, things: list[tuple[str, dict[int, float] | float]], ending: str
) -> None:
    blank = dict.fromkeys(LEDGER.columns, "") | {"through": pd.NA}
    about = {"region": "0000", "year": 2025, "kind": "net", "basis": "budget", "decided": "2024-06-17"}
    long = pd.DataFrame(
        [
            blank | about | {"line": f"Rad {place}", "unit": text, "note": text, "month": month, "amount": amount}
            for place, (text, year) in enumerate(things)
            for month, amount in (sorted(year.items()) if isinstance(year, dict) else [(pd.NA, year)])
        ],
        columns=list(LEDGER.columns),
    ).astype({"month": "Int64", "through": "Int64", "amount": float, "year": int})
    path = tmp_path_factory.mktemp("export") / f"0000-2025.{ending}"
    export_ledger(long, "0000", 2025, path)
    again = read_table(path, LEDGER, "export").drop(columns="row")
    texts = again.select_dtypes("category").columns
    pd.testing.assert_frame_equal(again.astype(dict.fromkeys(texts, str)), long, check_dtype=False)


def test_an_exported_amount_is_the_sum_of_its_months_in_the_spreadsheet_too(tmp_path: Path) -> None:
    row = dict.fromkeys(LEDGER.columns, "") | {"region": "0000", "year": 2025, "kind": "net", "basis": "budget"}
    given_rows = [row | {"line": "a", "month": m, "amount": a} for m, a in ((1, -1.5), (2, -2.0))]
    long = pd.DataFrame([*given_rows, row | {"line": "b", "month": pd.NA, "amount": -7.0}]).astype({"month": "Int64"})
    path = tmp_path / "ut.xlsx"
    export_ledger(long, "0000", 2025, path)
    with zipfile.ZipFile(path) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert re.findall(r'<c r="Z(\d)"[^>]*>(?:<f>([^<]*)</f>)?<v>([^<]*)</v>', sheet)[1:] == [
        ("2", 'IF(COUNT(N2:Y2)=0,"",SUM(N2:Y2))', "-3.5"),
        ("3", "", "-7"),
    ]


@pytest.mark.parametrize(("text", "safe"), [("=1", "'=1"), ("-x", "'-x"), ("'@", "''@"), ("x=1", "x=1"), ("", "")])
def test_text_that_a_spreadsheet_would_reckon_gets_an_apostrophe(text: str, safe: str) -> None:
    assert made_safe(text) == safe


@pytest.mark.parametrize(("file", "told"), [("l.txt", 'slutar på ".txt"'), ("l.csv", "finns redan")])
def test_an_export_goes_to_a_new_csv_or_xlsx_file(tmp_path: Path, file: str, told: str) -> None:
    (tmp_path / "l.csv").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match=told):
        export_ledger(pd.DataFrame(columns=list(LEDGER.columns)), "0000", 2025, tmp_path / file)
