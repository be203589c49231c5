"""What the economic plan says: Krokom's plan, the made-up municipality's, and one that has no amounts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from krokomanalys.errors import MissingFigures
from krokomanalys.report import balance, plan, ratios, sensitivity
from krokomanalys.report.money import ledger_of
from krokomanalys.report.page import Piece
from krokomanalys.report.pictures import Picture
from krokomanalys.report.tables import Table
from krokomanalys.sources.balance import BalanceNotes
from krokomanalys.sources.load import load
from krokomanalys.sources.slices import Slice
from krokomanalys.sources.yaml_files import read_yaml

NBSP = "\u00a0"
DATA = Path(__file__).resolve().parents[2] / "data"


@pytest.fixture(scope="module")
def krokom() -> Slice:
    return load("ekonomisk_plan", None, municipality="2309", year=2024)


@pytest.fixture(scope="module")
def made_up(krokom: Slice) -> Slice:
    """The made-up municipality's plan as known when 2025 had ended."""
    known = load("budgetuppfoljning", None, municipality="0000", year=2025)
    return replace(known, report="ekonomisk_plan", year=2026, budget=None, ratios=krokom.ratios, kpis=krokom.kpis)


def plain(piece: Piece | None) -> str:
    assert piece is not None
    return piece.plain.replace(NBSP, " ")


def frame(table: object) -> pd.DataFrame:
    assert isinstance(table, Table)
    return table.frame


def opened(slice_: Slice) -> str:
    ledger = plan.ledger_of(slice_)
    return plain(plan.plan_opening(slice_, ledger, plan.balance_of(slice_, ledger), "utkast", "", ""))


def test_krokoms_plan_opens_with_its_three_results_and_what_is_not_known_of_rur(krokom: Slice) -> None:
    text = opened(krokom)
    assert (
        "Planen ger resultatet −27,9 mkr 2024, där reserver täcker 27,9, +6,9 mkr 2025 (0,5 %) och "
        "+14,5 mkr 2026 (1,1 %)." in text
    )
    assert "27,9 mkr tas ur RUR 2024. Hur mycket som finns i den anges inte i underlaget." in text
    assert "Planen håller inte alla egna regler. Det gäller resultat 2025." in text
    rules = plain(plan.rules_prose(krokom, plan.ledger_of(krokom), plan.balance_of(krokom, plan.ledger_of(krokom))))
    assert "Resultatet 2025 är 0,5 procent, under den egna regelns 1–2 procent." in rules
    assert not [s for s in rules.split(". ") if s in text]  # a sentence stands once on the page


def test_krokoms_table_does_not_say_what_its_shares_are_of_but_an_own_file_of_balance_does(
    krokom: Slice, made_up: Slice
) -> None:
    printed = plan.plan_table(krokom, plan.ledger_of(krokom), plan.balance_of(krokom, plan.ledger_of(krokom)))
    computed = plan.plan_table(made_up, None, made_up.balance)
    assert isinstance(printed, Table) and isinstance(computed, Table)
    assert printed.columns["percent"].label == "Andel (basen anges inte)"
    assert computed.columns["percent"].label == "Andel av skatt och bidrag"


def test_krokoms_balanskravsresultat_is_zero_and_then_its_results(krokom: Slice) -> None:
    notes = plan.balance_of(krokom, plan.ledger_of(krokom))
    table = frame(balance.plan_statements(notes, 2024, 2026)).set_index("key")
    assert list(table.loc["balance", ["0", "1", "2"]]) == [0, 6.9, 14.5]
    law = frame(balance.law_table(notes, plan.plan_path(krokom, notes), 2024))
    assert list(law["verdict"]) == ["unknown", "unknown", "none", "none"]
    assert "KL 11 kap. 5 §; RUR enligt övergångsbestämmelserna till SFS 2023:642" in law["sentence"][0]
    assert "Planen visar överskott 2025: +6,9 mkr. (KL 11 kap. 6 §)" in law["sentence"][2].replace(NBSP, " ")


def test_krokoms_shares_say_how_much_may_be_reserved(krokom: Slice) -> None:
    ledger = plan.ledger_of(krokom)
    text = plain(plan.base_prose(ledger, plan.balance_of(krokom, ledger)))
    # 14,5 less 1 per cent of 1 386 and of 1 257 mkr; 6,9 is less than 1 per cent of 1 245.
    assert "Av resultatet 2025 får då inget reserveras." in text
    assert "Av resultatet 2026 får då högst mellan 0,6 och 1,9 mkr reserveras." in text
    assert text.startswith("Dokumentet skriver inte vad andelarna är räknade på. Anta att det är skatter och bidrag")


