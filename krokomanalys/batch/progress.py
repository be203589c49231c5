"""The batch on the economist's screen: a bar with what has been made, how fast it goes and the time left."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from krokomanalys.swedish import number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from krokomanalys.batch.manifest import Record
    from krokomanalys.batch.plan import Planned, Settings


def with_progress(planned: Sequence[Planned], out: Path, settings: Settings) -> list[Record]:
    """Make what is planned with a progress bar; a line for each where the output is no terminal. Returns the lines.

    The bar is drawn as reports come, by this thread: a process with threads can't be forked safely.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from krokomanalys.batch.run import run

    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[pace]}"),
    )
    total = sum(bool(p.why) for p in planned)
    started, made = time.monotonic(), 0
    with Progress(*columns, console=console, auto_refresh=False) as bar:
        task = bar.add_task("Börjar", total=total, pace="")
        bar.refresh()

        def told(line: Record) -> None:
            nonlocal made
            made += 1
            label = f"{line['name']} {line['year']}, {line['report']}"
            each = (time.monotonic() - started) / made
            pace = f"{number(each, 1)} s var, kvar {number((total - made) * each / 60, 0)} min"
            bar.update(task, completed=made, description=label, pace=pace)
            bar.refresh()
            if not console.is_terminal:
                print(f"{made}/{total} {label}", file=sys.stderr, flush=True)

        lines = run(planned, out, settings, told)
        bar.update(task, completed=total, description="Klart")
        bar.refresh()
    return lines
