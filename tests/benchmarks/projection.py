"""How long projections take and what memory they need, beside a projection in long data frames.

Run `.venv/bin/python tests/benchmarks/projection.py [RUNS]` on a machine that does nothing else. No test: times differ
between machines, so what to quote is the medians, and the ratio to the long frames of the same run.
"""

from __future__ import annotations

import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from krokomanalys.population.cube import AGES, SEXES
from krokomanalys.population.evaluate import backtest
from krokomanalys.population.forecast import PLANS, observed_until
from krokomanalys.population.models import MODELS, Start
from krokomanalys.population.national import National, national
from krokomanalys.population.outlook import outlook
from krokomanalys.population.projection import Carried, carry
from krokomanalys.population.records import record
from krokomanalys.population.step import Assumptions
from krokomanalys.sources.load import load, load_population

Array = NDArray[np.float64]
DATA = Path(__file__).parents[2] / "data"
PLACES, YEARS = 290, 30
PEER = "propop (R), 290 municipalities x 30 years: 219 s and 3.6 GB by an earlier measurement; not run here, needs R"


def made_up(riket: National, places: int) -> tuple[Array, Assumptions]:
    """Municipalities of 2 500 to 900 000 with Riket's ages more or less, and rates that differ by place and year."""
    random = np.random.default_rng(290)
    sizes = np.exp(random.uniform(np.log(2500), np.log(900_000), places))
    ages = riket.population.values[-1] / riket.population.values[-1].sum()
    base = sizes[:, None, None] * ages * random.uniform(0.8, 1.2, (places, 2, AGES))
    moves = np.tile(0.02 + 0.15 * np.exp(-0.5 * ((np.arange(AGES) - 22) / 5) ** 2), (len(SEXES), 1))
    level = random.uniform(0.9, 1.1, (YEARS, places, 1, 1))
    pace = 0.99 ** np.arange(YEARS)[:, None, None, None]
    shares = np.full((YEARS, places), riket.girls[-1])
    fertility = riket.fertility[-1] * level[..., 0]
    return base, Assumptions(riket.mortality[-1] * level * pace, fertility, moves * level, base * moves * level, shares)


def in_long_frames(base: Array, assumed: Assumptions) -> pd.DataFrame:
    """The same equations with a row per place, sex and age, matched by their columns: persons by year as well."""
    key = ["place", "sex", "age"]
    labels = pd.MultiIndex.from_product([range(len(base)), SEXES, range(AGES)], names=key).to_frame(index=False)
    women = labels["sex"] == "F"
    population = labels.assign(persons=base.ravel())
    told = [population.assign(year=0)]
    for t in range(len(assumed)):
        now = assumed[t]
        rates = labels.assign(m=now.mortality.ravel(), e=now.out_migration.ravel(), moved_in=now.in_migration.ravel())
        rates["f"] = 0.0
        rates.loc[women, "f"] = now.fertility.ravel()
        aged = population.assign(age=(population["age"] + 1).clip(upper=AGES - 1)).groupby(key, as_index=False).sum()
        frame = rates.merge(aged, on=key, how="left").fillna({"persons": 0.0})
        h = frame["m"] + frame["e"]
        frame["mean"] = -np.expm1(-h) / h
        frame["late"] = (1 - frame["mean"]) / h
        frame["exposure"] = frame["persons"] * frame["mean"] + frame["moved_in"] * frame["late"]
        frame["born"] = frame["f"] * frame["exposure"]
        births = frame.groupby("place")["born"].sum()
        girls = frame["place"].map(pd.Series(now.girls_share))
        newborn = frame["place"].map(births) * girls.where(frame["sex"] == "F", 1 - girls)
        frame["entered"] = frame["moved_in"] + newborn.where(frame["age"] == 0, 0.0)
        frame["exposure"] += newborn.where(frame["age"] == 0, 0.0) * frame["late"]
        frame["deaths"], frame["moved_out"] = frame["m"] * frame["exposure"], frame["e"] * frame["exposure"]
        frame["persons"] = frame["persons"] * np.exp(-h) + frame["entered"] * frame["mean"]
        population = frame[[*key, "persons"]]
        told.append(frame[[*key, "persons", "deaths", "moved_in", "moved_out"]].assign(year=t + 1))
    return pd.concat(told, ignore_index=True)


def seconds(run: Callable[[], object], runs: int) -> list[float]:
    """How long each of `runs` runs takes, after one that isn't counted."""
    run()
    taken = []
    for _ in range(runs):
        start = time.perf_counter()
        run()
        taken.append(time.perf_counter() - start)
    return taken


def megabytes(run: Callable[[], object]) -> float:
    """The most that Python and numpy hold at once while running."""
    tracemalloc.start()
    run()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 1e6


def agree(frames: pd.DataFrame, run: Carried) -> None:
    """Stop where the two ways do not give the same persons: a time says nothing of another calculation."""
    persons = frames["persons"].to_numpy().reshape(run.population.shape)
    np.testing.assert_allclose(persons, run.population, rtol=1e-9)


def main(runs: int) -> None:
    """Time everything and print it as one table."""
    tables = load("befolkningsprognos", DATA, municipality="2262", year=2020).population
    riket = national(tables)
    base, assumed = made_up(riket, PLACES)
    agree(in_long_frames(base, assumed), carry(base, assumed))
    seldom = max(3, runs // 10)
    arrays = seconds(lambda: carry(base, assumed), runs)
    frames = seconds(lambda: in_long_frames(base, assumed), seldom)
    own = f"{PLACES} municipalities x {YEARS} years x {len(SEXES)} x {AGES}, all components"
    rows = [
        (f"{own}: arrays", arrays, megabytes(lambda: carry(*made_up(riket, PLACES)))),
        (f"{own}: long frames", frames, megabytes(lambda: in_long_frames(*made_up(riket, PLACES)))),
    ]
    for model in PLANS:
        made = partial(outlook, tables, "2262", 2020, 2050, model=model)
        what = f"one municipality with flows by age (2262), fitted and projected 30 years, {model}"
        rows.append((what, seconds(made, seldom), megabytes(made)))
    whole = load_population(DATA)[0]
    read = record(whole, ["2262"], 1994, 2022)
    observed = observed_until(read, riket, 2020, None)

    def fit_all() -> object:
        return [model(Start(observed, riket, YEARS), None) for model in MODELS.values()]

    rows.append(
        ("all models fitted to one municipality with flows by age (2262)", seconds(fit_all, seldom), megabytes(fit_all))
    )
    tried = partial(backtest, read, national(whole), read, range(2012, 2022))
    rows.append(
        ("all ways and models from 10 origins for one municipality (2262)", seconds(tried, 3), megabytes(tried))
    )
    print(f"{'':5}seconds: median{'least':>9}{'most':>9}{'runs':>6}{'MB':>6}")
    for what, taken, most in rows:
        figures = f"{statistics.median(taken):20.4f}{min(taken):9.4f}{max(taken):9.4f}{len(taken):6d}{most:6.0f}"
        print(f"{figures}  {what}")
    print(f"long frames / arrays: {statistics.median(frames) / statistics.median(arrays):.0f} times")
    print(PEER)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 25)
