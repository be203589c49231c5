"""A batch: every report of the parameter files made, each in a process of its own, with a manifest and an index.

This process never runs a notebook. It says what is to be made, moves what is whole into its place, and writes down
what happened; nothing that a report does to its own process, and no end that comes to this one, leaves half a report.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import cast

from krokomanalys.batch.book import WORKBOOK, Book, bind
from krokomanalys.batch.index import Record as Line
from krokomanalys.batch.index import write_index
from krokomanalys.batch.jobs import Place, place_of
from krokomanalys.batch.lock import locked
from krokomanalys.batch.make import Task, failure, make, warm
from krokomanalys.batch.manifest import Record, add, read_manifest, rewrite
from krokomanalys.batch.plan import Planned, Settings
from krokomanalys.batch.workers import Died, Done, Limits, each
from krokomanalys.errors import Fault, InputError
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
        lines = read_manifest(out)
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
    touched = {p.job.folder for p in planned if p.why}
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


def _unchanged(planned: Planned) -> Record:
    """The line of a report that is left as it is."""
    assert planned.line is not None
    return {**planned.line, "status": planned.line["status"].replace("made", "skipped")}


def _lines(planned: Sequence[Planned], out: Path, settings: Settings) -> Iterator[Record]:
    wanted = {out / p.job.folder / f"{HIDDEN}{p.job.report}": p for p in planned if p.why}
    tasks = [Task(p.job, work, settings.engine, settings.with_code) for work, p in wanted.items()]
    each_made = each(tasks, make, workers=settings.workers, limits=settings.limits, start=settings.start, prepare=warm)
    for task, result in each_made:
        yield _line(wanted[task.work], task, result, out, settings)


def _line(planned: Planned, task: Task, result: Done | Died, out: Path, settings: Settings) -> Record:
    if isinstance(result, Died):
        error = failure(planned.job, _last_words(result, settings.limits))
        told: Record = {"status": "failed", "error": error, "inputs": [], "missing": []}
    else:
        told = {**result.result, "memory": result.memory}
    try:
        outputs = _published(task, out, whole=told["status"] == "made")
    except OSError as error:
        told |= {"status": "failed", "error": failure(planned.job, f"{error.strerror}: {error.filename}")}
        outputs = []
    shutil.rmtree(task.work, ignore_errors=True)
    return {**planned.about, **told, "engine": settings.runner, "outputs": outputs}


def _published(task: Task, out: Path, *, whole: bool) -> list[dict[str, str]]:
    """Move what was made into its place, and say what files it is. Of a report that failed only its notebook."""
    report, place = task.job.report, out / task.job.folder
    stopped = place / f"{report}-misslyckad.ipynb"
    notebook = task.work / f"{report}.ipynb"
    if not whole:
        if notebook.exists():
            os.replace(notebook, stopped)
            return [_output(stopped, out)]
        return []
    stopped.unlink(missing_ok=True)
    if (place / report).exists():
        os.replace(place / report, task.work / "förut")
    os.replace(task.work / report, place / report)
    if task.with_code:
        os.replace(notebook, place / notebook.name)
    else:
        (place / notebook.name).unlink(missing_ok=True)
    os.replace(task.work / f"{report}.html", place / f"{report}.html")
    files = [place / f"{report}.html", place / f"{report}.ipynb", *sorted((place / report).iterdir())]
    return [_output(file, out) for file in files if file.exists()]


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
