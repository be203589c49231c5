"""The tables, figures and notes of the budget report, made from the ledger."""

from __future__ import annotations

import pandas as pd

from krokomanalys.budget.ledger import KIND_LINES, Ledger, break_between, breaks_between
from krokomanalys.budget.money import decimals
from krokomanalys.budget.periods import followed, not_periodised, year_view
from krokomanalys.budget.variance import year_on_year
from krokomanalys.report import figures_followup
from krokomanalys.report.amounts import source_of, span, until_words
from krokomanalys.report.comments import comment_sections
from krokomanalys.report.money import forecast_in_force
from krokomanalys.report.page import Piece, note
from krokomanalys.report.pictures import Picture
from krokomanalys.report.tables import Column, Table
from krokomanalys.sources.ledger import TableName
from krokomanalys.sources.slices import Slice

ROLES = {"row": "", "part": "varav", "total": "total"}
PARTLY = " (del)"
NAMES: dict[TableName, str] = {"result": "resultat", "net": "nettokostnad", "investment": "investeringar"}
"""The tables in Swedish, for the names of sheets and files."""


def variance_table(ledger: Ledger, table: TableName) -> Table | None:
    """One table of the follow-up with budget, outcome and variance; varav rows under their own row.

    None where the ledger has no such table, and for a period of which nothing is periodised: see `year_table`.
    """
    if table not in ledger.tables:
        return None
    frame, unit = followed(ledger, table), ledger.notes.unit
    if ledger.months < 12 and frame["variance"].isna().all():
        return None
    partly = bool(frame["partly"].any())
    frame = _with_the_rest(ledger, table, _marked(frame))
    frame["kind_of_row"] = frame["role"].map(ROLES)
    signs = ledger.notes.signs.investment if table == "investment" else ledger.notes.signs.operations
    remark = f"{signs or ''} Streck: uppgift saknas, eller budgeten är noll eller ett resultat."
    if partly:
        remark += (
            f" {PARTLY.strip().capitalize()}: bara de rader som har budget per månad, se Rader utan budget per månad."
        )
    if (frame["role"] == "part").any():
        remark += " Varav-rader ingår i raden ovanför och räknas inte en gång till."
    if any(row.table == table for row in ledger.notes.printed):
        remark += (
            " Summan är omräknad ur raderna och kan skilja sig från den tryckta genom avrundning, se Sifferkontroll."
        )
    return Table(
        f"{NAMES[table]}_{ledger.notes.year}",
        f"{ledger.notes.tables[table].title} {span(ledger)}",
        frame,
        {
            "line": Column("Rad", kind="text"),
            "budget": Column("Budget", unit, decimals=decimals(ledger.notes.rounded_to)),
            "outcome": Column("Utfall", unit, decimals=decimals(ledger.notes.rounded_to)),
            "variance": Column("Avvikelse", unit, decimals=decimals(ledger.notes.rounded_to), signed=True),
            "percent": Column("Avvikelse", "%", decimals=1, signed=True),
        },
        row_kind="kind_of_row",
        note=remark,
        source=source_of(ledger),
    )


