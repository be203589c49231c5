"""Notebooks executed by papermill: in this process, or in a real kernel."""

from __future__ import annotations

import ast
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from krokomanalys.errors import InputError

if TYPE_CHECKING:
    from nbformat import NotebookNode

Engine = Literal["krokomanalys", "kernel"]
"""What runs the cells: batch.shell in this process, or papermill's own, which starts a kernel."""
NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"


@dataclass(frozen=True)
class CellError:
    """Where and how a notebook stopped: the cell's place among all cells (from 1), the error and its traceback."""

    notebook: str
    cell: int
    message: str
    traceback: str


class NotebookStopped(Exception):
    """A cell of a notebook raised an error. `executed` is the notebook as far as it came."""

    def __init__(self, error: CellError, executed: NotebookNode) -> None:
        self.error = error
        self.executed = executed
        super().__init__(error)


def notebook_of(report: str) -> Path:
    """The notebook that tells a report."""
    return NOTEBOOKS / f"{report}.ipynb"


def read_notebook(path: Path) -> NotebookNode:
    """A notebook from its file."""
    import nbformat

    notebook: NotebookNode = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    return notebook


def parameters_of(notebook: Path) -> set[str]:
    """The names that the cell tagged `parameters` gives values to."""
    cells = read_notebook(notebook).cells
    source = next(c.source for c in cells if "parameters" in c.metadata.get("tags", []))
    return {
        name.id
        for node in ast.parse(source).body
        if isinstance(node, ast.Assign)
        for target in node.targets
        for name in ast.walk(target)
        if isinstance(name, ast.Name)
    }


def modules_of(notebook: Path) -> set[str]:
    """The modules that a notebook's cells import, and besides them names that may be modules or be in one."""
    found: set[str] = set()
    for cell in read_notebook(notebook).cells:
        for node in ast.walk(ast.parse(cell.source)) if cell.cell_type == "code" else ():
            if isinstance(node, ast.Import):
                found |= {name.name for name in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found |= {node.module, *(f"{node.module}.{name.name}" for name in node.names)}
    return found


def execute(report: str, parameters: Mapping[str, object], target: Path, engine: Engine) -> NotebookNode:
    """Run a report's notebook from top to bottom and leave the executed notebook in `target`.

    Of `parameters` the notebook is given those that it has. They go through papermill's Python API, so that text
    like "0180" stays text.

    Raises:
        NotebookStopped: a cell raised an error; `target` holds the notebook as far as it came.
    """
    import papermill

    logging.getLogger("papermill").setLevel(logging.ERROR)
    notebook = notebook_of(report)
    wanted = parameters_of(notebook)
    given = {name: value for name, value in parameters.items() if name in wanted}
    try:
        executed: NotebookNode = papermill.execute_notebook(
            str(notebook),
            str(target),
            given,
            engine_name=None if engine == "kernel" else engine,
            kernel_name="python3",
            progress_bar=False,
            request_save_on_cell_execute=False,
            **(
                {"extra_arguments": ["--log-level=ERROR", "--ext=krokomanalys.batch.workers"]}
                if engine == "kernel"
                else {}
            ),
        )
    except papermill.PapermillExecutionError as error:
        told = "" if error.ename == InputError.__name__ else f"{error.ename}: "  # those speak Swedish for themselves
        trace = "\n".join(error.traceback)
        stopped = CellError(notebook.name, error.cell_index + 1, f"{told}{error.evalue}", trace)
        raise NotebookStopped(stopped, read_notebook(target)) from None
    return executed
