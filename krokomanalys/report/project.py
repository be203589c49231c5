"""A projection as a file, without a notebook: csv for programs, xlsx with what it consists of and rests on."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from krokomanalys.errors import Fault, InputError, MissingFigures
from krokomanalys.population.cube import Cube
from krokomanalys.population.forecast import DEFAULT
from krokomanalys.population.life_table import life_expectancy
from krokomanalys.population.outlook import Outlook, outlook
from krokomanalys.population.projection import Projection, whole_persons
from krokomanalys.population.scenarios import total_fertility
from krokomanalys.report.figures import GROUP_NAMES
from krokomanalys.report.origin import used
from krokomanalys.report.page import UsedSource
from krokomanalys.report.params import LONGEST, Parameters, read_parameters
from krokomanalys.report.scenarios import futures_of, told_apart
from krokomanalys.report.tables import Column, Table
from krokomanalys.report.workbook import write_workbook
from krokomanalys.sources.available import PARTITION
from krokomanalys.sources.folder import open_folder, shown
from krokomanalys.sources.grouping import SPANS
from krokomanalys.sources.load import load

ENDINGS = (".csv", ".xlsx")


@dataclass(frozen=True, eq=False)
class Asked:
    """What is to be projected. `horizon`, `base_year` and `shape_from` go before those of the parameter file."""

    municipality: str
    horizon: int | None = None
    base_year: int | None = None
    shape_from: str | None = None
    params: Path | None = None
    scenario: str | None = None


@dataclass(frozen=True, eq=False)
class Made:
    """A projection with what it rests on: the outlook it is from, the scenario's title ("" for the main), sources."""

    name: str
    projection: Projection
    outlook: Outlook
    scenario: str
    sources: list[UsedSource]


def made(asked: Asked, data: Path | None) -> Made:
    """Project the municipality, from the last known 31 December unless told otherwise.

    With a base year nothing later than it is used. With a parameter file, its year says what is known.

    Raises:
        InputError: what is asked for doesn't fit together, or figures that the projection needs are missing.
    """
    told = _parameters(asked)
    horizon = asked.horizon or (told.horizon if told else None)
    if horizon is None:
        raise InputError(Fault("--to", "prognosens sista år saknas", "ett år, t.ex. --to 2040"))
    base_year = asked.base_year or (told.base_year if told else None)
    shape_from = asked.shape_from or (told.shape_from if told else None)
    try:
        slice_ = load(
            "befolkningsprognos",
            data,
            municipality=asked.municipality,
            year=told.year if told else base_year or _last_year(data),
            known_until=told.known_until if told else None,
            base_year=base_year,
            shape_from=shape_from,
        )
    except MissingFigures as gap:
        first = gap.missing[0]
        raise InputError(Fault(asked.municipality, f"{first.what} saknas", remedy=first.remedy)) from None
    if slice_.base_year is None:
        raise ValueError("a projection report without a base year")
    if horizon > slice_.base_year + LONGEST:
        problem = f"{horizon} är mer än {LONGEST} år efter utgångsåret {slice_.base_year}"
        raise InputError(Fault("--to", problem, "ett år dit en prognos räcker", "Är det ett skrivfel?"))
    model = told.model if told else DEFAULT
    main = outlook(slice_.population, asked.municipality, slice_.base_year, horizon, shape_from, model)
    sources = used(tuple(s for s in slice_.sources if not s.file.startswith(("goals/", "measures/"))))
    if asked.scenario is None:
        return Made(slice_.name, main.projection, main, "", sources)
    chosen = _scenario(asked, told)
    (future,) = futures_of(main, chosen)
    return Made(slice_.name, future.projection, main, future.scenario.title, sources)


def write(made: Made, file: Path) -> None:
    """Write the projection to a csv or xlsx file, whole or not at all.

    Population is in whole persons, rounded so that each year's sum is kept (largest remainder).

    Raises:
        InputError: the file's ending is another, its folder doesn't exist, or it can't be written.
    """
    check_file(file)
    writers: Mapping[str, Callable[[Path], None]] = {
        ".csv": lambda path: people(made.projection).to_csv(path, index=False, lineterminator="\n"),
        ".xlsx": lambda path: write_workbook(path, workbook(made), made.sources),
    }
    try:
        with tempfile.TemporaryDirectory(prefix=".pågår-", dir=file.parent) as work:
            whole = Path(work) / file.name
            writers[file.suffix](whole)
            os.replace(whole, file)
    except OSError:
        remedy = "Stäng den om den är öppen i Excel, eller välj en annan mapp"
        raise InputError(Fault("-o", f'"{shown(file)}" går inte att skriva', remedy=remedy)) from None


def check_file(file: Path) -> None:
    """Refuse a file that could not be written, before anything is calculated."""
    if file.suffix not in ENDINGS:
        raise InputError(Fault("-o", f'"{shown(file)}" är varken csv eller xlsx', "ett filnamn på .csv eller .xlsx"))
    if not file.parent.is_dir():
        raise InputError(Fault("-o", f'mappen "{shown(file.parent)}" finns inte', "en mapp som finns"))


def people(projection: Projection) -> pd.DataFrame:
    """Tidy: region, year, sex, age, population in whole persons, the base year first."""
    cube = projection.population
    rounded = Cube(np.stack([whole_persons(year) for year in cube.values]), cube.years, cube.region)
    return rounded.table().astype({"population": int})


