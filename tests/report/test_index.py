from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from krokomanalys.batch.index import Record, render_index, write_index

Records = list[Record]


def index_of(records: list[Record]) -> BeautifulSoup:
    return BeautifulSoup(render_index(records), "html.parser")


def test_the_index_has_the_structure_of_a_page(faults_of: Callable[[str], list[str]], records: Records) -> None:
    assert faults_of(render_index(records)) == []
    assert faults_of(render_index([])) == []


def test_failures_come_first_then_each_municipality_by_name_and_last_what_waits(records: Records) -> None:
    soup = index_of(records)
    assert [h.get_text() for h in soup.find_all("h2")] == [
        "Misslyckade", "Krokom", "Timrå", "Östersund", "Underlag saknas"
    ]  # fmt: skip
    assert soup.select_one(".lead").get_text() == "4 rapporter finns, 1 misslyckades, 2 väntar på underlag."  # type: ignore[union-attr]


def test_a_failure_says_where_and_why(records: Records) -> None:
    shown = index_of(records).select(".broken")
    assert [item.get_text(" ", strip=True) for item in shown] == [
        "Krokom 2022: Befolkningsprognos <i>fel</i> i filen befolkningsprognos.ipynb, cell 7"
    ]


def test_what_is_missing_is_told_once_with_its_remedy(records: Records) -> None:
    (group,) = index_of(records).select("h2#underlag-saknas ~ details.group:has(li)")
    assert group.get_text(" ", strip=True) == (
        "Östersund 2021: Översikt, Budgetuppföljning Östersunds budget. Lägg in data/budget/2380-2021.csv."
    )


def test_reports_stand_with_the_latest_year_first_and_links_are_relative(records: Records) -> None:
    soup = index_of(records)
    assert [(a["href"]) for a in soup.select("tbody th a")] == [
        "2309-krokom/2022/oversikt.html",
        "2309-krokom/2021/oversikt.html",
        "2309-krokom/2021/maluppfoljning.html",
        "2262-timr%C3%A5/2020/budgetuppfoljning.html",
    ]
    assert "delår 2020 socialnämnden" in soup.get_text()


def test_link_texts_tell_one_report_from_another(records: Records) -> None:
    texts = [a.get_text() for a in index_of(records).select("main a")]
    assert len(set(texts)) == len(texts)


def test_a_report_shows_its_first_finding_and_its_lights(records: Records) -> None:
    row = index_of(records).select("tbody tr:not(.group)")[2]
    assert row.th is not None and row.th.get_text(" ", strip=True).endswith("9 mål <b>följs</b>.")
    assert "Invånare: Inte på väg" in " ".join(row.get_text(" ", strip=True).split())


def test_few_reports_are_open_and_many_are_folded(records: Records, many: Records) -> None:
    assert all(d.has_attr("open") for d in index_of(records).select("details"))
    assert not index_of(many).select("details[open]")


def test_with_many_reports_municipalities_stand_under_their_letters_in_swedish_order(
    faults_of: Callable[[str], list[str]], many: Records
) -> None:
    assert faults_of(render_index(many)) == []
    soup = index_of(many)
    letters = ["H", "K", "T", "Å", "Ä", "Ö"]
    assert [h.get_text() for h in soup.find_all("h2")] == [*letters, "Efter rapport och år"]
    assert [a.get_text() for a in soup.select("nav .letters a")] == letters
    assert all(soup.find(id=str(a["href"])[1:]) for a in soup.select("nav a"))
    (under_t,) = soup.select("h2#bokstav-t")
    places = [tag.select_one("h3") for tag in under_t.find_next_siblings(["h2", "details"])[:2]]
    assert [h.get_text() for h in places if h] == ["Tanum", "Timrå"]


def test_a_link_to_a_municipalitys_year_leads_into_its_folded_line(many: Records) -> None:
    year = index_of(many).find(id="2262-timra-2020")
    assert year is not None and year.get_text(strip=True) == "2020"
    folded = year.find_parent("details")
    assert folded is not None and folded["id"] == "2262-timra"


def test_a_folded_municipality_shows_what_to_look_at_in_its_latest_year(many: Records) -> None:
    (line,) = index_of(many).select('details[id="2262-timra"] summary')
    assert " ".join(line.get_text(" ", strip=True).split()) == "Timrå 6 rapporter 2021: Ej uppfyllt: 4"


