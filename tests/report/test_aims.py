"""What the goal report says of all goals together: lights, groups, findings, and what its measures are."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from krokomanalys.report import (
    activities,
    aims,
    figures_followup,
    goal_findings,
    goal_outlook,
    measures,
    overview,
    people,
)
from krokomanalys.report.lights import Light, light_from
from krokomanalys.report.page import Piece
from krokomanalys.report.sections import Folded
from krokomanalys.report.tables import Column, Table
from krokomanalys.sources.goals import Activity, Area, Goal, GoalVersion
from krokomanalys.sources.load import load
from krokomanalys.sources.slices import Slice
from krokomanalys.targets.goals import GOAL_COLUMNS
from krokomanalys.targets.status import Status


def slice_of(municipality: str, year: int, board: str | None = None) -> Slice:
    return load("maluppfoljning", None, municipality=municipality, year=year, board=board)


def goals(*statuses: str, reasons: str = "") -> pd.DataFrame:
    """Goals that have these statuses and nothing else of interest; `reasons` of those that aren't judged."""
    frame = pd.DataFrame("", index=range(len(statuses)), columns=list(GOAL_COLUMNS)).assign(
        status=list(statuses), differs=False, title="Ett mål", unmeasured=0, aged=False
    )
    frame["reasons"] = [reasons if status == "not_judged" else "" for status in statuses]
    return frame


@pytest.mark.parametrize(
    ("statuses", "wanted"),
    [
        (["met"], ("met", "1 av 1 uppfyllt")),
        (["met", "met"], ("met", "2 av 2 uppfyllda")),
        (["partly", "partly"], ("partly", "0 av 2 uppfyllda")),
        (["not_met", "partly"], ("partly", "0 av 2 uppfyllda")),
        (["not_met", "not_met"], ("not_met", "0 av 2 uppfyllda")),
        (["met", "nearly"], ("nearly", "1 av 2 uppfyllt")),
        (["met", *["not_judged"] * 8], ("not_judged", "1 av 9 uppfyllt, 8 kan inte bedömas")),
        (["met", "not_met", "no_target"], ("partly", "1 av 3 uppfyllt, 1 saknar målvärde")),
        (["not_judged", "not_judged"], ("not_judged", "")),
        (["met", "met", "stale"], ("met", "2 av 3 uppfyllda, 1 är inaktuellt")),
        (
            ["not_judged", "stale", "no_target"],
            ("not_judged", "1 är inaktuellt, 1 saknar målvärde och 1 kan inte bedömas"),
        ),
        ([], ("not_judged", "inga mål")),
    ],
)
def test_the_light_of_all_goals_is_that_of_the_judged_ones(statuses: list[str], wanted: tuple[Any, str]) -> None:
    assert aims.goal_light(goals(*statuses)) == Light(*wanted, "Mål")


def test_whose_goals_they_are_stands_in_the_light_and_in_the_sentence() -> None:
    held = goals("met")
    assert aims.goal_light(held, "Kommunstyrelsen").subject == "Mål, Kommunstyrelsen"
    assert goal_findings.goal_findings(held, "Kommunstyrelsen")[0] == (
        "Enligt regeln är **1** av Kommunstyrelsens **1** mål uppfyllt."
    )


def test_one_goal_is_uppfyllt_and_three_are_uppfyllda() -> None:
    statuses = ["met"] * 3 + ["partly", "partly", "nearly", "not_met", "stale", "stale", "no_target", "not_judged"]
    assert aims.tally(goals(*statuses)["status"]) == (
        "3 uppfyllda, 1 nästan uppfyllt, 2 delvis uppfyllda, 1 ej uppfyllt, 2 inaktuella, 1 utan målvärde, "
        "1 kan inte bedömas"
    )


def test_no_goals_are_said_so_and_not_drawn() -> None:
    assert goal_findings.goal_findings(goals()) == ["Det finns inga mål att följa upp."]
    assert aims.status_figure(goals(), aims.current(slice_of("2380", 2024))) is None


@pytest.mark.parametrize(
    ("municipality", "year", "said"),
    [
        ("2309", 2024, "**7** mål inte har bedömts: mätvärde saknas (5), målåret ligger framåt (1), flera skäl (1)."),
        ("2380", 2024, "**8** mål inte har bedömts: inget mätetal (7), målåret ligger framåt (1)."),
        ("2262", 2020, "**3** mål inte har bedömts: mätvärde saknas (2), målvärde saknas (1)."),
    ],
)
def test_goals_that_are_not_judged_are_counted_by_reason(municipality: str, year: int, said: str) -> None:
    findings = goal_findings.goal_findings(aims.judged(slice_of(municipality, year)))
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


