"""What the goal report says: opening, tables and notes on goals, measures and what is said of them."""

from __future__ import annotations

import re
from html import escape

import pandas as pd

from krokomanalys.report import figures_followup
from krokomanalys.report.comments import comment_sections
from krokomanalys.report.lights import Light, light
from krokomanalys.report.page import Piece, State, note, opening, prose
from krokomanalys.report.pictures import Picture
from krokomanalys.report.tables import Column, Table
from krokomanalys.sources.goals import GoalVersion
from krokomanalys.sources.slices import Slice
from krokomanalys.sources.tables import rows_of
from krokomanalys.swedish import listed
from krokomanalys.targets.goals import goals_beside_printed, measures_table
from krokomanalys.targets.status import JUDGED, Reason, Status, together
from krokomanalys.targets.versions import goal_through_versions


def current(slice_: Slice) -> GoalVersion:
    """The goals of the slice's year. ValueError where the slice has none."""
    if slice_.goals is None or slice_.goals.current is None:
        raise ValueError("the slice has no goals of its year")
    return slice_.goals.current


def judged(slice_: Slice) -> pd.DataFrame:
    """The goals beside what the document printed, see targets.goals.goals_beside_printed."""
    assert slice_.goals is not None
    totals = {year: float(persons) for year, persons in slice_.totals.items()}
    return goals_beside_printed(current(slice_), slice_.goals.measures, slice_.year, totals)


def measured(slice_: Slice) -> pd.DataFrame:
    """The measures with value, target and status, see targets.goals.measures_table."""
    assert slice_.goals is not None
    totals = {year: float(persons) for year, persons in slice_.totals.items()}
    return measures_table(current(slice_), slice_.goals.measures, slice_.year, totals)


def goal_opening(slice_: Slice, goals: pd.DataFrame, state: State, by: str, when: str) -> Piece:
    """The top of the goal report: every goal with its light."""
    version = current(slice_)
    return opening(
        f"Måluppföljning för {slice_.name} {slice_.year}",
        eyebrow=f"{slice_.name} · {version.board or 'hela kommunen'} · {version.document.title}",
        lead="För nämnd och fullmäktige: vilka mål som är uppfyllda, på vilken grund, och var dokumentets omdöme är "
        "ett annat.",
        findings=goal_findings(goals),
        lights=[light(row.status, "", goal_name(row.number, row.title)) for row in rows_of(goals)],
        state=state,
        by=by,
        when=when,
        made_up=slice_.made_up,
    )


def goal_findings(goals: pd.DataFrame, owner: str = "") -> list[str]:
    """How many goals have which status, why some aren't judged, and where document and rule part.

    `owner` is whose goals they are, where the page is about more than them.
    """
    if goals.empty:
        return ["Det finns inga mål att följa upp."]
    whose = f"{genitive(owner)} mål" if owner else "Målen"
    findings = [f"{whose}, **{len(goals)}** stycken, enligt regeln: {tally(goals['status'], bold=True)}."]
    unjudged = goals[goals["reasons"] != ""]
    if len(unjudged):
        findings.append(f"Skäl till att **{len(unjudged)}** mål inte har bedömts: {_reasons(unjudged)}.")
    differs = goals[goals["differs"]]
    if len(differs):
        named = [goal_name(r.number, r.title, short=True) for r in rows_of(differs)]
        where = f": {listed(named)}" if len(named) <= 3 or all(differs["number"]) else ""
        findings.append(f"I **{len(differs)}** fall skiljer sig dokumentets omdöme från regelns{where}.")
    elif (goals["printed"] != "").any():
        findings.append("Dokumentets omdömen är desamma som regelns.")
    return findings


def tally(statuses: pd.Series[str], *, bold: bool = False) -> str:
    """How many there are of each status, in Swedish: `3 uppfyllda, 1 utan målvärde`; `bold` sets ** round numbers."""
    counts = statuses.value_counts()
    mark = "**" if bold else ""
    held = [(s, int(counts[s])) for s in figures_followup.ORDER if s in counts.index]
    return ", ".join(f"{mark}{n}{mark} {s.words(n)}" for s, n in held)


def genitive(name: str) -> str:
    """A name's genitive: Kommunstyrelsens, Alnäs."""
    return name if name.endswith(("s", "x", "z")) else f"{name}s"


def _reasons(unjudged: pd.DataFrame) -> str:
    counts = unjudged["reasons"].value_counts()
    held = [(reason.word, int(counts[reason])) for reason in Reason if reason in counts.index]
    several = len(unjudged) - sum(n for _, n in held)
    held += [("flera skäl", several)] if several else []
    return held[0][0] if len(held) == 1 else ", ".join(f"{word} ({n})" for word, n in held)


