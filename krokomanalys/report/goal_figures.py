"""The figure of a goal: each of its measures through the years, with the target, and where it is heading."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from textwrap import fill
from typing import TYPE_CHECKING

import pandas as pd

from krokomanalys.regions import ascii_name
from krokomanalys.report.aims import goal_name
from krokomanalys.report.pictures import Picture, picture
from krokomanalys.report.tables import Column, Table
from krokomanalys.report.theme import INK, RUST, SOFT, TEAL, WIDTH, swedish_axis, theme, year_axis
from krokomanalys.sources.goals import Goal
from krokomanalys.sources.measures import Measure
from krokomanalys.swedish import listed
from krokomanalys.targets.ahead import Ahead
from krokomanalys.targets.goals import level_words
from krokomanalys.targets.outcomes import Outcome
from krokomanalys.targets.wording import amount

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LEAST_YEARS = 3
LONGEST = 16
"""Years of history that a panel shows at most: what came before says little of where a measure is heading."""
SOMETIMES = {
    "way": Column("Rak väg till målet", mixed=True),
    "ahead": Column("Prognos", mixed=True),
    "low": Column("Lägst, 80 %", mixed=True),
    "high": Column("Högst, 80 %", mixed=True),
    "projected": Column("Befolkningsprognos", mixed=True),
}
"""Columns of the figure's numbers that are shown where they hold any."""
PANEL = 1.85  # inches
TITLE = {1: 90, 2: 46}  # letters on a line of a panel's title, by columns


@dataclass(frozen=True, eq=False)
class Track:
    """One measure through the years.

    yearly   the last outcome of each year
    targets  the target's numbers by year, empty where it isn't a number; band: the two ends of a range
    way      the straight way to targets of years to come, by year (see targets.trajectory), empty without any
    ahead    the forecast from its own history
    projected  what the population projection gives in the targets' years, and base_year that it is made from
    """

    measure: Measure
    yearly: tuple[Outcome, ...]
    targets: Mapping[int, float]
    band: tuple[float, float] | None = None
    way: Mapping[int, float] = field(default_factory=dict)
    ahead: Ahead | None = None
    projected: Mapping[int, float] = field(default_factory=dict)
    base_year: int | None = None

    @property
    def drawn(self) -> bool:
        """Whether there is enough to draw: three years of outcomes, or of outcomes and targets by year together."""
        if self.measure.direction in ("binary", "ordinal"):
            return False
        wanted = len(self.measure.path or ()) if self.yearly else 0
        return len(self.yearly) + wanted >= LEAST_YEARS


def track(
    measure: Measure,
    series: Sequence[Outcome],
    year: int,
    target: float,
    *,
    way: Mapping[int, float],
    ahead: Ahead | None,
    projected: Mapping[int, float],
    base_year: int | None = None,
) -> Track:
    """What is to be drawn of a measure: `series` is all its outcomes, `target` the year's, NaN where there is none."""
    last = {outcome.year: outcome for outcome in series if outcome.year <= year}
    yearly = tuple(last[y] for y in sorted(last))[-LONGEST:]
    band = measure.target if isinstance(measure.target, tuple) else None
    if measure.path is not None:
        targets = dict(sorted(measure.path.items()))
    elif pd.isna(target):
        targets = {}
    else:
        targets = dict.fromkeys([year] if measure.relative_to else [o.year for o in yearly], target)
    return Track(measure, yearly, targets, band, way, ahead, projected, base_year)


