"""Scenarios and targets as a reader sees them: their words, tables and figures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from krokomanalys.errors import InputError
from krokomanalys.population.outlook import Outlook, outlook
from krokomanalys.report import figures_scenarios, seek
from krokomanalys.report import scenarios as pieces
from krokomanalys.sources.load import load
from krokomanalys.sources.slices import Slice
from krokomanalys.swedish import number
from krokomanalys.targets.versions import population_targets

DATA = Path(__file__).parents[2] / "data"
NBSP = "\u00a0"
HOUSING = {
    "plan": {"2024": {"smahus": 60, "lagenhet": 80}, "2025": {"smahus": 40}},
    "normal": 40,
    "persons": {"smahus": 2.8, "lagenhet": 1.7},
    "share_from_outside": 0.6,
    "vacancy": 0.02,
    "delay": 1,
}
SCENARIOS: dict[str, Any] = {
    "fler": {"title": "100 fler om året", "in_migration": {"persons": 100, "start": 2023}},
    "farre": {"title": "Färre som flyttar in", "in_migration": {"percent": -12.5, "start": 2025}},
    "allt": {
        "title": "Annorlunda liv",
        "tfr": {"level": 1.4, "by": 2030},
        "life_expectancy": {"women": 1, "men": -1.5, "by": 2030},
    },
    "bostader": {"title": "Bostäder", "housing": HOUSING},
    "stangt": {"title": "Stängt", "no_migration": True},
}


@pytest.fixture(scope="module")
def krokom_slice() -> Slice:
    return load("befolkningsprognos", DATA, municipality="2309", year=2024, shape_from="2262")


@pytest.fixture(scope="module")
def krokom_outlook(krokom_slice: Slice) -> Outlook:
    return outlook(krokom_slice.population, "2309", 2022, 2037, "2262")


@pytest.fixture(scope="module")
def futures(krokom_outlook: Outlook) -> list[pieces.Future]:
    return pieces.futures_of(krokom_outlook, SCENARIOS)


@pytest.fixture(scope="module")
def aims(krokom_slice: Slice, krokom_outlook: Outlook) -> list[seek.Aim]:
    assert krokom_slice.goals is not None
    return seek.aims_of(krokom_slice, krokom_outlook, population_targets(krokom_slice.goals.versions), {2032: 12_000})


def test_what_each_scenario_changes_is_told_in_sentences(krokom_outlook: Outlook, futures: list[pieces.Future]) -> None:
    text = pieces.scenario_words(krokom_outlook, futures).plain
    for sentence in (
        "Varje år från 2023 flyttar 100 fler personer in, i samma åldrar som i huvudprognosen.",
        "Varje år från 2025 flyttar 12,5 procent färre in, i samma åldrar som i huvudprognosen.",
        "till 1,40 barn per kvinna 2030 och ligger sedan still.",
        "+1,0 år för kvinnor (från ",
        "−1,5 år för män (från ",
        "Bostadsplanen 2024–2025 har 180 bostäder. Av dem är 100 fler än den normala takten, 40 om året.",
        f"60{NBSP}% av de boende kommer utifrån, 2{NBSP}% av bostäderna står tomma, och man flyttar in året efter.",
        "Ingen flyttar in eller ut.",
    ):
        assert sentence in text


def test_without_scenarios_the_page_says_how_to_give_one_and_shows_nothing_more(krokom_outlook: Outlook) -> None:
    assert pieces.futures_of(krokom_outlook, {}) == pieces.futures_of(krokom_outlook, None) == []
    assert "Skriv sådana under scenarios" in pieces.scenario_words(krokom_outlook, []).plain
    assert figures_scenarios.scenario_paths(krokom_outlook, []) is None
    assert pieces.total_table(krokom_outlook, []) is pieces.service_table(krokom_outlook, []) is None
    assert pieces.housing_table([]) is None


def test_totals_and_ages_of_a_scenario_tell_the_same_difference(
    krokom_outlook: Outlook, futures: list[pieces.Future]
) -> None:
    totals, ages = pieces.total_table(krokom_outlook, futures), pieces.service_table(krokom_outlook, futures)
    assert totals is not None and ages is not None
    assert list(totals.columns) == ["name", "2027", "2032", "2037", "change", "percent"]
    assert list(totals.frame["name"]) == ["Huvudprognosen", *(s["title"] for s in SCENARIOS.values())]
    assert list(ages.frame["total"]) == pytest.approx(list(totals.frame["change"].iloc[1:]))
    groups = [column for column in ages.columns if column not in ("name", "total")]
    assert ages.frame[groups].sum(axis=1).to_numpy() == pytest.approx(ages.frame["total"].to_numpy())
    assert ages.frame.set_index("name").loc["Annorlunda liv", "0-5"] < 0
    by_name = totals.frame.set_index("name")["2037"]
    assert by_name["100 fler om året"] > by_name["Huvudprognosen"] > by_name["Stängt"]


def test_the_housing_table_is_of_those_scenarios_that_have_a_plan(futures: list[pieces.Future]) -> None:
    table = pieces.housing_table(futures)
    assert table is not None
    assert list(table.frame["above"]) == [100, 0] and "title" not in table.columns
    twice = pieces.housing_table([*futures, *futures])
    assert twice is not None and "title" in twice.columns


def test_the_figure_says_where_every_line_ends(krokom_outlook: Outlook, futures: list[pieces.Future]) -> None:
    drawn = figures_scenarios.scenario_paths(krokom_outlook, futures)
    assert drawn is not None
    for future in futures:
        assert future.scenario.title in drawn.alt
    assert list(drawn.table.columns) == ["year", "outcome", *(f"path{p}" for p in range(6))]


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({"in_migraton": {"persons": 1, "start": 2023}}, 'nyckeln "in_migraton" är okänd. Menade du "in_migration"?'),
        ({"in_migration": {"person": 1, "start": 2023}}, 'nyckeln "person" är okänd. Menade du "persons"?'),
        ({"in_migration": {"persons": 1}}, 'nyckeln "start" saknas'),
        ({"in_migration": {"start": 2023}}, "ange persons eller percent"),
        ({"tfr": {"level": "hög", "by": 2030}}, '"hög" kan inte stå här. Väntade ett tal'),
        ({"no_migration": True, "in_migration": {"persons": 1, "start": 2023}}, "kan inte stå i samma scenario"),
        ({"housing": HOUSING | {"persons": {"smahus": "många", "lagenhet": 1}}}, "Väntade ett tal eller nycklar"),
        ({}, "scenariot ändrar ingenting: ange någon av no_migration, in_migration"),
        ({"title": "x" * 41, "no_migration": True}, "Väntade högst 40 tecken"),
    ],
)
def test_a_faulty_scenario_is_told_in_swedish(krokom_outlook: Outlook, told: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError) as error:
        pieces.futures_of(krokom_outlook, {"ett": {"title": "Ett"} | told})
    assert says in str(error.value) and "scenarios.ett" in str(error.value)


def test_the_targets_ahead_and_those_tried_are_sought_in_order_of_their_years(aims: list[seek.Aim]) -> None:
    assert [(a.held.year, a.held.target, a.decided) for a in aims] == [
        (2023, 15_450, True), (2030, 16_000, True), (2032, 12_000, False), (2035, 19_300, True)
    ]  # fmt: skip
    passed = aims[2]
    assert passed.sought is None and passed.extra == passed.lacking == 0 and passed.name.endswith("(prövas)")


def test_krokoms_target_of_19_300_is_told_with_growth_moves_villages_and_dwellings(
    krokom_outlook: Outlook, aims: list[seek.Aim]
) -> None:
    table = seek.aim_table(krokom_outlook, aims, 2.0)
    assert table is not None
    of_target = table.frame.set_index(["what", "unit"])["3"]
    assert of_target["Nettoökning som krävs", "personer per år"] == 290
    assert of_target["Nettoökning, delad på 193 byar", "personer per år"] == pytest.approx(3768 / 13 / 193)
    moves = [of_target[what, "personer per år"] for what in ("Inflyttade i prognosen", "Fler inflyttade som krävs")]
    assert of_target["Inflyttade i allt", "personer per år"] == pytest.approx(sum(moves), abs=1)
    assert of_target["Så många inflyttade förut", "år av 25"] == 0
    homes = aims[3].lacking / 2 / 13
    assert of_target["Bostäder utöver prognosen", "bostäder per år"] == pytest.approx(homes, abs=0.5)
    assert "2,0 per bostad" in table.note


def test_the_villages_of_krokom_are_those_of_the_document(krokom_slice: Slice) -> None:
    """300 a year in 193 villages is 1.55 each, as rambudget 2024 says; 19 300 is a hundred in each."""
    assert krokom_slice.goals is not None
    targets = population_targets(krokom_slice.goals.versions)
    row = targets[targets["target"] == 19_300].iloc[0]
    assert (row["shares"], row["shared_by"]) == (193, "byar")
    assert round(300 / row["shares"], 2) == 1.55 and 19_300 / row["shares"] == 100
    assert targets["shares"].isna().sum() == len(targets) - 1


def test_without_persons_per_dwelling_dwellings_are_left_out_and_the_page_says_why(
    krokom_outlook: Outlook, aims: list[seek.Aim]
) -> None:
    table = seek.aim_table(krokom_outlook, aims, None)
    assert table is not None
    assert not table.frame["what"].str.contains("Bostäder").any() and "persons_per_dwelling" in table.note


def test_the_ages_of_the_hardest_target_sum_to_it(krokom_outlook: Outlook, aims: list[seek.Aim]) -> None:
    table = seek.age_table(krokom_outlook, aims)
    assert table is not None
    total = table.frame.iloc[-1]
    assert total["reached"] == 19_300 and total["moving"] == pytest.approx(aims[3].extra)
    assert table.frame["change"].iloc[:-1].sum() == total["change"]


def test_what_a_target_takes_is_told_in_sentences(krokom_outlook: Outlook, aims: list[seek.Aim]) -> None:
    text = seek.aim_words(krokom_outlook, aims).plain
    assert f"Målet 12{NBSP}000 invånare 2032 är redan nått" in text
    lacking = aims[3].lacking
    missing = f"Prognosen saknar {number(lacking)} invånare målåret, {number(lacking / 13)} för varje år. Det krävs"
    assert missing in text and f"kräver {number(aims[3].extra)} fler inflyttade varje år från 2023" in text
    assert "har inte flyttat in något av de senaste 25 åren." in text


def test_the_figure_of_the_pace_tells_what_every_target_takes(
    krokom_slice: Slice, krokom_outlook: Outlook, aims: list[seek.Aim]
) -> None:
    drawn = figures_scenarios.pace(krokom_slice, krokom_outlook, aims)
    assert drawn is not None
    assert f"Målet 19{NBSP}300 år 2035 kräver en ökning med 290" in drawn.alt
    assert f"12{NBSP}000" not in drawn.alt
    moved_in = drawn.table.frame.set_index("year")["moved_in"]
    assert (moved_in.index[-1], moved_in.iloc[-1], len(moved_in)) == (2022, 1031, 25)


def test_a_target_beyond_the_projection_is_left_to_the_table_of_targets(
    krokom_slice: Slice, krokom_outlook: Outlook
) -> None:
    far = pd.DataFrame({"target": [20_000.0], "target_year": [2050], "shares": [float("nan")], "shared_by": [""]})
    assert seek.aims_of(krokom_slice, krokom_outlook, far, None) == []
    assert "Pröva ett eget med aims" in seek.aim_words(krokom_outlook, []).plain
    assert seek.aim_table(krokom_outlook, [], None) is seek.age_table(krokom_outlook, []) is None


def test_an_own_target_outside_the_projection_is_told(krokom_slice: Slice, krokom_outlook: Outlook) -> None:
    with pytest.raises(InputError, match="målåret 2050 ligger inte i prognosen"):
        seek.aims_of(krokom_slice, krokom_outlook, population_targets(()), {2050: 20_000})
