"""A bridge: from one amount to another by what is said to explain the difference, with what nothing explains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from krokomanalys.budget.ledger import Ledger
from krokomanalys.budget.versions import versions
from krokomanalys.errors import Fault, InputError
from krokomanalys.sources.layouts import DRIVER_WORDS


@dataclass(frozen=True, eq=False)
class Bridge:
    """The way from `start` to `end`, amounts of operations: income is positive and cost negative, so more is better.

    name      whose amounts they are
    steps     driver, amount, note: each driver's sum and all that is noted on it, in the order of DRIVER_WORDS
    unpriced  driver, note: those that are named without an amount; what they are worth is in `unexplained`
    """

    name: str
    start: float
    end: float
    steps: pd.DataFrame
    unpriced: pd.DataFrame

    @property
    def difference(self) -> float:
        """What there is to explain; NaN where an end is unknown."""
        return self.end - self.start

    @property
    def explained(self) -> float:
        """The sum of the steps."""
        return float(self.steps["amount"].sum())

    @property
    def unexplained(self) -> float:
        """What is left of the difference when the steps are taken."""
        return self.difference - self.explained

    @property
    def beyond(self) -> float:
        """How much more the steps explain than there is, never below 0: they end beyond `end`, seen from `start`."""
        toward = 1 if self.difference >= 0 else -1
        over = toward * (self.explained - self.difference)
        return abs(self.explained) if self.difference == 0 else max(0.0, over)

    @property
    def opposed(self) -> bool:
        """Whether the steps together go the other way than the difference that they are to explain."""
        return self.explained * self.difference < 0


def bridge(name: str, start: float, end: float, drivers: pd.DataFrame) -> Bridge:
    """The way from `start` to `end` by `drivers` (of sources.layouts.DRIVERS), all of which are about it."""
    known = drivers[drivers["amount"].notna()]
    found = []
    for word in DRIVER_WORDS:
        own = known[known["driver"] == word]
        if len(own):
            noted = "; ".join(dict.fromkeys(note for note in own["note"] if note))
            found.append({"driver": word, "amount": float(own["amount"].sum()), "note": noted})
    steps = pd.DataFrame(found, columns=["driver", "amount", "note"])
    unpriced = drivers.loc[drivers["amount"].isna(), ["driver", "note"]].reset_index(drop=True)
    return Bridge(name, start, end, steps, unpriced)


def bridges(
    table: pd.DataFrame, drivers: pd.DataFrame, start: str = "budget", end: str = "outcome"
) -> tuple[Bridge, ...]:
    """The bridge of the table's total, and then one for each of its rows that has drivers.

    table  as budget.variance.follow_up gives it, of operations; `start` and `end` are its columns
    A driver belongs to the row of its line; to the row that this line is a "varav" of; or to that of its board. One
    that names neither is about the total only.
    """
    rows = table[table["role"] != "total"]
    above = dict(zip(rows["line"], rows["parent"], strict=True))

    def row_of(line: str, board: str) -> str:
        while above.get(line):
            line = above[line]
        return line if line in above else board if board in above else ""

    places = pd.Series([row_of(*pair) for pair in zip(drivers["line"], drivers["board"], strict=True)], dtype=object)
    sums = rows[rows["role"] == "row"].groupby("line", sort=False)[[start, end]].sum(min_count=1)
    last = table.iloc[-1]
    found = [bridge(str(last["line"]), float(last[start]), float(last[end]), drivers)]
    for line, row in sums.iterrows():
        own = drivers[(places == line).to_numpy()]
        if len(own):
            found.append(bridge(str(line), float(row[start]), float(row[end]), own))
    return tuple(found)


def left_by_row(
    table: pd.DataFrame, found: Sequence[Bridge], start: str = "budget", end: str = "outcome"
) -> pd.Series[float]:
    """What is unexplained of each row of the table, by its line; a row without drivers is unexplained as a whole.

    found  the `bridges` of the table, the total's first. Drivers about the total only are the last item, named after
           the total: taken from the sum, since they are about no row
    The sum is the total's `unexplained`. NaN where a row's variance is unknown.
    """
    sums = table[table["role"] == "row"].groupby("line", sort=False)[[start, end]].sum(min_count=1)
    left = (sums[end] - sums[start]).astype(float)
    for own in found[1:]:
        left[own.name] = own.unexplained
    rest = found[0].unexplained - float(left.sum(skipna=False))
    if abs(rest) > 1e-6:
        left[found[0].name] = rest
    return left


def beside_effects(drivers: pd.DataFrame, effects: pd.DataFrame) -> pd.DataFrame:
    """What the nämnder say that volume and price explain of a line, beside what its volumes and prices give.

    drivers  of sources.layouts.DRIVERS, of one variance; effects: as decompose.volume_effects gives them
    Columns: board, line, driver (volym | pris), given (the drivers' amounts), computed (volume and mix together, or
    price), both signed as the variance. Only what is told of both ways.
    """
    place = ["board", "line"]
    given = drivers[drivers["driver"].isin(["volym", "pris"]) & drivers["amount"].notna()]
    said = given.groupby([*place, "driver"], sort=False)["amount"].sum().rename("given").reset_index()
    sums = effects.groupby(place, sort=False)[["volume", "mix", "price"]].sum().reset_index()
    both = sums.assign(volym=sums["volume"] + sums["mix"], pris=sums["price"])
    long = both.melt(id_vars=place, value_vars=["volym", "pris"], var_name="driver", value_name="computed")
    return said.merge(long, on=[*place, "driver"])


def drivers_of(drivers: pd.DataFrame, ledger: Ledger, against: str = "") -> pd.DataFrame:
    """Those of the ledger's year and nämnd that explain the variance, or the change since the budget `against`.

    Raises:
        InputError: one of them is about a nämnd, a line or an earlier budget that the ledger doesn't have.
    """
    own = drivers[drivers["year"] == ledger.notes.year]
    if ledger.notes.board is not None:
        own = own[own["board"].isin(["", ledger.notes.board])]
    if faults := driver_faults(own, ledger):
        raise InputError(faults)
    return own[own["against"] == against].reset_index(drop=True)


def budgets(ledger: Ledger) -> list[str]:
    """The names of the year's net budgets, the first decided first and the one in force last."""
    found = versions(ledger.rows, ledger.notes.year)
    return [str(name) for name in found.loc[(found["basis"] == "budget") & (found["table"] == "net"), "version"]]