def test_an_own_file_of_balance_takes_in_the_ledgers_plan_in_its_own_unit(krokom: Slice) -> None:
    own = BalanceNotes.model_validate(
        {
            "region": "2309",
            "document": {"title": "Prov", "body": "Krokoms kommun"},
            "unit": "tkr",
            "rounded_to": 1,
            "rur": {"opening": 40_000},
        }
    )
    slice_ = replace(krokom, balance=own)
    notes = plan.balance_of(slice_, plan.ledger_of(slice_))
    held = plan.plan_path(slice_, notes)
    reserves = frame(balance.reserve_table(notes, held, 2024))
    assert list(reserves["rur"]) == pytest.approx([12_100, 12_100, 12_100])
    assert balance.law_light(balance.findings(notes, held, 2024)).status == "met"


def test_the_made_up_plan_keeps_the_law_and_not_its_own_rule_in_two_years(made_up: Slice) -> None:
    text = opened(made_up)
    assert "Påhittad kommun." in text
    assert "där reserver täcker 6 000" in text
    assert "Planen håller inte alla egna regler. Det gäller resultat 2026 och resultat 2027." in text
    assert (
        "Av de prövade förändringarna betyder löner mest: 1 procent högre löner sänker resultatet med 7 472 tkr per år."
    ) in text
    held = plan.plan_path(made_up, made_up.balance)
    assert {f.verdict for f in balance.findings(made_up.balance, held, 2026)} == {"kept", "none"}


def test_one_change_alone_is_not_the_largest_and_is_no_plan(krokom: Slice) -> None:
    """Östersund tells how much electricity it uses, but has no plan."""
    with pytest.raises(MissingFigures, match="Plan från 2024"):
        load("ekonomisk_plan", None, municipality="2380", year=2024)
    notes = read_yaml(DATA / "balance/2380.yaml", BalanceNotes, "2380.yaml")
    assert sensitivity.worst_change(krokom, notes).replace(NBSP, " ") == (
        "10 öre dyrare el per kWh sänker resultatet med **4,7 mkr** per år."
    )


def test_years_before_the_plan_count_for_years_in_a_row_with_a_reserve(made_up: Slice) -> None:
    assert made_up.balance is not None
    used = {2024: 1.0, 2025: 1.0}
    statements = tuple(
        s.model_copy(update={"from_rur": used.get(s.year, s.from_rur)}) for s in made_up.balance.statements
    )
    notes = made_up.balance.model_copy(update={"statements": statements})
    text = plain(plan.rules_prose(made_up, None, notes))
    assert "RUR används som mest 4 år i rad; den egna regeln är högst 2." in text


def test_deficits_and_reserves_of_the_made_up_municipality(made_up: Slice) -> None:
    notes, held = made_up.balance, plan.plan_path(made_up, made_up.balance)
    deficits = frame(balance.deficit_table(notes, held))
    assert list(deficits["year"]) == [2020, 2023]
    assert [text.replace(NBSP, " ") for text in deficits["restored"]] == ["2021: 2 500", "2024: 4 000, 2025: 3 100"]
    reserves = frame(balance.reserve_table(notes, held, 2026))
    assert list(reserves["rur"]) == [20_000, 24_000, 19_000, 19_000, 19_000, 13_000, 13_000, 13_000]
    assert list(reserves["reserve"])[-2:] == [0, 7_000]
    assert list(reserves["year"])[-3:] == [f"2026{NBSP}budget", f"2027{NBSP}plan", f"2028{NBSP}plan"]


def test_the_figure_says_the_lowest_year(made_up: Slice) -> None:
    figure = plan.plan_figure(made_up, made_up.balance)
    assert isinstance(figure, Picture)
    assert "Lägst är 2023 utfall, −11 000 tkr; balanskravsresultatet blir då −7 100 tkr." in figure.alt.replace(
        NBSP, " "
    )


