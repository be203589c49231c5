"""One report made: its figures loaded, its notebook run, its page, figures and tables written into a folder.

This is what runs in a process of its own; it tells all that happened in a line of the manifest and raises nothing
that an economist or a bug can bring about.
"""

from __future__ import annotations

import json
import sys
import time
import traceback
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any, cast

from krokomanalys.batch.content import versions
from krokomanalys.batch.engine import Engine, NotebookStopped, execute, modules_of, notebook_of
from krokomanalys.batch.index import when
from krokomanalys.batch.jobs import Job
from krokomanalys.batch.manifest import Record
from krokomanalys.errors import InputError, MissingFigures
from krokomanalys.report import html
from krokomanalys.report.origin import made_from
from krokomanalys.report.params import slice_of
from krokomanalys.report.pictures import picture
from krokomanalys.report.readability import lix, own_prose
from krokomanalys.report.tables import Column, Table
from krokomanalys.report.theme import swedish_axis, theme
from krokomanalys.sources.slices import REPORTS

TABLES = "tabeller.json"
"""What the figures' folder of a report holds besides them: its tables and sources, for the workbook and `diff`."""

LIBRARIES = (
    "IPython.core.magics",
    "bs4",
    "matplotlib.backends.backend_svg",
    "matplotlib.pyplot",
    "matplotlib_inline.backend_inline",
    "nbconvert",
    "papermill",
    "seaborn",
    "statsmodels.stats.proportion",
)
"""What reports are made with, beside what their notebooks import."""


@dataclass(frozen=True)
class Task:
    """A job with the hidden folder that it is made in, how its notebook is run and whether its page shows the code."""

    job: Job
    work: Path
    engine: Engine
    with_code: bool = True


def make(task: Task) -> Record:
    """Make the report into `task.work`, which is made; returns what the manifest is to say of it.

    Left in the folder: REPORT.html, REPORT.ipynb and REPORT/ with figures and tables; of a notebook that stopped
    REPORT.ipynb alone.
    """
    started, clock = datetime.now(UTC), time.perf_counter()
    told: Record = {"started": started.isoformat(timespec="seconds"), "inputs": [], "missing": [], "error": None}
    try:
        told |= _made(task, told)
    except MissingFigures as gap:
        told |= {"status": "no_data", "missing": [{"what": m.what, "remedy": m.remedy} for m in gap.missing]}
    except NotebookStopped as stop:
        told |= {"status": "failed", "error": dict(stop.error.__dict__)}
    except InputError as wrong:
        told |= {"status": "failed", "error": failure(task.job, str(wrong))}
    except OSError as disk:
        trace = "".join(traceback.format_exception(disk))
        message = f"En fil gick inte att läsa eller skriva ({disk.strerror})."
        told |= {"status": "failed", "error": failure(task.job, message, trace)}
    except Exception as bug:  # one report's bug must not stop the others; it is told in the manifest
        trace = "".join(traceback.format_exception(bug))
        told |= {"status": "failed", "error": failure(task.job, f"{type(bug).__name__}: {bug}", trace)}
    return {**told, "seconds": round(time.perf_counter() - clock, 2)}


def warm() -> None:
    """Import what reports are made with, and try it, so that a process forked from this one has it all at once."""
    import_all(LIBRARIES)
    for notebook in filter(Path.exists, map(notebook_of, REPORTS)):
        for module in sorted(modules_of(notebook)):
            with suppress(ModuleNotFoundError):
                import_module(module)
    _rehearse()


def import_all(names: Iterable[str]) -> None:
    """Import modules, but not jsonschema's check of web addresses: it takes a second, and no notebook needs it."""
    addresses = "rfc3987_syntax"
    spared = sys.modules.setdefault(addresses, cast(Any, None)) is None
    for name in names:
        import_module(name)
    if spared:
        del sys.modules[addresses]


def _rehearse() -> None:
    """Make a page with a figure that nobody sees: what the first one has to look up, fonts say, is then there."""
    import matplotlib as mpl
    import pandas as pd
    from matplotlib.figure import Figure

    with mpl.rc_context():
        theme()
        figure = Figure()  # not pyplot's: on a desktop that would open a window
        swedish_axis(figure.subplots().yaxis)
        table = Table("prov", "Prov", pd.DataFrame({"tal": [1.0]}), {"tal": Column("Tal")})
        drawn = picture(figure, name="prov", alt="Prov", caption="Prov", table=table)
    html.render(html.notebook_of([drawn]), title="Prov")


def failure(job: Job, message: str, trace: str = "") -> dict[str, object]:
    """What the manifest says of a report that failed outside any cell."""
    told: dict[str, object] = {"notebook": notebook_of(job.report).name, "cell": None, "message": message}
    return told | ({"traceback": trace} if trace else {})


def _made(task: Task, told: Mapping[str, Any]) -> dict[str, Any]:
    job, work = task.job, task.work
    work.mkdir(parents=True)
    slice_ = slice_of(job.parameters, job.report, job.data)
    inputs = [{"file": s.file, "own": s.own, "sha256": s.sha256} for s in slice_.sources]
    parameters = job.parameters.of_notebook() | {"data": str(job.data) if job.data else None}
    executed = execute(job.report, parameters, work / f"{job.report}.ipynb", task.engine)
    title = f"{REPORTS[job.report].title} · {job.name} · {when(job.parameters.model_dump())}"
    ending = made_from(slice_.sources, notebook_of(job.report).name, versions(job.report))
    page = html.render(executed, title=title, with_code=task.with_code, ending=ending)
    (work / f"{job.report}.html").write_text(page, encoding="utf-8")
    beside = work / job.report
    beside.mkdir()
    for drawing in html.pictures_in(executed):
        (beside / f"{drawing.name}.svg").write_text(drawing.svg, encoding="utf-8")
        (beside / f"{drawing.name}.png").write_bytes(drawing.png)
    cited = [source for piece in html.pieces_in(executed, "sources") for source in piece["sources"]]
    tables = {"tables": [table.as_json() for table in html.tables_in(executed)], "sources": cited}
    (beside / TABLES).write_text(json.dumps(tables, ensure_ascii=False, sort_keys=True), encoding="utf-8")
    opening = next(iter(html.pieces_in(executed, "opening")), {})
    return {
        "status": "made",
        "inputs": inputs,
        "findings": opening.get("findings", []),
        "lights": opening.get("lights", []),
        "lix": round(lix(own_prose(executed)), 1),
        "strays": [f"cell {s.cell + 1}, {s.kind}: {s.text}" for s in html.strays_in(executed)],
    }
