"""What the projection report says: openings, findings and tables made from the numbers."""

from __future__ import annotations

import numpy as np
import pandas as pd

from krokomanalys.population.analysis import yearly_change
from krokomanalys.population.history import History
from krokomanalys.population.outlook import Outlook
from krokomanalys.population.projection import whole_persons
from krokomanalys.population.reach import Reach, reach, reach_when_decided
from krokomanalys.report import figures_change
from krokomanalys.report.age_measures import measures_finding
from krokomanalys.report.change import natural_words
from krokomanalys.report.figures import GROUP_NAMES
from krokomanalys.report.lights import Light
from krokomanalys.report.page import Piece, State, note, opening, prose
from krokomanalys.report.pictures import Picture
from krokomanalys.report.tables import Column, Table
from krokomanalys.sources.slices import Slice
from krokomanalys.sources.tables import rows_of
from krokomanalys.swedish import listed, number, percent


def projection_opening(
    slice_: Slice, outlook: Outlook, targets: pd.DataFrame, state: State, by: str, when: str
) -> Piece:
    """The top of the projection report, with the targets that lie ahead or are of this year as lights."""
    base, last = outlook.base_year, int(outlook.path.index[-1])
    held = coming(slice_, outlook, targets)
    findings = [size_finding(slice_, outlook), projection_finding(outlook), measures_finding(outlook)]
    return opening(
        f"Befolkningsprognos för {slice_.name} {base}–\u2060{last}",
        eyebrow=f"{slice_.name} · befolkning · utgångsår {base}, rikets uppgifter till och med {outlook.riket_until}",
        lead="För kommunledning och nämnder: hur många vi blir, i vilka åldrar, och vad det betyder för målen.",
        findings=[*findings[:2], *(target_finding(h) for h in held[-1:]), *findings[2:]],
        lights=[*(reach_light(h) for h in held), *earlier_lights(slice_, targets)],
        state=state,
        by=by,
        when=when,
        made_up=slice_.made_up,
    )


def targets(outlook: Outlook, targets: pd.DataFrame) -> Table | Piece:
    """The table of population targets, or a note that none is decided."""
    if targets.empty:
        return note("Inget befolkningsmål finns i målfilerna för kommunen.")
    return target_table(targets, reaches(outlook, targets), outlook.totals)


def migration_by_age(history: History) -> Picture:
    """The observed years' mean net migration by single age, both sexes."""
    span = history.years[0], history.years[-1]
    return figures_change.migration_by_age(history.net_migration.mean(0).sum(0), span, history.tier == "B")


def size_finding(slice_: Slice, outlook: Outlook) -> str:
    """How many lived there in the base year, and why it was more or fewer than the year before."""
    base = outlook.base_year
    before, now = (outlook.totals.loc[y] for y in (base - 1, base))
    text = f"{slice_.name} hade **{number(now)}** invånare 31 december {base}, {_more(now - before, 'året före')}."
    changes = yearly_change(slice_.population.groups, slice_.population.components, slice_.municipality)
    if base in changes.index:
        row = changes.loc[[base]].iloc[0]
        text += f" Flyttnettot var **{number(row['net'], signed=True)}** och {natural_words(row['natural'])}."
    return text


def projection_finding(outlook: Outlook) -> str:
    """Where the projection ends, and which age group changes most in persons."""
    last, change = int(outlook.path.index[-1]), outlook.path.iloc[-1] - outlook.path.iloc[0]
    groups = outlook.projection.population.groups()
    first, end = (whole_persons(groups.iloc[place].to_numpy(np.float64)) for place in (0, -1))
    moved = pd.Series(end - first, index=groups.columns).sort_values(key=abs)
    name, persons = str(moved.index[-1]), moved.iloc[-1]
    return (
        f"Prognosen ger **{number(outlook.path.iloc[-1])}** invånare {last}, {_more(change, outlook.base_year)}. "
        f"Mest ändras gruppen {GROUP_NAMES[name]}: **{number(persons, signed=True)}** "
        f"({percent(100 * persons / groups.iloc[0][name], signed=True)})."
    )


def reaches(outlook: Outlook, targets: pd.DataFrame) -> list[Reach]:
    """Each population target, oldest version first, against outcome and projection."""
    return [reach(outlook.totals, outlook.path, t.target, int(t.target_year)) for t in rows_of(targets)]


