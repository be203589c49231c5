"""The figures of the computed forecast: the year month by month, and each nämnd's distance from its budget."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from krokomanalys.budget.methods import by_month
from krokomanalys.budget.monthly import Array, Months, groups
from krokomanalys.report.amounts import amount, amount_column, source_of
from krokomanalys.report.forecast import Outlook, named_rows
from krokomanalys.report.pictures import Picture, picture
from krokomanalys.report.tables import Column, Table
from krokomanalys.report.theme import INK, RUST, SOFT, TEAL, WIDTH, new_axes, swedish_axis, theme
from krokomanalys.swedish import MONTHS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SHORT = tuple(month[:3] for month in MONTHS)
_LINES: dict[str, tuple[str, dict[str, Any]]] = {
    "before": ("Utfall {before}", {"color": SOFT, "linewidth": 1.2, "linestyle": ":"}),
    "budget": ("Budget", {"color": RUST, "linewidth": 1.4, "linestyle": "--"}),
    "forecast": ("Beräknad prognos", {"color": TEAL, "linewidth": 2.0, "linestyle": (0, (3, 1.5))}),
    "outcome": ("Utfall {year}", {"color": INK, "linewidth": 2.2}),
}
PANELS = 12
"""Rows shown in `row_paths`, at most."""


def year_path(outlook: Outlook) -> Picture | None:
    """The whole cumulated by month: outcome, budget, last year and the forecast with its 80 % interval.

    Of a net cost, whose months all look alike, the distance from budget.
    """
    made, months = outlook.forecast, outlook.months
    if made is None or months is None or made.lacking:
        return None
    ledger, last, at = outlook.ledger, named_rows(outlook).iloc[-1], len(months.years) - 1
    planned = _budget(months, at, made.month).sum(axis=1).cumsum()
    cost = bool(last["budget"] < 0)
    against = planned if cost else np.zeros(12)
    word = "avvikelse från budget" if cost else "resultat"
    places, now = np.arange(12), made.curve[:, -1] - against
    frame = pd.DataFrame({"month": SHORT, "outcome": np.where(places < made.month, now, np.nan)})
    frame["forecast"] = np.where(places >= made.month - 1, now, np.nan)
    if not cost:
        frame["budget"] = planned
    if _follows(months):
        off = _budget(months, at - 1, 12) if cost else 0.0
        frame["before"] = (_came(months, at - 1) - off).sum(axis=1).cumsum()
    figure, axes = new_axes(3.8)
    for column, (label, look) in _LINES.items():
        if column in frame:
            axes.plot(places, frame[column], label=label.format(year=made.year, before=made.year - 1), **look)
    if np.isfinite(last["low"]):
        ends = [float(last[end]) - against[-1] for end in ("low", "high")]
        wider = np.clip((places - made.month + 1) / (12 - made.month), 0, 1)
        low, high = (now + wider * (end - now[-1]) for end in ends)
        axes.fill_between(places, low, high, where=(places >= made.month - 1).tolist(), color=TEAL, alpha=0.15, lw=0)
        frame["low"], frame["high"] = (np.where(places >= made.month, end, np.nan) for end in (low, high))
    axes.axhline(0, color=INK, linewidth=0.8)
    axes.set_xticks(places, SHORT)
    axes.set(ylabel=f"{word} sedan januari, {ledger.notes.unit}", xlabel="")
    swedish_axis(axes.yaxis, signed=cost)
    figure.legend(loc="outside lower center", ncols=4)
    heads = {"outcome": "Utfall", "budget": "Budget", "before": f"Utfall {made.year - 1}", "forecast": "Prognos"}
    heads |= {"low": "Lägst", "high": "Högst"}
    band = " Bandet är 80-procentigt intervall och vidgas jämnt till årets slut." if "low" in frame else ""
    side = " Över noll är bättre än budget." if cost else ""
    goal = "" if cost else f" mot budgetens {amount(ledger, planned[-1])}"
    return picture(
        figure,
        name="aret_manad_for_manad",
        alt=f"Linjediagram över {word} sedan januari. Efter {MONTHS[made.month - 1]} är utfallet "
        f"{amount(ledger, now[made.month - 1], signed=cost)}. Prognosen för året är "
        f"{amount(ledger, now[-1], signed=cost)}{goal}.",
        caption=f"{word.capitalize()} sedan januari {made.year}, {ledger.notes.unit}.{side}{band}{_divided(outlook)} "
        f"Källa: {source_of(ledger)}; egen beräkning.",
        table=Table(
            "aret_manad_for_manad",
            f"{word.capitalize()} sedan januari {made.year}",
            frame,
            {
                "month": Column("Månad", kind="text"),
                **{c: amount_column(head, ledger, signed=cost) for c, head in heads.items() if c in frame},
            },
        ),
    )


def row_paths(outlook: Outlook) -> Picture | None:
    """Each row's distance from budget since January, last year's beside it, and where the forecast puts December."""
    from matplotlib import pyplot as plt

    made, months = outlook.forecast, outlook.months
    if made is None or months is None or made.lacking:
        return None
    ledger, at = outlook.ledger, len(months.years) - 1
    names, _ = groups(months)
    own = [names.index(name) for name in made.rows["name"][:-1]]
    came, planned = _came(months, at)[:, own].cumsum(axis=0), _budget(months, at, made.month)[:, own].cumsum(axis=0)
    now, ahead = came - planned, made.curve[:, :-1] - planned
    before = (_came(months, at - 1) - _budget(months, at - 1, 12))[:, own].cumsum(axis=0) if _follows(months) else None
    rows = named_rows(outlook).iloc[:-1]
    order = np.argsort(-rows["variance"].abs().to_numpy(), kind="stable")[:PANELS]
    theme()
    columns = 2 if len(order) < 5 else 3
    figure, panels = plt.subplots(
        -(-len(order) // columns), columns, figsize=(WIDTH, 0.35 + 1.85 * -(-len(order) // columns)), squeeze=False
    )
    places = np.arange(12)
    for panel, place in zip(panels.flat, order, strict=False):
        row = rows.iloc[int(place)]
        if before is not None:
            panel.plot(places, before[:, place], color=SOFT, linewidth=1.2, linestyle=":")
        panel.plot(places, np.where(places < made.month, now[:, place], np.nan), color=INK, linewidth=2)
        coming, end = np.where(places >= made.month - 1, ahead[:, place], np.nan), row["variance"]
        panel.plot(places, coming, color=TEAL, linewidth=1.4, linestyle="--")
        if np.isfinite(row["low"]):
            error = [[row["blend"] - row["low"]], [row["high"] - row["blend"]]]
            panel.errorbar([11], [end], yerr=error, color=TEAL, capsize=3, linewidth=1.4)
        panel.plot([11], [end], "o", color=TEAL, markersize=4)
        if np.isfinite(row["managers"]):
            panel.plot([11], [row["managers"] - row["budget"]], "D", color=RUST, markersize=4.5, markerfacecolor="none")
        panel.axhline(0, color=INK, linewidth=0.8)
        panel.set_title(fill(str(row["name"]), 30), fontsize=8.5)
        panel.set_xticks([0, 3, 7, 11], [SHORT[p] for p in (0, 3, 7, 11)])
        swedish_axis(panel.yaxis, signed=True)
    for panel in list(panels.flat)[len(order) :]:
        panel.set_visible(False)
    _legend(figure, made.year, managers=bool(rows["managers"].notna().any()), before=before is not None)
    worst, best = (rows.sort_values("variance").iloc[end] for end in (0, -1))
    left_out = f" De {len(order)} med störst avvikelse av {len(rows)} visas." if len(order) < len(rows) else ""
    frame = pd.DataFrame({"month": SHORT})
    for place in order:
        frame[f"row{place}"] = ahead[:, place]
    return picture(
        figure,
        name="avvikelse_manad_for_manad",
        alt=f"Små linjediagram, ett per rad: avvikelse från budget sedan januari. Sämst beräknas {worst['name']} bli, "
        f"{amount(ledger, worst['variance'], signed=True)}, bäst {best['name']}, "
        f"{amount(ledger, best['variance'], signed=True)}.",
        caption=f"Avvikelse från budget sedan januari {made.year}, {ledger.notes.unit}; över noll är bättre än "
        f"budget.{_ends(rows)}{left_out}{_divided(outlook)} "
        f"Källa: {source_of(ledger)}; egen beräkning.",
        table=Table(
            "avvikelse_manad_for_manad",
            f"Avvikelse från budget sedan januari {made.year}",
            frame,
            {
                "month": Column("Månad", kind="text"),
                **{f"row{p}": amount_column(str(rows["name"].iloc[int(p)]), ledger, signed=True) for p in order},
            },
            note=f"Utfall till och med {MONTHS[made.month - 1]}, därefter beräknad prognos.",
        ),
    )


def _ends(rows: pd.DataFrame) -> str:
    """What is marked in December, and where its figures are."""
    marks = [("low", "Strecket i december är 80-procentigt intervall."), ("managers", "Romben är lämnad prognos.")]
    told = [words for column, words in marks if rows[column].notna().any()]
    return "".join(f" {words}" for words in [*told, "De talen står i tabellen Beräknad prognos."] if told)


def _legend(figure: Figure, year: int, *, managers: bool, before: bool) -> None:
    from matplotlib.lines import Line2D

    keys = [Line2D([], [], color=INK, linewidth=2, label=f"Utfall {year}")]
    if before:
        keys.append(Line2D([], [], color=SOFT, linewidth=1.2, linestyle=":", label=f"Utfall {year - 1}"))
    keys.append(Line2D([], [], color=TEAL, linestyle="--", marker="o", markersize=4, label="Beräknad prognos"))
    if managers:
        keys.append(Line2D([], [], color=RUST, label="Lämnad prognos", marker="D", markersize=4.5, linestyle="none"))
        keys[-1].set_markerfacecolor("none")
    figure.legend(handles=keys, loc="outside lower center", ncols=4)


def _budget(months: Months, year: int, month: int) -> Array:
    """The budget in force after a month by row and month, (12, G), one-offs too."""
    planned = np.nan_to_num(by_month(months, year, month) + months.expected[year, month - 1])
    summed: Array = planned @ groups(months)[1].T
    return summed


def _came(months: Months, year: int) -> Array:
    """A year's outcome by row and month, (12, G)."""
    summed: Array = np.nan_to_num(months.outcome[year] + months.one_offs[year]) @ groups(months)[1].T
    return summed


def _follows(months: Months) -> bool:
    """Whether the year before is among the years."""
    return len(months.years) > 1 and months.years[-2] == months.years[-1] - 1


def _divided(outlook: Outlook) -> str:
    """What the budget's curve has had to divide by month."""
    made = outlook.forecast
    if made is None or made.lines["periodised"].all():
        return ""
    return f" Budget utan månader är fördelad {'som tidigare års utfall' if made.years else 'jämnt över året'}."
