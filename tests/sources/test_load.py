"""The one loader: what a report may know, what it is made from, and what is said where figures are missing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from krokomanalys.errors import InputError, MissingFigures
from krokomanalys.report.aims import judged
from krokomanalys.sources.folder import EMBEDDED, sha256
from krokomanalys.sources.load import load
from krokomanalys.sources.slices import REPORTS, GoalTables, Slice


def projection(municipality: str = "2309", year: int = 2021, data: Path = EMBEDDED, **given: object) -> Slice:
    return load("befolkningsprognos", data, municipality=municipality, year=year, **given)  # type: ignore[arg-type]


def test_a_slice_knows_its_municipality_riket_and_the_lender_and_nobody_else() -> None:
    tables = projection(shape_from="2262").population
    assert set(tables.single["region"]) == set(tables.groups["region"]) == {"2309", "2262", "00"}
    assert set(tables.migration["region"]) == {"2262"}
    assert set(tables.official["region"]) == {"2309"}
    assert set(projection().population.groups["region"]) == {"2309", "00"}


def test_a_slice_ends_with_its_year() -> None:
    slice_ = projection()
    assert (slice_.name, slice_.base_year, slice_.known_until) == ("Krokom", 2021, date(2021, 12, 31))
    assert max(slice_.totals) == 2021 and slice_.totals[2021] == 15_352
    for name in ("single", "groups", "components", "births", "deaths", "migration"):
        table = getattr(slice_.population, name)
        assert table.empty or table["year"].max() <= 2021, name
    assert set(slice_.population.official["jump_off"]) == {2014, 2019}


@pytest.mark.parametrize("known_until", ["2021-08-31", date(2021, 8, 31), "2021-12-30"])
def test_in_august_the_population_of_december_is_not_known(known_until: date | str) -> None:
    slice_ = projection(known_until=known_until)
    assert slice_.base_year == 2020 and max(slice_.totals) == 2020
    assert slice_.population.components["year"].max() == 2020


def test_what_became_known_later_may_be_used_where_the_parameters_say_so() -> None:
    assert projection(year=2020, known_until="2022-12-31").base_year == 2022


def test_a_base_year_may_be_chosen_among_the_known() -> None:
    assert projection(base_year=2019).base_year == 2019


@pytest.mark.parametrize("base_year", [2022, 1900])
def test_a_base_year_that_is_not_known_is_told_with_those_that_are(base_year: int) -> None:
    with pytest.raises(InputError) as error:
        projection(base_year=base_year)
    first = min(projection().totals)
    assert str(error.value) == (
        f"base_year: befolkning 31 december {base_year} finns inte bland det som var känt för 2309. "
        f"Väntade ett år i {first}–2021. Välj ett av åren, eller lägg till årets rader i data/population/groups.csv."
    )


@pytest.mark.parametrize("code", ["9999", "23", "00", "Krokom", "76"])
def test_a_code_that_is_no_municipality_is_told(code: str) -> None:
    with pytest.raises(InputError, match=f'"{code}" är ingen kommun i regions.csv. Väntade en kod som "2309"'):
        projection(code)


def test_a_last_known_date_that_is_no_date_is_told() -> None:
    with pytest.raises(InputError, match='known_until: "i går" är inget datum'):
        projection(known_until="i går")


def test_an_unknown_report_is_told_with_those_there_are() -> None:
    with pytest.raises(InputError, match=r'"prognos" finns inte\. Väntade någon av oversikt, befolkningsprognos'):
        load("prognos", EMBEDDED, municipality="2309", year=2021)


@pytest.mark.parametrize(
    ("report", "municipality", "year", "what", "remedy"),
    [
        ("befolkningsprognos", "0114", 2021, "Folkmängd för 0114", "data/population/groups.csv"),
        ("oversikt", "0114", 2021, "Folkmängd för 0114", "data/population/groups.csv"),
        (
            "befolkningsanalys",
            "2309",
            2024,
            "Födda, döda, in- och utflyttade 2024 .*senaste år är 2022",
            "data/population/components.csv",
        ),
        ("budgetuppfoljning", "2309", 2021, "Budget och utfall 2021", "data/budget/2309-2021.csv"),
        ("budgetuppfoljning", "2309", 2024, "Utfall 2024", "data/budget/2309-2024.csv"),
        ("maluppfoljning", "2309", 2022, "Mål 2022", "data/goals/2309-2022.yaml"),
    ],
)
def test_a_report_without_its_figures_says_what_is_missing_and_how_to_get_it(
    report: str, municipality: str, year: int, what: str, remedy: str
) -> None:
    with pytest.raises(MissingFigures, match=what) as error:
        load(report, EMBEDDED, municipality=municipality, year=year)
    assert remedy in str(error.value)
    assert all(str(missing).endswith(".") for missing in error.value.missing)


def test_every_report_tells_what_is_missing_for_a_place_that_has_given_nothing() -> None:
    for report in REPORTS:
        with pytest.raises(MissingFigures):
            load(report, EMBEDDED, municipality="0114", year=2021)


def test_the_overview_is_made_of_what_there_is_and_says_what_there_is_not() -> None:
    slice_ = load("oversikt", EMBEDDED, municipality="2309", year=2021)
    assert slice_.base_year == 2021 and slice_.goals is not None and slice_.goals.current is not None
    assert slice_.budget is None
    assert set(slice_.missing) == {"budget"}


def test_a_board_without_figures_is_named_in_what_is_missing() -> None:
    with pytest.raises(MissingFigures, match="Socialnämnden"):
        load("budgetuppfoljning", EMBEDDED, municipality="2262", year=2020, board="Socialnämnden")


def test_timras_budget_is_there_for_the_board_that_has_one() -> None:
    slice_ = load("budgetuppfoljning", EMBEDDED, municipality="2262", year=2020, board="Kommunstyrelsen")
    assert slice_.budget is not None and slice_.budget.notes.unit == "tkr"
    assert {"budget", "outcome"} <= set(slice_.budget.ledger["basis"])
    assert slice_.base_year is None and slice_.population.single.empty


def test_outcomes_measured_after_the_last_known_date_are_not_there() -> None:
    early, late = (
        load("maluppfoljning", EMBEDDED, municipality="2262", year=2020, known_until=until).goals
        for until in ("2019-12-31", "2020-12-31")
    )
    assert early is not None and late is not None
    assert early.measures["date"].max() <= "2019-12-31" < late.measures["date"].max()


def test_only_goals_decided_up_to_the_year_are_there() -> None:
    goals = load("maluppfoljning", EMBEDDED, municipality="2309", year=2021).goals
    assert goals is not None
    assert [version.year for version in goals.versions] == [2019, 2021]
    assert goals.current is goals.versions[-1]


def test_a_slice_names_every_file_it_is_made_from_with_its_source() -> None:
    sources = {source.file: source for source in projection(shape_from="2262").sources}
    assert {
        "regions.csv",
        "population/population.csv",
        "population/groups.csv",
        "population/components.csv",
        "population/births.csv",
        "population/deaths.csv",
        "population/migration.csv",
    } <= set(sources)
    groups = sources["population/groups.csv"]
    assert groups.sha256 == sha256(EMBEDDED / "population/groups.csv")
    assert groups.publisher == "SCB, Kolada (RKA)" and groups.licence == "CC0" and groups.retrieved
    assert "ratios/kolada.csv" not in sources


def own_groups(folder: Path, regions: list[str]) -> Path:
    """A workspace with the published groups of some regions and no word of where they come from."""
    table = pd.read_csv(EMBEDDED / "population/groups.csv", dtype={"region": str})
    (folder / "population").mkdir()
    table[table["region"].isin(regions)].to_csv(folder / "population/groups.csv", index=False)
    return folder


def test_own_figures_are_not_said_to_be_those_that_come_along(tmp_path: Path) -> None:
    slice_ = projection(data=own_groups(tmp_path, ["2309"]))
    said = {source.sha256: source for source in slice_.sources}
    mine = said[sha256(tmp_path / "population/groups.csv")]
    theirs = said[sha256(EMBEDDED / "population/groups.csv")]
    assert mine.publisher == "" and mine.table == "källa inte angiven i sources.yaml"
    assert theirs.publisher == "SCB, Kolada (RKA)"


def test_own_figures_of_another_region_are_no_source_of_the_report(tmp_path: Path) -> None:
    slice_ = projection(data=own_groups(tmp_path, ["2380"]))
    said = [source for source in slice_.sources if "groups" in source.file]
    assert [source.sha256 for source in said] == [sha256(EMBEDDED / "population/groups.csv")]
    assert said[0].publisher == "SCB, Kolada (RKA)"


def test_own_figures_are_used_in_place_of_those_that_come_along(tmp_path: Path) -> None:
    folder = own_groups(tmp_path, ["2309"])
    table = pd.read_csv(folder / "population/groups.csv", dtype={"region": str})
    last = (table["year"] == 2021) & (table["age_group"] == "total") & (table["sex"] == "T")
    table.loc[last, "population"] = 15_999
    table.to_csv(folder / "population/groups.csv", index=False)
    assert projection(data=folder).totals[2021] == 15_999
    assert projection().totals[2021] == 15_352


@pytest.mark.parametrize(
    ("period", "last"),
    [(None, date(2021, 12, 31)), ("02", date(2021, 2, 28)), ("tertial2", date(2021, 8, 31))],
)
def test_what_may_be_known_ends_with_the_period(period: str | None, last: date) -> None:
    assert projection(period=period, shape_from="2262").known_until == last


def test_a_delar_needs_its_last_day() -> None:
    with pytest.raises(InputError, match="delårsrapportens sista dag 2021 är inte angiven"):
        projection(period="delar")
    assert projection(period="delar", known_until="2021-08-31").known_until == date(2021, 8, 31)


def test_a_projection_without_ten_years_of_history_waits_for_it() -> None:
    with pytest.raises(MissingFigures, match=r"Tio års historia till och med 2008.*Välj ett utgångsår från 2009"):
        projection(base_year=2008)


def own_budget(folder: Path, board: str = "", bases: tuple[str, ...] = ("budget", "outcome")) -> Path:
    """A workspace with Timrå's ledger without its column of boards, and a board in the notes."""
    (folder / "budget").mkdir()
    rows = pd.read_csv(EMBEDDED / "budget/2262-2020.csv", dtype=str).drop(columns="board", errors="ignore")
    rows[rows["basis"].isin(bases)].to_csv(folder / "budget/2262-2020.csv", index=False)
    notes = (EMBEDDED / "budget/2262-2020.yaml").read_text(encoding="utf-8")
    assert "board: Kommunstyrelsen" in notes
    (folder / "budget/2262-2020.yaml").write_text(
        notes.replace("board: Kommunstyrelsen", f"board: {board}" if board else ""), encoding="utf-8"
    )
    return folder


