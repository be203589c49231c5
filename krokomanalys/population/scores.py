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

    Columns beside them: mape and its standard error se (per cent; municipalities are the independent units, so se is
    that of the mean over them; years' shocks are shared and not in it), mdape, bias (mean error), within (per cent of
    forecasts within SHELF_LIFE), places and forecasts, how many there are.
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
    by_place = (
        kept.groupby(list(dict.fromkeys([*keys, "region"])), observed=True)["size"]
        .mean()
        .groupby(level=keys, observed=True)
    )
    card["se"] = by_place.std() / np.sqrt(by_place.size())
    return card.reset_index()


def skill(errors: pd.DataFrame, way: str, against: str, by: Sequence[str] = ("horizon",)) -> pd.DataFrame:
    """How much smaller one way's mean error is than another's, on identical municipalities, origins and horizons.

    A row for each value of `by`: skill (per cent of the other's mape: above zero, better), se (its standard error, from
    the municipalities' mean differences), forecasts.
    """
    keys = ["origin", "horizon", "region", "group"]
    sizes = errors.assign(size=errors["error"].abs()).set_index(keys)
    pair = pd.concat([sizes.loc[sizes["way"] == name, "size"] for name in (way, against)], axis=1, join="inner")
    pair.columns = pd.Index(["own", "other"])
    pair = pair.reset_index()
    rows = []
    for key, part in pair.groupby(list(by), sort=False, observed=True):
        base = part["other"].mean()
        gain = (part["other"] - part["own"]).groupby(part["region"]).mean()
        se = 100 * gain.std() / np.sqrt(len(gain)) / base if len(gain) > 1 else float("nan")
        rows.append(
            {
                "way": way,
                "against": against,
                **dict(zip(by, key, strict=True)),
                "skill": 100 * (1 - part["own"].mean() / base),
                "se": se,
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
