"""`rez preview` as a person runs it: usage, formats, exit codes."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from infra.cli import app as tree
from infra.errors import PreconditionError
from infra.preview import hermetic, live
from infra.preview.report import Found, Report, Subject

if TYPE_CHECKING:
    from pathlib import Path

GOOD = Report(subject=Subject(stack="production", base="main", head="x", judge="main"))
FOUND = Found(rule="a-rule", severity="high", blocks=True, message="wrong")
BAD = replace(GOOD, findings=(FOUND,))
REFUSED = replace(GOOD, refused=(replace(FOUND, rule=""),))
FAILED = replace(GOOD, failures=("boom",))


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    asked: dict[str, Any] = {"report": GOOD}

    def previewed(*_: Any, **options: Any) -> Report:
        asked.update(options)
        report: Report = asked["report"]
        return report

    monkeypatch.setattr(hermetic, "preview", previewed)
    monkeypatch.setattr(live, "preview", previewed)
    return asked


def rez(*args: str) -> Any:
    return CliRunner().invoke(tree.app, ["preview", *args])


@pytest.mark.parametrize(
    ("report", "code"),
    [
        (GOOD, 0),
        (replace(GOOD, findings=(replace(FOUND, blocks=False),)), 0),
        (BAD, 4),
        (REFUSED, 2),
        (replace(REFUSED, findings=BAD.findings), 4),
        (FAILED, 2),
        (replace(FAILED, refused=REFUSED.refused), 2),
    ],
)
@pytest.mark.parametrize("way", [("--live",), ("--base", "main")])
def test_the_exit_code_tells_how_it_ended(
    asked: dict[str, Any], way: tuple[str, ...], report: Report, code: int
) -> None:
    asked["report"] = report
    assert rez(*way).exit_code == code


@pytest.mark.parametrize(
    "args",
    [
        (),
        ("--base", "main", "--live"),
        ("--live", "--head", "x"),
        ("--head", "x"),
        ("--base", "main", "--format", "xml"),
        ("--base", "main", "--format", "json", "--format", "table"),
        ("--base", "main", "--format", "json=/no/such/folder/report"),
    ],
)
def test_bad_usage_is_refused_before_anything_runs(asked: dict[str, Any], args: tuple[str, ...]) -> None:
    done = rez(*args)
    assert isinstance(done.exception, PreconditionError)
    assert asked == {"report": GOOD}


def test_one_run_gives_every_format(asked: dict[str, Any], tmp_path: Path) -> None:
    files = {form: tmp_path / form for form in ("markdown", "sarif")}
    asked["report"] = BAD
    done = rez("--base", "main", "--format", "json", *(f"--format={form}={file}" for form, file in files.items()))
    assert json.loads(done.stdout)["blocked"] is True
    assert "a-rule" in files["markdown"].read_text()
    assert json.loads(files["sarif"].read_text())["version"] == "2.1.0"


def test_a_file_that_cannot_be_written_is_told(asked: dict[str, Any], tmp_path: Path) -> None:
    done = rez("--base", "main", f"--format=json={tmp_path}")
    assert isinstance(done.exception, PreconditionError)


def test_the_defaults_are_the_working_tree_and_production(asked: dict[str, Any]) -> None:
    rez("--base", "main")
    assert (asked["base"], asked["head"], asked["stack"]) == ("main", "", "production")
