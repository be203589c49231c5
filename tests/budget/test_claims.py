"""The documents' statements in figures, by hand, and what an economist can get wrong in a claims file."""

from __future__ import annotations

import operator
from collections.abc import Callable
from math import inf, isnan
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from krokomanalys.budget.claim_words import computed_words, reason, said_words, sentence
from krokomanalys.budget.claims import ClaimFinding, evaluate, judge, judge_all
from krokomanalys.budget.rounding import Interval, Range
from krokomanalys.budget.suspects import suspect, unit_for
from krokomanalys.errors import InputError
from krokomanalys.sources.claims import Claim, Claims, Figure
from krokomanalys.sources.formulas import parse_formula
from krokomanalys.sources.numbers import parse_number
from krokomanalys.sources.yaml_files import checked, read_yaml

DATA = Path(__file__).parents[2] / "data" / "claims"
NBSP = "\u00a0"


def claim(**given: Any) -> Claim:
    return Claim.model_validate({"what": "prov", "where": "sidan 1", "about": "budget", **given})


def verdict(**given: Any) -> str:
    return judge(claim(**given)).word


@pytest.fixture(scope="module")
def found() -> dict[str, ClaimFinding]:
    """The findings of the four documents' claims, by what they are about."""
    files = [read_yaml(path, Claims, path.name) for path in sorted(DATA.glob("2*.yaml"))]
    findings = [finding for claims in files for finding in judge_all(claims)]
    assert len({f.claim.what for f in findings}) == len(findings) == 47
    return {f.claim.what: f for f in findings}


def one(found: dict[str, ClaimFinding], words: str) -> ClaimFinding:
    (hit,) = [f for what, f in found.items() if words in what]
    return hit


# The flaws of the source documents. 1.1-1.6 are the ledger's (test_audit), 1.8 and 1.14-1.16 the goals' (report).
FLAWS = [
    ("1.7 age shares", "Åldersgruppernas andelar", "avrundning", "Skiljer 1, inom avrundningens gräns 1,5."),
    ("1.7 age targets", "Åldersgruppernas målvärden", "stämmer", ""),
    ("1.9 more than 20, or 20", "gröna blad", "oklar", "Gränserna är inte desamma. Vid 18 st ger de samma svar."),
    ("1.10 seventeen or seven", "fem bästa", "motsägelse", "Båda uppgifterna kan inte stämma. De skiljer 10."),
    ("1.11 up, or back to 2018", "Andelen kvinnliga företagare", "motsägelse", "Båda uppgifterna kan inte stämma."),
    ("1.12 53 beside 21", "Målvärde för kvinnliga", "oklar", "mer än dubbelt så stort som de andra, 20 och 21"),
    ("1.13 32 of 30", "fem bedömningarna", "oklar", "Delarna är 2 st fler än helheten"),
    ("1.13 by office", "fördelade på förvaltningar", "stämmer", ""),
    ("1.17 implied totals", "Skatter och bidrag 2026", "avrundning", "Det går ihop bara tack vare avrundningen."),
    ("1.18 per village", "alla byar", "stämmer", ""),
    ("1.19 required rate", "förra mål", "oklar", "Det stämmer på 13 år men inte på 12 år."),
    ("1.19 implied start", "ökningen räknas från", "oklar", "kan läsas på flera sätt"),
    ("1.20 implied purchases", "alla inköp", "går inte att kontrollera", "inget att jämföra med"),
    ("1.21 31 per cent", "felanmälan, i procent", "stämmer", ""),
    ("1.21 4 days", "felanmälan, i dagar", "stämmer", ""),
    ("1.21 30 per cent", "beställningar, i procent", "stämmer", ""),
    ("1.21 6 days", "beställningar, i dagar", "stämmer", ""),
    ("1.21 20 per cent", "IT-supporten, i procent", "stämmer", ""),
    ("1.21 88 cases", "IT-supporten, i antal", "stämmer", ""),
    ("1.22 implied energy", "energianvändning 2019", "går inte att kontrollera", "inget att jämföra med"),
    ("4.4 two units", "bolag och förbund, i text", "stämmer", ""),
    ("population against SCB", "Folkmängden under 2020", "skiljer sig från SCB", "Talen går åt ett annat håll."),
    ("the office's variance", "Kommunledningskontorets", "oklar", "stämmer utan bolag och förbund men inte för hela"),
    ("per cent or points", "Klimatsmart", "oklar", "kan läsas på flera sätt"),
]


