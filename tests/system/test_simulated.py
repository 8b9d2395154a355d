"""Nodes played by kwok: the whole system without root and without containers."""

from __future__ import annotations

import json
import os
import signal
import time
from typing import TYPE_CHECKING

import pytest

from tests.system.support import System, processes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.cluster


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    running = System(tmp_path_factory.mktemp("simulated") / "run")
    running.rez("local", "up", "--simulated", timeout=3600)
    yield running
    running.rez("local", "down")


def until(holds: Callable[[], bool], *, within_s: float) -> None:
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.2)


def test_the_deployment_becomes_available_on_simulated_nodes(simulated: System) -> None:
    simulated.kubectl("wait", "--for=condition=Available", "deployment/merchant-backend", "-n", "production")
    until(lambda: simulated.status()["replicas"]["available"] == 3, within_s=60)
    nodes = json.loads(simulated.kubectl("get", "pods", "-n", "production", "-o", "json"))["items"]
    assert {pod["spec"]["nodeName"] for pod in nodes} == {"node1", "node2", "node3"}
    assert "Bound" in simulated.kubectl("get", "pvc", "-n", "production")


def test_nothing_pretends_that_the_api_answers(simulated: System) -> None:
    health = simulated.status()["health"]
    assert (health["ok"], health["status"], health["url"]) == (False, 0, "")
    assert "BAD: no answer from the API (not published on this machine)" in simulated.rez("status").stdout
    facts = simulated.facts
    assert (facts["simulated"], facts["url"]) == (True, None)
    assert "SIMULATED" in simulated.rez("local", "status").stdout


def test_a_second_preview_shows_no_change(simulated: System) -> None:
    simulated.rez("pulumi", "preview", "--stack", "local", "--expect-no-changes")


def test_a_release_is_rolled_out(simulated: System) -> None:
    simulated.rez("deploy", "v2")
    assert simulated.status()["release"]["version"] == "v2"


def test_starting_again_changes_nothing_and_keeps_the_release(simulated: System) -> None:
    gateway, release = (simulated.run_dir / "gateway.json").read_text(), simulated.status()["release"]
    simulated.rez("local", "up", "--simulated")
    assert (simulated.run_dir / "gateway.json").read_text() == gateway
    assert simulated.status()["release"] == release


def test_real_nodes_are_refused_beside_simulated_ones(simulated: System) -> None:
    done = simulated.rez("local", "up", check=False)
    assert done.returncode == 2
    assert "holds a cluster with simulated nodes: `rez local down` first" in done.stderr


def test_a_killed_gateway_takes_every_daemon_with_it_and_the_data_stays(simulated: System) -> None:
    simulated.kubectl("create", "configmap", "kept", "-n", "production")
    gateway = json.loads((simulated.run_dir / "gateway.json").read_text())["gateway"]["pid"]
    os.kill(gateway, signal.SIGKILL)
    until(lambda: processes(simulated.run_dir) == set(), within_s=5)
    assert simulated.rez("local", "status").stdout.startswith("nothing runs here")
    simulated.rez("local", "up", "--simulated")
    assert "kept" in simulated.kubectl("get", "configmap", "-n", "production", "-o", "name")


def test_down_leaves_nothing(simulated: System) -> None:
    assert processes(simulated.run_dir)
    simulated.rez("local", "down")
    assert processes(simulated.run_dir) == set()
    assert not simulated.run_dir.exists()
