"""Canaries of real versions in real pods, under load and without."""

from __future__ import annotations

import json
import os
import re
import signal
import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from benchmarks.load import Load
    from tests.system.support import System

pytestmark = pytest.mark.cluster

_LONGER = ("--stack", "local", "--on-inconclusive", "extend")
"""Where the machine is too busy for so many, the canary is looked at for longer."""


@pytest.fixture(autouse=True, scope="module")
def _good_version_serves(system: System) -> None:
    system.rez("deploy", "v2", "--stack", "local", "--no-canary")


def generation(system: System) -> str:
    return system.kubectl(
        "get", "deploy", "merchant-backend", "-n", "production", "-o", "jsonpath={.metadata.generation}"
    )


def canaries(system: System) -> list[str]:
    """The Jobs, and the pods that are in traffic or on their way to it."""
    jobs = system.kubectl("get", "jobs", "-n", "production", "-o", "name").split()
    pods = json.loads(system.kubectl("get", "pods", "-n", "production", "-l", "track=canary", "-o", "json"))["items"]
    return [*jobs, *(pod["metadata"]["name"] for pod in pods if "deletionTimestamp" not in pod["metadata"])]


@pytest.mark.parametrize(("version", "reason"), [("v3-errors", "error-rate"), ("v3-slow", "response-time")])
def test_a_bad_canary_is_caught_and_the_deployment_is_not_touched(
    system: System, load: Callable[[], Load], version: str, reason: str
) -> None:
    before = generation(system)
    with load():
        done = system.rez("deploy", version, *_LONGER, "--json", check=False)
    assert done.returncode == 10, done.stderr
    assert (json.loads(done.stdout)["reason"], generation(system)) == (reason, before), done.stderr
    assert (canaries(system), system.status()["release"]["version"]) == ([], "v2")


def test_low_traffic_is_inconclusive(system: System) -> None:
    before = generation(system)
    done = system.rez("deploy", "v3-errors", "--stack", "local", "--on-inconclusive", "abort", check=False)
    assert done.returncode == 12, done.stderr
    assert "low-traffic" in done.stderr
    assert (generation(system), canaries(system)) == (before, [])


def test_a_canary_ends_by_its_own_deadline_when_its_deployer_is_killed(system: System, tmp_path: Path) -> None:
    output = tmp_path / "output"
    run = system.start("deploy", "v3-errors", "--stack", "local", output=output)
    until(lambda: "in traffic" in output.read_text(), within_s=60)
    began = time.monotonic()
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    assert canaries(system) != []
    until(lambda: not [name for name in canaries(system) if not name.startswith("job")], within_s=40)
    assert time.monotonic() - began < 35, "10 s and 15 s of margin, and Kubernetes' own delay"
    assert system.status()["release"]["version"] == "v2"


def test_a_good_canary_passes_without_a_failed_request(system: System, load: Callable[[], Load]) -> None:
    with load() as running:
        done = system.rez("deploy", "v1", *_LONGER)
    assert re.search(r"canary: \d+ s: good", done.stderr)
    assert "bake: good" in done.stderr
    assert (running.failures, canaries(system)) == ([], [])


def until(holds: Callable[[], bool], *, within_s: float) -> None:
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.2)
