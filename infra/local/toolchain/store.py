"""The cache on disk: a folder is either complete under its name or not there; one process fills it at a time."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def publish(folder: Path, witness: str, say: Callable[[str], None]) -> Iterator[Path | None]:
    """Fill a cache folder under a temporary name and rename it when the block ends without an exception.

    Args:
        folder: The name it gets.
        witness: A file in it, by relative path, without which it does not count as complete.
        say: Takes one line of progress, when another process is filling the same folder.

    Yields:
        The folder to fill, or None if it is already complete, also when another process has just filled it.
    """
    if (folder / witness).exists():
        yield None
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _locked(folder, say):
        if (folder / witness).exists():
            yield None
            return
        _sweep(folder)
        fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
        try:
            yield fresh
            fresh.chmod(0o755)  # mkdtemp's is for its owner alone
            fresh.rename(folder)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)


@contextmanager
def _locked(folder: Path, say: Callable[[str], None]) -> Iterator[None]:
    # The kernel drops the lock with its process, however that ends, so the file may stay.
    with folder.with_name(f"{folder.name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"waiting for another process that makes {folder.name}")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _sweep(folder: Path) -> None:
    """Delete what a killed process left; the caller holds the lock, so nobody is using it."""
    for leftover in folder.parent.glob(f".{folder.name}.*"):
        shutil.rmtree(leftover, ignore_errors=True)
    if os.path.lexists(folder):
        shutil.rmtree(folder)
