"""How easy the project's own words are to read, as LIX; what is quoted from data is others' words, and not counted."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from krokomanalys.report import pictures, tables
from krokomanalys.report.page import QUOTED, media_type
from krokomanalys.swedish import number

if TYPE_CHECKING:
    from nbformat import NotebookNode

HARDEST = 45
"""The LIX that the project's own words stay under: ordinary newspaper text is 40 to 50."""
_ENDS = (".", ":", "!", "?")
_NUMBER = re.compile(r"[-−+]?\d+(?:[\u00a0\u202f.,:–/-]\d+)*")
_QUOTATION = re.compile(r'["”“»][^"”“«»]*["”«]')


def lix(text: str) -> float:
    """LIX of running text: words a sentence plus the percentage of words of more than six letters; 0 without words.

    A sentence ends with a stop, colon, exclamation or question mark. A number is one word, whatever is between its
    digits.
    Source: Björnsson, C. H. (1968), Läsbarhet.
    """
    plain = _NUMBER.sub("1", text)
    words = re.findall(r"\w+", plain)
    if not words:
        return 0.0
    sentences = re.findall(r"\w\W*[.:!?](?=\W|$)", plain)
    return len(words) / max(len(sentences), 1) + 100 * sum(len(word) > 6 for word in words) / len(words)


def running_text(markdown: str) -> str:
    """The prose of a Markdown text as running text: without code, headings, tables and the addresses of links.

    A line that ends without a stop, such as one of a list, is a sentence of its own.
    """
    prose = re.sub(r"^```.*?^```", "", markdown, flags=re.MULTILINE | re.DOTALL)
    lines = [line.strip() for line in prose.splitlines() if line.strip() and not line.startswith(("#", "|"))]
    return re.sub(r"`[^`]*`", "kod", re.sub(r"\]\([^)]*\)", "]", _sentences(lines)))


def own_prose(notebook: NotebookNode) -> str:
    """A finished report's own prose as running text.

    The Markdown of the page, the opening's lead and findings, prose, notes, the notes of tables and the captions of
    figures. Pieces marked page.QUOTED are left out, and what stands within quotation marks is one word.
    """
    opens = next((place for place, cell in enumerate(notebook.cells) if _shows_opening(cell)), 0)
    told: list[str] = []
    for place, cell in enumerate(notebook.cells):
        if cell.cell_type == "markdown":
            told += [running_text(cell.source)] if place > opens else []
            continue
        for output in cell.get("outputs", []):
            told += _lines(output.get("data", {}))
    return _QUOTATION.sub("citat", _sentences([line.replace("**", "") for line in told if line.strip()]))


def summary(records: Sequence[Mapping[str, Any]]) -> str:
    """A line on the reports of a run: the span of their LIX and which was hardest; "" where none has any."""
    read = [record for record in records if record.get("lix")]
    if not read:
        return ""
    values = sorted(record["lix"] for record in read)
    span = "–".join(dict.fromkeys(number(value) for value in (values[0], values[-1])))
    hardest = max(read, key=lambda record: float(record["lix"]))
    place = " ".join(filter(None, [hardest["name"], str(hardest["year"]), hardest["period"], hardest["board"]]))
    return f"Läsbarhet: LIX {span} (under {HARDEST} är målet). Svårast: {hardest['report']}, {place}."


def _lines(data: Mapping[str, Any]) -> list[str]:
    """What an output says in the project's own words."""
    if tables.MEDIA_TYPE in data:
        return [data[tables.MEDIA_TYPE].get("note", "")]
    if pictures.MEDIA_TYPE in data:
        shown = data[pictures.MEDIA_TYPE]
        return [shown.get("caption", ""), shown["table"].get("note", "")]
    if (opening := data.get(media_type("opening"))) is not None:
        return [opening["lead"], *opening["findings"]]
    for kind in ("prose", "note"):
        if media_type(kind) in data and not data[media_type(kind)].get(QUOTED):
            return str(data.get("text/plain", "")).splitlines()
    return []


def _sentences(lines: Sequence[str]) -> str:
    return " ".join(line if line.endswith(_ENDS) else f"{line}." for line in lines)


def _shows_opening(cell: NotebookNode) -> bool:
    return any(media_type("opening") in output.get("data", {}) for output in cell.get("outputs", []))