def coming(slice_: Slice, outlook: Outlook, targets: pd.DataFrame) -> list[Reach]:
    """The targets of the report's year and later that no later version has changed, the nearest first, each once."""
    in_force = targets[targets["replaced"].isna()]
    held = {(h.year, h.target): h for h in reaches(outlook, in_force) if h.year >= slice_.year}
    return [held[place] for place in sorted(held)]


def earlier_lights(slice_: Slice, aimed: pd.DataFrame) -> list[Light]:
    """The targets for years to come that a later version has replaced: named, and not judged."""
    earlier = aimed[aimed["replaced"].notna() & (aimed["target_year"] >= slice_.year)]
    return [
        Light("neutral", f"tidigare mål, ändrat {row.replaced}", f"{number(row.target)} invånare {row.target_year}")
        for row in rows_of(earlier)
    ]


def reach_light(held: Reach) -> Light:
    """Met or not in its year, or on the way there or not by the projection."""
    subject = f"{number(held.target)} invånare {held.year}"
    if held.met is not None:
        return Light("met" if held.met else "not_met", "", subject)
    if pd.isna(held.expected):
        return Light("not_judged", "bortom prognosen", subject)
    return Light("met", "på väg", subject) if held.expected >= held.target else Light("not_met", "inte på väg", subject)


def target_finding(held: Reach) -> str:
    """What a target takes, what the projection gives, and how often the population has grown so fast."""
    aim = f"Målet **{number(held.target)}** invånare {held.year}"
    if held.met is not None:
        return f"{aim} är {'nått' if held.met else 'inte nått'}: utfallet blev **{number(held.expected)}**."
    if held.required <= 0:
        text = f"{aim} är redan nått."
        return text if pd.isna(held.expected) else f"{text} Prognosen ger **{number(held.expected)}** det året."
    often = "inget" if held.faster == 0 else number(held.faster)
    text = f"{aim} kräver **{number(held.required)}** fler invånare per år. Minst så mycket ökade "
    text += f"befolkningen {often} av de senaste {held.window} åren."
    if pd.isna(held.expected):
        return text
    gap = held.expected - held.target
    where = f"{number(abs(gap))} under målet" if gap < 0 else f"{number(gap)} över målet"
    return f"{text} Prognosen ger **{number(held.expected)}**, {where}."


def target_table(targets: pd.DataFrame, held: list[Reach], totals: pd.Series[float]) -> Table:
    """Population targets of all versions: what they took when decided, what they take now, and how it looks."""
    began = [reach_when_decided(totals, int(t.version), t.target, int(t.target_year)) for t in rows_of(targets)]
    frame = pd.DataFrame(
        {
            "aim": [f"{number(h.target)} år\u00a0{h.year}" for h in held],
            "document": list(targets["document"]),
            "began": [b.required if b else float("nan") for b in began],
            "required": [h.required if h.required > 0 else float("nan") for h in held],
            "expected": [h.expected for h in held],
            "gap": [h.expected - h.target for h in held],
            "light": [reach_light(h).as_json() for h in held],
        }
    )
    return Table(
        "befolkningsmal",
        "Befolkningsmålen i beslutade versioner, antal personer",
        frame,
        {
            "aim": Column("Mål", kind="text"),
            "document": Column("Dokument", kind="text"),
            "began": Column("Krävdes", "per år", signed=True),
            "required": Column("Krävs nu", "per år", signed=True),
            "expected": Column("Utfall eller prognos"),
            "gap": Column("Mot målet", signed=True),
            "light": Column("Läge", kind="light"),
        },
        note="Krävdes: nettoökning från 31 december året före dokumentets år, eller från senast kända folkmängd. "
        "Krävs nu: från utgångsåret. Streck: målet är nått, målåret har passerat eller ligger bortom prognosen.",
    )


