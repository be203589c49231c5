"""What the goal page says of targets for inhabitants is what the projection report says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from krokomanalys.errors import Missing
from krokomanalys.population.outlook import outlook
from krokomanalys.report.goal_outlook import _verdict, goal_outlooks
from krokomanalys.report.people import projection_opening
from krokomanalys.sources.load import load
from krokomanalys.sources.measures import Measure
from krokomanalys.sources.slices import Slice
from krokomanalys.targets.versions import population_targets

LENDER = "2262"


def goals_of(municipality: str, year: int) -> Slice:
    return load("maluppfoljning", None, municipality=municipality, year=year, shape_from=LENDER)


@pytest.fixture(scope="module")
def krokom() -> Slice:
    """Krokom 2024, whose goal is 19 300 inhabitants in 2035."""
    return goals_of("2309", 2024)


def test_the_goal_page_says_word_for_word_what_the_projection_report_says(krokom: Slice) -> None:
    about = load("befolkningsprognos", None, municipality="2309", year=2024, shape_from=LENDER)
    assert about.base_year is not None and about.goals is not None
    made = outlook(about.population, "2309", about.base_year, 2037, LENDER)
    top = projection_opening(about, made, population_targets(about.goals.versions), "utkast", "", "")
    said = goal_outlooks(krokom, shape_from=LENDER)["folkmangd"]
    (held,) = said.held
    assert (held.target, held.year, held.base) == (19300, 2035, 15532)
    assert held.expected == pytest.approx(made.path[2035])
    finding = next(text for text in top.data["findings"] if "19\u00a0300" in text)
    assert said.words.startswith(finding)
    light = next(light for light in top.data["lights"] if light["subject"].startswith("19\u00a0300"))
    assert f"Läget enligt prognosen: **{light['words'].lower()}**." in said.words


def test_the_distance_is_held_against_the_models_error_in_places_of_the_same_size(krokom: Slice) -> None:
    assert krokom.scores is not None
    scores = krokom.scores
    own = scores[(scores["way"] == "joined") & (scores["size_class"] == 10_000) & (scores["group"] == "total")]
    mape = own.loc[own["horizon"] == 10, "mape"].item()
    said = goal_outlooks(krokom, shape_from=LENDER)["folkmangd"].words
    shown = f"{mape:.1f}".replace(".", ",")
    assert "Målåret ligger längre fram än prognoserna har prövats" in said
    assert f"modellens medelfel är {shown}\u00a0% på 10 år i kommuner med 10\u00a0000–20\u00a0000" in said
    assert "större än" not in said
    near = goal_outlooks(goals_of("2309", 2019), shape_from=LENDER)["folkmangd"].words
    assert "Avståndet till målet är 1,6\u00a0%. Målåret ligger längre fram" in near  # 2030 from 2018
    assert "medelfel" not in goal_outlooks(replace(krokom, scores=None), shape_from=LENDER)["folkmangd"].words


@pytest.mark.parametrize(
    ("ahead", "apart", "says"),
    [
        (1, 0.7, "är större än modellens medelfel: 0,5\u00a0% på 1 år"),
        (2, 0.7, "är mindre än modellens medelfel: 1,2\u00a0% på 3 år"),  # on 1 year it would be larger
        (2, 1.5, "är större än modellens medelfel: 1,2\u00a0% på 3 år"),
        (4, 1.5, "är mindre än modellens medelfel: 1,9\u00a0% på 5 år"),
        (10, 5.0, "är större än modellens medelfel: 3,4\u00a0% på 10 år"),
        (11, 5.0, "har prövats: modellens medelfel är 3,4\u00a0% på 10 år"),
    ],
)
def test_a_distance_is_never_held_against_a_shorter_horizons_error(
    krokom: Slice, ahead: int, apart: float, says: str
) -> None:
    held = goal_outlooks(krokom, shape_from=LENDER)["folkmangd"].held[0]
    near = replace(held, year=held.base_year + ahead, expected=held.target * (1 + apart / 100))
    assert says in _verdict(krokom, near, "joined")


def test_an_error_from_four_places_is_not_told(krokom: Slice) -> None:
    assert krokom.scores is not None
    few = krokom.scores.assign(places=4)
    assert "medelfel" not in goal_outlooks(replace(krokom, scores=few), shape_from=LENDER)["folkmangd"].words


def test_each_of_several_targets_ahead_is_told_of() -> None:
    slice_ = goals_of("2309", 2021)
    said = goal_outlooks(slice_, shape_from=LENDER)["folkmangd"]
    assert [held.year for held in said.held] == [2022, 2023]  # 2021 is known
    assert "2022" in said.words and "2023" in said.words and "2021" not in said.words


def test_it_is_told_why_no_projection_is_made(krokom: Slice) -> None:
    lonely = load("maluppfoljning", None, municipality="2309", year=2024)
    said = goal_outlooks(lonely)["folkmangd"]
    assert said.held == ()
    assert said.words.startswith("Ingen befolkningsprognos kan göras.") and 'shape_from: "2262"' in said.words
    gap = Missing("Folkmängd för 2309", "Lägg till den")
    without = replace(krokom, missing={"population": gap}, base_year=None)
    assert "Underlag saknas: Folkmängd för 2309. Lägg till den." in goal_outlooks(without)["folkmangd"].words


@pytest.mark.parametrize(("municipality", "year"), [("2262", 2020), ("2380", 2024), ("0000", 2025)])
def test_nothing_is_said_where_no_target_for_inhabitants_lies_ahead(municipality: str, year: int) -> None:
    assert goal_outlooks(load("maluppfoljning", None, municipality=municipality, year=year)) == {}


def test_a_target_of_the_version_year_alone_lies_ahead_until_that_year_is_known(krokom: Slice) -> None:
    assert krokom.goals is not None and krokom.goals.current is not None
    version = krokom.goals.current
    goals = tuple(
        goal.model_copy(update={"measures": tuple(_level(m) for m in goal.measures)}) for goal in version.goals
    )
    tables = replace(krokom.goals, current=version.model_copy(update={"goals": goals}))
    said = goal_outlooks(replace(krokom, goals=tables), shape_from=LENDER)["folkmangd"]
    assert [(held.year, held.target) for held in said.held] == [(2024, 15_600.0)]


def _level(measure: Measure) -> Measure:
    if measure.outcome != "population_total":
        return measure
    return measure.model_copy(update={"path": None, "target": 15_600.0})
