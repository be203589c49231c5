"""How long a large ledger takes to read, check and follow up, and what memory it needs, beside plain pandas.

Run `.venv/bin/python tests/benchmarks/ledger.py [RUNS]` on a machine that does nothing else. The ledger is made up:
200 000 rows of twelve months, once with a column for each month and once with an amount a row. No test: times differ
between machines, so what to quote is the medians, the peak memory and the ratio to the peer in the same run.

The peer is what one would write without any checks: read_csv, melt and groupby. It believes every cell.
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

ROWS, UNITS, BOARDS = 200_000, 50, 10
MONTHS = [f"m{month:02d}" for month in range(1, 13)]
NOTES = {
    "region": "0000",
    "year": 2025,
    "document": {"title": "Påhittade siffror", "body": "Exempelkommun"},
    "unit": "tkr",
    "rounded_to": 1,
    "signs": {"operations": "intäkt +, kostnad −"},
    "tables": {name: {"title": name, "total": f"Summa {name}"} for name in ("result", "net")},
}
LIMITS = "asked for: read and followed up in under 10 s and 1000 MB"


def make(folder: Path) -> None:
    """Budget and outcome of 100 000 accounts in 50 units of 10 nämnder, as wide.csv and long.csv."""
    random = np.random.default_rng(4)
    place = np.arange(ROWS // 2)
    unit, account = place % UNITS, place // UNITS
    income = account % 10 == 0
    about = pd.DataFrame(
        {
            "region": "0000",
            "year": 2025,
            "board": [f"Nämnd {u * BOARDS // UNITS}" for u in unit],
            "unit": [f"Enhet {u}" for u in unit],
            "account": [str(4000 + a) for a in account],
            "kind": np.where(income, "income", "cost"),
            "line": [f"Verksamhet {u}" for u in unit],
        }
    )
    parts = []
    for basis, version, decided in (("budget", "rambudget juni", "2024-06-17"), ("outcome", "", "")):
        amounts = (random.gamma(2, 50, (len(about), 12)) * np.where(income, 9.5, -1)[:, None]).round(1)
        months = dict(zip(MONTHS, amounts.T, strict=True))
        row = about.assign(basis=basis, version=version, decided=decided, **months)
        parts.append(row.assign(amount=amounts.sum(axis=1).round(1)))
    wide = pd.concat(parts, ignore_index=True)
    wide.to_csv(folder / "wide.csv", index=False)
    long = wide.drop(columns="amount").melt([c for c in wide if c not in (*MONTHS, "amount")], var_name="month")
    long["month"] = long["month"].str[1:].astype(int)
    long.rename(columns={"value": "amount"}).to_csv(folder / "long.csv", index=False)


def own(path: Path) -> list[tuple[str, Callable[[], object]]]:
    """The parts of the library's way, each to be run after those before it."""
    from krokomanalys.budget.ledger import Ledger, as_ledger
    from krokomanalys.budget.periods import followed, year_view
    from krokomanalys.sources.layouts import LEDGER
    from krokomanalys.sources.ledger import LedgerNotes
    from krokomanalys.sources.tables import read_table

    notes = LedgerNotes.model_validate(NOTES)
    held: dict[str, pd.DataFrame | Ledger] = {}

    def read() -> None:
        held["rows"] = read_table(path, LEDGER, path.name)

    def arrange() -> None:
        rows = held.pop("rows")
        assert isinstance(rows, pd.DataFrame)
        held["ledger"] = as_ledger(rows, notes, 8)

    def follow() -> pd.DataFrame:
        ledger = held["ledger"]
        assert isinstance(ledger, Ledger)
        for table in ledger.tables:
            shown = followed(ledger, table)
            year_view(ledger, table)
        return shown

    return [("read and checked", read), ("made a ledger", arrange), ("followed up", follow)]


def peer(path: Path) -> list[tuple[str, Callable[[], object]]]:
    """The same sums in plain pandas."""

    def sums() -> pd.DataFrame:
        table = pd.read_csv(path, dtype=dict.fromkeys(["region", "account", "version", "decided"], str))
        if "m01" in table:
            table = table.drop(columns="amount").melt([c for c in table if c not in (*MONTHS, "amount")])
            table = table.rename(columns={"value": "amount", "variable": "month"})
            table["month"] = table["month"].str[1:].astype(int)
        so_far = table[table["month"] <= 8]
        return so_far.groupby(["board", "basis"])["amount"].sum().unstack()

    return [("plain pandas, unchecked", sums)]


def once(way: str, path: Path) -> dict[str, object]:
    """One run: seconds by part (of the clock, of the processor), the peak memory in MB, the last result's sum."""
    taken, result = {}, None
    for name, part in {"own": own, "peer": peer}[way](path):
        start, used = time.perf_counter(), time.process_time()
        result = part()
        taken[name] = (time.perf_counter() - start, time.process_time() - used)
    assert isinstance(result, pd.DataFrame)
    outcome = result["outcome"].iloc[-1] if way == "own" else result["outcome"].sum()
    return {"taken": taken, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3, "sum": float(outcome)}


def in_a_process(way: str, path: Path) -> Any:
    """What `once` gives in a process of its own, whose memory nothing else has been in."""
    return json.loads(subprocess.check_output([sys.executable, __file__, way, str(path)]))


def main(runs: int) -> None:
    """Time everything, each run in a new process, and print it as one table."""
    with tempfile.TemporaryDirectory() as folder:
        in_a_process("make", Path(folder))
        print(f"{ROWS} rows x 12 months; {runs} runs; {LIMITS}")
        print("  clock  processor  (seconds, medians)")
        for file in ("wide.csv", "long.csv"):
            together, sums = {}, []
            for way in ("own", "peer"):
                done = [in_a_process(way, Path(folder) / file) for _ in range(runs)]
                parts = {part: [run["taken"][part] for run in done] for part in done[0]["taken"]}
                parts["together"] = [tuple(map(sum, zip(*run["taken"].values(), strict=True))) for run in done]
                for part, seconds in parts.items():
                    clock, processor = map(statistics.median, zip(*seconds, strict=True))
                    print(f"{clock:7.2f}{processor:11.2f}  {file}, {way}: {part}")
                together[way] = processor
                print(f"{max(run['peak'] for run in done):7.0f} MB at most")
                sums.append(done[0]["sum"])
            np.testing.assert_allclose(*sums, rtol=1e-9)  # a time says nothing of another calculation
            print(f"{together['own'] / together['peer']:7.1f}  {file}: own / peer, by the processor")


if __name__ == "__main__":
    if len(sys.argv) == 3 and sys.argv[1] == "make":
        print(json.dumps(make(Path(sys.argv[2]))))
    elif len(sys.argv) == 3:
        print(json.dumps(once(sys.argv[1], Path(sys.argv[2]))))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
