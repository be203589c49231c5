"""What the follow-up of projections says: opening and findings made from the numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from krokomanalys.population import revision
from krokomanalys.population.outlook import Outlook
from krokomanalys.population.revision import AHEAD
from krokomanalys.report.figures import GROUP_NAMES
from krokomanalys.report.page import Piece, State, note, opening
from krokomanalys.sources.slices import Slice
from krokomanalys.swedish import number, percent

PARTS = {
    "base": "utgångsläge",
    "births": "födda",
    "deaths": "döda",
    "moved_in": "inflyttade",
    "moved_out": "utflyttade",
    "net_migration": "flyttnetto",
    "adjustment": "justering",
}
DEFINITE = {
    "base": "utgångsläget",
    "births": "antalet födda",
    "deaths": "antalet döda",
    "moved_in": "antalet inflyttade",
    "moved_out": "antalet utflyttade",
    "net_migration": "flyttnettot",
    "adjustment": "justeringen",
}
MAKERS = {"official": "Publicerad", "own": "Egen", "model": "Modellen"}
NO_ERROR = "Modellen kan inte prövas på ett tidigare utgångsår: historien i underlaget är för kort."
NO_REVISION = "Modellen finns inte från två utgångsår att jämföra: historien i underlaget är för kort."
NO_VINTAGE = (
    "Ingen publicerad eller egen prognos har ett utfall att jämföras med än. Kommunens egna prognoser läggs i "
    "data/population/earlier.csv."
)


@dataclass(frozen=True, eq=False)
class FollowUp:
    """All that the follow-up of a municipality's projections tells.

    outlooks     what the model says from the base year and would have said before, by origin
    projections  what every projection said, see population.revision.said; `known` are the outcomes by year and group
    scored       the projections against the outcome, see population.revision.errors
    error        parts of the model's error from its first origin, for the base year, by group; None where unknown
    before       the origin before the base year; `revision` the parts of what the model changed since then, by group
    """

    slice_: Slice
    base_year: int
    outlooks: Mapping[int, Outlook]
    projections: pd.DataFrame
    known: pd.DataFrame
    scored: pd.DataFrame
    error: pd.DataFrame | None
    before: int | None
    revision: pd.DataFrame | None

    @property
    def outcome(self) -> dict[str, float]:
        """Persons in the base year by age group and in total, as published; NaN where they aren't."""
        known = self.known.loc[[self.base_year]].to_dict("records")[0]
        return {str(group): float(persons) for group, persons in known.items()}


def follow_up(slice_: Slice, shape_from: str | None, model: str) -> FollowUp:
    """The projections of a slice's municipality against what came, and the model's own parts."""
    tables, region, base = slice_.population, slice_.municipality, slice_.base_year
    if base is None:
        raise ValueError("a follow-up needs a base year")
    outlooks = revision.outlooks_from(tables, region, base, shape_from, model)
    known = revision.outcomes(tables.groups, region, base)
    projections = revision.said(tables, region, outlooks)
    origins = sorted(origin for origin in outlooks if origin < base) if base in outlooks else []
    error, change = None, None
    if origins:
        said, before, now = (
            revision.of_projection(outlooks[origin].projection, first, model)
            for origin, first in ((origins[0], origins[0]), (origins[-1], base), (base, base))
        )
        error = revision.difference(said, revision.of_history(outlooks[base].history, origins[0]), base)
        change = revision.difference(now, before, base + AHEAD)
    return FollowUp(
        slice_,
        base,
        outlooks,
        projections,
        known,
        revision.errors(projections, known),
        error,
        origins[-1] if origins else None,
        change,
    )


def follow_up_opening(told: FollowUp, state: State, by: str, when: str) -> Piece:
    """The top of the follow-up report."""
    return opening(
        f"Prognosuppföljning för {told.slice_.name} {told.base_year}",
        eyebrow=f"{told.slice_.name} · befolkning · uppgifter till och med 31 december {told.base_year}",
        lead="För kommunledning och planerare: hur tidigare prognoser träffade, och vad felen bestod av.",
        findings=findings(told),
        state=state,
        by=by,
        when=when,
        made_up=told.slice_.made_up,
    )


def findings(told: FollowUp) -> list[str]:
    """How far off the last projections were, which part and which age group of the model erred most, what changed."""
    totals = told.scored[told.scored["age_group"] == "total"]
    said = []
    for maker in ("own", "official"):
        rows = totals[totals["maker"] == maker]
        if len(rows):
            said.append(_vintage_finding(rows.sort_values(["jump_off", "target_year"]).iloc[-1]))
    if told.error is not None:
        said += [_model_finding(told, told.error), _group_finding(told, told.error)]
    if told.revision is not None:
        said.append(_revision_finding(told, told.revision))
    return said


