"""index.html: every report of a run by municipality and year, failures first, what waits for figures last.

A few reports stand open under a heading for each municipality. With more than ALL_OPEN each municipality is one line
under its letter that opens to its reports, and there is a list by kind of report and year too.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, NotRequired, TypedDict
from urllib.parse import quote

from krokomanalys.batch.manifest import replace_with
from krokomanalys.regions import MADE_UP, ascii_name
from krokomanalys.report.html import unique
from krokomanalys.report.lights import Light, light_from
from krokomanalys.report.page import emphasis
from krokomanalys.report.templates import style, template
from krokomanalys.sources.slices import REPORTS
from krokomanalys.swedish import number

if TYPE_CHECKING:
    from markupsafe import Markup

PERIOD_NAMES: Mapping[str, str] = {
    "01": "januari", "02": "februari", "03": "mars", "04": "april", "05": "maj", "06": "juni", "07": "juli",
    "08": "augusti", "09": "september", "10": "oktober", "11": "november", "12": "december",
    "tertial1": "tertial 1", "tertial2": "tertial 2", "delar": "delår",
}  # fmt: skip
FILE_LABELS: Mapping[str, str] = {".ipynb": "anteckningsbok", ".xlsx": "tabeller"}
MOST_LIGHTS = 6  # a report with more is told by counts; its own page has them all
ALL_OPEN = 60  # with more reports than this, each municipality's list is folded
MOST_FAILURES = 10  # different errors that are shown unfolded
_LOOK_AT = ("not_met", "worse")  # lights that a folded municipality shows
_SWEDISH = str.maketrans("åäö", "{|}")  # the letters after z, in the order of the alphabet


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
        key=lambda r: (r["name"].casefold().translate(_SWEDISH), r["municipality"], -r["year"], when(r), _order(r)),
    )
    failed = [r for r in ordered if r["status"] == "failed"]
    waiting = [r for r in ordered if r["status"] == "no_data"]
    made = [r for r in ordered if r["status"] in ("made", "skipped")]
    if len(failed) + len(waiting) + len(made) != len(ordered):
        raise ValueError("a record's status is made, skipped, failed or no_data")
    is_open = len(ordered) <= ALL_OPEN
    taken = {"main", "misslyckade", "underlag-saknas", "efter-rapport"}
    places = _places(ordered, taken)
    return template("index.html.j2").render(
        title=title,
        style=Markup(style()),
        summary=_summary(len(made), len(failed), len(waiting)),
        failed=len(failed),
        failures=_failures(failed),
        unfolded=MOST_FAILURES,
        waiting=len(waiting),
        missing=_missing(waiting, is_open),
        places=places,
        letters=[] if is_open else _letters(places, taken),
        kinds=[] if is_open else _kinds(made, taken),
    )


def write_index(folder: Path, records: Iterable[Record], *, title: str = "Rapporter") -> Path:
    """Write index.html in the output folder, whole or not at all."""
    path = folder / "index.html"
    replace_with(path, render_index(records, title=title).encode())
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


def _failures(failed: Sequence[Record]) -> list[dict[str, Any]]:
    """Each error once, with the reports it stopped and where in them; what stopped most comes first."""
    grouped: dict[str, list[Record]] = {}
    for record in failed:
        grouped.setdefault(_message(record), []).append(record)
    return [
        {
            "error": error,
            "place": "; ".join(dict.fromkeys(filter(None, map(_cell, group)))),
            "reports": [f"{_where(record)}: {_report_name(record)}" for record in group],
        }
        for error, group in sorted(grouped.items(), key=lambda item: -len(item[1]))
    ]


def _places(ordered: Sequence[Record], taken: set[str]) -> list[dict[str, Any]]:
    grouped: dict[tuple[str, str], list[Record]] = {}
    for record in ordered:
        grouped.setdefault((record["municipality"], record["name"]), []).append(record)
    return [_place(code, name, group, taken) for (code, name), group in grouped.items()]


def _place(code: str, name: str, group: Sequence[Record], taken: set[str]) -> dict[str, Any]:
    made = [record for record in group if record["status"] in ("made", "skipped")]
    years = list(dict.fromkeys(record["year"] for record in made))
    anchor = unique(ascii_name(f"{code} {name}"), taken, "-")
    return {
        "name": _shown_name(code, name),
        "anchor": anchor,
        "count": f"{number(len(made))} {'rapport' if len(made) == 1 else 'rapporter'}",
        "look": _look([record for record in made if record["year"] == years[0]] if years else []),
        "look_year": years[0] if len(years) > 1 else "",
        "years": [
            {
                "year": year,
                "anchor": unique(f"{anchor}-{year}", taken, "-"),
                "rows": [_row(record) for record in made if record["year"] == year],
            }
            for year in years
        ],
        "failed": [f"{_report_name(r)} {when(r)}" for r in group if r["status"] == "failed"],
        "waiting": [f"{_report_name(r)} {when(r)}" for r in group if r["status"] == "no_data"],
    }


def _look(records: Sequence[Record]) -> list[Markup]:
    """The lights that somebody should look at, each once with how many there are of it."""
    from markupsafe import Markup

    lights = [light_from(data) for record in records for data in record.get("lights", [])]
    counts = Counter((light.status, light.text) for light in lights if light.status in _LOOK_AT)
    return [Markup(Light(status, f"{text}: {count}").html) for (status, text), count in counts.items()]


def _letters(places: Sequence[dict[str, Any]], taken: set[str]) -> list[dict[str, Any]]:
    """The municipalities by the first letter of their names."""
    return [
        {"letter": letter, "anchor": unique(ascii_name(f"bokstav {letter}"), taken, "-"), "places": list(group)}
        for letter, group in groupby(places, key=lambda place: place["name"][:1].upper())
    ]


def _kinds(made: Sequence[Record], taken: set[str]) -> list[dict[str, Any]]:
    """The reports by kind and year, the latest first, each a link with the municipality's name."""
    grouped: dict[str, dict[int, list[dict[str, str]]]] = {}
    for record in sorted(made, key=lambda record: (_order(record), -record["year"])):
        by_year = grouped.setdefault(_report_name(record), {})
        name = _shown_name(record["municipality"], record["name"])
        told = " ".join(filter(None, [name, _period(record), record.get("board")]))
        by_year.setdefault(record["year"], []).append({"href": _page(record), "name": told})
    return [
        {
            "title": title,
            "anchor": unique(ascii_name(title), taken, "-"),
            "count": sum(map(len, by_year.values())),
            "years": by_year,
        }
        for title, by_year in grouped.items()
    ]


