"""What the backtest says: every way to project a data folder's municipalities, held against what came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pandas as pd

from krokomanalys.errors import Fault, InputError
from krokomanalys.population.evaluate import (
    BENCHMARKS,
    FINER_GROUPS,
    LONGEST,
    RIKET_KNOWN,
    SINGLE_AGES,
    TOTAL,
    backtest,
    complete,
    official_errors,
)
from krokomanalys.population.forecast import DEFAULT
from krokomanalys.population.history import has_flows_by_age
from krokomanalys.population.national import national
from krokomanalys.population.records import record
from krokomanalys.population.scores import SHELF_LIFE, SIZES, scorecard, skill, with_sizes
from krokomanalys.population.totals import YEARS_NEEDED
from krokomanalys.regions import NATION
from krokomanalys.report.figures import GROUP_NAMES
from krokomanalys.report.tables import Column, Table
from krokomanalys.sources.available import HISTORY_YEARS, PARTITION
from krokomanalys.sources.load import load_population
from krokomanalys.swedish import number

Part = Literal["allt", "val", "prov"]
PARTS: dict[Part, str] = {
    "allt": "alla kommuner och utgångsår",
    "val": "två av tre kommuner i ordning efter kod, utgångsår till och med 2016",
    "prov": "var tredje kommun i ordning efter kod, och alla kommuners utgångsår efter 2016",
}
DECIDED_UNTIL = 2016
"""The last origin that the choice of model has seen; and of the municipalities in order of code every third is kept."""
HORIZONS = (1, 3, 5, 10, LONGEST)
WAY_NAMES = {
    "joined": "Huvudmodellen (joined)",
    "no_change": "Oförändrat antal",
    "linear5": "Rak linje, fem års takt",
    "linear10": "Rak linje, tio års takt",
    "net10": "Flyttnetto, tio års medel (net10)",
    "net3_10": "Flyttnetto, tre och tio års medel (net3_10)",
    "gross": "In- och utflyttning för sig (gross)",
    "shrunk": "Krympta tal (shrunk)",
    "average": "Medel av tre kohortmodeller (average)",
    "hamilton_perry": "Kohortkvoter (hamilton_perry)",
    "growth3_5_10": "Medel av tre, fem och tio års takt",
    "damped10": "Tio års takt, avtagande",
    "components": "Delar: födda, döda, in- och utrikes (components)",
    "relative": "Egen takt mot riket (relative)",
    "returning": "Egen takt, återgående (returning)",
    "joined_gross": "gross, samma total",
    "joined_shrunk": "shrunk, samma total",
    "official": "Officiell prognos",
    RIKET_KNOWN: "Huvudmodellen om rikets utfall vore känt",
}
SOURCE = "SCB; egen beräkning"
_NOTE = "Medelfel: medel av felets storlek. Osäkerheten (±) är medelfelets, med kommunerna som oberoende. "
_SIGN = "Skevhet över noll: prognoserna är för höga. Bara det som var känt utgångsåret är använt."


@dataclass(frozen=True, eq=False)
class Tested:
    """A backtest: errors as evaluate.backtest gives them with official ones and size classes, and on what.

    left_out  municipalities of the folder that lack a series for one of the years
    """

    errors: pd.DataFrame
    regions: tuple[str, ...]
    origins: tuple[int, int]
    part: Part
    left_out: tuple[str, ...]


def tested(data: Path | None, first: int, last: int, shape_from: str | None, part: Part = "allt") -> Tested:
    """Run the backtest over the municipalities of a data folder (of the embedded data where none is given).

    Raises:
        InputError: the origins are not within the data, no municipality has all series, or one lacks moves by age and
            no lender is named.
    """
    tables, own = load_population(data)
    years = sorted(int(y) for y in tables.groups.loc[tables.groups["region"].isin(own), "year"].unique())
    start, end = years[0] + YEARS_NEEDED - 1, years[-1] - 1
    if first < start or last > end:
        problem = f"utgångsåren {first}–{last} går inte att pröva med folkmängd för {years[0]}–{years[-1]}"
        raise InputError(Fault("--from, --to", problem, f"år inom {start}–{end}"))
    whole = record(tables, own, years[0], years[-1])
    regions = complete(whole, first)
    if not regions:
        span = f"alla år {first - HISTORY_YEARS}–{end + 1}"
        problem = f"ingen kommun har folkmängd, födda, döda, flyttade och inrikes och utrikes flyttnetto {span}"
        raise InputError(Fault("data/population/", problem, "minst en kommun med alla serier"))
    read = record(tables, regions, years[0], years[-1])
    lender = record(tables, [shape_from], years[0], years[-1]) if shape_from else None
    lacking = [
        r
        for r, by_age in zip(regions, has_flows_by_age(read, first - HISTORY_YEARS + 1, last), strict=True)
        if not by_age
    ]
    if lender is None and lacking:
        problem = f"{lacking[0]} har inte flyttningar efter ålder för alla år från {first - HISTORY_YEARS + 1}"
        raise InputError(Fault("--shape-from", problem, "en kommun att låna åldersfördelningen från, t.ex. 2262"))
    errors = backtest(read, national(tables), lender, range(first, last + 1))
    errors = with_sizes(pd.concat([errors, official_errors(tables.official, read)], ignore_index=True), read)
    kept = of_part(errors, regions, part)
    return Tested(kept, tuple(regions), (first, last), part, tuple(sorted(set(own) - set(regions))))


def of_part(errors: pd.DataFrame, regions: Sequence[str], part: Part) -> pd.DataFrame:
    """The rows of a part: `val` has seen two of three municipalities, origins to DECIDED_UNTIL; `prov` is the rest."""
    if part == "allt":
        return errors
    deciding = [region for place, region in enumerate(regions) if place % 3 != 2]
    seen = errors["region"].isin(deciding) & (errors["origin"] <= DECIDED_UNTIL)
    of_riket = errors["region"] == NATION
    return errors[(seen | of_riket) if part == "val" else ~seen]


def tables(result: Tested) -> list[Table]:
    """All tables of a backtest, the total first."""
    own = result.errors[result.errors["region"] != NATION]
    whole = own[own["group"] == TOTAL]
    found = [
        total_table(whole, result),
        skill_table(own),
        size_table(whole),
        group_table(own),
        riket_table(result.errors),
        origin_table(whole),
        place_table(whole),
    ]
    official = official_table(own)
    return [*found[:4], *([official] if official else []), *found[4:]]


def total_table(whole: pd.DataFrame, result: Tested) -> Table:
    """Every way's errors in the total, by horizon."""
    card = scorecard(whole[whole["horizon"].isin(HORIZONS) & (whole["way"] != "official")])
    places, (first, last) = len(result.regions), result.origins
    return Table(
        "traffsakerhet",
        f"Fel i totalen för {number(places)} {'kommun' if places == 1 else 'kommuner'}, utgångsår {first}–{last}",
        _named(card).sort_values(["horizon", "mape"], kind="stable"),
        {
            "name": Column("Sätt att räkna", kind="text"),
            "horizon": Column("År framåt", kind="text"),
            "mape": Column("Medelfel", "%", decimals=2),
            "se": Column("Medelfelets osäkerhet", "±", decimals=2),
            "mdape": Column("Medianfel", "%", decimals=2),
            "bias": Column("Skevhet", "%", decimals=2, signed=True),
            "within": Column(f"Inom {SHELF_LIFE:.0f} %", "% av prognoserna", decimals=1),
            "forecasts": Column("Prognoser"),
        },
        note=f"Urval: {PARTS[result.part]}. {_NOTE}{_SIGN}",
        source=SOURCE,
    )


