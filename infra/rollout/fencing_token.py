"""The lock's token where the API server looks which one counts."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from infra.errors import UnavailableError
from infra.manifests import fencing
from infra.rejection import ApiError

if TYPE_CHECKING:
    from infra.rollout.scene import Cluster, Lock, Scene

_ATTEMPTS: Final = 5


def highest(cluster: Cluster, namespace: str) -> int:
    """The token that the API server compares with; 0 before any lock was taken."""
    return fencing.token_shown_by(cluster.get(*fencing.TOKEN_PLACE, namespace))


def show(scene: Scene, lock: Lock) -> None:
    """Write the token where the API server looks; never over a higher one, nor over what was not read.

    Raises:
        LockHeld: The lock is somebody else's by now.
        UnavailableError: Somebody else writes it; or the API server does not answer.
    """
    cluster, namespace = scene.cluster, scene.target.namespace
    for _ in range(_ATTEMPTS):
        live = cluster.get(*fencing.TOKEN_PLACE, namespace)
        if fencing.token_shown_by(live) > lock.token:
            break
        wanted = fencing.token_holder(namespace, lock.token)
        try:
            if live is None:
                cluster.create(wanted)
            else:
                version = {"resourceVersion": live["metadata"]["resourceVersion"]}
                shown = {"annotations": wanted["metadata"]["annotations"]}
                cluster.patch(*fencing.TOKEN_PLACE, namespace, {"metadata": {**version, **shown}})
        except ApiError as error:
            if error.status != HTTPStatus.CONFLICT:
                raise
        else:
            return
    lock.confirm()
    raise UnavailableError(
        f"ServiceAccount {namespace}/{fencing.NAME} shows another token than the lock has; try again"
    )