def small(slice_: Slice, goal: str) -> Table | Piece:
    """The small table of one goal's measures."""
    rows, version = aims.measured(slice_), aims.current(slice_)
    found = next(g for g in version.goals if g.id == goal)
    return measures.goal_measures(rows[rows["goal"] == goal], found, slice_.year)


def test_a_goals_measures_have_target_value_and_what_was_before_with_two_lights(timra: Slice) -> None:
    table = small(timra, "mangfald")
    assert isinstance(table, Table)
    frame = table.frame.set_index("measure")
    young = frame.loc["yngre_anstallda"]
    assert tuple(young[["wanted", "shown", "before", "status"]]) == (
        "8\u00a0%",
        "5\u00a0(2020)",
        "ca\u00a06\u00a0(2019)",
        "not_met",
    )
    assert light_from(young["moved"]) == Light("worse", "sämre, \u22121 procent\u00adenhet")
    assert light_from(frame.loc["underrepresenterat_kon", "moved"]) == Light("unchanged")


def test_a_value_from_another_day_than_the_years_last_says_its_month(timra: Slice) -> None:
    table = small(timra, "digitalisering")
    assert isinstance(table, Table)
    assert table.frame.set_index("measure").loc["bredband_100", "shown"] == "91\u00a0(okt\u00a02019)"
    assert "before" not in table.columns and "moved" not in table.columns  # nothing is known of the year before


def test_of_targets_for_several_years_the_years_own_stands_in_the_goals_table(krokom: Slice) -> None:
    table = small(krokom, "invanare")
    assert isinstance(table, Table)
    assert table.frame["wanted"].tolist() == ["minst 15\u00a0300\u00a0invånare 2021"]


def test_a_goal_with_nothing_measured_has_a_line_and_no_table_of_dashes(krokom: Slice) -> None:
    said = small(krokom, "bostader")
    assert isinstance(said, Piece) and "Beviljade bygglov" in said.plain and "<table" not in said.html


def test_all_measures_are_one_table_for_the_workbook_that_the_page_folds(timra: Slice) -> None:
    shown = measures.measure_table(aims.measured(timra), aims.judged(timra), 2020)
    assert isinstance(shown, Folded)
    frame = shown.table.frame.set_index("measure")
    assert (frame.loc["kvinnliga_foretagare", "shown"], frame.loc["kvinnliga_foretagare", "unit"]) == (21.0, "%")
    assert "application/vnd.krokomanalys.table+json" in shown._repr_mimebundle_()
    assert BeautifulSoup(shown.html, "html.parser").select_one("details summary") is not None


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


def test_where_nothing_is_printed_there_is_nothing_to_compare() -> None:
    assert aims.differences(made(goal("a")), goals("met", "not_judged")) is None


def lit(slice_: Slice) -> pd.DataFrame:
    return aims.light_table(slice_, aims.judged(slice_), aims.measured(slice_)).frame.set_index("id")


def test_level_and_trend_are_two_lights(timra: Slice) -> None:
    frame = lit(timra)
    assert tuple(frame.loc["foretagsklimat", ["light", "trend"]]) == ("partly", "")  # the value before is from 2018
    assert tuple(frame.loc["mangfald", ["light", "trend"]]) == ("not_met", "worse")
    assert tuple(frame.loc["kompetens", ["light", "trend"]]) == ("met", "")  # only one year is known


def test_the_parts_tell_the_trend_of_a_composite_where_all_of_them_have_one(timra: Slice) -> None:
    version = aims.current(timra)
    told = aims.measured(timra).assign(trend="")
    parts = told["measure"].isin(["medborgare_livskvalitet", "medborgare_klimatsmart"])
    told.loc[parts, "trend"] = "better"
    assert aims.goal_trends(version, told)["livskvalitet_service"] == ""  # of service nothing earlier is known
    told.loc[parts | (told["measure"] == "medborgare_service"), "trend"] = "better"
    assert aims.goal_trends(version, told)["livskvalitet_service"] == "better"


