"""Internal trade: what the nämnder of a municipality sell to each other, matched, eliminated, and what doesn't match.

A row of income or cost with a counterpart is one side of a trade: the seller's income (board sells to counterpart) or
the buyer's cost (board buys from counterpart). For a nämnd the trade is its own income and cost, kept and shown
apart; for the whole municipality both sides are taken away, and what is left of them is something to clear up.
"""

from __future__ import annotations

import pandas as pd

from krokomanalys.budget.ledger import Ledger
from krokomanalys.budget.variance import comparable, entries_to_date

_PAIR = ["seller", "buyer", "year", "basis", "month"]


def pairs(rows: pd.DataFrame) -> pd.DataFrame:
    """Both sides of each trade: seller, buyer, year, basis, month, sold, bought (both positive), difference.

    rows  as budget.variance.entries_to_date gives them
    `difference` is sold - bought, what the trade leaves in the municipality's sum, above zero as income: 0 when
    both sides are booked alike. A side that nobody has booked is NaN, and counts as 0 in the difference.
    """
    inside = rows[rows["counterpart"] != ""]
    sides = []
    for kind, names, amount in (
        ("income", {"board": "seller", "counterpart": "buyer"}, "sold"),
        ("cost", {"board": "buyer", "counterpart": "seller"}, "bought"),
    ):
        own = inside[inside["kind"] == kind].rename(columns=names)
        sums = own.groupby(_PAIR, sort=False, dropna=False, observed=True)["amount"].sum(skipna=False)
        side = (sums if kind == "income" else -sums).rename(amount).reset_index()
        sides.append(side.astype({"seller": str, "buyer": str, "basis": str}))
    both = sides[0].merge(sides[1], how="outer", on=_PAIR)
    both["difference"] = both["sold"].fillna(0) - both["bought"].fillna(0)
    return both


def pairs_of_year(ledger: Ledger, basis: str = "outcome") -> pd.DataFrame:
    """The year's trades so far, months added: seller, buyer, sold, bought, difference, and apart.

    `apart` is the sum of |difference| over months: what doesn't match, even where the months cancel out.
    """
    year = ledger.notes.year
    found = pairs(entries_to_date(ledger, year))
    found = found[found["basis"] == basis].assign(apart=found["difference"].abs())
    sums = found.groupby(["seller", "buyer"], sort=False)
    told = sums[["sold", "bought"]].sum(min_count=1).join(sums[["difference", "apart"]].sum())
    return told.reset_index()


def eliminated(ledger: Ledger, basis: str = "outcome") -> pd.DataFrame:
    """The municipality's income, cost and net so far this year, with and without trade inside it.

    Rows: income, cost, net. Columns: kind, gross (the sum of the nämnder), internal (trade between them), external
    (gross - internal). The net's `internal` is 0 when all trade matches; else it is the sum of the differences.
    """
    rows = entries_to_date(ledger, ledger.notes.year)
    rows = rows[(rows["basis"] == basis) & rows["kind"].isin(["income", "cost"])]
    inside = rows["counterpart"] != ""
    found = pd.DataFrame(
        [
            {
                "kind": kind,
                "gross": float(rows.loc[held, "amount"].sum(skipna=False)),
                "internal": float(rows.loc[held & inside, "amount"].sum(skipna=False)),
            }
            for kind, held in (("income", rows["kind"] == "income"), ("cost", rows["kind"] == "cost"))
        ]
    )
    net = {"kind": "net", "gross": found["gross"].sum(skipna=False), "internal": found["internal"].sum(skipna=False)}
    found = pd.concat([found, pd.DataFrame([net])], ignore_index=True)
    found["external"] = found["gross"] - found["internal"]
    return found


def variances_inside(ledger: Ledger) -> pd.DataFrame:
    """Each nämnd's variance so far, and how much of it is trade with others: what it is to the whole municipality.

    Columns: board, variance (outcome - budget), internal (of which on rows with a counterpart), external (the rest).
    A deficit of a carpool that others use less is `internal`: they save the same amount, so the municipality loses
    none of it. Where the nämnder's trade matches, the sum of `internal` is 0. Grants are the municipality's own
    money moved, so they are left out. NaN where the budget or the outcome is unknown; of a
    period, only what is periodised.
    """
    rows = comparable(ledger, entries_to_date(ledger, ledger.notes.year))
    rows = rows[rows["kind"].isin(["income", "cost"]) & rows["basis"].isin(["budget", "outcome"])]
    signed = rows.assign(amount=rows["amount"].where(rows["basis"] == "outcome", -rows["amount"]))
    by_board = signed.groupby("board", sort=False, observed=True)
    whole = by_board["amount"].sum(skipna=False).rename("variance")
    both = by_board["basis"].nunique() == 2
    inside = signed[signed["counterpart"] != ""].groupby("board", sort=False, observed=True)
    internal = inside["amount"].sum(skipna=False).rename("internal")
    found = whole.where(both).to_frame().join(internal)
    found["internal"] = found["internal"].fillna(0.0).where(found["variance"].notna())
    found["external"] = found["variance"] - found["internal"]
    return found.rename_axis("board").reset_index()
