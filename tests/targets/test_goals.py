from __future__ import annotations

import math
from collections import Counter
from datetime import date
from typing import Any

import pandas as pd
import pytest

from krokomanalys.errors import InputError
from krokomanalys.sources.goals import GoalVersion
from krokomanalys.targets.goals import goals_beside_printed, measures_table, word_faults
from krokomanalys.targets.outcomes import outcomes
from krokomanalys.targets.versions import population_targets

Inhabitants = dict[str, dict[int, float]]
Versions = dict[str, GoalVersion]


@pytest.fixture
def timra(versions: Versions, measures: pd.DataFrame, inhabitants: Inhabitants) -> pd.DataFrame:
    return goals_beside_printed(versions["2262-2020"], measures, 2020, inhabitants["2262"]).set_index("number")


@pytest.fixture
def krokom(versions: Versions, measures: pd.DataFrame, inhabitants: Inhabitants) -> pd.DataFrame:
    return goals_beside_printed(versions["2309-2021"], measures, 2021, inhabitants["2309"]).set_index("id")


@pytest.fixture
def timra_measures(versions: Versions, measures: pd.DataFrame, inhabitants: Inhabitants) -> pd.DataFrame:
    return measures_table(versions["2262-2020"], measures, 2020, inhabitants["2262"]).set_index("measure")


@pytest.fixture
def krokom_measures(versions: Versions, measures: pd.DataFrame, inhabitants: Inhabitants) -> pd.DataFrame:
    return measures_table(versions["2309-2021"], measures, 2021, inhabitants["2309"]).set_index("measure")


# The project's reading of the two documents by the stated rule, made by hand: goal, status, basis, printed words,
# printed status, and whether they differ.
TIMRA_2020 = [
    ("1.3", "met", "measure", "", "", False),  # its text says that the value is higher, with no word of its own
    ("1.4", "not_judged", "", "inte varit möjligt att mäta", "not_judged", False),
    ("1.5", "partly", "measure", "delvis uppfyllt", "partly", False),
    ("2.1", "met", "measure", "uppfyllas till fullo", "met", False),
    ("2.2", "partly", "measure+judgement", "delvis uppfyllt", "partly", False),
    ("2.3", "not_met", "measure", "", "", False),
    ("3.1", "not_met", "measure", "uppfylls till viss del", "partly", True),
    ("3.2", "no_target", "", "uppfyllt", "met", True),
    ("4.1", "not_judged", "", "", "", False),
    ("4.2", "not_met", "measure", "inte uppfyllas", "not_met", False),
    ("4.3", "met", "measure", "uppfylls", "met", False),
]
KROKOM_2021 = [
    ("invanare", "met", "measure", "uppnått", "met", False),
    ("bostader", "not_judged", "", "uppfyllt", "met", True),
    ("digitalisering", "not_judged", "", "", "", False),
    ("meritpoang", "not_judged", "", "delvis uppfyllt", "partly", True),
    ("hallbarhet", "not_judged", "", "inte uppfyllt", "not_met", True),
    ("medborgardialog", "not_judged", "", "", "", False),
    ("alternativa_utforare", "not_judged", "", "kan inte grönmarkeras", "not_met", True),
    ("ledarskap", "not_judged", "", "uppfyllt", "met", True),
    ("kostnadskontroll", "not_judged", "", "uppfyllt", "met", True),
]
COLUMNS = ["status", "basis", "printed", "printed_status", "differs"]


@pytest.mark.parametrize("expected", TIMRA_2020, ids=lambda row: row[0])
def test_a_goal_of_timra_2020_stands_by_the_rule_beside_the_printed_one(
    timra: pd.DataFrame, expected: tuple[Any, ...]
) -> None:
    assert tuple(timra.loc[expected[0], COLUMNS]) == expected[1:]


@pytest.mark.parametrize("expected", KROKOM_2021, ids=lambda row: row[0])
def test_a_goal_of_krokom_2021_stands_by_the_rule_beside_the_printed_one(
    krokom: pd.DataFrame, expected: tuple[Any, ...]
) -> None:
    assert tuple(krokom.loc[expected[0], COLUMNS]) == expected[1:]


def test_every_goal_of_the_two_follow_ups_is_in_the_table(timra: pd.DataFrame, krokom: pd.DataFrame) -> None:
    assert list(timra.index) == [row[0] for row in TIMRA_2020]
    assert list(krokom.index) == [row[0] for row in KROKOM_2021]