@pytest.mark.parametrize(("words", "word", "why"), [f[1:] for f in FLAWS], ids=[f[0] for f in FLAWS])
def test_each_flaw_of_the_documents_is_named_for_what_it_is(
    found: dict[str, ClaimFinding], words: str, word: str, why: str
) -> None:
    finding = one(found, words)
    assert finding.word == word
    assert why in reason(finding).replace(NBSP, " ")


def test_nothing_else_in_the_documents_is_wrong(found: dict[str, ClaimFinding]) -> None:
    listed = {one(found, words).claim.what for _, words, _, _ in FLAWS}
    rest = {f.claim.what: f.word for what, f in found.items() if what not in listed}
    assert set(rest.values()) == {"stämmer", "går inte att kontrollera"}
    assert {what for what, word in rest.items() if word != "stämmer"} == {
        "Riktigt ifyllda enkäter föregående år, när årets 217 sägs vara ett 30-tal fler",
        "Andel yngre anställda 2019, när minskningen till 5 % sägs vara 1 %",
        *(what for what in rest if any(words in what for words, _ in COMPUTED)),
    }


COMPUTED = [
    ("Fastigheter som fick fiberstöd, tillsammans", "71 st"),
    ("av de 140 som prioriterades", "50,7 %"),
    ("298 deltagarna", "72,8 %"),
    ("tidigare målet, 16 000", "78,6 personer"),
]


@pytest.mark.parametrize(("words", "value"), COMPUTED)
def test_what_a_document_leaves_to_be_computed_is_computed(
    found: dict[str, ClaimFinding], words: str, value: str
) -> None:
    finding = one(found, words)
    assert (finding.word, computed_words(finding).replace(NBSP, " ")) == ("går inte att kontrollera", value)


def test_the_totals_that_krokoms_shares_imply_are_compatible_only_within_their_rounding() -> None:
    numbers = {
        "r25": Interval.rounded(6.9, 0.1),
        "a25": Interval.rounded(0.5, 0.1),
        "r26": Interval.rounded(14.5, 0.1),
        "a26": Interval.rounded(1.1, 0.1),
    }
    first, second = evaluate("100 * r25 / a25", numbers), evaluate("100 * r26 / a26", numbers)
    assert [round(x) for x in (first.low, first.point, first.high)] == [1245, 1380, 1544]
    assert [round(x) for x in (second.low, second.point, second.high)] == [1257, 1318, 1386]


def test_implied_bases_are_those_worked_out_by_hand(found: dict[str, ClaimFinding]) -> None:
    share = {"andel": Interval.rounded(17, 1)}
    purchases = evaluate("100 * 100 / andel", share)
    assert [round(x) for x in (purchases.low, purchases.point, purchases.high)] == [571, 588, 606]
    energy = evaluate("100 * 15700 / andel", {"andel": Interval.rounded(13, 1)})
    assert [round(x, -2) for x in (energy.low, energy.point, energy.high)] == [116_300, 120_800, 125_600]
    start = one(found, "ökningen räknas från").computed
    assert start and [value.point for value in start.values() if value] == [15_400, 15_700]


@pytest.mark.parametrize(
    ("printed", "a", "b", "word"),
    [
        (-150, -70, 80, "stämmer"),  # Malmö 2014: outcome against the interim forecast, mkr
        (247, 563, 316, "stämmer"),  # 2015
        (363, 848, 485, "stämmer"),  # 2017
        (1_070, -62_049, -63_119, "stämmer"),  # Simrishamn 2025, tkr
        (12, -872, -884, "stämmer"),  # Hallsberg 2019, mnkr: net cost
        (8, 212, 204, "stämmer"),  # grants
        (27, 42, 15, "stämmer"),  # result
        (26, 42, 15, "avrundning"),
        (25, 42, 15, "fel"),
    ],
)
def test_published_differences_tie(printed: int, a: int, b: int, word: str) -> None:
    assert verdict(says=printed, numbers={"utfall": a, "prognos": b}, formula="utfall - prognos") == word


