"""A figure as a report shows it: drawn once as SVG and PNG, with an alt text, a caption and its numbers."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from krokomanalys.report.tables import Table, table_from

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MEDIA_TYPE = "application/vnd.krokomanalys.figure+json"
PNG_DPI = 150


@dataclass(frozen=True, eq=False)
class Picture:
    """A drawn figure. In a notebook it shows itself; the batch reads it back to write the files beside the page.

    name     ASCII and short, unique in the report: its files are called so
    alt      what the figure shows, for who can't see it: the kind of chart and the finding, in Swedish
    caption  what is drawn, unit and source
    svg      the drawing, text as text; the same figure gives the same bytes
    png      the drawing at 150 dots per inch
    table    the numbers that are drawn
    """

    name: str
    alt: str
    caption: str
    svg: str
    png: bytes
    table: Table

    @property
    def html(self) -> str:
        """The figure as an accessible fragment that refers to nothing outside itself, its numbers in <details>."""
        data = base64.b64encode(self.svg.encode()).decode()
        label = escape(f"Figur: {self.table.caption}")
        return (
            f'<figure><div class="wide" role="region" tabindex="0" aria-label="{label}">'
            f'<img alt="{escape(self.alt)}" {_size(self.svg)} src="data:image/svg+xml;base64,{data}"></div>'
            f"<figcaption>{escape(self.caption)}</figcaption></figure>\n"
            f'<details class="numbers"><summary>Figurens siffror</summary>{self.table.html}</details>'
        )

    def as_json(self) -> dict[str, Any]:
        """All of the picture, the PNG in base64; `picture_from` reads it back."""
        return {
            "name": self.name,
            "alt": self.alt,
            "caption": self.caption,
            "svg": self.svg,
            "png": base64.b64encode(self.png).decode(),
            "table": self.table.as_json(),
        }

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        return {"text/plain": f"Figur: {self.alt}", "text/html": self.html, MEDIA_TYPE: self.as_json()}


def picture(figure: Figure, *, name: str, alt: str, caption: str, table: Table) -> Picture:
    """Draw a matplotlib figure and close it. ValueError without an alt text and a caption."""
    import matplotlib as mpl
    from matplotlib import pyplot as plt
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    if not alt.strip() or not caption.strip():
        raise ValueError(f"figure {name} needs an alt text and a caption")
    ConstrainedLayoutEngine().execute(figure)  # once: an engine of the figure's own would draw it anew for each file
    svg, png = io.StringIO(), io.BytesIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "krokomanalys"}):
        figure.savefig(svg, format="svg", metadata={"Date": None, "Creator": None})
    figure.savefig(png, format="png", dpi=PNG_DPI, metadata={"Software": None}, pil_kwargs={"compress_level": 1})
    plt.close(figure)
    drawing = svg.getvalue()
    return Picture(name, alt, caption, drawing[drawing.index("<svg") :], png.getvalue(), table)


def picture_from(data: Mapping[str, Any]) -> Picture:
    """The picture that `Picture.as_json` wrote."""
    text = {key: data[key] for key in ("name", "alt", "caption", "svg")}
    return Picture(png=base64.b64decode(data["png"]), table=table_from(data["table"]), **text)


def _size(svg: str) -> str:
    """Width and height in CSS pixels as attributes, so that the page doesn't jump and JupyterLab shows it right."""
    points = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    if points is None:
        raise ValueError("an SVG without a viewBox")
    width, height = (round(float(value) * 96 / 72) for value in points.groups())
    return f'width="{width}" height="{height}"'