def test_goals_that_go_both_ways_are_said_to(timra: Slice) -> None:
    version = aims.current(timra)
    told = aims.measured(timra).assign(trend="")
    told.loc[told["measure"] == "grona_blad", "trend"] = "better"
    told.loc[told["measure"] == "roda_blad", "trend"] = "worse"
    assert aims.goal_trends(version, told)["digitalisering"] == "mixed"
    found = goal_findings.trend_finding(aims.goal_trends(version, told))
    assert found == ["Trenden sedan förra mätningen: **1** åt olika håll. För **10** finns inget att jämföra med."]


def test_the_words_and_their_ground_stand_beside_the_lights(krokom: Slice) -> None:
    frame = lit(krokom)
    assert tuple(frame.loc["bostader", ["light", "said", "apart"]]) == ("not_judged", "uppfyllt, på aktiviteter", "ja")


def made(*goals: Goal, areas: tuple[Area, ...] = ()) -> GoalVersion:
    document = {"title": "Prov", "body": "Exempelkommun"}
    return GoalVersion(region="0000", year=2025, document=document, goals=goals, areas=areas)  # type: ignore[arg-type]


def goal(id_: str, **more: Any) -> Goal:
    return Goal.model_validate({"id": id_, "title": f"Mål {id_}", "kind": "namnd"} | more)


def test_many_goals_stand_by_area_with_the_financial_ones_first() -> None:
    areas = (Area(id="a", name="Skola"), Area(id="b", name="Omsorg"))
    given = [goal("x"), goal("f", kind="finansiellt"), *(goal(f"g{i}", area="ab"[i % 2]) for i in range(6))]
    groups = aims.goal_groups(made(*given, areas=areas))
    assert {name: len(ids) for name, ids in groups.items()} == {
        "Finansiella mål": 1, "Skola": 3, "Omsorg": 3, aims.NOBODY: 1
    }  # fmt: skip
    assert list(groups)[-1] == aims.NOBODY


def test_without_areas_many_goals_stand_by_namnd_and_few_stand_together() -> None:
    by_board = [goal(f"g{i}", owner=("Socialnämnden", "Kommunstyrelsen")[i % 2]) for i in range(8)]
    assert list(aims.goal_groups(made(*by_board))) == ["Socialnämnden", "Kommunstyrelsen"]
    assert list(aims.goal_groups(made(*by_board[:6]))) == [""]


def test_a_group_is_a_heading_over_all_columns() -> None:
    frame = pd.DataFrame({"name": ["Skola", "A"], "kind": ["group", ""], "light": ["", "met"]})
    columns = {"name": Column("Mål", kind="text"), "light": Column("Läge", kind="light")}
    table = Table("prov", "Prov", frame, columns, row_kind="kind")
    head = BeautifulSoup(table.html, "html.parser").select_one("tr.group th")
    assert head is not None and (head["colspan"], head["scope"]) == ("2", "colgroup")


def test_the_goals_that_are_not_met_are_named_where_they_are_few() -> None:
    held = goals("not_met", "met", "not_met").assign(number=["1", "2", "3"])
    assert goal_findings.worst_finding(held) == ["Inte uppfyllda: mål\u00a01 och mål\u00a03."]
    assert goal_findings.worst_finding(held.iloc[:1]) == ["Inte uppfyllt: mål\u00a01."]
    assert goal_findings.worst_finding(goals(*["not_met"] * 4)) == goal_findings.worst_finding(goals("met")) == []


def test_the_first_finding_says_how_many_of_all_are_met_and_the_light_the_same() -> None:
    held = goals("met", "met", "met", "partly", "not_met", "stale", "no_target", "not_judged", "not_judged")
    assert goal_findings.goal_findings(held)[0].replace("**", "") == (
        "Enligt regeln är 3 av 9 mål uppfyllda, 1 delvis uppfyllt och 1 ej uppfyllt. "
        "1 är inaktuellt, 1 saknar målvärde och 2 kan inte bedömas."
    )
    assert aims.goal_light(held).words == "3 av 9 uppfyllda, 1 är inaktuellt, 1 saknar målvärde, 2 kan inte bedömas"
    assert goal_findings.goal_findings(goals("not_met", "partly"))[0].startswith("Enligt regeln är **inget** av **2**")
    assert goal_findings.goal_findings(goals("not_judged"))[0] == "**Inget** av **1** mål kan bedömas enligt regeln."