def skill_table(own: pd.DataFrame) -> Table:
    """How much smaller the default's errors are than the benchmarks', total and by age group."""
    kept = own[own["horizon"].isin(HORIZONS)]
    rows = [
        skill(kept[kept["group"].isin([TOTAL, *PARTITION])], DEFAULT, against, ("group", "horizon"))
        for against in BENCHMARKS
    ]
    frame = pd.concat(rows, ignore_index=True).rename(columns={"against": "other"})
    frame["name"], frame["who"] = frame["other"].map(WAY_NAMES), frame["group"].map(_group_name)
    return Table(
        "battre_an",
        "Huvudmodellens vinst: så mycket mindre är medelfelet än jämförelsens",
        frame,
        {
            "who": Column("Grupp", kind="text"),
            "name": Column("Jämfört med", kind="text"),
            "horizon": Column("År framåt", kind="text"),
            "skill": Column("Mindre fel", "%", decimals=1, signed=True),
            "se": Column("Osäkerhet", "± procentenheter", decimals=1),
            "forecasts": Column("Prognoser"),
        },
        note="På samma kommuner och år. För åldersgrupper är de raka linjerna gruppens egna.",
        source=SOURCE,
    )


def size_table(whole: pd.DataFrame) -> Table:
    """Errors in the total of the default and the benchmarks by size of the municipality at the origin."""
    card = scores(whole)
    card = card[card["group"] == TOTAL]
    frame = _wide(card, ["size_class", "way"])
    frame["class"] = frame["size_class"].map(size_name)
    return _horizon_table(
        "storleksklasser",
        "Medelfel i totalen efter kommunens storlek utgångsåret",
        frame,
        {"class": Column("Invånare", kind="text"), "name": Column("Sätt att räkna", kind="text")},
        last={"places": Column("Kommuner")},
    )


