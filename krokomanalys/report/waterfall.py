"""A waterfall: from one number to another by the parts that sum to the difference."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from krokomanalys.report.pictures import Picture, picture
from krokomanalys.report.tables import Column, Table
from krokomanalys.report.theme import INK, RUST, SOFT, TEAL, new_axes, swedish_axis
from krokomanalys.swedish import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Part = tuple[str, float]
"""What a bar is called, and its number of inhabitants."""


def waterfall(
    start: Part, parts: Sequence[Part], end: Part, *, name: str, title: str, alt: str, caption: str
) -> Picture:
    """Bars from `start` by `parts` to `end`, inhabitants; the axis is broken, since the parts are small beside them.

    `title` is the caption of the table of numbers. Line breaks in a bar's name are kept in the figure.

    Raises:
        ValueError: the parts do not sum to the difference.
    """
    levels = [start[1]]
    for _, value in parts:
        levels.append(levels[-1] + value)
    if abs(levels[-1] - end[1]) > 1e-6:
        raise ValueError(f"{name}: parts end at {levels[-1]}, not at {end[1]}")
    figure, axes = new_axes(3.6)
    for place, (_, value) in enumerate(parts, start=1):
        bottom = levels[place - 1]
        axes.bar(place, value, bottom=bottom, color=TEAL if value >= 0 else RUST, width=0.62)
        axes.plot([place - 0.69, place + 0.31], [bottom, bottom], color=SOFT, linewidth=0.8)
        _written(axes, number(value, signed=True), place, max(levels[place - 1 : place + 1]))
    last = len(parts) + 1
    axes.plot([last - 1.31, last + 0.31], [end[1], end[1]], color=SOFT, linewidth=0.8)
    floor = min(levels) - 0.25 * (max(levels) - min(levels) + 10)
    for place, (_, value) in ((0, start), (last, end)):
        axes.bar(place, value - floor, bottom=floor, color=INK, width=0.62)
        _written(axes, number(value), place, value)
    axes.set_xticks(range(last + 1), [label for label, _ in (start, *parts, end)])
    axes.set(ylabel="invånare (axeln är bruten)", ylim=(floor, max(levels) + 0.08 * (max(levels) - floor)))
    swedish_axis(axes.yaxis)
    frame = pd.DataFrame(
        {
            "part": [label.replace("\n", " ") for label, _ in (start, *parts, end)],
            "value": [float("nan"), *(value for _, value in parts), float("nan")],
            "level": [*levels, end[1]],
        }
    )
    columns = {
        "part": Column("Del", kind="text"),
        "value": Column("Skillnad", "personer", signed=True),
        "level": Column("Folkmängd efter delen", "personer"),
    }
    return picture(figure, name=name, alt=alt, caption=caption, table=Table(name, title, frame, columns))


def _written(axes: Axes, text: str, place: float, height: float) -> None:
    axes.annotate(text, (place, height), xytext=(0, 3), textcoords="offset points", ha="center")
