"""What the goal report says: opening, tables and notes on goals, measures and activities."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape

import pandas as pd

from krokomanalys.report import figures_followup
from krokomanalys.report.lights import Light, light
from krokomanalys.report.page import Piece, State, note, opening, prose
from krokomanalys.report.pictures import Picture
from krokomanalys.report.tables import Column, Table
from krokomanalys.sources.goals import GoalVersion
from krokomanalys.sources.slices import Slice
from krokomanalys.sources.tables import rows_of
from krokomanalys.swedish import listed, percent
from krokomanalys.targets.activities import activities_table, activity_links, share_done, status_counts
from krokomanalys.targets.goals import goals_beside_printed, measures_table
from krokomanalys.targets.status import Status
from krokomanalys.targets.versions import goal_through_versions
from krokomanalys.targets.wording import amount


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
        f"Måluppföljning {slice_.year}",
        eyebrow=f"{slice_.name} · {version.board or 'hela kommunen'} · {version.document.title}",
        lead="För nämnd och fullmäktige: vilka mål som är uppfyllda, på vilken grund, och var dokumentets omdöme är "
        "ett annat.",
        findings=goal_findings(goals),
        lights=[light(row.status, "", _name(row.number, row.title)) for row in rows_of(goals)],
        state=state,
        by=by,
        when=when,
    )


def goal_findings(goals: pd.DataFrame) -> list[str]:
    """How many goals have which status, how many can't be judged, and where document and rule part."""
    counts = goals["status"].value_counts()
    told = ", ".join(f"**{counts[s]}** {Status(s).word}" for s in figures_followup.ORDER if counts.get(s, 0))
    findings = [f"Läget för {len(goals)} mål enligt regeln: {told}."]
    unknown = int(counts.get("not_judged", 0) + counts.get("no_target", 0))
    if unknown:
        findings.append(f"**{unknown}** mål kan inte bedömas med siffror: mätvärde eller målvärde saknas.")
    differs = goals[goals["differs"]]
    if len(differs):
        named = [_name(r.number, r.title, short=True) for r in rows_of(differs)]
        where = f": {listed(named)}" if len(named) <= 3 or all(differs["number"]) else ""
        findings.append(f"I **{len(differs)}** fall skiljer sig dokumentets omdöme från regelns{where}.")
    elif (goals["printed"] != "").any():
        findings.append("Dokumentets omdömen är desamma som regelns.")
    return findings


