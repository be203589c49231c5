"""An executed notebook made into one page: self-contained, without scripts, for any reader.

What a cell shows through the library's own objects (and Markdown) is on the page. All else that cells put out, such
as prints, warnings, frames and figures without an alt text, stands in the section's <details> "Visa kod", as text:
it is not lost, but it is not mistaken for the report either. `strays_in` lists it for the batch and the tests.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol, cast

from krokomanalys.regions import ascii_name
from krokomanalys.report import pictures, tables
from krokomanalys.report.page import media_type
from krokomanalys.report.templates import FOLDER, style

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag
    from nbconvert import HTMLExporter
    from nbformat import NotebookNode

_CODE = '<details class="code">'
_OURS = "application/vnd.krokomanalys."
# What looks like a tag is one: in text, < is written &lt;.
_OUTSIDE = re.compile(
    r'<(?:script|link|iframe|object|embed|base|form)\b[^>]*|<\w[^>]*\ssrc=(?!"data:)[^>]*', re.IGNORECASE
)
_LABEL = re.compile(r'(<\w[^>]*\saria-label=")([^"]*)')
_PLACE = re.compile(r"<!--(\d+)-->")
_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


@dataclass(frozen=True)
class Stray:
    """Something that a cell put out which isn't for the page.

    cell  the cell's place in the notebook, from 0
    kind  stdout, stderr, error or output (a value or figure that isn't one of the library's objects)
    text  what it said
    """

    cell: int
    kind: str
    text: str


def render(
    notebook: NotebookNode, *, title: str, language: str = "sv", with_code: bool = True, ending: str = ""
) -> str:
    """The page for an executed notebook; with its code to unfold below each section, or without.

    `ending` is HTML that is put last, below what the notebook shows.
    The h1 is the opening's; where the notebook has no opening it is `title`. Markdown above the opening, and level-1
    headings, speak to who has the notebook open in JupyterLab and are left out. ValueError for two openings, for two
    tables or two figures of the same name, and for whatever would make the page refer to something outside itself.
    """
    from bs4 import BeautifulSoup

    _check_names(notebook)
    page = {"title": title, "language": language, "style": style(), "ending": ending}
    drawn: list[str] = []
    prepared = _prepared(notebook, drawn)
    for cell in prepared.cells if not with_code else ():
        cell.metadata.pop("section_code", None)
    text, _ = _exporter().from_notebook_node(prepared, resources={"page": page})
    _refuse_references([text, *drawn])
    soup = BeautifulSoup(text, "html.parser")
    _one_h1(soup, title)
    _contents(soup)
    return _with_unique_labels(_PLACE.sub(lambda place: drawn[int(place[1])], str(soup)))


def shows_code(page: str) -> bool:
    """Whether a page that `render` has made has code to unfold."""
    return _CODE in page


class Shown(Protocol):
    """What a notebook's cell can show: a table, a figure or a piece."""

    def _repr_mimebundle_(self) -> dict[str, Any]: ...


def notebook_of(shown: Sequence[Shown]) -> NotebookNode:
    """A notebook as if its cells had shown these, one each: for a page that no notebook tells."""
    from nbformat import from_dict

    cell: dict[str, Any] = {"cell_type": "code", "source": "", "metadata": {}, "execution_count": None}
    outputs = [{"output_type": "display_data", "data": one._repr_mimebundle_(), "metadata": {}} for one in shown]
    cells = [cell | {"id": f"del-{place}", "outputs": [output]} for place, output in enumerate(outputs)]
    content = {"cells": cells, "metadata": {}}
    notebook: NotebookNode = from_dict(content | {"nbformat": 4, "nbformat_minor": 5})  # type: ignore[no-untyped-call]
    return notebook


def tables_in(notebook: NotebookNode) -> list[tables.Table]:
    """The tables that an executed notebook shows, figures' own tables among them, in its order."""
    found = []
    for data in _vendor(notebook):
        if tables.MEDIA_TYPE in data:
            found.append(tables.table_from(data[tables.MEDIA_TYPE]))
        elif pictures.MEDIA_TYPE in data:
            found.append(tables.table_from(data[pictures.MEDIA_TYPE]["table"]))
    return found


def pictures_in(notebook: NotebookNode) -> list[pictures.Picture]:
    """The figures that an executed notebook shows, in its order."""
    return [
        pictures.picture_from(data[pictures.MEDIA_TYPE]) for data in _vendor(notebook) if pictures.MEDIA_TYPE in data
    ]


def pieces_in(notebook: NotebookNode, kind: str) -> list[dict[str, Any]]:
    """What the notebook's pieces of a kind ("opening", "sources") are made of, in its order."""
    wanted = media_type(kind)
    return [dict(data[wanted]) for data in _vendor(notebook) if wanted in data]


def strays_in(notebook: NotebookNode) -> list[Stray]:
    """Everything that cells put out besides the library's objects and Markdown."""
    return [
        stray
        for place, cell in enumerate(notebook.cells)
        for output in cell.get("outputs", [])
        if (stray := _stray(place, output)) is not None
    ]


@cache
def _exporter() -> HTMLExporter:
    from nbconvert import HTMLExporter, TemplateExporter

    class PageExporter(HTMLExporter):
        """nbconvert's own, without its second reading of the finished page, for what our template already has."""

        from_notebook_node = TemplateExporter.from_notebook_node

    return PageExporter(  # type: ignore[no-untyped-call]
        extra_template_basedirs=[str(FOLDER)], template_name="page", exclude_anchor_links=True
    )


def _vendor(notebook: NotebookNode) -> Iterator[Mapping[str, Any]]:
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if _is_ours(data):
                yield data


def _is_ours(data: Mapping[str, Any]) -> bool:
    return any(key.startswith(_OURS) for key in data)


