"""The command `krokomanalys`, in Swedish."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from krokomanalys import __version__
from krokomanalys.batch import command as run_command
from krokomanalys.errors import Fault, InputError

STAY_OFFLINE = (
    "--LabApp.check_for_updates_class=jupyterlab.handlers.announcements.NeverCheckForUpdate",
    "--LabApp.news_url=None",
)
PERIODS = (*(f"{month:02d}" for month in range(1, 13)), "tertial1", "tertial2")
SWEDISH = {
    "usage: ": "användning: ",
    "positional arguments": "argument",
    "options": "växlar",
    "show this help message and exit": "visa den här hjälpen och sluta",
    "%(prog)s: error: %(message)s\n": "%(prog)s: %(message)s\n",
    "argument %(argument_name)s: %(message)s": "%(argument_name)s: %(message)s",
    "expected one argument": "ett värde saknas",
    "unrecognized arguments: %s": "okänt argument: %s",
    "the following arguments are required: %s": "saknas: %s",
    "invalid choice: %(value)r (choose from %(choices)s)": "%(value)r finns inte (välj bland %(choices)s)",
    "invalid choice: %(value)r, maybe you meant %(closest)r? (choose from %(choices)s)": (
        "%(value)r finns inte, menade du %(closest)r? (välj bland %(choices)s)"
    ),
    "invalid %(type)s value: %(value)r": "%(value)r är inget heltal",
    "ambiguous option: %(option)s could match %(matches)s": "%(option)s kan betyda flera: %(matches)s",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code.

    0, 1 for faults or failed reports, 2 for a command that isn't understood, 130 where it was interrupted.

    An economist's mistake is told in Swedish, without a traceback.
    """
    told = _parser().parse_args(arguments)
    try:
        return int(told.act(told))
    except InputError as error:
        print(error, file=sys.stderr)
        if len(error.faults) > 1 and told.act in (run_command.act, _project):
            print("krokomanalys check visar alla.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Avbrutet. Det som är klart ligger kvar.", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    argparse._ = lambda text: SWEDISH.get(text, text)  # type: ignore[attr-defined]  # where argparse gets its words
    parser = argparse.ArgumentParser(
        prog="krokomanalys",
        description="Befolkningsprognos, budgetuppföljning och måluppföljning som rapporter, en per kommun och år.",
    )
    parser.add_argument(
        "--version", action="version", version=f"krokomanalys {__version__}", help="visa version och sluta"
    )
    commands = parser.add_subparsers(title="kommandon", metavar="KOMMANDO", required=True)

    run = run_command.add_to(commands, _year)
    check = commands.add_parser(
        "check",
        help="läs all data och alla parametrar och visa varje fel",
        description="Läs all data och alla parametrar och visa varje fel. Ingenting skrivs.",
    )
    check.set_defaults(act=_check)
    for command in (run, check):
        command.add_argument(
            "params",
            nargs="*",
            type=Path,
            metavar="PARAMETERFIL",
            help="parameterfiler eller mappar med sådana (annars params/)",
        )
    lab = commands.add_parser(
        "lab",
        help="öppna anteckningsböckerna i JupyterLab",
        description="Öppna anteckningsböckerna i JupyterLab. De som saknas i arbetsmappens notebooks/ kopieras dit.",
    )
    lab.set_defaults(act=_lab)
    backtest = commands.add_parser(
        "backtest",
        help="pröva modellerna mot vad det blev",
        description="Pröva modellerna och enkla sätt att räkna, från tidigare utgångsår, mot vad det blev.",
    )
    backtest.add_argument("--from", dest="first", type=int, default=2008, metavar="ÅR", help="första utgångsår (2008)")
    backtest.add_argument("--to", dest="last", type=int, default=2021, metavar="ÅR", help="sista utgångsår (2021)")
    backtest.add_argument("--shape-from", metavar="KOMMUN", help="kommun att låna flyttningarnas åldrar från")
    backtest.add_argument(
        "--part",
        choices=("allt", "val", "prov"),
        default="allt",
        help="val: det som valet av modell vilar på; prov: det som valet inte har sett; annars allt",
    )
    backtest.add_argument("-o", dest="folder", type=Path, metavar="MAPP", help="skriv tabeller och figurer i mappen")
    backtest.set_defaults(act=_backtest)
    project = commands.add_parser(
        "project",
        help="gör en prognos som fil, utan rapport",
        description="Gör en befolkningsprognos efter ålder och kön som csv eller xlsx, utan rapport.",
    )
    project.add_argument("municipality", metavar="KOMMUN", help="kommunens kod, fyra siffror")
    project.add_argument("--to", dest="horizon", type=int, metavar="ÅR", help="prognosens sista år (annars filens)")
    project.add_argument("--base-year", type=int, metavar="ÅR", help="utgångsår (annars senaste kända 31 december)")
    project.add_argument("--shape-from", metavar="KOMMUN", help="kommun att låna flyttningarnas åldrar från")
    project.add_argument("--params", type=Path, metavar="FIL", help="parameterfil att ta resten ur, och scenarier")
    project.add_argument("--scenario", metavar="NAMN", help="scenario i parameterfilen (annars huvudprognosen)")
    project.add_argument("-o", dest="file", type=Path, metavar="FIL", required=True, help="filen: .csv eller .xlsx")
    project.set_defaults(act=_project)
    new = commands.add_parser(
        "new",
        help="skriv mallar att fylla i",
        description="Skriv mallar i din datamapp: årets budget och utfall, eller kommentarer per nämnd när "
        "huvudboken finns. Med --goals: årets mål, eller mätvärden och bedömningar när målen finns. Ingen fil skrivs "
        "över.",
    )
    new.add_argument("--goals", action="store_true", help="mallar för mål i stället för budget")
    new.set_defaults(act=_new)
    keep = commands.add_parser(
        "forecast",
        help="spara den beräknade helårsprognosen som en version",
        description="Räkna helårsprognosen efter en period och spara den som en version bredvid huvudboken. En "
        "sparad prognos skrivs aldrig över.",
    )
    keep.add_argument("--version", dest="version_name", required=True, metavar="NAMN", help="prognosens namn")
    keep.add_argument("--date", type=_date, metavar="DATUM", help="dagen då den görs (annars i dag)")
    keep.set_defaults(act=_forecast)
    verify = commands.add_parser(
        "verify",
        help="se om det som är gjort är oförändrat",
        description="Räkna om kontrollsummorna för alla filer i en mapp med rapporter och jämför med manifestet.",
    )
    verify.add_argument("out", type=Path, metavar="MAPP", help="mappen med rapporter")
    verify.set_defaults(act=_verify)
    diff = commands.add_parser(
        "diff",
        help="visa vilka tal som skiljer mellan två körningar",
        description="Visa varje tal som skiljer mellan två mappar med rapporter, efter rapport och tabell.",
    )
    diff.add_argument("old", type=Path, metavar="FÖRUT", help="mappen med de äldre rapporterna")
    diff.add_argument("new", type=Path, metavar="NU", help="mappen med de nyare rapporterna")
    diff.add_argument("-o", dest="file", type=Path, metavar="FIL", help="skriv till en fil: .html eller .xlsx")
    diff.set_defaults(act=_diff)
    export = commands.add_parser(
        "export",
        help="ge tillbaka huvudboken som en fil",
        description="Ge tillbaka ett års huvudbok, med alla versioner, i samma form som mallen.",
    )
    export.add_argument(
        "-o", dest="file", type=Path, metavar="FIL", help="filen: .xlsx eller .csv (annars KOD-ÅR.xlsx)"
    )
    export.set_defaults(act=_export)
    for command in (new, keep, export):
        command.add_argument("municipality", metavar="KOMMUN", help="kommunens kod, fyra siffror")
        command.add_argument("--year", type=_year, required=True, metavar="ÅR", help="året, fyra siffror")
    for command in (new, keep):
        command.add_argument(
            "--period",
            choices=PERIODS,
            required=command is keep,
            metavar="PERIOD",
            help="månad 01 till 12, tertial1 eller tertial2",
        )
    new.add_argument("--board", metavar="NÄMND", help="bara den här nämnden")
    for command in (run, check, lab, backtest, project, new, keep, export):
        command.add_argument(
            "--data",
            type=Path,
            metavar="MAPP",
            help="datamapp som läggs över den som följer med (annars arbetsmappens data/)",
        )
    return parser


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f'"{text}" är inget datum, t.ex. 2025-09-14') from None


