"""The figures of the population reports: seaborn drawings with what they show said in words beside them.

Each function takes what the population room gives and returns a Picture: the drawing, an alt text that states the
finding, a caption with unit and source, and the numbers in a table.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from krokomanalys.population.outlook import Outlook
from krokomanalys.report.pictures import Picture, picture
from krokomanalys.report.tables import Column, Table
from krokomanalys.report.theme import (
    BLUE,
    INK,
    LINE,
    OLIVE,
    ROSE,
    RUST,
    SOFT,
    TEAL,
    label_ends,
    new_axes,
    swedish_axis,
    year_axis,
)
from krokomanalys.sources.tables import rows_of
from krokomanalys.swedish import number

SCB = "Källa: SCB"
GROUP_NAMES = {
    "0-5": "0–5 år",
    "6-15": "6–15 år",
    "16-19": "16–19 år",
    "20-64": "20–64 år",
    "65-79": "65–79 år",
    "80+": "80 år och äldre",
    "total": "alla åldrar",
}


def population_paths(outlook: Outlook, targets: pd.DataFrame) -> Picture:
    """Outcome, projection, the ten-year trend and the decided targets (see targets.versions), by year."""
    import seaborn as sns
    from matplotlib.patheffects import withStroke

    figure, axes = new_axes()
    totals, path, trend = outlook.totals, outlook.path, outlook.linear10
    last = int(path.index[-1])
    for series, label, colour, dashes in (
        (totals, "utfall", INK, ""),
        (path, f"prognos {last}: {number(path.iloc[-1])}", TEAL, ""),
        (trend, f"tio års takt: {number(trend.iloc[-1])}", SOFT, (3, 2)),
    ):
        sns.lineplot(
            x=series.index,
            y=series.to_numpy(),
            ax=axes,
            color=colour,
            label=label,
            legend=False,
            linestyle="--" if dashes else "-",
            errorbar=None,
        )
    axes.lines[0].set_label("_utfall")
    axes.annotate(
        "utfall",
        (totals.index[len(totals) // 2], totals.iloc[len(totals) // 2]),
        xytext=(0, -14),
        textcoords="offset points",
        color=INK,
    )
    shown = targets[targets["target_year"].between(totals.index[0], last)]
    expected = pd.concat([totals, path.iloc[1:]])
    axes.scatter(shown["target_year"], shown["target"], color=RUST, marker="D", s=26, zorder=3)
    for cluster in _clusters(shown):
        year, target = int(cluster["target_year"].iloc[-1]), float(cluster["target"].iloc[-1])
        above = target >= expected.get(year, target)
        axes.annotate(
            _target_words(cluster),
            (year, target),
            xytext=(0, 8) if above else (5, -15),
            ha="center" if above else "left",
            textcoords="offset points",
            color=RUST,
            path_effects=[withStroke(linewidth=3, foreground="white")],
        )
    swedish_axis(axes.yaxis)
    year_axis(axes.xaxis)
    axes.margins(x=0.01)
    axes.set(xlabel="", ylabel="invånare 31 december")
    label_ends(axes)
    base = outlook.base_year
    aims = "".join(f" Målet för {t.target_year} är {number(t.target)}." for t in rows_of(shown))
    table = pd.DataFrame({"outcome": totals, "projection": path, "trend": trend}).rename_axis("year").reset_index()
    return picture(
        figure,
        name="invanare",
        alt=f"Linjediagram. Invånarantalet går från {number(totals.iloc[0])} år {totals.index[0]} till "
        f"{number(totals.loc[base])} år {base} och i prognosen till {number(path.iloc[-1])} år {last}.{aims}",
        caption=f"Invånare 31 december {totals.index[0]}–{last}: utfall, prognos med {base} som utgångsår, rak "
        f"framskrivning av tio års medelförändring{' och beslutade mål' if len(shown) else ''}. {SCB}; egen beräkning.",
        table=Table(
            "invanare",
            "Invånare 31 december",
            table,
            {
                "year": Column("År", kind="text"),
                "outcome": Column("Utfall", "personer"),
                "projection": Column("Prognos", "personer"),
                "trend": Column("Tio års takt", "personer"),
            },
        ),
    )


def _clusters(targets: pd.DataFrame) -> list[pd.DataFrame]:
    """Targets by year, those within two years of each other together: their labels would stand on each other."""
    ordered = targets.sort_values("target_year").drop_duplicates("target_year", keep="last")
    apart = (ordered["target_year"].diff() > 2).cumsum()
    return [part for _, part in ordered.groupby(apart)]


def _target_words(cluster: pd.DataFrame) -> str:
    years, targets = cluster["target_year"], cluster["target"]
    if len(cluster) == 1:
        return f"mål {years.iloc[0]}: {number(targets.iloc[0])}"
    return f"mål {years.min()}–{years.max()}: {number(targets.min())}–{number(targets.max())}"


def pyramid(outlook: Outlook) -> Picture:
    """Women and men by single age: the base year filled, the horizon as a line."""
    figure, axes = new_axes(4.6)
    base_year, last = outlook.base_year, int(outlook.path.index[-1])
    base, horizon = outlook.projection.population[base_year], outlook.projection.population[last]
    ages, edges = list(range(base.shape[-1])), np.arange(base.shape[-1] + 1) - 0.5
    for sex, (side, colour) in enumerate(((-1.0, TEAL), (1.0, BLUE))):
        axes.stairs(side * base[sex], edges, orientation="horizontal", fill=True, color=colour, alpha=0.45, linewidth=0)
        axes.step(side * horizon[sex], ages, where="mid", color=colour, linewidth=1.6)
    widest = max(base.max(), horizon.max()) * 1.12
    axes.set(
        xlim=(-widest, widest),
        ylim=(-1, 101),
        xlabel="personer i varje ettårsklass (100 = 100 år och äldre)",
        ylabel="ålder",
    )
    for side, name, colour in ((-0.97, "Kvinnor", TEAL), (0.97, "Män", BLUE)):
        axes.annotate(name, (side * widest, 98), ha="left" if side < 0 else "right", color=colour, weight="bold")
    axes.annotate(f"fylld yta: {base_year}\nlinje: {last}", (0.97 * widest, 90), ha="right", va="top", color=SOFT)
    axes.xaxis.set_major_formatter(lambda value, _: number(abs(value)))
    axes.axvline(0, color=LINE, linewidth=0.8)
    older = [float(cells[:, 80:].sum()) for cells in (base, horizon)]
    table = pd.DataFrame(
        {"age": ages, "women": base[0], "men": base[1], "women_ahead": horizon[0], "men_ahead": horizon[1]}
    )
    return picture(
        figure,
        name="pyramid",
        alt=f"Befolkningspyramid för {base_year} och {last}. Antalet som är 80 år eller äldre går från "
        f"{number(older[0])} till {number(older[1])}, antalet under 20 år från {number(base[:, :20].sum())} till "
        f"{number(horizon[:, :20].sum())}.",
        caption=f"Kvinnor och män efter ålder 31 december {base_year} och, enligt prognosen, {last}. "
        f"{SCB}; egen beräkning.",
        table=Table(
            "pyramid",
            f"Befolkning efter ålder {base_year} och {last}",
            table,
            {
                "age": Column("Ålder", kind="text"),
                "women": Column(f"Kvinnor {base_year}", "personer"),
                "men": Column(f"Män {base_year}", "personer"),
                "women_ahead": Column(f"Kvinnor {last}", "personer"),
                "men_ahead": Column(f"Män {last}", "personer"),
            },
        ),
    )


def age_groups(outlook: Outlook) -> Picture:
    """Service age groups from the base year on, indexed to 100 in the base year."""
    import seaborn as sns

    figure, axes = new_axes()
    groups = outlook.projection.population.groups()
    index = 100 * groups / groups.iloc[0]
    palette = (BLUE, TEAL, ROSE, INK, OLIVE, RUST)
    for name, colour in zip(index.columns, palette, strict=True):
        label = f"{GROUP_NAMES[str(name)]}: {number(index[name].iloc[-1])}"
        sns.lineplot(
            x=index.index, y=index[name].to_numpy(), ax=axes, color=colour, label=label, legend=False, errorbar=None
        )
    axes.axhline(100, color=LINE, linewidth=1)
    swedish_axis(axes.yaxis)
    year_axis(axes.xaxis)
    axes.margins(x=0.01)
    axes.set(xlabel="", ylabel=f"index, {outlook.base_year} = 100")
    label_ends(axes)
    ends = index.iloc[-1].sort_values()
    last = int(index.index[-1])
    return picture(
        figure,
        name="aldersgrupper",
        alt=f"Linjediagram. Högst ligger gruppen {GROUP_NAMES[str(ends.index[-1])]}, på {number(ends.iloc[-1])} år "
        f"{last} om {outlook.base_year} är 100. Lägst ligger {GROUP_NAMES[str(ends.index[0])]}, på "
        f"{number(ends.iloc[0])}.",
        caption=f"Åldersgrupper {outlook.base_year}–{last} enligt prognosen, {outlook.base_year} = 100. "
        f"{SCB}; egen beräkning.",
        table=Table(
            "aldersgrupper_index",
            f"Åldersgrupper, index {outlook.base_year} = 100",
            index.reset_index(),
            {
                "year": Column("År", kind="text"),
                **{str(g): Column(GROUP_NAMES[str(g)], "index", decimals=1) for g in index.columns},
            },
        ),
    )
