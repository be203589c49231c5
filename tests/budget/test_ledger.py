from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from krokomanalys.budget.ledger import Ledger, amounts, as_ledger, break_between, total
from krokomanalys.errors import InputError
from krokomanalys.sources.ledger import LedgerNotes

Make = Callable[..., Ledger]


def test_income_and_cost_add_up_to_the_net_cost(timra: Ledger) -> None:
    result = amounts(timra, "result", 2020)
    assert total(result, "budget") == 29_920 - 135_466 == -105_546
    assert total(result, "outcome") == 36_014 - 140_883 == -104_869


def test_the_year_before_is_held_in_the_same_ledger(timra: Ledger) -> None:
    before = amounts(timra, "result", 2019)
    assert before["outcome"].tolist() == [104_395, -194_430]
    assert before["budget"].isna().all()
    assert total(before, "outcome") == -90_035


def test_varav_rows_are_shown_and_not_added_again(timra: Ledger) -> None:
    net = amounts(timra, "net", 2020)
    assert len(net) == 6
    assert net["budget"].sum() == -105_546 - 89_430
    assert total(net, "budget") == -105_546
    assert total(net, "outcome") == -104_868


def test_rows_stand_in_the_files_order(timra: Ledger) -> None:
    assert amounts(timra, "investment", 2020)["line"].tolist() == [
        "Strategiska markköp",
        "Vivsta 19:1",
        "IT mm",
        "Exploatering",
        "Allmänna investeringar KLK",
    ]
    assert timra.tables == ("result", "net", "investment")


def test_accounts_of_one_line_are_added(make: Make) -> None:
    ledger = make([{"line": "Skola", "account": a, "amount": -5} for a in ("4010", "5010")])
    assert amounts(ledger, "net", 2020)["budget"].tolist() == [-10]


def test_an_amount_that_is_not_there_is_unknown_and_not_zero(make: Make) -> None:
    ledger = make(
        [{"line": "A", "amount": -5}, {"line": "B", "amount": -7}, {"line": "A", "basis": "outcome", "amount": 0}]
    )
    net = amounts(ledger, "net", 2020)
    assert net.loc[net["line"] == "A", "outcome"].item() == 0
    assert net.loc[net["line"] == "B", "outcome"].isna().all()
    assert str(total(net, "outcome")) == "nan"
    assert total(net, "budget") == -12


def test_a_year_without_rows_has_no_total(timra: Ledger) -> None:
    assert amounts(timra, "net", 2018).empty
    assert str(total(amounts(timra, "net", 2018), "budget")) == "nan"


@given(
    own=st.lists(st.integers(-1_000_000, 1_000_000), min_size=1, max_size=6),
    parts=st.lists(st.tuples(st.integers(0, 5), st.integers(-1_000_000, 1_000_000)), max_size=6),
)
def test_a_varav_row_never_changes_a_total(make: Make, own: list[int], parts: list[tuple[int, int]]) -> None:
    rows: list[dict[str, Any]] = [{"line": f"rad {i}", "amount": a} for i, a in enumerate(own)]
    varav = [{"line": f"varav {i}", "parent": f"rad {p % len(own)}", "amount": a} for i, (p, a) in enumerate(parts)]
    assert total(amounts(make(rows + varav), "net", 2020), "budget") == sum(own)


def test_years_on_either_side_of_a_break_cannot_be_compared(timra: Ledger) -> None:
    found = break_between(timra.notes, 2018, 2021)
    assert found is not None and "Arbetsmarknadsenheten" in found.reason
    assert break_between(timra.notes, 2020, 2021) is None
    assert break_between(timra.notes, 2018, 2019) is None


