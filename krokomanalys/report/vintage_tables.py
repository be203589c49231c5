"""The tables of the follow-up of projections: errors by projection, by years ahead and by age, and their parts."""

from __future__ import annotations

import pandas as pd

from krokomanalys.population.revision import AHEAD, pooled, revisions
from krokomanalys.report.figures import GROUP_NAMES
from krokomanalys.report.page import Piece, note
from krokomanalys.report.tables import Column, Table
from krokomanalys.report.vintages import (
    MAKERS,
    NO_ERROR,
    NO_REVISION,
    NO_VINTAGE,
    PARTS,
    FollowUp,
    dated_name,
    vintage_name,
)
from krokomanalys.sources.available import PARTITION


def vintage_table(told: FollowUp) -> Table | Piece:
    """Published and own projections of the total against the outcome, each known year a row."""
    rows = told.scored[(told.scored["age_group"] == "total") & (told.scored["maker"] != "model")]
    if rows.empty:
        return note(NO_VINTAGE)
    name = [vintage_name(m, v) for m, v in zip(rows["maker"], rows["vintage"], strict=True)]
    # whole persons, halves up, so that what is shown and its difference agree
    rows = rows.assign(population=(rows["population"] + 0.5).floordiv(1))
    rows["error"] = rows["population"] - rows["outcome"]
    return Table(
        "fel_prognoser",
        "Publicerade och egna prognoser mot utfallet, antal invånare",
        rows.assign(name=name),
        {
            "name": Column("Prognos", kind="text"),
            "jump_off": Column("Från", kind="text"),
            "target_year": Column("År", kind="text"),
            "population": Column("Sade"),
            "outcome": Column("Utfall"),
            "error": Column("Fel", signed=True),
            "percent": Column("Fel", "%", decimals=1, signed=True),
            "no_change": Column("Oförändrat", "%", decimals=1, signed=True),
            "linear10": Column("Tio års takt", "%", decimals=1, signed=True),
        },
        note="Från: utgångsåret. Fel: prognos minus utfall; över noll var prognosen för hög. De två sista kolumnerna "
        "är felet om man från samma år hade gissat på oförändrat antal, eller på tio års takt rakt fram.",
        source="SCB, Kolada; egen beräkning",
    )


def model_table(told: FollowUp) -> Table | Piece:
    """The model's error of the total by origin (rows) and years ahead (columns), in per cent."""
    rows = told.scored[(told.scored["age_group"] == "total") & (told.scored["maker"] == "model")]
    if rows.empty:
        return note(NO_ERROR)
    wide = rows.pivot(index="jump_off", columns="horizon", values="percent").rename(columns=str)
    return Table(
        "fel_modell",
        "Modellens fel i totalen efter utgångsår",
        wide.reset_index(),
        {
            "jump_off": Column("Utgångsår", kind="text"),
            **{h: Column("1 år framåt" if h == "1" else f"{h} år", "%", decimals=1, signed=True) for h in wide.columns},
        },
        note="Varje utgångsår är räknat på det som var känt då. Streck: utfallet är inte känt än.",
        source="SCB; egen beräkning",
    )


def pooled_table(told: FollowUp) -> Table | Piece:
    """The mean size of the total's error by maker and years ahead, beside the simplest ways to guess."""
    card = pooled(told.scored)
    if card.empty:
        return note(NO_VINTAGE)
    order = {"own": 0, "official": 1, "model": 2}
    card = card.assign(order=card["maker"].map(order)).sort_values(["order", "horizon"])
    return Table(
        "medelfel",
        "Medelfel i totalen efter antal år framåt",
        card.assign(name=card["maker"].map(MAKERS)),
        {
            "name": Column("Prognos", kind="text"),
            "horizon": Column("År framåt", kind="text"),
            "forecasts": Column("Antal prognoser"),
            "mape": Column("Medelfel", "%", decimals=2),
            "no_change": Column("Oförändrat antal", "%", decimals=2),
            "linear10": Column("Tio års takt", "%", decimals=2),
        },
        note="Medel av felets storlek, utan tecken. Utgångsåren är få och överlappar, så små skillnader säger lite.",
        source="SCB, Kolada; egen beräkning",
    )


