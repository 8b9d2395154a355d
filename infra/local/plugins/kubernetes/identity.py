"""Which object a resource is: kind from its type, stack from its URN, id from its name. Pure."""

from __future__ import annotations

from typing import Any, NamedTuple

_CLUSTER_SCOPED = frozenset(
    {
        "v1/Namespace",
        "v1/Node",
        "v1/PersistentVolume",
        "admissionregistration.k8s.io",
        "apiextensions.k8s.io",
        "apiregistration.k8s.io",
        "certificates.k8s.io",
        "flowcontrol.apiserver.k8s.io",
        "networking.k8s.io/IngressClass",
        "node.k8s.io",
        "rbac.authorization.k8s.io/ClusterRole",
        "rbac.authorization.k8s.io/ClusterRoleBinding",
        "scheduling.k8s.io",
        "storage.k8s.io/CSIDriver",
        "storage.k8s.io/CSINode",
        "storage.k8s.io/StorageClass",
        "storage.k8s.io/VolumeAttachment",
        "storage.k8s.io/VolumeAttributesClass",
    }
)
_OWN_GROUPS = frozenset({"v1", "apps", "autoscaling", "batch", "policy"})


class Ref(NamedTuple):
    """The name of one object for the API server."""

    api_version: str
    kind: str
    name: str
    namespace: str | None

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"

    @property
    def id(self) -> str:
        """The resource's id in Pulumi's state."""
        return f"{self.namespace}/{self.name}" if self.namespace else self.name


def kind_of(token: str) -> tuple[str, str]:
    """The apiVersion and kind of a resource type such as `kubernetes:apps/v1:Deployment`."""
    _, api_version, kind = token.split(":", maxsplit=2)
    return api_version.removeprefix("core/"), kind


def token_of(urn: str, token: str) -> str:
    """The resource type: given, or the last one in the URN."""
    return token or urn.split("::")[2].rsplit("$", maxsplit=1)[-1]


def stack_of(urn: str) -> str:
    """The stack that a URN belongs to."""
    return urn.split("::", maxsplit=1)[0].rsplit(":", maxsplit=1)[-1]


def namespaced(api_version: str, kind: str) -> bool | None:
    """Whether objects of a kind live in a namespace; None if only the cluster knows."""
    group = api_version.split("/", maxsplit=1)[0]
    if group in _CLUSTER_SCOPED or f"{group}/{kind}" in _CLUSTER_SCOPED:
        return False
    return True if group in _OWN_GROUPS or group.endswith(".k8s.io") else None


def ref_of(manifest: dict[str, Any]) -> Ref:
    """The object that a complete manifest describes."""
    metadata = manifest["metadata"]
    return Ref(manifest["apiVersion"], manifest["kind"], metadata["name"], metadata.get("namespace"))


def ref_from_id(token: str, identifier: str) -> Ref:
    """The object that an id names, as in `pulumi import`."""
    namespace, _, name = identifier.rpartition("/")
    api_version, kind = kind_of(token)
    return Ref(api_version, kind, name, namespace or None)
