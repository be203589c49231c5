"""The goals for god ekonomisk hushållning: how they stand, how they are expected to end, and what it adds up to.

For the delårsrapport, and for the year's måluppföljning. Financial goals (kind finansiellt) and the others,
verksamhetsmål, are told apart: the law asks for both (KL 11 kap. 6 §).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from krokomanalys.budget.law_findings import LawFinding
from krokomanalys.errors import Fault, InputError
from krokomanalys.report import balance
from krokomanalys.report.aims import comments_file, goal_light, goal_name, persons, tally
from krokomanalys.report.comments import comment_sections
from krokomanalys.report.lights import Light, light
from krokomanalys.report.measures import value_words
from krokomanalys.report.page import Piece, prose
from krokomanalys.report.tables import Column, Table
from krokomanalys.report.year_assessment import called, unjudged_words
from krokomanalys.sources.goals import GoalVersion
from krokomanalys.sources.slices import Slice
from krokomanalys.sources.tables import rows_of
from krokomanalys.swedish import day, listed
from krokomanalys.targets.goals import GOAL_COLUMNS, goals_beside_printed, measures_table
from krokomanalys.targets.judgements import with_judgements
from krokomanalys.targets.status import Status, from_words
from krokomanalys.targets.structure import essential_share

GROUPS = {True: "Finansiella mål", False: "Verksamhetsmål"}
RULE = (
    "Så är förslaget gjort: målen väntas bli uppfyllda om alla bedömda mål väntas bli det, delvis uppfyllda om några "
    "väntas bli det, och annars ej uppfyllda. Chefernas målprognos gäller. Finns ingen gäller läget enligt regeln. Mål "
    "som inte kan bedömas räknas inte, och är de fler än de bedömda blir det inget omdöme."
)


def goals_of(slice_: Slice) -> pd.DataFrame:
    """The goals of the municipality, or those that a nämnd answers for, one a row; no rows where there are none.

    Columns: those of targets.goals.goals_beside_printed; owner; financial (bool); expected, the status that managers
    expect at the end of the year ("" where none is given); stands, expected or else the rule's status.

    Raises:
        InputError: a comment is on a goal that isn't in the goal file, or two give one goal different målprognoser.
    """
    version = _version(slice_)
    if version is None or slice_.goals is None:
        columns = {"owner": str, "financial": bool, "expected": str, "stands": str}
        return pd.DataFrame(columns=list(dict.fromkeys([*GOAL_COLUMNS, *columns]))).astype(columns)
    expected = _expected(slice_, version)
    version = with_judgements(version, slice_.comments, comments_file(slice_))
    own = tuple(g for g in version.goals if slice_.board in (None, version.board, g.owner))
    frame = goals_beside_printed(
        version.model_copy(update={"goals": own}),
        slice_.goals.measures,
        slice_.year,
        persons(slice_),
        slice_.known_until,
    ).assign(
        owner=[g.owner or "" for g in own],
        financial=[g.kind == "finansiellt" for g in own],
        expected=[expected.get(g.id, "") for g in own],
    )
    return frame.assign(stands=frame["expected"].where(frame["expected"] != "", frame["status"]))


def goal_findings(goals: pd.DataFrame) -> list[str]:
    """How many goals are expected to be met, and how many are by the rule today; nothing without goals."""
    if goals.empty:
        return []
    parts = [
        f"{name}: {tally(own['stands'], bold=True)}"
        for financial, name in GROUPS.items()
        if len(own := goals[goals["financial"] == financial])
    ]
    told, count = int((goals["expected"] != "").sum()), len(goals)
    if not told:
        return [f"Målen i dag enligt regeln. {'. '.join(parts)}. Ingen målprognos för året är lämnad."]
    without = "Ett mål" if count - told == 1 else f"{count - told} av {count} mål"
    rest = f" {without} saknar målprognos, och där gäller läget i dag." if told < count else ""
    return [f"Målen vid årets slut enligt chefernas målprognos. {'. '.join(parts)}.{rest}"]


def goal_lights(goals: pd.DataFrame) -> list[Light]:
    """A light for each group of goals at the end of the year, those that there are."""
    return [
        outlook_light(own, f"{name} vid årets slut")
        for financial, name in GROUPS.items()
        if len(own := goals[goals["financial"] == financial])
    ]


def outlook_light(goals: pd.DataFrame, subject: str) -> Light:
    """What goals are expected to make together, by the rule of report.aims.goal_light, in the words of the findings."""
    return replace(goal_light(goals.assign(status=goals["stands"])), words=tally(goals["stands"]), subject=subject)


def goal_table(slice_: Slice, goals: pd.DataFrame, *, financial: bool) -> Table | None:
    """The financial goals, or the others: status by the rule with its figures, and the managers' målprognos."""
    version, own = _version(slice_), goals[goals["financial"] == financial]
    if version is None or own.empty:
        return None
    frame = own.assign(
        name=[f"{goal_name(g.number, g.title)}{_owned(g.owner, slice_.board)}" for g in rows_of(own)],
        said=own["id"].map(_latest(slice_, version)),
        outlook=pd.Series(
            [light(g.expected) if g.expected else Light("not_judged", "ingen lämnad") for g in rows_of(own)],
            index=own.index,
            dtype=object,
        ),
    )
    columns = {
        "name": Column("Mål", kind="text"),
        "status": Column("Läget enligt regeln", kind="light"),
        "outlook": Column("Målprognos för året", kind="light"),
        "said": Column("Senaste mätvärde", kind="text"),
    }
    return Table(
        "finansiella_mal" if financial else "verksamhetsmal",
        f"{GROUPS[financial]} {slice_.year}",
        frame,
        columns,
        note=f"Läget är räknat på mätvärden kända {day(slice_.known_until)}. Målprognosen är chefernas.",
        source=f"{version.document.body}, {version.document.title}",
    )


