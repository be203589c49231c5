from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from matplotlib import pyplot as plt

from krokomanalys.report.pictures import MEDIA_TYPE, Picture, picture, picture_from

Draw = Callable[[], Picture]


def test_the_same_figure_gives_the_same_bytes(drawn: Draw) -> None:
    first, second = drawn(), drawn()
    assert first.svg == second.svg
    assert first.png == second.png


def test_a_drawing_has_its_text_as_text_and_refers_to_nothing_outside(drawn: Draw) -> None:
    svg = drawn().svg
    assert svg.startswith("<svg")
    assert "utfall" in svg and "15\u00a0400" in svg
    outside = set(re.findall(r'(?:href|src)="(?!#)[^"]*"|url\((?!#)[^)]*\)', svg))
    assert not outside
    assert "<dc:date>" not in svg


def test_drawing_closes_the_figure(drawn: Draw) -> None:
    before = plt.get_fignums()
    drawn()
    assert plt.get_fignums() == before


def test_drawing_says_nothing_of_fonts_it_did_not_find(caplog: pytest.LogCaptureFixture, drawn: Draw) -> None:
    drawn()
    assert not caplog.records


def test_a_figure_has_alt_text_caption_and_its_numbers(drawn: Draw) -> None:
    soup = BeautifulSoup(drawn().html, "html.parser")
    assert soup.img is not None and soup.img["alt"] == 'Linjediagram. "15 532" <b>invånare</b>.'
    assert str(soup.img["src"]).startswith("data:image/svg+xml;base64,")
    assert int(str(soup.img["width"])) == 735  # 46rem of the page
    assert soup.figcaption is not None and soup.figcaption.get_text() == "Källa: SCB."
    assert soup.select_one("details table caption") is not None


def test_a_figure_without_an_alt_text_is_refused(drawn: Draw) -> None:
    table = drawn().table
    with pytest.raises(ValueError, match="needs an alt text"):
        picture(plt.figure(), name="tom", alt=" ", caption="Något", table=table)
    plt.close("all")


def test_a_figure_comes_back_from_json_as_it_was(drawn: Draw) -> None:
    given = drawn()
    data = json.loads(json.dumps(given._repr_mimebundle_()[MEDIA_TYPE]))
    back = picture_from(data)
    assert (back.svg, back.png, back.html) == (given.svg, given.png, given.html)
    assert back.png.startswith(b"\x89PNG")
