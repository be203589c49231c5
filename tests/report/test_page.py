from __future__ import annotations

from datetime import UTC, datetime

import pytest
from bs4 import BeautifulSoup

from krokomanalys.report import page
from krokomanalys.report.lights import light

MADE = datetime(2026, 11, 23, 9, 5, tzinfo=UTC)


def soup_of(piece: page.Piece) -> BeautifulSoup:
    return BeautifulSoup(piece._repr_mimebundle_()["text/html"], "html.parser")


def test_findings_come_first_with_their_numbers_strong() -> None:
    piece = page.opening(
        "Titel", lead="För alla.", findings=["**15 532** invånare", "två"], lights=[light("met", subject="Mål")]
    )
    soup = soup_of(piece)
    assert [item.get_text() for item in soup.select(".findings ol li")] == ["15 532 invånare", "två"]
    assert [s.get_text() for s in soup.select(".findings strong")] == ["15 532"]
    assert piece.html.index("findings") < piece.html.index("lights")
    assert piece.plain == "Titel\nFör alla.\n15 532 invånare\ntvå"


def test_text_from_data_cannot_bring_in_markup() -> None:
    nasty = "<script>x</script> **<b>**"
    piece = page.opening(
        nasty, lead=nasty, eyebrow=nasty, findings=[nasty], lights=[light("met", nasty, nasty)], by=nasty
    )
    for shown in (piece, page.note(nasty), page.prose(nasty)):
        assert not soup_of(shown).find_all(["script", "b"])
    used = page.UsedSource(*[nasty] * 5)
    ending = page.sources([used], parameters={"a": nasty}, model=nasty, version=nasty, made=MADE, checksum=nasty)
    assert not soup_of(ending).find_all(["script", "b"])


@pytest.mark.parametrize(
    ("state", "by", "when", "mark"),
    [
        ("utkast", "", "", "Utkast"),
        ("klar", "Anna Ek", "2023-03-01", "Klar av Anna Ek 2023-03-01"),
        ("beslutad", "kommunfullmäktige", "2023-06-14", "Beslutad av kommunfullmäktige 2023-06-14"),
    ],
)
def test_a_page_says_whether_it_is_a_draft(state: page.State, by: str, when: str, mark: str) -> None:
    shown = soup_of(page.opening("T", lead="L", state=state, by=by, when=when)).select_one(".mark")
    assert shown is not None and shown.get_text() == mark


def test_a_state_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="utkast, klar, beslutad"):
        page.opening("T", lead="L", state="fastställd")  # type: ignore[arg-type]


def test_an_opening_without_findings_has_no_empty_box() -> None:
    assert not soup_of(page.opening("T", lead="L")).find_all("section")


def test_proposed_text_is_marked_as_such() -> None:
    assert soup_of(page.prose("Ett.", "Två.", proposed=True)).get_text(" ", strip=True) == "Förslag Ett. Två."
    assert "Förslag" not in page.prose("Ett.").html


def test_the_end_states_all_that_the_page_is_made_from() -> None:
    ending = page.sources(
        [page.UsedSource("Folkmängd", "SCB", "CC0", "2026-11-22", "population.csv"), page.UsedSource("Egen")],
        parameters={"municipality": "2309", "year": 2022, "board": None, "period": ""},
        model="net10",
        version="0.1.0",
        made=MADE,
        checksum="ab12",
    )
    terms: dict[str, list[str]] = {}
    for tag in soup_of(ending).select("dt, dd"):
        if tag.name == "dt":
            terms[tag.get_text()] = []
        else:
            terms[list(terms)[-1]].append(tag.get_text())
    assert terms == {
        "Källor": ["SCB, Folkmängd (CC0, hämtad 2026-11-22, population.csv)", "Egen"],
        "Modell": ["net10"],
        "Parametrar": ["municipality: 2309", "year: 2022"],
        "Version": ["krokomanalys 0.1.0"],
        "Framtagen": ["2026-11-23 kl. 09.05"],
        "Kontrollsumma": ["ab12"],
    }
    assert ending.data["sources"][0]["publisher"] == "SCB"
    (stamp,) = soup_of(ending).select("time.stamp")
    assert stamp["datetime"] == ending.data["made"] == "2026-11-23T09:05:00+00:00"
