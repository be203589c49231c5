"""All goals of a data folder held to their measures, and what managers write to the goals and ledgers it is about."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from itertools import groupby
from pathlib import Path

from krokomanalys.errors import Fault
from krokomanalys.regions import ascii_name
from krokomanalys.report.check_ledgers import collected
from krokomanalys.report.check_values import value_faults
from krokomanalys.sources.folder import PERIOD, Folder, contents, read_checked, read_document, shown
from krokomanalys.sources.goals import GoalVersion, before_judgement
from krokomanalys.sources.ledger import LedgerNotes
from krokomanalys.sources.measures import YEARS
from krokomanalys.sources.reader import joined
from krokomanalys.sources.tables import rows_of
from krokomanalys.swedish import listed
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
        yield from _replaced(version, folder.seen_from(path), shown(path))


def _replaced(version: GoalVersion, folder: Folder, name: str) -> Iterator[Fault]:
    """Goals said to be replaced that no earlier version has."""
    earlier = [v for v in _versions(folder, version.region) if v.year < version.year]
    before = {goal.id for v in earlier for goal in v.goals}
    for place, goal in enumerate(version.goals, start=1):
        for gone in (other for other in goal.replaces if other not in before):
            problem = f'målet "{gone}" finns inte i någon äldre målfil'
            expected = f"något av {listed(sorted(before))}" if before else ""
            remedy = "Rätta id:t, eller lägg in den äldre målfilen"
            yield Fault(name, problem, expected, remedy, key=f"goals.{place}.replaces ({goal.id})")


def _measured(folder: Folder) -> Iterator[Fault]:
    """Values that aren't of any measure, or can't be; the same day's value in two files."""
    files = _files(folder, r"measures/\d{4}(-\d{4})?\.(csv|xlsx)")
    for path in files:
        region = path.stem[:4]
        versions = _versions(folder.seen_from(path), region)
        listed_ = {measure.id: measure for version in versions for measure in version.measures}
        last = max((version.year for version in versions), default=YEARS[-1]) + 1
        for row in rows_of(read_checked(path)):
            for column, problem, expected, remedy in value_faults(row, listed_.get(row.measure), region, last):
                yield Fault(shown(path), problem, expected, remedy, row=int(row.Index) + 2, column=column)
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
        boards = _boards(below, stem)
        known = {
            "goal": {g.id for g in version.goals} if isinstance(version, GoalVersion) else set(),
            "board": {str(board) for rows in lines for board in rows["board"].unique()} | boards,
            "line": {str(line) for rows in lines for line in rows["line"].unique()} | _totals(ledgers),
        }
        beside = {"goal": [goals] if goals else [], "board": [*([goals] if goals else []), *ledgers], "line": ledgers}
        for row in rows_of(read_checked(path)):
            for column, names in known.items():
                if (said := getattr(row, column)) and said not in names:
                    lacking = f"data/{'goals' if column == 'goal' else 'budget'}/{stem}"
                    where = listed([shown(file) for file in beside[column]] or [f"{lacking}, som saknas"])
                    yield Fault(
                        shown(path),
                        f'"{said}" finns inte i {where}',
                        "någon av " + ", ".join(sorted(names - {""})) if names - {""} else "",
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
                if row.målprognos and about[9:] == "":
                    problem = f'målprognosen "{row.målprognos}" gäller ett år som är slut, så ingen läser den'
                    remedy = "Skriv omdömet i bedömning, eller flytta raden till periodens fil"
                    row_, column = int(row.Index) + 2, "målprognos"
                    yield Fault(shown(path), problem, remedy=remedy, row=row_, column=column)
        goals = folder.seen_from(paths[0]).path(f"goals/{about[:9]}.yaml")
        version = read_document(goals) if goals else None
        if isinstance(version, GoalVersion):
            told = version if about[9:] == "" else before_judgement(version, date(version.year, 1, 1))
            yield from _at_odds(paths, told)


def _at_odds(paths: list[Path], version: GoalVersion) -> list[Fault]:
    """Judgements of one goal that differ, in a file or between the files of one period.

    Unknown goals are told apart from this.
    """
    known = [goal.id for goal in version.goals]

    def find() -> list[Fault]:
        rows = joined(paths)
        with_judgements(version, rows[rows["goal"].isin(known)], shown(paths[0]))
        return []

    return collected(find)


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


def _versions(folder: Folder, region: str) -> list[GoalVersion]:
    """All goal files of a region, the oldest first: replaced ones too, since they are of figures that stay."""
    paths = {path.name: path for path in reversed(_files(folder, rf"goals/{region}-\d{{4}}\.yaml"))}
    read = [read_document(paths[name]) for name in sorted(paths)]
    return [version for version in read if isinstance(version, GoalVersion)]


def _boards(folder: Folder, stem: str) -> set[str]:
    """The nämnder that a year's documents are of, and those that answer for its goals."""
    documents = [read_document(path) for name in ("goals", "budget") if (path := folder.path(f"{name}/{stem}.yaml"))]
    owners = [goal.owner for version in documents if isinstance(version, GoalVersion) for goal in version.goals]
    return {board for board in (*owners, *(getattr(told, "board", None) for told in documents)) if board}


def _totals(ledgers: list[Path]) -> set[str]:
    beside = {path.parent / f"{path.name[:9]}.yaml" for path in ledgers}
    notes = [read_document(path) for path in beside if path.is_file()]
    return {heading.total for told in notes if isinstance(told, LedgerNotes) for heading in told.tables.values()}
