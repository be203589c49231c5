"""A backtest on the way out: lines for a terminal, and a folder with tables and figures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from krokomanalys.errors import Fault, InputError
from krokomanalys.population.evaluate import BENCHMARKS, TOTAL
from krokomanalys.population.forecast import DEFAULT
from krokomanalys.population.scores import scorecard
from krokomanalys.regions import NATION
from krokomanalys.report.backtest import WAY_NAMES, Tested, scores
from krokomanalys.report.backtest_tables import SOURCE
from krokomanalys.report.figures import GROUP_NAMES
from krokomanalys.report.pictures import Picture, picture
from krokomanalys.report.tables import Column, Table
from krokomanalys.report.theme import BLUE, OLIVE, ROSE, SOFT, TEAL, label_ends, new_axes, swedish_axis
from krokomanalys.report.workbook import write_workbook
from krokomanalys.sources.available import PARTITION
from krokomanalys.swedish import number, shortest

SHOWN = (DEFAULT, *BENCHMARKS)
AHEAD = 5
"""Years ahead of the figure by age group."""


def write(folder: Path, result: Tested, made: Sequence[Table]) -> None:
    """Write the tables (traffsakerhet.xlsx, .md), the figures (svg, png) and scorecard.csv into a folder.

    Raises:
        InputError: the folder or a file in it can't be written.
    """
    figures = [horizon_picture(result.errors), group_picture(result.errors)]
    try:
        _write(folder, result, made, figures)
    except OSError as error:
        raise InputError(Fault("-o", f'"{folder}" går inte att skriva i ({error.strerror})', "en mapp")) from error


def _write(folder: Path, result: Tested, made: Sequence[Table], figures: Sequence[Picture]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    write_workbook(folder / "traffsakerhet.xlsx", made)
    (folder / "traffsakerhet.md").write_text("\n".join(as_markdown(table) for table in made), encoding="utf-8")
    scores(result.errors).to_csv(folder / "scorecard.csv", index=False, lineterminator="\n")
    for drawn in figures:
        (folder / f"{drawn.name}.svg").write_text(drawn.svg, encoding="utf-8")
        (folder / f"{drawn.name}.png").write_bytes(drawn.png)


def _ahead(errors: pd.DataFrame) -> int:
    """AHEAD years, or as many as the backtest has."""
    return min(AHEAD, int(errors.loc[errors["way"] == DEFAULT, "horizon"].max()))


def horizon_picture(errors: pd.DataFrame) -> Picture:
    """The mean error of the total by years ahead, the default beside the benchmarks."""
    import seaborn as sns

    whole = errors[(errors["group"] == TOTAL) & (errors["region"] != NATION) & errors["way"].isin(SHOWN)]
    ahead = _ahead(errors)
    wide = scorecard(whole).pivot(index="horizon", columns="way", values="mape")[list(SHOWN)]
    figure, axes = new_axes()
    for way, colour in zip(SHOWN, (TEAL, SOFT, BLUE, OLIVE, ROSE), strict=True):
        axes.set_axisbelow(True)
        sns.lineplot(
            x=wide.index,
            y=wide[way].to_numpy(),
            ax=axes,
            color=colour,
            label=WAY_NAMES[way],
            legend=False,
            errorbar=None,
            linewidth=2.4 if way == DEFAULT else 1.4,
        )
    swedish_axis(axes.yaxis)
    axes.set(xlabel="år framåt", ylabel="medelfel, %", ylim=(0, None))
    label_ends(axes)
    own, line = (number(float(wide[way].loc[:ahead].iloc[-1]), 1) for way in (DEFAULT, "linear5"))
    return picture(
        figure,
        name="fel_per_ar_framat",
        alt=f"Linjediagram. Felet växer med åren. Efter {ahead} år är det {own} procent för huvudmodellen och {line} "
        "för en rak linje med fem års takt.",
        caption=f"Medelfel i totalen efter antal år framåt, procent. {SOURCE}.",
        table=Table(
            "fel_per_ar_framat",
            "Medelfel i totalen",
            wide.reset_index(),
            {
                "horizon": Column("År framåt", kind="text"),
                **{way: Column(WAY_NAMES[way], "%", decimals=2) for way in SHOWN},
            },
        ),
    )


def group_picture(errors: pd.DataFrame) -> Picture:
    """The mean error by age group AHEAD years ahead, the default beside the benchmarks."""
    import seaborn as sns

    ahead = _ahead(errors)
    kept = errors[(errors["horizon"] == ahead) & errors["group"].isin(PARTITION) & errors["way"].isin(SHOWN)]
    card = scorecard(kept, ("group",))
    card = card.assign(name=card["way"].map(WAY_NAMES), who=card["group"].map(GROUP_NAMES))
    figure, axes = new_axes()
    sns.barplot(
        card,
        x="who",
        y="mape",
        hue="name",
        ax=axes,
        order=[GROUP_NAMES[g] for g in PARTITION],
        hue_order=[WAY_NAMES[way] for way in SHOWN],
        palette=[TEAL, SOFT, BLUE, OLIVE, ROSE],
    )
    swedish_axis(axes.yaxis)
    axes.set(xlabel="", ylabel="medelfel, %")
    axes.legend(title="", frameon=False, loc="upper right")
    wide = card.pivot(index="group", columns="way", values="mape").reindex(PARTITION)[list(SHOWN)]
    worst = str(wide[DEFAULT].idxmax())
    return picture(
        figure,
        name="fel_per_aldersgrupp",
        alt=f"Stapeldiagram. Huvudmodellens fel efter {ahead} år är störst i {GROUP_NAMES[worst]}, "
        f"{number(float(wide[DEFAULT].max()), 1)} procent.",
        caption=f"Medelfel efter åldersgrupp {ahead} år framåt, procent. De raka linjerna är gruppens egna. {SOURCE}.",
        table=Table(
            "fel_per_aldersgrupp",
            f"Medelfel efter åldersgrupp {ahead} år framåt",
            wide.reset_index().assign(who=[GROUP_NAMES[g] for g in PARTITION]),
            {
                "who": Column("Åldersgrupp", kind="text"),
                **{way: Column(WAY_NAMES[way], "%", decimals=2) for way in SHOWN},
            },
        ),
    )


def as_text(table: Table) -> str:
    """The table as lines for a terminal, columns lined up."""
    rows = _cells(table)
    widths = [max(len(row[place]) for row in rows) for place in range(len(table.shown))]
    lines = [
        "  ".join(
            cell.ljust(w) if p == 0 else cell.rjust(w) for p, (cell, w) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]
    return "\n".join([table.caption, "", *lines, "", table.note])


def as_markdown(table: Table) -> str:
    """The table as Markdown, its caption above it and its note below."""
    head, *body = _cells(table)
    rule = ["---" if column.kind == "text" else "---:" for column in table.shown.values()]
    lines = ["| " + " | ".join(row) + " |" for row in (head, rule, *body)]
    return "\n".join([f"**{table.caption}**", "", *lines, "", table.note, ""])


def _cells(table: Table) -> list[list[str]]:
    columns = table.shown
    rows = [[column.heading for column in columns.values()]]
    for row in table.frame.to_dict("records"):
        rows.append([_cell(row[key], column) for key, column in columns.items()])
    return rows


def _cell(value: Any, column: Column) -> str:
    if column.kind != "number" or isinstance(value, str):
        return str(value)
    return shortest(value) if column.mixed and value == value else number(value, column.decimals, signed=column.signed)
