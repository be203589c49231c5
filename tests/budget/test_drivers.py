from __future__ import annotations

import math
from collections.abc import Callable

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from krokomanalys.budget.decompose import volume_effects
from krokomanalys.budget.drivers import (
    beside_effects,
    between_versions,
    bridge,
    bridges,
    budgets,
    drivers_of,
    left_by_row,
    side_by_side,
)
from krokomanalys.budget.ledger import Ledger
from krokomanalys.budget.variance import follow_up
from krokomanalys.errors import InputError
from krokomanalys.sources.layouts import DRIVER_WORDS

Make = Callable[..., Ledger]
COLUMNS = ["board", "line", "against", "driver", "amount", "note"]


def drivers(*rows: tuple[str, str, str, str, float, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=COLUMNS).assign(region="2262", year=2020)


def simple(*pairs: tuple[str, float]) -> pd.DataFrame:
    return drivers(*(("", "", "", word, amount, "") for word, amount in pairs))


UNKNOWN = float("nan")


def test_what_the_drivers_leave_is_unexplained() -> None:
    found = bridge("Skola", -100, -90, simple(("pris", -3), ("vakans", 8), ("pris", -1)))
    assert found.steps["driver"].tolist() == ["vakans", "pris"]
    assert found.steps["amount"].tolist() == [8, -4]
    assert (found.difference, found.explained, found.unexplained, found.beyond) == (10, 4, 6, 0)


@pytest.mark.parametrize(
    ("end", "amount", "beyond"),
    [(-90, 12, 2), (-90, 10, 0), (-90, -5, 0), (-115, -20, 5), (-115, -15, 0), (-100, 3, 3), (-100, -3, 3)],
)
def test_drivers_that_explain_more_than_there_is_are_told(end: float, amount: float, beyond: float) -> None:
    assert bridge("Skola", -100, end, simple(("annat", amount))).beyond == beyond


AMOUNT = st.integers(-1_000_000, 1_000_000)


@given(AMOUNT, AMOUNT, st.lists(st.tuples(st.sampled_from(DRIVER_WORDS), st.none() | AMOUNT), max_size=12))
def test_steps_and_the_unexplained_end_where_the_outcome_is(
    start: int, end: int, rows: list[tuple[str, int | None]]
) -> None:
    given = simple(*((word, UNKNOWN if amount is None else amount) for word, amount in rows))
    found = bridge("x", start, end, given)
    assert start + found.steps["amount"].sum() + found.unexplained == end
    assert len(found.unpriced) == sum(amount is None for _, amount in rows)


def test_drivers_without_amounts_are_inside_the_unexplained() -> None:
    # Krokoms kommunstyrelse 2021: 6,4 mkr över, sju orsaker nämnda, inget belopp på någon av dem.
    named = [
        ("förskjutning", "IT: uppskjutet"),
        ("vakans", "IT"),
        ("engångspost", "Lärcentrum: återbetald medfinansiering 2020"),
        ("annat", "kultur"),
        ("vakans", "ekonomi"),
        ("annat", "Smedjan, Café Delicat, kalkning"),
        ("pris", "fordonsleasing"),
    ]
    found = bridge("Kommunstyrelsen", -100, -93.6, drivers(*(("", "", "", w, UNKNOWN, note) for w, note in named)))
    assert found.steps.empty
    assert found.unpriced["note"].tolist() == [note for _, note in named]
    assert found.unexplained == pytest.approx(6.4)


def test_an_unknown_outcome_leaves_the_unexplained_unknown() -> None:
    assert math.isnan(bridge("Skola", -100, UNKNOWN, simple(("pris", -3))).unexplained)


def test_drivers_find_their_row_by_line_by_part_and_by_board(timra: Ledger) -> None:
    part = "Kommunalägda bolag och kommunförbund"
    held = drivers(
        ("Kommunstyrelsen", "Samhällsenhet", "", "vakans", 1_700, ""),
        ("", part, "", "pris", -2_215, ""),
        ("Kommunstyrelsen", "", "", "annat", 7, ""),
    )
    whole, first, second = bridges(follow_up(timra, "net", 2020), drivers_of(held, timra))
    assert (whole.start, whole.end, whole.explained) == (-105_546, -104_868, -508)
    assert (first.name, first.difference, first.explained) == ("Kommunledningskontor", -837, -2_215)
    assert first.beyond == 1_378  # of which Politik, stöd- och ledningsfunktioner went better
    assert (second.name, second.unexplained) == ("Samhällsenhet", 21)


def test_drivers_of_a_municipality_belong_to_their_board(make: Make) -> None:
    rows = [("A", "Skola", -10), ("A", "Mat", -20), ("B", "Vård", -30)]
    ledger = make(
        [
            {"board": board, "line": line, "kind": "cost", "basis": basis, "amount": amount - (basis == "outcome")}
            for board, line, amount in rows
            for basis in ("budget", "outcome")
        ],
        tables={"result": {"title": "r", "total": "Resultat"}, "net": {"title": "n", "total": "Summa"}},
    )
    held = drivers(("A", "Mat", "", "pris", -1.5, ""), ("", "", "", "annat", -1, ""))
    whole, own = bridges(follow_up(ledger, "net", 2020), drivers_of(held, ledger))
    assert (own.name, own.difference, own.explained) == ("A", -2, -1.5)
    assert (whole.difference, whole.explained) == (-3, -2.5)


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (("", "Samhälsenhet", ""), 'rad 2, kolumn line: raden "Samhälsenhet" finns inte. Väntade någon av Kommunaläg'),
        (("", "IT mm", ""), 'raden "IT mm" finns inte'),
        (("", "", "rambudget"), 'kolumn against: "rambudget" är ingen tidigare budget'),
    ],
)
def test_a_driver_of_nothing_in_the_ledger_is_refused(timra: Ledger, row: tuple[str, str, str], problem: str) -> None:
    with pytest.raises(InputError) as caught:
        drivers_of(drivers((*row, "pris", -1, "")), timra)
    assert problem in str(caught.value)


