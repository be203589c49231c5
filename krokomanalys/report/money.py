"""What the budget report says: opening, tables and notes made from the ledger."""

from __future__ import annotations

import pandas as pd

from krokomanalys.budget.audit import VERDICTS, Finding, audit, findings_table, in_words
from krokomanalys.budget.ledger import Ledger, as_ledger, break_between
from krokomanalys.budget.money import decimals
from krokomanalys.budget.plan import base_findings, plan_table, policy_findings
from krokomanalys.budget.variance import completion, follow_up, forecast_errors, offset, year_on_year
from krokomanalys.report import figures_followup
from krokomanalys.report.aims import comment_sections
from krokomanalys.report.lights import Light
from krokomanalys.report.page import Piece, State, note, opening, prose
from krokomanalys.report.pictures import Picture
from krokomanalys.report.tables import Column, Table
from krokomanalys.sources.ledger import TableName
from krokomanalys.sources.slices import Slice
from krokomanalys.sources.tables import rows_of
from krokomanalys.swedish import number, percent, quantity

ROLES = {"row": "", "part": "varav", "total": "total"}
COLUMN_WORDS = {"budget": "budget", "outcome": "utfall", "forecast": "prognos", "variance": "avvikelse"}


def ledger_of(slice_: Slice) -> Ledger:
    """The slice's ledger, checked.

    Raises:
        InputError: the ledger's rows don't hold together (see budget.ledger.as_ledger).
        ValueError: the slice has no ledger.
    """
    if slice_.budget is None:
        raise ValueError("the slice has no ledger")
    return as_ledger(slice_.budget.ledger, slice_.budget.notes)


def headline(ledger: Ledger) -> TableName:
    """The table whose total is the net cost: the result where there is one, else net cost by unit, else investments."""
    return next(table for table in ("result", "net", "investment") if table in ledger.tables)


def who(slice_: Slice, ledger: Ledger) -> str:
    """Whose money it is: the nämnd of the notes, or the municipality."""
    return ledger.notes.board or slice_.name


def budget_opening(slice_: Slice, ledger: Ledger, state: State, by: str, when: str) -> Piece:
    """The top of the budget report."""
    findings = [
        result_finding(slice_, ledger),
        *offset_findings(ledger),
        *forecast_findings(ledger),
        *investment_findings(ledger),
    ]
    return opening(
        f"Budgetuppföljning {slice_.year}",
        eyebrow=f"{slice_.name} · {ledger.notes.board or 'hela kommunen'} · helår {slice_.year} · belopp i "
        f"{ledger.notes.unit}",
        lead="För nämnd och kommunledning: utfallet mot budget, var avvikelserna finns och om summorna håller.",
        findings=findings,
        lights=budget_lights(ledger),
        state=state,
        by=by,
        when=when,
    )


def budget_lights(ledger: Ledger) -> list[Light]:
    """Result against budget, and whether the document's sums hold."""
    total = _total(ledger, headline(ledger))
    wrong = sum(f.verdict == "error" for f in audit(ledger))
    sums = Light("not_met", f"{wrong} fel", "Sifferkontroll") if wrong else Light("met", "inga fel", "Sifferkontroll")
    better = total["variance"] >= 0
    subject = "Investeringar" if headline(ledger) == "investment" else "Nettokostnad"
    return [Light("met" if better else "not_met", "inom budget" if better else "över budget", subject), sums]


def result_finding(slice_: Slice, ledger: Ledger) -> str:
    """The net cost against budget."""
    table, unit = headline(ledger), ledger.notes.unit
    total = _total(ledger, table)
    better = "bättre" if total["variance"] >= 0 else "sämre"
    text = (
        f"{who(slice_, ledger)} gick **{quantity(abs(total['variance']), unit)}** {better} än budget "
        f"({percent(abs(total['percent']))})."
    )
    if table == "investment":
        return text
    return (
        f"{text} Nettokostnaden blev {quantity(-total['outcome'], unit)} mot budgeterade "
        f"{quantity(-total['budget'], unit)}."
    )


def offset_findings(ledger: Ledger) -> list[str]:
    """What the net variance hides, where units lie on both sides of their budgets."""
    if "net" not in ledger.tables:
        return []
    table, unit = follow_up(ledger, "net", ledger.notes.year), ledger.notes.unit
    both, rows = offset(table), table[table["role"] == "row"].sort_values("variance")
    if both.better == 0 or both.worse == 0:
        return []
    worst, best = rows.iloc[0], rows.iloc[-1]
    return [
        f"Nettot döljer större avvikelser åt båda håll: **{quantity(both.better, unit)}** bättre och "
        f"**{quantity(-both.worse, unit)}** sämre, tillsammans {quantity(both.gross, unit)}. Bäst gick {best['line']} "
        f"({number(best['variance'], signed=True)}), sämst {worst['line']} ({number(worst['variance'], signed=True)})."
    ]


