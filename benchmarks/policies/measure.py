"""Wall time, processor time and peak memory of a checker's run, and what it printed."""

from __future__ import annotations

import os
import statistics
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from infra.local.process import family, resident_mib

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

_SAMPLE_S = 0.02


@dataclass(frozen=True)
class Run:
    """One run of a command, its children included.

    Attributes:
        wall_s: Seconds from start to end.
        cpu_s: Seconds of all processors, in the program and in the kernel.
        peak_mib: Largest sum of resident memory, sampled, MiB.
        printed: What it wrote to its standard output.
    """

    wall_s: float
    cpu_s: float
    peak_mib: int
    printed: str


@dataclass(frozen=True)
class Figure:
    """Medians of several runs."""

    wall_s: float
    cpu_s: float
    peak_mib: int

    @classmethod
    def of(cls, runs: Sequence[Run]) -> Figure:
        """The median of each figure on its own."""
        wall, cpu, peak = zip(*((run.wall_s, run.cpu_s, run.peak_mib) for run in runs), strict=True)
        return cls(statistics.median(wall), statistics.median(cpu), round(statistics.median(peak)))


def run(command: Sequence[str], cwd: Path, accepted: Collection[int]) -> Run:
    """Run a command once.

    Args:
        command: The command line.
        cwd: Where; several tools read settings that they find there.
        accepted: Exit codes of a run that came to its end; findings are no failure.

    Raises:
        RuntimeError: It ended otherwise; a figure of a failed run means nothing.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        began = time.perf_counter()
        process = subprocess.Popen(command, cwd=cwd, stdin=subprocess.DEVNULL, stdout=out, stderr=err)
        with _Peak(process.pid) as peak:
            _, status, used = os.wait4(process.pid, 0)
            wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        printed = out.read().decode(errors="replace")
        if process.returncode not in accepted:
            err.seek(0)
            last = (printed + err.read().decode(errors="replace"))[-2000:]
            raise RuntimeError(f"{' '.join(command)[:200]}: exit code {process.returncode}\n{last}")
    return Run(wall, used.ru_utime + used.ru_stime, peak.mib, printed)


class _Peak:
    """Samples memory beside the run, so that the sampling does not lengthen it."""

    def __init__(self, pid: int) -> None:
        self.mib = 0
        self._pid = pid
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._sample)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _sample(self) -> None:
        while not self._over.wait(_SAMPLE_S):
            self.mib = max(self.mib, sum(map(resident_mib, family(self._pid))))
