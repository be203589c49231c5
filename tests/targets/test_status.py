from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from krokomanalys.errors import InputError
from krokomanalys.sources.goals import Goal, Rule
from krokomanalys.sources.measures import Measure
from krokomanalys.targets.goals import target_words
from krokomanalys.targets.levels import judge_measure
from krokomanalys.targets.outcomes import Gap, Outcome
from krokomanalys.targets.rules import judge_goal, rule_name
from krokomanalys.targets.status import (
    VOCABULARY,
    Basis,
    Judgement,
    Reason,
    Status,
    from_words,
)


def measure(**fields: object) -> Measure:
    unit = "ja/nej" if fields.get("direction") == "binary" else "st"
    return Measure.model_validate({"id": "m", "name": "Mått", "unit": unit, **fields})


def judged(value: float | None, *, year: int = 2020, date: str = "2020-12-31", **fields: object) -> Judgement:
    outcomes = [] if value is None else [Outcome(value, date)]
    return judge_measure(measure(**fields), outcomes, year)


def goal(*measures: Measure, rule: Rule = "all", limit: float | None = None) -> Goal:
    return Goal(id="g", title="Mål", kind="namnd", measures=measures, rule=rule, limit=limit)


def goal_of(
    *statuses: Status, rule: Rule = "all", limit: float | None = None, weights: Sequence[float] = ()
) -> Judgement:
    wanted = {"direction": "higher", "target": 1}
    listed = [
        measure(id=f"m{i}", name=f"Mått {i}", weight=weights[i] if weights else None, **wanted)
        for i, _ in enumerate(statuses)
    ]
    judgements = {m.id: Judgement(s, (Basis.MEASURE,), "Regel.") for m, s in zip(listed, statuses, strict=True)}
    return judge_goal(goal(*listed, rule=rule, limit=limit), judgements)


def answers(*days_and_values: tuple[str, float]) -> list[Outcome]:
    return [Outcome(value, day) for day, value in days_and_values]


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("uppfyllas till fullo", Status.MET),
        ("till fullo", Status.MET),
        ("uppnått", Status.MET),
        ("OK", Status.MET),
        ("Uppfyllt.", Status.MET),
        ("nästan uppfyllt", Status.NEARLY),
        ("delvis uppfyllt", Status.PARTLY),
        ("delvis", Status.PARTLY),
        ("uppfylls till viss del", Status.PARTLY),
        ("inte uppfyllas", Status.NOT_MET),
        ("ej uppfyllt", Status.NOT_MET),
        ("kan inte grönmarkeras", Status.NOT_MET),
        ("mätning ej möjlig", Status.NOT_JUDGED),
        ("kan inte bedömas", Status.NOT_JUDGED),
        ("saknar målvärde", Status.NO_TARGET),
        ("inaktuellt", Status.STALE),
    ],
)
def test_the_documents_words_have_a_status(words: str, status: Status) -> None:
    assert from_words(words) == status


def test_every_status_can_be_written_with_its_own_word() -> None:
    assert {from_words(status.word) for status in Status} == set(Status)


@pytest.mark.parametrize("words", ["nästan klart", "inte", ""])
def test_an_unknown_word_is_refused_with_the_known_ones_named(words: str) -> None:
    with pytest.raises(InputError) as caught:
        from_words(words, file="data/goals/2262-2020.yaml", key="goals.x.printed.words")
    message = str(caught.value)
    assert message.startswith(f'data/goals/2262-2020.yaml, nyckel goals.x.printed.words: "{words}" är inget känt')
    assert all(word in message for word in VOCABULARY)


@pytest.mark.parametrize(
    ("direction", "target", "strict", "met", "not_met"),
    [
        ("higher", 20, False, [20, 21], [19.9]),
        ("higher", 20, True, [20.1], [20, 18]),
        ("lower", 10, False, [10, 9], [10.1]),
        ("lower", 10, True, [9], [10, 16]),
        ("rank", 1, False, [1], [2]),
        ("rank", 10, False, [5, 10], [11]),
        ("range", [1, 10], False, [1, 5, 10], [0, 11]),
        ("exact", 57, False, [57], [55, 58]),
        ("binary", 1, False, [1], [0]),
    ],
)
def test_a_target_is_met_on_its_own_side(
    direction: str, target: object, strict: bool, met: list[float], not_met: list[float]
) -> None:
    for value in met:
        assert judged(value, direction=direction, target=target, strict=strict).status == Status.MET
    for value in not_met:
        assert judged(value, direction=direction, target=target, strict=strict).status == Status.NOT_MET


