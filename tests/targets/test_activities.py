from __future__ import annotations

import math
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from krokomanalys.errors import InputError
from krokomanalys.sources.goals import Activity, GoalVersion, before_judgement
from krokomanalys.targets.activities import (
    ACTIVITY_WORDS,
    State,
    activities_table,
    activity_links,
    activity_state,
    activity_word_faults,
    by_goal,
    share_done,
    unfinished_though_met,
)

Versions = dict[str, GoalVersion]
EXAMPLES = [(word, state) for state, words in ACTIVITY_WORDS.items() for word in words]


def counts(version: GoalVersion) -> dict[str, int]:
    return dict(activities_table(version)["status"].value_counts())


def made_up(status: str | None = None, comment: str | None = None, due: date | None = None) -> GoalVersion:
    """A version of 2025 with one goal and one activity."""
    content = {
        "region": "0000",
        "year": 2025,
        "document": {"title": "Mål", "body": "Exempelkommun"},
        "goals": [{"id": "skola", "title": "Skola", "kind": "namnd"}],
        "activities": [{"id": "a", "title": "A", "goals": ["skola"], "status": status, "comment": comment, "due": due}],
    }
    return GoalVersion.model_validate(content)


def conflict(status: str, comment: str) -> str:
    return str(activities_table(made_up(status, comment))["conflict"].iloc[0])


@pytest.mark.parametrize(("word", "state"), EXAMPLES)
def test_every_word_that_the_message_offers_is_understood(word: str, state: State) -> None:
    assert activity_state(word, 2025) == state


@pytest.mark.parametrize(
    ("words", "state"),
    [
        ("Genomfört", State.DONE),
        ("genomförts", State.DONE),
        ("Klart.", State.DONE),
        ("framtagna", State.DONE),
        ("färdigställt", State.DONE),
        ("Påbörjat, enl plan", State.ON_PLAN),
        ("Påbörjat enl. plan", State.ON_PLAN),
        ("pågår enligt tidsplan", State.ON_PLAN),
        ("Påbörjat med avvikelse", State.DEVIATING),
        ("Försenat", State.DEVIATING),
        ("pågår ej enligt plan", State.DEVIATING),
        ("påbörjat", State.UNDER_WAY),
        ("delvis genomförda", State.UNDER_WAY),
        ("skjuts till 2025", State.POSTPONED),
        ("Uppskjutet till år 2026", State.POSTPONED),
        ("skjuts fram", State.POSTPONED),
        ("Ej påbörjat", State.NOT_STARTED),
        ("inte genomfört", State.NO_EFFORT),
        ("Ingen insats gjord", State.NO_EFFORT),
        ("inställda", State.STOPPED),
        ("", State.UNSTATED),
        ("–", State.UNSTATED),
    ],
)
def test_the_words_of_documents_and_of_every_day_have_a_state(words: str, state: State) -> None:
    assert activity_state(words, 2025) == state


@given(st.sampled_from(EXAMPLES), st.booleans(), st.sampled_from(["", ".", ",", "  "]))
def test_capitals_full_stops_and_spaces_do_not_matter(example: tuple[str, State], upper: bool, end: str) -> None:
    word, state = example
    assert activity_state(f" {word.upper() if upper else word}{end}", 2025) == state


@pytest.mark.parametrize("words", ["nästan", "klart i morgon", "ej", "genomfört ej", "2025", "påbörjat plan"])
def test_a_word_outside_the_vocabulary_is_refused_with_its_place_and_what_to_write(words: str) -> None:
    (fault,) = activity_word_faults(made_up(words))
    assert (fault.file, fault.key) == ("data/goals/0000-2025.yaml", "activities.a.status")
    assert f'"{words}" är ingen känd status' in fault.problem and "uppskjuten" in fault.expected
    with pytest.raises(InputError, match="ingen känd status"):
        activities_table(made_up(words))


def test_nothing_is_postponed_to_a_year_that_has_been() -> None:
    with pytest.raises(InputError, match="före målens år, 2025"):
        activity_state("skjuts till 2024", 2025)


def test_every_status_of_the_embedded_files_is_known(versions: Versions) -> None:
    assert [fault for version in versions.values() for fault in activity_word_faults(version)] == []


