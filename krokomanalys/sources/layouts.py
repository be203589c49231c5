"""The layouts of a data folder's tables: their columns, what may stand in them and what makes a row unique."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "region", "count", "number", "amount", "quantity", "date"]


@dataclass(frozen=True)
class Column:
    """What may stand in a column.

    kind     text; region (SCB's code as text); count (a whole number, 0 or more); number (decimal point or comma);
             amount (money or a value as people write it, see numbers.parse_number); quantity (an amount that may
             be approximate, "~23"); date (ISO, 2020-12-31)
    choices  the only texts allowed
    blank    the cell may be left empty
    absent   the whole column may be left out
    low, high  limits of a number, both allowed
    """

    kind: Kind = "text"
    choices: tuple[str, ...] = ()
    blank: bool = False
    absent: bool = False
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Layout:
    """A kind of table: its columns, and the columns that together name a row once.

    by_month  a file may have the columns MONTHS, one amount in each, in place of `month` and an amount a row
    beside    columns with figures that a form shows its writer; they are not read
    """

    columns: Mapping[str, Column]
    key: tuple[str, ...]
    by_month: bool = False
    beside: tuple[str, ...] = ()


MONTHS = tuple(f"m{month:02d}" for month in range(1, 13))
"""Columns of a table by month: an amount for each month of the year, on one row."""
DRIVER_WORDS = (
    "vakans",
    "förskjutning",
    "engångspost",
    "pris",
    "volym",
    "felbudget",
    "omföring",
    "uppräkning",
    "effektivisering",
    "nytt beslut",
    "annat",
)
"""What a variance, or a difference between two budgets, can come from."""
ACTION_STATUS = ("ej påbörjad", "beslutad", "pågår", "klar", "försenad", "avbruten")
"""How far an åtgärd has come."""
GOAL_OUTLOOK = ("uppfyllt", "nästan uppfyllt", "delvis uppfyllt", "ej uppfyllt", "kan inte bedömas")
"""How managers judge a goal, or expect it to stand at the end of the year."""
GOAL_BASES = {"mätetal": "measure", "aktiviteter": "activity", "bedömning": "judgement"}
"""What a manager's judgement of a goal rests on."""

_REGION, _YEAR, _AGE = Column("region"), Column("count", low=1700, high=2200), Column("count", high=100)
_SEX, _COUNT, _OPTIONAL = Column(choices=("F", "M")), Column("count"), Column(blank=True, absent=True)
_SEX_OR_BOTH = Column(choices=("F", "M", "T"))
_AGE_DEFINITION = Column(choices=("attained", "completed"))
AGE_GROUPS = ("0", "0-5", "1-5", "6-15", "16-19", "20-44", "45-64", "20-64", "65-79", "80+", "total")
_LONGER_GROUPS = (*AGE_GROUPS, "0-19", "20-66", "67-79")

REGIONS = Layout(
    {
        "region": _REGION,
        "name": Column(),
        "level": Column(choices=("country", "county", "municipality")),
        "parent": Column("region", blank=True),
    },
    ("region",),
)
POPULATION = Layout(
    {
        "region": _REGION,
        "year": _YEAR,
        "sex": _SEX,
        "age": _AGE,
        "population": _COUNT,
        "status": Column(choices=("published", "estimated", "derived")),
    },
    ("region", "year", "sex", "age"),
)
GROUPS = Layout(
    {
        "region": _REGION,
        "year": _YEAR,
        "sex": _SEX_OR_BOTH,
        "age_group": Column(choices=AGE_GROUPS),
        "population": _COUNT,
    },
    ("region", "year", "sex", "age_group"),
)
COMPONENTS = Layout(
    {
        "region": _REGION,
        "year": _YEAR,
        "component": Column(
            choices=(
                "births",
                "deaths",
                "in_migration",
                "out_migration",
                "net_domestic_migration",
                "net_foreign_migration",
            )
        ),
        "sex": _SEX_OR_BOTH,
        "count": Column("amount"),
    },
    ("region", "year", "component", "sex"),
)
BIRTHS = Layout(
    {
        "region": _REGION,
        "year": _YEAR,
        "age_definition": _AGE_DEFINITION,
        "mother_age": _AGE,
        "child_sex": _SEX,
        "births": _COUNT,
    },
    ("region", "year", "mother_age", "child_sex"),
)
DEATHS = Layout(
    {"region": _REGION, "year": _YEAR, "age_definition": _AGE_DEFINITION, "sex": _SEX, "age": _AGE, "deaths": _COUNT},
    ("region", "year", "sex", "age"),
)
MIGRATION = Layout(
    {
        "region": _REGION,
        "year": _YEAR,
        "age_definition": _AGE_DEFINITION,
        "sex": _SEX,
        "age": _AGE,
        "in_domestic": _COUNT,
        "immigration": _COUNT,
        "out_domestic": _COUNT,
        "emigration": _COUNT,
    },
    ("region", "year", "sex", "age"),
)
OFFICIAL = Layout(
    {
        "region": _REGION,
        "vintage": Column(),
        "jump_off": Column("count", blank=True),
        "target_year": _YEAR,
        "sex": _SEX_OR_BOTH,
        "age_group": Column(choices=_LONGER_GROUPS),
        "population": Column("number", low=0),
    },
    ("region", "vintage", "target_year", "sex", "age_group"),
)
SCORECARD = Layout(
    {
        "way": Column(),
        "size_class": Column("number", low=-1),
        "group": Column(choices=("total", "0-5", "6-15", "16-19", "20-64", "65-79", "80+")),
        "horizon": Column("count", low=1),
        "mape": Column("number", low=0),
        "se": Column("number", low=0, blank=True),
        "places": _COUNT,
        "forecasts": _COUNT,
    },
    ("way", "size_class", "group", "horizon"),
)
LEDGER = Layout(
    {
        "region": _REGION,
        "year": _YEAR,
        "month": Column("count", blank=True, absent=True, low=1, high=12),
        "board": _OPTIONAL,
        "unit": _OPTIONAL,
        "account": _OPTIONAL,
        "project": _OPTIONAL,
        "counterpart": _OPTIONAL,
        "kind": Column(choices=("grant", "income", "cost", "net", "investment")),
        "basis": Column(choices=("budget", "outcome", "forecast")),
        "version": _OPTIONAL,
        "decided": Column("date", blank=True, absent=True),
        "through": Column("count", blank=True, absent=True, low=0, high=12),
        "maker": Column(choices=("computed",), blank=True, absent=True),
        "amount": Column("amount"),
        "line": _OPTIONAL,
        "parent": _OPTIONAL,
        "note": _OPTIONAL,
    },
    (
        "region",
        "year",
        "month",
        "board",
        "unit",
        "account",
        "project",
        "counterpart",
        "kind",
        "basis",
        "version",
        "line",
    ),
    by_month=True,
)
"""A ledger: one amount a row, or twelve where the file has a column for each month.

region      SCB's code as text, four digits
year        the year the amount is for
month       1-12; blank for the whole year
board       the nämnd whose money it is; blank for the whole municipality
unit        the organisation under the board, where the file tells it apart from the line
account     account in the municipality's kodplan
project     project number or name
counterpart the other side of an internal trade
kind        grant (nämndbidrag) | income | cost | net | investment: which table the row belongs to, and so its sign
basis       budget | outcome | forecast
version     the decision behind the amount, e.g. "rambudget juni"; blank where there is only one
decided     the day of that decision
through     of a forecast: the last month whose outcome it knew; blank: the last whole month before `decided`
maker       of a forecast: computed where a program made it; blank where it was handed in
amount      in the unit of the notes: income +, cost -, net = income + cost, investment expenditure +
line        the row's name in the table, as printed
parent      the line this row is a "varav" of: a part of it, never added to it again
note        anything a reader of the row should know
"""
MEASURES = Layout(
    {
        "region": _REGION,
        "measure": Column(),
        "date": Column("date"),
        "value": Column("quantity", blank=True),
        "precision": Column(choices=("exact", "approximate"), blank=True, absent=True),
        "n": Column("count", blank=True, absent=True),
        "N": Column("count", blank=True, absent=True),
        "sampling": Column(
            choices=("probability", "self_selected", "unknown", "census", "register"), blank=True, absent=True
        ),
        "source": Column(blank=True),
        "note": _OPTIONAL,
    },
    ("region", "measure", "date"),
    beside=("mätetal", "enhet", "målvärde", "föregående"),
)
"""What was measured, a row for a measure and a day. A blank value: nothing was measured, and `note` says why.

A value needs its source; a row that waits for its value has none yet.
"""
COMMENTS = Layout(
    {
        "region": _REGION,
        "year": _YEAR,
        "board": _OPTIONAL,
        "line": _OPTIONAL,
        "goal": _OPTIONAL,
        "kommentar": _OPTIONAL,
        "analys": _OPTIONAL,
        "målprognos": Column(choices=GOAL_OUTLOOK, blank=True, absent=True),
        "bedömning": Column(choices=GOAL_OUTLOOK, blank=True, absent=True),
        "grund": Column(choices=tuple(GOAL_BASES), blank=True, absent=True),
        "bedömd_av": _OPTIONAL,
        "bedömd": Column("date", blank=True, absent=True),
        "läge": Column(choices=("utkast", "beslutad"), blank=True, absent=True),
        "åtgärd": _OPTIONAL,
        "effekt_tkr": Column("amount", blank=True, absent=True),
        "ansvarig": _OPTIONAL,
        "datum": Column("date", blank=True, absent=True),
        "status": Column(choices=ACTION_STATUS, blank=True, absent=True),
    },
    ("region", "year", "board", "line", "goal", "åtgärd"),
    beside=("mål", "budget", "utfall", "avvikelse", "prognos"),
)
"""What managers write on a line of the ledger or a goal; a row more for each further åtgärd."""
DRIVERS = Layout(
    {
        "region": _REGION,
        "year": _YEAR,
        "board": _OPTIONAL,
        "line": _OPTIONAL,
        "against": _OPTIONAL,
        "driver": Column(choices=DRIVER_WORDS),
        "amount": Column("amount", blank=True),
        "note": _OPTIONAL,
    },
    ("region", "year", "board", "line", "against", "driver", "note"),
)
"""What a variance comes from, in the ledger's unit and with the variance's sign; blank where the amount isn't known.

against  blank: the budget in force; else an earlier version of it, and the row explains what changed since
"""
COMMITMENTS = Layout(
    {
        "region": _REGION,
        "year": _YEAR,
        "board": _OPTIONAL,
        "line": Column(),
        "kind": Column(choices=("grant", "income", "cost", "net")),
        "month": Column("count", low=1, high=12),
        "amount": Column("amount"),
        "note": Column(),
    },
    ("region", "year", "board", "line", "kind", "month", "note"),
)
"""Amounts known to come that the budget doesn't hold, in the ledger's unit: income +, cost -; `note` says what."""
VOLUMES = Layout(
    {
        "region": _REGION,
        "year": _YEAR,
        "board": _OPTIONAL,
        "line": _OPTIONAL,
        "item": Column(),
        "unit": Column(),
        "basis": Column(choices=("budget", "outcome")),
        "volume": Column("amount", low=0),
        "price": Column("amount", low=0),
    },
    ("region", "year", "board", "line", "item", "basis"),
)
"""Volumes and prices behind a cost: volume x price is the cost, a positive amount in the ledger's unit."""
INVESTMENTS = Layout(
    {
        "region": _REGION,
        "year": _YEAR,
        "board": _OPTIONAL,
        "line": Column(),
        "project": _OPTIONAL,
        "decided_total": Column("amount", blank=True),
        "accumulated": Column("amount", blank=True),
        "forecast_total": Column("amount", blank=True),
        "planned_end": Column("date", blank=True, absent=True),
        "expected_end": Column("date", blank=True, absent=True),
        "note": _OPTIONAL,
    },
    ("region", "year", "board", "line", "project"),
)
"""Projects over all their years: expenditure positive, in the ledger's unit; `line` is that of the ledger."""
ACCOUNTS = Layout(
    {
        "plan": Column(),
        "account": Column(),
        "kind": Column(choices=("income", "cost", "any", "balance")),
        "name": Column(),
    },
    ("plan", "account"),
)
"""Account plans: the kind of the accounts that begin with some digits, the longest match counting."""
ACCOUNT_CHANGES = Layout(
    {"from_plan": Column(), "to_plan": Column(), "from_account": Column(), "to_account": Column()},
    ("from_plan", "to_plan", "from_account"),
)
ORGANISATION = Layout(
    {
        "region": _REGION,
        "from_year": _YEAR,
        "from_board": _OPTIONAL,
        "from_line": _OPTIONAL,
        "to_board": _OPTIONAL,
        "to_line": _OPTIONAL,
    },
    ("region", "from_year", "from_board", "from_line"),
)
"""Units that changed place: before `from_year` their amounts stand at from_board and from_line, then at the others."""
RATIOS = Layout(
    {"region": _REGION, "kpi": Column(), "year": _YEAR, "value": Column("number")}, ("region", "kpi", "year")
)
KPIS = Layout(
    {
        "kpi": Column(),
        "name": Column(),
        "unit": Column(),
        "direction": Column(choices=("higher", "lower"), blank=True),
        "direction_source": Column(blank=True),
    },
    ("kpi",),
)
