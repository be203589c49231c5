"""The figures of population change: components by year, the waterfall of a year, net migration by age."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from krokomanalys.population.cube import Array
from krokomanalys.population.outlook import Outlook
from krokomanalys.report.figures import SCB
from krokomanalys.report.page import Piece, note
from krokomanalys.report.pictures import Picture, picture
from krokomanalys.report.tables import Column, Table
from krokomanalys.report.theme import BLUE, INK, ROSE, SOFT, TEAL, bars, new_axes, swedish_axis, year_axis
from krokomanalys.report.waterfall import waterfall
from krokomanalys.sources.available import FLOW_WORDS, FLOWS
from krokomanalys.swedish import number


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
        frame.reset_index(),
        "komponenter",
        base,
        NATURAL_AND_NET,
        alt=f"Stapeldiagram. Födda minus döda går från {number(natural.loc[base], signed=True)} år {base} till "
        f"{number(natural.loc[last], signed=True)} år {last}; flyttnettot är i prognosen i snitt "
        f"{number(ahead['net_migration'].mean(), signed=True)} per år.",
        caption=f"Födda minus döda och inflyttade minus utflyttade, personer per år; från {base + 1} prognos. "
        f"{SCB}; egen beräkning.",
    )


def components_by_year(changes: pd.DataFrame, until: int) -> Picture:
    """Natural change and net migration of each observed year, with the total change as a line."""
    frame = changes.loc[:until].tail(25)[["natural", "net", "change"]].reset_index()
    year, best = frame.iloc[-1], frame.iloc[int(frame["change"].argmax())]
    return _stacked(
        frame,
        "forandring_per_ar",
        None,
        NATURAL_AND_NET,
        alt=f"Stapeldiagram. År {int(year['year'])} var födda minus döda {number(year['natural'], signed=True)} och "
        f"flyttnettot {number(year['net'], signed=True)}. Högst var förändringen {int(best['year'])}: "
        f"{number(best['change'], signed=True)}.",
        caption=f"Födda minus döda, inflyttade minus utflyttade och hela förändringen, personer per år. {SCB}.",
    )


def year_waterfall(change: pd.Series[float], year: int) -> Picture:
    """From one year end to the next; `change` is a row of population.analysis.yearly_change."""
    signs = {"births": 1, "deaths": -1, "in_migration": 1, "out_migration": -1}
    parts = [(FLOW_WORDS[flow], signs[flow] * float(change[flow])) for flow in FLOWS]
    parts.append(("justering", float(change["adjustment"])))
    start, end = float(change["population"] - change["change"]), float(change["population"])
    told = ", ".join(f"{label} {number(value, signed=True)}" for label, value in parts)
    return waterfall(
        (f"31 dec {year - 1}", start),
        parts,
        (f"31 dec {year}", end),
        name="vattenfall",
        title=f"Befolkningsförändringens delar {year}",
        alt=f"Vattenfallsdiagram. Från {number(start)} invånare {year - 1} till {number(end)} år {year}: {told}.",
        caption=f"Från folkmängden 31 december {year - 1} till 31 december {year}, personer. {SCB}.",
    )


def net_by_direction(changes: pd.DataFrame, until: int) -> Picture | Piece:
    """Net migration within the country and across its border by year, with their sum; a note where it isn't known."""
    known = changes.loc[:until, ["net_domestic", "net_foreign", "net"]].dropna().tail(25)
    if until not in known.index:
        return note("Flyttnettot är inte delat i inrikes och utrikes i underlaget.")
    inside, abroad = known["net_domestic"], known["net_foreign"]
    means = [number(part.tail(10).mean(), signed=True) for part in (inside, abroad)]
    return _stacked(
        known.rename(columns={"net": "change"}).reset_index(),
        "flyttnetto_inrikes_utrikes",
        None,
        {"net_domestic": ("inrikes", TEAL), "net_foreign": ("utrikes", ROSE)},
        alt=f"Stapeldiagram. År {until} var flyttnettot inrikes {number(inside[until], signed=True)} och utrikes "
        f"{number(abroad[until], signed=True)}. Medel {known.tail(10).index[0]}–{until} är {means[0]} och {means[1]} "
        f"per år.",
        caption=f"Flyttnetto mot övriga Sverige och mot utlandet, och summan, personer per år. {SCB}.",
    )


