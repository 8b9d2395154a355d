"""Waiting for a live object to become ready, or to be gone."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from infra.errors import RezError
from infra.local.plugins.kubernetes.awaiting import Progress, State, progress

if TYPE_CHECKING:
    import threading

    from infra.cluster import Cluster
    from infra.local.plugins.kubernetes.identity import Ref

SHORTEST_PAUSE_S = 0.1
LONGEST_PAUSE_S = 1.0


class NotReadyError(RezError):
    """The object exists, but is not what its creator waits for."""


class Waiter:
    """Waits for objects of one cluster, until they are ready, the time is over, or the engine cancels."""

    def __init__(self, cluster: Cluster, cancelled: threading.Event) -> None:
        self._cluster = cluster
        self._cancelled = cancelled

    def until_ready(self, ref: Ref, timeout_s: float) -> dict[str, Any]:
        """Wait for an object to become ready and return it.

        Raises:
            NotReadyError: It did not, or was deleted meanwhile.
        """
        deadline, pause = time.monotonic() + timeout_s, SHORTEST_PAUSE_S
        while True:
            live = self._get(ref)
            if live is None:
                message = f"{ref}: was deleted while being waited for"
                raise NotReadyError(message)
            now = self._progress(live)
            if now.state is State.READY:
                return live
            if now.state is State.FAILED:
                message = f"{ref}: {now.why}"
                raise NotReadyError(message)
            pause = self._pause(pause, deadline, f"{ref}: not ready after {timeout_s:.0f} s: {now.why}")

    def until_gone(self, ref: Ref, uid: str, timeout_s: float) -> None:
        """Wait for one object, not another of its name, to be gone.

        Raises:
            NotReadyError: It is still there.
        """
        deadline, pause = time.monotonic() + timeout_s, SHORTEST_PAUSE_S
        while (live := self._get(ref)) and live["metadata"]["uid"] == uid:
            held = ", ".join(live["metadata"].get("finalizers") or []) or "its dependents"
            pause = self._pause(pause, deadline, f"{ref}: not deleted after {timeout_s:.0f} s: held by {held}")

    def _get(self, ref: Ref) -> dict[str, Any] | None:
        return self._cluster.get(ref.api_version, ref.kind, ref.name, ref.namespace)

    def _progress(self, live: dict[str, Any]) -> Progress:
        now = progress(live)
        if now.state is State.WAITING and live["kind"] == "PersistentVolumeClaim" and self._binds_late(live):
            return Progress(State.READY)
        return now

    def _binds_late(self, claim: dict[str, Any]) -> bool:
        """Whether the claim's class waits for the first pod that uses it."""
        name = claim["spec"].get("storageClassName")
        found = self._cluster.get("storage.k8s.io/v1", "StorageClass", name) if name else None
        return (found or {}).get("volumeBindingMode") == "WaitForFirstConsumer"

    def _pause(self, pause: float, deadline: float, late: str) -> float:
        if time.monotonic() > deadline:
            raise NotReadyError(late)
        if self._cancelled.wait(pause):
            message = f"{late.split(': not ', maxsplit=1)[0]}: cancelled while waiting"
            raise NotReadyError(message)
        return min(pause * 1.5, LONGEST_PAUSE_S)
