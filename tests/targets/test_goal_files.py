from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from pydantic import ValidationError

from krokomanalys.errors import InputError
from krokomanalys.sources.goals import Goal, GoalVersion
from krokomanalys.sources.layouts import COMMENTS
from krokomanalys.sources.measures import Measure
from krokomanalys.sources.tables import read_table
from krokomanalys.sources.yaml_files import checked
from krokomanalys.targets.outcomes import outcomes

DATA = Path(__file__).parents[2] / "data"
Versions = dict[str, GoalVersion]


def measure(**fields: Any) -> Measure:
    return Measure.model_validate({"id": "m", "name": "Mått", "unit": "st", **fields})


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"target": 5}, "ingen riktning"),
        (
            {"direction": "higher", "target": 5, "relative_to": 2020},
            "bara ett av target, path, relative_to och deadline",
        ),
        ({"direction": "range", "target": 5}, "två tal"),
        ({"direction": "higher", "target": [1, 3]}, "två tal"),
        ({"direction": "range", "target": [10, 1]}, "ska vara det lägsta"),
        ({"direction": "higher", "target": "Högre"}, "målvärde i ord"),
        ({"direction": "ordinal", "target": "Mera"}, 'målvärdet "Mera" går inte att läsa som ett tal'),
        ({"direction": "higher", "target": 3, "deadline": "2024-03-31"}, "bara ett av target, path"),
        ({"direction": "higher", "deadline": "2024-03-31"}, "deadline hör ihop med direction: binary"),
        ({"direction": "higher", "by": 1}, "by och by_percent hör ihop med relative_to"),
        ({"direction": "higher", "share_of": "anställda"}, 'share_of hör ihop med unit: "%"'),
        ({"direction": "higher", "cover": 0.5}, "cover hör ihop med parts"),
        (
            {"direction": "higher", "parts": [{"measure": "a", "weight": 0.5}, {"measure": "b", "weight": 0.4}]},
            "delarnas vikter summerar till 0,9; 1 eller 100 väntades",
        ),
        (
            {"direction": "higher", "parts": [{"measure": "a", "weight": 0.3}, {"measure": "b", "weight": 0.3}]},
            "delarnas vikter summerar till 0,6; 1 eller 100 väntades",
        ),
        ({"direction": "higher", "parts": [{"measure": "a"}, {"measure": "a"}]}, "delen a finns två gånger i parts"),
        (
            {"direction": "higher", "outcome": "population_total", "parts": [{"measure": "a"}]},
            "folkmängden .* kan inte vägas samman av delar",
        ),
        ({"direction": "binary", "target": 1}, 'direction: binary har unit: ja/nej, inte "st"'),
        ({"direction": "binary", "unit": "ja/nej", "target": 5}, "kan bara vara 1"),
        ({"direction": "binary", "unit": "ja/nej", "path": {2025: 0}}, "kan bara vara 1"),
        (
            {"direction": "binary", "unit": "ja/nej", "target": "ja"},
            "skriv target: 1 för ett ja, eller dagen i deadline",
        ),
        ({"direction": "higher", "path": {26: 5}}, "26 i path är inget årtal"),
        ({"direction": "higher", "path": {2201: 5}}, "2201 i path är inget årtal"),
        ({"direction": "higher", "relative_to": 2020, "by": True}, "ordet läses som ja eller nej"),
        (
            {"direction": "higher", "parts": [{"measure": "a", "weight": 0.5}, {"measure": "b"}]},
            "delarnas vikter: 1 av 2 saknas",
        ),
    ],
)
def test_a_measure_that_cannot_be_judged_as_written_is_refused_in_swedish(
    fields: dict[str, object], message: str
) -> None:
    with pytest.raises(ValidationError, match=message):
        measure(**fields)


def test_weights_of_one_each_are_equal_weights() -> None:
    assert measure(direction="higher", parts=[{"measure": "a", "weight": 1}, {"measure": "b", "weight": 1}]).parts


M: dict[str, object] = {"name": "Mått", "unit": "%", "direction": "higher"}


def whole(measures: Sequence[dict[str, object]] = (), **fields: object) -> dict[str, object]:
    goal_ = {"id": "skola", "title": "Skola", "kind": "namnd", "measures": [M | m for m in measures]}
    document = {"title": "Mål", "body": "Exempelkommun"}
    return {"region": "0000", "year": 2025, "document": document, "goals": [goal_]} | fields


PARTS = {"id": "m", "parts": [{"measure": "a"}]}
OTHER = {"id": "skola", "title": "Skola", "kind": "namnd"}


