"""What is told of goals, measures and judgements that don't hold together: the place, what was found, what to do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from krokomanalys.report.check import _read
from krokomanalys.report.check_goals import goal_faults
from krokomanalys.report.check_ledgers import collected
from krokomanalys.sources.folder import EMBEDDED, open_folder
from krokomanalys.sources.goal_forms import new_goals

GOALS = """\
region: "0000"
year: 2020
document: {title: Mål 2020, body: Exempelkommun}
areas: [{id: vardag, name: Vardag}]
goals:
  - id: trivsel
    title: Fler trivs
    kind: namnd
    area: vardag
    owner: Socialnämnden
    measures:
      - {id: andel, name: Andel som trivs, unit: "%", direction: higher, target: 80}
  - id: plan
    title: Planen antas
    kind: namnd
activities:
  - {id: enkat, title: Gör enkäten, goals: [trivsel], status: Genomfört}
"""
MEASURES = "region,measure,date,value,source\n0000,andel,2020-12-31,81,Enkät\n"
COMMENTS = "region,year,board,goal,kommentar,bedömning,grund,bedömd,läge\n"


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """What check says of the goals of a data folder of these files, in their reading or beside each other."""
    monkeypatch.chdir(tmp_path)

    def faults(files: dict[str, str]) -> list[str]:
        for name, text in files.items():
            path = tmp_path / "data" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        read = [fault for name in files for fault in collected(partial(_read, tmp_path / "data" / name, name))]
        return [str(fault) for fault in read or collected(partial(goal_faults, open_folder()))]

    return faults


def goal_file(old: str = "", new: str = "") -> dict[str, str]:
    assert old in GOALS
    return {"goals/0000-2020.yaml": GOALS.replace(old, new, 1), "measures/0000.csv": MEASURES}


def test_goals_and_measures_that_hold_together_have_no_fault(told: Callable[..., list[str]]) -> None:
    assert told(goal_file()) == []


@pytest.mark.parametrize(
    ("old", "new", "place", "says"),
    [
        (
            "direction: higher, ", "", "goals.1.measures.1 (trivsel, andel)",
            "mätetalet har ett målvärde men ingen riktning (direction): higher (högre är bättre), lower, range, exact, "
            "rank, ordinal, binary (ja/nej) eller unstated.",
        ),
        (
            "target: 80", "target: nästan alla", "goals.1.measures.1 (trivsel, andel)",
            'målvärdet "nästan alla" går inte att läsa som ett tal. Skriv talet i target och orden i target_text; ett '
            "målvärde i ord kan bara vara Högre eller Lika (direction: ordinal).",
        ),
        (
            "target: 80}", "target: 80, parts: [{measure: a, weight: 0.5}, {measure: b, weight: 0.4}]}",
            "goals.1.measures.1 (trivsel, andel)",
            "delarnas vikter summerar till 0,9; 1 eller 100 väntades. Rätta dem, eller ta bort dem alla.",
        ),
        (
            "goals: [trivsel]", "goals: [trivsl]", "activities.1.goals (enkat)",
            "aktiviteten enkat pekar på målet trivsl som inte finns. Väntade något av trivsel, plan. Rätta id:t, eller "
            "ta bort det.",
        ),
        (
            "area: vardag", "area: helg", "goals.1.area (trivsel)",
            "målet trivsel pekar på målområdet helg som inte finns. Skriv det under areas, eller rätta id:t.",
        ),
        (
            "    owner: Socialnämnden", "    parent: vision", "goals.1.parent (trivsel)",
            "målet trivsel pekar på målet vision som inte finns. Väntade något av trivsel, plan.",
        ),
    ],
)  # fmt: skip
def test_a_goal_that_does_not_hold_together_is_told_by_its_key_and_id(
    told: Callable[..., list[str]], old: str, new: str, place: str, says: str
) -> None:
    assert told(goal_file(old, new)) == [f"data/goals/0000-2020.yaml, nyckel {place}: {says}"]


def test_a_status_of_an_activity_that_nobody_knows_is_told(told: Callable[..., list[str]]) -> None:
    (fault,) = told(goal_file("status: Genomfört", "status: Sådär"))
    assert '"Sådär"' in fault and "enkat" in fault and "ingen insats" in fault


def test_a_template_that_is_not_filled_in_is_told(told: Callable[..., list[str]]) -> None:
    assert told(goal_file("Fler trivs", '"<målets rubrik>"')) == [
        "data/goals/0000-2020.yaml, rad 7, nyckel title: <målets rubrik> står kvar från mallen. Skriv över det, eller "
        "ta bort raden om den inte behövs."
    ]


def test_the_guide_shows_the_message_of_a_template_that_is_not_filled_in(tmp_path: Path) -> None:
    (path,) = new_goals(tmp_path, "0180", "Stockholm", 2026)
    (first, *_) = collected(partial(_read, path, "goals/0180-2026.yaml"))
    guide = (EMBEDDED.parent / "docs/anvandarguide.md").read_text(encoding="utf-8")
    assert str(replace(first, file="data/goals/0180-2026.yaml")) in guide


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (
            "0000,andel,2020-12-31,79,Enkät\n",
            "rad 3: samma uppgift som på rad 2 (region 0000, measure andel, date 2020-12-31). Väntade att varje "
            "uppgift står en gång. Ta bort den ena.",
        ),
        (
            "0000,andl,2020-12-31,79,Enkät\n",
            'rad 3, kolumn measure: mätetalet "andl" finns inte i någon målfil. Väntade ett id ur '
            "data/goals/0000-*.yaml.",
        ),
        (
            "0000,andel,2019-12-31,79,\n",
            "rad 3, kolumn source: värdet saknar källa. Väntade varifrån värdet kommer, t.ex. Medarbetarenkäten 2025.",
        ),
    ],
)
def test_a_value_given_twice_or_of_nothing_or_without_source_is_told_by_its_row(
    told: Callable[..., list[str]], rows: str, says: str
) -> None:
    assert told(goal_file() | {"measures/0000.csv": MEASURES + rows}) == [f"data/measures/0000.csv, {says}"]


def test_two_values_of_one_day_in_two_files_are_told(told: Callable[..., list[str]]) -> None:
    assert told(goal_file() | {"measures/0000-2020.csv": MEASURES.replace("81", "79")}) == [
        "data/measures/0000.csv, rad 2: samma uppgift som i data/measures/0000-2020.csv, rad 2 (region 0000, measure "
        "andel, date 2020-12-31). Väntade att varje uppgift står en gång. Ta bort den ena."
    ]


def test_a_row_that_waits_for_its_value_has_no_source_yet(told: Callable[..., list[str]]) -> None:
    assert told(goal_file() | {"measures/0000-2020.csv": MEASURES.replace("2020-12-31,81,Enkät", "2020-06-30,,")}) == []


def test_a_judgement_is_read_and_an_owner_is_a_known_board(told: Callable[..., list[str]]) -> None:
    rows = "0000,2020,Socialnämnden,trivsel,Bra,uppfyllt,mätetal,2021-01-20,beslutad\n"
    assert told(goal_file() | {"comments/0000-2020-socialnamnden.csv": COMMENTS + rows}) == []


def test_a_comment_on_an_unknown_goal_is_told_once(told: Callable[..., list[str]]) -> None:
    rows = "0000,2020,,trivsl,Bra,uppfyllt,,,\n"
    assert told(goal_file() | {"comments/0000-2020.csv": COMMENTS + rows}) == [
        'data/comments/0000-2020.csv, rad 2, kolumn goal: "trivsl" finns inte i data/goals/0000-2020.yaml. Väntade '
        "någon av plan, trivsel."
    ]


def test_a_judgement_of_no_goal_is_told(told: Callable[..., list[str]]) -> None:
    rows = "0000,2020,Socialnämnden,,Bra,uppfyllt,,,\n"
    assert told(goal_file() | {"comments/0000-2020.csv": COMMENTS + rows}) == [
        'data/comments/0000-2020.csv, rad 2, kolumn bedömning: bedömningen "uppfyllt" gäller inget mål. Väntade '
        "bedömningen på en rad med ett mål i goal."
    ]


def test_two_judgements_of_a_goal_that_differ_are_told_in_a_file_and_between_files(
    told: Callable[..., list[str]],
) -> None:
    first, second = "0000,2020,Socialnämnden,trivsel,,uppfyllt,,,\n", "0000,2020,,trivsel,,ej uppfyllt,,,\n"
    (fault,) = told(goal_file() | {"comments/0000-2020.csv": COMMENTS + first + second})
    assert "data/comments/0000-2020.csv, rad 3, kolumn bedömning" in fault
    assert '"uppfyllt" (data/comments/0000-2020.csv, rad 2) och "ej uppfyllt"' in fault
    apart = {"comments/0000-2020.csv": COMMENTS + second, "comments/0000-2020-socialnamnden.csv": COMMENTS + first}
    (fault,) = told(goal_file() | apart)
    assert "data/comments/0000-2020.csv, rad 2, kolumn bedömning" in fault
    assert '"uppfyllt" (data/comments/0000-2020-socialnamnden.csv, rad 2) och "ej uppfyllt"' in fault


def test_a_judgement_of_a_period_is_held_to_the_goals_of_its_year(told: Callable[..., list[str]]) -> None:
    printed = "    title: Planen antas\n    printed: {words: uppfyllt, basis: activity}"
    rows = {"comments/0000-2020.csv": COMMENTS + "0000,2020,,plan,,uppfyllt,,,\n"}
    (fault,) = told(goal_file("    title: Planen antas", printed) | rows)
    assert "har redan dokumentets eget omdöme" in fault
    of_period = {"comments/0000-2020-08.csv": rows["comments/0000-2020.csv"]}
    Path("data/comments/0000-2020.csv").unlink()
    assert told(of_period) == []


COUNTED = "region,measure,date,value,n,N,sampling,source,note\n0000,"
YES = "id: andel, name: Andel som trivs, unit: ja/nej, direction: binary, target: 1}"


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (
            "andel,2020-12-31,81,40,30,probability,Enkät,",
            "kolumn n: 40 svar av 30 i gruppen. Väntade n högst lika med N.",
        ),
        ("andel,2020-12-31,81,0,,unknown,Enkät,", "kolumn n: n är 0: ingen har svarat."),
        (
            "andel,2020-12-31,81,40,,,Enkät,",
            "kolumn sampling: n är ifyllt men inte hur de som svarat är valda. Väntade något av probability, "
            "self_selected, unknown, census, register.",
        ),
        ("andel,1026-12-31,81,,,,Enkät,", "kolumn date: 1026-12-31 är ingen dag då något kan ha mätts. Väntade en dag"),
        ("andel,2150-01-01,81,,,,Enkät,", "kolumn date: 2150-01-01 är ingen dag då något kan ha mätts. Väntade en dag"),
        ("andel,2020-12-31,182,40,,probability,Enkät,", "kolumn value: 182 % kan inte vara andelen i ett urval."),
        (
            'andel,2020-12-31,"0,71",,,,Enkät,',
            "kolumn value: 0,71 ser ut som en procentcell i Excel: 71 % blir 0,71. Väntade talet i procent. Skriv 71. "
            "Stämmer 0,71 %, säg det i note.",
        ),
        (
            "andel,2020-12-31,1e15,,,,Enkät,",
            'kolumn value: "1e15" är för stort för att vara en uppgift om en kommun. Väntade t.ex. 85 eller ~23.',
        ),
    ],
)
def test_a_value_that_cannot_be_is_told_by_its_row_and_column(
    told: Callable[..., list[str]], row: str, says: str
) -> None:
    (fault,) = told(goal_file() | {"measures/0000.csv": f"{COUNTED}{row}\n"})
    assert fault.startswith(f"data/measures/0000.csv, rad 2, {says}")


@pytest.mark.parametrize(
    "row",
    [
        "andel,2021-12-31,81,30,30,probability,Enkät,",
        "andel,2020-12-31,100,,,census,Enkät,",
        "andel,2020-12-31,182,40,,register,Index,",
        "andel,2020-12-31,0.71,,,,Enkät,Verkligen 0.71 procent",
        "andel,2020-12-31,0,,,,Enkät,",
    ],
)
def test_a_value_that_is_odd_but_can_be_is_let_pass(told: Callable[..., list[str]], row: str) -> None:
    assert told(goal_file() | {"measures/0000.csv": f"{COUNTED}{row}\n"}) == []


def test_less_than_one_per_cent_is_no_slip_where_so_little_is_wanted(told: Callable[..., list[str]]) -> None:
    small = goal_file("direction: higher, target: 80", "direction: range, target: [1, 3]")
    assert told(small | {"measures/0000.csv": f"{COUNTED}andel,2020-12-31,0.4,,,,Bokslut,\n"}) == []


@pytest.mark.parametrize(("value", "faults"), [("0", 0), ("1", 0), ("2", 1), ("0.5", 1), ("", 0)])
def test_a_yes_or_no_is_1_or_0(told: Callable[..., list[str]], value: str, faults: int) -> None:
    found = told(
        goal_file('id: andel, name: Andel som trivs, unit: "%", direction: higher, target: 80}', YES)
        | {"measures/0000.csv": f"{COUNTED}andel,2020-12-31,{value},,,,Beslut,\n"}
    )
    assert len(found) == faults and all("är varken ja eller nej. Väntade 1 för ja eller 0 för nej." in f for f in found)


def test_a_value_of_the_population_is_told_since_nobody_reads_it(told: Callable[..., list[str]]) -> None:
    (fault,) = told(goal_file("target: 80", "target: 80, outcome: population_total"))
    assert "rad 2, kolumn measure" in fault and "så ingen läser raden. Ta bort raden" in fault


def test_a_goal_that_no_earlier_version_has_cannot_be_replaced(told: Callable[..., list[str]]) -> None:
    replaced = goal_file("    area: vardag", "    replaces: [trygghet]")
    assert told(replaced) == [
        'data/goals/0000-2020.yaml, nyckel goals.1.replaces (trivsel): målet "trygghet" finns inte i någon äldre '
        "målfil. Rätta id:t, eller lägg in den äldre målfilen."
    ]
    earlier = GOALS.replace("2020", "2019").replace("trivsel", "trygghet").replace("andel", "andel_")
    assert told(replaced | {"goals/0000-2019.yaml": earlier}) == []


def test_a_forecast_of_a_year_that_is_over_is_told_since_nobody_reads_it(told: Callable[..., list[str]]) -> None:
    text = COMMENTS.replace("bedömning", "målprognos") + "0000,2020,,trivsel,Bra,uppfyllt,,,\n"
    (fault,) = told(
        goal_file() | {"comments/0000-2020.csv": text.replace(",grund,bedömd,läge", "").replace(",,,\n", "\n")}
    )
    assert fault == (
        'data/comments/0000-2020.csv, rad 2, kolumn målprognos: målprognosen "uppfyllt" gäller ett år som är slut, så '
        "ingen läser den. Skriv omdömet i bedömning, eller flytta raden till periodens fil."
    )


def test_an_unknown_board_is_told_by_the_files_that_name_boards(told: Callable[..., list[str]]) -> None:
    rows = "0000,2020,Skolnämnden,trivsel,Bra,,,,\n"
    (fault,) = told(goal_file() | {"comments/0000-2020.csv": COMMENTS + rows})
    assert '"Skolnämnden" finns inte i data/goals/0000-2020.yaml. Väntade någon av Socialnämnden.' in fault
