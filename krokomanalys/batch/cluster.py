"""Reports made on the workers of a dask cluster: handed out a few at a time, taken home as they are done.

What is here runs where `krokomanalys run` was started; what the workers do is in station.py.
"""

from __future__ import annotations

import logging
import pickle
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from importlib.util import find_spec
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Any, cast
from uuid import uuid4

from krokomanalys.batch.make import Task, failure
from krokomanalys.batch.manifest import Record
from krokomanalys.batch.station import Answer, Order, deliver, unpacked
from krokomanalys.batch.workers import Died, Done, Limits, Start
from krokomanalys.errors import Fault, InputError
from krokomanalys.sources.folder import open_folder
from krokomanalys.swedish import number

REACHED_WITHIN = 5
"""Seconds that the scheduler has to answer."""
PATIENCE = 20
"""Seconds to wait for a worker when there is none."""


def each_on(
    address: str,
    tasks: Sequence[Task],
    about: Callable[[Task], Mapping[str, object]],
    make: Callable[[Task], Record],
    *,
    limits: Limits | None,
    start: Start,
    prepare: Callable[[], None],
) -> Iterator[tuple[Task, Done | Died]]:
    """Do `make` on every task on the cluster whose scheduler is at `address`; results as they come.

    As workers.each, and what a task leaves in its folder is there when its result is given. A report whose worker
    dies is made by another. `about` says what a task is to be made from: where a worker would make it from something
    else it has failed. Nothing that was handed out is begun any more when the caller stops asking.

    Raises:
        InputError: the extra `cluster` is not installed, the scheduler can't be reached, or no worker is left.
    """
    if not tasks:
        return
    client, run = _connected(address), uuid4().hex
    waiting, running = list(reversed(tasks)), dict[Any, Task]()
    ended: SimpleQueue[Any] = SimpleQueue()
    heard = monotonic()
    try:
        while waiting or running:
            with _talking(address):
                threads = sum(client.nthreads().values())
            heard = monotonic() if threads else heard
            if monotonic() - heard > PATIENCE:
                raise InputError(_no_workers(address))
            while waiting and len(running) < 2 * threads:
                order = _ordered(waiting[-1], about(waiting[-1]), make, limits or Limits(), start, prepare)
                with _talking(address):
                    future = client.submit(deliver, run, order, pure=False)
                running[future] = waiting.pop()
                future.add_done_callback(ended.put)
            with suppress(Empty):
                future = ended.get(timeout=1)
                task = running.pop(future)
                yield task, _brought_home(future, task, address)
                future.release()
                heard = monotonic()
    finally:
        with suppress(Exception):  # the scheduler may be gone; it forgets what nobody asks for any more
            client.close(timeout=REACHED_WITHIN)


def _connected(address: str) -> Any:
    """A client of the scheduler; Any, since the library's methods are without types."""
    if find_spec("distributed") is None:
        remedy = 'Stå i programmets mapp och kör .venv/bin/python -m pip install -e ".[cluster]"'
        raise InputError(Fault("--cluster", "tillägget cluster är inte installerat", remedy=remedy))
    import distributed

    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what it has to say is said in Swedish
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that versions differ is found report by report
            return cast(Any, distributed.Client)(address, timeout=REACHED_WITHIN, set_as_default=False)
    except (OSError, ValueError, TypeError):
        raise InputError(_lost(address, "schemaläggaren svarar inte")) from None


def _lost(address: str, problem: str) -> Fault:
    remedy = f"Se efter att den är i gång (dask scheduler) och att adressen stämmer: {address}"
    return Fault("--cluster", problem, "en adress som tcp://dator:8786", remedy)


def _no_workers(address: str) -> Fault:
    problem = f"ingen arbetare har varit ansluten på {number(PATIENCE)} sekunder"
    return Fault("--cluster", problem, remedy=f"Starta arbetare med dask worker {address} --nthreads 1, och kör igen")


@contextmanager
def _talking(address: str) -> Iterator[None]:
    try:
        yield
    except Exception:  # whatever way the connection was lost in
        raise InputError(_gone(address)) from None


def _gone(address: str) -> Fault:
    remedy = f"Det som är klart ligger kvar. Starta den igen ({address}) och kör om"
    return Fault("--cluster", "förbindelsen med schemaläggaren bröts", remedy=remedy)


def _ordered(
    task: Task,
    about: Mapping[str, object],
    make: Callable[[Task], Record],
    limits: Limits,
    start: Start,
    prepare: Callable[[], None],
) -> bytes:
    from cloudpickle import dumps  # type: ignore[import-untyped]

    layers, data = open_folder(task.job.data).layers, task.job.data
    own = layers[0] if data is None and len(layers) > 1 else None
    task = replace(task, job=replace(task.job, data=data and data.resolve()))
    made_from = {part: about[part] for part in ("parameters", "figures", "versions")}
    packed: bytes = dumps(Order(task, made_from, own, limits, start, make, prepare))
    return packed


def _brought_home(future: Any, task: Task, address: str) -> Done | Died:
    """The result of a task, its files in its folder."""
    from distributed import KilledWorker

    if future.status == "cancelled":
        raise InputError(_gone(address))
    try:
        packed = future.result()
    except KilledWorker:
        return _failed(task, "Arbetaren dog, gång på gång, medan rapporten gjordes. Kanske tog minnet slut på den.")
    except Exception as error:
        if future.status != "error":
            raise InputError(_gone(address)) from None
        problem = f"Arbetaren kunde inte ta emot rapporten ({type(error).__name__}: {error})."
        return _failed(task, f"{problem} Installera samma version av krokomanalys där.")
    answer: Answer = pickle.loads(packed)
    if isinstance(answer.outcome, str):
        return _failed(task, f"Arbetaren {answer.worker} {answer.outcome}")
    if answer.files:
        unpacked(answer.files, task.work)
    return answer.outcome


def _failed(task: Task, message: str) -> Done:
    told: dict[str, Any] = {"inputs": [], "missing": [], "error": failure(task.job, message)}
    return Done({"status": "failed", **told}, 0.0, 0)
