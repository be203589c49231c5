"""The real population tables, and the observed years that the tests of histories and models stand on."""

from __future__ import annotations

from pathlib import Path

import pytest

from krokomanalys.population.history import History, observe
from krokomanalys.sources.load import load
from krokomanalys.sources.slices import PopulationTables

DATA = Path(__file__).parents[2] / "data"
LENDER = "2262"


@pytest.fixture(scope="session")
def krokom() -> PopulationTables:
    """All that is known of Krokom at the end of 2022, with Riket and Timrå, which lends its shape."""
    return load("befolkningsprognos", DATA, municipality="2309", year=2022, shape_from=LENDER).population


@pytest.fixture(scope="session")
def ostersund() -> PopulationTables:
    return load("befolkningsprognos", DATA, municipality="2380", year=2022, shape_from=LENDER).population


@pytest.fixture(scope="session")
def timra() -> PopulationTables:
    """All that is known of Timrå at the end of 2022, by its own flows."""
    return load("befolkningsprognos", DATA, municipality="2262", year=2022).population


@pytest.fixture(scope="session")
def krokom_history(krokom: PopulationTables) -> History:
    return observe(krokom, "2309", 2013, 2022, LENDER)


@pytest.fixture(scope="session")
def timra_history(timra: PopulationTables) -> History:
    return observe(timra, "2262", 2011, 2020)
