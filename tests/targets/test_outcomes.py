from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from krokomanalys.sources.goals import GoalVersion
from krokomanalys.sources.layouts import MEASURES
from krokomanalys.sources.measures import Measure
from krokomanalys.sources.tables import read_table
from krokomanalys.targets.composites import composite_words, weakest
from krokomanalys.targets.goals import goals_beside_printed, measures_table
from krokomanalys.targets.outcomes import Outcome, finished, gaps, outcomes, weigh

HEADER = "region,measure,date,value,precision,n,N,sampling,source,note"


def table(folder: Path, *rows: str) -> pd.DataFrame:
    """A measures file of made-up figures, read as any other; each row is measure,date,value,precision,n,N,sampling."""
    lines = [HEADER, *(f"0000,{row}" for row in rows)]
    path = folder / "0000.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return read_table(path, MEASURES, "measures/0000.csv")


def row(
    measure: str, date: str, value: object, *, n: str = "", size: str = "", sampling: str = "", note: str = ""
) -> str:
    return f"{measure},{date},{value},,{n},{size},{sampling},Påhittat,{note}"


def measure(**fields: Any) -> Measure:
    return Measure.model_validate({"id": "m", "name": "Mått", "unit": "%", "direction": "higher", **fields})


def parts(*weights: float | None) -> list[dict[str, object]]:
    return [{"measure": name, "weight": weight} for name, weight in zip("abc", weights, strict=False)]


def version(*measures: Measure) -> GoalVersion:
    goal = {"id": "g", "title": "Mål", "kind": "namnd", "measures": [m.model_dump() for m in measures]}
    content = {"region": "0000", "year": 2025, "document": {"title": "Mål", "body": "Kommunen"}, "goals": [goal]}
    return GoalVersion.model_validate(content)


def part_measures(names: str = "abc", **fields: Any) -> dict[str, Measure]:
    return {name: measure(id=name, name=name.upper(), **fields) for name in names}


def in_one_table(folder: Path, measures: Sequence[Measure], rows: Sequence[str], year: int = 2025) -> pd.DataFrame:
    return measures_table(version(*measures), table(folder, *rows), year, {}).set_index("measure")


# Cells


@pytest.mark.parametrize("cell", ["~23", "ca 23", "ca: 23", "runt 23", "ett 20-tal"])
def test_a_value_written_with_about_is_approximate_though_its_precision_is_blank(tmp_path: Path, cell: str) -> None:
    (found,) = outcomes(measure(), table(tmp_path, row("m", "2025-12-31", cell)), {})
    assert found.approximate
    assert found.value == (20 if "tal" in cell else 23)


def test_a_plain_value_is_exact(tmp_path: Path) -> None:
    (found,) = outcomes(measure(), table(tmp_path, row("m", "2025-12-31", 23, n="30", size="60")), {})
    assert (found.approximate, found.n, found.population_size) == (False, 30, 60)


# Nothing measured


def test_a_row_without_a_value_is_no_outcome_and_no_zero(tmp_path: Path) -> None:
    rows = table(tmp_path, row("m", "2024-12-31", 0), row("m", "2025-12-31", "", note="Alla evenemang ställdes in."))
    assert [(o.date, o.value) for o in outcomes(measure(), rows, {})] == [("2024-12-31", 0)]
    (found,) = gaps(measure(), rows)
    assert (found.date, found.why) == ("2025-12-31", "Mätvärde saknas: Alla evenemang ställdes in.")


def test_a_row_that_nobody_has_filled_in_is_a_gap_and_never_the_year_before(tmp_path: Path) -> None:
    rows = [row("m", "2024-12-31", 84), row("m", "2025-12-31", "")]
    found = in_one_table(tmp_path, [measure(target=80)], rows).loc["m"]
    assert (found["status"], found["rule"]) == (
        "not_judged",
        "Mätvärde för 2025 är tomt. Det senaste är 84\u00a0% från 31 december 2024.",
    )
    assert in_one_table(tmp_path, [measure(target=80)], rows[:1]).loc["m", "status"] == "met"
    asked = measure(relative_to="previous", strict=True)
    assert in_one_table(tmp_path, [asked], rows).loc["m", "rule"] == "Mätvärde för 2025 är tomt."


