"""What the year's goals for god ekonomisk hushållning add up to, as a proposal with the rule that it is made by."""

from __future__ import annotations

import pandas as pd

from krokomanalys.report.aims import current, goal_light, tally
from krokomanalys.report.page import prose
from krokomanalys.report.sections import Sections
from krokomanalys.report.tables import Column, Table
from krokomanalys.sources.slices import Slice
from krokomanalys.targets.status import Status
from krokomanalys.targets.structure import EssentialShare, essential_share

YEAR_RULE = (
    "Så är förslaget gjort: målen är uppfyllda tillsammans om alla bedömda mål är det, delvis uppfyllda om några är "
    "det, och annars ej uppfyllda. Mål som inte kan bedömas räknas inte, och är de fler än de bedömda blir det inget "
    "omdöme."
)


def year_assessment(slice_: Slice, goals: pd.DataFrame) -> Sections | None:
    """What the year's goals for god ekonomisk hushållning add up to, as a proposal with its rule, and by nämnd.

    `goals` is that of report.aims.judged. None where no goal is financial or marked as an essential verksamhetsmål.
    """
    version = current(slice_)
    financial = {g.id for g in version.goals if g.kind == "finansiellt"}
    essential = {g.id for g in version.goals if g.essential and g.id not in financial}
    if not financial and not essential:
        return None
    share = essential_share(goals, version)
    rest = essential or {g.id for g in version.goals} - financial
    counted = goals[goals["id"].isin(financial | rest)]
    said = []
    if financial:
        said.append(f"Finansiella mål: {tally(goals.loc[goals['id'].isin(financial), 'status'], bold=True)}.")
    if share.count:
        said.append(
            f"**{share.met} av {share.count}** {called(share)} är {Status.MET.words(share.met)}{unjudged_words(share)}."
        )
    status = Status(goal_light(counted).status)
    unclear = "Tillsammans **kan målen inte bedömas**: för få av dem går att bedöma."
    said.append(unclear if status == Status.NOT_JUDGED else f"Tillsammans är målen **{status.words(2)}**.")
    text = prose(" ".join([*said, *share.findings]), YEAR_RULE, proposed=True)
    return Sections((text, *_board_table(share)))


def _board_table(share: EssentialShare) -> tuple[Table, ...]:
    """The verksamhetsmål by nämnd; nothing where they are one nämnd's."""
    if len(share.boards) < 2:
        return ()
    columns = {
        "owner": Column("Nämnd", kind="text"),
        "count": Column("Mål", "antal"),
        "judged": Column("Bedömda", "antal"),
        "met": Column("Uppfyllda", "antal"),
    }
    frame = share.boards.assign(owner=share.boards["owner"].replace("", "Ingen nämnd angiven"))
    what = called(share).capitalize()
    return (Table("verksamhetsmal_namnd", f"{what} efter nämnd", frame, columns),)


def called(share: EssentialShare) -> str:
    """What the counted goals are called: väsentliga where any are marked so."""
    return "väsentliga verksamhetsmål" if share.marked else "verksamhetsmål"


def unjudged_words(share: EssentialShare) -> str:
    """How many of them can't be judged, to stand after how many are met; "" where all can."""
    unjudged = share.count - share.judged
    return f", {unjudged} kan inte bedömas" if unjudged else ""
