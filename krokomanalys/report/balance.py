"""The law's balance sheet of results as a report shows it: statements, deficits, reserves and the rules they meet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import pandas as pd

from krokomanalys.budget.audit import VERDICTS, compare
from krokomanalys.budget.balance import in_force, path, printed_checks, statement_table
from krokomanalys.budget.deficits import run
from krokomanalys.budget.law_findings import LawFinding, Verdict, law_findings
from krokomanalys.budget.ledger import Ledger, amounts, total
from krokomanalys.budget.money import decimals
from krokomanalys.budget.reserves import reserve, rur
from krokomanalys.report.lights import Light
from krokomanalys.report.page import Piece, prose
from krokomanalys.report.tables import Column, Table
from krokomanalys.sources.balance import BalanceNotes, Statement
from krokomanalys.sources.ledger import BASIS_WORDS, Basis
from krokomanalys.swedish import NBSP, day, number, quantity

BASES: tuple[Basis, ...] = ("budget", "forecast", "outcome")
_LAWS = "KL är kommunallagen (2017:725) och LKBR är lagen (2018:597) om kommunal bokföring och redovisning."
_LIGHTS: dict[Verdict, Light] = {
    "kept": Light("met", "uppfyllt"),
    "broken": Light("not_met", "inte uppfyllt"),
    "unknown": Light("not_judged", "går inte att avgöra"),
    "none": Light("neutral"),
}
_EXPECTED: dict[Verdict, Light] = _LIGHTS | {
    "kept": Light("met", "väntas bli uppfyllt"),
    "broken": Light("not_met", "väntas inte bli uppfyllt"),
}


def statements(
    notes: BalanceNotes | None, columns: Sequence[Statement], name: str, caption: str, year: int
) -> Table | None:
    """The balanskravsutredning, a column a statement, budgets of years after `year` as plans; nothing without any."""
    if notes is None or not columns:
        return None
    frame = statement_table(columns)
    names = {str(place): told(s, year).replace(NBSP, " ") for place, s in enumerate(columns)}
    frame.columns = frame.columns.map(str)
    forecasts = [of_day(s) for s in columns if s.basis == "forecast"]
    remarks = [*dict.fromkeys(s.note for s in columns if s.note), *forecasts]
    return Table(
        name,
        caption,
        frame,
        {
            "label": Column("Rad", kind="text"),
            **{key: Column(label, notes.unit, decimals=places(notes), signed=True) for key, label in names.items()},
        },
        row_kind="role",
        note=" ".join(
            [
                *remarks,
                "Det som sänker resultatet är negativt. Streck: uppgiften är okänd.",
                "Justeringarna följer LKBR 11 kap. 10 §, reserverna KL 11 kap. 14 §.",
                _LAWS,
            ]
        ),
        source=source(notes),
    )


def year_statements(notes: BalanceNotes | None, year: int) -> Table | None:
    """One year's balanskravsutredning as budget, forecast and outcome, those that there are."""
    if notes is None:
        return None
    columns = [s for basis in BASES if (s := in_force(notes, year, basis)) is not None]
    return statements(notes, columns, "balanskrav", f"Balanskravsutredning {year}", year)


def plan_statements(notes: BalanceNotes | None, year: int, last: int) -> Table | None:
    """The balanskravsutredning of the years before the plan, at most three, and of the plan's years."""
    if notes is None:
        return None
    columns = [s for s in path(notes, year, "budget", last) if s.year >= year - 3]
    return statements(notes, columns, "balanskrav_plan", f"Balanskravsutredning {spell(columns)}", year)


def deficit_table(notes: BalanceNotes | None, held: Sequence[Statement]) -> Table | None:
    """Every deficit by the year it arose: amount, deadline, what has been restored and what is left; none, nothing."""
    if notes is None or not held:
        return None
    vintages, _ = run(held, notes.deficits)
    if not vintages:
        return None
    likely = {s.year: f" ({BASIS_WORDS[s.basis]})" for s in held if s.basis != "outcome"}
    expected = any(year in likely for v in vintages for year, _ in v.restored)
    frame = pd.DataFrame([asdict(v) for v in vintages]).assign(
        restored=[
            ", ".join(f"{y}: {number(a, places(notes))}{likely.get(y, '')}" for y, a in v.restored) for v in vintages
        ]
    )
    step = places(notes)
    return Table(
        "underskott",
        f"Underskott att återställa, till och med {told(held[-1])}",
        frame,
        {
            "year": Column("Underskott från", kind="text"),
            "amount": Column("Underskott", notes.unit, decimals=step),
            "waived": Column("Undantag, synnerliga skäl", notes.unit, decimals=step),
            "restored": Column("Återställt", notes.unit, kind="text"),
            "remaining": Column("Kvar", notes.unit, decimals=step),
            "deadline": Column("Senast", kind="text"),
        },
        note="Ett överskott återställer det äldsta underskottet först. Ett underskott ska vara återställt tre år efter "
        "det år det uppkom (KL 11 kap. 12 §), om det inte finns synnerliga skäl (13 §)."
        + (" Det som står med prognos eller budget väntas bli återställt." if expected else ""),
        source=source(notes),
    )


