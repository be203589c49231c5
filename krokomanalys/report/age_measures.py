"""What the reports say of the age structure: dependency, the ages of the services, mean age, share 80 and over."""

from __future__ import annotations

import pandas as pd

from krokomanalys.errors import Missing
from krokomanalys.population.history import History
from krokomanalys.population.measures import SERVICE_AGES, mean_age, of_groups, of_population
from krokomanalys.population.national import national
from krokomanalys.population.outlook import Outlook
from krokomanalys.regions import NATION
from krokomanalys.report.tables import Column, Table
from krokomanalys.sources.slices import Slice
from krokomanalys.swedish import number, percent

BACK = 10
"""Years back that the observed measures are held against."""
ROWS = {
    "1-5": ("Förskola, 1–5 år", "personer"),
    "6-15": ("Grundskola, 6–15 år", "personer"),
    "16-19": ("Gymnasium, 16–19 år", "personer"),
    "20-64": ("Arbetsföra åldrar, 20–64 år", "personer"),
    "65-79": ("65–79 år", "personer"),
    "80+": ("80 år och äldre", "personer"),
    "share_80": ("Andel 80 år och äldre", "%"),
    "young": ("Yngre, 0–19 år", "per 100 i 20–64 år"),
    "old": ("Äldre, 65 år och äldre", "per 100 i 20–64 år"),
    "ratio": ("Försörjningskvot: yngre och äldre", "per 100 i 20–64 år"),
    "mean_age": ("Medelålder", "år"),
}
_NOTE = "Försörjningskvoten är SCB:s och Koladas: 0–19 år och 65 år och äldre mot 20–64 år."


def measures_table(outlook: Outlook) -> Table:
    """The measures of the projection in the base year, five and ten years on, and at the horizon."""
    table = of_population(outlook.projection.population)
    base, last = outlook.base_year, int(table.index[-1])
    years = sorted({y for y in (base, base + 5, base + 10) if y in table.index} | {last})
    return Table(
        "aldersmatt",
        f"Åldersstrukturen {base}–{last} enligt prognosen",
        _frame(table.loc[years].T.rename(columns=str)),
        _columns({str(y): str(y) for y in years}),
        note=_NOTE,
        source="SCB; egen beräkning",
    )


def measures_finding(outlook: Outlook) -> str:
    """The share 80 and over and the dependency ratio at both ends of the projection."""
    table = of_population(outlook.projection.population)
    first, last = table.iloc[0], table.iloc[-1]
    return (
        f"Andelen som är 80 år eller äldre går från **{percent(first['share_80'])}** {table.index[0]} till "
        f"**{percent(last['share_80'])}** {table.index[-1]}. På 100 personer i åldern 20–64 år går det "
        f"**{number(first['ratio'])}** yngre och äldre {table.index[0]}. År {table.index[-1]} blir det "
        f"**{number(last['ratio'])}** (försörjningskvot)."
    )


def observed_measures(slice_: Slice, observed: History | Missing) -> Table:
    """The measures of the report's year beside earlier years and Riket, from published groups; mean age by ages."""
    own, nation = (of_groups(slice_.population.groups, region) for region in (slice_.municipality, NATION))
    if isinstance(observed, History):
        own["mean_age"] = mean_age(observed.population)
        nation["mean_age"] = mean_age(national(slice_.population).population)
    year = slice_.year
    years = [y for y in (year - BACK, year - BACK // 2, year) if y in own.index]
    shown = {str(y): own.loc[y] for y in years}
    if year in nation.index:
        shown["nation"] = nation.loc[year].drop(list(SERVICE_AGES))
    frame = _frame(pd.DataFrame(shown))
    headings = {str(y): str(y) for y in years} | ({"nation": f"Riket {year}"} if "nation" in shown else {})
    return Table(
        "aldersmatt",
        f"Åldersstrukturen {years[0]}–{year}" if len(years) > 1 else f"Åldersstrukturen {year}",
        frame,
        _columns(headings),
        note=f"{_NOTE} Åldersgrupperna är publicerade. Medelåldern är räknad på ettårsåldrar, som för de flesta år är "
        "härledda eller uppskattade.",
        source="SCB; egen beräkning",
    )


def observed_finding(slice_: Slice) -> str | None:
    """The share 80 and over and the dependency ratio now and ten years before; None without both years."""
    table = of_groups(slice_.population.groups, slice_.municipality)
    before, now = slice_.year - BACK, slice_.year
    if not {before, now} <= set(table.index):
        return None
    share, ratio = table["share_80"], table["ratio"]
    return (
        f"**{percent(share[now])}** är 80 år eller äldre, mot {percent(share[before])} år {before}. På 100 personer i "
        f"åldern 20–64 år går det **{number(ratio[now])}** yngre och äldre, mot {number(ratio[before])} år {before} "
        f"(försörjningskvot)."
    )


def _frame(table: pd.DataFrame) -> pd.DataFrame:
    """Rows in reading order with name and unit; persons whole, the rest with one decimal."""
    rows = [name for name in ROWS if name in table.index]
    frame = table.loc[rows].astype(float).round(1).reset_index(names="measure")
    persons = [ROWS[name][1] == "personer" for name in rows]
    values = frame.columns[1:]
    frame.loc[persons, values] = frame.loc[persons, values].round(0)
    frame.insert(1, "name", [ROWS[name][0] for name in rows])
    frame.insert(2, "unit", [ROWS[name][1] for name in rows])
    return frame


def _columns(headings: dict[str, str]) -> dict[str, Column]:
    told = {"name": Column("Mått", kind="text"), "unit": Column("Enhet", kind="text")}
    return told | {key: Column(heading, mixed=True) for key, heading in headings.items()}
