"""A batch over small notebooks, in a process of its own that a test can watch and kill.

`python driver.py NOTEBOOKS OUT [OPTION=VALUE ...]` makes one report for each notebook in the folder NOTEBOOKS, each
named by a kind of report, and prints its lines of the manifest as JSON.
"""

from __future__ import annotations

import json
import os
import sys
from functools import partial
from pathlib import Path

from krokomanalys.batch import engine, make, plan, run
from krokomanalys.batch.jobs import Job
from krokomanalys.batch.workers import Limits
from krokomanalys.errors import InputError
from krokomanalys.report.params import Parameters

ROOT = hasattr(os, "geteuid") and os.geteuid() == 0


KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}


def write_notebook(path: Path, *cells: str) -> None:
    import nbformat  # here: a run of the driver doesn't need it, and it takes a second

    start = nbformat.v4.new_code_cell('municipality = ""\nyear = 0', metadata={"tags": ["parameters"]})
    code = [nbformat.v4.new_code_cell(cell) for cell in cells]
    path.parent.mkdir(exist_ok=True)
    nbformat.write(nbformat.v4.new_notebook(metadata=KERNEL, cells=[start, *code]), path)


def command(notebooks: Path, out: Path, **options: object) -> list[str]:
    """The command line that runs this."""
    return [sys.executable, __file__, str(notebooks), str(out), *(f"{k}={v}" for k, v in options.items())]


def prepare(notebooks: Path) -> None:
    """Let reports be told by these notebooks, which read no figures, and import no more than they need."""
    engine.NOTEBOOKS = notebooks
    run.warm = warm
    make.slice_of = lambda *_: NoFigures()


def warm() -> None:
    make.import_all(("IPython", "bs4", "nbconvert", "papermill"))


def prepare_here(notebooks: Path) -> None:
    """Prepare where nothing is known of this module: on a worker of a cluster."""
    prepare(notebooks)
    warm()


def main() -> int:
    notebooks, out = Path(sys.argv[1]), Path(sys.argv[2])
    told = dict(word.split("=") for word in sys.argv[3:])
    prepare(notebooks)
    if "cluster" in told:
        run.warm = partial(prepare_here, notebooks)
    reports = tuple(sorted(file.stem for file in notebooks.glob("*.ipynb")))
    parameters = Parameters(municipality="2309", year=2021, horizon=2030, reports=reports, period="08")
    jobs = [Job(report, "Krokom", parameters, None, "2309-krokom/2021") for report in reports]
    limits = Limits(float(told.get("seconds", 60)), int(told["memory"]) if "memory" in told else None)
    settings = plan.Settings(
        told.get("runner", "fork"),
        int(told.get("workers", 2)),
        limits,
        "force" in told,
        "without_code" not in told,
        told.get("cluster"),
    )
    try:
        lines = run.run(plan.plan(jobs, out, settings), out, settings)
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    print(json.dumps(lines))
    return 1 if any(line["status"] == "failed" for line in lines) else 0


class NoFigures:
    sources = ()


if __name__ == "__mp_main__":  # in a process that was spawned
    prepare(Path(sys.argv[1]))
if __name__ == "__main__":
    sys.exit(main())
