"""Refuses to change a cluster that is not the stack's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.errors import PreconditionError

if TYPE_CHECKING:
    from infra.cluster import Cluster
    from infra.settings import Settings


def check(settings: Settings, cluster: Cluster) -> None:
    """Compare the UID of namespace `kube-system`, which no two clusters share, with the stack's setting.

    Raises:
        PreconditionError: It is another cluster.
        UnavailableError: The cluster does not answer.
    """
    wanted = settings.cluster.kube_system_uid
    if not wanted:
        return
    found = ((cluster.get("v1", "Namespace", "kube-system") or {}).get("metadata") or {}).get("uid")
    if found != wanted:
        raise PreconditionError(
            f"{cluster.server} is not this stack's cluster: its kube-system has UID {found}, cluster.kube_system_uid "
            f"says {wanted}; choose the right context, or correct the setting"
        )
