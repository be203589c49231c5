"""The municipality's own jämförelsetal: values and changes over years, beside other places, stocks with their flows."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from krokomanalys.report.aims import persons
from krokomanalys.report.measure_cells import dates, notes, units, values
from krokomanalys.report.tables import Column, Table
from krokomanalys.sources.goals import GoalVersion
from krokomanalys.sources.slices import Slice
from krokomanalys.sources.tables import rows_of
from krokomanalys.swedish import BLANK, percent, shortest
from krokomanalys.targets.comparisons import comparison_history, distances, stocks
from krokomanalys.targets.goals import MEASURE_COLUMNS, measures_table

YEARS, PAIRS = 5, 3  # years with values, and pairs of years with a change, that a table on A4 has room for
_COURSE = {"grows": "växer", "shrinks": "krymper", "same": "oförändrat", "crossed": "bytt sida", "": "–"}


def own_comparisons(slice_: Slice) -> pd.DataFrame:
    """The comparisons of the year's document, see targets.goals.measures_table; no rows where it has none."""
    version = version_of(slice_)
    if version is None or slice_.goals is None:
        return pd.DataFrame(columns=list(MEASURE_COLUMNS))
    table = measures_table(version, slice_.goals.measures, slice_.year, persons(slice_), slice_.known_until)
    return table[table["goal"] == ""].reset_index(drop=True)


def comparison_table(slice_: Slice, measures: pd.DataFrame) -> Table | None:
    """Values of the last five years, of the comparisons that have more than one; None without any.

    Other places, stocks and flows have tables of their own.
    """
    history, own = followed(slice_, measures)
    own = own[own["measure"].isin(_several(history))]
    if own.empty:
        return None
    frame = own.assign(unit=units(own))
    years = years_of(history[history["measure"].isin(own["measure"])])[-YEARS:]
    by_year = history.set_index(["measure", "year"])["value"]
    columns = {"name": Column("Tal", kind="text"), "unit": Column("Enhet", kind="text")}
    for year in years:
        frame[f"value_{year}"] = [by_year.get((m, year)) for m in own["measure"]]
        columns[f"value_{year}"] = Column(str(year), mixed=True)
    remark = " ".join(["Streck: uppgift saknas.", *_measured_on(own), *notes(own)])
    return Table("jamforelsetal", "Jämförelsetal över åren", frame, columns, note=remark)


def single_table(slice_: Slice, measures: pd.DataFrame) -> Table | None:
    """The comparisons that have one value only, with its date; None without any."""
    history, own = followed(slice_, measures)
    own = own[~own["measure"].isin(_several(history))]
    if own.empty:
        return None
    columns = {
        "name": Column("Tal", kind="text"),
        "shown": Column("Värde", mixed=True),
        "unit": Column("Enhet", kind="text"),
        "when": Column("Mätt", kind="text"),
    }
    frame = own.assign(shown=values(own), unit=units(own), when=dates(own))
    remark = " ".join(["Inget tidigare år att jämföra med.", *notes(own)])
    return Table("jamforelsetal_ett_varde", "Jämförelsetal med ett enda värde", frame, columns, note=remark)


def change_table(slice_: Slice, measures: pd.DataFrame) -> Table | None:
    """Each comparison's change from the year before, in its unit and in per cent; None where there is none."""
    history, own = followed(slice_, measures)
    changed = history[history["change"].notna()]
    own = own[own["measure"].isin(changed["measure"])]
    if own.empty:
        return None
    frame = own.assign(unit=[_change_unit(unit) for unit in own["unit"]])
    by_year = history.set_index(["measure", "year"])
    columns = {"name": Column("Tal", kind="text"), "unit": Column("Ändring i", kind="text")}
    for year in sorted(changed["year"].unique())[-PAIRS:]:
        rows = [by_year.loc[(m, year)] for m in own["measure"]]
        frame[f"change_{year}"] = [_changed(row) for row in rows]
        columns[f"change_{year}"] = Column(f"{year - 1}–{year}")
    if (own["trend_word"] != "").any():
        columns["trend_word"] = Column("Utveckling", kind="text")
    remark = (
        "Förändringen i procent står inom parentes. Andelar ändras i procentenheter och placeringar i platser. "
        "Från noll: året före var värdet noll, och då finns ingen förändring i procent. Streck: uppgift saknas."
    )
    return Table("jamforelsetal_andring", "Förändring från året före", frame, columns, note=remark)