A, OUT = {"line": "A", "amount": -5}, {"line": "A", "basis": "outcome", "amount": -6}


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([A | {"region": "2309"}], 'rad 2, kolumn region: raderna gäller "2309". Väntade "2262"'),
        ([A, A | {"line": ""}], "rad 3, kolumn line: raden saknar namn"),
        ([OUT | {"month": 3}, OUT], 'rad 3, kolumn month: "A" har både ett belopp för hela året och belopp per månad'),
        (
            [A | {"version": "rambudget juni"}, A | {"version": "budget november"}],
            '(net) finns i flera versioner ("rambudget juni", "budget november") och alla har inte beslutsdatum',
        ),
        (
            [A | {"version": v, "decided": "2019-06-18"} for v in ("juni", "november")],
            "två versioner med samma beslutsdatum",
        ),
        (
            [A | {"version": "juni", "decided": d, "line": d} for d in ("2019-06-18", "2019-06-19")],
            'versionen "juni" av budget 2020 (net) har flera beslutsdatum',
        ),
        ([OUT | {"version": v} for v in ("a", "b")], "utfall 2020 (net) finns i flera versioner"),
        ([A | {"parent": "Förvaltning"}], 'rad 2, kolumn parent: "A" 2020 är varav "Förvaltning", som inte finns'),
        ([A | {"parent": "A"}], '"A" 2020 är varav sig själv'),
        ([A | {"parent": "B"}, A | {"line": "B", "parent": "A"}], '"A" 2020 är varav sig själv'),
        (
            [A, A | {"line": "B", "parent": "A"}, OUT, OUT | {"line": "B"}],
            'rad 5, kolumn parent: "B" (net) har inte samma överordnade rad',
        ),
        ([A, A | {"line": "Summa net"}], 'rad 3, kolumn line: summaraden "Summa net" står bland raderna'),
        ([A | {"kind": "cost", "amount": 5}], "kostnaderna i budget 2020 blir tillsammans 5 tkr"),
        ([OUT | {"kind": "income"}], "intäkterna i utfall 2020 blir tillsammans −6 tkr"),
        ([A | {"kind": "investment"}], "investeringarna i budget 2020 blir tillsammans −5 tkr"),
    ],
)
def test_a_ledger_whose_sums_would_mislead_is_refused(make: Make, rows: list[dict[str, Any]], said: str) -> None:
    with pytest.raises(InputError) as refused:
        make(rows)
    assert said in str(refused.value)
    assert "data/budget/2262-2020.csv" in str(refused.value)


def test_a_printed_line_that_is_neither_a_row_nor_the_total_is_refused(make: Make) -> None:
    with pytest.raises(InputError) as refused:
        make([A], printed=[{"table": "net", "line": x, "budget": -5} for x in ("Summa net", "A", "Skloa")])
    (fault,) = refused.value.faults
    assert str(fault) == (
        'data/budget/2262-2020.yaml, nyckel printed.3.line: "Skloa" finns inte bland raderna i tabellen net. '
        "Väntade någon av A, Summa net."
    )


def test_all_faults_are_found_at_once(make: Make) -> None:
    with pytest.raises(InputError) as refused:
        make([A | {"region": "2309", "parent": "Förvaltning"}, A | {"month": 1, "region": "2309"}, A | {"line": ""}])
    assert len(refused.value.faults) == 4


def test_a_table_without_a_heading_is_refused(make: Make) -> None:
    with pytest.raises(InputError, match="tabellen net men ingen rubrik"):
        make([A], tables={})


def test_a_plan_must_be_about_rows_that_are_there(make: Make) -> None:
    plan = {"result": "A", "reserve": "RUR", "percent": {2021: 1.0}, "percent_rounded_to": 0.1}
    with pytest.raises(InputError) as refused:
        make([A], plan=plan)
    first, second = map(str, refused.value.faults)
    assert 'planen nämner raden "RUR"' in first
    assert "andel för 2021" in second


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"printed": [{"table": "net", "line": "A"}]}, "har inget belopp"),
        (
            {
                "printed": [
                    {"table": "net", "line": "A", "budget": 1},
                    {"table": "net", "line": "A", "year": 2020, "outcome": 1},
                ]
            },
            "mer än en gång",
        ),
        ({"tables": {}, "printed": [{"table": "net", "line": "A", "budget": 1}]}, "ingen rubrik under tables"),
        ({"breaks": [{"years": [2020, 2019], "reason": "ny fördelning"}]}, "tidigare år först"),
    ],
)
def test_notes_that_contradict_themselves_are_refused(timra: Ledger, change: dict[str, Any], said: str) -> None:
    notes = timra.notes.model_dump(exclude={"printed", "forecasts"}) | change
    with pytest.raises(ValueError, match=said):
        LedgerNotes.model_validate(notes)


def test_a_board_without_rows_is_an_empty_ledger_and_not_a_fault(timra: Ledger) -> None:
    empty = as_ledger(timra.entries.drop(columns="table").head(0), timra.notes)
    assert empty.tables == ()
    assert amounts(empty, "net", 2020).empty


def test_a_misspelt_board_or_unit_is_told_with_the_nearest_where_the_notes_have_the_organisation(make: Make) -> None:
    organisation = {"Socialnämnden": ["Hemtjänst", "Boenden"]}
    rows = [("Socialnämnden", "Hemtjänst"), ("Socialnämden", "Boenden"), ("Socialnämnden", "Boende")]
    with pytest.raises(InputError) as refused:
        make([A | {"board": board, "line": line} for board, line in rows], organisation=organisation)
    first, second = map(str, refused.value.faults)
    assert 'rad 3, kolumn board: nämnden "Socialnämden" finns inte' in first and 'Menade du "Socialnämnden"?' in first
    assert 'rad 4, kolumn line: "Boende" hos Socialnämnden' in second and 'Menade du "Boenden"?' in second
    make([A | {"line": "Hemtjänst"}], organisation=organisation, board="Socialnämnden")
