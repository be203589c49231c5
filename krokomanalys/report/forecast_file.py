"""The computed forecast of a year kept as a version of the ledger, in a file that nothing overwrites."""

from __future__ import annotations

import os
import tempfile
from datetime import date
from pathlib import Path

from krokomanalys.budget.forecast import forecast_rows
from krokomanalys.errors import Fault, InputError, MissingFigures
from krokomanalys.regions import ascii_name
from krokomanalys.report import money
from krokomanalys.report.forecast import year_outlook
from krokomanalys.sources.folder import open_folder, shown
from krokomanalys.sources.load import load


def keep_forecast(municipality: str, year: int, period: str, version: str, decided: date, data: Path | None) -> Path:
    """Compute the year's forecast after a period and write it beside the ledger as `version`; returns the file.

    Raises:
        InputError: figures are missing, the ledger isn't in the economist's own data folder, a forecast of that name
            or day is there already, or the day is before the period's end.
    """
    try:
        slice_ = load("budgetuppfoljning", data, municipality=municipality, year=year, period=period)
    except MissingFigures as gap:
        first = gap.missing[0]
        raise InputError(Fault(municipality, f"{first.what} saknas", remedy=first.remedy)) from None
    if decided <= slice_.known_until:
        problem = f"{decided} är inte efter periodens sista dag, {slice_.known_until}"
        raise InputError(Fault("--date", problem, "dagen då prognosen görs"))
    file = _place(municipality, year, version, data)
    ledger = money.ledger_of(slice_)
    days = ledger.rows.loc[ledger.rows["basis"] == "forecast", ["decided", "version"]]  # the computed ones too
    if (same := days.loc[days["decided"] == decided.isoformat(), "version"].unique()).size:
        problem = f'prognosen "{same[0]}" är redan gjord {decided}'
        raise InputError(Fault("--date", problem, "en dag för varje prognos, så att den senaste gäller"))
    made = year_outlook(slice_, ledger).forecast
    if made is None:
        raise InputError(Fault(municipality, f"utfallet {year} är inte delat på månader", "utfall per månad"))
    rows = forecast_rows(made, municipality, version, decided.isoformat(), ledger.notes.rounded_to)
    if ledger.notes.signs.costs == "positive":  # as they stand in the ledger's other files
        rows["amount"] = rows["amount"].where(rows["kind"] != "cost", -rows["amount"])
    with tempfile.TemporaryDirectory(prefix=".pågår-", dir=file.parent) as work:
        whole = Path(work) / file.name
        rows.to_csv(whole, index=False, lineterminator="\n")
        os.replace(whole, file)
    return file


def _place(municipality: str, year: int, version: str, data: Path | None) -> Path:
    folder = open_folder(data)
    (ledger, *_) = folder.matching(rf"budget/{municipality}-{year}(-[a-z0-9-]+)?\.(csv|xlsx)")
    if folder.layer_of(ledger) != folder.layers[0]:
        problem = f"huvudboken {municipality}-{year} ligger inte i din datamapp"
        remedy = "Lägg kommunens filer i din egen mapp, så skrivs prognosen bredvid dem"
        raise InputError(Fault(shown(folder.layers[0]), problem, f"budget/{municipality}-{year}.csv", remedy))
    file = ledger.parent / f"{municipality}-{year}-{ascii_name(version)}.csv"
    if file.exists():
        problem = "versionen finns redan, och skrivs aldrig över"
        raise InputError(Fault(shown(file), problem, "ett nytt namn på prognosen", "Välj ett annat --version"))
    return file
