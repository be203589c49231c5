"""Runs every notebook with its default parameters: `python every.py OUT RUNNER [REPORT ...]` leaves them in OUT."""

from __future__ import annotations

import sys
from pathlib import Path

from krokomanalys.batch.engine import execute
from krokomanalys.batch.make import warm
from krokomanalys.batch.plan import Settings
from krokomanalys.batch.workers import Done, each
from krokomanalys.sources.slices import REPORTS


def run(task: tuple[str, Path, str]) -> None:
    report, out, engine = task
    execute(report, {}, out / f"{report}.ipynb", engine)


def main() -> int:
    out, settings = Path(sys.argv[1]), Settings(sys.argv[2])
    tasks = [(report, out, settings.engine) for report in sys.argv[3:] or REPORTS]
    results = list(each(tasks, run, workers=2, start=settings.start, prepare=warm))
    return 0 if all(isinstance(result, Done) for _, result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