def goal_comments(slice_: Slice, goals: pd.DataFrame) -> Piece | None:
    """What managers write on the goals; nothing where they haven't."""
    names = {g.id: goal_name(g.number, g.title) for g in rows_of(goals)}
    words = (slice_.comments[["kommentar", "analys", "åtgärd"]] != "").any(axis=1)
    own = slice_.comments[slice_.comments["goal"].isin(list(names)) & words]
    order = {goal: place for place, goal in enumerate(names)}
    own = own.sort_values("goal", key=lambda ids: ids.map(order), kind="stable")
    return None if own.empty else comment_sections(own, names, "goal")


def essential_words(slice_: Slice, goals: pd.DataFrame) -> Piece | None:
    """How many väsentliga verksamhetsmål are expected to be met at the end of the year; None where there are none."""
    version = _version(slice_)
    if version is None or goals.empty:
        return None
    share = essential_share(goals.assign(status=goals["stands"]), version)
    if not share.count:
        return None
    words = f"{Status.MET.words(share.met)}{unjudged_words(share)}"
    expected = f"**{share.met} av {share.count}** {called(share)} väntas bli {words}."
    return prose(" ".join([expected, *share.findings]))


def own_assessment(slice_: Slice) -> Piece | None:
    """The own samlade bedömningar: comments that are on neither a line nor a goal; nothing without one.

    The municipality's stands first and then each nämnd's; on a nämnd's own page only its own.
    """
    rows = slice_.comments
    own = rows[(rows["line"] == "") & (rows["goal"] == "")]
    own = own[own["board"] == slice_.board] if slice_.board else own.sort_values("board", key=lambda b: b != "")
    names = {str(b): f"{b}: egen bedömning" if b else "Kommunens egen bedömning" for b in own["board"]}
    return None if own.empty else comment_sections(own, names, "board")


def assessment(goals: pd.DataFrame, law: Sequence[LawFinding] = ()) -> Piece | None:
    """What the goals and the balanskrav add up to, as a proposal with its rule; nothing without goals."""
    if goals.empty:
        return None
    sentences = [
        f"{name}, väntat läge vid årets slut: {tally(own['stands'])}."
        for financial, name in GROUPS.items()
        if len(own := goals[goals["financial"] == financial])
    ]
    status = Status(outlook_light(goals, "").status)
    if status == Status.NOT_JUDGED:
        sentences.append("Tillsammans **kan målen inte bedömas**: för få av dem går att bedöma.")
    else:
        sentences.append(f"Tillsammans väntas målen bli **{status.words(2)}**.")
    if law:
        words = {"met": "väntas bli uppfyllt", "not_met": "väntas inte bli uppfyllt"}
        kept = words.get(balance.law_light(law).status, "kan inte avgöras helt")
        sentences.append(f"Lagens balanskrav {kept}.")
    return prose(" ".join(sentences), RULE, proposed=True)


def _latest(slice_: Slice, version: GoalVersion) -> dict[str, str]:
    """By goal, each measure's latest value with its year, or that it has none; parts of a composite are left out."""
    assert slice_.goals is not None
    known = measures_table(version, slice_.goals.measures, slice_.year, persons(slice_), slice_.known_until)
    rows = {row.measure: row for row in rows_of(known)}
    found = {}
    for goal in version.goals:
        parts = {part.measure for measure in goal.measures for part in measure.parts}
        told = {m.name: value_words(rows[m.id]) for m in goal.measures if m.id not in parts}
        named = [f"{name}: {words}" for name, words in told.items()] if len(told) > 1 else list(told.values())
        found[goal.id] = "; ".join(named) or "inget mätetal"
    return found


def _owned(owner: str, board: str | None) -> str:
    """Who answers for a goal, after its name; not said on that nämnd's own page."""
    return f" ({owner})" if owner and owner != board else ""


def _version(slice_: Slice) -> GoalVersion | None:
    """The goals of the year: the nämnd's own document where there is one, else the municipality's."""
    if slice_.goals is None:
        return None
    if slice_.goals.current is not None:
        return slice_.goals.current
    whole = (v for v in slice_.goals.versions if v.year == slice_.year and v.board is None)
    return next(whole, None)


def _expected(slice_: Slice, version: GoalVersion) -> dict[str, str]:
    """The status that managers expect of each goal, by its id."""
    file = comments_file(slice_)
    known = [goal.id for goal in version.goals]
    rows = slice_.comments[slice_.comments["goal"] != ""]
    found: dict[str, str] = {}
    for row in rows_of(rows[["goal", "målprognos"]].rename(columns={"målprognos": "words"})):
        if row.goal not in known:
            raise InputError(
                Fault(file, f'målet "{row.goal}" finns inte i målen för {slice_.year}', listed(known), key="goal")
            )
        if not row.words:
            continue
        status = str(from_words(row.words, file=file, key="målprognos"))
        if found.setdefault(row.goal, status) != status:
            raise InputError(
                Fault(file, f"målet {row.goal} har två olika målprognoser", "en för varje mål", key="målprognos")
            )
    return found
