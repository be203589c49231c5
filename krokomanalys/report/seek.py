"""What it takes to reach a population target: growth, in-migration, ages and dwellings, beside the last 25 years."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from krokomanalys.errors import Fault, InputError
from krokomanalys.population.cube import in_group
from krokomanalys.population.outlook import Outlook
from krokomanalys.population.projection import whole_persons
from krokomanalys.population.reach import Reach, reach, years_at_least
from krokomanalys.population.seek import Sought, seek
from krokomanalys.report.figures import GROUP_NAMES
from krokomanalys.report.page import Piece, note, prose
from krokomanalys.report.scenarios import told_apart
from krokomanalys.report.tables import Column, Table
from krokomanalys.sources.available import PARTITION
from krokomanalys.sources.slices import Slice
from krokomanalys.sources.tables import rows_of
from krokomanalys.swedish import number

HOW_TO = (
    "Inget mål ligger mellan utgångsåret och prognosens sista år. Pröva ett eget med aims i parameterfilen, t.ex. "
    "aims: {2030: 18000}."
)


@dataclass(frozen=True, eq=False)
class Aim:
    """A target within the projection and what reaches it.

    held     against outcome and main projection
    sought   the in-migration that reaches it; None where the main projection does
    decided  whether politics has decided it, or the economist tries it
    usual    persons moving in a year in the main projection, the mean until the target's year
    rank     years of the last 25 with at least so many moving in as it takes, and how many years these are
    shares, shared_by  what the target's document spreads it over, 193 and "byar"; NaN and "" where nothing
    """

    held: Reach
    sought: Sought | None
    decided: bool
    usual: float
    rank: tuple[int, int]
    shares: float
    shared_by: str

    @property
    def name(self) -> str:
        """The target in words."""
        words = f"{number(self.held.target)} år {self.held.year}"
        return words if self.decided else f"{words} (prövas)"

    @property
    def extra(self) -> float:
        """Persons more moving in each year; 0 where the main projection reaches the target."""
        return self.sought.extra if self.sought else 0.0

    @property
    def lacking(self) -> float:
        """Persons that the main projection lacks in the target's year; 0 where it reaches the target."""
        return self.sought.lacking if self.sought else 0.0


def aims_of(slice_: Slice, outlook: Outlook, targets: pd.DataFrame, own: Mapping[int, float] | None) -> list[Aim]:
    """The decided targets after the base year (see targets.versions), and the economist's `own` by year, in order.

    Raises:
        InputError: an own target isn't within the projection.
    """
    base, last = outlook.base_year, int(outlook.path.index[-1])
    wanted = {(int(t.target_year), float(t.target)): (True, t.shares, t.shared_by) for t in rows_of(targets)}
    tried = {(int(year), float(target)): (False, np.nan, "") for year, target in (own or {}).items()}
    if outside := [year for year, _ in tried if not base < year <= last]:
        raise InputError(Fault("aims", f"målåret {outside[0]} ligger inte i prognosen", f"ett år i {base + 1}–{last}"))
    main, moved_in = told_apart(outlook), moved_in_by_year(slice_, base)
    aims = []
    for (year, target), (decided, shares, shared_by) in sorted((tried | wanted).items()):
        if not base < year <= last:
            continue
        found = seek(main, target, year) if outlook.path.loc[year] < target else None
        usual = float(main.moved_in[: year - base].sum() / (year - base))
        rank = years_at_least(moved_in, usual + (found.extra if found else 0.0))
        held = reach(outlook.totals, outlook.path, target, year)
        aims.append(Aim(held, found, decided, usual, rank, float(shares), shared_by))
    return aims


def moved_in_by_year(slice_: Slice, until: int) -> pd.Series[float]:
    """The municipality's published in-migrants by year, until a year."""
    rows = slice_.population.components
    rows = rows[(rows["region"] == slice_.municipality) & (rows["component"] == "in_migration") & (rows["sex"] == "T")]
    yearly = rows.set_index("year")["count"].astype(float).sort_index()
    return yearly.loc[yearly.index <= until]


def aim_words(outlook: Outlook, aims: Sequence[Aim]) -> Piece:
    """What each target takes, in sentences; how to try one, where there is none."""
    return prose(*(_in_words(outlook, aim) for aim in aims)) if aims else note(HOW_TO)


def _needed(aim: Aim, value: float) -> float:
    """The value, or blank for a target that is reached already."""
    return value if aim.held.required > 0 else np.nan


