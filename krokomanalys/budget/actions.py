"""Handlingsplan: what the åtgärder that managers have written are to give, against the deficits of their nämnder.

The effects are in tkr, whatever the ledger's unit. Nothing is assumed of an åtgärd without an effect.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

import pandas as pd

from krokomanalys.sources.ledger import Unit

IN_TKR: dict[Unit, float] = {"kr": 0.001, "tkr": 1.0, "mkr": 1000.0}
State = Literal["done", "under_way", "decided", "to_come", "delayed", "unstated"]
STATES: dict[State, tuple[str, ...]] = {
    "done": ("klar",),
    "under_way": ("pågår",),
    "decided": ("beslutad",),
    "to_come": ("ej påbörjad",),
    "delayed": ("försenad",),
    "unstated": ("",),
}
"""What a status in the comments counts as; an åtgärd that is avbruten gives nothing."""


def actions_of(comments: pd.DataFrame) -> pd.DataFrame:
    """The rows of the comments that hold an åtgärd on the economy, with `state`: a State, or "dropped" (avbruten)."""
    own = comments[(comments["åtgärd"] != "") & (comments["goal"] == "")].reset_index(drop=True)
    words = {word: state for state, held in STATES.items() for word in held} | {"avbruten": "dropped"}
    return own.assign(state=own["status"].map(words))


def timed(actions: pd.DataFrame, year: int, known: date) -> pd.DataFrame:
    """The actions, as actions_of gives them, with `counts`: where their effect belongs, beside figures known on a day.

    included  done by that day (or without a date), so that the figures hold the effect already
    after     the effect comes after the year: the figures are of a year that has ended, or the date is later than it
    year      else: it improves the year beyond the figures
    "" for dropped ones.
    """
    end, day = f"{year}-12-31", known.isoformat()
    included = (actions["state"] == "done") & (actions["datum"] <= day)  # no date sorts first
    after = (actions["datum"] > end) | (day >= end)
    counts = pd.Series("year", index=actions.index, dtype=object).mask(after, "after").mask(included, "included")
    return actions.assign(counts=counts.mask(actions["state"] == "dropped", ""))


def action_plan(actions: pd.DataFrame, variances: pd.Series[float], unit: Unit) -> pd.DataFrame:
    """Deficits and the effects against them, in tkr: a row for each nämnd that has either, and the total last.

    actions    as timed gives them
    variances  the year's variance of each nämnd (index), > 0 better than budget, in `unit`

    Columns: role (row | total), board, shortfall (what the variance is below 0, never negative; NaN unknown), a column
    for each State of what counts in the year, effect (their sum), left (shortfall - effect, never below 0: what one
    nämnd does beyond its own deficit doesn't cover another's), included and after (see timed; not part of effect),
    unknown (åtgärder without an effect in tkr, dropped ones left out).
    """
    shortfall = (-variances.astype(float) * IN_TKR[unit]).clip(lower=0)
    live = actions[actions["counts"] != ""]
    with_deficit = shortfall.index[shortfall != 0]
    boards = [str(b) for b in dict.fromkeys([*with_deficit, *live["board"]])]
    place = live["state"].where(live["counts"] == "year", live["counts"])
    sums = live.assign(place=place).groupby(["board", "place"])["effekt_tkr"].sum().unstack("place")
    table = pd.DataFrame({"role": "row", "board": boards})
    table["shortfall"] = shortfall.reindex(boards).to_numpy()
    for name in (*STATES, "included", "after"):
        known = sums[name] if name in sums else pd.Series(dtype=float)
        table[name] = known.reindex(boards).fillna(0.0).to_numpy()
    table["effect"] = table[list(STATES)].sum(axis=1)
    table["left"] = (table["shortfall"] - table["effect"]).clip(lower=0)
    blank = live[live["effekt_tkr"].isna()]["board"].value_counts()
    table["unknown"] = blank.reindex(boards).fillna(0).astype(int).to_numpy()
    numbers = ["shortfall", *STATES, "effect", "left", "included", "after"]
    total = table[numbers].sum(skipna=False).to_dict() | {"unknown": int(table["unknown"].sum())}
    return pd.concat([table, pd.DataFrame([{"role": "total", "board": "Summa", **total}])], ignore_index=True)