def goal_table(goals: pd.DataFrame, version: GoalVersion) -> Table:
    """Each goal: status by the rule and its basis beside the document's words."""
    frame = goals.assign(
        name=[goal_name(r.number, r.title) for r in rows_of(goals)],
        light=goals["status"],
        said=[r.printed or "inget omdöme" for r in rows_of(goals)],
        apart=["ja" if differs else "" for differs in goals["differs"]],
        on=[word or "–" for word in goals["basis_word"]],
    )
    return Table(
        "mal",
        "Läget enligt regeln och enligt dokumentet",
        frame,
        {
            "name": Column("Mål", kind="text"),
            "light": Column("Enligt regeln", kind="light"),
            "on": Column("Grund", kind="text"),
            "said": Column("Dokumentets ord", kind="text"),
            "apart": Column("Skiljer", kind="text"),
        },
        note="Regeln: ett mål är uppfyllt om alla dess mätta delar är det, delvis om några är det och ej uppfyllt om "
        "ingen är det. Utan mätvärde eller målvärde bedöms det inte.",
        source=version.document.title,
    )


def rule_table(goals: pd.DataFrame) -> Table:
    """The rule's sentence for each goal, with what a reader should beware of."""
    frame = goals.assign(
        name=[goal_name(r.number, r.title, short=True) for r in rows_of(goals)],
        beware=[" ".join(filter(None, [r.warnings, r.notes])) for r in rows_of(goals)],
    )
    return Table(
        "mal_regel",
        "Så är varje mål bedömt",
        frame,
        {
            "name": Column("Mål", kind="text"),
            "rule": Column("Bedömning", kind="text"),
            "beware": Column("Att tänka på", kind="text"),
        },
    )


def differences(goals: pd.DataFrame) -> Piece:
    """Each goal where the document's word isn't the rule's, with the reason."""
    apart = goals[goals["differs"]]
    if (goals["printed"] == "").all():
        return note("Dokumentet har inga omdömen att jämföra med.")
    if apart.empty:
        return note("Ingen skillnad: där dokumentet har ett omdöme är det detsamma som regelns.")
    return prose(*(f"**{goal_name(r.number, r.title)}.** {r.difference}" for r in rows_of(apart)))


def comments(slice_: Slice) -> Piece:
    """Kommentar, Analys and Åtgärd of each goal, as managers wrote them."""
    version = current(slice_)
    names = {goal.id: goal_name(goal.number or "", goal.title) for goal in version.goals}
    return comment_sections(slice_.comments[slice_.comments["goal"] != ""], names, "goal")


def remarks(version: GoalVersion) -> Piece:
    """Contradictions and oddities in the document that a reader should know of."""
    if not version.remarks:
        return note("Inga motsägelser är noterade i dokumentet.")
    return Piece(
        "prose",
        "<ul>" + "".join(f"<li>{escape(r)}</li>" for r in version.remarks) + "</ul>",
        "\n".join(version.remarks),
    )


def versions_table(slice_: Slice) -> Table | Piece:
    """Goals that have stood in more than one version, with their target in each."""
    versions = slice_.goals.versions if slice_.goals else ()
    now = {goal.id for goal in current(slice_).goals}
    frames = [f for i in sorted(now) if len(f := goal_through_versions(versions, i)) and f["version"].nunique() > 1]
    if not frames:
        return note("Målen finns bara i en version.")
    frame = pd.concat(frames, ignore_index=True)
    frame["wanted"] = frame["target_words"].replace("", "inget målvärde")
    return Table(
        "mal_versioner",
        "Mål som funnits i flera versioner",
        frame,
        {
            "title": Column("Mål", kind="text"),
            "version": Column("Version", kind="text"),
            "document": Column("Dokument", kind="text"),
            "target_year": Column("Målår", kind="text"),
            "wanted": Column("Målvärde", kind="text"),
        },
    )


def status_figure(goals: pd.DataFrame, version: GoalVersion) -> Picture | Piece:
    """Goals by status, by rule and as printed."""
    if goals.empty:
        return note("Det finns inga mål att visa.")
    return figures_followup.goals_by_status(goals, f"{version.document.body}, {version.document.title}")


def goal_light(goals: pd.DataFrame, owner: str = "") -> Light:
    """One light for all goals: the status that the judged ones make together, and how many are met.

    Where more goals can't be judged than can, no colour speaks for them all: the light is not_judged.
    """
    subject = f"Mål, {owner}" if owner else "Mål"
    statuses = [Status(s) for s in goals["status"] if s in JUDGED]
    met, judged_, rest = statuses.count(Status.MET), len(statuses), len(goals) - len(statuses)
    if not statuses:
        return Light("not_judged", "" if len(goals) else "inga mål", subject)
    unjudged = f", {rest} kan inte bedömas" if rest else ""
    words = f"{met} {Status.MET.words(met)}" if rest and met == judged_ else f"{met} av {judged_} uppfyllda"
    return light("not_judged" if rest > judged_ else together(statuses), words + unjudged, subject)


def goal_name(number_: str, title: str, *, short: bool = False) -> str:
    """A goal as tables and sentences call it; `short` is its number, or a title without one cut at 60 characters."""
    title = re.sub(r"(?<=\d) (?=\d{3}\b)", "\u00a0", title)
    cut = title if len(title) <= 60 or not short else title[:57].rsplit(" ", 1)[0] + " …"
    return f"{number_} {cut}".strip() if not (short and number_) else f"mål\u00a0{number_}"
