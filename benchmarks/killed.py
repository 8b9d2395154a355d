"""`kill -9` of `rez deploy` in every step that its journal knows; the same command once more has to come to the end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from infra.cluster import Cluster
from infra.local import paths
from infra.local.cluster import lifecycle
from infra.rollout import lease
from infra.rollout.deploy import PHASES
from infra.rollout.go_back import STEP as BACK
from infra.settings.model import NAMESPACE

if TYPE_CHECKING:
    from collections.abc import Iterator

_REZ = str(Path(sys.executable).with_name("rez"))
_GOOD = ("v1", "v2")
_BAD = "v3-crash"
_TRIES = 3
"""A step may be over before it is seen."""


def main() -> list[str]:
    """A table: step, how the next run ended and after how long, and what is left."""
    running = lifecycle.find()
    if running is None:
        sys.exit("`make local` first")
    cluster = Cluster.connect(kubeconfig=running.machine.dir / "kubeconfig")
    _rez("deploy", _GOOD[0], "--no-canary")
    head = ["| killed in | exit code of the next run | s | serves | left |", "|---|---|---|---|---|"]
    rows = list(_rows(cluster))
    verified = "verifies" if _rez("history", "verify").returncode == 0 else "is BROKEN"
    return [*head, *rows, "", f"The ledger {verified}."]


def _rows(cluster: Cluster) -> Iterator[str]:
    for step in (*(phase.name for phase in PHASES), BACK):
        version = _BAD if step == BACK else next(good for good in _GOOD if good != _status()["release"]["version"])
        options = ["--no-canary"] if step == BACK else []
        if not any(_killed(cluster, step, ["deploy", version, *options]) for _ in range(_TRIES)):
            yield f"| {step} | it was over each time before it was seen | | | |"
            continue
        began = time.perf_counter()
        code = _rez("deploy", version, *options).returncode
        seconds, after = time.perf_counter() - began, _status()
        left = ", ".join(_left(cluster, after)) or "nothing"
        yield f"| {step} | {code} | {seconds:.0f} | {after['release']['version']} | {left} |"


def _killed(cluster: Cluster, step: str, command: list[str]) -> bool:
    """Whether a run was killed in that step: it alone, so that its engine lives on for a while as it would."""
    run = subprocess.Popen([_REZ, *command, "--stack", "local"], cwd=paths.ROOT, stderr=subprocess.DEVNULL)
    while run.poll() is None:
        entry = lease.entry(cluster.get(lease.API_VERSION, lease.KIND, lease.NAME, NAMESPACE))
        if entry is not None and (entry.step, entry.release.version) == (step, command[1]):
            os.kill(run.pid, signal.SIGKILL)
            return run.wait() == -signal.SIGKILL
        time.sleep(0.01)
    return False


def _left(cluster: Cluster, status: dict[str, dict[str, str]]) -> Iterator[str]:
    yield from (f"Job {job['metadata']['name']}" for job in cluster.list("batch/v1", "Job", NAMESPACE))
    if status["run"]["state"] != "none":
        yield f"a run {status['run']['state']}"


def _status() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads(_rez("status", "--json").stdout)
    return found


def _rez(*args: str) -> subprocess.CompletedProcess[str]:
    command = [_REZ, *args, "--stack", "local"]
    done = subprocess.run(command, cwd=paths.ROOT, text=True, capture_output=True, check=False)
    print(f"{' '.join(args)}: {done.returncode}\n{done.stderr}", file=sys.stderr)
    return done