def test_an_unknown_board_is_refused_where_all_boards_are_there(make: Make) -> None:
    ledger = make([{"board": "Skolnämnden", "line": "Skola", "amount": -1}])
    with pytest.raises(InputError, match='nämnden "Skolnmänden" finns inte'):
        drivers_of(drivers(("Skolnmänden", "", "", "pris", -1, "")), ledger)


def test_another_board_or_year_is_not_this_ledgers(timra: Ledger) -> None:
    held = drivers(("Socialnämnden", "", "", "pris", -1, ""))
    assert drivers_of(held, timra).empty
    assert drivers_of(held.assign(board="", year=2019), timra).empty


VERSIONS = {
    "rambudget juni": ("2019-06-17", {"Skola": -100, "Vård": -50}),
    "budget november": ("2019-11-20", {"Skola": -104, "Vård": -50, "Kultur": -6}),
    "reviderad april": ("2020-04-20", {"Skola": -104, "Vård": -49, "Kultur": -7}),
}


@pytest.fixture
def versioned(make: Make) -> Ledger:
    return make(
        [
            {"line": line, "amount": amount, "version": name, "decided": day}
            for name, (day, lines) in VERSIONS.items()
            for line, amount in lines.items()
        ]
        + [{"line": "Skola", "year": 2021, "amount": -1, "version": "rambudget juni", "decided": "2020-06-15"}]
    )


def test_budgets_stand_in_the_order_they_were_decided(versioned: Ledger) -> None:
    assert budgets(versioned) == list(VERSIONS)
    table = side_by_side(versioned).set_index("line")
    assert table.loc["Summa net", list(VERSIONS)].tolist() == [-150, -160, -160]
    assert math.isnan(table.loc["Kultur", "rambudget juni"])


def test_what_differs_from_the_june_budget_sums_by_line(versioned: Ledger) -> None:
    table = between_versions(versioned, "rambudget juni").set_index("line")
    assert table["change"].to_dict() == {"Skola": -4, "Vård": 1, "Kultur": -7, "Summa net": -10}
    assert between_versions(versioned, "budget november")["change"].tolist() == [0, 1, -1, 0]


def test_an_unknown_budget_version_is_refused(versioned: Ledger) -> None:
    with pytest.raises(ValueError, match="no net budget of 2020 is called 'maj'"):
        between_versions(versioned, "maj")


def test_drivers_against_an_earlier_budget_are_kept_apart(versioned: Ledger) -> None:
    held = drivers(
        ("", "Skola", "rambudget juni", "nytt beslut", -4, ""),
        ("", "", "budget november", "annat", 1, ""),
        ("", "Vård", "", "pris", -2, ""),
    )
    assert drivers_of(held, versioned)["driver"].tolist() == ["pris"]
    assert drivers_of(held, versioned, "rambudget juni")["driver"].tolist() == ["nytt beslut"]


def test_drivers_against_the_budget_in_force_are_refused(versioned: Ledger) -> None:
    with pytest.raises(InputError, match='"reviderad april" är ingen tidigare budget'):
        drivers_of(drivers(("", "", "reviderad april", "annat", 1, "")), versioned)


def test_what_each_row_leaves_sums_to_the_totals_unexplained(make: Make) -> None:
    rows = [
        {"line": line, "kind": "net", "basis": basis, "amount": amount}
        for line, amounts in (("Skola", (-100, -110)), ("Vård", (-50, -41)))
        for basis, amount in zip(("budget", "outcome"), amounts, strict=True)
    ]
    table = follow_up(make(rows), "net", 2020)
    given = drivers(("", "Skola", "", "pris", -2, ""), ("", "", "", "annat", 5, ""))
    left = left_by_row(table, bridges(table, given))
    assert left.to_dict() == {"Skola": -8, "Vård": 9, "Summa net": -5}
    assert left.sum() == bridges(table, given)[0].unexplained
    given = drivers(("", "Skola", "", "pris", -2, ""))
    assert left_by_row(table, bridges(table, given)).to_dict() == {"Skola": -8, "Vård": 9}


def test_drivers_against_the_variance_are_opposed() -> None:
    assert bridge("Skola", -100, -110, simple(("volym", 4))).opposed
    assert not bridge("Skola", -100, -110, simple(("volym", -4))).opposed
    assert not bridge("Skola", -100, -100, simple(("volym", -4))).opposed


def test_drivers_stand_beside_what_volumes_and_prices_give() -> None:
    volumes = pd.DataFrame(
        [
            {"board": "A", "line": "Skola", "item": item, "unit": "elever", "basis": basis, "volume": v, "price": p}
            for item, amounts in (("små", ((30, 1), (32, 1))), ("stora", ((10, 4), (11, 5))))
            for basis, (v, p) in zip(("budget", "outcome"), amounts, strict=True)
        ]
    ).assign(year=2020)
    given = drivers(
        ("A", "Skola", "", "volym", -5, ""),
        ("A", "Skola", "", "pris", -11, ""),
        ("A", "Skola", "", "vakans", 3, ""),
        ("A", "Vård", "", "volym", -1, ""),
    )
    both = beside_effects(given, volume_effects(volumes, 2020)).set_index("driver")
    assert both[["given", "computed"]].to_dict("index") == {
        "volym": {"given": -5, "computed": pytest.approx(-6)},
        "pris": {"given": -11, "computed": pytest.approx(-11)},
    }
