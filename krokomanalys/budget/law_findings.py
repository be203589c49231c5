"""The statements held to the law: balance in the budget, reserving, use of reserves, deficits restored in time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from krokomanalys.budget.balance import amount, balance_result
from krokomanalys.budget.deficits import Vintage, run
from krokomanalys.budget.law import Name, rule
from krokomanalys.budget.money import decimals
from krokomanalys.budget.reserves import Balance, Room, reserve, room, rur
from krokomanalys.sources.balance import BalanceNotes, Statement
from krokomanalys.swedish import number, quantity

Verdict = Literal["kept", "broken", "unknown"]
HAIR = 1e-6


@dataclass(frozen=True)
class LawFinding:
    """One rule against one year, with a Swedish sentence that gives the figures.

    verdict  unknown where what the rule asks for isn't told
    """

    year: int
    subject: str
    verdict: Verdict
    reference: str
    sentence: str


def law_findings(notes: BalanceNotes, path: Sequence[Statement], since: int = 0) -> tuple[LawFinding, ...]:
    """Every rule that a year of the path from `since` on has to do with, by year. Earlier years only lead up to them.

    Raises:
        ValueError: the statements' years don't follow on one another.
    """
    held, years = run(path, notes.deficits)
    openings = {y.year: y.opening for y in years}
    reserves = {b.year: b for b in reserve(notes, path)}
    equalising = {b.year: b for b in rur(notes, path)}
    told = _Told(notes)
    found: list[LawFinding] = []
    for s in (s for s in path if s.year >= since):
        space = room(s, reserves[s.year].opening, openings[s.year])
        found += told.balance(s)
        found += told.reserving(s, space)
        found += told.use(s, equalising[s.year], reserves[s.year])
        found += told.other(s)
        found += told.deficits(s.year, held, path[-1].year)
    return tuple(found)


@dataclass(frozen=True)
class _Told:
    """The sentences about one year, in the unit of the notes."""

    notes: BalanceNotes

    def money(self, value: float, *, signed: bool = False) -> str:
        return quantity(value, self.notes.unit, decimals(self.notes.rounded_to), signed=signed)

    def balance(self, s: Statement) -> Iterator[LawFinding]:
        """KL 11:5: a budget's income exceeds its costs, but for what a reserve covers."""
        if s.basis != "budget":
            return
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
            sentence = f"{head} Reserver täcker {self.money(used)}, och resultatet blir {self.money(result + used)}."
            yield LawFinding(s.year, "Budget i balans", "kept", reference, sentence)
        else:
            sentence = f"{head} Reserver täcker {self.money(used)}. Utan synnerliga skäl är det inte tillåtet."
            yield LawFinding(s.year, "Budget i balans", "broken", reference, sentence)

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
            allowed = rule("rur_use", s.year) if name == "RUR" else rule("reserve_cap", s.year)
            if allowed is None:
                yield LawFinding(s.year, subject, "broken", "KL 11 kap. 14 §", f"{head} Det får den inte det året.")
                continue
            verdict: Verdict
            if pd.isna(held.opening):
                text, verdict = f"{head} Hur mycket som finns i den anges inte i underlaget.", "unknown"
            elif held.used > held.opening + HAIR:
                text, verdict = f"{head} Det finns bara {self.money(held.opening)}.", "broken"
            else:
                text, verdict = f"{head} Kvar är {self.money(held.closing)}.", "kept"
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

    def deficits(self, year: int, held: Sequence[Vintage], last: int) -> Iterator[LawFinding]:
        """A vintage in its deadline's year, or in the last year while it is not due yet."""
        for v in held:
            if v.deadline is None or pd.isna(v.amount) or v.amount - v.waived <= HAIR:
                continue
            done = max((y for y, _ in v.restored), default=v.year)
            term = rule("years_to_restore", v.year)
            reference = term.reference if term else ""
            subject, head = "Återställning", f"Underskottet {v.year}, {self.money(v.amount - v.waived)},"
            if v.remaining <= HAIR:
                if year == done:
                    sentence = f"{head} är återställt {done}; senast skulle det vara {v.deadline}."
                    verdict: Verdict = "kept" if done <= v.deadline else "broken"
                    yield LawFinding(year, subject, verdict, reference, sentence)
            elif year == min(v.deadline, last) and year >= v.year:
                if pd.isna(v.remaining):
                    sentence = f"{head} kan inte följas: ett balanskravsresultat är okänt."
                    yield LawFinding(year, subject, "unknown", reference, sentence)
                elif v.deadline <= last:
                    sentence = f"{head} skulle vara återställt {v.deadline}. Kvar är {self.money(v.remaining)}."
                    yield LawFinding(year, subject, "broken", reference, sentence)
                else:
                    sentence = f"{head} ska vara återställt {v.deadline}. Kvar är {self.money(v.remaining)}."
                    yield LawFinding(year, subject, "kept", reference, sentence)
