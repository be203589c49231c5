"""Sifferkontroll: a document's printed sums and its statements in figures, each beside the same computed again."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from krokomanalys.budget.audit import VERDICTS, Finding, Verdict, audit, findings_table, in_words, wrong_unit
from krokomanalys.budget.claim_words import computed_words, reason, said_words, sentence
from krokomanalys.budget.claims import ClaimFinding, judge_all
from krokomanalys.budget.ledger import Ledger, as_ledger
from krokomanalys.budget.money import decimals
from krokomanalys.errors import Fault
from krokomanalys.report.lights import LightStatus
from krokomanalys.report.money import part_of
from krokomanalys.report.page import Piece, note, prose
from krokomanalys.report.tables import Column, Table
from krokomanalys.sources.claims import Claims
from krokomanalys.sources.folder import Folder, contents, open_folder, read_document, shown
from krokomanalys.sources.goals import GoalVersion
from krokomanalys.sources.ledger import LedgerNotes
from krokomanalys.sources.reader import joined
from krokomanalys.sources.slices import Slice
from krokomanalys.swedish import BLANK, listed

LIGHTS: dict[Verdict, LightStatus] = {
    "agrees": "met",
    "rounding": "neutral",
    "error": "not_met",
    "contradiction": "not_met",
    "unclear": "partly",
    "unchecked": "not_judged",
}
COLUMN_WORDS = {"budget": "budget", "outcome": "utfall", "forecast": "prognos", "variance": "avvikelse"}
FLAWS: tuple[Verdict, ...] = ("error", "contradiction", "unclear")
WORST_FIRST: tuple[Verdict, ...] = (*FLAWS, "rounding", "unchecked")
_ABOUT = {"maluppfoljning": "goals"}
"""Which claims a report shows, by its name; those on the budget where it isn't here."""


def audit_prose(slice_: Slice, ledger: Ledger) -> Piece | None:
    """How many of the document's printed sums and differences hold; None where none are printed.

    An error that one changed number explains is told with it, and amounts that can't be in the ledger's unit, where
    the population is known.
    """
    if part_of(slice_):
        if slice_.budget is None or not slice_.budget.notes.printed:
            return None
        return note("Dokumentets tryckta summor gäller mer än de här raderna och kontrolleras inte här.")
    findings, unit = audit(ledger), _unit(ledger, slice_.totals)
    explained = [f.sentence for f in findings if any(check.suspect for check in f.checks)]
    told = [*([in_words(findings)] if findings else []), *explained, *([unit] if unit else [])]
    return prose(*told) if told else None


def audit_table(ledger: Ledger) -> Table | None:
    """The printed sums and differences that don't agree with the rows to the digit, with the bound of rounding."""
    odd = [f for f in audit(ledger) if f.verdict != "agrees"]
    if not odd:
        return None
    frame = findings_table(odd).assign(where=[_where(f, ledger) for f in odd], word=_lights(odd))
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
        source=f"{ledger.notes.document.body}, {ledger.notes.document.title}",
    )


def claims_prose(slice_: Slice) -> Piece | None:
    """How many of the document's statements in figures hold; None where none are noted for the report."""
    findings = _claims(slice_)
    if not findings:
        return None
    told = [claims_in_words(findings)]
    if any(f.verdict != "agrees" for f in findings):
        told.append("Tabellen visar de som du bör se närmare på.")
    if others := sorted({f.claim.against for f in findings if f.claim.against}):
        told.append(f"Där dokumentet inte trycker talen är uppgiften prövad mot {listed(others)}.")
    return prose(" ".join(told))


def claims_table(slice_: Slice) -> Table | None:
    """The statements in figures that don't simply agree: printed, computed again, verdict, reason."""
    odd = [f for f in _claims(slice_) if f.verdict != "agrees"]
    if not odd or slice_.claims is None:
        return None
    odd.sort(key=lambda finding: WORST_FIRST.index(finding.verdict))
    frame = pd.DataFrame(
        {
            "what": [f"{f.claim.where}: {f.claim.what}" for f in odd],
            "printed": [said_words(f) or BLANK for f in odd],
            "computed": [computed_words(f) or BLANK for f in odd],
            "word": _lights(odd),
            "why": [reason(f) for f in odd],
        }
    )
    return Table(
        "uppgifter",
        "Uppgifter att se närmare på",
        frame,
        {
            "what": Column("Uppgift", kind="text"),
            "printed": Column("Tryckt", kind="text"),
            "computed": Column("Omräknat", kind="text"),
            "word": Column("Slutsats", kind="light"),
            "why": Column("Förklaring", kind="text"),
        },
        note="Inom parentes: hur lågt och högt det omräknade kan vara före avrundning. Streck: inget är tryckt, eller "
        "inget är räknat. Oklar: svaret beror på hur dokumentet läses.",
        source=f"{slice_.claims.document.body}, {slice_.claims.document.title}",
    )


