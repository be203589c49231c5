"""A papermill engine that runs a notebook's cells in this process, in an IPython shell made for that notebook.

No kernel is started, so a process that has its libraries imported already, and is forked for each notebook, spends
its time on the notebook alone. Registered as papermill's engine `krokomanalys`. What a notebook changes in the
process stays changed: keeping notebooks apart is for who calls (see batch.workers).

papermill loads this module while it is half imported itself, so nothing of papermill or IPython is imported above.
"""

from __future__ import annotations

import builtins
import os
import sys
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from io import TextIOBase
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell
    from nbformat import NotebookNode
    from papermill.engines import NotebookExecutionManager


class InProcessEngine:
    """papermill's engine interface: cells are run here, and the notebook is saved by papermill's own manager."""

    @classmethod
    def execute_notebook(
        cls,
        nb: NotebookNode,
        kernel_name: str,
        output_path: str | None = None,
        progress_bar: bool = True,
        log_output: bool = False,
        autosave_cell_every: int = 30,
        **_: object,
    ) -> NotebookNode:
        """Run all cells of `nb` from top to bottom and return it with their outputs.

        A cell that raises is the last one run; papermill finds its error output and raises. `kernel_name` and the
        settings of kernels are not used.
        """
        from papermill.engines import NotebookExecutionManager

        manager = NotebookExecutionManager(nb, output_path, log_output, progress_bar, autosave_cell_every)
        manager.notebook_start()
        try:
            run_cells(manager)
        finally:
            manager.cleanup_pbar()
            manager.notebook_complete()
        executed: NotebookNode = manager.nb
        return executed

    @classmethod
    def nb_kernel_name(cls, nb: NotebookNode, name: str | None = None) -> str:
        """The kernel that the notebook names, which papermill writes its parameters for."""
        from papermill.utils import nb_kernel_name

        return str(nb_kernel_name(nb, name))

    @classmethod
    def nb_language(cls, nb: NotebookNode, language: str | None = None) -> str:
        """The language that the notebook names."""
        from papermill.utils import nb_language

        return str(nb_language(nb, language))


def run_cells(manager: NotebookExecutionManager) -> None:
    """Run the cells of the manager's notebook, telling it of each, until one raises or all are done."""
    outputs: list[NotebookNode] = []
    with _shell(outputs) as shell:
        for place, cell in enumerate(manager.nb.cells):
            manager.cell_start(cell, place)
            try:
                if cell.cell_type == "code" and cell.source.strip():
                    outputs.clear()
                    with redirect_stdout(_Stream("stdout", outputs)), redirect_stderr(_Stream("stderr", outputs)):
                        result = shell.run_cell(cell.source, store_history=True)  # type: ignore[no-untyped-call]
                    cell.outputs, cell.execution_count = list(outputs), shell.execution_count - 1
                    if not result.success:
                        manager.cell_exception(cell, place)
                        return
            finally:
                manager.cell_complete(cell, cell_index=place)


class _Stream(TextIOBase):
    """Text that a cell prints, as stream outputs; what comes in a row is one output."""

    def __init__(self, name: str, outputs: list[NotebookNode]) -> None:
        self.stream, self.outputs = name, outputs

    def write(self, text: str) -> int:
        last = self.outputs[-1] if self.outputs else None
        if last is not None and last.output_type == "stream" and last.name == self.stream:
            last.text += text
        elif text:
            self.outputs.append(_output("stream", name=self.stream, text=text))
        return len(text)


@contextmanager
def _shell(outputs: list[NotebookNode]) -> Iterator[InteractiveShell]:
    """A shell whose cells' outputs go into `outputs`; at the end the interpreter's own hooks are as before."""
    from IPython.core.displayhook import DisplayHook
    from IPython.core.displaypub import DisplayPublisher
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    class Publisher(DisplayPublisher):
        def publish(self, data: Any, metadata: Any = None, source: Any = None, **_: Any) -> None:
            outputs.append(_output("display_data", data=_plain(data), metadata=metadata or {}))

        def clear_output(self, wait: bool = False) -> None:
            outputs.clear()

    class Hook(DisplayHook):
        def write_output_prompt(self) -> None:
            """A notebook shows the count beside the cell."""

        def write_format_data(self, format_dict: Mapping[str, Any], md_dict: Mapping[str, Any] | None = None) -> None:
            shown = {"data": _plain(format_dict), "metadata": md_dict or {}, "execution_count": self.prompt_count}
            outputs.append(_output("execute_result", **shown))

        def finish_displayhook(self) -> None:
            self._is_active = False

    class Shell(InteractiveShell):
        def _showtraceback(self, etype: type[BaseException], evalue: BaseException, stb: list[str]) -> None:
            outputs.append(_output("error", ename=etype.__name__, evalue=str(evalue), traceback=list(stb)))

    settings = Config()
    settings.HistoryManager.enabled = False
    before = sys.modules["__main__"], sys.displayhook, sys.excepthook, dict(vars(builtins))
    other: Any = InteractiveShell.instance() if InteractiveShell.initialized() else None
    InteractiveShell.clear_instance()
    shell = Shell.instance(config=settings, display_pub_class=Publisher, displayhook_class=Hook)
    try:
        _draw_inline(shell)
        yield shell
    finally:
        shell.reset(new_session=False)  # type: ignore[no-untyped-call]
        Shell.clear_instance()
        for kind in type(other)._walk_mro() if other is not None else ():
            kind._instance = other
        sys.modules["__main__"], sys.displayhook, sys.excepthook = before[:3]
        for name in set(vars(builtins)) - set(before[3]):
            delattr(builtins, name)


def _draw_inline(shell: InteractiveShell) -> None:
    """Show the figures that a cell leaves open as its outputs, as a kernel does."""
    import matplotlib as mpl
    from matplotlib_inline.backend_inline import configure_inline_support
    from matplotlib_inline.config import InlineBackend

    InlineBackend.clear_instance()  # both are of an earlier notebook in this process, where there was one
    vars(configure_inline_support).pop("current_backend", None)
    backend = "module://matplotlib_inline.backend_inline"
    os.environ["MPLBACKEND"] = mpl.rcParams["backend"] = backend
    if (pyplot := sys.modules.get("matplotlib.pyplot")) is not None:
        pyplot.switch_backend(backend)
    configure_inline_support(shell, backend)  # type: ignore[no-untyped-call]


def _output(kind: str, **content: object) -> NotebookNode:
    from nbformat.v4 import new_output

    output: NotebookNode = new_output(kind, **content)  # type: ignore[no-untyped-call]
    return output


def _plain(data: Mapping[str, Any]) -> dict[str, Any]:
    """What a notebook file may hold: bytes are base64 text there."""
    return {
        kind: b64encode(value).decode("ascii") if isinstance(value, bytes) else value for kind, value in data.items()
    }
