"""Which engines this machine started and did not see end well: the proof that a lock in a shared backend is ours."""

from __future__ import annotations

import contextlib
import json
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from infra.local import paths
from infra.local.process import Process

if TYPE_CHECKING:
    from pathlib import Path

_KEPT_S = 30 * 24 * 3600.0
_LATEST_LOCK = timedelta(hours=1)
"""An engine takes its lock soon after its start: a later one is that of another machine's process of the same id."""


def _record(pid: int) -> Path:
    return paths.cache() / "engines" / f"{pid}.json"


def note(pid: int) -> None:
    """Remember a process that may take a lock; without a cache to write to, such a lock is left for a person."""
    process = Process.of(pid)
    if process is None:
        return
    with contextlib.suppress(OSError):
        _record(pid).parent.mkdir(parents=True, exist_ok=True)
        _record(pid).write_text(json.dumps({"started": process.started, "at": datetime.now(UTC).isoformat()}))
        for old in _record(pid).parent.iterdir():  # most failed runs have left no lock, and nobody asks for them again
            if old.stat().st_mtime < time.time() - _KEPT_S:
                old.unlink(missing_ok=True)


def forget(pid: int) -> None:
    """Forget a process that has let go of its lock."""
    with contextlib.suppress(OSError):
        _record(pid).unlink(missing_ok=True)


def lost(pid: int, locked: str) -> bool:
    """Whether a lock is that of a process of this machine which is gone.

    Args:
        pid: The lock's process id.
        locked: When the lock was taken, ISO 8601.

    Raises:
        ValueError: The time is none.
    """
    try:
        noted = json.loads(_record(pid).read_text())
        process, began = Process(pid, noted["started"]), datetime.fromisoformat(noted["at"])
    except (OSError, ValueError, KeyError, TypeError):
        return False
    return not process.alive() and timedelta() <= datetime.fromisoformat(locked) - began <= _LATEST_LOCK
