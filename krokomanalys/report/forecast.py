"""The computed forecast of the year in the budget report: what it says in words, and its tables."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from krokomanalys.budget.forecast import Forecast, forecast
from krokomanalys.budget.intervals import COVERAGE, Whole, coverage
from krokomanalys.budget.ledger import Ledger, amounts
from krokomanalys.budget.methods import METHODS, Attempts, attempts
from krokomanalys.budget.monthly import Months, groups, months_of_ledgers
from krokomanalys.budget.track_record import record
from krokomanalys.errors import Fault, InputError
from krokomanalys.report.amounts import amount, amount_column, rounded, source_of
from krokomanalys.report.money import earlier_ledgers, forecast_in_force, part_of, who
from krokomanalys.report.page import Piece, note, prose
from krokomanalys.report.tables import Column, Table
from krokomanalys.sources.ledger import TableName
from krokomanalys.sources.slices import Slice
from krokomanalys.sources.tables import rows_of
from krokomanalys.swedish import MONTHS, listed, number, percent

FAR_OFF = 10
"""Percentage points from 80 that the intervals tried may have held, before the headline tells how often they did."""
METHOD_WORDS = {
    "managers": "Lämnad prognos",
    "kept": "Sparad beräkning",
    "run_rate": "Jämn takt",
    "seasonal": "Säsong",
    "profile": "Budgetens profil",
    "blend": "Sammanvägd",
}


@dataclass(frozen=True)
class Move:
    """A unit that stands elsewhere in the ledgers of the years before `from_year`; `line` blank: the whole nämnd."""

    from_year: int
    line: str
    from_board: str
    to_board: str


@dataclass(frozen=True, eq=False)
class Outlook:
    """The months of a ledger and of earlier years, what each method says of every year, and of this one.

    forecast  the year's, None where the year has ended or no line's months are known
    whole     the municipality in the same years, where the ledger is one nämnd's part of it
    moves     units that earlier years' ledgers have elsewhere than the year has them
    """

    ledger: Ledger
    earlier: tuple[Ledger, ...]
    owner: str
    months: Months | None
    done: Attempts | None
    forecast: Forecast | None
    whole: Whole | None = None
    moves: tuple[Move, ...] = ()

    @cached_property
    def record(self) -> pd.DataFrame:
        """The forecasts in the ledgers for years that have ended, with what came (see track_record.RECORD)."""
        return record([self.ledger, *self.earlier])


def year_outlook(slice_: Slice, ledger: Ledger) -> Outlook:
    """What can be said of the year from its months and earlier years'; the other pieces here are made from it."""
    earlier, owner = earlier_ledgers(slice_), who(slice_, ledger)
    months = months_of_ledgers([ledger, *earlier], _commitments(slice_, ledger))
    moves = _moves(slice_)
    if months is None:
        return Outlook(ledger, earlier, owner, None, None, None, moves=moves)
    done, whole = attempts(months), _whole(slice_, ledger)
    made = forecast(months, months.last, done, whole) if 0 < months.last < 12 else None
    return Outlook(ledger, earlier, owner, months, done, made, whole, moves)


def _commitments(slice_: Slice, ledger: Ledger) -> pd.DataFrame | None:
    """What is known to come, of the nämnd that it is about; None where nothing is.

    Raises:
        InputError: one is on a nämnd, line and kind that the ledger doesn't have.
    """
    if slice_.budget is None or slice_.budget.commitments.empty:
        return None
    told = slice_.budget.commitments
    told = told.assign(board=told["board"].where(told["board"] != "", ledger.notes.board or ""))
    known = set(zip(*(ledger.entries[column].astype(str) for column in ("board", "line", "kind")), strict=True))
    file = f"data/commitments/{slice_.municipality}-{slice_.year}.csv"
    faults = [
        Fault(
            file, f'"{row.line}" ({row.kind}) finns inte i huvudboken', "en rad som har belopp", row=int(row.Index) + 2
        )
        for row in rows_of(told)
        if (row.board, row.line, row.kind) not in known
    ]
    if faults:
        raise InputError(faults)
    return told


def _whole(slice_: Slice, ledger: Ledger) -> Whole | None:
    """The municipality's months; None where the slice has all of it, or earlier years have no other nämnd."""
    if slice_.board is None or not part_of(slice_):
        return None
    months = months_of_ledgers([ledger, *earlier_ledgers(replace(slice_, board=None))])
    if months is None or slice_.board not in groups(months)[0]:
        return None
    return Whole(months, attempts(months), slice_.board)


def _moves(slice_: Slice) -> tuple[Move, ...]:
    """The changes of the organisation that earlier ledgers have amounts from before of, to or from another nämnd."""
    if slice_.budget is None:
        return ()
    found = []
    for change in rows_of(slice_.budget.organisation):
        boards = (change.from_board, change.to_board)
        before = [t for t in slice_.budget.earlier if t.notes.year < change.from_year <= slice_.year]
        rows = [t.ledger[t.ledger["board"] == change.from_board] for t in before]
        held = any((own["line"] == change.from_line).any() if change.from_line else len(own) for own in rows)
        if held and boards[0] != boards[1] and slice_.board in (None, *boards):
            found.append(Move(int(change.from_year), change.from_line, *boards))
    return tuple(found)


