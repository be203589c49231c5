"""What the goal report says of how many goals stand where, and why some are not judged."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from krokomanalys.report import activities, aims, figures_followup, measures
from krokomanalys.report.lights import Light
from krokomanalys.report.pictures import Picture
from krokomanalys.report.tables import Table
from krokomanalys.sources.goals import Activity
from krokomanalys.sources.load import load
from krokomanalys.sources.slices import Slice
from krokomanalys.targets.goals import GOAL_COLUMNS


def slice_of(municipality: str, year: int, board: str | None = None) -> Slice:
    return load("maluppfoljning", None, municipality=municipality, year=year, board=board)


def goals(*statuses: str, reasons: str = "") -> pd.DataFrame:
    """Goals that have these statuses and nothing else of interest; `reasons` of those that aren't judged."""
    frame = pd.DataFrame("", index=range(len(statuses)), columns=list(GOAL_COLUMNS)).assign(
        status=list(statuses), differs=False, title="Ett mål"
    )
    frame["reasons"] = [reasons if status == "not_judged" else "" for status in statuses]
    return frame


@pytest.mark.parametrize(
    ("statuses", "wanted"),
    [
        (["met", "met"], ("met", "2 av 2 uppfyllda")),
        (["partly", "partly"], ("partly", "0 av 2 uppfyllda")),
        (["not_met", "partly"], ("partly", "0 av 2 uppfyllda")),
        (["not_met", "not_met"], ("not_met", "0 av 2 uppfyllda")),
        (["met", "nearly"], ("nearly", "1 av 2 uppfyllda")),
        (["met", *["not_judged"] * 8], ("not_judged", "1 uppfyllt, 8 kan inte bedömas")),
        (["met", "not_met", "no_target"], ("partly", "1 av 2 uppfyllda, 1 kan inte bedömas")),
        (["not_judged", "stale", "no_target"], ("not_judged", "")),
        ([], ("not_judged", "inga mål")),
    ],
)
def test_the_light_of_all_goals_is_that_of_the_judged_ones(statuses: list[str], wanted: tuple[Any, str]) -> None:
    assert aims.goal_light(goals(*statuses)) == Light(*wanted, "Mål")


def test_whose_goals_they_are_stands_in_the_light_and_in_the_sentence() -> None:
    held = goals("met")
    assert aims.goal_light(held, "Kommunstyrelsen").subject == "Mål, Kommunstyrelsen"
    assert aims.goal_findings(held, "Kommunstyrelsen")[0].startswith("Kommunstyrelsens mål, ")


def test_one_goal_is_uppfyllt_and_three_are_uppfyllda() -> None:
    statuses = ["met"] * 3 + ["partly", "partly", "nearly", "not_met", "stale", "stale", "no_target", "not_judged"]
    assert aims.tally(goals(*statuses)["status"]) == (
        "3 uppfyllda, 1 nästan uppfyllt, 2 delvis uppfyllda, 1 ej uppfyllt, 2 inaktuella, 1 utan målvärde, "
        "1 kan inte bedömas"
    )


def test_no_goals_are_said_so_and_not_drawn() -> None:
    assert aims.goal_findings(goals()) == ["Det finns inga mål att följa upp."]
    assert not isinstance(aims.status_figure(goals(), aims.current(slice_of("2380", 2024))), Picture)


@pytest.mark.parametrize(
    ("municipality", "year", "said"),
    [
        ("2309", 2024, "**7** mål inte har bedömts: mätvärde saknas (5), målåret ligger framåt (1), flera skäl (1)."),
        ("2380", 2024, "**8** mål inte har bedömts: inget mätetal (7), målåret ligger framåt (1)."),
        ("2262", 2020, "**3** mål inte har bedömts: mätvärde saknas (2), målvärde saknas (1)."),
    ],
)
def test_goals_that_are_not_judged_are_counted_by_reason(municipality: str, year: int, said: str) -> None:
    findings = aims.goal_findings(aims.judged(slice_of(municipality, year)))
    assert findings[1] == f"Skäl till att {said}"


