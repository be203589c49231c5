"""What a notebook shows besides tables and figures: the opening, notes, and the sources at the end."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from html import escape
from typing import Any, Literal

from krokomanalys.report.lights import Light

State = Literal["utkast", "klar", "beslutad"]
STATES: Mapping[str, str] = {"utkast": "Utkast", "klar": "Klar", "beslutad": "Beslutad"}

QUOTED = "quoted"
"""In a piece's data, true: its words are quoted from data (a manager's comment), and are not the report's own."""
MADE_UP = "**Påhittad kommun.** Alla siffror på sidan är påhittade. De visar hur rapporten ser ut."


@dataclass(frozen=True)
class Piece:
    """A part of a page, shown by a cell: its HTML and, for the batch, what it is made of.

    kind   opening, note, prose or sources; the vendor media type is named after it
    html   an accessible fragment in which all text is escaped
    plain  the same for who has no HTML
    data   what the batch reads back
    """

    kind: str
    html: str
    plain: str
    data: Mapping[str, Any] = field(default_factory=dict)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        return {"text/plain": self.plain, "text/html": self.html, media_type(self.kind): dict(self.data)}


@dataclass(frozen=True)
class UsedSource:
    """One source that a report's figures are from, as data/sources.yaml has it; blank where it isn't known."""

    table: str
    publisher: str = ""
    licence: str = ""
    retrieved: str = ""
    file: str = ""


def media_type(kind: str) -> str:
    """The vendor media type of a piece."""
    return f"application/vnd.krokomanalys.{kind}+json"


def emphasis(text: str) -> str:
    """`text` as HTML: escaped, and then **…** as strong, so that data can't bring in markup."""
    return re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", escape(text))


def opening(
    title: str,
    *,
    lead: str,
    eyebrow: str = "",
    findings: Sequence[str] = (),
    lights: Sequence[Light] = (),
    state: State = "utkast",
    by: str = "",
    when: str = "",
    made_up: bool = False,
) -> Piece:
    """The top of a page, and its only h1.

    lead      for whom the page is and what it answers
    eyebrow   municipality, subject and the last day whose figures are used
    findings  sentences with their numbers in **…**, the most important first
    lights    status lights with the subject that each is about
    state     utkast, klar or beslutad, `by` whom and `when` (as the parameters have them)
    made_up   the municipality and its figures are made up, and the page says so
    """
    if state not in STATES:
        raise ValueError(f"a page is {', '.join(STATES)}, not {state!r}")
    mark = " ".join(filter(None, [STATES[state], by and f"av {by}", when]))
    parts = [
        f'<p class="eyebrow">{escape(eyebrow)}</p>' if eyebrow else "",
        f"<h1>{escape(title)}</h1>",
        f'<p class="note boxed">{emphasis(MADE_UP)}</p>' if made_up else "",
        f'<p class="lead">{emphasis(lead)}</p>',
        f'<p class="state"><span class="mark {state}">{escape(mark)}</span></p>',
        _list("ol", "findings", "Det viktigaste", [emphasis(finding) for finding in findings]),
        _list("ul", "lights", "Läget i korthet", [_subject(light) + light.html for light in lights]),
    ]
    data = {
        "title": title,
        "eyebrow": eyebrow,
        "lead": lead,
        "findings": list(findings),
        "lights": [light.as_json() for light in lights],
        "state": state,
        "by": by,
        "when": when,
    }
    lines = [title, *([MADE_UP] if made_up else []), lead, *findings]
    return Piece("opening", "\n".join(filter(None, parts)), "\n".join(line.replace("**", "") for line in lines), data)


def note(text: str) -> Piece:
    """What a reader should be warned of or know, set apart from the text."""
    return Piece("note", f'<p class="note boxed">{emphasis(text)}</p>', text.replace("**", ""))


def prose(*paragraphs: str, proposed: bool = False) -> Piece:
    """Paragraphs made from the numbers. `proposed` marks them "Förslag": nobody has taken them over yet."""
    mark = '<span class="mark utkast">Förslag</span> ' if proposed else ""
    html = "\n".join(
        f"<p>{mark if place == 0 else ''}{emphasis(paragraph)}</p>" for place, paragraph in enumerate(paragraphs)
    )
    return Piece("prose", html, "\n\n".join(paragraph.replace("**", "") for paragraph in paragraphs))


def sources(
    used: Sequence[UsedSource],
    *,
    parameters: Mapping[str, object],
    model: str,
    version: str,
    made: datetime,
    checksum: str,
) -> Piece:
    """The end of a page: all that is needed to make the same page again.

    parameters  as the parameter file has them; blank ones are left out
    model       in words, which model or rule the figures are calculated by
    version     of krokomanalys
    made        when the page was made: the stamp, all that differs between two pages made from the same
    checksum    of the data and the parameters that the page is made from
    """
    stamp = f"{made:%Y-%m-%d} kl. {made:%H.%M}"
    rows = {
        "Källor": [_cite(source) for source in used],
        "Modell": [model],
        "Parametrar": [f"{key}: {value}" for key, value in parameters.items() if value not in (None, "", (), [])],
        "Version": [f"krokomanalys {version}"],
        "Framtagen": [stamp],
        "Kontrollsumma": [checksum],
    }
    marked = f'<time class="stamp" datetime="{made.isoformat(timespec="seconds")}">{stamp}</time>'
    html = {term: [escape(text) for text in texts] for term, texts in rows.items()} | {"Framtagen": [marked]}
    data = {
        "sources": [asdict(source) for source in used],
        "parameters": {key: str(value) for key, value in parameters.items()},
        "model": model,
        "version": version,
        "made": made.isoformat(timespec="seconds"),
        "checksum": checksum,
    }
    plain = "\n".join(f"{term}: {'; '.join(texts)}" for term, texts in rows.items() if any(texts))
    return Piece("sources", terms(html), plain, data)


def terms(rows: Mapping[str, Sequence[str]]) -> str:
    """Terms with what is said of each, in HTML; those of which nothing is said are left out."""
    told = (
        f"<dt>{term}</dt>" + "".join(f"<dd>{text}</dd>" for text in texts if text)
        for term, texts in rows.items()
        if any(texts)
    )
    return f'<dl class="sources">{"".join(told)}</dl>'


def _list(tag: str, name: str, label: str, items: Sequence[str]) -> str:
    if not items:
        return ""
    lines = "\n".join(f"<li>{item}</li>" for item in items)
    return f'<section class="{name}" aria-label="{label}"><{tag}>\n{lines}\n</{tag}></section>'


def _subject(light: Light) -> str:
    return f'<span class="subject">{escape(light.subject)}</span> ' if light.subject else ""


def _cite(source: UsedSource) -> str:
    named = ", ".join(filter(None, [source.publisher, source.table]))
    rest = ", ".join(filter(None, [source.licence, source.retrieved and f"hämtad {source.retrieved}", source.file]))
    return f"{named} ({rest})" if rest else named