def test_krokom_printed_four_met_one_partly_two_not_and_two_without_a_word(krokom: pd.DataFrame) -> None:
    assert Counter(krokom["printed_status"]) == {"met": 4, "partly": 1, "not_met": 2, "": 2}


def test_one_of_four_two_of_two_and_none_of_three(timra: pd.DataFrame) -> None:
    assert timra.loc["1.5", "rule"].startswith("1 av 4 ")
    assert timra.loc["2.1", "rule"].startswith("2 av 2 ")
    assert timra.loc["4.2", "rule"].startswith("0 av 3 ")


def test_a_difference_is_said_with_both_sides(timra: pd.DataFrame, krokom: pd.DataFrame) -> None:
    assert timra.loc["3.1", "difference"] == (
        'Dokumentet skriver "uppfylls till viss del" utifrån mätetalen; enligt regeln: ej uppfyllt. '
        "Utfallet 91\u00a0% når inte målvärdet minst 96\u00a0%."
    )
    assert "utifrån aktiviteterna; enligt regeln: kan inte bedömas" in krokom.loc["bostader", "difference"]
    both = pd.concat([timra, krokom])
    assert ((both["difference"] != "") == both["differs"]).all()


def test_green_through_activities_is_warned_of_where_the_measure_is_missing(krokom: pd.DataFrame) -> None:
    warned = krokom.index[krokom["warnings"].str.contains("Grönt i dokumentet")]
    assert list(warned) == ["bostader", "ledarskap", "kostnadskontroll"]


def test_a_composite_that_is_met_tells_of_its_parts_that_are_not(timra: pd.DataFrame) -> None:
    warnings = timra.loc["1.3", "warnings"]
    assert "delarna Livskvalitet och Service når inte sina mål" in warnings
    assert "Delarnas målvärden är inte tryckta: Livskvalitet, Service och Klimatsmart." in warnings
    assert "Felmarginal kan inte beräknas: det framgår inte hur urvalet är gjort." in warnings


def test_an_outcome_from_the_year_before_is_warned_of(timra: pd.DataFrame) -> None:
    assert "Mätvärdet är från 1 oktober 2019, inte från 2020" in timra.loc["1.5", "warnings"]


def test_a_judged_measure_without_a_printed_target_is_warned_of(timra: pd.DataFrame) -> None:
    assert "Målvärdet är inte tryckt: UF-företagande." in timra.loc["2.2", "warnings"]


def test_the_population_target_follows_the_figure_it_is_given(versions: Versions, measures: pd.DataFrame) -> None:
    for persons, status in ((15299.0, "not_met"), (15300.0, "met")):
        table = goals_beside_printed(versions["2309-2021"], measures, 2021, {2021: persons}).set_index("id")
        assert table.loc["invanare", "status"] == status
    table = goals_beside_printed(versions["2309-2021"], measures, 2021, {}).set_index("id")
    assert table.loc["invanare", "status"] == "not_judged"


def test_the_goals_of_2021_go_on_in_2022(versions: Versions, measures: pd.DataFrame, inhabitants: Inhabitants) -> None:
    table = goals_beside_printed(versions["2309-2021"], measures, 2022, inhabitants["2309"]).set_index("id")
    assert table.loc["invanare", "rule"] == (
        "Utfallet 15\u00a0532\u00a0invånare når målvärdet minst 15\u00a0370\u00a0invånare."
    )


def test_goals_that_are_only_decided_or_only_named_are_not_judged(
    versions: Versions, measures: pd.DataFrame, inhabitants: Inhabitants
) -> None:
    for name in ("2309-2019", "2309-2024", "2380-2024"):
        version = versions[name]
        table = goals_beside_printed(version, measures, version.year, inhabitants[version.region])
        judged = table[table["status"] != "not_judged"]
        assert list(judged["id"]) == [], name
        assert set(table["printed"]) == {""}, name


def test_an_unknown_printed_word_is_refused_with_its_file_and_goal(
    versions: Versions, measures: pd.DataFrame, inhabitants: Inhabitants
) -> None:
    content = versions["2262-2020"].model_dump()
    content["goals"][2]["printed"]["words"] = "nästan framme"
    content["goals"][4]["measures"][1]["judged"] = "grön"
    wrong = GoalVersion.model_validate(content)
    assert [fault.key for fault in word_faults(wrong)] == [
        "goals.digitalisering.printed.words",
        "uf_foretagande.judged",
    ]
    with pytest.raises(InputError, match=r'^data/goals/2262-2020\.yaml, .*"nästan framme".* 1 fel till\.$'):
        goals_beside_printed(wrong, measures, 2020, inhabitants["2262"])


