"""How much may be put in a reserve, what is left of it, and what the law says of a plan."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from krokomanalys.budget.law import RULES, rule
from krokomanalys.budget.law_findings import LawFinding, law_findings
from krokomanalys.budget.reserves import reserve, room, rur
from krokomanalys.sources.balance import BalanceNotes, Statement
from tests.budget.balances import MALMO, notes, statement

NBSP = "\u00a0"


def told(held: BalanceNotes, *, since: int = 0) -> list[LawFinding]:
    return list(law_findings(held, held.statements, since))


def budget(year: int, result: float, **lines: Any) -> Statement:
    return statement(year, result, basis="budget", **lines)


def test_malmos_room_for_rur_in_2015_is_185_when_its_deficit_is_restored_first() -> None:
    space = room(statement(2015, 563, gains=-23, taxes_and_grants=16_200, equity=1), deficits=193)
    assert space is not None
    assert (space.limit, space.after_deficits) == (378, 185)  # 540 - 162, and less 193
    assert space.reference == "KL (1991:900) 8 kap. 3 d §"


def test_malmos_room_for_rur_in_2016_is_705() -> None:
    space = room(statement(2016, 881, taxes_and_grants=17_600, equity=1))
    assert space is not None
    assert (space.limit, space.after_deficits) == (705, 705)  # 881 - 176


@pytest.mark.parametrize(("result", "gains", "limit"), [(30, -5, 15), (30, 0, 20), (9, 0, 0), (-5, 0, 0)])
def test_the_lower_of_the_result_before_and_after_adjustments_counts(result: float, gains: float, limit: float) -> None:
    space = room(statement(2024, result, gains=gains, taxes_and_grants=1000, equity=1), 0)
    assert space is not None
    assert space.limit == limit


def test_unrealised_losses_raise_the_adjusted_result_but_not_the_room() -> None:
    space = room(statement(2024, 30, unrealised_losses=10, taxes_and_grants=1000, equity=1), 0)
    assert space is not None
    assert space.limit == 20


def test_negative_equity_doubles_the_share_that_must_be_left() -> None:
    space = room(statement(2024, 30, taxes_and_grants=1000, equity=-1), 0)
    assert space is not None
    assert (space.share, space.limit, space.reference) == (2, 10, "KL 11 kap. 14 § andra stycket 2")


def test_the_resultatreserv_has_a_cap_of_five_per_cent_and_rur_has_none() -> None:
    new = room(statement(2024, 30, taxes_and_grants=1000, equity=1), 45)
    old = room(statement(2023, 30, taxes_and_grants=1000, equity=1), 45)
    assert new is not None
    assert old is not None
    assert (new.limit, old.limit) == (5, 20)


def test_without_taxes_or_equity_the_room_is_unknown() -> None:
    for lacking in ({"equity": 1}, {"taxes_and_grants": 1000}):
        space = room(statement(2024, 30, **lacking), 0)
        assert space is not None
        assert str(space.limit) == "nan"


def test_before_2013_no_reserve_was_in_law() -> None:
    assert room(statement(2012, 30, taxes_and_grants=1000, equity=1)) is None


@given(
    st.floats(-100, 100), st.floats(-50, 0), st.floats(1, 2000), st.floats(0, 100), st.floats(0, 100),
    st.sampled_from([-1.0, 1.0]),
)  # fmt: skip
def test_the_room_is_never_below_zero_nor_above_its_two_limits(
    result: float, gains: float, base: float, held: float, deficits: float, equity: float
) -> None:
    space = room(statement(2024, result, gains=gains, taxes_and_grants=base, equity=equity), held, deficits)
    assert space is not None
    assert 0 <= space.after_deficits <= space.limit
    assert space.limit <= max(0, result)
    assert held + space.limit <= max(held, 0.05 * base) + 1e-9


def test_every_rule_states_its_years_and_paragraph_and_none_holds_twice() -> None:
    assert all(r.reference and r.first > 1999 for r in RULES)
    for year in range(2005, 2041):
        for name in {r.name for r in RULES}:
            held = [r for r in RULES if r.name == name and r.first <= year and (r.last is None or year <= r.last)]
            assert len(held) <= 1
    assert rule("reserve_share", 2023) is None
    assert rule("rur_use", 2033) is not None
    assert rule("rur_use", 2034) is None


def test_a_reserve_is_carried_from_year_to_year() -> None:
    held = notes(statement(2022, 20, to_rur=-5), statement(2023, -3, from_rur=3), rur={"opening": 10})
    assert [r.closing for r in rur(held, held.statements)] == [15, 12]
    assert [r.closing for r in reserve(held, held.statements)] == [0, 0]


def test_a_reserve_whose_opening_is_not_told_is_unknown() -> None:
    held = notes(statement(2024, -3, from_rur=3))
    assert str(rur(held, held.statements)[0].closing) == "nan"
    assert [f.verdict for f in told(held)] == ["unknown"]
    assert "Hur mycket som finns i den anges inte i underlaget." in told(held)[0].sentence


def test_malmo_kept_the_law_but_for_what_it_counted_above_the_line() -> None:
    lines = {"taxes_and_grants": 16_200.0, "equity": 1.0}
    held = notes(*(s.model_copy(update=lines | {"action_plan": "KF 2015"}) for s in MALMO), rur={"opening": 50})
    found = {(f.year, f.subject): f for f in told(held)}
    assert {key: f.verdict for key, f in found.items()} == {
        (2013, "Övrigt i utredningen"): "unknown",
        (2014, "Användning av RUR"): "kept",
        (2015, "Reservering till RUR"): "kept",
        (2015, "Återställning"): "kept",
    }
    assert found[2015, "Reservering till RUR"].sentence.replace(NBSP, " ") == (
        "Till RUR reserveras 185 mkr 2015. Högst 378 mkr får reserveras: det som överstiger 1 procent av skatter och "
        "bidrag. Återställs underskottet först är det 185 mkr."
    )
    assert found[2013, "Övrigt i utredningen"].sentence.endswith(f"är balanskravsresultatet +121{NBSP}mkr.")


@pytest.mark.parametrize(
    ("planned", "verdict"),
    [
        (budget(2025, 1), "kept"),
        (budget(2025, 0), "broken"),
        (budget(2025, -5), "broken"),
        (budget(2025, -5, from_reserve=4), "broken"),
    ],
)
def test_a_budget_has_more_income_than_costs_or_a_reserve_that_covers_it(planned: Statement, verdict: str) -> None:
    found = [f for f in told(notes(planned)) if f.subject == "Budget i balans"]
    assert [(f.verdict, f.reference) for f in found] == [(verdict, "KL 11 kap. 5 §")]


def test_a_reserve_that_covers_all_of_the_deficit_balances_the_budget() -> None:
    held = notes(budget(2025, -5, from_reserve=5), reserve={"opening": 20})
    assert [(f.subject, f.verdict) for f in told(held)] == [
        ("Budget i balans", "kept"),
        ("Användning av resultatreserven", "kept"),
    ]


@pytest.mark.parametrize(
    ("held", "subject", "words"),
    [
        (
            notes(statement(2024, 30, to_reserve=-21, taxes_and_grants=1000, equity=1), reserve={"opening": 0}),
            "Reservering till resultatreserven",
            "Högst 20 mkr får reserveras",
        ),
        (
            notes(statement(2024, 30, to_reserve=-6, taxes_and_grants=1000, equity=1), reserve={"opening": 45}),
            "Reservering till resultatreserven",
            "och reserven får vara högst 5 procent av dem.",
        ),
        (notes(statement(2024, 30, to_rur=-1)), "Reservering till RUR", "ingen sådan reservering det året"),
        (notes(statement(2023, 30, to_reserve=-1)), "Reservering till resultatreserven", "ingen sådan reservering"),
        (notes(statement(2034, -3, from_rur=3), rur={"opening": 9}), "Användning av RUR", "får den inte det året"),
        (notes(statement(2024, -3, from_rur=3), rur={"opening": 2}), "Användning av RUR", "Det finns bara 2 mkr"),
        (
            notes(statement(2024, 3, waived=2, waived_reason="Brand")),
            "Synnerliga skäl",
            "Bara ett underskott kan undantas",
        ),
    ],
)
def test_what_breaks_the_law_is_said_with_its_figures(held: BalanceNotes, subject: str, words: str) -> None:
    (found,) = [f for f in told(held) if f.subject == subject]
    assert found.verdict == "broken"
    assert words in found.sentence.replace(NBSP, " ")


def test_rur_used_without_a_reason_is_not_known_to_follow_the_own_rule() -> None:
    held = notes(statement(2024, -3, from_rur=3), rur={"opening": 9, "purpose": "Bara i lågkonjunktur."})
    assert [(f.verdict, f.sentence.split(". ")[-1]) for f in told(held)] == [
        ("unknown", "Den egna regeln: Bara i lågkonjunktur.")
    ]


def test_a_deficit_left_after_its_third_year_is_broken_and_one_before_it_is_not() -> None:
    years = [statement(2019, -10), *(statement(y, 1) for y in (2020, 2021, 2022))]
    overdue = [f for f in told(notes(*years)) if f.subject == "Återställning"]
    assert [(f.year, f.verdict) for f in overdue] == [(2022, "broken")]
    assert "skulle vara återställt 2022. Kvar är 7 mkr." in overdue[0].sentence.replace(NBSP, " ")
    (early,) = [f for f in told(notes(*years[:3])) if f.subject == "Återställning"]
    assert (early.year, early.verdict) == (2021, "none")


@pytest.mark.parametrize(
    ("basis", "expected", "words"),
    [("outcome", False, "är återställt 2020; senast"), ("forecast", True, "väntas vara återställt 2020; senast")],
)
def test_a_deficit_restored_by_a_forecast_is_only_expected_to_be(basis: str, expected: bool, words: str) -> None:
    (found,) = told(notes(statement(2019, -10, action_plan="KF § 31"), statement(2020, 10, basis=basis)), since=2020)
    assert (found.verdict, found.expected) == ("kept", expected)
    assert words in found.sentence
    assert found.sentence.endswith("Åtgärdsplan: KF § 31.")


def test_what_a_forecast_leaves_of_a_deficit_is_only_expected_to_be_left() -> None:
    (found,) = told(notes(statement(2019, -10), statement(2020, 3, basis="forecast")), since=2020)
    assert (found.verdict, found.expected) == ("none", True)
    assert "ska vara återställt 2022. Kvar väntas bli 7 mkr." in found.sentence.replace(NBSP, " ")


def test_a_deficit_restored_in_time_does_not_keep_the_law_where_no_plan_of_action_is_told() -> None:
    (found,) = told(notes(statement(2019, -10), statement(2020, 10)), since=2020)
    assert found.verdict == "unknown"
    assert "Fullmäktige ska ha antagit en åtgärdsplan; om den finns anges inte i underlaget." in found.sentence


def test_the_law_asks_for_balance_in_the_budget_and_not_in_the_plan_after_it() -> None:
    held = notes(budget(2025, 1), budget(2026, 2), budget(2027, -3, from_reserve=3), budget(2028, 0))
    held = held.model_copy(update={"reserve": held.reserve.model_copy(update={"opening": 5.0})})
    found = [f for f in told(held) if f.subject in ("Budget i balans", "Planår")]
    assert [(f.year, f.verdict, f.reference) for f in found] == [
        (2025, "kept", "KL 11 kap. 5 §"),
        *((year, "none", "KL 11 kap. 6 §") for year in (2026, 2027, 2028)),
    ]
    assert [f.sentence.replace(NBSP, " ") for f in found[1:]] == [
        "Planen visar överskott 2026: +2 mkr.",
        "Planen visar underskott 2027: −3 mkr. Ur reserver tas 3 mkr.",
        "Planen visar varken överskott eller underskott 2028.",
    ]


@pytest.mark.parametrize(("opening", "verdict"), [(None, "unknown"), (4, "broken"), (5, "kept")])
def test_a_budget_that_rests_on_a_reserve_is_in_balance_only_if_the_reserve_holds(
    opening: float | None, verdict: str
) -> None:
    found = told(notes(budget(2024, -5, from_rur=5), rur={"opening": opening}))
    assert [(f.subject, f.verdict) for f in found] == [("Budget i balans", verdict), ("Användning av RUR", verdict)]
    assert found[0].reference == "KL 11 kap. 5 §; RUR enligt övergångsbestämmelserna till SFS 2023:642"


def test_only_the_years_asked_for_are_told_of() -> None:
    held = notes(statement(2023, 30, to_reserve=-1), statement(2024, 30))
    assert told(held, since=2024) == []


def test_a_statement_that_lacks_figures_is_not_said_to_keep_the_law() -> None:
    found = told(notes(budget(2025, 5, complete=False)))
    assert [(f.subject, f.verdict) for f in found] == [
        ("Budget i balans", "unknown"),
        ("Balanskravsutredning", "unknown"),
    ]
    assert (
        found[1].sentence
        == "Balanskravsresultatet 2025 kan inte räknas: utredningen (Årsredovisning) saknar uppgifter."
    )
