"""What cannot change: the table against a real API server, entry by entry."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest

from infra.local.plugins.kubernetes import diff
from infra.local.plugins.kubernetes.identity import namespaced
from infra.local.plugins.kubernetes.immutable import FIELDS, refused
from infra.local.plugins.kubernetes.link import Nowhere
from infra.local.plugins.kubernetes.objects import Objects
from infra.rejection import ApiError

if TYPE_CHECKING:
    from infra.cluster import Cluster

LABELS = {"matchLabels": {"app": "a"}}
POD = {"metadata": {"labels": {"app": "a"}}, "spec": {"containers": [{"name": "a", "image": "example/a:1"}]}}
JOB_POD = {**POD, "spec": {**POD["spec"], "restartPolicy": "Never"}}
SIZE = {"resources": {"requests": {"storage": "1Gi"}}}
CLAIM = {"accessModes": ["ReadWriteOnce"], "storageClassName": "a", **SIZE}
TEMPLATE = {"metadata": {"name": "data"}, "spec": CLAIM}
VOLUME = {"capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"], "volumeMode": "Filesystem"}
ROLE = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view"}
SNAPSHOT = {"apiGroup": "snapshot.storage.k8s.io", "kind": "VolumeSnapshot", "name": "s"}
REQUIRED = {"nodeSelectorTerms": [{"matchExpressions": [{"key": "a", "operator": "Exists"}]}]}

BODIES: dict[str, dict[str, Any]] = {
    "ConfigMap": {"apiVersion": "v1", "immutable": True, "data": {"a": "1"}, "binaryData": {"b": "MQ=="}},
    "Secret": {"apiVersion": "v1", "immutable": True, "type": "Opaque", "data": {"a": "MQ=="}},
    "PersistentVolumeClaim": {"apiVersion": "v1", "spec": {**CLAIM, "volumeMode": "Filesystem", "volumeName": "v"}},
    "ResourceQuota": {"apiVersion": "v1", "spec": {"hard": {"pods": "3"}, "scopes": ["NotTerminating"]}},
    "Service": {"apiVersion": "v1", "spec": {"clusterIP": "10.97.0.200", "ports": [{"port": 80}]}},
    "DaemonSet": {"apiVersion": "apps/v1", "spec": {"selector": LABELS, "template": POD}},
    "Deployment": {"apiVersion": "apps/v1", "spec": {"selector": LABELS, "template": POD}},
    "ReplicaSet": {"apiVersion": "apps/v1", "spec": {"selector": LABELS, "template": POD}},
    "StatefulSet": {
        "apiVersion": "apps/v1",
        "spec": {
            "selector": LABELS,
            "serviceName": "a",
            "podManagementPolicy": "Parallel",
            "volumeClaimTemplates": [TEMPLATE],
            "template": POD,
        },
    },
    "Job": {"apiVersion": "batch/v1", "spec": {"completions": 2, "completionMode": "Indexed", "template": JOB_POD}},
    "IngressClass": {"apiVersion": "networking.k8s.io/v1", "spec": {"controller": "example.com/a"}},
    "ClusterRoleBinding": {"apiVersion": "rbac.authorization.k8s.io/v1", "roleRef": ROLE},
    "RoleBinding": {"apiVersion": "rbac.authorization.k8s.io/v1", "roleRef": ROLE},
    "PriorityClass": {"apiVersion": "scheduling.k8s.io/v1", "value": 1, "preemptionPolicy": "Never"},
    "StorageClass": {
        "apiVersion": "storage.k8s.io/v1",
        "provisioner": "example.com/a",
        "parameters": {"a": "1"},
        "reclaimPolicy": "Retain",
        "volumeBindingMode": "Immediate",
    },
}
VOLUMES = {
    "csi": ({"driver": "example.com", "volumeHandle": "a"}, {"driver": "example.com", "volumeHandle": "b"}),
    "hostPath": ({"path": "/a"}, {"path": "/b"}),
    "local": ({"path": "/a"}, {"path": "/b"}),
    "nfs": ({"server": "a", "path": "/a"}, {"server": "b", "path": "/a"}),
}
OTHER: dict[str, Any] = {
    "spec.accessModes": ["ReadWriteMany"],
    "spec.dataSource": SNAPSHOT,
    "spec.dataSourceRef": SNAPSHOT,
    "spec.storageClassName": "b",
    "spec.volumeMode": "Block",
    "spec.volumeName": "w",
    "spec.scopes": ["Terminating"],
    "spec.clusterIP": "10.97.0.201",
    "spec.podManagementPolicy": "OrderedReady",
    "spec.serviceName": "b",
    "spec.volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": {**CLAIM, "storageClassName": "b"}}],
    "spec.completionMode": "NonIndexed",
    "spec.template": {**JOB_POD, "spec": {**JOB_POD["spec"], "restartPolicy": "OnFailure"}},
    "spec.controller": "example.com/b",
    "roleRef": {**ROLE, "name": "edit"},
    "preemptionPolicy": "PreemptLowerPriority",
    "value": 2,
    "type": "example.com/other",
    "parameters": {"a": "2"},
    "provisioner": "example.com/b",
    "reclaimPolicy": "Delete",
    "volumeBindingMode": "WaitForFirstConsumer",
    "data": {"a": "Mg=="},
    "binaryData": {"b": "Mg=="},
    "immutable": False,
}
SELECTOR = {"matchLabels": {"app": "a", "tier": "b"}}
LABELLED = {**POD, "metadata": {"labels": {"app": "a", "tier": "b"}}}


def pairs() -> list[Any]:
    """Each entry of the table as an object, the field, and the object with another value there."""
    found = []
    entries = {**FIELDS, "ConfigMap": ("data", "binaryData", "immutable")}
    entries["Secret"] = (*entries["Secret"], "data", "immutable")
    for key, fields in entries.items():
        kind = key.rpartition("/")[2]
        for field in fields:
            old, new = (named(kind, volume_of(field) if kind == "PersistentVolume" else BODIES[kind]) for _ in "ab")
            change(new, kind, field)
            found.append(pytest.param(old, field, new, id=f"{kind}-{field}"))
    return found


def volume_of(field: str) -> dict[str, Any]:
    """A volume of the type that the field is about."""
    kind = field.rpartition(".")[2]
    kind = kind if kind in VOLUMES else "hostPath"
    affinity = {"nodeAffinity": {"required": REQUIRED}} if kind == "local" else {}
    return {"apiVersion": "v1", "spec": {**VOLUME, **affinity, kind: VOLUMES[kind][0]}}


def named(kind: str, body: dict[str, Any]) -> dict[str, Any]:
    metadata = {"name": "probe"}
    return copy.deepcopy({"kind": kind, "metadata": metadata, **body})


def change(manifest: dict[str, Any], kind: str, field: str) -> None:
    *above, last = field.split(".")
    place = manifest
    for step in above:
        place = place[step]
    if kind == "PersistentVolume" and last in VOLUMES:
        place[last] = VOLUMES[last][1]
    elif last == "selector":
        place[last] = SELECTOR
        if "template" in place:
            place["template"] = LABELLED if kind != "Job" else place["template"]
    else:
        place[last] = OTHER[field]


@pytest.mark.engine
@pytest.mark.parametrize(("old", "field", "new"), pairs())
def test_the_api_server_refuses_what_the_table_says(
    cluster: Cluster, namespace: str, old: dict[str, Any], field: str, new: dict[str, Any]
) -> None:
    for manifest in (old, new):
        if namespaced(manifest["apiVersion"], manifest["kind"]):
            manifest["metadata"]["namespace"] = namespace
        else:
            manifest["metadata"]["name"] = namespace
    cluster.apply(old)
    try:
        with pytest.raises(ApiError) as refusal:
            cluster.apply(new, force=True, dry_run=True)
        assert diff.immutable(refusal.value.causes), refusal.value
        assert field in refused(old, diff.of_inputs(old, new))
    finally:
        if "namespace" not in old["metadata"]:
            cluster.delete(old["apiVersion"], old["kind"], old["metadata"]["name"])


def replaced(old: dict[str, Any], new: dict[str, Any], ignored: list[str] | None = None) -> list[str]:
    changes = Objects(Nowhere()).compare(old, new, ignored or []).changes
    return [str(change) for change in changes if change.replace]


def claim(**spec: Any) -> dict[str, Any]:
    return named("PersistentVolumeClaim", {"apiVersion": "v1", "spec": {**CLAIM, **spec}})


def test_without_a_cluster_a_fixed_field_replaces_and_another_does_not() -> None:
    larger = {"resources": {"requests": {"storage": "2Gi"}}}
    assert replaced(claim(), claim(storageClassName="b", **larger)) == ["spec.storageClassName"]
    assert replaced(claim(), claim(**larger)) == []
    assert replaced(claim(), claim(storageClassName="b"), ["spec.storageClassName"]) == []


def test_content_is_fixed_only_where_it_calls_itself_immutable() -> None:
    body = {"apiVersion": "v1", "data": {"a": "1"}}
    other = {"apiVersion": "v1", "data": {"a": "2"}}
    assert replaced(named("ConfigMap", body), named("ConfigMap", other)) == []
    sealed = named("ConfigMap", {**body, "immutable": True})
    assert replaced(sealed, named("ConfigMap", {**other, "immutable": True})) == ["data.a"]
    assert replaced(sealed, named("ConfigMap", body)) == ["immutable"]


def test_a_replacement_of_the_same_name_deletes_first() -> None:
    assert Objects(Nowhere()).compare(claim(), claim(storageClassName="b"), []).delete_first
