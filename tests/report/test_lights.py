from __future__ import annotations

import re
from typing import get_args

import pytest
from bs4 import BeautifulSoup

from krokomanalys.report.lights import LOOKS, WORDS, Light, LightStatus, light, light_from
from krokomanalys.report.theme import contrast
from krokomanalys.targets.measured import TREND_WORDS
from krokomanalys.targets.status import Status


def test_every_status_of_a_goal_has_a_light_with_its_own_word() -> None:
    assert set(LOOKS) == set(get_args(LightStatus)) == {*Status, *WORDS}
    for status in Status:
        assert light(status).text.lower() == status.word


def test_every_trend_of_a_measure_has_a_light_with_its_own_word() -> None:
    assert {code: light(code).text.lower() for code in filter(None, TREND_WORDS)} == {
        code: word for code, word in TREND_WORDS.items() if code
    }


def test_a_trends_arrow_points_up_where_it_gets_better_whichever_way_the_number_goes() -> None:
    tops = {code: LOOKS[code].shape for code in ("better", "worse")}
    assert tops["better"].startswith('<path d="M6 0l') and tops["worse"].startswith('<path d="M6 12L')


def test_no_two_lights_have_the_same_shape() -> None:
    shapes = [look.shape for look in LOOKS.values()]
    assert len(set(shapes)) == len(shapes)


@pytest.mark.parametrize("status", LOOKS)
def test_a_light_can_be_read_and_has_words(status: LightStatus) -> None:
    assert contrast(LOOKS[status].colour) >= 5  # 4.5 on the tinted ground too
    soup = BeautifulSoup(light(status).html, "html.parser")
    assert soup.get_text(strip=True)
    assert soup.svg is not None and soup.svg["aria-hidden"] == "true"


def test_words_from_data_are_escaped() -> None:
    shown = light("met", "<b>bra</b>", "<i>mål</i>")._repr_mimebundle_()["text/html"]
    assert not re.search("<[bi]>", shown)


def test_an_unknown_status_is_refused() -> None:
    with pytest.raises(ValueError, match="no light for the status 'grön'"):
        light("grön")


def test_a_light_is_read_back_from_json_and_from_a_status_alone() -> None:
    given = Light("not_met", "inte på väg", "Invånare")
    assert light_from(given.as_json()).html == given.html
    assert light_from("met") == Light("met")
