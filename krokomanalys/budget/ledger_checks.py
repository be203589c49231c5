"""What must hold of a ledger's amounts before they may be summed. Each check gives the faults that it finds."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import cast

import pandas as pd

from krokomanalys.budget.ledger_faults import fault_at
from krokomanalys.budget.money import decimals
from krokomanalys.budget.version_checks import versions_are_decided, versions_are_whole
from krokomanalys.budget.versions import in_force
from krokomanalys.errors import Fault
from krokomanalys.sources.layouts import LEDGER
from krokomanalys.sources.ledger import BASIS_WORDS, Kind, LedgerNotes, TableName
from krokomanalys.swedish import number

LEAST_TIMES, MOST_TIMES = 300.0, 3000.0
"""Between how many times as much or as little as the budget an outcome is taken to be in another unit."""
_EXPECTED_SIGN: dict[Kind, tuple[int, str, str]] = {
    "grant": (1, "nämndbidragen", "nämndbidrag som positiva tal"),
    "income": (1, "intäkterna", "intäkter som positiva tal"),
    "cost": (-1, "kostnaderna", "kostnader som negativa tal"),
    "investment": (1, "investeringarna", "investeringsutgifter som positiva tal"),
}


def _belongs(rows: pd.DataFrame, notes: LedgerNotes) -> Iterator[Fault]:
    for region, held in rows[rows["region"] != notes.region].groupby("region", sort=False, observed=True):
        expected = f'"{notes.region}" som i filens namn'
        yield fault_at(rows, notes, f'raderna gäller "{region}"', expected, column="region", at=held.index[0])
    for row in rows.index[rows["line"] == ""]:
        yield fault_at(rows, notes, "raden saknar namn", "radens namn som i tabellen", column="line", at=row)


def _has_headings(rows: pd.DataFrame, notes: LedgerNotes) -> Iterator[Fault]:
    for table, held in rows.groupby("table", sort=False, observed=True):
        heading = notes.tables.get(cast(TableName, table))
        if heading is None:
            yield fault_at(
                rows,
                notes,
                f"det finns rader för tabellen {table} men ingen rubrik för den",
                remedy=f"Lägg till {table}: {{title: ..., total: ...}} under tables i YAML-filen bredvid",
                column="kind",
                at=held.index[0],
            )
        elif not (totals := held[held["line"] == heading.total]).empty:
            yield fault_at(
                rows,
                notes,
                f'summaraden "{heading.total}" står bland raderna',
                "bara det som summan är av",
                "Ta bort den här och skriv den tryckta summan under printed i YAML-filen bredvid",
                column="line",
                at=totals.index[0],
            )


def _a_year_or_its_months(rows: pd.DataFrame, notes: LedgerNotes) -> Iterator[Fault]:
    """No amount for a whole year beside amounts for months of the same thing."""
    key = [c for c in LEDGER.key if c != "month"]
    whole = rows[rows["month"].isna()]
    if whole.empty or len(whole) == len(rows):
        return
    months = rows.loc[rows["month"].notna(), key].drop_duplicates()
    both = whole[key].reset_index().merge(months.astype(whole[key].dtypes.to_dict()), on=key)
    for at in both["index"]:
        line = whole.loc[at, "line"]
        yield fault_at(
            rows,
            notes,
            f'"{line}" har både ett belopp för hela året och belopp per månad',
            "det ena, så att inget räknas två gånger",
            "Ta bort helårsbeloppet: månaderna summeras",
            column="month",
            at=at,
        )


def _has_signs_for_net(rows: pd.DataFrame, notes: LedgerNotes) -> Iterator[Fault]:
    net = rows[rows["kind"] == "net"]
    if notes.signs.costs == "positive" and len(net):
        problem = "nettokostnader (net) går inte ihop med signs.costs: positive"
        expected = "intäkter och kostnader var för sig, eller signs.costs: negative"
        yield fault_at(rows, notes, problem, expected, column="kind", at=net.index[0])


def _parts_have_parents(rows: pd.DataFrame, notes: LedgerNotes) -> Iterator[Fault]:
    named = rows[["year", "board", "kind", "line", "parent"]].drop_duplicates()
    if (named["parent"] == "").all():
        return
    for (_, kind, line), parents in named.groupby(["board", "kind", "line"], sort=False, observed=True)["parent"]:
        if parents.nunique() > 1:
            other = parents[parents != parents.iloc[0]]
            yield fault_at(
                rows,
                notes,
                f'"{line}" ({kind}) har inte samma överordnade rad överallt',
                "samma parent på radens alla belopp; rader som är olika saker behöver olika namn",
                column="parent",
                at=other.index[0],
            )
    for (year, _), of_year in named.groupby(["year", "board"], sort=False, observed=True):
        places = list(zip(of_year["kind"], of_year["line"], strict=True))
        above = dict(zip(places, of_year["parent"], strict=True))
        at = dict(zip(reversed(places), reversed(of_year.index.tolist()), strict=True))
        for (kind, line), parent in above.items():
            if parent and (kind, parent) not in above:
                problem = f'"{line}" {year} är varav "{parent}", som inte finns bland raderna'
                expected = f"en rad med kind {kind} och samma år"
                yield fault_at(rows, notes, problem, expected, column="parent", at=at[kind, line])
            elif parent and _in_circle(above, kind, line):
                problem = f'"{line}" {year} är varav sig själv'
                yield fault_at(rows, notes, problem, "en annan rad", column="parent", at=at[kind, line])


def _in_circle(above: dict[tuple[str, str], str], kind: str, line: str) -> bool:
    seen = {line}
    while parent := above.get((kind, line), ""):
        if parent in seen:
            return True
        seen.add(parent)
        line = parent
    return False


def _is_of_the_organisation(rows: pd.DataFrame, notes: LedgerNotes) -> Iterator[Fault]:
    """Every nämnd and line of operations is one that the notes name, where they name any."""
    if notes.organisation is None:
        return
    named = rows.loc[(rows["table"] != "investment") & (rows["parent"] == ""), ["board", "line"]].drop_duplicates()
    told: set[str] = set()
    for at, given, line in named.astype(str).itertuples():
        board = given or notes.board or ""
        if board not in notes.organisation:
            if board not in told:
                yield _unknown(rows, notes, "board", f'nämnden "{board}"', list(notes.organisation), board, at)
            told.add(board)
        elif line not in notes.organisation[board]:
            lines = list(notes.organisation[board])
            yield _unknown(rows, notes, "line", f'"{line}" hos {board}', lines, line, at)


def _unknown(
    rows: pd.DataFrame, notes: LedgerNotes, column: str, what: str, known: list[str], said: str, at: object
) -> Fault:
    near = difflib.get_close_matches(said, known, n=1)
    remedy = f'Menade du "{near[0]}"?' if near else "Rätta raden, eller lägg till den under organisation"
    problem = f"{what} finns inte i organisationen i YAML-filen bredvid"
    return fault_at(rows, notes, problem, "någon av " + ", ".join(known), remedy, column=column, at=at)


def _follows_signs(rows: pd.DataFrame, notes: LedgerNotes) -> Iterator[Fault]:
    own = rows[rows["parent"] == ""]
    sums = own.groupby(["kind", "year", "basis"], sort=False, observed=True)["amount"].sum().reset_index()
    for kind, year, basis, amount in sums.itertuples(index=False):
        sign, name, expected = _EXPECTED_SIGN.get(cast(Kind, kind), (0, "", ""))
        if kind == "cost" and notes.signs.costs == "positive":
            amount, sign, expected = -amount, 1, "kostnader som positiva tal (signs.costs: positive)"
        if amount * sign < 0:
            shown = f"{number(float(amount), decimals(notes.rounded_to))} {notes.unit}"
            yield fault_at(
                rows,
                notes,
                f"{name} i {BASIS_WORDS[str(basis)]} {year} blir tillsammans {shown}",
                expected,
                "Vänd tecknen, eller rätta raden som är fel",
                column="amount",
                at=own.index[(own["kind"] == kind) & (own["year"] == year) & (own["basis"] == basis)][0],
            )


def _prints_what_is_there(rows: pd.DataFrame, notes: LedgerNotes) -> Iterator[Fault]:
    for place, printed in enumerate(notes.printed, start=1):
        known = [*rows.loc[rows["table"] == printed.table, "line"].unique(), notes.tables[printed.table].total]
        if len(rows) and printed.line not in known:
            yield Fault(
                f"data/budget/{notes.region}-{notes.year}.yaml",
                f'"{printed.line}" finns inte bland raderna i tabellen {printed.table}',
                "någon av " + ", ".join(known),
                key=f"printed.{place}.line",
            )


def _has_plan(rows: pd.DataFrame, notes: LedgerNotes) -> Iterator[Fault]:
    plan = notes.plan
    if plan is None:
        return
    held = rows[rows["table"] == "net"]
    for line in (plan.result, plan.reserve, plan.projects):
        if line is not None and line not in set(held["line"]):
            problem = f'planen nämner raden "{line}", som inte finns bland raderna'
            yield fault_at(rows, notes, problem, "en rad med kind net", column="line")
    for year in plan.percent:
        if year not in set(held["year"]):
            problem = f"planen har en andel för {year} men inga rader det året"
            yield fault_at(rows, notes, problem, "rader med kind net", column="year")


ENTRY_CHECKS = (
    _belongs,
    _has_headings,
    _a_year_or_its_months,
    versions_are_decided,
    versions_are_whole,
    _has_signs_for_net,
    _parts_have_parents,
    _is_of_the_organisation,
    _follows_signs,
)
"""Of the amounts as given."""
ROW_CHECKS = (_prints_what_is_there, _has_plan)
"""Of the tables' rows that they make."""