def goal_table(goals: pd.DataFrame, version: GoalVersion) -> Table:
    """Each goal: status by the rule and its basis beside the document's words."""
    frame = goals.assign(
        name=[_name(r.number, r.title) for r in rows_of(goals)],
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
    frame = goals.assign(name=[_name(r.number, r.title, short=True) for r in rows_of(goals)])
    return Table(
        "mal_regel",
        "Så är varje mål bedömt",
        frame,
        {
            "name": Column("Mål", kind="text"),
            "rule": Column("Bedömning", kind="text"),
            "warnings": Column("Att tänka på", kind="text"),
        },
    )


def differences(goals: pd.DataFrame) -> Piece:
    """Each goal where the document's word isn't the rule's, with the reason."""
    apart = goals[goals["differs"]]
    if apart.empty:
        return note("Ingen skillnad: där dokumentet har ett omdöme är det detsamma som regelns.")
    return prose(*(f"**{_name(r.number, r.title)}.** {r.difference}" for r in rows_of(apart)))


def measure_table(measures: pd.DataFrame, goals: pd.DataFrame) -> Table | Piece:
    """Every measure of the goals with value, date, target, status and change."""
    own = measures[measures["goal"] != ""]
    if own.empty:
        return note("Målen har inga mätetal.")
    numbers = dict(zip(goals["id"], goals["number"], strict=True))
    frame = own.assign(
        name=[f"{numbers.get(r.goal, '')} {r.name}".strip() for r in rows_of(own[["goal", "name"]])],
        shown=[_value(r.value, r.unit, r.precision) for r in rows_of(own)],
        wanted=own["target"].replace("", "–"),
    )
    return Table(
        "matetal",
        "Mätetal",
        frame,
        {
            "name": Column("Mätetal", kind="text"),
            "shown": Column("Mätvärde", kind="text"),
            "date": Column("Mätt", kind="text"),
            "wanted": Column("Målvärde", kind="text"),
            "status": Column("Läge", kind="light"),
            "change_words": Column("Mot förra värdet", kind="text"),
        },
    )


def comparison_table(measures: pd.DataFrame) -> Table | Piece:
    """Jämförelsetal and other numbers without a goal, with the value before."""
    own = measures[measures["goal"] == ""]
    own = own[own["value"].notna()]
    if own.empty:
        return note("Dokumentet har inga jämförelsetal.")
    frame = own.assign(
        shown=[_value(r.value, r.unit, r.precision) for r in rows_of(own)],
        before=[_value(r.previous, r.unit, "exact") for r in rows_of(own)],
    )
    return Table(
        "jamforelsetal",
        "Jämförelsetal",
        frame,
        {
            "name": Column("Tal", kind="text"),
            "shown": Column("Värde", kind="text"),
            "date": Column("Mätt", kind="text"),
            "before": Column("Förra värdet", kind="text"),
            "change_words": Column("Förändring", kind="text"),
            "change_percent": Column("Förändring", "%", decimals=1, signed=True),
        },
        note="Streck: det finns inget förra värde, eller så var det noll.",
    )


def activity_table(version: GoalVersion) -> Table | Piece:
    """Activities with the document's status words, blank shown as such."""
    frame = activities_table(version)
    if frame.empty:
        return note("Dokumentet har inga aktiviteter.")
    numbers = {goal.id: goal.number or goal.title.split(" ")[0] for goal in version.goals}
    links = activity_links(version).groupby("activity")["goal"].agg(lambda ids: ", ".join(numbers[i] for i in ids))
    frame["serves"] = frame["id"].map(links).fillna("")
    frame["said"] = frame["status"].replace("", "(ingen uppgift)")
    columns = {
        "title": Column("Aktivitet", kind="text"),
        "said": Column("Status", kind="text"),
        "comment": Column("Kommentar", kind="text"),
    }
    if (frame["conflict"] != "").any():
        columns["conflict"] = Column("Motsägelse", kind="text")
    return Table("aktiviteter", "Aktiviteter och uppdrag", frame, columns, source=version.document.title)


def activity_prose(version: GoalVersion) -> Piece:
    """How many activities stand where."""
    counts = status_counts(version)
    if counts.empty:
        return note("Inga aktiviteter att räkna.")
    told = ", ".join(f"**{r.count}** {r.status or 'utan uppgift'}" for r in rows_of(counts))
    done = percent(100 * share_done(version), 0)
    return prose(f"Dokumentets status för {int(counts['count'].sum())} aktiviteter: {told}. Genomförda är **{done}**.")


def comments(slice_: Slice) -> Piece:
    """Kommentar, Analys and Åtgärd of each goal, as managers wrote them."""
    version = current(slice_)
    names = {goal.id: _name(goal.number or "", goal.title) for goal in version.goals}
    return comment_sections(slice_.comments[slice_.comments["goal"] != ""], names, "goal")


def comment_sections(rows: pd.DataFrame, names: Mapping[str, str], column: str) -> Piece:
    """A section with a heading for each commented line or goal; blank parts are left out."""
    if rows.empty:
        return note("Inga kommentarer är lämnade.")
    parts, plain = [], []
    for _, row in rows.iterrows():
        parts.append(f"<h3>{escape(names.get(row[column], row[column]))}</h3>")
        for label, key in (("Kommentar", "kommentar"), ("Analys", "analys"), ("Åtgärd", "åtgärd")):
            if row[key]:
                parts.append(f"<p><strong>{label}.</strong> {escape(row[key])}</p>")
                plain.append(f"{label}: {row[key]}")
    return Piece("prose", "\n".join(parts), "\n".join(plain))


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


def status_figure(goals: pd.DataFrame, version: GoalVersion) -> Picture:
    """Goals by status, by rule and as printed."""
    return figures_followup.goals_by_status(goals, f"{version.document.body}, {version.document.title}")


def goal_light(goals: pd.DataFrame) -> Light:
    """One light for all goals: how many of them are met by the rule."""
    met, all_ = int((goals["status"] == "met").sum()), len(goals)
    status = "met" if met == all_ else "partly" if met else "not_met"
    if (goals["status"].isin(["not_judged", "no_target"])).all():
        return Light("not_judged", "kan inte bedömas", "Mål")
    return light(status, f"{met} av {all_} uppfyllda", "Mål")


def _name(number_: str, title: str, *, short: bool = False) -> str:
    title = re.sub(r"(?<=\d) (?=\d{3}\b)", "\u00a0", title)
    cut = title if len(title) <= 60 or not short else title[:57].rsplit(" ", 1)[0] + " …"
    return f"{number_} {cut}".strip() if not (short and number_) else f"mål\u00a0{number_}"


def _value(value: float, unit: str, precision: str) -> str:
    if pd.isna(value):
        return "–"
    return ("ca " if precision == "approximate" else "") + amount(value, unit)
