"""Earlier projections: whether there are any to hold against what came, and whether their years and sums agree."""

from __future__ import annotations

import pandas as pd

from krokomanalys.errors import Fault, Missing
from krokomanalys.sources import available
from krokomanalys.sources.available import PARTITION
from krokomanalys.sources.grouping import FINER
from krokomanalys.sources.slices import PopulationTables
from krokomanalys.sources.tables import rows_of

LONGER = ("0-19", "20-66", "67-79", "80+")
ROUNDING = 0.5
_PROJECTION = ["region", "vintage", "target_year"]


def vintage_faults(table: pd.DataFrame, file: str) -> list[Fault]:
    """Everything wrong with earlier projections, row by row; a projection without a jump-off year can't be scored.

    Sums may differ by what rounding every figure to whole persons gives.
    """
    return [*_jump_off_faults(table, file), *_sex_faults(table, file), *_sum_faults(table, file)]


def missing_vintages(tables: PopulationTables, municipality: str, base: int) -> Missing | None:
    """What is missing for a follow-up of projections; None where an earlier one can be held against the outcome.

    That is a published or own projection of a year known by `base`, or ten years of history before an earlier year,
    from which the model itself can be tried.
    """
    for table in (tables.official, tables.earlier):
        known = table["target_year"].between(table["jump_off"].astype("float") + 1, base)
        if (known & (table["region"] == municipality)).any():
            return None
    t = tables
    gap = available.history(t.single, t.groups, t.components, t.births, t.deaths, municipality, base - 1)
    if gap is None:
        return None
    return Missing(
        f"En tidigare prognos för något år till och med {base}, eller historia att pröva modellen på. {gap.what}",
        "Lägg kommunens egna prognoser i data/population/earlier.csv (se docs/data.md)",
    )


def _jump_off_faults(table: pd.DataFrame, file: str) -> list[Fault]:
    faults = []
    first = table.groupby(["region", "vintage"])["jump_off"].transform("first")
    for row in rows_of(table.assign(first=first)):
        if pd.isna(row.jump_off):
            problem = f'utgångsår saknas för "{row.vintage}"'
            wanted = "året vars 31 december prognosen utgår från, t.ex. 2019"
            remedy = "Utan utgångsår går det inte att säga hur långt fram prognosen såg"
        elif row.target_year < row.jump_off:
            problem = f"prognosen för {row.target_year} ligger före sitt utgångsår {row.jump_off}"
            wanted, remedy = "target_year från utgångsåret och framåt", ""
        elif row.jump_off != row.first:
            problem = f'"{row.vintage}" har två utgångsår, {row.first} och {row.jump_off}'
            wanted, remedy = "ett utgångsår för varje prognos", "Ge prognoserna olika namn i kolumnen vintage"
        else:
            continue
        faults.append(Fault(file, problem, wanted, remedy, row=int(row.Index) + 2, column="jump_off"))
    return faults


def _sex_faults(table: pd.DataFrame, file: str) -> list[Fault]:
    faults = []
    for _, rows in table.groupby([*_PROJECTION, "age_group"], sort=False):
        by_sex = dict(zip(rows["sex"], rows["population"], strict=True))
        where = _named(rows, "age_group")
        if "T" not in by_sex and len(by_sex) == 1:
            problem, wanted = f"{where}: bara ett kön är angivet", "båda könen (T), eller kvinnor (F) och män (M)"
        elif len(by_sex) == 3 and abs(by_sex["F"] + by_sex["M"] - by_sex["T"]) > 3 * ROUNDING:
            women, men, both = (f"{by_sex[sex]:g}" for sex in "FMT")
            problem, wanted = f"{where}: kvinnor {women} och män {men} blir inte båda könen {both}", ""
        else:
            continue
        faults.append(Fault(file, problem, wanted, "Se efter i prognosen", row=int(rows.index[0]) + 2))
    return faults


def _sum_faults(table: pd.DataFrame, file: str) -> list[Fault]:
    faults = []
    for _, rows in table.groupby([*_PROJECTION, "sex"], sort=False):
        groups = dict(zip(rows["age_group"], rows["population"], strict=True))
        for partition in (_service_groups(set(groups)), LONGER):
            if not {*partition, "total"} <= set(groups):
                continue
            summed = sum(groups[name] for name in partition)
            if abs(summed - groups["total"]) > (len(partition) + 1) * ROUNDING:
                total = rows.index[rows["age_group"] == "total"][0]
                problem = f"{_named(rows, 'sex')}: grupperna blir {summed:g} men totalen är {groups['total']:g}"
                wanted = f"att {', '.join(partition)} summerar till total"
                faults.append(Fault(file, problem, wanted, "Se efter i prognosen", row=int(total) + 2))
    return faults


def _service_groups(given: set[str]) -> tuple[str, ...]:
    """The service groups in the parts that are given."""
    return tuple(n for name in PARTITION for n in ((name,) if name in given else FINER.get(name, (name,))))


def _named(rows: pd.DataFrame, last: str) -> str:
    """The projection that rows are of, and what they have in common beside it."""
    first = next(rows_of(rows))
    return f'{first.region}, "{first.vintage}", {first.target_year}, {getattr(first, last)}'
