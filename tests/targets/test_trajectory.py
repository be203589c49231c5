"""The way to a target: the source documents' own figures, by hand, and properties."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from krokomanalys.sources.goals import GoalVersion
from krokomanalys.sources.measures import Measure
from krokomanalys.targets.outcomes import Outcome
from krokomanalys.targets.trajectory import Trajectory, compound, trajectory

SICK_LEAVE = Measure.model_validate(
    {"id": "sjuktal", "name": "Sjuktal", "unit": "%", "direction": "lower", "path": {2024: 8}}
)


def series(values: dict[int, float]) -> list[Outcome]:
    return [Outcome(value, f"{year}-12-31") for year, value in values.items()]


def inhabitants(versions: dict[str, GoalVersion], file: str) -> Measure:
    return next(m for g in versions[file].goals for m in g.measures if m.outcome == "population_total")


def made(measure: Measure, values: dict[int, float], version_year: int, year: int) -> Trajectory:
    found = trajectory(measure, series(values), version_year, year)
    assert found is not None
    return found


def test_sick_leave_from_10_2_to_8_per_cent_is_1_1_percentage_points_a_year() -> None:
    way = made(SICK_LEAVE, {2022: 10.2}, 2024, 2023)
    (need,) = way.needs
    assert need.per_year == pytest.approx(-1.1) and need.years_left == 2
    assert need.percent_per_year == pytest.approx(-11.4, abs=0.05)
    assert way.path.set_index("year").loc[2023].to_list() == pytest.approx([9.1, 9.03], abs=0.005)
    assert way.on_track is None  # nothing is measured after the start
    assert way.words == (
        "För att nå 8\u00a0% år 2024 krävs −1,1\u00a0procentenheter per år från 2022. I jämn takt till 2024 är det "
        "−11,4\u00a0% per år. Inget är mätt efter 2022. Den raka vägen från 10,2\u00a0% 2022 är 9,1\u00a0% 2023, och i "
        "jämn takt 9,03\u00a0%."
    )
    assert made(SICK_LEAVE, {2022: 10.2}, 2024, 2024).words.endswith("Inget är mätt efter 2022.")


@pytest.mark.parametrize(
    ("now", "on_track", "says"),
    [(9.1, True, "håller takten"), (9.0, True, "håller takten"), (9.2, False, "ligger efter")],
)
def test_lower_sick_leave_than_the_line_is_on_track(now: float, on_track: bool, says: str) -> None:
    way = made(SICK_LEAVE, {2022: 10.2, 2023: now}, 2023, 2023)
    assert way.on_track is on_track
    assert says in way.words


def test_16_000_inhabitants_by_2030_took_95_a_year_when_it_was_decided(versions: dict[str, GoalVersion]) -> None:
    measure = inhabitants(versions, "2309-2019")
    assert made(measure, {2018: 14858}, 2019, 2019).needs[0].per_year == pytest.approx(1142 / 12)
    later = made(measure, {2018: 14858, 2023: 15450}, 2019, 2023)
    assert later.needs[0].per_year == pytest.approx(78.6, abs=0.05)
    assert later.needs[0].percent_per_year == pytest.approx(0.50, abs=0.005)
    assert later.pace.endswith("krävs +78,6\u00a0invånare per år från 2023.")
    assert later.standing.startswith("I jämn takt till 2030 är det +0,50\u00a0% per år.")


def test_targets_of_three_years_are_points_on_the_way(versions: dict[str, GoalVersion]) -> None:
    known = {2018: 14858.0, 2019: 14966.0, 2020: 15054.0, 2021: 15352.0}
    way = made(inhabitants(versions, "2309-2021"), known, 2021, 2021)
    assert list(way.path["year"]) == [2020, 2021, 2022, 2023]
    assert list(way.path["linear"]) == [15054, 15300, 15370, 15450]
    assert way.on_track is True
    assert [(n.year, n.target, n.years_left, n.per_year) for n in way.needs] == [
        (2022, 15370, 1, 18.0),
        (2023, 15450, 2, 49.0),
    ]


def test_19_300_by_2035_is_about_300_a_year_and_1_55_for_each_of_193_villages(
    versions: dict[str, GoalVersion],
) -> None:
    measure = inhabitants(versions, "2309-2024")
    way = made(measure, {2022: 15400}, 2024, 2024)
    assert way.needs[0].per_year == 300
    assert way.needs[0].percent_per_year == pytest.approx(1.75, abs=0.005)
    assert way.standing.startswith(
        "Delat på 193 byar är det 1,55 var om året. I jämn takt till 2035 är det +1,75\u00a0%"
    )
    (need,) = made(measure, {2023: 15450}, 2024, 2024).needs
    assert need.per_year == pytest.approx(321, abs=0.5)
    assert need.percent_per_year == pytest.approx(1.87, abs=0.005)


def test_a_line_between_targets_of_years_apart_is_filled_in_evenly() -> None:
    measure = SICK_LEAVE.model_copy(update={"path": {2024: 8.0, 2028: 6.0}})
    way = made(measure, {2022: 10, 2023: 9, 2025: 7.6}, 2023, 2025)
    assert list(way.path["linear"]) == pytest.approx([10, 9, 8, 7.5, 7, 6.5, 6])
    assert way.on_track is False
    assert [need.year for need in way.needs] == [2028]


def test_no_pace_in_per_cent_is_told_from_a_deficit() -> None:
    measure = Measure.model_validate(
        {"id": "resultat", "name": "Resultat", "unit": "mkr", "direction": "higher", "path": {2027: 6}}
    )
    way = made(measure, {2023: -8, 2024: -4}, 2024, 2024)
    assert way.needs[0].per_year == pytest.approx(10 / 3)
    assert math.isnan(way.needs[0].percent_per_year) and way.path["compound"].iloc[1:-1].isna().all()
    assert "krävs +3,33\u00a0mkr per år från 2024." in way.words
    assert "jämn takt" not in way.words


def test_a_target_reached_before_its_year_takes_nothing_more() -> None:
    way = made(SICK_LEAVE, {2022: 10.2, 2023: 7.5}, 2023, 2023)
    assert "är redan nått: utfallet 2023 är 7,5\u00a0%." in way.words
    assert "krävs" not in way.words and "I jämn takt till" not in way.words


def test_a_place_in_a_ranking_has_no_pace_in_per_cent() -> None:
    rank = SICK_LEAVE.model_copy(update={"unit": "plats", "direction": "rank", "path": {2024: 10}})
    assert "jämn takt" not in made(rank, {2022: 40}, 2024, 2023).words


def test_no_side_gives_no_verdict() -> None:
    exact = SICK_LEAVE.model_copy(update={"direction": "exact"})
    assert made(exact, {2022: 10.2, 2023: 9.0}, 2023, 2023).on_track is None


@pytest.mark.parametrize(
    ("measure", "known", "version_year", "year"),
    [
        (SICK_LEAVE, {2024: 9.0}, 2024, 2024),  # nothing before the version
        (SICK_LEAVE, {2022: 10.2}, 2024, 2025),  # the target's year is past
        (SICK_LEAVE.model_copy(update={"path": None, "target": 8}), {2022: 10.2}, 2024, 2024),  # a target of no year
        (SICK_LEAVE.model_copy(update={"direction": "binary"}), {2022: 0}, 2024, 2024),  # a yes or no
        (SICK_LEAVE, {}, 2024, 2024),
    ],
)
def test_where_there_is_no_way_there_is_none(
    measure: Measure, known: dict[int, float], version_year: int, year: int
) -> None:
    assert trajectory(measure, series(known), version_year, year) is None


def test_what_comes_after_the_year_is_not_known() -> None:
    known = {2021: 10.4, 2022: 10.2, 2023: 9.6}
    assert made(SICK_LEAVE, known | {2024: 1.0}, 2023, 2023).words == made(SICK_LEAVE, known, 2023, 2023).words


@given(
    st.floats(0.5, 1e5), st.floats(0.5, 1e5), st.integers(1, 20), st.sampled_from(["higher", "lower", "rank", "exact"])
)
def test_the_required_pace_carried_through_the_years_hits_the_target(
    value: float, target: float, years: int, direction: str
) -> None:
    measure = SICK_LEAVE.model_copy(update={"path": {2020 + years: target}, "direction": direction})
    way = made(measure, {2020: value}, 2021, 2020)
    (need,) = way.needs
    assert value + years * need.per_year == pytest.approx(target)
    assert value * (1 + need.percent_per_year / 100) ** years == pytest.approx(target)
    assert way.path["linear"].iloc[-1] == way.path["compound"].iloc[-1] == target
    assert way.path["linear"].diff().dropna().to_numpy() == pytest.approx(need.per_year, abs=1e-6)


@pytest.mark.parametrize(("value", "target"), [(0.0, 5.0), (5.0, 0.0), (-1.0, 5.0), (5.0, -1.0), (-2.0, -1.0)])
def test_no_compound_pace_where_one_is_not_above_zero(value: float, target: float) -> None:
    assert math.isnan(compound(value, target, 3))