def test_more_is_wanted_than_there_is_where_the_target_says_higher() -> None:
    assert judged(10, direction="ordinal", target="Högre").status == Status.NOT_MET
    assert judged(0, direction="ordinal", target="Högre").status == Status.NOT_MET
    assert judged(0, direction="ordinal", target="Lika").status == Status.MET


def test_an_outcome_of_zero_is_an_outcome_and_a_missing_one_is_not() -> None:
    assert judged(0, direction="higher", target=4).status == Status.NOT_MET
    assert judged(None, direction="higher", target=4).status == Status.NOT_JUDGED


def test_a_target_of_zero_is_a_target() -> None:
    assert judged(-1, direction="higher", target=0).status == Status.NOT_MET
    assert judged(0, direction="higher", target=0).status == Status.MET


def test_a_yes_taken_back_after_the_last_day_is_told() -> None:
    asked = measure(unit="ja/nej", direction="binary", deadline="2024-03-31")
    for known, status in ((("2024-03-01", 1), Status.MET), (("2024-04-01", 1), Status.NOT_MET)):
        found = judge_measure(asked, answers(known, ("2024-09-01", 0)), 2024)
        assert found.status == status
        assert found.remarks[0].endswith("men inte längre 1 september 2024.")


def test_a_yes_of_a_year_to_come_is_asked_for_in_words() -> None:
    found = judged(0, direction="binary", path={2026: 1}, unit="ja/nej")
    assert found.rule == "Ska vara klart 2026. Utfallet 31 december 2020 är nej."


def test_a_level_judged_on_part_of_its_year_says_so() -> None:
    known = answers(("2020-06-30", 5))
    for fields in ({"target": 4}, {"path": {2020: 4}}):
        asked = measure(direction="higher", **fields)
        part = judge_measure(asked, known, 2020, date(2020, 8, 31))
        assert (part.status, part.remarks) == (Status.MET, ("Året är inte slut: läget 30 juni 2020.",))
        assert judge_measure(asked, known, 2020).remarks == ()
    older = judge_measure(measure(direction="higher", target=4), answers(("2019-12-31", 5)), 2020, date(2020, 8, 31))
    assert older.remarks == ("Mätvärdet är från 31 december 2019, inte från 2020.",)


def test_a_status_on_an_older_value_is_marked_as_aged() -> None:
    assert judged(5, direction="higher", target=4, date="2019-12-31").aged
    assert not judged(5, direction="higher", target=4).aged
    wanted = measure(id="m0", direction="higher", target=4)
    new = measure(id="m1", direction="higher", target=4)
    judgements = {
        "m0": judge_measure(wanted, answers(("2019-12-31", 5)), 2020),
        "m1": judge_measure(new, answers(("2020-12-31", 5)), 2020),
    }
    assert judge_goal(goal(wanted, new), judgements).aged
    assert not judge_goal(goal(new), judgements).aged


def test_an_index_is_told_once() -> None:
    rule = judged(71, direction="higher", target=72, unit="index").rule
    assert rule == "Utfallet index\u00a071 når inte målvärdet minst 72."


def test_a_target_without_a_stated_side_is_never_judged() -> None:
    assert judged(21, direction="unstated", target=21).status == Status.NOT_JUDGED
    assert judged(55, direction="unstated", target=57).status == Status.NOT_JUDGED


def test_nearly_met_needs_a_tolerance_stated_for_the_measure() -> None:
    assert judged(91, direction="higher", target=96).status == Status.NOT_MET
    assert judged(91, direction="higher", target=96, tolerance=5).status == Status.NEARLY
    assert judged(90.9, direction="higher", target=96, tolerance=5).status == Status.NOT_MET
    assert judged(12, direction="range", target=[1, 10], tolerance=2).status == Status.NEARLY
    assert judged(98.5, direction="higher", target=98.6, tolerance=0.1).status == Status.NEARLY


def test_the_rule_says_the_numbers_in_swedish() -> None:
    rule = judged(15352, direction="higher", target=15300, unit="invånare").rule
    assert rule == "Utfallet 15\u00a0352\u00a0invånare når målvärdet minst 15\u00a0300\u00a0invånare."
    rule = judged(8.5, direction="lower", target=-1.25, strict=True, unit="%").rule
    assert rule == "Utfallet 8,5\u00a0% når inte målvärdet mindre än −1,25\u00a0%."


def test_an_outcome_without_a_target_is_no_failure() -> None:
    found = judged(131)
    assert (found.status, found.basis) == (Status.NO_TARGET, ())


def test_an_outcome_from_another_year_is_judged_and_remarked_on() -> None:
    found = judged(91, date="2019-10-01", direction="higher", target=90)
    assert found.status == Status.MET
    assert found.remarks == ("Mätvärdet är från 1 oktober 2019, inte från 2020.",)


