"""Forms that an economist fills in: a new ledger with its notes, and what managers write, a file for each nämnd.

What is written here is what sources.tables reads: the columns are those of the layouts.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from krokomanalys.regions import ascii_name
from krokomanalys.sources.folder import shown
from krokomanalys.sources.form_file import Form, FormColumn, refuse_existing, write_form
from krokomanalys.sources.goal_forms import judgement_columns
from krokomanalys.sources.layouts import ACTION_STATUS, MONTHS
from krokomanalys.sources.ledger import BASES, Unit
from krokomanalys.swedish import MONTHS as MONTH_NAMES

SPARE = 200
KINDS = ("grant", "income", "cost", "net", "investment")
LEDGER_GUIDE = (
    "Fyll i det första bladet, en rad för varje sak som har belopp. Rubrikerna på första raden ska stå kvar som de är.",
    "Intäkter skrivs med plus och kostnader med minus. Investeringar är utgifter och skrivs med plus.",
    "Fyll månaderna m01–m12 om beloppen finns per månad. Lämna månader som inte har kommit tomma: tomt är inte 0.",
    "amount räknas ut ur månaderna. Finns bara årets belopp, skriv det i amount och lämna månaderna tomma.",
    "Skriv inga summarader: summor räknas ut. Slå inte ihop celler och lägg inga rader ovanför rubriken.",
    "Varje beslut är en version. Lägg en ny version i en egen fil bredvid, t.ex. {stem}-prognos-augusti.xlsx. "
    "Skriv aldrig över en tidigare.",
    "Enhet (kr, tkr eller mkr) och rubriker står i {stem}.yaml bredvid.",
    "Kör sedan krokomanalys check. Egna anteckningar kan stå på blad som heter Anteckningar.",
)
COMMENT_GUIDE = (
    "Skriv vid de rader som ni vill säga något om. Grå celler är ifyllda och ändras inte.",
    "Kommentar: vad som har hänt. Analys: varför. Åtgärd: vad ni gör åt det.",
    "En åtgärd på varje rad. Har en rad fler åtgärder, skriv nästa på en tom rad längst ned och välj raden där.",
    "effekt_tkr är vad åtgärden väntas förbättra årets resultat med, i tusental kronor. Lämna tomt om ni inte vet.",
    "Belopp i de grå kolumnerna är i {unit}. En avvikelse över noll är bättre än budget.",
    "Lämna filen till ekonomen, som lägger den i mappen data/comments.",
)
GOAL_GUIDE = (
    "Rader med ett mål gäller målet. Skriv kommentar, analys och åtgärd som för de andra raderna.",
    "Bedöm målet med orden i listan. Rapporten visar bedömningen bredvid det som mätetalen säger.",
)


def new_ledger(folder: Path, region: str, name: str, year: int, lines: pd.DataFrame | None = None) -> list[Path]:
    """Write budget/REGION-YEAR.xlsx, to be filled in, and its notes, and say which files they are.

    `folder` is a data folder, `name` the municipality's. `lines` has the lines that are known, from the year before
    (columns board, line, parent, kind): each gets a row for its budget.

    Raises:
        InputError: one of the files is there already; nothing is written then.
    """
    stem = f"{region}-{year}"
    paths = [folder / "budget" / f"{stem}.xlsx", folder / "budget" / f"{stem}.yaml"]
    _refuse(paths)
    known = pd.DataFrame(columns=["board", "line", "parent", "kind"]) if lines is None else lines
    rows = known.assign(region=region, year=year, basis="budget").reset_index(drop=True)
    write_form(paths[0], ledger_form(rows, region, year, spare=SPARE))
    paths[1].write_text(_notes(region, name, year), encoding="utf-8")
    return paths


def ledger_form(rows: pd.DataFrame, region: str, year: int, *, spare: int = 0, decimals: int = 0) -> Form:
    """The form of a ledger, with a column for each month. `rows` are as wide.wide_of gives them, or fewer columns.

    The amount of a row whose months are given is a formula: their sum.
    """
    given = rows.reindex(columns=[*MONTHS, "amount"]).astype(float)
    monthly = given[list(MONTHS)].notna().any(axis=1)
    columns = _ledger_columns(region, year, _different(rows, "board"), _different(rows, "line"))
    filled = rows.assign(amount=given["amount"].where(~monthly))
    return Form(
        "Budget och utfall",
        columns,
        filled,
        [sentence.format(stem=f"{region}-{year}") for sentence in LEDGER_GUIDE],
        spare=spare,
        decimals=decimals,
        values={"amount": given["amount"].astype(object).where(monthly, "")},
    )


def new_comments(
    folder: Path,
    region: str,
    year: int,
    period: str | None,
    figures: pd.DataFrame,
    unit: Unit,
    goals: pd.DataFrame | None = None,
) -> list[Path]:
    """Write a form for each nämnd, comments/REGION-YEAR[-PERIOD][-BOARD].xlsx, and say which files they are.

    `figures` has a row for each line to comment on: board, line, budget, outcome, variance (> 0 better than budget)
    and forecast, in `unit`; NaN is a blank cell. They are shown beside and never read back. `goals` has a row for each
    goal to comment on and judge: board, goal (id), mål (its title). A blank board is the whole municipality.

    Raises:
        InputError: one of the files is there already; none is written then.
    """
    words = {"outcome": "utfall", "variance": "avvikelse", "forecast": "prognos"}
    asked = [figures.rename(columns=words), *([] if goals is None else [goals])]
    rows = pd.concat([part for part in asked if len(part)], ignore_index=True).astype({"board": str})
    rows = rows.assign(region=region, year=year)
    boards = list(dict.fromkeys(rows["board"]))
    paths = [comment_form(folder, region, year, period, board) for board in boards]
    _refuse(paths)
    for path, board in zip(paths, boards, strict=True):
        own = rows[rows["board"] == board].dropna(axis="columns", how="all").reset_index(drop=True)
        columns = _comment_columns(region, year, board, own, unit, period)
        told = [*(COMMENT_GUIDE[:-1] if "line" in own else COMMENT_GUIDE[:4]), *(GOAL_GUIDE if "goal" in own else ())]
        guide = [sentence.format(unit=unit) for sentence in (*told, COMMENT_GUIDE[-1])]
        write_form(path, Form("Kommentarer", columns, own, guide, spare=30, protect=True))
    return paths


def comment_form(folder: Path, region: str, year: int, period: str | None, board: str) -> Path:
    """Where a nämnd's form for comments is; a blank board is the whole municipality."""
    about = "-".join(filter(None, [region, str(year), period, ascii_name(board)]))
    return folder / "comments" / f"{about}.xlsx"