def test_an_empty_row_of_a_composite_leaves_it_to_its_parts(tmp_path: Path) -> None:
    whole = measure(id="w", target=70, parts=parts(None, None))
    rows = [row("a", "2025-06-30", 80), row("b", "2025-06-30", 70), row("w", "2025-12-31", "")]
    assert in_one_table(tmp_path, [whole, *part_measures("ab").values()], rows).loc["w", "value"] == 75


def test_a_part_that_was_not_measured_later_in_the_year_is_no_part(tmp_path: Path) -> None:
    whole = measure(id="w", target=70, parts=parts(None, None))
    rows = [row("a", "2025-06-30", 80), row("b", "2025-06-30", 70), row("b", "2025-12-31", "", note="ställdes in")]
    found = in_one_table(tmp_path, [whole, *part_measures("ab").values()], rows).loc["w"]
    assert (found["status"], found["cover"]) == ("not_judged", 0.5)
    assert found["rule"] != ""


def test_a_value_that_nobody_printed_is_derived_and_says_so(tmp_path: Path) -> None:
    derived = row("m", "2024-12-31", "ca 66", note="Härlett: 75 minus den tryckta ökningen 9.")
    rows = [derived, row("m", "2025-12-31", 75, note="Tryckt i tabell 3.")]
    before, now = outcomes(measure(), table(tmp_path, *rows), {})
    assert (before.derived, before.approximate, now.derived) == (True, True, False)
    found = in_one_table(tmp_path, [measure(target=70)], rows).loc["m"]
    assert found[["previous", "previous_precision", "trend"]].tolist() == [66, "approximate", "better"]
    assert found["remarks"] == ("Tryckt i tabell 3. Värdet 2024: Härlett: 75 minus den tryckta ökningen 9.")


def test_an_unfinished_year_is_left_out_of_a_way_through_years() -> None:
    held = [Outcome(1, "2024-12-31"), Outcome(2, "2025-06-30")]
    assert finished(held, date(2025, 8, 31)) == held[:1]
    assert finished(held, date(2025, 12, 31)) == held


# Trends


@pytest.mark.parametrize(
    ("fields", "first", "values", "trend", "words"),
    [
        ({"direction": "higher"}, "2024-12-31", (20, 21), "better", "+1\u00a0procentenhet"),
        ({"direction": "higher"}, "2024-11-30", (20, 21), "better", "+1\u00a0procentenhet"),
        ({"direction": "higher"}, "2024-10-31", (20, 21), "", "+1\u00a0procentenhet sedan 2024"),
        ({"direction": "higher"}, "2023-12-31", (20, 21), "", "+1\u00a0procentenhet sedan 2023"),
        ({"direction": "higher", "max_age": 2}, "2023-12-31", (20, 21), "better", "+1\u00a0procentenhet"),
        ({"direction": "range", "target": [1, 3]}, "2024-12-31", (0.9, 0.4), "worse", "−0,5\u00a0procentenheter"),
        ({"direction": "range", "target": [1, 3]}, "2024-12-31", (5, 3.5), "better", "−1,5\u00a0procentenheter"),
        ({"direction": "range", "target": [1, 3]}, "2024-12-31", (1.5, 2.5), "unchanged", "+1\u00a0procentenhet"),
        ({"direction": "exact", "target": 57}, "2024-12-31", (60, 56), "better", "−4\u00a0procentenheter"),
        ({"direction": "exact"}, "2024-12-31", (60, 56), "", "−4\u00a0procentenheter"),
        ({"direction": "unstated"}, "2024-12-31", (60, 56), "", "−4\u00a0procentenheter"),
    ],
)
def test_a_trend_is_from_the_measurement_before_towards_what_is_wanted(
    tmp_path: Path, fields: dict[str, Any], first: str, values: tuple[float, float], trend: str, words: str
) -> None:
    rows = [row("m", first, values[0]), row("m", "2025-12-31", values[1])]
    found = in_one_table(tmp_path, [measure(**fields)], rows).loc["m"]
    assert (found["trend"], found["change_words"]) == (trend, words)


