"""The command `krokomanalys run`: which reports are to be made, how, and what to say of it."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from krokomanalys.errors import Fault, InputError

if TYPE_CHECKING:
    from krokomanalys.batch.plan import Planned
    from krokomanalys.report.params import Parameters


def add_to(commands: Any, year: Callable[[str], int]) -> argparse.ArgumentParser:
    """Add the command to the parser's; `year` reads a year."""
    run: argparse.ArgumentParser = commands.add_parser(
        "run",
        help="gör rapporterna",
        description="Gör rapporterna: sida, figurer och tabeller för varje kommun och år i parameterfilerna. Det som "
        "är oförändrat sedan förra gången görs inte om.",
    )
    again: dict[str, Any] = {"action": "append", "default": []}
    run.add_argument("--only", **again, metavar="RAPPORT", help="bara den här rapporten; kan anges flera gånger")
    run.add_argument("--municipality", **again, metavar="KOMMUN", help="bara den här kommunen; kan anges flera gånger")
    run.add_argument("--year", **again, type=year, metavar="ÅR", help="bara det här året; kan anges flera gånger")
    run.add_argument(
        "--out", type=Path, default=Path("output"), metavar="MAPP", help="mapp för det som görs (annars output)"
    )
    run.add_argument("--dry-run", action="store_true", help="visa bara vad som skulle göras, och varför")
    run.add_argument("--explain", action="store_true", help="säg för varje rapport varför den görs eller inte")
    run.add_argument("--force", action="store_true", help="gör om också det som är oförändrat")
    run.add_argument("--keep-going", action="store_true", help="gör det som går även om det finns fel i filerna")
    run.add_argument("--without-code", action="store_true", help="sidor utan kod, och inga anteckningsböcker")
    run.add_argument(
        "--workers",
        type=int,
        default=_cores(),
        metavar="N",
        help="rapporter samtidigt på datorn (annars %(default)s)",
    )
    run.add_argument("--timeout", type=int, default=600, metavar="SEKUNDER", help="gräns för en rapport (annars 600)")
    run.add_argument("--memory", type=int, metavar="MB", help="gräns för det minne som en rapport tar till")
    run.add_argument(
        "--engine",
        choices=("fork", "spawn", "kernel"),
        default="fork" if hasattr(os, "fork") else "spawn",
        metavar="SÄTT",
        help="hur anteckningsböckerna körs: fork, spawn eller kernel (annars %(default)s)",
    )
    run.add_argument(
        "--cluster",
        metavar="ADRESS",
        help="gör rapporterna på ett dask-kluster, t.ex. tcp://dator:8786; klustret avgör hur många samtidigt",
    )
    run.set_defaults(act=act)
    return run