@pytest.mark.parametrize(
    ("content", "key", "message"),
    [
        (whole([PARTS, {"id": "a", "unit": "dagar"}]), "goals.1.measures.1.parts", 'har enheten "dagar" men m har "%"'),
        (whole([PARTS, {"id": "a", "outcome": "population_total"}]), "goals.1.measures.1.parts", "är folkmängden"),
        (
            whole([PARTS, {"id": "a", "parts": [{"measure": "m"}]}]),
            "goals.1.measures.1.parts", "delen a är själv sammanvägd",
        ),
        (whole([{"id": "m", "relative_to": 2025}]), "goals.1.measures.1.relative_to", "inget år före målens år, 2025"),
        (whole([{"id": "m", "relative_to": 20}]), "goals.1.measures.1.relative_to", "20 är inget år före"),
        (whole([{"id": "m", "flow": "q"}]), "goals.1.measures.1.flow", "pekar på mätetalet q som inte finns"),
        (whole([{"id": "m", "benchmarks": {"Riket": "q"}}]), "goals.1.measures.1.benchmarks", "mätetalet q som inte"),
        (whole([{"id": "m"}, {"id": "m"}]), "goals.1.measures.2.id", "mätetals-id finns mer än en gång: m"),
        (whole([{"id": "m"}], comparisons=[M | {"id": "m"}]), "comparisons.1.id", "mätetals-id finns mer än en gång"),
        (whole(goals=[OTHER, OTHER]), "goals.2.id", "mål-id finns mer än en gång: skola, först på goals.1"),
        (
            whole(activities=[{"id": "a", "title": "A"}, {"id": "a", "title": "B"}]),
            "activities.2.id", "aktivitets-id finns mer än en gång",
        ),
        (whole(goals=[OTHER | {"parent": "skola"}]), "goals.1.parent", "ligger under sig självt"),
        (whole(goals=[OTHER | {"kind": "finansiellt", "essential": True}]), "goals.1", "inget verksamhetsmål"),
        (whole(goals=[OTHER | {"replaces": ["skola"]}]), "goals.1", "ersätter bara sig självt"),
        (whole(essential_per_board=[3, 1]), "essential_per_board", r"\[3, 1\] är inget spann"),
    ],
)  # fmt: skip
def test_a_goal_file_that_does_not_hold_together_is_refused_at_its_key(
    content: dict[str, object], key: str, message: str
) -> None:
    with pytest.raises(InputError, match=message) as error:
        checked(content, GoalVersion, "mål")
    (fault,) = error.value.faults
    assert (fault.key or "").split(" ")[0] == key


def test_a_composite_of_a_measure_outside_its_goal_is_refused(versions: Versions) -> None:
    content = versions["2262-2020"].model_dump()
    content["goals"][0]["measures"][0]["parts"][0]["measure"] = "grona_blad"
    with pytest.raises(ValidationError, match="delen grona_blad är inget annat mätetal i samma mål"):
        GoalVersion.model_validate(content)


def test_an_activity_for_a_goal_that_is_not_there_is_refused(versions: Versions) -> None:
    content = versions["2309-2021"].model_dump()
    content["activities"][0]["goals"] = ["vindkraft"]
    with pytest.raises(ValidationError, match="pekar på målet vindkraft som inte finns"):
        GoalVersion.model_validate(content)


def test_every_row_of_measures_belongs_to_a_measure_of_its_municipality(
    versions: Versions, measures: pd.DataFrame
) -> None:
    known = {
        (version.region, m.id)
        for version in versions.values()
        for m in (*(m for goal in version.goals for m in goal.measures), *version.comparisons)
    }
    assert set(zip(measures["region"], measures["measure"], strict=True)) <= known


def test_a_subject_keeps_its_id_through_krokoms_versions(versions: Versions) -> None:
    ids = {year: {goal.id for goal in versions[f"2309-{year}"].goals} for year in (2019, 2021, 2024)}
    assert ids[2019] & ids[2021] & ids[2024] == {"invanare", "digitalisering", "hallbarhet"}
    assert {"bostader", "meritpoang", "kostnadskontroll", "ledarskap"} <= ids[2019] & ids[2021]
    assert [len(versions[f"2309-{year}"].goals) for year in (2019, 2021, 2024)] == [12, 9, 7]


def test_every_comment_is_on_a_goal_or_a_line_and_every_goal_of_timra_has_one(versions: Versions) -> None:
    comments = read_table(DATA / "comments" / "2262-2020.csv", COMMENTS, "2262-2020.csv")
    assert ((comments["goal"] != "") != (comments["line"] != "")).all()
    goals = [goal.id for goal in versions["2262-2020"].goals]
    assert list(comments.loc[comments["goal"] != "", "goal"]) == goals
    assert list(comments.loc[comments["line"] != "", "line"]) == ["Verksamhetens nettokostnader"]
    assert comments["effekt_tkr"].isna().all()  # the document states no effects


