"""What the overview says: people, money and goals of one municipality and year on one page."""

from __future__ import annotations

import re

import pandas as pd

from krokomanalys.population.outlook import Outlook
from krokomanalys.regions import NATION
from krokomanalys.report import aims, change, goal_findings, money, money_tables, people, plan
from krokomanalys.report.page import Piece, State, note, opening, prose
from krokomanalys.report.pictures import Picture
from krokomanalys.report.tables import Column, Table
from krokomanalys.sources.slices import Slice
from krokomanalys.swedish import day
from krokomanalys.targets.versions import population_targets

RATIOS = ("N03102", "N00097", "N00096", "N03036", "N03012")
"""Kolada's measures of the whole economy: result, deviation from expected net cost, net cost, equity, depreciation."""


def overview_opening(slice_: Slice, outlook: Outlook, state: State, by: str, when: str) -> Piece:
    """The top of the overview: one finding each on people, money and goals, for those that there are figures on."""
    aimed = targets(slice_)
    held = people.coming(slice_, outlook, aimed)
    findings = [people.size_finding(slice_, outlook), people.projection_finding(outlook)]
    lights = [people.reach_light(h) for h in held] + people.earlier_lights(slice_, aimed)
    findings += [people.target_finding(h) for h in held[-1:]]
    if "budget" not in slice_.missing:
        ledger = money.ledger_of(slice_)
        findings.append(money.result_finding(slice_, ledger))
        lights += money.budget_lights(ledger)
    if "goals" not in slice_.missing:
        judged = aims.judged(slice_)
        owner = aims.current(slice_).board or ""
        findings.append(goal_findings.goal_findings(judged, owner)[0])
        lights.append(aims.goal_light(judged, owner))
    return opening(
        f"Översikt för {slice_.name} {slice_.year}",
        eyebrow=f"{slice_.name} · uppgifter kända {day(slice_.known_until)}",
        lead="För kommunledning, nämnder och fullmäktige: människor, pengar och mål på en sida.",
        findings=findings,
        lights=lights,
        state=state,
        by=by,
        when=when,
        made_up=slice_.made_up,
    )


def targets(slice_: Slice) -> pd.DataFrame:
    """Population targets of all versions of the goals, see targets.versions.population_targets."""
    return population_targets(slice_.goals.versions if slice_.goals else ())


def year_of_change(slice_: Slice, changes: pd.DataFrame) -> Piece:
    """What the population's change in the year consists of, or that the year's flows aren't known."""
    if gap := slice_.missing.get("flows"):
        return note(f"**Underlag saknas:** {gap}")
    year = changes.loc[[slice_.year]].iloc[0]
    return prose(f"{change.change_finding(slice_, changes)} {change.moves_finding(year)}")


def whose_money(slice_: Slice) -> Piece | None:
    """That the amounts are one nämnd's; nothing where they are the whole municipality's."""
    if slice_.budget is None or not (board := money.ledger_of(slice_).notes.board):
        return None
    return note(f"Beloppen är **{aims.genitive(board)}**, inte hela kommunens.")


def whose_goals(slice_: Slice) -> Piece | None:
    """That the goals are one nämnd's; nothing where they are the whole municipality's."""
    if "goals" in slice_.missing or not (board := aims.current(slice_).board):
        return None
    return note(f"Målen är **{aims.genitive(board)}**, inte hela kommunens.")


def follow_up(slice_: Slice) -> Picture | Table | Piece | None:
    """Variances by unit; where there is a plan and no outcome, the plan; else what is missing."""
    gap = slice_.missing.get("budget")
    if gap is None:
        ledger = money.ledger_of(slice_)
        return money_tables.variance_figure(ledger, "net") or money_tables.variance_table(
            ledger, money.headline(ledger)
        )
    if slice_.budget is not None and slice_.budget.notes.plan is not None:
        return plan.plan_table_of(money.ledger_of(slice_))
    return note(f"**Underlag saknas:** {gap}")


def plan_remarks(slice_: Slice) -> Piece | None:
    """How the plan stands to the municipality's own rules; nothing without a plan."""
    if slice_.budget is None or slice_.budget.notes.plan is None:
        return None
    return plan.plan_prose(money.ledger_of(slice_))


def ratio_table(slice_: Slice, unit: str) -> Table | Piece:
    """Kolada's measures of the whole economy in one unit ("%", "kr/inv"): last known year, year before, and Riket."""
    if slice_.ratios is None or slice_.kpis is None:
        raise ValueError("the slice has no ratios")
    kpis = [k for k in RATIOS if k in set(slice_.kpis.loc[slice_.kpis["unit"] == unit, "kpi"])]
    own = slice_.ratios[(slice_.ratios["region"] == slice_.municipality) & slice_.ratios["kpi"].isin(kpis)]
    if own.empty:
        return note("**Underlag saknas:** kommunens nyckeltal i data/ratios/kolada.csv.")
    year = int(own["year"].max())
    wide = slice_.ratios.pivot(index="kpi", columns=["region", "year"], values="value")
    named = slice_.kpis.set_index("kpi")
    frame = pd.DataFrame(
        [
            {
                "name": re.sub(r",? (\(%\)|andel \(%\)|kr/inv)$", "", str(named.loc[kpi, "name"])),
                **{
                    column: wide.loc[kpi].get(place, float("nan"))
                    for column, place in (
                        ("now", (slice_.municipality, year)),
                        ("before", (slice_.municipality, year - 1)),
                        ("nation", (NATION, year)),
                    )
                },
            }
            for kpi in kpis
            if kpi in wide.index
        ]
    )
    name, places = {"%": ("procent", 1), "kr/inv": ("kronor per invånare", 0)}[unit]
    return Table(
        f"nyckeltal_{name.split()[0]}",
        f"Ekonomiska nyckeltal {year}, {name}",
        frame,
        {
            "name": Column("Nyckeltal", kind="text"),
            "before": Column(f"{slice_.name} {year - 1}", decimals=places),
            "now": Column(f"{slice_.name} {year}", decimals=places),
            "nation": Column(f"Riket {year}", decimals=places),
        },
        source="Kolada (RKA)",
        note="Kolada anger ingen säker riktning för nyckeltalen; de är därför inte färgade. Streck: uppgift saknas.",
    )


def goals(slice_: Slice) -> Table | Piece:
    """The goals with their lights, or what is missing."""
    if gap := slice_.missing.get("goals"):
        return note(f"**Underlag saknas:** {gap}")
    return aims.goal_table(aims.judged(slice_), aims.current(slice_))
