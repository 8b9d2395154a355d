from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from infra.cli import status
from infra.errors import UnavailableError

FOUND: dict[str, Any] = {
    "stack": "local",
    "release": {"version": "v2", "image": "docker.io/rezapp/merchant-backend@sha256:22"},
    "rollout": {"state": "healthy", "reason": "complete", "message": "3 of 3 updated, 3 available"},
    "run": {"state": "none", "run": "", "step": "", "holder": "", "since": "", "seen": ""},
    "replicas": {"desired": 3, "ready": 3, "updated": 3, "available": 3},
    "hpa": {
        "min": 3,
        "max": 10,
        "current": 3,
        "desired": 3,
        "metrics": [{"name": "cpu", "current": "2%", "target": "70%"}],
    },
    "endpoints": {"ready": 3, "total": 3},
    "health": {"url": "http://127.0.0.1:8080/health", "ok": True, "status": 200, "detail": "{}"},
    "database": {"error": "Atlas does not answer"},
    "cache": {"error": "pods: forbidden"},
    "resources": {"error": "metrics-server absent"},
    "restarts": {"merchant-backend-a": 1},
    "overrides": [{"message": "pinned at 5 pods until 2026-11-29 06:00 UTC (3h left), by me@here: INC-7"}],
    "troubles": [{"about": "PodDisruptionBudget/api", "reason": "drain-blocked", "message": "blocks every drain"}],
    "events": [],
}


def shown(monkeypatch: pytest.MonkeyPatch, *args: str) -> Any:
    monkeypatch.setattr(status, "_reader", lambda _: lambda: FOUND)
    app = typer.Typer()
    app.command()(status.status)
    return CliRunner().invoke(app, [*args])


def test_json_is_what_was_read(monkeypatch: pytest.MonkeyPatch) -> None:
    assert json.loads(shown(monkeypatch, "--json").stdout)["release"]["version"] == "v2"


def test_an_unavailable_part_does_not_hide_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    text = shown(monkeypatch).stdout
    assert "resources  unavailable: metrics-server absent" in text
    assert "database   unavailable: Atlas does not answer" in text
    assert "cache      unavailable: pods: forbidden" in text
    assert "replicas   3/3 ready" in text
    assert "merchant-backend-a: 1 restarts" in text


def test_a_run_that_was_left_half_done_is_shown_with_the_way_on() -> None:
    left = {**FOUND["run"], "state": "left half done", "run": "deploy of v3 by me@here, begun T, in step up"}
    left["remedy"] = "the next `rez deploy` or `rez rollback` goes on"
    assert not any(line.startswith("run ") for line in status.lines(FOUND))
    (line,) = [line for line in status.lines({**FOUND, "run": left}) if line.startswith("run ")]
    assert line.startswith(
        "run        left half done: deploy of v3 by me@here, begun T, in step up; the next `rez deploy`"
    )
    held = {**left, "state": "under way", "holder": "me@here", "since": "T", "seen": "U"}
    assert "; locked by me@here since T, last seen U" in "\n".join(status.lines({**FOUND, "run": held}))


def test_resource_use_is_shown_against_the_limits() -> None:
    use = {"cpu_millicores": 300, "cpu_limit_millicores": 3000, "memory_mib": 512, "memory_limit_mib": 3072}
    text = "\n".join(status.lines({**FOUND, "resources": {**use, "pods": {"merchant-backend-a": use}}}))
    assert "resources  CPU 300m/3000m (10%), memory 512Mi/3072Mi (16%), of the limits" in text
    assert "merchant-backend-a: 1 restarts, CPU 300m/3000m" in text


@pytest.mark.parametrize(
    ("stack", "asked"), [("local", "http://127.0.0.1:18080/health"), ("production", "https://api.example/health")]
)
def test_health_is_asked_where_the_stack_answers(monkeypatch: pytest.MonkeyPatch, stack: str, asked: str) -> None:
    service = SimpleNamespace(url="https://api.example", health_path="/health")
    monkeypatch.setattr("infra.settings.load", lambda *_: SimpleNamespace(service=service))
    monkeypatch.setattr("infra.local.summary.service_url", lambda: "http://127.0.0.1:18080")
    monkeypatch.setattr("infra.cli.stack.connect", lambda _: None)
    monkeypatch.setattr("infra.operations.status.read", lambda *_, health, now: {"asked": health()})
    monkeypatch.setattr("infra.operations.health.ask", lambda url, _: url)
    monkeypatch.setattr("infra.operations.database.of_stack", lambda _: {})
    monkeypatch.setattr("infra.operations.cache.read", lambda _: {})
    assert status._reader(stack)()["asked"] == asked


def test_watching_outlives_an_outage(monkeypatch: pytest.MonkeyPatch) -> None:
    answers: list[Any] = [FOUND, UnavailableError("cluster unavailable"), FOUND]

    def read() -> Any:
        if not answers:
            raise KeyboardInterrupt
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(status, "_reader", lambda _: read)
    monkeypatch.setattr(status, "REFRESH_S", 0)
    app = typer.Typer()
    app.command()(status.status)
    result = CliRunner().invoke(app, ["--watch"])
    assert result.stdout.count("v2 healthy: 3/3 ready, 3 updated, endpoints 3/3, health 200") == 2
    assert "cluster unavailable" in result.stderr


def test_what_is_wrong_beside_the_rollout_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "trouble    PodDisruptionBudget/api: blocks every drain\n" in shown(monkeypatch).stdout