def _refuse(paths: list[Path]) -> None:
    """Raise InputError where one of the files, or the same table as csv, is there already."""
    there = [*paths, *(path.with_suffix(".csv") for path in paths if path.suffix == ".xlsx")]
    refuse_existing(there, [shown(path) for path in there])


def _different(rows: pd.DataFrame, column: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in rows[column].dropna().astype(str) if text)) if column in rows else ()


def _ledger_columns(region: str, year: int, boards: tuple[str, ...], lines: tuple[str, ...]) -> dict[str, FormColumn]:
    order = [
        "region", "year", "board", "line", "parent", "kind", "basis", "version", "decided",
        "account", "unit", "project", "counterpart", *MONTHS, "amount", "note", "through", "maker",
    ]  # fmt: skip
    first, last, line = (_letter(order.index(name)) for name in (MONTHS[0], MONTHS[-1], "line"))
    months = f"{first}{{row}}:{last}{{row}}"
    filled = f'IF({line}{{row}}="","",'
    columns: Mapping[str, FormColumn] = {
        "region": FormColumn("Kommunens kod, fyra siffror som text.", formula=f'={filled}"{region}")', width=8),
        "year": FormColumn("Året som beloppet gäller.", "year", formula=f"={filled}{year})", width=7),
        "board": FormColumn(
            "Nämnd. Tomt för hela kommunen.", choices=boards, strict=False, width=28
        ),
        "line": FormColumn("Radens namn i tabellen, t.ex. Grundskola.", choices=lines, strict=False, width=28),
        "parent": FormColumn("Bara för en varav-rad: namnet på raden som den är en del av.", width=18),
        "kind": FormColumn(
            "grant nämndbidrag, income intäkt, cost kostnad, net nettokostnad, investment investering.",
            choices=KINDS, width=11,
        ),
        "basis": FormColumn("budget, outcome utfall, forecast prognos.", choices=BASES, width=10),
        "version": FormColumn("Beslutets namn, t.ex. rambudget juni. Tomt för utfall.", width=20),
        "decided": FormColumn("Dagen för beslutet, t.ex. 2024-06-17. Behövs när det finns flera versioner.", "date"),
        "through": FormColumn("Bara för en prognos: sista månaden som den bygger på. Får vara tomt.", "number"),
        "maker": FormColumn("Skriv inget här: krokomanalys forecast fyller i computed.", width=10),
        "account": FormColumn("Konto i kommunens kodplan. Får vara tomt.", width=10),
        "unit": FormColumn("Enhet under nämnden. Får vara tomt."),
        "project": FormColumn("Projektets nummer eller namn. Får vara tomt."),
        "counterpart": FormColumn("Motpart vid internhandel. Får vara tomt."),
        **{
            month: FormColumn(f"Belopp för {name}. Tomt tills månaden har ett belopp.", "number", width=10)
            for month, name in zip(MONTHS, MONTH_NAMES, strict=True)
        },
        "amount": FormColumn(
            "Månadernas summa räknas ut. Utan månader: årets belopp.", "number",
            formula=f'=IF(COUNT({months})=0,"",SUM({months}))', width=12,
        ),
        "note": FormColumn("Det som en läsare bör veta. Får vara tomt.", width=40),
    }  # fmt: skip
    return {name: columns[name] for name in order}


