"""The goal files, measures and inhabitants that the tests of targets read: the real ones in data/."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
import yaml

from krokomanalys.sources.goals import GoalVersion
from krokomanalys.sources.layouts import MEASURES
from krokomanalys.sources.tables import read_table

DATA = Path(__file__).parents[2] / "data"
INHABITANTS = {
    "2262": {2018: 18060.0, 2019: 17979.0, 2020: 17963.0},
    "2309": {2018: 14858.0, 2019: 14966.0, 2020: 15054.0, 2021: 15352.0, 2022: 15532.0},
    "2380": {2021: 64324.0},
}  # SCB, folkmängd 31 december


@pytest.fixture(scope="session")
def versions() -> dict[str, GoalVersion]:
    """Every goal file by its name, "2262-2020"."""
    files = sorted((DATA / "goals").glob("*.yaml"))
    return {f.stem: GoalVersion.model_validate(yaml.safe_load(f.read_text(encoding="utf-8"))) for f in files}


@pytest.fixture(scope="session")
def measures() -> pd.DataFrame:
    """The measures of all municipalities."""
    files = sorted((DATA / "measures").glob("*.csv"))
    return pd.concat([read_table(f, MEASURES, f.name) for f in files], ignore_index=True)


@pytest.fixture(scope="session")
def inhabitants() -> dict[str, dict[int, float]]:
    """Inhabitants on 31 December by municipality and year."""
    return INHABITANTS
