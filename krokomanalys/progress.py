"""The batch on the economist's screen: a bar with what is being made and the time left."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from krokomanalys.report.batch import Job


def with_progress(todo: list[Job], out: Path) -> list[dict[str, Any]]:
    """Make all jobs with a progress bar; a line for each where the output is no terminal. Returns their records."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    from krokomanalys.report import batch

    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("kvar"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("Börjar", total=len(todo))

        def told(job: Job, number: int) -> None:
            label = f"{job.name} {job.parameters.year}, {job.report}"
            bar.update(task, completed=number, description=label)
            if not console.is_terminal:
                print(f"{number + 1}/{len(todo)} {label}", file=sys.stderr, flush=True)

        records = batch.run(todo, out, told)
        bar.update(task, completed=len(todo), description="Klart")
    return records
