from __future__ import annotations

import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
import typer
from typer.testing import CliRunner

from infra.cli import drift, rollouts
from infra.errors import PreconditionError
from infra.operations import drift as task
from infra.operations import take_back
from tests.drift.test_report import report

if TYPE_CHECKING:
    from infra.drift.report import Report

CLEAN = report()
DRIFTED = report("deployment/edited")


@pytest.fixture
def invoke(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run the command on a report, with what a fix leaves."""

    def run(found: Report, *args: str, left: Report = CLEAN) -> Any:
        done: list[str] = []
        monkeypatch.setattr(drift, "_scene", lambda stack: SimpleNamespace(stack=stack))
        monkeypatch.setattr(rollouts, "scene", lambda *_: None)
        monkeypatch.setattr(task, "read", lambda _: found)
        monkeypatch.setattr(take_back, "take_back", lambda *_: done.append("take back") or left)
        monkeypatch.setattr(take_back, "preview", lambda *_: done.append("preview"))
        app = typer.Typer()
        app.command()(drift.drift)
        result = CliRunner().invoke(app, ["--stack", "local", *args])
        return result, done

    return run


def test_no_drift_is_exit_0(invoke: Any) -> None:
    result, done = invoke(CLEAN)
    assert (result.exit_code, done) == (0, [])
    assert "no drift" in result.stdout


def test_drift_is_exit_7_with_field_values_and_manager(invoke: Any) -> None:
    result, done = invoke(DRIFTED)
    assert (result.exit_code, done) == (7, [])
    assert "declared 1Gi, live 768Mi\n    by kubectl-edit" in result.stdout


def test_what_could_not_be_read_is_inconclusive_and_drift_beside_it_is_drift(invoke: Any) -> None:
    assert invoke(report(unread=("Role x: may not",)))[0].exit_code == 12
    assert invoke(report("deployment/edited", unread=("Role x: may not",)))[0].exit_code == 7


def test_held_fields_alone_are_no_drift(invoke: Any) -> None:
    assert invoke(report("deployment/edited-and-back"))[0].exit_code == 0


def test_json_is_one_object(invoke: Any) -> None:
    for args in (("--json",), ("--format", "json")):
        result, _ = invoke(DRIFTED, *args)
        assert json.loads(result.stdout)["differences"][0]["live"] == "768Mi"


def test_markdown_is_for_an_issue(invoke: Any) -> None:
    assert invoke(DRIFTED, "--format", "markdown")[0].stdout.startswith("### Drift: 1 difference")


def test_a_fix_tells_what_is_left(invoke: Any) -> None:
    result, done = invoke(DRIFTED, "--fix")
    assert (result.exit_code, done) == (0, ["take back"])
    assert invoke(DRIFTED, "--fix", left=report("service/annotated"))[0].exit_code == 7


def test_a_dry_run_of_a_fix_touches_nothing_and_the_drift_is_still_there(invoke: Any) -> None:
    result, done = invoke(DRIFTED, "--fix", "--dry-run")
    assert (result.exit_code, done) == (7, ["preview"])


@pytest.mark.parametrize("args", [("--dry-run",), ("--format", "xml")])
def test_options_that_mean_nothing_are_refused(invoke: Any, args: tuple[str, ...]) -> None:
    assert isinstance(invoke(CLEAN, *args)[0].exception, PreconditionError)