def test_the_recruitment_advertisements_are_from_six_places(versions: Versions) -> None:
    comments = read_table(DATA / "comments" / "2262-2020.csv", COMMENTS, "2262-2020.csv").set_index("goal")
    text = comments.loc["mangfald", "kommentar"]
    for part in ("11 från barn", "11 från social", "4 från kultur", "2 från arbetsmarknad", "1 från miljö"):
        assert part in text


def goal(version: GoalVersion, goal_id: str) -> Goal:
    return next(goal for goal in version.goals if goal.id == goal_id)


def listed(version: GoalVersion) -> dict[str, Measure]:
    return {m.id: m for m in (*(m for goal in version.goals for m in goal.measures), *version.comparisons)}


def test_krokom_2019_has_twelve_goals_two_with_a_number_and_four_areas(versions: Versions) -> None:
    version = versions["2309-2019"]
    assert [goal.kind for goal in version.goals] == ["forandring"] * 12
    wanted = {m.id: m.path or m.target for m in listed(version).values() if m.wanted}
    assert wanted == {"folkmangd": {2030: 16000}, "behoriga_pedagoger": 50}
    assert len(version.areas) == 4 and not any(goal.area or goal.aim for goal in version.goals)
    assert version.vision is not None and "växtkraft" in version.vision and "från lagom till bäst" in version.vision


def test_krokom_2024_has_every_kind_of_target_that_its_budget_states(versions: Versions) -> None:
    version = versions["2309-2024"]
    held = listed(version)
    assert held["folkmangd"].path == {2035: 19300}
    assert held["folkmangd"].shared_by is not None and held["folkmangd"].shared_by.count == 193
    assert (held["sjuktal"].direction, held["sjuktal"].path) == ("lower", {2024: 8})
    rising = ("underhall_per_kvm", "vard_kvalitet", "vard_nojdhet")
    assert [(held[i].relative_to, held[i].strict) for i in rising] == [("previous", True)] * 3
    assert held["digitala_arbetsomraden"].path == {2024: 3}
    assert [held[i].deadline for i in ("microsoft_365", "miljomal_formulerade")] == [
        date(2024, 12, 31),
        date(2024, 3, 31),
    ]
    assert (held["inkop_utan_avtal"].direction, held["inkop_utan_avtal"].path) == ("lower", {2024: 12})
    assert [(held[i].direction, held[i].wanted) for i in ("leverantorstrohet", "anbudsgivare")] == [
        ("higher", False)
    ] * 2
    assert held["verksamhetsmal_per_namnd"].target == version.essential_per_board == (1, 3)


def test_krokoms_goals_say_what_they_have_taken_the_place_of(versions: Versions) -> None:
    assert goal(versions["2309-2021"], "hallbarhet").replaces == ("hallbarhet", "aldre_och_unga")
    assert goal(versions["2309-2024"], "god_ekonomisk_hushallning").replaces == ("kostnadskontroll",)


@pytest.mark.parametrize("name", ["0000-2025", "2309-2021", "2309-2024"])
def test_what_a_goal_replaces_was_a_goal_before(versions: Versions, name: str) -> None:
    version = versions[name]
    before = {g.id for v in versions.values() if v.region == version.region and v.year < version.year for g in v.goals}
    assert {i for goal in version.goals for i in goal.replaces} <= before


def test_ostersunds_eight_goals_are_areas_of_work_and_only_the_climate_has_a_measure(versions: Versions) -> None:
    version = versions["2380-2024"]
    assert [goal.kind for goal in version.goals] == ["process_area"] * 8
    assert [goal.id for goal in version.goals if goal.measures] == ["klimat"]
    assert [m.path for m in goal(version, "klimat").measures] == [{2030: 1}, {2040: 1}]
    assert "mellanskiktet" in (goal(version, "tillvaxt_delaktighet").note or "")


def test_krokoms_broadband_stands_beside_the_county_and_the_nation(versions: Versions, measures: pd.DataFrame) -> None:
    held, own = listed(versions["2309-2021"]), measures[measures["region"] == "2309"]

    def series(measure: Measure) -> list[float]:
        return [outcome.value for outcome in outcomes(measure, own, {})]

    for name, values in (
        ("hushall", {"": [73, 74], "Jämtlands län": [73, 75], "Riket": [85, 87]}),
        ("arbetsstallen", {"": [69, 71], "Jämtlands län": [66, 69], "Riket": [80, 82]}),
    ):
        krokom = held[f"bredband_{name}_krokom"]
        assert list(krokom.benchmarks) == ["Jämtlands län", "Riket"]
        beside = {place: series(held[i]) for place, i in krokom.benchmarks.items()}
        assert {"": series(krokom)} | beside == values
    gaps = [
        series(held[f"bredband_{n}_riket"])[-1] - series(held[f"bredband_{n}_krokom"])[-1]
        for n in ("hushall", "arbetsstallen")
    ]
    assert gaps == [13, 11]


