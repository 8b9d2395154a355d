"""Wall time, processor time and peak memory of a command that may end with findings."""

from __future__ import annotations

import os
import statistics
import subprocess
import tempfile
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.policies.sampler import Sampler
from infra.local.process import family, resident_mib

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

_SAMPLE_S = 0.01


@dataclass(frozen=True)
class Figure:
    """One run of a command, its children included; or the medians of several.

    Attributes:
        wall_s: Seconds from start to end.
        cpu_s: Seconds of all processors, in the program and in the kernel.
        peak_mib: Largest sum of resident memory, sampled, MiB; too little for a run of a few samples.
    """

    wall_s: float
    cpu_s: float
    peak_mib: int


def median(figures: Sequence[Figure]) -> Figure:
    """Median of each figure on its own."""
    return Figure(
        statistics.median(f.wall_s for f in figures),
        statistics.median(f.cpu_s for f in figures),
        round(statistics.median(f.peak_mib for f in figures)),
    )


def run(command: Sequence[str], cwd: Path, accepted: Collection[int]) -> tuple[Figure, str]:
    """Run a command once.

    Args:
        command: The command line.
        cwd: Where; several tools read settings that they find there.
        accepted: Exit codes of a run that came to its end; findings are no failure.

    Returns:
        The figures, and what it printed.

    Raises:
        RuntimeError: It ended otherwise; a figure of a failed run means nothing.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        began = time.perf_counter()
        process = subprocess.Popen(command, cwd=cwd, stdin=subprocess.DEVNULL, stdout=out, stderr=err)
        peak = _Peak(process.pid)
        with Sampler(peak.look, every_s=_SAMPLE_S):
            _, status, used = os.wait4(process.pid, 0)
            wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        printed = out.read().decode(errors="replace")
        if process.returncode not in accepted:
            err.seek(0)
            last = (printed + err.read().decode(errors="replace"))[-2000:]
            raise RuntimeError(f"{' '.join(command)[:200]}: exit code {process.returncode}\n{last}")
    return Figure(wall, used.ru_utime + used.ru_stime, peak.mib), printed


class _Peak:
    """The largest memory of a process with all its children, as far as it was seen."""

    def __init__(self, pid: int) -> None:
        self.mib = 0
        self._pid = pid

    def look(self) -> None:
        """Take a sample."""
        self.mib = max(self.mib, sum(map(resident_mib, family(self._pid))))