@pytest.mark.parametrize(
    ("printed", "formula", "numbers", "word"),
    [
        (31.9, "bidrag + intakter - kostnader", {"bidrag": 224.1, "intakter": 255.8, "kostnader": 448.0}, "stämmer"),
        (1.3, "resultat - justering", {"resultat": 31.9, "justering": 30.7}, "avrundning"),
        (0.4, "intakter - kostnader", {"intakter": 86.9, "kostnader": 86.4}, "avrundning"),
        (8.9, "resultat - justering", {"resultat": 39.1, "justering": 30.7}, "fel"),
    ],
)
def test_nynashamns_third_sign_model_ties_but_for_its_sum(
    printed: float, formula: str, numbers: dict[str, float], word: str
) -> None:
    """Driftredovisning 2021, mkr: nämndbidrag + intäkter - kostnader, then justering for the balanskrav."""
    assert verdict(unit="mkr", says=printed, formula=formula, numbers=numbers) == word


def test_what_rounding_cannot_explain_is_told_with_its_bound() -> None:
    finding = judge(claim(says=8.9, numbers={"a": 39.1, "b": 30.7}, formula="a - b"))
    assert round(finding.difference, 9) == 0.5 and round(finding.bound, 9) == 0.15
    assert reason(finding) == "Skiljer 0,5, mer än avrundning kan ge (gräns 0,15)."


@pytest.mark.parametrize(
    ("says", "numbers", "formula", "word"),
    [
        (12_043, {"belopp": 12.043}, "belopp", "enhetsfel"),
        (5, {"andel": 0.05}, "andel", "enhetsfel"),
        (1_377, {"utfall": 45_990, "budget": -47_367}, "utfall - budget", "teckenfel"),
        (63, {"a": 12, "b": 24}, "a + b", "fel, omkastade siffror?"),
        (1_234, {"a": 700, "b": 30}, "a + b", "fel"),
    ],
)
def test_a_suspect_is_named_only_where_it_makes_the_figures_agree(
    says: float, numbers: dict[str, float], formula: str, word: str
) -> None:
    assert verdict(says=says, numbers=numbers, formula=formula) == word


def test_a_suspect_tells_the_number_that_would_fit() -> None:
    finding = judge(claim(says=1_377, numbers={"utfall": 45_990, "budget": -47_367}, formula="utfall - budget"))
    assert (
        reason(finding)
        .replace(NBSP, " ")
        .endswith("Troligen teckenfel: med −45 990 i stället för 45 990 (utfall) stämmer det.")
    )


def test_two_numbers_that_would_fit_are_no_suspect() -> None:
    def agrees(numbers: Any, mistake: str) -> bool:
        return mistake == "sign" and numbers["a"] + numbers["b"] == 0

    assert suspect({"a": 5.0, "b": 5.0}, agrees) is None


@given(st.integers(10, 10**6), st.integers(1, 6))
def test_swapped_digits_differ_by_a_multiple_of_nine(value: int, place: int) -> None:
    seen: list[float] = []

    def watch(numbers: Any, mistake: str) -> bool:
        if mistake == "digits":
            seen.append(numbers["a"])
        return False

    suspect({"a": float(value)}, watch)
    assert all((changed - value) % 9 == 0 and changed != value for changed in seen)


@pytest.mark.parametrize(
    ("amount", "kronor", "inhabitants", "right"),
    [
        (12_043, 1e6, 5_700, 1e3),  # Grästorp 2019: headed mkr, in tkr
        (12_043, 1e3, 5_700, None),
        (900, 1e6, 15_000, None),
        (900_000_000, 1e3, 15_000, 1.0),
    ],
)
def test_more_than_a_million_an_inhabitant_is_a_wrong_unit(
    amount: float, kronor: float, inhabitants: int, right: float | None
) -> None:
    assert unit_for(amount, kronor, inhabitants) == right


