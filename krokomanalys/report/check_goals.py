"""All goals of a data folder held to their measures, and what managers write to the goals and ledgers it is about."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from itertools import groupby
from pathlib import Path

import pandas as pd

from krokomanalys.errors import Fault
from krokomanalys.regions import ascii_name
from krokomanalys.report.check_ledgers import collected
from krokomanalys.sources.folder import PERIOD, Folder, contents, read_checked, read_document, shown
from krokomanalys.sources.goals import GoalVersion, before_judgement
from krokomanalys.sources.ledger import LedgerNotes
from krokomanalys.sources.reader import joined
from krokomanalys.sources.tables import rows_of
from krokomanalys.targets.activities import activity_word_faults
from krokomanalys.targets.goals import word_faults
from krokomanalys.targets.judgements import with_judgements


def goal_faults(folder: Folder) -> list[Fault]:
    """Words outside the vocabularies, values without a measure or a source or given twice, and comments on nothing."""
    return [*_words(folder), *_measured(folder), *_stray_comments(folder), *_judged(folder)]


def _words(folder: Folder) -> Iterator[Fault]:
    for path in _files(folder, r"goals/\d{4}-\d{4}\.yaml"):
        version = read_document(path)
        assert isinstance(version, GoalVersion)
        yield from word_faults(version)
        yield from activity_word_faults(version)


def _measured(folder: Folder) -> Iterator[Fault]:
    """Values of measures that no goal file has, or without a source; the same day's value in two files."""
    files = _files(folder, r"measures/\d{4}(-\d{4})?\.(csv|xlsx)")
    for path in files:
        region = path.stem[:4]
        listed = _measures(folder.seen_from(path), region)
        for row in rows_of(read_checked(path)):
            if row.measure not in listed:
                yield Fault(
                    shown(path),
                    f'mätetalet "{row.measure}" finns inte i någon målfil',
                    f"ett id ur data/goals/{region}-*.yaml",
                    row=int(row.Index) + 2,
                    column="measure",
                )
            if not row.source and not pd.isna(row.value):
                expected = "varifrån värdet kommer, t.ex. Medarbetarenkäten 2025"
                yield Fault(shown(path), "värdet saknar källa", expected, row=int(row.Index) + 2, column="source")
    for _, same in groupby(sorted(files), key=lambda path: (path.parent, path.stem[:4])):
        yield from _twice(list(same))


def _twice(paths: list[Path]) -> list[Fault]:
    """What stands in two files of one table."""

    def find() -> list[Fault]:
        joined(paths)
        return []

    return collected(find)


def _files(folder: Folder, pattern: str) -> list[Path]:
    return [layer / file for layer in folder.layers for file in contents(layer) if re.fullmatch(pattern, file)]


def _stray_comments(folder: Folder) -> Iterator[Fault]:
    """Comments on a goal or a line that the year's goals or ledger don't have."""
    for path in _files(folder, r"comments/\d{4}-\d{4}(-[\w-]+)?\.(csv|xlsx)"):
        yield from _stray_name(path)
        stem, below = path.stem[:9], folder.seen_from(path)
        goals, ledgers = below.path(f"goals/{stem}.yaml"), below.matching(rf"budget/{stem}(-[a-z0-9-]+)?\.(csv|xlsx)")
        version = read_document(goals) if goals else None
        lines = [read_checked(ledger) for ledger in ledgers]
        known = {
            "goal": {g.id for g in version.goals} if isinstance(version, GoalVersion) else set(),
            "board": {str(board) for rows in lines for board in rows["board"].unique()} | _boards(below, stem),
            "line": {str(line) for rows in lines for line in rows["line"].unique()} | _totals(ledgers),
        }
        for row in rows_of(read_checked(path)):
            for column, names in known.items():
                if (said := getattr(row, column)) and said not in names:
                    where = f"data/goals/{stem}.yaml" if column == "goal" else f"data/budget/{stem}.csv"
                    yield Fault(
                        shown(path),
                        f'"{said}" finns inte i {where}',
                        "någon av " + ", ".join(sorted(names)) if names else "",
                        row=int(row.Index) + 2,
                        column=column,
                    )


