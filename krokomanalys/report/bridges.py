"""What explains a variance, or the difference between two budgets: waterfalls, tables and sentences."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from krokomanalys.budget.drivers import (
    Bridge,
    between_versions,
    bridge,
    bridges,
    budgets,
    drivers_of,
    left_by_row,
    side_by_side,
)
from krokomanalys.budget.ledger import Ledger
from krokomanalys.budget.money import decimals
from krokomanalys.budget.periods import not_periodised
from krokomanalys.budget.variance import both_ways, limit_of, offset
from krokomanalys.budget.versions import versions
from krokomanalys.report.amounts import Compared, amount, amount_column, compared, rounded, source_of
from krokomanalys.report.driver_words import (
    beyond,
    left_told,
    opposed,
    other_effects,
    parted,
    remark,
    told_of,
    unpriced,
)
from krokomanalys.report.page import Piece, note, prose
from krokomanalys.report.pictures import Picture
from krokomanalys.report.tables import Column, Table
from krokomanalys.report.waterfall import waterfall
from krokomanalys.sources.slices import Slice
from krokomanalys.swedish import listed, number

UNEXPLAINED, BETTER, WORSE = "oförklarat", "oförklarat, bättre", "oförklarat, sämre"


def driver_figure(slice_: Slice, ledger: Ledger) -> Picture | Piece | None:
    """From budget to outcome by the drivers given; nothing where none are given.

    What they don't explain is hatched, the better and the worse rows apart.
    """
    span, found = _explained(slice_, ledger)
    if span is None or not found:
        return None
    whole = found[0]
    if pd.isna(whole.difference):
        return note("Hela avvikelsen kan inte visas i delar: budget eller utfall saknas för någon rad.")
    return _figure(
        ledger,
        whole,
        (span.budget, span.outcome),
        name="avvikelsens_orsaker",
        title=f"Från {_small(span.budget)} till {_small(span.outcome)}, orsak för orsak",
        left=_left_steps(ledger, whole, left_by_row(span.table, found)),
    )


def driver_table(slice_: Slice, ledger: Ledger) -> Table | None:
    """Each row's variance with its drivers and what they don't explain; of the whole, what none of them does."""
    span, found = _explained(slice_, ledger)
    if span is None or not found:
        return None
    rows = [row for part in found[1:] for row in _rows_of(part, remark(part, ledger))]
    whole, left = found[0], left_by_row(span.table, found)
    rows += _rest_rows(left.drop([part.name for part in found if part.name in left.index]), ledger)
    partly = ledger.months < 12 and not span.forecast and len(not_periodised(ledger)) > 0
    name = "Rader med budget per månad" if partly else whole.name
    rows.append({"kind": "total", "what": name, "amount": whole.difference, "note": ""})
    for label, value in _left_steps(ledger, whole, left):
        rows.append({"kind": "varav", "what": label, "amount": value, "note": ""})
    return Table(
        "orsaker",
        f"Avvikelsernas orsaker, från {_small(span.budget)} till {_small(span.outcome)}",
        pd.DataFrame(rows),
        {
            "what": Column("Rad och orsak", kind="text"),
            "amount": amount_column("Avvikelse", ledger, signed=True),
            "note": Column("Anmärkning", kind="text"),
        },
        row_kind="kind",
        note="Varav-rader ingår i raden ovanför. Det oförklarade är avvikelsen minus de orsaker som har belopp, "
        "rad för rad: bättre och sämre tar inte ut varandra. Streck: belopp saknas.",
        source=source_of(ledger),
    )


def driver_prose(slice_: Slice, ledger: Ledger) -> Piece | None:
    """What the drivers come to and which weighs most, where they go wrong, and what lacks amounts.

    How much they leave unexplained is in `driver_findings`.
    """
    found = _explained(slice_, ledger)[1]
    if not found:
        return None
    whole = found[0]
    told = [] if pd.isna(whole.difference) else [told_of(whole, ledger)]
    told += [*opposed(found, ledger), *beyond(found, ledger), *other_effects(slice_, ledger)]
    if missing := unpriced(whole):
        told.append(f"Belopp saknas för {missing}. Det ingår i det oförklarade.")
    return prose(*told) if told else None


def driver_findings(slice_: Slice, ledger: Ledger) -> list[str]:
    """How much the drivers leave unexplained, better and worse apart, and where they explain materially too much."""
    span, found = _explained(slice_, ledger)
    if span is None or not found:
        return []
    left, told = left_by_row(span.table, found), []
    if left.notna().all():
        told.append(left_told(left, offset(span.table), ledger))
    limits = ledger.notes.materiality
    if limits is not None:
        for part in found[1:] or found:
            if part.beyond >= float(limit_of(pd.Series([part.start]), limits).iloc[0]):
                told.append(f"Orsakerna för {part.name} förklarar **{amount(ledger, part.beyond)}** för mycket.")
    return told


def version_figure(ledger: Ledger) -> Picture | None:
    """From the year's first budget to the one in force, by nämnd or unit; nothing where there is only one budget."""
    names = budgets(ledger)
    if len(names) < 2:
        return None
    table = between_versions(ledger, names[0])
    rows, last = table[table["role"] == "row"], table.iloc[-1]
    changed = rows[rows["change"].abs() > 1e-6]
    return _drawn(
        ledger,
        (_large(names[0]), float(last["earlier"])),
        list(zip(changed["line"].astype(str), changed["change"].astype(float), strict=True)),
        (_large(names[-1]), float(last["later"])),
        name="budgetversioner",
        title=f"Från {names[0]} till {names[-1]}",
        said=f"Vad som skiljer {names[0]} från {names[-1]}",
    )


