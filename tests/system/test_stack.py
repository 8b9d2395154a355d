"""The stack on real parts: previews, drift, interruptions, secrets."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from infra.local import process
from tests.system.support import REZ, ROOT, System

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.cluster

_LOCAL = ("--stack", "local")
_UP = ("pulumi", "up", *_LOCAL, "--yes", "--skip-preview", "--non-interactive")


def test_a_second_preview_shows_no_change(system: System) -> None:
    system.rez("pulumi", "preview", *_LOCAL, "--expect-no-changes")


def test_a_refresh_shows_no_drift(system: System) -> None:
    system.rez(*_UP)  # the stack's reference to its own outputs is always those before its last update
    system.rez("pulumi", "refresh", *_LOCAL, "--yes", "--skip-preview", "--non-interactive", "--expect-no-changes")


def test_a_changed_plan_where_none_was_expected_exits_7(system: System) -> None:
    system.kubectl("delete", "service", "merchant-backend-service", "-n", "production")
    seen = system.rez("pulumi", "preview", *_LOCAL, "--expect-no-changes", check=False)
    assert seen.returncode == 7
    assert "merchant-backend-service" in seen.stdout


def test_a_service_deleted_by_hand_is_restored_by_up(system: System) -> None:
    system.kubectl("delete", "service", "merchant-backend-service", "-n", "production", "--ignore-not-found")
    system.rez(*_UP)
    system.answers()


def _commands_of_this_run(system: System) -> list[str]:
    """Command lines of engines and plugins that work for this run folder (other systems are left alone)."""
    found = []
    for folder in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if not folder.name.isdigit() or f"REZ_RUN={system.run_dir}" not in (folder / "environ").read_text():
                continue
            command = (folder / "cmdline").read_text().replace("\0", " ").strip()
            if "pulumi" in command or "infra.local.plugins" in command:
                found.append(command)
    return found


def _resources(system: System) -> list[str]:
    state = json.loads(system.rez("pulumi", "stack", "export", *_LOCAL).stdout)["deployment"]
    assert not state.get("pending_operations")
    return [r["urn"] for r in state["resources"] if r["type"].startswith("kubernetes:")]


def test_an_engine_killed_in_the_middle_loses_and_doubles_nothing(system: System, tmp_path: Path) -> None:
    before = _resources(system)
    for kind in ("hpa", "pdb", "service", "networkpolicy"):
        system.kubectl("delete", kind, "--all", "-n", "production")
    run = system.start(*_UP, output=tmp_path / "output")
    locks = system.run_dir / "state/.pulumi/locks/organization/rez-infra/local"
    while not any(locks.glob("*.json")):  # the update holds it from its start to its end
        assert run.poll() is None
        time.sleep(0.01)
    time.sleep(0.5)
    engine = process.children(run.pid)[0]
    os.kill(engine, signal.SIGKILL)
    run.wait(timeout=60)
    deadline = time.monotonic() + 10
    while (left := _commands_of_this_run(system)) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert left == []
    system.rez(*_UP)
    assert sorted(_resources(system)) == sorted(before)
    system.rez("pulumi", "preview", *_LOCAL, "--expect-no-changes")


def _creating_many(state: str) -> bool:
    """In the middle: some objects are recorded, more are begun."""
    return '"creating"' in state and state.count('"created"') > 5


def test_creations_of_a_killed_engine_are_neither_forgotten_nor_doubled(system: System, tmp_path: Path) -> None:
    images = json.loads((system.run_dir / "images.json").read_text())
    release = {"REZ_RELEASE": f"v1={images['v1']}"}
    system.rez("pulumi", "destroy", *_LOCAL, "--yes", "--skip-preview", "--non-interactive")
    run = system.start(*_UP, output=tmp_path / "output", **release)
    checkpoint = system.run_dir / "state/.pulumi/stacks/rez-infra/local.json"
    deadline = time.monotonic() + 60
    while not _creating_many(checkpoint.read_text()):
        assert run.poll() is None
        assert time.monotonic() < deadline
    os.kill(process.children(run.pid)[0], signal.SIGKILL)
    run.wait(timeout=60)
    assert '"creating"' in checkpoint.read_text()
    finished = system.rez(*_UP, **release)
    assert "adopting" in finished.stderr
    resources = _resources(system)
    assert len(resources) == len(set(resources)) > 15
    system.rez("pulumi", "preview", *_LOCAL, "--expect-no-changes")
    system.answers()


def _host_pid(system: System, daemon: str) -> int:
    """Host's process id of a daemon of the machine, found below the gateway."""
    gateway = int(json.loads((system.run_dir / "gateway.json").read_text())["gateway"]["pid"])
    for pid in process.family(gateway):
        with contextlib.suppress(OSError):
            if Path(f"/proc/{pid}/cmdline").read_text().split("\0")[0].endswith(f"/{daemon}"):
                return pid
    pytest.fail(f"no {daemon} runs")


