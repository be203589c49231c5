"""Forms for goals: a commented goal file to be written over, the year's measures, and managers' judgement of a goal.

What an economist must write stands as <words in these brackets>; until it is written, the file is refused as it is
read (see sources.yaml_files). A line that may be left out is switched off with # first of all, before its indent:
taking away that sign and nothing else switches it on.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import yaml
from pydantic import BaseModel

from krokomanalys.sources.folder import shown
from krokomanalys.sources.form_file import Form, FormColumn, refuse_existing, write_form
from krokomanalys.sources.goals import Goal, GoalVersion
from krokomanalys.sources.layouts import GOAL_BASES, GOAL_OUTLOOK, MEASURES
from krokomanalys.sources.measures import Measure

SPARE = 20
_EXCELS_DAY_0 = date(1899, 12, 30)
MEASURE_GUIDE = (
    "Skriv årets värde i value, bara talet: 71, inte 71 %. Med procenttecken gör Excel om talet till 0,71.",
    "Ett ungefärligt värde skrivs med ~ framför: ~23. 0 är ett värde.",
    "Lämna value tomt om inget är mätt. Skriv gärna i note varför.",
    "Skriv i source varifrån värdet kommer: dokument, system eller undersökning. Ett värde utan källa är ett fel.",
    "date är dagen som värdet gäller. Ändra den om mätningen gäller en annan dag.",
    "Det som ska vara gjort en viss dag: skriv 1 för ja eller 0 för nej, och i date dagen då det blev klart.",
    "Grå kolumner är till för dig som fyller i och ändras inte. Målvärdet ändras i {goals}.",
    "Ett värde till, för en annan dag, skrivs på en tom rad längst ned: välj mätetalet i measure och skriv en dag.",
    "Ett nytt mätetal, som har kommit till i {goals}, skrivs också där: skriv dess id i measure, och en dag.",
    "Det som räknas ut står inte här: folkmängden, och mätetal som är sammanvägda av andra.",
)


def new_goals(folder: Path, region: str, name: str, year: int, before: GoalVersion | None = None) -> list[Path]:
    """Write goals/REGION-YEAR.yaml and say which file it is: a template, or the goals of an earlier version.

    `folder` is a data folder, `name` the municipality's. The goals of `before` keep their ids and targets; what its
    document says of how they went, its remarks and its activities are left behind.

    Raises:
        InputError: the file is there already.
    """
    path = folder / "goals" / f"{region}-{year}.yaml"
    refuse_existing([path], [shown(path)])
    path.parent.mkdir(parents=True, exist_ok=True)
    text = _template(region, name, year) if before is None else _carried(before, year)
    path.write_text(text, encoding="utf-8")
    return [path]


def new_measures(folder: Path, region: str, year: int, rows: pd.DataFrame) -> list[Path]:
    """Write measures/REGION-YEAR.xlsx with a row for each measure to be filled in, and say which file it is.

    `rows` has the columns measure (id) and, to be shown beside, mätetal, enhet, målvärde and föregående.

    Raises:
        InputError: the file, or the same table as csv, is there already.
    """
    path = folder / "measures" / f"{region}-{year}.xlsx"
    there = [path, path.with_suffix(".csv")]
    refuse_existing(there, [shown(file) for file in there])
    filled = rows.assign(region=region, date=(date(year, 12, 31) - _EXCELS_DAY_0).days)
    guide = [sentence.format(goals=f"goals/{region}-{year}.yaml") for sentence in MEASURE_GUIDE]
    columns = _measure_columns(region, tuple(rows["measure"]))
    write_form(path, Form("Mätvärden", columns, filled, guide, spare=SPARE, protect=True))
    return [path]


def judgement_columns(period: str | None) -> dict[str, FormColumn]:
    """What a manager fills in on a goal: the judgement of a year, or during it how the goal is expected to stand."""
    if period is not None:
        said = "Bara för ett mål: hur det väntas stå vid årets slut."
        return {"målprognos": FormColumn(said, choices=GOAL_OUTLOOK, width=17)}
    return {
        "bedömning": FormColumn("Bara för ett mål: er bedömning av hur det gick.", choices=GOAL_OUTLOOK, width=17),
        "grund": FormColumn("Vad bedömningen vilar på.", choices=tuple(GOAL_BASES), width=13),
        "bedömd_av": FormColumn("Vem som har bedömt: en roll eller en nämnd, inte en person.", width=18),
        "bedömd": FormColumn("Dagen för bedömningen, t.ex. 2026-01-20.", "date", width=12),
        "läge": FormColumn("Om bedömningen är ett utkast eller beslutad.", choices=("utkast", "beslutad"), width=11),
    }


def _measure_columns(region: str, measures: tuple[str, ...]) -> dict[str, FormColumn]:
    methods = MEASURES.columns["sampling"].choices
    columns = {
        "mätetal": FormColumn("Mätetalets namn.", locked=True, width=44),
        "enhet": FormColumn("Mätetalets enhet.", locked=True, width=12),
        "målvärde": FormColumn("Målvärdet för året.", locked=True, width=24),
        "föregående": FormColumn("Senaste värdet före året, och dess år.", locked=True, width=14),
        "value": FormColumn(
            "Årets värde: bara talet, inget %-tecken. Tomt om inget är mätt. 0 är ett värde.",
            "quantity",
            doubt=(
                'AND(ISNUMBER(E{row}),B{row}="%",E{row}>0,E{row}<=1)',
                "Enheten är %. Skriv bara talet: 71, inte 71 % och inte 0,71. Är värdet verkligen så litet, svara Ja.",
            ),
            width=12,
        ),
        "note": FormColumn("Det som en läsare bör veta, t.ex. varför inget är mätt. Får vara tomt.", width=40),
        "source": FormColumn("Varifrån värdet kommer, t.ex. Medarbetarenkäten 2026. Behövs för ett värde.", width=36),
        "date": FormColumn("Dagen som värdet gäller, t.ex. 2026-12-31.", "date", width=12),
        "n": FormColumn("Bara för en enkät: antal svar.", "number", width=8),
        "N": FormColumn("Bara för en enkät: antal personer i hela gruppen.", "number", width=8),
        "sampling": FormColumn(
            "Bara för en enkät: hur de svarande valdes. probability slumpurval, self_selected självvalt, census alla, "
            "register uppgift ur register, unknown okänt.",
            choices=methods,
            width=13,
        ),
        "measure": FormColumn(
            "Mätetalets id, som i målfilen. Ett som inte finns i listan får skrivas: svara Ja.",
            choices=measures,
            strict=False,
            locked=True,
            width=26,
        ),
    }
    id_ = chr(ord("A") + list(columns).index("measure"))
    code = FormColumn("Kommunens kod.", locked=True, formula=f'=IF({id_}{{row}}="","","{region}")', width=8)
    return {**columns, "region": code}


def _carried(before: GoalVersion, year: int) -> str:
    """An earlier version's goals as decided, as a new year's file."""
    parts = {
        "board": before.board,
        "vision": before.vision,
        "essential_per_board": before.essential_per_board,
        "areas": [_plain(area) for area in before.areas],
        "goals": [_decided(goal, year) for goal in before.goals],
        "comparisons": [_of_measure(measure, year) for measure in before.comparisons],
    }
    body = {key: part for key, part in parts.items() if part}
    written = yaml.dump(_written(body), Dumper=_Indented, allow_unicode=True, sort_keys=False, width=110)
    return f"""\
