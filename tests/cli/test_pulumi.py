from __future__ import annotations

from typing import Any

import pytest
from typer.testing import CliRunner

from infra import engine
from infra.cli import app as tree
from infra.cli.pulumi import stack_of


class FakeEngine:
    """Notes what was to be run on which stack."""

    ran: tuple[str, list[str]] | None = None
    code = 0

    def __init__(self, stack: str) -> None:
        self.stack = stack

    def run(self, args: list[str]) -> int:
        FakeEngine.ran = (self.stack, args)
        return FakeEngine.code


@pytest.fixture(autouse=True)
def fake(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> type[FakeEngine]:
    monkeypatch.setattr(engine, "Engine", FakeEngine)
    monkeypatch.setattr(FakeEngine, "ran", None)
    monkeypatch.setattr(FakeEngine, "code", 0)
    monkeypatch.setenv("REZ_RUN", str(tmp_path))
    monkeypatch.setenv("PULUMI_STACK", "of-the-environment")
    return FakeEngine


def rez(*args: str) -> Any:
    return CliRunner().invoke(tree.app, ["pulumi", *args])


@pytest.mark.parametrize(
    ("line", "stack"),
    [
        ("up --stack production --yes", "production"),
        ("up --stack=production", "production"),
        ("up -s production", "production"),
        ("up -sproduction", "production"),
        ("up -s=production", "production"),
        ("up --stack", None),
        ("up --stacks x --suppress-outputs --secrets-provider s", None),
        ("up --show-sames", None),
        ("", None),
    ],
)
def test_the_stack_is_read_from_the_engines_arguments(line: str, stack: str | None) -> None:
    assert stack_of(line.split()) == stack


def test_arguments_reach_the_engine_untouched() -> None:
    args = ["up", "--stack", "local", "--help", "--config", "a=b", "--", "-x"]
    assert rez(*args).exit_code == 0
    assert FakeEngine.ran == ("local", args)


def test_without_a_stack_the_environments_is_used() -> None:
    rez("preview", "--json")
    assert FakeEngine.ran == ("of-the-environment", ["preview", "--json"])


def test_the_engines_exit_code_is_ours() -> None:
    FakeEngine.code = 3
    assert rez("stack", "ls").exit_code == 3


@pytest.mark.parametrize("args", [[], ["--help"]])
def test_alone_it_explains_itself_without_an_engine(args: list[str]) -> None:
    done = rez(*args)
    assert done.exit_code == 0
    assert "arguments are Pulumi's own" in done.stdout
    assert FakeEngine.ran is None
