"""The errors of a backtest, pooled: how far off each way is, and how much one gains on another."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from krokomanalys.population.records import Record

SHELF_LIFE = 10.0
"""A forecast is still good while it is within this many per cent of the outcome."""
SIZES = (0, 10_000, 20_000, 50_000, 100_000)
"""Lower bounds of the size classes, persons at the origin."""


def scorecard(errors: pd.DataFrame, by: Sequence[str] = ("horizon",)) -> pd.DataFrame:
    """Each way's errors pooled over municipalities and origins, a row for each way and value of `by`.

    Columns beside them: mape and its standard error se (per cent; municipalities are the independent units: the
    cluster-robust error of the pooled mean; years' shocks are shared and not in it), mdape, bias (mean error), within
    (per cent of forecasts within SHELF_LIFE), places and forecasts, how many there are.
    """
    kept = errors.assign(size=errors["error"].abs())
    keys = ["way", *by]
    parts = kept.groupby(keys, sort=False, observed=True)
    card = parts.agg(
        mape=("size", "mean"),
        mdape=("size", "median"),
        bias=("error", "mean"),
        places=("region", "nunique"),
        forecasts=("size", "size"),
    )
    card["within"] = 100 * kept.assign(good=kept["size"] <= SHELF_LIFE).groupby(keys, observed=True)["good"].mean()
    card["se"] = [_clustered(part["size"] - part["size"].mean(), part["region"]) / len(part) for _, part in parts]
    return card.reset_index()


def _clustered(residuals: pd.Series[float], regions: pd.Series[str]) -> float:
    """The standard error of a sum whose terms are independent between municipalities only; NaN for one of them."""
    sums = residuals.groupby(regions).sum()
    places = len(sums)
    return float(np.sqrt(places / (places - 1) * (sums**2).sum())) if places > 1 else float("nan")


def skill(errors: pd.DataFrame, way: str, against: str, by: Sequence[str] = ("horizon",)) -> pd.DataFrame:
    """How much smaller one way's mean error is than another's, on identical municipalities, origins and horizons.

    A row for each value of `by`: skill (per cent of the other's mape: above zero, better), se (the standard error of
    that ratio, with municipalities as the independent units), forecasts.
    """
    keys = ["origin", "horizon", "region", "group"]
    sizes = errors.assign(size=errors["error"].abs()).set_index(keys)
    pair = pd.concat([sizes.loc[sizes["way"] == name, "size"] for name in (way, against)], axis=1, join="inner")
    pair.columns = pd.Index(["own", "other"])
    pair = pair.reset_index()
    rows = []
    for key, part in pair.groupby(list(by), sort=False, observed=True):
        ratio = part["own"].sum() / part["other"].sum()
        spread = _clustered(part["own"] - ratio * part["other"], part["region"])
        rows.append(
            {
                "way": way,
                "against": against,
                **dict(zip(by, key, strict=True)),
                "skill": 100 * (1 - ratio),
                "se": 100 * spread / part["other"].sum(),
                "forecasts": len(part),
            }
        )
    return pd.DataFrame(rows)


def with_sizes(errors: pd.DataFrame, read: Record) -> pd.DataFrame:
    """The errors with the size class of the municipality at the origin: column `size_class`, its lower bound."""
    origin = errors["origin"].map({year: t for t, year in enumerate(read.years)})
    place = errors["region"].map({region: r for r, region in enumerate(read.regions)})
    own = place.notna()
    persons = np.full(len(errors), np.nan)
    persons[own] = read.totals[origin[own].to_numpy(int), place[own].to_numpy(int)]
    bounds = np.array(SIZES, float)
    return errors.assign(size_class=[int(bounds[bounds <= n][-1]) if n == n else -1 for n in persons])
