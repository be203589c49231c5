"""The top of the report of jämförelsetal: what has got better and worse, how far other places are, places in Kolada."""

from __future__ import annotations

from typing import Any

import pandas as pd

from krokomanalys.report.aims import genitive
from krokomanalys.report.comparisons import distances_of, followed, version_of, years_of
from krokomanalys.report.lights import light
from krokomanalys.report.page import Piece, State, opening
from krokomanalys.report.standings import standing_findings, whose_ratios
from krokomanalys.sources.slices import Slice
from krokomanalys.sources.tables import rows_of
from krokomanalys.swedish import percent, shortest
from krokomanalys.targets.status import JUDGED, Basis
from krokomanalys.targets.wording import amount, change

EACH_SIDE = 2
"""How many changes are told on each side: those that got better, and those that got worse."""


def comparison_opening(slice_: Slice, measures: pd.DataFrame, state: State, by: str, when: str) -> Piece:
    """The top of the report, which says of itself only what it has: changes, other places, or that there is nothing."""
    version = version_of(slice_)
    board = version.board if version else None
    about = version.document.title if version else "nyckeltal ur Kolada"
    changes, kolada = _change_findings(slice_, measures), standing_findings(slice_)
    own = [*changes, *_distance_findings(slice_)]
    lead = [_lead(bool(changes), bool(kolada) or len(own) > len(changes), slice_.year), _whose(slice_, board)]
    told = measures[measures["status"].isin(JUDGED)]
    return opening(
        f"Jämförelsetal för {slice_.name} {slice_.year}",
        eyebrow=f"{slice_.name} · {board or 'hela kommunen'} · {about}",
        lead=" ".join(filter(None, lead)),
        findings=[*own, *kolada[: 2 if own else 3]],
        lights=[light(row.status, _light_words(row), row.name) for row in rows_of(told)],
        state=state,
        by=by,
        when=when,
        made_up=slice_.made_up,
    )


def _lead(changed: bool, beside: bool, year: int) -> str:
    if not (changed or beside):
        return f"Inget av jämförelsetalen går att ställa mot ett annat år eller en annan plats {year}."
    if not changed:
        return "För nämnd och ledning: hur kommunens tal står sig mot andra."
    more = " och hur de står sig mot andra" if beside else ""
    return f"För nämnd och ledning: hur kommunens tal har ändrats{more}."


def _change_findings(slice_: Slice, measures: pd.DataFrame) -> list[str]:
    """The changes since the year before that are largest beside the value then: better, worse, and the others.

    The others are those of which nobody has said which way is good.
    """
    history, own = followed(slice_, measures)
    if own.empty:
        return []
    year = years_of(history)[-1]
    now = history[(history["year"] == year) & history["change"].notna() & (history["change"] != 0)]
    now = now.merge(own[["measure", "name", "unit", "trend", "trend_word"]], on="measure")
    now["before"] = now["value"] - now["change"]
    now["size"] = (now["change"] / now["before"].where(now["before"] != 0)).abs()
    now = now[now["size"].notna()].sort_values("size", ascending=False, kind="stable")
    sides = [now[now["trend"] == side].head(EACH_SIDE) for side in ("better", "worse")]
    room = max(2 * EACH_SIDE - sum(map(len, sides)), 0)
    kept = [*sides, now[~now["trend"].isin(["better", "worse"])].head(min(room, EACH_SIDE))]
    told = pd.concat(kept).sort_values("size", ascending=False, kind="stable")
    return [_change_words(row, year) for row in rows_of(told)]


def _change_words(row: Any, year: int) -> str:
    """In per cent; of a share in percentage points and of a place in places."""
    trend = f" Det är {row.trend_word}." if row.trend else ""
    size = row.change_words if pd.isna(row.change_percent) else percent(row.change_percent, signed=True)
    ends = f"från {shortest(row.before)} till {amount(row.value, row.unit)}"
    return f"{row.name}: **{size}** {year - 1}–{year}, {ends}.{trend}"


def _distance_findings(slice_: Slice) -> list[str]:
    """The two largest distances in percentage points, in words with what became of them."""
    frame = distances_of(slice_)
    frame = frame[frame["gap"].notna() & (frame["unit"] == "%")]
    largest = frame.reindex(frame["gap"].abs().sort_values(ascending=False, kind="stable").index).head(2)
    return [_distance_words(row) for row in rows_of(largest)]


def _distance_words(row: Any) -> str:
    gap, before = float(row.gap), float(row.gap_before)
    number_, _, unit = change(abs(gap), "%").removeprefix("+").partition("\u00a0")
    side = "lika med" if gap == 0 else f"**{number_}** {unit} {'under' if gap < 0 else 'över'}"
    moved = change(abs(gap) - abs(before), "%").lstrip("+−")
    course = {
        "grows": f" Avståndet växte med {moved}.",
        "shrinks": f" Avståndet krympte med {moved}.",
        "same": " Avståndet är oförändrat.",
        "crossed": " Året före låg det på andra sidan.",
        "": "",
    }[row.course]
    return f"{row.name}: {side} {row.place} {row.year}.{course}"


def _whose(slice_: Slice, board: str | None) -> str:
    """Whose figures the page has, where a nämnd's and the whole municipality's stand side by side."""
    if slice_.board and board is None:
        return f"{slice_.board} har inga egna jämförelsetal för {slice_.year}. {whose_ratios(slice_)}".strip()
    ratios = whose_ratios(slice_)
    return f"De egna talen är {genitive(board)}. {ratios}".strip() if board else ""


def _light_words(row: Any) -> str:
    """That a light is the document's own, where no figures made it."""
    return f"{row.status_word} enligt dokumentet" if row.basis_word == Basis.JUDGEMENT.word else ""
