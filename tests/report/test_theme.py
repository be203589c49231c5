from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib import pyplot as plt
from matplotlib.colors import to_rgb

from krokomanalys.report import theme

# Machado, Oliveira and Fernandes (2009), full deficiency, linear RGB.
SIGHTS = {
    "full": np.eye(3),
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}


def lab(colour: str, sight: str) -> np.ndarray:
    """CIELAB of a colour as somebody with that sight sees it (D65)."""
    rgb = np.array(to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    seen = np.clip(np.asarray(SIGHTS[sight]) @ linear, 0, 1)
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ seen
    t = xyz / [0.9505, 1, 1.089]
    f = np.where(t > 0.008856, np.cbrt(t), 7.787 * t + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("sight", SIGHTS)
def test_colour_blind_readers_can_tell_the_lines_apart(sight: str) -> None:
    for one, other in combinations(theme.SERIES, 2):
        assert np.linalg.norm(lab(one, sight) - lab(other, sight)) > 15, (one, other)


def test_lines_and_texts_stand_out_from_white() -> None:
    assert theme.contrast("#ffffff") == pytest.approx(1)
    assert theme.contrast("#000000") == pytest.approx(21)
    for colour in theme.SERIES:
        assert theme.contrast(colour) >= 3
        assert theme.contrast(theme.text_colour(colour)) >= 4.5
    assert theme.contrast(theme.SOFT) >= 4.5
    assert theme.text_colour(theme.INK) == theme.INK


@given(st.lists(st.floats(0, 300), min_size=1, max_size=8))
def test_labels_never_stand_on_each_other(heights: list[float]) -> None:
    wanted = sorted(heights)
    placed = theme._apart(wanted, 11)
    assert len(placed) == len(wanted)
    assert all(b - a >= 11 - 1e-6 for a, b in pairwise(placed))
    assert sum(placed) == pytest.approx(sum(wanted), abs=1e-6)


def test_labels_with_room_stay_where_their_lines_end() -> None:
    assert theme._apart([0, 20, 50], 11) == [0, 20, 50]
    assert theme._apart([0, 1, 50], 11) == [-5, 6, 50]


def test_lines_are_labelled_at_their_last_known_value() -> None:
    theme.theme()
    figure, axes = plt.subplots()
    axes.plot([2020, 2021, 2022], [1, 2, np.nan], label="utfall", color=theme.INK)
    axes.plot([2021, 2022], [2, 3], label="prognos", color=theme.ROSE)
    axes.plot([2021, 2022], [1, 1])
    axes.plot([2021], [np.nan], label="tom")
    theme.label_ends(axes)
    assert {text.get_text(): text.xy for text in axes.texts} == {"utfall": (2021, 2), "prognos": (2022, 3)}  # type: ignore[attr-defined]
    plt.close(figure)


def test_axes_are_in_swedish_but_years_are_not_grouped() -> None:
    figure, axes = plt.subplots()
    theme.swedish_axis(axes.yaxis, 1, signed=True, unit="mkr")
    theme.year_axis(axes.xaxis)
    assert axes.yaxis.get_major_formatter()(-1234.5, 0) == "−1\u00a0234,5\u00a0mkr"
    assert axes.xaxis.get_major_formatter()(2022, 0) == "2022"
    plt.close(figure)
