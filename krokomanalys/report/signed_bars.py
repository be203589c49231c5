"""Bars to both sides of zero: what makes each of some changes, part by part, with the sum as a dot and a number."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from krokomanalys.report.pictures import Picture, picture
from krokomanalys.report.tables import Column, Table
from krokomanalys.report.theme import INK, new_axes, swedish_axis
from krokomanalys.swedish import number


def signed_bars(
    frame: pd.DataFrame,
    parts: Mapping[str, tuple[str, str]],
    *,
    name: str,
    head: str,
    title: str,
    unit: str,
    alt: str,
    caption: str,
) -> Picture:
    """One bar for each row of `frame`, whose index says what it is: parts above zero to the right, below to the left.

    parts  the columns drawn, each with its label and colour; the rest of the frame is not shown
    head   what the rows are, for the table of numbers; `title` is its caption
    """
    figure, axes = new_axes(0.42 * len(frame) + 1.1)
    drawn = frame[list(parts)]
    total = drawn.sum(axis=1)
    places = list(range(len(frame)))
    for side, named in ((drawn.clip(lower=0), True), (drawn.clip(upper=0), False)):
        left = 0 * total
        for column, (label, colour) in parts.items():
            axes.barh(places, side[column], left=left, height=0.6, color=colour, label=label if named else "_")
            left = left + side[column]
    axes.scatter(total, places, color=INK, s=22, zorder=3, label="summa (talen till höger)")
    axes.axvline(0, color=INK, linewidth=0.8)
    for place, value in zip(places, total, strict=True):
        axes.annotate(
            number(value, signed=True),
            (1.0, place),
            xycoords=("axes fraction", "data"),
            xytext=(34, 0),
            textcoords="offset points",
            ha="right",
            va="center",
            weight="bold",
        )
    axes.set_yticks(places, [str(label) for label in frame.index])
    axes.invert_yaxis()
    axes.grid(visible=True, axis="x")
    axes.grid(visible=False, axis="y")
    axes.set(xlabel=unit)
    swedish_axis(axes.xaxis, signed=True)
    figure.legend(ncols=len(parts) + 1, loc="outside upper left", columnspacing=1.4, handlelength=1.2)
    numbers = drawn.assign(total=total)
    numbers.insert(0, "row", [str(label) for label in frame.index])
    columns = {
        "row": Column(head, kind="text"),
        **{column: Column(label[:1].upper() + label[1:], unit, signed=True) for column, (label, _) in parts.items()},
        "total": Column("Summa", unit, signed=True),
    }
    return picture(
        figure, name=name, alt=alt, caption=caption, table=Table(name, title, numbers.reset_index(drop=True), columns)
    )