def test_all_words_of_the_embedded_goals_are_known(versions: Versions) -> None:
    assert [fault for version in versions.values() for fault in word_faults(version)] == []


def test_a_change_between_two_shares_is_in_percentage_points(timra_measures: pd.DataFrame) -> None:
    words = timra_measures["change_words"]
    assert words["medborgare_klimatsmart"] == "+9\u00a0procentenheter"
    assert words["medborgare_livskvalitet"] == "+2\u00a0procentenheter"
    assert words["kvinnliga_foretagare"] == "+1\u00a0procentenhet sedan 2018"
    assert timra_measures.loc["kvinnliga_foretagare", "trend"] == ""
    assert words["yngre_anstallda"] == "−1\u00a0procentenhet"
    assert words["underrepresenterat_kon"] == "0\u00a0procentenheter"


def test_a_change_of_a_count_is_in_its_unit_and_in_per_cent(timra_measures: pd.DataFrame) -> None:
    assert timra_measures.loc["raddningstjanst_kostnad", "change_words"] == "−52\u00a0kr per invånare"
    assert timra_measures.loc["fardtjanst_enkelresor", "change_words"] == "−10\u00a0782\u00a0enkelresor"
    percent = timra_measures["change_percent"].round(1)
    assert (percent["raddningstjanst_kostnad"], percent["fardtjanst_enkelresor"]) == (-4.6, -43.0)
    assert math.isnan(percent["medborgare_klimatsmart"])


def test_a_change_from_zero_has_no_per_cent(
    timra_measures: pd.DataFrame, versions: Versions, measures: pd.DataFrame, inhabitants: Inhabitants
) -> None:
    assert timra_measures.loc["oversiktsplaner", "change"] == 0
    assert math.isnan(timra_measures.loc["oversiktsplaner", "change_percent"])
    before = measures_table(versions["2262-2020"], measures, 2019, inhabitants["2262"]).set_index("measure")
    assert before.loc["oversiktsplaner", "change_percent"] == -100


def test_the_comparison_ratios_of_the_year_before_change_as_recomputed(
    versions: Versions, measures: pd.DataFrame, inhabitants: Inhabitants
) -> None:
    before = measures_table(versions["2262-2020"], measures, 2019, inhabitants["2262"]).set_index("measure")
    percent = before["change_percent"].round(1)
    assert (percent["raddningstjanst_kostnad"], percent["fardtjanst_enkelresor"]) == (3.9, -1.6)


def test_an_outcome_of_zero_is_shown_and_a_missing_one_is_blank(timra_measures: pd.DataFrame) -> None:
    assert timra_measures.loc["nya_lagenheter", "value"] == 0
    assert timra_measures.loc["grona_blommor", "value"] == 0
    assert math.isnan(timra_measures.loc["besokarnojdhet", "value"])
    assert timra_measures.loc["besokarnojdhet", "date"] == ""


def test_targets_stand_as_they_are_printed(timra_measures: pd.DataFrame) -> None:
    target = timra_measures["target"]
    assert (target["grona_blad"], target["roda_blad"], target["ranking_service"]) == (">20", "<10", "1-10")
    assert (target["nya_villor"], target["folkmangd"], target["publicerade_processer"]) == (
        "Högre", "18.000 invånare", "",
    )  # fmt: skip


def test_the_age_distribution_adds_up_to_99_and_its_targets_to_100(
    versions: Versions, timra_measures: pd.DataFrame
) -> None:
    ages = ["andel_under_18", "andel_18_65", "andel_over_65"]
    targets = {m.id: m.target for m in versions["2262-2020"].comparisons}
    assert timra_measures.loc[ages, "value"].sum() == 99
    assert sum(targets[age] for age in ages) == 100
    assert list(timra_measures.loc[ages, "status"]) == ["not_judged", "not_judged", "not_judged"]


def test_timra_is_under_its_population_target(timra_measures: pd.DataFrame) -> None:
    row = timra_measures.loc["folkmangd"]
    assert (row["status"], row["value"], row["change"]) == ("not_met", 17963, -16)


