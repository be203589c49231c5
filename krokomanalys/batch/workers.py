"""Work done in processes of its own, several at a time, so that no piece of it can harm another or who waits for it.

With fork each piece gets a copy of this process as it was when the piece began: what is imported here is there at
once, and nothing that a piece does to its process is seen by the next. Where there is no fork (Windows) a new
interpreter is started for each, ahead of need, so that it has imported its libraries when its turn comes.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import BaseContext
from typing import Any, Literal, TypeVar, cast

Start = Literal["fork", "spawn"]
T = TypeVar("T")
R = TypeVar("R")
DEFAULT_START: Start = "spawn" if sys.platform == "win32" else "fork"
_FEW_COLLECTIONS = 50_000
"""Objects between two collections of garbage in a child: it soon ends, and has little of it."""
_FIRST_TO_GO = 1000
"""What Linux is told of a child: when memory runs out it is the one to be killed, not its parent."""


@dataclass(frozen=True)
class Limits:
    """What a piece of work may take: seconds, and bytes of memory beyond what its process has from its parent."""

    seconds: float | None = None
    memory: int | None = None


@dataclass(frozen=True)
class Died:
    """A piece of work whose process ended without a result.

    why     "time": it was stopped at its time limit; "signal": it was killed; "exit": it left on its own
    code    the signal's number or the exit code; 0 for time
    seconds how long it was at work
    """

    why: Literal["time", "signal", "exit"]
    code: int = 0
    seconds: float = 0.0


@dataclass(frozen=True)
class Done:
    """What a process gave: the result of its work, the seconds it took and its highest use of memory, in bytes."""

    result: Any
    seconds: float
    memory: int


def _nothing() -> None:
    """Prepare nothing."""


@dataclass(eq=False)
class _Child:
    process: Any
    pipe: Connection
    item: Any = None
    began: float = 0.0
    deadline: float = float("inf")


def each(
    items: Sequence[T],
    work: Callable[[T], R],
    *,
    workers: int = 1,
    limits: Limits | None = None,
    start: Start = DEFAULT_START,
    prepare: Callable[[], None] = _nothing,
) -> Iterator[tuple[T, Done | Died]]:
    """Do `work` on every item, each in a process of its own, `workers` at a time; results as they come.

    `work` is a function of an importable module, its result can be pickled, and it raises nothing: an exception is a
    bug and ends its process (Died). `prepare` is done before the items: once here for fork, else in each process
    before its turn. Processes that are left are killed when the caller stops asking, and end by
    themselves when the caller's process is gone.
    """
    bounds = limits or Limits()
    context = get_context(start)
    waiting, running = list(reversed(items)), list[_Child]()
    ready: list[_Child] = []
    if start == "fork" and items:
        prepare()
        gc.freeze()  # what is here already is not looked through, and so copied, in each child
    results = list[tuple[T, Done | Died]]()
    try:
        while waiting or running or results:
            while waiting and len(running) < workers:
                child = ready.pop() if ready else _started(context, work, bounds, prepare)
                child.item = waiting.pop()
                _begin(child, bounds)
                running.append(child)
            if start == "spawn" and waiting and not ready:
                ready.append(_started(context, work, bounds, prepare))
            yield from results  # with the next ones begun: what the caller does with these keeps nobody waiting
            results.clear()
            for child in _ended(running) if running else ():
                running.remove(child)
                results.append((child.item, _outcome(child)))
    finally:
        for child in (*running, *ready):
            _kill(child)
        gc.unfreeze()


def _started(context: BaseContext, work: Callable[[Any], Any], limits: Limits, prepare: Callable[[], None]) -> _Child:
    ours, theirs = context.Pipe()
    told = (theirs, work, limits, os.getpid(), prepare if context.get_start_method() == "spawn" else None)
    process = cast(Any, context).Process(target=_serve, args=told, daemon=False)
    process.start()
    theirs.close()
    return _Child(process, ours)


def _begin(child: _Child, limits: Limits) -> None:
    with suppress(BrokenPipeError):  # it died before its turn: seen at once as an end without a result
        child.pipe.send(child.item)
    child.began = time.monotonic()
    child.deadline = child.began + limits.seconds if limits.seconds else float("inf")


def _serve(
    pipe: Connection, work: Callable[[Any], Any], limits: Limits, parent: int, prepare: Callable[[], None] | None
) -> None:
    """In the child: wait for the item, do the work, send the result."""
    end_with(parent)
    _bound(limits)
    gc.set_threshold(_FEW_COLLECTIONS)
    with suppress(AttributeError):
        os.setpgid(0, 0)
    if prepare is not None:
        prepare()
        gc.freeze()
    item = pipe.recv()
    began = time.perf_counter()
    result = work(item)
    pipe.send(Done(result, time.perf_counter() - began, peak()))
    pipe.close()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)  # what the item left behind, threads and exit handlers, is not waited for


def _ended(running: Sequence[_Child]) -> list[_Child]:
    """The children that have given a result or are gone; those past their time are killed first."""
    patience = min(child.deadline for child in running) - time.monotonic()
    heard = wait([child.pipe for child in running], timeout=None if patience == float("inf") else max(0.0, patience))
    late = [child for child in running if child.pipe not in heard and child.deadline <= time.monotonic()]
    for child in late:
        _kill(child)
    return [child for child in running if child.pipe in heard or child in late]


def _outcome(child: _Child) -> Done | Died:
    done = None
    with suppress(EOFError, OSError):
        if child.deadline > time.monotonic() or child.pipe.poll():
            done = child.pipe.recv()
    late = done is None and child.deadline <= time.monotonic()
    _kill(child) if done is not None else child.process.join()
    child.pipe.close()
    if isinstance(done, Done):
        return done
    seconds = time.monotonic() - child.began
    if late:
        return Died("time", seconds=seconds)
    code = int(child.process.exitcode or 0)
    return Died("signal", -code, seconds) if code < 0 else Died("exit", code, seconds)


def _kill(child: _Child) -> None:
    """End the child and all that it has started."""
    with suppress(ProcessLookupError, PermissionError, AttributeError):
        os.killpg(child.process.pid, signal.SIGKILL)
    child.process.kill()
    child.process.join()


def end_with(parent: int) -> None:
    """Have this process killed when its parent is gone, however it went (Linux); elsewhere its pipe tells it."""
    if not sys.platform.startswith("linux"):
        return
    import ctypes

    set_signal_of_parents_death = 1
    ctypes.CDLL(None).prctl(set_signal_of_parents_death, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
    with suppress(OSError), open("/proc/self/oom_score_adj", "w", encoding="ascii") as told:
        told.write(str(_FIRST_TO_GO))


def load_ipython_extension(shell: object) -> None:
    """In a kernel: end with the report that it was started for, which is in another session and can't take it along.

    The kernel looks for its parent itself, but not while a cell is in a call that lets no other thread run.
    """
    end_with(int(os.environ["JPY_PARENT_PID"]))


def _bound(limits: Limits) -> None:
    """Let this process have so much memory more than it has: what asks for more gets MemoryError."""
    if limits.memory is None or sys.platform == "win32":
        return
    import resource

    with open("/proc/self/statm", encoding="ascii") as told:
        held = int(told.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (held + limits.memory, held + limits.memory))


def peak() -> int:
    """The highest use of memory of this process so far, in bytes; 0 where the system doesn't tell."""
    if sys.platform == "win32":
        return 0
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(peak) if sys.platform == "darwin" else int(peak) * 1024
