"""Files of data/balance: what is refused, what a day knows of, and that the made-up one agrees with its ledger."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from krokomanalys.errors import InputError
from krokomanalys.report.money import ledger_of
from krokomanalys.sources.balance import BalanceNotes, known, tells_plan
from krokomanalys.sources.load import load
from krokomanalys.sources.yaml_files import checked, read_yaml

DATA = Path(__file__).parents[2] / "data" / "balance"


def read(**keys: Any) -> BalanceNotes:
    standard: dict[str, Any] = {
        "region": "0000",
        "document": {"title": "Prov", "body": "Exempelkommun"},
        "unit": "tkr",
        "rounded_to": 1,
    }
    return checked(standard | keys, BalanceNotes, "data/balance/0000.yaml")


def one(**keys: Any) -> dict[str, Any]:
    return {"year": 2024, "basis": "outcome", "name": "Bokslut"} | keys


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"statements": [one(gains=5)]}, 'nyckel statements.1.gains: "5" kan inte stå här. Väntade högst 0'),
        ({"statements": [one(from_rur=-5)]}, "Väntade minst 0"),
        ({"statements": [one(reslt=5)]}, 'nyckeln "reslt" är okänd. Menade du "result"?'),
        ({"statements": [one(waived=5)]}, "waived 2024 behöver waived_reason"),
        ({"statements": [one(other=5)]}, "other 2024 behöver other_note"),
        ({"statements": [one(), one(name="Annat")]}, "2024 har flera utredningar av samma slag: decided behövs"),
        (
            {"statements": [one(decided="2025-04-01"), one(decided="2025-04-01", name="Annat")]},
            "har samma år, slag och dag som en annan",
        ),
        (
            {"statements": [one()], "deficits": [{"year": 2024, "amount": 5}]},
            "underskottet 2024 är inte äldre än den första utredningen (2024)",
        ),
        (
            {
                "sensitivity": [
                    {
                        "year": 2024, "what": "El", "words": "dyrare", "unit": "MWh", "change": 1, "change_unit": "%",
                        "falls_on": "costs",
                    }
                ]
            },
            'procent räknas på pengar, och "MWh" är inte kr, tkr eller mkr',
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused(keys: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError) as raised:
        read(**keys)
    assert words in str(raised.value)


def test_a_day_knows_of_outcomes_of_years_that_have_ended_and_of_decisions_made() -> None:
    notes = read(
        statements=[
            one(year=2023),
            one(basis="budget", decided="2023-11-27"),
            one(basis="budget", decided="2024-04-24", name="Reviderad"),
            one(),
        ]
    )
    assert [s.name for s in known(notes, date(2024, 3, 31)).statements] == ["Bokslut", "Bokslut"]
    assert len(known(notes, date(2024, 12, 30)).statements) == 3
    assert len(known(notes, date(2024, 12, 31)).statements) == 4


def test_notes_tell_of_a_plan_by_a_budget_and_not_by_what_could_change_it_alone() -> None:
    assert tells_plan(read_yaml(DATA / "0000.yaml", BalanceNotes, "0000.yaml"), 2026)
    assert not tells_plan(read_yaml(DATA / "0000.yaml", BalanceNotes, "0000.yaml"), 2030)
    assert not tells_plan(read_yaml(DATA / "2380.yaml", BalanceNotes, "2380.yaml"), 2024)


@pytest.mark.parametrize("year", [2021, 2022, 2023, 2024, 2025])
def test_the_made_up_municipalitys_results_are_those_of_its_ledger(year: int) -> None:
    notes = read_yaml(DATA / "0000.yaml", BalanceNotes, "0000.yaml")
    entries = ledger_of(load("budgetuppfoljning", None, municipality="0000", year=year)).entries
    operations = entries[entries["kind"].isin(["income", "cost", "net", "grant"])]
    sums = operations.groupby(["basis", "decided"], observed=True)["amount"].sum().round(6).to_dict()
    told = {(s.basis, s.decided.isoformat() if s.decided else ""): s.result for s in notes.statements if s.year == year}
    assert {key: sums[key] for key in told} == told
    outcomes = operations[operations["basis"] == "outcome"]
    base = outcomes[outcomes["line"].isin(["Skatteintäkter", "Generella statsbidrag och utjämning"])]["amount"].sum()
    (closed,) = [s for s in notes.statements if s.year == year and s.basis == "outcome"]
    assert closed.taxes_and_grants == base
