from __future__ import annotations

import json
from typing import TYPE_CHECKING

import typer
from typer.testing import CliRunner

from infra.cli import rollback, rollouts
from infra.errors import RollbackFailed
from infra.local.paths import ROOT
from infra.manifests.release import Release
from infra.rollout import rollback as task
from infra.rollout.record import Record
from infra.rollout.report import Report
from infra.rollout.scene import Scene
from infra.settings import load

if TYPE_CHECKING:
    import pytest

RELEASE = Release("v2", "docker.io/rezapp/merchant-backend@sha256:" + "2" * 64)
SERVED = Record(RELEASE.version, RELEASE.image, "deployed", "", "", "", "")

SCENE = Scene("local", None, None, say=print, timeout_s=1, by="me@here", settings=load("local", ROOT), metrics=None)  # type: ignore[arg-type]


def test_a_failed_rollback_is_shown_and_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rollouts, "scene", lambda *_: SCENE)
    monkeypatch.setattr(task, "preflight", lambda _, version: task.Plan(SERVED, None, version is None, {}))
    bad = Report("rollback", "local", RELEASE, None, "failed", "crash-loop", "it crashed", "v2 does not come back", 9.0)
    monkeypatch.setattr(task, "rollback", lambda *_, **__: bad)
    app = typer.Typer()
    app.command()(rollback.rollback)
    result = CliRunner().invoke(app, ["--json"])
    assert isinstance(result.exception, RollbackFailed)
    assert json.loads(result.stdout)["action"] == "rollback"
