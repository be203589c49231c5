"""The outlook of a municipality as a whole, and that it knows nothing it should not."""

from __future__ import annotations

import shutil
from dataclasses import fields, replace
from pathlib import Path

import pandas as pd
import pytest

from krokomanalys.errors import InputError
from krokomanalys.population.forecast import PLANS
from krokomanalys.population.history import Observed
from krokomanalys.population.models import local_levels
from krokomanalys.population.national import National
from krokomanalys.population.outlook import Outlook, outlook
from krokomanalys.sources.load import load
from krokomanalys.sources.slices import PopulationTables, Slice

DATA = Path(__file__).parents[2] / "data"
COUNTS = {
    "population": ["population"],
    "groups": ["population"],
    "components": ["count"],
    "births": ["births"],
    "deaths": ["deaths"],
    "migration": ["in_domestic", "immigration", "out_domestic", "emigration"],
}


@pytest.fixture(scope="module")
def krokom_outlook(krokom: PopulationTables) -> Outlook:
    return outlook(krokom, "2309", 2022, 2032, "2262")


def test_an_outlook_starts_from_the_published_population(krokom_outlook: Outlook) -> None:
    for path in (krokom_outlook.path, krokom_outlook.linear10, krokom_outlook.no_change):
        assert list(path.index) == list(range(2022, 2033))
        assert path.loc[2022] == pytest.approx(15_532, abs=1e-6)
    assert krokom_outlook.totals.index.max() == krokom_outlook.base_year == 2022


def test_the_benchmarks_are_the_mean_growth_of_ten_years_and_none(krokom_outlook: Outlook) -> None:
    yearly = (15_532 - krokom_outlook.totals.loc[2012]) / 10
    assert krokom_outlook.linear10.loc[2032] == pytest.approx(15_532 + 10 * yearly)
    assert krokom_outlook.no_change.loc[2032] == 15_532


def test_an_outlook_from_an_earlier_year_takes_no_later_total(krokom: PopulationTables) -> None:
    early = outlook(krokom, "2309", 2020, 2021, "2262")
    assert early.path.loc[2020] == pytest.approx(15_054, abs=1e-6)
    assert early.totals.index.max() == 2020
    assert early.history.years == tuple(range(2011, 2021))


def test_a_horizon_that_is_not_ahead_is_refused(krokom: PopulationTables) -> None:
    with pytest.raises(InputError, match="2022 ligger inte efter utgångsåret 2022"):
        outlook(krokom, "2309", 2022, 2022, "2262")


def test_an_unknown_model_is_refused_with_those_there_are(krokom: PopulationTables) -> None:
    with pytest.raises(InputError) as error:
        outlook(krokom, "2309", 2022, 2030, "2262", model="net11")
    assert str(error.value) == 'model: "net11" finns inte. Väntade någon av joined, gross, shrunk, net10, net3_10.'


def test_the_model_is_told_in_swedish_words(krokom: PopulationTables, krokom_outlook: Outlook) -> None:
    assert krokom_outlook.model == PLANS["joined"].words
    assert outlook(krokom, "2309", 2022, 2023, "2262", model="gross").model.startswith("kohortmodell med in- och")


def test_the_change_that_comes_of_growing_with_riket_is_told_apart(krokom_outlook: Outlook) -> None:
    growth = krokom_outlook.riket / krokom_outlook.riket.loc[2022] - 1
    assert krokom_outlook.riket.loc[2022] == 10_521_556
    assert krokom_outlook.national.to_numpy() == pytest.approx(15_532 * growth.to_numpy())
    assert krokom_outlook.national.loc[2022] == 0


def test_a_model_that_follows_no_total_has_nothing_of_riket_to_tell_apart(krokom: PopulationTables) -> None:
    said = outlook(krokom, "2309", 2022, 2024, "2262", model="net10")
    assert said.national.loc[2022] == 0 and said.national.loc[2023:].isna().all()
    assert said.path.loc[2024] > 0