def _stray(place: int, output: Mapping[str, Any]) -> Stray | None:
    kind = output["output_type"]
    if kind == "stream":
        return Stray(place, output["name"], output["text"])
    if kind == "error":
        return Stray(place, "error", _ANSI.sub("", "\n".join(output["traceback"])))
    data = output.get("data", {})
    if _is_ours(data) or "text/markdown" in data:
        return None
    return Stray(place, "output", str(data.get("text/plain", ", ".join(data))))


def _prepared(notebook: NotebookNode, drawn: list[str]) -> NotebookNode:
    """A copy in which each section's code stands at its last cell, and cells keep only what is for the page.

    Of tables and figures it has their places in `drawn`, which they are added to: they are most of a page, have no
    headings, and needn't be parsed.
    """
    strays: dict[int, list[str]] = {}
    for stray in strays_in(notebook):
        strays.setdefault(stray.cell, []).append(stray.text)
    opens = next((place for place, cell in enumerate(notebook.cells) if _has_opening(cell)), 0)
    cells: list[NotebookNode] = []
    code: list[dict[str, Any]] = []
    for place, original in enumerate(notebook.cells):
        if original.cell_type == "markdown" and place < opens:
            continue
        cell = copy.copy(original)
        cell.metadata = copy.copy(original.metadata)
        if cell.cell_type == "markdown" and re.search(r"^## ", cell.source, re.MULTILINE) and cells:
            cells[-1].metadata.section_code = code
            code = []
        if cell.cell_type == "code":
            kept = [o for o in cell.outputs if o["output_type"] == "error" or _stray(place, o) is None]
            cell.outputs = [_held_back(output, drawn) for output in kept]
            if cell.source.strip():
                code.append({"source": cell.source, "printed": strays.get(place, [])})
        cells.append(cell)
    if cells:
        cells[-1].metadata.section_code = code
    copied = copy.copy(notebook)
    copied.cells = _with_content(cells)
    return copied


def _held_back(output: NotebookNode, drawn: list[str]) -> NotebookNode:
    data = output.get("data", {})
    if tables.MEDIA_TYPE not in data and pictures.MEDIA_TYPE not in data:
        return output
    drawn.append(data["text/html"])
    held = copy.copy(output)
    held.data = {"text/html": f"<!--{len(drawn) - 1}-->"}
    return held


def _with_content(cells: list[NotebookNode]) -> list[NotebookNode]:
    """The cells without the sections (h2) whose code shows nothing: what the figures don't have isn't on the page."""
    sections: list[list[NotebookNode]] = [[]]
    for cell in cells:
        if cell.cell_type == "markdown" and cell.source.startswith("## "):
            sections.append([])
        sections[-1].append(cell)
    return [cell for place, section in enumerate(sections) if not (place and _is_silent(section)) for cell in section]


def _is_silent(section: list[NotebookNode]) -> bool:
    code = [cell for cell in section if cell.cell_type == "code" and cell.source.strip()]
    printed = any(told["printed"] for cell in section for told in cell.metadata.get("section_code", []))
    return bool(code) and not printed and not any(cell.outputs for cell in code)


def _has_opening(cell: NotebookNode) -> bool:
    return any(media_type("opening") in output.get("data", {}) for output in cell.get("outputs", []))


def _check_names(notebook: NotebookNode) -> None:
    if len(pieces_in(notebook, "opening")) > 1:
        raise ValueError("a page has one opening; this notebook shows more")
    for kind, names in (
        ("tables", [table.name for table in tables_in(notebook)]),
        ("figures", [picture.name for picture in pictures_in(notebook)]),
    ):
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"two {kind} are called {', '.join(twice)}; a name is used once in a report")


def _refuse_references(parts: Sequence[str]) -> None:
    """A page opens from a mail attachment: nothing in it may run, or be fetched from elsewhere."""
    if outside := [found[0] for part in parts for found in _OUTSIDE.finditer(part)]:
        raise ValueError(f"the page would refer outside itself or run something: {', '.join(outside)}")


def _one_h1(soup: BeautifulSoup, title: str) -> None:
    for block in soup.find_all("div", class_="prose"):
        for heading in block.find_all("h1"):
            heading.decompose()
        if not block.get_text(strip=True):
            block.decompose()
    if soup.h1 is None:
        heading = soup.new_tag("h1")
        heading.string = title
        _only(soup, "main").insert(0, heading)


def _contents(soup: BeautifulSoup) -> None:
    """Give each h2 and h3 an id and list the h2s in the nav, which goes where there are none."""
    taken = {"main"}
    entries = _only(soup, "nav ol")
    for heading in soup.find_all(["h2", "h3"]):
        anchor = unique(ascii_name(heading.get_text()) or "avsnitt", taken, "-")
        heading["id"] = anchor
        if heading.name == "h2":
            link = soup.new_tag("a", href=f"#{anchor}")
            link.string = heading.get_text()
            item = soup.new_tag("li")
            item.append(link)
            entries.append(item)
    if not entries.find("li"):
        _only(soup, "nav").decompose()
        _only(soup, ".page")["class"] = "page alone"


def _with_unique_labels(page: str) -> str:
    """Number the regions that would be called the same, since a screen reader lists them by label."""
    taken: set[str] = set()
    return _LABEL.sub(lambda label: label[1] + unique(label[2], taken, " "), page)


def _only(soup: BeautifulSoup, selector: str) -> Tag:
    return cast("Tag", soup.select_one(selector))


def unique(name: str, taken: set[str], separator: str) -> str:
    """`name`, or where it is in `taken` already, with the first free number after it. Adds it to `taken`."""
    free, count = name, 1
    while free in taken:
        count += 1
        free = f"{name}{separator}{count}"
    taken.add(free)
    return free
