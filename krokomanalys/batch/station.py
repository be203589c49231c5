"""What is done on a cluster's machines: an order of a report comes in, what was made goes back as bytes.

A dask worker has threads, so it can't be forked, and it is to outlive every report. It keeps a station: a process
without threads that has imported what reports are made with, and makes each in a fork of its own. A station is of one
run: it holds the code and the figures as they were when the run began.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import BinaryIO, cast
from zipfile import ZIP_DEFLATED, ZipFile

from krokomanalys.batch import content
from krokomanalys.batch.make import Task
from krokomanalys.batch.manifest import Record
from krokomanalys.batch.workers import DEFAULT_START, Died, Done, Limits, Start, each, end_with
from krokomanalys.errors import InputError
from krokomanalys.sources.folder import DATA_VARIABLE, EMBEDDED

IDLE = 60
"""Seconds that a station waits for another report before it ends."""


@dataclass(frozen=True)
class Order:
    """A report to make on another machine.

    about     what the report is to be made from, as content.changes takes it: parameters, figures and versions
    own       the data folder that lies over the embedded one; the same path must lead to it here
    make      what makes the report; prepare, done once before the first, imports what it needs
    """

    task: Task
    about: Mapping[str, object]
    own: Path | None
    limits: Limits
    start: Start
    make: Callable[[Task], Record]
    prepare: Callable[[], None]


@dataclass(frozen=True)
class Answer:
    """What became of an order: how its process ended, or in Swedish why it was not begun, and the files it left.

    worker    the address of the dask worker
    """

    worker: str
    outcome: Done | Died | str
    files: bytes = b""


_free: dict[str, list[subprocess.Popen[bytes]]] = {}
"""In a dask worker: the stations that have nothing to do, by run."""
_taking = Lock()


def deliver(run: str, order: bytes) -> bytes:
    """In a thread of a dask worker: have a pickled Order made at a station of the run, and give the pickled Answer."""
    from distributed import get_worker

    worker = get_worker()
    station = _taken(run) or _opened()
    try:
        assert station.stdin is not None and station.stdout is not None
        pickle.dump((worker.address, worker.local_directory, order), station.stdin)
        station.stdin.flush()
        answer = cast(bytes, pickle.load(station.stdout))
    except (OSError, EOFError, pickle.UnpicklingError):
        station.kill()
        code = station.wait()
        died = Died("signal", -code) if code < 0 else Died("exit", code)
        return pickle.dumps(Answer(worker.address, died))
    with _taking:
        _free.setdefault(run, []).append(station)
    return answer


def _taken(run: str) -> subprocess.Popen[bytes] | None:
    """A free station of the run, if there is one; those that have ended are forgotten."""
    with _taking:
        for known, stations in list(_free.items()):
            _free[known] = [station for station in stations if station.poll() is None]
            if not _free[known]:
                del _free[known]
        return _free[run].pop() if run in _free else None


def _opened() -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", f"from {__name__} import main; main()", str(os.getpid())]
    environment = {"OPENBLAS_NUM_THREADS": "1", **os.environ}  # reports are made side by side
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, env=environment, start_new_session=True)


def main() -> None:
    """Be a station: take orders from standard input and answer on standard output, until it is closed."""
    end_with(int(sys.argv[1]))
    asked, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)  # what a report prints is no answer
    while (told := _next(asked)) is not None:
        worker, folder, order = told
        outcome, files = carry_out(order, folder)
        pickle.dump(pickle.dumps(Answer(worker, outcome, files)), answers)
        answers.flush()


def _next(asked: BinaryIO) -> tuple[str, str, bytes] | None:
    if sys.platform != "win32":
        signal.alarm(IDLE)
    try:
        return cast(tuple[str, str, bytes], pickle.load(asked))
    except EOFError:
        return None
    finally:
        if sys.platform != "win32":
            signal.alarm(0)


def carry_out(packed: bytes, folder: str) -> tuple[Done | Died | str, bytes]:
    """Make a pickled Order in a folder of its own in `folder`; the outcome and the files as those of an Answer."""
    try:
        order: Order = pickle.loads(packed)
        start = order.start if DEFAULT_START == "fork" else DEFAULT_START
        if start == "fork":
            _prepare_once(order.prepare)
        if differs := _differences(order):
            return differs, b""
    except InputError as wrong:
        return str(wrong), b""
    except Exception as bug:  # another version of the library may fail in any way
        return f"kunde inte läsa vad som skulle göras ({type(bug).__name__}: {bug}). {_REMEDY}", b""
    with TemporaryDirectory(prefix="krokomanalys-", dir=folder, ignore_cleanup_errors=True) as place:
        task = replace(order.task, work=Path(place) / "rapport")
        ((_, outcome),) = each([task], order.make, limits=order.limits, start=start)
        return outcome, _packed(task.work)


_prepared = False
_REMEDY = "Ge alla arbetare samma version av krokomanalys och samma data som den här datorn."


def _prepare_once(prepare: Callable[[], None]) -> None:
    global _prepared
    if not _prepared:
        prepare()
        _prepared = True


def _differences(order: Order) -> str:
    """What a report would be made from here that differs from what was ordered, in Swedish."""
    job = order.task.job
    for own in (job.data, order.own):
        if own is not None and not own.is_dir():
            return f'har inte datamappen "{own}". Den ska finnas på samma plats hos varje arbetare.'
    os.environ[DATA_VARIABLE] = str(order.own or EMBEDDED)  # the workspace is where the run was started
    now = {**order.about, "figures": _figures(job.data).of(job), "versions": content.versions(job.report)}
    if not (changes := content.changes(order.about, now)):
        return ""
    more = f" Och {len(changes) - 3} skillnader till." if len(changes) > 3 else ""
    return f"har inte samma underlag: {', '.join(changes[:3])}.{more} {_REMEDY}"


@cache
def _figures(data: Path | None) -> content.Figures:
    return content.Figures(data)


def _packed(folder: Path) -> bytes:
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED, compresslevel=1) as archive:
        for file in sorted(folder.rglob("*")):
            archive.write(file, file.relative_to(folder))
    return packed.getvalue()


def unpacked(files: bytes, folder: Path) -> None:
    """Put the files of an answer into a folder, which is made."""
    folder.mkdir(parents=True)
    with ZipFile(BytesIO(files)) as archive:
        archive.extractall(folder)
