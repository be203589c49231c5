"""Key ratios of the economy: Kolada's by year, and those that a municipality's own statements give.

Kolada's signs: income and the result positive, net costs and depreciation negative, net financial income positive
when income exceeds costs. All are kronor per inhabitant but N03102, which is per cent.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from krokomanalys.budget.balance import UNKNOWN, adjusted, balance_result
from krokomanalys.sources.balance import Statement

RESULT_SHARE, RESULT, GRANTS, TAXES = "N03102", "N03007", "N03009", "N03010"
NET_COSTS, DEPRECIATION, EQUITY, FINANCE = "N03011", "N03012", "N03036", "N03108"


def key_ratios(ratios: pd.DataFrame, region: str, years: int = 10) -> pd.DataFrame:
    """A region's key ratios by year, the last `years` years that it has any of them; NaN where one is unknown.

    Columns: result_percent (of taxes and grants), net_cost_percent (verksamhetens nettokostnader without finansnetto,
    of the same), depreciation (kr per inhabitant, above 0), finance (kr per inhabitant), equity (kr per inhabitant,
    without the pension liability of the blandmodell).
    """
    kpis = [RESULT_SHARE, GRANTS, TAXES, NET_COSTS, DEPRECIATION, EQUITY, FINANCE]
    own = ratios[(ratios["region"] == region) & ratios["kpi"].isin(kpis)]
    wide = own.pivot(index="year", columns="kpi", values="value").reindex(columns=kpis).sort_index().astype(float)
    base = wide[TAXES] + wide[GRANTS]
    table = pd.DataFrame(
        {
            "result_percent": wide[RESULT_SHARE],
            "net_cost_percent": -wide[NET_COSTS] / base * 100,
            "depreciation": -wide[DEPRECIATION],
            "finance": wide[FINANCE],
            "equity": wide[EQUITY],
        }
    )
    return table[table.index > table.index.max() - years] if len(table) else table


def self_financing(statement: Statement) -> float:
    """Självfinansieringsgrad in per cent: (result + depreciation) / net investments. NaN where one is unknown or 0."""
    s = statement
    if s.result is None or s.depreciation is None or not s.net_investments:
        return UNKNOWN
    return (s.result + s.depreciation) / s.net_investments * 100


def own_ratios(statements: Sequence[Statement]) -> pd.DataFrame:
    """What the statements give, a row each; NaN where a statement doesn't tell.

    Columns: year, basis, result_percent, adjusted_percent, balance_percent (of taxes and grants), self_financing (per
    cent), equity (with the pension liability).
    """
    rows = []
    for s in statements:
        base = s.taxes_and_grants or UNKNOWN
        rows.append(
            {
                "year": s.year,
                "basis": s.basis,
                "result_percent": (UNKNOWN if s.result is None else s.result) / base * 100,
                "adjusted_percent": adjusted(s) / base * 100,
                "balance_percent": balance_result(s) / base * 100,
                "self_financing": self_financing(s),
                "equity": UNKNOWN if s.equity is None else s.equity,
            }
        )
    columns = [
        "year", "basis", "result_percent", "adjusted_percent", "balance_percent", "self_financing", "equity"
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)
