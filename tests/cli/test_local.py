from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from infra.cli import local
from infra.errors import PreconditionError
from infra.local import abilities, context, debian, lock, summary, toolchain, up
from infra.local.cluster import lifecycle

if TYPE_CHECKING:
    from pathlib import Path

RELEASE = "v1=docker.io/rezapp/merchant-backend@sha256:11"
Given = dict[str, Any]


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("REZ_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("REZ_RUN", str(tmp_path / "run"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("KUBECONFIG", raising=False)
    return tmp_path


def rez(*args: str) -> Any:
    return CliRunner().invoke(local.app, [*args])


def refused(*args: str) -> str:
    failure = rez(*args).exception
    assert isinstance(failure, PreconditionError)
    return str(failure)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Given:
    """What `up` was asked for."""
    given: Given = {}
    monkeypatch.setattr(up, "up", lambda **asked: given.update(asked))
    return given


def test_options_reach_the_work(started: Given) -> None:
    rez("up", "--simulated")
    assert (started["simulated"], started["context"], started["release"]) == (True, None, None)
    rez("up", "--context", "kind", "--release", RELEASE)
    assert (started["simulated"], started["context"], started["release"]) == (False, "kind", RELEASE)


def test_progress_goes_to_stderr_and_the_result_to_stdout(monkeypatch: pytest.MonkeyPatch) -> None:
    def start(*, say: Any, **_: Any) -> None:
        say("building")
        print("result")

    monkeypatch.setattr(up, "up", start)
    done = rez("up")
    assert (done.stdout, done.stderr) == ("result\n", "building\n")


def test_a_machine_that_cannot_carry_real_nodes_is_told_the_two_other_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    able = abilities.read()
    monkeypatch.setattr(abilities, "read", lambda: replace(able, root=False))
    monkeypatch.setattr(debian, "install", lambda _: pytest.fail("touched the machine"))
    line = refused("up")
    assert "real nodes need root" in line
    assert "--simulated" in line
    assert "--context NAME" in line


def test_simulated_nodes_ask_nothing_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def ensure(names: list[str], _: Any) -> None:
        asked.extend(names)
        raise PreconditionError("far enough")

    monkeypatch.setattr(abilities, "read", lambda: pytest.fail("looked at the machine"))
    monkeypatch.setattr(debian, "install", lambda _: pytest.fail("installed packages"))
    monkeypatch.setattr(toolchain, "ensure", ensure)
    assert refused("up", "--simulated") == "far enough"
    assert asked == ["pulumi", "kubernetes", "etcd", "kwok"]


@pytest.mark.parametrize(
    ("args", "line"),
    [
        (["--context", "kind", "--simulated", "--release", RELEASE], "exclude each other"),
        (["--context", "kind"], "--context needs --release"),
        (["--release", RELEASE], "--release goes with --context"),
    ],
)
def test_options_that_do_not_go_together_are_refused(machine: Path, args: list[str], line: str) -> None:
    assert line in refused("up", *args)
    assert not (machine / "run").exists()


def test_an_unknown_context_is_refused_before_anything_is_built(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(toolchain, "ensure", lambda *_: pytest.fail("built"))
    assert "--context kind: not in" in refused("up", "--context", "kind", "--release", RELEASE)
    assert not (machine / "run").exists()


def test_an_interrupted_start_removes_what_it_started_only(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    stopped: list[str] = []
    monkeypatch.setattr(toolchain, "ensure", lambda names, _: {"kubernetes": abilities.Path("/x/kubernetes")})
    monkeypatch.setattr(lifecycle, "start", interrupted)
    monkeypatch.setattr(lifecycle, "stop", lambda: stopped.append("stopped"))
    assert rez("up", "--simulated").exit_code == 130
    assert stopped == ["stopped"]
    monkeypatch.setattr(lifecycle, "find", lambda: "running")
    assert rez("up", "--simulated").exit_code == 130
    assert stopped == ["stopped"]


def test_ending_nothing_says_so() -> None:
    assert rez("down").stderr == "nothing was running\n"


def test_ending_removes_the_folder(machine: Path) -> None:
    (machine / "run").mkdir()
    assert rez("down").stderr == "everything of the local system is gone\n"
    assert not (machine / "run").exists()


def foreign(monkeypatch: pytest.MonkeyPatch, machine: Path, *, empty: bool) -> None:
    class Engine:
        def __init__(self, _: str) -> None: ...

        def is_empty(self) -> bool:
            return empty

    (machine / "run").mkdir()
    monkeypatch.setattr(context, "current", lambda: "company")
    monkeypatch.setattr(up, "Engine", Engine)


def test_what_was_made_in_a_foreign_cluster_is_not_forgotten(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    foreign(monkeypatch, machine, empty=False)
    assert "still has objects on context company: `rez pulumi destroy --stack local` first" in refused("down")
    assert (machine / "run").exists()


def test_a_foreign_cluster_with_nothing_of_ours_is_let_go(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    foreign(monkeypatch, machine, empty=True)
    assert rez("down").exit_code == 0
    assert not (machine / "run").exists()


def test_status_is_for_people_or_for_programs() -> None:
    assert rez("status").stdout == summary.as_text() + "\n"
    assert json.loads(rez("status", "--json").stdout) == summary.facts()


def test_starting_and_ending_wait_for_each_other(machine: Path) -> None:
    said: list[str] = []

    def say(line: str) -> None:
        said.append(line)
        raise KeyboardInterrupt  # instead of waiting

    with lock.held(said.append), pytest.raises(KeyboardInterrupt), lock.held(say):
        pytest.fail("two at once")
    assert said == ["waiting for another `rez local up` or `down` on this machine"]
    with lock.held(said.append):
        pass
    assert len(said) == 1