def claims_in_words(findings: Sequence[ClaimFinding]) -> str:
    """How many statements there are of each verdict, as a Swedish sentence."""
    counts = Counter(f.word for f in findings)
    order = [*VERDICTS.values(), *sorted(set(counts) - set(VERDICTS.values()))]
    told = [f"{word}: {counts[word]}" for word in order if counts[word]]
    many = (
        "1 uppgift i siffror är räknad om"
        if len(findings) == 1
        else f"{len(findings)} uppgifter i siffror är räknade om"
    )
    counted = "; ".join(told)
    return f"{many}. {counted[0].upper()}{counted[1:]}."


def flaws(data: Path | None) -> list[str]:
    """What sifferkontroll finds in the documents of a workspace; of the embedded data where there is no workspace.

    A line a document, then one for each error, contradiction and unclear figure in it; rounding is only counted. A
    flaw in a document is no fault in the data.

    Raises:
        InputError: a file that the figures stand in is faulty.
    """
    folder = open_folder(data)
    lines: list[str] = []
    own = contents(folder.layers[0])
    for file in (file for file in own if re.fullmatch(r"budget/\d{4}-\d{4}\.yaml", file)):
        lines += _ledger_flaws(folder, file)
    for file in (file for file in own if re.fullmatch(r"claims/\d{4}-\d{4}\.yaml", file)):
        claims = read_document(_there(folder, file))
        assert isinstance(claims, Claims)
        found = judge_all(claims)
        told = [sentence(f) for f in found if f.verdict in FLAWS]
        lines += _lines(claims.document.body, claims.document.title, claims_in_words(found), told)
    return lines


def claim_faults(folder: Folder) -> list[Fault]:
    """Claims about goals that the goals of the same year don't have."""
    return [
        fault
        for layer in folder.layers
        for file in contents(layer)
        if file.startswith("claims/")
        for fault in _stray_goals(folder, layer / file)
    ]


def _stray_goals(folder: Folder, path: Path) -> Iterator[Fault]:
    claims, goals = read_document(path), folder.seen_from(path).path(f"goals/{path.name}")
    version = read_document(goals) if goals else None
    known = {goal.id for goal in version.goals} if isinstance(version, GoalVersion) else set()
    for place, claim in enumerate(claims.claims if isinstance(claims, Claims) else (), start=1):
        if claim.goal and claim.goal not in known:
            yield Fault(
                shown(path),
                f'målet "{claim.goal}" finns inte i data/goals/{path.name}',
                "någon av " + ", ".join(sorted(known)) if known else "",
                key=f"claims.{place}.goal",
            )


def _ledger_flaws(folder: Folder, file: str) -> list[str]:
    path = _there(folder, file)
    notes = read_document(path)
    assert isinstance(notes, LedgerNotes)
    tables = [p for p in sorted(path.parent.glob(f"{path.stem}*")) if p.suffix in (".csv", ".xlsx")]
    ledger = as_ledger(joined(tables), notes)
    groups = folder.table("population/groups.csv")
    own = groups[(groups["region"] == notes.region) & (groups["age_group"] == "total") & (groups["sex"] == "T")]
    findings = audit(ledger)
    unit = _unit(ledger, {int(y): int(p) for y, p in zip(own["year"], own["population"], strict=True)})
    told = [f.sentence for f in findings if f.verdict in FLAWS]
    summary = [in_words(findings)] if findings else []
    if not (summary or unit):
        return []
    return _lines(notes.document.body, notes.document.title, " ".join(summary), [*told, *([unit] if unit else [])])


def _lines(body: str, title: str, summary: str, told: list[str]) -> list[str]:
    return [f"Sifferkontroll: {body}, {title}. {summary}".rstrip(), *(f"  {line}" for line in told)]


def _there(folder: Folder, file: str) -> Path:
    path = folder.path(file)
    assert path is not None  # the folder listed it
    return path


def _unit(ledger: Ledger, totals: dict[int, int]) -> str | None:
    """The sentence on a wrong unit, by the last population known at the ledger's year; None without one."""
    known = [year for year in totals if year <= ledger.notes.year]
    return wrong_unit(ledger, totals[max(known)]) if known else None


def _claims(slice_: Slice) -> list[ClaimFinding]:
    about = _ABOUT.get(slice_.report, "budget")
    return [f for f in judge_all(slice_.claims) if f.claim.about == about] if slice_.claims else []


def _lights(findings: Sequence[Finding | ClaimFinding]) -> pd.Series:
    return pd.Series([{"status": LIGHTS[f.verdict], "words": f.word} for f in findings], dtype=object)


def _where(finding: Finding, ledger: Ledger) -> str:
    title = ledger.notes.tables[finding.table].title
    return f"{title}: {finding.line}, {COLUMN_WORDS[finding.column]} {finding.year}"
