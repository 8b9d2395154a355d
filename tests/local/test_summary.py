from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from infra.local import summary
from infra.local.cluster import lifecycle
from infra.local.cluster.layout import Machine
from infra.local.cluster.lifecycle import Running
from infra.local.process import Process

if TYPE_CHECKING:
    from pathlib import Path

SERVICE = "production/merchant-backend-service"


@pytest.fixture(autouse=True)
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REZ_RUN", str(tmp_path))


def running(monkeypatch: pytest.MonkeyPatch, *, simulated: bool = False, **ports: int) -> None:
    me = Process.of(os.getpid())
    assert me
    machine = Machine("/run-folder", {}, api_port=7443, simulated=simulated)
    services = {SERVICE: {name.removeprefix("p"): port for name, port in ports.items()}}
    monkeypatch.setattr(lifecycle, "find", lambda: Running(machine, me, me, services))


def test_nothing_running_says_how_to_start() -> None:
    assert summary.facts() == {"running": False, "context": None}
    assert summary.as_text() == "nothing runs here: `make local` starts it"
    assert summary.service_url() is None


def test_a_foreign_cluster_is_named(tmp_path: Path) -> None:
    (tmp_path / "kubeconfig").write_text(json.dumps({"current-context": "kind"}))
    assert summary.facts() == {"running": False, "context": "kind"}
    assert summary.as_text() == "stack local is on context kind: `rez status`"


def test_what_runs_is_one_json_object(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    running(monkeypatch, p80=8081)
    facts: dict[str, Any] = json.loads(summary.as_json())
    assert facts["running"] is True
    assert facts["nodes"] == ["node1", "node2", "node3"]
    assert facts["url"] == "http://127.0.0.1:8081"
    assert facts["api_server"] == "https://127.0.0.1:7443"
    assert facts["kubeconfig"] == str(tmp_path / "kubeconfig")
    assert facts["memory_mib"] > 0


def test_the_text_has_addresses_and_three_commands(monkeypatch: pytest.MonkeyPatch) -> None:
    running(monkeypatch, p80=8080)
    text = summary.as_text()
    assert "http://127.0.0.1:8080/health" in text
    assert "NetworkPolicies are declared but not enforced" in text
    assert text.splitlines()[-4:] == [
        "try next   . .venv/bin/activate",
        "           rez status",
        "           rez deploy v2",
        "           rez pulumi preview --stack local",
    ]


def test_before_the_service_has_a_port_there_is_no_address(monkeypatch: pytest.MonkeyPatch) -> None:
    running(monkeypatch)
    assert summary.service_url() is None
    assert "not published on this machine" in summary.as_text()


def test_simulated_nodes_are_never_mistaken_for_real_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    running(monkeypatch, simulated=True)
    text = summary.as_text()
    assert "SIMULATED nodes (no container runs)" in text
    assert "the API answers nowhere" in text
    assert "LoadBalancer" not in text
