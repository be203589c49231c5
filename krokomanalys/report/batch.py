"""A batch: every report of the parameter files made, one after the other, with a manifest, an index and a workbook.

Nothing is half written: a report is made in a hidden folder beside its place and moved there when it is whole.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, cast

from krokomanalys import __version__
from krokomanalys.errors import Fault, InputError, MissingFigures
from krokomanalys.regions import name_of
from krokomanalys.report import html
from krokomanalys.report.engine import NotebookStopped, execute, notebook_of, read_notebook
from krokomanalys.report.index import Record, when, write_index
from krokomanalys.report.origin import checksum
from krokomanalys.report.page import UsedSource
from krokomanalys.report.params import Parameters, Report, folder_of, slice_of
from krokomanalys.report.readability import lix, own_prose
from krokomanalys.report.workbook import write_workbook
from krokomanalys.sources.folder import open_folder, sha256, shown
from krokomanalys.sources.slices import REPORTS

LIBRARY = Path(__file__).resolve().parents[1]
WORKBOOK, MANIFEST, INDEX = "tabeller.xlsx", "manifest.jsonl", "index.html"


@dataclass(frozen=True)
class Job:
    """One report to make: where its figures come from and the folder, under the output folder, that it goes to."""

    report: Report
    name: str
    parameters: Parameters
    data: Path | None
    folder: str


def jobs(parameters: Iterable[Parameters], data: Path | None, only: Iterable[str] = ()) -> list[Job]:
    """The reports that the parameters ask for, in their order; with `only`, just those kinds."""
    regions = open_folder(data).table("regions.csv")
    wanted = set(only) or set(REPORTS)
    found = []
    for told in parameters:
        name = name_of(regions, told.municipality) or told.municipality
        found += [Job(report, name, told, data, folder_of(told, name)) for report in told.reports if report in wanted]
    return found


def run(todo: list[Job], out: Path, progress: Callable[[Job, int], None]) -> list[dict[str, Any]]:
    """Make all jobs into `out`; `progress` is told of each before it starts. Returns the records of this run.

    The manifest keeps the lines of earlier runs for reports that are not made anew, and the index shows them all.

    Raises:
        InputError: `out` cannot be a folder, or holds a manifest that cannot be read.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError:
        problem = f'"{shown(out)}" går inte att använda som mapp'
        raise InputError(Fault("--out", problem, "en mapp att skriva i, t.ex. output")) from None
    kept = {_place(record): record for record in read_manifest(out)}
    for number, job in enumerate(todo):
        progress(job, number)
        record = make(job, out)
        kept[_place(record)] = record
        _write_manifest(out, kept.values())
    for folder in dict.fromkeys(job.folder for job in todo):
        _workbook(out, folder, [record for record in kept.values() if record["folder"] == folder])
    _write_manifest(out, kept.values())
    write_index(out, cast(list[Record], list(kept.values())))
    made = {(job.folder, job.report) for job in todo}
    return [record for record in kept.values() if (record["folder"], record["report"]) in made]


def make(job: Job, out: Path) -> dict[str, Any]:
    """Make one report: load its figures, execute its notebook, render its page, write its figures beside it.

    Returns its line of the manifest.
    """
    started, clock = datetime.now(UTC), time.perf_counter()
    told = job.parameters.of_notebook() | {"data": str(job.data) if job.data else None}
    record: dict[str, Any] = {
        "report": job.report,
        "title": REPORTS[job.report].title,
        "municipality": job.parameters.municipality,
        "name": job.name,
        "folder": job.folder,
        "year": job.parameters.year,
        "period": job.parameters.period,
        "board": job.parameters.board,
        "key": None,
        "parameters": job.parameters.model_dump(mode="json", exclude={"reports"}),
        "inputs": [],
        "versions": {},
        "started": started.isoformat(timespec="seconds"),
    }
    missing: list[dict[str, str]] = []
    error: dict[str, object] | None = None
    told_of: dict[str, Any] = {"outputs": []}
    try:
        record["versions"] = _versions(job.report)
        slice_ = slice_of(job.parameters, job.report, job.data)
        record["inputs"] = [{"file": s.file, "own": s.own, "sha256": s.sha256} for s in slice_.sources]
        record["key"] = _key(record)
        told_of = _tell(job, told, out)
        status = "made"
    except MissingFigures as gap:
        status, missing = "no_data", [{"what": m.what, "remedy": m.remedy} for m in gap.missing]
    except NotebookStopped as stop:
        status, error = "failed", dict(stop.error.__dict__)
    except InputError as wrong:
        status, error = "failed", {"notebook": notebook_of(job.report).name, "cell": None, "message": str(wrong)}
    except Exception as bug:  # one report's bug must not stop the others; it is told in the manifest
        trace = "".join(traceback.format_exception(bug))
        status, error = (
            "failed",
            {
                "notebook": notebook_of(job.report).name,
                "cell": None,
                "message": f"{type(bug).__name__}: {bug}",
                "traceback": trace,
            },
        )
    ended = {"seconds": round(time.perf_counter() - clock, 2), "status": status, "missing": missing, "error": error}
    return {**record, **ended, **told_of}


