from __future__ import annotations

import math
from collections.abc import Callable

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from krokomanalys.budget.ledger import Ledger
from krokomanalys.budget.variance import (
    beside_year,
    board_results,
    completion,
    follow_up,
    forecast_errors,
    gaps,
    hides,
    largest,
    notable,
    offset,
    year_on_year,
)
from krokomanalys.sources.ledger import Materiality

Make = Callable[..., Ledger]

# no outcome some thousand times its budget: a ledger refuses that as another unit
AMOUNTS = st.just(0) | st.integers(100_000, 1_000_000)


def row(table: pd.DataFrame, line: str) -> list[float]:
    found = table.loc[table["line"] == line, ["budget", "outcome", "variance", "percent"]]
    return [round(float(x), 1) for x in found.iloc[0]]


def test_timras_result(timra: Ledger) -> None:
    result = follow_up(timra, "result", 2020)
    assert row(result, "Verksamhetens intäkter") == [29_920, 36_014, 6_094, 20.4]
    assert row(result, "Verksamhetens kostnader") == [-135_466, -140_883, -5_417, -4.0]
    assert row(result, "Verksamhetens nettokostnader") == [-105_546, -104_869, 677, 0.6]


@pytest.mark.parametrize(
    ("line", "figures"),
    [
        ("Kommunledningskontor", [-89_430, -90_267, -837, -0.9]),
        ("Politik, stöd- och ledningsfunktioner", [-47_368, -45_990, 1_378, 2.9]),
        ("Kommunalägda bolag och kommunförbund", [-42_062, -44_277, -2_215, -5.3]),
        ("Näringslivskontor", [-8_380, -8_736, -356, -4.2]),
        ("Samhällsenhet", [-7_586, -5_865, 1_721, 22.7]),
        ("Kommunens oförutsedda", [-150, 0, 150, 100]),
        ("Summa", [-105_546, -104_868, 678, 0.6]),
    ],
)
def test_timras_net_cost_by_unit(timra: Ledger, line: str, figures: list[float]) -> None:
    assert row(follow_up(timra, "net", 2020), line) == figures


@pytest.mark.parametrize(
    ("line", "figures"),
    [
        ("Strategiska markköp", [1_000, 0, 1_000]),
        ("Vivsta 19:1", [0, 2_538, -2_538]),
        ("IT mm", [11_000, 9_057, 1_943]),
        ("Exploatering", [200, 0, 200]),
        ("Allmänna investeringar KLK", [500, 0, 500]),
        ("Summa investeringar", [12_700, 11_595, 1_105]),
    ],
)
def test_timras_investments(timra: Ledger, line: str, figures: list[float]) -> None:
    assert row(follow_up(timra, "investment", 2020), line)[:3] == figures


def test_a_variance_from_no_budget_has_no_percentage(timra: Ledger) -> None:
    investments = follow_up(timra, "investment", 2020).set_index("line")
    assert math.isnan(investments.loc["Vivsta 19:1", "percent"])
    assert investments["percent"].drop("Vivsta 19:1").notna().all()


def test_roles_tell_rows_parts_and_total_apart(timra: Ledger) -> None:
    assert follow_up(timra, "net", 2020)["role"].tolist() == ["row", "part", "part", "row", "row", "row", "total"]


def test_a_small_net_hides_a_large_gross(timra: Ledger) -> None:
    found = offset(follow_up(timra, "net", 2020))
    assert (found.worse, found.better) == (-837 - 356, 1_721 + 150) == (-1_193, 1_871)
    assert (found.net, found.gross) == (678, 3_064)


def test_an_unknown_row_leaves_gross_unknown(make: Make) -> None:
    ledger = make(
        [{"line": "A", "amount": -5}, {"line": "A", "basis": "outcome", "amount": -4}, {"line": "B", "amount": -5}]
    )
    assert math.isnan(offset(follow_up(ledger, "net", 2020)).gross)