def _year(text: str) -> int:
    if not (text.isdigit() and len(text) == 4):
        raise argparse.ArgumentTypeError(f'"{text}" är inget år med fyra siffror, t.ex. 2025')
    return int(text)


def _check(told: argparse.Namespace) -> int:
    from krokomanalys.report.audit import flaws
    from krokomanalys.report.check import check
    from krokomanalys.report.params import parameter_files

    files: list[Path] = []
    absent: list[Fault] = []
    try:
        files = parameter_files(told.params)
    except InputError as error:
        absent = list(error.faults)
    parameters, faults = check(files, told.data)
    faults = [*absent, *faults]
    for fault in faults:
        print(fault)
    for flaw in () if faults else flaws(told.data):
        print(flaw)
    print(
        f"{len(faults)} fel." if faults else f"Inga fel. All data och {len(parameters)} parameterfil(er) går att läsa."
    )
    return 1 if faults else 0


def _backtest(told: argparse.Namespace) -> int:
    from krokomanalys.report.backtest import tested
    from krokomanalys.report.backtest_files import as_text, write
    from krokomanalys.report.backtest_tables import tables
    from krokomanalys.report.check import disagreements

    if told.first > told.last:
        problem = f"första utgångsåret {told.first} är senare än det sista, {told.last}"
        raise InputError(Fault("--from, --to", problem, "att --from inte är senare än --to"))
    if told.folder is not None and (told.folder.suffix or told.folder.is_file()):
        raise InputError(Fault("-o", f'"{told.folder}" är ingen mapp', "en mapp för tabeller och figurer, t.ex. prov"))
    if faults := disagreements(told.data):
        print(f"Uppgifter som inte stämmer med varandra: {len(faults)}. krokomanalys check visar dem.", file=sys.stderr)
    result = tested(told.data, told.first, told.last, told.shape_from, told.part)
    made = tables(result)
    print("\n\n".join(as_text(table) for table in made[:4]))
    if result.left_out:
        print(f"\nUtelämnade, någon serie saknas: {', '.join(result.left_out)}.")
    if told.folder is not None:
        write(told.folder, result, made)
        print(f"\nAlla tabeller och figurer ligger i {told.folder}.")
    return 0


