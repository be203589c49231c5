"""What managers have written, beside the figures that it is about: Kommentar, Analys, Åtgärd; and the handlingsplan."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from html import escape
from typing import Any

import pandas as pd

from krokomanalys.budget.actions import STATES, action_plan, actions_of, timed
from krokomanalys.budget.by_line import by_line
from krokomanalys.budget.ledger import Ledger
from krokomanalys.budget.periods import followed, year_view
from krokomanalys.budget.variance import follow_up
from krokomanalys.budget.versions import versions
from krokomanalys.report.amounts import amount, span
from krokomanalys.report.money import headline
from krokomanalys.report.page import QUOTED, Piece, note, prose
from krokomanalys.report.tables import Column, Table
from krokomanalys.sources.slices import Slice
from krokomanalys.sources.tables import rows_of
from krokomanalys.swedish import day, listed, quantity

STATE_WORDS = {
    "done": "Klar",
    "under_way": "Pågår",
    "decided": "Beslutad",
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
        said = paragraphs(own)
        parts += [f"<p><strong>{label}.</strong> {escape(text)}</p>" for label, text in said]
        lines += [f"{label}: {text}" for label, text in said]
    return Piece("prose", "\n".join(parts), "\n".join(lines), {QUOTED: True})


def paragraphs(rows: pd.DataFrame) -> list[tuple[str, str]]:
    """What rows of the comments say, in order: Kommentar, Analys or Åtgärd, and the words; blank parts are left out."""
    return [
        (label, text + (_of_action(row) if key == "åtgärd" else ""))
        for row in rows_of(rows)
        for label, key in _LABELS
        if (text := getattr(row, key))
    ]


def comments_on_lines(slice_: Slice, ledger: Ledger) -> Piece | None:
    """What managers have written on the economy, by nämnd and line, with the line's budget, outcome and forecast.

    A comment without a nämnd is on the only line of that name, or on a table's total; one without a line is on the
    nämnd. None where nothing is written.
    """
    own = slice_.comments[slice_.comments["goal"] == ""]
    if own.empty:
        return None
    rows = pd.concat([followed(ledger, table).assign(forecast=float("nan")) for table in ledger.tables])
    lines = by_line(ledger)
    only = lines.drop_duplicates("line", keep=False)
    told: dict[str, str] = {}
    for names, figures in ((rows["line"], rows), (only["line"], only), (_place(lines, ledger), lines)):
        told |= zip(map(str, names), _figures(figures, ledger), strict=True)
    return comment_sections(own.assign(place=_place(own, ledger)), {}, "place", told)


def action_table(slice_: Slice, ledger: Ledger) -> Table | None:
    """Deficits and what the åtgärder are to give, by nämnd, in tkr; nothing where there is neither.

    An outcome of a year that has ended is not made better by what is done later, so nothing is set off against it.
    """
    frame = _plan(slice_, ledger)
    if len(frame) == 1:
        return None
    ended, last = ledger.months == 12, f"{ledger.notes.year}"
    columns: dict[str, Column] = {"board": Column("Nämnd", kind="text")}
    columns["shortfall"] = Column("Underskott" if ended else "Underskott enligt prognos", "tkr")
    if not ended:
        held = [state for state in STATES if frame[state].any()]
        columns |= {str(state): Column(STATE_WORDS[state], "tkr") for state in held}
        columns |= {"effect": Column("Åtgärder tillsammans", "tkr"), "left": Column("Utan åtgärd", "tkr")}
    if frame["included"].any():
        columns["included"] = Column(f"Klart, ingår i {'utfallet' if ended else 'prognosen'}", "tkr")
    if frame["after"].any() or ended:
        columns["after"] = Column(f"Väntas ge efter {last}", "tkr")
    if frame["unknown"].any():
        columns["unknown"] = Column("Åtgärder utan effekt", "antal")
    return Table(
        "handlingsplan",
        "Underskott och åtgärder",
        frame.assign(kind=frame["role"].map({"row": "", "total": "total"})),
        columns,
        row_kind="kind",
        note=_action_note(slice_, ledger, included=bool(frame["included"].any())),
    )


def _action_note(slice_: Slice, ledger: Ledger, *, included: bool) -> str:
    """How the effects have been counted."""
    year, said = ledger.notes.year, ["Effekten är det som åtgärden väntas förbättra resultatet med."]
    if ledger.months == 12:
        said.append(f"Året är slut. Åtgärder som blev klara under {year} finns i utfallet, de andra ger effekt senare.")
    else:
        known = day(_known(slice_, ledger))
        if forecast_day(ledger):
            said.append(f"Prognosen är från {known}.")
        if included:
            said.append(f"Åtgärder som var klara senast {known} räknas ingå i prognosen.")
        said.append(f"Det som ska vara klart efter {year} räknas inte mot underskottet.")
        said.append("En nämnds åtgärder täcker inte en annan nämnds underskott.")
        said.append("Räknar prognosen redan med fler åtgärder, blir mer kvar än tabellen visar.")
    return " ".join([*said, "Avbrutna åtgärder ingår inte. Streck: uppgift saknas."])


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
    ended, year, whole = ledger.months == 12, ledger.notes.year, frame.iloc[-1]
    said = []
    if pd.isna(whole["shortfall"]):
        lacking = list(frame.loc[frame["shortfall"].isna() & (frame["role"] == "row"), "board"])
        said.append(f"Underskottet är inte känt för {listed(lacking)}.")
    elif whole["shortfall"] == 0:
        said.append("Ingen nämnd har underskott.")
    else:
        short, effect = (f"**{quantity(whole[key], 'tkr')}**" for key in ("shortfall", "effect"))
        said.append(f"Nämnder med underskott {'saknade' if ended else 'väntas sakna'} {short}.")
        if not ended:
            said.append(f"Åtgärderna väntas ge {effect} till under {year}.")
            without = [f"{row.board} {quantity(row.left, 'tkr')}" for row in rows_of(frame[:-1]) if row.left >= 0.5]
            said.append(f"Åtgärd saknas för {listed(without)}." if without else "De täcker varje nämnds underskott.")
    if whole["included"]:
        held = quantity(whole["included"], "tkr")
        said.append(f"Klara åtgärder ({held}) räknas ingå i {'utfallet' if ended else 'prognosen'}.")
    if whole["after"]:
        said.append(f"Efter {year} väntas åtgärderna ge **{quantity(whole['after'], 'tkr')}**.")
    if unknown := int(whole["unknown"]):
        one = unknown == 1
        said.append(f"{'En åtgärd' if one else f'{unknown} åtgärder'} saknar effekt i kronor och är inte med i summan.")
    return prose(" ".join(said), proposed=True)


def _plan(slice_: Slice, ledger: Ledger) -> pd.DataFrame:
    notes = ledger.notes
    actions = timed(actions_of(slice_.comments), notes.year, _known(slice_, ledger))
    if "net" not in ledger.tables:
        return action_plan(actions, pd.Series(dtype=float), notes.unit)
    frame = follow_up(ledger, "net", notes.year) if ledger.months == 12 else year_view(ledger, "net")
    if notes.board is None:
        own = frame[frame["role"] == "row"]
        return action_plan(actions, own.set_index("line")["variance"], notes.unit)
    whole = pd.Series({notes.board: frame.iloc[-1]["variance"]}, dtype=float)
    return action_plan(actions.assign(board=notes.board), whole, notes.unit)


def _known(slice_: Slice, ledger: Ledger) -> date:
    """The day that the variances rest on: the year's end for an outcome, else the day of the forecast in force."""
    if ledger.months == 12:
        return date(ledger.notes.year, 12, 31)
    return forecast_day(ledger) or slice_.known_until


def forecast_day(ledger: Ledger) -> date | None:
    """The day of the year's forecast in force; None where there is no forecast, or it has no day."""
    rows = versions(ledger.rows, ledger.notes.year)
    own = rows[(rows["basis"] == "forecast") & (rows["table"] == headline(ledger))]
    return date.fromisoformat(own.iloc[-1]["decided"]) if len(own) and own.iloc[-1]["decided"] else None


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
        f"senast {day(date.fromisoformat(row.datum))}" if row.datum else "",
        row.status,
    ]
    return f" ({', '.join(filter(None, told))})" if any(told) else ""
