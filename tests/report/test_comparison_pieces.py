"""The report of jämförelsetal: what its tables and opening say of the made-up municipality, Timrå and Krokom."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from krokomanalys.report import comparison_findings, comparison_targets, comparisons, standings
from krokomanalys.report.tables import Table
from krokomanalys.sources.load import load
from krokomanalys.sources.slices import Slice


def slice_of(municipality: str, year: int, board: str | None = None, data: Path | None = None) -> Slice:
    return load("jamforelsetal", data, municipality=municipality, year=year, board=board)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def opened(slice_: Slice) -> str:
    own = comparisons.own_comparisons(slice_)
    return plain(comparison_findings.comparison_opening(slice_, own, "utkast", "", "").plain)


def shown(table: Table | None) -> Table:
    assert table is not None
    return table


@pytest.fixture(scope="module")
def timra() -> Slice:
    return slice_of("2262", 2020, "Kommunstyrelsen")


@pytest.fixture(scope="module")
def krokom() -> Slice:
    return slice_of("2309", 2021)


@pytest.fixture(scope="module")
def kolada() -> Slice:
    """Krokom 2022, whose only comparisons are Kolada's."""
    return slice_of("2309", 2022)


@pytest.fixture(scope="module")
def example() -> Slice:
    return slice_of("0000", 2025)


def test_the_comparisons_of_timra_stand_with_every_year_and_its_change(timra: Slice) -> None:
    own = comparisons.own_comparisons(timra)
    values = shown(comparisons.comparison_table(timra, own)).frame.set_index("measure")
    changes = shown(comparisons.change_table(timra, own)).frame.set_index("measure")
    assert [values.loc["raddningstjanst_kostnad", f"value_{y}"] for y in (2018, 2019, 2020)] == [1082, 1124, 1072]
    told = {m: [plain(changes.loc[m, f"change_{y}"]) for y in (2019, 2020)] for m in changes.index}
    assert told["raddningstjanst_kostnad"] == ["+42 (+3,9 %)", "−52 (−4,6 %)"]
    assert told["fardtjanst_enkelresor"] == ["−409 (−1,6 %)", "−10 782 (−43,0 %)"]
    assert told["oversiktsplaner"] == ["−1 (−100,0 %)", "0 (noll båda åren)"]


def test_a_change_from_zero_is_told_in_words_and_never_as_infinite(example: Slice) -> None:
    table = shown(comparisons.change_table(example, comparisons.own_comparisons(example)))
    assert plain(table.frame.set_index("measure").loc["naturreservat", "change_2025"]) == "+1 (från noll)"
    assert "inf" not in table.html and "nan" not in table.html.casefold()


def test_a_share_changes_in_points(krokom: Slice) -> None:
    frame = shown(comparisons.change_table(krokom, comparisons.own_comparisons(krokom))).frame.set_index("measure")
    assert list(frame.loc["it_servicegrad", ["unit", "change_2021"]]) == ["procentenheter", "+1"]
    assert plain(frame.loc["it_arendetid_fel", "change_2021"]) == "−4 (−30,8 %)"
    assert plain(frame.loc["it_oppna_arenden", "change_2021"]) == "+88 (+20,1 %)"
    assert list(frame.loc[["it_kundnojdhet", "it_arendetid_fel"], "trend_word"]) == ["sämre", "bättre"]
    assert "−30,8 % 2020–2021, från 13 till 9 arbetsdagar. Det är bättre." in opened(krokom)


def test_the_findings_tell_what_got_worse_beside_what_got_better(krokom: Slice) -> None:
    text = opened(krokom)
    told = ("felanmälan: −30,8 %", "beställning: −30,0 %", "öppna ärenden: +20,1 %", "kundnöjdhet: −3,4 %")
    places = [text.index(words) for words in told]
    assert places == sorted(places)
    assert text.count("Det är bättre.") == text.count("Det är sämre.") == 2


