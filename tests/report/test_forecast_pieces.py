"""The forecast and its record as the budget report shows them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from krokomanalys.budget.methods import METHODS
from krokomanalys.budget.track_record import Streak
from krokomanalys.errors import InputError
from krokomanalys.report.figures_forecast import row_paths, year_path
from krokomanalys.report.forecast import (
    Outlook,
    coverage_table,
    forecast_findings,
    forecast_prose,
    forecast_table,
    methods_table,
    year_outlook,
)
from krokomanalys.report.money import ledger_of
from krokomanalys.report.record import (
    methods_record,
    record_by_year,
    record_prose,
    record_table,
    streak_words,
)
from krokomanalys.sources.load import load
from krokomanalys.swedish import NBSP


def outlook(
    municipality: str = "0000", year: int = 2025, until: str | None = None, board: str | None = None
) -> Outlook:
    slice_ = load("budgetuppfoljning", municipality=municipality, year=year, known_until=until, board=board)
    return year_outlook(slice_, ledger_of(slice_))


@pytest.fixture(scope="module")
def august() -> Outlook:
    return outlook(until="2025-09-20")


@pytest.fixture(scope="module")
def whole() -> Outlook:
    return outlook()


@pytest.fixture(scope="module")
def timra() -> Outlook:
    return outlook("2262", 2020)


FORECASTS = (forecast_prose, year_path, row_paths, forecast_table, methods_table)
RECORDS = (record_table, record_by_year, methods_record, coverage_table)


def test_a_year_that_has_ended_or_has_no_months_shows_no_forecast(whole: Outlook, timra: Outlook) -> None:
    for told in (whole, timra):
        assert [piece(told) for piece in FORECASTS] == [None] * len(FORECASTS)
        assert forecast_findings(told) == []


def test_a_first_year_shows_a_forecast_without_interval_and_no_record() -> None:
    told = outlook(year=2021, until="2021-04-30")
    assert [piece(told) for piece in (record_prose, *RECORDS)] == [None] * 5
    prose, table = forecast_prose(told), forecast_table(told)
    assert prose is not None and table is not None
    assert "Tidigare års månader saknas" in prose.plain
    assert "low" not in table.columns


def test_the_forecast_is_told_with_its_interval_beside_the_one_handed_in(august: Outlook) -> None:
    assert august.forecast is not None
    last = august.forecast.rows.iloc[-1]
    said = f"{abs(round(last['blend'] - last['budget'])):,}".replace(",", NBSP)
    text = forecast_findings(august)[0]
    assert f"**{said}{NBSP}tkr** bättre än budget, 80-procentigt intervall" in text
    assert f"Lämnad prognos (prognos augusti): +1{NBSP}200{NBSP}tkr." in text


def test_a_namnds_own_page_says_the_same_of_it_as_the_municipalitys(august: Outlook) -> None:
    whole, own = forecast_table(august), forecast_table(outlook(until="2025-09-20", board="Socialnämnden"))
    assert whole is not None and own is not None
    there = whole.frame.set_index("name").loc["Socialnämnden"]
    for column in ("blend", "low", "high", "managers"):
        assert own.frame[column].iloc[-1] == pytest.approx(there[column])


def intervals_held(told: Outlook, monkeypatch: pytest.MonkeyPatch, tried: int, inside: int) -> Outlook:
    """The outlook with intervals of the total that have been tried and held so many times."""
    held = pd.DataFrame({"total_n": [tried], "total_inside": [inside]})
    monkeypatch.setattr("krokomanalys.report.forecast.coverage", lambda *_: held)
    return told


@pytest.mark.parametrize(
    ("tried", "inside", "words"),
    [
        (20, 13, f" (har hållit i 65{NBSP}% av 20 prövade fall)"),
        (20, 14, ""),
        (20, 18, ""),
        (20, 19, f" (har hållit i 95{NBSP}% av 20 prövade fall)"),
        (0, 0, " (ännu inte prövat)"),
    ],
)
def test_an_interval_that_has_held_far_from_80_per_cent_says_so_at_once(
    august: Outlook, monkeypatch: pytest.MonkeyPatch, tried: int, inside: int, words: str
) -> None:
    told = intervals_held(august, monkeypatch, tried, inside)
    assert f"tkr{words}. Lämnad prognos" in forecast_findings(told)[0]
    section = forecast_prose(told)
    assert section is not None
    said = "intervallet för summan har hållit" in section.plain
    assert said == (words == "")  # once a page


def test_the_section_does_not_repeat_the_finding(august: Outlook) -> None:
    section = forecast_prose(august)
    assert section is not None
    assert "Beräknat på utfallet slutar året" not in section.plain
    assert section.plain.startswith("Prognosen väger ihop")


def test_a_sum_outside_both_methods_is_explained_and_one_between_them_is_not(august: Outlook) -> None:
    outside, between = methods_table(august), methods_table(outlook(until="2025-09-20", board="Socialnämnden"))
    assert outside is not None and between is not None
    words = "Vikten är olika för raderna, därför ligger den sammanvägda summan utanför de två."
    for table, said in ((outside, True), (between, False)):
        last = table.frame.iloc[-1]
        low, high = sorted((last["seasonal"], last["profile"]))
        assert (not low <= last["blend"] <= high) == said
        assert (words in table.note) == said


def test_the_table_holds_every_namnd_and_a_total_that_is_their_sum(august: Outlook) -> None:
    table = forecast_table(august)
    assert table is not None
    own = table.frame[table.frame["kind_of_row"] == ""]
    assert len(own) == 6
    for column in ("budget", "blend", "managers", "variance", "apart"):
        assert table.frame[column].iloc[-1] == pytest.approx(own[column].sum())
    assert (table.frame["low"] < table.frame["blend"]).all()
    assert table.frame["name"].iloc[-1] == "Årets resultat"
    assert "Lämnad prognos: prognos augusti." in table.note


def test_a_namnd_whose_forecast_lies_outside_the_interval_is_asked_about() -> None:
    told = forecast_prose(outlook(until="2025-09-20", board="Socialnämnden"))
    assert told is not None
    assert "Individ- och familjeomsorg har en lämnad prognos som ligger utanför" in told.plain


def test_the_result_is_drawn_against_budget_and_a_net_cost_as_its_distance_from_it(august: Outlook) -> None:
    result = year_path(august)
    cost = year_path(outlook(until="2025-09-20", board="Socialnämnden"))
    assert result is not None and cost is not None
    assert {"outcome", "budget", "before", "forecast", "low", "high"} <= set(result.table.columns)
    assert "budget" not in cost.table.columns
    assert result.table.frame["budget"].iloc[-1] == pytest.approx(3_500)
    assert result.table.frame["before"].iloc[-1] == pytest.approx(9_000)
    assert np.isfinite(result.table.frame["outcome"]).sum() == 8
    assert "mot budgetens 3" in result.alt
    assert "avvikelse från budget" in cost.alt
    held = result.table.frame[["low", "high"]]
    assert held.notna().all(axis=1).tolist() == [False] * 8 + [True] * 4
    wide = (held["high"] - held["low"]).to_numpy()[8:]
    assert wide == pytest.approx(wide[-1] * np.array([0.25, 0.5, 0.75, 1]))


def test_each_rows_picture_has_its_months_behind_it(august: Outlook) -> None:
    drawn = row_paths(august)
    assert drawn is not None
    assert len(drawn.table.columns) == 7
    shown = drawn.table.frame.drop(columns="month")
    assert np.isfinite(shown).all(axis=None)  # what is drawn after August too
    named = {column.label: shown[key].iloc[-1] for key, column in drawn.table.columns.items() if key != "month"}
    table = forecast_table(august)
    assert table is not None
    variances = table.frame.set_index("name")["variance"].drop("Årets resultat").to_dict()
    assert named == pytest.approx(variances)
    assert drawn.table.note == "Utfall till och med augusti, därefter beräknad prognos."
    assert "Strecket i december är 80-procentigt intervall." in drawn.caption
    assert "Sämst beräknas Socialnämnden bli" in drawn.alt
    assert "Budget utan månader är fördelad som tidigare års utfall." in drawn.caption


def test_the_methods_stand_side_by_side_and_say_what_is_not_periodised(august: Outlook) -> None:
    table = methods_table(august)
    assert table is not None
    assert {"to_date", *METHODS} < set(table.columns)
    assert table.note.endswith(" Miljö- och byggnadsnämnden har budget som inte är delad på månader.")


def test_the_record_says_who_has_said_too_little_for_years(whole: Outlook) -> None:
    told = record_prose(whole)
    assert told is not None
    assert "Socialnämnden har underskattat kostnaderna fyra år i rad (2022–2025), i snitt" in told.plain
    assert told.plain.count("Varje år räknas i snitt över årets prognoser.") == 1


@pytest.mark.parametrize(
    ("better", "income", "words"),
    [
        (False, False, "underskattat kostnaderna"),
        (True, False, "överskattat kostnaderna"),
        (True, True, "underskattat intäkterna"),
        (False, True, "överskattat intäkterna"),
    ],
)
def test_a_streak_in_words(better: bool, income: bool, words: str) -> None:
    told = streak_words(Streak("Nämnden", 4, 2022, 2025, better, -0.61, income))
    assert told == f"**Nämnden** har {words} **fyra år i rad** (2022–2025), i snitt 0,6{NBSP}%."


def test_a_streak_of_a_net_near_zero_has_no_per_cent() -> None:
    told = streak_words(Streak("Måltidsservice", 5, 2021, 2025, False, -450.0, False))
    assert told == "**Måltidsservice** har underskattat kostnaderna **fem år i rad** (2021–2025)."


def test_columns_that_say_nothing_of_a_single_forecast_are_left_out_with_their_words(
    whole: Outlook, timra: Outlook
) -> None:
    one, many = record_table(timra), record_table(whole)
    assert one is not None and many is not None
    for key, word in (("bias_share", "Snedhet"), ("sign_p", "Teckentest")):
        assert (key in one.columns, word in one.note) == (False, False)
        assert (key in many.columns, word in many.note) == (True, True)


def test_what_a_results_per_cent_are_of_is_told_where_there_is_a_result(whole: Outlook, timra: Outlook) -> None:
    words = "är procenten av radernas nettokostnader eller nettointäkter, det som är störst"
    told = [record_table(told) for told in (whole, timra, outlook(board="Socialnämnden"))]
    assert [words in table.note for table in told if table] == [True, False, False]
    assert told[0] is not None and "För Årets resultat är procenten" in told[0].note


def test_a_unit_that_moved_is_told_beside_the_record_that_it_changes(whole: Outlook) -> None:
    words = (
        "Arbetsmarknadsenheten räknas till Socialnämnden alla år, men hörde till Kommunstyrelsen före 2023. "
        "Felen för åren före skiljer sig därför från prognoserna som de lämnades."
    )
    boards = (None, "Socialnämnden", "Kommunstyrelsen", "Barn- och utbildningsnämnden")
    told = [record_table(whole if board is None else outlook(board=board)) for board in boards]
    assert [words in table.note for table in told if table] == [True, True, True, False]


def test_timras_forecast_stands_in_the_record_with_its_error(timra: Outlook) -> None:
    table, told = record_table(timra), record_prose(timra)
    assert table is not None and told is not None
    row = table.frame.iloc[0]
    assert (row["count"], row["bias"]) == (1, -623)
    assert row["mape"] == pytest.approx(0.6, abs=0.05)
    assert f"var prognosens fel 8{NBSP}% mindre än om man trott att budgeten håller" in told.plain
    assert record_by_year(timra) is None
    assert methods_record(timra) is None


def test_handed_in_and_computed_are_judged_on_the_same_forecasts(whole: Outlook) -> None:
    table = methods_record(whole)
    assert table is not None
    assert set(table.frame["count"]) == {24}  # six rows, four years
    assert table.frame["after"].iloc[0] == "Lämnad prognos, mars"
    assert len(table.frame) == 3 * 5


def test_the_years_of_the_coverage_table_add_up(whole: Outlook) -> None:
    table = coverage_table(whole)
    assert table is not None
    own = table.frame[table.frame["kind_of_row"] == ""]
    assert table.frame["n"].iloc[-1] == own["n"].sum() == 198
    assert table.frame["inside"].iloc[-1] == own["inside"].sum()
    assert table.frame["share"].iloc[-1] == pytest.approx(own["inside"].sum() / 198 * 100)


def test_every_piece_is_a_page_fragment_that_names_its_source(august: Outlook) -> None:
    for piece in (*FORECASTS, *RECORDS):
        made = piece(august)
        assert made is not None
        if piece is not forecast_prose:
            assert "Påhittade siffror 2025" in made.html


def test_what_is_known_to_come_is_added_to_the_years_forecast_and_a_stranger_is_refused() -> None:
    slice_ = load("budgetuppfoljning", municipality="0000", year=2025, period="08")
    ledger = ledger_of(slice_)
    assert slice_.budget is not None
    row = {"region": "0000", "year": 2025, "board": "Socialnämnden", "line": "Äldreomsorg", "kind": "cost", "month": 11}

    def totals(line: str) -> float:
        known = pd.DataFrame([row | {"amount": -900.0, "note": "nytt avtal", "line": line}])
        assert slice_.budget is not None
        told = replace(slice_, budget=replace(slice_.budget, commitments=known))
        made = year_outlook(told, ledger).forecast
        assert made is not None
        return float(made.rows["blend"].iloc[-1])

    plain = year_outlook(slice_, ledger).forecast
    assert plain is not None
    assert totals("Äldreomsorg") == pytest.approx(plain.rows["blend"].iloc[-1] - 900)
    with pytest.raises(InputError, match=r'"Hemtjänsten" \(cost\) finns inte i huvudboken'):
        totals("Hemtjänsten")


def test_without_earlier_years_no_season_is_told() -> None:
    slice_ = load("budgetuppfoljning", municipality="0000", year=2025, period="08")
    assert slice_.budget is not None
    alone = replace(slice_, budget=replace(slice_.budget, earlier=()))
    tables = [methods_table(year_outlook(told, ledger_of(told))) for told in (alone, slice_)]
    assert [table is not None and "seasonal" in table.columns for table in tables] == [False, True]
    assert tables[0] is not None and "Säsong" not in tables[0].note and "profile" in tables[0].columns