def budget(data: Path = EMBEDDED, board: str | None = None, **given: object) -> Slice:
    return load("budgetuppfoljning", data, municipality="2262", year=2020, board=board, **given)  # type: ignore[arg-type]


def test_a_ledger_is_its_boards_where_only_its_notes_say_so(tmp_path: Path) -> None:
    slice_ = budget(own_budget(tmp_path, "Socialnämnden"), "Socialnämnden")
    assert slice_.budget is not None and set(slice_.budget.ledger["board"]) == {"Socialnämnden"}


def test_budget_and_outcome_are_both_told_where_both_are_missing(tmp_path: Path) -> None:
    with pytest.raises(MissingFigures, match="Budget och utfall 2020 för Barnnämnden"):
        budget(own_budget(tmp_path), "Barnnämnden")


def test_an_outcome_alone_lacks_its_budget(tmp_path: Path) -> None:
    with pytest.raises(MissingFigures, match=r"^Budget 2020 för Socialnämnden"):
        budget(own_budget(tmp_path, "Socialnämnden", ("outcome",)), "Socialnämnden")


@pytest.mark.parametrize("about", [{"period": "08"}, {"known_until": "2020-12-30"}])
def test_a_whole_years_outcome_is_not_known_before_the_year_has_ended(about: dict[str, str]) -> None:
    with pytest.raises(MissingFigures, match=r"Utfall per månad till och med (augusti|november) 2020"):
        budget(board="Kommunstyrelsen", **about)
    assert budget(board="Kommunstyrelsen", known_until="2020-12-31").budget is not None


