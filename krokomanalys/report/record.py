"""How earlier forecasts came out, in the budget report: who errs to which side, by nämnd, year and month."""

from __future__ import annotations

import numpy as np
import pandas as pd

from krokomanalys.budget.track_record import MANAGERS, Streak, computed, scores, streak
from krokomanalys.report.amounts import amount_column, source_of
from krokomanalys.report.forecast import METHOD_WORDS, Move, Outlook, table_of
from krokomanalys.report.page import Piece, prose
from krokomanalys.report.tables import Column, Table
from krokomanalys.swedish import MONTHS, percent

NUMBER_WORDS = ("noll", "ett", "två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nio", "tio", "elva", "tolv")
_NOTES = {
    "bias": "Medelfel: utfall − prognos i snitt; över noll gick det bättre än prognosen.",
    "mae": "Fel: detsamma utan tecken.",
    "mase": "Mot budget: under 1 är felet mindre än om man trott att budgeten håller.",
    "bias_share": "Snedhet: den del av det kvadrerade felet som är åt samma håll.",
    "sign_p": "Teckentest: hur ofta slumpen ger minst så ojämnt många fel åt ett håll. Prognoserna i ett år "
    "hänger ihop, så den siffran är för låg.",
}
"""What a reader of the record's columns has to know."""
LEAST_YEARS = 3
"""Years in a row to the same side that are worth a sentence."""


def handed_in(outlook: Outlook) -> pd.DataFrame:
    """The forecasts that have been handed in for years that have ended, with what came (see track_record.RECORD)."""
    made = outlook.record
    return made[made["who"] == MANAGERS].reset_index(drop=True)


def record_prose(outlook: Outlook) -> Piece | None:
    """Who has erred to the same side for years; nothing where no forecast can be judged."""
    made = handed_in(outlook)
    if made.empty:
        return None
    names = made.loc[made["role"] == "row", "name"].unique()
    found = [s for s in (streak(made, name) for name in names) if s is not None and s.years >= LEAST_YEARS]
    told = [streak_words(s) for s in sorted(found, key=lambda s: (-s.years, -abs(s.percent)))]
    if told:
        told.append("Varje år räknas i snitt över årets prognoser.")
    whole = scores(made[made["role"] == "total"], ["who"])
    if len(whole) and np.isfinite(whole["mase"].iloc[0]):
        told.append(_against_budget(outlook.owner, float(whole["mase"].iloc[0]), one=whole["count"].iloc[0] == 1))
    return prose(" ".join(told)) if told else None


def streak_words(held: Streak) -> str:
    """A sentence: Socialnämnden har underskattat kostnaderna fyra år i rad (2022–2025), i snitt 0,6 %.

    Without the per cent where they are more than the base itself: a net near zero says nothing of size.
    """
    under = held.better if held.income else not held.better
    what = "intäkterna" if held.income else "kostnaderna"
    count = NUMBER_WORDS[held.years] if held.years < len(NUMBER_WORDS) else str(held.years)
    size = f", i snitt {percent(abs(held.percent))}" if abs(held.percent) <= 100 else ""
    verb = "underskattat" if under else "överskattat"
    return f"**{held.name}** har {verb} {what} **{count} år i rad** ({held.first}–{held.last}){size}."


def _against_budget(owner: str, mase: float, *, one: bool) -> str:
    if round(mase, 2) == 1:
        return f"För {owner} som helhet har {'prognosen' if one else 'prognoserna'} träffat lika bra som budgeten."
    what, side = "prognosens fel" if one else "prognosernas fel", "mindre" if mase < 1 else "större"
    share = percent(abs(1 - mase) * 100, 0)
    return f"För {owner} som helhet var {what} {share} {side} än om man trott att budgeten håller."


def record_table(outlook: Outlook) -> Table | None:
    """How good the forecasts handed in have been, nämnd by nämnd; nothing where none can be judged."""
    made = handed_in(outlook)
    if made.empty:
        return None
    ledger, total = outlook.ledger, outlook.ledger.notes.tables[table_of(outlook.ledger)].total
    frame = scores(made, ["name", "role"])
    frame = frame.sort_values("role", kind="stable", ignore_index=True)
    frame["name"] = frame["name"].where(frame["role"] == "row", total)
    frame["kind_of_row"] = frame["role"].map({"row": "", "total": "total"})
    frame["bias_share"] *= 100
    columns = {
        "name": Column("Rad", kind="text"),
        "count": Column("Antal", "st"),
        "bias": amount_column("Medelfel", ledger, signed=True),
        "mae": amount_column("Fel", ledger),
        "mape": Column("Fel", "% av budget", decimals=1),
        "mase": Column("Mot budget", decimals=2),
        "bias_share": Column("Snedhet", "%"),
        "sign_p": Column("Teckentest", decimals=2),
    }
    shown = {key: column for key, column in columns.items() if frame[key].notna().any()}
    told = [text for key, text in _NOTES.items() if key in shown]
    whole = made[made["role"] == "total"]
    if (whole["base"] - whole["budget"].abs()).round(6).gt(0).any():
        told.append(f"För {total} är procenten av radernas nettokostnader eller nettointäkter, det som är störst.")
    first = int(made["year"].min())
    told += [_move_words(move) for move in outlook.moves if move.from_year > first]
    return Table(
        "prognosernas_fel",
        f"Lämnade prognoser mot utfall, {_years(made)}",
        frame,
        shown,
        row_kind="kind_of_row",
        note=" ".join(told),
        source=source_of(ledger),
    )


