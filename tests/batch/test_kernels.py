"""A kernel ends with the report that it was started for, however that goes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from driver import command
from processes import below, lives
from test_survives import Notebooks, wait_for

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
BUSY = "import os, pathlib, re; pathlib.Path({!r}).write_text(str(os.getpid()))\nre.match('(a+)+b', 40 * 'a')"
"""A cell in a call that lets no other thread of its process run."""


@pytest.mark.parametrize("how", ["its report takes too long", "the run is killed"])
def test_no_kernel_is_left_when(notebooks: Notebooks, tmp_path: Path, how: str) -> None:
    begun = tmp_path / "begun"
    folder = notebooks(oversikt=BUSY.format(str(begun)))
    told = command(folder, tmp_path / "out", runner="kernel", seconds=8 if how == "its report takes too long" else 600)
    running = subprocess.Popen(told, stdout=subprocess.DEVNULL)
    try:
        wait_for(lambda: begun.exists() and begun.read_text() != "")
        own = below(running.pid)
        assert int(begun.read_text()) in own
        if how == "the run is killed":
            running.kill()
        assert running.wait(60) != 0
        wait_for(lambda: not any(map(lives, own)), seconds=10)
    finally:
        running.kill()
