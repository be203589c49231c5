"""The figures of the population reports: seaborn drawings with what they show said in words beside them.

Each function takes what the population room gives and returns a Picture: the drawing, an alt text that states the
finding, a caption with unit and source, and the numbers in a table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from krokomanalys.population.analysis import FLOWS
from krokomanalys.population.outlook import Outlook
from krokomanalys.report.pictures import Picture, picture
from krokomanalys.report.swedish import number
from krokomanalys.report.tables import Column, Table
from krokomanalys.report.theme import BLUE, HEIGHT, INK, LINE, RUST, SOFT, TEAL, WIDTH, label_ends, swedish_axis
from krokomanalys.report.theme import theme as _theme
from krokomanalys.report.theme import year_axis

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SCB = "Källa: SCB"
GROUP_NAMES = {
    "0-5": "0–5 år", "6-15": "6–15 år", "16-19": "16–19 år", "20-64": "20–64 år", "65-79": "65–79 år",
    "80+": "80 år och äldre", "total": "alla åldrar",
}
FLOW_NAMES = {"births": "födda", "deaths": "döda", "in_migration": "inflyttade", "out_migration": "utflyttade"}


def _axes(height: float = HEIGHT) -> tuple[Figure, Axes]:
    from matplotlib import pyplot as plt

    _theme()
    return plt.subplots(figsize=(WIDTH, height))


def population_paths(outlook: Outlook, targets: pd.DataFrame) -> Picture:
    """Outcome, projection, the ten-year trend and the decided targets (see targets.versions), by year."""
    import seaborn as sns
    from matplotlib.patheffects import withStroke

    figure, axes = _axes()
    totals, path, trend = outlook.totals, outlook.path, outlook.linear10
    last = int(path.index[-1])
    for series, label, colour, dashes in (
        (totals, "utfall", INK, ""), (path, f"prognos {last}: {number(path.iloc[-1])}", TEAL, ""),
        (trend, f"tio års takt: {number(trend.iloc[-1])}", SOFT, (3, 2)),
    ):
        sns.lineplot(x=series.index, y=series.to_numpy(), ax=axes, color=colour, label=label, legend=False,
                     linestyle="--" if dashes else "-", errorbar=None)
    axes.lines[0].set_label("_utfall")
    axes.annotate("utfall", (totals.index[len(totals) // 2], totals.iloc[len(totals) // 2]), xytext=(0, -14),
                  textcoords="offset points", color=INK)
    shown = targets[targets["target_year"].between(totals.index[0], last)]
    axes.scatter(shown["target_year"], shown["target"], color=RUST, marker="D", s=26, zorder=3)
    for row in shown.drop_duplicates("target_year", keep="last").itertuples():
        if (shown["target_year"] - row.target_year).between(1, 2).any():
            continue  # a target soon after is the one that is labelled; the table has them all
        axes.annotate(f"mål {row.target_year}: {number(row.target)}", (row.target_year, row.target), xytext=(-6, 7),
                      ha="right", textcoords="offset points", color=RUST,
                      path_effects=[withStroke(linewidth=3, foreground="white")])
    swedish_axis(axes.yaxis)
    year_axis(axes.xaxis)
    axes.margins(x=0.01)
    axes.set(xlabel="", ylabel="invånare 31 december")
    label_ends(axes)
    base = outlook.base_year
    aims = "".join(f" Målet för {t.target_year} är {number(t.target)}." for t in shown.itertuples())
    table = pd.DataFrame({"outcome": totals, "projection": path, "trend": trend}).rename_axis("year").reset_index()
    return picture(
        figure, name="invanare",
        alt=f"Linjediagram. Invånarantalet går från {number(totals.iloc[0])} år {totals.index[0]} till "
            f"{number(totals.loc[base])} år {base} och i prognosen till {number(path.iloc[-1])} år {last}.{aims}",
        caption=f"Invånare 31 december {totals.index[0]}–{last}: utfall, prognos med {base} som utgångsår, rak "
                f"framskrivning av tio års medelökning och beslutade mål. {SCB}; egen beräkning.",
        table=Table("invanare", "Invånare 31 december", table, {
            "year": Column("År", kind="text"), "outcome": Column("Utfall", "personer"),
            "projection": Column("Prognos", "personer"), "trend": Column("Tio års takt", "personer")}),
    )


def pyramid(outlook: Outlook) -> Picture:
    """Women and men by single age: the base year filled, the horizon as a line."""
    figure, axes = _axes(4.6)
    base_year, last = outlook.base_year, int(outlook.path.index[-1])
    base, horizon = outlook.projection.population[base_year], outlook.projection.population[last]
    ages = list(range(base.shape[-1]))
    for sex, (side, colour) in enumerate(((-1, TEAL), (1, BLUE))):
        axes.barh(ages, side * base[sex], height=1.0, color=colour, alpha=0.45, linewidth=0)
        axes.step(side * horizon[sex], ages, where="mid", color=colour, linewidth=1.6)
    widest = max(base.max(), horizon.max()) * 1.12
    axes.set(xlim=(-widest, widest), ylim=(-1, 101), xlabel="personer i varje ettårsklass (100 = 100 år och äldre)",
             ylabel="ålder")
    for side, name, colour in ((-0.97, "Kvinnor", TEAL), (0.97, "Män", BLUE)):
        axes.annotate(name, (side * widest, 98), ha="left" if side < 0 else "right", color=colour, weight="bold")
    axes.annotate(f"fylld yta: {base_year}\nlinje: {last}", (0.97 * widest, 90), ha="right", va="top", color=SOFT)
    axes.xaxis.set_major_formatter(lambda value, _: number(abs(value)))
    axes.axvline(0, color=LINE, linewidth=0.8)
    older = [float(cells[:, 80:].sum()) for cells in (base, horizon)]
    table = pd.DataFrame({"age": ages, "women": base[0], "men": base[1], "women_ahead": horizon[0],
                          "men_ahead": horizon[1]})
    return picture(
        figure, name="pyramid",
        alt=f"Befolkningspyramid för {base_year} och {last}. Antalet som är 80 år eller äldre går från "
            f"{number(older[0])} till {number(older[1])}, antalet under 20 år från {number(base[:, :20].sum())} till "
            f"{number(horizon[:, :20].sum())}.",
        caption=f"Kvinnor och män efter ålder 31 december {base_year} och, enligt prognosen, {last}. "
                f"{SCB}; egen beräkning.",
        table=Table("pyramid", f"Befolkning efter ålder {base_year} och {last}", table, {
            "age": Column("Ålder", kind="text"), "women": Column(f"Kvinnor {base_year}", "personer"),
            "men": Column(f"Män {base_year}", "personer"), "women_ahead": Column(f"Kvinnor {last}", "personer"),
            "men_ahead": Column(f"Män {last}", "personer")}),
    )


def age_groups(outlook: Outlook) -> Picture:
    """Service age groups from the base year on, indexed to 100 in the base year."""
    import seaborn as sns

    figure, axes = _axes()
    groups = outlook.projection.population.groups()
    index = 100 * groups / groups.iloc[0]
    palette = (BLUE, TEAL, "#ae7896", INK, "#8b8823", RUST)
    for name, colour in zip(index.columns, palette, strict=True):
        label = f"{GROUP_NAMES[str(name)]}: {number(index[name].iloc[-1])}"
        sns.lineplot(x=index.index, y=index[name].to_numpy(), ax=axes, color=colour, label=label, legend=False,
                     errorbar=None)
    axes.axhline(100, color=LINE, linewidth=1)
    swedish_axis(axes.yaxis)
    year_axis(axes.xaxis)
    axes.margins(x=0.01)
    axes.set(xlabel="", ylabel=f"index, {outlook.base_year} = 100")
    label_ends(axes)
    ends = index.iloc[-1].sort_values()
    last = int(index.index[-1])
    return picture(
        figure, name="aldersgrupper",
        alt=f"Linjediagram. Mest växer gruppen {GROUP_NAMES[str(ends.index[-1])]}, till {number(ends.iloc[-1])} år "
            f"{last} om {outlook.base_year} är 100. Svagast är utvecklingen för {GROUP_NAMES[str(ends.index[0])]}, "
            f"{number(ends.iloc[0])}.",
        caption=f"Åldersgrupper {outlook.base_year}–{last} enligt prognosen, {outlook.base_year} = 100. "
                f"{SCB}; egen beräkning.",
        table=Table("aldersgrupper_index", f"Åldersgrupper, index {outlook.base_year} = 100", index.reset_index(), {
            "year": Column("År", kind="text"),
            **{str(g): Column(GROUP_NAMES[str(g)], "index", decimals=1) for g in index.columns}}),
    )


def projected_change(outlook: Outlook) -> Picture:
    """Natural change and net migration by year, observed and projected, with the sum as a line."""
    observed = outlook.history
    births = pd.Series(observed.births - observed.deaths, observed.years)
    net = pd.Series(observed.net_migration.sum((1, 2)), observed.years)
    ahead = outlook.projection.components
    natural = pd.concat([births, ahead["births"] - ahead["deaths"]])
    moves = pd.concat([net, ahead["net_migration"]])
    frame = pd.DataFrame({"natural": natural, "net": moves}).rename_axis("year")
    frame["change"] = frame.sum(axis=1)
    last, base = int(frame.index[-1]), outlook.base_year
    return _stacked(
        frame.reset_index(), "komponenter", base,
        alt=f"Stapeldiagram. Födelseöverskottet går från {number(natural.loc[base], signed=True)} år {base} till "
            f"{number(natural.loc[last], signed=True)} år {last}; flyttnettot är i prognosen i snitt "
            f"{number(ahead['net_migration'].mean(), signed=True)} per år.",
        caption=f"Födda minus döda och inflyttade minus utflyttade, personer per år; från {base + 1} prognos. "
                f"{SCB}; egen beräkning.",
    )


def components_by_year(changes: pd.DataFrame, until: int) -> Picture:
    """Natural change and net migration of each observed year, with the total change as a line."""
    frame = changes.loc[:until].tail(25)[["natural", "net", "change"]].reset_index()
    year, best = frame.iloc[-1], frame.loc[frame["change"].idxmax()]
    return _stacked(
        frame, "forandring_per_ar", None,
        alt=f"Stapeldiagram. År {int(year['year'])} var födelseöverskottet {number(year['natural'], signed=True)} och "
            f"flyttnettot {number(year['net'], signed=True)}. Störst var ökningen {int(best['year'])}: "
            f"{number(best['change'], signed=True)}.",
        caption=f"Födda minus döda, inflyttade minus utflyttade och hela förändringen, personer per år. {SCB}.",
    )


def _stacked(frame: pd.DataFrame, name: str, base: int | None, *, alt: str, caption: str) -> Picture:
    figure, axes = _axes()
    years = frame["year"].to_numpy()
    low = {"natural": frame["natural"] * 0, "net": frame["natural"].where(frame["natural"] * frame["net"] > 0, 0)}
    for column, colour, label in (("natural", BLUE, "födda minus döda"), ("net", TEAL, "in- minus utflyttade")):
        axes.bar(years, frame[column], bottom=low[column], width=0.75, color=colour, label=label)
    axes.plot(years, frame["change"], color=INK, marker="o", markersize=3.2, linewidth=1.2, label="summa")
    axes.axhline(0, color=INK, linewidth=0.8)
    if base is not None:
        axes.axvline(base + 0.5, color=SOFT, linewidth=0.9, linestyle=":")
        axes.annotate("prognos →", (base + 0.6, 1.0), xycoords=("data", "axes fraction"), va="top", color=SOFT)
    swedish_axis(axes.yaxis, signed=True)
    year_axis(axes.xaxis)
    axes.set(xlabel="", ylabel="personer per år")
    axes.legend(ncols=3, loc="lower left", bbox_to_anchor=(0, 1.0), borderaxespad=0.2)
    return picture(figure, name=name, alt=alt, caption=caption, table=Table(name, "Förändring per år", frame, {
        "year": Column("År", kind="text"), "natural": Column("Födda minus döda", "personer", signed=True),
        "net": Column("In- minus utflyttade", "personer", signed=True),
        "change": Column("Summa", "personer", signed=True)}))


def waterfall(change: pd.Series[float], year: int) -> Picture:
    """From one year end to the next: births, deaths, moves in and out, adjustment. `change` is a row of
    population.analysis.yearly_change."""
    signs = {"births": 1, "deaths": -1, "in_migration": 1, "out_migration": -1}
    parts = [(FLOW_NAMES[flow], signs[flow] * float(change[flow])) for flow in FLOWS]
    parts.append(("justering", float(change["adjustment"])))
    start, end = float(change["population"] - change["change"]), float(change["population"])
    figure, axes = _axes(3.6)
    level, rows = start, [(f"31 dec {year - 1}", start, start)]
    for place, (label, value) in enumerate(parts, start=1):
        axes.bar(place, value, bottom=level, color=TEAL if value >= 0 else RUST, width=0.62)
        axes.plot([place - 0.69, place + 0.31], [level, level], color=SOFT, linewidth=0.8)
        top = max(level, level + value)
        axes.annotate(number(value, signed=True), (place, top), xytext=(0, 3), textcoords="offset points", ha="center")
        level += value
        rows.append((label, value, level))
    rows.append((f"31 dec {year}", end, end))
    floor = min(start, end, *(r[2] for r in rows)) - 0.25 * (max(r[2] for r in rows) - min(r[2] for r in rows) + 10)
    for place, value in ((0, start), (len(parts) + 1, end)):
        axes.bar(place, value - floor, bottom=floor, color=INK, width=0.62)
        axes.annotate(number(value), (place, value), xytext=(0, 3), textcoords="offset points", ha="center")
    axes.plot([len(parts) - 0.31, len(parts) + 1.31], [level, level], color=SOFT, linewidth=0.8)
    labels = [r[0] for r in rows]
    axes.set_xticks(range(len(labels)), labels)
    top = max(max(r[2] for r in rows), start)
    axes.set(ylabel="invånare (axeln är bruten)", ylim=(floor, top + 0.08 * (top - floor)))
    swedish_axis(axes.yaxis)
    told = ", ".join(f"{label} {number(value, signed=True)}" for label, value in parts)
    frame = pd.DataFrame(rows, columns=["part", "value", "level"])
    return picture(
        figure, name="vattenfall",
        alt=f"Vattenfallsdiagram. Från {number(start)} invånare {year - 1} till {number(end)} år {year}: {told}.",
        caption=f"Från folkmängden 31 december {year - 1} till 31 december {year}, personer. {SCB}.",
        table=Table("vattenfall", f"Befolkningsförändringens delar {year}", frame, {
            "part": Column("Del", kind="text"), "value": Column("Antal", "personer", signed=False),
            "level": Column("Folkmängd efter delen", "personer")}),
    )


def migration_by_age(net: Any, years: tuple[int, int], estimated: bool) -> Picture:
    """Mean yearly net migration by single age, both sexes: `net` has shape (101,)."""
    import seaborn as sns

    figure, axes = _axes(3.4)
    frame = pd.DataFrame({"age": range(len(net)), "net": net})
    sns.barplot(frame, x="age", y="net", ax=axes, color=TEAL, width=0.85, native_scale=True, errorbar=None)
    axes.axhline(0, color=INK, linewidth=0.8)
    axes.set(xlabel="ålder vid årets slut", ylabel="personer per år", xlim=(-1, 100))
    swedish_axis(axes.yaxis, signed=True)
    least, most = frame.loc[frame["net"].idxmin()], frame.loc[frame["net"].idxmax()]
    when = f"år {years[0]}" if years[0] == years[1] else f"medel per år {years[0]}–{years[1]}"
    how = "uppskattat från in- och utflyttade totalt, åldersgrupper och en lånad åldersfördelning" if estimated else \
        "från flyttningar efter ålder"
    return picture(
        figure, name="flyttnetto_alder",
        alt=f"Stapeldiagram. Flyttnettot är lägst vid {int(least['age'])} år, {number(least['net'], 1, signed=True)} "
            f"per år, och högst vid {int(most['age'])} år, {number(most['net'], 1, signed=True)}.",
        caption=f"Inflyttade minus utflyttade efter ålder, {when}, {how}. "
                f"{SCB}; egen beräkning.",
        table=Table("flyttnetto_alder", f"Flyttnetto efter ålder, {when}", frame, {
            "age": Column("Ålder", kind="text"), "net": Column("Flyttnetto", "personer per år", decimals=1, signed=True)}),
    )
