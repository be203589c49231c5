"""How sure a projection is: simple ways beside it, what came of earlier ones, and what it would itself have said."""

from __future__ import annotations

import pandas as pd

from krokomanalys.population.evaluate import earlier_outlooks, scorecard
from krokomanalys.population.outlook import Outlook
from krokomanalys.report.page import Piece, note
from krokomanalys.report.tables import Column, Table
from krokomanalys.sources.slices import Slice

HORIZONS = (1, 2, 3, 5)
WAYS = {"net10": "Samma modell", "linear10": "Tio års medelförändring, rakt fram", "no_change": "Oförändrat antal"}


def benchmark_table(outlook: Outlook) -> Table:
    """The projection beside the simplest ways to guess, at the horizon and half-way."""
    years = [outlook.base_year + 5, int(outlook.path.index[-1])]
    rows = {
        "Prognosen": outlook.path,
        "Tio års medelförändring, rakt fram": outlook.linear10,
        "Oförändrat antal": outlook.no_change,
    }
    frame = pd.DataFrame([{"way": way, **{str(y): s.loc[y] for y in years if y in s.index}} for way, s in rows.items()])
    return Table(
        "jamforelse_metoder",
        "Prognosen och två enkla sätt att gissa, antal invånare",
        frame,
        {"way": Column("Sätt att räkna", kind="text"), **{c: Column(c) for c in frame.columns if c != "way"}},
    )


def official(slice_: Slice, outlook: Outlook) -> Table | Piece:
    """Earlier published projections and what it became, or a note that there is none to judge yet."""
    table = official_table(slice_, outlook)
    if table is None:
        return note("Ingen tidigare publicerad prognos kan ännu jämföras med utfall.")
    return table


def official_table(slice_: Slice, outlook: Outlook) -> Table | None:
    """Published projections of the total against what it became, for years known; None where there is none."""
    official = slice_.population.official
    rows = official[(official["age_group"] == "total") & (official["sex"] == "T")]
    rows = rows[rows["target_year"].isin(list(outlook.totals.index))]
    if rows.empty:
        return None
    frame = pd.DataFrame(
        {"vintage": rows["jump_off"].astype(int), "year": rows["target_year"], "said": rows["population"]}
    )
    frame["outcome"] = outlook.totals.reindex(frame["year"]).to_numpy()
    frame["error"] = frame["said"] - frame["outcome"]
    frame["percent"] = 100 * frame["error"] / frame["outcome"]
    return Table(
        "officiella_prognoser",
        "Tidigare publicerade prognoser och vad det blev, antal invånare",
        frame,
        {
            "vintage": Column("Utgångsår", kind="text"),
            "year": Column("År", kind="text"),
            "said": Column("Prognos"),
            "outcome": Column("Utfall"),
            "error": Column("Avvikelse", signed=True),
            "percent": Column("Avvikelse", "%", decimals=1, signed=True),
        },
        note="Avvikelse: prognos minus utfall. Över noll: prognosen var för hög.",
        source="Kolada (Statisticon, SCB)",
    )


def own_errors(slice_: Slice, outlook: Outlook, shape_from: str | None) -> Table | Piece:
    """The mean error of the total at each horizon, had the projection been made in earlier years."""
    errors = earlier_outlooks(slice_.population, slice_.municipality, outlook.base_year, shape_from)
    if errors.empty:
        return note("Modellen kan inte prövas på tidigare utgångsår: historien i underlaget är för kort.")
    card = scorecard(errors, HORIZONS)
    wide = card.pivot(index="way", columns="horizon", values="mape").reindex(list(WAYS)).rename(columns=str)
    frame = wide.assign(name=list(WAYS.values())).reset_index(drop=True)
    first, last = int(errors["origin"].min()), int(errors["origin"].max())
    return Table(
        "fel_tidigare_ar",
        f"Medelfel i totalen med utgångsår {first}–{last}",
        frame,
        {
            "name": Column("Sätt att räkna", kind="text"),
            **{str(h): Column(f"{h} år framåt", "%", decimals=2) for h in HORIZONS if str(h) in frame.columns},
        },
        note="Varje utgångsår är räknat på det som var känt då. Utgångsåren är få och överlappar, så en skillnad på "
        "någon tiondels procent säger lite.",
        source="SCB; egen beräkning",
    )