def test_an_outcome_is_stale_only_where_an_age_is_stated() -> None:
    assert judged(91, date="2015-10-01", direction="higher", target=90).status == Status.MET
    assert judged(91, date="2015-10-01", direction="higher", target=90, max_age=5).status == Status.MET
    assert judged(91, date="2015-10-01", direction="higher", target=90, max_age=4).status == Status.STALE


def test_an_outcome_after_the_reports_year_is_not_known() -> None:
    assert judged(91, date="2021-03-01", direction="higher", target=90).status == Status.NOT_JUDGED


@pytest.mark.parametrize(
    ("year", "value", "status"),
    [
        (2021, 15352, Status.MET),
        (2022, 15352, Status.NOT_MET),
        (2022, 15370, Status.MET),
        (2020, 15500, Status.NOT_JUDGED),
        (2024, 15500, Status.NO_TARGET),
    ],
)
def test_a_path_is_held_against_its_own_years(year: int, value: float, status: Status) -> None:
    path = {2021: 15300, 2022: 15370, 2023: 15450}
    assert judged(value, year=year, date=f"{year}-12-31", direction="higher", path=path).status == status


def test_an_earlier_outcome_is_no_outcome_of_a_year_on_a_path() -> None:
    found = judged(10.2, year=2024, date="2022-12-31", direction="lower", path={2024: 8}, unit="%")
    assert found.status == Status.NOT_JUDGED
    assert found.rule == "Mätvärde för 2024 saknas. Det senaste är 10,2\u00a0% från 31 december 2022."


def test_a_target_to_come_is_not_judged_and_says_when() -> None:
    found = judged(15532, year=2024, date="2022-12-31", direction="higher", path={2035: 19300})
    assert found.status == Status.NOT_JUDGED
    assert "gäller 2035" in found.rule


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({2020: 10, 2021: 11}, Status.MET),
        ({2020: 10, 2021: 10}, Status.NOT_MET),
        ({2020: 10}, Status.NOT_JUDGED),
        ({2021: 11}, Status.NOT_JUDGED),
        ({2019: 1, 2021: 11}, Status.NOT_JUDGED),
    ],
)
@pytest.mark.parametrize("relative_to", [2020, "previous"])
def test_more_than_another_year_needs_both_years(values: dict[int, float], status: Status, relative_to: object) -> None:
    outcomes = [Outcome(float(value), f"{year}-12-31") for year, value in values.items()]
    asked = measure(direction="higher", strict=True, relative_to=relative_to)
    assert judge_measure(asked, outcomes, 2021).status == status


def test_the_missing_year_is_named() -> None:
    asked = measure(direction="higher", strict=True, relative_to=2020)
    assert judge_measure(asked, [Outcome(1.0, "2021-12-31")], 2021).rule == "Mätvärde för 2020 saknas."
    assert judge_measure(asked, [], 2021).rule == "Mätvärde för 2020 och 2021 saknas."


def test_the_documents_word_counts_where_the_figures_are_missing() -> None:
    found = judged(None, direction="higher", judged="nås med minsta möjliga marginal")
    assert (found.status, found.basis) == (Status.MET, (Basis.JUDGEMENT,))


def test_the_documents_word_never_outranks_the_figures() -> None:
    found = judged(91, direction="higher", target=96, judged="uppfyllt")
    assert (found.status, found.basis) == (Status.NOT_MET, (Basis.MEASURE,))


def test_a_self_selected_survey_has_no_margin_of_error() -> None:
    answers = [Outcome(80.0, "2020-12-31", sampling="self_selected")]
    found = judge_measure(measure(direction="higher", target=79), answers, 2020)
    assert found.remarks == ("Felmarginal kan inte beräknas: självvalt urval.",)


def test_a_goal_without_measures_is_not_judged() -> None:
    assert judge_goal(goal(), {}).status == Status.NOT_JUDGED


@pytest.mark.parametrize(
    ("statuses", "status"),
    [
        ([Status.MET, Status.MET], Status.MET),
        ([Status.MET, Status.NOT_MET, Status.NOT_MET, Status.NOT_MET], Status.PARTLY),
        ([Status.NOT_MET, Status.NOT_MET, Status.NOT_MET], Status.NOT_MET),
        ([Status.MET, Status.NEARLY], Status.NEARLY),
        ([Status.NEARLY, Status.NOT_MET], Status.PARTLY),
        ([Status.PARTLY], Status.PARTLY),
        ([Status.MET, Status.NO_TARGET, Status.NOT_JUDGED], Status.MET),
        ([Status.NO_TARGET, Status.NOT_JUDGED], Status.NO_TARGET),
        ([Status.STALE, Status.NO_TARGET], Status.STALE),
        ([Status.NOT_JUDGED, Status.NOT_JUDGED], Status.NOT_JUDGED),
    ],
)
def test_a_goal_is_what_its_measures_make_it(statuses: list[Status], status: Status) -> None:
    assert goal_of(*statuses).status == status


