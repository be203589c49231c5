"""What may happen to a batch, each made to happen: what was whole stays whole, and the next run goes on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from driver import ROOT, command

from krokomanalys.batch.manifest import read_manifest, replace_with
from krokomanalys.batch.verify import verify

Run = Callable[..., tuple[int, dict[str, dict[str, Any]], str]]
Notebooks = Callable[..., Path]
PLACE = "2309-krokom/2021"
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="here reports aren't forked")


FIELDS = {
    "report", "municipality", "year", "period", "board", "key", "parameters", "inputs", "versions", "started",
    "seconds", "status", "error", "outputs",
}  # fmt: skip
"""What a line of the manifest has to say, also of a report that was killed."""


def is_whole(out: Path) -> bool:
    """Every file that the manifest names is as written, nothing half made lies about, and the index is there."""
    hidden = [p for p in out.rglob(".pågår-*")]
    return verify(out).whole and not verify(out).unknown and not hidden and (out / "index.html").is_file()


DEATHS = {
    "befolkningsprognos": ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "Processen dödades (signal 9)."),
    "budgetuppfoljning": ("import os; os._exit(0)", "Processen avslutade sig själv (kod 0)"),
    "delarsrapport": ("import os; os._exit(3)", "Processen avslutade sig själv (kod 3)"),
    "ekonomisk_plan": ("import time; time.sleep(300)", "Stoppad efter 6 sekunder"),
    "jamforelsetal": ("while True: pass", "Stoppad efter 6 sekunder"),
    "maluppfoljning": ("held = bytearray(10**9)", "MemoryError"),
    "oversikt": (
        "from krokomanalys.errors import Fault, InputError\nraise InputError(Fault('mål.yaml', 'trasig'))",
        "mål.yaml: trasig.",
    ),
}
"""Notebooks that come to a bad end, and what is said of each."""


def test_reports_that_die_are_told_of_and_the_others_are_made(notebooks: Notebooks, run: Run, tmp_path: Path) -> None:
    folder = notebooks(befolkningsanalys="1 + 1", prognosuppfoljning="2 + 2", **{r: c for r, (c, _) in DEATHS.items()})
    code, lines, _ = run(folder, seconds=6, memory=6 * 10**8)
    assert code == 1
    assert {report for report, line in lines.items() if line["status"] == "made"} == lines.keys() - DEATHS.keys()
    assert is_whole(tmp_path / "out")
    index = (tmp_path / "out/index.html").read_text(encoding="utf-8")
    for report, (_, said) in DEATHS.items():
        assert lines[report]["status"] == "failed"
        assert lines[report]["error"]["message"].startswith(said)
        assert said in index
        assert lines[report].keys() >= FIELDS and lines[report]["error"].keys() >= {"notebook", "cell", "message"}
        assert not (tmp_path / "out" / PLACE / f"{report}.html").exists()
    notebooks(**dict.fromkeys(DEATHS, "3 + 3"))
    code, lines, _ = run(folder)
    assert code == 0
    assert {line["status"] for line in lines.values()} == {"made", "skipped"}
    assert is_whole(tmp_path / "out")


def test_a_notebook_that_stops_is_kept_as_far_as_it_came(notebooks: Notebooks, run: Run, tmp_path: Path) -> None:
    folder = notebooks(oversikt='print("så långt")\nraise ValueError("trasig")')
    _, lines, _ = run(folder)
    assert [o["file"] for o in lines["oversikt"]["outputs"]] == [f"{PLACE}/oversikt-misslyckad.ipynb"]
    assert "så långt" in (tmp_path / "out" / PLACE / "oversikt-misslyckad.ipynb").read_text(encoding="utf-8")
    notebooks(oversikt="1")
    run(folder)
    assert not (tmp_path / "out" / PLACE / "oversikt-misslyckad.ipynb").exists()


def test_a_report_that_fails_leaves_the_whole_one_from_before(notebooks: Notebooks, run: Run, tmp_path: Path) -> None:
    folder, page = notebooks(oversikt="1"), tmp_path / "out" / PLACE / "oversikt.html"
    run(folder)
    before = page.read_bytes()
    notebooks(oversikt="import os; os._exit(1)")
    code, lines, _ = run(folder)
    assert (code, lines["oversikt"]["status"]) == (1, "failed")
    assert page.read_bytes() == before


def children(pid: int) -> list[int]:
    told = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in told.read_text().split()] if told.exists() else []


def wait_for(true: Callable[[], bool], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until
        time.sleep(0.05)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT], ids=["kill -9", "Ctrl-C"])
def test_a_run_that_is_killed_leaves_whole_reports_and_no_processes_and_the_next_goes_on(
    notebooks: Notebooks, run: Run, tmp_path: Path, how: int
) -> None:
    out = tmp_path / "out"
    folder = notebooks(befolkningsanalys="1", maluppfoljning="import time; time.sleep(300)", oversikt="2")
    killed = subprocess.Popen(command(folder, out), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_for(lambda: len(read_manifest(out)) == 2)
    own = children(killed.pid)
    assert own
    killed.send_signal(how)
    assert killed.wait(30) != 0
    wait_for(lambda: not any(Path(f"/proc/{pid}").exists() for pid in own))
    assert verify(out).whole
    assert {line["report"] for line in read_manifest(out).values()} == {"befolkningsanalys", "oversikt"}
    notebooks(maluppfoljning="3")
    code, lines, _ = run(folder)
    assert code == 0
    assert [line["status"] for line in lines.values()] == ["skipped", "made", "skipped"]
    assert is_whole(out)


def test_a_line_that_was_cut_off_is_no_line(notebooks: Notebooks, run: Run, tmp_path: Path) -> None:
    folder = notebooks(befolkningsanalys="1", oversikt="2")
    run(folder)
    manifest = tmp_path / "out/manifest.jsonl"
    manifest.write_bytes(manifest.read_bytes()[:-40])
    code, lines, _ = run(folder)
    assert code == 0
    assert sorted(line["status"] for line in lines.values()) == ["made", "skipped"]
    assert is_whole(tmp_path / "out")


def test_a_second_run_in_the_same_folder_is_refused_and_harms_nothing(
    notebooks: Notebooks, run: Run, tmp_path: Path
) -> None:
    out, go = tmp_path / "out", tmp_path / "klart"
    wait = f"import pathlib, time\nwhile not pathlib.Path({str(go)!r}).exists(): time.sleep(0.1)"
    folder = notebooks(oversikt=wait)
    first = subprocess.Popen(command(folder, out), stdout=subprocess.PIPE, text=True)
    wait_for(lambda: any(out.glob("*/*/.pågår-*")))
    code, _, said = run(folder)
    go.touch()
    assert code == 2
    assert f"en annan körning (process {first.pid}) skriver i" in said
    told, _ = first.communicate(timeout=60)
    assert [line["status"] for line in json.loads(told)] == ["made"]
    assert is_whole(out)


def test_a_folder_that_is_a_file_is_refused(notebooks: Notebooks, run: Run, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("ingen mapp", encoding="utf-8")
    code, _, said = run(notebooks(oversikt="1"))
    assert code == 2
    assert "går inte att skriva i" in said and "en mapp att skriva i" in said


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of three megabytes."""
    place = tmp_path / "disk"
    place.mkdir()
    if not ROOT or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "none", str(place)]).returncode:
        pytest.skip("a small disk can't be mounted here")
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


