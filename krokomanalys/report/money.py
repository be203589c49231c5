"""What the budget report says at its top: findings and lights made from the ledger."""

from __future__ import annotations

import pandas as pd

from krokomanalys.budget.audit import audit
from krokomanalys.budget.ledger import Ledger, as_ledger
from krokomanalys.budget.money import decimals
from krokomanalys.budget.variance import completion, follow_up, forecast_errors, gaps, offset
from krokomanalys.report.lights import Light
from krokomanalys.report.page import Piece, State, opening
from krokomanalys.sources.ledger import TableName
from krokomanalys.sources.slices import Slice
from krokomanalys.sources.tables import rows_of
from krokomanalys.swedish import number, percent, quantity


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
    notes = slice_.budget.notes
    if part_of(slice_):
        notes = notes.model_copy(update={"board": slice_.board, "printed": (), "forecasts": (), "plan": None})
    return as_ledger(slice_.budget.ledger, notes)


def part_of(slice_: Slice) -> bool:
    """Whether the slice's rows are one nämnd's out of a ledger that holds more."""
    return slice_.budget is not None and slice_.board not in (None, slice_.budget.notes.board)


def headline(ledger: Ledger) -> TableName:
    """The table whose total is the net cost: the result where there is one, else net cost by unit, else investments."""
    return next(table for table in ("result", "net", "investment") if table in ledger.tables)


def who(slice_: Slice, ledger: Ledger) -> str:
    """Whose money it is: the nämnd of the ledger, or the municipality."""
    return ledger.notes.board or slice_.name


def budget_opening(slice_: Slice, ledger: Ledger, state: State, by: str, when: str) -> Piece:
    """The top of the budget report."""
    findings = [
        result_finding(slice_, ledger),
        *offset_findings(ledger),
        *forecast_findings(ledger),
        *investment_findings(ledger),
    ]
    return opening(
        f"Budgetuppföljning för {slice_.name} {slice_.year}",
        eyebrow=f"{slice_.name} · {ledger.notes.board or 'hela kommunen'} · helår {slice_.year} · belopp i "
        f"{ledger.notes.unit}",
        lead="För nämnd och kommunledning: utfallet mot budget, var avvikelserna finns och om summorna håller.",
        findings=findings,
        lights=budget_lights(ledger),
        state=state,
        by=by,
        when=when,
    )


def budget_lights(ledger: Ledger) -> list[Light]:
    """Result against budget, and whether the document's sums hold; with the nämnd that they are about."""
    subject = "Investeringar" if headline(ledger) == "investment" else "Nettokostnad"
    owner = f", {ledger.notes.board}" if ledger.notes.board else ""
    return [_result_light(ledger, subject + owner), _sums_light(ledger, "Sifferkontroll" + owner)]


def _result_light(ledger: Ledger, subject: str) -> Light:
    variance = _rounded(ledger, _total(ledger, headline(ledger))["variance"])
    if pd.isna(variance):
        return Light("not_judged", "", subject)
    return Light("met", "inom budget", subject) if variance >= 0 else Light("not_met", "över budget", subject)


def _sums_light(ledger: Ledger, subject: str) -> Light:
    verdicts = [finding.verdict for finding in audit(ledger)]
    wrong, unchecked = verdicts.count("error"), verdicts.count("unchecked")
    if wrong:
        return Light("not_met", f"{wrong} fel", subject)
    if unchecked or not verdicts:
        words = f"{unchecked} går inte att kontrollera" if unchecked else "inget att kontrollera"
        return Light("neutral", words, subject)
    return Light("met", "inga fel", subject)


def result_finding(slice_: Slice, ledger: Ledger) -> str:
    """The net cost against budget, or why that can't be told."""
    table = headline(ledger)
    total, missing = _total(ledger, table), gaps(_followed(ledger, table))
    name = who(slice_, ledger)
    if missing:
        return f"Om {name} höll budgeten kan inte bedömas: {missing}."
    if table == "investment":
        text = f"{name} {_against_budget(ledger, total)} för investeringar."
        return f"{text} Underlaget har bara investeringar, ingen drift."
    text = f"{name} {_against_budget(ledger, total)}."
    if max(total["outcome"], total["budget"]) <= 0:
        cost, planned = (_money(ledger, -total[basis]) for basis in ("outcome", "budget"))
        return f"{text} Nettokostnaden blev {cost} mot budgeterade {planned}."
    shown = [_money(ledger, total[basis], signed=True) for basis in ("outcome", "budget")]
    return f"{text} Intäkter minus kostnader blev {shown[0]} mot budgeterade {shown[1]}."


def _against_budget(ledger: Ledger, total: pd.Series) -> str:
    variance = _rounded(ledger, total["variance"])
    if variance == 0:
        return "höll **budgeten**"
    share = "" if pd.isna(total["percent"]) else f" ({percent(abs(total['percent']))})"
    return f"gick **{_money(ledger, abs(variance))}** {'bättre' if variance > 0 else 'sämre'} än budget{share}"


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
        f"Nettot döljer större avvikelser åt båda håll: **{_money(ledger, both.better)}** bättre och "
        f"**{_money(ledger, -both.worse)}** sämre, tillsammans {_money(ledger, both.gross)}. Bäst gick {best['line']} "
        f"({number(best['variance'], step, signed=True)}), sämst {worst['line']} "
        f"({number(worst['variance'], step, signed=True)})."
    ]


def forecast_findings(ledger: Ledger) -> list[str]:
    """How each forecast in the notes came out, or why that can't be told."""
    told = []
    for f in forecast_errors(ledger):
        text, error = f"Prognosen ({f.name}) var {_money(ledger, f.forecast, signed=True)}.", _rounded(ledger, f.error)
        if pd.isna(error):
            text += f" Den kan inte jämföras med utfallet: {gaps(_followed(ledger, f.table))}."
        elif error == 0:
            text += " Utfallet blev **detsamma**."
        else:
            share = "" if pd.isna(f.percent) else f", {percent(f.percent)} av budgeten"
            text += f" Utfallet blev **{_money(ledger, abs(error))}** {'sämre' if error < 0 else 'bättre'}{share}."
        told.append(text)
    return told


def investment_findings(ledger: Ledger) -> list[str]:
    """Investments against budget, and projects that had none; or why that can't be told."""
    if "investment" not in ledger.tables:
        return []
    table = _followed(ledger, "investment")
    if missing := gaps(table):
        return [f"Investeringarnas genomförandegrad kan inte räknas: {missing}."]
    total, rows = table.iloc[-1], table[table["role"] == "row"]
    text = f"Investeringarna blev **{_money(ledger, total['outcome'])}** av {_money(ledger, total['budget'])}"
    text += f", en genomförandegrad på **{percent(completion(table))}**." if total["budget"] else "."
    for row in rows_of(rows[(rows["budget"] == 0) & (rows["outcome"] > 0)]):
        text += f" {row.line} ({_money(ledger, row.outcome)}) hade ingen budget."
    return [text]


def _followed(ledger: Ledger, table: TableName) -> pd.DataFrame:
    return follow_up(ledger, table, ledger.notes.year)


def _total(ledger: Ledger, table: TableName) -> pd.Series:
    return _followed(ledger, table).iloc[-1]


def _rounded(ledger: Ledger, value: float) -> float:
    return round(float(value), decimals(ledger.notes.rounded_to))


def _money(ledger: Ledger, value: float, *, signed: bool = False) -> str:
    return quantity(value, ledger.notes.unit, decimals(ledger.notes.rounded_to), signed=signed)
