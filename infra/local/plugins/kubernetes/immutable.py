"""Fields that the API server refuses to change on a live object, for previews that cannot ask it. Pure.

Source: Kubernetes 1.35, API reference and validation of updates; a test compares every entry with a real API server.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from infra.local.plugins.kubernetes.diff import Change

_CONTENT: Final = ("data", "binaryData", "immutable")
_RBAC: Final = "rbac.authorization.k8s.io"

FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "Secret": ("type",),
    "PersistentVolumeClaim": (
        "spec.accessModes",
        "spec.dataSource",
        "spec.dataSourceRef",
        "spec.selector",
        "spec.storageClassName",
        "spec.volumeMode",
        "spec.volumeName",
    ),
    "PersistentVolume": ("spec.csi", "spec.hostPath", "spec.local", "spec.nfs", "spec.volumeMode"),
    "ResourceQuota": ("spec.scopes",),
    "Service": ("spec.clusterIP",),
    "apps/DaemonSet": ("spec.selector",),
    "apps/Deployment": ("spec.selector",),
    "apps/ReplicaSet": ("spec.selector",),
    "apps/StatefulSet": (
        "spec.podManagementPolicy",
        "spec.selector",
        "spec.serviceName",
        "spec.volumeClaimTemplates",
    ),
    "batch/Job": ("spec.completionMode", "spec.selector", "spec.template"),
    "networking.k8s.io/IngressClass": ("spec.controller",),
    f"{_RBAC}/ClusterRoleBinding": ("roleRef",),
    f"{_RBAC}/RoleBinding": ("roleRef",),
    "scheduling.k8s.io/PriorityClass": ("preemptionPolicy", "value"),
    "storage.k8s.io/StorageClass": ("parameters", "provisioner", "reclaimPolicy", "volumeBindingMode"),
}
"""By group and kind, the core group's without a group."""

_SEALED: Final = {"ConfigMap": _CONTENT, "Secret": _CONTENT}
"""What cannot change any more once an object calls itself immutable."""


def refused(old: dict[str, Any], changes: list[Change]) -> list[str]:
    """The fields among the changes that the API server would refuse to change.

    Args:
        old: The recorded inputs.
        changes: What an update would change.
    """
    group, _, _ = str(old.get("apiVersion", "")).rpartition("/")
    kind = str(old.get("kind", ""))
    fixed = FIELDS.get(f"{group}/{kind}" if group else kind, ())
    if old.get("immutable") is True:
        fixed += _SEALED.get(kind, ())
    paths = [str(change) for change in changes]
    return [field for field in fixed if any(_meets(path, field) for path in paths)]


def _meets(path: str, field: str) -> bool:
    """Whether a change is of a field, inside it, or of all that holds it."""
    return f"{path}.".startswith((f"{field}.", f"{field}[")) or f"{field}.".startswith(f"{path}.")