def group_table(own: pd.DataFrame) -> Table:
    """Errors by age group of every model and of group-wise benchmarks; single ages where places have them."""
    kept = own[(own["group"] != TOTAL) & own["horizon"].isin(HORIZONS) & (own["way"] != "official")]
    frame = _wide(scorecard(kept, ("group", "horizon")), ["group", "way"])
    order = {name: place for place, name in enumerate([*PARTITION, *FINER_GROUPS, SINGLE_AGES])}
    frame = frame.sort_values("group", key=lambda names: names.map(order), kind="stable")
    frame["who"] = frame["group"].map(_group_name)
    return _horizon_table(
        "aldersgrupper",
        "Medelfel efter åldersgrupp",
        frame,
        {"who": Column("Ålder", kind="text"), "name": Column("Sätt att räkna", kind="text")},
        note="Ettårsklasser: summan av avvikelserna utan tecken i procent av folkmängden, där utfallet finns.",
    )


def riket_table(errors: pd.DataFrame) -> Table:
    """What of the error is Riket's: Riket's own projection, and the default had Riket's outcome been known."""
    kept = errors[(errors["group"] == TOTAL) & errors["horizon"].isin(HORIZONS)]
    riket = kept[kept["region"] == NATION].assign(way="riket")
    local = kept[(kept["region"] != NATION) & kept["way"].isin([DEFAULT, RIKET_KNOWN])]
    frame = _wide(scorecard(pd.concat([riket, local]), ("horizon",)), ["way"])
    frame["name"] = frame["way"].map({**WAY_NAMES, "riket": "Rikets egen folkmängd"})
    return _horizon_table(
        "riket_och_lokalt",
        "Vad av felet som är rikets: medelfel i totalen",
        frame,
        {"name": Column("Vad", kind="text")},
        note="Det som är kvar när rikets utfall är känt är kommunernas eget. Ingen känner det i förväg.",
    )


def official_table(own: pd.DataFrame) -> Table | None:
    """The default and the benchmarks beside published official projections, on the same places, years and groups."""
    keys = ["origin", "horizon", "region", "group"]
    official = own[own["way"] == "official"]
    ways = [DEFAULT, *BENCHMARKS]
    both = own[own["way"].isin(ways)].merge(official[keys], on=keys)
    if both.empty:
        return None
    same = official.merge(both.loc[both["way"] == DEFAULT, keys], on=keys)
    frame = _wide(scorecard(pd.concat([both, same]), ("group", "horizon")), ["group", "way"])
    frame["who"] = frame["group"].map(_group_name)
    return _horizon_table(
        "mot_officiella",
        "Mot publicerade officiella prognoser, samma kommuner och år: medelfel",
        frame,
        {"who": Column("Grupp", kind="text"), "name": Column("Sätt att räkna", kind="text")},
        note="Officiella prognoser med känt utgångsår (2014 och 2019).",
    )


