"""What the documents say holds: files, columns, keys, commands, messages and links are those of the code."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest
import yaml
from pydantic import BaseModel

from krokomanalys.budget import claims as claim_rules
from krokomanalys.budget import intervals, law, ledger_checks, methods, monthly, suspects
from krokomanalys.budget.intervals import coverage
from krokomanalys.budget.ledger import as_ledger
from krokomanalys.budget.track_record import computed
from krokomanalys.cli import main
from krokomanalys.errors import InputError
from krokomanalys.population import estimate, evaluate, forecast, models, mortality, rates, scenarios, smoothing, totals
from krokomanalys.report.backtest import DECIDED_UNTIL
from krokomanalys.report.forecast import FAR_OFF, METHOD_WORDS, year_outlook
from krokomanalys.report.money import ledger_of
from krokomanalys.report.params import Parameters, read_parameters
from krokomanalys.report.readability import HARDEST, lix, running_text
from krokomanalys.report.record import LEAST_YEARS
from krokomanalys.sources import balance, claims, folder, goals, ledger, ledger_rows, measures
from krokomanalys.sources.available import HISTORY_YEARS
from krokomanalys.sources.budgets import EARLIER_YEARS
from krokomanalys.sources.layouts import COMPONENTS, LEDGER, MONTHS
from krokomanalys.sources.load import load
from krokomanalys.sources.reader import joined
from krokomanalys.sources.slices import REPORTS
from krokomanalys.sources.yaml_files import checked
from krokomanalys.swedish import NBSP, number, shortest
from krokomanalys.targets import ahead, outcomes, places, rules, surveys
from krokomanalys.targets.activities import State
from krokomanalys.targets.status import Status

ROOT = Path(__file__).resolve().parents[1]
DOCS = sorted((ROOT / "docs").glob("*.md"))
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *DOCS]
DATA, GUIDE, METHOD, MONEY, AIMS, GLOSSARY = (
    (ROOT / "docs" / name).read_text(encoding="utf-8")
    for name in ("data.md", "anvandarguide.md", "metod.md", "metod_ekonomi.md", "metod_mal.md", "ordlista.md")
)
COMMANDS = ("run", "check", "lab", "backtest", "project", "new", "forecast", "export", "diff", "verify")
TABLES = sorted({*folder.TABLES, *(f for f in folder.contents(folder.EMBEDDED) if folder.layout_of(f))})


def described(name: str) -> str:
    """The part of docs/data.md under the heading that names a file of the data folder."""
    general = re.sub(r"\.xlsx$", ".csv", re.sub(r"\d{4}-\d{4}", "KOD-ÅR", name))
    general = re.sub(r"/\d{4}\.", "/KOD.", general)
    general = re.sub(r"budget/KOD-ÅR-.+\.csv", "budget/KOD-ÅR-NAMN.csv", general)
    general = re.sub(rf"KOD-ÅR-{folder.PERIOD}\b", "KOD-ÅR-PERIOD", general)
    general = re.sub(r"KOD-ÅR-PERIOD-.+\.", "KOD-ÅR-PERIOD-NÄMND.", general)
    general = re.sub(r"comments/KOD-ÅR-(?!PERIOD).+\.", "comments/KOD-ÅR-NÄMND.", general)
    parts = [part for part in re.split(r"^#{2,3} ", DATA, flags=re.MULTILINE) if f"`{general}`" in part.split("\n")[0]]
    assert len(parts) == 1, f"docs/data.md has {len(parts)} headings for {general}"
    return parts[0]


def examples(text: str) -> list[str]:
    """The YAML examples of a document."""
    return re.findall(r"^```yaml\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def anchors(text: str) -> set[str]:
    """The anchors that a document's headings give."""
    headings = re.findall(r"^#+ (.+)$", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def words_of(annotation: object) -> list[str]:
    """The words that a key may hold, where its type names them."""
    parts = [part if isinstance(part, str) else words_of(part) for part in get_args(annotation)]
    return [word for part in parts for word in ([part] if isinstance(part, str) else part)]


def help_of(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    with pytest.raises(SystemExit):
        main([*arguments, "--help"])
    return capsys.readouterr().out


@pytest.mark.parametrize("file", TABLES)
def test_every_column_and_allowed_word_of_a_table_is_described(file: str) -> None:
    layout = folder.layout_of(file)
    assert layout is not None
    section = described(file)
    rows = {row[1]: row[0] for row in re.finditer(r"^\| `([^`]+)` \|.*$", section, re.MULTILINE)}
    assert list(rows) == list(layout.columns)
    for name, column in layout.columns.items():
        own = (word for word in column.choices if name != "age_group" or "groups.csv" in file)
        assert [word for word in own if f"`{word}`" not in rows[name]] == []
    beside = [*(layout.beside), *((MONTHS[0], MONTHS[-1]) if layout.by_month else ())]
    assert [name for name in beside if f"`{name}`" not in section] == []


def test_every_file_that_is_described_can_stand_in_a_data_folder() -> None:
    headings = re.findall(r"^### (.+)$", DATA, re.MULTILINE)
    named = [name for heading in headings for name in re.findall("`(.+?)`", heading)]
    assert {"regions.csv", "budget/KOD-ÅR.yaml", "sources.yaml"} <= set(named)
    names = {"KOD": "2309", "ÅR": "2022", "NAMN": "rambudget-juni", "PERIOD": "tertial2", "NÄMND": "socialnamnden"}
    real = [re.sub("|".join(names), lambda found: names[found[0]], name) for name in named]
    strange = [f for f in real if not (folder.layout_of(f) or folder.is_document(f) or f == "sources.yaml")]
    assert strange == []


@pytest.mark.parametrize(
    "model",
    [
        ledger.LedgerNotes, ledger.Document, ledger.Signs, ledger.Heading, ledger.PrintedRow, ledger.Forecast,
        ledger.Break, ledger.Restated, ledger.Materiality, ledger.Plan, ledger.Policy, goals.GoalVersion,
        goals.Document, goals.Area, goals.Goal, goals.Printed, goals.Activity, measures.Measure, measures.Shared,
        measures.Component, balance.BalanceNotes, balance.Statement, balance.PrintedBalance, balance.Reserve,
        balance.Deficit, balance.Sensitivity, claims.Claims, claims.Claim, claims.Figure, folder.FileSource,
        folder.Deviation,
    ],
    ids=lambda model: f"{model.__module__.rpartition('.')[2]}.{model.__name__}",
)  # fmt: skip
def test_every_key_of_a_yaml_file_is_described(model: type[BaseModel]) -> None:
    file = {
        ledger.__name__: "budget/2309-2022.yaml", goals.__name__: "goals/2309-2022.yaml",
        measures.__name__: "goals/2309-2022.yaml", balance.__name__: "balance/2309.yaml",
        claims.__name__: "claims/2309-2022.yaml",
    }  # fmt: skip
    section = described(file.get(model.__module__, "sources.yaml"))
    prose = re.sub(r"^```.*?^```", "", section, flags=re.MULTILINE | re.DOTALL)
    assert [key for key in model.model_fields if f"`{key}`" not in prose and f"`{key}: " not in prose] == []


@pytest.mark.parametrize("model", [goals.Goal, goals.Printed, measures.Measure], ids=lambda model: model.__name__)
def test_every_word_that_a_goal_file_may_hold_is_described(model: type[BaseModel]) -> None:
    prose = re.sub(r"^```.*?^```", "", described("goals/2309-2022.yaml"), flags=re.MULTILINE | re.DOTALL)
    said = [word for field in model.model_fields.values() for word in words_of(field.annotation)]
    assert said
    assert [word for word in said if f"`{word}`" not in prose] == []


def test_the_yaml_examples_of_the_data_folder_are_read_without_a_fault() -> None:
    read: list[type[BaseModel]] = [
        ledger.LedgerNotes, balance.BalanceNotes, claims.Claims, goals.GoalVersion, folder.SourceList,
    ]  # fmt: skip
    for text, model in zip(examples(DATA), read, strict=True):
        checked(yaml.safe_load(text), model, "docs/data.md")


def test_the_parameter_files_of_the_guide_are_read_without_a_fault() -> None:
    read = [checked(yaml.safe_load(text), Parameters, "docs/anvandarguide.md") for text in examples(GUIDE)]
    assert [parameters.municipality for parameters in read] == ["2321", "2262", "2321", "2321", "2321", "2321"]
    assert len(read[-1].scenarios) == 5


def test_every_parameter_is_explained_in_the_guide() -> None:
    explained = re.findall(r"^\| `(\w+)` \|", GUIDE.split("## Parametrarna")[1].split("\n## ")[0], re.MULTILINE)
    assert explained == list(Parameters.model_fields)


def test_every_part_of_a_scenario_is_explained_in_the_guide() -> None:
    section = GUIDE.split("## Scenarier")[1].split("\n## ")[0]
    prose = re.sub(r"^```.*?^```", "", section, flags=re.MULTILINE | re.DOTALL)
    models = (scenarios.InMigration, scenarios.Fertility, scenarios.LongerLives, scenarios.Scenario, scenarios.Housing)
    keys = [key for model in models for key in model.model_fields if key != "title"]
    assert [key for key in keys if f"`{key}`" not in prose] == []


def test_every_command_and_option_is_named_in_the_guide(capsys: pytest.CaptureFixture[str]) -> None:
    overview = help_of(capsys)
    commands = re.findall(r"^    ([a-z]+) ", overview, re.MULTILINE)
    assert set(COMMANDS) == set(commands)
    assert [command for command in commands if f"`krokomanalys {command}`" not in GUIDE] == []
    texts = [overview, *(help_of(capsys, command) for command in commands)]
    options = {option for text in texts for option in re.findall(r"(?<![\w-])--?[a-z]+(?:-[a-z]+)*", text)}
    assert {"--only", "-h"} <= options
    assert [option for option in sorted(options) if not re.search(rf"`[^`\n]*{option}`", GUIDE)] == []


def test_an_option_is_explained_for_the_commands_that_have_it(capsys: pytest.CaptureFixture[str]) -> None:
    explained = re.findall(r"^\| `(--[\w-]+)` \| (.+?) \|", GUIDE, re.MULTILINE)
    assert explained
    for option, commands in explained:
        having = [command for command in COMMANDS if f"\n  {option} " in help_of(capsys, command)]
        assert re.findall(r"`(\w+)`", commands) == having


def test_the_messages_that_the_guide_shows_are_those_that_are_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "params").mkdir()
    (tmp_path / "data" / "budget").mkdir(parents=True)
    unquoted, misspelt = Path("params/2309-2022.yaml"), Path("params/2262-2020.yaml")
    unquoted.write_text("municipality: 2309\nyear: 2022\nhorizon: 2040\n", encoding="utf-8")
    misspelt.write_text('municipality: "2262"\nyear: 2020\nhorizon: 2037\nbord: Kommunstyrelsen\n', encoding="utf-8")
    table = tmp_path / "data" / "budget" / "2262-2020.csv"
    heading = "region;year;kind;basis;amount;line;parent\n"
    rows = f"{heading}2262;2020;net;budget;-1;A;\n2262;2020;net;outcome;36O14;A;\n"
    told = []
    for content in (rows.encode(), b"a" * 117 + b"\xe4"):
        table.write_bytes(content)
        with pytest.raises(InputError) as found:
            folder.read_checked(table)
        told.append(str(found.value))
    with pytest.raises(InputError) as found:
        read_parameters([unquoted, misspelt])
    told += [str(fault) for fault in found.value.faults]
    part = tmp_path / "data" / "budget" / "2309-2022.csv"
    part.write_text(f"{heading}2309;2022;net;budget;-1;Hemtjänst;Omsorgen\n", encoding="utf-8")
    notes = {
        "region": "2309", "year": 2022, "document": {"title": "Bokslut", "body": "Exempel"}, "unit": "tkr",
        "rounded_to": 1, "signs": {"operations": "+"}, "tables": {"net": {"title": "Netto", "total": "Summa"}},
    }  # fmt: skip
    read = checked(notes, ledger.LedgerNotes, "2309-2022.yaml")
    with pytest.raises(InputError) as found:
        as_ledger(folder.read_checked(part), read)
    told += [str(fault) for fault in found.value.faults]
    told += faults_of_versions(tmp_path / "data" / "budget", read)
    told += faults_of_rows(tmp_path / "data" / "budget", read)
    shown = re.findall(r"^```\n((?:data|params)/\S+[,:] .+)\n```", GUIDE, re.MULTILINE)
    assert sorted(shown) == sorted(told)


def faults_of_versions(budget: Path, notes: ledger.LedgerNotes) -> list[str]:
    """What is said of months and versions that don't fit together, in the files of one ledger."""
    wide = "region;year;line;kind;basis;amount;m01;m02;m03;m04\n2309;2023;Skola;cost;"
    rows = {
        "2309-2023.csv": f"{wide}outcome;-640;-150;-160;-170;-180\n",
        "2309-2023-mars.csv": f"{wide}outcome;;-150;160;-170;-180\n2309;2023;Gata;cost;outcome;;-60;-70;-60;-70\n",
        "2309-2022-juni.csv": "region;year;line;kind;basis;version;amount\n2309;2022;A;net;budget;rambudget juni;-9\n",
        "2309-2022-november.csv": "region;year;line;kind;basis;version;amount\n2309;2022;A;net;budget;november;-8\n",
        "2309-2022-igen.csv": "region;year;line;kind;basis;version;amount\n2309;2022;A;net;budget;november;-8\n",
    }
    for name, text in rows.items():
        (budget / name).write_text(text, encoding="utf-8")
    two = [budget / "2309-2022-juni.csv", budget / "2309-2022-november.csv"]
    told = []
    for fails in (
        lambda: folder.read_checked(budget / "2309-2023.csv"),
        lambda: folder.read_checked(budget / "2309-2023-mars.csv"),
        lambda: as_ledger(joined(two), notes),
        lambda: joined([two[1], budget / "2309-2022-igen.csv"]),
    ):
        with pytest.raises(InputError) as found:
            fails()
        told += [str(fault) for fault in found.value.faults]
    return told


def faults_of_rows(budget: Path, notes: ledger.LedgerNotes) -> list[str]:
    """What is said of a version that isn't whole, of a misspelt line and of an outcome in another unit."""
    rows = {
        "2309-2022-helt.csv": "Hemtjänst;budget;november;2021-11-24;-900\nBoende;budget;november;2021-11-24;-800\n",
        "2309-2022-tillagg.csv": "Hemtjänst;budget;tillägg;2022-03-30;-950\n",
        "2309-2022-stavning.csv": "Hemtjenst;outcome;;;-900\n",
        "2309-2022-utfall.csv": "Hemtjänst;outcome;;;-910400\nBoende;outcome;;;-790300\n",
    }
    for name, text in rows.items():
        whole = re.sub("^(?=.)", "2309;2022;Omsorg;net;", text, flags=re.MULTILINE)
        (budget / name).write_text(
            f"region;year;board;kind;line;basis;version;decided;amount\n{whole}", encoding="utf-8"
        )
    first, addition, misspelt, outcome = (budget / name for name in rows)
    lines = notes.model_copy(update={"organisation": {"Omsorg": ("Hemtjänst", "Boende")}})
    told = []
    for files, notes_of in (([first, addition], notes), ([misspelt], lines)):
        with pytest.raises(InputError) as found:
            as_ledger(joined(files), notes_of)
        told += [str(fault) for fault in found.value.faults]
    units = ledger_checks.unit_faults(as_ledger(joined([first, outcome]), notes).entries, notes)
    return [*told, *map(str, units)]


def test_the_guide_counts_the_rows_that_a_projection_needs() -> None:
    years, sexes, groups = HISTORY_YEARS, 2, 6
    flows = 2 + 2 * (sexes + 1)
    assert f"{years + 1} år × {groups * sexes + 1} rader i `groups.csv`" in GUIDE
    assert f"{years} år × {flows} rader i `components.csv`" in GUIDE
    assert {"births", "deaths", "in_migration", "out_migration"} <= set(COMPONENTS.columns["component"].choices)


def test_the_method_states_the_constants_that_the_code_uses() -> None:
    lasting, kept = shortest(totals.LASTING), shortest(totals.KEPT)
    weakest, strongest = (shortest(k).replace(NBSP, " ") for k in (smoothing.STRENGTHS[0], smoothing.STRENGTHS[-1]))
    young, working = smoothing._YOUNG_ADULTS, estimate.WORKING
    stated = [
        f"*v* = {lasting} · *p*({totals.LONG})",
        f"({kept} + {kept}² + … + {kept}ⁿ) · ({lasting} · *p*({totals.RECENT}) − *v*)",
        f"medlet av {totals.LONG} år. Varje år är andelen {kept} av skillnaden kvar",
        f"färre än {totals.LONG} år används alla",
        f"gånger {shortest(totals.DAMPING)} en gång till",
        f"Kanterna vid {estimate.OLDER} och 80 år",
        f"Andelen {shortest(estimate.EDGE_SHARE)} av skillnaden",
        f"I åldrarna {working[0]}–{working[1]}* dras",
        f"andelen {shortest(estimate.TOWARDS_RIKET)} mot rikets åldrar",
        f"Andelarna {shortest(estimate.EDGE_SHARE)} och {shortest(estimate.TOWARDS_RIKET)} är valda",
        f"bland 1, 10, 100 och så vidare till {number(smoothing.PENALTIES[-1]).replace(NBSP, ' ')}, så",
        f"Mellan {young.start} och {young.stop + 1} år gäller bara {number(smoothing._FREEDOM, 3)} av straffet",
        f"av {len(smoothing.STRENGTHS)} tal från {weakest} till {strongest} tas",
        f"medel för de senaste {mortality.JUMP_OFF_YEARS} åren",
        f"medel av de senaste {models.FERTILITY_YEARS} åren",
        f"(händelser + {rates.LEVEL_PRIOR:.0f}) / (väntade + {rates.LEVEL_PRIOR:.0f})",
        f"omkring {number(estimate.BORN_GIRLS, 3)}",
        f"andelen {shortest(rates.DIED_IN_BIRTH_YEAR)}, ur",
        f"upp till {evaluate.LONGEST} år fram",
        f"med utgångsår till och med {DECIDED_UNTIL}",
    ]
    assert [words for words in stated if words not in METHOD] == []


def test_the_method_of_the_economy_states_the_constants_that_the_code_uses() -> None:
    share, mixed, held = (shortest(constant) for constant in (methods.LEAST_SHARE, methods.MIXED, intervals.COVERAGE))
    years = law.rule("years_to_restore", 2024)
    lowest, strict, cap = (
        law.rule(name, 2024) for name in ("reserve_share", "reserve_share_negative_equity", "reserve_cap")
    )
    until = next(rule.last for rule in law.RULES if rule.name == "rur_use" and rule.first == 2024)
    assert years and lowest and strict and cap
    least, most = (
        shortest(times).replace(NBSP, " ") for times in (ledger_checks.LEAST_TIMES, ledger_checks.MOST_TIMES)
    )
    stated = [
        f"högst {EARLIER_YEARS} år bakåt",
        f"andelen {share} av vad ett jämnt år",
        f"andelen {mixed} av beloppen utan tecken",
        f"som om det vore {shortest(methods.PRIOR_LINES)} rader till",
        f"börjar med `{monthly.ONE_OFF}`",
        f"utfallet i {shortest(100 * intervals.COVERAGE)} fall av 100",
        f"som om det vore {shortest(intervals.PRIOR_YEARS)} år till",
        f"plats {held} · (*n* + 1)",
        f"minst {LEAST_YEARS} år i rad",
        f"mer än {FAR_OFF} procentenheter från {shortest(100 * intervals.COVERAGE)}",
        f"mellan {least} och {most} gånger budgeten",
        f"för minst {ledger_rows.LEAST_SUMMED} belopp",
        f"över {shortest(suspects.MOST_PER_INHABITANT / 1e6)} mkr per invånare",
        f"*k* är {shortest(lowest.value)} procent, och {shortest(strict.value)} procent",
        f"högst {shortest(cap.value)} procent av *S*",
        f"får användas till och med {until}",
        f"återställda inom {shortest(years.value)} år",
    ]
    assert [words for words in stated if words not in MONEY] == []
    assert claim_rules.OUT_OF_SCALE == 2, "mer än dubbelt så stort som, eller mindre än hälften av"


def test_the_errors_that_the_method_shows_are_those_of_the_made_up_municipality() -> None:
    slice_ = load("budgetuppfoljning", folder.EMBEDDED, municipality="0000", year=2025)
    outlook = year_outlook(slice_, ledger_of(slice_))
    assert outlook.months is not None and outlook.done is not None
    tried = computed(outlook.months, outlook.done)
    own = tried[(tried["role"] == "row") & (tried["year"] >= 2023)].assign(error=tried["outcome"] - tried["forecast"])
    mean = own["error"].abs().groupby([own["who"], own["month"]]).mean() / 1000
    words = {"run_rate": "jämn takt", "seasonal": "säsong", "profile": "budgetens profil", "blend": "sammanvägd"}
    for who, name in words.items():
        assert f"| {name} | {number(mean[who, 3], 1)} | {number(mean[who, 8], 1)} |" in MONEY
    held = coverage(outlook.months, outlook.done).sum()
    share = number(100 * held["inside"] / held["n"])
    assert f"Av {held['n']} intervall på 80 procent höll {share} procent" in MONEY


def test_the_method_of_the_goals_states_the_constants_that_the_code_uses() -> None:
    stated = [
        f"*p* ± {shortest(surveys.Z)} · √(*p*(1 − *p*)/*n*) · √(1 − *n*/*N*)",
        f"*n* · *p* eller *n* · (1 − *p*) under {surveys.FEWEST} används Wilsons intervall",
        f"minst {places.FEWEST} kommuner har ett värde det året",
        f"ska ligga under {HARDEST}",
        f"minst {ahead.FEWEST} år i följd, till och med det senaste, görs en prognos på högst {ahead.LONGEST} år",
        f"Intervallet på {shortest(100 * ahead.COVERAGE)} procent",
        f"aldrig närmare 0 eller 100 än {shortest(100 * ahead.SURE)}",
        *(f"| {share} procent | ± {number(surveys.margin(share, 217).half, 1)} |" for share in (85, 80, 75)),
        f"Från 66 procent av 187 svar till 75 procent av 217 är *z* {number(surveys.change_z(66, 187, 75, 217), 2)}",
    ]
    assert [words for words in stated if words not in AIMS] == []
    assert outcomes.ROUNDING == 0.5, "mer än en halv enhet bort"


def test_the_method_of_the_goals_names_every_rule_and_state_of_an_activity() -> None:
    measure = {"id": "a", "name": "A", "unit": "st", "direction": "higher"}
    goal = {"id": "m", "title": "M", "kind": "namnd", "measures": [measure]}
    for rule in get_args(goals.Rule):
        limit = {"limit": 0.6} if rule == "weighted" else {}
        name = rules.rule_name(goals.Goal.model_validate(goal | {"rule": rule} | limit))
        assert f"| {name.replace(f'60{NBSP}%', 'gränsen')} | `{rule}` |" in AIMS
    states = AIMS.split("| Räknas som |")[1].split("\n\n")[0]
    assert [state.word for state in State if f" | {state.word}" not in states] == []


def test_the_table_of_goal_rules_in_the_method_is_what_the_rules_give() -> None:
    met, not_met = Status.MET, Status.NOT_MET
    table = re.findall(
        r"^\| (\d|inget) uppfyll\w+(?:, \d inte)? \| (.+) \| (.+) \| (.+) \| (.+) \|$", AIMS, re.MULTILINE
    )
    assert [row[0] for row in table] == ["3", "2", "1", "inget"]
    for row, count in zip(table, (3, 2, 1, 0), strict=True):
        statuses = [met] * count + [not_met] * (3 - count)
        for rule, said in zip(("all", "any", "majority", "worst"), row[1:], strict=True):
            goal = goals.Goal.model_validate({"id": "m", "title": "M", "kind": "namnd", "rule": rule})
            assert rules.by_rule(goal, statuses, [1.0] * 3).word.startswith(said), (count, rule)


def test_the_years_that_the_method_says_in_words_are_those_of_the_code() -> None:
    assert (totals.RECENT, HISTORY_YEARS, totals.YEARS_NEEDED) == (3, 10, 11)
    words = ("födda minus döda är medlet av tre år", "ålder och kön för tio år", "alla som finns, minst tio")
    assert [said for said in words if said not in METHOD] == []


def test_the_method_explains_every_model_and_way_to_carry_totals_on() -> None:
    names = {*totals.WAYS, *models.MODELS, *forecast.PLANS, evaluate.RIKET_KNOWN, "hamilton_perry"}
    assert {"joined", "average", "linear5"} <= names
    assert [name for name in sorted(names) if f"`{name}`" not in METHOD] == []
    assert f"beskriver modellen `{forecast.DEFAULT}`" in METHOD


@pytest.mark.parametrize("status", Status)
def test_the_glossary_has_every_status_in_both_languages(status: Status) -> None:
    assert re.search(rf"^\| {status.word} \| [a-z ]+ \| `{status.value}` \|$", GLOSSARY, re.MULTILINE)


def test_the_glossary_has_every_kind_of_ledger_row() -> None:
    assert [kind for kind in LEDGER.columns["kind"].choices if f"`{kind}`" not in GLOSSARY] == []


def test_the_glossary_has_every_key_of_a_goal_and_a_measure() -> None:
    plain = {"id", "name", "title", "number", "description", "note"}
    keys = {*goals.Goal.model_fields, *measures.Measure.model_fields} - plain
    assert {"relative_to", "essential"} <= keys
    assert [key for key in sorted(keys) if f"`{key}`" not in GLOSSARY.split("## Mål")[1]] == []


def test_the_guide_and_the_method_name_every_report_and_way_to_forecast() -> None:
    assert re.findall(r"^\| `(\w+)` \|", GUIDE.split("## Vad du får")[1].split("\n## ")[0], re.MULTILINE) == list(
        REPORTS
    )
    assert [word for method in methods.METHODS if f"| {(word := METHOD_WORDS[method].lower())} |" not in MONEY] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_to_a_file_and_a_heading(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        file, _, anchor = target.partition("#")
        place = (page.parent / file).resolve() if file else page
        assert place.is_file(), f"{page.name}: {target}"
        assert not anchor or anchor in anchors(place.read_text(encoding="utf-8")), f"{page.name}: {target}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_picture_says_in_words_what_it_shows(page: Path) -> None:
    assert [alt for alt in re.findall(r"!\[([^\]]*)\]", page.read_text(encoding="utf-8")) if len(alt) < 40] == []


@pytest.mark.parametrize("page", DOCS, ids=lambda page: page.name)
def test_what_an_economist_reads_is_easy_to_read(page: Path) -> None:
    assert 15 < lix(running_text(page.read_text(encoding="utf-8"))) < HARDEST
