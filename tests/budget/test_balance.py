"""The balanskravsutredning against published ones, with their rounding, and the deficits that are run from them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from krokomanalys.budget.audit import compare
from krokomanalys.budget.balance import adjusted, balance_result, in_force, path, printed_checks, statement_table
from krokomanalys.budget.deficits import run
from krokomanalys.budget.ledger import Ledger
from krokomanalys.budget.plan import plan_statements
from krokomanalys.budget.reserves import rur
from krokomanalys.errors import InputError
from krokomanalys.sources.balance import Deficit, Statement
from tests.budget.balances import MALMO, notes, statement

Make = Callable[..., Ledger]


def test_malmos_statements_tie_in_all_three_years() -> None:
    assert [adjusted(s) for s in MALMO] == [121, -205, 540]
    assert [balance_result(s) for s in MALMO] == [227, -193, 355]


def test_malmos_deficit_of_2014_is_restored_in_2015_with_162_left_over() -> None:
    (vintage,), years = run(MALMO)
    assert (vintage.year, vintage.amount, vintage.deadline, vintage.restored) == (2014, 193, 2017, ((2015, 193),))
    assert [y.closing for y in years] == [0, 193, 0]
    assert balance_result(MALMO[2]) - years[2].restored == 162


@pytest.mark.parametrize(
    ("result", "gains", "to_rur", "after", "balance"),
    [(824, -445, -108, 379, 271), (938, -436, -212, 502, 290), (2128, -824, -1000, 1304, 304)],
)
def test_goteborgs_statements_of_2015_to_2017_tie(
    result: float, gains: float, to_rur: float, after: float, balance: float
) -> None:
    held = statement(2015, result, gains=gains, to_rur=to_rur)
    assert (adjusted(held), balance_result(held)) == (after, balance)


@pytest.mark.parametrize(
    ("lines", "step", "printed", "verdicts"),
    [
        # Vännäs 2019: 28,2 - 5,1 - 7,5 = 15,6, printed 15,5; less 9,5 to RUR is printed as 6,0.
        (
            {"result": 28.2, "gains": -5.1, "unrealised_gains": -7.5, "to_rur": -9.5},
            0.1,
            {"adjusted": 15.5, "balance": 6.0},
            ["rounding", "rounding"],
        ),
        ({"result": 4953, "gains": -89}, 1, {"adjusted": 4865}, ["rounding"]),  # Stockholm 2020
        ({"result": 2568, "gains": -318}, 1, {"adjusted": 2250}, ["agrees"]),  # Stockholm 2022
        # Three lines and their sum: 0,5 x 4 = 2; the sum before them has two lines, and so 1,5.
        ({"result": 100, "gains": -10, "to_rur": -20}, 1, {"adjusted": 92, "balance": 72}, ["error", "rounding"]),
        # Nynäshamn 2019, 2020 and 2021
        (
            {"result": 12.9, "gains": -20.2, "unrealised_losses": 10.4, "unrealised_gains": -5.2},
            0.1,
            {"adjusted": -2.1},
            ["agrees"],
        ),
        (
            {"result": 96.8, "gains": -58.9, "unrealised_losses": 3.0, "unrealised_gains": -0.4},
            0.1,
            {"adjusted": 40.5},
            ["agrees"],
        ),
        ({"result": 107.0, "gains": -34.2, "reversed": -1.8}, 0.1, {"adjusted": 71.1}, ["rounding"]),
        ({"result": 107.0, "gains": -34.2, "reversed": -1.8}, 0.1, {"adjusted": 71.3}, ["error"]),  # 0,3 > 0,2
    ],
)
def test_printed_sums_are_told_from_errors_by_the_bound_of_rounding(
    lines: dict[str, float], step: float, printed: dict[str, float], verdicts: list[str]
) -> None:
    held = Statement.model_validate(
        {"year": 2019, "basis": "outcome", "name": "x", "complete": True, "printed": printed} | lines
    )
    assert [c.check.verdict for c in printed_checks(held, step)] == verdicts


@pytest.mark.parametrize(("opening", "put", "closing"), [(24.7, 9.5, 34.2), (80.0, 53.9, 133.9)])
def test_what_vannas_and_nynashamn_put_into_rur_gives_their_printed_balance(
    opening: float, put: float, closing: float
) -> None:
    (year,) = rur(notes(rur={"opening": opening}), [statement(2019, 200, to_rur=-put)])
    assert year.closing == pytest.approx(closing)


def test_nynashamns_deficit_of_2019_is_restored_in_2020_before_anything_else() -> None:
    years = (
        statement(2019, 12.9, gains=-20.2, unrealised_losses=10.4, unrealised_gains=-5.2),
        statement(2020, 96.8, gains=-58.9, unrealised_losses=3.0, unrealised_gains=-0.4, to_rur=-24.5),
    )
    (vintage,), run_years = run(years)
    assert vintage.amount == pytest.approx(2.1)
    assert vintage.restored == ((2020, pytest.approx(2.1)),)
    assert run_years[-1].closing == pytest.approx(0)


@pytest.mark.parametrize(
    ("rows", "total"),
    [((22_578, 3, -57), 22_524), ((23_653, 23, -41), 23_635), ((22_524, 3_290), 25_814), ((23_635, 3_416), 27_051)],
)
def test_goteborgs_tax_income_of_2014_and_2015_is_its_rows(rows: tuple[float, ...], total: float) -> None:
    assert compare("sum", total, sum(rows), len(rows)).verdict == "agrees"


def test_krokoms_plan_reaches_balance_in_2024_by_rur_alone(krokom: Ledger) -> None:
    plan = plan_statements(krokom)
    assert [(s.year, s.basis, s.from_rur) for s in plan] == [
        (2024, "budget", 27.9),
        (2025, "budget", 0),
        (2026, "budget", 0),
    ]
    assert [balance_result(s) for s in plan] == [0, 6.9, 14.5]


def test_a_plan_in_another_unit_is_the_same_plan(krokom: Ledger) -> None:
    assert [s.result for s in plan_statements(krokom, 1000)] == pytest.approx([-27_900, 6_900, 14_500])


def test_a_line_that_is_not_given_is_unknown_unless_the_statement_is_complete() -> None:
    assert str(adjusted(statement(2020, 5.0, complete=False))) == "nan"
    assert adjusted(statement(2020, 5.0)) == 5.0
    assert str(adjusted(statement(2020, None))) == "nan"


def test_a_table_shows_the_lines_that_anyone_has_and_all_sums() -> None:
    table = statement_table(MALMO)
    assert list(table["key"]) == ["result", "gains", "adjusted", "to_rur", "from_rur", "other", "balance"]
    assert list(table.loc[table["key"] == "balance", [0, 1, 2]].iloc[0]) == [227, -193, 355]


def test_deficits_are_restored_oldest_first() -> None:
    years = [statement(2019, -10), statement(2020, -4), statement(2021, 12), statement(2022, 5)]
    vintages, run_years = run(years)
    assert [v.restored for v in vintages] == [((2021, 10),), ((2021, 2), (2022, 2))]
    assert [y.closing for y in run_years] == [10, 14, 2, 0]


def test_a_deficit_is_overdue_when_its_third_year_ends_and_not_before() -> None:
    _, years = run([statement(2019, -10), *(statement(y, 1) for y in (2020, 2021, 2022, 2023))])
    assert [y.overdue for y in years] == [0, 0, 0, 7, 6]


def test_what_is_waived_need_not_be_restored() -> None:
    (vintage,), years = run([statement(2020, -10, waived=4, waived_reason="Brand"), statement(2021, 6)])
    assert (vintage.amount, vintage.waived, vintage.remaining) == (10, 4, 0)
    assert years[0].closing == 6


def test_a_deficit_from_before_the_first_statement_is_carried_with_its_own_deadline() -> None:
    (vintage,), years = run([statement(2021, 1), statement(2022, 1)], [Deficit(year=2018, amount=3)])
    assert (vintage.deadline, vintage.remaining) == (2021, 1)
    assert [y.overdue for y in years] == [2, 1]


def test_nothing_is_known_of_what_remains_after_an_unknown_year() -> None:
    vintages, years = run([statement(2019, -10), statement(2020, None), statement(2021, 50)])
    assert str(vintages[0].remaining) == "nan"
    assert [str(y.closing) for y in years[1:]] == ["nan", "nan"]
    assert years[0].closing == 10


@given(st.lists(st.integers(-50, 50), min_size=1, max_size=12))
def test_deficits_arisen_are_restored_or_remain_whatever_the_results(results: list[int]) -> None:
    vintages, years = run([statement(2010 + n, r) for n, r in enumerate(results)])
    for vintage in vintages:
        assert vintage.amount == sum(amount for _, amount in vintage.restored) + vintage.remaining
    for year in years:
        assert year.closing == year.opening + year.arisen - year.waived - year.restored
        assert year.restored <= max(0, results[year.year - 2010])
    assert sum(v.remaining for v in vintages) == years[-1].closing


def test_statements_must_follow_on_one_another() -> None:
    with pytest.raises(ValueError, match="years in a row"):
        run([statement(2019, 1), statement(2021, 1)])


def test_a_path_takes_outcomes_before_the_year_its_own_basis_in_it_and_budgets_after() -> None:
    held = notes(
        statement(2023, 1),
        statement(2024, 2, basis="forecast"),
        statement(2025, 3, basis="budget"),
        statement(2025, 4),
        statement(2026, 5, basis="budget"),
    )
    assert [s.result for s in path(held, 2025, "budget", 2026)] == [1, 2, 3, 5]
    assert [s.result for s in path(held, 2025, "outcome")] == [1, 2, 4]
    assert path(held, 2025, "forecast") == ()


def test_the_version_decided_last_is_in_force() -> None:
    held = notes(
        statement(2025, 1, basis="budget", decided="2025-04-24"),
        statement(2025, 2, basis="budget", decided="2024-11-27"),
    )
    found = in_force(held, 2025, "budget")
    assert found is not None
    assert found.result == 1


def test_a_year_without_a_statement_stops_what_is_run_over_years() -> None:
    with pytest.raises(InputError, match=r"utredning för 2024 saknas\. Lägg in utfallet, eller prognosen, för 2024"):
        path(notes(statement(2023, 1), statement(2025, 3, basis="budget")), 2025, "budget")
