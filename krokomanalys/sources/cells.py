"""A column of cells as what they hold: text, numbers, dates and codes, from each different text once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from krokomanalys.errors import Fault
from krokomanalys.sources.layouts import Column
from krokomanalys.sources.numbers import HUGE, Absent, parse_number, parse_quantity
from krokomanalys.sources.sheets import FORMULA_ERRORS

_MADE_SAFE = r"^'(?='*[=+\-@])"
_EXCELS_DAY_0 = date(1899, 12, 30)


def converted(name: str, column: Column, cells: pd.Series, file: str, faults: list[Fault]) -> pd.Series:
    """The cells of a column, categories of text, as what the column holds; what is wrong goes into `faults`.

    Text and dates stay categories, dates ordered; counts are int (Int64 where blank is allowed), other numbers float.
    """
    given = _Given(name, column, cells, file, faults)
    texts = given.texts
    failed = texts.isin(FORMULA_ERRORS)
    given.tell(failed, lambda text: f'"{text}" är ett formelfel i kalkylbladet')
    if not column.blank:
        given.tell(texts == "", lambda text: "cellen är tom")
    texts = texts.mask(failed, "")
    if column.kind in ("count", "number", "amount", "quantity"):
        values = given.on_rows(_numbers(given, texts))
        if column.kind != "count":
            return values
        return values.astype("Int64") if column.blank else values.fillna(0).astype(int)
    if column.kind == "region":
        strange = (texts != "") & ~texts.str.fullmatch(r"\d{2}|\d{4}")
        should = "fyra siffror för en kommun, två för ett län, 00 för riket"
        for short, hint in ((True, "Har inledande nollor fallit bort?"), (False, "")):
            of = strange & (texts.str.isdigit() == short)
            given.tell(of, lambda text: f'"{text}" är ingen kod för kommun, län eller riket', should, hint)
    if column.kind == "date":
        days = pd.to_datetime(texts.where(texts != ""), format="%Y-%m-%d", errors="coerce")
        wrong = days.isna() & (texts != "")
        serial = wrong & texts.str.fullmatch(r"[2-7]\d{4}")
        given.tell(wrong & ~serial, lambda text: f'"{text}" är inget datum')
        given.tell(serial, _as_excels_day, "", "Ge cellerna datumformat i Excel")
    if column.kind == "text":
        texts = texts.str.replace(_MADE_SAFE, "", regex=True)
    in_time = column.kind == "date"
    codes, different = pd.factorize(texts, sort=in_time)
    places = codes[cells.cat.codes.to_numpy()]
    held = pd.Categorical.from_codes(places, pd.Index(different, dtype=str), ordered=in_time)
    return pd.Series(held, index=cells.index)


def wanted(column: Column) -> str:
    """What may stand in the column, in Swedish."""
    words = {
        "count": "ett heltal, 0 eller större",
        "number": "ett tal, t.ex. 12.5",
        "amount": "t.ex. 12 700",
        "quantity": "t.ex. 85 eller ~23",
        "region": "en kod, t.ex. 2309",
        "date": "t.ex. 2020-12-31",
    }
    if column.choices:
        return "något av " + ", ".join(column.choices)
    return words.get(column.kind, "en text")


@dataclass(frozen=True, eq=False)
class _Given:
    """A column of a file: its different texts, which of them stands on each row, and where to tell of faults."""

    name: str
    column: Column
    cells: pd.Series
    file: str
    faults: list[Fault]

    @property
    def texts(self) -> pd.Series[str]:
        return pd.Series(self.cells.cat.categories, dtype=str)

    def on_rows(self, values: pd.Series) -> pd.Series:
        """What each text means, on the rows where it stands."""
        return values.take(self.cells.cat.codes.to_numpy()).set_axis(self.cells.index)

    def tell(self, of: pd.Series[bool], problem: Callable[[str], str], expected: str = "", remedy: str = "") -> None:
        """The same fault on every row where one of the texts stands."""
        if not of.any():
            return
        for row, text in self.cells[self.on_rows(of)].items():
            found, should = problem(str(text)), expected or wanted(self.column)
            self.faults.append(Fault(self.file, found, should, remedy, row=int(str(row)), column=self.name))


def _as_excels_day(text: str) -> str:
    return f'"{text}" är inget datum (Excels dagnummer för {_EXCELS_DAY_0 + timedelta(int(text))}?)'


def _numbers(given: _Given, texts: pd.Series[str]) -> pd.Series[float]:
    """Each text as a number, NaN for blank and for what is none."""
    kind = given.column.kind
    plain = pd.to_numeric(texts, errors="coerce").astype(float)
    odd = ~np.isfinite(plain) & (texts != "")
    if kind in ("amount", "quantity", "count"):
        odd |= texts.str.fullmatch(r"[+-]?[1-9]\d{0,2}(\.\d{3})+")
    read = _quantity_value if kind == "quantity" else parse_number
    wrong: dict[str, str] = {}
    for place in texts.index[odd]:
        try:
            value = read(texts[place])
            if isinstance(value, Absent):
                raise ValueError(f'"{texts[place]}" är inget tal utan betyder att uppgift saknas')
            plain[place] = value
        except ValueError as error:
            plain[place] = np.nan
            wrong[texts[place]] = str(error)
    for place in texts.index[plain.abs() >= HUGE]:
        plain[place] = np.nan
        wrong[texts[place]] = f'"{texts[place]}" är för stort för att vara en uppgift om en kommun'
    if kind == "count":
        for place in texts.index[plain.notna() & ((plain % 1 != 0) | (plain < 0))]:
            plain[place] = np.nan
            wrong[texts[place]] = f'"{texts[place]}" är inget antal'
    given.tell(texts.isin(list(wrong)), lambda text: wrong[text])
    return plain


def _quantity_value(text: str) -> float | Absent:
    read = parse_quantity(text)
    if isinstance(read, Absent):
        return read
    around = {
        "en gräns": read.comparison,
        "ett intervall": read.upper is not None,
        "ett tidigare värde": read.previous is not None,
        "en skala": read.scale is not None,
        "en enhet": read.unit,
    }
    if named := [word for word, there in around.items() if there]:
        raise ValueError(f'"{text}" är inte bara ett värde utan också {" och ".join(named)}')
    return read.value
