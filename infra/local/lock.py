"""One starter or ender of the local system at a time."""

from __future__ import annotations

import fcntl
import hashlib
from contextlib import contextmanager
from typing import TYPE_CHECKING

from infra.local import paths

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def held(say: Callable[[str], None]) -> Iterator[None]:
    """Wait until nobody else starts or ends the system of this run folder, and keep others waiting.

    The lock lies in the cache, because the run folder comes and goes; the kernel drops it with its process.
    """
    name = hashlib.sha256(str(paths.run().resolve()).encode()).hexdigest()[:8]
    paths.make(paths.cache())
    with (paths.cache() / f"run-{name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("waiting for another `rez local up` or `down` on this machine")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