def goal_picture(goal: Goal, tracks: Sequence[Track], source: str) -> Picture | None:
    """A panel for each measure that has enough years; None where none has."""
    from matplotlib import pyplot as plt

    shown = [t for t in tracks if t.drawn]
    if not shown:
        return None
    theme()
    columns = 1 if len(shown) == 1 else 2
    rows = -(-len(shown) // columns)
    figure, panels = plt.subplots(rows, columns, figsize=(WIDTH, 0.45 + PANEL * rows), squeeze=False)
    for axes, held in zip(panels.flat, shown, strict=False):
        _draw(axes, held, TITLE[columns])
    for axes in list(panels.flat)[len(shown) :]:
        axes.set_visible(False)
    found = {
        text: handle for axes in panels.flat for handle, text in zip(*axes.get_legend_handles_labels(), strict=True)
    }
    figure.legend(list(found.values()), list(found), loc="outside lower center", ncols=5)
    name = f"mal_{ascii_name(goal.id).replace('-', '_')}"
    called = goal_name(goal.number or "", goal.title, short=True)
    frame = pd.concat([_frame(t) for t in shown], ignore_index=True)
    made = [t.ahead for t in shown if t.ahead]
    more = ""
    if made:
        methods = listed(sorted({a.method for a in made}))
        more = f" Prognosen är {methods}. Bandet rymmer 80 % av utfallen, om de varierar som förut."
    based = sorted({t.base_year for t in shown if t.projected and t.base_year is not None})
    if based:
        more += f" Befolkningsprognosen har utgångsår {listed([str(y) for y in based])} och inget intervall."
    if any(t.measure.outcome == "population_total" for t in shown):
        source += f". Folkmängd: SCB{'; prognos: egen beräkning' if based else ''}"
    rough = " Ofylld ring: ungefärligt värde." if any(o.approximate for t in shown for o in t.yearly) else ""
    return picture(
        figure,
        name=name,
        alt=f"Linjediagram, {called}. {' '.join(finding(t) for t in shown)}",
        caption=f"{called[:1].upper()}{called[1:]}: mätvärde år för år och målvärde.{more}{rough} Källa: {source}.",
        table=Table(
            name,
            f"Mätvärden år för år, {called}",
            frame,
            {
                "name": Column("Mätetal", kind="text"),
                "unit": Column("Enhet", kind="text"),
                "year": Column("År", kind="text"),
                "value": Column("Mätvärde", mixed=True),
                "target": Column("Målvärde", mixed=True),
                **{key: column for key, column in SOMETIMES.items() if frame[key].notna().any()},
            },
            note=" ".join(["Streck: inget värde.", *dict.fromkeys(a.note for a in made if a.note)]),
        ),
    )


def finding(held: Track) -> str:
    """What the panel shows, in a sentence for who can't see it."""
    unit, first, last = held.measure.unit, held.yearly[0], held.yearly[-1]
    text = f"{held.measure.name}: {amount(last.value, unit)} {last.year}"
    if first.year < last.year:
        text = f"{held.measure.name}: från {amount(first.value, unit)} {first.year} till "
        text += f"{amount(last.value, unit)} {last.year}"
    if held.band:
        text += f", målvärdet är {level_words(held.measure, held.band)}"
    elif len(held.targets) and (len(set(held.targets.values())) == 1):
        year, value = list(held.targets.items())[-1]
        text += f", målvärdet är {level_words(held.measure, value)}" + (f" {year}" if held.measure.path else "")
    elif held.targets:
        text += ", målvärdet är " + listed([f"{level_words(held.measure, v)} {y}" for y, v in held.targets.items()])
    if held.ahead is not None:
        end = held.ahead.frame.iloc[-1]
        text += f", prognosen {int(end['year'])} är {amount(end['value'], unit)}"
    for year, value in held.projected.items():
        text += f", befolkningsprognosen {year} är {amount(round(value), unit)}"
    return f"{text}."


def _draw(axes: Axes, held: Track, width: int) -> None:
    from matplotlib.ticker import MaxNLocator

    years, values = [o.year for o in held.yearly], [o.value for o in held.yearly]
    known = dict(zip(years, values, strict=True))
    span = range(years[0], years[-1] + 1)
    axes.plot(span, [known.get(year, float("nan")) for year in span], color=INK)  # no line over years without values
    for rough, face, label in ((False, INK, "mätvärde"), (True, "white", "ungefärligt mätvärde")):
        own = [o for o in held.yearly if o.approximate is rough]
        if own:
            axes.plot([o.year for o in own], [o.value for o in own], "o", color=INK, markerfacecolor=face, label=label)
    if held.band:
        axes.axhspan(*held.band, color=RUST, alpha=0.12, lw=0, label="målintervall")
    elif held.measure.path:
        axes.plot(list(held.targets), list(held.targets.values()), "D", color=RUST, markersize=4, label="målvärde")
        if held.way:
            axes.plot(list(held.way), list(held.way.values()), color=RUST, linestyle="--", label="rak väg till målet")
    elif len(held.targets) > 1:
        axes.axhline(next(iter(held.targets.values())), color=RUST, linestyle="--", label="målvärde")
    elif held.targets:
        axes.plot(list(held.targets), list(held.targets.values()), "D", color=RUST, markersize=4, label="målvärde")
    if held.ahead is not None:
        frame = held.ahead.frame
        ahead = [years[-1], *frame["year"]]
        axes.plot(ahead, [values[-1], *frame["value"]], color=TEAL, linestyle=":", label="prognos")
        ends = [values[-1], *frame["low"]], [values[-1], *frame["high"]]
        band = "80 % av utfallen" if (frame["low"].notna() & frame["high"].notna()).any() else "_"
        axes.fill_between(ahead, *ends, color=TEAL, alpha=0.15, lw=0, label=band)
    if held.projected:
        axes.plot(list(held.projected), list(held.projected.values()), "s", color=TEAL, label="befolkningsprognos")
    axes.set_title(fill(held.measure.name, width), fontsize=8.5)
    axes.set_ylabel("" if held.measure.unit == "ej angiven" else held.measure.unit, color=SOFT)
    axes.margins(x=0.05, y=0.15)
    year_axis(axes.xaxis)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 5, 10]))
    low, high = axes.get_ylim()
    swedish_axis(axes.yaxis, 0 if high - low > 4 else 1)


def _frame(held: Track) -> pd.DataFrame:
    columns: dict[str, Mapping[int, float]] = {
        "value": {o.year: o.value for o in held.yearly},
        "target": held.targets,
        "way": held.way,
        "projected": held.projected,
        **{key: _ahead(held, key) for key in ("ahead", "low", "high")},
    }
    years = sorted({year for values in columns.values() for year in values})
    rows = pd.DataFrame({"name": held.measure.name, "unit": held.measure.unit, "year": years})
    for key, values in columns.items():
        rows[key] = pd.Series([values.get(year, float("nan")) for year in years], dtype=float)
    return rows.assign(target=level_words(held.measure, held.band)) if held.band else rows


def _ahead(held: Track, key: str) -> dict[int, float]:
    if held.ahead is None:
        return {}
    frame = held.ahead.frame
    return dict(zip(map(int, frame["year"]), map(float, frame["value" if key == "ahead" else key]), strict=True))
