"""What is said of drivers: what they explain and leave, and where they go wrong; sentences in Swedish."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from krokomanalys.budget.decompose import volume_effects
from krokomanalys.budget.drivers import Bridge, beside_effects, drivers_of
from krokomanalys.budget.ledger import Ledger
from krokomanalys.budget.variance import Offset, both_ways
from krokomanalys.report.amounts import amount, rounded
from krokomanalys.sources.slices import Slice
from krokomanalys.sources.tables import rows_of
from krokomanalys.swedish import listed

SHOWN = 3  # differences told one by one


def remark(part: Bridge, ledger: Ledger) -> str:
    """What is wrong with a row's drivers, in a few words; "" for nothing."""
    if _is_opposed(part, ledger):
        return "orsakerna går åt andra hållet"
    return f"orsakerna är {amount(ledger, part.beyond)} för mycket" if rounded(ledger, part.beyond) else ""


def opposed(found: Sequence[Bridge], ledger: Ledger) -> list[str]:
    """The rows whose drivers go the other way than their variance."""
    words = [
        f"{part.name} (orsaker {amount(ledger, part.explained, signed=True)}, avvikelse "
        f"{amount(ledger, part.difference, signed=True)})"
        for part in found[1:]
        if _is_opposed(part, ledger)
    ]
    return [f"Orsakerna går åt andra hållet än avvikelsen för {listed(words)}."] if words else []


def beyond(found: Sequence[Bridge], ledger: Ledger) -> list[str]:
    """The rows whose drivers say too much; the whole's only where no driver is about a row."""
    words = [
        f"{part.name} ({amount(ledger, part.beyond)} mer än avvikelsen {amount(ledger, part.difference, signed=True)})"
        for part in found[1:] or found
        if rounded(ledger, part.beyond)
    ]
    if not words:
        return []
    return [
        f"Orsakerna förklarar för mycket för {listed(words)}. Något är räknat för högt, eller en orsak åt andra "
        "hållet saknas."
    ]


def other_effects(slice_: Slice, ledger: Ledger) -> list[str]:
    """Where the nämnder say another volume or price of a line than its volumes give, the furthest apart first."""
    if slice_.budget is None:
        return []
    given = drivers_of(slice_.budget.drivers, ledger)
    both = beside_effects(given, volume_effects(slice_.budget.volumes, ledger.notes.year))
    both = both.assign(apart=(both["given"] - both["computed"]).abs())
    odd = both[both["apart"].map(lambda apart: rounded(ledger, apart)) > 0].sort_values("apart", ascending=False)
    if odd.empty:
        return []
    words = [
        f"{row.line}, {row.driver}: {amount(ledger, row.given, signed=True)} enligt nämnden, "
        f"{amount(ledger, row.computed, signed=True)} enligt antal och pris"
        for row in rows_of(odd.head(SHOWN))
    ]
    rest = f" {len(odd) - SHOWN} skillnader till finns." if len(odd) > SHOWN else ""
    return [f"Orsakerna skiljer sig från tabellen över pris och volym. {'. '.join(words)}.{rest}"]


def left_told(left: pd.Series[float], variances: Offset, ledger: Ledger) -> str:
    """How much is unexplained both ways, of how much, and where most is; `left` by row, with none unknown."""
    both = both_ways(left)
    if not rounded(ledger, both.gross):
        return "Orsakerna förklarar **hela** avvikelsen på varje rad."
    ways = [f"**{amount(ledger, value)}** {word}" for value, word in ((both.better, "bättre"), (-both.worse, "sämre"))]
    shown = [way for way, value in zip(ways, (both.better, both.worse), strict=True) if rounded(ledger, value)]
    sums = f", tillsammans {amount(ledger, both.gross)}" if len(shown) > 1 else ""
    text = f"Det oförklarade är {listed(shown)}{sums}. Alla avvikelser är {amount(ledger, variances.gross)}."
    if len(left) > 1:
        most = int(left.abs().argmax())
        text += f" Mest är oförklarat för {left.index[most]} ({amount(ledger, float(left.iloc[most]), signed=True)})."
    return text


def told_of(whole: Bridge, ledger: Ledger) -> str:
    """What the drivers come to beside the variance, and which is the largest."""
    text = (
        f"Avvikelsen är **{amount(ledger, whole.difference, signed=True)}** och orsakerna blir tillsammans "
        f"**{amount(ledger, whole.explained, signed=True)}**."
    )
    if len(whole.steps):
        most = whole.steps.sort_values("amount", key=abs).iloc[-1]
        text += f" Störst är {most['driver']}, {amount(ledger, float(most['amount']), signed=True)}."
    return text


def parted(found: Bridge, ledger: Ledger) -> str:
    """What the drivers come to, and what is left."""
    return (
        f"Orsakerna blir tillsammans {amount(ledger, found.explained, signed=True)} och det oförklarade "
        f"**{amount(ledger, found.unexplained, signed=True)}**."
    )


def unpriced(found: Bridge) -> str:
    """The drivers without an amount, with what is noted on them; "" for none."""
    rows = zip(found.unpriced["driver"], found.unpriced["note"], strict=True)
    words = [f"{driver} ({note})" if note else str(driver) for driver, note in rows]
    return listed(words) if words else ""


def _is_opposed(part: Bridge, ledger: Ledger) -> bool:
    return part.opposed and bool(rounded(ledger, part.explained)) and bool(rounded(ledger, part.difference))