def test_a_goal_tells_how_many_of_its_measures_are_met() -> None:
    assert goal_of(Status.MET, Status.NOT_MET, Status.NOT_MET, Status.NOT_MET).rule == (
        "1 av 4 bedömda mätetal är uppfyllda: Mått 0. Inte uppfyllda: Mått 1, Mått 2 och Mått 3."
    )
    assert goal_of(Status.MET, Status.MET).rule == "2 av 2 bedömda mätetal är uppfyllda."
    assert goal_of(Status.NOT_MET, Status.NOT_MET, Status.NOT_MET).rule.startswith("0 av 3 ")
    assert goal_of(Status.MET, Status.NO_TARGET).remarks == ("Räknas inte med: Mått 1 (saknar målvärde).",)


def test_the_parts_of_a_composite_count_through_it_only() -> None:
    whole = measure(id="w", direction="higher", target=79, parts=[{"measure": "p", "weight": 1}])
    part = measure(id="p", direction="higher", judged="når inte målen")
    judgements = {m.id: judge_measure(m, [Outcome(80.0, "2020-12-31")], 2020) for m in (whole, part)}
    assert judgements["p"].status == Status.NOT_MET
    assert judge_goal(goal(whole, part), judgements).status == Status.MET


@given(
    st.lists(st.sampled_from([Status.NO_TARGET, Status.NOT_JUDGED, Status.STALE]), max_size=4),
    st.lists(st.sampled_from([Status.MET, Status.NOT_MET]), min_size=1, max_size=4),
)
def test_what_cannot_be_judged_never_changes_what_can(silent: list[Status], judged: list[Status]) -> None:
    assert goal_of(*silent, *judged).status == goal_of(*judged).status


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_higher_and_lower_agree_only_at_the_target(value: float, target: float) -> None:
    higher = judged(value, direction="higher", target=target).status
    lower = judged(value, direction="lower", target=target).status
    assert (higher == lower == Status.MET) == (value == target)
    assert Status.MET in (higher, lower)


def test_a_status_has_its_words_for_one_and_for_many() -> None:
    said = {status: (status.words(1), status.words(2)) for status in Status}
    assert said[Status.MET] == ("uppfyllt", "uppfyllda")
    assert said[Status.NOT_JUDGED] == ("kan inte bedömas", "kan inte bedömas")
    assert said[Status.NO_TARGET] == ("utan målvärde", "utan målvärde")
    assert said[Status.STALE] == ("inaktuellt", "inaktuella")


def test_what_is_judged_has_no_reason_and_what_is_not_has_one() -> None:
    assert judged(5, direction="higher", target=4).reasons == ()
    assert judged(None, direction="higher", target=4).reasons == (Reason.NO_VALUE,)
    assert judged(5).reasons == (Reason.NO_TARGET,)
    assert judged(5, direction="higher", path={2030: 9}).reasons == (Reason.TO_COME,)
    assert judged(5, direction="unstated", target=4).reasons == (Reason.NO_SIDE,)
    assert judge_goal(goal(), {}).reasons == (Reason.NO_MEASURE,)


# Relative to another year

NINE_POINTS = "9\u00a0procentenheter"


@pytest.mark.parametrize(
    ("fields", "base", "met", "not_met"),
    [
        ({"direction": "lower", "by_percent": 10}, 10, 9, 9.1),
        ({"direction": "higher", "by_percent": 10}, 110, 121, 120.9),
        ({"direction": "higher", "by_percent": 10}, -110, -99, -99.1),
        ({"direction": "higher", "by": 3}, 20, 23, 22.9),
        ({"direction": "rank", "by": 2}, 28, 26, 27),
        ({"direction": "higher", "by": 3, "strict": True}, 20, 23.1, 23),
        ({"direction": "lower"}, 20, 20, 20.1),
        ({"direction": "lower", "strict": True}, 20, 19.9, 20),
    ],
)
def test_a_target_relative_to_a_year_is_that_years_outcome_with_so_much_better(
    fields: dict[str, object], base: float, met: float, not_met: float
) -> None:
    asked = measure(relative_to=2020, **fields)
    for value, status in ((met, Status.MET), (not_met, Status.NOT_MET)):
        found = judge_measure(asked, answers(("2020-12-31", base), ("2022-12-31", value)), 2022)
        assert found.status == status


