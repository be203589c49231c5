"""The reports that several tests look at, made once."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from krokomanalys.report import batch
from krokomanalys.report.params import read_parameters

settings.register_profile("untimed", deadline=None)  # how long an example takes says nothing of whether it is right
settings.load_profile("untimed")
LONGEST_WAIT = 400  # seconds for the reports that another test process makes
PARAMETERS = {
    "2262-2020.yaml": 'municipality: "2262"\nyear: 2020\nhorizon: 2037\n'
    "reports: [oversikt, befolkningsprognos, prognosuppfoljning, befolkningsanalys]\n",
    "2262-2020-ks.yaml": 'municipality: "2262"\nyear: 2020\nboard: Kommunstyrelsen\n'
    "reports: [budgetuppfoljning, maluppfoljning]\nstate: beslutad\nby: kommunstyrelsen\nwhen: 2021-03-02\n",
    "2309-2021.yaml": 'municipality: "2309"\nyear: 2021\nreports: [budgetuppfoljning, maluppfoljning, jamforelsetal]\n',
    "2309-2024.yaml": 'municipality: "2309"\nyear: 2024\nhorizon: 2037\nshape_from: "2262"\nreports: [oversikt]\n',
    "2309-2024-plan.yaml": 'municipality: "2309"\nyear: 2024\nreports: [ekonomisk_plan]\n',
    "0000-2025-08.yaml": 'municipality: "0000"\nyear: 2025\nperiod: "08"\nreports: [budgetuppfoljning]\n',
    "0000-2025-delar.yaml": 'municipality: "0000"\nyear: 2025\nperiod: delar\nknown_until: 2025-08-31\n'
    "reports: [delarsrapport]\n",
}


@dataclass(frozen=True)
class Run:
    """A finished batch: its output folder and its manifest, by folder and report."""

    out: Path
    records: dict[tuple[str, str], dict[str, Any]]

    @property
    def pages(self) -> list[Path]:
        return [self.out / r["outputs"][0]["file"] for r in self.records.values() if r["status"] == "made"]


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Run:
    """Every kind of report made from the embedded data, by the first of the test processes that needs it."""
    own = tmp_path_factory.getbasetemp()
    folder = (own if worker_id == "master" else own.parent) / "rapporter"
    out, made = folder / "output", folder / "made"
    try:
        folder.mkdir()
    except FileExistsError:
        for _ in range(LONGEST_WAIT):
            if made.exists():
                break
            time.sleep(1)
        assert made.read_text(encoding="utf-8") == "", made.read_text(encoding="utf-8")
    else:
        try:
            _make(folder, out)
        except BaseException as error:
            made.write_text(repr(error), encoding="utf-8")
            raise
        made.write_text("", encoding="utf-8")
    lines = [json.loads(line) for line in (out / "manifest.jsonl").read_text(encoding="utf-8").splitlines()]
    return Run(out, {(line["folder"], line["report"]): line for line in lines})


def _make(folder: Path, out: Path) -> None:
    for name, text in PARAMETERS.items():
        (folder / name).write_text(text, encoding="utf-8")
    parameters = read_parameters([folder / name for name in PARAMETERS])
    batch.run(batch.jobs(parameters.values(), None), out, lambda job, number: None)


@pytest.fixture(scope="session")
def rendered_pages(finished: Run) -> list[Path]:
    return [*finished.pages, finished.out / "index.html"]
