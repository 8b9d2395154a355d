"""Runs beside each other, killed, robbed of their lock, and without an API server for a while, in real pods."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from infra.cluster import Cluster
from infra.rejection import ApiError
from infra.rollout import lease

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    from infra.rollout.journal import Entry
    from tests.system.support import System

pytestmark = pytest.mark.cluster

LEASE = (lease.API_VERSION, lease.KIND, lease.NAME, "production")
OUTAGE_S = 60


@pytest.fixture(scope="module")
def cluster(system: System) -> Cluster:
    system.rez("deploy", "v2", "--stack", "local", "--no-canary")
    return Cluster.connect(kubeconfig=system.run_dir / "kubeconfig")


@pytest.fixture
def start(system: System, cluster: Cluster, tmp_path: Path) -> Callable[[str, str], subprocess.Popen[bytes]]:
    """Start a deploy, and give it once it is in a step."""

    def started(version: str, step: str) -> subprocess.Popen[bytes]:
        output = tmp_path / version
        run = system.start("deploy", version, "--stack", "local", "--no-canary", output=output)
        until(lambda: _is_in(lease.entry(cluster.get(*LEASE)), version, step), within_s=60)
        return run

    return started


def _is_in(entry: Entry | None, version: str, step: str) -> bool:
    return entry is not None and (entry.release.version, entry.step) == (version, step)


def until(holds: Callable[[], bool], *, within_s: float) -> None:
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def serves(system: System) -> tuple[str, str]:
    """The release, and whether a run is under way or was left half done."""
    found: dict[str, Any] = system.status()
    return found["release"]["version"], found["run"]["state"]


def test_a_second_run_is_refused_or_waits_and_finishes_what_is_killed(
    system: System, start: Callable[[str, str], subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    first = start("v1", "watch")
    refused = system.rez("rollback", "--stack", "local", check=False)
    assert refused.returncode == 14
    assert f"pid {first.pid}, run" in refused.stderr
    assert "the deploy of v1 by" in refused.stderr
    second = system.start("deploy", "v1", "--stack", "local", "--wait", "60", output=tmp_path / "second")
    until(lambda: "waiting up to 60 s for it" in (tmp_path / "second").read_text(), within_s=20)
    os.kill(first.pid, signal.SIGKILL)  # alone: its engine is not in its process group
    first.wait()
    assert second.wait(timeout=120) == 0, (tmp_path / "second").read_text()
    assert "was left half done: going on with it" in (tmp_path / "second").read_text()
    assert serves(system) == ("v1", "none")
    system.rez("history", "verify", "--stack", "local")


def test_who_was_robbed_of_the_lock_writes_nothing_more(
    system: System, cluster: Cluster, start: Callable[[str, str], subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    robbed = start("v2", "preview")
    os.kill(robbed.pid, signal.SIGSTOP)  # alive, but silent: as on a machine that hangs
    token = lease.token(cluster.get(*LEASE))
    try:
        system.rez("deploy", "v1", "--stack", "local", "--no-canary")
        for kind, name in (("deployment", "merchant-backend"), ("job", "canary")):
            with pytest.raises(ApiError, match=f"has token {token}\\.99, but the lock is at {token + 1}"):
                _written(cluster, kind, name, f"{token}.99")
    finally:
        os.kill(robbed.pid, signal.SIGCONT)
    assert robbed.wait(timeout=60) == 14
    assert "the lock of this run was taken over while it was silent" in (tmp_path / "v2").read_text()
    assert serves(system) == ("v1", "none")


def test_a_token_that_was_removed_by_hand_blocks_no_preview(system: System) -> None:
    place = ("deployment/merchant-backend", "-n", "production")
    system.kubectl("annotate", *place, "rez.dev/fencing-token-")
    system.rez("pulumi", "preview", "--stack", "local")
    refused = system.rez("pulumi", "up", "--stack", "local", "--yes", "--skip-preview", check=False)
    assert "`rez deploy` brings a token of its own" in refused.stdout + refused.stderr
    system.rez("deploy", "v1", "--stack", "local", "--no-canary")


def _written(cluster: Cluster, kind: str, name: str, stamp: str) -> None:
    shown = {"annotations": {"rez.dev/fencing-token": stamp}}
    if kind == "deployment":
        cluster.patch("apps/v1", "Deployment", name, "production", {"metadata": shown})
    else:
        pod = {"restartPolicy": "Never", "containers": [{"name": "one", "image": "none"}]}
        metadata = {"name": name, "namespace": "production", **shown}
        cluster.create(
            {"apiVersion": "batch/v1", "kind": "Job", "metadata": metadata, "spec": {"template": {"spec": pod}}}
        )


def test_an_override_that_was_killed_is_finished_by_the_next_command(
    system: System, cluster: Cluster, tmp_path: Path
) -> None:
    run = system.start("scale", "pin", "4", "--reason", "a test", "--stack", "local", output=tmp_path / "pin")
    until(lambda: getattr(lease.entry(cluster.get(*LEASE)), "action", "") == "scale", within_s=60)
    os.kill(run.pid, signal.SIGKILL)
    run.wait()
    assert system.status()["run"]["state"] == "left half done"
    done = system.rez("overrides", "drop-expired", "--stack", "local")
    assert "was left half done: going on with it" in done.stderr
    status = system.status()
    assert (status["hpa"]["min"], status["hpa"]["max"], status["run"]["state"]) == (4, 4, "none")
    system.rez("scale", "resume", "--reason", "a test", "--stack", "local")


def test_a_holder_whose_clock_is_ahead_is_judged_by_ours(system: System, cluster: Cluster) -> None:
    live = cluster.get(*LEASE)
    assert live is not None
    moment = "2099-01-01T00:00:00.000000Z"
    spec = {**live["spec"], "holderIdentity": "x on elsewhere, pid 1, run ab", "leaseDurationSeconds": 3}
    cluster.replace({**live, "spec": {**spec, "acquireTime": moment, "renewTime": moment}})
    began = time.monotonic()
    done = system.rez("deploy", "v1", "--stack", "local")
    assert time.monotonic() - began > 3
    assert "the lock of x on elsewhere, pid 1, run ab was taken over: it showed no life" in done.stderr


def test_an_api_server_that_is_away_for_a_minute_costs_no_deploy(
    system: System, start: Callable[[str, str], subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    run = start("v2", "watch")
    (server,) = _pids(system, "kube-apiserver")
    os.kill(server, signal.SIGSTOP)
    time.sleep(OUTAGE_S)
    os.kill(server, signal.SIGCONT)
    assert run.wait(timeout=180) == 0, (tmp_path / "v2").read_text()
    assert "the API server" in (tmp_path / "v2").read_text()
    assert serves(system) == ("v2", "none")
    system.rez("history", "verify", "--stack", "local")


def _pids(system: System, daemon: str) -> list[int]:
    """Processes of the system's own daemon, by its program and its run folder."""
    tools = json.loads((system.run_dir / "machine.json").read_text())["tools"]
    found = []
    for folder in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            command = (folder / "cmdline").read_text() if folder.name.isdigit() else ""
            if command.startswith(tools[daemon]) and str(system.run_dir) in command:
                found.append(int(folder.name))
    return found
