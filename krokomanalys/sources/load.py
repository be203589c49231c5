"""The one loader: what a report about a municipality and a year may know, and nothing else.

A notebook calls `load` once. Figures later than `known_until` are not in what it gets, nor other regions than
those the report's arithmetic needs, so that the report's key can be made from the slice.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from pathlib import Path

import pandas as pd

from krokomanalys.errors import Fault, InputError, Missing, MissingFigures
from krokomanalys.regions import NATION, name_of
from krokomanalys.sources import available
from krokomanalys.sources.balance import BalanceNotes, known, tells_plan
from krokomanalys.sources.budgets import budgets, comments, gap
from krokomanalys.sources.claims import Claims
from krokomanalys.sources.folder import open_folder
from krokomanalys.sources.goals import GoalVersion, before_judgement
from krokomanalys.sources.grouping import with_groups_of_ages
from krokomanalys.sources.layouts import COMMENTS, MEASURES, OFFICIAL
from krokomanalys.sources.reader import Reader
from krokomanalys.sources.slices import (
    REPORTS,
    BudgetTables,
    GoalTables,
    Part,
    PopulationTables,
    ReportKind,
    Slice,
)
from krokomanalys.sources.tables import empty_table
from krokomanalys.sources.vintages import missing_vintages
from krokomanalys.swedish import listed


def load(
    report: str,
    data: Path | str | None = None,
    *,
    municipality: str,
    year: int,
    period: str | None = None,
    board: str | None = None,
    known_until: date | str | None = None,
    base_year: int | None = None,
    shape_from: str | None = None,
) -> Slice:
    """What the report named may know about a municipality and a year.

    `data` is a folder laid over the embedded data (default: the workspace's data/). `known_until` defaults to the
    end of the period or year; a year's population, flows and ratios are known when it has ended. `shape_from` names the
    municipality whose migration by age lends its shape to one that has none.

    Raises:
        MissingFigures: figures that the report cannot do without are not there.
        InputError: a faulty file, an unknown municipality or report.
    """
    if report not in REPORTS:
        raise InputError(Fault("rapport", f'"{report}" finns inte', "någon av " + ", ".join(REPORTS)))
    kind, reader = REPORTS[report], Reader(open_folder(data))
    name = name_of(reader.rows("regions.csv"), municipality)
    if name is None or len(municipality) != 4:
        raise InputError(Fault("municipality", f'"{municipality}" är ingen kommun i regions.csv', 'en kod som "2309"'))
    until = _last_date(year, period, known_until)
    last_year = until.year if (until.month, until.day) == (12, 31) else until.year - 1
    regions = (municipality, NATION, *([shape_from] if shape_from else []))
    missing: dict[Part, Missing] = {}
    population = _population(reader, regions, last_year, kind)
    base = _look_for_population(population, kind, municipality, year, base_year, missing)
    budget = budgets(reader, municipality, year, period, board, until) if kind.uses & {"budget", "plan"} else None
    balance, claims = _documents(reader, kind, municipality, year, board, until)
    missing |= _gaps_of_budget(kind, budget, balance, municipality, year, board, until)
    goals = _goals(reader, municipality, year, board, until, missing) if "goals" in kind.uses else None
    ratios = _ratios(reader, kind, municipality, last_year)
    missing |= _gap_of_comparisons(kind, goals, ratios, population, municipality, year)
    # A projection and comparisons have goals too, but nothing that managers say stands on their pages.
    follows_up = {"budget", "goals"} & kind.requires or {"budget", "goals"} <= kind.uses
    told = comments(reader, municipality, year, period, board, until) if follows_up else None
    if stops := [gap for part, gap in missing.items() if part in kind.requires]:
        raise MissingFigures(stops)
    return Slice(
        report=report,
        municipality=municipality,
        name=name,
        year=year,
        period=period,
        board=board,
        known_until=until,
        base_year=base,
        population=population,
        budget=budget,
        balance=balance,
        claims=claims,
        goals=goals,
        ratios=ratios,
        comments=empty_table(COMMENTS) if told is None else told,
        kpis=reader.rows("ratios/kpis.csv") if "ratios" in kind.uses else None,
        scores=reader.table("population/scorecard.csv") if "history" in kind.uses else None,
        places=_places(reader, ratios),
        sources=reader.sources(),
        missing=missing,
    )


def load_population(data: Path | str | None = None) -> tuple[PopulationTables, list[str]]:
    """All population tables of a data folder over the embedded data, and the municipalities to be looked at.

    Those are the ones whose groups stand in the folder given itself, or all where none stand there.
    """
    folder = open_folder(data)

    def table(name: str) -> pd.DataFrame:
        file = f"population/{name}.csv"
        return folder.table(file) if folder.path(file) is not None else empty_table(OFFICIAL)

    parts = folder.parts("population/groups.csv")
    own = [rows for path, rows in parts if folder.layer_of(path) == folder.layers[0]] or [rows for _, rows in parts]
    places = {str(region) for rows in own for region in rows["region"].unique() if len(str(region)) == 4}
    single = table("population")
    tables = PopulationTables(
        single=single,
        groups=with_groups_of_ages(table("groups"), single),
        components=table("components"),
        births=table("births"),
        deaths=table("deaths"),
        migration=table("migration"),
        official=table("official"),
        earlier=table("earlier"),
    )
    return tables, sorted(places)


def _last_date(year: int, period: str | None, known_until: date | str | None) -> date:
    if known_until is None:
        return _end_of(year, period)
    try:
        return date.fromisoformat(str(known_until))
    except ValueError:
        raise InputError(Fault("known_until", f'"{known_until}" är inget datum', "t.ex. 2021-12-31")) from None


def _end_of(year: int, period: str | None) -> date:
    """The last day of a year or period.

    Raises:
        InputError: a delår, whose last day each municipality decides: it has to be told.
    """
    if period == "delar":
        problem = f"delårsrapportens sista dag {year} är inte angiven"
        raise InputError(Fault("known_until", problem, f"t.ex. {year}-06-30 eller {year}-08-31"))
    month = {None: 12, "tertial1": 4, "tertial2": 8}.get(period) or int(str(period))
    return date(year, month, monthrange(year, month)[1])


def _population(reader: Reader, regions: tuple[str, ...], until: int, kind: ReportKind) -> PopulationTables:
    full = "population" in kind.uses
    wanted = regions if full else regions[:1]  # totals alone are the municipality's

    def table(name: str, needed: bool) -> pd.DataFrame:
        return reader.rows(f"population/{name}.csv", wanted if needed else (), until)

    single = table("population", full or "totals" in kind.uses)

    def vintages(name: str) -> pd.DataFrame:
        file = f"population/{name}.csv"
        held = reader.folder.path(file) is not None
        rows = reader.rows(file, regions[:1] if full else ()) if held else empty_table(OFFICIAL)
        return rows[(rows["jump_off"] <= until).fillna(False).astype(bool)].reset_index(drop=True)

    return PopulationTables(
        single=single,
        groups=with_groups_of_ages(table("groups", full or "totals" in kind.uses), single),
        components=table("components", full),
        births=table("births", full),
        deaths=table("deaths", full),
        migration=table("migration", full),
        official=vintages("official"),
        earlier=vintages("earlier"),
    )


def _look_for_population(
    tables: PopulationTables,
    kind: ReportKind,
    municipality: str,
    year: int,
    wanted: int | None,
    missing: dict[Part, Missing],
) -> int | None:
    """The base year, None where the report has none; what is missing of population figures goes into `missing`."""
    if "population" not in kind.uses:
        return None
    base = available.base_year(tables.groups, municipality, wanted)
    if isinstance(base, Missing):
        missing["population"] = base
        return None
    if "history" in kind.uses:
        t = tables
        gap = available.history(t.single, t.groups, t.components, t.births, t.deaths, municipality, base)
        missing |= {"history": gap} if gap else {}
    if "vintages" in kind.uses:
        gap = missing_vintages(tables, municipality, base)
        missing |= {"vintages": gap} if gap else {}
    if "flows" in kind.uses:
        gap = available.flows_of_year(tables.groups, tables.components, municipality, year)
        missing |= {"flows": gap} if gap else {}
    return base


def _documents(
    reader: Reader, kind: ReportKind, municipality: str, year: int, board: str | None, until: date
) -> tuple[BalanceNotes | None, Claims | None]:
    """The balance as known on a day, and the claims of the year's document, for the reports that show them."""
    balance = reader.document(f"balance/{municipality}.yaml") if kind.requires & {"budget", "plan"} else None
    about_it = kind.requires & {"budget", "plan", "goals"}
    claims = reader.document(f"claims/{municipality}-{year}.yaml") if about_it else None
    told = isinstance(claims, Claims) and board in (None, claims.board) and date(year, 12, 31) <= until
    return (
        known(balance, until) if isinstance(balance, BalanceNotes) else None,
        claims if told and isinstance(claims, Claims) else None,
    )


def _gaps_of_budget(
    kind: ReportKind,
    tables: BudgetTables | None,
    balance: BalanceNotes | None,
    municipality: str,
    year: int,
    board: str | None,
    until: date,
) -> dict[Part, Missing]:
    found: dict[Part, Missing] = {}
    if "budget" in kind.uses and (lack := gap(tables, municipality, year, board, until)):
        found["budget"] = lack
    planned = (tables is not None and tables.notes.plan is not None) or (balance and tells_plan(balance, year))
    if "plan" in kind.uses and not planned:
        file = f"data/budget/{municipality}-{year}"
        how = f"Lägg planens belopp i {file}.csv och beskriv den under plan i {file}.yaml, eller skriv planåren i "
        found["plan"] = Missing(f"Plan från {year}", f"{how}data/balance/{municipality}.yaml")
    return found


def _goals(
    reader: Reader, municipality: str, year: int, board: str | None, until: date, missing: dict[Part, Missing]
) -> GoalTables:
    files = [f for f in reader.folder.files(rf"goals/{municipality}-\d{{4}}\.yaml") if int(f[-9:-5]) <= year]
    read = [v for f in files if isinstance(v := reader.document(f), GoalVersion)]
    versions = tuple(before_judgement(v, until) for v in read)
    current = next((v for v in versions if v.year == year and board in (None, v.board)), None)
    if current is None:
        missing["goals"] = _gap_of_goals(versions, municipality, year, board)
    rows, _ = reader.together(rf"measures/{municipality}(-\d{{4}})?\.(csv|xlsx)")
    measures = empty_table(MEASURES) if rows is None else rows[rows["date"] <= until.isoformat()]
    return GoalTables(versions, current, measures[list(MEASURES.columns)].reset_index(drop=True))


def _gap_of_goals(versions: tuple[GoalVersion, ...], municipality: str, year: int, board: str | None) -> Missing:
    """What is missing where no goals are those of the year, and of the nämnd where one is given."""
    file = f"data/goals/{municipality}-{year}.yaml"
    what = f"Mål {year}{f' för {board}' if board else ''}"
    if other := next((v for v in versions if v.year == year), None):
        whole = f"Ta bort board i parametrarna, eller skriv board: {board} i filen om målen bara är nämndens"
        remedy = f'Ändra board i parametrarna till "{other.board}", eller ta bort board' if other.board else whole
        return Missing(f"{what}. {file} finns men gäller {other.board or 'hela kommunen'}", remedy)
    how = f"krokomanalys new {municipality} --year {year} --goals skriver en mall"
    return Missing(what, f"Skriv målen i {file}; {how}")


def _ratios(reader: Reader, kind: ReportKind, municipality: str, last_year: int) -> pd.DataFrame | None:
    """Kolada's figures of the municipality and of Riket; of all places where the report compares with them."""
    if "ratios" not in kind.uses:
        return None
    everybody = "comparisons" in kind.uses
    return reader.rows("ratios/kolada.csv", None if everybody else (municipality, NATION), last_year)


def _places(reader: Reader, ratios: pd.DataFrame | None) -> dict[str, str]:
    """The names of the places that ratios are given for, by code."""
    if ratios is None:
        return {}
    names = reader.rows("regions.csv")
    return {code: name for code in ratios["region"].astype(str).unique() if (name := name_of(names, code))}


def _gap_of_comparisons(
    kind: ReportKind,
    goals: GoalTables | None,
    ratios: pd.DataFrame | None,
    population: PopulationTables,
    municipality: str,
    year: int,
) -> dict[Part, Missing]:
    """What is missing where no comparison has a value: those of the goal file, Kolada's ratios, or all of them."""
    if "comparisons" not in kind.uses:
        return {}
    own = goals.current.comparisons if goals is not None and goals.current is not None else ()
    held = set() if goals is None else set(goals.measures.loc[goals.measures["value"].notna(), "measure"].astype(str))
    counted = not population.groups.empty
    if any(m.id in held or (counted and m.outcome == "population_total") for m in own):
        return {}
    if ratios is not None and (ratios["region"] == municipality).any():
        return {}
    if own:
        what = f"Mätvärden till jämförelsetalen {year}: {listed([m.name for m in own])}"
        return {"comparisons": Missing(what, f"Lägg värdena i data/measures/{municipality}.csv, en rad för varje dag")}
    how = f"Skriv dem under comparisons i data/goals/{municipality}-{year}.yaml, eller lägg Koladas nyckeltal i "
    return {"comparisons": Missing(f"Jämförelsetal {year}", f"{how}data/ratios/kolada.csv")}