def version_table(ledger: Ledger) -> Table | None:
    """Every budget version of the year side by side, by row, with the change from the first to the one in force."""
    names = budgets(ledger)
    if len(names) < 2:
        return None
    frame = side_by_side(ledger)
    frame["change"] = frame[names[-1]].fillna(0) - frame[names[0]].fillna(0)
    frame["kind"] = frame["role"].map({"row": "", "part": "varav", "total": "total"})
    days = versions(ledger.rows, ledger.notes.year).drop_duplicates("version").set_index("version")["decided"]
    return Table(
        "budgetversioner_tabell",
        f"Budget {ledger.notes.year} i alla versioner, netto",
        frame,
        {
            "line": Column("Rad", kind="text"),
            **{name: amount_column(_large(name), ledger) for name in names},
            "change": amount_column("Ändring", ledger, signed=True),
        },
        row_kind="kind",
        note=f"Beslutade: {listed([f'{name} {days[name]}' for name in names])}. Den sista gäller. Ändring är från den "
        f"första till den sista; över noll betyder lägre nettokostnad. Streck: raden fanns inte i versionen.",
        source=source_of(ledger),
    )


def version_driver_figure(slice_: Slice, ledger: Ledger) -> Picture | None:
    """From the first budget that drivers are given against to the one in force, by those; nothing without any."""
    found = _since(slice_, ledger)
    if not found:
        return None
    earlier, now = found[0].name, budgets(ledger)[-1]
    return _figure(
        ledger,
        found[0],
        (_large(earlier), _large(now)),
        name="budgetversioner_orsaker",
        title=f"Från {earlier} till {now}, orsak för orsak",
    )


def version_prose(slice_: Slice, ledger: Ledger) -> Piece | None:
    """How much the budget in force differs from the year's first one, where most, and what explains it."""
    names = budgets(ledger)
    if len(names) < 2:
        return None
    table = between_versions(ledger, names[0])
    rows, change = table[table["role"] == "row"], float(table["change"].iloc[-1])
    subject = "Nettokostnaden" if table[["earlier", "later"]].iloc[-1].max() <= 0 else "Nettot"
    if not rounded(ledger, change):
        text = f"{subject} är lika i {names[-1]} och {names[0]}."
    else:
        higher = change < 0 if subject == "Nettokostnaden" else change > 0
        way = "högre" if higher else "lägre"
        text = f"{subject} i {names[-1]} är **{amount(ledger, abs(change))}** {way} än i {names[0]}."
    most = rows.sort_values("change", key=abs).iloc[-1]
    text += f" Störst är ändringen för {most['line']}: {amount(ledger, float(most['change']), signed=True)}."
    told = [text]
    for found in _since(slice_, ledger):
        told.append(
            f"Sedan {found.name} är ändringen **{amount(ledger, found.difference, signed=True)}**. "
            f"{parted(found, ledger)}"
        )
        if missing := unpriced(found):
            told.append(f"Belopp saknas för {missing}.")
    return prose(*told)


def _explained(slice_: Slice, ledger: Ledger) -> tuple[Compared | None, tuple[Bridge, ...]]:
    if slice_.budget is None or "net" not in ledger.tables:
        return None, ()
    given = drivers_of(slice_.budget.drivers, ledger)
    if given.empty:
        return None, ()
    span = compared(ledger, "net")
    return span, bridges(span.table, given)


