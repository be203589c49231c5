"""The tables of a backtest: the total first, then gains, sizes, ages, Riket's share, origins and municipalities."""

from __future__ import annotations

import pandas as pd

from krokomanalys.population.evaluate import BENCHMARKS, FINER_GROUPS, RIKET_KNOWN, SINGLE_AGES, TOTAL
from krokomanalys.population.forecast import DEFAULT
from krokomanalys.population.scores import SHELF_LIFE, scorecard, skill
from krokomanalys.regions import NATION
from krokomanalys.report.backtest import HORIZONS, PARTS, WAY_NAMES, Tested, scores, size_name
from krokomanalys.report.figures import GROUP_NAMES
from krokomanalys.report.tables import Column, Table
from krokomanalys.sources.available import PARTITION
from krokomanalys.swedish import number

SOURCE = "SCB; egen beräkning"
_NOTE = "Medelfel: medel av felets storlek. Osäkerheten (±) är medelfelets, med kommunerna som oberoende. "
_SIGN = "Skevhet över noll: prognoserna är för höga. Bara det som var känt utgångsåret är använt."


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
