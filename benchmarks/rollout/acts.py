"""What happens to a namespace while a release is rolled out in it, beside what its pods do."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from benchmarks.rollout import argo
from benchmarks.rollout.stages import TIMELINE
from benchmarks.rollout.world import IMAGES, NAME, REPLICAS
from infra.errors import UnavailableError

if TYPE_CHECKING:
    from infra.cluster import Cluster

Act = Callable[["Cluster", str], None]
_MERGE = "application/merge-patch+json"
_STRATEGIC = "application/strategic-merge-patch+json"
_PATIENCE_S = 60.0


def quota_of_one_pod(cluster: Cluster, namespace: str) -> None:
    """Less memory than one pod may use."""
    _quota(cluster, namespace, {"limits.memory": "200Mi"})


def quota_of_pods(cluster: Cluster, namespace: str) -> None:
    """Room for the pods that run and none more."""
    _quota(cluster, namespace, {"pods": str(REPLICAS)})


def room(cluster: Cluster, namespace: str) -> None:
    """The quota is raised after a while."""
    time.sleep(15)
    _quota(cluster, namespace, {"pods": "10"})


def restrict(cluster: Cluster, namespace: str) -> None:
    """Pods that are not restricted are refused from now on."""
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    path = cluster.path("v1", "Namespace", name=namespace)
    cluster.request("PATCH", path, body={"metadata": {"labels": labels}}, content_type=_MERGE)


def autoscaler(cluster: Cluster, namespace: str) -> None:
    """The autoscaler says that it acts, and the node that the pod waits for comes."""
    pod = _next_pod(cluster, namespace)
    time.sleep(10)
    _event(cluster, pod, "TriggeredScaleUp", "pod triggered scale-up: [{pool 1->2 (max: 5)}]")
    time.sleep(20)
    labels = {"kubernetes.io/hostname": f"late-{namespace}", "pool": namespace}
    cluster.apply({"apiVersion": "v1", "kind": "Node", "metadata": {"name": f"late-{namespace}", "labels": labels}})


def preempt(cluster: Cluster, namespace: str) -> None:
    """A pod of the release has to go for one of higher priority: what the scheduler writes then."""
    pod = _next_pod(cluster, namespace, bound=True)
    why = {"reason": "PreemptionByScheduler", "message": "preempting to accommodate a higher priority pod"}
    _condition(cluster, pod, {"type": "DisruptionTarget", "status": "True", **why})
    _event(cluster, pod, "Preempted", why["message"])
    cluster.delete("v1", "Pod", pod["metadata"]["name"], namespace)


def scale(cluster: Cluster, namespace: str) -> None:
    """The autoscaler wants more pods in the middle of it."""
    _next_pod(cluster, namespace)
    is_deployment = cluster.get("apps/v1", "Deployment", NAME, namespace) is not None
    kind = ("apps/v1", "Deployment") if is_deployment else (argo.API_VERSION, "Rollout")
    path = cluster.path(*kind, namespace=namespace, name=NAME) + "/scale"
    cluster.request("PATCH", path, body={"spec": {"replicas": REPLICAS + 2}}, content_type=_MERGE)


def lose_node(cluster: Cluster, namespace: str) -> None:
    """A pod's node does not answer; the node controller says so, and then evicts it."""
    pod = _next_pod(cluster, namespace, bound=True)
    time.sleep(6)
    why = {"reason": "NodeStatusUnknown", "message": "Node is not ready"}
    _condition(cluster, pod, {"type": "Ready", "status": "False", **why})
    time.sleep(8)
    cluster.delete("v1", "Pod", pod["metadata"]["name"], namespace)


def _quota(cluster: Cluster, namespace: str, hard: dict[str, str]) -> None:
    metadata = {"name": "compute", "namespace": namespace}
    cluster.apply(
        {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": metadata, "spec": {"hard": hard}}, force=True
    )
    deadline = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline:
        live = cluster.get("v1", "ResourceQuota", "compute", namespace) or {}
        if live.get("status", {}).get("hard") == hard:
            return
        time.sleep(0.1)
    raise UnavailableError(f"the quota of {namespace} does not count")


def _next_pod(cluster: Cluster, namespace: str, *, bound: bool = False) -> dict[str, Any]:
    """Wait for the first pod of the next release."""
    deadline = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline:
        for pod in cluster.list("v1", "Pod", namespace, labels=TIMELINE):
            image = pod["spec"]["containers"][0]["image"]
            if image == IMAGES["next"] and (pod["spec"].get("nodeName") or not bound):
                return pod
        time.sleep(0.2)
    raise UnavailableError(f"no pod of the next release came in {namespace}")


def _condition(cluster: Cluster, pod: dict[str, Any], condition: dict[str, str]) -> None:
    metadata = pod["metadata"]
    path = cluster.path("v1", "Pod", namespace=metadata["namespace"], name=metadata["name"]) + "/status"
    cluster.request("PATCH", path, body={"status": {"conditions": [condition]}}, content_type=_STRATEGIC)


def _event(cluster: Cluster, pod: dict[str, Any], reason: str, message: str) -> None:
    metadata, now = pod["metadata"], time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    about = {"apiVersion": "v1", "kind": "Pod", **{key: metadata[key] for key in ("name", "namespace", "uid")}}
    cluster.create(
        {
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {
                "generateName": metadata["name"],
                "namespace": metadata["namespace"],
                "name": f"{metadata['name']}.{reason.lower()}",
            },
            "involvedObject": about,
            "type": "Normal",
            "reason": reason,
            "message": message,
            "firstTimestamp": now,
            "lastTimestamp": now,
            "count": 1,
        }
    )
