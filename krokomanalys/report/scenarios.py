"""Scenarios in a report: what each changes, where it leads in total and in the ages of the services."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict

from krokomanalys.population.housing import Name, housing_account
from krokomanalys.population.life_table import life_expectancy
from krokomanalys.population.moves import both_ways, leaving_rates
from krokomanalys.population.outlook import Outlook
from krokomanalys.population.projection import Projection
from krokomanalys.population.scenarios import Scenario, projected, total_fertility
from krokomanalys.report.figures import GROUP_NAMES
from krokomanalys.report.page import Piece, note, prose
from krokomanalys.report.tables import Column, Table
from krokomanalys.sources.available import PARTITION
from krokomanalys.sources.yaml_files import checked
from krokomanalys.swedish import listed, number, percent

MAIN = "Huvudprognosen"
HOW_TO = (
    "Inget scenario är angivet. Skriv sådana under scenarios i parameterfilen: fler eller färre inflyttade, annan "
    "fruktsamhet, längre liv, inga flyttningar eller en bostadsplan."
)


@dataclass(frozen=True, eq=False)
class Future:
    """A scenario and the projection that it gives."""

    scenario: Scenario
    projection: Projection


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    scenarios: dict[Name, Scenario]


def futures_of(outlook: Outlook, scenarios: Mapping[str, object] | None) -> list[Future]:
    """The projection under each scenario; `scenarios` by name, as a parameter file or a notebook has them.

    Raises:
        InputError: a scenario has a faulty key or value, or can't be applied to this projection.
    """
    if not scenarios:
        return []
    told = checked({"scenarios": dict(scenarios)}, _Told, "parametrarna").scenarios
    main = told_apart(outlook)
    return [Future(scenario, projected(main, scenario)) for scenario in told.values()]


def told_apart(outlook: Outlook) -> Projection:
    """The main projection with moves in and out apart, by the observed years' out-migration rates."""
    return both_ways(outlook.projection, leaving_rates(outlook.history))


def scenario_words(outlook: Outlook, futures: Sequence[Future]) -> Piece:
    """What each scenario changes, a sentence or two each; how to give one, where there is none."""
    if not futures:
        return note(HOW_TO)
    told = [f"**{f.scenario.title}.** {_in_words(f.scenario, outlook)}" for f in futures]
    return prose(
        *told,
        "Scenarierna visar vad som händer om, inte vad som väntas. Allt annat är som i huvudprognosen. Den som "
        "flyttar in kan flytta vidare och få barn.",
    )


def total_table(outlook: Outlook, futures: Sequence[Future]) -> Table | None:
    """Inhabitants after five and ten years and at the horizon, and the difference to the main projection there."""
    if not futures:
        return None
    years = _years(outlook)
    paths = {MAIN: outlook.path} | {f.scenario.title: f.projection.population.totals for f in futures}
    frame = pd.DataFrame([{"name": name, **{str(y): path.loc[y] for y in years}} for name, path in paths.items()])
    last = str(years[-1])
    frame["change"] = frame[last] - frame[last].iloc[0]
    frame["percent"] = 100 * frame["change"] / frame[last].iloc[0]
    frame.loc[0, ["change", "percent"]] = np.nan
    return Table(
        "scenarier",
        "Scenarierna och huvudprognosen, antal invånare",
        frame,
        {
            "name": Column("Scenario", kind="text"),
            **{str(y): Column(str(y)) for y in years},
            "change": Column(f"Mot huvudprognosen {last}", signed=True),
            "percent": Column(f"Mot huvudprognosen {last}", "%", decimals=1, signed=True),
        },
        note="Visat i hela personer; skillnader kan därför avvika på någon person.",
    )


