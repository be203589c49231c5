"""Forms for the economist's own data folder, and a ledger given back in their layout."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from krokomanalys.budget.by_line import by_line
from krokomanalys.errors import Fault, InputError, MissingFigures
from krokomanalys.regions import name_of
from krokomanalys.report import money
from krokomanalys.sources.export import export_ledger
from krokomanalys.sources.folder import Folder, open_folder, read_document, shown
from krokomanalys.sources.forms import comment_form, new_comments, new_ledger
from krokomanalys.sources.goal_forms import new_goals, new_measures
from krokomanalys.sources.goals import GoalVersion
from krokomanalys.sources.layouts import COMMENTS, LEDGER, MEASURES, Layout
from krokomanalys.sources.load import load
from krokomanalys.sources.measures import Measure
from krokomanalys.sources.reader import joined
from krokomanalys.sources.slices import Slice
from krokomanalys.sources.tables import read_table, rows_of
from krokomanalys.swedish import listed, shortest
from krokomanalys.targets.goals import level_words, measures_table, target_words

_OF_A_LINE = ["board", "line", "parent", "kind"]
_CHECK = "Fyll i, och kör krokomanalys check."


@dataclass(frozen=True)
class Written:
    """What a command wrote: the files, and in Swedish what to do next."""

    files: tuple[Path, ...]
    then: str


def new(municipality: str, year: int, period: str | None, board: str | None, data: Path | None) -> Written:
    """Write what is to be filled in next for the budget, into the economist's data folder.

    Without a ledger of the year: the ledger's form and its notes, with the lines of the year before. With one: a
    form for each nämnd (or the one named) to comment on the year or the period, its goals among the rows.

    Raises:
        InputError: an unknown municipality; a file is there already; a period without figures.
    """
    folder, name, into = _place(municipality, data)
    if not _files(folder, municipality, year):
        if period or board:
            problem = f"huvudboken för {year} finns inte än"
            asked = (f" --period {period}" if period else "") + (f' --board "{board}"' if board else "")
            again = f"krokomanalys new {municipality} --year {year}"
            remedy = f"Skriv först {again} och fyll i den. Gäller det mål, skriv {again} --goals{asked}"
            raise InputError(Fault("--period, --board", problem, remedy=remedy))
        before = _files(folder, municipality, year - 1)
        lines = joined(before)[_OF_A_LINE].drop_duplicates().astype(str) if before else None
        return Written(tuple(new_ledger(into, municipality, name, year, lines)), _CHECK)
    slice_ = _loaded("budgetuppfoljning", municipality, year, period, board, data)
    ledger = money.ledger_of(slice_)
    version = _goals(folder, municipality, year)
    goals = _to_judge(version, board) if version else None
    figures = by_line(ledger)
    return Written(tuple(new_comments(into, municipality, year, period, figures, ledger.notes.unit, goals)), _CHECK)


def new_for_goals(municipality: str, year: int, period: str | None, board: str | None, data: Path | None) -> Written:
    """Write what is to be filled in next for the goals, into the economist's data folder.

    Without a goal file of the year: that file, with the goals of the latest earlier one, or else a template. With
    one: the form of the year's measures, and where there is no budget to follow up, a form for each nämnd (or the one
    named) to comment on its goals and judge them. Of a period only the forms for the nämnder. A form that is there
    already is left as it is; what has been added to the goal file since is told, to be written on its spare rows.

    Raises:
        InputError: an unknown municipality; a goal file that isn't filled in; everything is there already.
    """
    folder, name, into = _place(municipality, data)
    version = _goals(folder, municipality, year)
    again = f"krokomanalys new {municipality} --year {year}"
    if version is None:
        if period or board:
            remedy = f"Skriv först {again} --goals och fyll i den"
            raise InputError(Fault("--period, --board", f"målen för {year} finns inte än", remedy=remedy))
        before = _latest_goals(folder, municipality, year)
        overwrite = "Skriv över det som står inom < >, och kör krokomanalys check."
        look = f"Målen är de från {before.year}. Gå igenom dem. " if before else ""
        then = f"{look}{overwrite} Kör sedan {again} --goals igen: då skrivs filer för mätvärden och kommentarer."
        return Written(tuple(new_goals(into, municipality, name, year, before)), then)
    said: list[str] = []
    measures = _measures(folder, into, version, data, said) if period is None and board is None else []
    comments: list[Path] = []
    if _files(folder, municipality, year) and _has_outcomes(municipality, year, period, data):
        said.append(f"Kommentarer på målen står bland budgetens: {again}{f' --period {period}' if period else ''}.")
    else:
        comments = _judgements(into, version, period, board, said)
    if not (measures or comments):
        raise InputError(Fault(municipality, "inga nya filer behövs", remedy=" ".join(said)))
    said += ["Fyll i mätvärdena."] if measures else []
    said += ["Nämnderna fyller i filerna med kommentarer."] if comments else []
    return Written((*measures, *comments), " ".join([*said, "Kör sedan krokomanalys check och krokomanalys run."]))


def export(municipality: str, year: int, file: Path, data: Path | None) -> None:
    """Write a year's ledger, all its versions, to an xlsx or csv file in the layout of the form.

    Raises:
        InputError: there is no such ledger; the file is there already or has another ending.
    """
    files = _files(open_folder(data), municipality, year)
    if not files:
        expected = f"data/budget/{municipality}-{year}.csv"
        raise InputError(Fault(municipality, f"ingen huvudbok för {year}", expected))
    export_ledger(joined(files)[list(LEDGER.columns)], municipality, year, file)


def _place(municipality: str, data: Path | None) -> tuple[Folder, str, Path]:
    """The data folder, the municipality's name and where its forms are written."""
    folder = open_folder(data)
    name = name_of(folder.table("regions.csv"), municipality)
    if name is None or len(municipality) != 4:
        raise InputError(Fault("KOMMUN", f'"{municipality}" är ingen kommun i regions.csv', "fyra siffror, t.ex. 2309"))
    return folder, name, data or Path.cwd() / "data"


