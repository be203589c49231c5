"""What a run makes anew, and what it leaves as it is; what two runs have different."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

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
    assert re.search(r"Vård +Budget \(tkr\) +5 +5,5 +0,5\n", lines)


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


def test_the_same_inputs_give_the_same_pages_to_the_byte(finished: Any, tmp_path: Path) -> None:
    import subprocess
    import sys

    sample = Path(__file__).parents[1] / "sample.py"
    subprocess.run([sys.executable, str(sample), str(tmp_path), "maluppfoljning"], check=True, capture_output=True)
    pages = [file.relative_to(tmp_path / "output") for file in (tmp_path / "output").rglob("maluppfoljning*.html")]
    assert len(pages) == 2
    for page in pages:
        assert (tmp_path / "output" / page).read_bytes() == (finished.out / page).read_bytes()
