"""What the policy pack costs a preview under the real engine: against no pack, an empty one, and its adapter alone."""

from __future__ import annotations

import contextlib
import ctypes
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from benchmarks.policies import packs, project
from benchmarks.policies.sampler import Sampler
from infra.local.process import family

if TYPE_CHECKING:
    from collections.abc import Iterator

_REPEATS: Final = {40: 7, 1000: 5}
"""By number of resources."""

_PREVIEW: Final = ["pulumi", "preview", "--non-interactive"]
_PR_SET_CHILD_SUBREAPER: Final = 36
_PACK_MODULE: Final = b"pulumi.policy"
_SAMPLE_S: Final = 0.02


class _Cost(NamedTuple):
    """One preview, or the medians of several.

    Attributes:
        wall_s: Seconds from start to end.
        cpu_s: Seconds of all processors: engine, program, plugins, pack.
        pack_s: Those of the pack's own process: what other processes do at the same moment changes it least.
    """

    wall_s: float
    cpu_s: float
    pack_s: float


def main() -> list[str]:
    """Measure; no cluster is needed.

    Returns:
        Lines of Markdown.
    """
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    lines = [
        "| objects | preview with | wall s | CPU s | pack's CPU s | wall, of empty | more wall s | more of the pack |",
        "|---|---|---|---|---|---|---|---|",
    ]
    with tempfile.TemporaryDirectory(prefix="rez-bench-") as name:
        folder = Path(name)
        env = project.environment(folder, _say)
        options = {what: _options(pack) for what, pack in packs.write(folder / "packs").items()}
        for resources, repeats in _REPEATS.items():
            root = project.write(folder, resources, env)
            lines += _rows(resources, _interleaved(options, repeats, root, env))
    return lines


def _options(pack: Path | None) -> list[str]:
    return ["--policy-pack", str(pack)] if pack else []


def _interleaved(options: dict[str, list[str]], repeats: int, root: Path, env: dict[str, str]) -> dict[str, _Cost]:
    """Medians; the packs take turns, so that a busy moment of the machine hits all of them."""
    found: dict[str, list[_Cost]] = {what: [] for what in options}
    for _ in range(repeats):
        for what, more in options.items():
            found[what].append(cost := _preview([*_PREVIEW, *more], root, env))
            _say(f"{root.name} resources, {what}: {cost.wall_s:.2f} s, pack {cost.pack_s:.2f} CPU s")
    return {what: _Cost(*map(statistics.median, zip(*costs, strict=True))) for what, costs in found.items()}


def _preview(command: list[str], root: Path, env: dict[str, str]) -> _Cost:
    """Preview once.

    Raises:
        RuntimeError: It failed; a figure of a failed run means nothing.
    """
    with tempfile.TemporaryFile() as out:
        began = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=root, env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT
        )
        pack = _PackTime(process.pid)
        with Sampler(pack.look, every_s=_SAMPLE_S):
            _, status, used = os.wait4(process.pid, 0)
            wall_s = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        cpu_s = used.ru_utime + used.ru_stime + _left_behind()
        if process.returncode:
            out.seek(0)
            raise RuntimeError(f"{' '.join(command)}: exit code {process.returncode}\n{out.read().decode()[-2000:]}")
    return _Cost(wall_s, cpu_s, pack.seconds)


class _PackTime:
    """The processor time of the pack's process, which at last has nothing to do until it is killed."""

    def __init__(self, pid: int) -> None:
        self.seconds = 0.0
        self._pid = pid

    def look(self) -> None:
        """Take a sample."""
        for member in family(self._pid):
            with contextlib.suppress(OSError):  # it has ended meanwhile
                if _PACK_MODULE in Path(f"/proc/{member}/cmdline").read_bytes().split(b"\0"):
                    fields = Path(f"/proc/{member}/stat").read_text().rpartition(")")[2].split()
                    self.seconds = max(self.seconds, sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK"))


def _left_behind() -> float:
    """Processor time of processes that nobody waited for: mostly the pack, which its language plugin kills.

    They are handed to this process, as a subreaper, when their parents have ended.
    """
    seconds = 0.0
    while True:
        try:
            _, _, used = os.wait3(0)
        except ChildProcessError:
            return seconds
        seconds += used.ru_utime + used.ru_stime


def _rows(resources: int, costs: dict[str, _Cost]) -> Iterator[str]:
    empty = costs[packs.EMPTY]
    for what, cost in costs.items():
        more = f"{cost.wall_s - empty.wall_s:+.2f} | {cost.pack_s - empty.pack_s:+.2f}"
        yield (
            f"| {resources:,} | {what} | {cost.wall_s:.2f} | {cost.cpu_s:.2f} | {cost.pack_s:.2f} "
            f"| {cost.wall_s / empty.wall_s:.2f} | {more} |"
        )


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