def workbook(made: Made) -> list[Table]:
    """The sheets: persons by sex and age, the years, age groups, and what the projection assumes."""
    tidy = people(made.projection)
    scenario = f" · {made.scenario}" if made.scenario else ""
    first, last = made.projection.base_year, made.projection.population.years[-1]
    span = f"{made.name} {first}–{last}{scenario}"
    ages = tidy.assign(sex=tidy["sex"].map({"F": "kvinnor", "M": "män"}))
    return [
        Table(
            "Invånare",
            f"Invånare 31 december efter kön och ålder, {span}",
            ages,
            {
                "region": Column("Kommun", kind="text"),
                "year": Column("År", kind="text"),
                "sex": Column("Kön", kind="text"),
                "age": Column("Ålder", kind="text"),
                "population": Column("Invånare", "personer"),
            },
            row_header="region",
            note="Hela personer, avrundade så att årets summa behålls. Ålder vid årets slut; 100 är 100 år och äldre. "
            f"{first} är utgångsåret.",
        ),
        _components(made, span),
        _age_groups(tidy, span),
        _assumptions(made, span),
    ]


def _components(made: Made, span: str) -> Table:
    return Table(
        "Förändring",
        f"Förändring år för år, {span}",
        made.projection.components.reset_index(),
        {
            "year": Column("År", kind="text"),
            "births": Column("Födda", "personer", decimals=1),
            "deaths": Column("Döda", "personer", decimals=1),
            "net_migration": Column("Flyttnetto", "personer", decimals=1, signed=True),
            "change": Column("Förändring", "personer", decimals=1, signed=True),
            "population": Column("Invånare 31 december", "personer", decimals=1),
        },
        note="Inte avrundat: prognosen räknar med delar av personer.",
    )


def _age_groups(tidy: pd.DataFrame, span: str) -> Table:
    wide = tidy.pivot_table(index="year", columns="age", values="population", aggfunc="sum")
    groups = {name: wide.loc[:, SPANS[name][0] : SPANS[name][1]].sum(axis=1) for name in PARTITION}
    frame = pd.DataFrame(groups).assign(total=wide.sum(axis=1)).reset_index()
    return Table(
        "Åldersgrupper",
        f"Invånare 31 december i åldersgrupper, {span}",
        frame,
        {
            "year": Column("År", kind="text"),
            **{name: Column(GROUP_NAMES[name].capitalize(), "personer") for name in (*PARTITION, "total")},
        },
        note="Summor av bladet Invånare.",
    )


def _assumptions(made: Made, span: str) -> Table:
    """By year: fertility, life expectancy, and persons moving in and out with moves told apart."""
    assumed, years = made.projection.assumptions, made.projection.population.years[1:]
    apart = made.projection if made.scenario else told_apart(made.outlook)
    women, men = life_expectancy(assumed.mortality).T
    frame = pd.DataFrame(
        {
            "year": years,
            "tfr": total_fertility(assumed),
            "women": women,
            "men": men,
            "moved_in": apart.moved_in.sum((1, 2)),
            "moved_out": apart.moved_out.sum((1, 2)),
        }
    )
    scenario = f"Scenario: {made.scenario}. " if made.scenario else ""
    return Table(
        "Antaganden",
        f"Vad prognosen bygger på, {span}",
        frame,
        {
            "year": Column("År", kind="text"),
            "tfr": Column("Fruktsamhet", "barn per kvinna", decimals=2),
            "women": Column("Medellivslängd kvinnor", "år", decimals=1),
            "men": Column("Medellivslängd män", "år", decimals=1),
            "moved_in": Column("Inflyttade", "personer"),
            "moved_out": Column("Utflyttade", "personer"),
        },
        note=f"{scenario}Modell: {made.outlook.model}. Utgångsår {made.projection.base_year}. Flyttningarnas åldrar "
        f"bygger på {made.outlook.history.years[0]}–{made.outlook.history.years[-1]}.",
    )


def _parameters(asked: Asked) -> Parameters | None:
    if asked.params is None:
        if asked.scenario is not None:
            remedy = "Ange filen, t.ex. --params params/2309-2022.yaml"
            raise InputError(Fault("--scenario", "scenarier står i en parameterfil", "--params", remedy))
        return None
    if not asked.params.is_file():
        raise InputError(Fault(shown(asked.params), "filen finns inte", "en parameterfil, t.ex. params/2309-2022.yaml"))
    told = read_parameters([asked.params])[asked.params]
    if told.municipality != asked.municipality:
        raise InputError(
            Fault(shown(asked.params), f"filen gäller {told.municipality}", asked.municipality, key="municipality")
        )
    return told


def _scenario(asked: Asked, told: Parameters | None) -> dict[str, object]:
    there = told.plain_scenarios if told else {}
    if asked.scenario not in there:
        problem = f'scenariot "{asked.scenario}" finns inte i parameterfilen'
        expected = "något av " + ", ".join(there) if there else "scenarier under scenarios"
        raise InputError(Fault("--scenario", problem, expected))
    return {asked.scenario: there[asked.scenario]}


def _last_year(data: Path | None) -> int:
    """The last year that any population figure of the data is for: all that is known is used."""
    folder = open_folder(data)
    tables = [folder.table(f"population/{name}.csv") for name in ("groups", "population")]
    return max(int(table["year"].max()) for table in tables if len(table))