def test_with_many_reports_there_is_a_list_of_each_kind_and_year(many: Records) -> None:
    soup = index_of(many)
    (goals,) = soup.select("details#maluppfoljning")
    assert [h.get_text() for h in goals.find_all("h4")] == [f"Måluppföljning {year}" for year in (2021, 2020, 2019)]
    assert [a["href"] for a in goals.select("a")][2:4] == [
        "1293-h%C3%A4ssleholm/2020/maluppfoljning.html",
        "2262-timr%C3%A5/2020/maluppfoljning.html",
    ]
    texts = [a.get_text() for a in soup.select("main a")]
    assert len(set(texts)) == len(texts)


def test_a_municipality_with_several_years_has_them_apart_and_one_with_one_year_has_not(records: Records) -> None:
    soup = index_of(records)
    assert [row.get_text(strip=True) for row in soup.select("tr.group")] == ["2022", "2021"]
    assert {table.get_text(strip=True) for table in soup.select("table:has(tr.group) caption")} == {
        "Rapporter för Krokom"
    }


def test_the_same_error_is_told_once_with_the_reports_it_stopped(a_record: Callable[..., Record]) -> None:
    broken = {"notebook": "budgetuppfoljning.ipynb", "cell": 3, "message": "data/x.csv, rad 2: fel"}
    alone = {"notebook": "oversikt.ipynb", "cell": 1, "message": "KeyError"}
    names = [f"Kommun {n:02}" for n in range(30)]
    soup = index_of(
        [
            a_record("oversikt", "0001", "A", 2020, status="failed", error=alone),
            *(a_record("budgetuppfoljning", "0002", name, 2020, status="failed", error=broken) for name in names),
        ]
    )
    first, second = soup.select(".broken")
    assert "Samma fel i 30 rapporter" in first.get_text() and first.get_text().count("data/x.csv") == 1
    assert first.get_text().count("budgetuppfoljning.ipynb, cell 3") == 1
    assert [li.get_text() for li in first.select("li")] == [f"{name} 2020: Budgetuppföljning" for name in names]
    assert second.get_text(" ", strip=True) == "A 2020: Översikt KeyError oversikt.ipynb, cell 1"
    assert soup.select_one(".lead").get_text().endswith("31 misslyckades.")  # type: ignore[union-attr]


def test_ten_errors_are_shown_and_the_rest_is_folded(a_record: Callable[..., Record]) -> None:
    soup = index_of(
        [
            a_record("oversikt", "0001", "A", y, status="failed", error={"message": f"fel {y}"})
            for y in range(2000, 2030)
        ]
    )
    assert len(soup.select(".broken")) == 30
    assert len([b for b in soup.select(".broken") if b.find_parent("details") is None]) == 10
    assert "Visa 20 fel till" in soup.get_text()


def test_a_municipality_says_which_of_its_reports_are_not_there(records: Records) -> None:
    notes = [tag.get_text() for tag in index_of(records).select("main > p.note")]
    assert notes == [
        "Misslyckades: Befolkningsprognos 2022.",
        "Väntar på underlag: Översikt 2021, Budgetuppföljning 2021.",
    ]


def test_a_status_that_does_not_exist_is_refused(a_record: Callable[..., Record]) -> None:
    with pytest.raises(ValueError, match="made, skipped, failed or no_data"):
        render_index([a_record("oversikt", "2309", "Krokom", 2021, status="gjord")])


def test_the_index_is_written_whole_and_nothing_else_is_left(tmp_path: Path, records: Records) -> None:
    assert write_index(tmp_path, records).read_text(encoding="utf-8") == render_index(records)
    assert [path.name for path in tmp_path.iterdir()] == ["index.html"]


def test_a_report_with_many_lights_is_told_by_counts(records: Records) -> None:
    lights = [{"status": "not_judged", "words": "", "subject": f"mål {n}"} for n in range(8)]
    many: Record = {**records[0], "status": "made", "lights": [*lights, {"status": "met", "words": "", "subject": "m"}]}
    text = index_of([many]).get_text(" ", strip=True)
    assert "Kan inte bedömas: 8" in text and "Uppfyllt: 1" in text and "mål 3" not in text


def test_a_municipality_that_does_not_exist_is_told_from_those_that_do(a_record: Callable[..., Record]) -> None:
    soup = index_of([a_record("oversikt", "0000", "Exempelkommun", 2025), a_record("oversikt", "2309", "Krokom", 2025)])
    assert [h.get_text() for h in soup.find_all("h2")] == ["Exempelkommun (påhittad kommun)", "Krokom"]