def test_the_fibre_that_was_granted_is_71_of_140(measures: pd.DataFrame) -> None:
    own = measures[measures["region"] == "2309"].set_index("measure")["value"]
    granted = own["pts_permanentboenden"] + own["pts_fritidshus"] + own["pts_arbetsstallen"]
    assert (granted, own["pts_prioriterade"], round(100 * granted / own["pts_prioriterade"])) == (71, 140, 51)


def test_the_mean_of_webperfs_four_marks_is_4_15(versions: Versions, measures: pd.DataFrame) -> None:
    composite = listed(versions["2309-2021"])["webperf_medel"]
    (found,) = outcomes(composite, measures[measures["region"] == "2309"], {})
    assert round(found.value, 9) == 4.15


def test_the_stocks_of_the_it_roll_out_know_what_came_during_the_year(
    versions: Versions, measures: pd.DataFrame
) -> None:
    held, own = listed(versions["2309-2021"]), measures[measures["region"] == "2309"].set_index("measure")["value"]
    stocks = {i: m.flow for i, m in held.items() if m.flow is not None}
    starts = {stock: own[stock] - own[flow] for stock, flow in stocks.items() if stock in own}
    assert starts == {
        "it_servrar_totalt": 38,
        "it_datorer_totalt": 960,
        "it_chromebooks_totalt": 1455,
        "it_skrivare_totalt": 23,
        "it_avk_totalt": 172,
    }
    assert set(stocks) - set(starts) == {"it_ipads_totalt"}  # only the year's are printed


def test_a_visitor_survey_that_was_not_made_is_a_row_that_says_why(measures: pd.DataFrame) -> None:
    row = measures[measures["measure"] == "besokarnojdhet"].iloc[0]
    assert pd.isna(row["value"]) and "ställdes in" in row["note"]


def test_one_of_thirty_advertisements_drawn_at_random_is_a_probability_sample(measures: pd.DataFrame) -> None:
    row = measures[measures["measure"] == "inkluderande_annonser"].iloc[0]
    assert (row["value"], row["n"], row["sampling"]) == (3, 30, "probability")


def test_timras_survey_does_not_say_how_those_who_answered_were_chosen(measures: pd.DataFrame) -> None:
    rows = measures[measures["measure"].str.startswith("medborgare_") & (measures["date"] == "2020-12-31")]
    assert set(rows["sampling"]) == {"unknown"} and set(rows["n"]) == {217}


def test_the_made_up_municipality_shows_what_a_goal_file_can_hold(versions: Versions) -> None:
    version = versions["0000-2025"]
    held = listed(version)
    assert {goal.rule for goal in version.goals} == {"all", "majority", "weighted"}
    assert {"overgripande", "namnd", "finansiellt"} == {goal.kind for goal in version.goals}
    assert held["skola_oppen"].deadline == date(2025, 8, 18)
    assert [part.weight for part in held["trygga_aldre"].parts] == [0.6, 0.4] and held["trygga_aldre"].cover == 0.6
    assert held["sjukfranvaro"].by == 0.5 and held["gymnasieexamen"].path is not None
    assert any(goal.parent for goal in version.goals) and version.essential_per_board == (1, 3)


def test_the_made_up_municipality_has_years_to_draw_a_trend_from(versions: Versions, measures: pd.DataFrame) -> None:
    own = measures[measures["region"] == "0000"]
    years = own.assign(year=own["date"].str[:4]).groupby("measure")["year"].nunique()
    in_goals = {m.id for goal in versions["0000-2025"].goals for m in goal.measures}
    few = {i for i in in_goals - {"trygga_aldre"} if years[i] < 5}
    assert few == {"till_arbete", "nojda_unga", "skola_oppen"}  # measured first this year, every fourth year, once


def test_the_contradictions_of_the_documents_are_remarked_on(versions: Versions) -> None:
    said = {
        "2262-2020": (
            "30 september 2019", "livskvalitet och", "1 oktober 2019", "7 av 17", "2018 års nivå", "99 %", "32 av 30",
            "tryckt som >20", "Mål 3.2",
        ),
        "2309-2019": ("Bara två av de tolv", "vilka som är effektmål och processmål"),
        "2309-2021": (
            "300 personer", "8,8 till 8,5", "18 olika", "sägs ha genomförda uppdrag", "långa ledtider",
            "ingen meritpoäng", "inte hur många",
        ),
        "2309-2024": ("höjdes från 15 450", "27,9 mkr", "321 om året"),
        "2380-2024": ("inga mätetal",),
    }  # fmt: skip
    for name, words in said.items():
        for word in words:
            assert any(word in remark for remark in versions[name].remarks), (name, word)