def test_the_printed_composite_is_the_mean_of_its_parts(versions: Versions, measures: pd.DataFrame) -> None:
    composite = versions["2262-2020"].goals[0].measures[0]
    (found,) = outcomes(composite, measures, {})
    assert (found.value, found.note) == (80, "")
    without = measures[measures["measure"] != composite.id]
    assert [(o.value, o.date) for o in outcomes(composite, without, {})] == [(80, "2020-12-31")]
    other = measures.assign(value=measures["value"].where(measures["measure"] != composite.id, 82))
    assert outcomes(composite, other, {})[0].note == "Delarna ger sammanvägt 80\u00a0%, men 82 är angivet."


def test_a_composite_is_not_made_from_some_of_its_parts(versions: Versions, measures: pd.DataFrame) -> None:
    composite = versions["2262-2020"].goals[0].measures[0]
    without = measures[~measures["measure"].isin([composite.id, "medborgare_service"])]
    assert outcomes(composite, without, {}) == []


def test_level_and_trend_are_two_things(krokom_measures: pd.DataFrame) -> None:
    it = krokom_measures.loc[[m for m in krokom_measures.index if m.startswith("it_")]].query("previous.notna()")
    it = it[it["trend"] != ""]
    assert list(zip(it["status"], it["trend"], it["trend_word"], it["change"].round(1), strict=True)) == [
        ("met", "worse", "sämre", -0.3),
        ("met", "better", "bättre", 1.0),
        ("met", "unchanged", "oförändrat", 0.0),
        ("not_met", "better", "bättre", -4.0),
        ("not_met", "better", "bättre", -6.0),
        ("not_met", "worse", "sämre", 88.0),
    ]
    assert set(it["basis_word"]) == {"bedömning"}
    assert list(it["change_percent"].round(1).iloc[3:]) == [-30.8, -30.0, 20.1]


def test_broadband_of_2020_is_marked_as_such_in_the_follow_up_of_2021(krokom_measures: pd.DataFrame) -> None:
    rows = krokom_measures.loc[[m for m in krokom_measures.index if m.startswith("bredband_")]]
    assert list(rows["change"]) == [1, 2, 2, 2, 3, 2]
    assert set(rows["remarks"]) == {"Mätvärdet är från 31 december 2020, inte från 2021."}
    value = rows["value"]
    assert value["bredband_hushall_riket"] - value["bredband_hushall_krokom"] == 13
    assert value["bredband_arbetsstallen_riket"] - value["bredband_arbetsstallen_krokom"] == 11


def test_an_approximate_value_says_so(krokom_measures: pd.DataFrame) -> None:
    assert krokom_measures.loc["it_servrar_nya", "precision"] == "approximate"
    assert krokom_measures.loc["it_servrar_nya", "remarks"] == "Mätvärdet är ungefärligt."
    assert krokom_measures.loc["valkomstbrev", "precision"] == "exact"


def test_another_municipalitys_measures_are_left_alone(
    versions: Versions, measures: pd.DataFrame, inhabitants: Inhabitants
) -> None:
    foreign = measures.assign(region="2380")
    table = measures_table(versions["2262-2020"], foreign, 2020, inhabitants["2262"])
    assert table["value"].notna().sum() == 1  # the population, which isn't in the measures table


def test_the_population_targets_of_all_versions_by_year(versions: Versions) -> None:
    targets = population_targets(list(versions.values()))
    assert list(targets[["region", "version", "target_year", "target"]].itertuples(index=False, name=None)) == [
        ("2262", 2020, 2020, 18000),
        ("2309", 2019, 2030, 16000),
        ("2309", 2021, 2021, 15300),
        ("2309", 2021, 2022, 15370),
        ("2309", 2021, 2023, 15450),
        ("2309", 2024, 2035, 19300),
    ]


# The source documents' cases (sections 3 and 8 to 11 of the project's list), by measure.


def test_timra_prints_no_rule_so_all_measures_count(timra: pd.DataFrame) -> None:
    assert set(timra["rule_name"]) == {"alla mätetal ska vara uppfyllda"}


def test_krokoms_goal_without_measures_has_no_rule(krokom: pd.DataFrame) -> None:
    assert krokom.loc["hallbarhet", "rule_name"] == ""


