"""As many municipalities as Sweden has in one run: `python tests/benchmarks/municipalities.py [N]` (else 290).

Makes a workspace with figures by single age for N municipalities that don't exist (9001 Påhittad 001 and on): Timrå's
flows, scaled and perturbed with a fixed seed, carried year by year from its population of 2005, so that all figures
follow from each other. One parameter file each asks for a report. Then it times `krokomanalys run` as a user gives it:
all reports, again with nothing changed, and with one figure changed for one municipality. `--keep FOLDER` leaves the
workspace there.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from krokomanalys.sources.folder import EMBEDDED
from krokomanalys.sources.grouping import SPANS

FIRST, LAST = 2005, 2024
SEXES, AGES = ("F", "M"), range(101)
MOVES = ("in_domestic", "immigration", "out_domestic", "emigration")
REMADE = "components.csv"
Counts = npt.NDArray[np.int64]


def model() -> dict[str, Counts]:
    """Timrå's figures: population in FIRST (2, 101); deaths and moves (years, 2, 101), births (years, 35, 2)."""
    found: dict[str, Counts] = {}
    for name, columns in {"population": ("population",), "deaths": ("deaths",), "migration": MOVES}.items():
        table = _timra(name)
        years = range(FIRST, FIRST + 1) if name == "population" else range(FIRST + 1, LAST + 1)
        cells = pd.MultiIndex.from_product([years, SEXES, AGES])
        table = table.set_index(["year", "sex", "age"])[list(columns)].reindex(cells, fill_value=0)
        for column in columns:
            found[column] = table[column].to_numpy().reshape(len(years), 2, 101)
    births = _timra("births").set_index(["year", "mother_age", "child_sex"])["births"]
    cells = pd.MultiIndex.from_product([range(FIRST + 1, LAST + 1), range(15, 50), SEXES])
    return found | {"births": births.reindex(cells, fill_value=0).to_numpy().reshape(-1, 35, 2)}


def made_up(timra: Mapping[str, Counts], random: np.random.Generator) -> dict[str, Counts]:
    """A municipality of 0.3 to 6 times Timrå, as `model`, but with the population of every year (years, 2, 101)."""
    scale = np.exp(random.uniform(np.log(0.3), np.log(6)))
    level = {name: scale * random.uniform(0.9, 1.1) for name in timra}
    found = {name: random.poisson(counts * level[name]) for name, counts in timra.items()}
    people = [found["population"][0]]
    for year in range(LAST - FIRST):
        born = found["births"][year].sum(axis=0)
        older = np.concatenate(
            [born[:, None], people[-1][:, :99], people[-1][:, 99:].sum(axis=1, keepdims=True)], axis=1
        )
        leave = {name: found[name][year] for name in ("deaths", "out_domestic", "emigration")}
        for name in leave:  # nobody leaves who isn't there
            found[name][year] = leave[name] = np.minimum(leave[name], older)
            older = older - leave[name]
        people.append(older + found["in_domestic"][year] + found["immigration"][year])
    return found | {"population": np.array(people)}


def tables(code: str, counts: Mapping[str, Counts]) -> dict[str, pd.DataFrame]:
    """The municipality's population tables, by file name."""
    years, flows = range(FIRST, LAST + 1), range(FIRST + 1, LAST + 1)
    by_age = pd.MultiIndex.from_product([[code], flows, ["attained"], SEXES, AGES])
    by_age.names = ["region", "year", "age_definition", "sex", "age"]
    mothers = pd.MultiIndex.from_product([[code], flows, ["completed"], range(15, 50), SEXES])
    mothers.names = ["region", "year", "age_definition", "mother_age", "child_sex"]
    people = pd.MultiIndex.from_product([[code], years, SEXES, AGES], names=["region", "year", "sex", "age"])
    moves = {name: counts[name].ravel() for name in MOVES}
    groups = {name: counts["population"][..., low : high + 1].sum(axis=-1) for name, (low, high) in SPANS.items()}
    components = {
        "births": counts["births"].sum(axis=1),
        "deaths": counts["deaths"].sum(axis=2),
        "in_migration": (counts["in_domestic"] + counts["immigration"]).sum(axis=2),
        "out_migration": (counts["out_domestic"] + counts["emigration"]).sum(axis=2),
    }
    return {
        "population.csv": pd.DataFrame({"population": counts["population"].ravel(), "status": "published"}, people),
        "groups.csv": _by_sex(code, years, groups, "age_group", "population")[
            ["region", "year", "sex", "age_group", "population"]
        ],
        "components.csv": _by_sex(code, flows, components, "component", "count"),
        "births.csv": pd.DataFrame({"births": counts["births"].ravel()}, mothers),
        "deaths.csv": pd.DataFrame({"deaths": counts["deaths"].ravel()}, by_age),
        "migration.csv": pd.DataFrame(moves, by_age),
    }