def table_of(ledger: Ledger) -> TableName:
    """The table whose rows the forecast is about."""
    return "net" if "net" in ledger.tables else ledger.tables[0]


def named_rows(outlook: Outlook) -> pd.DataFrame:
    """The forecast's rows with the total's name, what has been handed in (`managers`) and what the columns need."""
    made, table = _made(outlook), table_of(outlook.ledger)
    given = amounts(outlook.ledger, table, made.year).query("parent == ''").set_index("line")["forecast"]
    rows = made.rows.copy()
    rows["managers"] = rows["name"].map(given.groupby(level=0).sum(min_count=1))
    own = rows["role"] == "row"
    rows.loc[~own, "managers"] = rows.loc[own, "managers"].sum(skipna=False)
    rows.loc[~own, "name"] = outlook.ledger.notes.tables[table].total
    rows["variance"] = rows["blend"] - rows["budget"]
    rows["apart"] = rows["managers"] - rows["blend"]
    rows["kind_of_row"] = np.where(own, "", "total")
    return rows


def forecast_findings(outlook: Outlook) -> list[str]:
    """The year's computed result against budget, with its interval; nothing where there is no forecast."""
    if outlook.forecast is None or outlook.forecast.lacking:
        return []
    last, ledger = named_rows(outlook).iloc[-1], outlook.ledger
    text = f"Beräknat på utfallet slutar året **{amount(ledger, abs(last['variance']))}** "
    text += "bättre än budget" if last["variance"] >= 0 else "sämre än budget"
    if np.isfinite(last["low"]):
        ends = [amount(ledger, last[end] - last["budget"], signed=True) for end in ("low", "high")]
        text += f", 80-procentigt intervall {ends[0]} till {ends[1]}{how_often(outlook)}"
    if np.isfinite(last["managers"]):
        name = forecast_in_force(ledger, table_of(ledger))
        text += f". Lämnad prognos ({name}): {amount(ledger, last['managers'] - last['budget'], signed=True)}"
    return [text + "."]


def how_often(outlook: Outlook) -> str:
    """After the total's interval: how often such intervals have held, in brackets; "" where that is near 80 %."""
    tried, inside = _total_held(outlook)
    if not tried:
        return " (ännu inte prövat)"
    share = inside / tried * 100
    return f" ({_held_words(tried, inside)})" if abs(share - COVERAGE * 100) > FAR_OFF else ""


def _held_words(tried: int, inside: int) -> str:
    return f"har hållit i {percent(inside / tried * 100, 0)} av {number(tried)} prövade fall"


def _total_held(outlook: Outlook) -> tuple[int, int]:
    """How many of the total's intervals could be tried, and how many of these held."""
    if outlook.months is None or outlook.done is None:
        return 0, 0
    held = coverage(outlook.months, outlook.done, outlook.whole)
    return int(held["total_n"].sum()), int(held["total_inside"].sum())


def forecast_prose(outlook: Outlook) -> Piece | None:
    """What the computed forecast is made from and how sure it is; nothing where there is none."""
    made = outlook.forecast
    if made is None:
        return None
    if made.lacking:
        names = listed(list(made.lacking))
        return note(f"Årets prognos kan inte summeras: {names} har utfall som inte är delat på månader.")
    told, rows = [_made_from(made)], named_rows(outlook)
    tried, inside = _total_held(outlook)
    if np.isfinite(rows["low"].iloc[-1]) and tried and not how_often(outlook):  # else the top of the page tells it
        told.append(f"Det 80-procentiga intervallet för summan {_held_words(tried, inside)}.")
    far = rows[(rows["kind_of_row"] == "") & ((rows["managers"] < rows["low"]) | (rows["managers"] > rows["high"]))]
    if len(far):
        verb = "ligger" if len(far) > 1 else "har en lämnad prognos som ligger"
        whose = f"De lämnade prognoserna för {listed(list(far['name']))}" if len(far) > 1 else far["name"].iloc[0]
        told.append(f"**{whose}** {verb} utanför det beräknade intervallet. Fråga vad som talar för det.")
    return prose(*told)


def _made_from(made: Forecast) -> str:
    until = MONTHS[made.month - 1]
    if not made.years:
        return (
            f"Prognosen är utfallet till och med {until} och budgeten för resten av året. Tidigare års månader "
            "saknas, så säsong och intervall kan inte räknas."
        )
    weight = made.lines["weight"].mean() * 100
    text = (
        f"Prognosen väger ihop två sätt att räkna efter {until}: hur stor del av året som brukar ha kommit "
        f"({made.years} tidigare år), och budgeten för resten av året. Säsongen väger i snitt {percent(weight, 0)}."
    )
    return text if made.rows["low"].notna().any() else f"{text} Tidigare fel är för få för ett intervall."