def test_how_much_better_stands_in_the_rule_with_the_level_and_the_base() -> None:
    asked = measure(unit="dagar", direction="lower", relative_to=2020, by_percent=10)
    assert judge_measure(asked, answers(("2020-12-31", 13), ("2021-12-31", 9)), 2021).rule == (
        "Utfallet 9\u00a0dagar når målvärdet högst 11,7\u00a0dagar (minst 10\u00a0% lägre än 2020, då 13\u00a0dagar)."
    )
    asked = measure(unit="%", direction="higher", relative_to="previous", by=2)
    assert judge_measure(asked, answers(("2020-12-31", 66), ("2021-12-31", 67)), 2021).rule == (
        "Utfallet 67\u00a0% når inte målvärdet minst 68\u00a0% "
        "(minst 2\u00a0procentenheter högre än året före, då 66\u00a0%)."
    )


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"direction": "higher", "strict": True, "relative_to": 2020}, "högre än 2020"),
        ({"direction": "lower", "strict": True, "relative_to": "previous"}, "lägre än året före"),
        ({"direction": "higher", "relative_to": 2020}, "som 2020 eller högre"),
        ({"direction": "rank", "relative_to": 2020, "by": 1, "unit": "plats"}, "minst 1\u00a0plats bättre än 2020"),
        ({"direction": "lower", "relative_to": 2020, "by_percent": 12.5}, "minst 12,5\u00a0% lägre än 2020"),
        (
            {"direction": "higher", "relative_to": 2020, "by": 9, "unit": "%"},
            "minst 9\u00a0procentenheter högre än 2020",
        ),
        ({"direction": "higher", "relative_to": 2020, "by": 3, "strict": True}, "mer än 3\u00a0st högre än 2020"),
        ({"direction": "binary", "deadline": "2024-03-31"}, "senast 31 mars 2024"),
    ],
)
def test_a_target_without_printed_words_is_told_in_words(fields: dict[str, object], words: str) -> None:
    assert target_words(measure(**fields)) == words


def test_per_cent_of_nothing_is_no_target_to_hold_against() -> None:
    asked = measure(direction="higher", relative_to=2020, by_percent=10)
    found = judge_measure(asked, answers(("2020-12-31", 0), ("2021-12-31", 4)), 2021)
    assert (found.status, found.reasons) == (Status.NOT_JUDGED, (Reason.ZERO_BASE,))
    assert found.rule == "Målvärdet är minst 10\u00a0% högre än 2020, men utfallet 2020 är 0."
    by = measure(direction="higher", relative_to=2020, by=1)
    assert judge_measure(by, answers(("2020-12-31", 0), ("2021-12-31", 4)), 2021).status == Status.MET


@given(st.floats(-1e6, 1e6), st.floats(0.1, 1e3), st.floats(-1e6, 1e6))
def test_to_be_so_much_better_is_never_easier_than_to_be_better(base: float, by: float, value: float) -> None:
    known = answers(("2020-12-31", base), ("2021-12-31", value))
    plain = measure(direction="higher", strict=True, relative_to=2020)
    more = measure(direction="higher", relative_to=2020, by=by)
    assert (
        judge_measure(more, known, 2021).status == Status.NOT_MET
        or judge_measure(plain, known, 2021).status == Status.MET
    )


# A last day

YES, NO = 1.0, 0.0


