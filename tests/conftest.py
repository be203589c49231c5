"""The reports that several tests look at, made once."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from krokomanalys.report import batch
from krokomanalys.report.params import read_parameters

PARAMETERS = {
    "2262-2020.yaml": 'municipality: "2262"\nyear: 2020\nhorizon: 2037\n'
    "reports: [oversikt, befolkningsprognos, prognosuppfoljning, befolkningsanalys]\n",
    "2262-2020-ks.yaml": 'municipality: "2262"\nyear: 2020\nboard: Kommunstyrelsen\n'
    "reports: [budgetuppfoljning, maluppfoljning]\nstate: beslutad\nby: kommunstyrelsen\nwhen: 2021-03-02\n",
    "2309-2021.yaml": 'municipality: "2309"\nyear: 2021\nreports: [budgetuppfoljning, maluppfoljning]\n',
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
def finished(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Every kind of report made from the embedded data; tests that use it are in the xdist group `pages`."""
    folder = tmp_path_factory.mktemp("rapporter")
    for name, text in PARAMETERS.items():
        (folder / name).write_text(text, encoding="utf-8")
    parameters = read_parameters([folder / name for name in PARAMETERS])
    out = folder / "output"
    batch.run(batch.jobs(parameters.values(), None), out, lambda job, number: None)
    lines = [json.loads(line) for line in (out / "manifest.jsonl").read_text(encoding="utf-8").splitlines()]
    return Run(out, {(line["folder"], line["report"]): line for line in lines})


@pytest.fixture(scope="session")
def rendered_pages(finished: Run) -> list[Path]:
    return [*finished.pages, finished.out / "index.html"]