def migration_by_age(net: Array, years: tuple[int, int], estimated: bool) -> Picture:
    """Mean yearly net migration by single age, both sexes: `net` has shape (101,)."""
    figure, axes = new_axes(3.4)
    frame = pd.DataFrame({"age": range(len(net)), "net": net})
    unit = "personer" if years[0] == years[1] else "personer per år"
    bars(axes, frame["age"], frame["net"], TEAL)
    axes.axhline(0, color=INK, linewidth=0.8)
    axes.set(xlabel="ålder vid årets slut", ylabel=unit, xlim=(-1, 100))
    swedish_axis(axes.yaxis, signed=True)
    least, most = frame.iloc[int(frame["net"].argmin())], frame.iloc[int(frame["net"].argmax())]
    when = f"år {years[0]}" if years[0] == years[1] else f"medel per år {years[0]}–{years[1]}"
    how = (
        "uppskattat från in- och utflyttade totalt, åldersgrupper och en lånad åldersfördelning"
        if estimated
        else "från flyttningar efter ålder"
    )
    return picture(
        figure,
        name="flyttnetto_alder",
        alt=f"Stapeldiagram. Flyttnettot är lägst vid {int(least['age'])} år, {number(least['net'], 1, signed=True)}, "
        f"och högst vid {int(most['age'])} år, {number(most['net'], 1, signed=True)} ({when}).",
        caption=f"Inflyttade minus utflyttade efter ålder, {when}, {how}. {SCB}; egen beräkning.",
        table=Table(
            "flyttnetto_alder",
            f"Flyttnetto efter ålder, {when}",
            frame,
            {
                "age": Column("Ålder", kind="text"),
                "net": Column("Flyttnetto", unit, decimals=1, signed=True),
            },
        ),
    )


NATURAL_AND_NET = {"natural": ("födda minus döda", BLUE), "net": ("in- minus utflyttade", TEAL)}


def _stacked(
    frame: pd.DataFrame,
    name: str,
    base: int | None,
    parts: Mapping[str, tuple[str, str]],
    *,
    alt: str,
    caption: str,
) -> Picture:
    """Two parts of a yearly change on each other, each with label and colour, and `change`, their sum, as a line."""
    figure, axes = new_axes()
    years = frame["year"].to_numpy()
    (first, _), (second, _) = parts.items()
    low = {first: 0 * frame[first], second: frame[first].where(frame[first] * frame[second] > 0, 0)}
    for column, (label, colour) in parts.items():
        bars(axes, years, frame[column], colour, bottom=low[column]).set_label(label)
    axes.plot(years, frame["change"], color=INK, marker="o", markersize=3.2, linewidth=1.2, label="summa")
    axes.axhline(0, color=INK, linewidth=0.8)
    if base is not None:
        axes.axvline(base + 0.5, color=SOFT, linewidth=0.9, linestyle=":")
        axes.annotate("prognos →", (base + 0.6, 1.0), xycoords=("data", "axes fraction"), va="top", color=SOFT)
    swedish_axis(axes.yaxis, signed=True)
    year_axis(axes.xaxis)
    axes.set(xlabel="", ylabel="personer per år")
    axes.legend(ncols=3, loc="lower left", bbox_to_anchor=(0, 1.0), borderaxespad=0.2)
    return picture(
        figure,
        name=name,
        alt=alt,
        caption=caption,
        table=Table(
            name,
            "Förändring per år",
            frame,
            {
                "year": Column("År", kind="text"),
                **{
                    c: Column(label[:1].upper() + label[1:], "personer", signed=True) for c, (label, _) in parts.items()
                },
                "change": Column("Summa", "personer", signed=True),
            },
        ),
    )