def test_a_change_of_which_nobody_has_said_what_is_better_is_told_too(timra: Slice) -> None:
    text = opened(timra)
    assert text.index("enkelresor: −43,0 %") < text.index("per invånare: −4,6 %") < text.index("31 december: −0,1 %")


def test_a_share_and_a_place_are_among_the_largest_changes_in_their_own_units(example: Slice) -> None:
    text = opened(example)
    assert "Laddbara bilar: +7 procentenheter 2024–2025, från 34 till 41 %. Det är bättre." in text
    assert (
        text.index("Laddbara bilar") < text.index("landets kommuner: −5 platser") < text.index("Besök på biblioteken")
    )


def test_an_opening_without_changes_or_other_places_claims_neither(timra: Slice) -> None:
    text = opened(replace(timra, ratios=timra.ratios.iloc[:0], goals=None))
    assert "Inget av jämförelsetalen går att ställa mot ett annat år eller en annan plats 2020." in text
    assert "har ändrats" not in text and "står sig" not in text


def test_what_has_one_value_stands_apart_and_other_places_and_stocks_in_their_own_tables(krokom: Slice) -> None:
    own = comparisons.own_comparisons(krokom)
    many = set(shown(comparisons.comparison_table(krokom, own)).frame["measure"])
    one = set(shown(comparisons.single_table(krokom, own)).frame["measure"])
    assert "it_kundnojdhet" in many and "valkomstbrev" in one and not many & one
    assert not (many | one) & {"bredband_hushall_riket", "it_datorer_nya", "it_datorer_totalt"}


def test_krokoms_broadband_stands_beside_jamtland_and_riket(krokom: Slice) -> None:
    frame = shown(comparisons.gap_table(krokom)).frame.set_index(["measure", "place"])
    homes = frame.loc["bredband_hushall_krokom"].loc["Riket"]
    assert (homes["gap"], homes["gap_before"], homes["distance"]) == (-13, -12, "växer")
    changes = frame.loc["bredband_hushall_krokom", "change"]
    assert [changes[place] for place in ("Krokom", "Jämtlands län", "Riket")] == [1, 2, 2]
    assert (
        "Hushåll med tillgång till minst 100 Mbit/s, Krokom: 13 procentenheter under Riket 2020. Avståndet växte med "
        "1 procentenhet." in opened(krokom)
    )


def test_stocks_stand_with_their_start_and_how_it_is_known(krokom: Slice, example: Slice) -> None:
    table = shown(comparisons.stock_table(krokom, comparisons.own_comparisons(krokom)))
    starts = list(table.frame["start"])
    assert starts[:3] + starts[4:] == [38, 960, 1455, 23, 172] and pd.isna(starts[3])  # the iPads in all aren't printed
    assert table.frame["stock"].isna().tolist() == [False] * 3 + [True] + [False] * 2 and table.frame["new"][3] == 180
    assert table.columns["start"].label == "Antal utöver de nya" and "how" not in table.columns
    assert "vår räkning" in table.note and "De nya är installationer, de i allt är byten." in table.note
    assert "unexplained" not in table.columns and set(table.frame["unit"]) == {"st (ungefär)"}
    other = shown(comparisons.stock_table(example, comparisons.own_comparisons(example)))
    frame = other.frame.set_index("measure")
    assert list(frame.loc["elevdatorer", ["start", "how", "unexplained"]]) == [1690, "mätt", -345]
    assert "unexplained" in other.columns and other.columns["start"].label == "Vid årets början"


def test_a_comparison_shows_its_target_its_light_and_the_documents_word(timra: Slice, krokom: Slice) -> None:
    here, there = (shown(comparison_targets.target_table(comparisons.own_comparisons(s))) for s in (timra, krokom))
    own, other = here.frame.set_index("measure"), there.frame.set_index("measure")
    assert list(own["wanted"]) == ["21 %", "57 %", "22 %", "18.000 invånare"]
    assert own.loc["folkmangd", "status"] == "not_met"
    assert other.loc["it_kundnojdhet", "printed"] == "över mål"
    assert "webperf_placering" in other.index  # a target without a value is still to be seen
    assert "printed" in there.columns and "printed" not in here.columns


