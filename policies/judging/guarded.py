"""Which fields of which kinds the rules guard, for the rule that they may not be hidden from the engine.

`Deployment.spec.replicas` is not among them: to leave it to the HPA is what `ignoreChanges` is good for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from policies.databases import atlas
from policies.objects.property_path import parse
from policies.objects.resources import from_manifest

if TYPE_CHECKING:
    from policies.objects.node import Node, Step

ANY: Final = "*"
_LABELS: Final = "metadata.labels"
_POD: Final = (
    "spec.template.spec",
    "spec.template.metadata.labels",
    *(f'spec.template.metadata.annotations["prometheus.io/{name}"]' for name in ("scrape", "port", "path")),
)
_REGION: Final = "replicationSpecs[*].regionConfigs[*]"
_SPECS: Final = ("electableSpecs", "readOnlySpecs", "analyticsSpecs")
_SCALINGS: Final = ("autoScaling", "analyticsAutoScaling")
_CLUSTER: Final = (
    "pitEnabled",
    "terminationProtectionEnabled",
    "retainBackupsEnabled",
    "mongoDbMajorVersion",
    "advancedConfiguration.minimumEnabledTlsProtocol",
)
_RBAC: Final = "rbac.authorization.k8s.io"


def path(text: str) -> tuple[Step, ...]:
    """Read a path, wildcards included."""
    return parse(text.replace("[*]", f".{ANY}"))


_FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "Deployment.apps": (_LABELS, *_POD, "spec.strategy", "spec.selector"),
    "StatefulSet.apps": (
        _LABELS,
        *_POD,
        "spec.replicas",
        "spec.selector",
        "spec.volumeClaimTemplates[*].spec",
        "spec.persistentVolumeClaimRetentionPolicy",
    ),
    "DaemonSet.apps": (_LABELS, *_POD),
    "ReplicaSet.apps": (_LABELS, *_POD),
    "ReplicationController": (_LABELS, *_POD),
    "Job.batch": (_LABELS, *_POD),
    "CronJob.batch": (_LABELS, "spec.jobTemplate.spec.template.spec", "spec.jobTemplate.spec.template.metadata.labels"),
    "Pod": (
        _LABELS,
        *(f"spec.{name}" for name in ("containers", "initContainers", "securityContext", "volumes")),
        *(f"spec.{name}" for name in ("automountServiceAccountToken", "serviceAccountName")),
        *(f"spec.{name}" for name in ("hostNetwork", "hostPID", "hostIPC")),
    ),
    "HorizontalPodAutoscaler.autoscaling": ("spec",),
    "PodDisruptionBudget.policy": ("spec",),
    "NetworkPolicy.networking.k8s.io": ("spec",),
    "ResourceQuota": ("spec",),
    "Service": ("spec.type", "spec.selector", "spec.ports[*].targetPort", "spec.ports[*].port", "spec.externalIPs"),
    "Ingress.networking.k8s.io": ("spec.tls", "spec.rules", "spec.defaultBackend"),
    "Namespace": (_LABELS,),
    "ConfigMap": ("data", "binaryData", "immutable"),
    "Secret": ("data", "stringData", "immutable"),
    "ServiceAccount": ("automountServiceAccountToken",),
    "StorageClass.storage.k8s.io": ("reclaimPolicy",),
    f"Role.{_RBAC}": ("rules",),
    f"ClusterRole.{_RBAC}": ("rules",),
    f"RoleBinding.{_RBAC}": ("roleRef", "subjects"),
    f"ClusterRoleBinding.{_RBAC}": ("roleRef", "subjects"),
    "Release.helm.sh": ("chart", "values"),
    "Chart.helm.sh": ("chart", "values"),
    atlas.CLUSTER: (
        *_CLUSTER,
        "backupEnabled",
        f"{_REGION}.providerName",
        *(f"{_REGION}.{specs}.{field}" for specs in _SPECS for field in ("instanceSize", "nodeCount", "diskSizeGb")),
        *(f"{_REGION}.{scaling}" for scaling in _SCALINGS),
    ),
    atlas.OLD_CLUSTER: (
        *_CLUSTER,
        "cloudBackup",
        "diskSizeGb",
        "replicationFactor",
        "replicationSpecs[*].regionsConfigs[*].electableNodes",
        "providerInstanceSizeName",
        *atlas.OLD_SCALING,
    ),
    atlas.FLEX_CLUSTER: ("providerSettings",),
    atlas.SERVERLESS: ("providerSettingsProviderName",),
    atlas.BACKUP_SCHEDULE: ("clusterName", "restoreWindowDays"),
    atlas.COMPLIANCE_POLICY: ("restoreWindowDays",),
    atlas.MAINTENANCE_WINDOW: ("dayOfWeek", "hourOfDay"),
    atlas.DATABASE_USER: ("roles", "password", "passwordWo"),
    atlas.ACCESS_LIST: ("cidrBlock", "ipAddress"),
}
GUARDED: Final = {kind: tuple(map(path, fields)) for kind, fields in _FIELDS.items()}
"""The guarded fields' paths by kind; `*` stands for any key or place."""

_ATLAS: Final = tuple(each for kind, paths in GUARDED.items() if kind.startswith("mongodbatlas:") for each in paths)


def hidden(node: Node, ignored: tuple[Step, ...]) -> bool:
    """Tell whether to ignore a path's changes takes a guarded field from the rules' sight.

    Args:
        node: The object. One of Atlas does not say its kind, but no two of them call different things by one name.
        ignored: The path.

    Returns:
        Whether it is a guarded field, or inside or above one.
    """
    return any(_meet(field, ignored) for field in GUARDED.get(from_manifest(node.mapping()).kind, _ATLAS))


def _meet(field: tuple[Step, ...], other: tuple[Step, ...]) -> bool:
    return all(one == two or ANY in {one, two} for one, two in zip(field, other, strict=False))
