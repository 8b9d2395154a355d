"""The offline plugins under the real engine when an update does not get to its end."""

from __future__ import annotations

import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.local.plugins.declared import config_map, service

if TYPE_CHECKING:
    from infra.cluster import Cluster
    from tests.local.plugins.conftest import Project

pytestmark = pytest.mark.engine


def test_a_service_that_never_gets_its_address_stays_in_the_state(
    project: Project, cluster: Cluster, namespace: str
) -> None:
    waiting = service("s", namespace, "LoadBalancer")
    waiting["opts"] = {"custom_timeouts": {"create": "2s", "update": "2s"}}
    project.declare(waiting)
    failed = project.up(check=False)
    assert failed.returncode != 0
    assert "not ready after 2 s: the load balancer has no address yet" in failed.stdout + failed.stderr
    assert project.resources()["s"]["id"] == f"{namespace}/s"
    status = {"status": {"loadBalancer": {"ingress": [{"ip": "127.0.0.1"}]}}}
    path = cluster.path("v1", "Service", namespace=namespace, name="s") + "/status"
    cluster.request("PATCH", path, body=status, content_type="application/merge-patch+json")
    project.up()
    ingress = project.resources()["s"]["outputs"]["status"]["loadBalancer"]["ingress"]
    assert ingress[0]["ip"] == "127.0.0.1"
    project.preview("--expect-no-changes")


def test_after_a_killed_engine_nothing_is_left_running_and_the_next_up_finishes(
    project: Project, cluster: Cluster, namespace: str
) -> None:
    project.declare(config_map("first", namespace, a="1"), service("slow", namespace, "LoadBalancer"))
    engine = subprocess.Popen(
        [str(project.pulumi), "up", "--yes", "--skip-preview", "--non-interactive"],
        cwd=project.folder, env=project.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while cluster.get("v1", "Service", "slow", namespace) is None:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    started = _children(engine.pid)
    assert started
    engine.send_signal(signal.SIGKILL)
    engine.wait()
    time.sleep(3)
    assert not [pid for pid in started if Path(f"/proc/{pid}").exists() and _state(pid) != "Z"]
    project.run("cancel", "--yes")
    project.declare(config_map("first", namespace, a="1"), service("slow", namespace))
    project.up()
    assert set(project.resources()) == {
        "first",
        "slow",
        *(name for name in project.resources() if name.startswith("default")),
    }
    assert [item["metadata"]["name"] for item in cluster.list("v1", "Service", namespace)] == ["slow"]
    project.preview("--expect-no-changes")


def _children(parent: int) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and _parent(int(entry.name)) == parent:
            found += [int(entry.name), *_children(int(entry.name))]
    return found


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, IndexError):
        return -1


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "Z"
