"""Runs sample.py as if the day were another: `python later.py FOLDER [REPORT ...]`."""

from __future__ import annotations

import sys
import time
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

AHEAD = timedelta(days=400, hours=5, minutes=7)
TOLD = ("krokomanalys", "matplotlib", "nbconvert", "nbformat", "papermill", "xlsxwriter")
"""Libraries that are told another time. pandas' compiled parts can't have their dates exchanged."""
_seconds = time.time


class _StandsIn(type):
    """A date is a date also to who has been given another class for it."""

    def __instancecheck__(cls, value: object) -> bool:
        return isinstance(value, cls.__base__)


class Date(date, metaclass=_StandsIn):
    @classmethod
    def today(cls) -> Any:
        return date.today() + AHEAD


class DateTime(datetime, metaclass=_StandsIn):
    @classmethod
    def now(cls, tz: Any = None) -> Any:
        return datetime.now(tz) + AHEAD


def move_the_clock() -> None:
    """Let the libraries that are imported already see another day."""
    time.time = lambda: _seconds() + AHEAD.total_seconds()
    for module in [module for name, module in sys.modules.items() if name.split(".")[0] in TOLD]:
        for stand_in in (Date, DateTime):
            for name in [name for name, value in vars(module).items() if value is stand_in.__base__]:
                setattr(module, name, stand_in)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))
    import xlsxwriter  # noqa: F401
    from sample import main

    from krokomanalys.batch.make import warm

    warm()
    move_the_clock()
    main(Path(sys.argv[1]), sys.argv[2:])
