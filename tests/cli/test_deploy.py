from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import typer
from typer.testing import CliRunner

from infra.cli import deploy, rollouts
from infra.errors import Inconclusive, PreconditionError, RolloutError
from infra.local.paths import ROOT
from infra.manifests.release import Release
from infra.rollout import deploy as task
from infra.rollout.bring import Judged
from infra.rollout.report import Report
from infra.rollout.scene import Scene
from infra.settings import load
from infra.supply.images import Images

if TYPE_CHECKING:
    from pathlib import Path

RELEASE = Release("v3", "docker.io/rezapp/merchant-backend@sha256:" + "3" * 64)


def report(outcome: str) -> Report:
    return Report("deploy", "local", RELEASE, None, outcome, "crash-loop", "container api crashed", "v2", 12.0)  # type: ignore[arg-type]


def acting(stack: str) -> Scene:
    return Scene(stack, None, None, say=print, timeout_s=1, by="me@here", settings=load(stack, ROOT), metrics=None)  # type: ignore[arg-type]


@pytest.fixture
def invoke(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run the command with its task and its scene replaced; asks for the task's outcome and the arguments."""

    def run(outcome: str, *args: str, stack: str = "local", asked: dict[str, Any] | None = None) -> Any:
        plan = task.Plan(RELEASE, None, None, done=False, template={})
        monkeypatch.setattr(rollouts, "scene", lambda *_: acting(stack))
        monkeypatch.setattr(
            task, "preflight", lambda *_, **given: plan if asked is None else asked.update(given) or plan
        )
        monkeypatch.setattr(task, "deploy", lambda *_, **__: report(outcome))
        monkeypatch.setattr(task.Plan, "lines", lambda *_: ["deploy v3 on local"])
        monkeypatch.setattr("infra.rollout.bring.judge", lambda *_: Judged("", ["~ Deployment"]))
        app = typer.Typer()
        app.command()(deploy.deploy)
        return CliRunner().invoke(app, [*args])

    return run


def test_a_good_deploy_ends_with_a_summary(invoke: Any) -> None:
    result = invoke("deployed", "v3")
    assert result.exit_code == 0
    assert "deploy v3 on local: deployed after 12 s" in result.stdout


@pytest.mark.parametrize(("outcome", "serving"), [("deployed", "v3"), ("rolled-back", ""), ("unchanged", None)])
def test_who_wants_to_know_is_told_how_it_ended(
    invoke: Any, monkeypatch: pytest.MonkeyPatch, outcome: str, serving: str | None
) -> None:
    told: list[Any] = []
    monkeypatch.setattr("infra.notify.send.send", lambda *_, **__: None)
    monkeypatch.setattr("infra.notify.news.deliveries", lambda news, *_: told.append(news))
    invoke(outcome, "v3")
    assert [(news.serving, news.good) for news in told] == ([] if serving is None else [(serving, bool(serving))])


def test_an_end_without_a_report_is_told_too(invoke: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Any] = []

    def somebody_else(*_: Any) -> Report:
        raise Inconclusive("somebody else changed it")

    with monkeypatch.context() as patched:
        patched.setattr(rollouts, "tell", lambda _, text, good: told.append((text, good)))
        with pytest.raises(Inconclusive):
            rollouts.finish(acting("local"), somebody_else, json=False)
    assert told == [("somebody else changed it", False)]


def test_a_bad_deploy_ends_with_its_error(invoke: Any) -> None:
    result = invoke("rolled-back", "v3")
    assert isinstance(result.exception, RolloutError)
    assert "crash-loop" in result.stdout


def test_json_is_one_object_also_when_bad(invoke: Any) -> None:
    result = invoke("rolled-back", "v3", "--json")
    assert json.loads(result.stdout)["outcome"] == "rolled-back"


def test_a_dry_run_shows_plan_and_preview(invoke: Any) -> None:
    result = invoke("deployed", "v3", "--dry-run")
    assert result.stdout.splitlines() == ["deploy v3 on local", "  | ~ Deployment"]
    assert json.loads(invoke("deployed", "v3", "--dry-run", "--json").stdout)["preview"] == ["~ Deployment"]


def test_images_of_production_come_from_the_registry_and_those_of_local_from_this_machine(
    invoke: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    local: dict[str, Any] = {}
    production: dict[str, Any] = {}
    assert invoke("deployed", "v3", asked=local).exit_code == 0
    assert invoke("deployed", "v3", stack="production", asked=production).exit_code == 0
    assert local.get("images") is None
    assert isinstance(production["images"], Images)
    assert production["known"] == {}


def test_the_actor_is_the_ci_or_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_ACTOR", raising=False)
    assert "@" in rollouts.actor()
    monkeypatch.setenv("GITHUB_ACTOR", "octocat")
    monkeypatch.setenv("GITHUB_RUN_ID", "7")
    assert rollouts.actor() == "octocat (GitHub run 7)"


@pytest.mark.parametrize("name", ["report.txt", "report", "nowhere/report.md"])
def test_a_report_that_cannot_be_written_stops_before_anything_is_done(invoke: Any, tmp_path: Path, name: str) -> None:
    result = invoke("deployed", "v3", "--report", str(tmp_path / name))
    assert isinstance(result.exception, PreconditionError)


def test_the_report_is_written_also_when_bad(invoke: Any, tmp_path: Path) -> None:
    invoke("rolled-back", "v3", "--report", str(tmp_path / "report.json"))
    written = json.loads((tmp_path / "report.json").read_text())
    assert (written["outcome"], written["next"][:4]) == ("rolled-back", "mend")


def test_the_command_line_decides_about_the_canary() -> None:
    by_the_file = rollouts.with_canary(acting("production"), wanted=True, on_inconclusive=None)
    assert (by_the_file.canary, by_the_file.settings.canary.on_inconclusive) == (True, "extend")
    by_hand = rollouts.with_canary(acting("production"), wanted=False, on_inconclusive="promote")
    assert (by_hand.canary, by_hand.settings.canary.on_inconclusive) == (False, "promote")
    with pytest.raises(PreconditionError, match="'hope' is none of extend, promote, abort"):
        rollouts.with_canary(acting("production"), wanted=True, on_inconclusive="hope")
