"""What the emulator knows: one JSON document, written anew as a whole with each change, so that no kill halves it."""

from __future__ import annotations

import copy
import json
import os
import secrets
import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Json = dict[str, Any]


class Store:
    """The document; safe to share between threads.

    Args:
        file: Where it is kept; holds users' derived keys, never a password.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = threading.RLock()
        self._known: Json = json.loads(file.read_text()) if file.exists() else {"groups": {}}

    def read(self) -> Json:
        """All, as it is now and stays: each change makes another document. Not to be changed."""
        return self._known

    @contextmanager
    def change(self) -> Iterator[Json]:
        """All, to be changed; kept on disk once the block ends, and forgotten if it raises."""
        with self._lock:
            fresh = copy.deepcopy(self._known)
            yield fresh
            if fresh != self._known:
                self._write(json.dumps(fresh))
                self._known = fresh

    def _write(self, text: str) -> None:
        beside = self._file.with_suffix(".new")
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self._file)


def new_id() -> str:
    """An id as Atlas makes them: 24 hex digits."""
    return secrets.token_hex(12)


def timestamp() -> str:
    """The present as Atlas writes it: ``2026-01-02T03:04:05Z``."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
