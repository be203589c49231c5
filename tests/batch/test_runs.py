"""What a run makes anew, and what it leaves as it is; what two runs have different."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from krokomanalys.batch import content
from krokomanalys.batch.diff import Comparison, as_lines, compare, difference, write_difference
from krokomanalys.batch.jobs import Job, jobs
from krokomanalys.batch.manifest import read_manifest
from krokomanalys.batch.plan import Settings, plan
from krokomanalys.batch.verify import verify
from krokomanalys.errors import InputError
from krokomanalys.report.params import Parameters, slice_of
from krokomanalys.report.tables import Column, Table
from krokomanalys.sources.folder import EMBEDDED

Run = Callable[..., tuple[int, dict[str, dict[str, Any]], str]]
PLACE = "2309-krokom/2021"
TIMRA = {"oversikt 2262", "maluppfoljning 2262"}


def job(report: str, municipality: str, year: int, data: Path | None = None, **more: Any) -> Job:
    told = Parameters(municipality=municipality, year=year, horizon=year + 10, reports=(report,), **more)
    (one,) = jobs([told], data)
    return one


def test_what_is_unchanged_or_not_asked_for_is_left_and_what_is_changed_lost_or_forced_is_made(
    notebooks: Callable[..., Path], run: Run, tmp_path: Path
) -> None:
    folder = notebooks(befolkningsanalys="1", maluppfoljning="2", oversikt="3")
    run(folder)
    notebooks(maluppfoljning="4")
    (tmp_path / "out" / PLACE / "oversikt.html").unlink()
    _, lines, _ = run(folder)
    assert [line["status"] for line in lines.values()] == ["skipped", "made", "made"]
    _, lines, _ = run(folder)
    assert {line["status"] for line in lines.values()} == {"skipped"}
    (folder / "oversikt.ipynb").unlink()
    (folder / "befolkningsanalys.ipynb").unlink()
    _, lines, _ = run(folder, force=1)
    assert {report: line["status"] for report, line in lines.items()} == {"maluppfoljning": "made"}
    assert {line["report"] for line in read_manifest(tmp_path / "out").values()} == {
        "befolkningsanalys", "maluppfoljning", "oversikt",
    }  # fmt: skip
    index = (tmp_path / "out/index.html").read_text(encoding="utf-8")
    assert f"{PLACE}/oversikt.html" in index and f"{PLACE}/maluppfoljning.html" in index
    assert sorted(p.name for p in (tmp_path / "out").iterdir() if not p.name.startswith(".")) == [
        "2309-krokom", "index.html", "manifest.jsonl",
    ]  # fmt: skip


def test_a_workbook_that_cannot_be_written_is_told_of(notebooks: Callable[..., Path], run: Run, tmp_path: Path) -> None:
    (tmp_path / "out" / PLACE / "tabeller.xlsx" / "i vägen").mkdir(parents=True)
    code, _, said = run(notebooks(oversikt="1"))
    assert code == 2
    assert "tabeller.xlsx: filen gick inte att skriva. Sidorna är klara." in said
    (line,) = read_manifest(tmp_path / "out").values()
    assert line["status"] == "made" and verify(tmp_path / "out").whole


def test_a_folder_without_a_manifest_is_no_folder_of_reports(tmp_path: Path) -> None:
    for look in (verify, lambda folder: compare(folder, folder)):
        with pytest.raises(InputError, match=r"manifest.jsonl finns inte. Väntade en mapp som krokomanalys run"):
            look(tmp_path)


def test_without_code_there_is_neither_code_nor_notebook(
    notebooks: Callable[..., Path], run: Run, tmp_path: Path
) -> None:
    folder, place = notebooks(oversikt="40 + 2"), tmp_path / "out" / PLACE
    run(folder)
    assert "40 + 2" in (place / "oversikt.html").read_text(encoding="utf-8") and (place / "oversikt.ipynb").exists()
    _, lines, _ = run(folder, without_code=1)
    assert lines["oversikt"]["status"] == "made"
    assert "40 + 2" not in (place / "oversikt.html").read_text(encoding="utf-8")
    assert not (place / "oversikt.ipynb").exists()
    assert verify(tmp_path / "out").whole
    run(notebooks(oversikt="1 / 0"), without_code=1)
    assert [file.name for file in place.glob("oversikt*.*")] == ["oversikt.html"]


def test_without_code_a_report_that_stops_leaves_no_code_of_any_run(
    notebooks: Callable[..., Path], run: Run, tmp_path: Path
) -> None:
    out, place = tmp_path / "out", tmp_path / "out" / PLACE
    run(notebooks(befolkningsanalys="41 + 1", maluppfoljning="raise ValueError('hemlig = 1')", oversikt="40 + 2"))
    folder = notebooks(befolkningsanalys="raise ValueError('trasig')", oversikt="import os; os._exit(1)")
    code, lines, _ = run(folder, without_code=1)
    assert code == 1
    assert {line["status"] for line in lines.values()} == {"failed"}
    assert [line["outputs"] for line in lines.values()] == [[], [], []]
    assert [file for file in place.rglob("*") if file.suffix in (".ipynb", ".html")] == []
    index = (out / "index.html").read_text(encoding="utf-8")
    assert "ValueError: trasig" in index
    assert "Traceback" not in index and "raise" not in index and "ipynb#" not in index


def test_a_report_that_somebody_has_taken_away_is_no_report_any_more(
    notebooks: Callable[..., Path], run: Run, tmp_path: Path
) -> None:
    out, folder = (
        tmp_path / "out",
        notebooks(befolkningsanalys="1", delarsrapport="2", maluppfoljning="3", oversikt="4"),
    )
    run(folder)
    shutil.rmtree(out / PLACE / "befolkningsanalys")
    (out / PLACE / "delarsrapport/tabeller.json").unlink()
    (out / PLACE / "oversikt.html").unlink()
    assert len(verify(out).gone) == 3
    for report in ("befolkningsanalys", "delarsrapport", "oversikt"):
        (folder / f"{report}.ipynb").unlink()
    code, _, _ = run(folder, force=1)
    assert code == 0
    assert [line["report"] for line in read_manifest(out).values()] == ["maluppfoljning"]
    assert "delarsrapport" not in (out / "index.html").read_text(encoding="utf-8")
    assert verify(out).whole


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder of one's own with all the embedded figures."""
    return Path(shutil.copytree(EMBEDDED, tmp_path / "data"))