def origin_table(whole: pd.DataFrame) -> Table:
    """The default beside linear5 by origin: whether it is good in every year or lucky in some."""
    kept = whole[whole["way"].isin([DEFAULT, "linear5"]) & whole["horizon"].isin(HORIZONS)]
    frame = _wide(scorecard(kept, ("origin", "horizon")), ["origin", "way"])
    return _horizon_table(
        "utgangsar",
        "Medelfel i totalen efter utgångsår",
        frame,
        {"origin": Column("Utgångsår", kind="text"), "name": Column("Sätt att räkna", kind="text")},
    )


def place_table(whole: pd.DataFrame) -> Table:
    """The default beside the benchmarks for each municipality."""
    kept = whole[whole["way"].isin([DEFAULT, *BENCHMARKS]) & whole["horizon"].isin(HORIZONS)]
    frame = _wide(scorecard(kept, ("region", "horizon")), ["region", "way"])
    return _horizon_table(
        "kommuner",
        "Medelfel i totalen efter kommun",
        frame,
        {"region": Column("Kommun", kind="text"), "name": Column("Sätt att räkna", kind="text")},
        note="Få utgångsår som överlappar: en skillnad på några tiondelar säger lite om en enskild kommun.",
    )


def scores(errors: pd.DataFrame) -> pd.DataFrame:
    """The errors that a report prints beside its own projection: data/population/scorecard.csv.

    Columns: way, size_class, group, horizon, mape, se, places, forecasts; the default and the benchmarks, by size
    class (lower bound, persons) for the total, and -1 for all sizes together for the total and the age groups.
    """
    ways = [DEFAULT, *BENCHMARKS]
    kept = errors[errors["way"].isin(ways) & errors["horizon"].isin(HORIZONS) & (errors["region"] != NATION)]
    whole = kept[kept["group"] == TOTAL]
    groups = kept[kept["group"].isin([TOTAL, *PARTITION])].assign(size_class=-1)
    card = scorecard(pd.concat([whole, groups]), ("size_class", "group", "horizon"))
    card = card.assign(mape=card["mape"].astype(float).round(4), se=card["se"].astype(float).round(4))
    order = card["way"].map({way: place for place, way in enumerate(ways)})
    card = card.assign(order=order).sort_values(["size_class", "group", "horizon", "order"], kind="stable")
    return card[["way", "size_class", "group", "horizon", "mape", "se", "places", "forecasts"]]


def size_name(lower: int) -> str:
    """A size class in words: 10 000–20 000."""
    above = [bound for bound in SIZES if bound > lower]
    if lower < 0:
        return "alla"
    if lower == 0:
        return f"under {number(above[0])}"
    return f"{number(lower)}–{number(above[0])}" if above else f"{number(lower)} och fler"


def _group_name(group: str) -> str:
    if group == SINGLE_AGES:
        return "Ettårsklasser"
    return GROUP_NAMES.get(group, f"{group.replace('-', '–')} år").capitalize()


def _named(card: pd.DataFrame) -> pd.DataFrame:
    return card.assign(name=card["way"].map(WAY_NAMES))


def _wide(card: pd.DataFrame, rows: list[str]) -> pd.DataFrame:
    """Mean errors and their uncertainty by horizon side by side, a row for each value of `rows`."""
    wide = pd.DataFrame(card.set_index([*rows, "horizon"])[["mape", "se"]].unstack("horizon"))
    wide.columns = pd.Index([f"{column[0]}{column[1]}" for column in wide.columns])
    wide["places"] = card.groupby(rows)["places"].max()
    order = {way: place for place, way in enumerate(WAY_NAMES)}
    frame = _named(wide.reset_index())
    return frame.sort_values(rows, key=lambda c: c.map(order) if c.name == "way" else c, kind="stable")


def _horizon_table(
    name: str,
    caption: str,
    frame: pd.DataFrame,
    first: dict[str, Column],
    last: dict[str, Column] | None = None,
    note: str = "",
) -> Table:
    columns = dict(first)
    for horizon in HORIZONS:
        if f"mape{horizon}" in frame and frame[f"mape{horizon}"].notna().any():
            columns[f"mape{horizon}"] = Column(f"{horizon} år", "%", decimals=2)
            if frame[f"se{horizon}"].notna().any():
                columns[f"se{horizon}"] = Column("±", decimals=2)
    return Table(name, caption, frame, columns | (last or {}), note=f"{_NOTE}{note}", source=SOURCE)
