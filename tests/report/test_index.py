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
    row = index_of(records).select("tbody tr")[2]
    assert row.th is not None and row.th.get_text(" ", strip=True).endswith("9 mål <b>följs</b>.")
    assert "Invånare: Inte på väg" in " ".join(row.get_text(" ", strip=True).split())


def test_few_reports_are_open_and_a_thousand_are_folded(records: Records, a_record: Callable[..., Record]) -> None:
    many = [a_record("oversikt", f"{1000 + i}", f"Kommun {i:04}", 2021) for i in range(1000)]
    many += [a_record("oversikt", "0001", "A", y, status="failed", error={"message": "fel"}) for y in range(2000, 2030)]
    assert all(d.has_attr("open") for d in index_of(records).select("details"))
    soup = index_of(many)
    assert not soup.select("details[open]")
    assert len(soup.select("nav li")) == 1002
    assert len(soup.select(".broken")) == 30
    assert len([b for b in soup.select(".broken") if b.find_parent("details") is None]) == 10


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