def test_notes_of_another_layer_say_nothing_about_an_own_ledger(tmp_path: Path) -> None:
    (own_budget(tmp_path) / "budget/2262-2020.yaml").unlink()
    with pytest.raises(InputError, match="enhet och tecken saknas"):
        budget(tmp_path)


def test_what_a_document_says_of_the_whole_year_is_not_known_in_august() -> None:
    def goals(**given: str) -> GoalTables:
        about = load("maluppfoljning", EMBEDDED, municipality="2262", year=2020, **given)  # type: ignore[arg-type]
        assert about.goals is not None and about.goals.current is not None
        return about.goals

    def words_of(tables: GoalTables) -> list[object]:
        assert tables.current is not None
        said = [(goal.printed, *(m.judged for m in goal.measures)) for goal in tables.current.goals]
        return [word for words in said for word in words if word is not None]

    assert words_of(goals()) and not words_of(goals(period="tertial2"))
    late, early = goals().current, goals(period="tertial2").current
    assert late is not None and early is not None
    assert [g.id for g in early.goals] == [g.id for g in late.goals]


def test_an_analysis_needs_the_groups_of_both_year_ends(tmp_path: Path) -> None:
    table = pd.read_csv(own_groups(tmp_path, ["2309"]) / "population/groups.csv", dtype={"region": str})
    gone = (table["year"] == 2020) & (table["age_group"] == "65-79") & (table["sex"] == "M")
    table[~gone].to_csv(tmp_path / "population/groups.csv", index=False)
    with pytest.raises(MissingFigures, match="Folkmängd i åldersgruppen 65-79 efter kön för 2020"):
        load("befolkningsanalys", tmp_path, municipality="2309", year=2021)


