"""All ledgers of a data folder and what lies beside them, held to each other."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pandas as pd

from krokomanalys.budget.drivers import driver_faults
from krokomanalys.budget.ledger import as_ledger
from krokomanalys.budget.ledger_checks import unit_faults
from krokomanalys.errors import Fault, InputError
from krokomanalys.sources.folder import Folder, contents, read_checked, read_document, shown
from krokomanalys.sources.ledger import LedgerNotes
from krokomanalys.sources.reader import joined
from krokomanalys.sources.tables import rows_of

_BESIDE = ("commitments", "drivers", "volumes", "investments")


def collected(find: Callable[[], list[Fault]]) -> list[Fault]:
    """The faults that `find` gives or raises."""
    try:
        return find()
    except InputError as error:
        return list(error.faults)


def ledger_faults(folder: Folder) -> list[Fault]:
    """Ledgers without notes or notes without a ledger, ledgers that don't hold together, and strangers beside them."""
    faults: list[Fault] = []
    for layer in folder.layers:
        files = [layer / file for file in contents(layer) if re.fullmatch(r"budget/\d{4}-\d{4}[\w-]*\.\w+", file)]
        for about in sorted({path.name[:9] for path in files}):
            tables = [path for path in files if path.name[:9] == about and path.suffix != ".yaml"]
            notes = layer / f"budget/{about}.yaml"
            if not notes.is_file():
                faults.append(Fault(shown(tables[0]), "enhet och tecken saknas", f"filen {notes.name} bredvid"))
            elif not tables:
                faults.append(Fault(shown(notes), "huvudboken saknas", f"filen {notes.stem}.csv bredvid"))
            else:
                faults += collected(partial(_ledger, folder, tables, notes))
    return faults


def _ledger(folder: Folder, paths: list[Path], notes: Path) -> list[Fault]:
    told = read_document(notes)
    assert isinstance(told, LedgerNotes)
    plans = "mappings/accounts.csv"
    ledger = as_ledger(joined(paths), told, accounts=folder.table(plans) if folder.path(plans) else None)
    layer = folder.layer_of(notes)
    beside = [f for f in contents(layer) if re.fullmatch(rf"\w+/{notes.stem}[\w-]*\.(csv|xlsx)", f)]
    of = {name: [layer / f for f in beside if f.startswith(name)] for name in _BESIDE}
    faults = [fault for path in of["drivers"] for fault in driver_faults(joined([path]), ledger)]
    for name in ("commitments", "volumes", "investments"):
        held = ledger.entries[(ledger.entries["kind"] == "investment") == (name == "investments")]
        faults += [fault for path in of[name] for fault in _strange_lines(path, held)]
    return [*unit_faults(ledger.entries, told), *faults]


def strange_moves(folder: Folder) -> list[Fault]:
    """Units said to have moved from a nämnd or line that no earlier ledger of the municipality has."""
    faults = []
    for path, moves in folder.parts("mappings/organisation.csv") if folder.path("mappings/organisation.csv") else ():
        for row in rows_of(moves):
            files = folder.matching(rf"budget/{row.region}-\d{{4}}(-[a-z0-9-]+)?\.(csv|xlsx)")
            tables = [read_checked(file) for file in files if int(file.stem[5:9]) < row.from_year]
            if not tables:
                continue
            for column in ("board", "line"):
                said, known = getattr(row, f"from_{column}"), {str(n) for t in tables for n in t[column].unique()}
                if said and said not in known:
                    problem = f'"{said}" finns inte i någon huvudbok före {row.from_year}'
                    expected = "någon av " + ", ".join(sorted(known - {""}))
                    at = int(row.Index) + 2
                    faults.append(Fault(shown(path), problem, expected, row=at, column=f"from_{column}"))
    return faults


def _strange_lines(path: Path, entries: pd.DataFrame) -> list[Fault]:
    """Rows of a file beside a ledger on a nämnd or a line that the ledger's rows don't have."""
    faults = []
    for column, what in (("board", "nämnden"), ("line", "raden")):
        known = sorted(set(entries[column].astype(str)) - {""})
        for row in rows_of(read_checked(path)):
            if (said := getattr(row, column)) and said not in known:
                near = difflib.get_close_matches(said, known, n=1)
                expected = f"någon av {', '.join(known)}" if 0 < len(known) <= 12 else "samma namn som i huvudboken"
                problem, remedy = f'{what} "{said}" finns inte i huvudboken', f'Menade du "{near[0]}"?' if near else ""
                faults.append(Fault(shown(path), problem, expected, remedy, row=int(row.Index) + 2, column=column))
    return faults
