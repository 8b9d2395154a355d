"""A change that was killed in its middle: written down before it is begun, so that the next one finishes it."""

from __future__ import annotations

import contextlib
from dataclasses import asdict
from typing import TYPE_CHECKING, Final

from infra.errors import LockHeld, RezError, UnavailableError
from infra.operations.change import Change
from infra.rollout import left
from infra.rollout.journal import Entry
from infra.text import timestamp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.rollout.scene import Scene

_WRITTEN: Final = ("kind", "what", "before", "reason", "patch", "undo", "rolls")


def entry_of(scene: Scene, change: Change) -> Entry:
    """A change as the journal has it; how many pods there have to be is not kept, for by then it may be over."""
    return Entry(
        action=change.kind,
        release=change.release,
        previous=change.release,
        step="up",
        since=timestamp(scene.now()),
        by=scene.by,
        rolls_out=change.rolls,
        change={key: value for key, value in asdict(change).items() if key in _WRITTEN},
    )


def change_of(entry: Entry) -> Change:
    """The change that `entry_of` has written down."""
    return Change(release=entry.release, **(entry.change or {}))


def read(scene: Scene) -> Entry | None:
    """The change that the last run has left half done; None if it left none.

    Raises:
        UnavailableError: The cluster does not answer.
    """
    entry = left.read(scene)
    touching = entry and (entry.touching or entry)
    return touching if touching and touching.change else None


@contextlib.contextmanager
def journalled(scene: Scene, entry: Entry) -> Iterator[None]:
    """Write down what is going to be done, and strike it out at its end, unless there is something left to finish.

    Raises:
        LockHeld: The lock is somebody else's by now.
        UnavailableError: The API server does not answer.
    """
    scene.lock.write(entry)
    try:
        yield
    except UnavailableError:
        raise
    except RezError:
        _strike(scene)
        raise
    _strike(scene)


def _strike(scene: Scene) -> None:
    with contextlib.suppress(LockHeld, UnavailableError):  # the next run finds it done, and does it twice
        scene.lock.write(None)