def _since(slice_: Slice, ledger: Ledger) -> list[Bridge]:
    """The bridges to the budget in force from the versions that drivers are given against, named after those."""
    found = []
    for name in budgets(ledger)[:-1] if slice_.budget is not None else []:
        assert slice_.budget is not None
        given = drivers_of(slice_.budget.drivers, ledger, name)
        if len(given):
            last = between_versions(ledger, name).iloc[-1]
            found.append(bridge(name, float(last["earlier"]), float(last["later"]), given))
    return found


def _figure(
    ledger: Ledger,
    found: Bridge,
    ends: tuple[str, str],
    *,
    name: str,
    title: str,
    left: Sequence[tuple[str, float]] = (),
) -> Picture:
    """`left` is the unexplained in parts, where it has any. A step that is nothing in all is left out."""
    steps = list(zip(found.steps["driver"].astype(str), found.steps["amount"].astype(float), strict=True))
    return _drawn(
        ledger,
        (ends[0], found.start),
        [*(step for step in steps if abs(step[1]) > 1e-6), *(left or [(UNEXPLAINED, found.unexplained)])],
        (ends[1], found.end),
        name=name,
        title=title,
        said=f"{title}. Det som inget förklarar är streckat",
    )


def _drawn(
    ledger: Ledger,
    start: tuple[str, float],
    parts: list[tuple[str, float]],
    end: tuple[str, float],
    *,
    name: str,
    title: str,
    said: str,
) -> Picture:
    unit, step = ledger.notes.unit, decimals(ledger.notes.rounded_to)
    listed_parts = ", ".join(f"{label} {number(value, step, signed=True)}" for label, value in parts)
    return waterfall(
        start,
        parts,
        end,
        name=name,
        title=title,
        alt=f"Vattenfallsdiagram. Från {start[0]}, {amount(ledger, start[1])}, till {end[0]}, "
        f"{amount(ledger, end[1])}: {listed_parts}.",
        caption=f"{said}. Netto, {unit}; kostnader är negativa, och en del över noll gör det bättre. "
        f"Källa: {source_of(ledger)}.",
        axis=f"netto, {unit}",
        unit=unit,
        level="Netto efter delen",
        decimals=step,
        hatched=(UNEXPLAINED, BETTER, WORSE),
    )


def _left_steps(ledger: Ledger, whole: Bridge, left: pd.Series[float]) -> list[tuple[str, float]]:
    """The unexplained as steps: two where rows are unexplained both ways, else one."""
    both = both_ways(left)
    if pd.notna(both.gross) and rounded(ledger, both.better) and rounded(ledger, both.worse):
        return [(BETTER, both.better), (WORSE, both.worse)]
    return [(UNEXPLAINED, whole.unexplained)]


def _rest_rows(left: pd.Series[float], ledger: Ledger) -> list[dict[str, object]]:
    """The rows without any driver, the better and the worse apart, with the largest of each by name."""
    rows: list[dict[str, object]] = []
    for word, own in (("bättre", left[left > 0]), ("sämre", left[left < 0])):
        value = float(own.sum())
        if rounded(ledger, value):
            most = own.abs().idxmax()
            note = "ingen orsak är lämnad" + (f"; störst är {most}" if len(own) > 1 else f" för {most}")
            rows.append({"kind": "", "what": f"Övriga rader, {word}", "amount": value, "note": note})
    return rows


def _rows_of(found: Bridge, remark: str) -> list[dict[str, object]]:
    """A row for the difference, and its drivers as parts of it; the unexplained always, also when it is 0."""
    rows: list[dict[str, object]] = [{"kind": "", "what": found.name, "amount": found.difference, "note": remark}]
    for step in found.steps.to_dict("records"):
        rows.append({"kind": "varav", "what": step["driver"], "amount": step["amount"], "note": step["note"]})
    for missing in found.unpriced.to_dict("records"):
        told = "; ".join(filter(None, ["belopp saknas", missing["note"]]))
        rows.append({"kind": "varav", "what": missing["driver"], "amount": float("nan"), "note": told})
    return [*rows, {"kind": "varav", "what": UNEXPLAINED, "amount": found.unexplained, "note": ""}]


def _large(name: str) -> str:
    return name[:1].upper() + name[1:]


def _small(words: str) -> str:
    return words[:1].lower() + words[1:]
