"""What the budget report says at its top: findings and lights made from the ledger."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from krokomanalys.budget.audit import audit
from krokomanalys.budget.ledger import Ledger, as_ledger
from krokomanalys.budget.mappings import moved
from krokomanalys.budget.money import decimals
from krokomanalys.budget.periods import followed, year_view
from krokomanalys.budget.variance import completion, forecast_errors, gaps, offset
from krokomanalys.budget.versions import versions
from krokomanalys.report.amounts import amount, rounded, span, until_words, whole_or
from krokomanalys.report.lights import Light, light
from krokomanalys.report.page import Piece, State, opening
from krokomanalys.sources.ledger import LedgerNotes, TableName
from krokomanalys.sources.slices import BudgetTables, Slice
from krokomanalys.swedish import listed, number, percent


def ledger_of(slice_: Slice) -> Ledger:
    """The slice's ledger, checked.

    Where the slice holds only one nämnd of a larger ledger (see `part_of`), the notes are that nämnd's: without the
    printed sums, the forecasts and the plan, which are about the whole.

    Raises:
        InputError: the ledger's rows don't hold together (see budget.ledger.as_ledger).
        ValueError: the slice has no ledger.
    """
    if slice_.budget is None:
        raise ValueError("the slice has no ledger")
    tables, year = slice_.budget, slice_.year
    notes = _of_board(tables.notes, slice_.board)
    return as_ledger(moved(tables.ledger, tables.organisation, year), notes, slice_.months, tables.accounts)


def earlier_ledgers(slice_: Slice) -> tuple[Ledger, ...]:
    """The ledgers of the years before, the latest first, with every unit where it belongs in the slice's year.

    Raises:
        InputError: the rows of one of them don't hold together.
    """
    return tuple(_earlier(slice_, tables) for tables in (slice_.budget.earlier if slice_.budget else ()))


def _earlier(slice_: Slice, tables: BudgetTables) -> Ledger:
    rows = moved(tables.ledger, tables.organisation, slice_.year)
    if slice_.board is not None:
        rows = rows[rows["board"] == slice_.board]
    return as_ledger(rows, _of_board(tables.notes, slice_.board), accounts=tables.accounts)


def before(slice_: Slice) -> Ledger | None:
    """The ledger of the year before, see `earlier_ledgers`; None where there is none."""
    years = slice_.budget.earlier if slice_.budget else ()
    return next((_earlier(slice_, tables) for tables in years if tables.notes.year == slice_.year - 1), None)


def _of_board(notes: LedgerNotes, board: str | None) -> LedgerNotes:
    if board in (None, notes.board):
        return notes
    headings = {table: told.model_copy(update={"total": "Summa"}) for table, told in notes.tables.items()}
    own = {"board": board, "tables": headings, "printed": (), "forecasts": (), "plan": None}
    return notes.model_copy(update=own)


def part_of(slice_: Slice) -> bool:
    """Whether the slice's rows are one nämnd's out of a ledger that holds more."""
    return slice_.budget is not None and slice_.board not in (None, slice_.budget.notes.board)


def headline(ledger: Ledger) -> TableName:
    """The table whose total is the net cost: the result where there is one, else net cost by unit, else investments."""
    return next(table for table in ("result", "net", "investment") if table in ledger.tables)


def who(slice_: Slice, ledger: Ledger) -> str:
    """Whose money it is: the nämnd of the ledger, or the municipality."""
    return ledger.notes.board or slice_.name


def budget_opening(
    slice_: Slice,
    ledger: Ledger,
    state: State,
    by: str,
    when: str,
    computed: Sequence[str] = (),
    more: Sequence[str] = (),
) -> Piece:
    """The top of the budget report.

    computed  what a forecast computed from the months says of the year; else the forecast handed in is told
    more      findings to end with
    """
    findings = [
        result_finding(slice_, ledger),
        *(computed or year_findings(ledger)),
        *offset_findings(ledger),
        *forecast_findings(ledger),
        *investment_findings(ledger),
        *more,
    ]
    return opening(
        f"Budgetuppföljning för {', '.join(filter(None, [ledger.notes.board, slice_.name]))} {span(ledger)}",
        eyebrow=f"{slice_.name} · {ledger.notes.board or 'hela kommunen'} · {whole_or(ledger)} · belopp i "
        f"{ledger.notes.unit}",
        lead="För nämnd och kommunledning: utfallet mot budget, var avvikelserna finns och om summorna håller.",
        findings=findings,
        lights=budget_lights(ledger),
        state=state,
        by=by,
        when=when,
        made_up=slice_.made_up,
    )


def budget_lights(ledger: Ledger) -> list[Light]:
    """Result against budget, and whether the document's sums hold where it prints any; with the nämnd's name."""
    owner = f", {ledger.notes.board}" if ledger.notes.board else ""
    printed = [_sums_light(ledger, "Budgetens summor" + owner)] if ledger.notes.printed else []
    return [_result_light(ledger, owner), *printed]


def _result_light(ledger: Ledger, owner: str) -> Light:
    table = headline(ledger)
    total = _total(ledger, table)
    subject = "Investeringar" if table == "investment" else "Resultat" if total["budget"] > 0 else "Nettokostnad"
    variance = rounded(ledger, total["variance"])
    if pd.isna(variance):
        return Light("not_judged", "", subject + owner)
    status, words = ("met", "inom budget") if variance >= 0 else ("not_met", "över budget")
    if subject == "Resultat":
        words = "minst som budget" if variance >= 0 else "under budget"
    return light(status, words, subject + owner)


def _sums_light(ledger: Ledger, subject: str) -> Light:
    verdicts = [finding.verdict for finding in audit(ledger)]
    wrong, unchecked = verdicts.count("error"), verdicts.count("unchecked")
    if wrong:
        return Light("not_met", f"{wrong} fel", subject)
    if unchecked:
        return Light("neutral", f"{unchecked} går inte att kontrollera", subject)
    return Light("met", "inga fel", subject)


def result_finding(slice_: Slice, ledger: Ledger) -> str:
    """The net cost against budget, or why that can't be told."""
    table = headline(ledger)
    if ledger.months < 12 and table != "investment":
        return _period_finding(slice_, ledger, table)
    total, missing = _total(ledger, table), gaps(_followed(ledger, table))
    name = who(slice_, ledger)
    if missing:
        return f"Om {name} höll budgeten kan inte bedömas: {missing}."
    if table == "investment":
        text = f"{name} {_against_budget(ledger, total)} för investeringar{until_words(ledger)}."
        return f"{text} Underlaget har bara investeringar, ingen drift."
    text = f"{name} {_against_budget(ledger, total)}{until_words(ledger)}."
    if max(total["outcome"], total["budget"]) <= 0:
        cost, planned = (amount(ledger, -total[basis]) for basis in ("outcome", "budget"))
        return f"{text} Nettokostnaden blev {cost} mot budgeterade {planned}."
    shown = [amount(ledger, total[basis], signed=True) for basis in ("outcome", "budget")]
    return f"{text} Intäkter minus kostnader blev {shown[0]} mot budgeterade {shown[1]}."


