"""A ledger's file contract: the notes in the YAML beside data/budget/REGION-YEAR.csv.

The CSV is long, one amount a row. Columns that a file does not need are left out of it; after reading, all are
there; what each one means stands at sources.layouts.LEDGER. What cannot be said by a row stands in the notes: the
unit, the signs, what the document printed as sums and differences, which years cannot be compared and why.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Kind = Literal["grant", "income", "cost", "net", "investment"]
Basis = Literal["budget", "outcome", "forecast"]
TableName = Literal["result", "net", "investment"]
Unit = Literal["kr", "tkr", "mkr"]

BASES: tuple[Basis, ...] = ("budget", "outcome", "forecast")
BASIS_WORDS: dict[str, str] = {"budget": "budget", "outcome": "utfall", "forecast": "prognos"}

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Amount = Annotated[float, Field(allow_inf_nan=False)]
Step = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Document(_Part):
    """The document the figures stand in, whose it is, and under which heading."""

    title: Text
    body: Text
    section: Text | None = None


class Signs(_Part):
    """The sign convention in words, for the reader; the arithmetic in budget.ledger always follows it.

    operations  income +, cost -, variance = outcome - budget
    investment  expenditure +, variance = budget - outcome; absent where the ledger has no investments
    costs       how costs stand in the file; positive ones are turned when the ledger is made
    """

    operations: Text
    investment: Text | None = None
    costs: Literal["negative", "positive"] = "negative"


class Heading(_Part):
    """A table's title, and the name of its total row."""

    title: Text
    total: Text


class PrintedRow(_Part):
    """Sums and differences that the document prints on one row, to be checked against the ledger's rows.

    line            a row's name, or the total's; `year` is the year of the notes where absent
    budget, outcome, forecast  printed sums; only for a total, or for a row whose varav rows are complete
    variance        printed difference, > 0 better than budget; for any row
    parts_complete  True where the row's varav rows together are all of it, so that they add up to it
    """

    table: TableName
    line: Text
    year: int | None = None
    budget: Amount | None = None
    outcome: Amount | None = None
    forecast: Amount | None = None
    variance: Amount | None = None
    parts_complete: bool = False

    @model_validator(mode="after")
    def _says_something(self) -> PrintedRow:
        if all(x is None for x in (self.budget, self.outcome, self.forecast, self.variance)):
            raise ValueError(f'den tryckta raden "{self.line}" har inget belopp')
        return self


class Forecast(_Part):
    """A forecast that the document gives only as a variance from budget, for a table's total.

    It is no row of the ledger: a row would hold the net cost itself, which the document does not print.
    """

    name: Text
    table: TableName
    variance: Amount
    note: Text | None = None


class Restated(_Part):
    """What to add to an earlier year's outcome on a line, so that it can be compared with the later year's."""

    table: TableName
    line: Text
    amount: Amount
    note: Text | None = None


class Break(_Part):
    """Two years (earlier, later) whose amounts must not be compared, and why.

    restated  where it is known what moved: every line that it changes, and then the years can be compared
    """

    years: tuple[int, int]
    reason: Text
    restated: tuple[Restated, ...] = ()

    @model_validator(mode="after")
    def _in_order(self) -> Break:
        if self.years[0] >= self.years[1]:
            raise ValueError(f"åren i ett brott ska stå i ordning, tidigare år först: {list(self.years)}")
        return self


class Materiality(_Part):
    """When a variance is worth a word: at least `amount` in the ledger's unit and `percent` of |budget|, both."""

    amount: float = Field(ge=0, allow_inf_nan=False)
    percent: float = Field(ge=0, allow_inf_nan=False)


class Policy(_Part):
    """The municipality's own rules for its result.

    reserve_years   most years in a row that the resultatutjämningsreserv may be used
    result_percent  (lowest, highest) result wanted, per cent of taxes and grants
    """

    reserve_years: int = Field(ge=0)
    result_percent: tuple[Amount, Amount]

    @model_validator(mode="after")
    def _in_order(self) -> Policy:
        if self.result_percent[0] > self.result_percent[1]:
            raise ValueError("result_percent ska vara [lägsta, högsta]")
        return self


class Plan(_Part):
    """How a plan over several years is to be read: which line is what, the printed shares, the own rules.

    result    line of the ledger that holds the result before the resultatutjämningsreserv
    reserve   line of what is taken from that reserve; projects: line of money set aside for projects
    percent   year -> the result as printed, per cent of taxes and grants
    percent_rounded_to  the last digit of those, in percentage points
    """

    result: Text
    reserve: Text
    projects: Text | None = None
    percent: dict[int, Amount] = Field(default_factory=dict)
    percent_rounded_to: Step
    policy: Policy | None = None


class LedgerNotes(_Part):
    """All of one notes file, data/budget/REGION-YEAR.yaml.

    region      SCB's code, four digits; year: the year the ledger is for (it may hold rows of other years)
    board       the nämnd, absent for the whole municipality
    unit        of every amount in the CSV and in the notes; rounded_to: the last printed digit, in that unit
    tables      headings of the tables that the ledger's rows make; `net` without rows of that kind is income + cost
    organisation  the nämnder and the lines (units) of each, where rows are to be held to them
    account_plan  the plan of the ledger's accounts, one of mappings/accounts.csv
    """

    region: Annotated[str, StringConstraints(pattern=r"^\d{4}$")]
    year: int
    board: Text | None = None
    document: Document
    unit: Unit
    rounded_to: Step
    signs: Signs
    tables: dict[TableName, Heading]
    printed: tuple[PrintedRow, ...] = ()
    forecasts: tuple[Forecast, ...] = ()
    breaks: tuple[Break, ...] = ()
    organisation: dict[Text, tuple[Text, ...]] | None = None
    account_plan: Text | None = None
    materiality: Materiality | None = None
    plan: Plan | None = None

    @model_validator(mode="after")
    def _consistent(self) -> LedgerNotes:
        entries: tuple[PrintedRow | Forecast, ...] = (*self.printed, *self.forecasts)
        for entry in entries:
            if entry.table not in self.tables:
                raise ValueError(f"tabellen {entry.table} nämns men har ingen rubrik under tables")
        rows = [(p.table, p.line, p.year or self.year) for p in self.printed]
        twice = sorted({row for row in rows if rows.count(row) > 1})
        if twice:
            table, line, year = twice[0]
            raise ValueError(f'den tryckta raden "{line}" ({table}, {year}) finns mer än en gång')
        return self