def reserve_table(notes: BalanceNotes | None, held: Sequence[Statement], year: int) -> Table | None:
    """The reserves at the end of each year, those that anything is put in, taken from or held in; else nothing."""
    if notes is None or not held:
        return None
    frame, step = pd.DataFrame({"year": [told(s, year) for s in held]}), places(notes)
    columns = {"year": Column("År", kind="text")}
    for name, label, run_ in (("rur", "RUR", rur(notes, held)), ("reserve", "resultatreserven", reserve(notes, held))):
        moved, left = [b.reserved - b.used for b in run_], [b.closing for b in run_]
        if any(amount and not pd.isna(amount) for amount in (*moved, *left)):
            frame[f"{name}_moved"], frame[name] = moved, left
            head = f"Till (+) eller ur (−) {label}"
            columns[f"{name}_moved"] = Column(head, notes.unit, decimals=step, signed=True)
            columns[name] = Column(f"Kvar i {label}", notes.unit, decimals=step)
    if len(columns) == 1:
        return None
    unknown = " Hur mycket som fanns från början anges inte i underlaget." if frame.isna().any(axis=None) else ""
    return Table(
        "reserver",
        f"Reserver {spell(held)}, vid årets slut",
        frame,
        columns,
        note="RUR är resultatutjämningsreserven. Till den kan inget reserveras efter 2023, men den får användas till "
        f"och med 2033. Resultatreserven finns från 2024.{unknown}",
        source=source(notes),
    )


def findings(notes: BalanceNotes | None, held: Sequence[Statement], since: int) -> tuple[LawFinding, ...]:
    """What the law says of the years from `since` on; nothing where there is nothing to hold to it."""
    return law_findings(notes, held, since) if notes is not None and held else ()


def law_table(notes: BalanceNotes | None, held: Sequence[Statement], since: int) -> Table | None:
    """The rules of the law, one a row, with a light each; nothing where none applies."""
    found = findings(notes, held, since)
    if notes is None or not found:
        return None
    frame = pd.DataFrame([asdict(f) for f in found]).assign(
        sentence=[f"{f.subject}: {f.sentence} ({f.reference})" for f in found],
        light=pd.Series([(_EXPECTED if f.expected else _LIGHTS)[f.verdict] for f in found], dtype=object),
    )
    return Table(
        "lagens_krav",
        "Lagens krav",
        frame,
        {
            "year": Column("År", kind="text"),
            "sentence": Column("Krav och siffror", kind="text"),
            "light": Column("Läge", kind="light"),
        },
        note=_LAWS,
        source=source(notes),
    )


def law_light(found: Sequence[LawFinding], subject: str = "Balanskrav") -> Light:
    """One light for all rules: broken where one is, unknown where one is, else kept; without any, nothing to judge."""
    judged = [f for f in found if f.verdict != "none"]
    broken = [f for f in judged if f.verdict == "broken"]
    expected = any(f.expected for f in broken or judged)
    if broken:
        count = "ett krav" if len(broken) == 1 else f"{len(broken)} krav"
        return Light("not_met", f"{count} {'väntas inte uppfyllas' if expected else 'uppfylls inte'}", subject)
    if any(f.verdict == "unknown" for f in judged) or not judged:
        words = "kan inte avgöras helt" if judged else "inget krav att bedöma" if found else ""
        return Light("not_judged", words, subject)
    return Light("met", f"lagens krav {'väntas uppfyllas' if expected else 'uppfylls'}", subject)


def agreement(notes: BalanceNotes | None, ledger: Ledger | None, year: int) -> Piece | None:
    """Whether the statements' own sums hold and their results are the ledger's; nothing without any to look at."""
    if notes is None:
        return None
    sentences = []
    for s in (s for basis in BASES if (s := in_force(notes, year, basis)) is not None):
        for c in printed_checks(s, notes.rounded_to):
            if c.check.verdict != "agrees":
                sentences.append(
                    f"{c.label} {told(s)}: tryckt {_money(notes, c.printed)}, raderna ger "
                    f"{_money(notes, c.check.computed)} ({VERDICTS[c.check.verdict]})."
                )
        held = None if ledger is None else _ledger_result(ledger, s)
        if held is not None and s.result is not None and ledger is not None and ledger.notes.unit == notes.unit:
            check = compare("sum", s.result, held, 1, max(notes.rounded_to, ledger.notes.rounded_to))
            if check.verdict == "error":
                sentences.append(
                    f"Årets resultat {told(s)} är {_money(notes, s.result)} i balanskravsutredningen men "
                    f"{_money(notes, held)} i huvudboken."
                )
    return prose(*sentences) if sentences else None


def _ledger_result(ledger: Ledger, s: Statement) -> float | None:
    """The ledger's own result of that year and basis; None where it isn't the whole municipality's whole year."""
    whole = ledger.notes.board is None and ledger.notes.plan is None and "net" in ledger.tables
    if not whole or (s.basis == "outcome" and s.year == ledger.notes.year and ledger.months < 12):
        return None
    value = total(amounts(ledger, "net", s.year), s.basis)
    return None if pd.isna(value) else value


def told(s: Statement, year: int | None = None) -> str:
    """A statement by its year and basis: "2025 prognos"; a budget of a year after the budget year `year` is a plan."""
    word = "plan" if s.basis == "budget" and year is not None and s.year > year else BASIS_WORDS[s.basis]
    return f"{s.year}{NBSP}{word}"


def of_day(s: Statement) -> str:
    """Which statement it is, with the day it was decided, in a sentence."""
    word = BASIS_WORDS[s.basis].capitalize()
    return f"{word} {s.year}: {s.name}{f', {day(s.decided)}' if s.decided else ''}."


def spell(columns: Sequence[Statement]) -> str:
    """The years of statements: "2023–2028"."""
    return f"{columns[0].year}–{columns[-1].year}" if columns else ""


def places(notes: BalanceNotes) -> int:
    """Decimals of the notes' amounts."""
    return decimals(notes.rounded_to)


def source(notes: BalanceNotes) -> str:
    """The document of the notes."""
    return f"{notes.document.body}, {notes.document.title}"


def _money(notes: BalanceNotes, value: float) -> str:
    return quantity(value, notes.unit, places(notes))