def gap_table(slice_: Slice) -> Table | None:
    """The municipality beside län, riket or other places: the gap now and the year before; None without any.

    One group of rows for each measure: the municipality, then each place.
    """
    found = distances_of(slice_)
    if found.empty:
        return None
    years = [int(y) for y in sorted(found["year"].unique()) if y]
    one = str(years[0]) if len(years) == 1 else ""
    rows: list[dict[str, object]] = []
    for r in rows_of(found):
        about = ", ".join(filter(None, [_short(r.name, slice_.name), r.unit, "" if one else str(r.year or "")]))
        own = {"measure": r.measure, "place": slice_.name, "value": r.own, "change": r.own_change, "distance": ""}
        if {"measure": r.measure, "place": about, "kind": "group"} not in rows:
            rows += [{"measure": r.measure, "place": about, "kind": "group"}, own]
        there = {"measure": r.measure, "place": r.place, "value": r.there, "change": r.there_change}
        rows.append(there | {"gap": r.gap, "gap_before": r.gap_before, "distance": _COURSE[r.course]})
    frame = pd.DataFrame(rows).assign(before=lambda f: f["value"] - f["change"])
    frame = frame.assign(kind=frame["kind"].fillna(""), distance=frame["distance"].fillna(""))
    places = 0 if _whole(frame[["before", "value", "gap", "gap_before"]]) else 1
    columns = {
        "place": Column("Plats", kind="text"),
        "before": Column(str(int(one) - 1) if one else "Året före", decimals=places),
        "value": Column(one or "Senast", decimals=places),
        "change": Column("Ändring", decimals=places, signed=True),
        "gap_before": Column("Skillnad året före", decimals=places, signed=True),
        "gap": Column("Skillnad", decimals=places, signed=True),
        "distance": Column("Avståndet", kind="text"),
    }
    remark = (
        f"Skillnad: {slice_.name} minus platsen. För andelar är ändring och skillnad i procentenheter, annars i talets "
        "enhet. Streck: uppgift saknas."
    )
    caption = f"Jämfört med andra {one}".strip()
    return Table("jamfort_med_andra", caption, frame, columns, row_kind="kind", note=remark)


def stock_table(slice_: Slice, measures: pd.DataFrame) -> Table | None:
    """What there is in all, what came during the year and what there was besides; None without any.

    Where nobody counted it the year before, what there was besides is our own difference, and the table says so.
    """
    version = version_of(slice_)
    if version is None or slice_.goals is None:
        return None
    frame = stocks(version, slice_.goals.measures, slice_.year, persons(slice_))
    if frame.empty:
        return None
    roughly = set(measures.loc[measures["precision"] == "approximate", "measure"])
    flows = {m.id: m.flow for m in version.measures}
    frame["unit"] = [
        f"{r.unit} (ungefär)" if {r.measure, flows[r.measure]} & roughly else r.unit for r in rows_of(frame)
    ]
    years = sorted(frame["year"].unique())
    frame["year"] = frame["year"].astype(str)
    counted = frame["start"].notna() & ~frame["derived"]
    frame["how"] = ["mätt" if held else "räknat" for held in counted]
    frame.loc[frame["start"].isna(), "how"] = BLANK
    columns = {
        "name": Column("Antal", kind="text"),
        "unit": Column("Enhet", kind="text"),
        **({"year": Column("År", kind="text")} if len(years) > 1 else {}),
        "start": Column("Vid årets början" if counted.any() else "Antal utöver de nya", mixed=True),
        **({"how": Column("Början är", kind="text")} if counted.any() else {}),
        "new": Column("Nya under året", mixed=True),
        "stock": Column("Antal i allt", mixed=True),
    }
    said = []
    if not counted.any():
        said.append(
            "Antal utöver de nya: vår räkning, antalet i allt minus de nya. Det är antalet vid årets början bara om de "
            "två räknar samma sak och inget togs bort."
        )
    elif frame["derived"].any():
        said.append("Räknat: antalet i allt minus de nya. Det förutsätter att inget togs bort.")
    if (frame["unexplained"].fillna(0) != 0).any():
        columns["unexplained"] = Column("Övrig ändring", signed=True)
        said.append("Övrig ändring: antalet i allt minus början minus nya. Under noll har något tagits bort.")
    told = measures[measures["measure"].isin(frame["measure"])]
    about = f"Nya under året och antal i allt{f' {years[0]}' if len(years) == 1 else ''}"
    return Table("bestand", about, frame, columns, note=" ".join([*said, "Streck: uppgift saknas.", *notes(told)]))


