"""Migrations of real versions by real Jobs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.system.support import System

pytestmark = pytest.mark.cluster


@pytest.fixture(autouse=True, scope="module")
def _good_version_serves(system: System) -> None:
    system.rez("deploy", "v2", "--stack", "local", "--no-canary")


def test_a_failing_migration_stops_the_deploy_with_its_log_and_touches_nothing_else(system: System) -> None:
    generation = ("get", "deploy", "merchant-backend", "-n", "production", "-o", "jsonpath={.metadata.generation}")
    before = system.kubectl(*generation)
    done = system.rez("deploy", "v4-bad-migration", "--stack", "local", "--no-canary", "--json", check=False)
    assert done.returncode == 10, done.stderr
    report = json.loads(done.stdout)
    assert (report["reason"], report["serving"]) == ("migration-failed", "v2")
    assert any("two merchants have it" in entry for entry in report["logs"])
    assert system.kubectl(*generation) == before


def test_a_version_that_expands_the_schema_is_migrated_and_deployed(system: System) -> None:
    done = system.rez("deploy", "v4", "--stack", "local", "--no-canary")
    assert "migration: complete" in done.stderr
    assert system.status()["release"]["version"] == "v4"
    job = json.loads(system.kubectl("get", "job", "merchant-backend-migration", "-n", "production", "-o", "json"))
    assert job["status"]["succeeded"] == 1