def _marked(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows of which only a part has a budget by month, marked in their names."""
    return frame.assign(line=frame["line"].where(~frame["partly"], frame["line"] + PARTLY))


def _with_the_rest(ledger: Ledger, table: TableName, frame: pd.DataFrame) -> pd.DataFrame:
    """Of a period, what isn't periodised too, so that the total is the whole outcome that stands elsewhere."""
    last, whole = frame.iloc[-1], year_view(ledger, table).iloc[-1]["outcome"] if ledger.months < 12 else float("nan")
    rest = whole - last["outcome"]
    if pd.isna(rest) or round(rest, decimals(ledger.notes.rounded_to)) == 0:
        return frame
    parts = frame.replace({"line": {last["line"]: "Rader med budget per månad"}})
    added = [
        {"role": "row", "line": "Rader utan budget per månad", "outcome": rest},
        {"role": "total", "line": last["line"], "outcome": whole},
    ]
    return pd.concat([parts, pd.DataFrame(added)], ignore_index=True)


def variance_figure(ledger: Ledger, table: TableName) -> Picture | None:
    """The table's variances as bars; nothing where the ledger has no such table."""
    if table not in ledger.tables:
        return None
    frame = _marked(followed(ledger, table))
    if frame["variance"].isna().all():
        return None
    return figures_followup.variances(
        frame,
        ledger.notes.unit,
        name=f"avvikelse_{NAMES[table]}",
        title=f"{ledger.notes.tables[table].title} {span(ledger)}",
        source=source_of(ledger),
        decimals=decimals(ledger.notes.rounded_to),
    )


def year_table(ledger: Ledger, before: Ledger | None, table: TableName) -> Table | None:
    """The whole year as it looks after a period: outcome so far, last year's, budget, forecast. None for a year."""
    if table not in ledger.tables or ledger.months == 12:
        return None
    frame, unit, step = year_view(ledger, table, before), ledger.notes.unit, decimals(ledger.notes.rounded_to)
    frame["kind_of_row"] = frame["role"].map(ROLES)
    columns = {
        "line": Column("Rad", kind="text"),
        "outcome": Column(f"Utfall{until_words(ledger)}", unit, decimals=step),
        "earlier": Column("Samma månader i fjol", unit, decimals=step),
        "budget": Column("Årets budget", unit, decimals=step),
        "forecast": Column("Årets prognos", unit, decimals=step),
        "variance": Column("Prognos mot budget", unit, decimals=step, signed=True),
        "percent": Column("Prognos mot budget", "%", decimals=1, signed=True),
    }
    name = forecast_in_force(ledger, table)
    remark = f"Prognosen är {name}. " if name else "Ingen prognos för året är lämnad. "
    return Table(
        f"{NAMES[table]}_aret_{ledger.notes.year}",
        f"{ledger.notes.tables[table].title}: året {ledger.notes.year}",
        frame,
        {c: column for c, column in columns.items() if frame[c].notna().any()},
        row_kind="kind_of_row",
        note=f"{remark}Över noll är bättre än budget. Streck: uppgift saknas, eller budgeten är noll eller ett "
        "resultat.",
        source=source_of(ledger),
    )


def unperiodised_table(ledger: Ledger) -> Table | None:
    """The lines whose budget isn't given by month, so that only the year can be judged; None where there are none."""
    frame = not_periodised(ledger)
    if ledger.months == 12 or frame.empty:
        return None
    unit, step = ledger.notes.unit, decimals(ledger.notes.rounded_to)
    frame = frame.assign(
        kind=frame["kind"].map(KIND_LINES), used=frame["outcome"] / frame["budget"].where(frame["budget"] != 0) * 100
    )
    return Table(
        "ej_periodiserat",
        "Rader utan budget per månad",
        frame,
        {
            "line": Column("Rad", kind="text"),
            "board": Column("Nämnd", kind="text"),
            "kind": Column("Slag", kind="text"),
            "budget": Column("Årets budget", unit, decimals=step),
            "outcome": Column(f"Utfall{until_words(ledger)}", unit, decimals=step),
            "used": Column("Utfall", "% av årets budget", decimals=1),
        },
        note="De här raderna är inte med i periodens budget, utfall och avvikelse ovan, men i årets.",
        source=source_of(ledger),
    )


def earlier_table(ledger: Ledger, before: Ledger | None = None, table: TableName = "result") -> Table | Piece | None:
    """The year's outcome beside the year before; without differences, and why, where they can't be compared.

    None where the ledger has no such table, and for a period: see `year_table`.
    """
    if table not in ledger.tables:
        return None
    if ledger.months < 12:
        return None
    year, unit, step = ledger.notes.year, ledger.notes.unit, decimals(ledger.notes.rounded_to)
    frame = year_on_year(ledger, table, year - 1, year, before)
    if frame["earlier"].isna().all():
        return note(f"Utfall för {year - 1} finns inte i underlaget.")
    broken, restated = break_between(ledger.notes, year - 1, year), breaks_between(ledger.notes, year - 1, year)
    columns = {
        "line": Column("Rad", kind="text"),
        "earlier": Column(f"Utfall {year - 1}", unit, decimals=step),
        "restated": Column(f"Utfall {year - 1}, omräknat", unit, decimals=step),
        "later": Column(f"Utfall {year}", unit, decimals=step),
        "change": Column("Förändring", unit, decimals=step, signed=True),
    }
    left_out = ("restated", "change") if broken else () if restated else ("restated",)
    columns = {name: column for name, column in columns.items() if name not in left_out}
    remark = f"Åren kan inte jämföras: {broken.reason}" if broken else " ".join(told.reason for told in restated)
    title = f"Utfall {year - 1} och {year}"
    return Table(f"{NAMES[table]}_tidigare", title, frame, columns, note=remark, source=source_of(ledger))


def line_comments(slice_: Slice) -> Piece:
    """What managers have written on the economy: Kommentar, Analys, Åtgärd."""
    own = slice_.comments[slice_.comments["line"] != ""]
    return comment_sections(own, {line: line for line in own["line"]}, "line")
