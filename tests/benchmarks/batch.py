"""How fast reports are made: `python tests/benchmarks/batch.py [REPORTS] [--loop N] [--workers W]`.

REPORTS reports of the heaviest kind (befolkningsprognos for Timrå 2020) are made by each engine, and N of them (3 where
not told) by the peer: a loop of papermill's and nbconvert's own commands on the same notebook. The bare computation is
the same cells in a warm process, without notebook or page. Seconds are of the wall clock, for a report; CPU seconds are
those of all processes; memory is the most that one process held.
"""

from __future__ import annotations

import argparse
import ast
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from krokomanalys.batch.engine import NOTEBOOKS, read_notebook
from krokomanalys.batch.jobs import jobs
from krokomanalys.batch.make import warm
from krokomanalys.batch.plan import Runner, Settings, plan
from krokomanalys.batch.run import run as run_batch
from krokomanalys.report.params import Parameters

REPORT = "befolkningsprognos"
TOLD = {"municipality": "2262", "year": 2020, "horizon": 2037}


def loop(count: int, out: Path) -> None:
    """The peer: two commands for each report."""
    bin_, notebook = Path(sys.executable).parent, NOTEBOOKS / f"{REPORT}.ipynb"
    for place in range(count):
        target = out / f"{place}.ipynb"
        told = ["-r", "municipality", "2262", "-p", "year", "2020", "-p", "horizon", "2037"]
        papermill = [bin_ / "papermill", notebook, target, *told, "--no-progress-bar", "--log-level", "ERROR"]
        subprocess.run(papermill, check=True, capture_output=True)
        subprocess.run([bin_ / "jupyter", "nbconvert", "--to", "html", target], check=True, capture_output=True)


def bare(count: int, out: Path) -> None:
    """The notebook's cells alone, one report after the other in one process that has imported everything."""
    script = f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); import batch as b; b.compute({count})"
    subprocess.run([sys.executable, "-c", script], check=True, stdout=(out / "seconds").open("wb"))


def compute(count: int) -> None:
    """Run the cells `count` times, showing what they show, and print the seconds that it took."""
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
    print((time.perf_counter() - started) / count)


def engine(runner: Runner, workers: int) -> Callable[[int, Path], None]:
    """A batch by one of the engines, in a process of its own."""

    def made(count: int, out: Path) -> None:
        script = (
            f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); from pathlib import Path;"
            f"import batch as b; b.run({runner!r}, {workers}, {count}, Path({str(out)!r}))"
        )
        subprocess.run([sys.executable, "-c", script], check=True)

    return made


def run(runner: Runner, workers: int, count: int, out: Path) -> None:
    """`count` reports by an engine."""
    (one,) = jobs([Parameters(**TOLD, reports=(REPORT,))], None)
    todo = [replace(one, folder=f"2262-timra/{place}") for place in range(count)]
    settings = Settings(runner, workers)
    lines = run_batch(plan(todo, out, settings), out, settings)
    assert {line["status"] for line in lines} == {"made"}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("reports", type=int, nargs="?", default=12)
    parser.add_argument("--loop", type=int, default=3)
    parser.add_argument("--workers", type=int, default=2)
    told = parser.parse_args()
    ways: dict[str, tuple[Callable[[int, Path], None], int]] = {
        "papermill + nbconvert, a loop": (loop, told.loop),
        "kernel, 1 worker": (engine("kernel", 1), told.reports),
        "spawn, 1 worker": (engine("spawn", 1), told.reports),
        f"spawn, {told.workers} workers": (engine("spawn", told.workers), told.reports),
        "fork, 1 worker": (engine("fork", 1), told.reports),
        f"fork, {told.workers} workers": (engine("fork", told.workers), told.reports),
        "bare computation": (bare, told.reports),
    }
    first = 0.0
    print(f"{'':32}{'reports':>8}{'s each':>9}{'of loop':>9}{'CPU s':>8}{'MB':>7}")
    for name, (way, count) in ways.items():
        out = Path(tempfile.mkdtemp(prefix="krokomanalys-"))
        before, clock = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        way(count, out)
        each = (time.perf_counter() - clock) / count
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if way is bare:
            each = float((out / "seconds").read_text())
        first = first or each
        cpu = (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / count
        memory = f"{after.ru_maxrss / 1024:.0f}" if after.ru_maxrss > before.ru_maxrss else "-"
        print(f"{name:32}{count:8}{each:9.2f}{each / first:9.3f}{cpu:8.2f}{memory:>7}", flush=True)
        shutil.rmtree(out)


if __name__ == "__main__":
    main()