@pytest.mark.parametrize(
    ("says", "word"),
    [
        (["2,2 miljoner kronor", "2 214 tkr"], "stämmer"),
        (["2,2 mkr", "2 260 tkr"], "motsägelse"),
        ([17, 18], "avrundning"),
        (["0,3 mkr", "0,4 mkr"], "avrundning"),
        ([17, 17], "stämmer"),
        ([{"value": 17, "exact": True}, {"value": 18, "exact": True}], "motsägelse"),
        (["2 214 mkr", "2 214 tkr"], "enhetsfel"),
        (["91", "minst 90"], "stämmer"),
        (["minst 90", "högst 80"], "motsägelse"),
        (["ökar", "minskar inte"], "oklar"),
        ([">20", ">20"], "stämmer"),
        (["1-10", 5], "stämmer"),
    ],
)
def test_statements_of_the_same_quantity_fit_or_contradict(says: list[Any], word: str) -> None:
    finding = judge(claim(unit="mkr", says=says))
    assert finding.word == word and computed_words(finding) == ""


@pytest.mark.parametrize(("words", "change", "word"), [
    ("ökar", 1, "stämmer"), ("ökar", 0, "fel"), ("ökar", -1, "fel"), ("minskar", -1, "stämmer"),
    ("oförändrad", 0, "stämmer"), ("oförändrad", 1, "fel"), ("ökar inte", 0, "stämmer"), ("minskar inte", -1, "fel"),
])  # fmt: skip
def test_a_direction_is_held_to_the_figures(words: str, change: int, word: str) -> None:
    assert verdict(exact=True, says=words, numbers={"a": 100 + change, "b": 100}, formula="a - b") == word


def test_a_limit_that_decides_is_told_so() -> None:
    finding = judge(claim(exact=True, says=[">20", "≥20"], numbers={"utfall": 20}, formula="utfall"))
    assert finding.word == "oklar" and reason(finding) == "Gränserna är inte desamma. Vid 20 ger de olika svar."


def test_parts_that_exclude_each_other_are_wrong_when_they_are_too_many_and_unsure_else() -> None:
    parts = {"says": 30, "exact": True, "numbers": {"a": 21, "b": 11}, "formula": "a + b"}
    assert verdict(**parts) == "fel"
    assert verdict(**parts, exclusive=False) == "oklar"


def test_a_divisor_that_may_be_zero_gives_nothing_to_check() -> None:
    finding = judge(claim(says=5, numbers={"a": 10, "b": 0.3}, formula="a / b"))
    assert finding.word == "fel"
    finding = judge(claim(says=5, numbers={"a": 10, "b": 0}, formula="a / b"))
    assert finding.word == "går inte att kontrollera" and isnan(finding.difference)
    assert reason(finding) == "Nämnaren kan vara noll, så uppgiften går inte att räkna om."


def test_the_whole_finding_is_told_in_one_sentence() -> None:
    finding = judge(claim(unit="%", says=31, numbers={"före": 13, "efter": 9}, formula="100 * (1 - efter / före)"))
    assert said_words(finding).replace(NBSP, " ") == "31 %"
    assert sentence(finding).replace(NBSP, " ") == "sidan 1: prov: stämmer (tryckt 31 %, omräknat 30,8 %)."


OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv,
}  # fmt: skip
values = st.integers(-(10**6), 10**6)
parts = st.floats(-0.5, 0.5)


@given(values, values, parts, parts, st.sampled_from(sorted(OPERATORS)), st.sampled_from([1.0, 10.0, 1000.0]))
def test_an_interval_holds_what_any_unrounded_numbers_give(
    a: int, b: int, off_a: float, off_b: float, sign: str, step: float
) -> None:
    first, second = Interval.rounded(a * step, step), Interval.rounded(b * step, step)
    assume(sign != "/" or not second.low <= 0 <= second.high)
    exact = OPERATORS[sign]((a + off_a) * step, (b + off_b) * step)
    given_ = OPERATORS[sign](first, second)
    hair = 1e-9 * max(1.0, abs(exact))
    assert given_.low - hair <= exact <= given_.high + hair


