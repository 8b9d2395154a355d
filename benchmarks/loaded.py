"""Real pods under load: deploys and rollbacks on the running local system while short connections go on and on."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.load import Load
from benchmarks.rollout.report import percentile
from infra.local import paths, summary

if TYPE_CHECKING:
    from collections.abc import Iterator

_REZ = str(Path(sys.executable).with_name("rez"))
_GOOD = ("v1", "v2")
_ROUNDS = int(os.environ.get("REZ_ROUNDS", "10"))


def main() -> list[str]:
    """What was done under load, how long each took, how many requests there were and how many failed."""
    url = summary.service_url()
    if url is None:
        sys.exit("`make local` first")
    _rez("deploy", _GOOD[-1], "--no-canary")
    took: defaultdict[str, list[float]] = defaultdict(list)
    with Load(f"{url}/") as load:
        for command in _commands():
            seconds = _rez(*command)
            took[command[0]].append(seconds)
            _say(f"{' '.join(command)}: {seconds:.0f} s; {load.requests} requests, failed: {load.failures}")
    rows = [_row(name, each) for name, each in took.items()]
    total = f"{load.requests:,} requests, {load.per_s:.0f} a second; {len(load.failures)} failed."
    return ["| under load | times | s each, median (p95) |", "|---|---|---|", *rows, "", total]


def _commands() -> Iterator[tuple[str, ...]]:
    """Twice the version that does not serve, with canary and bake, and once the way back."""
    for number in range(_ROUNDS):
        for version in _GOOD if number % 2 == 0 else reversed(_GOOD):
            yield "deploy", version, "--on-inconclusive", "abort"
        yield ("rollback",)


def _row(name: str, took: list[float]) -> str:
    return f"| `rez {name}` | {len(took)} | {statistics.median(took):.0f} ({percentile(took, 0.95):.0f}) |"


def _rez(*args: str) -> float:
    """Seconds that a command takes which has to succeed."""
    began = time.perf_counter()
    command = [_REZ, *args, "--stack", "local"]
    done = subprocess.run(command, cwd=paths.ROOT, text=True, capture_output=True, check=False)
    if done.returncode:
        raise RuntimeError(f"rez {' '.join(args)} ended with {done.returncode}\n{done.stdout}\n{done.stderr}")
    return time.perf_counter() - began


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