def _move_words(move: Move) -> str:
    unit = move.line or f"Hela {move.from_board}"
    return (
        f"{unit} räknas till {move.to_board} alla år, men hörde till {move.from_board} före {move.from_year}. "
        "Felen för åren före skiljer sig därför från prognoserna som de lämnades."
    )


def record_by_year(outlook: Outlook) -> Table | None:
    """The mean error of the forecasts handed in, by nämnd and year; nothing where there is one year or none."""
    made = handed_in(outlook).dropna(subset=["forecast", "outcome"])
    if made["year"].nunique() < 2:
        return None
    made = made.assign(error=made["outcome"] - made["forecast"])
    made["name"] = made["name"].where(
        made["role"] == "row", outlook.ledger.notes.tables[table_of(outlook.ledger)].total
    )
    wide = made.pivot_table(index=["role", "name"], columns="year", values="error", sort=False).reset_index()
    wide = wide.sort_values("role", kind="stable", ignore_index=True)
    years = [column for column in wide.columns if column not in ("role", "name")]
    wide.columns = pd.Index([str(column) for column in wide.columns])
    wide["kind_of_row"] = wide["role"].map({"row": "", "total": "total"})
    return Table(
        "prognosfel_per_ar",
        "Medelfel per år: utfall minus lämnad prognos",
        wide,
        {
            "name": Column("Rad", kind="text"),
            **{str(year): amount_column(str(year), outlook.ledger, signed=True) for year in years},
        },
        row_kind="kind_of_row",
        note="Medel av årets alla prognoser. Över noll gick det bättre än prognosen.",
        source=source_of(outlook.ledger),
    )


def methods_record(outlook: Outlook) -> Table | None:
    """Forecasts handed in and computed, judged on the same years and months; nothing where there are no months."""
    if outlook.months is None or outlook.done is None:
        return None
    made, methods = outlook.record, computed(outlook.months, outlook.done)
    if methods.empty:
        return None
    both = pd.concat([made[made["month"].notna()], methods], ignore_index=True)
    both = both[both["role"] == "row"]
    own = both[both["who"] == MANAGERS]
    when = own if len(own) else both[both["month"].isin([4, 8])]
    tried = set(zip(methods["year"], methods["month"], strict=True))
    kept = sorted(tried & set(zip(when["year"], when["month"], strict=True)))
    both = both[[place in set(kept) for place in zip(both["year"], both["month"], strict=True)]]
    if both.empty:
        return None
    frame = scores(both, ["month", "who"])
    order = {name: place for place, name in enumerate(METHOD_WORDS)}
    frame = frame.sort_values(["month", "who"], key=lambda c: c.map(order) if c.name == "who" else c, ignore_index=True)
    frame["after"] = [
        f"{METHOD_WORDS[who]}, {MONTHS[month - 1]}" for who, month in zip(frame["who"], frame["month"], strict=True)
    ]
    return Table(
        "metodernas_fel",
        f"Lämnade och beräknade prognoser på samma år och månader, {_years(both)}",
        frame,
        {
            "after": Column("Prognos efter", kind="text"),
            "count": Column("Antal", "st"),
            "bias": amount_column("Medelfel", outlook.ledger, signed=True),
            "mae": amount_column("Fel", outlook.ledger),
            "mape": Column("Fel", "% av budget", decimals=1),
            "mase": Column("Mot budget", decimals=2),
        },
        note="Kolumnerna som i tabellen ovan, snitt över raderna. De beräknade är gjorda i efterhand, men bara med det "
        "som var känt den månaden.",
        source=f"{source_of(outlook.ledger)}; egen beräkning",
    )


def _years(made: pd.DataFrame) -> str:
    first, last = int(made["year"].min()), int(made["year"].max())
    return str(first) if first == last else f"{first}–{last}"
