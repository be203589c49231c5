from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from krokomanalys.budget.audit import Finding, audit, compare, findings_table, in_words, sum_bound, wrong_unit
from krokomanalys.budget.ledger import Ledger
from krokomanalys.sources.ledger import PrintedRow

Make = Callable[..., Ledger]

Key = tuple[str, str, int, str]

# Timrå 2020, the document's six rounding differences: printed, and what its rows give (seed cases 1.1-1.6)
ROUNDED: dict[Key, tuple[float, float]] = {
    ("result", "Verksamhetens nettokostnader", 2019, "outcome"): (-90_034, -90_035),
    ("net", "Politik, stöd- och ledningsfunktioner", 2020, "variance"): (1_377, 1_378),
    ("net", "Kommunalägda bolag och kommunförbund", 2020, "variance"): (-2_214, -2_215),
    ("net", "Summa", 2020, "outcome"): (-104_869, -104_868),
    ("net", "Summa", 2020, "variance"): (677, 678),
    ("investment", "Summa investeringar", 2020, "variance"): (1_104, 1_105),
}


def by_key(ledger: Ledger) -> dict[Key, Finding]:
    return {(f.table, f.line, f.year, f.column): f for f in audit(ledger)}


def changed(ledger: Ledger, line: str, basis: str, change: float, year: int = 2020) -> Ledger:
    rows = ledger.rows.copy()
    here = (rows["line"] == line) & (rows["basis"] == basis) & (rows["year"] == year)
    assert here.sum() == 1
    rows.loc[here, "amount"] += change
    return replace(ledger, rows=rows)


def test_timra_2020_has_six_rounding_differences_and_no_error(timra: Ledger) -> None:
    findings = by_key(timra)
    assert {key for key, f in findings.items() if f.verdict == "rounding"} == set(ROUNDED)
    assert {f.verdict for key, f in findings.items() if key not in ROUNDED} == {"agrees"}
    assert len(findings) == 25


@pytest.mark.parametrize("key", ROUNDED)
def test_each_rounding_difference_tells_printed_and_computed(timra: Ledger, key: Key) -> None:
    printed, computed = ROUNDED[key]
    table = findings_table(audit(timra)).set_index(["table", "line", "year", "column"])
    found = table.loc[key]
    assert (found["printed"], found["computed"], found["difference"]) == (printed, computed, printed - computed)
    assert abs(found["difference"]) <= found["bound"]
    assert "avrundning" in found["sentence"]


def test_a_figure_checked_two_ways_is_one_finding_that_tells_both(timra: Ledger) -> None:
    total = by_key(timra)["net", "Summa", 2020, "variance"]
    assert [(c.way, c.computed, c.bound, c.verdict) for c in total.checks] == [
        ("sum", 678, 2.5, "rounding"),
        ("difference", 677, 1.5, "agrees"),
    ]
    assert total.sentence == (
        "Summa, avvikelse 2020: tryckt 677 tkr. Summan av 4 rader är 678: skiljer 1, vilket avrundning kan ge "
        "(gräns 2,5 tkr). Utfall minus budget är 677: stämmer."
    )


def test_an_investment_variance_is_budget_minus_outcome(timra: Ledger) -> None:
    found = by_key(timra)["investment", "Vivsta 19:1", 2020, "variance"]
    assert found.sentence == (
        "Vivsta 19:1, avvikelse 2020: tryckt −2\N{NO-BREAK SPACE}538 tkr. "
        "Budget minus utfall är −2\N{NO-BREAK SPACE}538: stämmer."
    )


def test_a_change_within_the_bound_is_rounding_and_beyond_it_an_error(timra: Ledger) -> None:
    key = ("investment", "Summa investeringar", 2020, "outcome")
    assert by_key(changed(timra, "IT mm", "outcome", 3))[key].verdict == "rounding"
    wrong = by_key(changed(timra, "IT mm", "outcome", 4))[key]
    assert wrong.verdict == "error"
    assert wrong.sentence.endswith("skiljer 4, mer än avrundning kan ge (gräns 3,0 tkr).")


def test_a_wrong_row_is_an_error_in_its_variance_and_in_its_total(timra: Ledger) -> None:
    wrong = {
        key for key, f in by_key(changed(timra, "Näringslivskontor", "outcome", 100)).items() if f.verdict == "error"
    }
    assert wrong == {("net", "Näringslivskontor", 2020, "variance"), ("net", "Summa", 2020, "outcome")}


def test_a_wrong_varav_row_is_an_error_in_the_row_it_is_part_of(timra: Ledger) -> None:
    wrong = {
        key
        for key, f in by_key(changed(timra, "Kommunalägda bolag och kommunförbund", "budget", -10)).items()
        if f.verdict == "error"
    }
    assert wrong == {
        ("net", "Kommunledningskontor", 2020, "budget"),
        ("net", "Kommunalägda bolag och kommunförbund", 2020, "variance"),
    }


