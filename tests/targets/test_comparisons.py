"""Jämförelsetal over the years, beside other places, and stocks with what came to them."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from krokomanalys.sources.goals import GoalVersion
from krokomanalys.sources.measures import Measure
from krokomanalys.targets.comparisons import comparison_history, distances, stocks
from krokomanalys.targets.trajectory import compound

Versions = dict[str, GoalVersion]


def made_up(values: dict[str, dict[int, float]], *measures: Measure) -> tuple[GoalVersion, pd.DataFrame]:
    """A version with these comparisons and a measures table with their values on 31 December."""
    version = GoalVersion.model_validate(
        {
            "region": "0000",
            "year": 2025,
            "document": {"title": "Påhittat", "body": "Exempelkommun"},
            "goals": [],
            "comparisons": [m.model_dump(exclude_unset=True) for m in measures],
        }
    )
    rows = [
        ("0000", measure, f"{year}-12-31", value, "exact", None, None, "", "", "")
        for measure, series in values.items()
        for year, value in series.items()
    ]
    columns = ["region", "measure", "date", "value", "precision", "n", "N", "sampling", "source", "note"]
    return version, pd.DataFrame(rows, columns=columns)


def test_a_change_is_from_the_year_before_and_a_year_without_a_value_has_none(
    versions: Versions, measures: pd.DataFrame, inhabitants: dict[str, dict[int, float]]
) -> None:
    without_2019 = measures[~measures["date"].str.startswith("2019")]
    history = comparison_history(versions["2262-2020"], without_2019, 2020, inhabitants["2262"])
    fire = history[history["measure"] == "raddningstjanst_kostnad"]
    assert list(fire["year"]) == [2018, 2019, 2020]
    assert [math.isnan(v) for v in fire["value"]] == [False, True, False]
    assert fire["change"].isna().all()


def test_the_population_has_the_years_of_the_other_comparisons(versions: Versions, measures: pd.DataFrame) -> None:
    inhabitants = {year: 18000.0 + year - 2000 for year in range(2000, 2023)}
    history = comparison_history(versions["2262-2020"], measures, 2020, inhabitants)
    own = history[history["measure"] == "folkmangd"]
    assert list(own["year"]) == [2018, 2019, 2020]
    assert list(own["change"].iloc[1:]) == [1, 1]


@pytest.mark.parametrize(
    ("measure", "percent"), [("raddningstjanst_kostnad", [3.9, -4.6]), ("fardtjanst_enkelresor", [-1.6, -43.0])]
)
def test_the_comparisons_of_timra_change_as_recomputed_from_the_document(
    versions: Versions, measures: pd.DataFrame, measure: str, percent: list[float]
) -> None:
    history = comparison_history(versions["2262-2020"], measures, 2020, {})
    own = history[history["measure"] == measure]
    assert [round(p, 1) for p in own["change_percent"].iloc[1:]] == percent


def test_a_change_from_zero_has_no_per_cent_and_says_so(versions: Versions, measures: pd.DataFrame) -> None:
    history = comparison_history(versions["2262-2020"], measures, 2020, {})
    plans = history[history["measure"] == "oversiktsplaner"]
    assert list(plans["value"]) == [1, 0, 0]
    assert list(plans["change"].iloc[1:]) == [-1, 0]
    assert list(plans["from_zero"]) == [False, False, True]
    assert plans["change_percent"].iloc[1] == -100 and math.isnan(plans["change_percent"].iloc[2])


def test_a_share_that_was_zero_changes_in_points_and_not_from_zero() -> None:
    share = Measure(id="andel", name="Andel", unit="%")
    version, table = made_up({"andel": {2024: 0, 2025: 4}}, share)
    last = comparison_history(version, table, 2025, {}).iloc[-1]
    assert (last["change"], last["from_zero"]) == (4, False) and math.isnan(last["change_percent"])


def test_krokoms_broadband_lies_13_and_11_points_under_riket(versions: Versions, measures: pd.DataFrame) -> None:
    table = distances(versions["2309-2021"], measures, 2021, {}).set_index(["measure", "place"])
    homes, firms = table.loc["bredband_hushall_krokom"], table.loc["bredband_arbetsstallen_krokom"]
    assert (homes.loc["Riket", "gap"], firms.loc["Riket", "gap"]) == (-13, -11)
    assert (homes.loc["Riket", "gap_before"], firms.loc["Riket", "gap_before"]) == (-12, -11)
    assert (homes.loc["Riket", "course"], firms.loc["Riket", "course"]) == ("grows", "same")
    changes = [homes["own_change"].iloc[0], *homes["there_change"], firms["own_change"].iloc[0], *firms["there_change"]]
    assert changes == [1, 2, 2, 2, 3, 2]
    assert set(table["year"]) == {2020}  # the values of 2020 stand in the document of 2021


@pytest.mark.parametrize(
    ("own", "course"),
    [({2024: 80, 2025: 82}, "shrinks"), ({2024: 80, 2025: 95}, "crossed"), ({2025: 82}, ""), ({2023: 70}, "")],
)
def test_the_distance_to_another_place_shrinks_changes_side_or_is_not_known(own: dict[int, float], course: str) -> None:
    here = Measure(id="har", name="Här", unit="%", benchmarks={"Riket": "dar"})
    there = Measure(id="dar", name="Där", unit="%")
    version, table = made_up({"har": own, "dar": {2024: 90, 2025: 90}}, here, there)
    row = distances(version, table, 2025, {}).iloc[0]
    assert row["course"] == course
    assert row["year"] == (2025 if 2025 in own else 0)


def test_the_it_equipment_of_krokom_at_the_start_of_the_year_is_its_end_less_what_came(
    versions: Versions, measures: pd.DataFrame
) -> None:
    table = stocks(versions["2309-2021"], measures, 2021, {}).set_index("measure")
    new, start = table.loc["it_ipads_totalt", ["new", "start"]]
    assert new == 180 and math.isnan(start)  # how many there are in all isn't printed
    table = table.drop("it_ipads_totalt")
    starts = [
        table.loc[f"it_{what}_totalt", "start"] for what in ("servrar", "datorer", "chromebooks", "skrivare", "avk")
    ]
    assert starts == [38, 960, 1455, 23, 172]
    assert table["derived"].all() and (table["unexplained"] == 0).all()


def test_krokoms_population_target_was_raised_fourfold_in_pace_as_the_remark_says(versions: Versions) -> None:
    paths = [versions[name].goals[0].measures[0].path or {} for name in ("2309-2021", "2309-2019", "2309-2024")]
    begun = paths[0][2023]
    paces = [
        ((goal - begun) / (year - 2023), compound(begun, goal, year - 2023))
        for ((year, goal),) in map(dict.items, paths[1:])
    ]
    assert [(round(a), round(p, 2)) for a, p in paces] == [(79, 0.50), (321, 1.87)]
    assert round(paces[1][0] / paces[0][0], 1) == 4.1
    remark = versions["2309-2024"].remarks[0]
    assert "cirka 79 om året (0,50 %)" in remark and "cirka 321 om året (1,87 %)" in remark and "fyra gånger" in remark


def test_a_start_that_is_known_is_used_and_what_went_out_is_told() -> None:
    stock, flow = Measure(id="bestand", name="B", unit="st", flow="nya"), Measure(id="nya", name="N", unit="st")
    values = {"bestand": {2024: 1690.0, 2025: 1755.0}, "nya": {2025: 410.0}}
    version, table = made_up(values, stock, flow)
    row = stocks(version, table, 2025, {}).iloc[0]
    assert (row["start"], row["derived"], row["new"], row["stock"], row["unexplained"]) == (
        1690,
        False,
        410,
        1755,
        -345,
    )


def test_a_flow_whose_stock_nobody_counted_has_no_start_and_isnt_zero() -> None:
    stock, flow = Measure(id="bestand", name="B", unit="st", flow="nya"), Measure(id="nya", name="N", unit="st")
    version, table = made_up({"nya": {2025: 180.0}}, stock, flow)
    row = stocks(version, table, 2025, {}).iloc[0]
    assert row["new"] == 180 and math.isnan(row["start"]) and math.isnan(row["stock"])


def test_a_row_without_a_value_is_no_year_of_a_comparison() -> None:
    version, table = made_up({"a": {2024: 3.0, 2025: math.nan}}, Measure(id="a", name="A", unit="st"))
    assert math.isnan(comparison_history(version, table, 2025, {}).set_index("year").loc[2025, "value"])