def group_table(outlook: Outlook) -> Table:
    """Service age groups in the base year, five and ten years on, and at the horizon."""
    groups = outlook.projection.population.groups()
    years = sorted(
        {y for y in (outlook.base_year, outlook.base_year + 5, outlook.base_year + 10) if y in groups.index}
        | {int(groups.index[-1])}
    )
    whole = np.stack([whole_persons(persons) for persons in groups.loc[years].to_numpy(np.float64)], axis=1)
    frame = pd.DataFrame(whole, index=groups.columns.rename("group"), columns=years)
    frame.loc["total"] = frame.sum()
    frame["change"] = frame[years[-1]] - frame[years[0]]
    frame["percent"] = 100 * frame["change"] / frame[years[0]]
    frame = frame.rename(columns=str).reset_index()
    frame["name"] = frame["group"].map(GROUP_NAMES).str.capitalize()
    frame["kind"] = ["total" if g == "total" else "" for g in frame["group"]]
    return Table(
        "aldersgrupper",
        f"Åldersgrupper {years[0]}–{years[-1]}, antal personer",
        frame,
        {
            "name": Column("Åldersgrupp", kind="text"),
            **{str(y): Column(str(y)) for y in years},
            "change": Column("Förändring", signed=True),
            "percent": Column("Förändring", "%", decimals=1, signed=True),
        },
        row_kind="kind",
    )


def component_table(outlook: Outlook) -> Table:
    """Births, deaths, net migration and population by projected year."""
    frame = outlook.projection.components.reset_index()
    return Table(
        "prognos_per_ar",
        "Prognosen år för år, antal personer",
        frame,
        {
            "year": Column("År", kind="text"),
            "births": Column("Födda"),
            "deaths": Column("Döda"),
            "net_migration": Column("Flyttnetto", signed=True),
            "change": Column("Förändring", signed=True),
            "population": Column("Invånare 31\u00a0dec"),
        },
        note="Visat i hela personer; summor kan därför skilja på någon person.",
    )


def data_note(slice_: Slice, history: History) -> Piece:
    """Which tier of data the ages stand on, which years are estimated or derived, and which years are lacking."""
    base = history.population.years[-1]
    lacking = f" Kommunens egna uppgifter efter {base} finns inte i underlaget." if base < slice_.year else ""
    derived = {"estimated": "uppskattad", "derived": "härledd, inte publicerad", "published": "publicerad av SCB"}
    basis = derived[history.bases[-1]]
    years = [y for y, how in zip(history.population.years, history.bases, strict=True) if how != "published"]
    which = f" Inte publicerade efter ettårsålder: {listed(_spans(years))}." if years else ""
    if history.tier == "A":
        return note(
            f"Underlag på nivå A: flyttningar och döda efter ettårsålder finns. Befolkningen efter ettårsålder "
            f"{history.population.years[-1]} är **{basis}** och avstämd mot publicerade åldersgrupper.{which}{lacking}"
        )
    return note(
        f"Underlag på nivå B: kommunen har flyttade, födda och döda som totaler och befolkning i åldersgrupper. "
        f"Befolkningen efter ettårsålder {history.population.years[-1]} är **{basis}** och avstämd mot de "
        f"publicerade grupperna; flyttningarnas åldrar är uppskattade med lånad fördelning.{which}{lacking}"
    )


def method_prose(outlook: Outlook) -> Piece:
    """How the projection is calculated, with this municipality's levels."""
    deaths, births = (percent(100 * (level - 1), signed=True) for level in outlook.levels)
    first, last = outlook.history.years[0], outlook.history.years[-1]
    steps = (
        f"Modell: {outlook.model}. Varje år blir alla ett år äldre, några dör, några flyttar och barn föds. "
        f"Dödligheten är rikets och fortsätter att sjunka som den har gjort. Fruktsamheten är rikets medel de senaste "
        f"tre kända åren. Båda har kommunens nivå {first}–{last}, krympt mot riket: dödsfall **{deaths}** och födda "
        f"**{births}** mot riket.",
        f"In- och utflyttningens åldrar är ett medel av tre sätt att läsa {first}–{last}. Utflyttningen räknas som en "
        f"andel av åldersgruppen, så att den följer gruppens storlek.",
    )
    if outlook.national.isna().any():
        return prose(steps[0])
    return prose(
        *steps,
        "Hur många det blir följer riket: vår framskrivning av riket gånger kommunens takt mot riket de senaste tjugo "
        "åren, där de tre senaste årens avvikelse klingar av. Inflyttningen skalas så att åldrarna ger den totalen.",
    )


def _spans(years: list[int]) -> list[str]:
    """Years as runs: 2012, 2013, 2014 and 2016 are 2012–2014 and 2016."""
    runs: list[list[int]] = []
    for year in years:
        if runs and year == runs[-1][-1] + 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    return [str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs]


def _more(change: float, than: object) -> str:
    if round(change) == 0:
        return f"lika många som {than}"
    return f"**{number(abs(change))}** {'fler' if change > 0 else 'färre'} än {than}"
