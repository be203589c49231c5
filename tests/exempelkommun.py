"""Make the figures of the made-up municipality 0000 Exempelkommun, the same ones each time.

    python tests/exempelkommun.py DIR

writes DIR/budget/0000-*, drivers, volumes, investments and comments. About 15 000 inhabitants, 2021-2025, tkr. What is
put in on purpose, so that the reports have something to find:

- Socialnämnden spends more than its budget every year, and its managers say less than it becomes, 2022-2025;
- Arbetsmarknadsenheten moves from Kommunstyrelsen to Socialnämnden in 2023, and two accounts change number in 2024;
- Miljö- och byggnadsnämnden has lines whose budget is not divided by month;
- lokaler, måltider and bilpool are bought and sold inside the municipality, on both sides in the same month;
- one-offs (their note begins with "engångspost"), a wage revision in April, vacations, semesterlöneskuld.
"""

from __future__ import annotations

import csv
import random
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

REGION, YEARS = "0000", range(2021, 2026)
KS, BUN, SN, KFN, MBN, FIN = (
    "Kommunstyrelsen",
    "Barn- och utbildningsnämnden",
    "Socialnämnden",
    "Kultur- och fritidsnämnden",
    "Miljö- och byggnadsnämnden",
    "Finansförvaltning",
)
PRICES = {2021: 1.0, 2022: 1.03, 2023: 1.08, 2024: 1.12, 2025: 1.15}
RESULTS = {2021: 22_000, 2022: 14_000, 2023: -11_000, 2024: 9_000, 2025: 4_000}
PLANNED_RESULT, MOVES_IN, NEW_ACCOUNTS_IN = 11_000, 2023, 2024
NEW_ACCOUNTS = {"6440": "6850", "4530": "4630"}

SHAPES = {
    "even": (1,) * 12,
    "wages": (97, 97, 97, 100, 100, 101, 104, 103, 100, 100, 100, 101),
    "care": (96, 95, 96, 99, 99, 104, 116, 109, 98, 98, 98, 102),
    "heat": (15, 14, 12, 8, 5, 3, 2, 3, 5, 8, 11, 14),
    "school": (10, 10, 10, 10, 10, 6, 0, 6, 10, 10, 10, 10),
    "meals": (9, 9, 10, 9, 9, 6, 4, 7, 10, 10, 9, 8),
    "grants": (2, 2, 14, 4, 4, 15, 4, 4, 15, 4, 4, 28),
    "fees": (14, 8, 8, 8, 8, 4, 2, 14, 14, 8, 7, 5),
    "closing": (5, 6, 8, 8, 8, 8, 5, 7, 8, 8, 9, 20),
    "vacation": (130, 130, 130, 130, 130, -60, -420, -260, 60, 60, 60, 130),
}


class Account(NamedTuple):
    """An account of a line, with its amount in 2021's prices and how the year is spread (in the budget: `plan`)."""

    board: str
    line: str
    account: str
    kind: str
    amount: float
    shape: str = "even"
    plan: str = "even"


