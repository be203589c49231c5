"""How fast reports are made: `python tests/benchmarks/batch.py [REPORTS] [--loop N] [--workers W]`.

REPORTS reports of the heaviest kind (befolkningsprognos for Timrå 2020) are made by each engine, checks before them,
workbooks and index included, and N of them (3 where not told) by the peer: a loop of papermill's and nbconvert's own
commands on the same notebook. The bare computation is the same cells in a warm process, without notebook or page, alone
and in W processes side by side: its seconds are without the start, all others' with it. Seconds are of the wall clock,
for a report; CPU seconds are those of all processes; memory is the most that one process held.
"""

from __future__ import annotations

import argparse
import ast
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

REPORT = "befolkningsprognos"
TOLD = {"municipality": "2262", "year": 2020, "horizon": 2037}
LOOP, BARE, COMPUTE = "papermill + nbconvert, a loop", "bare computation", "compute"


def loop(count: int, out: Path) -> None:
    """The peer: two commands for each report."""
    from krokomanalys.batch.engine import NOTEBOOKS

    bin_, notebook = Path(sys.executable).parent, NOTEBOOKS / f"{REPORT}.ipynb"
    for place in range(count):
        target = out / f"{place}.ipynb"
        told = ["-r", "municipality", "2262", "-p", "year", "2020", "-p", "horizon", "2037"]
        papermill = [bin_ / "papermill", notebook, target, *told, "--no-progress-bar", "--log-level", "ERROR"]
        subprocess.run(papermill, check=True, capture_output=True)
        subprocess.run([bin_ / "jupyter", "nbconvert", "--to", "html", target], check=True, capture_output=True)


def bare(processes: int) -> Callable[[int, Path], None]:
    """The notebook's cells alone, in processes side by side; each writes the seconds that one of its reports took."""

    def made(count: int, out: Path) -> None:
        share = str(-(-count // processes))
        alone = [sys.executable, __file__, share, "--way", COMPUTE, "--out"]
        side_by_side = [subprocess.Popen([*alone, str(out / f"{place}.seconds")]) for place in range(processes)]
        assert not any(process.wait() for process in side_by_side)

    return made


def compute(count: int, out: Path) -> None:
    """The cells in this process, shown to nobody, one report after the other; the seconds go into the file `out`."""
    from krokomanalys.batch.engine import NOTEBOOKS, read_notebook
    from krokomanalys.batch.make import warm

    warm()
    cells = [c for c in read_notebook(NOTEBOOKS / f"{REPORT}.ipynb").cells if c.cell_type == "code"]
    started = time.perf_counter()
    for _ in range(count):
        held: dict[str, object] = {}
        for cell in cells:
            *body, last = ast.parse(cell.source).body
            shown = isinstance(last, ast.Expr)
            exec(compile(ast.Module(body if shown else [*body, last], []), REPORT, "exec"), held)
            if shown:
                value = eval(compile(ast.Expression(last.value), REPORT, "eval"), held)
                getattr(value, "_repr_mimebundle_", dict)()
            held |= TOLD if "parameters" in cell.metadata.get("tags", []) else {}
    out.write_text(str((time.perf_counter() - started) / count))


def engine(runner: str, workers: int) -> Callable[[int, Path], None]:
    """A batch by one of the engines, as the command makes it."""

    def made(count: int, out: Path) -> None:
        from krokomanalys.batch.jobs import jobs
        from krokomanalys.batch.plan import Settings, plan
        from krokomanalys.batch.run import run
        from krokomanalys.report.check import faults_for
        from krokomanalys.report.params import Parameters

        parameters = Parameters(**TOLD, reports=(REPORT,))
        (one,) = jobs([parameters], None)
        todo = [replace(one, folder=f"2262-timra/{place}") for place in range(count)]
        settings = Settings(runner, workers)
        planned = plan(todo, out, settings)
        assert not faults_for({Path("params/2262-2020.yaml"): parameters}, None)
        assert {line["status"] for line in run(planned, out, settings)} == {"made"}

    return made


def ways(workers: int) -> dict[str, Callable[[int, Path], None]]:
    """Every way to make reports, the peer first."""
    found: dict[str, Callable[[int, Path], None]] = {LOOP: loop}
    for name in ("kernel", "spawn", "fork", BARE):
        for count in dict.fromkeys((1, workers)):
            found[f"{name}, {count} at a time"] = bare(count) if name == BARE else engine(name, count)
    return found


def measured(name: str, count: int, workers: int) -> tuple[float, float, float]:
    """Seconds and CPU seconds for a report, and MB of the largest process."""
    out = Path(tempfile.mkdtemp(prefix="krokomanalys-"))
    command = [sys.executable, __file__, str(count), "--workers", str(workers), "--way", name, "--out", str(out)]
    started = time.perf_counter()
    process = subprocess.Popen(command, env={**os.environ, "OPENBLAS_NUM_THREADS": "1"})
    _, status, used = os.wait4(process.pid, 0)
    assert status == 0, name
    seconds = (time.perf_counter() - started) / count
    if told := [float(file.read_text()) for file in out.glob("*.seconds")]:
        seconds = sum(told) / len(told) ** 2
    shutil.rmtree(out)
    return seconds, (used.ru_utime + used.ru_stime) / count, used.ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("reports", type=int, nargs="?", default=12)
    parser.add_argument("--loop", type=int, default=3)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--way", help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    told = parser.parse_args()
    if told.way:
        way = compute if told.way == COMPUTE else ways(told.workers)[told.way]
        way(told.reports, told.out)
        return
    first = 0.0
    print(f"{'':32}{'reports':>8}{'s each':>9}{'of loop':>9}{'CPU s':>8}{'MB':>7}")
    for name in ways(told.workers):
        count = told.loop if name == LOOP else told.reports
        seconds, cpu, memory = measured(name, count, told.workers)
        first = first or seconds
        print(f"{name:32}{count:8}{seconds:9.2f}{seconds / first:9.3f}{cpu:8.2f}{memory:7.0f}", flush=True)


if __name__ == "__main__":
    main()