@pytest.mark.parametrize(
    ("known", "until", "status", "rule"),
    [
        ([("2024-03-31", YES)], None, Status.MET, "Klart 31 mars 2024. Sista dagen var 31 mars 2024."),
        (
            [("2024-01-31", NO), ("2024-02-15", YES)],
            None,
            Status.MET,
            "Klart 15 februari 2024. Sista dagen var 31 mars 2024.",
        ),
        (
            [("2024-04-12", YES)],
            None,
            Status.NOT_MET,
            "Klart 12 april 2024, 12 dagar för sent. Sista dagen var 31 mars 2024.",
        ),
        (
            [("2024-03-31", NO), ("2024-04-01", YES)],
            None,
            Status.NOT_MET,
            "Klart 1 april 2024, 1 dag för sent. Sista dagen var 31 mars 2024.",
        ),
        (
            [("2024-03-31", NO)],
            date(2024, 6, 30),
            Status.NOT_MET,
            "Inte klart 31 mars 2024. Sista dagen var 31 mars 2024. Känt till och med 30 juni 2024.",
        ),
        (
            [("2024-12-31", NO)],
            None,
            Status.NOT_MET,
            "Inte klart 31 december 2024. Sista dagen var 31 mars 2024. Känt till och med 31 december 2024.",
        ),
        (
            [("2024-01-31", YES), ("2024-02-29", NO)],
            None,
            Status.NOT_JUDGED,
            "Det var klart 31 januari 2024, men inte längre 29 februari 2024. Sista dagen var 31 mars 2024. "
            "Inget är känt från den dagen och senare.",
        ),
        (
            [("2024-01-31", YES), ("2024-02-29", NO), ("2024-04-30", NO)],
            None,
            Status.NOT_MET,
            "Inte klart 30 april 2024. Sista dagen var 31 mars 2024. Det var klart 31 januari 2024, men inte längre "
            "29 februari 2024. Känt till och med 31 december 2024.",
        ),
        ([], None, Status.NOT_JUDGED, "Mätvärde saknas från 31 mars 2024 och senare."),
        ([], date(2024, 3, 31), Status.NOT_JUDGED, "Mätvärde saknas från 31 mars 2024 och senare."),
        (
            [("2024-02-29", NO)],
            None,
            Status.NOT_JUDGED,
            "Mätvärde saknas från 31 mars 2024 och senare. Det var inte klart 29 februari 2024.",
        ),
        ([], date(2024, 3, 30), Status.NOT_JUDGED, "Sista dagen är 31 mars 2024."),
        (
            [("2024-02-29", NO), ("2024-04-12", YES)],
            date(2024, 3, 30),
            Status.NOT_JUDGED,
            "Sista dagen är 31 mars 2024. Det var inte klart 29 februari 2024.",
        ),
    ],
)
def test_a_yes_is_wanted_by_the_last_day(
    known: list[tuple[str, float]], until: date | None, status: Status, rule: str
) -> None:
    asked = measure(unit="ja/nej", direction="binary", deadline="2024-03-31")
    found = judge_measure(asked, answers(*known), 2024, until)
    assert (found.status, found.rule) == (status, rule)
    to_come = until == date(2024, 3, 30)
    assert (Reason.TO_COME in found.reasons) == to_come
    assert found.remarks == ()


def test_a_last_day_in_a_later_year_is_to_come_whatever_is_known_by_now() -> None:
    asked = measure(unit="ja/nej", direction="binary", deadline="2025-01-31")
    found = judge_measure(asked, answers(("2025-01-10", YES)), 2024, date(2025, 6, 30))
    assert found.reasons == (Reason.TO_COME,)


def test_why_nothing_was_measured_since_the_last_day_is_told() -> None:
    asked = measure(unit="ja/nej", direction="binary", deadline="2024-03-31")
    found = judge_measure(asked, [], 2024, gaps=[Gap("2024-12-31", "Mätvärde saknas: projektet är vilande.")])
    assert found.rule == "Mätvärde saknas: projektet är vilande."


# Nothing measured


def test_a_day_without_a_value_outranks_an_older_value_and_says_why() -> None:
    asked = measure(unit="%", direction="higher", target=80)
    gap = Gap("2020-12-31", "Mätvärde saknas: alla evenemang ställdes in.")
    found = judge_measure(asked, answers(("2019-12-31", 84)), 2020, gaps=[gap])
    assert (found.status, found.reasons) == (Status.NOT_JUDGED, (Reason.NO_VALUE,))
    assert found.rule == "Mätvärde saknas: alla evenemang ställdes in. Det senaste är 84\u00a0% från 31 december 2019."
    assert judge_measure(asked, answers(("2019-12-31", 84)), 2019, gaps=[gap]).status == Status.MET
    assert judge_measure(asked, answers(("2019-12-31", 84)), 2021, gaps=[gap]).status == Status.MET


def test_the_missing_year_of_a_relative_target_says_why() -> None:
    asked = measure(direction="higher", strict=True, relative_to="previous")
    gap = Gap("2020-12-31", "Mätvärde saknas: enkäten gjordes inte.")
    assert judge_measure(asked, answers(("2021-12-31", 5)), 2021, gaps=[gap]).rule == (
        "Mätvärde för 2020 saknas. Mätvärde saknas: enkäten gjordes inte."
    )


def test_what_is_measured_after_the_last_known_day_is_not_used() -> None:
    asked = measure(direction="higher", target=4)
    known = answers(("2020-08-31", 3), ("2020-12-31", 5))
    assert judge_measure(asked, known, 2020, date(2020, 9, 30)).status == Status.NOT_MET
    assert judge_measure(asked, known, 2020).status == Status.MET


# Surveys


