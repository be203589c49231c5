"""Parameter files: what they may say and what an economist is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from krokomanalys.errors import InputError
from krokomanalys.report.params import Parameters, folder_of, parameter_files, read_parameters

BASIC = 'municipality: "2309"\nyear: 2022\nhorizon: 2037\n'


def written(folder: Path, **files: str) -> list[Path]:
    paths = [folder / f"{name}.yaml" for name in files]
    for path, text in zip(paths, files.values(), strict=True):
        path.write_text(text, encoding="utf-8")
    return paths


def told(folder: Path, text: str) -> str:
    with pytest.raises(InputError) as error:
        read_parameters(written(folder, fil=text))
    return str(error.value)


def test_all_reports_are_asked_for_unless_some_are_named(tmp_path: Path) -> None:
    (parameters,) = read_parameters(written(tmp_path, fil=BASIC)).values()
    assert len(parameters.reports) == 8 and parameters.state == "utkast"


def test_a_projection_needs_its_last_year(tmp_path: Path) -> None:
    assert "horizon saknas" in told(tmp_path, 'municipality: "2309"\nyear: 2022\n')


def test_a_decided_report_needs_by_whom_and_when(tmp_path: Path) -> None:
    assert "by (vem) och when (datum)" in told(tmp_path, BASIC + "state: beslutad\nby: kommunstyrelsen\n")


def test_a_period_has_one_of_the_known_forms(tmp_path: Path) -> None:
    assert '"augusti" kan inte stå här' in told(tmp_path, BASIC + "period: augusti\n")


def test_a_period_without_quotes_is_told_to_be_two_digits_in_quotes(tmp_path: Path) -> None:
    assert 'Sätt citattecken: period: "08"' in told(tmp_path, BASIC + "period: 8\n")


def test_a_horizon_over_a_hundred_years_ahead_is_taken_for_a_slip(tmp_path: Path) -> None:
    assert "horizon 20370 är mer än 100 år efter 2022" in told(tmp_path, BASIC.replace("2037", "20370"))
    (parameters,) = read_parameters(written(tmp_path, fil=BASIC.replace("2037", "2122"))).values()
    assert parameters.horizon == 2122


def test_an_unknown_report_is_told_with_those_there_are(tmp_path: Path) -> None:
    assert "befolkningsprognos" in told(tmp_path, BASIC + "reports: [prognos]\n")


def test_two_files_may_not_write_the_same_report(tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        read_parameters(written(tmp_path, ett=BASIC, tva=BASIC + "reports: [oversikt]\n"))
    assert "oversikt står redan i" in str(error.value)


def test_period_and_board_are_in_the_output_path_so_that_august_does_not_overwrite_april() -> None:
    told_ = Parameters(municipality="2262", year=2020, horizon=2030, period="delar", board="Socialnämnden")
    assert folder_of(told_, "Timrå") == "2262-timra/2020-delar/socialnamnden"


def test_parameters_cannot_be_changed_once_read() -> None:
    parameters = Parameters(municipality="2309", year=2022, horizon=2037)
    with pytest.raises(ValueError, match="frozen"):
        parameters.year = 2023  # type: ignore[misc]


def test_a_folder_without_parameter_files_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="inga parameterfiler"):
        parameter_files([tmp_path])


SCENARIOS = """scenarios:
  fler: {title: 100 fler, in_migration: {persons: 100, start: 2023}}
  bostader:
    title: Bostäder
    housing: {plan: {2024: {smahus: 60}}, normal: 40, persons: {smahus: {0-5: 1, 20-44: 2}},
              share_from_outside: 0.6, vacancy: 0, delay: 1}
aims: {2030: 16000}
persons_per_dwelling: 2.2
"""


def test_scenarios_reach_the_notebook_as_plain_values_and_are_read_there_as_the_same(tmp_path: Path) -> None:
    (parameters,) = read_parameters(written(tmp_path, fil=BASIC + SCENARIOS)).values()
    plain = json.loads(json.dumps(parameters.of_notebook()))
    again = Parameters(municipality="2309", year=2022, horizon=2037, scenarios=plain["scenarios"], aims=plain["aims"])
    assert again.scenarios == parameters.scenarios and again.aims == {2030: 16000}
    assert plain["scenarios"]["fler"] == {"title": "100 fler", "in_migration": {"persons": 100, "start": 2023}}
    assert plain["persons_per_dwelling"] == 2.2


def test_a_misspelt_key_deep_in_a_scenario_names_the_right_one(tmp_path: Path) -> None:
    text = told(tmp_path, BASIC + SCENARIOS.replace("vacancy", "vacansy"))
    assert "nyckel scenarios.bostader.housing.vacansy" in text and 'Menade du "vacancy"?' in text