def test_28_thousand_on_12_rows_is_an_error_and_not_rounding() -> None:
    # Simrishamn, kultur- och fritidsnämnden 2025: printed total and the sum of its 12 printed rows, in tkr.
    assert sum_bound(12) == 6.5
    found = compare("sum", -62_079, -62_051, 12)
    assert (found.difference, found.bound, found.verdict) == (-28, 6.5, "error")


def test_an_error_names_the_row_whose_unit_sign_or_digits_explain_it(make: Make) -> None:
    rows = [{"line": "Skola", "amount": -1_342}, {"line": "Vård", "amount": -518}, {"line": "Kultur", "amount": -77}]

    def told(total: float, line: str = "", amount: float = 0) -> Finding:
        changed_rows = [row | ({"amount": amount} if row["line"] == line else {}) for row in rows]
        printed = [{"table": "net", "line": "Summa net", "budget": total}]
        return audit(make(changed_rows, printed=printed))[0]

    assert told(-1_937).word == "stämmer"
    unit, sign, digits = told(-1_937, "Vård", -518_000), told(-1_937, "Vård", 518), told(-1_937, "Skola", -1_432)
    assert [f.word for f in (unit, sign, digits)] == ["enhetsfel", "teckenfel", "fel, omkastade siffror?"]
    assert {f.verdict for f in (unit, sign, digits)} == {"error"}
    assert "med −518 i stället för 518 (Vård) stämmer det" in sign.sentence.replace("\N{NO-BREAK SPACE}", " ")
    assert told(-1_937_000).word == "enhetsfel" and told(1_937).word == "teckenfel"
    assert told(-1_977).word == "fel"


def test_a_turned_sign_in_a_variance_is_told_by_its_basis(make: Make) -> None:
    rows = [{"line": "A", "amount": -100}, {"line": "A", "basis": "outcome", "amount": 110}]
    (found,) = audit(make(rows, printed=[{"table": "net", "line": "A", "variance": -10}]))
    assert found.word == "teckenfel" and "(utfall A)" in found.sentence


def test_amounts_beyond_a_million_kronor_an_inhabitant_are_in_the_wrong_unit(make: Make) -> None:
    ledger = make([{"line": "Skola", "amount": -12_043}], unit="mkr")
    told = wrong_unit(ledger, 5_700)
    assert told and told.replace("\N{NO-BREAK SPACE}", " ") == (
        "Det största beloppet, 12 043 mkr, är 2,1 mkr per invånare. Över 1 mkr per invånare är orimligt. Troligen "
        "enhetsfel: tkr i stället för mkr."
    )
    assert wrong_unit(make([{"line": "Skola", "amount": -12_043}], unit="tkr"), 5_700) is None


def test_simrishamns_variance_agrees() -> None:
    assert compare("difference", 1_070, -62_049 - -63_119, 2).verdict == "agrees"


def test_the_bound_is_in_the_last_printed_digit() -> None:
    # Vännäs 2019 in mkr: 28,2 − 5,1 − 7,5 = 15,6, printed 15,5.
    assert compare("sum", 15.5, 28.2 - 5.1 - 7.5, 3, step=0.1).verdict == "rounding"
    assert compare("sum", 15.3, 28.2 - 5.1 - 7.5, 3, step=0.1).verdict == "error"


@pytest.mark.parametrize("edge", [1.5, 1.500_01])
def test_the_bound_itself_is_still_rounding(edge: float) -> None:
    assert compare("difference", edge, 0, 2).verdict == ("rounding" if edge == 1.5 else "error")


ROWS: list[dict[str, Any]] = [
    {"line": "A", "amount": -100},
    {"line": "A", "basis": "outcome", "amount": -110},
    {"line": "B", "amount": -50},
    {"line": "B", "basis": "outcome", "amount": -40},
]


def test_a_printed_total_without_rows_is_said_to_be_unchecked(make: Make) -> None:
    ledger = make(ROWS, printed=[{"table": "net", "line": "Summa net", "year": 2018, "outcome": -7}])
    (found,) = audit(ledger)
    assert (found.verdict, found.checks) == ("unchecked", ())
    assert found.sentence == "Summa net, utfall 2018: tryckt −7 tkr. Det finns inga rader att räkna om beloppet ur."
    assert in_words([found]).endswith("stämmer 0, 1 går inte att kontrollera och ingen är fel.")
    assert findings_table([found])["computed"].isna().all()


def test_a_total_over_an_unknown_amount_is_unchecked(make: Make) -> None:
    ledger = make(ROWS[:3], printed=[{"table": "net", "line": "Summa net", "outcome": -150}])
    assert [f.verdict for f in audit(ledger)] == ["unchecked"]


