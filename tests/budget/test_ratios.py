"""Key ratios against Kolada's own shares, ratios from statements, and what changes do to a result."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from krokomanalys.budget.ratios import key_ratios, own_ratios, self_financing
from krokomanalys.budget.sensitivity import effect, sensitivity_table, untold
from krokomanalys.sources.balance import Sensitivity
from krokomanalys.sources.layouts import RATIOS
from krokomanalys.sources.tables import read_table
from tests.budget.balances import statement


@pytest.fixture(scope="module")
def kolada() -> pd.DataFrame:
    return read_table(Path(__file__).parents[2] / "data" / "ratios" / "kolada.csv", RATIOS, "kolada.csv")


def change(**keys: Any) -> Sensitivity:
    standard = {"year": 2024, "what": "El", "words": "dyrare", "unit": "MWh", "change_unit": "kr", "falls_on": "costs"}
    return Sensitivity.model_validate(standard | keys)


def test_krokoms_ratios_of_2022_by_hand(kolada: pd.DataFrame) -> None:
    found = key_ratios(kolada, "2309").loc[2022]
    # Kolada: taxes 48 380,76, grants 26 356,43, net costs -70 745,82, depreciation -3 274,47, equity 31 328,68 kr/inv.
    assert found["result_percent"] == pytest.approx(5.504, abs=5e-4)
    assert found["net_cost_percent"] == pytest.approx(70_745.82 / 74_737.19 * 100, abs=1e-3)
    assert (found["depreciation"], found["finance"], found["equity"]) == pytest.approx(
        (3_274.47, 122.20, 31_328.68), abs=0.01
    )


def test_ten_years_are_shown_and_riket_lacks_those_that_kolada_lacks(kolada: pd.DataFrame) -> None:
    own, nation = key_ratios(kolada, "2309"), key_ratios(kolada, "00")
    assert list(own.index) == list(nation.index) == list(range(2013, 2023))
    assert nation["depreciation"].isna().sum() == 2
    assert own.notna().all(axis=None)


def test_net_costs_and_finance_leave_the_result_where_nothing_else_came_between(kolada: pd.DataFrame) -> None:
    wide = kolada[kolada["region"] == "2309"].pivot(index="year", columns="kpi", values="value").loc[2017:]
    signed = wide["N03010"] + wide["N03009"] + wide["N03011"] + wide["N03108"]
    assert (signed - wide["N03007"]).abs().max() < 5  # kr per inhabitant: the signs are as the module says


def test_a_region_without_figures_has_no_ratios(kolada: pd.DataFrame) -> None:
    assert key_ratios(kolada, "0000").empty


def test_self_financing_is_the_result_and_depreciation_over_net_investments() -> None:
    assert self_financing(statement(2024, 9, depreciation=41, net_investments=40)) == 125
    assert str(self_financing(statement(2024, 9, net_investments=40))) == "nan"
    assert str(self_financing(statement(2024, 9, depreciation=41, net_investments=0))) == "nan"


def test_own_ratios_are_of_taxes_and_grants() -> None:
    (row,) = own_ratios([statement(2024, 30, gains=-10, to_reserve=-5, taxes_and_grants=1000)]).to_dict("records")
    assert (row["result_percent"], row["adjusted_percent"], row["balance_percent"]) == (3, 2, 1.5)
    assert str(own_ratios([statement(2024, 30)]).iloc[0]["result_percent"]) == "nan"


def test_ten_ore_on_ostersunds_electricity_is_4_7_mkr() -> None:
    assert effect(change(quantity=47_000, change=100)) == -4_700_000  # 10 öre per kWh is 100 kr per MWh


def test_one_per_cent_on_a_loan_of_320_mkr_is_3_2_mkr() -> None:
    assert effect(change(quantity=320, unit="mkr", change=1, change_unit="%")) == -3_200_000


def test_fewer_inhabitants_lower_income() -> None:
    row = change(quantity=100, unit="invånare", change=-62_000, falls_on="income")
    assert effect(row) == -6_200_000


def test_the_largest_effect_stands_first_as_a_share_of_taxes_and_grants_and_what_is_not_told_is_left_out() -> None:
    rows = [
        change(what="El", quantity=10_000, change=100),
        change(what="Lön", quantity=700, unit="mkr", change=1, change_unit="%"),
        change(what="Mat", unit="mkr", change=5, change_unit="%"),
    ]
    table = sensitivity_table(rows, 350_000, "tkr")
    assert list(table["what"]) == ["Lön", "El"]
    assert list(table["effect"]) == [-7_000, -1_000]
    assert list(table["percent"]) == pytest.approx([-2, -0.2857], abs=0.0001)
    assert table[["quantity", "quantity_unit"]].to_numpy().tolist() == [[700_000, "tkr"], [10_000, "MWh"]]
    assert untold(rows) == ["Mat"]


def test_a_share_of_unknown_or_no_taxes_is_not_made_up() -> None:
    for base in (0.0, float("nan")):
        assert sensitivity_table([change(quantity=1, change=1)], base, "mkr")["percent"].isna().all()
