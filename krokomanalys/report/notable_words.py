"""What is said of material variances: the limits, what is under them, and what is there only for a time."""

from __future__ import annotations

import pandas as pd

from krokomanalys.budget.ledger import Ledger
from krokomanalys.budget.periods import year_view
from krokomanalys.budget.variance import beside_year, largest, limit_of, notable
from krokomanalys.report.amounts import amount, compared, rounded
from krokomanalys.sources.ledger import Materiality, TableName
from krokomanalys.sources.tables import rows_of
from krokomanalys.swedish import listed

SHOWN = 3  # rows told one by one


def notable_rows(ledger: Ledger, limits: Materiality, table: TableName) -> pd.DataFrame:
    """The notable rows as budget.variance.beside_year has them; forecast_variance is NaN for a whole year."""
    told = compared(ledger, table)
    found = notable(told.table, limits)
    if ledger.months == 12 or told.forecast:
        return found.assign(forecast_variance=float("nan"), passing=False)
    return beside_year(found, year_view(ledger, table), limits)


def passing_told(ledger: Ledger, found: pd.DataFrame) -> list[str]:
    """Those of the notable rows that the year's forecast has no material variance of, the largest first."""
    passing = found[found["passing"]].sort_values("variance", key=abs, ascending=False)
    if passing.empty:
        return []
    words = [
        f"{row.line} {amount(ledger, row.variance, signed=True)} (prognos "
        f"{amount(ledger, row.forecast_variance, signed=True)})"
        for row in rows_of(passing.head(SHOWN))
    ]
    if len(passing) > SHOWN:
        words.append(f"{len(passing) - SHOWN} till")
    return [f"Väsentligt nu men inte i lämnad prognos för året: {listed(words)}."]


def under_limit(ledger: Ledger, frame: pd.DataFrame, limits: Materiality) -> list[str]:
    """The largest variance of a `follow_up` table, where it is under its limit and so not among the notable ones."""
    most = largest(frame)
    if most is None or not rounded(ledger, most["variance"]):
        return []
    limit = float(limit_of(pd.Series([most["budget"]]), limits).iloc[0])
    if abs(most["variance"]) >= limit:
        return []
    reason = f", {_share(limits)} av radens budget" if limit > limits.amount else ""
    return [
        f"Störst är avvikelsen för {most['line']}, **{amount(ledger, most['variance'], signed=True)}**. Den räknas "
        f"inte som väsentlig, för gränsen är {amount(ledger, limit)}{reason}."
    ]


def limits_told(ledger: Ledger, limits: Materiality) -> str:
    """What makes a variance material."""
    return f"Väsentlig är en avvikelse på {limits_short(ledger, limits)}."


def limits_short(ledger: Ledger, limits: Materiality) -> str:
    """The two limits, both of which a material variance reaches."""
    return f"minst {amount(ledger, limits.amount)} och minst {_share(limits)} av budgeten"


def _share(limits: Materiality) -> str:
    return f"{limits.percent:g} %".replace(".", ",")
