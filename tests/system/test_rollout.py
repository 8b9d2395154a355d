"""Deploys and rollbacks of real versions in real pods, under load."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from tests.system.support import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.load import Load
    from tests.system.support import System

pytestmark = pytest.mark.cluster


def _deploy(system: System, version: str, *, check: bool = True) -> tuple[int, str]:
    # The rollout alone: a canary would catch most of what it has to take back.
    done = system.rez("deploy", version, "--stack", "local", "--no-canary", check=check, timeout=600)
    return done.returncode, done.stdout + done.stderr


def test_a_good_version_is_deployed_without_a_failed_request(system: System, load: Callable[[], Load]) -> None:
    with load() as running:
        _deploy(system, "v2")
    assert running.requests > 100
    assert running.failures == []
    assert system.status()["release"]["version"] == "v2"
    assert httpx.get(f"{system.url}/health", trust_env=False).json()["version"] == "v2"


def test_a_crashing_version_is_rolled_back_without_a_failed_request(system: System, load: Callable[[], Load]) -> None:
    _deploy(system, "v2")
    with load() as running:
        code, output = _deploy(system, "v3-crash", check=False)
    assert code == 10
    assert "v3-crash" in output
    assert running.failures == []
    assert system.status()["release"]["version"] == "v2"
    assert httpx.get(f"{system.url}/health", trust_env=False).json()["version"] == "v2"


@pytest.mark.parametrize("version", ["v3-missing-key", "v3-never-ready"])
def test_a_version_that_never_serves_is_rolled_back(system: System, version: str) -> None:
    _deploy(system, "v2")
    code, _ = _deploy(system, version, check=False)
    assert code == 10
    assert system.status()["release"]["version"] == "v2"


def test_an_unknown_version_is_refused_before_anything_is_touched(system: System) -> None:
    before = system.kubectl("get", "deploy", "-n", "production", "-o", "jsonpath={.items[*].metadata.generation}")
    code, output = _deploy(system, "v99", check=False)
    assert code == 2
    assert "v99" in output
    after = system.kubectl("get", "deploy", "-n", "production", "-o", "jsonpath={.items[*].metadata.generation}")
    assert after == before


def test_a_rollback_without_a_version_goes_to_the_last_good_release(system: System) -> None:
    _deploy(system, "v1")
    _deploy(system, "v2")
    system.rez("rollback", "--stack", "local")
    assert system.status()["release"]["version"] == "v1"
    assert httpx.get(f"{system.url}/health", trust_env=False).json()["version"] == "v1"


def test_a_plain_up_keeps_the_deployed_release(system: System) -> None:
    _deploy(system, "v2")
    system.rez("pulumi", "up", "--stack", "local", "--yes", "--skip-preview", "--non-interactive")
    assert system.status()["release"]["version"] == "v2"


def test_a_rollback_brings_the_config_back_too_and_updates_keep_it(system: System) -> None:
    _deploy(system, "v2")
    stack_file = ROOT / "Pulumi.local.yaml"
    before = stack_file.read_text()
    stack_file.write_text(before.replace("pool: {max: 50", "pool: {max: 40"))
    try:
        _deploy(system, "v1")
        assert _pool(system) == "40"
        system.rez("rollback", "--stack", "local")
        assert _pool(system) == "50"
        unchanged = system.rez("pulumi", "preview", "--stack", "local", "--non-interactive", "--expect-no-changes")
        assert "v2 runs as it was recorded" in unchanged.stdout + unchanged.stderr
    finally:
        stack_file.write_text(before)
    system.rez("history", "verify", "--stack", "local")


def _pool(system: System) -> str:
    """The pool's size as the Deployment's pods are told it."""
    name = system.kubectl(
        *("get", "deploy", "merchant-backend", "-n", "production", "-o"),
        "jsonpath={.spec.template.spec.containers[0].envFrom[0].configMapRef.name}",
    )
    return system.kubectl("get", "cm", name, "-n", "production", "-o", "jsonpath={.data.MONGODB_MAX_POOL_SIZE}")
