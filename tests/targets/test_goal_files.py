from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from pydantic import ValidationError

from krokomanalys.sources.goals import GoalVersion
from krokomanalys.sources.layouts import COMMENTS
from krokomanalys.sources.measures import Measure
from krokomanalys.sources.tables import read_table

DATA = Path(__file__).parents[2] / "data"
Versions = dict[str, GoalVersion]


def measure(**fields: Any) -> Measure:
    return Measure.model_validate({"id": "m", "name": "Mått", "unit": "st", **fields})


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"target": 5}, "ingen riktning"),
        (
            {"direction": "higher", "target": 5, "relative_to": 2020},
            "bara ett av target, path, relative_to och deadline",
        ),
        ({"direction": "range", "target": 5}, "två tal"),
        ({"direction": "higher", "target": [1, 3]}, "två tal"),
        ({"direction": "range", "target": [10, 1]}, "ska vara det lägsta"),
        ({"direction": "higher", "target": "Högre"}, "målvärde i ord"),
        ({"direction": "ordinal", "target": "Mera"}, 'målvärdet "Mera" går inte att läsa som ett tal'),
        ({"direction": "higher", "target": 3, "deadline": "2024-03-31"}, "bara ett av target, path"),
        ({"direction": "higher", "deadline": "2024-03-31"}, "deadline hör ihop med direction: binary"),
        ({"direction": "higher", "by": 1}, "by och by_percent hör ihop med relative_to"),
        ({"direction": "higher", "share_of": "anställda"}, 'share_of hör ihop med unit: "%"'),
        ({"direction": "higher", "cover": 0.5}, "cover hör ihop med parts"),
        (
            {"direction": "higher", "parts": [{"measure": "a", "weight": 0.5}, {"measure": "b", "weight": 0.4}]},
            "delarnas vikter summerar till 0,9; 1 eller 100 väntades",
        ),
        (
            {"direction": "higher", "parts": [{"measure": "a", "weight": 0.5}, {"measure": "b"}]},
            "delarnas vikter: 1 av 2 saknas",
        ),
    ],
)
def test_a_measure_that_cannot_be_judged_as_written_is_refused_in_swedish(
    fields: dict[str, object], message: str
) -> None:
    with pytest.raises(ValidationError, match=message):
        measure(**fields)


def test_a_composite_of_a_measure_outside_its_goal_is_refused(versions: Versions) -> None:
    content = versions["2262-2020"].model_dump()
    content["goals"][0]["measures"][0]["parts"][0]["measure"] = "grona_blad"
    with pytest.raises(ValidationError, match="delen grona_blad är inget annat mätetal i samma mål"):
        GoalVersion.model_validate(content)


def test_an_activity_for_a_goal_that_is_not_there_is_refused(versions: Versions) -> None:
    content = versions["2309-2021"].model_dump()
    content["activities"][0]["goals"] = ["vindkraft"]
    with pytest.raises(ValidationError, match="pekar på målet vindkraft som inte finns"):
        GoalVersion.model_validate(content)


def test_every_row_of_measures_belongs_to_a_measure_of_its_municipality(
    versions: Versions, measures: pd.DataFrame
) -> None:
    known = {
        (version.region, m.id)
        for version in versions.values()
        for m in (*(m for goal in version.goals for m in goal.measures), *version.comparisons)
    }
    assert set(zip(measures["region"], measures["measure"], strict=True)) <= known


def test_a_subject_keeps_its_id_through_krokoms_versions(versions: Versions) -> None:
    ids = {year: {goal.id for goal in versions[f"2309-{year}"].goals} for year in (2019, 2021, 2024)}
    assert ids[2019] & ids[2021] & ids[2024] == {"invanare", "digitalisering", "hallbarhet"}
    assert {"bostader", "meritpoang", "kostnadskontroll", "ledarskap"} <= ids[2019] & ids[2021]
    assert [len(versions[f"2309-{year}"].goals) for year in (2019, 2021, 2024)] == [12, 9, 7]


def test_every_comment_is_on_a_goal_or_a_line_and_every_goal_of_timra_has_one(versions: Versions) -> None:
    comments = read_table(DATA / "comments" / "2262-2020.csv", COMMENTS, "2262-2020.csv")
    assert ((comments["goal"] != "") != (comments["line"] != "")).all()
    goals = [goal.id for goal in versions["2262-2020"].goals]
    assert list(comments.loc[comments["goal"] != "", "goal"]) == goals
    assert list(comments.loc[comments["line"] != "", "line"]) == ["Verksamhetens nettokostnader"]
    assert comments["effekt_tkr"].isna().all()  # the document states no effects


def test_the_recruitment_advertisements_are_from_six_places(versions: Versions) -> None:
    comments = read_table(DATA / "comments" / "2262-2020.csv", COMMENTS, "2262-2020.csv").set_index("goal")
    text = comments.loc["mangfald", "kommentar"]
    for part in ("11 från barn", "11 från social", "4 från kultur", "2 från arbetsmarknad", "1 från miljö"):
        assert part in text


def test_the_contradictions_of_the_documents_are_remarked_on(versions: Versions) -> None:
    timra, krokom = versions["2262-2020"].remarks, versions["2309-2021"].remarks
    for words in ("30 september 2019", "livskvalitet och", "1 oktober 2019"):
        assert any(words in remark for remark in timra), words
    for words in ("300 personer", "8,8 till 8,5", "18 olika", "sägs ha genomförda uppdrag"):
        assert any(words in remark for remark in krokom), words