def test_many_goals_have_their_words_in_a_legend() -> None:
    many = goals(*["met"] * 60, "partly", "nearly")
    drawn = figures_followup.goals_by_status(many, "Källa")
    assert "delvis uppfyllt</text>" in drawn.svg.replace("\n", "")
    assert "60 uppfyllda, 1 nästan uppfyllt, 1 delvis uppfyllt" in drawn.alt


@pytest.fixture(scope="module")
def timra() -> Slice:
    return slice_of("2262", 2020, "Kommunstyrelsen")


@pytest.fixture(scope="module")
def krokom() -> Slice:
    return slice_of("2309", 2021)


def compared(slice_: Slice) -> Table:
    table = measures.comparison_table(slice_, aims.measured(slice_))
    assert isinstance(table, Table)
    return table


def test_comparisons_have_every_year_with_its_change(timra: Slice) -> None:
    frame = compared(timra).frame.set_index("measure")
    fire, plans = frame.loc["raddningstjanst_kostnad"], frame.loc["oversiktsplaner"]
    assert [fire[f"value_{y}"] for y in (2018, 2019, 2020)] == [1082, 1124, 1072]
    assert [round(fire[f"change_{y}"], 1) for y in (2019, 2020)] == [3.9, -4.6]  # by hand, as in the brief's cases
    assert [plans["change_2019"], plans["value_2020"]] == [-100, 0]
    assert pd.isna(plans["change_2020"])  # from zero


def test_a_comparison_shows_its_target_its_light_and_the_documents_word(timra: Slice, krokom: Slice) -> None:
    here, there = (measures.comparison_targets(aims.measured(s)) for s in (timra, krokom))
    assert isinstance(here, Table) and isinstance(there, Table)
    own, other = here.frame.set_index("measure"), there.frame.set_index("measure")
    assert list(own["wanted"]) == ["21 %", "57 %", "22 %", "18.000 invånare"]
    assert own.loc["folkmangd", "status"] == "not_met"
    assert other.loc["it_kundnojdhet", "printed"] == "över mål"
    assert "webperf_placering" in other.index  # a target without a value is still to be seen
    assert "printed" in there.columns and "printed" not in here.columns


def test_a_change_between_shares_stands_in_points_among_the_per_cent(krokom: Slice) -> None:
    frame = compared(krokom).frame.set_index("measure")
    assert frame.loc["it_servicegrad", "change_2021"] == "+1\u00a0procentenhet"


def test_measures_are_numbers_with_a_unit_beside_them_and_say_since_when(timra: Slice) -> None:
    table = measures.measure_table(aims.measured(timra), aims.judged(timra), 2020)
    assert isinstance(table, Table)
    frame = table.frame.set_index("measure")
    assert (frame.loc["kvinnliga_foretagare", "shown"], frame.loc["kvinnliga_foretagare", "unit"]) == (21.0, "%")
    assert frame.loc["kvinnliga_foretagare", "since"] == "+1\u00a0procentenhet sedan 2018"


def test_an_activity_shows_its_goals_and_blank_dash_and_zero_apart(krokom: Slice) -> None:
    version = aims.current(krokom)
    first = version.goals[0].id
    given = [Activity(id=f"a{i}", title="A", goals=(first,), investment=v) for i, v in enumerate([None, "-", "0"])]
    table = activities.activity_table(version.model_copy(update={"activities": tuple(given)}))
    assert isinstance(table, Table)
    assert list(table.frame["investment"]) == ["", "-", "0"]
    assert table.frame["serves"].str.startswith("Antalet invånare").all()
    assert {"serves", "investment"} < set(table.columns)
    assert "project" not in table.columns


def test_notes_of_goals_stand_beside_the_rule(krokom: Slice) -> None:
    table = aims.rule_table(aims.judged(krokom))
    assert table.frame["beware"].str.contains("Inga bygglov redovisas").any()


def test_a_document_without_judgements_has_none_to_compare() -> None:
    assert "inga omdömen att jämföra med" in aims.differences(goals("met", "not_judged")).plain
