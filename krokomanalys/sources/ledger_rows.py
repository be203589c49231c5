"""What a ledger's rows show to be wrong by themselves: totals among them, and signs that don't go together."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from krokomanalys.errors import Fault

MOST_TURNED, LEAST_USUAL, LIKE = 2, 3, (0.5, 2)
"""Months of a line that look turned: how many, among how many of the usual sign, and how large beside these."""
_TOTAL = (
    r"(?:del|total)?summa\b|s:a\b|summering\b|total(?:t|er|a)?\b|(?:årets|periodens) resultat$|nettokostnad(?:er)?$"
)
LEAST_SUMMED = 3
"""How many amounts have to be the sum of the other lines', for a line to be taken for their total."""
_WORDS = {"income": "intäkter", "cost": "kostnader", "grant": "nämndbidrag"}
_OF_A_LINE = ["year", "board", "unit", "line", "kind", "basis", "version"]


def ledger_row_faults(rows: pd.DataFrame, file: str) -> list[Fault]:
    """Faults of a ledger's rows, whose index is their row in the file. Nothing is turned or left out."""
    return [*_totals(rows, file), *_mixed_signs(rows, file)] if len(rows) else []


def _totals(rows: pd.DataFrame, file: str) -> Iterator[Fault]:
    lines = rows["line"].cat.categories
    told = set(lines[lines.str.lower().str.match(_TOTAL)]) | _sums_of_others(rows)
    for row, line in rows.loc[rows["line"].isin(list(told)), "line"].groupby(level=0).first().items():
        yield Fault(
            file,
            f'"{line}" ser ut att vara en summa av andra rader',
            "bara det som summan är av",
            "Ta bort raden: summor räknas ut. Tryckta summor skrivs under printed i YAML-filen",
            row=int(str(row)),
            column="line",
        )


def _sums_of_others(rows: pd.DataFrame) -> set[str]:
    """Lines that are, amount by amount, the sum of at least two other lines of the same nämnd, kind and version."""
    group = ["year", "month", "board", "kind", "basis", "version"]
    own = rows[rows["parent"] == ""]
    sums = own.groupby([*group, "line"], sort=False, observed=True, dropna=False)["amount"].sum().reset_index()
    whole = sums.groupby(group, sort=False, observed=True, dropna=False)["amount"]
    is_sum = (whole.transform("sum") - 2 * sums["amount"]).abs() < 1e-6
    sums = sums.assign(is_sum=is_sum & (sums["amount"] != 0), of_several=is_sum & (whole.transform("size") > 2))
    of_line = sums.groupby(["board", "kind", "basis", "version", "line"], observed=True)
    found = of_line["is_sum"].all() & (of_line["of_several"].sum() >= LEAST_SUMMED)
    found = found[found]
    return set(found.index.get_level_values("line").astype(str))


def _mixed_signs(rows: pd.DataFrame, file: str) -> Iterator[Fault]:
    """Lines of income or cost with another sign than their kind has in the file, and months that look turned.

    Accounts are summed first, month by month. A line that changes sign by its nature, as a debt for vacations that
    grows and is paid, is left alone; a note on the amount says that it is meant.
    """
    own = rows[rows["kind"].isin(list(_WORDS))]
    month = own["month"].fillna(0)
    number = own.groupby(_OF_A_LINE, sort=False, observed=True).ngroup()
    sums = own.groupby([number, month], sort=False)["amount"].sum()
    lines = sums[sums != 0].unstack()
    if lines.empty:
        return
    sign = np.sign(own.groupby("kind", observed=True)["amount"].sum())
    kinds = own["kind"][~number.duplicated()].set_axis(number.unique())
    turned = lines.mul(-sign.reindex(kinds.reindex(lines.index)).to_numpy(), axis=0)
    for line, months in turned.iterrows():
        odd = _turned_months(months.dropna())
        if not odd:
            continue
        at = own[(number == line) & month.isin(odd)]
        if (at["note"] != "").any():
            continue
        first = at.iloc[0]
        yield Fault(
            file,
            f'"{first["line"]}" har {len(odd)} belopp med annat tecken än filens övriga {_WORDS[first["kind"]]}',
            f"{'positiva' if sign[first['kind']] > 0 else 'negativa'} tal",
            "Vänd tecknet, eller skriv i note varför det ska vara så",
            row=int(at.index[0]),
            column="amount" if pd.isna(first["month"]) else f"m{first['month']:02d}",
        )


def _turned_months(months: pd.Series[float]) -> list[int]:
    """The months of a line whose sign isn't meant, of amounts that are above zero where it isn't the kind's.

    That is all of them, or one or two among at least three others that they are half to twice as large as.
    """
    other, usual = months[months > 0], months[months < 0].abs()
    if len(usual) == 0:
        return [int(month) for month in other.index]
    if len(other) > MOST_TURNED or len(usual) < LEAST_USUAL:
        return []
    low, high = LIKE
    alike = other.between(low * usual.median(), high * usual.median())
    return [int(month) for month in other.index] if alike.all() else []