def aim_table(outlook: Outlook, aims: Sequence[Aim], persons_per_dwelling: float | None) -> Table | None:
    """Targets side by side: growth and in-migration that they take, their ranks, and what that is in dwellings."""
    if not aims:
        return None
    rows: list[tuple[str, str, list[float]]] = [
        (f"Invånare 31 december {outlook.base_year}", "personer", [a.held.base for a in aims]),
        ("Prognosen målåret", "personer", [_whole(a.held.expected) for a in aims]),
        ("Nettoökning som krävs", "personer per år", [_needed(a, _whole(a.held.required)) for a in aims]),
        ("Nettoökning som krävs", "procent per år", [_needed(a, a.held.percent) for a in aims]),
        ("Så stor ökning förut", f"år av {aims[0].held.window}", [_needed(a, a.held.faster) for a in aims]),
        ("Inflyttade i prognosen", "personer per år", [_whole(a.usual) for a in aims]),
        ("Fler inflyttade som krävs", "personer per år", [_whole(a.extra) for a in aims]),
        ("Inflyttade i allt", "personer per år", [_whole(a.usual + a.extra) for a in aims]),
        ("Så många inflyttade förut", f"år av {aims[0].rank[1]}", [a.rank[0] for a in aims]),
    ]
    for shares, name in dict.fromkeys((a.shares, a.shared_by) for a in aims if a.shared_by):
        each = [max(a.held.required, 0) / shares if a.shared_by == name else np.nan for a in aims]
        rows.insert(4, (f"Nettoökning, delad på {number(shares)} {name}", "personer per år", each))
    if persons_per_dwelling is not None:
        homes = [a.lacking / persons_per_dwelling / (a.held.year - outlook.base_year) for a in aims]
        rows.append(("Bostäder utöver prognosen", "bostäder per år", [_whole(home) for home in homes]))
    frame = pd.DataFrame([{"what": what, "unit": unit, **dict(enumerate(cells))} for what, unit, cells in rows])
    frame.columns = frame.columns.map(str)
    return Table(
        "malet_kraver",
        "Vad målen kräver",
        frame,
        {
            "what": Column("Vad", kind="text"),
            "unit": Column("Enhet", kind="text"),
            **{str(place): Column(aim.name, mixed=True) for place, aim in enumerate(aims)},
        },
        note=_note(outlook, aims, persons_per_dwelling),
    )


def age_table(outlook: Outlook, aims: Sequence[Aim]) -> Table | None:
    """For the target that takes most: ages of those who move in, and of the population in the target's year."""
    aim = hardest(aims)
    if aim is None or aim.sought is None:
        return None
    year = aim.held.year
    moving = np.array([in_group(aim.sought.profile, name).sum() for name in PARTITION]) * aim.extra
    main, reached = (
        whole_persons(p.population.groups().loc[year].to_numpy(np.float64))
        for p in (outlook.projection, aim.sought.path)
    )
    frame = pd.DataFrame({"group": PARTITION, "moving": moving, "main": main, "reached": reached})
    frame.loc[len(frame)] = ["total", *frame[["moving", "main", "reached"]].sum()]
    frame["change"] = frame["reached"] - frame["main"]
    frame["name"] = frame["group"].map(GROUP_NAMES).str.capitalize()
    frame["kind"] = ["total" if group == "total" else "" for group in frame["group"]]
    return Table(
        "malet_alder",
        f"Målet {aim.name}: åldrarna, antal personer",
        frame,
        {
            "name": Column("Åldersgrupp", kind="text"),
            "moving": Column("Fler inflyttade per år"),
            "main": Column(f"Prognosen {year}"),
            "reached": Column(f"Målet nått {year}"),
            "change": Column("Skillnad", signed=True),
        },
        row_kind="kind",
        note="De som flyttar in har samma åldrar som prognosens inflyttade. Sedan åldras de, flyttar vidare "
        "och får barn.",
    )


def hardest(aims: Sequence[Aim]) -> Aim | None:
    """The target that takes most additional in-migration, None where none takes any."""
    return max((a for a in aims if a.sought), key=lambda a: a.extra, default=None)


def _in_words(outlook: Outlook, aim: Aim) -> str:
    goal = f"Målet **{number(aim.held.target)}** invånare {aim.held.year}"
    if aim.sought is None:
        if aim.held.required <= 0:
            return f"{goal} är redan nått: {outlook.base_year} var invånarna {number(aim.held.base)}."
        return f"{goal}: prognosen når dit utan fler inflyttade, med {number(aim.held.expected)} invånare."
    years, window = aim.rank
    lacking = aim.lacking / (aim.held.year - outlook.base_year)
    before = f"flyttade in under {number(years)} av" if years else "har inte flyttat in något av"
    return (
        f"{goal} kräver **{number(aim.extra)}** fler inflyttade varje år från {outlook.base_year + 1}, utöver "
        f"prognosens {number(aim.usual)}. Prognosen saknar {number(aim.lacking)} invånare målåret, {number(lacking)} "
        "för varje år. "
        + ("Det krävs fler än så, eftersom en del flyttar vidare. " if aim.extra > lacking else "")
        + f"Så många som {number(aim.usual + aim.extra)} {before} de senaste {window} åren."
    )


def _note(outlook: Outlook, aims: Sequence[Aim], persons_per_dwelling: float | None) -> str:
    text = (
        f"Fler inflyttade gäller varje år från {outlook.base_year + 1} till målåret, i samma åldrar som "
        "prognosens inflyttade. "
    )
    if any(a.held.target - a.held.expected <= 0 for a in aims):
        text += "Noll fler inflyttade: prognosen når målet. Streck: målet är redan nått. "
    if persons_per_dwelling is None:
        return text + "Bostäder visas när persons_per_dwelling, personer per ny bostad, står i parameterfilen."
    each = number(persons_per_dwelling, 1)
    return text + f"Bostäder: de invånare som prognosen saknar målåret, delade på {each} per bostad och på åren."


def _whole(persons: float) -> float:
    """Whole persons, halves upwards as in the sentences."""
    return float(np.floor(persons + 0.5))