@pytest.mark.parametrize(("before", "trend"), [(66, "better"), (67, "")])
def test_a_change_that_can_be_chance_is_no_trend(tmp_path: Path, before: float, trend: str) -> None:
    rows = [
        row("m", "2024-12-31", before, n="187", sampling="probability"),
        row("m", "2025-12-31", 75, n="217", sampling="probability"),
    ]
    found = in_one_table(tmp_path, [measure()], rows).loc["m"]
    assert found["trend"] == trend
    assert found["trend_word"] == ("bättre" if trend else "går inte att säga: ändringen kan vara slump")


def test_a_year_without_measurement_is_blank_beside_the_year_before(tmp_path: Path) -> None:
    rows = [row("m", "2024-12-31", 84), row("m", "2025-12-31", "", note="enkäten gjordes inte")]
    found = in_one_table(tmp_path, [measure(target=80)], rows).loc["m"]
    assert found[["status", "date", "previous", "trend", "change_words"]].tolist() == ["not_judged", "", 84, "", ""]
    assert pd.isna(found["value"])
    assert pd.isna(found["change"])
    assert found["rule"] == "Mätvärde saknas: enkäten gjordes inte. Det senaste är 84\u00a0% från 31 december 2024."


# Stocks and flows


@pytest.mark.parametrize(
    ("name", "start"), [("servrar", 38), ("datorer", 960), ("chromebooks", 1455), ("skrivare", 23), ("avk", 172)]
)
def test_the_stock_of_krokoms_it_at_the_years_start_is_stock_minus_flow(
    versions: dict[str, GoalVersion], measures: pd.DataFrame, name: str, start: float
) -> None:
    known = {m.id: m for m in versions["2309-2021"].comparisons}
    stock = known[f"it_{name}_totalt"].model_copy(update={"flow": f"it_{name}_nya"})
    before, now = outcomes(stock, measures[measures["region"] == "2309"], {})
    assert (before.date, before.value, before.derived, before.approximate) == ("2020-12-31", start, True, True)
    assert not now.derived


def test_a_derived_year_before_is_the_previous_value_and_said_to_be_derived(tmp_path: Path) -> None:
    stock, flow = measure(id="s", unit="st", flow="f"), measure(id="f", unit="st")
    found = in_one_table(tmp_path, [stock, flow], [row("s", "2025-12-31", 1153), row("f", "2025-12-31", 193)])
    assert found.loc["s", ["previous", "previous_date", "change"]].tolist() == [960, "2024-12-31", 193]
    assert found.loc["s", "remarks"] == "Värdet 2024: Härlett, 1\u00a0153 minus 193 som kom 2025."
    assert pd.isna(found.loc["f", "previous"])


def test_a_known_year_before_is_never_replaced_by_a_derived_one(tmp_path: Path) -> None:
    rows = table(tmp_path, row("s", "2024-12-31", 950), row("s", "2025-12-31", 1153), row("f", "2025-12-31", 193))
    found = outcomes(measure(id="s", flow="f"), rows, {})
    assert [(o.value, o.derived) for o in found] == [(950, False), (1153, False)]


def test_no_stock_is_derived_from_a_flow_of_another_day(tmp_path: Path) -> None:
    rows = table(tmp_path, row("s", "2025-12-31", 1153), row("f", "2025-08-31", 193))
    assert len(outcomes(measure(id="s", flow="f"), rows, {})) == 1


def test_a_target_relative_to_the_year_before_is_held_against_the_derived_stock(tmp_path: Path) -> None:
    stock = measure(id="s", unit="st", strict=True, relative_to="previous", flow="f")
    rows = [row("s", "2025-12-31", 61), row("f", "2025-12-31", 23)]
    found = in_one_table(tmp_path, [stock, measure(id="f", unit="st")], rows).loc["s"]
    assert (found["status"], found["target_value"]) == ("met", 38)
    assert "Värdet 2024: Härlett, 61 minus 23 som kom 2025." in found["remarks"]
    assert found["remarks"].count("Härlett") == 1


