"""What the restricted Pod Security Standard asks of a pod, and more: no root, nothing written, no privilege gained."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from infra.manifests import Manifest


def pod_security(user: int) -> Manifest:
    """The security context of a pod whose processes and volumes are those of a user.

    Args:
        user: Its id, which is its group's as well.
    """
    return {
        "runAsNonRoot": True,
        "runAsUser": user,
        "runAsGroup": user,
        "fsGroup": user,
        "fsGroupChangePolicy": "OnRootMismatch",
        "seccompProfile": {"type": "RuntimeDefault"},
    }


def container_security() -> Manifest:
    """The security context of each container of it."""
    return {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