def version_of(slice_: Slice) -> GoalVersion | None:
    """The year's goal version, where it has comparisons."""
    version = slice_.goals.current if slice_.goals else None
    return version if version is not None and version.comparisons else None


def distances_of(slice_: Slice) -> pd.DataFrame:
    """The distances to other places, see targets.comparisons.distances; no rows without a goal version."""
    version = slice_.goals.current if slice_.goals else None
    if version is None or slice_.goals is None:
        return pd.DataFrame(columns=["gap", "unit"])
    return distances(version, slice_.goals.measures, slice_.year, persons(slice_))


def followed(slice_: Slice, measures: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The years (targets.comparisons.comparison_history) and the rows of what has a value and no table of its own."""
    version = version_of(slice_)
    if version is None or slice_.goals is None:
        return pd.DataFrame(columns=["measure", "year", "value", "change"]), measures.iloc[:0]
    listed = version.measures
    elsewhere = {other for m in listed for other in m.benchmarks.values()}
    elsewhere |= {i for m in listed if m.flow is not None for i in (m.id, m.flow)}
    own = measures[(measures["goal"] == "") & measures["value"].notna() & ~measures["measure"].isin(elsewhere)]
    history = comparison_history(version, slice_.goals.measures, slice_.year, persons(slice_))
    return history[history["measure"].isin(own["measure"])], own.reset_index(drop=True)


def years_of(history: pd.DataFrame) -> list[int]:
    """All years from the first to the last with a value, so that every change is from the year before."""
    known = history.loc[history["value"].notna(), "year"]
    return list(range(int(known.min()), int(known.max()) + 1)) if len(known) else []


def _change_unit(unit: str) -> str:
    return {"%": "procentenheter", "plats": "platser", "ej angiven": "", "ja/nej": ""}.get(unit, unit)


def _changed(row: pd.Series) -> str:
    """−52 (−4,6 %); from zero in words; a change without per cent alone."""
    if pd.isna(row["change"]):
        return BLANK
    difference = f"{'+' if row['change'] > 0 else ''}{shortest(row['change'])}"
    if row["from_zero"]:
        return f"{difference} ({'från noll' if row['change'] else 'noll båda åren'})"
    relative = row["change_percent"]
    return difference if pd.isna(relative) else f"{difference} ({percent(relative, signed=True)})"


def _several(history: pd.DataFrame) -> list[str]:
    """The measures with a value in more than one year."""
    counts = history.groupby("measure")["value"].count()
    return list(counts.index[counts > 1])


def _short(name: str, place: str) -> str:
    """A measure's name without the municipality's own, which the column says already."""
    return name.removesuffix(f", {place}")


def _whole(frame: pd.DataFrame) -> bool:
    values = frame.stack().dropna()
    return bool((values == values.round()).all())


def _measured_on(own: pd.DataFrame) -> Iterable[str]:
    odd = [f"{r.name} {r.date}" for r in rows_of(own) if r.date and not r.date.endswith("12-31")]
    return [f"Mätt en annan dag än årets sista: {'; '.join(odd)}."] if odd else []