def act(told: argparse.Namespace) -> int:
    """Make the reports and say how it went; 1 where one failed, or a parameter file could not be read.

    Raises:
        InputError: a fault in parameters or data, and nothing is made; the output folder can't be used.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # reports are made side by side; read when numpy is imported
    from krokomanalys.batch.jobs import jobs
    from krokomanalys.batch.plan import Settings, plan
    from krokomanalys.batch.progress import with_progress
    from krokomanalys.batch.run import INDEX
    from krokomanalys.batch.workers import Limits
    from krokomanalys.report.params import parameter_files
    from krokomanalys.sources.slices import REPORTS

    if unknown := [name for name in told.only if name not in REPORTS]:
        raise InputError(Fault("--only", f'"{unknown[0]}" är ingen rapport', "någon av " + ", ".join(REPORTS)))
    if told.workers < 1:
        raise InputError(Fault("--workers", f"{told.workers} kan inte stå här", "minst 1"))
    started = time.perf_counter()
    parameters = _parameters(told)
    todo = jobs(parameters.values(), told.data, told.only, told.municipality, told.year)
    if not todo:
        asked = [name for name in REPORTS if any(name in given.reports for given in parameters.values())]
        problem = "ingen parameterfil har de rapporter som --only, --municipality och --year frågar efter"
        raise InputError(Fault("run", problem, f"rapporter: {', '.join(asked)}"))
    limits = Limits(told.timeout or None, told.memory * 10**6 if told.memory else None)
    settings = Settings(told.engine, told.workers, limits, told.force, not told.without_code, told.cluster)
    planned = plan(todo, told.out, settings)
    if told.dry_run or told.explain:
        _explain(planned, told.explain)
    if told.dry_run:
        print(f"{sum(bool(p.why) for p in planned)} av {len(planned)} rapporter skulle göras.")
        return 0
    if any(p.why for p in planned):
        _check(told, {file: given for file, given in parameters.items() if _asked(given, planned)})
    lines = with_progress(planned, told.out, settings)
    _summary(lines, time.perf_counter() - started, told.out / INDEX)
    unread = len(parameter_files(told.params)) - len(parameters)
    return 1 if unread or any(line["status"] == "failed" for line in lines) else 0


def _parameters(told: argparse.Namespace) -> Mapping[Path, Parameters]:
    """The parameter files; with --keep-going those that can be read, and the faults of the rest are told."""
    from krokomanalys.report.check import faults_of_data
    from krokomanalys.report.params import parameter_files, read_parameters

    files = parameter_files(told.params)
    try:
        return read_parameters(files)
    except InputError as error:
        if not told.keep_going:
            raise InputError([*error.faults, *faults_of_data(told.data)]) from None
    read: dict[Path, Parameters] = {}
    for file in files:
        try:
            read |= read_parameters([file])
        except InputError as error:
            _tell(error)
    return read


def _check(told: argparse.Namespace, parameters: Mapping[Path, Parameters]) -> None:
    """Find the faults in the data, and what would stop a report, before anything is made."""
    from krokomanalys.report.check import faults_for

    if faults := faults_for(parameters, told.data):
        if not told.keep_going:
            raise InputError(faults)
        _tell(InputError(faults))


def _asked(given: Parameters, planned: Sequence[Planned]) -> bool:
    return any(p.why and p.job.parameters is given for p in planned)


def _tell(error: InputError) -> None:
    for fault in error.faults:
        print(fault, file=sys.stderr)


def _explain(planned: Sequence[Planned], everything: bool) -> None:
    for p in planned:
        if p.why or everything:
            print(f"{p.job.label}: {'; '.join(p.why) or 'oförändrad'}")


def _summary(lines: Sequence[Mapping[str, Any]], seconds: float, index: Path) -> None:
    from krokomanalys.report.readability import summary
    from krokomanalys.swedish import number

    count = Counter(str(line["status"]) for line in lines)
    made = "rapport gjord" if count["made"] == 1 else "rapporter gjorda"
    rest = f"{count['no_data']} saknar underlag, {count['failed']} misslyckades"
    print(f"{count['made']} {made}, {count['skipped']} oförändrade, {rest}.")
    print(f"Det tog {number(seconds)} s. {_memory(lines)}Öppna {index}")
    if readable := summary([line for line in lines if line["status"] in ("made", "skipped")]):
        print(readable)
    for line in (line for line in lines if line["status"] == "failed"):
        cell = f", cell {line['error']['cell']}" if line["error"]["cell"] else ""
        print(f"  {line['name']} {line['year']}, {line['report']}{cell}: {line['error']['message']}")


def _memory(lines: Sequence[Mapping[str, Any]]) -> str:
    """The most memory that this process and a report have taken."""
    from krokomanalys.batch.workers import peak
    from krokomanalys.swedish import number

    used = [peak(), max((int(line.get("memory") or 0) for line in lines), default=0)]
    own, report = (number(amount / 10**6) for amount in used)
    return f"Minne som mest: {own} MB, och {report} MB för en rapport. " if all(used) else ""


def _cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
