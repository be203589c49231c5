"""How sure a projection is: simple ways beside it, what came of earlier ones, and what it would itself have said."""

from __future__ import annotations

import pandas as pd

from krokomanalys.population.evaluate import BENCHMARKS, TOTAL, earlier_outlooks
from krokomanalys.population.forecast import DEFAULT
from krokomanalys.population.outlook import Outlook
from krokomanalys.population.scores import SIZES, scorecard
from krokomanalys.report.backtest import WAY_NAMES, size_name
from krokomanalys.report.figures import GROUP_NAMES
from krokomanalys.report.page import Piece, note
from krokomanalys.report.tables import Column, Table
from krokomanalys.sources.slices import Slice
from krokomanalys.swedish import listed

HORIZONS = (1, 2, 3, 5)
SCORED = (1, 3, 5, 10)
FEWEST = 5
"""Municipalities that a mean error is shown for."""


def benchmark_table(outlook: Outlook) -> Table:
    """The projection beside the simplest ways to guess, at the horizon and half-way."""
    years = [outlook.base_year + 5, int(outlook.path.index[-1])]
    rows = {
        "Prognosen": outlook.path,
        WAY_NAMES["linear10"]: outlook.linear10,
        WAY_NAMES["no_change"]: outlook.no_change,
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
        {"vintage": rows["jump_off"].astype(int), "year": rows["target_year"], "said": _whole(rows["population"])}
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


def _whole(persons: pd.Series[float]) -> pd.Series[float]:
    """Whole persons, halves up, so that what is shown and its difference agree."""
    return (persons + 0.5).floordiv(1)


def own_errors(slice_: Slice, outlook: Outlook, shape_from: str | None, model: str) -> Table | Piece:
    """The mean error of the total at each horizon, had the projection been made in earlier years."""
    errors = earlier_outlooks(slice_.population, slice_.municipality, outlook.base_year, shape_from, model)
    if errors.empty:
        return note("Modellen kan inte prövas på tidigare utgångsår: historien i underlaget är för kort.")
    card = scorecard(errors[errors["horizon"].isin(HORIZONS)])
    ways = {model: "Samma modell", "linear10": WAY_NAMES["linear10"], "no_change": WAY_NAMES["no_change"]}
    wide = card.pivot(index="way", columns="horizon", values="mape").reindex(list(ways)).rename(columns=str)
    frame = wide.assign(name=list(ways.values())).reset_index(drop=True)
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
        f"någon tiondels procent säger lite.{_beaten(wide, model)}",
        source="SCB; egen beräkning",
    )


def _beaten(wide: pd.DataFrame, model: str) -> str:
    """That a simpler way has been nearer here at every horizon, where one has."""
    nearer = [way for way in wide.index if way != model and (wide.loc[way] < wide.loc[model]).all()]
    return f" Här har {WAY_NAMES[nearer[0]].lower()} legat närmare utfallet på alla år framåt." if nearer else ""


def size_errors(slice_: Slice, outlook: Outlook, model: str) -> Table | Piece:
    """The model's and the benchmarks' mean errors in municipalities of this size, that the choice hasn't seen."""
    scores = _scores(slice_, model)
    lower = max(bound for bound in SIZES if bound <= outlook.totals.iloc[-1])
    if scores is None or scores.loc[scores["size_class"] == lower, "places"].max() < FEWEST:
        return note("Modellens fel i andra kommuner av den här storleken är inte uppmätt.")
    own = scores[(scores["size_class"] == lower) & (scores["group"] == TOTAL)]
    return _score_table(
        "fel_i_lika_stora",
        f"Medelfel i totalen i andra kommuner med {size_name(lower)} invånare",
        own,
        "way",
        WAY_NAMES,
        "Sätt att räkna",
    )


def group_errors(slice_: Slice, model: str) -> Table | Piece:
    """The model's mean errors by age group, over municipalities of all sizes."""
    scores = _scores(slice_, model)
    if scores is None:
        return note("Modellens fel efter åldersgrupp är inte uppmätt.")
    rows = scores[(scores["size_class"] < 0) & (scores["way"] == model)]
    return _score_table(
        "fel_per_grupp",
        "Modellens medelfel efter åldersgrupp i andra kommuner",
        rows,
        "group",
        {name: words.capitalize() for name, words in GROUP_NAMES.items()},
        "Åldersgrupp",
    )


def _scores(slice_: Slice, model: str) -> pd.DataFrame | None:
    """The scorecard where it has the model, else None."""
    scores = slice_.scores
    return scores if scores is not None and model in (DEFAULT, *BENCHMARKS) else None


def _score_table(name: str, caption: str, rows: pd.DataFrame, key: str, words: dict[str, str], head: str) -> Table:
    """Mean errors by horizon with their uncertainty, a row for each key; none from fewer than FEWEST places."""
    places = rows.groupby("horizon")["places"].max()
    rows = rows[rows["places"] >= FEWEST]
    wide = rows.pivot(index=key, columns="horizon", values=["mape", "se"])
    order = [k for k in words if k in wide.index]
    frame = pd.DataFrame({"name": [words[k] for k in order]})
    columns = {"name": Column(head, kind="text")}
    for horizon in SCORED:
        if ("mape", horizon) in wide.columns:
            frame[f"mape{horizon}"] = wide[("mape", horizon)].reindex(order).to_numpy()
            frame[f"se{horizon}"] = wide[("se", horizon)].reindex(order).to_numpy()
            columns[f"mape{horizon}"] = Column(f"{horizon} år framåt", "%", decimals=2)
            columns[f"se{horizon}"] = Column("±", "%", decimals=2)
    counts = listed([f"{places[h]} efter {h} år" for h in SCORED if h in places.index and places[h] >= FEWEST])
    return Table(
        name,
        caption,
        frame,
        columns,
        note="Ur ett prov på sextio kommuner, med de kommuner och utgångsår som valet av modell inte har sett. Antal "
        f"kommuner: {counts}. ±: medelfelets osäkerhet. Hela provet står i docs/traffsakerhet.md.",
        source="SCB; egen beräkning",
    )