def test_timra_carried_out_nine_tenths_of_its_investments(timra: Ledger) -> None:
    assert round(completion(follow_up(timra, "investment", 2020)), 1) == 91.3


def test_nothing_budgeted_has_no_degree_of_completion(make: Make) -> None:
    ledger = make(
        [
            {"line": "A", "kind": "investment", "amount": 0},
            {"line": "A", "kind": "investment", "basis": "outcome", "amount": 7},
        ]
    )
    assert math.isnan(completion(follow_up(ledger, "investment", 2020)))


def test_the_interim_forecast_was_623_too_high(timra: Ledger) -> None:
    (found,) = forecast_errors(timra)
    assert (found.forecast, found.outcome, found.error) == (1_300, 677, -623)
    assert round(found.percent, 1) == 0.6


def test_a_break_between_years_leaves_no_change_to_read(timra: Ledger) -> None:
    both = year_on_year(timra, "result", 2019, 2020)
    assert both["line"].tolist() == ["Verksamhetens intäkter", "Verksamhetens kostnader"]
    assert both["earlier"].tolist() == [104_395, -194_430]
    assert both["later"].tolist() == [36_014, -140_883]
    assert both["change"].isna().all()


def test_comparable_years_give_a_change_and_a_line_of_one_year_only_gives_none(make: Make) -> None:
    rows = [("A", 2019, -10), ("B", 2019, -20), ("C", 2020, -3), ("A", 2020, -12)]
    ledger = make([{"line": x, "year": y, "basis": "outcome", "amount": a} for x, y, a in rows])
    both = year_on_year(ledger, "net", 2019, 2020).set_index("line")
    assert both.index.tolist() == ["C", "A", "B"]
    assert both.loc["A", "change"] == -2
    assert both["change"].drop("A").isna().all()


@settings(deadline=None, max_examples=50)
@given(budget=AMOUNTS, outcome=AMOUNTS, kind=st.sampled_from(["income", "cost", "investment"]))
def test_a_variance_above_zero_is_always_better_than_budget(make: Make, budget: int, outcome: int, kind: str) -> None:
    sign = -1 if kind == "cost" else 1
    ledger = make(
        [
            {"line": "A", "kind": kind, "amount": sign * budget},
            {"line": "A", "kind": kind, "basis": "outcome", "amount": sign * outcome},
        ]
    )
    table = follow_up(ledger, "investment" if kind == "investment" else "result", 2020)
    better = outcome - budget if kind == "income" else budget - outcome  # more income, less cost or expenditure
    assert table["variance"].tolist() == [better, better]
    assert budget == 0 or table["percent"].iloc[0] == pytest.approx(100 * better / budget)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(AMOUNTS, AMOUNTS), min_size=1, max_size=8))
def test_gross_is_never_less_than_net_and_the_total_is_the_net(make: Make, pairs: list[tuple[int, int]]) -> None:
    rows = [
        {"line": f"rad {i}", "basis": basis, "amount": -amount}
        for i, pair in enumerate(pairs)
        for basis, amount in zip(("budget", "outcome"), pair, strict=True)
    ]
    table = follow_up(make(rows), "net", 2020)
    found = offset(table)
    assert found.gross == sum(abs(b - o) for b, o in pairs) >= abs(found.net)
    assert found.net == table["variance"].iloc[-1]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ({"Skola": ["budget", "outcome"]}, ""),
        ({"Skola": ["budget"]}, "utfall saknas för Skola"),
        ({"Skola": ["outcome"], "Vård": ["budget"]}, "budget saknas för Skola, utfall saknas för Vård"),
        ({name: ["budget"] for name in "ABCD"}, "utfall saknas för A, B och 2 rader till"),
    ],
)
def test_what_is_unknown_is_named(make: Make, rows: dict[str, list[str]], words: str) -> None:
    given = [{"line": line, "basis": basis, "amount": -1} for line, held in rows.items() for basis in held]
    assert gaps(follow_up(make(given), "net", 2020)) == words