@contextlib.contextmanager
def _stopped(pid: int) -> Iterator[None]:
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def test_an_api_server_that_is_away_is_exit_75_and_a_later_run_finishes(system: System) -> None:
    system.kubectl("delete", "hpa", "--all", "-n", "production")
    with _stopped(_host_pid(system, "kube-apiserver")):
        began = time.monotonic()
        run = system.rez(*_UP, check=False)
        assert run.returncode == 75, run.stdout + run.stderr
        assert "cluster unavailable" in run.stderr
        assert "Traceback" not in run.stdout + run.stderr
        time.sleep(max(0.0, 30 - (time.monotonic() - began)))
    system.rez(*_UP)
    system.rez("pulumi", "preview", *_LOCAL, "--expect-no-changes")


def test_two_runs_at_once_are_refused_with_the_holder_named(system: System, tmp_path: Path) -> None:
    with _stopped(_host_pid(system, "kube-apiserver")):  # holds the first run in its middle
        first = system.start(*_UP, output=tmp_path / "output")
        time.sleep(4)
        second = system.rez(*_UP, check=False)
    first.wait(timeout=120)
    assert second.returncode == 14, second.stdout + second.stderr
    assert "(pid " in second.stderr
    system.rez(*_UP)


CANARY = "c4n4ry-9f3b-do-not-print"


def test_a_secret_is_found_nowhere_but_in_its_secret(system: System, tmp_path: Path) -> None:
    config = tmp_path / "Pulumi.local.yaml"
    config.write_text((ROOT / "Pulumi.local.yaml").read_text())
    stack = (*_LOCAL, "--config-file", str(config))
    subprocess.run(
        [REZ, "pulumi", "config", "set", *stack, "--path", "secrets.JWT_SECRET", "--secret"],
        input=CANARY,
        text=True,
        env=system.env,
        cwd=ROOT,
        check=True,
    )
    output = tmp_path / "output"
    seen: list[str] = []
    try:
        run = system.start("pulumi", "up", *stack, "--yes", "--non-interactive", "--logtostderr", "-v=5", output=output)
        while run.poll() is None:
            seen += _arguments()
            time.sleep(0.05)
        assert run.returncode == 0, output.read_text()[-3000:]
        seen.append(output.read_text(errors="replace"))
        seen.append(system.rez("pulumi", "stack", "export", *_LOCAL).stdout)
        seen.append(system.rez("status", *_LOCAL, "--json").stdout)
        seen.append(system.rez("pulumi", "stack", "output", "--json", *_LOCAL).stdout)
        seen.append(system.kubectl("get", "deploy,rs,pods,cm,svc,hpa,pdb,events,networkpolicy", "-A", "-o", "yaml"))
        seen += [p.read_text(errors="replace") for p in (system.run_dir / "log").iterdir()]
        seen += [p.read_text(errors="replace") for p in (system.run_dir / "state").rglob("*.json*")]
        found = [text for text in seen if CANARY in text or _BASE64 in text]
        assert found == []
        assert CANARY in _decoded_secrets(system)
    finally:
        system.rez(*_UP)


_BASE64 = "YzRuNHJ5LTlmM2ItZG8tbm90LXByaW50"


def _arguments() -> list[str]:
    found = []
    for folder in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if folder.name.isdigit():
                found.append((folder / "cmdline").read_text())
    return found


def _decoded_secrets(system: System) -> str:
    import base64

    secrets = json.loads(system.kubectl("get", "secrets", "-n", "production", "-o", "json"))["items"]
    values = [v for s in secrets for v in s.get("data", {}).values()]
    return "\n".join(base64.b64decode(v).decode(errors="replace") for v in values)