def forecast_findings(ledger: Ledger) -> list[str]:
    """How each forecast in the notes came out."""
    unit = ledger.notes.unit
    return [
        f"Prognosen ({f.name}) var {quantity(f.forecast, unit, signed=True)}. Utfallet blev "
        f"**{quantity(abs(f.error), unit)}** {'sämre' if f.error < 0 else 'bättre'}, {percent(f.percent)} av budgeten."
        for f in forecast_errors(ledger)
    ]


def investment_findings(ledger: Ledger) -> list[str]:
    """Investments against budget, and projects that had none."""
    if "investment" not in ledger.tables:
        return []
    table, unit = follow_up(ledger, "investment", ledger.notes.year), ledger.notes.unit
    total, rows = table.iloc[-1], table[table["role"] == "row"]
    text = (
        f"Investeringarna blev **{quantity(total['outcome'], unit)}** av {quantity(total['budget'], unit)}, en "
        f"genomförandegrad på **{percent(completion(table))}**."
    )
    for row in rows_of(rows[(rows["budget"] == 0) & (rows["outcome"] > 0)]):
        text += f" {row.line} ({quantity(row.outcome, unit)}) hade ingen budget."
    return [text]


def variance_table(ledger: Ledger, table: TableName) -> Table | Piece:
    """One table of the follow-up with budget, outcome and variance; varav rows under their own row."""
    if table not in ledger.tables:
        return _no_table(table)
    frame, unit = follow_up(ledger, table, ledger.notes.year), ledger.notes.unit
    frame["kind_of_row"] = frame["role"].map(ROLES)
    signs = ledger.notes.signs.investment if table == "investment" else ledger.notes.signs.operations
    remark = f"{signs or ''} Streck i procent: budgeten är noll."
    if (frame["role"] == "part").any():
        remark += " Varav-rader ingår i raden ovanför och räknas inte en gång till."
    return Table(
        f"{table}_{ledger.notes.year}",
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
        name=f"avvikelse_{table}",
        title=f"{ledger.notes.tables[table].title} {year}",
        source=_source(ledger),
        decimals=decimals(ledger.notes.rounded_to),
    )


def earlier_table(ledger: Ledger, table: TableName = "result") -> Table | Piece:
    """Outcome beside the year before; without differences, and with the reason, where the years can't be compared."""
    if table not in ledger.tables:
        return _no_table(table)
    year, unit = ledger.notes.year, ledger.notes.unit
    frame = year_on_year(ledger, table, year - 1, year)
    if frame["earlier"].isna().all():
        return note(f"Utfall för {year - 1} finns inte i underlaget.")
    broken = break_between(ledger.notes, year - 1, year)
    columns = {
        "line": Column("Rad", kind="text"),
        "earlier": Column(f"Utfall {year - 1}", unit),
        "later": Column(f"Utfall {year}", unit),
    }
    if broken is None:
        columns["change"] = Column("Förändring", unit, signed=True)
    remark = f"Åren kan inte jämföras: {broken.reason}" if broken else ""
    return Table(
        f"{table}_tidigare", f"Utfall {year - 1} och {year}", frame, columns, note=remark, source=_source(ledger)
    )


def audit_prose(ledger: Ledger) -> Piece:
    """How many of the document's printed sums and differences hold."""
    return prose(in_words(audit(ledger)))


def audit_table(ledger: Ledger) -> Table | Piece:
    """The printed sums and differences that don't agree with the rows to the digit, with the bound of rounding."""
    odd = [f for f in audit(ledger) if f.verdict != "agrees"]
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


def _total(ledger: Ledger, table: TableName) -> pd.Series:
    return follow_up(ledger, table, ledger.notes.year).iloc[-1]


def _source(ledger: Ledger) -> str:
    document = ledger.notes.document
    return f"{document.body}, {document.title}"


def _where(finding: Finding, ledger: Ledger) -> str:
    title = ledger.notes.tables[finding.table].title
    return f"{title}: {finding.line}, {COLUMN_WORDS[finding.column]} {finding.year}"


def _status(finding: Finding) -> str:
    return {"rounding": "neutral", "error": "not_met"}.get(finding.verdict, "not_judged")
