"""Municipalities, counties and the nation by SCB's codes."""

from __future__ import annotations

import re
import unicodedata

import pandas as pd

NATION = "00"
MADE_UP = "0000"
"""The municipality that doesn't exist, whose figures are made up."""


def name_of(regions: pd.DataFrame, code: str) -> str | None:
    """The region's name ("Krokom"), None where the table has no such code."""
    names = regions.loc[regions["region"] == code, "name"]
    return None if names.empty else str(names.iloc[0])


def ascii_name(text: str) -> str:
    """A name for files and folders: "Timrå" -> "timra", "Bygg- och miljönämnden" -> "bygg-och-miljonamnden"."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