def test_a_disk_that_can_only_be_read_is_refused(notebooks: Notebooks, run: Run, small_disk: Path) -> None:
    folder = notebooks(oversikt="1")
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    code, _, said = run(folder, small_disk / "out")
    assert code == 2
    assert "går inte att skriva i" in said


def test_a_disk_that_is_full_from_the_start_is_refused(notebooks: Notebooks, run: Run, small_disk: Path) -> None:
    folder, out = notebooks(oversikt="1"), small_disk / "out"
    with suppress(OSError):
        (small_disk / "ballast").write_bytes(bytes(4_000_000))
    code, _, said = run(folder, out)
    assert code == 2
    assert "går inte att skriva i (No space left on device)" in said
    (small_disk / "ballast").unlink()
    code, lines, _ = run(folder, out)
    assert (code, lines["oversikt"]["status"]) == (0, "made")
    assert is_whole(out)


def test_what_there_is_no_room_for_leaves_the_file_from_before_and_nothing_beside_it(small_disk: Path) -> None:
    file = small_disk / "index.html"
    replace_with(file, b"a" * 1000)
    with pytest.raises(OSError, match="No space left"):
        replace_with(file, b"b" * 4_000_000)
    assert file.read_bytes() == b"a" * 1000
    assert list(small_disk.iterdir()) == [file]


