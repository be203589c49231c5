"""What the backtest says: the scorecard of every way to carry totals on, over a data folder's municipalities."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from krokomanalys.errors import Fault, InputError
from krokomanalys.population.evaluate import SHELF_LIFE, rolling_origin, scorecard
from krokomanalys.population.totals import WAYS, YEARS_NEEDED
from krokomanalys.report.tables import Column, Table
from krokomanalys.sources.folder import open_folder
from krokomanalys.swedish import number

HORIZONS = (1, 3, 5, 10)
WAY_NAMES = {
    "no_change": "oförändrat antal",
    "linear5": "rak linje, fem års takt",
    "linear10": "rak linje, tio års takt",
    "growth3_5_10": "medel av tre, fem och tio års takt",
    "damped10": "tio års takt, avtagande",
}


def scorecard_table(data: Path | None, first: int, last: int) -> Table:
    """Errors by horizon of every way, for all municipalities of the data and origins first..last, pooled.

    Raises:
        InputError: no municipality has totals for all the years that the origins need, or none after the last.
    """
    totals = _totals(data)
    known = list(totals.index)
    if not known or first - YEARS_NEEDED + 1 < known[0] or last + 1 > known[-1] or first > last:
        span = f"{known[0] + YEARS_NEEDED - 1}–{known[-1] - 1}" if known else "inga år"
        problem = f"utgångsåren {first}–{last} går inte att pröva med folkmängd för {len(known)} år"
        raise InputError(Fault("--from, --to", problem, f"år inom {span}"))
    origins = range(first, last + 1)
    card = scorecard(
        rolling_origin(totals.to_numpy(np.float64), known, [str(r) for r in totals.columns], WAYS, origins), HORIZONS
    )
    card["name"] = card["way"].map(WAY_NAMES)
    places = totals.shape[1]
    return Table(
        "traffsakerhet",
        f"Fel i totalen för {number(places)} {'kommun' if places == 1 else 'kommuner'}, utgångsår {first}–{last}",
        card.sort_values(["horizon", "mape"], kind="stable"),
        {
            "name": Column("Sätt att räkna", kind="text"),
            "horizon": Column("År framåt", kind="text"),
            "mape": Column("Medelfel", "%", decimals=2),
            "se": Column("Medelfelets osäkerhet", "±", decimals=2),
            "mdape": Column("Medianfel", "%", decimals=2),
            "bias": Column("Skevhet", "%", decimals=2, signed=True),
            "within": Column(f"Inom {SHELF_LIFE:.0f} %", "% av prognoserna", decimals=1),
            "forecasts": Column("Prognoser"),
        },
        note="Medelfel: medel av felets storlek. Osäkerheten är medelfel för medlet över kommuner. Skevhet över noll: "
        "prognoserna är för höga. Bara det som var känt utgångsåret är använt.",
        source="SCB; egen beräkning",
    )


def _totals(data: Path | None) -> pd.DataFrame:
    """Persons by year (rows) and municipality (columns), for the municipalities that have every year of the span."""
    groups = open_folder(data).table("population/groups.csv")
    rows = groups[(groups["age_group"] == "total") & (groups["sex"] == "T") & (groups["region"].str.len() == 4)]
    return rows.pivot(index="year", columns="region", values="population").dropna(axis=1)


def as_text(table: Table) -> str:
    """The table as lines for a terminal, columns lined up."""
    columns = table.shown
    rows = [[column.heading for column in columns.values()]]
    for record in table.frame.to_dict("records"):
        rows.append(
            [
                number(record[key], column.decimals, signed=column.signed)
                if column.kind == "number"
                else str(record[key])
                for key, column in columns.items()
            ]
        )
    widths = [max(len(row[place]) for row in rows) for place in range(len(columns))]
    lines = [
        "  ".join(
            cell.ljust(w) if p == 0 else cell.rjust(w) for p, (cell, w) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]
    return "\n".join([table.caption, "", *lines, "", table.note])
