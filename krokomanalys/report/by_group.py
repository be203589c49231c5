"""What the analysis report says of ages: births, ageing, deaths and moves in each age group, and that they add up."""

from __future__ import annotations

import pandas as pd

from krokomanalys.errors import Missing
from krokomanalys.population.analysis import by_group
from krokomanalys.population.history import History
from krokomanalys.report.figures import GROUP_NAMES, SCB
from krokomanalys.report.page import Piece, note
from krokomanalys.report.pictures import Picture
from krokomanalys.report.signed_bars import signed_bars
from krokomanalys.report.tables import Column, Table
from krokomanalys.report.theme import BLUE, OLIVE, ROSE, SOFT, TEAL
from krokomanalys.sources.available import PARTITION
from krokomanalys.sources.slices import Slice
from krokomanalys.swedish import number

ROWS = {
    "births": "Födda",
    "aged_in": "Kom in i gruppen genom att bli äldre",
    "aged_out": "Lämnade gruppen genom att bli äldre",
    "deaths": "Döda",
    "in_domestic": "Inflyttade från övriga Sverige",
    "immigration": "Invandrade",
    "out_domestic": "Utflyttade till övriga Sverige",
    "emigration": "Utvandrade",
    "net": "Flyttnetto, uppskattat",
    "adjustment": "Justering",
    "rest": "Rest",
}
PARTS = {
    "natural": ("födda minus döda", BLUE),
    "ageing": ("blev äldre", OLIVE),
    "domestic": ("flyttnetto inrikes", TEAL),
    "foreign": ("utrikes", ROSE),
    "net": ("flyttnetto", TEAL),
    "adjustment": ("justering", SOFT),
}


def basis(slice_: Slice, observed: History | Missing) -> Piece:
    """Which of the figures by age group are published, and which are estimated and how."""
    if isinstance(observed, Missing):
        return note(f"Åldersgruppernas förändring kan inte delas upp, för underlag saknas. {observed}")
    if observed.tier == "A":
        return note(
            "Flyttningar och döda efter ålder är kommunens egna. Hur många som blev äldre och bytte grupp är räknat på "
            "befolkningen efter ettårsålder, avstämd mot de publicerade grupperna."
        )
    year = observed.years[-1]
    own = slice_.population.deaths
    has_deaths = ((own["region"] == slice_.municipality) & (own["year"] == year)).any()
    deaths = "Döda efter ålder är kommunens egna." if has_deaths else "Döda efter ålder är uppskattade från rikets."
    return note(
        f"**Uppskattad.** Grupperna vid årets början och slut är publicerade, liksom födda. {deaths} Hur många som "
        "blev äldre och bytte grupp är uppskattat från befolkningen efter ettårsålder. Flyttnettot i varje grupp är "
        "det som återstår. För alla åldrar är varje del publicerad."
    )


def group_picture(slice_: Slice, observed: History | Missing) -> Picture | None:
    """Why each age group changed: births and deaths, ageing, moves. None where it can't be told, see `basis`."""
    if isinstance(observed, Missing):
        return None
    table = by_group(slice_.population, observed)
    year, estimated = observed.years[-1], observed.tier == "B"
    frame = _parts(table).loc[list(PARTITION)].rename(index=GROUP_NAMES)
    parts = {name: told for name, told in PARTS.items() if name in frame.columns}
    told = ", ".join(f"{GROUP_NAMES[g]} {number(table['change'][g], signed=True)}" for g in PARTITION)
    return signed_bars(
        frame,
        parts,
        name="grupper_delar",
        head="Åldersgrupp",
        title=f"Åldersgruppernas förändring {year} i delar",
        unit="personer",
        alt=f"Stapeldiagram över varför åldersgrupperna ändrades {year}. Summorna är {told}. {_reason(table)}",
        caption=f"Varje åldersgrupps förändring från 31 december {year - 1} till 31 december {year}, personer"
        f"{'; åldrande och flyttnetto är uppskattade' if estimated else ''}. {SCB}; egen beräkning.",
    )


def group_account(slice_: Slice, observed: History | Missing) -> Table | None:
    """Each age group from one year end to the next, part by part, with the rest that is zero; None as above."""
    if isinstance(observed, Missing):
        return None
    table, year = by_group(slice_.population, observed), observed.years[-1]
    parts = [name for name in ROWS if name in table.columns]
    table["rest"] = (table["change"] - table[parts].sum(axis=1)).round(6)
    rows = {
        "before": f"31 december {year - 1}",
        **{name: label for name, label in ROWS.items() if name in table.columns},
        "after": f"31 december {year}",
    }
    frame = table[list(rows)].T.reset_index(names="part")
    frame["label"] = frame["part"].map(rows)
    frame["kind"] = ["total" if name == "after" else "" for name in frame["part"]]
    return Table(
        "grupper_konto",
        f"Åldersgrupperna från 31 december {year - 1} till 31 december {year}, antal personer",
        frame,
        {
            "label": Column("Del", kind="text"),
            **{g: Column(_short(g)) for g in PARTITION},
            "total": Column("Alla"),
        },
        row_kind="kind",
        note="Delarna summerar till förändringen: resten är noll. Justering är SCB:s rättelser. Tal som är "
        "uppskattade eller härledda visas i hela personer, så summor kan skilja på någon person.",
        source="SCB; egen beräkning",
    )


def group_finding(slice_: Slice, observed: History) -> str:
    """The age group that changed most, and what did it."""
    return _reason(by_group(slice_.population, observed), strong="**")


def _reason(table: pd.DataFrame, strong: str = "") -> str:
    change = table["change"].drop("total")
    group = str(change.abs().idxmax())
    parts = _parts(table).loc[[group]].iloc[0]
    moves = parts.reindex(["domestic", "foreign", "net"]).sum()
    life = "födda minus döda" if table["births"][group] else "dödsfallen"
    about = " (uppskattat)" if "net" in parts.index else ""
    return (
        f"Mest ändrades gruppen {GROUP_NAMES[group]}: {strong}{number(change[group], signed=True)}{strong}. Åldrandet "
        f"gav {number(parts['ageing'], signed=True)}, {life} {number(parts['natural'], signed=True)} och flyttningarna "
        f"{number(moves, signed=True)}{about}."
    )


def _parts(table: pd.DataFrame) -> pd.DataFrame:
    """The parts as they are drawn: ageing in and out together, births and deaths, moves in and out."""
    parts = pd.DataFrame({"natural": table["births"] + table["deaths"], "ageing": table["aged_in"] + table["aged_out"]})
    if "net" in table.columns:
        parts["net"] = table["net"]
    else:
        parts["domestic"] = table["in_domestic"] + table["out_domestic"]
        parts["foreign"] = table["immigration"] + table["emigration"]
    return parts.assign(adjustment=table["adjustment"])


def _short(group: str) -> str:
    return group.replace("-", "–")