def test_a_folder_that_cannot_be_written_in_any_more_is_told_of_and_the_next_run_goes_on(
    notebooks: Notebooks, run: Run, small_disk: Path
) -> None:
    out = small_disk / "out"
    place = out / PLACE
    lock = (
        "import subprocess\n"
        f"subprocess.run(['mount', '--bind', {str(place)!r}, {str(place)!r}], check=True)\n"
        f"subprocess.run(['mount', '-o', 'remount,bind,ro', {str(place)!r}], check=True)"
    )
    folder = notebooks(befolkningsanalys="1", maluppfoljning=lock, oversikt="2")
    try:
        code, lines, _ = run(folder, out, workers=1)
    finally:
        subprocess.run(["umount", str(place)], check=True)
    assert code == 2 or [line["status"] for line in lines.values()] == ["made", "failed", "failed"]
    told = {line["report"]: line for line in read_manifest(out).values()}
    assert [told[report]["status"] for report in sorted(told)] == ["made", "failed", "failed"]
    message = told["oversikt"]["error"]["message"]
    assert message == "En fil gick inte att läsa eller skriva (Read-only file system)."
    assert message in (out / "index.html").read_text(encoding="utf-8")
    assert verify(out).whole
    notebooks(maluppfoljning="3")
    code, lines, _ = run(folder, out)
    assert code == 0
    assert is_whole(out)


def test_a_full_disk_leaves_whole_reports_and_the_next_run_goes_on(
    notebooks: Notebooks, run: Run, small_disk: Path
) -> None:
    out, ballast = small_disk / "out", small_disk / "ballast"
    ballast.write_bytes(bytes(2_500_000))
    big = "from IPython.display import HTML\nHTML('x' * 600_000)"
    folder = notebooks(befolkningsanalys="1", budgetuppfoljning=big, maluppfoljning=big, oversikt="2")
    code, lines, said = run(folder, out, workers=1)
    assert code in (1, 2)
    assert verify(out).whole
    told = read_manifest(out).values()
    assert [line["status"] for line in told if line["report"] == "befolkningsanalys"] == ["made"]
    assert said or any("space left" in line["error"]["message"] for line in lines.values() if line["error"])
    ballast.unlink()
    code, lines, _ = run(folder, out, workers=1)
    assert code == 0
    assert {line["status"] for line in lines.values()} == {"made", "skipped"}
    assert is_whole(out)


def test_a_parameter_file_that_cannot_be_read_stops_all_or_is_told_of_and_the_exit_code_tells(tmp_path: Path) -> None:
    (tmp_path / "params").mkdir()
    (tmp_path / "params/bra.yaml").write_text(
        'municipality: "2309"\nyear: 2021\nreports: [maluppfoljning]\n', encoding="utf-8"
    )
    (tmp_path / "params/trasig.yaml").write_text("municipality: 2262\nyear: [", encoding="utf-8")
    asked = [sys.executable, "-c", "import sys; from krokomanalys.cli import main; sys.exit(main())", "run"]
    first = subprocess.run(asked, cwd=tmp_path, capture_output=True, text=True)
    assert first.returncode == 1
    assert "trasig.yaml" in first.stderr and not (tmp_path / "output").exists()
    second = subprocess.run([*asked, "--keep-going"], cwd=tmp_path, capture_output=True, text=True)
    assert second.returncode == 1
    assert "trasig.yaml" in second.stderr and "1 rapport gjord" in second.stdout
    (line,) = read_manifest(tmp_path / "output").values()
    assert line["status"] == "made" and is_whole(tmp_path / "output")
    third = subprocess.run([*asked, "params/bra.yaml"], cwd=tmp_path, capture_output=True, text=True)
    assert (third.returncode, "1 oförändrade" in third.stdout) == (0, True)
