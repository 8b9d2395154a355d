"""A scene in which no other run acts: the lock is held, and what is written shows its token."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING, cast

from infra.engine import runs
from infra.errors import LockHeld, UnavailableError
from infra.rejection import ApiError
from infra.rollout import fence
from infra.rollout.acquire import acquire

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.rollout.scene import Cluster, Scene


@contextlib.contextmanager
def held(scene: Scene, *, wait_s: float = 0.0) -> Iterator[Scene]:
    """Hold the lock of a scene.

    Args:
        scene: Where.
        wait_s: How long to wait for a run that holds it.

    Raises:
        LockHeld: Another run holds it.
        PreconditionError: The namespace has no room for the lock.
        UnavailableError: The API server does not answer.
    """
    try:
        lock = acquire(scene, wait_s=wait_s)
    except ApiError as error:
        if error.status == HTTPStatus.FORBIDDEN and "exceeded quota" in str(error):
            raise fence.no_room(error) from error
        raise
    try:
        fence.raise_fence(scene, lock)
        yield replace(scene, cluster=cast("Cluster", fence.Fenced(scene.cluster, lock)), lock=lock)
    finally:
        with contextlib.suppress(LockHeld, UnavailableError, ApiError):  # it expires, or is another's
            lock.release()
            runs.forget(lock.pid)
