"""What the law's balance sheet of results is made from, as data/balance/REGION.yaml holds it, checked on the way in.

A statement is one year's balanskravsutredning as budget, forecast or outcome. All amounts are in the file's unit and
signed as the statement is printed: what lowers the result is negative, what raises it is positive.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from krokomanalys.sources.ledger import Amount, Basis, Document, Policy, Step, Text, Unit

Plus = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Minus = Annotated[float, Field(le=0, allow_inf_nan=False)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PrintedBalance(_Part):
    """What the document prints as sums of its statement: after adjustments, and the balanskravsresultat."""

    adjusted: Amount | None = None
    balance: Amount | None = None


class Statement(_Part):
    """One year's balanskravsutredning (LKBR 11:10) in one version.

    name              the document or decision that the figures stand in
    decided           its day; needed where a year has several versions on one basis
    complete          True: a line that isn't given is 0. Otherwise it isn't known
    result            årets resultat
    gains             all realised gains; gains_excepted, losses_excepted: those that may be left in
    unrealised_gains, unrealised_losses  on securities; `reversed`: earlier years' ones taken back
    other             what the document counts besides, before the balanskravsresultat; `other_note` says what
    to_rur, from_rur  the resultatutjämningsreserv; to_reserve, from_reserve: the resultatreserv (from 2024)
    use_reason        why a reserve is used, as decided
    waived            the part of a deficit that need not be restored for synnerliga skäl, above 0; waived_reason: why
    action_plan       fullmäktige's decision on how the year's deficit is to be restored, as people cite it (KL 11:12)
    taxes_and_grants  skatteintäkter + generella statsbidrag och utjämning
    equity            eget kapital, including the ansvarsförbindelse for pensions
    depreciation      above 0; net_investments: above 0
    printed           the document's own sums
    """

    year: int
    basis: Basis
    name: Text
    decided: date | None = None
    complete: bool = False
    result: Amount | None = None
    gains: Minus | None = None
    gains_excepted: Plus | None = None
    losses_excepted: Plus | None = None
    unrealised_gains: Minus | None = None
    unrealised_losses: Plus | None = None
    reversed: Amount | None = None
    other: Amount | None = None
    other_note: Text | None = None
    to_rur: Minus | None = None
    from_rur: Plus | None = None
    to_reserve: Minus | None = None
    from_reserve: Plus | None = None
    use_reason: Text | None = None
    waived: Plus | None = None
    waived_reason: Text | None = None
    action_plan: Text | None = None
    taxes_and_grants: Plus | None = None
    equity: Amount | None = None
    depreciation: Plus | None = None
    net_investments: Plus | None = None
    printed: PrintedBalance | None = None
    note: Text | None = None

    @model_validator(mode="after")
    def _reasons_given(self) -> Statement:
        for amount, reason in (("other", "other_note"), ("waived", "waived_reason")):
            if getattr(self, amount) and getattr(self, reason) is None:
                raise ValueError(f"{amount} {self.year} behöver {reason}: skriv vad det är eller varför")
        return self


class Reserve(_Part):
    """A reserve at the end of the year before the first statement; `purpose`: the own rule on what it is for."""

    opening: Plus | None = None
    purpose: Text | None = None


class Deficit(_Part):
    """A negative balanskravsresultat of a year before the first statement, not restored yet: `amount` above 0.

    action_plan  as in a Statement
    """

    year: int
    amount: Plus
    action_plan: Text | None = None


class Sensitivity(_Part):
    """What a change outside the municipality's control does to the result of a year.

    year      the budget year that the row is told for
    quantity  what the change falls on, in `unit`; absent where nobody has told it
    change    by how much: kronor for each unit (change_unit kr) or per cent of an amount of money (change_unit %)
    words     the change as people say it ("10 öre dyrare el per kWh")
    falls_on  costs: an increase lowers the result; income: it raises it
    """

    year: int
    what: Text
    words: Text
    quantity: Plus | None = None
    unit: Text
    change: Amount
    change_unit: Literal["kr", "%"]
    falls_on: Literal["costs", "income"]
    source: Text | None = None

    @model_validator(mode="after")
    def _of_money(self) -> Sensitivity:
        if self.change_unit == "%" and self.unit not in ("kr", "tkr", "mkr"):
            raise ValueError(f'{self.what}: procent räknas på pengar, och "{self.unit}" är inte kr, tkr eller mkr')
        return self


class BalanceNotes(_Part):
    """All of one file, data/balance/REGION.yaml.

    region      SCB's code, four digits
    unit        of every amount that doesn't state its own; rounded_to: the last printed digit, in that unit
    rur, reserve  the resultatutjämningsreserv and the resultatreserv, before the first statement
    deficits    what was left to restore then
    policy      the municipality's own rules for its result
    """

    region: Annotated[str, StringConstraints(pattern=r"^\d{4}$")]
    document: Document
    unit: Unit
    rounded_to: Step
    statements: tuple[Statement, ...] = ()
    rur: Reserve = Reserve()
    reserve: Reserve = Reserve()
    deficits: tuple[Deficit, ...] = ()
    policy: Policy | None = None
    sensitivity: tuple[Sensitivity, ...] = ()

    @model_validator(mode="after")
    def _told_apart(self) -> BalanceNotes:
        seen: set[tuple[int, Basis, date | None]] = set()
        for s in self.statements:
            others = [o for o in self.statements if (o.year, o.basis) == (s.year, s.basis)]
            if len(others) > 1 and any(o.decided is None for o in others):
                raise ValueError(f"{s.year} har flera utredningar av samma slag: decided behövs på var och en")
            if (s.year, s.basis, s.decided) in seen:
                raise ValueError(f"utredningen för {s.year} ({s.name}) har samma år, slag och dag som en annan")
            seen.add((s.year, s.basis, s.decided))
        years = [s.year for s in self.statements]
        if late := [d.year for d in self.deficits if years and d.year >= min(years)]:
            raise ValueError(f"underskottet {late[0]} är inte äldre än den första utredningen ({min(years)})")
        return self


def known(notes: BalanceNotes, until: date) -> BalanceNotes:
    """The notes as they were on a day: without outcomes of years that hadn't ended and what was decided later.

    A forecast made in September on the months to August belongs to the end of August, as in the ledger.
    """
    held = [
        s
        for s in notes.statements
        if (s.decided is None or _made(s.decided, s.basis) <= until)
        and (s.basis != "outcome" or date(s.year, 12, 31) <= until)
    ]
    return notes.model_copy(update={"statements": tuple(held)})


def _made(decided: date, basis: Basis) -> date:
    """The last day that a decision can build on: for a forecast the end of the month before."""
    return decided.replace(day=1) - timedelta(days=1) if basis == "forecast" else decided


def tells_plan(notes: BalanceNotes, year: int) -> bool:
    """Whether the notes have a budget of that year. What could change its result is no plan by itself."""
    return any(s.year == year and s.basis == "budget" for s in notes.statements)
