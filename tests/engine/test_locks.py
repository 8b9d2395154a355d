from __future__ import annotations

import getpass
import json
import os
import socket
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from infra.engine import locks, runs
from infra.engine.folder_files import FolderFiles
from infra.engine.state_files import locks_of, open_at
from infra.errors import LockHeld

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


def break_dead(address: str, stack: str) -> int:
    files = open_at(address)
    assert files is not None
    return locks.break_dead(files, stack)


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


def test_a_backend_without_any_lock_is_fine(tmp_path: Path) -> None:
    assert break_dead(f"file://{tmp_path}/absent", "local") == 0


def test_the_backends_address_may_hold_options_blanks_and_a_home(
    tmp_path: Path, dead: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for address in (f"file://{tmp_path}/a%20b?no_tmp_dir=true", "file://~/a b"):
        lock(tmp_path / "a b", held(dead))
        assert break_dead(address, "local") == 1


class Shared(FolderFiles):
    """A folder that other machines write to as well."""

    @property
    def shared(self) -> bool:
        return True


@pytest.fixture
def shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shared:
    monkeypatch.setenv("REZ_CACHE", str(tmp_path / "cache"))
    return Shared(tmp_path)


def ended() -> int:
    with subprocess.Popen(["sleep", "60"]) as process:
        runs.note(process.pid)
        process.kill()
    return process.pid


def taken(pid: int) -> dict[str, Any]:
    return held(pid) | {"timestamp": datetime.now(UTC).isoformat()}


def test_in_a_shared_backend_a_host_of_our_name_is_no_proof(shared: Shared, dead: int) -> None:
    path = lock(shared.root, taken(dead))
    assert locks.break_dead(shared, "local") == 0
    assert path.exists()


def test_in_a_shared_backend_the_lock_of_a_process_that_we_started_is_removed(shared: Shared) -> None:
    ours, theirs = lock(shared.root, taken(ended()), name="ours"), lock(shared.root, taken(7), name="theirs")
    assert locks.break_dead(shared, "local") == 1
    assert not ours.exists()
    assert theirs.exists()


def test_an_old_lock_of_a_process_id_that_we_used_again_is_kept(shared: Shared) -> None:
    path = lock(shared.root, held(ended()))
    assert locks.break_dead(shared, "local") == 0
    assert path.exists()


@pytest.mark.parametrize("timestamp", ["soon", "2026-11-23T22:55:00", 7, None])
def test_a_lock_without_a_time_is_left_for_a_person(shared: Shared, timestamp: object) -> None:
    path = lock(shared.root, held(ended()) | {"timestamp": timestamp})
    assert locks.break_dead(shared, "local") == 0
    assert path.exists()


class TestHeld:
    def test_a_second_one_is_told_who_holds_it_and_since_when(self, shared: Shared) -> None:
        with locks.held(shared, "local"):
            with pytest.raises(LockHeld) as caught, locks.held(shared, "local"):
                pytest.fail("held twice")
            (name,) = shared.names(locks_of("local"))
            facts = json.loads(shared.read(name) or b"")
            assert caught.value.holder == f"{getpass.getuser()}@{HERE} (pid {os.getpid()})"
            assert caught.value.since == facts["timestamp"]
        assert shared.names(locks_of("local")) == []

    def test_it_is_let_go_of_after_a_failure(self, shared: Shared) -> None:
        with pytest.raises(ZeroDivisionError), locks.held(shared, "local"):
            raise ZeroDivisionError
        assert shared.names(locks_of("local")) == []

    def test_of_two_at_the_same_time_neither_goes_on(self, shared: Shared, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(
            Shared, "write", lambda files, name, _: [lock(files.root, taken(7), name=n) for n in (Path(name).stem, "x")]
        )
        with pytest.raises(LockHeld), locks.held(shared, "local"):
            pytest.fail("held by two")
        assert [Path(name).name for name in shared.names(locks_of("local"))] == ["x.json"]

    def test_one_that_is_no_lock_holds_nevertheless(self, shared: Shared) -> None:
        lock(shared.root, "{")
        with pytest.raises(LockHeld, match=r"unknown@unknown \(pid unknown\)"), locks.held(shared, "local"):
            pytest.fail("held")
