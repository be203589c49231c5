"""Two runs compared: every number that another run has another value of, by report and table."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from krokomanalys.batch.index import when
from krokomanalys.batch.jobs import Place
from krokomanalys.batch.make import TABLES
from krokomanalys.batch.manifest import Record, finished, replace_with
from krokomanalys.errors import Fault, InputError
from krokomanalys.report import html
from krokomanalys.report.backtest_files import as_text as table_as_text
from krokomanalys.report.page import note, opening
from krokomanalys.report.tables import Column, Table, as_text, plain, table_from
from krokomanalys.report.workbook import write_workbook
from krokomanalys.sources.slices import REPORTS

COLUMNS = {
    "table": Column("Tabell", kind="text"),
    "row": Column("Rad", kind="text"),
    "column": Column("Kolumn", kind="text"),
    "old": Column("Förut", mixed=True),
    "new": Column("Nu", mixed=True),
    "change": Column("Ändring", mixed=True, signed=True),
}


@dataclass(frozen=True, eq=False)
class Difference:
    """What two runs have different for one report.

    report   in words: what it tells of whom and when
    numbers  one row for each number that isn't the same: table, row, column, old, new, change (NaN where it is in one
             of them only)
    tables   captions of tables that only the new run has, and only the old
    """

    report: str
    numbers: pd.DataFrame
    new_tables: tuple[str, ...] = ()
    old_tables: tuple[str, ...] = ()

    @property
    def found(self) -> bool:
        """Whether anything is different."""
        return bool(len(self.numbers) or self.new_tables or self.old_tables)


@dataclass(frozen=True, eq=False)
class Comparison:
    """Two runs: the reports that differ, those that only one of them has made, and how many are the same."""

    differences: tuple[Difference, ...]
    new_reports: tuple[str, ...]
    old_reports: tuple[str, ...]
    same: int


def compare(old: Path, new: Path) -> Comparison:
    """What the output folder `new` has different from `old`, read from the tables that lie with each report.

    Raises:
        InputError: one of them has no manifest, or one that cannot be read.
    """
    before, now = _made(old), _made(new)
    both = [key for key in now if key in before]
    found = []
    for key in both:
        one, other = before[key], now[key]
        if _kept(one)[1] != _kept(other)[1]:
            found.append(difference(_name(other), _tables(old, one), _tables(new, other)))
    told = tuple(d for d in found if d.found)
    return Comparison(
        told,
        tuple(_name(now[key]) for key in now if key not in before),
        tuple(_name(before[key]) for key in before if key not in now),
        len(both) - len(told),
    )


def difference(report: str, old: Mapping[str, Table], new: Mapping[str, Table]) -> Difference:
    """The numbers of a report's tables (by name) that aren't the same in both.

    A row is known by its words: its name and what else it has of text. Numbers are compared as they are kept, not as
    they are shown.
    """
    rows = [row for name in new if name in old for row in _changes(old[name], new[name])]
    return Difference(
        report,
        pd.DataFrame(rows, columns=list(COLUMNS)).astype({c: float for c in ("old", "new", "change")}),
        tuple(new[name].caption for name in new if name not in old),
        tuple(old[name].caption for name in old if name not in new),
    )


def _changes(old: Table, new: Table) -> Iterator[tuple[object, ...]]:
    before, now = _numbers(old), _numbers(new)
    for row, column in [*now, *(key for key in before if key not in now)]:
        was, is_ = before.get((row, column)), now.get((row, column))
        if was != is_:
            change = is_ - was if was is not None and is_ is not None else None
            yield new.caption, row[0], column, was, is_, None if change is None else float(f"{change:.12g}")


def _numbers(table: Table) -> dict[tuple[tuple[str, int], str], float]:
    """The table's numbers by row (its words, and which of those with the same words) and column heading."""
    words = [key for key, column in table.shown.items() if column.kind == "text"]
    counted: Counter[str] = Counter()
    found: dict[tuple[tuple[str, int], str], float] = {}
    for record in table.frame.to_dict("records"):
        name = ", ".join(dict.fromkeys(filter(None, (as_text(record[key]) for key in words))))
        counted[name] += 1
        for key, column in table.shown.items():
            value = plain(record[key])
            if column.kind == "number" and isinstance(value, (int, float)) and not isinstance(value, bool):
                found[(name, counted[name]), column.heading] = float(value)
    return found


def _made(folder: Path) -> dict[Place, Record]:
    return {place: line for place, line in finished(folder).items() if line["status"] in ("made", "skipped")}


def _kept(line: Record) -> tuple[str, str]:
    """The file that a report's tables are kept in, and its checksum."""
    return next((o["file"], o["sha256"]) for o in line["outputs"] if o["file"].endswith(f"/{TABLES}"))


def _tables(folder: Path, line: Record) -> dict[str, Table]:
    told = json.loads((folder / _kept(line)[0]).read_text(encoding="utf-8"))
    return {table["name"]: table_from(table) for table in told["tables"]}


def _name(line: Record) -> str:
    return f"{REPORTS[line['report']].title}, {line['name']} {when(line)}"


def in_words(found: Comparison) -> list[str]:
    """How much differs, in sentences."""
    numbers = sum(len(d.numbers) for d in found.differences)
    said = [f"{numbers} tal är ändrade i {len(found.differences)} rapporter. {found.same} rapporter har samma tal."]
    said += [f"Ny rapport: {name}." for name in found.new_reports]
    said += [f"Finns inte längre: {name}." for name in found.old_reports]
    for told in found.differences:
        said += [f"{told.report}: ny tabell, {caption}." for caption in told.new_tables]
        said += [f"{told.report}: borttagen tabell, {caption}." for caption in told.old_tables]
    return said


def tables_of(found: Comparison) -> list[Table]:
    """A table for each report whose numbers differ."""
    return [
        Table(f"andrat_{place}", told.report, told.numbers, COLUMNS, note="Streck: talet finns bara i den ena.")
        for place, told in enumerate(found.differences, start=1)
        if len(told.numbers)
    ]


def as_lines(found: Comparison) -> str:
    """The comparison for a terminal."""
    return "\n\n".join(["\n".join(in_words(found)), *(table_as_text(table) for table in tables_of(found))])


def write_difference(found: Comparison, file: Path) -> None:
    """Write the comparison as a page (.html) or a workbook (.xlsx).

    Raises:
        InputError: the file has another ending.
    """
    if file.suffix == ".xlsx":
        write_workbook(file, tables_of(found))
    elif file.suffix == ".html":
        lead = "För den som ska veta vad som har ändrats sedan förra gången rapporterna gjordes."
        top = opening("Ändrade tal", lead=lead, findings=in_words(found)[:1])
        pieces: list[html.Shown] = [top, *(note(words) for words in in_words(found)[1:]), *tables_of(found)]
        page = html.render(html.notebook_of(pieces), title="Ändrade tal", with_code=False)
        replace_with(file, page.encode())
    else:
        raise InputError(Fault("-o", f'"{file.name}" har en okänd ändelse', "en fil som slutar på .html eller .xlsx"))