def _comment_columns(
    region: str, year: int, board: str, rows: pd.DataFrame, unit: Unit, period: str | None
) -> dict[str, FormColumn]:
    """The columns of a nämnd's form: of lines where `rows` has any, of goals where it has any."""
    lines, goals = _different(rows, "line"), _different(rows, "goal")
    figures = ["budget", "utfall", "avvikelse", "prognos"] if lines else []
    judged = judgement_columns(period) if goals else {}
    about = ["board", *(["line"] if lines else []), *(["goal", "mål"] if goals else [])]
    entries = ["kommentar", "analys", *judged, "åtgärd", "effekt_tkr", "ansvarig", "datum", "status"]
    order = [*about, *figures, *entries, "region", "year"]
    first, last = (_letter(order.index(name)) for name in (entries[0], entries[-1]))
    named = ",".join(f"{_letter(order.index(name))}{{row}}" for name in ("line", "goal") if name in order)
    filled = f'IF(COUNTA({named},{first}{{row}}:{last}{{row}})=0,"",'
    quoted = board.replace('"', '""').replace("{", "{{").replace("}", "}}")
    columns = {
        "board": FormColumn("Nämnd.", locked=True, formula=f'={filled}"{quoted}")', width=22),
        "line": FormColumn("Raden i uppföljningen.", choices=lines, locked=True, width=28),
        "goal": FormColumn(
            "Målets id, som i målfilen. Ett som inte finns i listan får skrivas: svara Ja.",
            choices=goals,
            strict=False,
            locked=True,
            width=18,
        ),
        "mål": FormColumn("Målet.", locked=True, width=36),
        "budget": FormColumn(f"Budget i {unit}.", "number", locked=True, width=11),
        "utfall": FormColumn(f"Utfall i {unit}.", "number", locked=True, width=11),
        "avvikelse": FormColumn(f"Avvikelse i {unit}. Över noll är bättre än budget.", "number", locked=True, width=11),
        "prognos": FormColumn(f"Helårsprognos i {unit}.", "number", locked=True, width=11),
        "kommentar": FormColumn("Vad som har hänt.", width=40),
        "analys": FormColumn("Varför det blev så.", width=40),
        **judged,
        "åtgärd": FormColumn("Vad ni gör åt det. En åtgärd på varje rad.", width=40),
        "effekt_tkr": FormColumn("Väntad förbättring av årets resultat, tkr. Tomt om ni inte vet.", "number", width=11),
        "ansvarig": FormColumn("Vem som svarar för åtgärden: en roll, inte en person.", width=18),
        "datum": FormColumn("Dagen då åtgärden ska vara klar, t.ex. 2025-10-01.", "date", width=12),
        "status": FormColumn("Hur långt åtgärden har kommit.", choices=ACTION_STATUS, width=13),
        "region": FormColumn("Kommunens kod.", locked=True, formula=f'={filled}"{region}")', width=8),
        "year": FormColumn("År.", "year", locked=True, formula=f"={filled}{year})", width=7),
    }
    return {name: columns[name] for name in order}


def _letter(place: int) -> str:
    """A spreadsheet's column by its place from 0: A to Z, then AA."""
    return (chr(ord("A") + place // 26 - 1) if place >= 26 else "") + chr(ord("A") + place % 26)


def _notes(region: str, name: str, year: int) -> str:
    return f"""\
# Noterna till {region}-{year}.xlsx: enhet, tecken och rubriker. Ändra det som inte stämmer.
# Rader med # före en nyckel (#board) är avstängda. Vill du ha med en, ta bort tecknet # och inget annat.
region: "{region}"
year: {year}
#board: Kommunstyrelsen         # bara om filen gäller en enda nämnd
document:
  title: Budget och uppföljning {year}
  body: {_yaml_text(name)}

unit: tkr                # kr, tkr eller mkr: det som beloppen står i
rounded_to: 1            # sista siffran som visas, i samma enhet
signs:
  operations: Intäkter är positiva och kostnader negativa. Avvikelse = utfall − budget; över noll är bättre än budget.
  investment: Utgifter är positiva. Avvikelse = budget − utfall; över noll är bättre än budget.
#  costs: positive       # om kostnaderna står som positiva tal i filen

tables:                  # ta bort tabeller som filen inte har rader för
  result: {{title: Resultaträkning, total: Verksamhetens nettokostnader}}
  net: {{title: Nettokostnad och budgetavvikelse, total: Summa nettokostnad}}
  investment: {{title: Investeringsredovisning, total: Summa investeringar}}

#materiality: {{amount: 500, percent: 1}}    # avvikelser att kommentera: minst så mycket och så många procent
#account_plan: Vår kontoplan 2025           # en plan som ni har lagt in i mappings/accounts.csv
#breaks:                                    # år som inte kan jämföras, och varför
#  - years: [{year - 1}, {year}]
#    reason: Verksamhet flyttade mellan nämnderna.
"""


def _yaml_text(text: str) -> str:
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}"'