def own_note(told: FollowUp) -> Piece:
    """How many own projections there are, and where to put more."""
    own = told.projections[told.projections["maker"] == "own"].drop_duplicates(["vintage", "jump_off"])
    held = "Inga egna prognoser finns i underlaget." if own.empty else f"Egna prognoser i underlaget: **{len(own)}**."
    return note(
        f"{held} Lägg kommunens egna och konsulters prognoser i data/population/earlier.csv, med en rad för varje "
        "prognos, år, kön och åldersgrupp. Bara totalen räcker. Utgångsåret (jump_off) måste anges. Kolumnerna står "
        "i docs/data.md."
    )


def total_parts(parts: pd.DataFrame) -> dict[str, float]:
    """The parts of the total from a table of population.revision.difference; they sum to the whole."""
    (row,) = parts.loc[["total"]].drop(columns="whole").to_dict("records")
    return {str(part): float(persons) for part, persons in row.items()}


def model_words(told: FollowUp) -> str:
    """The model that was tried, in words; what the page rests on where it can't be."""
    return told.outlooks[max(told.outlooks)].model if told.outlooks else "prognos minus utfall"


def vintage_name(maker: str, vintage: str) -> str:
    """What a projection is called: an own one by its name, others by who made them."""
    return vintage if maker == "own" else MAKERS[maker]


def dated_name(maker: str, vintage: str, jump_off: int) -> str:
    """What a projection is called among others of its maker: an own one by its name, others by their jump-off year."""
    return vintage if maker == "own" else f"{MAKERS[maker]} {jump_off}"


def _vintage_finding(row: pd.Series) -> str:
    who = (
        f"Den publicerade prognosen med utgångsår {row['jump_off']}"
        if row["maker"] == "official"
        else f"Prognosen {row['vintage']} med utgångsår {row['jump_off']}"
    )
    text = (
        f"{who} gav **{number(row['population'])}** invånare {row['target_year']}. Utfallet blev "
        f"**{number(row['outcome'])}**: prognosen var {_off(row['error'], row['percent'])}."
    )
    if pd.isna(row["linear10"]):
        return text
    return f"{text} Tio års takt rakt fram hade slagit fel med {percent(row['linear10'], signed=True)}."


def _model_finding(told: FollowUp, error: pd.DataFrame) -> str:
    parts, origin, outcome = total_parts(error), min(told.outlooks), told.outcome["total"]
    whole = sum(parts.values())
    most = max(parts, key=lambda part: abs(parts[part]))
    return (
        f"Modellen med utgångsår {origin} hade gett **{number(outcome + whole)}** invånare {told.base_year}, "
        f"{_off(whole, 100 * whole / outcome, 'lågt', 'högt')}. Mest slog {DEFINITE[most]} fel: "
        f"**{number(parts[most], signed=True)}** personer."
    )


def _group_finding(told: FollowUp, error: pd.DataFrame) -> str:
    persons = {str(group): float(off) for group, off in error["whole"].items() if group != "total"}
    share = {group: 100 * off / told.outcome[group] for group, off in persons.items()}
    most, widest = (max(off, key=lambda group: abs(off[group])) for off in (persons, share))
    text = (
        f"I antal var modellens fel störst i gruppen {GROUP_NAMES[most]}: **{number(persons[most], signed=True)}** "
        f"personer ({percent(share[most], signed=True)})."
    )
    if most == widest:
        return text
    return f"{text} I procent var det störst i gruppen {GROUP_NAMES[widest]}: {percent(share[widest], signed=True)}."


def _revision_finding(told: FollowUp, change: pd.DataFrame) -> str:
    parts, year = total_parts(change), told.base_year + AHEAD
    whole, now = sum(parts.values()), float(told.outlooks[told.base_year].path.loc[year])
    if round(whole) == 0:
        return f"Modellen ger **{number(now)}** invånare {year}, lika många som med utgångsår {told.before}."
    more = "fler" if whole > 0 else "färre"
    return (
        f"På det som var känt {told.base_year} ger modellen **{number(now)}** invånare {year}, "
        f"**{number(abs(whole))}** {more} än med utgångsår {told.before}. Utfallet {told.base_year} "
        f"bidrar med {number(parts['base'], signed=True)} och nya antaganden om "
        f"åren efter med {number(whole - parts['base'], signed=True)}."
    )


def _off(error: float, share: float, low: str = "låg", high: str = "hög") -> str:
    if round(error) == 0:
        return "rätt på personen när"
    persons = "person" if round(abs(error)) == 1 else "personer"
    return f"**{number(abs(error))}** {persons} för {high if error > 0 else low} ({percent(share, signed=True)})"
