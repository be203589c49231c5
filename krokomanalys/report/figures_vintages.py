"""The figures of the follow-up of projections: paths against the outcome, and what errors and revisions consist of."""

from __future__ import annotations

import pandas as pd

from krokomanalys.population.revision import AHEAD
from krokomanalys.report.figures import SCB
from krokomanalys.report.page import Piece, note
from krokomanalys.report.pictures import Picture, picture
from krokomanalys.report.tables import Column, Table
from krokomanalys.report.theme import (
    BLUE,
    INK,
    RUST,
    TEAL,
    new_axes,
    swedish_axis,
    year_axis,
)
from krokomanalys.report.vintages import NO_ERROR, NO_REVISION, PARTS, FollowUp, dated_name, total_parts
from krokomanalys.report.waterfall import waterfall
from krokomanalys.sources.tables import rows_of
from krokomanalys.swedish import number

SHOWN_BEFORE = 3
"""Years of outcome that are drawn before the first projection."""
COLOURS = {"official": BLUE, "own": RUST, "model": TEAL}


def paths(told: FollowUp) -> Picture:
    """The outcome of the total and every projection of it, each from its own 31 December."""
    totals = told.projections[told.projections["age_group"] == "total"]
    first = min(int(totals["jump_off"].min()), told.base_year) - SHOWN_BEFORE
    outcome = told.known["total"].loc[first:].dropna()
    figure, axes = new_axes()
    axes.plot(outcome.index, outcome.to_numpy(), color=INK, linewidth=2.6, label="utfall", zorder=3)
    drawn, columns = {"outcome": outcome}, {"outcome": Column("Utfall", "personer")}
    made = totals.drop_duplicates(["maker", "vintage", "jump_off"])
    newest = {maker: int(rows["jump_off"].max()) for maker, rows in made.groupby("maker")}
    for place, one in enumerate(rows_of(made)):
        rows = totals[(totals["maker"] == one.maker) & (totals["vintage"] == one.vintage)]
        path = rows[rows["jump_off"] == one.jump_off].set_index("target_year")["population"].sort_index()
        if one.jump_off in outcome.index and one.jump_off not in path.index:
            path = pd.concat([outcome.loc[[one.jump_off]], path])
        name, last = dated_name(one.maker, one.vintage, one.jump_off), one.jump_off == newest[one.maker]
        axes.plot(
            path.index,
            path.to_numpy(),
            color=COLOURS[one.maker],
            linewidth=1.8 if last else 0.8,
            marker="o",
            markersize=3.2 if one.maker != "model" else 0,
            label=name if last else f"_{name}",
        )
        drawn[str(place)], columns[str(place)] = path, Column(name, "personer")
    swedish_axis(axes.yaxis)
    year_axis(axes.xaxis)
    axes.margins(x=0.01)
    axes.set(xlabel="", ylabel="invånare 31 december")
    axes.legend(ncols=4, loc="lower left", bbox_to_anchor=(0, 1.0), borderaxespad=0.2)
    table = pd.DataFrame(drawn).sort_index().rename_axis("year").reset_index()
    counted = _counted(int((made["maker"] != "model").sum()), int((made["maker"] == "model").sum()))
    return picture(
        figure,
        name="prognosbanor",
        alt=f"Linjediagram. Utfallet går från {number(outcome.iloc[0])} invånare {outcome.index[0]} till "
        f"{number(outcome.iloc[-1])} år {outcome.index[-1]}. Runt det ligger {counted}; de ger mellan "
        f"{number(_at_base(told).min())} och {number(_at_base(told).max())} för {told.base_year}.",
        caption=f"Invånare 31 december: utfall (svart) och prognoser, var och en från sitt utgångsår. {_legend(made)} "
        f"Tjock linje: den senaste av sitt slag. {SCB}, Kolada; egen beräkning.",
        table=Table(
            "prognosbanor",
            "Utfall och prognoser, invånare 31 december",
            table,
            {"year": Column("År", kind="text"), **columns},
        ),
    )


def error_waterfall(told: FollowUp) -> Picture | Piece:
    """From the outcome of the base year to what the model said of it at its first origin, part by part."""
    if told.error is None:
        return note(NO_ERROR)
    origin, year, outcome = min(told.outlooks), told.base_year, told.outcome["total"]
    parts = [(PARTS[part], persons) for part, persons in total_parts(told.error).items()]
    said = outcome + sum(persons for _, persons in parts)
    listed = ", ".join(f"{label} {number(value, signed=True)}" for label, value in parts)
    return waterfall(
        (f"utfall\n{year}", outcome),
        parts,
        (f"modellen\nfrån {origin}", said),
        name="fel_delar",
        title=f"Modellens fel för {year} i delar",
        alt=f"Vattenfallsdiagram. Från utfallet {number(outcome)} år {year} till modellens "
        f"{number(said)} från {origin}: {listed}.",
        caption=f"Vad som skiljer modellen med utgångsår {origin} från utfallet {year}, personer. Över noll: fler "
        f"födda, färre döda eller större flyttnetto i modellen än det blev. {SCB}; egen beräkning.",
    )


def revision_waterfall(told: FollowUp) -> Picture | Piece:
    """From what the model said at the last origin but one to what it says now, part by part."""
    if told.revision is None or told.before is None:
        return note(NO_REVISION)
    year = told.base_year + AHEAD
    parts = [(PARTS[part], persons) for part, persons in total_parts(told.revision).items()]
    parts[0] = (f"utfall\n{told.base_year}", parts[0][1])
    older = float(told.outlooks[told.before].path.loc[year])
    newer = older + sum(persons for _, persons in parts)
    listed = ", ".join(f"{label} {number(value, signed=True)}".replace("\n", " ") for label, value in parts)
    return waterfall(
        (f"från {told.before}", older),
        parts,
        (f"från {told.base_year}", newer),
        name="revidering_delar",
        title=f"Modellens revidering för {year} i delar",
        alt=f"Vattenfallsdiagram. Modellen från {told.before} ger {number(older)} invånare {year}, från "
        f"{told.base_year} {number(newer)}: {listed}.",
        caption=f"Vad som skiljer modellen med utgångsår {told.before} från den med utgångsår {told.base_year}, "
        f"invånare {year}. Första delen är hur {told.base_year} blev mot vad den förra sade; resten är nya antaganden "
        f"för {told.base_year + 1}–{year}. {SCB}; egen beräkning.",
    )


def _legend(made: pd.DataFrame) -> str:
    """Which colour the projections of each maker have, of those that are drawn."""
    model = "Grönt: vad modellen säger eller hade sagt."
    words = {"official": "Blått: publicerade.", "own": "Brunt: egna.", "model": model}
    return " ".join(text for maker, text in words.items() if maker in set(made["maker"]))


def _at_base(told: FollowUp) -> pd.Series[float]:
    """What the projections made before the base year said of it; the outcome itself where there is none."""
    rows = told.scored[(told.scored["age_group"] == "total") & (told.scored["target_year"] == told.base_year)]
    return rows["population"] if len(rows) else told.known["total"].loc[[told.base_year]]


def _counted(others: int, own: int) -> str:
    published = f"{others} {'tidigare prognos' if others == 1 else 'tidigare prognoser'}"
    tried = f"modellen från {own} utgångsår"
    return f"{published} och {tried}" if others and own else published if others else tried