def side_by_side(ledger: Ledger) -> pd.DataFrame:
    """The year's net budgets in all their versions: role (row | part | total), line, parent, a column for each.

    The rows stand in the file's order and the total is last. A version is a whole decision: a row that it doesn't
    have is given nothing in it, which is shown as NaN.
    """
    rows = ledger.rows
    rows = rows[(rows["table"] == "net") & (rows["year"] == ledger.notes.year) & (rows["basis"] == "budget")]
    key = ["line", "parent"]
    table = rows[key].drop_duplicates(ignore_index=True)
    for name in budgets(ledger):
        sums = rows[rows["version"] == name].groupby(key, sort=False)["amount"].sum(skipna=False).rename(name)
        table = table.merge(sums, how="left", on=key)
    table.insert(0, "role", ["part" if parent else "row" for parent in table["parent"]])
    own = table[table["role"] == "row"]
    last = {"role": "total", "line": ledger.notes.tables["net"].total, "parent": ""}
    totals = {name: float(own[name].sum()) for name in budgets(ledger)}
    return pd.concat([table, pd.DataFrame([{**last, **totals}])], ignore_index=True)


def between_versions(ledger: Ledger, earlier: str) -> pd.DataFrame:
    """The year's net budgets in the version `earlier` and in the one in force, the total last.

    Columns: role, line, parent, earlier, later, change (later - earlier: above zero, the net cost went down). A row
    that one of them doesn't have counts as 0 in the change.

    Raises:
        ValueError: no net budget of that name.
    """
    names = budgets(ledger)
    if earlier not in names:
        raise ValueError(f"no net budget of {ledger.notes.year} is called {earlier!r}")
    table = side_by_side(ledger)
    found = table[["role", "line", "parent"]].assign(earlier=table[earlier], later=table[names[-1]])
    found = found[found[["earlier", "later"]].notna().any(axis=1)].reset_index(drop=True)
    return found.assign(change=found["later"].fillna(0) - found["earlier"].fillna(0))


def driver_faults(drivers: pd.DataFrame, ledger: Ledger) -> list[Fault]:
    """Drivers about nämnder and lines that the ledger's operations don't have, or about no earlier net budget."""
    entries = ledger.entries[ledger.entries["kind"] != "investment"]
    known = {column: set(entries[column].astype(str)) for column in ("board", "line")}
    known["against"] = set(budgets(ledger)[:-1])
    words = {"board": "nämnden {} finns inte", "line": "raden {} finns inte", "against": "{} är ingen tidigare budget"}
    file = f"data/drivers/{ledger.notes.region}-{ledger.notes.year}.csv"
    faults = []
    for column, names in known.items():
        for place in drivers.index[~drivers[column].isin(names | {""})]:
            given = drivers.loc[place].to_dict()
            problem = words[column].format(f'"{given[column]}"')
            wanted = sorted(names - {""})
            expected = f"någon av {', '.join(wanted)}" if 0 < len(wanted) <= 12 else "samma namn som i huvudboken"
            row = int(given.get("row", int(place) + 2))
            faults.append(Fault(str(given.get("file", file)), problem, expected, row=row, column=column))
    return faults
