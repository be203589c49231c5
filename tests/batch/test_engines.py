"""Notebooks run in a process of ours are what papermill's own kernel makes of them, and leave nothing behind."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from driver import write_notebook

from krokomanalys.batch import engine
from krokomanalys.sources.slices import REPORTS

EVERY = Path(__file__).with_name("every.py")
Run = Callable[..., tuple[int, dict[str, dict[str, Any]], str]]


def executed(out: Path, runner: str, *reports: str) -> dict[str, nbformat.NotebookNode]:
    out.mkdir()
    subprocess.run([sys.executable, str(EVERY), str(out), runner, *reports], check=True, capture_output=True)
    return {file.stem: nbformat.read(file, as_version=4) for file in sorted(out.glob("*.ipynb"))}


STAMP = re.compile(r"\d{4}-\d\d-\d\d(T[\d:]{8}[+-]\d\d:\d\d| kl\. \d\d\.\d\d)")
"""When a notebook was run: in its last piece, as on the page."""


def outputs(notebook: nbformat.NotebookNode) -> list[tuple[Any, str]]:
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return [(cell.execution_count, STAMP.sub("", json.dumps(cell.outputs, sort_keys=True))) for cell in code]


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> dict[str, nbformat.NotebookNode]:
    """Every notebook run with its defaults, without a kernel."""
    return executed(tmp_path_factory.mktemp("egna") / "ut", "fork")


@pytest.mark.parametrize("report", sorted(REPORTS))
def test_each_notebook_runs_from_top_to_bottom_with_its_defaults(
    ours: dict[str, nbformat.NotebookNode], report: str
) -> None:
    shown = [o for cell in ours[report].cells if cell.cell_type == "code" for o in cell.outputs]
    assert len(shown) >= 5 and not [o for o in shown if o.output_type in ("error", "stream")]


@pytest.mark.parametrize(("runner", "report"), [("kernel", "befolkningsprognos"), ("spawn", "maluppfoljning")])
def test_each_way_to_run_a_notebook_gives_the_same_outputs(
    ours: dict[str, nbformat.NotebookNode], tmp_path: Path, runner: str, report: str
) -> None:
    assert outputs(executed(tmp_path / "ut", runner, report)[report]) == outputs(ours[report])


EVERYTHING = """\
print("rad ett"); print("rad två")
import sys; print("varning", file=sys.stderr)
import pandas as pd
from IPython.display import display, HTML
display(HTML("<b>visat</b>"))
from matplotlib import pyplot as plt
plt.plot([1, 2]); plt.show()
pd.DataFrame({"å": [1]})
"""


def test_all_that_a_cell_can_show_comes_out_of_each_engine(tmp_path: Path) -> None:
    write_notebook(tmp_path / "notebooks" / "oversikt.ipynb", EVERYTHING, "import os; os.environ['X'] = '1'\n2 + 2")
    found = {}
    for runner in ("krokomanalys", "kernel"):
        script = (
            "import sys; from pathlib import Path; from krokomanalys.batch import engine;"
            f"engine.NOTEBOOKS = Path({str(tmp_path / 'notebooks')!r});"
            f"engine.execute('oversikt', {{}}, Path({str(tmp_path / runner)!r} + '.ipynb'), {runner!r})"
        )
        subprocess.run([sys.executable, "-c", script], check=True, capture_output=True)
        found[runner] = nbformat.read(tmp_path / f"{runner}.ipynb", as_version=4)
    kinds = [o.output_type for o in found["kernel"].cells[1].outputs]
    assert {"stream", "display_data", "execute_result"} <= set(kinds)
    assert outputs(found["krokomanalys"]) == outputs(found["kernel"])


@pytest.mark.parametrize("runner", ["krokomanalys", "kernel"])
def test_a_code_with_a_leading_zero_reaches_the_notebook_as_text(
    runner: engine.Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_notebook(tmp_path / "notebooks" / "oversikt.ipynb", "municipality")
    monkeypatch.setattr(engine, "NOTEBOOKS", tmp_path / "notebooks")
    told = {"municipality": "0180", "year": 2021, "okand": 1}
    notebook = engine.execute("oversikt", told, tmp_path / "u.ipynb", runner)
    assert notebook.cells[-1].outputs[0]["data"]["text/plain"] == "'0180'"


def test_papermill_finds_the_engine_by_its_name() -> None:
    from papermill.engines import papermill_engines

    from krokomanalys.batch.shell import InProcessEngine

    assert papermill_engines.get_engine("krokomanalys") is InProcessEngine


LEAVES = """\
import os, sys, math, random, warnings
import numpy as np, pandas as pd, matplotlib as mpl
from matplotlib import pyplot as plt
plt.switch_backend("svg")
warnings.simplefilter("error", BytesWarning)
random.seed(1); np.random.seed(1)
pd.set_option("display.max_rows", 3)
mpl.rcParams["figure.dpi"] = 33
os.environ["KVAR"] = "1"
math.pi = 3
sys.modules["kvar"] = math
import krokomanalys.swedish
krokomanalys.swedish.number = None
os.chdir("/")
"""
LOOKS = """\
import os, sys, math, random, warnings
import numpy as np, pandas as pd, matplotlib as mpl
import krokomanalys.swedish
print(pd.get_option("display.max_rows"), mpl.rcParams["figure.dpi"], os.environ.get("KVAR"), math.pi,
      "kvar" in sys.modules, krokomanalys.swedish.number is None, os.getcwd() == "/",
      "plt" in dir(), mpl.get_backend() == "svg",
      warnings.filters[0][2] is BytesWarning, random.random() == random.Random(1).random(),
      np.random.random() == np.random.RandomState(1).random())
"""


@pytest.mark.parametrize("runner", ["fork", "spawn"])
def test_what_a_report_does_to_its_process_is_not_seen_by_the_next(
    notebooks: Callable[..., Path], run: Run, tmp_path: Path, runner: str
) -> None:
    folder = notebooks(befolkningsanalys=LEAVES, oversikt=LOOKS)
    code, _, _ = run(folder, workers=1, runner=runner)
    assert code == 0
    seen = nbformat.read(tmp_path / "out/2309-krokom/2021/oversikt.ipynb", as_version=4).cells[-1].outputs[0].text
    assert seen.split() == ["60", "100.0", "None", "3.141592653589793", *["False"] * 8]