ACCOUNTS = (
    Account(KS, "Kommunledning", "5010", "cost", -28_000, "wages", "wages"),
    Account(KS, "Kommunledning", "6440", "cost", -6_000, "closing"),
    Account(KS, "Kommunledning", "7600", "cost", -8_500, "closing"),
    Account(KS, "Kommunledning", "3510", "income", 1_500, "grants"),
    Account(KS, "Fastighet och lokaler", "5010", "cost", -12_000, "wages", "wages"),
    Account(KS, "Fastighet och lokaler", "6210", "cost", -14_000, "heat", "heat"),
    Account(KS, "Fastighet och lokaler", "6650", "cost", -17_000, "closing"),
    Account(KS, "Fastighet och lokaler", "7910", "cost", -38_000),
    Account(KS, "Fastighet och lokaler", "3410", "income", 8_000),
    Account(KS, "Måltidsservice", "5010", "cost", -22_000, "wages", "wages"),
    Account(KS, "Måltidsservice", "4010", "cost", -16_000, "meals", "meals"),
    Account(KS, "Bilpool", "6910", "cost", -5_500),
    Account(KS, "Räddningstjänst", "4530", "cost", -15_000),
    Account(KS, "Arbetsmarknadsenheten", "5010", "cost", -9_000, "wages", "wages"),
    Account(KS, "Arbetsmarknadsenheten", "3510", "income", 4_500, "grants"),
    Account(BUN, "Förskola", "5010", "cost", -78_000, "wages", "wages"),
    Account(BUN, "Förskola", "4530", "cost", -12_000),
    Account(BUN, "Förskola", "3110", "income", 9_000),
    Account(BUN, "Grundskola", "5010", "cost", -150_000, "wages", "wages"),
    Account(BUN, "Grundskola", "4010", "cost", -9_000, "fees"),
    Account(BUN, "Grundskola", "7310", "cost", -14_000, "school"),
    Account(BUN, "Grundskola", "3510", "income", 14_000, "grants"),
    Account(BUN, "Gymnasieskola", "4530", "cost", -72_000, "school", "school"),
    Account(BUN, "Gymnasieskola", "5010", "cost", -8_000, "wages", "wages"),
    Account(BUN, "Vuxenutbildning", "5010", "cost", -7_000, "wages", "wages"),
    Account(BUN, "Vuxenutbildning", "3510", "income", 4_000, "grants"),
    Account(SN, "Äldreomsorg", "5010", "cost", -190_000, "care", "wages"),
    Account(SN, "Äldreomsorg", "4530", "cost", -18_000),
    Account(SN, "Äldreomsorg", "4010", "cost", -9_000, "closing"),
    Account(SN, "Äldreomsorg", "3110", "income", 14_000),
    Account(SN, "Funktionsnedsättning", "5010", "cost", -78_000, "care", "wages"),
    Account(SN, "Funktionsnedsättning", "4530", "cost", -14_000),
    Account(SN, "Funktionsnedsättning", "3510", "income", 22_000),
    Account(SN, "Individ- och familjeomsorg", "5010", "cost", -22_000, "wages", "wages"),
    Account(SN, "Individ- och familjeomsorg", "4530", "cost", -24_000),
    Account(SN, "Individ- och familjeomsorg", "4510", "cost", -16_000),
    Account(SN, "Individ- och familjeomsorg", "3510", "income", 5_000, "grants"),
    Account(KFN, "Bibliotek", "5010", "cost", -8_000, "wages", "wages"),
    Account(KFN, "Bibliotek", "4010", "cost", -2_000, "closing"),
    Account(KFN, "Idrott och fritid", "5010", "cost", -8_000, "wages", "wages"),
    Account(KFN, "Idrott och fritid", "4450", "cost", -5_000, "grants"),
    Account(KFN, "Idrott och fritid", "3110", "income", 3_000, "fees"),
    Account(KFN, "Kulturskola", "5010", "cost", -6_000, "wages", "wages"),
    Account(KFN, "Kulturskola", "3110", "income", 800, "fees"),
    Account(MBN, "Bygg och plan", "5010", "cost", -8_000, "wages", "wages"),
    Account(MBN, "Bygg och plan", "3120", "income", 5_000),
    Account(MBN, "Miljötillsyn", "5010", "cost", -4_500, "wages", ""),
    Account(MBN, "Miljötillsyn", "3120", "income", 3_000, "closing", ""),
    Account(MBN, "Bostadsanpassning", "4510", "cost", -3_500, "closing", ""),
    Account(FIN, "Pensioner", "5710", "cost", -38_000),
    Account(FIN, "Semesterlöneskuld", "5190", "cost", -1_500, "vacation", "vacation"),
    Account(FIN, "Finansnetto", "8510", "cost", -5_000),
    Account(FIN, "Finansnetto", "8410", "income", 1_500, "closing"),
)

# What is bought inside the municipality: seller's line, accounts of the sale and the purchase, shape, buyers' amounts.
TRADES = (
    (
        "Fastighet och lokaler",
        "3490",
        "6010",
        "even",
        {
            (BUN, "Förskola"): 17_000,
            (BUN, "Grundskola"): 34_000,
            (SN, "Äldreomsorg"): 13_000,
            (KFN, "Bibliotek"): 2_000,
            (KFN, "Idrott och fritid"): 9_000,
        },
    ),
    (
        "Måltidsservice",
        "3090",
        "4090",
        "meals",
        {(BUN, "Förskola"): 8_000, (BUN, "Grundskola"): 18_000, (SN, "Äldreomsorg"): 12_000},
    ),
    ("Bilpool", "3190", "6990", "even", {(SN, "Äldreomsorg"): 4_500, (MBN, "Bygg och plan"): 1_000}),
)

