"""One run at a time in an output folder."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from krokomanalys.errors import Fault, InputError
from krokomanalys.sources.folder import shown

LOCK = ".pågår.lås"


@contextmanager
def locked(out: Path) -> Iterator[None]:
    """Hold the output folder, which is made where it isn't there, for this process until the block ends.

    The system lets go when the process ends, however it ends, so a killed run leaves nothing to clear away.

    Raises:
        InputError: another run holds it; or it can't be written in.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        file = (out / LOCK).open("ab+", buffering=0)
    except OSError as error:
        raise _unwritable(out, error) from None
    with file:
        if not _take(file):
            file.seek(0)
            problem = f'en annan körning (process {file.read().decode().strip() or "okänd"}) skriver i "{shown(out)}"'
            raise InputError(Fault("--out", problem, remedy="Vänta tills den är klar, eller ange en annan mapp"))
        try:
            file.truncate(0)
            file.write(str(os.getpid()).encode())
        except OSError as error:
            raise _unwritable(out, error) from None
        yield


def _unwritable(out: Path, error: OSError) -> InputError:
    problem = f'"{shown(out)}" går inte att skriva i ({error.strerror})'
    return InputError(Fault("--out", problem, "en mapp att skriva i, t.ex. output"))


def _take(file: IO[bytes]) -> bool:
    if sys.platform == "win32":
        import msvcrt

        try:
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
    import fcntl

    try:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
