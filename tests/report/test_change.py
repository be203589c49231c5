"""What the analysis report says and shows, on the three municipalities' figures and where figures are missing."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from krokomanalys.errors import Missing
from krokomanalys.population.analysis import observed, yearly_change
from krokomanalys.population.history import History
from krokomanalys.population.outlook import outlook
from krokomanalys.population.structure import Split
from krokomanalys.report import by_group, figures_change, structure
from krokomanalys.report.age_measures import measures_finding, measures_table, observed_finding, observed_measures
from krokomanalys.report.change import analysis_findings, change_finding, moves_table
from krokomanalys.report.page import Piece
from krokomanalys.report.pictures import Picture
from krokomanalys.report.signed_bars import signed_bars
from krokomanalys.report.structure import Compared, vital_changes, vital_findings, vital_table
from krokomanalys.report.tables import Table
from krokomanalys.report.theme import BLUE, TEAL
from krokomanalys.sources.load import load
from krokomanalys.sources.slices import Slice

DATA = Path(__file__).parents[2] / "data"
About = tuple[Slice, pd.DataFrame, History | Missing]


def about(municipality: str, year: int, shape_from: str | None = None) -> About:
    slice_ = load("befolkningsanalys", DATA, municipality=municipality, year=year, shape_from=shape_from)
    changes = yearly_change(slice_.population.groups, slice_.population.components, municipality)
    return slice_, changes, observed(slice_.population, municipality, year, shape_from)


@pytest.fixture(scope="module")
def timra() -> About:
    return about("2262", 2020)


@pytest.fixture(scope="module")
def krokom() -> About:
    return about("2309", 2022, "2262")


@pytest.fixture(scope="module")
def unknown() -> About:
    """Krokom with no place named to borrow ages from."""
    return about("2309", 2022)


def test_timras_findings_say_what_changed_where_and_why(timra: About) -> None:
    slice_, changes, ages = timra
    told = analysis_findings(slice_, changes, ages)
    assert told[0].startswith("Timrå minskade med **16** personer under 2020, till **17\u00a0963** invånare.")
    assert told[1].endswith("Mot övriga Sverige var det **−25**, mot utlandet **+45**. **39** fler dog än föddes.")
    assert told[2] == (
        "Mest ändrades gruppen 80 år och äldre: **+26**. Åldrandet gav +129, dödsfallen −99 och flyttningarna −4."
    )
    assert told[3].startswith("**165** föddes, **2** färre än medlet 2015–\u20602019.")
    assert told[4].startswith("**204** dog, **10** färre än medlet")
    assert told[5].startswith("**5,6\u00a0%** är 80 år eller äldre, mot 4,9\u00a0% år 2010.")


def test_what_is_estimated_is_called_so(krokom: About, timra: About) -> None:
    slice_, _, ages = krokom
    assert isinstance(ages, History)
    assert by_group.group_finding(slice_, ages).endswith("(uppskattat).")
    assert by_group.basis(slice_, ages).plain.startswith("Uppskattad.")
    picture = by_group.group_picture(slice_, ages)
    assert isinstance(picture, Picture) and "uppskattade" in picture.caption
    assert "ppskatta" not in by_group.basis(timra[0], timra[2]).plain


def test_ostersunds_own_deaths_by_age_are_not_called_estimated() -> None:
    slice_, _, ages = about("2380", 2021, "2262")
    assert "Döda efter ålder är kommunens egna." in by_group.basis(slice_, ages).plain


def test_the_account_has_a_rest_of_zero_and_columns_that_add_up(timra: About, krokom: About) -> None:
    for slice_, _, ages in (timra, krokom):
        table = by_group.group_account(slice_, ages)
        assert isinstance(table, Table)
        rows = table.frame.set_index("part")
        groups = [c for c in table.columns if c != "label"]
        assert (rows.loc["rest", groups] == 0).all()
        parts = rows.drop(index=["rest", "after"])[groups].astype(float)
        assert parts.sum().to_numpy() == pytest.approx(rows.loc["after", groups].astype(float).to_numpy())
        assert "Inflyttade från övriga Sverige" in set(rows["label"]) or "Flyttnetto, uppskattat" in set(rows["label"])


def test_the_drawn_parts_sum_to_each_groups_published_change(timra: About, krokom: About) -> None:
    for (slice_, _, ages), changes in ((timra, [-21, -18, -15, 17, -5, 26]), (krokom, [7, -4, 55, 92, -5, 35])):
        picture = by_group.group_picture(slice_, ages)
        assert isinstance(picture, Picture)
        assert picture.table.frame["total"].tolist() == pytest.approx(changes)


def test_without_ages_the_page_says_so_once_and_still_has_its_published_findings(unknown: About) -> None:
    slice_, changes, ages = unknown
    assert isinstance(ages, Missing)
    for show in (by_group.group_picture, by_group.group_account):
        assert show(slice_, ages) is None
    assert 'shape_from: "2262"' in by_group.basis(slice_, ages).plain
    compared = vital_changes(slice_, ages)
    assert compared == []
    assert vital_table(compared) is None and isinstance(structure.vital_picture(compared), Piece)
    assert len(analysis_findings(slice_, changes, ages)) == 3
    assert "mean_age" not in set(observed_measures(slice_, ages).frame["measure"])


def test_the_table_of_births_and_deaths_says_whose_ages_they_are(timra: About, krokom: About) -> None:
    own, borrowed = (vital_table(vital_changes(slice_, ages)) for slice_, _, ages in (timra, krokom))
    assert isinstance(own, Table) and isinstance(borrowed, Table)
    assert "Födda och döda efter ålder är kommunens egna." in own.note
    assert "rikets tal på kommunens befolkning" in borrowed.note
    for table in (own, borrowed):
        parts = table.frame[["size", "composition", "rates"]].sum(axis=1)
        assert parts.to_numpy() == pytest.approx(table.frame["change"].to_numpy())


def compared(now: float, before: float, kind: str = "Födda") -> Compared:
    return Compared(kind, 2022, "medlet 2017–2021", before, now, Split(1.0, 1.0, now - before - 2), own=True, years=5)


@pytest.mark.parametrize(
    ("now", "before", "says", "luck"),
    [
        (100, 100.2, "**100** föddes, lika många som medlet 2017–2021.", True),
        (101, 100, "**101** föddes, **1** fler än medlet", True),
        (60, 100, "**60** föddes, **40** färre än medlet", False),
    ],
)
def test_births_against_earlier_years_in_words(now: float, before: float, says: str, luck: bool) -> None:
    (text,) = vital_findings([compared(now, before)])
    assert text.startswith(says)
    assert text.endswith("vad slumpen kan ge.") == luck


def test_chance_is_that_of_counts_by_hand() -> None:
    assert compared(100, 125).chance == pytest.approx(1.96 * 125**0.5)


def test_moves_are_split_by_border_where_published_and_left_blank_where_not(timra: About, krokom: About) -> None:
    own = moves_table(timra[0], timra[1]).frame
    assert own[["in", "out", "net"]].to_numpy().tolist() == [[879, 904, -25], [62, 17, 45], [941, 921, 20]]
    other = moves_table(krokom[0], krokom[1])
    assert other.frame.loc[:1, ["in", "out"]].isna().all().all()
    assert other.frame["net"].tolist() == [134, 56, 190]
    assert "bara nettot" in other.note


def test_net_migration_by_direction_is_told_or_noted_to_be_missing(krokom: About) -> None:
    changes = krokom[1]
    picture = figures_change.net_by_direction(changes, 2022)
    assert isinstance(picture, Picture) and "inrikes +134 och utrikes +56" in picture.alt
    assert isinstance(figures_change.net_by_direction(changes.assign(net_foreign=float("nan")), 2022), Piece)


def test_the_waterfall_of_a_year_ends_at_its_population(timra: About) -> None:
    picture = figures_change.year_waterfall(timra[1].loc[2020], 2020)
    assert picture.table.frame["level"].iloc[-1] == 17_963
    assert "födda +165, döda −204, inflyttade +941, utflyttade −921, justering +3" in picture.alt


@pytest.mark.parametrize(
    ("change", "earlier", "says"),
    [(10, [20, 1], "Bara **1** av de senaste 3 åren var starkare."), (10, [20, 30], "**2** av de senaste 3 åren")],
)
def test_a_change_among_earlier_ones_in_words(timra: About, change: float, earlier: list[float], says: str) -> None:
    table = pd.DataFrame({"change": [*earlier, change], "population": 1000.0}, index=[2018, 2019, 2020])
    assert says in change_finding(timra[0], table)


def test_measures_of_the_projection_stand_for_base_five_ten_years_and_horizon(timra: About) -> None:
    told = outlook(timra[0].population, "2262", 2020, 2037)
    table = measures_table(told)
    assert list(table.columns) == ["name", "unit", "2020", "2025", "2030", "2037"]
    rows = table.frame.set_index("measure")
    assert rows.loc["80+", "2020"] == 998
    assert rows.loc["ratio", "2020"] == pytest.approx(84.7)
    assert set(rows["unit"]) == {"personer", "%", "per 100 i 20–64 år", "år"}
    assert measures_finding(told).startswith("Andelen som är 80 år eller äldre går från **5,6\u00a0%** 2020 till **")


def test_observed_measures_stand_beside_riket_without_rikets_numbers_of_persons(krokom: About) -> None:
    slice_, _, ages = krokom
    rows = observed_measures(slice_, ages).frame.set_index("measure")
    assert rows.loc["ratio", ["2012", "2022", "nation"]].tolist() == pytest.approx([85.2, 95.2, 77.1])
    assert pd.isna(rows.loc["80+", "nation"]) and rows.loc["80+", "2022"] == 774
    assert rows.loc["mean_age", "nation"] == pytest.approx(41.7)


def test_a_year_without_one_ten_years_before_has_no_finding_of_age_structure() -> None:
    slice_, _, _ = about("2309", 2004)
    assert observed_finding(slice_) is None


def test_signed_bars_tell_their_sums_in_figure_and_table() -> None:
    frame = pd.DataFrame({"a": [3.0, -2.0], "b": [-5.0, -1.0]}, index=["ett", "två"])
    shown = signed_bars(
        frame,
        {"a": ("del a", BLUE), "b": ("del b", TEAL)},
        name="prov",
        head="Rad",
        title="Delar",
        unit="personer",
        alt="Stapeldiagram.",
        caption="Personer.",
    )
    assert shown.table.frame["total"].tolist() == [-2, -3]
    assert ">−2<" in shown.svg and ">−3<" in shown.svg
    assert [c.heading for c in shown.table.columns.values()] == [
        "Rad", "Del a (personer)", "Del b (personer)", "Summa (personer)",
    ]  # fmt: skip
