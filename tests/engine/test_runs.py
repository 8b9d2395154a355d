from __future__ import annotations

import os
import subprocess
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from infra.engine import runs

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("REZ_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def ended() -> int:
    with subprocess.Popen(["sleep", "60"]) as process:
        runs.note(process.pid)
        process.kill()
    return process.pid


def now(**later: float) -> str:
    return (datetime.now(UTC) + timedelta(**later)).isoformat()


def test_a_lock_taken_soon_after_a_start_is_that_processs() -> None:
    pid = ended()
    assert runs.lost(pid, now())
    assert runs.lost(pid, now(minutes=50))


def test_a_lock_from_before_or_long_after_is_another_machines() -> None:
    pid = ended()
    assert not runs.lost(pid, now(minutes=-1))
    assert not runs.lost(pid, now(minutes=70))


def test_a_process_that_lives_is_not_lost() -> None:
    with subprocess.Popen(["sleep", "60"]) as process:
        runs.note(process.pid)
        assert not runs.lost(process.pid, now())
        process.kill()


def test_a_process_that_nobody_noted_or_that_was_forgotten_is_not_ours() -> None:
    pid = ended()
    runs.forget(pid)
    assert not runs.lost(pid, now())
    runs.forget(pid)


@pytest.mark.parametrize("content", ["", "{", "{}", "[]", '{"started": 1, "at": "soon"}', '{"started": 1, "at": 7}'])
def test_a_record_that_is_none_proves_nothing(cache: Path, content: str) -> None:
    (cache / "engines").mkdir(parents=True)
    (cache / "engines/7.json").write_text(content)
    assert not runs.lost(7, now())


def test_a_cache_that_cannot_be_written_stops_nobody(cache: Path) -> None:
    cache.write_text("a file")
    pid = ended()
    assert not runs.lost(pid, now())
    runs.forget(pid)


def test_records_that_nobody_asked_for_are_swept(cache: Path) -> None:
    old, recent = ended(), ended()
    record = cache / f"engines/{old}.json"
    os.utime(record, (0, 0))
    ended()
    assert not record.exists()
    assert (cache / f"engines/{recent}.json").exists()