def test_a_light_that_is_the_documents_own_says_so(krokom: Slice) -> None:
    piece = comparison_findings.comparison_opening(krokom, comparisons.own_comparisons(krokom), "utkast", "", "")
    lights = {light["subject"]: light["words"] for light in piece.data["lights"]}
    assert lights["IT-stöd, kundnöjdhet"] == "Uppfyllt enligt dokumentet"
    assert lights["Ärenden som kundcenter löser direkt"] == "Uppfyllt"


def test_a_board_has_its_own_figures_and_kolada_the_whole_municipality(timra: Slice) -> None:
    assert "De egna talen är Kommunstyrelsens. Nyckeltalen ur Kolada gäller hela kommunen." in opened(timra)
    other = opened(slice_of("2262", 2020, "Socialnämnden"))
    assert "Socialnämnden har inga egna jämförelsetal för 2020. Nyckeltalen ur Kolada gäller hela kommunen." in other


def test_without_kolada_nothing_is_said_of_it(example: Slice) -> None:
    assert standings.standing_prose(example) is None
    assert all(standings.standing_table(example, area) is None for area in standings.AREAS)
    assert all(standings.standing_figure(example, area) is None for area in standings.AREAS)
    assert "Kolada" not in opened(example)


def test_without_comparisons_of_its_own_a_municipality_has_those_of_kolada(kolada: Slice) -> None:
    own = comparisons.own_comparisons(kolada)
    tables = [f(kolada, own) for f in (comparisons.comparison_table, comparisons.change_table, comparisons.stock_table)]
    assert own.empty and tables == [None] * 3 and comparisons.gap_table(kolada) is None
    assert "Kolada 2022: av 43 nyckeltal" in opened(kolada)


def test_costs_that_kolada_gives_with_a_minus_are_shown_as_costs_and_the_page_says_so(kolada: Slice) -> None:
    frame = shown(standings.standing_table(kolada, "ekonomi")).frame.set_index("kpi")
    assert frame.loc["N03013", "value"] == 82736  # Kolada: −82 736
    assert "Med minus i Kolada: " in shown(standings.standing_table(kolada, "ekonomi")).note
    assert plain(frame.loc["N03013", "year_change"]) == "+1,3 %"  # the cost has risen
    said = standings.standing_prose(kolada)
    assert said is not None and "Kolada skriver N03011, N03012 och N03013 med minus." in said.plain


def test_changes_are_in_per_cent_in_points_or_in_the_unit(kolada: Slice) -> None:
    frame = shown(standings.standing_table(kolada, "ekonomi")).frame.set_index("kpi")
    assert [plain(v) for v in frame.loc[["N00095", "N00097", "N03007"], "year_change"]] == [
        "+1,4 %",
        "−2,9 pe",
        "+1 796 kr",
    ]
    assert plain(frame.loc["N00095", "rank"]) == "1 av 3"
    assert shown(standings.standing_table(kolada, "ekonomi")).note.count("pe: procentenheter.") == 1


def test_a_figure_of_an_older_year_says_which_and_every_figure_stands_in_one_area(kolada: Slice) -> None:
    tables = {area: shown(standings.standing_table(kolada, area)) for area in standings.AREAS}
    assert "Kostnad för kommunal gymnasieskola, kr/elev (2005)" in set(tables["skola"].frame["name"])
    old = tables["skola"].frame.set_index("kpi").loc["N17007"]
    assert list(old[["year_change", "five_change", "rank"]]) == ["–"] * 3
    assert "varken ändring eller plats" in tables["skola"].note
    kpis = [kpi for table in tables.values() for kpi in table.frame["kpi"]]
    assert kolada.kpis is not None and sorted(kpis) == sorted(kolada.kpis["kpi"])


