"""A batch: every report of the parameter files made, each in a process of its own, with a manifest and an index.

This process never runs a notebook. It says what is to be made, moves what is whole into its place, and writes down
what happened; nothing that a report does to its own process, and no end that comes to this one, leaves half a report.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

from krokomanalys.batch.book import WORKBOOK, Book, bind
from krokomanalys.batch.cluster import each_on
from krokomanalys.batch.index import Record as Line
from krokomanalys.batch.index import write_index
from krokomanalys.batch.jobs import Place, place_of
from krokomanalys.batch.lock import locked
from krokomanalys.batch.make import Task, failure, make, warm
from krokomanalys.batch.manifest import Record, add, read_manifest, rewrite
from krokomanalys.batch.plan import Planned, Settings
from krokomanalys.batch.workers import Died, Done, Limits, each
from krokomanalys.errors import Fault, InputError
from krokomanalys.report.html import shows_code
from krokomanalys.sources.folder import sha256, shown
from krokomanalys.swedish import number

INDEX = "index.html"
HIDDEN = ".pågår-"


def run(
    planned: Sequence[Planned], out: Path, settings: Settings, told: Callable[[Record], None] = lambda record: None
) -> list[Record]:
    """Make what is planned into `out` and return a line for each; `told` is given that of each report made.

    The manifest keeps the lines of reports that aren't of this run, and the index shows them all.

    Raises:
        InputError: `out` can't be written in, or another run does.
    """
    with locked(out):
        lines = {place: line for place, line in read_manifest(out).items() if _is_there(line, out)}
        _clear(out)
        try:
            lines |= {p.job.place: _unchanged(p) for p in planned if not p.why}
            rewrite(out, lines.values())
            for line in _lines(planned, out, settings):
                lines[place_of(line)] = line
                add(out, line)
                told(line)
            _bind(planned, lines, out, settings)
            _close(out, lines)
        except OSError as error:
            with suppress(OSError):
                _close(out, lines)
            problem = f'"{shown(out)}" gick inte att skriva i ({error.strerror})'
            remedy = "Det som är klart ligger kvar. Kör igen när det går att skriva"
            raise InputError(Fault("--out", problem, remedy=remedy)) from None
        except BaseException:
            with suppress(OSError):
                _close(out, lines)
            raise
        return [lines[p.job.place] for p in planned]


def _bind(planned: Sequence[Planned], lines: dict[Place, Record], out: Path, settings: Settings) -> None:
    """Make the workbook of each folder where a report was made, and name it in the lines of that folder.

    Raises:
        InputError: one could not be made; the others are.
    """
    faults: list[Fault] = []
    lost = {r["folder"] for r in lines.values() for o in r["outputs"] if _is_workbook(o) and not _exists(o, out)}
    touched = {p.job.folder for p in planned if p.why} | lost
    books = [Book(out, folder, tuple(r for r in lines.values() if r["folder"] == folder)) for folder in touched]
    for book, bound in each(books, bind, workers=settings.workers, start=settings.start):
        for line in book.lines:
            _with_workbook(line, book, isinstance(bound, Done))
        if isinstance(bound, Died):
            place = shown(out / book.folder / WORKBOOK)
            faults.append(Fault(place, "filen gick inte att skriva", remedy="Sidorna är klara. Kör igen med --force"))
    if faults:
        raise InputError(faults)


def _close(out: Path, lines: dict[Place, Record]) -> None:
    rewrite(out, lines.values())
    write_index(out, cast(list[Line], list(lines.values())))


def _is_there(line: Record, out: Path) -> bool:
    """Whether a report is as whole as its line says: one that somebody has taken away is no report any more."""
    made = line["status"] in ("made", "skipped")
    return not made or all(_exists(o, out) for o in line["outputs"] if not _is_workbook(o))


def _is_workbook(output: Mapping[str, str]) -> bool:
    return output["file"].endswith(f"/{WORKBOOK}")


def _exists(output: Mapping[str, str], out: Path) -> bool:
    return (out / output["file"]).is_file()


def _unchanged(planned: Planned) -> Record:
    """The line of a report that is left as it is."""
    assert planned.line is not None
    return {**planned.line, "status": planned.line["status"].replace("made", "skipped")}


def _lines(planned: Sequence[Planned], out: Path, settings: Settings) -> Iterator[Record]:
    wanted = {out / p.job.folder / f"{HIDDEN}{p.job.report}": p for p in planned if p.why}
    tasks = [Task(p.job, work, settings.engine, settings.with_code) for work, p in wanted.items()]
    how: Any = {"limits": settings.limits, "start": settings.start, "prepare": warm}
    if settings.cluster is None:
        each_made = each(tasks, make, workers=settings.workers, **how)
    else:
        each_made = each_on(settings.cluster, tasks, lambda task: wanted[task.work].about, make, **how)
    for task, result in each_made:
        yield _line(wanted[task.work], task, result, out, settings)


def _line(planned: Planned, task: Task, result: Done | Died, out: Path, settings: Settings) -> Record:
    if isinstance(result, Died):
        error = failure(planned.job, _last_words(result, settings.limits))
        began = datetime.now(UTC) - timedelta(seconds=result.seconds)
        when = {"started": began.isoformat(timespec="seconds"), "seconds": round(result.seconds, 2)}
        told: Record = {**when, "status": "failed", "error": error, "inputs": [], "missing": []}
    else:
        told = {**result.result, "memory": result.memory}
    try:
        outputs = _published(task, out, whole=told["status"] == "made")
    except OSError as error:
        told |= {"status": "failed", "error": failure(planned.job, f"Gick inte att skriva ({error.strerror}).")}
        outputs = []
    shutil.rmtree(task.work, ignore_errors=True)
    return {**planned.about, **told, "engine": settings.runner, "outputs": outputs}


def _published(task: Task, out: Path, *, whole: bool) -> list[dict[str, str]]:
    """Move what was made into its place, and say what files it is. Of a report that failed only its notebook.

    Without code there is no notebook, and nothing of an earlier run's code is left.
    """
    report, place = task.job.report, out / task.job.folder
    stopped = place / f"{report}-misslyckad.ipynb"
    notebook = task.work / f"{report}.ipynb"
    if not task.with_code:
        _forget_code(place, report, page=not whole)
    if not whole:
        if notebook.exists() and task.with_code:
            os.replace(notebook, stopped)
            return [_output(stopped, out)]
        return []
    stopped.unlink(missing_ok=True)
    if (place / report).exists():
        os.replace(place / report, task.work / "förut")
    os.replace(task.work / report, place / report)
    if task.with_code:
        os.replace(notebook, place / notebook.name)
    os.replace(task.work / f"{report}.html", place / f"{report}.html")
    files = [place / f"{report}.html", place / f"{report}.ipynb", *sorted((place / report).iterdir())]
    return [_output(file, out) for file in files if file.exists()]


def _forget_code(place: Path, report: str, *, page: bool) -> None:
    """Take away a report's notebooks, and its `page` where that shows code and none comes in its place."""
    for notebook in (place / f"{report}.ipynb", place / f"{report}-misslyckad.ipynb"):
        notebook.unlink(missing_ok=True)
    shown = place / f"{report}.html"
    if page and shown.exists() and shows_code(shown.read_text(encoding="utf-8")):
        shown.unlink()


def _output(file: Path, out: Path) -> dict[str, str]:
    return {"file": file.relative_to(out).as_posix(), "sha256": sha256(file)}


def _last_words(died: Died, limits: Limits | None) -> str:
    match died.why:
        case "time":
            most = number(limits.seconds if limits else None)
            return f"Stoppad efter {most} sekunder, gränsen för en rapport (--timeout)."
        case "signal":
            return f"Processen dödades (signal {died.code}). Kanske tog minnet slut."
        case "exit":
            return f"Processen avslutade sig själv (kod {died.code}) innan rapporten var klar."


def _with_workbook(line: Record, book: Book, bound: bool) -> None:
    """Name the folder's workbook among the outputs of a report whose tables it holds."""
    name = f"{book.folder}/{WORKBOOK}"
    line["outputs"] = [o for o in line["outputs"] if o["file"] != name]
    if bound and line["status"] in ("made", "skipped"):
        line["outputs"].append(_output(book.out / name, book.out))


def _clear(out: Path) -> None:
    """Take away what a run that was killed left half made."""
    for left in out.glob(f"*/**/{HIDDEN}*"):
        shutil.rmtree(left, ignore_errors=True)
        with suppress(OSError):
            left.unlink(missing_ok=True)  # a workbook
