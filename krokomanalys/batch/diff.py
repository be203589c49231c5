"""Two runs compared: every number that another run has another value of, by report and table."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from html import escape
from pathlib import Path

import pandas as pd

from krokomanalys.batch.index import when
from krokomanalys.batch.jobs import Place
from krokomanalys.batch.make import TABLES
from krokomanalys.batch.manifest import Record, finished, replace_with
from krokomanalys.errors import Fault, InputError
from krokomanalys.report import html
from krokomanalys.report.backtest_files import as_text as table_as_text
from krokomanalys.report.page import Piece, note, opening
from krokomanalys.report.tables import Column, Table, as_text, plain, table_from
from krokomanalys.report.workbook import write_workbook
from krokomanalys.sources.slices import REPORTS
from krokomanalys.swedish import BLANK, number, shortest

COLUMNS = {
    "report": Column("Rapport", kind="text"),
    "table": Column("Tabell", kind="text"),
    "row": Column("Rad", kind="text"),
    "column": Column("Kolumn", kind="text"),
    "old": Column("Förut", mixed=True),
    "new": Column("Nu", mixed=True),
    "change": Column("Ändring", mixed=True, signed=True),
}
NOTE = "Ändring är nu − förut, i kolumnens enhet. Streck: talet finns bara i den ena."
SAME = 1e-9
"""Numbers closer than this, as a share of the larger, are the same: computers may differ in the last digit."""
MOST_DECIMALS = 9


@dataclass(frozen=True, eq=False)
class Difference:
    """What two runs have different for one report.

    report   in words: what it tells of whom and when
    numbers  one row for each number that isn't the same: table, row, column, old, new, change (NaN where it is in one
             of them only), and with how many decimals they are told
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
    """Two runs: the reports that differ, those that only one of them has made, and how many are the same.

    `folders` are the names of the two output folders, the older first.
    """

    differences: tuple[Difference, ...]
    new_reports: tuple[str, ...]
    old_reports: tuple[str, ...]
    same: int
    folders: tuple[str, str] = ("förut", "nu")


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
        (old.resolve().name, new.resolve().name),
    )


def difference(report: str, old: Mapping[str, Table], new: Mapping[str, Table]) -> Difference:
    """The numbers of a report's tables (by name) that aren't the same in both.

    A row is known by its name; where several have the same name, by what else they have of text. Numbers are compared
    as they are kept, not as they are shown.
    """
    rows = [row for name in new if name in old for row in _changes(old[name], new[name])]
    columns = ["table", "row", "column", "old", "new", "change", "decimals"]
    return Difference(
        report,
        pd.DataFrame(rows, columns=columns).astype({c: float for c in ("old", "new", "change")}),
        tuple(new[name].caption for name in new if name not in old),
        tuple(old[name].caption for name in old if name not in new),
    )


def _changes(old: Table, new: Table) -> Iterator[tuple[object, ...]]:
    words = _naming(old, new)
    before, now = _numbers(old, words), _numbers(new, words)
    columns = {column.heading: column for table in (old, new) for column in table.shown.values()}
    for row, column in [*now, *(key for key in before if key not in now)]:
        was, is_ = before.get((row, column)), now.get((row, column))
        if was is None or is_ is None or not math.isclose(was, is_, rel_tol=SAME):
            change = None if was is None or is_ is None else is_ - was
            yield new.caption, row[0], column, was, is_, change, _decimals(columns[column], was, is_)


def _naming(old: Table, new: Table) -> list[str]:
    """The columns whose words tell a row from the others: the one that names it, or all of them."""
    if all(table.frame[table.header].map(as_text).is_unique for table in (old, new)):
        return [new.header]
    return [key for key, column in new.shown.items() if column.kind == "text"]


def _numbers(table: Table, words: list[str]) -> dict[tuple[tuple[str, int], str], float]:
    """The table's numbers by row (its words, and which of those with the same words) and column heading."""
    counted: Counter[str] = Counter()
    found: dict[tuple[tuple[str, int], str], float] = {}
    for record in table.frame.to_dict("records"):
        told = (as_text(record[key]) for key in words if key in record)
        name = ", ".join(dict.fromkeys(word for word in told if word and word != BLANK))
        counted[name] += 1
        for key, column in table.shown.items():
            value = plain(record[key])
            if column.kind == "number" and isinstance(value, (int, float)) and not isinstance(value, bool):
                found[(name, counted[name]), column.heading] = float(value)
    return found


def _decimals(column: Column, was: float | None, is_: float | None) -> int:
    """As many decimals as the column has; more where the change could not be seen with those."""
    told = [value for value in (was, is_) if value is not None]
    least = max(len(shortest(value).partition(",")[2]) for value in told) if column.mixed else column.decimals
    enough = (d for d in range(least, MOST_DECIMALS) if len({_rounded(value, d) for value in told}) == len(told))
    return next(enough, MOST_DECIMALS)


