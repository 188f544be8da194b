"""What processes hold in memory, as Linux counts it."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path


def family(pid: int) -> list[int]:
    """Returns ``pid`` and the processes below it that still run."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            for child in task.read_text().split():
                found += family(int(child))
    return found


def resident_mb(pid: int) -> float:
    """Returns what the process holds now."""
    return _status(pid, "VmRSS")


def peak_mb(pid: int) -> float:
    """Returns the most that the process held since it began, or since :func:`forget_peak`."""
    return _status(pid, "VmHWM")


def forget_peak(pid: int) -> None:
    """Lets the count of the peak begin at what the process holds now."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def _status(pid: int, field: str) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1]) * 1024 / 1e6
    return 0.0
