"""The activities of the goal report: what serves which goal, and how it stands by the document's own words."""

from __future__ import annotations

from krokomanalys.report.aims import goal_name
from krokomanalys.report.page import Piece, note, prose
from krokomanalys.report.tables import Column, Table
from krokomanalys.sources.goals import GoalVersion
from krokomanalys.sources.tables import rows_of
from krokomanalys.swedish import percent
from krokomanalys.targets.activities import activities_table, activity_links, share_done, status_counts

SOMETIMES = {"investment": "Investering (tkr)", "project": "Projekt"}
"""Columns of the document's own table, shown where any activity has something there."""


def activity_table(version: GoalVersion) -> Table | Piece:
    """Activities with the goals they serve and the document's status words; blank, "-" and 0 stand as printed."""
    frame = activities_table(version)
    if frame.empty:
        return note("Dokumentet har inga aktiviteter.")
    names = {goal.id: goal.number or goal_name("", goal.title, short=True) for goal in version.goals}
    links = activity_links(version).groupby("activity")["goal"].agg(lambda ids: "; ".join(names[i] for i in ids))
    frame["serves"] = frame["id"].map(links).fillna("")
    frame["said"] = frame["status"].replace("", "(ingen uppgift)")
    frame["named"] = [f"{r.title} ({r.unit})" if r.unit else r.title for r in rows_of(frame)]
    frame["remark"] = [f"{r.comment} Motsägelse: {r.conflict}" if r.conflict else r.comment for r in rows_of(frame)]
    columns = {"named": Column("Aktivitet", kind="text")}
    columns |= {
        key: Column(label, kind="text")
        for key, label in {"serves": "Mål", **SOMETIMES}.items()
        if (frame[key] != "").any()
    }
    columns |= {"said": Column("Status", kind="text"), "remark": Column("Kommentar", kind="text")}
    return Table("aktiviteter", "Aktiviteter och uppdrag", frame, columns, source=version.document.title)


def activity_prose(version: GoalVersion) -> Piece:
    """How many activities stand where."""
    counts = status_counts(version)
    if counts.empty:
        return note("Inga aktiviteter att räkna.")
    told = ", ".join(f"**{r.count}** {r.status or 'utan uppgift'}" for r in rows_of(counts))
    done = percent(100 * share_done(version), 0)
    return prose(f"Dokumentets status för {int(counts['count'].sum())} aktiviteter: {told}. Genomförda är **{done}**.")