def age_table(told: FollowUp) -> Table | Piece:
    """Errors by age group of the last published and own projection and of the model from its first origin."""
    frame = pd.DataFrame({"age_group": [*PARTITION, "total"]})
    columns, years = {"name": Column("Åldersgrupp", kind="text")}, []
    for maker in ("own", "official", "model"):
        rows = told.scored[told.scored["maker"] == maker]
        if rows.empty:
            continue
        origin = rows["jump_off"].min() if maker == "model" else rows["jump_off"].max()
        rows = rows[rows["jump_off"] == origin]
        year = int(rows["target_year"].max())
        rows = rows[rows["target_year"] == year].drop_duplicates("age_group", keep="last").set_index("age_group")
        said = dated_name(maker, str(rows["vintage"].iloc[0]), int(origin))
        years.append(f"{said}: felet {year}.")
        for column, unit, decimals in (("error", "personer", 0), ("percent", "%", 1)):
            frame[f"{maker}_{column}"] = rows[column].reindex(frame["age_group"]).to_numpy()
            columns[f"{maker}_{column}"] = Column(said, unit, decimals=decimals, signed=True)
    if len(columns) == 1:
        return note(NO_VINTAGE)
    return Table(
        "fel_alder",
        "Fel efter åldersgrupp",
        frame.assign(name=frame["age_group"].map(GROUP_NAMES).str.capitalize(), kind=_kinds(frame["age_group"])),
        columns,
        row_kind="kind",
        note=f"Prognos minus utfall. {' '.join(years)} Streck: prognosen har inte gruppen.",
        source="SCB, Kolada; egen beräkning",
    )


def error_table(told: FollowUp) -> Table | Piece:
    """The parts of the model's error by age group."""
    if told.error is None:
        return note(NO_ERROR)
    origin, year = min(told.outlooks), told.base_year
    text = "En rad är de som är i åldersgruppen slutet av året, också det som hände när de var yngre."
    if told.outlooks[year].history.tier == "B":
        text += (
            " Åldrarna är uppskattade: de dödas, de flyttades och i utgångsläget. Justeringen rymmer rättelser av dem."
        )
    caption = f"Modellens fel för {year} med utgångsår {origin}, personer"
    return _parts_table(told.error, "fel_delar_alder", caption, "Hela felet", text)


def revision_table(told: FollowUp) -> Table | Piece:
    """The parts of what the model changed between its last two origins, by age group."""
    if told.revision is None:
        return note(NO_REVISION)
    base = told.base_year
    return _parts_table(
        told.revision,
        "revidering_delar_alder",
        f"Ändringen för {base + AHEAD} från utgångsår {told.before} till {base}, personer",
        "Hela ändringen",
        f"Utgångsläge: utfallet {base} mot vad den förra sade. Resten: nya antaganden för {base + 1}–{base + AHEAD}.",
    )


def vintage_revisions(told: FollowUp) -> Table | Piece:
    """What the last own (else published) projection changed against the one before, for the years both tell of."""
    rows = revisions(told.projections[told.projections["maker"] != "model"], told.known)
    rows = rows[rows["age_group"] == "total"]
    if rows.empty:
        return note(
            "Det finns inte två publicerade eller egna prognoser för samma år och med olika utgångsår, så ingen "
            "revidering kan visas."
        )
    rows = rows.sort_values(["maker", "newer_jump_off", "target_year"])
    names = {
        side: [dated_name(m, v, y) for m, v, y in zip(rows["maker"], rows[side], rows[f"{side}_jump_off"], strict=True)]
        for side in ("older", "newer")
    }
    return Table(
        "revideringar",
        "Nya prognoser mot dem före, antal invånare",
        rows.assign(pair=[f"{b} → {a}" for b, a in zip(names["older"], names["newer"], strict=True)]),
        {
            "pair": Column("Prognoser", kind="text"),
            "target_year": Column("År", kind="text"),
            "said_before": Column("Före"),
            "said_after": Column("Efter"),
            "base": Column("Utfallet till utgångsåret", signed=True),
            "change": Column("Ändrad utveckling sedan", signed=True),
            "whole": Column("Hela ändringen", signed=True),
        },
        note="Utfallet till utgångsåret: folkmängden då mot vad den förra prognosen sade. Streck: den förra prognosen "
        "säger inget om det året.",
        source="SCB, Kolada; kommunens prognoser",
    )


def _parts_table(parts: pd.DataFrame, name: str, caption: str, whole: str, text: str) -> Table:
    frame = parts.reset_index()
    return Table(
        name,
        caption,
        frame.assign(name=frame["age_group"].map(GROUP_NAMES).str.capitalize(), kind=_kinds(frame["age_group"])),
        {
            "name": Column("Åldersgrupp", kind="text"),
            **{p: Column(PARTS[p].capitalize(), signed=True) for p in PARTS if p in frame.columns},
            "whole": Column(whole, signed=True),
        },
        row_kind="kind",
        note=f"Delarna summerar till helheten; visat i hela personer. Över noll: fler födda, färre döda. {text}",
        source="SCB; egen beräkning",
    )


def _kinds(groups: pd.Series[str]) -> list[str]:
    return ["total" if group == "total" else "" for group in groups]
