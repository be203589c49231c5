"""The tables, figures and notes of the budget report, made from the ledger."""

from __future__ import annotations

import pandas as pd

from krokomanalys.budget.audit import VERDICTS, Finding, audit, findings_table, in_words
from krokomanalys.budget.ledger import Ledger, break_between
from krokomanalys.budget.money import decimals
from krokomanalys.budget.plan import base_findings, plan_table, policy_findings
from krokomanalys.budget.variance import follow_up, year_on_year
from krokomanalys.report import figures_followup
from krokomanalys.report.comments import comment_sections
from krokomanalys.report.money import part_of
from krokomanalys.report.page import Piece, note, prose
from krokomanalys.report.pictures import Picture
from krokomanalys.report.tables import Column, Table
from krokomanalys.sources.ledger import TableName
from krokomanalys.sources.slices import Slice

ROLES = {"row": "", "part": "varav", "total": "total"}
COLUMN_WORDS = {"budget": "budget", "outcome": "utfall", "forecast": "prognos", "variance": "avvikelse"}
NAMES: dict[TableName, str] = {"result": "resultat", "net": "nettokostnad", "investment": "investeringar"}
"""The tables in Swedish, for the names of sheets and files."""


def variance_table(ledger: Ledger, table: TableName) -> Table | Piece:
    """One table of the follow-up with budget, outcome and variance; varav rows under their own row."""
    if table not in ledger.tables:
        return _no_table(table)
    frame, unit = follow_up(ledger, table, ledger.notes.year), ledger.notes.unit
    frame["kind_of_row"] = frame["role"].map(ROLES)
    signs = ledger.notes.signs.investment if table == "investment" else ledger.notes.signs.operations
    remark = f"{signs or ''} Streck: uppgift saknas, eller budgeten är noll."
    if (frame["role"] == "part").any():
        remark += " Varav-rader ingår i raden ovanför och räknas inte en gång till."
    if any(row.table == table for row in ledger.notes.printed):
        remark += (
            " Summan är omräknad ur raderna och kan skilja sig från den tryckta genom avrundning, se Sifferkontroll."
        )
    return Table(
        f"{NAMES[table]}_{ledger.notes.year}",
        f"{ledger.notes.tables[table].title} {ledger.notes.year}",
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
        source=_source(ledger),
    )


def variance_figure(ledger: Ledger, table: TableName) -> Picture | None:
    """The table's variances as bars; nothing where the ledger has no such table."""
    if table not in ledger.tables:
        return None
    frame, year = follow_up(ledger, table, ledger.notes.year), ledger.notes.year
    return figures_followup.variances(
        frame,
        ledger.notes.unit,
        name=f"avvikelse_{NAMES[table]}",
        title=f"{ledger.notes.tables[table].title} {year}",
        source=_source(ledger),
        decimals=decimals(ledger.notes.rounded_to),
    )


def earlier_table(ledger: Ledger, table: TableName = "result") -> Table | Piece:
    """Outcome beside the year before; without differences, and with the reason, where the years can't be compared."""
    if table not in ledger.tables:
        return _no_table(table)
    year, unit, step = ledger.notes.year, ledger.notes.unit, decimals(ledger.notes.rounded_to)
    frame = year_on_year(ledger, table, year - 1, year)
    if frame["earlier"].isna().all():
        return note(f"Utfall för {year - 1} finns inte i underlaget.")
    broken = break_between(ledger.notes, year - 1, year)
    columns = {
        "line": Column("Rad", kind="text"),
        "earlier": Column(f"Utfall {year - 1}", unit, decimals=step),
        "later": Column(f"Utfall {year}", unit, decimals=step),
    }
    if broken is None:
        columns["change"] = Column("Förändring", unit, decimals=step, signed=True)
    remark = f"Åren kan inte jämföras: {broken.reason}" if broken else ""
    return Table(
        f"{NAMES[table]}_tidigare", f"Utfall {year - 1} och {year}", frame, columns, note=remark, source=_source(ledger)
    )