def test_three_municipalities_without_direction_are_not_coloured_and_the_page_says_why(kolada: Slice) -> None:
    said = standings.standing_prose(kolada)
    assert said is not None
    assert "Inget nyckeltal har färg." in said.plain
    assert (
        "inte bestämt åt vilket håll som är bättre (44)" in said.plain
        and "färre än 8 kommuner har värde (44)" in said.plain
    )
    assert "light" not in shown(standings.standing_table(kolada, "ekonomi")).columns


@pytest.fixture
def twenty(tmp_path: Path) -> Path:
    """A data folder with twenty made-up municipalities: two figures with a sure direction, one with none."""
    folder = tmp_path / "data"
    (folder / "ratios").mkdir(parents=True)
    regions = ["region,name,level,parent", *(f"{9000 + i},Kommun {i},municipality,00" for i in range(20))]
    (folder / "regions.csv").write_text("\n".join(regions) + "\n", encoding="utf-8")
    rows = ["region,kpi,year,value", "00,N20999,2024,100", "00,N15999,2024,50", "00,N30999,2024,10"]
    for i in range(20):
        rows += [
            f"{9000 + i},{kpi},{y},{v + i}"
            for kpi, v in (("N20999", 100), ("N15999", 50), ("N30999", 10))
            for y in (2023, 2024)
        ]
    (folder / "ratios" / "kolada.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    told = [
        "kpi,name,unit,direction,direction_source",
        '"N20999","Kostnad äldreomsorg, kr/inv",kr/inv,lower,Påhittad källa',
        "N15999,Behöriga elever (%),%,higher,Påhittad källa",
        '"N30999","Kostnad IFO, kr/inv",kr/inv,,',
    ]
    (folder / "ratios" / "kpis.csv").write_text("\n".join(told) + "\n", encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("code", "cost", "pupils"),
    [
        ("9000", "Bästa fjärdedelen", "Sämsta fjärdedelen"),
        ("9005", "Mitten", "Mitten"),
        ("9019", "Sämsta fjärdedelen", "Bästa fjärdedelen"),
    ],
)
def test_among_twenty_the_quarters_follow_the_direction(twenty: Path, code: str, cost: str, pupils: str) -> None:
    slice_ = slice_of(code, 2024, data=twenty)
    care, school, other = (shown(standings.standing_table(slice_, a)) for a in ("aldreomsorg", "skola", "ifo"))
    assert [care.frame["light"].iloc[0].text, school.frame["light"].iloc[0].text] == [cost, pupils]
    assert "light" not in other.columns and "Plats 1 är den bästa" in care.note
    assert "Plats 1 har det högsta värdet" in other.note
    said = standings.standing_prose(slice_)
    assert said is not None and "1 av 3 nyckeltal saknar färg." in said.plain and "19 andra kommuner" in said.plain


def test_many_others_are_drawn_as_their_middle_half(twenty: Path) -> None:
    figure = standings.standing_figure(slice_of("9000", 2024, data=twenty), "aldreomsorg")
    assert figure is not None and "mittersta hälften av övriga kommuner" in figure.svg
    rows = figure.table.frame.set_index("place")["2024"]
    assert (rows["övriga, nedre kvartil"], rows["övriga, övre kvartil"]) == (
        106,
        114,
    )  # of 101–119: 105,5 and 114,5, halves to even


def test_every_picture_has_its_finding_and_every_panel_its_unit(kolada: Slice) -> None:
    figure = standings.standing_figure(kolada, "aldreomsorg")
    assert figure is not None
    assert "Krokom 76 705 kr/inv 65+, Riket 68 294 kr/inv 65+" in plain(figure.alt)
    assert isinstance(figure.table.frame, pd.DataFrame) and {"2013", "2022"} <= set(figure.table.columns)