def service_table(outlook: Outlook, futures: Sequence[Future]) -> Table | None:
    """The ages of the services at the horizon, each scenario's difference to the main projection."""
    if not futures:
        return None
    last = int(outlook.path.index[-1])
    main = outlook.projection.population.groups().loc[last]
    frame = pd.DataFrame([f.projection.population.groups().loc[last] - main for f in futures])
    frame = frame.assign(total=frame.sum(axis=1), name=[f.scenario.title for f in futures])
    return Table(
        "scenarier_alder",
        f"Åldersgrupper {last}: scenariernas skillnad mot huvudprognosen, antal personer",
        frame,
        {
            "name": Column("Scenario", kind="text"),
            **{group: Column(GROUP_NAMES[group].capitalize(), signed=True) for group in (*PARTITION, "total")},
        },
        note="Huvudprognosens åldersgrupper står under ”I vilka åldrar?”.",
    )


def housing_table(futures: Sequence[Future]) -> Table | None:
    """Housing plans year by year: dwellings, those above the normal pace, occupants, and who come from outside."""
    accounts = [
        housing_account(f.scenario.housing).assign(title=f.scenario.title) for f in futures if f.scenario.housing
    ]
    if not accounts:
        return None
    several = {"title": Column("Scenario", kind="text")} if len(accounts) > 1 else {}
    return Table(
        "bostadsplan",
        "Bostadsplanen, år för år",
        pd.concat(accounts, ignore_index=True),
        {
            "year": Column("Färdigt år", kind="text"),
            "planned": Column("Bostäder i planen"),
            "above": Column("Över normal takt", "bostäder"),
            "occupants": Column("Boende i dem", "personer"),
            "from_outside": Column("Varav utifrån", "personer"),
            "moving_in": Column("Flyttar in år", kind="text"),
            **several,
        },
        note="Bara bostäder över basperiodens takt räknas: de andras inflyttade finns redan i huvudprognosen. Tomma "
        "bostäder är frånräknade.",
    )


def _in_words(scenario: Scenario, outlook: Outlook) -> str:
    assumed = outlook.projection.assumptions
    said = []
    if scenario.no_migration:
        said.append("Ingen flyttar in eller ut.")
    if part := scenario.in_migration:
        more = []
        if part.persons:
            more.append(f"{number(abs(part.persons))} {'fler' if part.persons > 0 else 'färre'} personer")
        if part.percent:
            share = f"{number(abs(part.percent), 1 if part.percent % 1 else 0)} procent"
            more.append(f"{share} {'fler' if part.percent > 0 else 'färre'}")
        said.append(f"Varje år från {part.start} flyttar {' och '.join(more)} in, i samma åldrar som i huvudprognosen.")
    if plan := scenario.housing:
        account = housing_account(plan)
        first, last = int(account["year"].iloc[0]), int(account["year"].iloc[-1])
        when = f"{first}–{last}" if last > first else f"{first}"
        later = {0: "samma år", 1: "året efter"}.get(plan.delay, f"{plan.delay} år senare")
        said.append(
            f"Bostadsplanen {when} har {number(account['planned'].sum())} bostäder. Av dem är "
            f"{number(account['above'].sum())} fler än den normala takten, {number(plan.normal)} om året. "
            f"{percent(100 * plan.share_from_outside, 0)} av de boende kommer utifrån, "
            f"{percent(100 * plan.vacancy, 0)} av bostäderna står tomma, och man flyttar in {later}."
        )
    if tfr := scenario.tfr:
        now = float(total_fertility(assumed)[0])
        said.append(
            f"Fruktsamheten går från {number(now, 2)} till {number(tfr.level, 2)} barn per kvinna {tfr.by} och ligger "
            "sedan still."
        )
    if lives := scenario.life_expectancy:
        ages = life_expectancy(assumed.mortality)[-1]
        gained = zip(("kvinnor", "män"), (lives.women, lives.men), ages, strict=True)
        each = [f"{number(years, 1, signed=True)} år för {who} (från {number(age, 1)})" for who, years, age in gained]
        said.append(f"Medellivslängden ändras mot huvudprognosen, till {lives.by}: {listed(each)}.")
    return " ".join(said)


def _years(outlook: Outlook) -> list[int]:
    """Five and ten years ahead, where the projection has them, and the horizon."""
    ahead = {outlook.base_year + 5, outlook.base_year + 10} & set(outlook.path.index)
    return sorted(ahead | {int(outlook.path.index[-1])})