def audit_prose(slice_: Slice, ledger: Ledger) -> Piece:
    """How many of the document's printed sums and differences hold, or that they are about more than these rows."""
    if part_of(slice_):
        return note("Dokumentets tryckta summor gäller mer än de här raderna och kontrolleras inte här.")
    return prose(in_words(audit(ledger)))


def audit_table(ledger: Ledger) -> Table | Piece:
    """The printed sums and differences that don't agree with the rows to the digit, with the bound of rounding."""
    findings = audit(ledger)
    odd = [f for f in findings if f.verdict != "agrees"]
    if not findings:
        return note("Det finns inga tryckta belopp att jämföra med.")
    if not odd:
        return note("Alla tryckta summor och avvikelser stämmer på siffran.")
    frame = findings_table(odd).assign(
        where=[_where(f, ledger) for f in odd],
        word=pd.Series([{"status": _status(f), "words": VERDICTS[f.verdict]} for f in odd], dtype=object),
    )
    unit, step = ledger.notes.unit, decimals(ledger.notes.rounded_to)
    return Table(
        "sifferkontroll",
        "Tryckta belopp som inte stämmer på siffran",
        frame,
        {
            "where": Column("Belopp", kind="text"),
            "printed": Column("Tryckt", unit, decimals=step),
            "computed": Column("Omräknat", unit, decimals=step),
            "difference": Column("Skillnad", unit, decimals=step, signed=True),
            "bound": Column("Gräns för avrundning", unit, decimals=step + 1),
            "word": Column("Slutsats", kind="light"),
        },
        note="Gränsen: n avrundade rader och en avrundad summa kan skilja 0,5 · (n + 1) enheter, en skillnad av två "
        "belopp 1,5. Inom gränsen är det avrundning, utanför är det ett fel.",
        source=_source(ledger),
    )


def line_comments(slice_: Slice) -> Piece:
    """What managers have written on the economy: Kommentar, Analys, Åtgärd."""
    own = slice_.comments[slice_.comments["line"] != ""]
    return comment_sections(own, {line: line for line in own["line"]}, "line")


def plan_table_of(ledger: Ledger) -> Table:
    """The plan years: result before and after the resultatutjämningsreserv. ValueError without a plan."""
    frame, unit, step = plan_table(ledger), ledger.notes.unit, decimals(ledger.notes.rounded_to)
    if frame.empty:
        raise ValueError("the ledger has no plan")
    return Table(
        "plan",
        f"Plan {int(frame['year'].min())}–{int(frame['year'].max())}",
        frame,
        {
            "year": Column("År", kind="text"),
            "before_reserve": Column("Resultat före RUR", unit, decimals=step, signed=True),
            "reserve_used": Column("Användning av RUR", unit, decimals=step),
            "result": Column("Resultat", unit, decimals=step, signed=True),
            "percent": Column("Andel av skatt och bidrag", "%", decimals=1),
            "projects": Column("Projektbudget", unit, decimals=step),
        },
        note="RUR är resultatutjämningsreserven. Projektbudgeten ingår i resultatet. Streck: dokumentet anger inget.",
        source=_source(ledger),
    )


def plan_prose(ledger: Ledger) -> Piece:
    """The plan against the municipality's own rules, and whether its printed shares fit together."""
    plan = ledger.notes.plan
    rules = policy_findings(plan_table(ledger), plan.policy) if plan and plan.policy else ()
    return prose(" ".join([*(f.sentence for f in rules), *(f.sentence for f in base_findings(ledger))]))


def _no_table(table: TableName) -> Piece:
    names = {"result": "resultaträkning", "net": "nettokostnad per enhet", "investment": "investeringar"}
    return note(f"Underlaget har ingen tabell för {names[table]}.")


def _source(ledger: Ledger) -> str:
    document = ledger.notes.document
    return f"{document.body}, {document.title}"


def _where(finding: Finding, ledger: Ledger) -> str:
    title = ledger.notes.tables[finding.table].title
    return f"{title}: {finding.line}, {COLUMN_WORDS[finding.column]} {finding.year}"


def _status(finding: Finding) -> str:
    return {"rounding": "neutral", "error": "not_met"}.get(finding.verdict, "not_judged")
