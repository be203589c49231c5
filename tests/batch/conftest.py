"""Small notebooks and batches of them in processes of their own."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from driver import command, write_notebook


@pytest.fixture
def notebooks(tmp_path: Path) -> Callable[..., Path]:
    """Write notebooks named by kinds of reports, a cell each, and say which folder they are in."""

    def written(**cells: str) -> Path:
        for name, cell in cells.items():
            write_notebook(tmp_path / "notebooks" / f"{name}.ipynb", cell)
        return tmp_path / "notebooks"

    return written


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., tuple[int, dict[str, dict[str, Any]], str]]:
    """Make a batch and say its exit code, its lines by report, and what it said of what went wrong."""

    def made(notebooks: Path, out: Path | None = None, **options: object) -> tuple[int, dict[str, Any], str]:
        told = subprocess.run(
            command(notebooks, out or tmp_path / "out", **options), capture_output=True, text=True, timeout=120
        )
        lines = json.loads(told.stdout) if told.stdout else []
        return told.returncode, {line["report"]: line for line in lines}, told.stderr

    return made
