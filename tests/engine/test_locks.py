from __future__ import annotations

import json
import os
import socket
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from infra.engine.locks import break_dead

if TYPE_CHECKING:
    from pathlib import Path

HERE = socket.gethostname()


@pytest.fixture
def dead() -> int:
    process = subprocess.Popen(["true"])
    process.wait()
    return process.pid


def lock(state: Path, content: object, *, stack: str = "local", name: str = "one") -> Path:
    path = state / ".pulumi" / "locks" / "organization" / "rez-infra" / stack / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def held(pid: int, host: str = HERE) -> dict[str, Any]:
    return {"pid": pid, "username": "root", "hostname": host, "timestamp": "2026-11-23T22:55:00.1Z"}


def test_locks_of_ended_processes_are_removed(tmp_path: Path, dead: int) -> None:
    paths = [lock(tmp_path, held(dead), name=name) for name in ("one", "two")]
    assert break_dead(f"file://{tmp_path}", "local") == 2
    assert not any(p.exists() for p in paths)


def test_a_lock_whose_process_lives_is_kept(tmp_path: Path) -> None:
    path = lock(tmp_path, held(os.getpid()))
    assert break_dead(f"file://{tmp_path}", "local") == 0
    assert path.exists()


def test_a_lock_of_another_host_is_never_judged(tmp_path: Path, dead: int) -> None:
    path = lock(tmp_path, held(dead, "elsewhere"))
    assert break_dead(f"file://{tmp_path}", "local") == 0
    assert path.exists()


def test_a_lock_of_another_stack_is_left_alone(tmp_path: Path, dead: int) -> None:
    path = lock(tmp_path, held(dead), stack="production")
    assert break_dead(f"file://{tmp_path}", "local") == 0
    assert path.exists()


@pytest.mark.parametrize("content", ["", "{", "[]", "7", '{"pid": 1}', json.dumps({"hostname": HERE, "pid": "x"})])
def test_what_is_not_a_lock_is_left_for_a_person(tmp_path: Path, content: str) -> None:
    path = lock(tmp_path, content)
    assert break_dead(f"file://{tmp_path}", "local") == 0
    assert path.exists()


@pytest.mark.parametrize("backend", ["", "https://api.pulumi.com", "s3://bucket?region=x", "azblob://x"])
def test_backends_elsewhere_are_not_looked_at(backend: str) -> None:
    assert break_dead(backend, "local") == 0


def test_a_backend_without_any_lock_is_fine(tmp_path: Path) -> None:
    assert break_dead(f"file://{tmp_path}/absent", "local") == 0


def test_the_backends_address_may_hold_options_blanks_and_a_home(
    tmp_path: Path, dead: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for address in (f"file://{tmp_path}/a%20b?no_tmp_dir=true", "file://~/a b"):
        lock(tmp_path / "a b", held(dead))
        assert break_dead(address, "local") == 1