def test_timra_has_two_done_one_as_planned_three_deviating_and_two_blank(versions: Versions) -> None:
    assert counts(versions["2262-2020"]) == {
        "Genomfört": 2,
        "Påbörjat med avvikelse": 3,
        "Påbörjat, enl plan": 1,
        "": 2,
    }
    assert share_done(versions["2262-2020"]) == 0.25
    states = activities_table(versions["2262-2020"])["state"].value_counts()
    assert states.to_dict() == {"deviating": 3, "done": 2, "unstated": 2, "on_plan": 1}


def test_a_status_left_blank_is_not_an_investment_of_a_dash(versions: Versions) -> None:
    table = activities_table(versions["2262-2020"]).set_index("id")
    assert list(table.index[table["status"] == ""]) == ["it_skolan", "digitalisering"]
    assert set(table["investment"]) == {"-"}
    assert list(table["project"]) == ["Projekt 2019-2021", "Nej", "Nej", "Ja", "Ja", "", "", ""]


@pytest.mark.parametrize(("printed", "kept"), [(None, ""), ("-", "-"), ("0", "0")])
def test_blank_dash_and_zero_stay_apart(versions: Versions, printed: str | None, kept: str) -> None:
    first = versions["2262-2020"].activities[0].model_copy(update={"investment": printed})
    version = versions["2262-2020"].model_copy(update={"activities": (first,)})
    assert activities_table(version)["investment"].tolist() == [kept]


def test_done_with_a_comment_on_next_year_is_a_conflict(versions: Versions) -> None:
    table = activities_table(versions["2262-2020"]).set_index("id")
    assert table.loc["obrutna_floden", "conflict"] == 'Status är "Genomfört", men kommentaren nämner 2021, efter 2020.'
    assert list(table.index[table["conflict"] != ""]) == ["obrutna_floden"]
    assert "2021" in table.loc["planprogram_ubo4", "comment"]  # but it isn't said to be done


@pytest.mark.parametrize(
    ("status", "comment", "said"),
    [
        ("klar", "Arbetet pågår.", 'säger "pågår"'),
        ("klar", "Uppskjutet till hösten.", 'säger "Uppskjutet"'),
        ("klar", "Försenad, slut 2027.", 'nämner 2027, efter 2025 och säger "Försenad"'),
        ("pågår enligt plan", "Försenat av bygget.", 'säger "Försenat"'),
        ("ej påbörjad", "Har påbörjats på två skolor.", 'säger "påbörjats"'),
    ],
)
def test_a_comment_that_says_something_else_than_the_status_is_a_conflict(status: str, comment: str, said: str) -> None:
    assert conflict(status, comment) == f'Status är "{status}", men kommentaren {said}.'


@pytest.mark.parametrize(
    ("status", "comment"),
    [
        ("klar", "Blev klar i maj 2025."),
        ("klar", "Arbetet är inte försenat."),
        ("pågår enligt plan", "Blir klar 2027."),
        ("pågår", "Försenat av bygget."),
        ("skjuts till 2027", "Försenat av bygget."),
        ("-", "Pågår till 2027."),
    ],
)
def test_a_comment_that_goes_with_the_status_is_none(status: str, comment: str) -> None:
    assert conflict(status, comment) == ""


@pytest.mark.parametrize(
    ("status", "due", "overdue"),
    [
        ("pågår", date(2025, 12, 31), True),
        (None, date(2025, 6, 30), True),
        ("pågår", date(2026, 1, 1), False),
        ("klar", date(2025, 6, 30), False),
        ("skjuts till 2026", date(2025, 6, 30), False),
        ("avbruten", date(2025, 6, 30), False),
        ("pågår", None, False),
    ],
)
def test_what_is_not_done_by_its_day_is_overdue(status: str | None, due: date | None, overdue: bool) -> None:
    said = activities_table(made_up(status, due=due))["overdue"].iloc[0]
    assert bool(said) == overdue


def test_the_last_known_day_decides_what_is_overdue() -> None:
    version = made_up("pågår", due=date(2025, 10, 31))
    assert activities_table(version, date(2025, 8, 31))["overdue"].iloc[0] == ""
    assert (
        activities_table(version, date(2025, 10, 31))["overdue"].iloc[0] == "Skulle vara klar senast 31 oktober 2025."
    )


