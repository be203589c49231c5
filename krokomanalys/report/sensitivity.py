"""What changes that the municipality doesn't decide over would do to the result of its budget year, in a report."""

from __future__ import annotations

from krokomanalys.budget.balance import in_force
from krokomanalys.budget.sensitivity import sensitivity_table, untold
from krokomanalys.report import balance
from krokomanalys.report.page import Piece, note
from krokomanalys.report.tables import Column, Table
from krokomanalys.sources.balance import BalanceNotes, Sensitivity
from krokomanalys.sources.slices import Slice
from krokomanalys.swedish import listed, quantity


def worst_change(slice_: Slice, notes: BalanceNotes) -> str:
    """The change that matters most of those tried; of one, only what it does."""
    table = sensitivity_table(_changes(slice_, notes), float("nan"), notes.unit)
    if table.empty:
        return ""
    worst = table.iloc[0]
    verb = "sänker" if worst["effect"] < 0 else "höjer"
    effect = quantity(abs(worst["effect"]), notes.unit, balance.places(notes))
    does = f"{worst['words']} {verb} resultatet med **{effect}** per år."
    return does if len(table) == 1 else f"Av de prövade förändringarna betyder {worst['what'].lower()} mest: {does}"


def change_table(slice_: Slice, notes: BalanceNotes | None) -> Table | None:
    """What outside changes do to a year's result, the largest first; nothing where none of their sizes is told."""
    if notes is None:
        return None
    own = in_force(notes, slice_.year, "budget")
    base = own.taxes_and_grants if own and own.taxes_and_grants else float("nan")
    frame, step = sensitivity_table(_changes(slice_, notes), base, notes.unit), balance.places(notes)
    if frame.empty:
        return None
    frame["base"] = [
        quantity(q, u, step if u == notes.unit else 1 if q % 1 else 0)
        for q, u in zip(frame["quantity"], frame["quantity_unit"], strict=True)
    ]
    columns = {
        "what": Column("Vad", kind="text"),
        "words": Column("Förändring", kind="text"),
        "base": Column("Faller på", kind="text"),
        "effect": Column("Effekt på årets resultat", notes.unit, decimals=step, signed=True),
    }
    if frame["percent"].notna().any():
        columns["percent"] = Column("Effekt", "% av skatt och bidrag", decimals=2, signed=True)
    sources = " ".join(dict.fromkeys(s for s in frame["source"] if s))
    return Table(
        "kanslighet",
        "Vad som kan ändra resultatet, per år",
        frame,
        columns,
        note=f"Effekten är storlek gånger förändring. Största effekten står först. {sources}".strip(),
        source=balance.source(notes),
    )


def change_gaps(slice_: Slice, notes: BalanceNotes | None) -> Piece | None:
    """What can't be computed for want of its size; nothing where all can."""
    lacks = untold(_changes(slice_, notes)) if notes else []
    return note(f"**Underlag saknas:** storleken för {listed([w.lower() for w in lacks])}.") if lacks else None


def _changes(slice_: Slice, notes: BalanceNotes) -> list[Sensitivity]:
    """What could change the result of the report's year."""
    return [row for row in notes.sensitivity if row.year == slice_.year]