def test_a_year_without_rows_has_neither_budget_nor_outcome(make: Make) -> None:
    ledger = make([{"line": "Skola", "amount": -1}])
    assert gaps(follow_up(ledger, "net", 2019)) == "budget och utfall saknas"


def test_a_break_that_says_what_moved_restates_the_earlier_year_and_the_whole_of_a_part(make: Make) -> None:
    rows = [
        {"line": line, "basis": "outcome", "year": year, "amount": amount, "parent": parent}
        for line, parent, amounts_ in (("A", "", (-100, -80)), ("varav", "A", (-60, -42)), ("B", "", (-50, -51)))
        for year, amount in zip((2019, 2020), amounts_, strict=True)
    ]
    moved = [{"table": "net", "line": "varav", "amount": 15, "note": "enheten flyttade till en annan nämnd"}]
    ledger = make(rows, breaks=[{"years": [2019, 2020], "reason": "flyttad enhet", "restated": moved}])
    both = year_on_year(ledger, "net", 2019, 2020).set_index("line")
    assert both["earlier"].tolist() == [-100, -60, -50]
    assert both["restated"].tolist() == [-85, -45, -50]
    assert both["change"].tolist() == [5, 3, -1]


def test_a_break_that_nothing_restates_blocks_the_change(timra: Ledger) -> None:
    both = year_on_year(timra, "result", 2019, 2020)
    assert both["earlier"].notna().any() and both["restated"].isna().all() and both["change"].isna().all()


@pytest.mark.parametrize(
    ("kind", "budget", "outcome", "variance"),
    [
        ("net", -63_119, -62_049, 1_070),  # Simrishamns kultur- och fritidsnämnd, tkr
        ("net", -884, -872, 12),  # Hallsberg 2019, mnkr: nettokostnad
        ("income", 204, 212, 8),  # statsbidrag
        ("net", 15, 42, 27),  # resultat
    ],
)
def test_published_variances(make: Make, kind: str, budget: float, outcome: float, variance: float) -> None:
    ledger = make(
        [
            {"line": "A", "kind": kind, "basis": b, "amount": a}
            for b, a in zip(("budget", "outcome"), (budget, outcome), strict=True)
        ]
    )
    assert follow_up(ledger, ledger.tables[0], 2020)["variance"].tolist() == [variance, variance]


def limits(amount: float, percent: float) -> Materiality:
    return Materiality(amount=amount, percent=percent)


@pytest.mark.parametrize(
    ("amount", "percent", "lines"),
    [
        (0, 0, ["Kommunledningskontor", "Näringslivskontor", "Kommunens oförutsedda", "Samhällsenhet"]),
        (357, 0, ["Kommunledningskontor", "Samhällsenhet"]),
        (356, 0, ["Kommunledningskontor", "Näringslivskontor", "Samhällsenhet"]),
        (0, 1, ["Näringslivskontor", "Kommunens oförutsedda", "Samhällsenhet"]),  # 837 is 0.9 % of 89 430
        (500, 5, ["Samhällsenhet"]),
        (9_999, 0, []),
    ],
)
def test_a_variance_is_material_by_amount_and_per_cent_both(
    timra: Ledger, amount: float, percent: float, lines: list[str]
) -> None:
    found = notable(follow_up(timra, "net", 2020), limits(amount, percent))
    assert found["line"].tolist() == lines


def test_without_a_budget_only_the_amount_counts(timra: Ledger) -> None:
    table = follow_up(timra, "investment", 2020)
    assert "Vivsta 19:1" in notable(table, limits(2_538, 50))["line"].tolist()
    assert "Vivsta 19:1" not in notable(table, limits(2_539, 0))["line"].tolist()