def _loaded(
    report: str, municipality: str, year: int, period: str | None, board: str | None, data: Path | None
) -> Slice:
    try:
        return load(report, data, municipality=municipality, year=year, period=period, board=board)
    except MissingFigures as gap:
        first = gap.missing[0]
        raise InputError(Fault(municipality, f"{first.what} saknas", remedy=first.remedy)) from None


def _has_outcomes(municipality: str, year: int, period: str | None, data: Path | None) -> bool:
    """Whether the ledger has what nämnder comment on; a plan alone has not."""
    try:
        load("budgetuppfoljning", data, municipality=municipality, year=year, period=period)
    except MissingFigures:
        return False
    return True


def _measures(folder: Folder, into: Path, version: GoalVersion, data: Path | None, said: list[str]) -> list[Path]:
    """The form of the year's measures; with it, of what comes along, the earlier values that it would hide."""
    region, year = version.region, version.year
    form = _there(into / "measures" / f"{region}-{year}.xlsx")
    rows = _to_measure(version, _loaded("maluppfoljning", region, year, None, version.board, data))
    if form:
        said.append(_untouched(form, MEASURES, "measure", list(rows["measure"])))
        return []
    if rows.empty:
        said.append("Inga mätvärden att fylla i: de finns redan, eller räknas ut.")
        return []
    earlier = folder.matching(rf"measures/{region}(-\d{{4}})?\.(csv|xlsx)")
    copied = [into / "measures" / path.name for path in earlier if not path.is_relative_to(into.resolve())]
    written = new_measures(into, region, year, rows)
    for path, target in zip(earlier, copied, strict=False):
        shutil.copy(path, target)
    if copied:
        said.append("Tidigare mätvärden, som följer med programmet, är kopierade till din mapp.")
    return [*copied, *written]