def test_a_periods_comments_are_its_own_and_not_the_whole_years(tmp_path: Path) -> None:
    (tmp_path / "comments").mkdir()
    for about, words in (("2262-2020", "året"), ("2262-2020-tertial2", "augusti")):
        text = f"region,year,goal,kommentar\n2262,2020,besokare,{words}\n"
        (tmp_path / f"comments/{about}.csv").write_text(text, encoding="utf-8")
    for period, words in (("tertial2", ["augusti"]), (None, ["året"]), ("tertial1", [])):
        slice_ = load("maluppfoljning", tmp_path, municipality="2262", year=2020, period=period)
        assert slice_.comments["kommentar"].tolist() == words


def own_goals(data: Path, text: str) -> Path:
    for name, content in (("goals/0000-2025.yaml", text), ("measures/0000.csv", MEASURES)):
        (data / name).parent.mkdir(exist_ok=True)
        (data / name).write_text(content, encoding="utf-8")
    return data


MEASURES = "region,measure,date,value,source\n0000,andel,2025-06-30,81,Enkät\n"
GOALS = """\
region: "0000"
year: 2025
document: {title: Mål 2025, body: Exempelkommun}
goals: [{id: trivsel, title: Fler trivs, kind: namnd}]
activities:
  - {id: lax, title: Läxhjälp, status: genomförd, comment: Klart i juni., as_of: 2025-06-30}
  - {id: bygge, title: Skola, status: klar, comment: Klart i oktober.}
  - {id: bank, title: Fritidsbank}
comparisons: [{id: gym, name: Besök i gym, unit: st}, {id: bad, name: Besök i bad, unit: st}]
"""


def test_an_activitys_status_is_known_from_the_day_it_speaks_of_and_one_held_back_is_not_a_blank_one(
    tmp_path: Path,
) -> None:
    def told(until: str) -> list[tuple[str | None, str | None, bool]]:
        data = own_goals(tmp_path, GOALS)
        slice_ = load("maluppfoljning", data, municipality="0000", year=2025, known_until=until)
        assert slice_.goals is not None and slice_.goals.current is not None
        return [(a.status, a.comment, a.withheld) for a in slice_.goals.current.activities]

    lax, bygge = ("genomförd", "Klart i juni.", False), ("klar", "Klart i oktober.", False)
    held, blank = (None, None, True), (None, None, False)
    assert told("2025-06-29") == [held, held, blank]
    assert told("2025-08-31") == [lax, held, blank]
    assert told("2025-12-31") == [lax, bygge, blank]


