"""Reports made on a cluster are those of a run on this machine, whatever becomes of its workers."""

from __future__ import annotations

import json
import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from driver import command
from processes import below, lives, parent
from test_survives import Notebooks, Run, is_whole, wait_for

from krokomanalys.batch import content, station
from krokomanalys.batch.jobs import jobs
from krokomanalys.batch.make import Task, make
from krokomanalys.batch.manifest import read_manifest
from krokomanalys.batch.station import Order, carry_out
from krokomanalys.batch.workers import Limits
from krokomanalys.report.params import Parameters
from krokomanalys.sources.folder import DATA_VARIABLE, EMBEDDED

pytest.importorskip("distributed")
pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
LOCAL = Path(__file__).with_name("local_cluster.py")


@contextmanager
def started(workers: int) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A cluster on this machine: its address and its process; none of its processes is left afterwards."""
    told = [sys.executable, str(LOCAL), str(workers)]
    process = subprocess.Popen(told, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None and process.stdin is not None
        address = process.stdout.readline().strip()
        assert address
        yield address, process
        own = below(process.pid)
        process.stdin.close()
        process.wait(30)
        wait_for(lambda: not any(map(lives, own)))
    finally:
        process.kill()
        process.wait()


PICTURE = "from matplotlib import pyplot as plt\nplt.plot([1, 2]); plt.show()"
HANGS_ONCE = """\
import os, pathlib, time
begun = pathlib.Path({!r})
if not begun.exists():
    begun.write_text(str(os.getpid()))
    time.sleep(300)
"""


def test_a_cluster_that_loses_a_worker_makes_what_this_machine_makes_and_tells_the_same_of_what_fails(
    notebooks: Notebooks, run: Run, tmp_path: Path
) -> None:
    begun, there, here = (tmp_path / name for name in ("begun", "there", "here"))
    ends = {"maluppfoljning": "import os; os._exit(3)", "jamforelsetal": "import time; time.sleep(300)"}
    folder = notebooks(
        befolkningsanalys=PICTURE, oversikt=HANGS_ONCE.format(str(begun)), budgetuppfoljning="1/0", **ends
    )
    with started(2) as (cluster, _):
        running = subprocess.Popen(
            command(folder, there, cluster=cluster, seconds=6),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        wait_for(lambda: running.poll() is not None or (begun.exists() and begun.read_text() != ""))
        report = int(begun.read_text())
        worker = parent(parent(report))
        own = below(worker)
        assert report in own
        os.kill(worker, signal.SIGKILL)
        told, said = running.communicate(timeout=90)
        assert (running.returncode, said) == (1, "")
        wait_for(lambda: not any(map(lives, own)))
    assert is_whole(there)
    _, same, _ = run(folder, here, seconds=6)
    for line in json.loads(told):
        like = same[line["report"]]
        assert line["status"] == like["status"] == ("failed" if line["error"] else "made")
        assert (line["error"] or {}).get("message") == (like["error"] or {}).get("message")
        files, those = ({o["file"]: o["sha256"] for o in one["outputs"]} for one in (line, like))
        assert files.keys() == those.keys()
        assert [name for name in files if files[name] != those[name] and not name.endswith((".ipynb", ".xlsx"))] == []
    assert [line["report"] for line in json.loads(told) if line["error"]] == [
        "budgetuppfoljning", "jamforelsetal", "maluppfoljning",
    ]  # fmt: skip


def test_when_the_scheduler_is_lost_what_is_made_stays(notebooks: Notebooks, run: Run, tmp_path: Path) -> None:
    folder, out = notebooks(befolkningsanalys="1", oversikt="import time; time.sleep(300)"), tmp_path / "out"
    with started(1) as (address, process):
        running = subprocess.Popen(command(folder, out, cluster=address), stderr=subprocess.PIPE, text=True)
        wait_for(lambda: len(read_manifest(out)) == 1)
        own = below(process.pid)
        process.kill()
        _, said = running.communicate(timeout=60)
        wait_for(lambda: not any(map(lives, own)))
    assert running.returncode == 2
    assert "--cluster: förbindelsen med schemaläggaren bröts. Det som är klart ligger kvar." in said
    assert is_whole(out)


def test_a_scheduler_that_cannot_be_reached_is_told_of(notebooks: Notebooks, run: Run) -> None:
    code, _, said = run(notebooks(oversikt="1"), cluster="tcp://127.0.0.1:1")
    assert code == 2
    assert "--cluster: schemaläggaren svarar inte. Väntade en adress som tcp://dator:8786. Se efter" in said
    assert "(dask scheduler) och att adressen stämmer: tcp://127.0.0.1:1." in said


def nothing() -> None:
    """Prepare nothing."""


@pytest.fixture
def order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Order:
    """An order that this machine can carry out."""
    monkeypatch.setenv(DATA_VARIABLE, str(EMBEDDED))
    monkeypatch.setattr(station, "each", lambda tasks, *_, **__: [(tasks[0], "gjord")])
    told = Parameters(municipality="2262", year=2020, horizon=2037, reports=("maluppfoljning",))
    (job,) = jobs([told], None)
    about = {"parameters": {}, "figures": content.Figures(None).of(job), "versions": content.versions(job.report)}
    return Order(Task(job, tmp_path / "out", "krokomanalys"), about, None, Limits(), "fork", make, nothing)


def test_a_worker_that_would_make_another_report_does_not_make_it(order: Order, tmp_path: Path) -> None:
    def told(changed: Order) -> Any:
        return carry_out(pickle.dumps(changed), str(tmp_path))[0]

    assert told(order) == "gjord"
    other = {**order.about, "versions": {**content.versions("maluppfoljning"), "library": "0", "numpy": "1.0"}}
    assert told(replace(order, about=other)).startswith(
        "har inte samma underlag: krokomanalys kod är ändrad, numpy är ändrad. Ge alla arbetare samma version"
    )
    figures = {**order.about, "figures": {"egen:measures/2262.csv": "0"}}
    assert "data/egen:measures/2262.csv är borta" in told(replace(order, about=figures))
    assert told(replace(order, own=tmp_path / "borta")).startswith(f'har inte datamappen "{tmp_path / "borta"}".')
    assert carry_out(b"strunt", str(tmp_path))[0].startswith("kunde inte läsa vad som skulle göras (")
