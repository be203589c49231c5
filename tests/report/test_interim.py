"""The delårsrapport: what the period says of the year, the law's demands on it, and the goals' expected end."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from krokomanalys.budget.ledger import Ledger, as_ledger
from krokomanalys.errors import InputError
from krokomanalys.report import aims, balance, forecast, interim, interim_goals, money, year_assessment
from krokomanalys.report.page import Piece
from krokomanalys.report.tables import Table
from krokomanalys.sources.balance import known
from krokomanalys.sources.goals import Activity
from krokomanalys.sources.layouts import GOAL_OUTLOOK, LEDGER
from krokomanalys.sources.ledger import LedgerNotes
from krokomanalys.sources.load import load
from krokomanalys.sources.slices import Slice
from krokomanalys.swedish import NBSP, number
from krokomanalys.targets.status import Status

DATA = Path(__file__).resolve().parents[2] / "data"
ABOUT = {"municipality": "0000", "year": 2025, "period": "delar", "known_until": "2025-08-31"}
BLANK = {"region": "0000", "year": 2025} | dict.fromkeys(
    (
        "board",
        "line",
        "goal",
        "kommentar",
        "analys",
        "målprognos",
        "åtgärd",
        "ansvarig",
        "datum",
        "status",
        "bedömning",
        "grund",
        "bedömd_av",
        "bedömd",
        "läge",
    ),
    "",
)


@pytest.fixture(scope="module")
def whole() -> Slice:
    return load("delarsrapport", None, **ABOUT)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def social() -> Slice:
    return load("delarsrapport", None, board="Socialnämnden", **ABOUT)  # type: ignore[arg-type]


def plain(sentences: list[str]) -> str:
    return " ".join(sentences).replace(NBSP, " ").replace("**", "")


def ledger(months: int = 8, board: str | None = None, total: str = "Årets resultat", **amounts: float) -> Ledger:
    """A ledger of one line: 1 200 a year in budget and 1 260 in outcome, a twelfth each month; or other amounts."""
    year = {"budget": 1200.0, "outcome": 1260.0} | amounts
    rows = [
        dict.fromkeys(LEDGER.columns, "")
        | {"region": "0000", "year": 2025, "month": month, "kind": "net", "line": "Skola", "board": board or ""}
        | {"basis": basis, "version": basis, "amount": amount / 12, "through": pd.NA}
        for basis, amount in year.items()
        for month in range(1, (months if basis == "outcome" else 12) + 1)
    ]
    notes = {
        "region": "0000",
        "year": 2025,
        "document": {"title": "Prov", "body": "Exempelkommun"},
        "unit": "tkr",
        "rounded_to": 1,
        "signs": {"operations": "intäkt +"},
        "tables": {"net": {"title": "Drift", "total": total}},
    } | ({"board": board} if board else {})
    frame = pd.DataFrame(rows).astype({"month": "Int64", "through": "Int64", "amount": float})
    return as_ledger(frame, LedgerNotes.model_validate(notes), months)


def goals(*statuses: str, expected: str = "", financial: bool = False) -> pd.DataFrame:
    """Goals with these statuses by the rule, and all with the same målprognos."""
    frame = pd.DataFrame({"status": statuses, "expected": expected, "financial": financial})
    return frame.assign(stands=expected or frame["status"], owner="", title="Ett mål", number="")


def commented(slice_: Slice, *rows: dict[str, str]) -> Slice:
    told = pd.DataFrame([BLANK | row for row in rows], columns=[*BLANK]).assign(effekt_tkr=float("nan"))
    return replace(slice_, comments=told)


def test_the_periods_result_is_that_of_all_lines_with_or_without_a_budget_by_month(whole: Slice) -> None:
    with (DATA / "budget/0000-2025.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["basis"] == "outcome" and row["kind"] != "investment"]
    summed = sum(float(row[f"m{month:02d}"] or 0) for row in rows for month in range(1, 9))
    said = plain(interim.period_findings(whole, money.ledger_of(whole)))
    shown = number(summed, signed=True).replace(NBSP, " ")
    assert said.startswith(f"Resultatet januari–augusti 2025 blev {shown} tkr, mot ")
    assert "Raderna med budget per månad är " in said


def test_a_ledger_with_all_lines_by_month_is_compared_as_it_is(whole: Slice) -> None:
    told = replace(whole, budget=None)
    assert plain(interim.period_findings(told, ledger())) == (
        "Resultatet januari–augusti 2025 blev +840 tkr. Det är 40 tkr bättre än periodens budget."
    )


def test_a_net_cost_is_a_positive_number_and_a_namnds_own(whole: Slice) -> None:
    held = ledger(board="Socialnämnden", total="Summa", budget=-1200.0, outcome=-1260.0)
    assert plain(interim.period_findings(replace(whole, budget=None), held)) == (
        "Socialnämndens nettokostnad januari–augusti 2025 blev 840 tkr. Det är 40 tkr sämre än periodens budget."
    )


def test_the_year_is_the_forecast_in_force_against_budget() -> None:
    assert plain(interim.year_findings(ledger(forecast=1140.0))) == (
        "Resultatet för hela 2025 väntas bli +1 140 tkr (forecast). Det är 60 tkr sämre än budget."
    )
    assert plain(interim.deficit_findings(ledger(forecast=1140.0))).endswith("väntas i Skola (−60 tkr).")


def test_without_a_forecast_nothing_is_expected_and_that_is_said() -> None:
    assert interim.year_findings(ledger()) == ["Ingen prognos för hela 2025 är lämnad."]
    assert interim.deficit_findings(ledger()) == []


@pytest.mark.parametrize(("months", "told"), [(4, True), (5, True), (6, False), (7, False), (8, False), (9, True)])
def test_the_laws_report_is_of_six_to_eight_months(whole: Slice, months: int, told: bool) -> None:
    found = plain(interim.law_findings(whole, ledger(months), ""))
    assert found.startswith(f"Perioden är {months} månader.") if told else found == ""


@pytest.mark.parametrize(
    ("months", "last"),
    [(6, date(2025, 8, 31)), (7, date(2025, 9, 30)), (8, date(2025, 10, 31)), (12, date(2026, 2, 28))],
)
def test_the_report_is_handed_over_within_two_months(months: int, last: date) -> None:
    assert interim.latest_day(ledger(months)) == last


def test_a_report_that_is_too_late_says_so_and_one_in_time_does_not(whole: Slice) -> None:
    late = plain(interim.law_findings(whole, ledger(), "2025-11-01"))
    assert late.startswith("Rapporten är daterad 1 november 2025.") and "senast 31 oktober 2025" in late
    assert interim.law_findings(whole, ledger(), "2025-10-31") == []


def test_a_namnds_own_report_is_not_held_to_the_law_of_the_municipalitys(social: Slice) -> None:
    assert interim.law_findings(social, ledger(4, "Socialnämnden"), "2026-01-01") == []


def test_a_forecast_balance_made_in_september_belongs_to_the_end_of_august() -> None:
    notes = load("ekonomisk_plan", None, municipality="0000", year=2026).balance
    assert notes is not None

    def forecasts(until: date) -> list[str]:
        return [s.name for s in known(notes, until).statements if s.basis == "forecast"]

    assert forecasts(date(2025, 7, 31)) == ["Prognos mars"]
    assert forecasts(date(2025, 8, 31)) == ["Prognos mars", "Prognos augusti"]


def test_the_forecast_balance_is_the_ledgers_forecast(whole: Slice) -> None:
    assert plain(interim.balance_findings(whole)) == (
        "Balanskravsresultatet 2025 väntas bli +4 200 tkr (Prognos augusti, 14 september 2025)."
    )
    said = plain(interim.year_findings(money.ledger_of(whole)))
    assert "+4 700 tkr (prognos augusti, lämnad 14 september 2025)" in said


def test_a_forecast_balance_that_lacks_figures_has_no_result(whole: Slice) -> None:
    assert whole.balance is not None
    lacking = [s.model_copy(update={"result": None}) for s in whole.balance.statements]
    told = replace(whole, balance=whole.balance.model_copy(update={"statements": tuple(lacking)}))
    assert "kan inte beräknas" in plain(interim.balance_findings(told))


def test_the_forecast_is_held_to_the_own_rules_of_its_own_year_only(whole: Slice) -> None:
    said = interim.rule_prose(whole)
    assert said is not None
    assert "Resultatet 2025 väntas bli 0,4 procent, under den egna regelns 1–3 procent." in said.plain
    assert "2024" not in said.plain


def test_the_balanskrav_is_the_municipalitys_not_a_namnds(social: Slice) -> None:
    assert interim.balance_of(social) is None and interim.balance_path(social) == ()
    assert interim.balance_findings(social) == [] and interim.rule_prose(social) is None


def test_a_namnd_answers_for_its_own_goals_only(whole: Slice, social: Slice) -> None:
    assert set(interim_goals.goals_of(social)["owner"]) == {"Socialnämnden"}
    held = interim_goals.goals_of(whole)
    assert (held["financial"].sum(), (~held["financial"]).sum()) == (2, 12)
    assert interim_goals.goal_table(social, interim_goals.goals_of(social), financial=True) is None


def test_what_was_measured_after_the_period_is_not_known(whole: Slice) -> None:
    held = interim_goals.goals_of(whole).set_index("id")["status"]
    statuses = ["not_met", "met", "met", "met", "met", "not_met", "met", "not_met", "not_judged", "not_met", "stale"]
    assert list(held) == [*statuses, "nearly", "met", "not_judged"]  # till_arbete and sjukfranvaro come in December


def test_the_managers_view_goes_before_the_rule_and_the_rule_stands_where_they_give_none(whole: Slice) -> None:
    rows = ({"goal": "resultat", "målprognos": "uppfyllt"}, {"goal": "soliditet", "kommentar": "Ingen prognos."})
    held = interim_goals.goals_of(commented(whole, *rows)).set_index("id")
    assert tuple(held.loc["resultat", ["status", "expected", "stands"]]) == ("not_met", "met", "met")
    assert tuple(held.loc["soliditet", ["status", "expected", "stands"]]) == ("met", "", "met")


def test_a_goal_without_malprognos_says_so_in_the_table(whole: Slice) -> None:
    table = interim_goals.goal_table(whole, interim_goals.goals_of(whole), financial=False)
    assert isinstance(table, Table)
    assert "Ingen lämnad" in table.html and "16 personer (" in table.html.replace(NBSP, " ")
    assert "Utfallet" not in table.html


@pytest.mark.parametrize(
    ("rows", "word"),
    [
        ([{"goal": "resultatet", "målprognos": "uppfyllt"}], "finns inte"),
        ([{"goal": "resultat", "målprognos": w, "åtgärd": w} for w in ("uppfyllt", "ej uppfyllt")], "två olika"),
    ],
)
def test_a_malprognos_on_no_goal_or_on_one_goal_twice_is_refused(
    whole: Slice, rows: list[dict[str, str]], word: str
) -> None:
    with pytest.raises(InputError, match=word):
        interim_goals.goals_of(commented(whole, *rows))


def test_the_light_of_a_group_counts_in_the_words_of_the_finding(whole: Slice) -> None:
    held = interim_goals.goals_of(whole)
    (finding,), lights = interim_goals.goal_findings(held), interim_goals.goal_lights(held)
    for told in lights:
        assert told.words in plain([finding])
    assert lights[1].words == "7 uppfyllda, 1 delvis uppfyllt, 2 ej uppfyllda, 1 inaktuellt, 1 kan inte bedömas"


def test_what_is_computed_or_forecast_is_said_in_words_of_what_may_be(whole: Slice) -> None:
    held = money.ledger_of(whole)
    assert "skulle bli" in plain(interim.computed_findings(forecast.year_outlook(whole, held)))
    table = balance.law_table(whole.balance, interim.balance_path(whole), 2025)
    assert isinstance(table, Table)
    assert "Väntas bli uppfyllt" in table.html and "väntas vara återställt 2025" in table.html
    assert interim.interim_lights(whole, held, goals())[2].words == "lagens krav väntas uppfyllas"


def test_what_a_forecast_restores_of_a_deficit_is_marked_so(whole: Slice) -> None:
    table = balance.deficit_table(whole.balance, interim.balance_path(whole))
    assert table is not None and table.note is not None
    assert table.frame["restored"][1].replace(NBSP, " ") == "2024: 4 000, 2025: 3 100 (prognos)"
    assert "väntas bli återställt" in table.note


def test_the_day_of_the_forecast_balance_stands_under_its_statement(whole: Slice) -> None:
    table = balance.year_statements(whole.balance, 2025)
    assert table is not None and table.note is not None
    assert table.note.startswith("Prognos 2025: Prognos augusti, 14 september 2025.")


def test_every_word_of_a_malprognos_is_a_status() -> None:
    assert set(GOAL_OUTLOOK) <= {status.word for status in Status}


@pytest.mark.parametrize(
    ("statuses", "words"),
    [
        (["met", "met"], "väntas målen bli uppfyllda"),
        (["met", "nearly"], "bli nästan uppfyllda"),
        (["met", "not_met", "stale"], "bli delvis uppfyllda"),
        (["not_met", "not_met"], "bli ej uppfyllda"),
        (["met", "stale", "not_judged"], "kan målen inte bedömas"),
    ],
)
def test_the_proposal_follows_the_rule_that_it_prints(statuses: list[str], words: str) -> None:
    said = interim_goals.assessment(goals(*statuses))
    assert said is not None
    assert words in said.plain and interim_goals.RULE in said.plain and "Förslag" in said.html


def test_the_groups_are_told_one_by_one_in_findings_and_lights() -> None:
    held = pd.concat([goals("met", financial=True), goals("not_met", "met", expected="not_met")], ignore_index=True)
    assert plain(interim_goals.goal_findings(held)) == (
        "Målen vid årets slut enligt chefernas målprognos. Finansiella mål: 1 uppfyllt. Verksamhetsmål: 2 ej "
        "uppfyllda. Ett mål saknar målprognos, och där gäller läget i dag."
    )
    assert [(light.status, light.subject) for light in interim_goals.goal_lights(held)] == [
        ("met", "Finansiella mål vid årets slut"),
        ("not_met", "Verksamhetsmål vid årets slut"),
    ]


def test_without_a_malprognos_the_finding_is_of_today() -> None:
    assert plain(interim_goals.goal_findings(goals("met"))).startswith("Målen i dag enligt regeln. Verksamhetsmål: 1")


def test_the_own_assessment_is_whose_it_is_and_not_a_comment_on_a_line(whole: Slice, social: Slice) -> None:
    rows = (
        {"kommentar": "Kommunens ord."},
        {"board": "Socialnämnden", "kommentar": "Nämndens ord."},
        {"board": "Socialnämnden", "line": "Äldreomsorg", "kommentar": "Radens ord."},
    )
    namnds = "Kommentar: Nämndens ord."
    for slice_, own in ((whole, f"Kommentar: Kommunens ord.\n{namnds}"), (social, namnds)):
        told = commented(slice_, *rows)
        said, lines = interim_goals.own_assessment(told), interim.line_comments(told, money.ledger_of(told))
        assert said is not None and lines is not None
        assert said.plain == own
        assert "Radens ord." in lines.plain and "Nämndens ord." not in lines.plain
    both = interim_goals.own_assessment(commented(whole, *rows[::-1]))
    assert both is not None
    heads = re.findall("<h3>(.*?)</h3>", both.html)
    assert heads == ["Kommunens egen bedömning", "Socialnämnden: egen bedömning"]


@pytest.mark.parametrize(
    "piece", [interim_goals.own_assessment, lambda s: interim.line_comments(s, money.ledger_of(s))]
)
def test_nothing_written_shows_nothing(whole: Slice, piece: Callable[[Slice], object]) -> None:
    assert piece(commented(whole)) is None


def test_a_municipality_without_goals_has_none_of_their_pieces(whole: Slice) -> None:
    bare = replace(commented(whole), goals=None)
    held = interim_goals.goals_of(bare)
    assert held.empty and interim_goals.goal_findings(held) == [] and interim_goals.goal_lights(held) == []
    assert interim_goals.goal_table(bare, held, financial=False) is None
    assert interim_goals.goal_comments(bare, held) is None and interim_goals.assessment(held) is None


def test_the_opening_says_that_the_municipality_is_made_up_and_ends_with_the_goals(whole: Slice) -> None:
    held = money.ledger_of(whole)
    outlook = forecast.year_outlook(whole, held)
    piece = interim.interim_opening(whole, held, outlook, interim_goals.goals_of(whole), "utkast")
    assert "Påhittad kommun" in piece.html and not re.search(r"\bnan\b", piece.plain)
    assert piece.data["title"] == "Delårsrapport för Exempelkommun januari–augusti 2025"
    assert [light["subject"] for light in piece.data["lights"]] == [
        "Periodens utfall",
        "Helårsprognos",
        "Balanskrav enligt prognos",
        "Finansiella mål vid årets slut",
        "Verksamhetsmål vid årets slut",
    ]


def test_the_year_counts_the_essential_goals_that_are_met_and_names_namnder_without_any() -> None:
    year = load("maluppfoljning", None, municipality="0000", year=2025)
    held = aims.judged(year)
    essential = held[held["essential"]]
    met, count = int((essential["status"] == "met").sum()), len(essential)
    shown = year_assessment.year_assessment(year, held)
    assert shown is not None and 0 < met < count
    prose, table = shown.parts
    assert isinstance(prose, Piece) and isinstance(table, Table)
    assert f"{met} av {count} väsentliga verksamhetsmål är uppfyllda" in prose.plain
    assert "inget väsentligt verksamhetsmål" in prose.plain and year_assessment.YEAR_RULE in prose.plain
    assert (table.frame["count"].sum(), table.frame["met"].sum()) == (count, met)
    assert "Förslag" in prose.html and "delvis uppfyllda" in prose.plain


def test_a_year_without_financial_or_essential_goals_has_no_proposal() -> None:
    year = load("maluppfoljning", None, municipality="2309", year=2021)
    assert year_assessment.year_assessment(year, aims.judged(year)) is None


def test_the_delarsrapport_counts_the_goals_that_are_expected_to_be_met(whole: Slice, social: Slice) -> None:
    held = interim_goals.goals_of(whole)
    essential = held[held["essential"]]
    said = interim_goals.essential_words(whole, held)
    assert said is not None
    expected = int((essential["stands"] == "met").sum())
    assert said.plain.startswith(f"{expected} av {len(essential)} väsentliga verksamhetsmål väntas bli uppfyll")
    assert "Kultur- och fritidsnämnden har inget väsentligt" in said.plain
    assert interim_goals.essential_words(replace(whole, goals=None), held) is None


def test_a_namnds_own_page_does_not_tell_which_other_namnder_lack_goals(social: Slice) -> None:
    assert social.goals is not None
    other = Activity(id="annans", title="Något", owner="Byggnadsnämnden")
    versions = tuple(v.model_copy(update={"activities": (*v.activities, other)}) for v in social.goals.versions)
    told = replace(social, goals=replace(social.goals, versions=versions, current=versions[-1]))
    own = interim_goals.essential_words(told, interim_goals.goals_of(told))
    whole = interim_goals.essential_words(replace(told, board=None), interim_goals.goals_of(replace(told, board=None)))
    assert own is not None and whole is not None
    assert "Byggnadsnämnden" in whole.plain and "har inget" not in own.plain


def test_goals_are_told_with_value_and_day_alone_and_commented_in_their_own_order(whole: Slice) -> None:
    held = interim_goals.goals_of(whole)
    table = interim_goals.goal_table(whole, held, financial=True)
    assert isinstance(table, Table) and table.frame["said"].str.len().max() < 120
    assert "31 augusti 2025" in table.note
    first, last = held["id"].iloc[0], held["id"].iloc[-1]
    rows = [{"goal": last, "kommentar": "Sist."}, {"goal": first, "kommentar": "Först."}]
    said = interim_goals.goal_comments(commented(whole, *rows), held)
    assert said is not None and said.plain.index("Först.") < said.plain.index("Sist.")


def test_a_managers_judgement_stands_beside_the_rule_in_the_delarsrapport_too(whole: Slice) -> None:
    row = {"goal": "resultat", "bedömning": "uppfyllt", "bedömd_av": "Ekonomichefen"}
    held = interim_goals.goals_of(commented(whole, row)).set_index("id")
    assert (held.loc["resultat", "printed"], held.loc["resultat", "by"]) == ("uppfyllt", "Ekonomichefen")
