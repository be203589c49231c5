"""The real population tables, and what the tests of histories, models and evaluation make of them, made once."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pandas as pd
import pytest

from krokomanalys.population.evaluate import backtest
from krokomanalys.population.forecast import observed_until
from krokomanalys.population.history import History, Observed, observe
from krokomanalys.population.national import National, national
from krokomanalys.population.records import Record, record
from krokomanalys.population.shape import Shape, shape_of
from krokomanalys.sources.load import load
from krokomanalys.sources.slices import PopulationTables

DATA = Path(__file__).parents[2] / "data"
LENDER = "2262"
THREE = ("2309", "2380", "2262")


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


@pytest.fixture(scope="session")
def together(krokom: PopulationTables, ostersund: PopulationTables, timra: PopulationTables) -> PopulationTables:
    """The tables of Krokom, Östersund, Timrå and Riket as one."""

    def one(part: str) -> pd.DataFrame:
        tables = [getattr(place, part) for place in (krokom, ostersund, timra)]
        return pd.concat(tables, ignore_index=True).drop_duplicates(ignore_index=True)

    return PopulationTables(**{f.name: one(f.name) for f in fields(PopulationTables)})


@pytest.fixture(scope="session")
def riket(together: PopulationTables) -> National:
    return national(together)


@pytest.fixture(scope="session")
def three(together: PopulationTables) -> Record:
    """Krokom and Östersund (tier B) and Timrå (tier A, 2006-2022), 1994-2022."""
    return record(together, THREE, 1994, 2022)


@pytest.fixture(scope="session")
def lender(together: PopulationTables) -> Record:
    return record(together, [LENDER], 1994, 2022)


@pytest.fixture(scope="session")
def shape(lender: Record) -> Shape:
    return shape_of(lender, 2013, 2022)


@pytest.fixture(scope="session")
def observed(three: Record, riket: National, shape: Shape) -> Observed:
    """The years 2013-2022 of the three."""
    return observed_until(three, riket, 2022, shape)


@pytest.fixture(scope="session")
def backtested(three: Record, riket: National, lender: Record) -> pd.DataFrame:
    return backtest(three, riket, lender, range(2010, 2022))