def _period_finding(slice_: Slice, ledger: Ledger, table: TableName) -> str:
    """The whole outcome of a period, and the variance of what has a budget by month."""
    outcome, total, name = year_view(ledger, table).iloc[-1]["outcome"], _total(ledger, table), who(slice_, ledger)
    if pd.isna(outcome):
        return f"Utfallet för {name} {span(ledger)} kan inte summeras: det är inte delat på månader."
    if outcome >= 0:
        text = f"Resultatet för {name} blev **{amount(ledger, outcome, signed=True)}** {span(ledger)}."
    else:
        text = f"Nettokostnaden för {name} blev **{amount(ledger, -outcome)}** {span(ledger)}."
    variance = rounded(ledger, total["variance"])
    if pd.isna(variance):
        return f"{text} Budgeten är inte delad på månader, så perioden kan inte jämföras med den."
    share = "" if pd.isna(total["percent"]) else f" ({percent(abs(total['percent']))})"
    apart = f"**{amount(ledger, abs(variance))}** {'bättre' if variance > 0 else 'sämre'} än budget{share}"
    apart = "som **budgeterat**" if variance == 0 else apart
    if rounded(ledger, outcome - total["outcome"]) == 0:
        return f"{text} Det är {apart}."
    return f"{text} De rader som har budget per månad gick {apart}."


def _against_budget(ledger: Ledger, total: pd.Series) -> str:
    variance = rounded(ledger, total["variance"])
    if variance == 0:
        return "höll **budgeten**"
    share = "" if pd.isna(total["percent"]) else f" ({percent(abs(total['percent']))})"
    return f"gick **{amount(ledger, abs(variance))}** {'bättre' if variance > 0 else 'sämre'} än budget{share}"


