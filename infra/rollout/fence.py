"""Writes that show the run's fencing token, by which the API server refuses them once the lock is somebody else's."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from infra.errors import PreconditionError, UnavailableError
from infra.manifests import fencing
from infra.rejection import ApiError
from infra.rollout import fencing_token

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from infra.manifests import Manifest
    from infra.rollout.scene import Cluster, Lock, Scene

_STALE: Final = "0.0"
"""A token that no lock has: they begin with 1."""
_UNKNOWN_S: Final = 2.0
"""How long the first token of a namespace may take to be known: without any, the fence is open."""
_LATE_S: Final = 10.0
_PAUSE_S: Final = 0.1


class Fenced:
    """A cluster whose created and patched objects show the token of a lock; all else is the cluster's own."""

    def __init__(self, cluster: Cluster, lock: Lock) -> None:
        self._cluster = cluster
        self._lock = lock

    def create(self, manifest: Manifest, *, dry_run: bool = False) -> Manifest:
        """Create an object that must not exist yet; 409 when it does."""
        return self._cluster.create(fencing.stamped(manifest, self._lock.stamp()), dry_run=dry_run)

    def patch(self, api_version: str, kind: str, name: str, namespace: str, change: Mapping[str, Any]) -> Manifest:
        """Merge a change into a live object."""
        shown = fencing.stamped({"metadata": {}, **change}, self._lock.stamp())
        return self._cluster.patch(api_version, kind, name, namespace, shown)

    def delete(
        self, api_version: str, kind: str, name: str, namespace: str | None = None, *, propagation: str = "Background"
    ) -> None:
        """Delete an object; a deletion can show no token, so that the lock is asked for right before it.

        Raises:
            LockHeld: It is somebody else's by now, and so may be the object.
        """
        self._lock.confirm()
        self._cluster.delete(api_version, kind, name, namespace, propagation=propagation)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cluster, name)


def raise_fence(scene: Scene, lock: Lock) -> None:
    """Show the API server the token of a lock that was just taken, and wait until it has taken notice.

    It learns of it a moment later; until then it would let the last holder's writes pass, and refuse ours.

    Raises:
        LockHeld: The lock is somebody else's by now.
        PreconditionError: The namespace has no room for what a deploy writes.
        UnavailableError: The API server takes no notice.
    """
    fencing_token.show(scene, lock)
    if not _comes(scene, lambda: _refuses(scene, _STALE), within_s=_UNKNOWN_S):
        scene.say("no fence: this cluster does not refuse a deploy that lost its lock; `rez pulumi up` declares it")
    elif not _comes(scene, lambda: not _refuses(scene, lock.stamp()), within_s=_LATE_S):
        raise UnavailableError(f"the API server has not taken notice of the lock within {_LATE_S:g} s; try again")


def _comes(scene: Scene, seen: Callable[[], bool], *, within_s: float) -> bool:
    deadline = scene.clock() + within_s
    while not seen():
        if scene.clock() > deadline:
            return False
        scene.pause(_PAUSE_S)
    return True


def _refuses(scene: Scene, stamp: str) -> bool:
    """Whether a write that shows the token is refused; tried with one that is never carried out."""
    metadata = {"name": fencing.NAME, "namespace": scene.target.namespace}
    probe = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata}
    try:
        scene.cluster.create(fencing.stamped(probe, stamp), dry_run=True)
    except ApiError as error:
        if error.status == HTTPStatus.FORBIDDEN and "exceeded quota" in str(error):
            raise no_room(error) from error
        if fencing.NAME not in str(error) or "denied request" not in str(error):
            raise
        return True
    return False


def no_room(error: ApiError) -> PreconditionError:
    """The refusal of a namespace that is at its quota."""
    return PreconditionError(f"{error}; raise the quota, or delete what is not needed: nothing was touched")
