"""The reports of a run: what each is about and where it goes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from krokomanalys.regions import name_of
from krokomanalys.report.params import Parameters, Report, folder_of
from krokomanalys.sources.folder import open_folder
from krokomanalys.sources.slices import REPORTS

Place = tuple[str, int, str | None, str | None, str]


@dataclass(frozen=True)
class Job:
    """One report to make: where its figures come from and the folder, under the output folder, that it goes to."""

    report: Report
    name: str
    parameters: Parameters
    data: Path | None
    folder: str

    @property
    def place(self) -> Place:
        """What tells the report from every other: municipality, year, period, board and kind."""
        told = self.parameters
        return (told.municipality, told.year, told.period, told.board, self.report)

    @property
    def label(self) -> str:
        """The report in a few words: "Timrå 2020, oversikt"."""
        return f"{self.name} {self.parameters.year}, {self.report}"


def jobs(
    parameters: Iterable[Parameters],
    data: Path | None,
    only: Iterable[str] = (),
    municipalities: Iterable[str] = (),
    years: Iterable[int] = (),
) -> list[Job]:
    """The reports that the parameters ask for, in their order; of those given only the kinds, places and years."""
    regions = open_folder(data).table("regions.csv")
    kinds, places, spans = set(only) or set(REPORTS), set(municipalities), set(years)
    found = []
    for told in parameters:
        if (places and told.municipality not in places) or (spans and told.year not in spans):
            continue
        name = name_of(regions, told.municipality) or told.municipality
        found += [Job(report, name, told, data, folder_of(told, name)) for report in told.reports if report in kinds]
    return found


def place_of(record: Mapping[str, Any]) -> Place:
    """The place of the report that a line of the manifest is about, as Job.place."""
    return (record["municipality"], record["year"], record["period"], record["board"], record["report"])
