from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from infra import cli
from infra.cli import app as tree
from infra.errors import (
    DriftFound,
    Inconclusive,
    LockHeld,
    PolicyViolation,
    PreconditionError,
    RezError,
    RollbackFailed,
    RolloutError,
    RolloutTimeout,
    SettingsError,
    Terminated,
    UnavailableError,
)

REZ = str(Path(sys.executable).with_name("rez"))
COMMANDS = ["status", "deploy", "rollback", "drift", "doctor", "check", "pulumi"]
COMMANDS += ["local", "local up", "local down", "local status", "policies", "policies list", "policies explain"]
COMMANDS += ["state", "state versions", "state restore", "bootstrap", "bootstrap aws"]
COMMANDS += ["policies exemptions", "preview", "history", "history verify"]
COMMANDS += ["scale", "scale pin", "scale resume", "memory", "restart", "overrides", "overrides drop-expired"]
COMMANDS += ["secrets", "secrets list", "secrets certificate"]
COMMANDS += ["github", "github run", "github comment", "github issue", "github kubeconfig"]
DOCUMENTED = {
    RezError: 1,
    SettingsError: 2,
    PreconditionError: 2,
    PolicyViolation: 4,
    DriftFound: 7,
    RolloutError: 10,
    RollbackFailed: 11,
    Inconclusive: 12,
    RolloutTimeout: 13,
    LockHeld: 14,
    UnavailableError: 75,
}


@pytest.fixture
def bare(tmp_path: Path) -> dict[str, str]:
    """The environment of a machine where nothing was ever started."""
    return {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "REZ_CACHE": str(tmp_path / "cache"), "NO_COLOR": "1"}


def rez(env: dict[str, str], *args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([REZ, *args], env=env, text=True, capture_output=True, timeout=60, check=False)


def ended(monkeypatch: pytest.MonkeyPatch, raised: BaseException) -> int:
    def app() -> None:
        raise raised

    before = signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr(tree, "app", app)
    try:
        with pytest.raises(SystemExit) as caught:
            cli.main()
    finally:
        signal.signal(signal.SIGTERM, before)
    assert isinstance(caught.value.code, int)
    return caught.value.code


def kinds(base: type[RezError] = RezError) -> set[type[RezError]]:
    """Every failure of the project's own list that a person can meet."""
    below = {kind for sub in base.__subclasses__() for kind in kinds(sub)}
    return {kind for kind in {base} | below if kind.__module__ == "infra.errors"}


def test_every_failure_has_its_documented_exit_code() -> None:
    assert {kind: kind.exit_code for kind in kinds()} == DOCUMENTED


@pytest.mark.parametrize("kind", sorted(DOCUMENTED, key=lambda k: k.__name__))
def test_a_failure_is_its_lines_on_stderr_and_its_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], kind: type[RezError]
) -> None:
    failure = SettingsError(["first", "second"]) if kind is SettingsError else kind("first\nsecond")
    assert ended(monkeypatch, failure) == DOCUMENTED[kind]
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err == "error: first\nerror: second\n"


def test_a_failure_without_a_message_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended(monkeypatch, RolloutTimeout()) == 13
    assert capsys.readouterr().err == "error: RolloutTimeout\n"


@pytest.mark.parametrize("stop", [KeyboardInterrupt, Terminated])
def test_an_interruption_is_exit_130_without_a_word(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], stop: type[KeyboardInterrupt]
) -> None:
    assert ended(monkeypatch, stop()) == 130
    assert capsys.readouterr().err == ""


def test_a_full_disk_is_one_line(bare: dict[str, str]) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run([REZ, "policies", "list"], env=bare, stdout=full, stderr=subprocess.PIPE, text=True)  # noqa: PLW1510
    assert (done.returncode, done.stderr) == (1, "error: output: No space left on device; make room and repeat\n")


def test_bugs_are_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ZeroDivisionError):
        ended(monkeypatch, ZeroDivisionError())


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_works_for_every_command_on_a_bare_machine(bare: dict[str, str], command: str) -> None:
    done = rez(bare, *command.split(), "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.strip().startswith(f"Usage: rez {command}".strip())


def test_every_command_is_tested() -> None:
    found = [command.callback.__name__ for command in tree.app.registered_commands if command.callback]
    groups = [group.name for group in tree.app.registered_groups]
    assert {*found, *groups} == {command for command in COMMANDS if " " not in command}


@pytest.mark.parametrize(
    "line",
    [
        "junk",
        "--junk",
        "deploy",
        "deploy v2 v3",
        "deploy v2 --timeout=soon",
        "deploy v2 --timeout 0",
        "deploy v2",
        "rollback --timeout 0",
        "rollback",
        "status",
        "status --stack",
        "status --stack ../../etc/passwd",
        "status --stack nowhere",
        "status --stack production",
        "drift --stack production",
        "doctor now",
        "pulumi preview",
        "pulumi --stack",
        "pulumi up --stack nowhere",
        "local",
        "local junk",
        "local up --nope",
        "local up --context",
        "local up --context kind",
        "local up --context kind --release v1=x@sha256:1 --simulated",
        "local up --release v1=x@sha256:1",
        "local up --context kind --release v1=x@sha256:1",
        "local down --really",
        "state",
        "state versions --stack nowhere",
        "state restore --version",
        "bootstrap",
        "bootstrap aws",
        "bootstrap aws --repository a/b",
        "bootstrap aws --repository junk --region eu-central-1",
        "bootstrap aws --repository a/b --region eu-central-1 --stack local",
        "",
    ],
)
def test_what_cannot_be_meant_is_exit_2_without_a_trace(bare: dict[str, str], line: str) -> None:
    done = rez(bare, *line.split())
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert done.stdout + done.stderr


@pytest.mark.parametrize("line", ["--help", "local status", "local status --json", "doctor --json"])
def test_a_reader_that_has_gone_is_no_crash(bare: dict[str, str], line: str) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [REZ, *line.split()], env=bare, stdout=writer, stderr=subprocess.PIPE, text=True, timeout=60, check=False
    )
    os.close(writer)
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
    assert done.returncode == 1


@pytest.mark.parametrize("closed", [">&-", ">&- 2>&-", "<&- >&- 2>&-", "<&-"])
@pytest.mark.parametrize(("line", "code"), [("policies list", 0), ("--help", 0), ("status", 2), ("junk", 2)])
def test_closed_streams_are_no_crash(bare: dict[str, str], line: str, code: int, closed: str) -> None:
    command = f'"{REZ}" {line} {closed}'
    done = subprocess.run(["bash", "-c", command], env=bare, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == code
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_command_with_130(tmp_path: Path, number: signal.Signals) -> None:
    ready = tmp_path / "ready"
    program = f"""
import sys, time, pathlib
from infra import cli
from infra.cli import app, stack
def wait(*_):
    pathlib.Path({str(ready)!r}).touch()
    time.sleep(30)
stack.choose = wait
sys.argv = ["rez", "status"]
cli.main()
"""
    with subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.PIPE, text=True) as process:
        while not ready.exists() and process.poll() is None:
            pass
        process.send_signal(number)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in errors