def test_the_largest_variance_is_of_a_row_whose_variance_is_known(timra: Ledger, make: Make) -> None:
    found = largest(follow_up(timra, "net", 2020))
    assert found is not None and (found["line"], found["variance"]) == ("Samhällsenhet", 1_721)
    assert largest(follow_up(make([{"line": "A", "amount": -5}]), "net", 2020)) is None


@pytest.mark.parametrize(("forecast", "passing"), [(4.0, True), (-4.0, True), (5.0, False), (float("nan"), False)])
def test_a_variance_passes_where_the_year_is_forecast_within_its_limit(forecast: float, passing: bool) -> None:
    found = pd.DataFrame([{"kind": "net", "line": "A", "variance": 30.0}])
    year = pd.DataFrame([{"role": "row", "kind": "net", "line": "A", "budget": -500.0, "variance": forecast}])
    beside = beside_year(found, year, limits(3, 1))
    assert beside["passing"].tolist() == [passing]
    assert beside["forecast_variance"].tolist() == pytest.approx([forecast], nan_ok=True)


def test_an_unknown_variance_is_not_material(make: Make) -> None:
    assert notable(follow_up(make([{"line": "A", "amount": -5}]), "net", 2020), limits(0, 0)).empty


@pytest.mark.parametrize(("amount", "hidden"), [(600, False), (679, True), (1_871, True), (1_872, False)])
def test_timras_small_net_hides_what_is_material(timra: Ledger, amount: float, hidden: bool) -> None:
    assert hides(follow_up(timra, "net", 2020), limits(amount, 0)) is hidden


BOARDS = [
    ("KS", "grant", 224.1),
    ("KS", "income", 255.8),
    ("KS", "cost", -448.0),
    ("VA", "income", 86.9),
    ("VA", "cost", -86.4),
]


def boards(make: Make, rows: list[tuple[str, str, float]], **more: object) -> Ledger:
    tables = {"result": {"title": "Driftredovisning", "total": "Summa nämnder"}}
    held = [{"board": b, "line": f"{b} {k}", "kind": k, "basis": "outcome", "amount": a} | more for b, k, a in rows]
    return make(held, tables=tables, unit="mkr", rounded_to=0.1)


def test_nynashamns_nämnd_is_what_it_was_granted_and_earned_less_what_it_cost(make: Make) -> None:
    found = board_results(boards(make, BOARDS), 2020)
    assert found["board"].tolist() == ["KS", "Summa nämnder"]  # VA has no grant: it lives on its charges
    assert found.loc[0, ["grant", "income", "cost"]].tolist() == [224.1, 255.8, -448.0]
    assert found["result"].round(1).tolist() == [31.9, 31.9]
    assert found["budget"].isna().all() and found["variance"].isna().all()


def test_a_budgeted_result_gives_the_nämnd_a_variance(make: Make) -> None:
    rows = [
        (basis, kind, amount) for basis in ("budget", "outcome") for kind, amount in (("grant", 10.0), ("cost", -9.0))
    ]
    rows[-1] = ("outcome", "cost", -12.0)
    ledger = make(
        [{"board": "N", "line": k, "kind": k, "basis": b, "amount": a} for b, k, a in rows],
        tables={"result": {"title": "r", "total": "Summa"}},
    )
    assert board_results(ledger, 2020).loc[0, ["result", "budget", "variance"]].tolist() == [-2, 1, -3]


def test_a_nämnd_whose_cost_has_no_outcome_has_no_result(make: Make) -> None:
    rows = [("budget", "grant", 10.0), ("outcome", "grant", 10.0), ("budget", "cost", -10.0)]
    ledger = make(
        [{"board": "N", "line": k, "kind": k, "basis": b, "amount": a} for b, k, a in rows],
        tables={"result": {"title": "r", "total": "Summa"}},
    )
    assert board_results(ledger, 2020)["result"].isna().all()


def test_a_ledger_without_grants_has_no_such_results(timra: Ledger) -> None:
    assert board_results(timra, 2020).empty