def test_the_local_levels_are_those_of_the_observed_years(
    krokom_outlook: Outlook, observed: Observed, riket: National
) -> None:
    deaths, births = local_levels(observed, riket)
    assert krokom_outlook.levels == pytest.approx((deaths[0], births[0]))


def test_a_place_with_its_own_moves_by_age_needs_no_lender(timra: PopulationTables) -> None:
    said = outlook(timra, "2262", 2022, 2030)
    assert said.history.tier == "A" and said.path.loc[2022] == pytest.approx(17_754, abs=1e-6)


def test_a_place_without_is_told_to_name_one(krokom: PopulationTables) -> None:
    with pytest.raises(InputError, match="2309 har inga flyttningar efter ålder för 2013–2022"):
        outlook(krokom, "2309", 2022, 2030)


@pytest.mark.parametrize(
    ("region", "projected", "outcome"),
    [("2309", 14_999, 15_532), ("2380", 65_411, 64_714), ("2262", 17_892, 17_754)],
)
def test_the_official_projection_of_2019_for_2022_is_there_to_be_held_against_the_outcome(
    region: str, projected: int, outcome: int
) -> None:
    slice_ = load("befolkningsprognos", DATA, municipality=region, year=2022)
    official = slice_.population.official
    rows = official[
        (official["jump_off"] == 2019) & (official["target_year"] == 2022) & (official["age_group"] == "total")
    ]
    whole = rows[rows["sex"] == "T"] if (rows["sex"] == "T").any() else rows
    assert whole["population"].sum() == pytest.approx(projected, abs=1)
    assert slice_.totals[2022] == outcome


@pytest.fixture(scope="module")
def another_future(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the data in which everything after 2021 is twice and a half as much."""
    folder = tmp_path_factory.mktemp("later") / "data"
    shutil.copytree(DATA / "population", folder / "population")
    for name, columns in COUNTS.items():
        file = folder / "population" / f"{name}.csv"
        table = pd.read_csv(file, dtype={"region": str})
        later = table["year"] > 2021
        table.loc[later, columns] = (table.loc[later, columns] * 2.5).round().astype(int)
        table.to_csv(file, index=False)
    file = folder / "population" / "official.csv"
    official = pd.read_csv(file, dtype={"region": str, "jump_off": "Int64"})
    official.loc[~(official["jump_off"] <= 2021).fillna(False), "population"] *= 2.5
    official.to_csv(file, index=False)
    return folder


def known_in_2021(data: Path) -> Slice:
    return load("befolkningsprognos", data, municipality="2309", year=2021, shape_from="2262")


def test_nothing_after_the_last_known_date_is_in_a_slice_or_an_outlook(another_future: Path) -> None:
    real, other = known_in_2021(DATA), known_in_2021(another_future)
    assert real.base_year == other.base_year == 2021
    for part in (f.name for f in fields(PopulationTables)):
        pd.testing.assert_frame_equal(getattr(real.population, part), getattr(other.population, part))
    paths = [outlook(s.population, "2309", 2021, 2031, "2262").projection.population.values for s in (real, other)]
    assert (paths[0] == paths[1]).all()


def test_the_other_future_is_seen_once_it_is_known(another_future: Path) -> None:
    """That the test above can fail: a year later the two differ."""
    later = [
        load("befolkningsprognos", data, municipality="2309", year=2022, shape_from="2262").population.groups
        for data in (DATA, another_future)
    ]
    assert not later[0].equals(later[1])


def test_what_happens_elsewhere_does_not_reach_a_municipalitys_outlook(
    krokom: PopulationTables, ostersund: PopulationTables, krokom_outlook: Outlook
) -> None:
    def joined(part: str) -> pd.DataFrame:
        other = getattr(ostersund, part)
        return pd.concat([getattr(krokom, part), other[other["region"] == "2380"]], ignore_index=True)

    both = replace(krokom, **{f.name: joined(f.name) for f in fields(PopulationTables)})
    assert len(both.groups) > len(krokom.groups)
    again = outlook(both, "2309", 2022, 2032, "2262")
    assert (again.projection.population.values == krokom_outlook.projection.population.values).all()
