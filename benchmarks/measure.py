"""Wall time and peak memory of whole commands, their children included."""

from __future__ import annotations

import statistics
import subprocess
import tempfile
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from infra.local.process import family, resident_mib

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_SAMPLE_S = 0.02


@dataclass(frozen=True)
class Figure:
    """One run of a command.

    Attributes:
        wall_s: Seconds from start to end.
        peak_mib: Largest sum of resident memory over the command and all its children, sampled, MiB.
    """

    wall_s: float
    peak_mib: int


def _tree_mib(pid: int) -> int:
    return sum(resident_mib(member) for member in family(pid))


def run(command: Sequence[str], *, cwd: Path, env: Mapping[str, str]) -> Figure:
    """Run a command once.

    Raises:
        RuntimeError: It failed; a figure of a failed run means nothing.
    """
    with tempfile.TemporaryFile() as output:
        began = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=cwd, env=dict(env), stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
        )
        peak = 0
        while process.poll() is None:
            peak = max(peak, _tree_mib(process.pid))
            time.sleep(_SAMPLE_S)
        wall = time.perf_counter() - began
        if process.returncode:
            output.seek(0)
            raise RuntimeError(f"{' '.join(command)}: exit code {process.returncode}\n{output.read().decode()[-2000:]}")
    return Figure(wall, peak)


def median(figures: Sequence[Figure]) -> Figure:
    """Median of each figure on its own."""
    return Figure(statistics.median(f.wall_s for f in figures), int(statistics.median(f.peak_mib for f in figures)))
