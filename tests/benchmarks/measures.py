"""How well ways to carry a yearly measure ahead have done, on Kolada's series: what targets/ahead.py is chosen by.

Run `.venv/bin/python tests/benchmarks/measures.py`; it takes ten minutes. No test. From every year of every series (44
measures of three municipalities) with 5, 8, 12 or 20 years in a row behind it, each way says the three years that
follow, knowing those years only. Errors are held against the last value's on the same origins; each is first divided by
the mean yearly change of the years known. 80 % intervals are counted by how many held what came; an end that ahead.py
leaves blank holds everything on its side.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from krokomanalys.targets.ahead import LONGEST, Ahead, ahead
from krokomanalys.targets.outcomes import Outcome

Array = NDArray[np.float64]
Said = tuple[Array, Array, int]
"""The values of the years ahead, their standard errors, and degrees of freedom."""
DATA = Path(__file__).parents[2] / "data"
KNOWN = (5, 8, 12, 20)
STEPS = np.arange(1, LONGEST + 1)
USED = "ahead.py"


def last_value(x: Array) -> Said:
    """The last value, with a random walk's variance."""
    return np.repeat(x[-1], LONGEST), np.sqrt((np.diff(x) ** 2).mean() * STEPS), len(x) - 1


def mean_of_three(x: Array) -> Said:
    """The mean of the last three values."""
    off = x[3:] - np.convolve(x, np.ones(3) / 3, "valid")[:-1]
    return np.repeat(x[-3:].mean(), LONGEST), np.sqrt((off**2).mean() * (1 + (STEPS - 1) / 3)), len(off)


def drift(x: Array) -> Said:
    """The last value and the mean yearly change."""
    changes = np.diff(x)
    spread = changes.std(ddof=1) * np.sqrt(STEPS * (1 + STEPS / len(changes)))
    return x[-1] + STEPS * changes.mean(), spread, len(changes) - 1


def smoothed(x: Array, free: int, **trend: object) -> Said:
    """Exponential smoothing by statsmodels, with the variance of its innovations form (`free` fitted numbers)."""
    from statsmodels.tsa.holtwinters import ExponentialSmoothing

    made = ExponentialSmoothing(x, initialization_method="estimated", **trend).fit()
    level = made.params["smoothing_level"]
    slope = np.nan_to_num(made.params["smoothing_trend"]) if trend else 0.0
    damping = made.params["damping_trend"] if "damped_trend" in trend else 1.0
    weights = [level * (1 + slope * sum(damping**i for i in range(1, j + 1))) for j in STEPS[:-1]]
    freedom = max(len(x) - free, 1)
    spread = np.sqrt(made.sse / freedom * np.concatenate([[1], 1 + np.cumsum(np.square(weights))]))
    return np.asarray(made.forecast(LONGEST)), spread, freedom


def theta(x: Array) -> Said:
    """The Theta method by statsmodels; standard errors of simple smoothing, which it is with half the slope."""
    from statsmodels.tsa.forecasting.theta import ThetaModel

    said = ThetaModel(x, period=1, deseasonalize=False).fit().forecast(LONGEST)
    return np.asarray(said), *smoothed(x, 2)[1:]


def line(x: Array) -> Said:
    """A straight line by least squares."""
    t = np.arange(len(x))
    slope, level = np.polyfit(t, x, 1)
    later, apart = len(x) - 1 + STEPS, t - t.mean()
    s = np.sqrt(((x - level - slope * t) ** 2).sum() / (len(x) - 2))
    return level + slope * later, s * np.sqrt(1 + 1 / len(x) + (later - t.mean()) ** 2 / (apart**2).sum()), len(x) - 2


WAYS: Mapping[str, Callable[[Array], Said]] = {
    "last value": last_value,
    "mean of 3": mean_of_three,
    "drift": drift,
    "SES": lambda x: smoothed(x, 2),
    "Holt": lambda x: smoothed(x, 4, trend="add"),
    "damped": lambda x: smoothed(x, 5, trend="add", damped_trend=True),
    "Theta": theta,
    "line": line,
}


def attempts(values: pd.Series[float], unit: str) -> list[dict[str, object]]:
    """What every way says of one series (by year) from every origin, beside what came."""
    rows: list[dict[str, object]] = []
    for origin in values.index:
        came = values.reindex(origin + STEPS).to_numpy(np.float64)
        for known in KNOWN:
            years = range(origin - known + 1, origin + 1)
            x = values.reindex(years).to_numpy(np.float64)
            size = np.abs(np.diff(x)).mean()
            if np.isnan(came).all() or not size > 0:  # NaN: the years have a gap
                continue
            said = {way: _ends(*tell(x)) for way, tell in WAYS.items()}
            made = ahead([Outcome(v, f"{y}-12-31") for y, v in zip(years, x, strict=True)], origin + LONGEST, unit)
            assert isinstance(made, Ahead)
            said[USED] = tuple(made.frame[c].to_numpy(np.float64) for c in ("value", "low", "high"))
            for way, (value, low, high) in said.items():
                rows += [
                    {
                        "origin": origin,
                        "known": known,
                        "way": way,
                        "years ahead": step + 1,
                        "error": abs(value[step] - came[step]) / size,
                        "held": not (came[step] < low[step] or came[step] > high[step]),
                    }
                    for step in range(LONGEST)
                    if not np.isnan(came[step])
                ]
    return rows


def _ends(value: Array, spread: Array, freedom: int) -> tuple[Array, Array, Array]:
    half = stats.t.ppf(0.9, freedom) * spread
    return value, value - half, value + half


def main() -> None:
    """Print the errors and the coverage, apart for figures in per cent, net amounts and amounts per person or unit."""
    ratios = pd.read_csv(DATA / "ratios" / "kolada.csv", dtype={"region": str}).dropna(subset=["value"])
    units = pd.read_csv(DATA / "ratios" / "kpis.csv").set_index("kpi")["unit"]
    frames = []
    for (kpi, region), own in ratios[ratios["region"] != "00"].groupby(["kpi", "region"]):
        unit = str(units[kpi])
        if rows := attempts(own.set_index("year")["value"].sort_index(), unit):
            kind = unit if unit in ("%", "mkr") else "kr per …"
            frames.append(pd.DataFrame(rows).assign(region=region, unit=kind))
    tried = pd.concat(frames, ignore_index=True)
    order = [*WAYS, USED]
    for by in (["unit", "known", "years ahead"], ["unit", "region"], ["known"]):
        errors = tried.pivot_table("error", by, "way")[order]
        counts = tried[tried["way"] == USED].groupby(by).size().rename("forecasts")
        print("\nMean error, the last value's = 1")
        print(errors.div(errors["last value"], axis=0).join(counts).to_string(float_format="{:.2f}".format))
        print("\nOutcomes within the 80 % interval, per cent")
        print((100 * tried.pivot_table("held", by, "way")[order]).to_string(float_format="{:.0f}".format))


if __name__ == "__main__":
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # fits that don't converge on five values are part of what is tried
        main()