def test_green_without_a_value_and_without_a_target_are_told_apart() -> None:
    held = goals("not_judged", "no_target", "met", "not_met", "stale").assign(
        number=list("12345"), printed="uppfyllt", printed_status="met", differs=[True, True, False, True, True]
    )
    assert goal_findings.goal_findings(held)[-1].replace("**", "").replace("\u00a0", " ") == (
        "För 4 mål skiljer sig omdömet från regeln: mål 1, mål 2, mål 4 och mål 5. 1 är grönt utan mätvärde: mål 1. "
        "1 är grönt utan målvärde: mål 2. 1 är grönt utan aktuellt mätvärde: mål 5."
    )


def test_goals_judged_though_a_measure_is_lacking_or_old_are_counted() -> None:
    held = goals("met", "not_met", "not_judged").assign(number=["1", "2", "3"], unmeasured=[1, 0, 1])
    held["aged"] = [False, True, True]
    said = [text.replace("\u00a0", " ") for text in goal_findings.goal_findings(held)]
    assert "**1** mål bedöms fast mätetal saknas: mål 1." in said
    assert "**1** mål bedöms på äldre värden: mål 2." in said


def test_goals_called_met_for_activities_that_are_not_done_are_a_finding_and_a_difference(krokom: Slice) -> None:
    version = aims.current(krokom)
    (found,) = goal_findings.contradiction_finding(version)
    assert found.startswith("**2** mål kallas uppfyllda för att uppdragen är genomförda, men enligt dokumentets")
    assert "Ledarskapet" in found and "kostnadskontrollen" in found
    told = aims.differences(version, aims.judged(krokom))
    assert told is not None
    assert told.plain.count("Motsägelse: ") == 2 and "Mätvärde för 2020 och 2021 saknas" not in told.plain
    assert "den enda aktiviteten är inte genomförd" in told.plain


def test_one_goal_called_met_for_activities_is_uppfyllt(krokom: Slice) -> None:
    version = aims.current(krokom)
    one = version.model_copy(update={"goals": tuple(g for g in version.goals if g.id == "ledarskap")})
    assert goal_findings.contradiction_finding(one)[0].startswith("**1** mål kallas uppfyllt för")


def test_a_word_that_nothing_could_be_measured_rests_on_nothing(timra: Slice) -> None:
    said = lit(timra)["said"]
    assert said["besokare"] == "inte varit möjligt att mäta"
    assert said["digitalisering"] == "delvis uppfyllt, på mätetal"


def opening_of(slice_: Slice) -> Piece:
    held = aims.judged(slice_), aims.measured(slice_), goal_outlook.goal_outlooks(slice_, shape_from="2262")
    return goal_findings.goal_opening(slice_, *held, "utkast", "", "")


def test_a_plan_says_so_and_a_population_target_out_of_reach_is_a_finding() -> None:
    krokom24 = opening_of(load("maluppfoljning", None, municipality="2309", year=2024, shape_from="2262"))
    assert "Dokumentet är en plan; utfall finns inte än." in krokom24.plain
    assert "3\u00a0141 under målet. Det är inte på väg." in krokom24.plain
    assert "är en plan" in opening_of(slice_of("2380", 2024)).plain


def test_a_follow_up_is_no_plan(krokom: Slice, timra: Slice) -> None:
    for slice_ in (krokom, timra):
        assert not goal_findings.is_plan(slice_, aims.judged(slice_))


def test_the_overview_names_an_earlier_population_target_without_judging_it() -> None:
    krokom24 = load("oversikt", None, municipality="2309", year=2024)
    (light,) = people.earlier_lights(krokom24, overview.targets(krokom24))
    assert (light.status, light.words) == ("neutral", "tidigare mål, ändrat 2021")
    assert light.subject == "16\u00a0000 invånare 2030"


def test_all_statuses_are_named_in_the_bars_or_all_in_the_legend() -> None:
    few = figures_followup.goals_by_status(goals("met", "not_met").assign(printed_status="met"), "K").svg
    many = figures_followup.goals_by_status(goals(*["met"] * 60, "partly").assign(printed_status="met"), "K").svg
    assert few.count("uppfyllt</text>") == 2 and "delvis" not in few
    assert "uppfyllt</text>" in many and "uppfyllda</text>" not in many.replace("\n", "")


def test_what_cannot_be_judged_differs_by_pattern() -> None:
    held = figures_followup.HATCHES
    assert held[Status.NO_TARGET] != held[Status.STALE] and Status.NOT_JUDGED not in held


def test_printed_numbers_are_not_broken() -> None:
    assert aims.unbroken("16 000 invånare, minst 23 % 2030") == "16\u00a0000 invånare, minst 23\u00a0% 2030"
