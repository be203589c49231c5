"""Pages in a real browser without a network: WCAG 2.1 A and AA by axe-core, on a desk, on a phone and on paper."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from krokomanalys.batch.index import Record, write_index
from krokomanalys.report import html

if TYPE_CHECKING:
    from nbformat import NotebookNode
    from playwright.sync_api import Browser, Page

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
WCAG = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]},
    "resultTypes": ["violations"],
}
A4_WIDTH = 673  # CSS pixels between the page's margins: 210 mm - 2 x 16 mm


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium")
    if chromium is None:
        message = "chromium finns inte, så sidorna är inte provade i en webbläsare (apt-get install chromium)"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=QUIET)
        yield started
        started.close()


@pytest.fixture
def pages(
    tmp_path: Path,
    small_notebook: NotebookNode,
    records: list[Record],
    many: list[Record],
    rendered_pages: list[Path],
) -> list[Path]:
    """A page, an index and one of many reports made here, and one real page of each kind with their index."""
    own = tmp_path / "sida.html"
    own.write_text(html.render(small_notebook, title="Sida · Krokom · 2022"), encoding="utf-8")
    folded = write_index(tmp_path, many).rename(tmp_path / "manga.html")
    return [own, folded, write_index(tmp_path, records), *rendered_pages]


def of_each_kind(pages: list[Path]) -> list[Path]:
    """One page of each kind of report."""
    return list({path.name: path for path in pages}.values())


def opened(browser: Browser, path: Path, width: int) -> Page:
    """The page at that width, offline; any request for something other than the file itself fails the test."""
    context = browser.new_context(viewport={"width": width, "height": 900}, offline=True)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: asked.append(f"console: {message.text}"))
    page.goto(path.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(element => { element.open = true })")
    assert [url for url in asked if url != path.as_uri() and not url.startswith("data:")] == []
    return page


def violations(page: Page) -> list[str]:
    from axe_playwright_python.sync_playwright import Axe

    found: list[dict[str, Any]] = Axe().run(page, options=WCAG).response["violations"]
    return [f"{v['id']}: {v['help']} {[node['html'][:120] for node in v['nodes'][:3]]}" for v in found]


@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_no_violation_and_nothing_is_wider_than_the_window(
    browser: Browser, pages: list[Path], width: int
) -> None:
    for path in of_each_kind(pages):
        page = opened(browser, path, width)
        if width == 1280 or path.name in ("sida.html", "manga.html", "index.html"):  # a phone has the same tags
            assert violations(page) == [], path.name
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path.name
        page.context.close()


def test_a_link_into_a_folded_municipality_opens_it(browser: Browser, tmp_path: Path, many: list[Record]) -> None:
    page = browser.new_context(offline=True).new_page()
    page.goto(f"{write_index(tmp_path, many).as_uri()}#2262-timra-2020")
    assert page.evaluate("[...document.querySelectorAll('details[open]')].map(d => d.id)") == ["2262-timra"]
    page.context.close()


def test_axe_sees_a_fault_when_there_is_one(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "fel.html"
    path.write_text('<html lang="sv"><title>Fel</title><p style="color:#ccc">Svagt</p><img src="data:,">', "utf-8")
    page = opened(browser, path, 1280)
    assert {text.split(":")[0] for text in violations(page)} == {"color-contrast", "image-alt"}
    page.context.close()


def test_figures_are_drawn(browser: Browser, pages: list[Path]) -> None:
    drawn = {}
    for path in of_each_kind(pages):
        page = opened(browser, path, 1280)
        drawn[path.name] = page.evaluate("[...document.images].map(i => i.complete && i.naturalWidth > 0)")
        page.context.close()
    assert drawn["sida.html"] == [True]
    assert len(drawn["befolkningsprognos.html"]) == 7 and all(drawn["befolkningsprognos.html"])
    assert {name: shown for name, shown in drawn.items() if not all(shown)} == {}


def test_the_keyboard_goes_to_the_content_first(browser: Browser, pages: list[Path]) -> None:
    for path in of_each_kind(pages):
        page = opened(browser, path, 1280)
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip", path.name
        assert page.evaluate("document.activeElement.getBoundingClientRect().left") >= 0, path.name
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main", path.name
        page.context.close()


def test_a_page_prints_on_a4_without_menus_and_code(browser: Browser, pages: list[Path]) -> None:
    for path in pages:
        page = opened(browser, path, A4_WIDTH)
        page.emulate_media(media="print")
        assert page.evaluate("document.documentElement.scrollWidth") <= A4_WIDTH, path.name
        hidden = "[...document.querySelectorAll('nav, .skip, details.code')].every(e => !e.getClientRects().length)"
        assert page.evaluate(hidden), path.name
        sheets = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", page.pdf(prefer_css_page_size=True))
        assert sheets, path.name
        assert {(round(float(w)), round(float(h))) for w, h in sheets} == {(595, 842)}, path.name
        page.context.close()


def test_folded_numbers_are_not_printed_and_open_ones_are(browser: Browser, pages: list[Path]) -> None:
    page = opened(browser, pages[0], A4_WIDTH)
    page.emulate_media(media="print")
    shown = "document.querySelector('details.numbers').getClientRects().length > 0"
    assert page.evaluate(shown)
    page.evaluate("document.querySelector('details.numbers').open = false")
    assert not page.evaluate(shown)
    page.context.close()