@pytest.mark.parametrize(
    ("file", "old", "new", "changed"),
    [
        (
            "population/groups.csv",
            "2262,2020,M,20-44,",
            "2262,2020,M,20-44,1",
            {"oversikt 2262", "maluppfoljning 2262"},
        ),
        ("budget/2262-2020.csv", "2262,", "2262,", set()),
        (
            "measures/2309.csv",
            "sjuktal,2018-12-31,8,",
            "sjuktal,2018-12-31,9,",
            {"oversikt 2309", "maluppfoljning 2309"},
        ),
        ("ratios/kolada.csv", "00,N00095,1998,3", "00,N00095,1998,4", {"oversikt 2262", "oversikt 2309"}),
    ],
    ids=["Timrå's people", "nothing", "a measure of Krokom", "Riket's ratios"],
)
def test_a_changed_figure_changes_the_keys_of_the_reports_that_may_read_it(
    data: Path, file: str, old: str, new: str, changed: set[str]
) -> None:
    wanted = [job(r, m, y, data) for r in ("oversikt", "maluppfoljning") for m, y in (("2262", 2020), ("2309", 2021))]
    before = content.Figures(data)
    keys = {f"{j.report} {j.parameters.municipality}": before.of(j) for j in wanted}
    text = (data / file).read_text(encoding="utf-8")
    assert old in text
    (data / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    after = content.Figures(data)
    assert {name for name, j in zip(keys, wanted, strict=True) if keys[name] != after.of(j)} == changed


@pytest.mark.parametrize(
    "wanted",
    [
        job("oversikt", "2309", 2024, shape_from="2262"), job("jamforelsetal", "2309", 2021),
        job("maluppfoljning", "2262", 2020, board="Kommunstyrelsen"), job("budgetuppfoljning", "0000", 2025),
        job("ekonomisk_plan", "2309", 2024), job("prognosuppfoljning", "2262", 2020),
    ],
    ids=lambda j: j.report,
)  # fmt: skip
def test_a_key_holds_every_file_that_the_report_reads(wanted: Job) -> None:
    read = {source.file for source in slice_of(wanted.parameters, wanted.report, None).sources}
    assert read
    assert read <= set(content.Figures(None).of(wanted)) | {"sources.yaml"}


def test_why_a_report_is_made_is_told(tmp_path: Path, data: Path) -> None:
    settings = Settings("fork")
    (new,) = plan([job("maluppfoljning", "2309", 2021, data)], tmp_path, settings)
    assert new.why == ("rapporten är inte gjord förut",)
    line = {**new.about, "status": "made", "outputs": []}
    (tmp_path / "manifest.jsonl").write_text(json.dumps(line) + "\n", encoding="utf-8")
    (same,) = plan([job("maluppfoljning", "2309", 2021, data)], tmp_path, settings)
    assert same.why == ()
    text = (data / "measures/2309.csv").read_text(encoding="utf-8")
    (data / "measures/2309.csv").write_text(text.replace(",8.8,", ",8.9,", 1), encoding="utf-8")
    (again,) = plan([job("maluppfoljning", "2309", 2021, data, shape_from="2262")], tmp_path, settings)
    assert "parametern shape_from är ändrad" in again.why
    assert "data/egen:measures/2309.csv är ändrad" in again.why


def table(rows: list[tuple[str, float | None]], name: str = "t") -> Table:
    columns = {"unit": Column("Nämnd", kind="text"), "amount": Column("Budget", "tkr")}
    return Table(name, "Budget per nämnd", pd.DataFrame(rows, columns=list(columns)), columns)


def test_only_numbers_that_changed_are_told_with_how_much() -> None:
    old = table([("Skola", 10.0), ("Vård", 20.0), ("Vård", 5.0), ("Bort", 1.0)])
    new = table([("Vård", 20.0), ("Vård", 5.5), ("Skola", 10.0), ("Ny", 2.0)])
    found = difference("Budget", {"t": old, "x": table([], "x")}, {"t": new, "y": table([], "y")})
    told = found.numbers.astype(object).where(found.numbers.notna(), None)
    assert sorted(told[["row", "old", "new", "change"]].itertuples(index=False, name=None), key=str) == [
        ("Bort", 1.0, None, None), ("Ny", None, 2.0, None), ("Vård", 5.0, 5.5, 0.5),
    ]  # fmt: skip
    assert (len(found.new_tables), len(found.old_tables)) == (1, 1)
    assert not difference("Budget", {"t": old}, {"t": old}).found
    lines = as_lines(Comparison((found,), (), (), 0))
    assert re.search(r"Vård +Budget \(tkr\) +5 +6 +\+1\n", lines)


def one_number(old: float, new: float, column: Column, text: tuple[str, str] = ("", "")) -> Comparison:
    columns = {"unit": Column("Nämnd", kind="text"), "amount": column, "judged": Column("Omdöme", kind="text")}
    before, now = (
        Table("t", "Tal", pd.DataFrame({"unit": ["Skola"], "amount": [v], "judged": [t]}), columns)
        for v, t in ((old, text[0]), (new, text[1]))
    )
    return Comparison((difference("Budget", {"t": before}, {"t": now}),), (), (), 0)


@pytest.mark.parametrize(
    ("old", "new", "column", "shown"),
    [
        (678.0, 178.5, Column("Budget", "tkr"), "678 179 −499"),
        (9.100000000000001, 9.3, Column("Andel", "%", decimals=1), "9,1 9,3 +0,2"),
        (12345.678, 12346.0, Column("Budget", "tkr"), "12345,7 12346,0 +0,3"),
        (1.6412, 1.6398, Column("TFR", decimals=2), "1,641 1,640 −0,001"),
        (80.0, 81.25, Column("Mätvärde", mixed=True), "80,00 81,25 +1,25"),
    ],
)
def test_a_changed_number_is_told_with_its_columns_decimals_or_those_that_show_the_change(
    old: float, new: float, column: Column, shown: str
) -> None:
    line = next(line for line in as_lines(one_number(old, new, column)).splitlines() if line.startswith("Skola"))
    assert line.replace("\xa0", "").split()[-3:] == shown.split()


def test_a_number_that_differs_in_the_last_digit_of_a_computer_is_the_same() -> None:
    (told,) = one_number(0.1 + 0.2, 0.3, Column("Andel", decimals=1)).differences
    assert not told.found


def test_a_row_whose_words_change_beside_its_name_is_the_same_row() -> None:
    (told,) = one_number(1, 2, Column("Antal"), ("når inte målet", "når målet")).differences
    assert list(told.numbers[["row", "old", "new"]].itertuples(index=False, name=None)) == [("Skola", 1.0, 2.0)]


def test_two_runs_are_compared_and_a_changed_file_is_found(finished: Any, tmp_path: Path) -> None:
    same = compare(finished.out, finished.out)
    assert (same.differences, same.new_reports, same.old_reports) == ((), (), ())
    assert same.same == sum(r["status"] == "made" for r in finished.records.values())
    other = Path(shutil.copytree(finished.out, tmp_path / "ny"))
    line = finished.records["2262-timra/2020/kommunstyrelsen", "budgetuppfoljning"]
    kept = next(o for o in line["outputs"] if o["file"].endswith("tabeller.json"))
    file = other / kept["file"]
    changed = file.read_text(encoding="utf-8").replace("-135466.0", "-135500.0")
    file.write_text(changed, encoding="utf-8")
    assert verify(other).changed == (kept["file"],)
    manifest = (other / "manifest.jsonl").read_text(encoding="utf-8").replace(kept["sha256"], "0" * 64)
    (other / "manifest.jsonl").write_text(manifest, encoding="utf-8")
    (told,) = compare(finished.out, other).differences
    assert told.report == "Budgetuppföljning, Timrå 2020 Kommunstyrelsen"
    assert set(told.numbers["change"]) == {-34.0}
    for name in ("a.html", "a.xlsx"):
        write_difference(compare(finished.out, other), tmp_path / name)
        assert (tmp_path / name).stat().st_size > 1000
    assert "−34" in (tmp_path / "a.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def later(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output folder of a run of two kinds of reports, on another day than the others'."""
    folder = tmp_path_factory.mktemp("senare")
    script = Path(__file__).with_name("later.py")
    subprocess.run([sys.executable, str(script), str(folder), *LATER], check=True, capture_output=True)
    return folder / "output"


LATER = ("maluppfoljning", "delarsrapport")
STAMP = re.compile(r'<time class="stamp" datetime="([^"]+)">([^<]+)</time>')


def test_the_same_inputs_give_the_same_pages_but_for_the_stamp(finished: Any, later: Path) -> None:
    pages = [line["outputs"][0]["file"] for line in read_manifest(later).values()]
    assert len(pages) == 3
    for page in pages:
        text, other = ((out / page).read_text(encoding="utf-8") for out in (later, finished.out))
        (stamp,), (before,) = STAMP.findall(text), STAMP.findall(other)
        assert datetime.fromisoformat(stamp[0]) - datetime.fromisoformat(before[0]) > timedelta(days=399)
        assert STAMP.sub("", text) == STAMP.sub("", other)


def test_the_same_inputs_give_the_same_figures_tables_and_workbooks_to_the_byte(finished: Any, later: Path) -> None:
    files = [o["file"] for line in read_manifest(later).values() for o in line["outputs"]]
    alone = [f for f in files if not f.endswith(("xlsx", "html", "ipynb"))] + [
        "0000-exempelkommun/2025-delar/tabeller.xlsx"
    ]
    assert {Path(file).suffix for file in alone} == {".svg", ".png", ".json", ".xlsx"}
    assert [file for file in alone if (later / file).read_bytes() != (finished.out / file).read_bytes()] == []


def test_the_same_inputs_give_the_same_notebooks_but_for_the_stamp_and_papermills_record(
    finished: Any, later: Path
) -> None:
    for line in read_manifest(later).values():
        file = line["outputs"][1]["file"]
        assert cells_of(later / file) == cells_of(finished.out / file)


def cells_of(file: Path) -> list[str]:
    """A notebook's cells without papermill's own ids and record of time, and without the stamp."""
    content = json.loads(file.read_text(encoding="utf-8"))
    told = [(cell["cell_type"], cell["source"], cell.get("outputs")) for cell in content["cells"]]
    return [re.sub(r"\d{4}-\d\d-\d\d(T[\d:]{8}[+-]\d\d:\d\d| kl\. \d\d\.\d\d)", "", json.dumps(cell)) for cell in told]


def test_every_line_of_the_manifest_has_every_field(finished: Any) -> None:
    fields = set.intersection(*(set(line) for line in finished.records.values()))
    assert fields >= {
        "report", "municipality", "year", "period", "board", "key", "parameters", "inputs", "versions", "started",
        "seconds", "status", "error", "outputs", "engine",
    }  # fmt: skip


def test_a_page_tells_each_file_it_is_made_from_with_its_checksum(finished: Any) -> None:
    line = finished.records["2309-krokom/2021", "maluppfoljning"]
    page = (finished.out / line["outputs"][0]["file"]).read_text(encoding="utf-8")
    told = BeautifulSoup(page, "html.parser").select_one("main > details.origin:last-child")
    assert told is not None and told.summary is not None and told.summary.get_text() == "Så gjordes sidan"
    said = told.get_text(" ")
    assert len(line["inputs"]) > 5
    for read in line["inputs"]:
        assert f"data/{read['file']} {read['sha256']}" in said
    versions = line["versions"]
    for name, key in {"krokomanalys kod": "library", "requirements.lock": "lock"}.items():
        assert f"{name} {versions[key]}" in said
    assert f"notebooks/maluppfoljning.ipynb {versions['notebook']}" in said
    assert hashlib.sha256(content.LOCK.read_bytes()).hexdigest() == versions["lock"]
    for name in ("krokomanalys", "python", "pandas", "numpy", "matplotlib"):
        assert f"{name} {versions[name]}" in said
