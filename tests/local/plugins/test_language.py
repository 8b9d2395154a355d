"""How the language host runs programs and policy packs."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from infra.local.plugins.language import commands
from infra.local.plugins.language.children import Children
from infra.local.plugins.wire import language_pb2

REQUEST = language_pb2.RunRequest(
    project="p",
    stack="s",
    monitor_address="m",
    dryRun=True,
    parallel=8,
    organization="o",
    config={"p:password": "hunter2"},
    configSecretKeys=["p:password"],
    info=language_pb2.ProgramInfo(root_directory="/r", program_directory="/r/infra", entry_point="."),
)


def test_configuration_goes_by_environment_alone() -> None:
    assert "hunter2" not in " ".join(commands.program(REQUEST, "e"))
    assert commands.program_environment(REQUEST) == {
        "PULUMI_CONFIG": '{"p:password": "hunter2"}',
        "PULUMI_CONFIG_SECRET_KEYS": '["p:password"]',
    }


def test_the_program_is_told_where_it_runs() -> None:
    *_, settings, entry = commands.program(REQUEST, "e")
    assert entry == "."
    for part in ('"monitor": "m"', '"engine": "e"', '"dry_run": true', '"root_directory": "/r"', '"parallel": 8'):
        assert part in settings


def test_the_virtualenv_of_the_project_is_used(tmp_path: Path) -> None:
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.touch()
    (tmp_path / ".venv" / "pyvenv.cfg").touch()
    assert commands.interpreter(str(tmp_path), {"virtualenv": ".venv"}) == python
    assert commands.interpreter(str(tmp_path), {"toolchain": "uv"}) == python
    environment = commands.environment(python, {"A": "b"})
    assert environment["PATH"].startswith(f"{python.parent}:")
    assert environment["VIRTUAL_ENV"] == str(tmp_path / ".venv")
    assert environment["A"] == "b"


def test_without_a_virtualenv_this_interpreter_is_used() -> None:
    assert commands.interpreter("/r", {}) == Path(sys.executable)


def test_a_virtualenv_that_is_not_there_names_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="make setup"):
        commands.interpreter(str(tmp_path), {"virtualenv": ".venv"})


def test_a_policy_pack_runs_in_the_sdk() -> None:
    assert commands.plugin("analyzer", "/pack", ["addr"]) == ["-u", "-m", "pulumi.policy", "addr", "/pack"]
    assert commands.plugin("resource", "/plugin", ["addr"]) == ["-u", "/plugin", "addr"]


def test_the_host_announces_a_port_and_ends_with_its_parent() -> None:
    script = (
        "import subprocess,sys;"
        "p=subprocess.Popen([sys.executable,'-P','-m','infra.local.plugins.language','addr'],stdout=subprocess.PIPE,text=True);"
        "print(p.pid, p.stdout.readline().strip(), flush=True)"
    )
    pid, port = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    ).stdout.split()
    assert int(port) > 0
    deadline = time.monotonic() + 10
    while Path(f"/proc/{pid}").exists():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_children_are_ended_together() -> None:
    children = Children()
    child = children.start([sys.executable, "-c", "import time; time.sleep(60)"])
    children.end()
    assert children.wait(child) != 0
