"""What the cells of a table of measures hold: value, unit, day and notes, of rows that targets.goals makes."""

from __future__ import annotations

import pandas as pd

from krokomanalys.sources.tables import rows_of
from krokomanalys.swedish import BLANK
from krokomanalys.targets.wording import amount


def values(measures: pd.DataFrame) -> pd.Series:
    """The values as numbers; of a yes or no, the word."""
    shown = [
        amount(r.value, r.unit) if r.unit == "ja/nej" and r.value == r.value else r.value for r in rows_of(measures)
    ]
    return pd.Series(shown, index=measures.index, dtype=object)


def units(measures: pd.DataFrame) -> list[str]:
    """The units, with `(ungefär)` where a value is approximate; "" where there is none to tell."""
    words = ["" if r.unit in ("ej angiven", "ja/nej") else r.unit for r in rows_of(measures)]
    about = [" (ungefär)" if r.precision == "approximate" else "" for r in rows_of(measures)]
    return [(word + more).strip() for word, more in zip(words, about, strict=True)]


def dates(measures: pd.DataFrame) -> list[str]:
    """The year, or the day where that isn't the year's last; a dash without a value."""
    return [r.date.removesuffix("-12-31") or BLANK for r in rows_of(measures)]


def notes(measures: pd.DataFrame) -> list[str]:
    """The measures' notes, each with the measure's name."""
    return [f"{r.name}: {r.note}" for r in rows_of(measures[["name", "note"]]) if r.note]