def test_a_target_inside_the_margin_cannot_be_told_from_the_outcome_but_the_rule_stands() -> None:
    survey = [Outcome(80.0, "2020-12-31", sampling="probability", n=217)]
    asked = measure(unit="%", direction="higher", target=79)
    found = judge_measure(asked, survey, 2020)
    assert found.status == Status.MET
    assert found.remarks == (
        "Målvärdet minst 79\u00a0% ligger inom felmarginalen, så det går inte att säga säkert om målet är nått.",
    )
    assert judge_measure(measure(unit="%", direction="higher", target=70), survey, 2020).remarks == ()


# The rules of a goal

MET, NEARLY, PARTLY, NOT = Status.MET, Status.NEARLY, Status.PARTLY, Status.NOT_MET


@pytest.mark.parametrize(
    ("statuses", "all_", "any_", "majority", "worst"),
    [
        ([MET, MET, MET], MET, MET, MET, MET),
        ([MET, MET, NOT], PARTLY, MET, MET, NOT),
        ([MET, NOT, NOT], PARTLY, MET, PARTLY, NOT),
        ([NOT, NOT, NOT], NOT, NOT, NOT, NOT),
        ([MET, NOT, NOT, NOT, NOT, NOT], PARTLY, MET, PARTLY, NOT),
        ([MET, NOT], PARTLY, MET, PARTLY, NOT),
        ([MET, NEARLY], NEARLY, MET, NEARLY, NEARLY),
        ([MET, NEARLY, NOT], PARTLY, MET, NEARLY, NOT),
        ([NEARLY, NOT, NOT], PARTLY, NEARLY, PARTLY, NOT),
        ([PARTLY, NOT], PARTLY, PARTLY, PARTLY, NOT),
        ([MET, PARTLY], PARTLY, MET, PARTLY, PARTLY),
    ],
)
def test_a_goal_is_judged_by_its_own_rule(
    statuses: list[Status], all_: Status, any_: Status, majority: Status, worst: Status
) -> None:
    rules: list[tuple[Rule, Status]] = [("all", all_), ("any", any_), ("majority", majority), ("worst", worst)]
    for rule, status in rules:
        assert goal_of(*statuses, rule=rule).status == status, rule


@pytest.mark.parametrize(
    ("weights", "statuses", "status"),
    [
        ([70, 20, 10], [MET, NOT, NOT], MET),
        ([70, 20, 10], [NOT, MET, MET], PARTLY),
        ([50, 10, 40], [MET, MET, NOT], MET),
        ([50, 10, 40], [MET, NEARLY, NOT], NEARLY),
        ([0.4, 0.2, 0.4], [NOT, MET, MET], MET),
        ([50, 10, 40], [NOT, NOT, NOT], NOT),
        ([], [MET, MET, NOT], MET),
        ([], [MET, NOT, NOT], PARTLY),
    ],
)
def test_a_weighted_goal_is_met_when_the_met_ones_have_the_limit_of_the_weight(
    weights: list[float], statuses: list[Status], status: Status
) -> None:
    assert goal_of(*statuses, rule="weighted", limit=0.6, weights=weights).status == status


def test_every_rule_but_all_is_printed_with_its_numbers() -> None:
    said = goal_of(MET, MET, NOT, rule="majority").rule
    assert said == (
        "Regel: mer än hälften av mätetalen ska vara uppfyllda. "
        "2 av 3 bedömda mätetal är uppfyllda: Mått 0 och Mått 1. Inte uppfyllda: Mått 2."
    )
    said = goal_of(MET, NEARLY, NOT, rule="weighted", limit=0.6, weights=[50, 10, 40]).rule
    assert said == (
        "Regel: uppfyllda mätetal ska ha minst 60\u00a0% av vikten. "
        "1 av 3 bedömda mätetal är uppfyllda med 50\u00a0% av vikten: Mått 0 (50\u00a0%). "
        "Inte uppfyllda: Mått 1 (10\u00a0%, nästan uppfyllt) och Mått 2 (40\u00a0%)."
    )
    assert goal_of(NOT, rule="any").rule == "Regel: det räcker att ett mätetal är uppfyllt. Regel."
    said = goal_of(MET, NOT, rule="worst").rule
    assert said.startswith("Regel: målet har samma läge som sitt sämsta mätetal. 1 av 2 ")


def test_a_rule_has_a_name_in_swedish() -> None:
    assert rule_name(goal(measure(direction="higher"))) == "alla mätetal ska vara uppfyllda"
    assert rule_name(goal(rule="any")) == ""