def forecast_table(outlook: Outlook) -> Table | None:
    """The computed forecast of each nämnd with its interval, beside budget and what has been handed in."""
    if outlook.forecast is None:
        return None
    rows, ledger, year = named_rows(outlook), outlook.ledger, outlook.forecast.year
    name = forecast_in_force(ledger, table_of(ledger))
    interval = "Lägst och högst: 80-procentigt intervall, ur felen samma månad tidigare år. "
    columns = {
        "name": Column("Rad", kind="text"),
        "blend": amount_column("Beräknad prognos", ledger),
        "low": amount_column("Lägst", ledger),
        "high": amount_column("Högst", ledger),
        "variance": amount_column("Mot budget", ledger, signed=True),
        "managers": amount_column("Lämnad prognos", ledger),
        "apart": amount_column("Lämnad mot beräknad", ledger, signed=True),
    }
    return Table(
        f"helarsprognos_{year}",
        f"Beräknad prognos för {year} efter {MONTHS[outlook.forecast.month - 1]}",
        rows,
        {c: column for c, column in columns.items() if c in ("name", "blend") or rows[c].notna().any()},
        row_kind="kind_of_row",
        note=f"{interval if rows['low'].notna().any() else ''}Över noll i kolumnerna mot budget och mot beräknad är "
        f"bättre. {f'Lämnad prognos: {name}. ' if name else ''}Streck: uppgift saknas.",
        source=f"{source_of(ledger)}; egen beräkning",
    )


def methods_table(outlook: Outlook) -> Table | None:
    """What each way of computing says of the year, row by row."""
    made = outlook.forecast
    if made is None:
        return None
    rows, ledger = named_rows(outlook), outlook.ledger
    whole = list(rows.loc[~rows["periodised"].astype(bool) & (rows["kind_of_row"] == ""), "name"])
    remark = f" {listed(whole)} har budget som inte är delad på månader." if whole else ""
    low, blend, high = (rounded(ledger, part) for part in _between(rows.iloc[-1]))
    if blend < low or blend > high:
        remark = f" Vikten är olika för raderna, därför ligger den sammanvägda summan utanför de två.{remark}"
    known = METHODS if made.years else ("run_rate", "profile")  # without earlier years there is no season to tell
    methods = {method: amount_column(METHOD_WORDS[method], ledger) for method in known}
    seasons = "Säsong: utfallet delat med den del av året som brukar ha kommit. " if made.years else ""
    blended = "Sammanvägd: säsong och profil. " if made.years else ""
    return Table(
        f"prognosmetoder_{made.year}",
        f"Året {made.year} enligt varje sätt att räkna",
        rows,
        {
            "name": Column("Rad", kind="text"),
            "to_date": amount_column(f"Till och med {MONTHS[made.month - 1]}", ledger),
            **methods,
        },
        row_kind="kind_of_row",
        note=f"Jämn takt: utfallet delat med antalet månader, gånger tolv. {seasons}Budgetens profil: utfallet och "
        f"resten av årets budget. {blended}Kända engångsposter läggs till för sig.{remark}",
        source=f"{source_of(ledger)}; egen beräkning",
    )


def _between(row: pd.Series) -> tuple[float, float, float]:
    """The lower of the two methods that the blend weighs together, the blend, and the higher."""
    two = float(row["seasonal"]), float(row["profile"])
    return min(two), float(row["blend"]), max(two)


def coverage_table(outlook: Outlook) -> Table | None:
    """How often the 80 % intervals of earlier years held what came; nothing where none could be tried."""
    if outlook.months is None or outlook.done is None:
        return None
    held = coverage(outlook.months, outlook.done, outlook.whole)
    if held.empty:
        return None
    by_year = held.groupby("year", as_index=False).sum()
    whole = pd.DataFrame([{"year": "Alla år", **held.drop(columns=["year", "month"]).sum()}])
    frame = pd.concat([by_year.astype({"year": str}), whole], ignore_index=True)
    frame["share"], frame["total_share"] = (
        frame[f"{part}inside"] / frame[f"{part}n"].where(frame[f"{part}n"] > 0) * 100 for part in ("", "total_")
    )
    frame["kind_of_row"] = np.where(frame["year"] == "Alla år", "total", "")
    return Table(
        "traffar",
        "Hur ofta utfallet låg i 80-procentiga intervall",
        frame,
        {
            "year": Column("År", kind="text"),
            "n": Column("Prövade", "intervall"),
            "inside": Column("Utfallet innanför", "intervall"),
            "share": Column("Andel", "%", decimals=0),
            "total_n": Column("Prövade, summan", "intervall"),
            "total_share": Column("Andel, summan", "%", decimals=0),
        },
        row_kind="kind_of_row",
        note="Ett intervall per rad och månad, januari–november, räknat bara på det som var känt då. Månaderna i ett "
        f"år hänger ihop, så {number(len(by_year))} år är ett litet prov. Är andelen högre än 80 är intervallen för "
        f"breda, är den lägre är de för smala. Ligger summans andel mer än {FAR_OFF} procentenheter från 80, står den "
        "bredvid intervallet överst på sidan.",
        source=f"{source_of(outlook.ledger)}; egen beräkning",
    )


def _made(outlook: Outlook) -> Forecast:
    if outlook.forecast is None:
        raise ValueError("the year has no computed forecast")
    return outlook.forecast