def test_what_could_change_the_result_is_sorted_and_what_is_untold_is_named(made_up: Slice) -> None:
    table = sensitivity.change_table(made_up, made_up.balance)
    assert table is not None
    assert list(table.frame["what"]) == ["Löner", "Invånare", "Ränta", "Elpris"]
    gaps = plain(sensitivity.change_gaps(made_up, made_up.balance))
    assert gaps == "Underlag saknas: storleken för livsmedelspriser."
    other_year = replace(made_up, year=2027)
    assert sensitivity.change_table(other_year, made_up.balance) is None


def test_changes_are_in_the_pages_own_unit_and_in_per_cent_of_taxes_and_grants(made_up: Slice) -> None:
    table = sensitivity.change_table(made_up, made_up.balance)
    assert table is not None
    wages = table.frame.set_index("what").loc["Löner"]
    assert (table.columns["effect"].unit, round(wages["effect"])) == ("tkr", -7_472)
    assert wages["base"].replace(NBSP, " ") == "747 200 tkr"
    assert wages["percent"] == pytest.approx(-7_472 / 1_095_000 * 100)
    assert table.columns["percent"].unit == "% av skatt och bidrag"


def test_a_year_is_shown_as_budget_forecast_and_outcome(made_up: Slice) -> None:
    table = balance.year_statements(made_up.balance, 2025)
    assert table is not None
    assert [c.label for c in table.columns.values()] == ["Rad", "2025 budget", "2025 prognos", "2025 utfall"]
    assert list(table.frame.set_index("key").loc["balance", ["0", "1", "2"]]) == [3_500, 4_400, 3_500]


def test_a_period_knows_the_forecast_made_on_it_and_not_the_outcome() -> None:
    held = load("delarsrapport", None, municipality="0000", year=2025, period="08").balance
    table = balance.year_statements(held, 2025)
    assert table is not None
    assert [c.label for c in table.columns.values()] == ["Rad", "2025 budget", "2025 prognos"]
    assert list(table.frame.set_index("key").loc["result", ["0", "1"]]) == [3_500, 4_700]


def test_a_result_that_is_not_the_ledgers_is_told(made_up: Slice) -> None:
    ledger = ledger_of(load("budgetuppfoljning", None, municipality="0000", year=2025))
    assert balance.agreement(made_up.balance, ledger, 2025) is None
    assert made_up.balance is not None
    wrong = tuple(
        s.model_copy(update={"result": 4_800.0}) if (s.year, s.basis) == (2025, "outcome") else s
        for s in made_up.balance.statements
    )
    text = plain(balance.agreement(made_up.balance.model_copy(update={"statements": wrong}), ledger, 2025))
    assert "Årets resultat 2025 utfall är 4 800 tkr i balanskravsutredningen men 4 000 tkr i huvudboken." in text
    assert "Årets balanskravsresultat 2025 utfall: tryckt 3 500 tkr, raderna ger 4 300 tkr (fel)." in text


def test_without_statements_there_are_no_pieces_and_it_is_said_that_the_plan_is_missing(krokom: Slice) -> None:
    bare = replace(krokom, budget=None, balance=None)
    assert plan.balance_of(bare, None) is None
    assert plan.plan_figure(bare, None) is None
    assert balance.plan_statements(None, 2024, 2026) is None
    assert balance.year_statements(None, 2024) is None
    assert balance.law_table(None, (), 2024) is None
    assert sensitivity.change_table(bare, None) is None
    missing = plan.plan_table(bare, None, None)
    assert isinstance(missing, Piece)
    assert missing.plain == "Underlag saknas: planens belopp från 2024."
    assert opened(bare).startswith("Ekonomisk plan för Krokom 2024")


def test_key_ratios_are_drawn_for_ten_years_and_said_to_be_missing_where_kolada_has_none(
    krokom: Slice, made_up: Slice
) -> None:
    figure = ratios.ratio_figure(krokom)
    assert isinstance(figure, Picture)
    assert "Årets resultat 2022 är 5,5 procent av skatt och bidrag i Krokom, 5,0 i Riket." in figure.alt
    assert len(figure.table.frame) == 10
    assert figure.table.frame.set_index("year").loc[2022, ["own_finance", "nation_finance"]].round().tolist() == [
        122,
        -275,
    ]
    missing = ratios.ratio_figure(made_up)
    assert isinstance(missing, Piece)
    assert "Kolada har inga nyckeltal för Exempelkommun" in missing.plain
    own = ratios.own_table(made_up.balance, plan.plan_path(made_up, made_up.balance), 2026)
    assert round(frame(own)["self_financing"].iloc[4]) == 75
