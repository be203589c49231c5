"""Makes the reports that several tests look at, or just some kinds of them.

`python sample.py FOLDER [REPORT ...]` writes them into FOLDER/output. In a process of its own, since a test process has
threads, which a batch must not be forked from.
"""

from __future__ import annotations

import sys
from pathlib import Path

from krokomanalys.batch.jobs import jobs
from krokomanalys.batch.plan import Settings, plan
from krokomanalys.batch.run import run
from krokomanalys.report.params import read_parameters

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


def main(folder: Path, only: list[str]) -> None:
    for name, text in PARAMETERS.items():
        (folder / name).write_text(text, encoding="utf-8")
    parameters = read_parameters([folder / name for name in PARAMETERS])
    out, settings = folder / "output", Settings("fork", workers=2)
    run(plan(jobs(parameters.values(), None, only), out, settings), out, settings)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
