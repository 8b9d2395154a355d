"""A stack's locks: those that a killed engine of this machine left are removed, and one of our own can be held."""

from __future__ import annotations

import contextlib
import getpass
import json
import os
import socket
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from infra.engine import runs
from infra.engine.state_files import locks_of
from infra.errors import LockHeld
from infra.local.process import gone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.engine.state_files import StateFiles


def break_dead(files: StateFiles, stack: str) -> int:
    """Remove the locks of ended processes of this machine.

    Args:
        files: The backend's files.
        stack: Stack name.

    Returns:
        How many were removed.
    """
    found = [(name, _read(files, name)) for name in files.names(locks_of(stack))]
    dead = [(name, facts) for name, facts in found if _is_dead(facts, files)]
    for name, facts in dead:
        files.remove(name)
        runs.forget(int(facts["pid"]))
    return len(dead)


def _read(files: StateFiles, name: str) -> dict[str, Any]:
    """What a lock says of its holder; nothing if it is none as the engine writes it."""
    try:
        facts = json.loads(files.read(name) or b"")
    except ValueError:
        return {}
    return facts if isinstance(facts, dict) else {}


def _is_dead(facts: dict[str, Any], files: StateFiles) -> bool:
    """True if this machine's process that made the lock is gone (another's lock is never judged).

    A host's name proves nothing in a shared backend, where another machine may bear it too: there the lock must be one
    of a process that this machine remembers.
    """
    try:
        pid = int(facts["pid"])
        if facts["hostname"] != socket.gethostname() or not gone(pid):
            return False
        return not files.shared or runs.lost(pid, facts["timestamp"])
    except (ValueError, KeyError, TypeError):
        return False


@contextlib.contextmanager
def held(files: StateFiles, stack: str) -> Iterator[None]:
    """Keep every engine away from a stack, as one engine does another.

    Args:
        files: The backend's files.
        stack: Stack name.

    Raises:
        LockHeld: Somebody changes the stack.
    """
    own = f"{locks_of(stack)}/{uuid.uuid4()}.json"
    _refuse_held(files, stack, own)
    runs.note(os.getpid())
    try:
        files.write(own, json.dumps(_facts()).encode())
        _refuse_held(files, stack, own)  # somebody may have taken it at the same time
        yield
    finally:
        files.remove(own)
        runs.forget(os.getpid())


def _facts() -> dict[str, Any]:
    return {
        "pid": os.getpid(),
        "username": getpass.getuser(),
        "hostname": socket.gethostname(),
        "timestamp": datetime.now(UTC).isoformat(),
    }


def _refuse_held(files: StateFiles, stack: str, own: str) -> None:
    holders = [_holder(_read(files, name)) for name in files.names(locks_of(stack)) if name != own]
    if holders:
        raise held_by(holders)


def held_by(holders: list[tuple[str, str]]) -> LockHeld:
    """The failure that a held lock is.

    Args:
        holders: Each `user@host (pid N)`, and since when.
    """
    named = " and ".join(f"by {holder} since {since}" for holder, since in holders)
    remedy = "wait for it to end, or free a lock whose machine is gone with `rez pulumi cancel --stack NAME`"
    holder, since = holders[0]
    return LockHeld(f"the stack is being changed {named}: {remedy}", holder=holder, since=since)


def _holder(facts: dict[str, Any]) -> tuple[str, str]:
    named = {part: facts.get(part, "unknown") for part in ("username", "hostname", "pid", "timestamp")}
    return f"{named['username']}@{named['hostname']} (pid {named['pid']})", str(named["timestamp"])