# Composites


def test_a_composite_is_the_weighted_mean_of_what_its_parts_were_last_in_the_year(tmp_path: Path) -> None:
    rows = table(
        tmp_path,
        row("a", "2024-12-31", 10),
        row("a", "2025-03-31", 0),
        row("a", "2025-06-30", 80),
        row("b", "2025-12-31", 60),
    )
    (found,) = outcomes(measure(parts=parts(75, 25)), rows, {})
    assert (found.value, found.date, found.derived) == (75, "2025-12-31", True)


def test_a_part_of_another_year_is_no_part_of_the_years_composite(tmp_path: Path) -> None:
    rows = table(tmp_path, row("a", "2024-12-31", 80), row("b", "2025-12-31", 60))
    asked = measure(parts=parts(75, 25))
    assert outcomes(asked, rows, {}) == []
    assert [(gap.date, gap.why.split(" av")[0]) for gap in gaps(asked, rows)] == [
        ("2024-12-31", "Bara 75\u00a0%"),
        ("2025-12-31", "Bara 25\u00a0%"),
    ]


@pytest.mark.parametrize(
    ("cover", "status", "rule"),
    [
        (None, "not_judged", "Bara 75\u00a0% av vikten är mätt, 100\u00a0% behövs."),
        (0.8, "not_judged", "Bara 75\u00a0% av vikten är mätt, 80\u00a0% behövs."),
        (0.75, "met", "Utfallet 72\u00a0% når målvärdet minst 70\u00a0%."),
    ],
)
def test_a_composite_needs_as_much_of_the_weight_as_it_says(
    tmp_path: Path, cover: float | None, status: str, rule: str
) -> None:
    whole = measure(id="w", target=70, parts=parts(50, 25, 25), cover=cover)
    rows = [row("a", "2025-12-31", 74), row("b", "2025-12-31", 68)]
    found = in_one_table(tmp_path, [whole, *part_measures().values()], rows).loc["w"]
    assert (found["status"], found["cover"]) == (status, 0.75)
    assert found["rule"].startswith(rule)
    assert found["rule"].endswith(
        "Delarna: A 74\u00a0% (vikt 50\u00a0%), B 68\u00a0% (vikt 25\u00a0%) och C ej mätt (vikt 25\u00a0%). Lägst: B."
    )
    assert ("75\u00a0% av vikten är mätt" in found["remarks"]) == (status == "met")


def test_a_composite_of_which_nothing_is_measured_has_no_cover(tmp_path: Path) -> None:
    whole = measure(id="w", target=70, parts=parts(None, None))
    found = in_one_table(tmp_path, [whole, *part_measures("ab").values()], [row("x", "2025-12-31", 1)]).loc["w"]
    assert (found["status"], found["cover"], found["weakest"]) == ("not_judged", 0, "")
    assert found["rule"] == "Mätvärde saknas. Delarna väger lika: A ej mätt och B ej mätt."


def test_the_weakest_part_is_furthest_under_its_level_or_nearest_over_it(tmp_path: Path) -> None:
    rows = table(tmp_path, row("a", "2025-12-31", 85), row("b", "2025-12-31", 60), row("c", "2025-12-31", 9))
    weighing = weigh(measure(parts=parts(None, None, None)), rows, "2025-12-31")
    known = part_measures("ab") | {"c": measure(id="c", name="C", direction="lower")}
    assert weakest(weighing, known, {"a": 90.0, "b": 50.0, "c": 10.0}) == "A"
    assert weakest(weighing, known, {"a": 80.0, "b": 50.0, "c": 10.0}) == "C"
    assert weakest(weighing, known, {"a": None, "b": 50.0, "c": None}) == "B"
    assert weakest(weighing, known, {}) == ""  # high and low can't be compared
    assert weakest(weighing, part_measures(), {}) == "C"


def test_parts_in_different_units_are_compared_in_shares_of_their_levels(tmp_path: Path) -> None:
    rows = table(tmp_path, row("a", "2025-12-31", 990), row("b", "2025-12-31", 7))
    weighing = weigh(measure(parts=parts(None, None)), rows, "2025-12-31")
    known = {"a": measure(id="a", name="A", unit="kr"), "b": measure(id="b", name="B", unit="betyg")}
    assert weakest(weighing, known, {"a": 1000.0, "b": 8.0}) == "B"


