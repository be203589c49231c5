"""What managers have written, as sections of a page: Kommentar, Analys, Åtgärd."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import pandas as pd

from krokomanalys.report.page import Piece, note


def comment_sections(rows: pd.DataFrame, names: Mapping[str, str], column: str) -> Piece:
    """A section with a heading for each commented line or goal; blank parts are left out."""
    if rows.empty:
        return note("Inga kommentarer är lämnade.")
    parts, plain = [], []
    for _, row in rows.iterrows():
        parts.append(f"<h3>{escape(names.get(row[column], row[column]))}</h3>")
        for label, key in (("Kommentar", "kommentar"), ("Analys", "analys"), ("Åtgärd", "åtgärd")):
            if row[key]:
                parts.append(f"<p><strong>{label}.</strong> {escape(row[key])}</p>")
                plain.append(f"{label}: {row[key]}")
    return Piece("prose", "\n".join(parts), "\n".join(plain))