def _to_measure(version: GoalVersion, slice_: Slice) -> pd.DataFrame:
    """The measures that have no value in the year and aren't worked out from other figures, as the form shows them."""
    assert slice_.goals is not None
    values = slice_.goals.measures
    every = version.measures
    own = set(values["measure"])
    reckoned = {m.id for m in every if m.outcome == "population_total" or (m.parts and m.id not in own)}
    of_id = {m.id: m for m in every}
    known = set(values.loc[values["date"].str[:4] == str(version.year), "measure"])
    table = measures_table(version, values, version.year, slice_.totals)
    return pd.DataFrame(
        [
            {
                "measure": row.measure,
                "mätetal": row.name,
                "enhet": row.unit,
                "målvärde": _target(of_id[row.measure], version.year),
                "föregående": "" if pd.isna(row.value) else f"{shortest(row.value)} ({row.date[:4]})",
            }
            for row in rows_of(table)
            if row.measure not in reckoned | known
        ],
        columns=["measure", "mätetal", "enhet", "målvärde", "föregående"],
    )


def _target(measure: Measure, year: int) -> str:
    """What the form says of a target: of one by years that of the year, or the next one with its year."""
    if measure.deadline is not None:
        return f"{target_words(measure)} (skriv i date när det blev klart)"
    path = measure.path or {}
    ahead = min((at for at in path if at >= year), default=None)
    if ahead is None:
        return target_words(measure)
    return level_words(measure, path[ahead]) + ("" if ahead == year else f" år {ahead}")


def _there(form: Path) -> Path | None:
    """The form, or the same table as csv, where it is there already."""
    return next((file for file in (form, form.with_suffix(".csv")) if file.exists()), None)


def _untouched(form: Path, layout: Layout, column: str, wanted: list[str]) -> str:
    """That a form is left as it is, and which ids of those `wanted` have no row in it and how to give them one."""
    there = set(read_table(form, layout, shown(form))[column])
    said = f"{shown(form)} finns redan och är orörd."
    if not (lacking := [id_ for id_ in wanted if id_ not in there]):
        return said
    dated = ", och en dag i date" if "date" in layout.key else ""
    return (
        f"{said} Där saknas {listed(lacking)}. Skriv id i {column}{dated}, på en tom rad längst ned för vart och ett."
    )


def _judgements(into: Path, version: GoalVersion, period: str | None, board: str | None, said: list[str]) -> list[Path]:
    goals = _to_judge(version, board)
    if goals.empty:
        owners = sorted({goal.owner or version.board or "" for goal in version.goals} - {""})
        expected = "någon av " + ", ".join(owners) if owners else ""
        raise InputError(Fault("--board", f'"{board}" svarar inte för något mål', expected))
    waiting = []
    for owner, own in goals.groupby("board", sort=False):
        if form := _there(comment_form(into, version.region, version.year, period, str(owner))):
            said.append(_untouched(form, COMMENTS, "goal", list(own["goal"])))
        else:
            waiting.append(own)
    if not waiting:
        return []
    lines = pd.DataFrame(columns=["board", "line", "budget", "outcome", "variance", "forecast"])
    return new_comments(into, version.region, version.year, period, lines, "tkr", pd.concat(waiting))


def _to_judge(version: GoalVersion, board: str | None) -> pd.DataFrame:
    """The goals that nämnder comment on and judge: board, goal, mål; of one nämnd where it is named."""
    rows = [
        {"board": goal.owner or version.board or "", "goal": goal.id, "mål": _titled(goal.number, goal.title)}
        for goal in version.goals
    ]
    table = pd.DataFrame(rows, columns=["board", "goal", "mål"])
    return table if board is None else table[table["board"] == board].reset_index(drop=True)


def _titled(number: str | None, title: str) -> str:
    return f"{number} {title}" if number else title


def _goals(folder: Folder, municipality: str, year: int) -> GoalVersion | None:
    path = folder.path(f"goals/{municipality}-{year}.yaml")
    version = read_document(path) if path else None
    return version if isinstance(version, GoalVersion) else None


def _latest_goals(folder: Folder, municipality: str, year: int) -> GoalVersion | None:
    """The latest goals of an earlier year."""
    files = [f for f in folder.files(rf"goals/{municipality}-\d{{4}}\.yaml") if int(f[-9:-5]) < year]
    return _goals(folder, municipality, int(files[-1][-9:-5])) if files else None


def _files(folder: Folder, municipality: str, year: int) -> list[Path]:
    return folder.matching(rf"budget/{municipality}-{year}(-[a-z0-9-]+)?\.(csv|xlsx)")
