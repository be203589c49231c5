"""What a change of a cost comes from: volume, mix and price, exactly."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

Array = npt.NDArray[np.float64]

EFFECTS = ("volume", "mix", "price")
_ALIKE = ["board", "line", "unit"]
_ITEM = [*_ALIKE, "item"]
_PAIRED = ["volume_before", "price_before", "volume_after", "price_after"]


def effects(items: pd.DataFrame, alike: Sequence[str]) -> pd.DataFrame:
    """Each item's change of cost in three parts whose sum is the change, exactly.

    items  volume_before, price_before, volume_after, price_after; and the columns `alike`, within which volumes are
           of one kind and may be added to an average price

    Adds before and after (the costs) and, where P is the average price before of those alike:
    volume = dV·P, mix = dV·(price_before - P), price = volume_after·dPrice. A cost that rises is above zero. Summed
    over those alike, `volume` is what the change of the whole volume costs, and `mix` what its new composition does.
    Where there was no volume before there is no average price: then an item's own counts, and mix is 0.
    """
    before = items["volume_before"] * items["price_before"]
    after = items["volume_after"] * items["price_after"]
    groups = [items[column] for column in alike]
    total = items["volume_before"].groupby(groups, observed=True).transform("sum")
    average = (before.groupby(groups, observed=True).transform("sum") / total.where(total != 0)).fillna(
        items["price_before"]
    )
    more = items["volume_after"] - items["volume_before"]
    return items.assign(
        before=before,
        after=after,
        volume=more * average,
        mix=more * (items["price_before"] - average),
        price=items["volume_after"] * (items["price_after"] - items["price_before"]),
    )


def volume_effects(volumes: pd.DataFrame, year: int) -> pd.DataFrame:
    """What volumes and prices explain of each line's variance; `volumes` is of sources.layouts.VOLUMES.

    Columns: board, line, unit, item, volume_before, price_before (budget), volume_after, price_after (outcome),
    before, after (costs, positive), variance (before - after: above zero is better than budget), volume, mix, price
    (signed as the variance, which is their sum). Items with different units are never added to one average price.
    An item with only a budget or only an outcome is gone or new: all of its cost is then volume and mix, at the one
    price that it has. Lines without any outcome are left out: nothing can be said of them yet.
    """
    own = volumes[volumes["year"] == year]
    both = own[_ITEM].drop_duplicates()
    for basis, when in (("budget", "before"), ("outcome", "after")):
        side = own.loc[own["basis"] == basis, [*_ITEM, "volume", "price"]]
        both = both.merge(side.rename(columns={c: f"{c}_{when}" for c in ("volume", "price")}), how="left", on=_ITEM)
    known = both["volume_after"].notna().groupby([both["board"], both["line"]]).transform("any")
    items = both[known].reset_index(drop=True)
    items[["volume_before", "volume_after"]] = items[["volume_before", "volume_after"]].fillna(0.0)
    items["price_before"] = items["price_before"].fillna(items["price_after"])
    items["price_after"] = items["price_after"].fillna(items["price_before"])
    found = effects(items[[*_ITEM, *_PAIRED]], _ALIKE)
    for column in EFFECTS:
        found[column] = -found[column]
    found.insert(len(_ITEM) + len(_PAIRED) + 2, "variance", found["before"] - found["after"])
    return found