def test_equal_weights_are_said_once_and_the_weakest_is_named(tmp_path: Path) -> None:
    rows = table(tmp_path, row("a", "2025-12-31", 85), row("b", "2025-12-31", 60))
    weighing = weigh(measure(parts=parts(None, None)), rows, "2025-12-31")
    assert composite_words(weighing, part_measures("ab"), {"a": 90.0, "b": 50.0}) == (
        "Delarna väger lika: A 85\u00a0% och B 60\u00a0%. Längst från sitt målvärde: A."
    )
    assert composite_words(weighing, part_measures("ab"), {"a": 80.0, "b": 58.0}).endswith("Närmast sitt målvärde: B.")
    low = part_measures("ab", direction="lower")
    assert composite_words(weighing, low, {}).endswith("Högst: A.")


def test_a_composite_that_is_met_while_a_part_is_not_is_warned_of(tmp_path: Path) -> None:
    known = part_measures("ab", target=70)
    rows = table(tmp_path, row("a", "2025-12-31", 85), row("b", "2025-12-31", 60))
    made = version(measure(id="w", target=70, parts=parts(None, None)), *known.values())
    found = goals_beside_printed(made, rows, 2025, {}).iloc[0]
    assert found["status"] == "met"
    assert "Det sammanvägda målet nås, men delen B når inte sitt mål." in found["warnings"]
    missed = version(measure(id="w", target=75, parts=parts(None, None)), *known.values())
    assert "Det sammanvägda" not in goals_beside_printed(missed, rows, 2025, {}).iloc[0]["warnings"]


def test_a_composite_has_a_margin_from_those_of_its_parts(tmp_path: Path) -> None:
    drawn = {"n": "217", "size": "14000", "sampling": "probability"}
    whole, known = measure(id="w", target=70, parts=parts(None, None)), part_measures("ab").values()
    first = row("a", "2025-12-31", 80, **drawn)
    others = {
        row("b", "2025-12-31", 70, **drawn): "Felmarginal: högst ±5,7\u00a0procentenheter",
        row(
            "b", "2025-12-31", 70, n="180", size="14000", sampling="probability"
        ): "Felmarginal: ±4,2\u00a0procentenheter",
        row("b", "2025-12-31", 70, sampling="register"): "Felmarginal: ±2,6\u00a0procentenheter",
        row("b", "2025-12-31", 70, sampling="self_selected"): "Felmarginal kan inte beräknas: självvalt urval.",
        row("b", "2025-12-31", 70, n="180"): "Felmarginal kan inte beräknas: det anges inte hur urvalet är gjort.",
    }
    for other, words in others.items():
        found = in_one_table(tmp_path, [whole, *known], [first, other]).loc["w"]
        assert found["margin_words"].startswith(words)
        assert (found["certain"] == "") == ("kan inte" in words)


def test_that_the_value_is_weighed_together_is_said_once(tmp_path: Path) -> None:
    rows = [row(part, f"{year}-12-31", 80) for part in "ab" for year in (2024, 2025)]
    whole = measure(id="w", target=70, parts=parts(None, None))
    found = in_one_table(tmp_path, [whole, *part_measures("ab").values()], rows).loc["w"]
    assert (found["previous"], found["remarks"]) == (80, "Sammanvägt här av delarna.")


@given(st.permutations([("a", 50.0, 10.0), ("b", 30.0, 40.0), ("c", 20.0, 90.0)]))
def test_the_order_of_the_parts_never_matters(order: list[tuple[str, float, float]]) -> None:
    rows = pd.DataFrame(
        [{"measure": m, "date": "2025-12-31", "value": v, "precision": "", "sampling": ""} for m, _, v in order]
    )
    composite = measure(parts=[{"measure": m, "weight": w} for m, w, _ in order])
    assert outcomes(composite, rows, {})[0].value == pytest.approx(35)
