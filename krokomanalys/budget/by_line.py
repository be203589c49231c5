"""Each line's figures with its nämnd: what stands beside what managers write."""

from __future__ import annotations

import pandas as pd

from krokomanalys.budget.ledger import Ledger
from krokomanalys.budget.versions import in_force

_KEY = ["board", "line", "table"]
_NUMBERS = ["budget", "outcome", "variance", "forecast"]


def by_line(ledger: Ledger) -> pd.DataFrame:
    """The lines of the notes' year: board, line, budget and outcome so far, variance, forecast of the year.

    Income and costs of a line are added, and an investment of the same name has a row of its own. A variance above
    zero is better than budget, in investments too. Of a period, budget and outcome are NaN where the line's budget,
    or part of it, is given for the whole year only.
    """
    year, months = ledger.notes.year, ledger.months
    rows = in_force(ledger.entries[ledger.entries["year"] == year])
    rows = rows.astype(dict.fromkeys(_KEY, str))
    lines = rows[_KEY].drop_duplicates().reset_index(drop=True)
    so_far = rows[(rows["basis"] == "forecast") | rows["month"].isna() | (rows["month"] <= months)]
    sums = so_far.groupby([*_KEY, "basis"], sort=False, observed=True)["amount"].sum(skipna=False)
    for basis in ("budget", "outcome", "forecast"):
        of_basis = sums[sums.index.get_level_values("basis") == basis].droplevel("basis").rename(basis)
        lines = lines.merge(of_basis, how="left", left_on=_KEY, right_index=True)
    if months < 12:
        whole = rows.loc[rows["month"].isna() & (rows["basis"] != "forecast"), _KEY].drop_duplicates()
        unknown = pd.MultiIndex.from_frame(lines[_KEY]).isin(pd.MultiIndex.from_frame(whole))
        lines.loc[unknown, ["budget", "outcome"]] = float("nan")
    better = lines["table"].map({"investment": -1}).fillna(1).astype(float)
    lines["variance"] = (lines["outcome"] - lines["budget"]) * better
    return lines[["board", "line", *_NUMBERS]]
