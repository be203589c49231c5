"""The municipality's own jämförelsetal: values and changes over years, beside other places, stocks with their flows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from krokomanalys.report.lights import light
from krokomanalys.report.page import Piece, State, note, opening
from krokomanalys.report.standings import standing_findings, whose_ratios
from krokomanalys.report.tables import Column, Table
from krokomanalys.sources.goals import GoalVersion
from krokomanalys.sources.slices import Slice
from krokomanalys.sources.tables import rows_of
from krokomanalys.swedish import BLANK, percent, shortest
from krokomanalys.targets.comparisons import comparison_history, gaps, stocks
from krokomanalys.targets.goals import MEASURE_COLUMNS, measures_table
from krokomanalys.targets.status import JUDGED, Basis
from krokomanalys.targets.wording import amount, change

YEARS, PAIRS = 5, 3  # years with values, and pairs of years with a change, that a table on A4 has room for
_COURSE = {"grows": "växer", "shrinks": "krymper", "same": "oförändrat", "crossed": "bytt sida", "": "–"}


def own_comparisons(slice_: Slice) -> pd.DataFrame:
    """The comparisons of the year's document, see targets.goals.measures_table; no rows where it has none."""
    version = _version(slice_)
    if version is None or slice_.goals is None:
        return pd.DataFrame(columns=list(MEASURE_COLUMNS))
    table = measures_table(version, slice_.goals.measures, slice_.year, _totals(slice_), slice_.known_until)
    return table[table["goal"] == ""].reset_index(drop=True)


def comparison_opening(slice_: Slice, measures: pd.DataFrame, state: State, by: str, when: str) -> Piece:
    """The top of the report: what has changed most, how far other places are, and the place in Kolada."""
    version = _version(slice_)
    board = version.board if version else None
    about = version.document.title if version else "nyckeltal ur Kolada"
    lead = [
        "För nämnd och ledning: hur kommunens tal har ändrats och hur de står sig mot andra.",
        _whose(slice_, board),
    ]
    own = [*_own_findings(slice_, measures), *_gap_findings(slice_)]
    told = measures[measures["status"].isin(JUDGED)]
    return opening(
        f"Jämförelsetal för {slice_.name} {slice_.year}",
        eyebrow=f"{slice_.name} · {board or 'hela kommunen'} · {about}",
        lead=" ".join(filter(None, lead)),
        findings=[*own, *standing_findings(slice_)[: 2 if own else 3]],
        lights=[light(row.status, _light_words(row), row.name) for row in rows_of(told)],
        state=state,
        by=by,
        when=when,
        made_up=slice_.made_up,
    )


def comparison_table(slice_: Slice, measures: pd.DataFrame) -> Table | None:
    """Values of the last five years, of the comparisons that have more than one; None without any.

    Other places, stocks and flows have tables of their own.
    """
    history, own = _history(slice_, measures)
    own = own[own["measure"].isin(_several(history))]
    if own.empty:
        return None
    frame = own.assign(unit=_units(own))
    years = _years(history[history["measure"].isin(own["measure"])])[-YEARS:]
    by_year = history.set_index(["measure", "year"])["value"]
    columns = {"name": Column("Tal", kind="text"), "unit": Column("Enhet", kind="text")}
    for year in years:
        frame[f"value_{year}"] = [by_year.get((m, year)) for m in own["measure"]]
        columns[f"value_{year}"] = Column(str(year), mixed=True)
    remark = " ".join(["Streck: uppgift saknas.", *_measured_on(own), *_notes(own)])
    return Table("jamforelsetal", "Jämförelsetal över åren", frame, columns, note=remark)


def single_table(slice_: Slice, measures: pd.DataFrame) -> Table | None:
    """The comparisons that have one value only, with its date; None without any."""
    history, own = _history(slice_, measures)
    own = own[~own["measure"].isin(_several(history))]
    if own.empty:
        return None
    columns = {
        "name": Column("Tal", kind="text"),
        "shown": Column("Värde", mixed=True),
        "unit": Column("Enhet", kind="text"),
        "when": Column("Mätt", kind="text"),
    }
    frame = own.assign(shown=_values(own), unit=_units(own), when=_dates(own))
    remark = " ".join(["Inget tidigare år att jämföra med.", *_notes(own)])
    return Table("jamforelsetal_ett_varde", "Jämförelsetal med ett enda värde", frame, columns, note=remark)


def change_table(slice_: Slice, measures: pd.DataFrame) -> Table | None:
    """Each comparison's change from the year before, in its unit and in per cent; None where there is none."""
    history, own = _history(slice_, measures)
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


def comparison_targets(measures: pd.DataFrame) -> Table | Piece:
    """The comparisons that have a target or the document's own word, with value and light, or that there are none."""
    return target_table(measures) or note("Inga jämförelsetal har målvärde.")