def read_manifest(out: Path) -> Iterator[dict[str, Any]]:
    """The lines of the manifest in an output folder, none where there is no manifest.

    Raises:
        InputError: a line is no record of a report.
    """
    if (out / MANIFEST).exists():
        for number, line in enumerate((out / MANIFEST).read_bytes().splitlines(), start=1):
            try:
                record = json.loads(line)
                _place(record), record["folder"]
            except (ValueError, KeyError, TypeError):
                raise InputError(
                    Fault(
                        shown(out / MANIFEST),
                        "raden går inte att läsa",
                        "en rad som krokomanalys run har skrivit",
                        "Ta bort raden: rapporten kommer tillbaka när den görs om",
                        row=number,
                    )
                ) from None
            yield record


def _tell(job: Job, told: Mapping[str, object], out: Path) -> dict[str, Any]:
    place = out / job.folder
    place.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".pågår-", dir=place) as work:
        executed = execute(job.report, told, Path(work) / f"{job.report}.ipynb")
        title = f"{REPORTS[job.report].title} · {job.name} · {when(job.parameters.model_dump())}"
        (Path(work) / f"{job.report}.html").write_text(html.render(executed, title=title), encoding="utf-8")
        beside = Path(work) / job.report
        beside.mkdir()
        for drawing in html.pictures_in(executed):
            (beside / f"{drawing.name}.svg").write_text(drawing.svg, encoding="utf-8")
            (beside / f"{drawing.name}.png").write_bytes(drawing.png)
        shutil.rmtree(place / job.report, ignore_errors=True)
        for name in (f"{job.report}.ipynb", job.report, f"{job.report}.html"):
            os.replace(Path(work) / name, place / name)
    files = [place / f"{job.report}.html", place / f"{job.report}.ipynb", *sorted((place / job.report).iterdir())]
    opening = next(iter(html.pieces_in(executed, "opening")), {})
    outputs = [{"file": f.relative_to(out).as_posix(), "sha256": sha256(f)} for f in files]
    strays = [f"cell {s.cell + 1}, {s.kind}: {s.text}" for s in html.strays_in(executed)]
    return {
        "outputs": outputs,
        "findings": opening.get("findings", []),
        "lights": opening.get("lights", []),
        "strays": strays,
        "lix": round(lix(own_prose(executed)), 1),
    }


def _workbook(out: Path, folder: str, records: list[dict[str, Any]]) -> None:
    """tabeller.xlsx of one folder: every table of its reports, each once, and their sources.

    Read back from the executed notebooks, so that it is whole also when only some reports were made anew.
    """
    executed = [
        read_notebook(out / o["file"])
        for r in records
        if r["status"] == "made"
        for o in r["outputs"]
        if o["file"].endswith(".ipynb")
    ]
    if not executed:
        return
    tables = {json.dumps(table.as_json(), sort_keys=True): table for nb in executed for table in html.tables_in(nb)}
    cited = {s["file"]: UsedSource(**s) for nb in executed for p in html.pieces_in(nb, "sources") for s in p["sources"]}
    with tempfile.TemporaryDirectory(prefix=".pågår-", dir=out / folder) as work:
        write_workbook(Path(work) / WORKBOOK, list(tables.values()), [cited[file] for file in sorted(cited)])
        os.replace(Path(work) / WORKBOOK, out / folder / WORKBOOK)
    for record in records:
        if record["status"] == "made":
            book = {"file": f"{folder}/{WORKBOOK}", "sha256": sha256(out / folder / WORKBOOK)}
            record["outputs"] = [o for o in record["outputs"] if o["file"] != book["file"]] + [book]


def _place(record: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(record[k] for k in ("municipality", "year", "period", "board", "report"))


def _key(record: Mapping[str, Any]) -> str:
    files = {f"{i['file']} {i['own']}": i["sha256"] for i in record["inputs"]}
    return checksum(files, {**record["parameters"], **record["versions"]})


def _versions(report: Report) -> dict[str, str]:
    code = hashlib.sha256()
    for path in sorted([*LIBRARY.rglob("*.py"), *(LIBRARY / "report" / "template").rglob("*.*")]):
        code.update(path.relative_to(LIBRARY).as_posix().encode() + path.read_bytes())
    packages = {name: version(name) for name in ("pandas", "numpy", "matplotlib", "seaborn", "papermill", "nbconvert")}
    return {
        "krokomanalys": __version__,
        "library": code.hexdigest(),
        "notebook": sha256(notebook_of(report)),
        **packages,
    }


def _write_manifest(out: Path, records: Iterable[Mapping[str, Any]]) -> None:
    _write(out / MANIFEST, "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records))


def _write(path: Path, text: str) -> None:
    beside = path.with_name(f".{path.name}.pågår")
    beside.write_text(text, encoding="utf-8")
    os.replace(beside, path)
