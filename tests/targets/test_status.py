from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from krokomanalys.errors import InputError
from krokomanalys.sources.goals import Goal
from krokomanalys.sources.measures import Measure
from krokomanalys.targets.outcomes import Outcome
from krokomanalys.targets.status import (
    VOCABULARY,
    Basis,
    Judgement,
    Reason,
    Status,
    from_words,
    judge_goal,
    judge_measure,
)


def measure(**fields: object) -> Measure:
    return Measure.model_validate({"id": "m", "name": "Mått", "unit": "st", **fields})


def judged(value: float | None, *, year: int = 2020, date: str = "2020-12-31", **fields: object) -> Judgement:
    outcomes = [] if value is None else [Outcome(value, date)]
    return judge_measure(measure(**fields), outcomes, year)


def goal(*measures: Measure) -> Goal:
    return Goal(id="g", title="Mål", kind="namnd", measures=measures)


def goal_of(*statuses: Status) -> Judgement:
    listed = [measure(id=f"m{i}", name=f"Mått {i}", direction="higher", target=1) for i, _ in enumerate(statuses)]
    judgements = {m.id: Judgement(s, (Basis.MEASURE,), "Regel.") for m, s in zip(listed, statuses, strict=True)}
    return judge_goal(goal(*listed), judgements)


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


def test_a_target_without_a_stated_side_is_judged_only_when_it_is_hit() -> None:
    assert judged(21, direction="unstated", target=21).status == Status.MET
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
    assert found.remarks == ("Mätvärdet är från 2019-10-01, inte från 2020.",)


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
    assert found.rule == "Mätvärde för 2024 saknas. Det senaste är 10,2\u00a0% från 2022-12-31."


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