def test_varav_rows_that_are_not_all_of_their_row_are_not_added_up(make: Make) -> None:
    part = {"line": "del", "parent": "A", "amount": -30}
    printed = {"table": "net", "line": "A", "budget": -100}
    assert [f.verdict for f in audit(make([*ROWS, part], printed=[printed]))] == ["unchecked"]
    complete = printed | {"parts_complete": True}
    assert [f.verdict for f in audit(make([*ROWS, part], printed=[complete]))] == ["error"]


def test_a_line_with_income_and_cost_is_checked_as_their_net(make: Make) -> None:
    rows = [
        {"line": "Skola", "kind": k, "basis": b, "amount": a}
        for k, b, a in (
            ("income", "budget", 10),
            ("income", "outcome", 12),
            ("cost", "budget", -90),
            ("cost", "outcome", -95),
        )
    ]
    (found,) = audit(make(rows, printed=[{"table": "result", "line": "Skola", "variance": -3}]))
    assert (found.verdict, found.checks[0].terms) == ("agrees", 4)


def test_the_total_variance_is_only_summed_from_variances_that_are_printed(make: Make) -> None:
    total = {"table": "net", "line": "Summa net", "budget": -150, "outcome": -150, "variance": 0}
    alone = audit(make(ROWS, printed=[total]))[-1]
    assert [c.way for c in alone.checks] == ["difference"]
    beside = audit(
        make(ROWS, printed=[{"table": "net", "line": x, "variance": v} for x, v in (("A", -10), ("B", 10))] + [total])
    )[-1]
    assert [c.way for c in beside.checks] == ["sum", "difference"]


def test_the_audit_is_told_in_one_sentence(timra: Ledger, krokom: Ledger) -> None:
    assert in_words(audit(timra)) == (
        "Av 25 tryckta summor och avvikelser stämmer 19, 6 skiljer inom avrundningen och ingen är fel."
    )
    assert in_words(audit(krokom)) == "Dokumentet har inga tryckta summor eller avvikelser att kontrollera."


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(-(10**9), 10**9), st.integers(-(10**9), 10**9)), min_size=1, max_size=12))
def test_rounding_alone_never_gives_an_error(make: Make, exact: list[tuple[int, int]]) -> None:
    """Exact kronor, everything printed in thousands: each row, each variance and each total rounded for itself."""

    def tkr(kronor: int) -> int:
        return round(Fraction(kronor, 1000))

    rows = [
        {"line": f"rad {i}", "basis": basis, "amount": tkr(amount)}
        for i, pair in enumerate(exact)
        for basis, amount in zip(("budget", "outcome"), pair, strict=True)
    ]
    budget, outcome = sum(b for b, _ in exact), sum(o for _, o in exact)
    printed = [PrintedRow(table="net", line=f"rad {i}", variance=tkr(o - b)) for i, (b, o) in enumerate(exact)]
    printed.append(
        PrintedRow(
            table="net", line="Summa net", budget=tkr(budget), outcome=tkr(outcome), variance=tkr(outcome - budget)
        )
    )
    findings = audit(make(rows, printed=printed))
    assert len(findings) == len(exact) + 3
    assert {f.verdict for f in findings} <= {"agrees", "rounding"}


@given(rows=st.integers(1, 50), extra=st.integers(1, 1000), total=st.integers(-(10**6), 10**6))
def test_beyond_the_bound_is_always_an_error(rows: int, extra: int, total: int) -> None:
    apart = int(sum_bound(rows)) + extra
    assert compare("sum", total + apart, total, rows).verdict == "error"
    assert compare("sum", total - apart, total, rows).verdict == "error"


def test_a_third_sign_model_is_audited_as_grant_and_income_less_cost(make: Make) -> None:
    # Nynäshamn, kommunstyrelsen 2021, mkr: nämndbidrag 224,1 + intäkter 255,8 - kostnader 448,0 = 31,9, costs positive.
    rows = [
        {"line": "KS", "kind": kind, "basis": "outcome", "amount": amount}
        for kind, amount in (("grant", 224.1), ("income", 255.8), ("cost", 448.0))
    ]
    notes = {"unit": "mkr", "rounded_to": 0.1, "signs": {"operations": "kostnad +", "costs": "positive"}}
    printed = {"table": "result", "line": "Summa result"}
    assert audit(make(rows, printed=[printed | {"outcome": 31.9}], **notes))[0].word == "stämmer"
    wrong = audit(make(rows, printed=[printed | {"outcome": 927.9}], **notes))[0]  # the costs added, not taken away
    assert wrong.word == "teckenfel" and "KS (kostnader)" in wrong.sentence