def test_the_weights_and_the_lowest_part_of_timras_composite_stand_in_its_rule(
    timra: pd.DataFrame, timra_measures: pd.DataFrame
) -> None:
    assert timra.loc["1.3", "rule"] == (
        "Utfallet 80\u00a0% når målvärdet minst 79\u00a0%. Delarna väger lika: "
        "Livskvalitet 85\u00a0%, Service 80\u00a0% och Klimatsmart 75\u00a0%. Lägst: Klimatsmart."
    )
    row = timra_measures.loc["medborgare_sammanvagt"]
    assert (row["weakest"], row["cover"], row["target_value"]) == ("Klimatsmart", 1, 79)
    parts = timra_measures.loc[["medborgare_livskvalitet", "medborgare_service", "medborgare_klimatsmart"]]
    assert set(parts["weakest"]) == {""}
    assert parts["cover"].isna().all()


def test_timras_survey_has_no_margin_since_its_sampling_is_unknown(timra_measures: pd.DataFrame) -> None:
    row = timra_measures.loc["medborgare_sammanvagt"]
    assert row["margin_words"] == "Felmarginal kan inte beräknas: det framgår inte hur urvalet är gjort."
    assert (row["certain"], math.isnan(row["low"]), math.isnan(row["high"])) == ("", True, True)


def test_had_timras_sample_been_random_80_could_not_be_told_from_79(
    versions: Versions, measures: pd.DataFrame, inhabitants: Inhabitants
) -> None:
    """Seed case 9: 85 ± 4,8; 80 ± 5,3; 75 ± 5,8, and from 66 to 75 on the border of chance."""
    drawn = measures.assign(
        sampling=measures["sampling"].replace("unknown", "probability"),
        n=measures["n"].mask((measures["date"] < "2020") & (measures["measure"] == "medborgare_klimatsmart"), 187),
    )
    table = measures_table(versions["2262-2020"], drawn, 2020, inhabitants["2262"]).set_index("measure")
    for measure, words in (("livskvalitet", "±4,8"), ("service", "±5,3"), ("klimatsmart", "±5,8")):
        assert f"Felmarginal: {words}\u00a0procentenheter" in table.loc[f"medborgare_{measure}", "margin_words"]
    whole = table.loc["medborgare_sammanvagt"]
    assert (whole["status"], whole["certain"]) == ("met", "no")
    assert (round(whole["low"], 1), round(whole["high"], 1)) == (74.7, 85.3)
    assert "ligger inom felmarginalen" in whole["remarks"]
    smart = table.loc["medborgare_klimatsmart", "margin_words"]
    assert smart.endswith("Förändringen sedan 2019 är på gränsen till vad slumpen brukar ge.")
    goals = goals_beside_printed(versions["2262-2020"], drawn, 2020, inhabitants["2262"]).set_index("number")
    assert goals.loc["1.3", "status"] == "met"
    assert "ligger inom felmarginalen" in goals.loc["1.3", "warnings"]


def test_three_per_cent_of_thirty_is_one_advertisement(timra_measures: pd.DataFrame) -> None:
    row = timra_measures.loc["inkluderande_annonser"]
    assert row["share_words"].startswith("1 av 30")
    assert (row["status"], row["certain"]) == ("not_met", "yes")
    assert (round(row["low"], 1), round(row["high"], 1)) == (0.6, 16.7)


@pytest.mark.parametrize(
    ("measure", "status", "value", "target"),
    [
        ("grona_blad", "not_met", 18, 20),
        ("roda_blad", "not_met", 16, 10),
        ("grona_blommor", "not_met", 0, 4),
        ("bredband_100", "met", 91, 90),
        ("ranking_norrland", "met", 1, 1),
        ("ranking_service", "met", 5, None),
        ("ranking_sverige", "no_target", 28, None),
        ("ranking_topp_fem", "no_target", 7, None),
        ("kvinnliga_foretagare", "not_met", 21, 53),
        ("gastnatter_forandring", "no_target", -56163, None),
        ("foretag_netto", "no_target", 97, None),
        ("nya_lagenheter", "not_met", 0, None),
        ("nya_villor", "not_met", 10, None),
        ("servicedeklaration_klarade", "not_met", 91, 96),
        ("publicerade_processer", "no_target", 131, None),
        ("inkluderande_annonser", "not_met", 3, 75),
        ("underrepresenterat_kon", "not_met", 20, 23),
        ("yngre_anstallda", "not_met", 5, 8),
        ("utvecklingsplaner", "met", 80, 70),
    ],
)
def test_a_measure_of_timra_2020_stands_as_recomputed(
    timra_measures: pd.DataFrame, measure: str, status: str, value: float, target: float | None
) -> None:
    row = timra_measures.loc[measure]
    assert (row["status"], row["value"]) == (status, value)
    assert math.isnan(row["target_value"]) if target is None else row["target_value"] == target