# How much better (+) or worse (-) than the November budget each year went, 2021-2025, by line and kind.
DEVIATIONS: dict[tuple[str, str], tuple[int, ...]] = {
    ("Kommunledning", "cost"): (1_900, 1_200, 600, 1_300, 900),
    ("Fastighet och lokaler", "cost"): (700, -2_600, -4_100, 700, -1_100),
    ("Måltidsservice", "cost"): (200, -700, -1_900, -300, -400),
    ("Bilpool", "cost"): (0, -300, -200, 100, 200),
    ("Arbetsmarknadsenheten", "income"): (400, 300, -600, -200, 300),
    ("Förskola", "cost"): (2_200, 1_900, 1_200, 2_400, 3_100),
    ("Grundskola", "cost"): (-900, -1_500, -3_900, -5_300, -6_200),
    ("Grundskola", "income"): (1_700, 1_900, 1_400, 300, -700),
    ("Gymnasieskola", "cost"): (700, 600, -900, -1_000, -1_400),
    ("Äldreomsorg", "cost"): (-3_400, -6_100, -8_800, -7_200, -8_600),
    ("Äldreomsorg", "income"): (300, 200, 500, 100, 300),
    ("Funktionsnedsättning", "cost"): (400, -1_300, -2_100, -1_600, -900),
    ("Individ- och familjeomsorg", "cost"): (1_600, -2_200, -4_400, -3_300, -3_900),
    ("Idrott och fritid", "income"): (-900, 200, 100, 200, 300),
    ("Bibliotek", "cost"): (300, 0, -200, 100, 200),
    ("Bygg och plan", "income"): (600, -300, -1_700, -1_100, -500),
    ("Bostadsanpassning", "cost"): (-200, -100, 300, 200, 200),
    ("Pensioner", "cost"): (900, -1_800, -6_900, 3_600, 2_200),
    ("Finansnetto", "cost"): (100, -300, -1_900, -900, 400),
    ("Finansnetto", "income"): (300, 100, 800, 600, 200),
}

# year, board, line, account, kind, month, amount, note; in the budget only where it was known in advance.
ONE_OFFS = (
    (2021, BUN, "Grundskola", "3590", "income", 11, 2_600, "engångspost: statligt stöd för pandemin", False),
    (2022, SN, "Äldreomsorg", "3590", "income", 5, 3_100, "engångspost: ersättning för sjuklöner", False),
    (2023, KS, "Fastighet och lokaler", "6690", "cost", 4, -3_400, "engångspost: vattenskada i Exempelskolan", False),
    (2024, KS, "Kommunledning", "7690", "cost", 10, -1_800, "engångspost: byte av ekonomisystem", True),
    (2025, KS, "Fastighet och lokaler", "3990", "income", 6, 2_400, "engångspost: försäljning av mark", False),
    (2025, SN, "Individ- och familjeomsorg", "4590", "cost", 11, -1_500, "engångspost: återkrav från staten", True),
)

# What fullmäktige changed in April 2025.
REVISION = {
    ("Äldreomsorg", "5010"): -4_500,
    ("Individ- och familjeomsorg", "4530"): -1_500,
    ("Grundskola", "5010"): -2_500,
    ("Kommunledning", "7600"): 1_000,
}

# line, number, board, decided and forecast in all, end planned and expected, budgets 2021-2025; then what was spent
PROJECTS = (
    ("Ny förskola Solbacken", "9101", KS, 62_000, 66_500, "2025-06-30", "2025-11-30", (0, 0, 12_000, 30_000, 20_000)),
    ("Upprustning av Exempelskolan", "9102", KS, 38_000, 38_000, "2026-08-15", "2026-08-15", (0, 0, 0, 8_000, 18_000)),
    ("Fordon och maskiner", "9103", KS, 0, 0, "", "", (3_000, 3_000, 3_500, 3_500, 3_500)),
    ("Gata och park", "9104", KS, 0, 0, "", "", (9_000, 9_500, 9_500, 10_000, 10_000)),
    ("Konstgräsplan", "9105", KFN, 7_500, 7_100, "2025-09-30", "2025-09-30", (0, 0, 0, 500, 7_000)),
    ("Trygghetslarm", "9106", SN, 2_400, 2_400, "2024-12-31", "2026-03-31", (0, 0, 0, 2_400, 1_700)),
    ("Akut takbyte simhallen", "9107", KFN, 0, 3_100, "", "2025-12-15", (0, 0, 0, 0, 0)),
)
SPENT = {
    "9101": (0, 0, 9_400, 24_100, 29_700),
    "9102": (0, 0, 0, 5_200, 12_600),
    "9103": (2_800, 2_950, 3_620, 2_900, 3_310),
    "9104": (8_100, 9_900, 7_700, 9_100, 8_450),
    "9105": (0, 0, 0, 310, 6_790),
    "9106": (0, 0, 0, 700, 950),
    "9107": (0, 0, 0, 0, 3_080),
}

