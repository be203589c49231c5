"""What managers have written, beside the figures that it is about: Kommentar, Analys, Åtgärd; and the handlingsplan."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import pandas as pd

from krokomanalys.budget.actions import STATES, action_plan, actions_of
from krokomanalys.budget.by_line import by_line
from krokomanalys.budget.ledger import Ledger
from krokomanalys.budget.periods import followed, year_view
from krokomanalys.budget.variance import follow_up
from krokomanalys.report.amounts import amount
from krokomanalys.report.money import span
from krokomanalys.report.page import Piece, note, prose
from krokomanalys.report.tables import Column, Table
from krokomanalys.sources.slices import Slice
from krokomanalys.sources.tables import rows_of
from krokomanalys.swedish import listed, quantity

STATE_WORDS = {
    "done": "Klar",
    "under_way": "Pågår",
    "to_come": "Ej påbörjad",
    "delayed": "Försenad",
    "unstated": "Utan status",
}
_LABELS = (("Kommentar", "kommentar"), ("Analys", "analys"), ("Åtgärd", "åtgärd"))


def comment_sections(
    rows: pd.DataFrame, names: Mapping[str, str], column: str, figures: Mapping[str, str] | None = None
) -> Piece:
    """A section with a heading for each commented line or goal, in the order of the rows; blank parts are left out.

    `figures` says, for some of them, what the figures are: it stands under the heading.
    """
    written = rows[(rows[[key for _, key in _LABELS]] != "").any(axis=1)]
    if written.empty:
        return note("Inga kommentarer är lämnade.")
    parts, lines = [], []
    for about, own in written.groupby(column, sort=False, observed=True):
        told = (figures or {}).get(str(about), "")
        parts.append(f"<h3>{escape(names.get(str(about), str(about)))}</h3>")
        parts += [f"<p>{escape(told)}</p>"] if told else []
        for row in rows_of(own):
            for label, key in _LABELS:
                if text := getattr(row, key):
                    more = _of_action(row) if key == "åtgärd" else ""
                    parts.append(f"<p><strong>{label}.</strong> {escape(text)}{escape(more)}</p>")
                    lines.append(f"{label}: {text}{more}")
    return Piece("prose", "\n".join(parts), "\n".join(lines))


def comments_on_lines(slice_: Slice, ledger: Ledger) -> Piece:
    """What managers have written on the economy, by nämnd and line, with the line's budget, outcome and forecast.

    A comment without a nämnd is on the only line of that name, or on a table's total; one without a line is on the
    nämnd.
    """
    own = slice_.comments[slice_.comments["goal"] == ""]
    rows = pd.concat([followed(ledger, table).assign(forecast=float("nan")) for table in ledger.tables])
    lines = by_line(ledger)
    only = lines.drop_duplicates("line", keep=False)
    told: dict[str, str] = {}
    for names, figures in ((rows["line"], rows), (only["line"], only), (_place(lines, ledger), lines)):
        told |= zip(map(str, names), _figures(figures, ledger), strict=True)
    return comment_sections(own.assign(place=_place(own, ledger)), {}, "place", told)


def action_table(slice_: Slice, ledger: Ledger) -> Table | None:
    """Deficits and what the åtgärder are to give, by nämnd, in tkr; nothing where there is neither."""
    frame = _plan(slice_, ledger)
    if len(frame) == 1:
        return None
    held = [state for state in STATES if frame[state].any()]
    label = "Underskott" if ledger.months == 12 else "Underskott enligt prognos"
    columns: dict[str, Column] = {
        "board": Column("Nämnd", kind="text"),
        "shortfall": Column(label, "tkr"),
        **{str(state): Column(STATE_WORDS[state], "tkr") for state in held},
        "effect": Column("Åtgärder tillsammans", "tkr"),
        "left": Column("Utan åtgärd", "tkr"),
    }
    if frame["unknown"].any():
        columns["unknown"] = Column("Åtgärder utan effekt", "antal")
    return Table(
        "handlingsplan",
        "Underskott och åtgärder",
        frame.assign(kind=frame["role"].map({"row": "", "total": "total"})),
        columns,
        row_kind="kind",
        note="Effekten är det som åtgärden väntas förbättra årets resultat med. Avbrutna åtgärder ingår inte. En "
        "nämnds åtgärder täcker inte en annan nämnds underskott. Räknar prognosen redan med en åtgärd, blir mer kvar "
        "än tabellen visar. Streck: uppgift saknas.",
    )


def action_list(slice_: Slice, ledger: Ledger) -> Table | None:
    """Each åtgärd with its effect, who answers for it, the date and the status; nothing where there are none."""
    frame = actions_of(slice_.comments)
    if frame.empty:
        return None
    return Table(
        "atgarder",
        "Åtgärder",
        frame.assign(place=_place(frame, ledger)),
        {
            "place": Column("Nämnd och rad", kind="text"),
            "åtgärd": Column("Åtgärd", kind="text"),
            "effekt_tkr": Column("Effekt", "tkr"),
            "ansvarig": Column("Ansvarig", kind="text"),
            "datum": Column("Klart senast", kind="text"),
            "status": Column("Status", kind="text"),
        },
        note="Streck: ingen har angett effekten. Den är inte noll.",
    )


def action_prose(slice_: Slice, ledger: Ledger) -> Piece | None:
    """How much of the deficits the åtgärder are to cover, in a sentence to be taken over; nothing without either."""
    frame = _plan(slice_, ledger)
    if len(frame) == 1:
        return None
    whole = frame.iloc[-1]
    said = []
    if pd.isna(whole["shortfall"]):
        lacking = list(frame.loc[frame["shortfall"].isna() & (frame["role"] == "row"), "board"])
        said.append(f"Underskottet är inte känt för {listed(lacking)}.")
    elif whole["shortfall"] == 0:
        said.append("Ingen nämnd har underskott.")
    else:
        short, effect = (f"**{quantity(whole[key], 'tkr')}**" for key in ("shortfall", "effect"))
        said.append(f"Nämnder med underskott saknar {short}. Åtgärderna väntas ge {effect}.")
        without = [f"{row.board} {quantity(row.left, 'tkr')}" for row in rows_of(frame[:-1]) if row.left >= 0.5]
        said.append(f"Åtgärd saknas för {listed(without)}." if without else "De täcker varje nämnds underskott.")
    if unknown := int(whole["unknown"]):
        one = unknown == 1
        said.append(f"{'En åtgärd' if one else f'{unknown} åtgärder'} saknar effekt i kronor och är inte med i summan.")
    return prose(" ".join(said), proposed=True)


def _plan(slice_: Slice, ledger: Ledger) -> pd.DataFrame:
    actions = actions_of(slice_.comments)
    notes = ledger.notes
    if "net" not in ledger.tables:
        return action_plan(actions, pd.Series(dtype=float), notes.unit)
    frame = follow_up(ledger, "net", notes.year) if ledger.months == 12 else year_view(ledger, "net")
    if notes.board is None:
        own = frame[frame["role"] == "row"]
        return action_plan(actions, own.set_index("line")["variance"], notes.unit)
    whole = pd.Series({notes.board: frame.iloc[-1]["variance"]}, dtype=float)
    return action_plan(actions.assign(board=notes.board), whole, notes.unit)


def _place(rows: pd.DataFrame, ledger: Ledger) -> list[str]:
    """Nämnd and line in one; the nämnd is left out where the ledger is one nämnd's."""
    whole = ledger.notes.board or "Hela kommunen"
    pairs = zip(rows["board"].replace(ledger.notes.board or "", ""), rows["line"], strict=True)
    return [": ".join(filter(None, pair)) or whole for pair in pairs]


def _figures(figures: pd.DataFrame, ledger: Ledger) -> list[str]:
    told = []
    for row in rows_of(figures):
        words = [
            f"{word} {amount(ledger, value, signed=word == 'avvikelse')}"
            for word, value in (("budget", row.budget), ("utfall", row.outcome), ("avvikelse", row.variance))
            if not pd.isna(value)
        ]
        said = f"{span(ledger)}: {', '.join(words)}." if words else ""
        if ledger.months < 12 and not pd.isna(row.forecast):
            said = f"{said} Prognos för året {amount(ledger, row.forecast)}.".strip()
        told.append(said[:1].upper() + said[1:])
    return told


def _of_action(row: Any) -> str:
    """Effect, who answers for it, date and status of an åtgärd, in parentheses."""
    told = [
        "" if pd.isna(row.effekt_tkr) else f"effekt {quantity(row.effekt_tkr, 'tkr')}",
        row.ansvarig,
        f"senast {row.datum}" if row.datum else "",
        row.status,
    ]
    return f" ({', '.join(filter(None, told))})" if any(told) else ""
