"""A waterfall: from one amount to another by the parts that sum to the difference, from the top down."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from textwrap import fill
from typing import TYPE_CHECKING

import pandas as pd

from krokomanalys.report.pictures import Picture, picture
from krokomanalys.report.tables import Column, Table
from krokomanalys.report.theme import INK, RUST, SOFT, TEAL, new_axes, swedish_axis
from krokomanalys.swedish import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Part = tuple[str, float]
"""What a bar is called, and its amount."""

LONGEST_NAME = 30  # characters of a bar's name on one line
NUMBER = 0.15  # of the bars' reach: room for a number beside the outermost
ROW, LINE, REST = 0.36, 0.13, 0.75  # inches: a bar, each further line of its name, and the axis with its words


def waterfall(
    start: Part,
    parts: Sequence[Part],
    end: Part,
    *,
    name: str,
    title: str,
    alt: str,
    caption: str,
    axis: str = "invånare",
    unit: str = "personer",
    level: str = "Folkmängd efter delen",
    decimals: int = 0,
    hatched: Collection[str] = (),
) -> Picture:
    """Bars from `start` by `parts` to `end`, one under the other so that long names can be read.

    The axis is broken where zero lies far from what is drawn: the parts are small beside the two ends. Those then
    begin at the edge nearest zero, so that the longer bar is the larger amount.

    title    caption of the table of numbers, where `level` heads the amounts after each part, in `unit`
    axis     what is measured, with its unit
    hatched  names of parts that are not known to be anything, such as what nobody has explained
    A part of 0 is drawn as nothing and still named, with its 0.

    Raises:
        ValueError: the parts do not sum to the difference.
    """
    levels = [start[1]]
    for _, value in parts:
        levels.append(levels[-1] + value)
    if abs(levels[-1] - end[1]) > 1e-6 * max(1.0, abs(end[1])):
        raise ValueError(f"{name}: parts end at {levels[-1]}, not at {end[1]}")
    labels = [fill(label, LONGEST_NAME) for label, _ in (start, *parts, end)]
    figure, axes = new_axes(REST + sum(ROW + LINE * label.count("\n") for label in labels))
    base, edges, broken = _span(levels)
    last = len(parts) + 1
    for place, (label, value) in enumerate(parts, start=1):
        colour = TEAL if value >= 0 else RUST
        look = {"color": "white", "edgecolor": colour, "hatch": "////"} if label in hatched else {"color": colour}
        axes.barh(place, value, left=levels[place - 1], height=0.62, **look)  # type: ignore[arg-type]
        _written(axes, number(value, decimals, signed=True), place, max(levels[place - 1 : place + 1]))
    for place, (_, value) in ((0, start), (last, end)):
        axes.barh(place, value - base, left=base, height=0.62, color=INK)
        _written(axes, number(value, decimals), place, value, left=value < base)
    for place, height in enumerate(levels):
        axes.plot([height, height], [place - 0.31, place + 1.31], color=SOFT, linewidth=0.8)
    if not broken:
        axes.axvline(0, color=INK, linewidth=0.8)
    axes.set_yticks(range(last + 1), labels)
    axes.invert_yaxis()
    axes.grid(visible=True, axis="x")
    axes.grid(visible=False, axis="y")
    axes.set(xlabel=f"{axis} (axeln är bruten)" if broken else axis, xlim=edges)
    swedish_axis(axes.xaxis, decimals)
    axes.locator_params(axis="x", nbins=6)
    frame = pd.DataFrame(
        {
            "part": [label.replace("\n", " ") for label, _ in (start, *parts, end)],
            "value": [float("nan"), *(value for _, value in parts), float("nan")],
            "level": [*levels, end[1]],
        }
    )
    columns = {
        "part": Column("Del", kind="text"),
        "value": Column("Skillnad", unit, decimals=decimals, signed=True),
        "level": Column(level, unit, decimals=decimals),
    }
    return picture(figure, name=name, alt=alt, caption=caption, table=Table(name, title, frame, columns))


def _span(levels: Sequence[float]) -> tuple[float, tuple[float, float], bool]:
    """Where the ends' bars begin, the axis' two edges, and whether it is broken: zero is not on it."""
    low, high = min(levels), max(levels)
    reach = high - low or max(abs(high), 1.0)
    if low - 1.5 * reach <= 0 <= high + 1.5 * reach:
        low, high = min(low, 0.0), max(high, 0.0)
        room = NUMBER * (high - low) or 1.0
        return 0.0, (low - room if low < 0 else low, high + room), False
    room, base = NUMBER * reach, 0.35 * reach
    if low > 0:
        return low - base, (low - base, high + 1.6 * room), True
    return high + base, (low - 1.6 * room, high + base), True


def _written(axes: Axes, text: str, place: float, at: float, *, left: bool = False) -> None:
    offset, side = (-4, "right") if left else (4, "left")
    axes.annotate(text, (at, place), xytext=(offset, 0), textcoords="offset points", va="center", ha=side)
