"""tabeller.xlsx of each municipality and year: every table of its reports, and their sources."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from krokomanalys.batch.make import TABLES
from krokomanalys.batch.manifest import Record
from krokomanalys.report.page import UsedSource
from krokomanalys.report.tables import table_from
from krokomanalys.report.workbook import write_workbook

WORKBOOK = "tabeller.xlsx"


@dataclass(frozen=True)
class Book:
    """A folder of the output folder `out`, with the manifest's lines of all its reports."""

    out: Path
    folder: str
    lines: tuple[Record, ...]


def bind(book: Book) -> None:
    """Write tabeller.xlsx of a folder: every table of its reports, each once, and their sources.

    It is made from the tables that lie with each report, so it is whole also when only some were made anew.
    """
    files = [
        book.out / output["file"]
        for line in book.lines
        if line["status"] in ("made", "skipped")
        for output in line["outputs"]
        if output["file"].endswith(f"/{TABLES}")
    ]
    kept = [json.loads(file.read_text(encoding="utf-8")) for file in files]
    if not kept:
        return
    tables = {json.dumps(table, sort_keys=True): table for told in kept for table in told["tables"]}
    cited = {source["file"]: UsedSource(**source) for told in kept for source in told["sources"]}
    place = book.out / book.folder / WORKBOOK
    beside = place.with_name(f".pågår-{WORKBOOK}")
    try:
        write_workbook(beside, [table_from(t) for t in tables.values()], [cited[file] for file in sorted(cited)])
        os.replace(beside, place)
    finally:
        beside.unlink(missing_ok=True)
