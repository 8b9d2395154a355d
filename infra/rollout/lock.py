"""The lock of a run: taken, kept by a thread, lost or given back; and the journal that is written in it."""

from __future__ import annotations

import itertools
import threading
from http import HTTPStatus
from typing import TYPE_CHECKING, Protocol

from infra.errors import LockHeld, UnavailableError
from infra.rejection import ApiError
from infra.rollout import lease

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from infra.manifests import Manifest
    from infra.rollout.journal import Entry
    from infra.rollout.lease import Holder

_RENEWALS = 3
"""In the time after which a silent holder is taken for dead."""
_ATTEMPTS = 5


class Store(Protocol):
    """The part of `infra.cluster.Cluster` that a lock needs."""

    def get(self, api_version: str, kind: str, name: str, namespace: str | None = None) -> Manifest | None:
        """A live object."""

    def create(self, manifest: Manifest, *, dry_run: bool = False) -> Manifest:
        """Create an object; 409 when there is one."""

    def replace(self, manifest: Manifest) -> Manifest:
        """Put an object in place of the live one; 409 when its resourceVersion is another by now."""


class Lock:
    """A Lease that this run holds.

    Every write of it says which version it is a change of, so that the API server refuses one that rests on old news.

    Args:
        store: The cluster.
        live: The Lease as it was taken.
        me: Who took it.
        now: The present, UTC.

    Attributes:
        lost: Set once it is known that somebody else holds the lock.
    """

    def __init__(self, store: Store, live: Manifest, me: Holder, now: Callable[[], datetime]) -> None:
        self.lost = threading.Event()
        self.token = lease.token(live)
        self.pid = me.pid
        self._store, self._live, self._me, self._now = store, live, me, now
        self._writes = itertools.count(1)
        self._one_at_a_time = threading.Lock()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._keep, daemon=True)
        self._thread.start()

    def stamp(self) -> str:
        """The token for one write: another one each time, so that also a repeated write is judged."""
        return f"{self.token}.{next(self._writes)}"

    def check(self) -> None:
        """Raise LockHeld once the lock is known to be somebody else's."""
        if self.lost.is_set():
            raise self._taken_over()

    def confirm(self) -> None:
        """Ask the API server whether the lock is still ours.

        Raises:
            LockHeld: It is not.
            UnavailableError: It does not answer.
        """
        self._write(lambda live: lease.renewed(live, now=self._now()))

    def write(self, entry: Entry | None) -> None:
        """Write down what is going to be done; None when there is nothing left to do.

        Raises:
            LockHeld: The lock is somebody else's by now.
            UnavailableError: The API server does not answer.
        """
        self._write(lambda live: lease.written(lease.renewed(live, now=self._now()), entry))

    def release(self) -> None:
        """Give the lock back; one that cannot be given back expires."""
        self._ended.set()
        self._thread.join()
        if not self.lost.is_set():
            self._write(lease.freed)

    def _write(self, change: Callable[[Manifest], Manifest]) -> None:
        with self._one_at_a_time:
            for attempt in range(_ATTEMPTS):
                self.check()
                try:
                    self._live = self._store.replace(change(self._live))
                except ApiError as error:
                    if error.status not in {HTTPStatus.CONFLICT, HTTPStatus.NOT_FOUND} or attempt == _ATTEMPTS - 1:
                        raise
                    self._look()
                else:
                    return

    def _look(self) -> None:
        live = self._store.get(lease.API_VERSION, lease.KIND, lease.NAME, self._live["metadata"]["namespace"])
        if live is None or (lease.holder(live), lease.token(live)) != (str(self._me), self.token):
            self._live = live or {}
            self.lost.set()
        else:
            self._live = live

    def _keep(self) -> None:
        period_s = self._live["spec"]["leaseDurationSeconds"] / _RENEWALS
        while not self._ended.wait(period_s):
            try:
                self.confirm()
            except LockHeld:
                return
            except (ApiError, UnavailableError):
                continue  # if it goes on like this others will take the lock, and the API server refuses our writes

    def _taken_over(self) -> LockHeld:
        holder, since = lease.holder(self._live), lease.since(self._live)
        how = f"{holder} has held it since {since}" if holder else "nobody holds it now"
        return LockHeld(
            f"the lock of this run was taken over while it was silent: {how}; this run has ended where it was, and "
            "the API server refuses what it still wants to write; see `rez status`",
            holder=holder,
            since=since,
        )
