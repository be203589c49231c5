"""The top of the goal report: what the goals show together, what a reader should beware of, and one light."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import pandas as pd

from krokomanalys.report.aims import current, genitive, goal_light, goal_name, goal_trends, split_tally
from krokomanalys.report.goal_outlook import GoalOutlook
from krokomanalys.report.page import Piece, State, opening
from krokomanalys.report.people import reach_light, target_finding
from krokomanalys.sources.goals import GoalVersion
from krokomanalys.sources.slices import Slice
from krokomanalys.sources.tables import rows_of
from krokomanalys.swedish import listed
from krokomanalys.targets.activities import unfinished_though_met
from krokomanalys.targets.status import JUDGED, Reason, Status

NAMED = 3
"""Goals that a finding names; more of them it only counts."""
LEAD = "För nämnd och fullmäktige: vilka mål som är uppfyllda, på vilken grund, och var omdömet är ett annat."
PLAN_LEAD = (
    "För nämnd och fullmäktige: vilka mål som är beslutade och hur de ska mätas. **Dokumentet är en plan; utfall finns "
    "inte än.**"
)


def goal_opening(
    slice_: Slice,
    goals: pd.DataFrame,
    measures: pd.DataFrame,
    outlooks: Mapping[str, GoalOutlook],
    state: State,
    by: str,
    when: str,
) -> Piece:
    """The top of the goal report: what the goals show together, and one light for them all.

    `outlooks` is that of report.goal_outlook.goal_outlooks: targets for inhabitants that the projection doesn't reach
    are a finding.
    """
    version = current(slice_)
    findings = [
        *goal_findings(goals)[:1],
        *worst_finding(goals),
        *contradiction_finding(version),
        *goal_findings(goals)[1:],
        *outlook_findings(outlooks),
        *trend_finding(goal_trends(version, measures)),
    ]
    return opening(
        f"Måluppföljning för {slice_.name} {slice_.year}",
        eyebrow=f"{slice_.name} · {version.board or 'hela kommunen'} · {version.document.title}",
        lead=PLAN_LEAD if is_plan(slice_, goals) else LEAD,
        findings=findings,
        lights=[goal_light(goals)],
        state=state,
        by=by,
        when=when,
        made_up=slice_.made_up,
    )


def is_plan(slice_: Slice, goals: pd.DataFrame) -> bool:
    """Whether the document only says what is to be: nothing is judged in it, or by the rule on the year's own values.

    Nor is any activity's status told. Before the year's end it isn't known: what a document says of how it went is
    withheld then (see sources.goals.before_judgement).
    """
    over = slice_.known_until >= pd.Timestamp(slice_.year, 12, 31).date()
    told = any(activity.status for activity in current(slice_).activities)
    judged = goals["status"].isin(JUDGED) & ~goals["aged"].astype(bool)
    return over and not told and not judged.any() and not (goals["printed"] != "").any()


def goal_findings(goals: pd.DataFrame, owner: str = "") -> list[str]:
    """How many goals have which status, why some aren't judged, what the others lack, and where the words part.

    `owner` is whose goals they are, where the page is about more than them.
    """
    if goals.empty:
        return ["Det finns inga mål att följa upp."]
    findings = [_counted(goals, owner)]
    rest = goals[goals["reasons"] != ""]
    if len(rest):
        findings.append(f"Skäl till att **{len(rest)}** mål inte har bedömts: {_reasons(rest)}.")
    return [*findings, *_lacking(goals), *_differing(goals)]


def _counted(goals: pd.DataFrame, owner: str) -> str:
    count, met = len(goals), int((goals["status"] == Status.MET).sum())
    whose = f"{genitive(owner)} **{count}** mål" if owner else f"**{count}** mål"
    judged, unjudged = split_tally(goals.loc[goals["status"] != Status.MET, "status"], bold=True)
    if not met and not judged:
        lacks = "" if set(goals["status"]) == {Status.NOT_JUDGED} else f": {listed(unjudged)}"
        return f"**Inget** av {whose} kan bedömas enligt regeln{lacks}."
    first = f"Enligt regeln är **{met or 'inget'}** av {whose} {Status.MET.words(met or 1)}"
    first += f", {listed(judged)}." if judged else "."
    return " ".join([first, *([f"{listed(unjudged)}."] if unjudged else [])])


def worst_finding(goals: pd.DataFrame) -> list[str]:
    """Which goals aren't met, named where they are few enough to be; nothing where all are."""
    missed = goals[goals["status"] == Status.NOT_MET]
    if missed.empty or len(missed) > NAMED:
        return []
    return [f"{'Inte uppfyllt' if len(missed) == 1 else 'Inte uppfyllda'}: {_named(missed)}."]