@pytest.mark.parametrize(
    ("weights", "statuses", "status"),
    [
        ([60, 20, 20], [MET, NOT, Status.NO_TARGET], MET),  # met whatever the last is
        ([30, 20, 50], [MET, NOT, Status.NO_TARGET], Status.NOT_JUDGED),  # 30 met, 50 not known
        ([30, 60, 10], [MET, NOT, Status.NO_TARGET], PARTLY),  # at most 40
        ([30, 60, 10], [NOT, NOT, Status.NO_TARGET], NOT),
        ([30, 40, 30], [MET, NEARLY, Status.NO_TARGET], Status.NOT_JUDGED),  # nearly, or met
        ([50, 45, 5], [MET, NEARLY, Status.NO_TARGET], NEARLY),
        ([40, 60], [MET, Status.NOT_JUDGED], Status.NOT_JUDGED),
    ],
)
def test_a_weighted_goal_has_the_limit_of_all_the_weight_and_is_not_judged_where_the_unknown_decides(
    weights: list[float], statuses: list[Status], status: Status
) -> None:
    found = goal_of(*statuses, rule="weighted", limit=0.6, weights=weights)
    assert found.status == status
    assert ("det avgör om målet är uppfyllt" in found.rule) == (status == Status.NOT_JUDGED)
    assert (found.basis == ()) == (status == Status.NOT_JUDGED)


def test_a_weighted_goal_that_the_unknown_decides_says_how_much_it_weighs() -> None:
    found = goal_of(MET, NOT, Status.NO_TARGET, rule="weighted", limit=0.6, weights=[30, 20, 50])
    assert found.rule == (
        "Regel: uppfyllda mätetal ska ha minst 60\u00a0% av vikten. "
        "1 av 2 bedömda mätetal är uppfyllda med 30\u00a0% av vikten: Mått 0 (30\u00a0%). Inte uppfyllda: Mått 1 "
        "(20\u00a0%). 50\u00a0% av vikten kan inte bedömas, och det avgör om målet är uppfyllt."
    )


def test_how_many_measures_have_no_value_is_counted() -> None:
    have, lack = measure(id="m0", direction="higher", target=4), measure(id="m1", direction="higher", target=4)
    none = measure(id="m2", direction="higher")
    values = {"m0": answers(("2020-12-31", 5)), "m1": [], "m2": answers(("2020-12-31", 5))}
    judgements = {m.id: judge_measure(m, values[m.id], 2020) for m in (have, lack, none)}
    found = judge_goal(goal(have, lack, none), judgements)
    assert (found.status, found.unmeasured) == (Status.MET, 1)
    assert judge_goal(goal(lack), judgements).unmeasured == 1
    assert judge_goal(goal(have), judgements).unmeasured == 0


def test_no_goal_with_measures_is_without_a_rule() -> None:
    one = measure(id="m0", direction="higher", parts=[{"measure": "m1"}])
    other = measure(id="m1", direction="higher", parts=[{"measure": "m0"}])
    judgements = {m.id: judge_measure(m, [], 2020) for m in (one, other)}
    assert judge_goal(goal(one, other), judgements).rule == "Mätvärde saknas."


JUDGED_ONES = st.lists(st.sampled_from([MET, NEARLY, PARTLY, NOT]), min_size=1, max_size=6)
RULES: list[Rule] = ["all", "any", "majority", "worst"]


@given(JUDGED_ONES)
def test_met_by_all_is_met_by_the_majority_and_met_by_that_is_met_by_any(statuses: list[Status]) -> None:
    order: list[Rule] = ["worst", "all", "majority", "any"]
    met = [goal_of(*statuses, rule=rule).status == MET for rule in order]
    assert met == sorted(met)
    assert met[0] == met[1]


@given(
    st.lists(st.sampled_from([Status.NO_TARGET, Status.NOT_JUDGED, Status.STALE]), max_size=4),
    JUDGED_ONES,
    st.sampled_from(RULES),
)
def test_what_cannot_be_judged_never_changes_what_can_by_any_rule(
    silent: list[Status], statuses: list[Status], rule: Rule
) -> None:
    assert goal_of(*silent, *statuses, rule=rule).status == goal_of(*statuses, rule=rule).status


@given(st.permutations(list(zip([50, 30, 15, 5], [MET, NOT, NEARLY, MET], strict=True))), st.floats(0.01, 1))
def test_the_order_of_weights_never_matters(pairs: list[tuple[int, Status]], limit: float) -> None:
    weights, statuses = zip(*pairs, strict=True)
    met = limit * 100 - 1e-6 <= 55
    found = goal_of(*statuses, rule="weighted", limit=limit, weights=weights).status
    assert (found == MET) == met
