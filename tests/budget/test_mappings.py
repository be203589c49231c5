from __future__ import annotations

import pandas as pd
import pytest

from krokomanalys.budget.mappings import account_faults, by_account, longest_match, moved, nearest, translated
from krokomanalys.errors import InputError

PLAN = pd.DataFrame(
    [
        ("Bas 24", "3", "income", "Intäkter"),
        ("Bas 24", "30", "income", "Försäljning"),
        ("Bas 24", "4", "cost", "Varor"),
        ("Bas 24", "5", "cost", "Personal"),
        ("Bas 24", "59", "any", "Fördelad personal"),
        ("Bas 24", "11", "balance", "Mark och byggnader"),
        ("Bas 20", "7", "cost", "Övrigt"),
    ],
    columns=["plan", "account", "kind", "name"],
)


def entries(*rows: dict[str, object]) -> pd.DataFrame:
    given = {"region": "0000", "year": 2025, "board": "N", "line": "L", "account": "", "kind": "cost"}
    return pd.DataFrame([given | {"basis": "outcome", "amount": -1.0} | row for row in rows])


def told(rows: pd.DataFrame, plan: str = "Bas 24") -> list[str]:
    return [str(fault) for fault in account_faults(rows, plan, PLAN, "fil.csv")]


def test_accounts_of_the_plan_and_rows_without_account_pass() -> None:
    rows = entries(
        {"account": "5010"},
        {"account": ""},
        {"account": "3010", "kind": "income"},
        {"account": "5910", "kind": "income"},
        {"account": "1130", "kind": "investment"},
        {"account": "4010", "kind": "investment"},
    )
    assert told(rows) == []


def test_an_unknown_account_is_told_with_its_row_and_the_nearest() -> None:
    found = told(entries({"account": "5010"}, {"account": "6010"}))
    assert found == [
        "fil.csv, rad 3, kolumn account: kontot 6010 finns inte. "
        'Väntade ett konto som börjar som i kontoplanen "Bas 24", närmast 59.'
    ]


def test_an_account_of_another_kind_is_told_once_for_all_its_rows() -> None:
    (found,) = told(entries({"account": "3010"}, {"account": "3010"}))
    assert "rad 2" in found and "kontot 3010 är intäkt i kontoplanen men raden är kostnad" in found


def test_the_longest_match_tells_the_kind() -> None:
    assert longest_match("5910", ["5", "59", "591", "6"]) == "591"
    assert longest_match("5910", ["6"]) is None
    assert told(entries({"account": "5910", "kind": "income"})) == []
    assert len(told(entries({"account": "5810", "kind": "income"}))) == 1


def test_a_balance_account_is_no_cost() -> None:
    assert "är balanskonto i kontoplanen men raden är kostnad" in told(entries({"account": "1130"}))[0]


def test_a_ledger_of_several_files_tells_which() -> None:
    rows = entries({"account": "9999"}).assign(file="data/budget/0000-2025-juni.csv", row=17)
    assert told(rows)[0].startswith("data/budget/0000-2025-juni.csv, rad 17, kolumn account")


def test_a_plan_that_is_not_there_is_told_with_those_that_are() -> None:
    (found,) = told(entries({"account": "5010"}), "Bas 19")
    assert 'kontoplanen "Bas 19" finns inte. Väntade någon av Bas 20, Bas 24' in found


@pytest.mark.parametrize(("account", "near"), [("5290", "52"), ("5380", "54"), ("59999", "599"), ("A1", "52")])
def test_the_nearest_account_has_most_leading_digits_alike(account: str, near: str) -> None:
    assert nearest(account, ["52", "54", "599"]) == near


CHANGES = pd.DataFrame(
    [("Bas 20", "Bas 24", "5", "5"), ("Bas 20", "Bas 24", "553", "463"), ("Bas 20", "Bas 24", "7", "6")],
    columns=["from_plan", "to_plan", "from_account", "to_account"],
)


def test_accounts_are_carried_to_the_later_plan_by_their_longest_match() -> None:
    rows = entries({"account": "5010"}, {"account": "5530"}, {"account": "7610"}, {"account": ""})
    found = translated(rows, CHANGES, "Bas 20", "Bas 24", "fil.csv")
    assert found["account"].tolist() == ["5010", "4630", "6610", ""]
    assert rows["account"].tolist() == ["5010", "5530", "7610", ""]


def test_an_account_without_a_successor_is_never_taken_for_unchanged() -> None:
    with pytest.raises(InputError, match=r'rad 2, kolumn account: kontot 8010 har ingen motsvarighet från "Bas 20"'):
        translated(entries({"account": "8010"}), CHANGES, "Bas 20", "Bas 24", "fil.csv")


def test_years_by_account_sum_and_differ() -> None:
    earlier = entries({"account": "5010", "amount": -10.0}, {"account": "5010", "amount": -5.0}, {"account": "6100"})
    later = entries({"account": "5010", "amount": -18.0}, {"account": "5010", "amount": -99.0, "basis": "budget"})
    found = by_account(earlier, later).set_index("account")
    assert found.loc["5010", ["earlier", "later", "change"]].tolist() == [-15, -18, -3]
    assert pd.isna(found.loc["6100", "change"])


def organisation(*rows: tuple[int, str, str, str, str]) -> pd.DataFrame:
    columns = ["from_year", "from_board", "from_line", "to_board", "to_line"]
    return pd.DataFrame(rows, columns=columns).assign(region="0000")


OLD = entries(
    {"year": 2019, "board": "KS", "line": "AME"},
    {"year": 2019, "board": "KS", "line": "Kansli"},
    {"year": 2020, "board": "KS", "line": "AME"},
)


def places(found: pd.DataFrame) -> list[tuple[str, str]]:
    return list(zip(found["board"], found["line"], strict=True))


def test_a_unit_that_moved_is_compared_with_itself() -> None:
    found = moved(OLD, organisation((2020, "KS", "AME", "SN", "Arbetsmarknad")), 2020)
    assert places(found) == [("SN", "Arbetsmarknad"), ("KS", "Kansli"), ("KS", "AME")]


def test_a_whole_board_that_moved_keeps_its_lines() -> None:
    found = moved(OLD, organisation((2020, "KS", "", "Nya KS", "")), 2021)
    assert places(found) == [("Nya KS", "AME"), ("Nya KS", "Kansli"), ("KS", "AME")]


def test_a_unit_that_moved_twice_ends_in_the_later_place() -> None:
    changes = organisation((2021, "SN", "AME", "AN", "AME"), (2020, "KS", "AME", "SN", "AME"))
    assert places(moved(OLD, changes, 2021))[0] == ("AN", "AME")
    assert places(moved(OLD, changes, 2020))[0] == ("SN", "AME")


def test_what_moves_after_the_year_compared_stays() -> None:
    assert places(moved(OLD, organisation((2022, "KS", "AME", "SN", "AME")), 2021)) == places(OLD)


def test_another_municipality_is_left_alone() -> None:
    other = pd.concat([OLD, OLD.assign(region="2262")], ignore_index=True)
    found = moved(other, organisation((2020, "KS", "AME", "SN", "AME")), 2020)
    assert found["board"].tolist() == ["SN", "KS", "KS", "KS", "KS", "KS"]


def test_columns_of_categories_take_the_new_names() -> None:
    changes = organisation((2020, "KS", "AME", "SN", "Arbetsmarknad"))
    held = OLD.astype({"board": "category", "line": "category"})
    assert places(moved(held, changes, 2020)) == places(moved(OLD, changes, 2020))