def _project(told: argparse.Namespace) -> int:
    from krokomanalys.report.check import disagreements
    from krokomanalys.report.project import Asked, check_file, made, write
    from krokomanalys.swedish import number

    check_file(told.file)
    if faults := [fault for fault in disagreements(told.data) if told.municipality in fault.problem]:
        raise InputError(faults)
    asked = Asked(told.municipality, told.horizon, told.base_year, told.shape_from, told.params, told.scenario)
    projected = made(asked, told.data)
    write(projected, told.file)
    totals = projected.projection.population.totals
    start, end = (f"{number(totals.loc[year])} år {year}" for year in (totals.index[0], totals.index[-1]))
    scenario = f" ({projected.scenario})" if projected.scenario else ""
    known = projected.outlook.riket_until
    print(f"Invånare 31 december: {start}, {end}{scenario}. Rikets siffror till och med {known}.")
    print(f"Skrev {told.file}.")
    return 0


def _new(told: argparse.Namespace) -> int:
    from krokomanalys.report.forms import new, new_for_goals
    from krokomanalys.sources.folder import shown

    write = new_for_goals if told.goals else new
    written = write(told.municipality, told.year, told.period, told.board, told.data)
    for file in written.files:
        print(f"Skrev {shown(file)}")
    print(written.then)
    return 0


def _forecast(told: argparse.Namespace) -> int:
    from krokomanalys.report.forecast_file import keep_forecast
    from krokomanalys.sources.folder import shown

    day = told.date or date.today()
    file = keep_forecast(told.municipality, told.year, told.period, told.version_name, day, told.data)
    print(f"Skrev {shown(file)}")
    return 0


def _verify(told: argparse.Namespace) -> int:
    from krokomanalys.batch.verify import verify

    verdict = verify(told.out)
    for words, files in (("ändrad", verdict.changed), ("borta", verdict.gone), ("okänd", verdict.unknown)):
        for file in files:
            print(f"{words}: {file}")
    print(
        f"{verdict.right} filer stämmer med manifestet, {len(verdict.changed)} är ändrade, {len(verdict.gone)} borta."
    )
    return 0 if verdict.whole else 1


def _diff(told: argparse.Namespace) -> int:
    from krokomanalys.batch.diff import as_lines, compare, write_difference

    found = compare(told.old, told.new)
    if told.file:
        write_difference(found, told.file)
        print(f"Skrev {told.file}.")
    else:
        print(as_lines(found))
    return 0


def _export(told: argparse.Namespace) -> int:
    from krokomanalys.report.forms import export
    from krokomanalys.sources.folder import shown

    file = told.file or Path(f"{told.municipality}-{told.year}.xlsx")
    export(told.municipality, told.year, file, told.data)
    print(f"Skrev {shown(file)}")
    return 0


def _lab(told: argparse.Namespace) -> int:
    from krokomanalys.batch.engine import NOTEBOOKS
    from krokomanalys.sources.folder import DATA_VARIABLE, open_folder

    own = Path.cwd() / "notebooks"
    own.mkdir(exist_ok=True)
    for notebook in NOTEBOOKS.glob("*.ipynb"):
        if not (own / notebook.name).exists():
            shutil.copy(notebook, own)
    environment = os.environ | {DATA_VARIABLE: str(open_folder(told.data).layers[0])}
    return subprocess.call([sys.executable, "-m", "jupyterlab", *STAY_OFFLINE, str(own)], env=environment)
