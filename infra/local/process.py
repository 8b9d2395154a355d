"""Processes known by id and start time, so that a reused process id is never mistaken for ours."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path


def started(pid: int) -> int | None:
    """Start time of a process in clock ticks since boot; None if there is no such process (or only its zombie)."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[0] == "Z" else int(fields[19])


def gone(pid: int) -> bool:
    """True only if surely no process has this id, or nothing but its zombie is left.

    /proc may hide other users' processes, or be absent altogether: then a signal that does nothing is tried.
    """
    if started(pid) is not None:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return Path(f"/proc/{pid}/stat").exists()


@dataclass(frozen=True)
class Process:
    """A process that was seen alive once.

    Attributes:
        pid: Process id.
        started: Clock ticks since boot; pid and start time together are never reused.
    """

    pid: int
    started: int

    @classmethod
    def of(cls, pid: int) -> Process | None:
        """The process that has this id now, None if there is none."""
        ticks = started(pid)
        return None if ticks is None else cls(pid, ticks)

    def alive(self) -> bool:
        """Whether this very process still runs."""
        return started(self.pid) == self.started

    def wait(self, timeout_s: float) -> bool:
        """True once the process is gone; False if it is still there after the timeout."""
        deadline = time.monotonic() + timeout_s
        while self.alive():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        return True

    def end(self, *, grace_s: float = 5.0) -> None:
        """Ask it to end, and after the grace period make it."""
        for number, patience in ((signal.SIGTERM, grace_s), (signal.SIGKILL, 5.0)):
            if not self.alive():
                return
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)
            if self.wait(patience):
                return


def children(pid: int) -> list[int]:
    """Process ids of the direct children of a process, whichever thread started them; empty if it is gone."""
    found = []
    for listing in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            found += [int(p) for p in listing.read_text().split()]
    return found


def family(pid: int) -> list[int]:
    """Process ids of a process, its children, their children and so on."""
    return [pid, *(member for child in children(pid) for member in family(child))]


def resident_mib(pid: int) -> int:
    """Resident memory of a process in MiB, 0 if it is gone."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE") // 2**20


def cpu_percent(pid: int) -> float:
    """CPU time of a process since its start, percent of one core; 0 if it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        up_s = float(Path("/proc/uptime").read_text().split()[0])
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    ticks = os.sysconf("SC_CLK_TCK")
    lived_s = max(up_s - int(fields[19]) / ticks, 1 / ticks)
    return 100 * (int(fields[11]) + int(fields[12])) / ticks / lived_s