# Målen {year}, ur {before.region}-{before.year}.yaml. Målens och mätetalens id ska stå kvar: så följs de år för år.
# Gå igenom varje mål: rubrik, målvärde (target, path, relative_to, deadline) och vem som svarar för det (owner).
# Ta bort det som inte gäller längre. Har ett nytt mål tagit ett annats plats, skriv det gamlas id i det nya målet:
# replaces: [gammalt_id]. Omdömen, anmärkningar och aktiviteter är inte med. De står kvar i den förra filen.
region: "{before.region}"
year: {year}
document:
  title: Mål {year}
  body: {_text(before.document.body)}
  adopted: "<vem som beslutade målen, och när>"     # finns inget beslut, ta bort raden

{written}
#activities:                    # aktiviteter och uppdrag som gäller {year}. Ta bara bort # först på raderna
#  - {{id: aktivitet_1, title: Vad som ska göras, goals: [{before.goals[0].id}], due: {year}-12-31}}
"""


def _decided(goal: Goal, year: int) -> dict[str, Any]:
    kept = goal.model_copy(update={"printed": None, "note": None, "replaces": (), "measures": ()})
    measures = [_of_measure(measure, year) for measure in goal.measures]
    return _plain(kept) | ({"measures": measures} if measures else {})


def _of_measure(measure: Measure, year: int) -> dict[str, Any]:
    """A measure as decided. A last day of an earlier year is to be set again: else its old yes would meet the goal."""
    written = _plain(measure.model_copy(update={"judged": None, "note": None}))
    if measure.deadline is not None and measure.deadline.year < year:
        written["deadline"] = f"<sista dagen {year}, förra gången {measure.deadline}>"
    return written


def _plain(part: BaseModel) -> dict[str, Any]:
    return part.model_dump(exclude_defaults=True, exclude_none=True)


def _written(value: Any) -> Any:
    """A value as people write it in YAML: lists for tuples, and 85 for 85.0."""
    if isinstance(value, dict):
        return {key: _written(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_written(part) for part in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


class _Indented(yaml.SafeDumper):
    """Writes lists further in than the key that they belong to."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _text(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _template(region: str, name: str, year: int) -> str:
    return f"""\
# Målen {year}. Skriv över allt som står inom < >, också tecknen < och >. Låt citattecknen stå kvar.
# Det som står efter # är förklaringar och läses inte. Ändra inte indragen: de visar vad som hör ihop.
# Rader med # före en nyckel (#vision) är avstängda. Vill du ha med en, ta bort tecknet # och inget annat.
# Tre sorters mål följer. Kopiera ett för att få fler. Ta bort dem som du inte behöver. Alla nycklar: docs/data.md
region: "{region}"
year: {year}
document:
  title: Mål {year}                    # dokumentet där målen står
  body: {_text(name)}
#  adopted: kommunfullmäktige {year - 1}-11-24   # vem som beslutade målen, och när
#vision: Visionen i en mening.
#areas:                             # målområden. Skriv sedan area: trygghet i målet
#  - {{id: trygghet, name: Trygghet}}

goals:
  # 1. Ett mål med ett målvärde för året
  - id: mal_1                       # målets fasta namn: små a–z, siffror och _. Byt det nu om du vill, men aldrig sedan
    title: "<målets rubrik>"
    kind: namnd                     # overgripande, forandring, namnd eller finansiellt (ett mål för ekonomin)
    owner: "<nämnden som svarar för målet>"
#    number: "1.1"                  # målets nummer i dokumentet
#    area: trygghet                 # målområdets id
#    essential: true                # om det är ett väsentligt verksamhetsmål för god ekonomisk hushållning
    measures:                       # det som visar om målet nås. Ett mål får ha flera mätetal
      - id: matetal_1               # mätetalets fasta namn
        name: "<vad som mäts>"
        unit: "<enhet, t.ex. % eller dagar>"
        direction: <higher eller lower>   # higher: högre är bättre. lower: lägre är bättre
        target: <målvärdet, bara talet>
#        tolerance: 2               # så nära målvärdet räknas som nästan uppfyllt, om ni har beslutat det
#        max_age: 2                 # ett värde som är äldre än så många år räknas som inaktuellt

  # 2. Ett mål med ett målvärde för varje år
  - id: mal_2
    title: "<målets rubrik>"
    kind: namnd
    owner: "<nämnden som svarar för målet>"
    measures:
      - id: matetal_2
        name: "<vad som mäts>"
        unit: "<enhet, t.ex. % eller dagar>"
        direction: <higher eller lower>
        path:                       # år och målvärde. Fler år får vara med, och år får hoppas över
          {year}: <målvärdet {year}>
          {year + 1}: <målvärdet {year + 1}>
          {year + 4}: <målvärdet {year + 4}>

  # 3. Ett mål som är nått när något är gjort
  - id: mal_3
    title: "<målets rubrik>"
    kind: namnd
    owner: "<nämnden som svarar för målet>"
    measures:
      - id: matetal_3
        name: "<vad som ska vara gjort>"
        unit: ja/nej
        direction: binary           # värdet 1 är ja, 0 är nej
        deadline: <sista dagen, t.ex. {year}-12-31>

#activities:                        # aktiviteter och uppdrag, och de mål som de tjänar
#  - {{id: aktivitet_1, title: Vad som ska göras, goals: [mal_1, mal_2], due: {year}-12-31, status: Påbörjat}}

#comparisons:                       # jämförelsetal: mätetal utan mål, som följs år för år
#  - {{id: tal_1, name: Vad som mäts, unit: kr per invånare, direction: lower}}
"""