def target_table(measures: pd.DataFrame) -> Table | None:
    """The comparisons that have a target or the document's own word, with value and light; None without any."""
    own = measures[(measures["goal"] == "") & ((measures["target"] != "") | (measures["printed"] != ""))]
    if own.empty:
        return None
    frame = own.assign(
        name=[", ".join(filter(None, told)) for told in zip(own["name"], _units(own), strict=True)],
        shown=_values(own),
        when=_dates(own),
        wanted=own["target"].replace("", BLANK),
    )
    columns = {
        "name": Column("Tal", kind="text"),
        "shown": Column("Värde", mixed=True),
        "when": Column("Mätt", kind="text"),
        "wanted": Column("Målvärde", kind="text"),
        "status": Column("Läge", kind="light"),
    }
    if (own["printed"] != "").any():
        columns["printed"] = Column("Dokumentets ord", kind="text")
    by_word = (own["basis_word"] == Basis.JUDGEMENT.word).any()
    said = ["Utan målvärde är läget dokumentets eget omdöme."] if by_word else []
    remark = " ".join([*said, "Streck: uppgift saknas.", *_notes(own)])
    return Table("jamforelsetal_mal", "Jämförelsetal med målvärde eller omdöme", frame, columns, note=remark)


def gap_table(slice_: Slice) -> Table | None:
    """The municipality beside län, riket or other places: the gap now and the year before; None without any.

    One group of rows for each measure: the municipality, then each place.
    """
    found = _gaps(slice_)
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
    """What there was at the start of the year, what came during it and what there is at its end; None without any."""
    version = _version(slice_)
    if version is None or slice_.goals is None:
        return None
    frame = stocks(version, slice_.goals.measures, slice_.year, _totals(slice_))
    if frame.empty:
        return None
    roughly = set(measures.loc[measures["precision"] == "approximate", "measure"])
    frame["unit"] = [f"{r.unit} (ungefär)" if r.measure in roughly else r.unit for r in rows_of(frame)]
    years = sorted(frame["year"].unique())
    frame["year"] = frame["year"].astype(str)
    frame["how"] = ["räknat" if r.derived else "mätt" for r in rows_of(frame)]
    frame.loc[frame["start"].isna(), "how"] = "–"
    columns = {
        "name": Column("Antal", kind="text"),
        "unit": Column("Enhet", kind="text"),
        **({"year": Column("År", kind="text")} if len(years) > 1 else {}),
        "start": Column("Vid årets början", mixed=True),
        "how": Column("Början är", kind="text"),
        "new": Column("Nya under året", mixed=True),
        "stock": Column("Vid årets slut", mixed=True),
    }
    remark = "Räknat: antalet vid årets slut minus de nya. Det förutsätter att inget togs bort. Streck: uppgift saknas."
    if (frame["unexplained"].fillna(0) != 0).any():
        columns["unexplained"] = Column("Övrig ändring", signed=True)
        remark += " Övrig ändring: slut minus början minus nya. Under noll har något tagits bort."
    about = f"Antal vid årets slut och nya under året{f' {years[0]}' if len(years) == 1 else ''}"
    return Table("bestand", about, frame, columns, note=remark)


def _own_findings(slice_: Slice, measures: pd.DataFrame) -> list[str]:
    history, own = _history(slice_, measures)
    if own.empty:
        return []
    year = _years(history)[-1]
    now = history[(history["year"] == year) & history["change"].notna()].set_index("measure")
    own = own.set_index("measure")
    found = []
    relative = now["change_percent"].dropna()
    relative = relative[relative != 0].sort_values(key=abs, ascending=False)
    for measure in relative.index[:2]:
        value, unit = float(now.loc[measure, "value"]), str(own.loc[measure, "unit"])
        before = value - float(now.loc[measure, "change"])
        trend = f" Det är {own.loc[measure, 'trend_word']}." if own.loc[measure, "trend_word"] else ""
        found.append(
            f"{own.loc[measure, 'name']}: **{percent(relative[measure], signed=True)}** {year - 1}–{year}, från "
            f"{shortest(before)} till {amount(value, unit)}.{trend}"
        )
    return found


def _gap_findings(slice_: Slice) -> list[str]:
    """The two largest gaps in percentage points, in words with what became of them."""
    frame = _gaps(slice_)
    frame = frame[frame["gap"].notna() & (frame["unit"] == "%")]
    largest = frame.reindex(frame["gap"].abs().sort_values(ascending=False, kind="stable").index).head(2)
    return [_gap_words(row) for row in rows_of(largest)]


