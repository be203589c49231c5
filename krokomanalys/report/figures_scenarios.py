"""The figures of scenarios and of what a target takes."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

import pandas as pd

from krokomanalys.population.outlook import Outlook
from krokomanalys.report.figures import SCB
from krokomanalys.report.pictures import Picture, picture
from krokomanalys.report.scenarios import MAIN, Future
from krokomanalys.report.seek import Aim, moved_in_by_year
from krokomanalys.report.tables import Column, Table
from krokomanalys.report.theme import (
    BLUE,
    INK,
    OLIVE,
    ROSE,
    RUST,
    TEAL,
    WIDTH,
    bars,
    label_ends,
    new_axes,
    swedish_axis,
    theme,
    year_axis,
)
from krokomanalys.sources.slices import Slice
from krokomanalys.swedish import listed, number

COLOURS = (RUST, BLUE, OLIVE, ROSE)
SHOWN_BEFORE = 15
"""Observed years shown before the base year: enough to see the pace, few enough to see the scenarios part."""
LABEL_WIDTH = 24


def scenario_paths(outlook: Outlook, futures: Sequence[Future]) -> Picture | None:
    """Inhabitants by year: outcome, main projection and each scenario; nothing without scenarios."""
    if not futures:
        return None
    import seaborn as sns

    base, last = outlook.base_year, int(outlook.path.index[-1])
    known = outlook.totals.loc[base - SHOWN_BEFORE :]
    figure, axes = new_axes(3.6 + 0.25 * len(futures))
    sns.lineplot(x=known.index, y=known.to_numpy(), ax=axes, color=INK, legend=False, errorbar=None)
    paths = {MAIN: outlook.path} | {f.scenario.title: f.projection.population.totals for f in futures}
    for place, (title, path) in enumerate(paths.items()):
        label = textwrap.fill(f"{title}: {number(path.iloc[-1])}", LABEL_WIDTH, break_long_words=False)
        axes.plot(
            path.index,
            path.to_numpy(),
            color=TEAL if place == 0 else COLOURS[(place - 1) % len(COLOURS)],
            linewidth=2.4 if place == 0 else 1.5,
            linestyle="-" if place <= len(COLOURS) else "--",
            label=label,
            zorder=3 if place == 0 else 2,
        )
    axes.axvline(base, color=INK, linewidth=0.8, linestyle=":")
    swedish_axis(axes.yaxis)
    year_axis(axes.xaxis)
    axes.margins(x=0.01)
    axes.set(xlabel="", ylabel="invånare 31 december")
    label_ends(axes, gap=24)
    ends = [f"{f.scenario.title}: {number(f.projection.population.totals.iloc[-1])}" for f in futures]
    table = pd.DataFrame({"outcome": known, **{f"path{p}": s for p, s in enumerate(paths.values())}})
    return picture(
        figure,
        name="scenarier",
        alt=f"Linjediagram. Huvudprognosen ger {number(outlook.path.iloc[-1])} invånare {last}. {listed(ends)}.",
        caption=f"Invånare 31 december {known.index[0]}–{last}: utfall till {base}, därefter huvudprognosen och "
        f"scenarierna. {SCB}; egen beräkning.",
        table=Table(
            "scenarier_ar",
            "Scenarierna år för år",
            table.rename_axis("year").reset_index(),
            {
                "year": Column("År", kind="text"),
                "outcome": Column("Utfall", "personer"),
                **{f"path{p}": Column(title, "personer") for p, title in enumerate(paths)},
            },
        ),
    )


def pace(slice_: Slice, outlook: Outlook, aims: Sequence[Aim]) -> Picture | None:
    """Growth and in-migration of the last 25 years, with what each target takes as a line; nothing without targets."""
    ahead = [aim for aim in aims if aim.held.required > 0]
    if not ahead:
        return None
    from matplotlib import pyplot as plt
    from matplotlib.patheffects import withStroke

    theme()
    base = outlook.base_year
    growth = outlook.totals.diff().dropna().iloc[-25:]
    moved_in = moved_in_by_year(slice_, base).iloc[-25:]
    figure, axes = plt.subplots(1, 2, figsize=(WIDTH, 3.4))
    for side, yearly, title, levels in (
        (axes[0], growth, "Ökning per år", [aim.held.required for aim in ahead]),
        (axes[1], moved_in, "Inflyttade per år", [aim.usual + aim.extra for aim in ahead]),
    ):
        bars(side, yearly.index, yearly, BLUE)
        side.axhline(0, color=INK, linewidth=0.8)
        top = max([*levels, yearly.max()])
        side.set(title=title, ylabel="personer", xlabel="", ylim=(min(0.0, 1.1 * float(yearly.min())), 1.25 * top))
        for aim, level in zip(ahead, levels, strict=True):
            side.axhline(level, color=RUST, linewidth=1.4)
            side.annotate(
                f"{number(aim.held.target)} år {aim.held.year}: {number(level)}",
                (0.01, level),
                xycoords=("axes fraction", "data"),
                xytext=(0, 3),
                textcoords="offset points",
                color=RUST,
                path_effects=[withStroke(linewidth=3, foreground="white")],
            )
        swedish_axis(side.yaxis)
        year_axis(side.xaxis)
    told = " ".join(
        f"Målet {number(a.held.target)} år {a.held.year} kräver en ökning med {number(a.held.required)} och "
        f"{number(a.usual + a.extra)} inflyttade per år."
        for a in ahead
    )
    table = pd.DataFrame({"growth": growth, "moved_in": moved_in}).rename_axis("year").reset_index()
    return picture(
        figure,
        name="takt",
        alt=f"Två stapeldiagram. Störst ökning var {number(growth.max())} ({growth.idxmax()}), flest inflyttade "
        f"{number(moved_in.max())} ({moved_in.idxmax()}). {told}",
        caption=f"Staplar: ökning och inflyttade, personer per år till {base}. Linjer: vad målen kräver varje år. "
        f"{SCB}; egen beräkning.",
        table=Table(
            "takt",
            "Ökning och inflyttade per år",
            table,
            {
                "year": Column("År", kind="text"),
                "growth": Column("Ökning", "personer", signed=True),
                "moved_in": Column("Inflyttade", "personer"),
            },
        ),
    )
