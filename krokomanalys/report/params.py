"""What to produce: parameter files, one YAML for a municipality, a year and, where there are such, period and board."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from krokomanalys.errors import Fault, InputError
from krokomanalys.population.housing import Name
from krokomanalys.population.scenarios import Scenario
from krokomanalys.regions import ascii_name
from krokomanalys.report.page import State
from krokomanalys.sources.folder import shown
from krokomanalys.sources.load import load
from krokomanalys.sources.slices import Slice
from krokomanalys.sources.yaml_files import read_yaml

PARAMS = Path(__file__).resolve().parents[2] / "params"
Code = Annotated[str, StringConstraints(pattern=r"^\d{4}$")]
Report = Literal[
    "oversikt",
    "befolkningsprognos",
    "prognosuppfoljning",
    "befolkningsanalys",
    "budgetuppfoljning",
    "delarsrapport",
    "maluppfoljning",
    "jamforelsetal",
    "ekonomisk_plan",
]
LONGEST = 100
"""Most years from a report's year to the end of its projection."""
ALL: tuple[Report, ...] = (
    "oversikt",
    "befolkningsprognos",
    "prognosuppfoljning",
    "befolkningsanalys",
    "budgetuppfoljning",
    "maluppfoljning",
    "jamforelsetal",
    "ekonomisk_plan",
)
"""The reports of a year that are made where a parameter file doesn't choose; a delårsrapport is asked for."""


class Parameters(BaseModel):
    """Parameters of the reports for one municipality and year.

    municipality  SCB's code as text, four digits
    period        for follow-up during the year: a month "01"-"12", "tertial1", "tertial2", "delar"; absent: the year
    board         the nämnd that the reports are about; absent: the whole municipality
    known_until   last date whose figures may be used; absent: the end of the year
    base_year     the 31 December a projection starts from; absent: the last one known
    horizon       last year of the projection
    model         how the population is projected
    shape_from    municipality that lends its ages of migration to one that has none by age
    scenarios     futures shown beside the main projection, by name
    aims          population targets to try besides the decided ones, by year
    persons_per_dwelling  persons in a new dwelling, for telling a target in dwellings; absent: it isn't
    reports       which reports to make, in this order
    state, by, when  utkast, klar or beslutad; by whom and when
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    municipality: Code
    year: int = Field(ge=1968, le=2200)
    period: Annotated[str, StringConstraints(pattern=r"^(0[1-9]|1[0-2]|tertial[12]|delar)$")] | None = None
    board: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)] | None = None
    known_until: date | None = None
    base_year: int | None = None
    horizon: int | None = None
    model: Literal["joined", "gross", "shrunk", "net10", "net3_10"] = "joined"
    shape_from: Code | None = None
    scenarios: dict[Name, Scenario] = Field(default_factory=dict)
    aims: dict[int, Annotated[float, Field(gt=0)]] = Field(default_factory=dict)
    persons_per_dwelling: float | None = Field(default=None, gt=0)
    reports: tuple[Report, ...] = Field(default=ALL, min_length=1)
    state: State = "utkast"
    by: str = ""
    when: date | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Parameters:
        if {"oversikt", "befolkningsprognos"} & set(self.reports) and self.horizon is None:
            raise ValueError("horizon saknas: prognosens sista år, t.ex. horizon: 2037")
        if self.horizon is not None and self.horizon > self.year + LONGEST:
            raise ValueError(f"horizon {self.horizon} är mer än {LONGEST} år efter {self.year}: är det ett skrivfel?")
        if self.state == "beslutad" and not (self.by and self.when):
            raise ValueError("en beslutad rapport behöver by (vem) och when (datum)")
        if "delarsrapport" in self.reports and self.period is None:
            raise ValueError("delarsrapport behöver period: delar (med known_until), tertial2 eller en månad")
        if len(set(self.reports)) < len(self.reports):
            raise ValueError("en rapport står två gånger i reports")
        return self

    def of_notebook(self) -> dict[str, object]:
        """The parameters as a notebook takes them: plain text, numbers, dicts of such, and None."""
        plain: dict[str, object] = self.model_dump(mode="json", exclude={"reports", "scenarios"})
        return plain | {"when": plain["when"] or "", "scenarios": self.plain_scenarios}

    @property
    def plain_scenarios(self) -> dict[str, object]:
        """The scenarios as a notebook takes them, by name."""
        return {name: told.model_dump(mode="json", exclude_defaults=True) for name, told in self.scenarios.items()}


def slice_of(parameters: Parameters, report: str, data: Path | None) -> Slice:
    """What a report of the parameters is made from, see sources.load.load."""
    return load(
        report,
        data,
        municipality=parameters.municipality,
        year=parameters.year,
        period=parameters.period,
        board=parameters.board,
        known_until=parameters.known_until,
        base_year=parameters.base_year,
        shape_from=parameters.shape_from,
    )


def folder_of(parameters: Parameters, name: str) -> str:
    """Where the reports go under the output folder: 2262-timra/2020[-delar][/socialnamnden]."""
    period = f"-{parameters.period}" if parameters.period else ""
    board = f"/{ascii_name(parameters.board)}" if parameters.board else ""
    return f"{parameters.municipality}-{ascii_name(name)}/{parameters.year}{period}{board}"


def parameter_files(given: list[Path]) -> list[Path]:
    """The parameter files to read: those given, all of a folder given, or else the workspace's or embedded params/.

    Raises:
        InputError: a file or folder does not exist, or there is no parameter file at all.
    """
    workspace = Path.cwd() / "params"
    places = given or [workspace if workspace.is_dir() else PARAMS]
    if absent := [p for p in places if not p.exists()]:
        raise InputError(
            [Fault(shown(p), "filen finns inte", "en parameterfil, t.ex. params/2309-2022.yaml") for p in absent]
        )
    files = [f for p in places for f in (sorted(p.glob("*.yaml")) if p.is_dir() else [p])]
    if not files:
        raise InputError(Fault(shown(places[0]), "mappen har inga parameterfiler", "filer som 2309-2022.yaml"))
    return files


def read_parameters(files: list[Path]) -> dict[Path, Parameters]:
    """All parameter files, checked, each with the parameters it holds.

    Raises:
        InputError: with the faults of all files, and where two files would write the same report.
    """
    read: dict[Path, Parameters] = {}
    faults: list[Fault] = []
    places: dict[tuple[str, str], Path] = {}
    for file in files:
        try:
            read[file] = read_yaml(file, Parameters, shown(file))
        except InputError as error:
            faults += error.faults
            continue
        for report in read[file].reports:
            first = places.setdefault((folder_of(read[file], ""), report), file)
            if first != file:
                faults.append(
                    Fault(
                        shown(file),
                        f"{report} står redan i {shown(first)}",
                        "att varje rapport står i en parameterfil",
                        key="reports",
                    )
                )
    if faults:
        raise InputError(faults)
    return read
