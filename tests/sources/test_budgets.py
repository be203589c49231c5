"""The ledgers that a report is made from: files that make one, and what was known on a day."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from krokomanalys.errors import InputError, MissingFigures
from krokomanalys.sources.load import load
from krokomanalys.sources.slices import BudgetTables, Slice, whole_months

NOTES = """region: "0000"
year: 2022
document: {title: Påhittade siffror, body: Exempelkommun}
unit: tkr
rounded_to: 1
signs: {operations: intäkt +}
tables: {net: {title: Netto, total: Summa}}
"""
HEAD = "region,year,month,board,kind,basis,version,decided,amount,line\n"


def rows(*given: str) -> str:
    return HEAD + "".join(f"0000,2022,{row}\n" for row in given)


BUDGET = rows("3,Nämnden,net,budget,budget november,2021-11-20,-10,Skola")
JUNE = rows("3,Nämnden,net,budget,rambudget juni,2021-06-15,-9,Skola")
OUTCOME = rows(*(f"{month},Nämnden,net,outcome,,,-1,Skola" for month in range(1, 9)))


def folder(at: Path, **files: str) -> Path:
    for name, text in files.items():
        path = at / "budget" / f"0000-2022{name.removeprefix('x').replace('_', '-')}.csv"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (at / "budget" / "0000-2022.yaml").write_text(NOTES, encoding="utf-8")
    return at


def loaded(data: Path, period: str | None = "08", **more: str) -> Slice:
    return load("budgetuppfoljning", data, municipality="0000", year=2022, period=period, **more)


def budget(slice_: Slice) -> BudgetTables:
    assert slice_.budget is not None
    return slice_.budget


def test_files_of_one_year_are_one_ledger_and_each_row_knows_its_place(tmp_path: Path) -> None:
    held = budget(loaded(folder(tmp_path, x=OUTCOME, x_juni=JUNE, x_november=BUDGET))).ledger
    assert len(held) == 10
    place = held.loc[held["version"] == "rambudget juni", ["file", "row"]].to_numpy().tolist()
    assert place == [[str(tmp_path / "budget/0000-2022-juni.csv"), 2]]


def test_the_same_amount_in_two_files_is_told_with_both_places(tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        loaded(folder(tmp_path, x=OUTCOME, x_juni=JUNE, x_juni_igen=JUNE))
    text = str(refused.value)
    assert "0000-2022-juni.csv, rad 2: samma uppgift som i" in text and "0000-2022-juni-igen.csv, rad 2" in text


def test_outcomes_after_the_period_and_later_decisions_are_not_known(tmp_path: Path) -> None:
    late = rows("3,Nämnden,net,budget,reviderad budget,2022-06-02,-11,Skola")
    data = folder(tmp_path, x=OUTCOME, x_november=BUDGET, x_reviderad=late)
    held = budget(loaded(data, "05")).ledger
    assert held.loc[held["basis"] == "outcome", "month"].max() == 5
    assert set(held.loc[held["basis"] == "budget", "version"]) == {"budget november"}
    assert "reviderad budget" in set(budget(loaded(data, "06")).ledger["version"])


def test_the_forecast_made_in_september_on_the_months_to_august_is_known_at_the_end_of_august(tmp_path: Path) -> None:
    made = [
        f",Nämnden,net,forecast,{name},{day},-12,Skola" for name, day in (("aug", "2022-09-14"), ("okt", "2022-11-10"))
    ]
    held = budget(loaded(folder(tmp_path, x=OUTCOME, x_budget=BUDGET, x_prognos=rows(*made)))).ledger
    assert set(held.loc[held["basis"] == "forecast", "version"]) == {"aug"}


@pytest.mark.parametrize(
    ("period", "said"),
    [
        ("09", "Utfall till och med september 2022. Senaste månad: Nämnden (augusti)"),
        (None, "Utfall till och med december 2022. Senaste månad: Nämnden (augusti)"),
    ],
)
def test_months_that_nobody_has_given_are_missing_and_not_zero(tmp_path: Path, period: str | None, said: str) -> None:
    with pytest.raises(MissingFigures) as missing:
        loaded(folder(tmp_path, x=OUTCOME, x_budget=BUDGET), period)
    assert said in str(missing.value)


def test_the_own_folders_files_replace_all_of_the_embedded_ledger(tmp_path: Path) -> None:
    held = budget(loaded(folder(tmp_path, x=OUTCOME, x_budget=BUDGET)))
    assert set(held.ledger["board"]) == {"Nämnden"}
    assert [tables.notes.year for tables in held.earlier] == [2021], "the embedded ledger of the year before"


def test_earlier_years_hold_all_boards_since_a_unit_may_have_come_from_another() -> None:
    told = load("budgetuppfoljning", municipality="0000", year=2025, period="08", board="Socialnämnden")
    assert set(budget(told).ledger["board"]) == {"Socialnämnden"}
    assert [tables.notes.year for tables in budget(told).earlier] == [2024, 2023, 2022, 2021]
    assert all(tables.ledger["board"].nunique() > 1 for tables in budget(told).earlier)
    assert told.made_up


def test_comments_on_a_period_are_all_its_files_and_no_others(tmp_path: Path) -> None:
    (tmp_path / "comments").mkdir()
    for name, board in (("0000-2022-08-namnden", "Nämnden"), ("0000-2022-08-andra", "Andra"), ("0000-2022", "")):
        text = f"region,year,board,line,kommentar\n0000,2022,{board},Skola,från {name}\n"
        (tmp_path / f"comments/{name}.csv").write_text(text, encoding="utf-8")
    data = folder(tmp_path, x=OUTCOME, x_budget=BUDGET)
    assert sorted(loaded(data).comments["kommentar"]) == ["från 0000-2022-08-andra", "från 0000-2022-08-namnden"]
    assert list(loaded(data, board="Nämnden").comments["board"]) == ["Nämnden"]
    assert loaded(data, "07").comments.empty


@pytest.mark.parametrize(
    ("day", "months"),
    [
        ("2022-08-31", 8),
        ("2022-08-30", 7),
        ("2022-12-31", 12),
        ("2022-12-30", 11),
        ("2023-03-01", 12),
        ("2021-12-31", 0),
    ],
)
def test_a_month_is_known_when_it_has_ended(day: str, months: int) -> None:
    assert whole_months(date.fromisoformat(day), 2022) == months


def test_a_board_that_has_not_booked_the_last_month_is_named_and_has_not_spent_nothing(
    tmp_path: Path,
) -> None:
    other = rows(*(f"{month},Andra,net,outcome,,,-1,Vård" for month in range(1, 8)), "3,Andra,net,budget,,,-9,Vård")
    with pytest.raises(MissingFigures) as missing:
        loaded(folder(tmp_path, x=OUTCOME, x_budget=BUDGET.replace("budget november,2021-11-20", ","), x_andra=other))
    assert "Utfall till och med augusti 2022. Senaste månad: Andra (juli)" in str(missing.value)


def test_an_outcome_for_the_year_only_is_told_of_in_a_period(tmp_path: Path) -> None:
    other = rows(",Nämnden,net,outcome,,,-12,Vård")
    with pytest.raises(MissingFigures) as missing:
        loaded(folder(tmp_path, x=OUTCOME, x_budget=BUDGET, x_andra=other))
    assert "för Vård (Nämnden): bara årets belopp finns" in str(missing.value)


def test_a_misspelt_board_is_told_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(MissingFigures) as missing:
        loaded(folder(tmp_path, x=OUTCOME, x_budget=BUDGET), board="Nämden")
    assert "Nämnden Nämden finns inte" in str(missing.value) and 'Menade du "Nämnden"' in str(missing.value)