def year_findings(ledger: Ledger) -> list[str]:
    """The forecast of the whole year that is in force, against the year's budget; nothing for a whole year."""
    table = headline(ledger)
    if ledger.months == 12 or not (told := forecast_in_force(ledger, table)):
        return []
    rows = year_view(ledger, table)
    total = rows.iloc[-1]
    if pd.isna(total["variance"]):
        lacks = list(rows.loc[(rows["role"] == "row") & rows["variance"].isna(), "line"])
        return [f"Helåret kan inte bedömas: {told} saknar {listed(lacks)}."]
    variance = rounded(ledger, total["variance"])
    against = "som budget" if variance == 0 else f"**{amount(ledger, abs(variance))}** "
    worse = "" if variance == 0 else "bättre än budget" if variance > 0 else "sämre än budget"
    return [f"För helåret räknar nämnderna ({told}) med {against}{worse}."]


def forecast_in_force(ledger: Ledger, table: TableName) -> str:
    """The name of the forecast of the year that is in force, "" where there is none."""
    rows = versions(ledger.rows, ledger.notes.year)
    own = rows[(rows["basis"] == "forecast") & (rows["table"] == table)]
    return "" if own.empty else str(own.iloc[-1]["version"]) or "prognosen"


def offset_findings(ledger: Ledger) -> list[str]:
    """What the net variance hides, where both the better and the worse units are further off than the net."""
    if "net" not in ledger.tables:
        return []
    table = _followed(ledger, "net")
    if missing := gaps(table):
        return [] if headline(ledger) == "net" else [f"Enheternas avvikelser kan inte summeras: {missing}."]
    both, rows = offset(table), table[table["role"] == "row"].sort_values("variance")
    if min(both.better, -both.worse) <= abs(both.net):
        return []
    worst, best = rows.iloc[0], rows.iloc[-1]
    step = decimals(ledger.notes.rounded_to)
    return [
        f"Nettot döljer större avvikelser åt båda håll: **{amount(ledger, both.better)}** bättre och "
        f"**{amount(ledger, -both.worse)}** sämre, tillsammans {amount(ledger, both.gross)}. Bäst gick {best['line']} "
        f"({number(best['variance'], step, signed=True)}), sämst {worst['line']} "
        f"({number(worst['variance'], step, signed=True)})."
    ]


def forecast_findings(ledger: Ledger) -> list[str]:
    """How each forecast in the notes came out, or why that can't be told."""
    told = []
    for f in forecast_errors(ledger):
        text, error = f"Prognosen ({f.name}) var {amount(ledger, f.forecast, signed=True)}.", rounded(ledger, f.error)
        if pd.isna(error):
            text += f" Den kan inte jämföras med utfallet: {gaps(_followed(ledger, f.table))}."
        elif error == 0:
            text += " Utfallet blev **detsamma**."
        else:
            share = "" if pd.isna(f.percent) else f", {percent(f.percent)} av budgeten"
            text += f" Utfallet blev **{amount(ledger, abs(error))}** {'sämre' if error < 0 else 'bättre'}{share}."
        told.append(text)
    return told


def investment_findings(ledger: Ledger) -> list[str]:
    """Investments against budget, or why that can't be told. Of a period: what is used of the year's budget."""
    if "investment" not in ledger.tables:
        return []
    if ledger.months < 12:
        return _investments_so_far(ledger)
    table = _followed(ledger, "investment")
    if missing := gaps(table):
        return [f"Investeringarnas genomförandegrad kan inte räknas: {missing}."]
    total = table.iloc[-1]
    text = f"Investeringarna blev **{amount(ledger, total['outcome'])}** av {amount(ledger, total['budget'])}"
    text += f", en genomförandegrad på **{percent(completion(table))}**." if total["budget"] else "."
    return [text]


def _investments_so_far(ledger: Ledger) -> list[str]:
    table = year_view(ledger, "investment")
    total = table.iloc[-1]
    if pd.isna(total["outcome"]) or pd.isna(total["budget"]):
        return []
    text = f"Investeringarna är **{amount(ledger, total['outcome'])}**{until_words(ledger)}"
    text += f", {percent(total['outcome'] / total['budget'] * 100)} av årets budget." if total["budget"] else "."
    if not pd.isna(total["forecast"]):
        text += f" Prognosen är {amount(ledger, total['forecast'])} av {amount(ledger, total['budget'])}."
    return [text]


def _followed(ledger: Ledger, table: TableName) -> pd.DataFrame:
    return followed(ledger, table)


def _total(ledger: Ledger, table: TableName) -> pd.Series:
    return _followed(ledger, table).iloc[-1]
