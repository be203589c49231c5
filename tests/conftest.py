"""The reports that several tests look at, made once."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

settings.register_profile("untimed", deadline=None)  # how long an example takes says nothing of whether it is right
settings.load_profile("untimed")
SAMPLE = Path(__file__).with_name("sample.py")
LONGEST_WAIT = 400  # seconds for the reports that another test process makes


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
            subprocess.run([sys.executable, str(SAMPLE), str(folder)], check=True, capture_output=True, text=True)
        except subprocess.CalledProcessError as error:
            made.write_text(error.stderr, encoding="utf-8")
            raise
        made.write_text("", encoding="utf-8")
    lines = [json.loads(line) for line in (out / "manifest.jsonl").read_text(encoding="utf-8").splitlines()]
    return Run(out, {(line["folder"], line["report"]): line for line in lines})


@pytest.fixture(scope="session")
def rendered_pages(finished: Run) -> list[Path]:
    return [*finished.pages, finished.out / "index.html"]
