"""The made-up municipality's files: made anew they are the same bytes, and they hold together."""

from __future__ import annotations

import runpy
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
FOLDERS = ("budget", "drivers", "volumes", "investments", "comments")


@pytest.fixture(scope="module")
def script() -> dict[str, Any]:
    return runpy.run_path(str(ROOT / "tests" / "exempelkommun.py"))


def test_the_files_are_what_the_script_makes(script: dict[str, Any], tmp_path: Path) -> None:
    script["main"](tmp_path)
    made = {p.relative_to(tmp_path).as_posix(): p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    held = {name: (ROOT / "data" / name).read_bytes().replace(b"\r\n", b"\n") for name in made}
    assert len(made) > 40
    assert [name for name in made if made[name] != held[name]] == []
    ledgers = {f"budget/{path.name}" for path in (ROOT / "data" / "budget").glob("0000-*")}
    assert ledgers <= set(made)  # a ledger is all files of its name: one more would be added to it


def test_the_files_are_small(script: dict[str, Any]) -> None:
    assert sum(p.stat().st_size for f in FOLDERS for p in (ROOT / "data" / f).glob("0000-*")) < 400_000


@pytest.mark.parametrize("year", range(2021, 2026))
def test_the_notes_say_that_the_figures_are_made_up(year: int) -> None:
    notes = yaml.safe_load((ROOT / "data" / "budget" / f"0000-{year}.yaml").read_text(encoding="utf-8"))
    assert notes["document"] == {"title": f"Påhittade siffror {year}", "body": "Exempelkommun"}


@pytest.mark.parametrize("year", range(2021, 2026))
def test_the_years_end_at_the_results_they_are_meant_to(script: dict[str, Any], year: int) -> None:
    assert sum(map(sum, script["outcome"](year).values())) == script["RESULTS"][year]
    assert sum(map(sum, script["budget"](year).values())) == script["PLANNED_RESULT"]


@pytest.mark.parametrize("year", range(2021, 2026))
def test_what_is_sold_inside_is_bought_inside_the_same_month(script: dict[str, Any], year: int) -> None:
    for rows in (script["outcome"](year), script["budget"](year)):
        between: dict[tuple[str, ...], list[int]] = defaultdict(lambda: [0] * 12)
        for (board, _, _, counterpart, *_), months in rows.items():
            if counterpart:
                pair = tuple(sorted((board, counterpart)))
                between[pair] = [a + b for a, b in zip(between[pair], months, strict=True)]
        assert between and all(sums == [0] * 12 for sums in between.values())


def test_what_the_namnder_say_of_price_and_volume_is_what_their_volumes_give(script: dict[str, Any]) -> None:
    said: dict[tuple[str, str, str], float] = defaultdict(float)
    for board, line, against, driver, amount, _ in script["DRIVERS"]:
        if not against and driver in ("volym", "pris"):
            said[board, line, driver] += amount
    given: dict[tuple[str, str, str], float] = defaultdict(float)
    for board, line, _, _, before, price, after, new_price in script["VOLUMES"]:
        given[board, line, "volym"] -= (after - before) * price
        given[board, line, "pris"] -= after * (new_price - price)
    assert {place: amount for place, amount in said.items() if amount} == {
        place: pytest.approx(amount) for place, amount in given.items() if abs(amount) > 0.5
    }


def test_what_a_driver_says_of_trade_inside_is_said_on_both_sides(script: dict[str, Any]) -> None:
    inside = [amount for *_, driver, amount, note in script["DRIVERS"] if driver == "annat" and "bokningar" in note]
    assert len(inside) == 3 and sum(inside) == 0
