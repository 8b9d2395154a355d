"""Stack `local` on a cluster that is somebody else's: a simulated one plays it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.system.support import System, processes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.cluster

RELEASE = f"v7=docker.io/rezapp/merchant-backend@sha256:{7:064x}"
UP = ("local", "up", "--context", "company", "--release", RELEASE)
DESTROY = ("pulumi", "destroy", "--stack", "local", "--yes", "--skip-preview", "--non-interactive")


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    running = System(tmp_path_factory.mktemp("company") / "run")
    running.rez("local", "up", "--simulated", timeout=3600)
    yield running
    running.rez("local", "down")


@pytest.fixture
def guest(company: System, tmp_path: Path) -> Iterator[System]:
    """A run folder of its own, and a person's kubeconfig with the company's cluster and another one in it."""
    document: dict[str, Any] = json.loads((company.run_dir / "kubeconfig").read_text())
    document["contexts"][0]["name"] = "company"
    document["contexts"].append({"name": "other", "context": {"cluster": "other", "user": "other"}})
    document["clusters"].append({"name": "other", "cluster": {"server": "https://127.0.0.1:1"}})
    document["users"].append({"name": "other", "user": {"token": "not-to-be-copied"}})
    document["current-context"] = "other"
    (tmp_path / "kubeconfig").write_text(json.dumps(document))
    system = System(tmp_path / "run")
    system.env["KUBECONFIG"] = str(tmp_path / "kubeconfig")
    yield system
    if system.run_dir.exists():
        system.rez(*DESTROY)
        system.rez("local", "down")


def test_what_somebody_else_runs_is_never_taken_over(company: System, guest: System) -> None:
    before = company.kubectl("get", "deployment", "merchant-backend", "-n", "production", "-o", "json")
    done = guest.rez(*UP, check=False)
    assert done.returncode == 2
    assert "context company already has a namespace production" in done.stderr
    assert not guest.run_dir.exists()
    after = company.kubectl("get", "deployment", "merchant-backend", "-n", "production", "-o", "json")
    assert json.loads(after)["metadata"]["generation"] == json.loads(before)["metadata"]["generation"]


def test_a_stack_lives_on_a_context_and_leaves_the_cluster_as_it_was(company: System, guest: System) -> None:
    company.rez(*DESTROY)
    processes_before = processes(company.run_dir)
    guest.rez(*UP)

    status = guest.status()
    assert status["release"]["version"] == "v7"
    assert status["health"]["url"] == ""
    assert guest.rez("local", "status").stdout == "stack local is on context company: `rez status`\n"
    assert "merchant-backend" in company.kubectl("get", "deployments", "-n", "production", "-o", "name")
    assert "not-to-be-copied" not in (guest.run_dir / "kubeconfig").read_text()
    guest.rez("pulumi", "preview", "--stack", "local", "--expect-no-changes")
    guest.rez(*UP)

    for line, args in {
        "stack local is on context company": ("local", "up", "--context", "other", "--release", RELEASE),
        "is on context company: `rez local down` first": ("local", "up", "--simulated"),
        "still has objects on context company": ("local", "down"),
    }.items():
        refused = guest.rez(*args, check=False)
        assert refused.returncode == 2
        assert line in refused.stderr
    assert "merchant-backend" in company.kubectl("get", "deployments", "-n", "production", "-o", "name")

    guest.rez(*DESTROY)
    guest.rez("local", "down")
    assert not guest.run_dir.exists()
    assert processes(company.run_dir) == processes_before
    assert "production" not in company.kubectl("get", "namespaces", "-o", "name")
    assert "node1" in company.kubectl("get", "nodes", "-o", "name")
