"""Several pieces, tables and figures that one cell shows, one after the other."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

from krokomanalys.report.page import Piece
from krokomanalys.report.pictures import Picture
from krokomanalys.report.tables import MEDIA_TYPE, Table


@dataclass(frozen=True, eq=False)
class Folded:
    """A table that stands in <details> on the page, since what it holds is told elsewhere on it.

    It is a table like any other to tabeller.xlsx. In print it is left out.
    """

    table: Table

    @property
    def html(self) -> str:
        """The table behind its caption."""
        return f'<details class="numbers"><summary>{escape(self.table.caption)}</summary>{self.table.html}</details>'

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        shown = self.table._repr_mimebundle_()
        return shown | {"text/html": self.html, MEDIA_TYPE: self.table.as_json()}


Part = Piece | Table | Picture | Folded


@dataclass(frozen=True, eq=False)
class Sections:
    """What a cell shows when it is more than one thing: each part is an output of its own, so that nothing is lost.

    Tables go to tabeller.xlsx and figures to their files as if each had a cell to itself.
    """

    parts: tuple[Part, ...]

    def _ipython_display_(self) -> None:
        from IPython.display import display

        for part in self.parts:
            display(part)  # type: ignore[no-untyped-call]
