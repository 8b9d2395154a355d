"""Pods pinned, given more memory and made anew on real pods, under load."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.load import Load
    from tests.system.support import System

pytestmark = pytest.mark.cluster

WHY = ("--reason", "INC-7", "--stack", "local")


def change(system: System, *args: str) -> dict[str, Any]:
    return dict(json.loads(system.rez(*args, *WHY, "--json").stdout))


def pods(system: System) -> dict[str, Any]:
    """Containers of the pods that stay, by the pods' names."""
    labels = "app=merchant-backend,track=stable"
    found = json.loads(system.kubectl("get", "pods", "-n", "production", "-l", labels, "-o", "json"))["items"]
    staying = [each for each in found if "deletionTimestamp" not in each["metadata"]]
    return {each["metadata"]["name"]: each["spec"]["containers"][0] for each in staying}


def test_pinned_pods_are_the_autoscalers_again_after_resume(system: System) -> None:
    system.rez("deploy", "v1", "--stack", "local")
    assert change(system, "scale", "pin", "4")["outcome"] == "done"
    assert len(pods(system)) == 4
    status = system.status()
    assert (status["hpa"]["min"], status["hpa"]["max"]) == (4, 4)
    assert "pinned at 4 pods" in status["overrides"][0]["message"]
    assert "keeps:   pinned at 4 pods" in system.rez("deploy", "v2", "--stack", "local", "--dry-run").stdout
    assert change(system, "scale", "resume")["outcome"] == "done"
    status = system.status()
    assert (status["hpa"]["min"], status["hpa"]["max"], status["overrides"]) == (3, 10, [])


def test_more_memory_and_a_restart_cost_no_request(system: System, load: Callable[[], Load]) -> None:
    with load() as running:
        assert change(system, "memory", "2Gi")["outcome"] == "done"
        larger = pods(system)
        assert change(system, "restart")["outcome"] == "done"
        anew = pods(system)
    assert running.requests > 100
    assert running.failures == []
    for container in larger.values():
        assert container["resources"]["limits"]["memory"] == "2Gi"
        assert {"name": "NODE_OPTIONS", "value": "--max-old-space-size=1536"} in container["env"]
    assert not larger.keys() & anew.keys()
    system.rez("pulumi", "preview", "--stack", "local", "--expect-no-changes")  # it is kept, and makes no new pods
    assert change(system, "memory", "resume")["outcome"] == "done"
    assert {each["resources"]["limits"]["memory"] for each in pods(system).values()} == {"1Gi"}