def workspace(folder: Path, wanted: int, report: str) -> None:
    """Write the data folder and the parameter files."""
    data, params = folder / "data", folder / "params"
    (data / "population").mkdir(parents=True)
    params.mkdir()
    timra, random = model(), np.random.default_rng(2020)
    codes = [f"{9001 + place}" for place in range(wanted)]
    for place, code in enumerate(codes):
        for name, table in tables(code, made_up(timra, random)).items():
            indexed = isinstance(table.index, pd.MultiIndex)
            table.to_csv(data / "population" / name, mode="a", header=place == 0, index=indexed)
        told = f'municipality: "{code}"\nyear: 2020\nhorizon: 2037\nreports: [{report}]\n'
        (params / f"{code}-2020.yaml").write_text(told, encoding="utf-8")
    rows = [f"{code},Påhittad {place:03},municipality,\n" for place, code in enumerate(codes, start=1)]
    (data / "regions.csv").write_text("region,name,level,parent\n" + "".join(rows), encoding="utf-8")
    source = (
        "{table: Påhittade siffror för kommuner som inte finns, publisher: tests/benchmarks/municipalities.py, "
        "licence: fri att använda, unit: personer, retrieved: 2026-11-23, compiled_by: krokomanalys}"
    )
    files = ["regions.csv", *(f"population/{path.name}" for path in sorted((data / "population").iterdir()))]
    (data / "sources.yaml").write_text("files:\n" + "".join(f"  {f}: {source}\n" for f in files), encoding="utf-8")


def change(folder: Path) -> None:
    """One woman more moved in to the first municipality in LAST: a correction that SCB's tables have too."""
    path = folder / "data" / "population" / REMADE
    table = pd.read_csv(path, dtype=str)
    row = table.index[(table["year"] == str(LAST)) & (table["component"] == "in_migration") & (table["sex"] == "F")][0]
    table.loc[row, "count"] = str(int(table.loc[row, "count"]) + 1)
    table.to_csv(path, index=False)


def run(folder: Path, *told: str) -> tuple[float, str]:
    """Seconds of `krokomanalys run` in the workspace, and what it says."""
    clock = time.perf_counter()
    command = [str(Path(sys.executable).parent / "krokomanalys"), "run", "--data", "data", *told]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    return time.perf_counter() - clock, done.stdout


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("municipalities", type=int, nargs="?", default=290)
    parser.add_argument("--report", default="befolkningsprognos")
    parser.add_argument("--keep", type=Path)
    told = parser.parse_args()
    folder = told.keep or Path(tempfile.mkdtemp(prefix="krokomanalys-"))
    clock = time.perf_counter()
    workspace(folder, told.municipalities, told.report)
    print(f"{told.municipalities} municipalities made up in {time.perf_counter() - clock:.1f} s,", end=" ")
    print(f"{_megabytes(folder / 'data'):.0f} MB of figures", flush=True)
    seconds, said = run(folder)
    print(f"{said.strip()}\nall: {seconds:.1f} s, {seconds / told.municipalities:.2f} s a report,", end=" ")
    print(f"output {_megabytes(folder / 'output'):.0f} MB", flush=True)
    seconds, said = run(folder)
    print(f"unchanged: {seconds:.1f} s  {said.strip().splitlines()[0]}", flush=True)
    change(folder)
    seconds, said = run(folder, "--explain")
    remade = [line for line in said.splitlines() if line.startswith("Påhittad") and not line.endswith("oförändrad")]
    print(f"one figure changed: {seconds:.1f} s  {'; '.join(remade)}")


def _timra(name: str) -> pd.DataFrame:
    table = pd.read_csv(EMBEDDED / "population" / f"{name}.csv", dtype={"region": str})
    return table[table["region"] == "2262"]


def _by_sex(code: str, years: range, counts: Mapping[str, Counts], named: str, value: str) -> pd.DataFrame:
    """Rows for women, men and both, of counts (years, 2) by name."""
    both = {name: np.concatenate([c, c.sum(axis=1, keepdims=True)], axis=1) for name, c in counts.items()}
    parts = [
        pd.DataFrame({"region": code, "year": np.repeat(years, 3), named: name, "sex": [*SEXES, "T"] * len(years)})
        .assign(**{value: cells.ravel()})
        for name, cells in both.items()
    ]  # fmt: skip
    return pd.concat(parts)


def _megabytes(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


if __name__ == "__main__":
    main()