def _rounded(value: float, decimals: int) -> float:
    """The value that `number` writes."""
    return float(Decimal(repr(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP))


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
    numbers, reports = sum(len(d.numbers) for d in found.differences), len(found.differences)
    changed = f"{number(numbers)} {'tal är ändrat' if numbers == 1 else 'tal är ändrade'}"
    said = [f"{changed} i {_reports(reports)}. {_reports(found.same).capitalize()} har samma tal."]
    said += [f"Ny rapport: {name}." for name in found.new_reports]
    return said + [f"Finns inte längre: {name}." for name in found.old_reports]


def _reports(count: int) -> str:
    return f"{number(count)} {'rapport' if count == 1 else 'rapporter'}" if count else "ingen rapport"


def _of_tables(told: Difference) -> list[str]:
    """Which tables a report has got or lost, in sentences."""
    return [f"Ny tabell: {caption}." for caption in told.new_tables] + [
        f"Borttagen tabell: {caption}." for caption in told.old_tables
    ]


def _shown(told: Difference, place: int) -> Table:
    """The numbers of a report as a reader sees them, with Swedish digits, under the name of the table they stand in.

    The change is that between the numbers as they are shown.
    """
    rows: list[dict[str, str]] = []
    for table, of_table in told.numbers.groupby("table", sort=False):
        rows.append(dict.fromkeys(COLUMNS, "") | {"row": str(table), "kind": "group"})
        for row, column, old, new, decimals in of_table[["row", "column", "old", "new", "decimals"]].itertuples(
            index=False, name=None
        ):
            change = math.nan if math.isnan(old + new) else _rounded(new, decimals) - _rounded(old, decimals)
            digits = {"old": number(old, decimals), "new": number(new, decimals)}
            digits["change"] = number(change, decimals, signed=True)
            rows.append({"row": row, "column": column, "kind": ""} | digits)
    columns = {key: COLUMNS[key] for key in ("row", "column", "old", "new", "change")}
    frame = pd.DataFrame(rows, columns=[*columns, "kind"])
    return Table(f"andrat_{place}", "Ändrade tal", frame, columns, row_kind="kind", note=NOTE)


def _listed(found: Comparison) -> Table:
    """Every number of every report as a row, for a spreadsheet; without what arithmetic adds in the last digits."""
    parts = [told.numbers.assign(report=told.report) for told in found.differences]
    frame = pd.concat([pd.DataFrame(columns=[*COLUMNS, "decimals"]), *parts], ignore_index=True)
    for key in ("old", "new", "change"):
        frame[key] = [float(f"{value:.12g}") for value in frame[key].astype(float)]
    return Table("andrade_tal", "Ändrade tal", frame, COLUMNS, row_header="report", note=NOTE)


def as_lines(found: Comparison) -> str:
    """The comparison for a terminal."""
    parts = ["\n".join(in_words(found))]
    for place, told in enumerate(found.differences, start=1):
        parts.append("\n".join([told.report, *_of_tables(told)]))
        parts += [table_as_text(_shown(told, place))] if len(told.numbers) else []
    return "\n\n".join(parts)


def write_difference(found: Comparison, file: Path) -> None:
    """Write the comparison as a page (.html) or a workbook (.xlsx).

    Raises:
        InputError: the file has another ending.
    """
    if file.suffix == ".xlsx":
        write_workbook(file, [_listed(found)])
    elif file.suffix == ".html":
        page = html.render(html.notebook_of(_pieces(found)), title="Ändrade tal", with_code=False)
        replace_with(file, page.encode())
    else:
        raise InputError(Fault("-o", f'"{file.name}" har en okänd ändelse', "en fil som slutar på .html eller .xlsx"))


def _pieces(found: Comparison) -> list[html.Shown]:
    first, *rest = in_words(found)
    lead = "För den som ska veta vad som har ändrats sedan förra gången rapporterna gjordes."
    eyebrow = f"Förut: {found.folders[0]} · Nu: {found.folders[1]}"
    pieces: list[html.Shown] = [opening("Ändrade tal", lead=lead, eyebrow=eyebrow, findings=[first], state="klar")]
    pieces += [note(words) for words in rest]
    for place, told in enumerate(found.differences, start=1):
        pieces.append(Piece("prose", f"<h2>{escape(told.report)}</h2>", told.report))
        pieces += [note(words) for words in _of_tables(told)]
        pieces += [_shown(told, place)] if len(told.numbers) else []
    return pieces
