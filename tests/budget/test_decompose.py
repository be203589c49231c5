from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from krokomanalys.budget.decompose import effects, volume_effects

# Two kinds of school meals, worked by hand. Prices in tkr.
#
#            before              after            at the old     change of volume
#         volume  price       volume  price        average        x own old price
# enkel      60      4           50      5      -10 x 5 = -50       -10 x 4 = -40
# lagad      30      7           70      6       40 x 5 = 200        40 x 7 = 280
#
# Cost before 60 x 4 + 30 x 7 = 240 + 210 = 450 for 90 meals: the average price is 5.
# Cost after  50 x 5 + 70 x 6 = 250 + 420 = 670: 220 more.
# Volume: 30 more meals at 5 = 150, which is -50 + 200.
# Mix: what the own prices differ from the average: -10 x (4 - 5) = 10 and 40 x (7 - 5) = 80, together 90.
# Price, at the new volumes: 50 x (5 - 4) = 50 and 70 x (6 - 7) = -70, together -20.
# 150 + 90 - 20 = 220.
MEALS = pd.DataFrame(
    {
        "unit": "portioner",
        "item": ["enkel", "lagad"],
        "volume_before": [60.0, 30.0],
        "price_before": [4.0, 7.0],
        "volume_after": [50.0, 70.0],
        "price_after": [5.0, 6.0],
    }
)


def test_meals_worked_by_hand() -> None:
    found = effects(MEALS, ["unit"])
    assert found[["before", "after"]].to_numpy().tolist() == [[240, 250], [210, 420]]
    assert found["volume"].tolist() == [-50, 200]
    assert found["mix"].tolist() == [10, 80]
    assert found["price"].tolist() == [50, -70]


def test_more_of_all_in_the_same_proportions_is_volume_only() -> None:
    found = effects(MEALS.assign(volume_after=[120.0, 60.0], price_after=[4.0, 7.0]), ["unit"])
    assert (found["volume"].sum(), found["mix"].sum(), found["price"].sum()) == (450, 0, 0)


def test_other_proportions_of_the_same_volume_are_mix_only() -> None:
    found = effects(MEALS.assign(volume_after=[30.0, 60.0], price_after=[4.0, 7.0]), ["unit"])
    assert (found["volume"].sum(), found["mix"].sum(), found["price"].sum()) == (0, 90, 0)


def test_volumes_of_other_units_have_no_average_price_in_common() -> None:
    found = effects(MEALS.assign(unit=["portioner", "timmar"]), ["unit"])
    assert found["mix"].tolist() == [0, 0]
    assert found["volume"].tolist() == [-40, 280]


def test_what_was_not_there_before_is_volume_at_its_own_price() -> None:
    found = effects(MEALS.assign(volume_before=0.0, price_before=[5.0, 6.0]), ["unit"])
    assert (found["volume"].tolist(), found["mix"].tolist(), found["price"].tolist()) == ([250, 420], [0, 0], [0, 0])


WHOLE = st.integers(0, 10_000)
ITEMS = st.lists(st.tuples(WHOLE, WHOLE, WHOLE, WHOLE, st.sampled_from("ab")), min_size=1, max_size=8)


@given(ITEMS)
def test_volume_mix_and_price_are_exactly_the_change(rows: list[tuple[int, int, int, int, str]]) -> None:
    columns = ["volume_before", "price_before", "volume_after", "price_after"]
    items = pd.DataFrame(rows, columns=[*columns, "unit"]).astype(dict.fromkeys(columns, float))
    found = effects(items, ["unit"])
    change = found["after"] - found["before"]
    np.testing.assert_allclose(found["volume"] + found["mix"] + found["price"], change, atol=1e-4, rtol=1e-12)
    for _, own in found.groupby("unit"):
        if (own["volume_before"] > 0).any():  # then the mix is zero-sum against the old composition
            average = own["before"].sum() / own["volume_before"].sum()
            more = own["volume_after"].sum() - own["volume_before"].sum()
            assert own["volume"].sum() == pytest.approx(more * average, abs=1e-4)


def volumes(*rows: tuple[str, str, str, float, float]) -> pd.DataFrame:
    columns = ["item", "unit", "basis", "volume", "price"]
    return pd.DataFrame(rows, columns=columns).assign(region="0000", year=2025, board="N", line="Mat")


def test_a_dearer_outcome_is_below_zero_and_its_parts_sum_to_the_variance() -> None:
    given = [
        (item, "portioner", basis, volume, price)
        for item, before, after in (("enkel", (60, 4), (50, 5)), ("lagad", (30, 7), (70, 6)))
        for basis, (volume, price) in (("budget", before), ("outcome", after))
    ]
    found = volume_effects(volumes(*given), 2025)
    assert found["variance"].tolist() == [-10, -210]
    assert found["volume"].sum() == -150
    assert (found["mix"].sum(), found["price"].sum()) == (-90, 20)


def test_an_item_that_is_new_or_gone_costs_only_by_its_volume() -> None:
    found = volume_effects(volumes(("a", "h", "budget", 10, 3), ("b", "h", "outcome", 4, 5)), 2025).set_index("item")
    assert found.loc["a", ["variance", "price"]].tolist() == [30, 0]
    assert found.loc["b", ["variance", "price"]].tolist() == [-20, 0]


def test_a_line_without_outcome_is_not_taken_for_gone() -> None:
    assert volume_effects(volumes(("a", "h", "budget", 10, 3)), 2025).empty


def test_other_years_are_not_counted() -> None:
    rows = volumes(("a", "h", "budget", 10, 3), ("a", "h", "outcome", 9, 3))
    assert volume_effects(rows, 2024).empty
