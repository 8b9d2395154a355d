"""Starting, interrupting and ending the local system: what is left behind."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.system.support import System, processes

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.cluster


def _traces(run: Path) -> dict[str, object]:
    """What a local system could leave on this machine."""
    import hashlib

    group = "rez-" + hashlib.sha256(str(run.resolve()).encode()).hexdigest()[:8]
    return {
        "processes": processes(run),
        "mounts": [m for m in Path("/proc/mounts").read_text().splitlines() if str(run) in m],
        "cgroups": [str(p) for p in Path("/sys/fs/cgroup").glob(f"**/{group}")],
        "files": run.exists(),
    }


def _host_network() -> list[str]:
    devices = [d.name for d in Path("/sys/class/net").iterdir()]
    namespaces = [p.name for p in Path("/run/netns").glob("*")]
    return sorted(devices + namespaces)


_NOTHING = {"processes": set(), "mounts": [], "cgroups": [], "files": False}


@pytest.fixture
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    system = System(tmp_path_factory.mktemp("own") / "run")  # short: the nodes' sockets lie below it
    yield system
    system.rez("local", "down")


def test_down_leaves_nothing(own: System) -> None:
    before = _host_network()
    own.rez("local", "up")
    assert _traces(own.run_dir) != _NOTHING
    own.rez("local", "down")
    assert _traces(own.run_dir) == _NOTHING
    assert _host_network() == before


@pytest.mark.parametrize("moment", ["", "nodes ready", "pulumi up on stack local"])
def test_an_interrupted_start_leaves_nothing(own: System, tmp_path: Path, moment: str) -> None:
    output = tmp_path / "output"
    run = own.start("local", "up", output=output)
    deadline = time.monotonic() + 120
    while not (own.run_dir.exists() and moment in output.read_text()) and time.monotonic() < deadline:
        time.sleep(0.02)
    os.killpg(run.pid, signal.SIGINT)
    run.wait(timeout=60)
    assert run.returncode == 130, output.read_text()
    assert "Traceback" not in output.read_text()
    assert _traces(own.run_dir) == _NOTHING


def test_a_killed_system_starts_again_with_its_data(own: System) -> None:
    own.rez("local", "up")
    own.kubectl("create", "configmap", "kept", "-n", "production")
    gateway = json.loads((own.run_dir / "gateway.json").read_text())["gateway"]["pid"]
    os.kill(gateway, signal.SIGKILL)
    own.rez("local", "up")
    assert "kept" in own.kubectl("get", "configmap", "-n", "production", "-o", "name")


def test_destroy_leaves_nothing_in_the_cluster(own: System) -> None:
    own.rez("local", "up")
    own.rez("pulumi", "destroy", "--stack", "local", "--yes", "--skip-preview", "--non-interactive")
    assert "production" not in own.kubectl("get", "namespaces", "-o", "name")
    deadline = time.monotonic() + 20
    while own.kubectl("get", "persistentvolumes", "-o", "name") and time.monotonic() < deadline:
        time.sleep(0.5)
    assert own.kubectl("get", "persistentvolumes", "-o", "name") == ""
    assert not any((own.run_dir / "volumes").iterdir())