@pytest.mark.parametrize(
    ("measure", "reason"),
    [
        ("bygglov_bostader", "Mätvärde för 2020 och 2021 saknas."),
        ("e_tjanster", "Mätvärde för 2020 och 2021 saknas."),
        ("meritpoang", "Mätvärde för 2020 och 2021 saknas."),
        ("dialog_deltagare", "Mätvärde saknas"),
        ("alternativa_utforare", "Mätvärde för 2020 och 2021 saknas."),
        ("ledarskapsindex", "Mätvärde för 2020 och 2021 saknas."),
        ("medarbetarindex", "Mätvärde för 2020 och 2021 saknas."),
        ("resultat_mot_budget", "Mätvärde saknas"),
    ],
)
def test_a_measure_that_krokom_gives_no_value_is_not_judged(
    krokom_measures: pd.DataFrame, measure: str, reason: str
) -> None:
    row = krokom_measures.loc[measure]
    assert row["status"] == "not_judged"
    assert row["rule"].startswith(reason)
    assert math.isnan(row["value"])


def test_krokoms_other_measures_stand_as_recomputed(krokom_measures: pd.DataFrame) -> None:
    status = krokom_measures["status"]
    assert (status["kundcenter_losningsgrad"], krokom_measures.loc["kundcenter_losningsgrad", "target_value"]) == (
        "met",
        60,
    )
    assert status["webperf_placering"] == "not_judged"
    assert "gäller 2022" in krokom_measures.loc["webperf_placering", "rule"]
    assert status["epa_cafeer"] == "not_met"  # 3 of 4


def test_the_rank_of_2022_is_wanted_in_2022(
    versions: Versions, measures: pd.DataFrame, inhabitants: Inhabitants
) -> None:
    for place, status in ((10, "met"), (11, "not_met")):
        row = measures[:1].assign(region="2309", measure="webperf_placering", date="2022-12-31", value=float(place))
        known = pd.concat([measures, row], ignore_index=True)
        table = measures_table(versions["2309-2021"], known, 2022, inhabitants["2309"]).set_index("measure")
        assert table.loc["webperf_placering", "status"] == status


def test_krokoms_effektmal_of_2024_are_judged_when_there_are_outcomes(versions: Versions) -> None:
    """Seed cases 3.10, 10 and 11 with made-up outcomes: a path, a cap, last days, the year before, a count."""
    known = [
        ("sjuktal", 2022, 10.2), ("sjuktal", 2024, 8.0),
        ("inkop_utan_avtal", 2022, 17), ("inkop_utan_avtal", 2024, 12.1),
        ("digitala_arbetsomraden", 2024, 3), ("underhall_per_kvm", 2023, 100), ("underhall_per_kvm", 2024, 100),
        ("verksamhetsmal_per_namnd", 2024, 4),
    ]  # fmt: skip
    rows = [
        {"region": "2309", "measure": m, "date": f"{y}-12-31", "value": float(v), "precision": "", "sampling": ""}
        for m, y, v in known
    ]
    table = measures_table(versions["2309-2024"], pd.DataFrame(rows), 2024, {2023: 15582.0, 2024: 15600.0})
    status = table.set_index("measure")["status"]
    assert (status["sjuktal"], status["inkop_utan_avtal"], status["digitala_arbetsomraden"]) == (
        "met",
        "not_met",
        "met",
    )
    assert (status["underhall_per_kvm"], status["verksamhetsmal_per_namnd"]) == ("not_met", "not_met")
    row = table.set_index("measure").loc["sjuktal"]
    assert (row["target_value"], row["change_words"], row["trend"]) == (8, "−2,2\u00a0procentenheter sedan 2022", "")
    assert status["folkmangd"] == "not_judged"  # 19 300 is wanted in 2035


def test_a_printed_word_that_is_not_the_rules_is_warned_of(timra: pd.DataFrame, krokom: pd.DataFrame) -> None:
    both = pd.concat([timra, krokom])
    warned = both["warnings"].str.contains("Dokumentets omdöme är ett annat än regelns.", regex=False)
    assert list(warned) == list(both["differs"])
    assert warned.any()
    assert not warned.all()


