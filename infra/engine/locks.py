"""Finds the locks that a killed engine left in a file backend, and removes those nobody holds."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from urllib.parse import unquote

from infra.local.process import gone

_SCHEME = "file://"
ATTRIBUTES = ".attrs"
"""What the backend appends to a file's name for the file that describes it."""


def backend_folder(backend: str) -> Path | None:
    """The folder that a file backend keeps its files in; None for any other backend."""
    if not backend.startswith(_SCHEME):
        return None
    path = unquote(backend.removeprefix(_SCHEME).partition("?")[0])
    return Path(path).expanduser() / ".pulumi"


def _is_dead(lock: Path, host: str) -> bool:
    """True if this host's process that made the lock is gone (another host's lock is never judged)."""
    try:
        facts = json.loads(lock.read_text())
        return facts["hostname"] == host and gone(int(facts["pid"]))
    except (ValueError, KeyError, TypeError, FileNotFoundError):  # not a lock as the engine writes it
        return False


def break_dead(backend: str, stack: str) -> int:
    """Remove the locks of ended processes of this host.

    Args:
        backend: Backend URL; only `file://` has locks that can be judged by process id.
        stack: Stack name.

    Returns:
        How many were removed.
    """
    folder = backend_folder(backend)
    if folder is None:
        return 0
    found = (folder / "locks").glob(f"organization/*/{stack}/*.json")
    dead = [p for p in found if _is_dead(p, socket.gethostname())]
    for lock in dead:
        lock.with_name(lock.name + ATTRIBUTES).unlink(missing_ok=True)
        lock.unlink(missing_ok=True)
    return len(dead)
