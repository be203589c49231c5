"""Key figures side by side: places, quarters, changes and the signs of costs, on made-up municipalities."""

from __future__ import annotations

from collections import Counter

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from krokomanalys.targets.places import decimals, standings, turned

CODES = [f"{9000 + i}" for i in range(20)]


def kpis(direction: str = "", source: str = "", name: str = "Kostnad, kr/inv", unit: str = "kr/inv") -> pd.DataFrame:
    rows = [("N20999", name, unit, direction, source)]
    return pd.DataFrame(rows, columns=["kpi", "name", "unit", "direction", "direction_source"])


def ratios(values: list[float], year: int = 2024) -> pd.DataFrame:
    """One value for each of the first municipalities, and Riket's 50."""
    rows = [(code, "N20999", year, float(v)) for code, v in zip(CODES, values, strict=False)]
    rows.append(("00", "N20999", year, 50.0))
    return pd.DataFrame(rows, columns=["region", "kpi", "year", "value"])


def quarters(values: list[float], direction: str) -> list[str]:
    """Each municipality's quarter, in the order of the values."""
    table, told = ratios(values), kpis(direction, "Kolada, 2024")
    return [standings(table, told, code, 2024)["quarter"].iloc[0] for code in CODES[: len(values)]]


@pytest.mark.parametrize(("direction", "first", "last"), [("higher", "worst", "best"), ("lower", "best", "worst")])
def test_of_twenty_five_are_best_ten_in_the_middle_and_five_worst(direction: str, first: str, last: str) -> None:
    values = [float(v) for v in range(100, 120)]
    assert quarters(values, direction) == [first] * 5 + ["middle"] * 10 + [last] * 5


@pytest.mark.parametrize(
    ("direction", "source", "count", "why"),
    [
        ("", "", 20, "direction"),
        ("lower", "", 20, "source"),
        ("lower", "Kolada", 7, "few"),
        ("", "", 3, "direction+few"),
    ],
)
def test_without_a_direction_with_a_source_or_with_few_municipalities_there_is_no_quarter(
    direction: str, source: str, count: int, why: str
) -> None:
    row = standings(ratios(list(range(count))), kpis(direction, source), CODES[0], 2024).iloc[0]
    assert (row["quarter"], row["uncoloured"]) == ("", why)


def test_eight_municipalities_are_enough() -> None:
    assert Counter(quarters(list(range(8)), "higher")) == {"best": 2, "middle": 4, "worst": 2}


def test_those_with_the_same_value_share_a_place_and_a_quarter() -> None:
    table = ratios([10, 20, 20, 30])
    rows = [standings(table, kpis("lower", "Kolada"), code, 2024).iloc[0] for code in CODES[:4]]
    assert [(r["place"], r["shared"]) for r in rows] == [(1, False), (2, True), (2, True), (4, False)]
    assert quarters([1, 1, 1, *range(2, 19)], "lower")[:3] == ["best"] * 3


def test_values_that_print_alike_share_a_place() -> None:
    rows = [standings(ratios([1000.2, 1000.4]), kpis(), code, 2024).iloc[0] for code in CODES[:2]]
    assert [(r["place"], r["shared"]) for r in rows] == [(1, True), (1, True)]


def test_where_all_are_alike_nobody_is_best_or_worst() -> None:
    assert set(quarters([5.0] * 20, "higher")) == {"middle"}


def test_without_a_sure_direction_place_one_has_the_highest_value() -> None:
    for told, place in ((kpis(), 20), (kpis("lower", ""), 20), (kpis("lower", "Kolada"), 1)):
        assert standings(ratios(list(range(20))), told, CODES[0], 2024)["place"].iloc[0] == place


def test_only_municipalities_with_a_value_that_same_year_are_counted_and_riket_is_none() -> None:
    table = pd.concat([ratios([10, 20, 30], 2023), ratios([10, 20], 2024)])
    table = table[~((table["region"] == CODES[0]) & (table["year"] == 2024))]
    row = standings(table, kpis(), CODES[0], 2024).iloc[0]
    assert (row["year"], row["of"], row["nation"]) == (2023, 3, 50)


def test_figures_after_the_reports_year_are_not_known() -> None:
    table = pd.concat([ratios([10, 20], 2023), ratios([90, 20], 2024)])
    assert standings(table, kpis(), CODES[0], 2023)["value"].iloc[0] == 10


def test_changes_are_over_one_and_five_years_and_a_share_changes_in_points() -> None:
    table = pd.concat([ratios([80], 2019), ratios([100], 2023), ratios([110], 2024)])
    row = standings(table, kpis(), CODES[0], 2024).iloc[0]
    assert (row["change"], row["change_percent"], row["five"], row["five_percent"]) == (10, 10, 30, 37.5)
    share = standings(table, kpis(unit="%"), CODES[0], 2024).iloc[0]
    assert share["change"] == 10 and pd.isna(share["change_percent"])


def test_a_figure_that_lies_on_both_sides_of_zero_has_no_change_in_per_cent() -> None:
    table = pd.concat([ratios([100, -5], 2023), ratios([110, 5], 2024)])
    row = standings(table, kpis(), CODES[0], 2024).iloc[0]
    assert row["change"] == 10 and pd.isna(row["change_percent"]) and row["both_signs"]


@pytest.mark.parametrize(
    ("name", "values", "is_turned"),
    [
        ("Verksamhetens kostnader totalt, kr/inv", [-100, -90], True),
        ("Avskrivningar kommun, kr/inv", [-100, -90], True),
        ("Finansnetto kommunen, kr/inv", [-100, -90], False),
        ("Nettokostnadsavvikelse LSS (%)", [-100, 90], False),
        ("Kostnad förskola", [100, 90], False),
    ],
)
def test_only_costs_that_are_given_with_a_minus_throughout_are_turned(
    name: str, values: list[float], is_turned: bool
) -> None:
    table = ratios(values)
    table = table[table["region"] != "00"]
    shown = turned(table, kpis(name=name))
    assert list(shown["value"]) == [-v if is_turned else v for v in values]
    assert (shown["turned"] == is_turned).all()


def test_the_highest_cost_has_place_one_whichever_sign_it_was_given_with() -> None:
    table = ratios([-100.0, -90.0])
    table = table[table["region"] != "00"]
    told = kpis(name="Verksamhetens kostnader totalt, kr/inv")
    assert standings(turned(table, told), told, CODES[0], 2024)["place"].iloc[0] == 1


@given(st.lists(st.integers(-5, 5), min_size=8, max_size=20), st.sampled_from(["higher", "lower"]))
def test_a_quarter_never_passes_a_better_value_by(values: list[int], direction: str) -> None:
    order = {"worst": 0, "middle": 1, "best": 2}
    sign = 1 if direction == "higher" else -1
    ranked = sorted(zip([sign * v for v in values], quarters([float(v) for v in values], direction), strict=True))
    got = [order[quarter] for _, quarter in ranked]
    assert got == sorted(got)


def test_kronor_have_no_decimals_and_shares_and_millions_one() -> None:
    assert [decimals(unit) for unit in ("kr/inv 80+", "%", "mkr")] == [0, 1, 1]