def contradiction_finding(version: GoalVersion) -> list[str]:
    """The goals that are called met since their activities are done, while the same document says that they aren't."""
    found = unfinished_though_met(version)
    if found.empty:
        return []
    by_id = {goal.id: goal for goal in version.goals}
    names = listed([f'"{goal_name("", by_id[i].title, short=True)}"' for i in found["goal"]])
    return [
        f"**{len(found)}** mål kallas {Status.MET.words(len(found))} för att uppdragen är genomförda, men enligt "
        f"dokumentets egen lista är de inte det: {names}."
    ]


def outlook_findings(outlooks: Mapping[str, GoalOutlook]) -> list[str]:
    """The targets for inhabitants that the projection doesn't reach, each with how far from it that is."""
    return [
        f"{target_finding(held)} Det är **{reach_light(held).words}**."
        for outlook in outlooks.values()
        for held in outlook.held
        if held.met is None and held.expected < held.target
    ]


def trend_finding(trends: Mapping[str, str]) -> list[str]:
    """How many goals have come closer since the measurement before, and how many have not; nothing without any."""
    counts = Counter(filter(None, trends.values()))
    if not counts:
        return []
    words = {"better": "bättre", "worse": "sämre", "unchanged": "oförändrade", "mixed": "åt olika håll"}
    if counts["unchanged"] == 1:
        words["unchanged"] = "oförändrat"
    told = listed([f"**{counts[code]}** {word}" for code, word in words.items() if counts[code]])
    rest = len(trends) - counts.total()
    lacking = f" För **{rest}** finns inget att jämföra med." if rest else ""
    return [f"Trenden sedan förra mätningen: {told}.{lacking}"]


def _lacking(goals: pd.DataFrame) -> list[str]:
    """How many judged goals lack the value of a measure, and how many are judged on values of an earlier year."""
    judged = goals[goals["status"].isin(JUDGED)]
    short, aged = judged[judged["unmeasured"] > 0], judged[judged["aged"].astype(bool)]
    said = [f"**{len(short)}** mål bedöms fast mätetal saknas{_which(short)}."] if len(short) else []
    return said + ([f"**{len(aged)}** mål bedöms på äldre värden{_which(aged)}."] if len(aged) else [])


def _differing(goals: pd.DataFrame) -> list[str]:
    """For how many goals the words differ from the rule, and how many of them are green without a value or a target."""
    differs = goals[goals["differs"].astype(bool)]
    if differs.empty:
        return ["Omdömena är desamma som regelns."] if (goals["printed"] != "").any() else []
    said = [f"För **{len(differs)}** mål skiljer sig omdömet från regeln{_which(differs)}."]
    green = differs[(differs["printed_status"] == Status.MET) & ~differs["status"].isin(JUDGED)]
    lacks = {Status.NO_TARGET: "målvärde", Status.STALE: "aktuellt mätvärde"}
    for lack in ("mätvärde", *lacks.values()):
        own = green[[lacks.get(Status(status), "mätvärde") == lack for status in green["status"]]]
        if len(own):
            said.append(f"**{len(own)}** är {'grönt' if len(own) == 1 else 'gröna'} utan {lack}{_which(own)}.")
    return [" ".join(said)]


def _which(goals: pd.DataFrame) -> str:
    """The goals by name, where they are few or have numbers to be named by."""
    return f": {_named(goals)}" if len(goals) <= NAMED or all(goals["number"]) else ""


def _named(goals: pd.DataFrame) -> str:
    named = [(r.number, goal_name(r.number, r.title, short=True)) for r in rows_of(goals)]
    return listed([name if number else f'"{name}"' for number, name in named])


def _reasons(unjudged: pd.DataFrame) -> str:
    counts = unjudged["reasons"].value_counts()
    held = [(reason.word, int(counts[reason])) for reason in Reason if reason in counts.index]
    several = len(unjudged) - sum(n for _, n in held)
    held += [("flera skäl", several)] if several else []
    return held[0][0] if len(held) == 1 else ", ".join(f"{word} ({n})" for word, n in held)