@given(values, values, parts, parts)
def test_rounding_alone_is_never_called_an_error(a: int, b: int, off_a: float, off_b: float) -> None:
    printed = round((a + off_a) - (b + off_b))
    assert verdict(says=printed, numbers={"a": a, "b": b}, formula="a - b") in ("stämmer", "avrundning")


@pytest.mark.parametrize(
    ("a", "b", "meet"),
    [
        (Range(0, 1), Range(1, 2), True),
        (Range(0, 1), Range(1, 2, open_low=True), False),
        (Range(0, inf, open_low=True), Range(0, 0), False),
        (Range(-inf, 0), Range(0, inf), True),
        (Range(0, 1), Range(2, 3), False),
    ],
)
def test_open_ends_are_not_shared(a: Range, b: Range, meet: bool) -> None:
    assert a.meets(b) is meet and b.meets(a) is meet


@pytest.mark.parametrize(
    ("value", "step"),
    [(13, 1), (6.9, 0.1), (4.0, 0.1), ("5,00", 0.01), ("18.000", 1), ("2,2 miljoner", 0.1), ("3.33", 0.01)],
)  # fmt: skip
def test_the_last_printed_digit_is_read_from_the_text(value: Any, step: float) -> None:
    assert Figure(value=value).step == step


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"says": 5}, "inget att jämföras med"),
        ({"says": 5, "formula": "a"}, "formeln nämner a, som inte finns under numbers"),
        ({"says": 5, "formula": "a", "numbers": {"a": 1, "b": 2}}, "talet b under numbers används inte"),
        ({"says": 5, "formula": "(a - b) / a", "numbers": {"a": 1, "b": 2}}, "talet a står två gånger"),
        ({"says": 5, "formula": "a +", "numbers": {"a": 1}}, "går inte att läsa"),
        ({"says": 5, "formula": "abs(a)", "numbers": {"a": 1}}, "annat än namn, tal"),
        ({"says": 5, "formula": "a ** 2", "numbers": {"a": 1}}, "annat än namn, tal"),
        ({"says": 5, "formula": "True", "numbers": {}}, "annat än namn, tal"),
        ({"says": "cirka 300", "formula": "a", "numbers": {"a": 1}}, "är ungefärligt: ange rounded_to"),
        ({"says": "många", "formula": "a", "numbers": {"a": 1}}, "går inte att läsa som ett värde"),
        ({"says": 5, "formula": "a", "numbers": {"a": ">20"}}, "gräns eller ett ord"),
        ({"says": [1, 2], "series": [3]}, "series hör ihop med ett enda says"),
        ({"says": [1, 1], "goal": "x"}, '"goals" väntades'),
        ({"says": [{"value": 1, "exact": True, "rounded_to": 1}, 1]}, "ett exakt tal"),
        ({"says": True, "formula": "1"}, '"True" kan inte stå här'),
        ({"says": 5, "formula": "per_by", "numbers": {"per by": 1}}, "ett namn av bokstäver"),
    ],
)
def test_a_claim_that_cannot_be_checked_is_refused_in_swedish(given: dict[str, Any], said: str) -> None:
    content = {
        "region": "0000",
        "year": 2024,
        "document": {"title": "Prov", "body": "Exempelkommun"},
        "claims": [{"what": "prov", "where": "sidan 1", "about": "budget", **given}],
    }
    with pytest.raises(InputError, match="nyckel claims") as error:
        checked(content, Claims, "data/claims/0000-2024.yaml")
    assert said in str(error.value)


def test_a_formula_takes_the_signs_that_people_write() -> None:
    known = {"a": Interval.rounded(8), "b": Interval.rounded(2)}
    assert evaluate("a ÷ b − 1 · 3 × 1", known).point == 1
    assert parse_formula("-a / (2 * b)")


def test_joined_lines_of_a_scanned_text_are_no_numbers() -> None:
    # 1.23: noise of text extraction is met where text becomes numbers; a claim's figures are written by a person.
    for text in ("sjukommuner", "Kommenta r", "12 7OO", "l00"):
        with pytest.raises(ValueError, match="inte ett tal"):
            parse_number(text)