# version, month it is made after, the share of the year's deviation that managers see, spread of what they miss (%)
FORECASTS = (("prognos mars", 3, 0.25, 0.7), ("prognos augusti", 8, 0.7, 0.4), ("prognos oktober", 10, 0.9, 0.2))

Months = tuple[int, ...]
Rows = dict[tuple[str, ...], Months]
KEY = ("board", "line", "account", "counterpart", "kind", "project", "note")


def noise(*names: object) -> float:
    """A draw with mean 0 and standard deviation 1 that belongs to its names and to no other."""
    source = random.Random("/".join(map(str, names)))
    return sum(source.random() for _ in range(12)) - 6


def spread(amount: float, weights: Sequence[float]) -> Months:
    """Whole numbers in proportion to the weights, that sum to the amount rounded."""
    total, ends, so_far = sum(weights), [], 0.0
    for weight in weights:
        so_far += weight
        ends.append(round(amount * so_far / total))
    return tuple(b - a for a, b in zip([0, *ends], ends, strict=False))


def plus(a: Sequence[int], b: Sequence[int]) -> Months:
    """Two years of months added."""
    return tuple(x + y for x, y in zip(a, b, strict=True))


def place(year: int, board: str, line: str) -> str:
    """The board that a line stood at in a year."""
    return SN if line == "Arbetsmarknadsenheten" and year >= MOVES_IN else board


def number_of(year: int, account: str) -> str:
    """The number that an account had in a year."""
    return NEW_ACCOUNTS.get(account, account) if year >= NEW_ACCOUNTS_IN else account


def key(year: int, a: Account, counterpart: str = "", note: str = "") -> tuple[str, ...]:
    """What names a row of a year's files."""
    return (place(year, a.board, a.line), a.line, number_of(year, a.account), counterpart, a.kind, "", note)


def trade_rows(year: int, use: dict[str, float], basis: str) -> Rows:
    """Both sides of what is bought inside; `use`: seller's line -> how much of the budgeted volume was bought."""
    rows: Rows = defaultdict(lambda: (0,) * 12)
    for line, sale, purchase, shape, buyers in TRADES:
        for (board, buyer), amount in buyers.items():
            weights = SHAPES[shape] if basis == "outcome" or shape == "meals" else SHAPES["even"]
            months = spread(amount * PRICES[year] * use.get(line, 1.0), weights)
            sold = key(year, Account(KS, line, sale, "income", 0), board)
            rows[sold] = plus(rows[sold], months)
            rows[key(year, Account(board, buyer, purchase, "cost", 0), KS)] = tuple(-m for m in months)
    return dict(rows)


def one_offs(year: int, *, in_budget: bool) -> Rows:
    """The year's one-offs; in the budget those that were known in advance."""
    rows: Rows = {}
    for of, board, line, account, kind, month, amount, note, known in ONE_OFFS:
        if of == year and (known or not in_budget):
            months = tuple(amount if m == month else 0 for m in range(1, 13))
            rows[key(year, Account(board, line, account, kind, 0), note=note)] = months
    return rows


def taxes(year: int, total: int, settlement: int = 0) -> Rows:
    """Taxes and grants of a year that come to `total`, of which `settlement` is the final settlement's."""
    rows = {
        (FIN, "Skatteintäkter", "8010", "", "income", "", ""): spread((total - settlement) * 0.73, SHAPES["even"]),
        (FIN, "Generella statsbidrag och utjämning", "8210", "", "income", "", ""): spread(
            total - settlement - round((total - settlement) * 0.73), SHAPES["even"]
        ),
    }
    if settlement:
        parts = spread(settlement, (0, 0, 0, 3, 0, 0, 0, 3, 0, 0, 0, 4))
        rows[(FIN, "Skatteintäkter", "8020", "", "income", "", "")] = parts
    return rows