def unit_faults(rows: pd.DataFrame, notes: LedgerNotes) -> list[Fault]:
    """Nämnder whose outcome is about a thousand times their budget, or a thousandth of it: its unit is another.

    Not a fault of the ledger itself, where a budget may be that wrong, but of the figures as they are given.
    """
    own = in_force(rows[(rows["table"] != "investment") & (rows["parent"] == "") & (rows["basis"] != "forecast")])
    sums = own.groupby(["year", "board", "kind", "basis"], sort=False, observed=True)["amount"].sum().unstack("basis")
    if not {"budget", "outcome"} <= set(sums.columns):
        return []
    told = sums[sums.abs().min(axis=1) >= notes.rounded_to].reset_index()
    found = []
    for row in told.assign(times=told["outcome"] / told["budget"]).to_dict("records"):
        if LEAST_TIMES <= max(row["times"], 1 / row["times"]) <= MOST_TIMES:
            words = "ungefär 1 000 gånger" if row["times"] > 1 else "ungefär en tusendel av"
            mine = (own["board"] == row["board"]) & (own["kind"] == row["kind"]) & (own["basis"] == "outcome")
            problem = f"utfallet {row['year']} för {row['board'] or 'raderna'} ({row['kind']}) är {words} budgeten"
            expected = f"belopp i {notes.unit}, som YAML-filen säger"
            found.append(fault_at(own, notes, problem, expected, column="amount", at=own.index[mine][0]))
    return found
