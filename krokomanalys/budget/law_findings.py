"""The statements held to the law: balance in the budget, reserving, use of reserves, deficits restored in time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import pandas as pd

from krokomanalys.budget.balance import amount, balance_result
from krokomanalys.budget.deficits import Vintage, run
from krokomanalys.budget.law import Name, Rule, rule
from krokomanalys.budget.money import decimals
from krokomanalys.budget.reserves import Balance, Room, reserve, room, rur
from krokomanalys.sources.balance import BalanceNotes, Statement
from krokomanalys.sources.ledger import Basis
from krokomanalys.swedish import listed, number, quantity

Verdict = Literal["kept", "broken", "unknown", "none"]
HAIR = 1e-6
_WORST_FIRST: tuple[Verdict, ...] = ("broken", "unknown", "kept")
_NO_PLAN = "Fullmäktige ska ha antagit en åtgärdsplan; om den finns anges inte i underlaget."


@dataclass(frozen=True)
class LawFinding:
    """One rule against one year, with a Swedish sentence that gives the figures.

    verdict   unknown where what the rule asks for isn't told; none where it asks for nothing, or for nothing yet
    expected  whether the verdict rests on a forecast or a budget, so that it may turn out otherwise
    """

    year: int
    subject: str
    verdict: Verdict
    reference: str
    sentence: str
    expected: bool = False


def law_findings(notes: BalanceNotes, path: Sequence[Statement], since: int = 0) -> tuple[LawFinding, ...]:
    """Every rule that a year of the path from `since` on has to do with, by year. Earlier years only lead up to them.

    The first budget from then on is the one that shall balance (KL 11:5); those after it are a plan (KL 11:6).

    Raises:
        ValueError: the statements' years don't follow on one another.
    """
    held, years = run(path, notes.deficits)
    openings = {y.year: y.opening for y in years}
    reserves = {b.year: b for b in reserve(notes, path)}
    equalising = {b.year: b for b in rur(notes, path)}
    told, bases = _Told(notes), {s.year: s.basis for s in path}
    budget = next((s.year for s in path if s.basis == "budget" and s.year >= since), None)
    found: list[LawFinding] = []
    for s in (s for s in path if s.year >= since):
        space = room(s, reserves[s.year].opening, openings[s.year])
        if s.basis == "budget":
            found += told.balance(s, equalising[s.year], reserves[s.year]) if s.year == budget else told.plan(s)
        kept = [*told.reserving(s, space), *told.use(s, equalising[s.year], reserves[s.year])]
        found += [replace(f, expected=s.basis != "outcome" and f.verdict == "kept") for f in kept]
        found += told.other(s)
        found += told.deficits(s.year, held, bases)
    return tuple(found)


@dataclass(frozen=True)
class _Told:
    """The sentences about one year, in the unit of the notes."""

    notes: BalanceNotes

    def money(self, value: float, *, signed: bool = False) -> str:
        return quantity(value, self.notes.unit, decimals(self.notes.rounded_to), signed=signed)

    def balance(self, s: Statement, equalising: Balance, reserve: Balance) -> Iterator[LawFinding]:
        """KL 11:5: a budget's income exceeds its costs, but for what a reserve covers."""
        result, used = amount(s, "result"), amount(s, "from_rur") + amount(s, "from_reserve")
        if pd.isna(result + used):
            sentence = f"Budgetens resultat {s.year}, eller användningen av reserver, är okänd."
            yield LawFinding(s.year, "Budget i balans", "unknown", "KL 11 kap. 5 §", sentence)
            return
        head = f"Budgeterat resultat {s.year} är {self.money(result, signed=True)}."
        reference = "KL 11 kap. 5 §"
        if result > HAIR:
            sentence = f"{head} Intäkterna är större än kostnaderna."
            yield LawFinding(s.year, "Budget i balans", "kept", reference, sentence)
        elif used > 0 and result + used >= -HAIR:
            taken = {name: held for name, held in (("RUR", equalising), ("resultatreserven", reserve)) if held.used}
            covers = {_covers(name, held) for name, held in taken.items()}
            verdict: Verdict = next((v for v in _WORST_FIRST if v in covers), "kept")
            names, money = listed(list(taken)), self.money(used)
            sentence = {
                "broken": f"{head} Ur {names} tas {money}, mer än vad som får tas.",
                "unknown": f"{head} Budgeten är i balans bara om det finns {money} i {names}.",
            }.get(verdict, f"{head} Ur {names} tas {money}, och resultatet blir {self.money(result + used)}.")
            if "RUR" in taken and (allowed := _allowed("RUR", s.year)):
                reference = f"{reference}; RUR enligt {allowed.reference}"
            yield LawFinding(s.year, "Budget i balans", verdict, reference, sentence)
        else:
            sentence = f"{head} Reserver täcker {self.money(used)}. Utan synnerliga skäl är det inte tillåtet."
            yield LawFinding(s.year, "Budget i balans", "broken", reference, sentence)

    def plan(self, s: Statement) -> Iterator[LawFinding]:
        """KL 11:6: the years after the budget are a plan, of which the law asks no balance."""
        result, used = amount(s, "result"), amount(s, "from_rur") + amount(s, "from_reserve")
        if pd.isna(result):
            sentence = f"Planens resultat {s.year} är okänt."
        elif abs(result) <= HAIR:
            sentence = f"Planen visar varken överskott eller underskott {s.year}."
        else:
            word = "överskott" if result > 0 else "underskott"
            sentence = f"Planen visar {word} {s.year}: {self.money(result, signed=True)}."
        if used > 0:
            sentence += f" Ur reserver tas {self.money(used)}."
        yield LawFinding(s.year, "Planår", "none", "KL 11 kap. 6 §", sentence)

    def reserving(self, s: Statement, space: Room | None) -> Iterator[LawFinding]:
        """KL 11:14: no more than the limit, and to the reserve that the year's law knows."""
        shares: tuple[tuple[str, str, Name], ...] = (
            ("to_rur", "RUR", "rur_share"),
            ("to_reserve", "resultatreserven", "reserve_share"),
        )
        for key, name, share in shares:
            put = -amount(s, key)
            if pd.isna(put) or put == 0:
                continue
            subject, head = f"Reservering till {name}", f"Till {name} reserveras {self.money(put)} {s.year}."
            if space is None or rule(share, s.year) is None:
                sentence = f"{head} Lagen tillåter ingen sådan reservering det året."
                yield LawFinding(s.year, subject, "broken", "KL 11 kap. 14 §", sentence)
            elif pd.isna(space.limit):
                lacks = "skatter och bidrag" if s.taxes_and_grants is None else "eget kapital och ingående reserv"
                sentence = f"{head} Gränsen kan inte räknas: uppgift saknas om {lacks}."
                yield LawFinding(s.year, subject, "unknown", space.reference, sentence)
            else:
                within = put <= space.limit + HAIR
                sentence = (
                    f"{head} Högst {self.money(space.limit)} får reserveras: det som överstiger "
                    f"{number(space.share)} procent av skatter och bidrag"
                )
                cap = rule("reserve_cap", s.year)
                capped = f", och reserven får vara högst {number(cap.value)} procent av dem" if cap else ""
                sentence += f"{capped if space.cap_room < space.excess else ''}."
                if space.after_deficits < space.limit:
                    sentence += f" Återställs underskottet först är det {self.money(space.after_deficits)}."
                yield LawFinding(s.year, subject, "kept" if within else "broken", space.reference, sentence)

    def use(self, s: Statement, equalising: Balance, reserve: Balance) -> Iterator[LawFinding]:
        """What is taken is there, is taken while the law allows it, and has its reason stated."""
        for name, held, kept in (
            ("RUR", equalising, self.notes.rur),
            ("resultatreserven", reserve, self.notes.reserve),
        ):
            if pd.isna(held.used) or held.used == 0:
                continue
            subject, head = f"Användning av {name}", f"{self.money(held.used)} tas ur {name} {s.year}."
            if (allowed := _allowed(name, s.year)) is None:
                yield LawFinding(s.year, subject, "broken", "KL 11 kap. 14 §", f"{head} Det får den inte det året.")
                continue
            verdict = _covers(name, held)
            text = {
                "unknown": f"{head} Hur mycket som finns i den anges inte i underlaget.",
                "broken": f"{head} Det finns bara {self.money(held.opening)}.",
            }.get(verdict, f"{head} Kvar är {self.money(held.closing)}.")
            if s.use_reason:
                text += f" Skäl: {s.use_reason}"
            elif kept.purpose:
                text += f" Skälet anges inte. Den egna regeln: {kept.purpose}"
                verdict = "unknown" if verdict == "kept" else verdict
            yield LawFinding(s.year, subject, verdict, allowed.reference, text)

    def other(self, s: Statement) -> Iterator[LawFinding]:
        """A result that can't be had, what a document counts before the law's line, and more waived than there is."""
        result = balance_result(s)
        if pd.isna(result):
            sentence = f"Balanskravsresultatet {s.year} kan inte räknas: utredningen ({s.name}) saknar uppgifter."
            yield LawFinding(s.year, "Balanskravsutredning", "unknown", "LKBR 11 kap. 10 §", sentence)
        if s.other:
            sentence = (
                f"Dokumentet räknar {self.money(s.other, signed=True)} före balanskravsresultatet {s.year} "
                f"({s.other_note}). Utan det är balanskravsresultatet {self.money(result - s.other, signed=True)}."
            )
            yield LawFinding(s.year, "Övrigt i utredningen", "unknown", "LKBR 11 kap. 10 §", sentence)
        if s.waived and s.waived > max(0.0, -result) + HAIR:
            sentence = (
                f"Synnerliga skäl anges för {self.money(s.waived)} {s.year}, men balanskravsresultatet är "
                f"{self.money(result, signed=True)}. Bara ett underskott kan undantas."
            )
            yield LawFinding(s.year, "Synnerliga skäl", "broken", "KL 11 kap. 13 §", sentence)

    def deficits(self, year: int, held: Sequence[Vintage], bases: Mapping[int, Basis]) -> Iterator[LawFinding]:
        """A vintage in its deadline's year, or in the last year while it is not due yet (KL 11:12)."""
        last = max(bases)
        for v in held:
            if v.deadline is None or pd.isna(v.amount) or v.amount - v.waived <= HAIR:
                continue
            done = max((y for y, _ in v.restored), default=v.year)
            if year != (done if v.remaining <= HAIR else min(v.deadline, last)) or year < v.year:
                continue
            term, expected = rule("years_to_restore", v.year), bases.get(year) != "outcome"
            head = f"Underskottet {v.year}, {self.money(v.amount - v.waived)},"
            left = "Kvar väntas bli" if expected else "Kvar är"
            verdict: Verdict
            if pd.isna(v.remaining):
                text, verdict = f"{head} kan inte följas: ett balanskravsresultat är okänt.", "unknown"
            elif v.remaining <= HAIR:
                verb = "väntas vara" if expected else "är"
                text = f"{head} {verb} återställt {done}; senast skulle det vara {v.deadline}."
                verdict = ("kept" if v.plan else "unknown") if done <= v.deadline else "broken"
            elif v.deadline <= last:
                text = f"{head} skulle vara återställt {v.deadline}. {left} {self.money(v.remaining)}."
                verdict = "broken"
            else:
                text = f"{head} ska vara återställt {v.deadline}. {left} {self.money(v.remaining)}."
                verdict = "none"
            told = f"Åtgärdsplan: {v.plan}." if v.plan else _NO_PLAN
            reference = term.reference if term else ""
            yield LawFinding(year, "Återställning", verdict, reference, f"{text} {told}", expected)


def _allowed(name: str, year: int) -> Rule | None:
    """What lets a reserve be used in a year; None where nothing does."""
    return rule("rur_use" if name == "RUR" else "reserve_cap", year)


def _covers(name: str, held: Balance) -> Verdict:
    """Whether a reserve holds what is taken from it, in a year when it may be."""
    if _allowed(name, held.year) is None:
        return "broken"
    if pd.isna(held.opening):
        return "unknown"
    return "broken" if held.used > held.opening + HAIR else "kept"