def test_krokom_prints_twenty_rows_of_eighteen_uppdrag(versions: Versions) -> None:
    version = versions["2309-2021"]
    links = activity_links(version)
    per_goal = links.groupby("goal", sort=False).size()
    assert len(links) == 20
    assert links["activity"].nunique() == len(version.activities) == 18
    assert list(per_goal) == list(by_goal(version)["count"]) == [3, 3, 3, 2, 2, 1, 2, 1, 3]
    twice = links["activity"].value_counts()
    assert sorted(twice[twice == 2].index) == ["administrativa_processer", "oversiktsplan"]


def test_an_uppdrag_under_two_goals_is_counted_once(versions: Versions) -> None:
    found = counts(versions["2309-2021"])
    assert sum(found.values()) == 18
    assert (found["skjuts till 2022"], found["ingen insats"], found["gjord"]) == (2, 1, 1)
    assert share_done(versions["2309-2021"]) == 5 / 18


def test_two_uppdrag_of_krokom_are_postponed_to_2022_and_one_got_no_effort(versions: Versions) -> None:
    table = activities_table(versions["2309-2021"]).set_index("id")
    postponed = table[table["state"] == State.POSTPONED]
    assert sorted(postponed.index) == ["hallbarhetsstrategi_fardigstalla", "tillvaxtstrategi_revidera"]
    assert list(postponed["postponed_to"]) == [2022, 2022]
    assert list(table.index[table["state"] == State.NO_EFFORT]) == ["policy_driftsformer"]


def test_a_goal_knows_how_many_of_its_uppdrag_are_done(versions: Versions) -> None:
    table = by_goal(versions["2309-2021"]).set_index("goal")
    assert tuple(table.loc["bostader", ["count", "done", "share_done"]]) == (3, 3, 1.0)
    assert tuple(table.loc["invanare", ["count", "done", "postponed", "unstated"]]) == (3, 1, 1, 1)
    assert tuple(table.loc["kostnadskontroll", ["count", "done"]]) == (3, 0)


def test_activities_without_a_goal_are_a_row_of_their_own(versions: Versions) -> None:
    assert by_goal(versions["2262-2020"]).to_dict("records") == [
        {"goal": "", "count": 8, "done": 2, "postponed": 0, "unstated": 2, "share_done": 0.25}
    ]


def test_goals_called_met_for_their_uppdrag_that_are_not_done_are_found(versions: Versions) -> None:
    found = unfinished_though_met(versions["2309-2021"])
    assert [tuple(row) for row in found.itertuples(index=False)] == [
        ("ledarskap", "uppfyllt", 0, 1),
        ("kostnadskontroll", "uppfyllt", 0, 3),
    ]  # bostäder is called met too, and its three are done


def test_no_activities_have_no_share_done(versions: Versions) -> None:
    assert math.isnan(share_done(versions["2380-2024"]))
    assert by_goal(versions["2380-2024"]).empty


def test_the_made_up_municipality_shows_what_can_be_found(versions: Versions) -> None:
    table = activities_table(versions["0000-2025"]).set_index("id")
    assert list(table.index[table["overdue"] != ""]) == ["fasta_grupper"]
    assert list(table.index[table["state"] == State.POSTPONED]) == ["fritidsbank"]
    assert list(table.index[table["conflict"] != ""]) == ["skolbygge"]
    assert isinstance(versions["0000-2025"].activities[0], Activity)


def test_a_status_of_a_later_day_is_neither_blank_nor_late_nor_counted() -> None:
    decided = made_up("genomförd", "Klart i november.", date(2025, 6, 30))
    told = decided.activities[0].model_copy(update={"goals": ("skola",)})
    version = before_judgement(decided.model_copy(update={"activities": (told,)}), date(2025, 8, 31))
    row = activities_table(version, date(2025, 8, 31)).iloc[0]
    assert (row["state"], row["overdue"], row["status"]) == (State.WITHHELD, "", "")
    counted = by_goal(version).iloc[0]
    assert (counted["count"], counted["unstated"]) == (1, 0)
    assert math.isnan(share_done(version)) and math.isnan(counted["share_done"])
