"""A ledger's amounts as a report shows them: what is compared with what, in which columns and words."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from krokomanalys.budget.ledger import Ledger
from krokomanalys.budget.money import decimals
from krokomanalys.budget.periods import followed, year_view
from krokomanalys.report.tables import Column
from krokomanalys.sources.ledger import TableName
from krokomanalys.swedish import MONTHS, quantity


@dataclass(frozen=True, eq=False)
class Compared:
    """A table as budget.variance.follow_up has it, with what its columns budget and outcome are called.

    forecast  whether the outcome is the year's forecast, since nothing is known by month
    """

    table: pd.DataFrame
    budget: str
    outcome: str
    forecast: bool = False


def compared(ledger: Ledger, table: TableName) -> Compared:
    """Budget and outcome of the year, or of its months so far; or the year's forecast where nothing is by month."""
    frame = followed(ledger, table)
    if ledger.months < 12 and frame["variance"].isna().all():
        year = ledger.notes.year
        forecast = year_view(ledger, table).drop(columns=["outcome", "earlier"]).rename(columns={"forecast": "outcome"})
        return Compared(forecast, f"Budget {year}", f"Helårsprognos {year}", forecast=True)
    return Compared(frame, f"Budget {span(ledger)}", f"Utfall {span(ledger)}")


def amount_column(label: str, ledger: Ledger, *, signed: bool = False) -> Column:
    """A column of amounts in the ledger's unit, with the decimals that it gives."""
    return Column(label, ledger.notes.unit, decimals=decimals(ledger.notes.rounded_to), signed=signed)


def amount(ledger: Ledger, value: float, *, signed: bool = False) -> str:
    """An amount with the ledger's unit."""
    return quantity(value, ledger.notes.unit, decimals(ledger.notes.rounded_to), signed=signed)


def rounded(ledger: Ledger, value: float) -> float:
    """An amount with the decimals that the ledger gives: 0 for what would be shown as 0."""
    return round(float(value), decimals(ledger.notes.rounded_to))


def source_of(ledger: Ledger) -> str:
    """The document that the ledger's figures are from."""
    return f"{ledger.notes.document.body}, {ledger.notes.document.title}"


def span(ledger: Ledger) -> str:
    """The time that the report is about: "2020", "januari–augusti 2025"."""
    year, months = ledger.notes.year, ledger.months
    if months == 12:
        return str(year)
    return f"{MONTHS[0]}–{MONTHS[months - 1]} {year}" if months > 1 else f"{MONTHS[0]} {year}"


def whole_or(ledger: Ledger) -> str:
    """The same where a whole year is called one: "helår 2020"."""
    return f"helår {span(ledger)}" if ledger.months == 12 else span(ledger)


def until_words(ledger: Ledger) -> str:
    """After a verb: "" for a whole year, " till och med augusti" for a period."""
    return "" if ledger.months == 12 else f" till och med {MONTHS[ledger.months - 1]}"
