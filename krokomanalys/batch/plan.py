"""What a batch has to make, and why: the rest is as it was when the manifest was written."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from krokomanalys.batch import content
from krokomanalys.batch.engine import Engine
from krokomanalys.batch.jobs import Job
from krokomanalys.batch.manifest import Record, read_manifest
from krokomanalys.batch.workers import Limits, Start
from krokomanalys.sources.slices import REPORTS

Runner = Literal["fork", "spawn", "kernel"]


@dataclass(frozen=True)
class Settings:
    """How a batch is made.

    runner    fork: each report in a copy of this process; spawn: in a new interpreter; kernel: in a Jupyter kernel
    workers   reports made at the same time
    limits    what a report may take before it is stopped
    force     make reports also where nothing has changed since they were made
    with_code  whether pages show their code, and the executed notebooks lie beside them
    cluster   address of the dask scheduler whose workers make the reports; absent: this machine
    """

    runner: Runner
    workers: int = 1
    limits: Limits | None = None
    force: bool = False
    with_code: bool = True
    cluster: str | None = None

    @property
    def start(self) -> Start:
        """How a report's process comes to be."""
        return "spawn" if self.runner == "spawn" or not hasattr(os, "fork") else "fork"

    @property
    def engine(self) -> Engine:
        """What runs the cells."""
        return "kernel" if self.runner == "kernel" else "krokomanalys"


@dataclass(frozen=True)
class Planned:
    """A job with what its page is to be made from, and why it has to be made; `why` is empty where it hasn't.

    `line` is what the manifest says of the report before, and `about` what a new line will say of what it is made from.
    """

    job: Job
    about: Record
    line: Record | None
    why: tuple[str, ...]


def plan(todo: Sequence[Job], out: Path, settings: Settings) -> list[Planned]:
    """What is to be made of the jobs, and why: what has changed since the output folder's manifest was written.

    Raises:
        InputError: the manifest cannot be read.
    """
    before = read_manifest(out)
    figures = {data: content.Figures(data) for data in {job.data for job in todo}}
    made_by = {report: content.versions(report) for report in {job.report for job in todo}}
    return [_planned(job, figures[job.data], made_by[job.report], before.get(job.place), out, settings) for job in todo]


def _planned(
    job: Job, figures: content.Figures, versions: dict[str, str], line: Record | None, out: Path, settings: Settings
) -> Planned:
    told = job.parameters
    parameters = told.model_dump(mode="json", exclude={"reports"}) | {"with_code": settings.with_code}
    parts = {"parameters": parameters, "figures": figures.of(job), "versions": versions}
    about = {
        "report": job.report,
        "title": REPORTS[job.report].title,
        "municipality": told.municipality,
        "name": job.name,
        "folder": job.folder,
        "year": told.year,
        "period": told.period,
        "board": told.board,
        "key": content.key(*parts.values()),
        **parts,
    }
    return Planned(job, about, line, tuple(_reasons(about, line, out, settings)))


def _reasons(about: Record, line: Record | None, out: Path, settings: Settings) -> list[str]:
    if line is None:
        return ["rapporten är inte gjord förut"]
    if settings.force:
        return ["--force"]
    if line["status"] == "failed":
        return ["den misslyckades förra gången"]
    if line.get("key") != about["key"]:
        return content.changes(line, about) or ["raden i manifestet är från en äldre version"]
    return [f"{o['file']} är borta" for o in line["outputs"] if not (out / o["file"]).is_file()][:1]
