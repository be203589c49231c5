"""A section for each goal: what it says, in which order, and its figure."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from nbformat import v4

from krokomanalys.report import aims, goal_figures, goal_outlook, goal_sections, html
from krokomanalys.report.goal_figures import finding, goal_picture, track
from krokomanalys.report.page import Piece
from krokomanalys.report.pictures import Picture
from krokomanalys.report.sections import Sections
from krokomanalys.sources.goals import Goal, GoalVersion
from krokomanalys.sources.load import load
from krokomanalys.sources.measures import Measure
from krokomanalys.sources.slices import GoalTables, Slice
from krokomanalys.swedish import NBSP
from krokomanalys.targets.ahead import Ahead, ahead
from krokomanalys.targets.outcomes import Outcome

NAN = float("nan")


def slice_of(municipality: str, year: int, board: str | None = None) -> Slice:
    return load("maluppfoljning", None, municipality=municipality, year=year, board=board)


def told(slice_: Slice) -> Sections:
    outlooks = goal_outlook.goal_outlooks(slice_)
    return goal_sections.goal_sections(slice_, aims.judged(slice_), aims.measured(slice_), outlooks)


def page(sections: Sections) -> str:
    return "\n".join(part._repr_mimebundle_()["text/html"] for part in sections.parts)


def plain(sections: Sections) -> str:
    return BeautifulSoup(page(sections), "html.parser").get_text(" ", strip=True).replace(NBSP, " ")


@pytest.fixture(scope="module")
def exempel() -> Slice:
    return slice_of("0000", 2025)


@pytest.fixture(scope="module")
def timra() -> Slice:
    return slice_of("2262", 2020, "Kommunstyrelsen")


def with_goals(slice_: Slice, *goals: dict[str, Any], outcomes: tuple[tuple[str, int, float], ...] = ()) -> Slice:
    """The slice with these goals instead of its own, and these outcomes on the last day of their year."""
    document = {"title": "Prov", "body": "Exempelkommun"}
    given = [{"title": f"Mål {g['id']}", "kind": "namnd"} | g for g in goals]
    version = GoalVersion.model_validate({"region": "0000", "year": 2025, "document": document, "goals": given})
    assert slice_.goals is not None
    blank = dict.fromkeys(slice_.goals.measures.columns, "")
    rows = [
        blank | {"region": "0000", "measure": m, "date": f"{y}-12-31", "value": v, "precision": "exact", "n": NAN}
        | {"N": NAN}
        for m, y, v in outcomes
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=list(blank)).astype({"value": float, "n": float, "N": float})
    return replace(slice_, goals=GoalTables((version,), version, frame), comments=slice_.comments.iloc[:0])


SHARE = {"id": "andel", "name": "Andel", "unit": "%", "direction": "higher", "target": 80}


def test_goals_that_are_not_met_stand_first_and_those_that_cannot_be_judged_last(timra: Slice) -> None:
    heads = re.findall(r"<h3>(\S+)", page(told(timra)))
    statuses = aims.judged(timra).set_index("number")["status"]
    order = [goal_sections.FIRST.index(statuses[number]) for number in heads]
    assert order == sorted(order) and statuses[heads[0]] == "not_met" and statuses[heads[-1]] == "not_judged"


def test_a_section_has_its_lights_its_rule_and_who_judged_it_on_what(exempel: Slice) -> None:
    said = plain(told(exempel))
    section = said[said.index("Resultatet är 1–3 procent") :]
    assert section.index("Läge: Ej uppfyllt") < section.index("Utfallet 0,4 % når inte målvärdet")
    assert 'Omdöme: "ej uppfyllt", utifrån mätetal. Bedömt av Ekonomichefen 10 februari 2026. Beslutad' in section


def test_where_judgements_differ_the_rule_is_told_once(timra: Slice) -> None:
    said = plain(told(timra))
    section = said[said.index("3.1 Våra ledtider") :]
    section = section[: section.index("4.2 ")]
    assert section.count("Utfallet 91 % når inte målvärdet minst 96 %") == 1
    assert "Omdömena skiljer sig." in section and "än regelns" not in section


def test_what_managers_write_stands_in_the_goals_own_section(timra: Slice) -> None:
    said = plain(told(timra))
    section = said[said.index("2.3 Timrå har ett utbud") : said.index("3.1 Våra ledtider")]
    places = [section.index(f"{label}.") for label in ("Kommentar", "Analys", "Åtgärd")]
    assert places == sorted(places)


def test_a_goal_with_nothing_to_say_has_no_section_and_is_counted(exempel: Slice) -> None:
    given = with_goals(exempel, {"id": "tomt"}, {"id": "matt", "measures": [SHARE]}, outcomes=(("andel", 2025, 85.0),))
    said = plain(told(given))
    assert "Mål tomt" not in said and "Mål matt" in said
    assert "Ett mål har varken mätetal, aktiviteter eller kommentarer." in said


def test_titles_notes_and_comments_are_text_and_not_markup(exempel: Slice) -> None:
    given = with_goals(
        exempel, {"id": "a", "title": "<script>mål</script>", "note": "<b>not</b>", "owner": "<i>nämnd</i>"}
    )
    comment = exempel.comments.iloc[:1].assign(goal="a", kommentar="<u>ord</u>", line="")
    html_ = page(
        told(replace(given, comments=comment.assign(bedömning="", grund="", bedömd_av="", bedömd="", läge="")))
    )
    assert not re.search("<(script|b|i|u)>", html_) and "&lt;script&gt;" in html_


def test_a_survey_tells_its_margin_once(exempel: Slice) -> None:
    said = plain(told(exempel))
    company = said[said.index("7 Företagen är nöjda") :]
    assert company[: company.index("F2 ")].count("Felmarginal kan inte beräknas") == 1
    assert "Felmarginal: ±" in said


def test_a_target_for_years_to_come_tells_what_it_takes_and_what_the_history_says(exempel: Slice) -> None:
    said = plain(told(exempel))
    assert "För att nå 76 % år 2026 krävs +1,6 procentenheter per år från 2025." in said
    assert re.search(r"Framskrivning av utfallen \d{4}–2025 ger", said)


def test_a_population_target_has_its_way_and_its_projection_or_why_there_is_none() -> None:
    said = plain(told(slice_of("2309", 2024)))
    assert "Delat på 193 byar" in said and "Ingen befolkningsprognos kan göras" in said


def drawn(**more: Any) -> Measure:
    return Measure.model_validate(SHARE | more)


def series(*values: float, last: int = 2025, approximate: bool = False) -> list[Outcome]:
    first = last - len(values) + 1
    return [Outcome(v, f"{first + i}-12-31", approximate) for i, v in enumerate(values)]


def of(measure: Measure, outcomes: list[Outcome], target: float = 80.0, **more: Any) -> Any:
    return track(measure, outcomes, 2025, target, **({"way": {}, "ahead": None, "projected": {}} | more))


def test_a_figure_takes_three_years_of_values_and_targets() -> None:
    assert not of(drawn(), series(70, 71)).drawn and of(drawn(), series(70, 71, 72)).drawn
    assert not of(drawn(target=None, path={2026: 75}), series(70)).drawn
    assert of(drawn(target=None, path={2026: 75}), series(69, 70)).drawn
    assert of(drawn(target=None, path={2026: 75, 2027: 76}), series(70)).drawn
    assert not of(drawn(target=None, path={2026: 75}), []).drawn
    binary = Measure.model_validate({"id": "m", "name": "M", "unit": "ja/nej", "direction": "binary", "target": 1})
    assert not of(binary, series(0, 0, 1)).drawn


def test_a_figure_says_its_finding_and_has_every_number_in_its_table() -> None:
    outcomes = series(70, 72, 71, 74, 75.5)
    made = ahead(outcomes, 2028, "%")
    assert isinstance(made, Ahead)
    goal = Goal.model_validate({"id": "a", "title": "A", "number": "1", "kind": "namnd", "measures": [SHARE]})
    picture = goal_picture(goal, [of(drawn(), outcomes, ahead=made)], "Prov")
    assert isinstance(picture, Picture) and picture.name == "mal_a"
    said = picture.alt.replace(NBSP, " ")
    assert "Andel: från 70 % 2021 till 75,5 % 2025, målvärdet är minst 80 %, prognosen 2028 är 75,5 %." in said
    frame = picture.table.frame.set_index("year")
    assert list(frame.loc[2021:2025, "value"]) == [70, 72, 71, 74, 75.5] and frame.loc[2025, "target"] == 80
    assert list(frame.loc[2026:2028, "low"]) == list(made.frame["low"])
    assert {"ahead", "low", "high"} < set(picture.table.columns) and "projected" not in picture.table.columns


def test_approximate_values_are_hollow_and_the_caption_says_so() -> None:
    goal = Goal.model_validate({"id": "a", "title": "A", "kind": "namnd", "measures": [SHARE]})
    picture = goal_picture(goal, [of(drawn(), series(70, 71, 72, approximate=True))], "Prov")
    assert picture is not None and "Ofylld ring: ungefärligt värde." in picture.caption
    assert "ungefärligt mätvärde" in picture.svg.replace("\n", "")


def test_a_range_a_path_and_the_projection_are_told_in_words() -> None:
    between = Measure.model_validate(SHARE | {"direction": "range", "target": (1, 3)})
    assert "målvärdet är mellan 1 och 3 %" in finding(of(between, series(1, 2, 4), NAN)).replace(NBSP, " ")
    path = Measure.model_validate(SHARE | {"unit": "invånare", "target": None, "path": {2025: 80, 2030: 90}})
    words = finding(of(path, series(70, 71, 72), projected={2030: 84.6})).replace(NBSP, " ")
    assert "minst 80 invånare 2025 och minst 90 invånare 2030" in words
    assert words.endswith("befolkningsprognosen 2030 är 85 invånare.")


def test_nothing_to_draw_is_no_figure() -> None:
    goal = Goal.model_validate({"id": "a", "title": "A", "kind": "namnd", "measures": [SHARE]})
    assert goal_picture(goal, [of(drawn(), series(70))], "Prov") is None


def test_a_cell_with_many_parts_shows_each_as_an_output_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.capture import capture_output

    InteractiveShell.instance()
    with capture_output() as shown:
        Sections((Piece("prose", "<p>ett</p>", "ett"), Piece("prose", "<p>två</p>", "två")))._ipython_display_()
    assert [output.data["text/html"] for output in shown.outputs] == ["<p>ett</p>", "<p>två</p>"]


def test_the_page_has_headings_in_order_and_only_the_chapters_in_its_contents(timra: Slice) -> None:
    parts = told(timra).parts
    outputs = [v4.new_output("display_data", data=part._repr_mimebundle_()) for part in parts]
    notebook = v4.new_notebook(
        cells=[v4.new_markdown_cell("## Mål för mål"), v4.new_code_cell("mål()", outputs=outputs)]
    )
    soup = BeautifulSoup(html.render(notebook, title="Mål"), "html.parser")
    assert [a.get_text() for a in soup.select("nav a")] == ["Mål för mål"]
    assert len(soup.select("main h3")) == len(aims.current(timra).goals)
    assert html.strays_in(notebook) == []
    assert len(html.pictures_in(notebook)) == sum(isinstance(part, Picture) for part in parts)


def test_a_contradicted_judgement_says_so_in_its_own_section() -> None:
    said = plain(told(slice_of("2309", 2021)))
    section = said[said.index("Läge:", said.index("Ledarskapet ska")) :]
    section = section[: section.index("Det är av stor vikt")]
    assert "Motsägelse. Omdömet vilar på aktiviteter, men den enda aktiviteten är inte genomförd." in section
    assert "Om omdömet: Uppfyllt eftersom uppdraget är genomfört." in section
    assert "Aktiviteter: 0 av 1 genomförd." in section


def test_figures_that_do_not_agree_stand_in_the_goals_section(timra: Slice) -> None:
    said = plain(told(timra))
    women = said[said.index("2.2 Timrå erbjuder") : said.index("1.3 Medborgarna")]
    assert women.count("Uppgift att se närmare på.") == 2 and "mer än dubbelt så stort" in women


def test_each_target_to_come_is_a_point_of_its_own() -> None:
    sections = goal_sections.goal_sections(
        krokom := load("maluppfoljning", None, municipality="2309", year=2021, shape_from="2262"),
        aims.judged(krokom),
        aims.measured(krokom),
        goal_outlook.goal_outlooks(krokom, shape_from="2262"),
    )
    points = [li.get_text() for li in BeautifulSoup(page(sections), "html.parser").select("li")]
    assert len([p for p in points if p.startswith("Målet 15")]) == 2


def test_the_kind_of_an_overarching_goal_and_an_effect_goal_is_told() -> None:
    said = plain(told(slice_of("2309", 2024)))
    assert "Övergripande mål." in said and "Effektmål." in said


def test_odds_next_to_none_are_something_to_think_of(exempel: Slice) -> None:
    path = {"target": None, "path": {2025: 80, 2026: 99}}
    years = tuple(("andel", 2016 + i, 80.0 + 0.3 * (i % 3)) for i in range(10))
    said = plain(told(with_goals(exempel, {"id": "a", "measures": [SHARE | path]}, outcomes=years)))
    thought = said[said.index("Att tänka på.") :]
    assert "Andel: chansen att nå minst 99 % 2026 är mycket liten, under 5 %." in thought


def test_there_is_no_line_over_years_without_values() -> None:
    measured = [Outcome(8.0, "2018-12-31"), Outcome(10.2, "2022-12-31"), Outcome(10.0, "2023-12-31")]
    goal = Goal.model_validate({"id": "a", "title": "A", "kind": "namnd", "measures": [SHARE]})
    track_ = of(drawn(), measured)
    from matplotlib import pyplot as plt

    _, axes = plt.subplots()
    goal_figures._draw(axes, track_, 40)
    line = next(line for line in axes.lines if line.get_linestyle() == "-")
    assert [v == v for v in line.get_ydata()] == [True, False, False, False, True, True]
    plt.close()
    assert goal_picture(goal, [track_], "Prov") is not None


def test_the_legend_names_only_what_is_drawn() -> None:
    goal = Goal.model_validate({"id": "a", "title": "A", "kind": "namnd", "measures": [SHARE]})
    path = drawn(target=None, path={2024: 75, 2025: 76})
    picture = goal_picture(goal, [of(path, series(70, 71, 72))], "Prov")
    assert picture is not None and "rak väg" not in picture.svg


def test_a_projection_has_its_base_year_and_its_own_source_in_the_caption() -> None:
    people = SHARE | {"unit": "invånare", "target": None, "path": {2025: 80, 2030: 90}, "outcome": "population_total"}
    goal = Goal.model_validate({"id": "a", "title": "A", "kind": "namnd", "measures": [people]})
    picture = goal_picture(
        goal, [of(goal.measures[0], series(70, 71, 72), projected={2030: 84.6}, base_year=2025)], "Prov"
    )
    assert picture is not None
    assert "Befolkningsprognosen har utgångsår 2025 och inget intervall." in picture.caption
    assert "Folkmängd: SCB; prognos: egen beräkning" in picture.caption


def test_before_the_years_end_no_activity_is_counted_as_not_done() -> None:
    august = load("maluppfoljning", None, municipality="0000", year=2025, known_until="2025-08-31")
    said = plain(told(august))
    assert "Aktiviteter: 2. Läget är inte känt än." in said
    assert len(re.findall(r"Aktiviteter: \d av", said)) == 1  # one activity's word is blank, whatever the day