def budget(year: int) -> Rows:
    """The November budget, by month where it is divided by month (else twelve amounts whose sum is the year's)."""
    rows = trade_rows(year, {}, "budget") | one_offs(year, in_budget=True)
    for a in ACCOUNTS:
        drift = 1 + 0.006 * noise("budget", a.line, a.account, year)
        rows[key(year, a)] = spread(a.amount * PRICES[year] * drift, SHAPES[a.plan or "even"])
    return rows | taxes(year, PLANNED_RESULT - sum(map(sum, rows.values())))


def revised(rows: Rows) -> Rows:
    """The budget of 2025 as fullmäktige revised it in April: the change falls on the months from May."""
    changes = {key(2025, a): REVISION[a.line, a.account] for a in ACCOUNTS if (a.line, a.account) in REVISION}
    return {k: plus(m, spread(changes.get(k, 0), (0,) * 4 + (1,) * 8)) for k, m in rows.items()}


def outcome(year: int) -> Rows:
    """What the year became, month by month; the final tax settlement makes the result what RESULTS says."""
    use = {"Bilpool": 0.86 if year == 2025 else 1.0, "Måltidsservice": 1 + 0.01 * noise("meals", year)}
    rows = trade_rows(year, use, "outcome") | one_offs(year, in_budget=False)
    planned = budget(year)
    largest: dict[tuple[str, str], Account] = {}
    for a in ACCOUNTS:
        if abs(a.amount) > abs(largest[a.line, a.kind].amount if (a.line, a.kind) in largest else 0):
            largest[a.line, a.kind] = a
    for a in ACCOUNTS:
        months = spread(sum(planned[key(year, a)]), SHAPES[a.shape])
        wobble = [0.025 * noise(a.line, a.account, year, m) * abs(sum(months)) / 12 for m in range(12)]
        mean = sum(wobble) / 12
        months = plus(months, [round(w - 0.7 * mean) for w in wobble])
        if largest[a.line, a.kind] == a and (a.line, a.kind) in DEVIATIONS:
            ramp = [abs(w) * (0.6 + m / 12) for m, w in enumerate(SHAPES[a.shape])]
            months = plus(months, spread(DEVIATIONS[a.line, a.kind][year - YEARS[0]], ramp))
        rows[key(year, a)] = months
    base = sum(sum(m) for k, m in planned.items() if k[1].startswith(("Skatt", "Generella")))
    settlement = RESULTS[year] - base - sum(map(sum, rows.values()))
    return rows | taxes(year, base + settlement, settlement)


def by_line(rows: Rows) -> dict[tuple[str, str, str], int]:
    """The year's amounts by board, line and kind."""
    sums: dict[tuple[str, str, str], int] = defaultdict(int)
    for (board, line, _, _, kind, *_), months in rows.items():
        sums[board, line, kind] += sum(months)
    return dict(sums)


def framed(year: int, rows: Rows) -> dict[tuple[str, str, str], int]:
    """The rambudget of June: the year's amounts by line, not yet what November decided."""
    known = by_line({k: m for k, m in rows.items() if not k[6]})
    moved = {k: round(v * (1 + 0.008 * noise("june", *k, year)), -2) for k, v in known.items() if k[0] != FIN}
    return {k: int(moved.get(k, v)) for k, v in known.items()}


def foreseen(year: int, version: str, seen: float, missed: float) -> dict[tuple[str, str, str], int]:
    """What managers said that the year would become, by line, as they write it: in even hundreds."""
    plan = budget(year)
    if year == 2025 and version != "prognos mars":
        plan = revised(plan)
    said, became = by_line(plan), by_line(outcome(year))
    forecast = {}
    for k in said | became:
        share = seen * (1.0 if k[0] != SN else 6.0 if year == YEARS[0] else 0.72)
        was, came = said.get(k, 0), became.get(k, 0)
        miss = missed / 100 * noise(version, *k, year) * abs(was)
        forecast[k] = round(was + share * (came - was) + (0 if k[0] == SN else miss), -2)
    return {k: int(v) for k, v in forecast.items()}


def projects(year: int, basis: str) -> Rows:
    """The investments of a year; the budget is one amount for the whole year."""
    rows: Rows = {}
    for line, number, board, *_, budgets in PROJECTS:
        amount = (budgets if basis == "budget" else SPENT[number])[year - YEARS[0]]
        if amount or SPENT[number][year - YEARS[0]]:
            shape = (2, 3, 5, 8, 10, 12, 4, 8, 12, 13, 12, 11)
            rows[board, line, "", "", "investment", number, ""] = spread(amount, shape)
    return rows


