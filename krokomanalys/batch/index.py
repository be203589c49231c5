"""index.html: every report of a run by municipality and year, failures first, what waits for figures last."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NotRequired, TypedDict
from urllib.parse import quote

from krokomanalys.regions import MADE_UP, ascii_name
from krokomanalys.report.html import unique
from krokomanalys.report.lights import Light, light_from
from krokomanalys.report.page import emphasis
from krokomanalys.report.templates import style, template
from krokomanalys.sources.slices import REPORTS
from krokomanalys.swedish import number

PERIOD_NAMES: Mapping[str, str] = {
    "01": "januari", "02": "februari", "03": "mars", "04": "april", "05": "maj", "06": "juni", "07": "juli",
    "08": "augusti", "09": "september", "10": "oktober", "11": "november", "12": "december",
    "tertial1": "tertial 1", "tertial2": "tertial 2", "delar": "delår",
}  # fmt: skip
FILE_LABELS: Mapping[str, str] = {".ipynb": "anteckningsbok", ".xlsx": "tabeller"}
MOST_LIGHTS = 6  # a report with more is told by counts; its own page has them all
ALL_OPEN = 60  # with more reports than this, each municipality's list is folded


class Failure(TypedDict):
    """Where a report failed and why."""

    notebook: NotRequired[str]
    cell: NotRequired[int | None]
    message: str


class Record(TypedDict):
    """What the index reads of a manifest line. Paths of outputs are relative to the folder that the index is in.

    municipality is the code, name the municipality's name; status made | skipped | failed | no_data, where skipped
    means that the report was there already and still holds; missing tells what a no_data report lacks and the remedy.
    """

    report: str
    municipality: str
    name: str
    year: int
    status: str
    period: NotRequired[str | None]
    board: NotRequired[str | None]
    outputs: NotRequired[Sequence[Mapping[str, Any] | str]]
    error: NotRequired[Failure | None]
    missing: NotRequired[Sequence[Mapping[str, str]]]
    findings: NotRequired[Sequence[str]]
    lights: NotRequired[Sequence[Mapping[str, str]]]


def render_index(records: Iterable[Record], *, title: str = "Rapporter") -> str:
    """The index page: self-contained, no scripts, relative links. Municipalities by name, latest year first."""
    from markupsafe import Markup

    ordered = sorted(
        records,
        key=lambda r: (r["name"].casefold(), r["municipality"], -r["year"], when(r), _order(r)),
    )
    failed = [r for r in ordered if r["status"] == "failed"]
    waiting = [r for r in ordered if r["status"] == "no_data"]
    made = [r for r in ordered if r["status"] in ("made", "skipped")]
    if len(failed) + len(waiting) + len(made) != len(ordered):
        raise ValueError("a record's status is made, skipped, failed or no_data")
    is_open = len(ordered) <= ALL_OPEN
    return template("index.html.j2").render(
        title=title,
        style=Markup(style()),
        summary=_summary(len(made), len(failed), len(waiting)),
        failed=[{"where": _where(r), "name": _report_name(r), "error": _message(r), "place": _cell(r)} for r in failed],
        waiting=waiting,
        missing=_missing(waiting, is_open),
        places=_places(ordered, is_open),
    )


def write_index(folder: Path, records: Iterable[Record], *, title: str = "Rapporter") -> Path:
    """Write index.html in the output folder, whole or not at all."""
    path = folder / "index.html"
    beside = folder / f".index.{os.getpid()}.html"
    beside.write_text(render_index(records, title=title), encoding="utf-8")
    os.replace(beside, path)
    return path


def _few(lights: list[Light]) -> list[Light]:
    """The lights; with more than MOST_LIGHTS, one for each status with how many there are of it."""
    if len(lights) <= MOST_LIGHTS:
        return lights
    counts = Counter((light.status, light.text) for light in lights)
    return [Light(status, f"{text}: {count}") for (status, text), count in counts.items()]


def _summary(made: int, failed: int, waiting: int) -> str:
    parts = [
        f"{number(made)} {'rapport finns' if made == 1 else 'rapporter finns'}",
        f"{number(failed)} misslyckades" if failed else "",
        f"{number(waiting)} väntar på underlag" if waiting else "",
    ]
    return ", ".join(filter(None, parts)) + "."


def _places(ordered: Sequence[Record], is_open: bool) -> list[dict[str, Any]]:
    grouped: dict[tuple[str, str], list[Record]] = {}
    for record in ordered:
        grouped.setdefault((record["municipality"], record["name"]), []).append(record)
    taken = {"main", "misslyckade", "underlag-saknas"}
    return [
        {
            "name": f"{name} (påhittad kommun)" if code == MADE_UP else name,
            "anchor": unique(ascii_name(f"{code} {name}"), taken, "-"),
            "open": is_open,
            "rows": (rows := [_row(r) for r in group if r["status"] in ("made", "skipped")]),
            "count": f"{number(len(rows))} {'rapport' if len(rows) == 1 else 'rapporter'}",
        }
        for (code, name), group in grouped.items()
    ]


def _row(record: Record) -> dict[str, Any]:
    from markupsafe import Markup

    files = [output if isinstance(output, str) else str(output["file"]) for output in record.get("outputs", [])]
    lights = _few([light_from(data) for data in record.get("lights", [])])
    findings = record.get("findings", [])
    return {
        "name": _report_name(record),
        "when": when(record),
        "page": next((_href(file) for file in files if file.endswith(".html")), ""),
        "finding": Markup(emphasis(findings[0])) if findings else "",
        "lights": [{"subject": light.subject, "html": Markup(light.html)} for light in lights],
        "files": [
            {"href": _href(file), "label": FILE_LABELS[Path(file).suffix]}
            for file in files
            if Path(file).suffix in FILE_LABELS
        ],
    }


def _missing(waiting: Sequence[Record], is_open: bool) -> list[dict[str, Any]]:
    """One group per municipality and year: its reports, and what they lack, each thing once."""
    grouped: dict[str, list[Record]] = {}
    for record in waiting:
        grouped.setdefault(_where(record), []).append(record)
    return [
        {
            "where": where,
            "open": is_open,
            "reports": [_report_name(record) for record in group],
            "needs": list(
                {
                    need["what"]: {"what": _sentence(need["what"]), "remedy": _sentence(need.get("remedy", ""))}
                    for record in group
                    for need in record.get("missing", [])
                }.values()
            ),
        }
        for where, group in grouped.items()
    ]


def _report_name(record: Record) -> str:
    kind = REPORTS.get(record["report"])
    return kind.title if kind else record["report"]


def _order(record: Record) -> int:
    return [*REPORTS, record["report"]].index(record["report"])


def when(record: Mapping[str, Any]) -> str:
    """What a report is about in time, and the nämnd: "augusti 2025 Socialnämnden"."""
    period = record.get("period") or ""
    return " ".join(filter(None, [PERIOD_NAMES.get(period, period), str(record["year"]), record.get("board") or ""]))


def _where(record: Record) -> str:
    return f"{record['name']} {when(record)}"


def _message(record: Record) -> str:
    error = record.get("error")
    return error["message"] if error else "Inget felmeddelande finns."


def _cell(record: Record) -> str:
    error = record.get("error")
    if not error:
        return ""
    cell = error.get("cell")
    return ", ".join(filter(None, [error.get("notebook", ""), "" if cell is None else f"cell {cell}"]))


def _href(file: str) -> str:
    return quote(file.replace(os.sep, "/"))


def _sentence(text: str) -> str:
    return text if not text or text.endswith((".", "!", "?")) else text + "."