def _gap_words(row: object) -> str:
    gap, before = float(row.gap), float(row.gap_before)  # type: ignore[attr-defined]
    size = change(abs(gap), "%").removeprefix("+")
    number_, _, unit = size.partition("\u00a0")
    side = "lika med" if gap == 0 else f"**{number_}** {unit} {'under' if gap < 0 else 'över'}"
    moved = change(abs(gap) - abs(before), "%").lstrip("+−")
    course = {
        "grows": f" Avståndet växte med {moved}.",
        "shrinks": f" Avståndet krympte med {moved}.",
        "same": " Avståndet är oförändrat.",
        "crossed": " Året före låg det på andra sidan.",
        "": "",
    }[row.course]  # type: ignore[attr-defined]
    return f"{row.name}: {side} {row.place} {row.year}.{course}"  # type: ignore[attr-defined]


def _whose(slice_: Slice, board: str | None) -> str:
    """Whose figures the page has, where a nämnd's and the whole municipality's stand side by side."""
    if slice_.board and board is None:
        return f"{slice_.board} har inga egna jämförelsetal för {slice_.year}. {whose_ratios(slice_)}".strip()
    ratios = whose_ratios(slice_)
    return f"De egna talen är {_genitive(board)}. {ratios}".strip() if board else ""


def _genitive(name: str) -> str:
    return name if name.endswith(("s", "x", "z")) else f"{name}s"


def _version(slice_: Slice) -> GoalVersion | None:
    version = slice_.goals.current if slice_.goals else None
    return version if version is not None and version.comparisons else None


def _totals(slice_: Slice) -> dict[int, float]:
    return {year: float(persons) for year, persons in slice_.totals.items()}


def _gaps(slice_: Slice) -> pd.DataFrame:
    version = slice_.goals.current if slice_.goals else None
    if version is None or slice_.goals is None:
        return pd.DataFrame(columns=["gap", "unit"])
    return gaps(version, slice_.goals.measures, slice_.year, _totals(slice_))


def _history(slice_: Slice, measures: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The years and the rows of what has a value and stands in no table of its own."""
    version = _version(slice_)
    if version is None or slice_.goals is None:
        return pd.DataFrame(columns=["measure", "year", "value", "change"]), measures.iloc[:0]
    listed = [m for goal in version.goals for m in goal.measures] + list(version.comparisons)
    elsewhere = {other for m in listed for other in m.benchmarks.values()}
    elsewhere |= {i for m in listed if m.flow is not None for i in (m.id, m.flow)}
    own = measures[(measures["goal"] == "") & measures["value"].notna() & ~measures["measure"].isin(elsewhere)]
    history = comparison_history(version, slice_.goals.measures, slice_.year, _totals(slice_))
    return history[history["measure"].isin(own["measure"])], own.reset_index(drop=True)


def _years(history: pd.DataFrame) -> list[int]:
    """All years from the first to the last with a value, so that every change is from the year before."""
    known = history.loc[history["value"].notna(), "year"]
    return list(range(int(known.min()), int(known.max()) + 1)) if len(known) else []


def _values(measures: pd.DataFrame) -> pd.Series:
    shown = [
        amount(r.value, r.unit) if r.unit == "ja/nej" and r.value == r.value else r.value for r in rows_of(measures)
    ]
    return pd.Series(shown, index=measures.index, dtype=object)


def _units(measures: pd.DataFrame) -> list[str]:
    words = ["" if r.unit in ("ej angiven", "ja/nej") else r.unit for r in rows_of(measures)]
    about = [" (ungefär)" if r.precision == "approximate" else "" for r in rows_of(measures)]
    return [(word + more).strip() for word, more in zip(words, about, strict=True)]


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


def _dates(measures: pd.DataFrame) -> list[str]:
    """The year, or the day where that isn't the year's last."""
    return [r.date.removesuffix("-12-31") or BLANK for r in rows_of(measures)]


def _light_words(row: Any) -> str:
    """That a light is the document's own, where no figures made it."""
    return f"{row.status_word} enligt dokumentet" if row.basis_word == Basis.JUDGEMENT.word else ""


def _short(name: str, place: str) -> str:
    """A measure's name without the municipality's own, which the column says already."""
    return name.removesuffix(f", {place}")


def _whole(frame: pd.DataFrame) -> bool:
    values = frame.stack().dropna()
    return bool((values == values.round()).all())


def _measured_on(own: pd.DataFrame) -> Iterable[str]:
    odd = [f"{r.name} {r.date}" for r in rows_of(own) if r.date and not r.date.endswith("12-31")]
    return [f"Mätt en annan dag än årets sista: {'; '.join(odd)}."] if odd else []


def _notes(own: pd.DataFrame) -> list[str]:
    return [f"{r.name}: {r.note}" for r in rows_of(own[["name", "note"]]) if r.note]
