"""What the system says of processes (Linux): which have been started by one, and which still live."""

from __future__ import annotations

from pathlib import Path


def status(pid: int) -> dict[str, str]:
    """What the system says of a process; nothing of one that has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return {}
    return dict(line.split(":\t", 1) for line in lines if ":\t" in line)


def lives(pid: int) -> bool:
    return not status(pid).get("State", "X").startswith(("X", "Z"))


def parent(pid: int) -> int:
    return int(status(pid)["PPid"])


def below(pid: int) -> list[int]:
    """The processes that a process has started, and those that they have."""
    known = {int(p.name): status(int(p.name)).get("PPid") for p in Path("/proc").iterdir() if p.name.isdigit()}
    found = [pid]
    for one in found:
        found += [child for child, above in known.items() if above == str(one)]
    return found[1:]
