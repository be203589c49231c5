from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from krokomanalys.budget.ledger import TABLE_KINDS, Ledger, as_ledger
from krokomanalys.sources.layouts import LEDGER
from krokomanalys.sources.ledger import LedgerNotes
from krokomanalys.sources.tables import read_table
from krokomanalys.sources.yaml_files import read_yaml

DATA = Path(__file__).parents[2] / "data" / "budget"

Make = Callable[..., Ledger]


def _read(name: str) -> Ledger:
    rows = read_table(DATA / f"{name}.csv", LEDGER, f"{name}.csv")
    return as_ledger(rows, read_yaml(DATA / f"{name}.yaml", LedgerNotes, f"{name}.yaml"))


@pytest.fixture(scope="session")
def timra() -> Ledger:
    return _read("2262-2020")


@pytest.fixture(scope="session")
def krokom() -> Ledger:
    return _read("2309-2024")


def small_ledger(rows: list[dict[str, object]], **notes: object) -> Ledger:
    """A ledger of a few rows: those columns that are not given get a whole year of 2020 of 2262, net budget."""
    blank = dict.fromkeys(LEDGER.columns, "")
    given = {"region": "2262", "year": 2020, "month": pd.NA, "through": pd.NA, "kind": "net", "basis": "budget"}
    types = {"month": "Int64", "through": "Int64", "amount": float}
    frame = pd.DataFrame([blank | given | row for row in rows]).astype(types)
    held = {str(row.get("kind", "net")) for row in rows}
    headings = {t: {"title": t, "total": f"Summa {t}"} for t, kinds in TABLE_KINDS.items() if held & set(kinds)}
    standard = {
        "region": "2262",
        "year": 2020,
        "document": {"title": "Prov", "body": "Provkommun"},
        "unit": "tkr",
        "rounded_to": 1,
        "signs": {"operations": "intäkt +"},
        "tables": headings,
    }
    return as_ledger(frame, LedgerNotes.model_validate(standard | notes))


@pytest.fixture(scope="session")
def make() -> Make:
    return small_ledger