def judged_by(version: GoalVersion, goal: int, **printed: Any) -> GoalVersion:
    content = version.model_dump()
    content["goals"][goal]["printed"] = printed
    return GoalVersion.model_validate(content)


def test_who_judged_when_and_how_far_it_has_come_is_told(
    versions: Versions, measures: pd.DataFrame, inhabitants: Inhabitants
) -> None:
    version = judged_by(
        versions["2309-2021"], 1, words="uppfyllt", basis="activity", by="Förvaltningschefen", when="2022-02-01",
        stage="utkast",
    )  # fmt: skip
    row = goals_beside_printed(version, measures, 2021, inhabitants["2309"]).iloc[1]
    assert (row["by"], row["when"], row["stage"]) == ("Förvaltningschefen", "2022-02-01", "utkast")
    assert row["difference"].startswith('Förvaltningschefen bedömer "uppfyllt" utifrån aktiviteterna')
    assert row["warnings"].startswith("Bedömningen är en annan än regelns. Grönt i bedömningen för att aktiviteterna")


def test_a_judgement_without_a_name_in_the_comments_is_not_blamed_on_the_document(
    versions: Versions, measures: pd.DataFrame, inhabitants: Inhabitants
) -> None:
    version = judged_by(versions["2309-2021"], 1, words="uppfyllt", basis="activity", source="comments")
    row = goals_beside_printed(version, measures, 2021, inhabitants["2309"]).iloc[1]
    assert row["difference"].startswith('I kommentarerna bedöms målet som "uppfyllt" utifrån aktiviteterna')
    assert row["warnings"].startswith("Bedömningen är en annan än regelns. Grönt i bedömningen")


def test_goals_judged_on_an_old_value_or_not_measured_are_marked(timra: pd.DataFrame, krokom: pd.DataFrame) -> None:
    assert timra.loc["1.5", "aged"] and not timra.loc["1.3", "aged"]  # broadband is of October 2019
    assert dict(timra["unmeasured"][timra["unmeasured"] > 0]) == {"1.4": 1, "4.1": 1}
    assert krokom.loc["bostader", "unmeasured"] == 1


def test_a_part_of_timras_composite_that_has_a_trend_gives_the_composite_none(timra_measures: pd.DataFrame) -> None:
    trends = timra_measures["trend"]
    assert (trends["medborgare_sammanvagt"], trends["medborgare_service"]) == ("", "")
    assert trends["medborgare_klimatsmart"] == "better"
    assert timra_measures.loc["medborgare_klimatsmart", "previous_precision"] == "approximate"
    assert "Härlett: 75 minus" in timra_measures.loc["medborgare_klimatsmart", "remarks"]


def test_a_goal_without_measures_that_is_green_through_activities_is_warned_of(
    versions: Versions, measures: pd.DataFrame, inhabitants: Inhabitants
) -> None:
    place = next(i for i, goal in enumerate(versions["2309-2021"].goals) if not goal.measures)
    version = judged_by(versions["2309-2021"], place, words="uppfyllt", basis="activity")
    row = goals_beside_printed(version, measures, 2021, inhabitants["2309"]).iloc[place]
    assert "aktiviteterna sägs vara genomförda, men målet har inget mätetal." in row["warnings"]


def test_the_owner_and_the_essential_ones_are_in_the_table(
    versions: Versions, measures: pd.DataFrame, inhabitants: Inhabitants
) -> None:
    first, *others = versions["2309-2021"].goals
    owned = first.model_copy(update={"owner": "Kommunstyrelsen", "essential": True})
    version = versions["2309-2021"].model_copy(update={"goals": (owned, *others)})
    table = goals_beside_printed(version, measures, 2021, inhabitants["2309"])
    assert list(table["owner"])[:2] == ["Kommunstyrelsen", ""]
    assert list(table["essential"])[:2] == [True, False]


def test_what_is_not_known_by_the_last_day_is_not_used(
    versions: Versions, measures: pd.DataFrame, inhabitants: Inhabitants
) -> None:
    known = (versions["2309-2021"], measures, 2021, inhabitants["2309"])
    august = goals_beside_printed(*known, until=date(2021, 8, 31)).set_index("id")
    assert august.loc["invanare", "status"] == "not_judged"  # SCB's figure of 31 December
    assert measures_table(*known, until=date(2021, 8, 31))["date"].max() < "2021-09"