def _judged(folder: Folder) -> Iterator[Fault]:
    """Judgements that don't hold together, and those that are of no goal."""
    files = _files(folder, r"comments/\d{4}-\d{4}(-[\w-]+)?\.(csv|xlsx)")
    for (_, about), same in groupby(sorted(files), key=lambda path: (path.parent, _about(path))):
        paths = list(same)
        for path in paths:
            for row in rows_of(read_checked(path)):
                if row.bedömning and not row.goal:
                    expected = "bedömningen på en rad med ett mål i goal"
                    problem = f'bedömningen "{row.bedömning}" gäller inget mål'
                    yield Fault(shown(path), problem, expected, row=int(row.Index) + 2, column="bedömning")
        goals = folder.seen_from(paths[0]).path(f"goals/{about[:9]}.yaml")
        version = read_document(goals) if goals else None
        if isinstance(version, GoalVersion):
            told = version if about[9:] == "" else before_judgement(version)
            yield from _at_odds(paths, told)


def _at_odds(paths: list[Path], version: GoalVersion) -> list[Fault]:
    """Judgements of one goal that differ, in a file or between the files of one period.

    Unknown goals are told apart from this.
    """
    known = [goal.id for goal in version.goals]

    def find(rows: pd.DataFrame, name: str) -> list[Fault]:
        with_judgements(version, rows[rows["goal"].isin(known)], name)
        return []

    faults = [fault for path in paths for fault in collected(partial(find, read_checked(path), shown(path)))]
    if faults or len(paths) == 1:
        return faults
    return collected(lambda: find(joined(paths), " och ".join(shown(path) for path in paths)))


def _about(path: Path) -> str:
    """The region, year and period of a file of comments: 2309-2025-08."""
    found = re.match(rf"\d{{4}}-\d{{4}}(-{PERIOD}(?=-|$))?", path.stem)
    return found[0] if found else path.stem


def _stray_name(path: Path) -> Iterator[Fault]:
    """A name that is neither a period's nor that of the nämnd whose comments the file holds: it would mean nothing."""
    words = re.sub(rf"^(-{PERIOD})?(?=-|$)", "", path.stem[9:]).removeprefix("-")
    boards = {ascii_name(str(row.board)) for row in rows_of(read_checked(path))} - {""}
    if words and boards and words not in boards:
        expected = f"en period (01 till 12, tertial1, tertial2, delar) eller {', '.join(sorted(boards))}"
        yield Fault(shown(path), f'"{words}" i filens namn är varken en period eller nämnden i filen', expected)


def _measures(folder: Folder, region: str) -> set[str]:
    """The measures of all goal files of a region, replaced ones too: they are of figures that stay."""
    versions = [read_document(path) for path in _files(folder, rf"goals/{region}-\d{{4}}\.yaml")]
    goals = [v for v in versions if isinstance(v, GoalVersion)]
    return {m.id for v in goals for m in (*v.comparisons, *(m for goal in v.goals for m in goal.measures))}


def _boards(folder: Folder, stem: str) -> set[str]:
    """The nämnder that a year's documents are of, and those that answer for its goals."""
    documents = [read_document(path) for name in ("goals", "budget") if (path := folder.path(f"{name}/{stem}.yaml"))]
    owners = [goal.owner for version in documents if isinstance(version, GoalVersion) for goal in version.goals]
    return {board for board in (*owners, *(getattr(told, "board", None) for told in documents)) if board}


def _totals(ledgers: list[Path]) -> set[str]:
    beside = {path.parent / f"{path.name[:9]}.yaml" for path in ledgers}
    notes = [read_document(path) for path in beside if path.is_file()]
    return {heading.total for told in notes if isinstance(told, LedgerNotes) for heading in told.tables.values()}