def _row(record: Record) -> dict[str, Any]:
    from markupsafe import Markup

    files = _files(record)
    lights = _few([light_from(data) for data in record.get("lights", [])])
    findings = record.get("findings", [])
    return {
        "name": _report_name(record),
        "when": when(record),
        "page": _page(record),
        "finding": Markup(emphasis(findings[0])) if findings else "",
        "lights": [{"subject": light.subject, "html": Markup(light.html)} for light in lights],
        "files": [
            {"href": _href(file), "label": FILE_LABELS[Path(file).suffix]}
            for file in files
            if Path(file).suffix in FILE_LABELS
        ],
    }


def _files(record: Record) -> list[str]:
    return [output if isinstance(output, str) else str(output["file"]) for output in record.get("outputs", [])]


def _page(record: Record) -> str:
    return next((_href(file) for file in _files(record) if file.endswith(".html")), "")


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


def _shown_name(code: str, name: str) -> str:
    return f"{name} (påhittad kommun)" if code == MADE_UP else name


def _report_name(record: Record) -> str:
    kind = REPORTS.get(record["report"])
    return kind.title if kind else record["report"]


def _order(record: Record) -> int:
    return [*REPORTS, record["report"]].index(record["report"])


def when(record: Mapping[str, Any]) -> str:
    """What a report is about in time, and the nämnd: "augusti 2025 Socialnämnden"."""
    return " ".join(filter(None, [_period(record), str(record["year"]), record.get("board") or ""]))


def _period(record: Mapping[str, Any]) -> str:
    period = record.get("period") or ""
    return PERIOD_NAMES.get(period, period)


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