def test_the_overview_knows_the_same_judgements_as_the_goal_report(tmp_path: Path) -> None:
    (tmp_path / "comments").mkdir()
    text = "region,year,goal,bedömning\n2309,2024,digitalisering,uppfyllt\n"
    (tmp_path / "comments/2309-2024.csv").write_text(text, encoding="utf-8")
    pages = [load(report, tmp_path, municipality="2309", year=2024) for report in ("oversikt", "maluppfoljning")]
    overview, goals = (judged(page).set_index("id") for page in pages)
    assert overview.loc["digitalisering", "printed"] == "uppfyllt"
    pd.testing.assert_frame_equal(overview, goals)


def comments_of(data: Path, about: str, day: str = "") -> None:
    (data / "comments").mkdir(exist_ok=True)
    text = f"region,year,goal,kommentar,bedömning,bedömd\n0000,2025,trivsel,{about},uppfyllt,{day}\n"
    (data / f"comments/{about}.csv").write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("about", "day", "given", "known"),
    [
        ("0000-2025", "", {"known_until": "2025-08-31"}, False),  # it speaks of the whole year
        ("0000-2025", "2025-03-01", {"known_until": "2025-12-30"}, False),
        ("0000-2025", "2026-02-02", {}, True),  # a year is judged when it is over
        ("0000-2025-tertial2", "2025-09-15", {"period": "tertial2"}, True),
        ("0000-2025-tertial2", "2025-07-15", {"period": "tertial2", "known_until": "2025-06-30"}, False),
        ("0000-2025-tertial2", "2025-06-30", {"period": "tertial2", "known_until": "2025-06-30"}, True),
        ("0000-2025-delar", "2025-09-10", {"period": "delar", "known_until": "2025-08-31"}, True),
    ],
)
def test_a_judgement_of_a_later_day_is_not_known(
    tmp_path: Path, about: str, day: str, given: dict[str, str], known: bool
) -> None:
    comments_of(own_goals(tmp_path, GOALS), about, day)
    slice_ = load("maluppfoljning", tmp_path, municipality="0000", year=2025, **given)  # type: ignore[arg-type]
    assert slice_.comments["kommentar"].tolist() == ([about] if known else [])
    assert (judged(slice_)["printed"] == "uppfyllt").tolist() == [known]


def test_comparisons_need_a_value_and_those_that_have_none_are_named(tmp_path: Path) -> None:
    own_goals(tmp_path, GOALS)
    with pytest.raises(MissingFigures, match="Mätvärden till jämförelsetalen 2025: Besök i gym och Besök i bad"):
        load("jamforelsetal", tmp_path, municipality="0000", year=2025)
    blank = MEASURES + "0000,gym,2025-06-30,,\n"
    (tmp_path / "measures/0000.csv").write_text(blank, encoding="utf-8")
    with pytest.raises(MissingFigures, match="Besök i gym och Besök i bad"):
        load("jamforelsetal", tmp_path, municipality="0000", year=2025)
    (tmp_path / "measures/0000.csv").write_text(MEASURES + "0000,gym,2025-06-30,40,Räknat\n", encoding="utf-8")
    assert "comparisons" not in load("jamforelsetal", tmp_path, municipality="0000", year=2025).missing


@pytest.mark.parametrize(
    ("own", "says"),
    [
        ("", "finns men gäller hela kommunen. Ta bort board i parametrarna, eller skriv board: Socialnämnden i filen"),
        ("board: Skolnämnden\n", 'finns men gäller Skolnämnden. Ändra board i parametrarna till "Skolnämnden"'),
    ],
)
def test_goals_of_another_than_the_board_asked_for_are_said_to_be_there(tmp_path: Path, own: str, says: str) -> None:
    with pytest.raises(MissingFigures) as error:
        data = own_goals(tmp_path, own + GOALS)
        load("maluppfoljning", data, municipality="0000", year=2025, board="Socialnämnden")
    assert f"Mål 2025 för Socialnämnden. data/goals/0000-2025.yaml {says}" in str(error.value)
