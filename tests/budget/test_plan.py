from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from krokomanalys.budget.ledger import Ledger
from krokomanalys.budget.plan import base_findings, implied_base, plan_table, policy_findings
from krokomanalys.sources.ledger import Policy

Make = Callable[..., Ledger]


def test_krokoms_plan_by_year(krokom: Ledger) -> None:
    plan = plan_table(krokom).set_index("year")
    assert plan["before_reserve"].to_dict() == {2024: -27.9, 2025: 6.9, 2026: 14.5}
    assert plan["reserve_used"].to_dict() == {2024: 27.9, 2025: 0, 2026: 0}
    assert plan["result"].to_dict() == {2024: 0, 2025: 6.9, 2026: 14.5}
    assert plan["percent"].dropna().to_dict() == {2025: 0.5, 2026: 1.1}


def test_project_money_is_part_of_the_result_and_not_taken_off_it_again(krokom: Ledger) -> None:
    plan = plan_table(krokom).set_index("year")
    assert plan["projects"].to_dict() == {2024: 8.6, 2025: 5.5, 2026: 4.0}
    assert plan["projects"].sum() == pytest.approx(18.1)


def test_krokom_keeps_its_rule_on_rur_and_reaches_its_result_in_2026_only(krokom: Ledger) -> None:
    assert krokom.notes.plan is not None and krokom.notes.plan.policy is not None
    found = policy_findings(plan_table(krokom), krokom.notes.plan.policy)
    assert [(f.rule, f.kept) for f in found] == [
        ("RUR i rad", True),
        ("resultat 2025", False),
        ("resultat 2026", True),
    ]
    assert found[0].sentence == "RUR används som mest 1 år i rad; den egna regeln är högst 2."
    assert found[1].sentence == "Resultatet 2025 är 0,5 procent, under den egna regelns 1–2 procent."


def test_a_forecast_is_expected_and_not_said_to_be(krokom: Ledger) -> None:
    found = policy_findings(plan_table(krokom), Policy(reserve_years=2, result_percent=(1, 2)), "väntas bli")
    assert found[1].sentence.startswith("Resultatet 2025 väntas bli 0,5 procent")


def test_three_years_in_a_row_with_rur_break_the_rule_and_a_pause_does_not(krokom: Ledger) -> None:
    plan, policy = plan_table(krokom), Policy(reserve_years=2, result_percent=(1, 2))
    assert not policy_findings(plan.assign(reserve_used=[5.0, 4.0, 3.0]), policy)[0].kept
    assert policy_findings(plan.assign(reserve_used=[5.0, 0.0, 3.0]), policy)[0].kept


def test_krokoms_shares_fit_its_results_only_thanks_to_rounding(krokom: Ledger) -> None:
    (found,) = base_findings(krokom)
    assert found.verdict == "rounding"
    assert (round(found.earlier.point), round(found.later.point)) == (1_380, 1_318)
    # Computed by hand: 6,85/0,55 % to 6,95/0,45 %, and 14,45/1,15 % to 14,55/1,05 %.
    assert (found.earlier.low, found.earlier.high) == pytest.approx((1_245.45, 1_544.44), abs=0.01)
    assert (found.later.low, found.later.high) == pytest.approx((1_256.52, 1_385.71), abs=0.01)
    assert found.sentence.replace("\u00a0", " ") == (
        "Då ligger skatter och bidrag mellan 1 245 och 1 544 mkr 2025 och mellan 1 257 och 1 386 mkr 2026. Räknat på "
        "talen så som de är tryckta minskar de från 1 380 till 1 318 mkr, men det kan bero på avrundningen."
    )


@pytest.mark.parametrize(("percent", "verdict"), [(0.7, "agrees"), (0.75, "agrees"), (0.8, "rounding"), (1.2, "error")])
def test_shares_that_cannot_both_be_right_are_an_error(make: Make, percent: float, verdict: str) -> None:
    rows: list[dict[str, Any]] = [
        {"year": y, "line": x, "amount": a} for y in (2020, 2021) for x, a in (("Resultat", 7.5), ("RUR", 0))
    ]
    plan = {"result": "Resultat", "reserve": "RUR", "percent": {2020: 0.75, 2021: percent}, "percent_rounded_to": 0.1}
    (found,) = base_findings(make(rows, plan=plan, rounded_to=0.1, unit="mkr"))
    assert found.verdict == verdict


def test_a_result_of_zero_implies_no_taxes() -> None:
    with pytest.raises(ValueError, match="no base"):
        implied_base(2024, 0.0, 0.5, 0.1, 0.1)


def test_a_ledger_without_a_plan_has_none(timra: Ledger) -> None:
    assert plan_table(timra).empty
    assert base_findings(timra) == ()


def test_a_plan_has_no_outcome(krokom: Ledger) -> None:
    assert set(krokom.rows["basis"]) == {"budget"}