def project_forecast(year: int, seen: float) -> dict[tuple[str, ...], int]:
    """What was said that each project would spend in the year."""
    planned, spent = projects(year, "budget"), projects(year, "outcome")
    return {k: round(sum(planned[k]) + seen * (sum(spent[k]) - sum(planned[k]))) for k in spent}


def write(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """One CSV file, the same bytes on every system."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


HEADER = ("region", "year", *KEY[:6], "basis", "version", "decided", "amount", "note")
MONTHS = tuple(f"m{m:02d}" for m in range(1, 13))


def write_months(path: Path, year: int, basis: str, version: str, decided: str, rows: Rows) -> None:
    """A file with a column a month; whole-year amounts where a line's budget is not divided."""
    whole = {a.line for a in ACCOUNTS if not a.plan} | {p[0] for p in PROJECTS} if basis == "budget" else set()
    table = []
    for k, months in rows.items():
        divided = k[1] not in whole or bool(k[3])
        cells = (sum(months), k[6], *[""] * 12) if not divided else ("", k[6], *months)
        table.append((REGION, year, *k[:6], basis, version, decided, *cells))
    write(path, (*HEADER, *MONTHS), table)


def write_years(
    path: Path, year: int, basis: str, version: str, decided: str, rows: dict[tuple[str, str, str], int]
) -> None:
    """A file with the year's amounts by line."""
    table = [
        (REGION, year, b, ln, "", "", kind, "", basis, version, decided, v, "") for (b, ln, kind), v in rows.items()
    ]
    write(path, HEADER, table)


NOTES = """\
# Noterna till filerna 0000-{year}*.csv. Siffrorna är påhittade: tests/exempelkommun.py gör dem.
region: "0000"
year: {year}
document:
  title: Påhittade siffror {year}
  body: Exempelkommun

unit: tkr
rounded_to: 1
signs:
  operations: Intäkter är positiva och kostnader negativa. Avvikelse = utfall − budget; över noll är bättre än budget.
  investment: Utgifter är positiva. Avvikelse = budget − utfall; över noll är bättre än budget.

tables:
  result: {{title: Resultaträkning, total: Årets resultat}}
  net: {{title: Driftredovisning, total: Årets resultat}}
  investment: {{title: Investeringsredovisning, total: Summa investeringar}}

account_plan: {plan}
materiality: {{amount: 500, percent: 1}}     # en avvikelse ska kommenteras från 500 tkr och 1 procent av budgeten
"""


def write_year(folder: Path, year: int) -> None:
    """All ledger files of a year."""
    stem, planned = folder / "budget" / f"{REGION}-{year}", budget(year)
    plan = "Exempelplan 2024" if year >= NEW_ACCOUNTS_IN else "Exempelplan 2021"
    stem.parent.mkdir(parents=True, exist_ok=True)
    stem.with_suffix(".yaml").write_text(NOTES.format(year=year, plan=plan), encoding="utf-8", newline="\n")
    write_months(stem.with_suffix(".csv"), year, "outcome", "", "", outcome(year) | projects(year, "outcome"))

    def named(version: str) -> Path:
        return stem.with_name(f"{stem.name}-{version.replace(' ', '-')}.csv")

    june = framed(year, planned)
    write_years(named("rambudget juni"), year, "budget", "rambudget juni", f"{year - 1}-06-19", june)
    november = planned | projects(year, "budget")
    write_months(named("budget november"), year, "budget", "budget november", f"{year - 1}-11-27", november)
    if year == 2025:
        april = revised(planned) | projects(year, "budget")
        write_months(named("reviderad budget april"), year, "budget", "reviderad budget april", "2025-04-24", april)
    for version, month, seen, missed in FORECASTS:
        said = foreseen(year, version, seen, missed)
        said |= {(k[0], k[1], k[4]): round(v, -2) for k, v in project_forecast(year, seen).items()}
        write_years(named(version), year, "forecast", version, f"{year}-{month + 1:02d}-14", said)


DRIVERS = (
    (SN, "Äldreomsorg", "", "volym", -1_955, "fler timmar hemtjänst än budgeterat, en plats mindre på boende"),
    (SN, "Äldreomsorg", "", "pris", -2_302, "dyrare vikarier i sommar"),
    (SN, "Äldreomsorg", "", "vakans", 400, "chefstjänst utan innehavare"),
    (SN, "Äldreomsorg", "", "annat", 725, "färre bokningar i bilpoolen; lika mycket lägre intäkt där"),
    (SN, "Individ- och familjeomsorg", "", "volym", -1_550, "fler placeringar, och fler i konsulentstödda hem"),
    (SN, "Individ- och familjeomsorg", "", "pris", -436, "dyrare hem"),
    (SN, "Individ- och familjeomsorg", "", "vakans", 300, "två tjänster utan innehavare"),
    (BUN, "Grundskola", "", "volym", -1_644, "fler elever"),
    (BUN, "Grundskola", "", "pris", -1_504, "stort stödbehov gör varje plats dyrare"),
    (BUN, "Grundskola", "", "felbudget", -800, "skolskjutsarnas nya avtal fanns inte i budgeten"),
    (BUN, "Förskola", "", "volym", 3_624, "färre barn"),
    (BUN, "Förskola", "", "pris", -1_077, "samma personal på färre barn"),
    (BUN, "Förskola", "", "vakans", 500, ""),
    (KS, "Fastighet och lokaler", "", "engångspost", 2_400, "försäljning av mark"),
    (KS, "Fastighet och lokaler", "", "pris", -900, "dyrare el i januari och februari"),
    (KS, "Kommunledning", "", "förskjutning", 700, "införandet av e-arkiv väntar till 2026"),
    (KS, "Bilpool", "", "annat", -886, "färre bokningar; lika mycket lägre kostnad hos nämnderna"),
    (MBN, "Bygg och plan", "", "annat", 161, "färre bokningar i bilpoolen; lika mycket lägre intäkt där"),
    (FIN, "Skatteintäkter", "", "annat", None, "slutavräkningen är inte förklarad"),
    (SN, "Äldreomsorg", "budget november", "nytt beslut", -4_500, "tillskott till hemtjänsten, fullmäktige april"),
    (SN, "Individ- och familjeomsorg", "budget november", "nytt beslut", -1_500, "tillskott till placeringar"),
    (BUN, "Grundskola", "budget november", "nytt beslut", -2_500, "tillskott till elevhälsan"),
    (KS, "Kommunledning", "budget november", "effektivisering", 1_000, "lägre konsultkostnader"),
)
TO_AUGUST = (
    (SN, "Äldreomsorg", "", "volym", -1_500, "fler timmar hemtjänst än budgeterat"),
    (SN, "Äldreomsorg", "", "pris", -800, "dyrare vikarier i sommar"),
    (SN, "Individ- och familjeomsorg", "", "volym", -1_200, "fler placeringar"),
    (BUN, "Förskola", "", "volym", 1_500, "färre barn"),
    (KS, "Fastighet och lokaler", "", "engångspost", 2_400, "försäljning av mark"),
)
# board, line, item, unit, budgeted volume and price (tkr), volume and price that came. They give what DRIVERS say of
# volym (with what the mix of homes does) and pris.
VOLUMES = (
    (SN, "Äldreomsorg", "Hemtjänst", "timmar", 96_000, 0.52, 101_500, 0.53),
    (SN, "Äldreomsorg", "Särskilt boende", "platser", 118, 905, 117, 916),
    (SN, "Individ- och familjeomsorg", "Familjehem", "dygn", 4_000, 2, 4_150, 2.04),
    (SN, "Individ- och familjeomsorg", "Konsulentstödda hem", "dygn", 2_000, 5, 2_250, 5.12),
    (BUN, "Förskola", "Inskrivna barn", "barn", 742, 151, 718, 152.5),
    (BUN, "Grundskola", "Elever", "elever", 1_868, 137, 1_880, 137.8),
    (KS, "Fastighet och lokaler", "El", "MWh", 9_000, 1, 9_000, 1.1),
)
COMMENTS = (
    (
        SN,
        "Äldreomsorg",
        "Kostnaderna blev högre än budget.",
        "Fler timmar hemtjänst och dyrare vikarier i sommar.",
        "Ny planering av turerna",
        "1200",
        "Enhetschef hemtjänst",
        "2025-12-01",
        "pågår",
    ),
    (
        SN,
        "Äldreomsorg",
        "",
        "",
        "Färre vikarier från bemanningsföretag",
        "800",
        "Verksamhetschef",
        "2026-03-01",
        "ej påbörjad",
    ),
    (
        SN,
        "Individ- och familjeomsorg",
        "Fler placeringar än väntat.",
        "Familjehem saknas, därför används konsulentstödda hem.",
        "Rekrytera sex egna familjehem",
        "1500",
        "Enhetschef barn och unga",
        "2026-06-30",
        "pågår",
    ),
    (
        BUN,
        "Grundskola",
        "Underskottet gäller stöd och skolskjuts.",
        "Avtalet om skolskjuts blev dyrare än budgeten räknade med.",
        "Samordna turerna med gymnasiet",
        "600",
        "Skolchef",
        "2026-01-10",
        "ej påbörjad",
    ),
    (
        BUN,
        "Förskola",
        "Överskott när barnen blir färre.",
        "Två avdelningar stängdes i augusti.",
        "",
        "",
        "",
        "",
        "",
    ),
    (
        KS,
        "Bilpool",
        "Underskott i bilpoolen men inte för kommunen.",
        "Nämnderna bokar färre bilar och betalar lika mycket mindre.",
        "Lämna tillbaka fyra bilar",
        "300",
        "Chef serviceenheten",
        "2025-11-15",
        "klar",
    ),
)

COMMENTS_TO_AUGUST = (
    (
        SN,
        "Äldreomsorg",
        "Kostnaderna ligger över budget efter åtta månader.",
        "Fler timmar hemtjänst sedan i våras.",
        "Ny planering av turerna från oktober",
        "400",
        "Enhetschef hemtjänst",
        "2025-10-01",
        "ej påbörjad",
    ),
    (
        BUN,
        "Förskola",
        "Överskottet väntas öka under hösten.",
        "Två avdelningar stängdes i augusti.",
        "",
        "",
        "",
        "",
        "",
    ),
)


def write_projects(path: Path, months: int) -> None:
    """What each project has cost in all, 2025 to its month `months`."""
    so_far: dict[str, int] = defaultdict(int)
    for rows_key, amounts in projects(2025, "outcome").items():
        so_far[rows_key[5]] += sum(amounts[:months])
    table = []
    for line, number, board, decided, expected, planned_end, expected_end, _ in PROJECTS:
        total = decided or ("" if number != "9107" else 0)
        spent = sum(SPENT[number][:-1]) + so_far[number]
        table.append((REGION, 2025, board, line, number, total, spent, expected or "", planned_end, expected_end, ""))
    header = ("region", "year", "board", "line", "project", "decided_total", "accumulated", "forecast_total")
    write(path, (*header, "planned_end", "expected_end", "note"), table)


def write_beside(folder: Path) -> None:
    """What stands beside the ledger of 2025: drivers, volumes, projects and comments."""
    header = ("region", "year", "board", "line", "against", "driver", "amount", "note")
    for name, drivers in ((f"{REGION}-2025", DRIVERS), (f"{REGION}-2025-08", TO_AUGUST)):
        told = [(REGION, 2025, *d[:4], "" if d[4] is None else d[4], d[5]) for d in drivers]
        write(folder / "drivers" / f"{name}.csv", header, told)
    volumes: list[tuple[object, ...]] = []
    for board, line, item, unit, *figures in VOLUMES:
        for basis, volume, price in (("budget", *figures[:2]), ("outcome", *figures[2:])):
            volumes.append((REGION, 2025, board, line, item, unit, basis, volume, price))
    header = ("region", "year", "board", "line", "item", "unit", "basis", "volume", "price")
    write(folder / "volumes" / f"{REGION}-2025.csv", header, volumes)
    for period, months in (("", 12), ("-08", 8), ("-delar", 8)):
        write_projects(folder / "investments" / f"{REGION}-2025{period}.csv", months)
    header = ("region", "year", "board", "line", "goal", "kommentar", "analys", "åtgärd", "effekt_tkr", "ansvarig")
    for period, comments in (("", COMMENTS), ("-08", COMMENTS_TO_AUGUST)):
        told = [(REGION, 2025, c[0], c[1], "", *c[2:]) for c in comments]
        write(folder / "comments" / f"{REGION}-2025{period}.csv", (*header, "datum", "status"), told)


def main(folder: Path) -> None:
    """All files of the municipality, in `folder`."""
    for year in YEARS:
        write_year(folder, year)
    write_beside(folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
