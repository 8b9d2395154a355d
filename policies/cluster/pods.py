"""Where pods are inside the objects that run them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from policies.objects.node import Node
    from policies.objects.values import Manifest

_TEMPLATES: Final[dict[str, tuple[str, ...]]] = {
    "Deployment": ("spec", "template"),
    "StatefulSet": ("spec", "template"),
    "DaemonSet": ("spec", "template"),
    "ReplicaSet": ("spec", "template"),
    "ReplicationController": ("spec", "template"),
    "Job": ("spec", "template"),
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
    "Pod": (),
}

SERVING: Final = ("Deployment.apps", "StatefulSet.apps")
"""Kinds that keep a service up, pod by pod."""

WORKLOADS: Final = (
    *SERVING,
    "DaemonSet.apps",
    "ReplicaSet.apps",
    "ReplicationController",
    "Job.batch",
    "CronJob.batch",
    "Pod",
)
"""Every kind that runs pods."""

HOOKS: Final = (
    ("livenessProbe",),
    ("readinessProbe",),
    ("startupProbe",),
    ("lifecycle", "postStart"),
    ("lifecycle", "preStop"),
)
"""Where a container's probes and lifecycle hooks are."""


def template(workload: Node) -> Node:
    """Find the pod template (or the pod itself) in an object of a kind in WORKLOADS."""
    return workload.at(*_TEMPLATES.get(workload.text("kind"), ()))


@lru_cache(maxsize=1024)
def pod_labels(workload: Node) -> Manifest:
    """Read the labels of the pods; every selector of a Namespace is compared with those of all workloads in it."""
    return template(workload).mapping("metadata", "labels")


def pods(workload: Node) -> Iterator[Node]:
    """Pick the pod's spec."""
    yield template(workload).at("spec")


@lru_cache(maxsize=8)
def containers(workload: Node) -> Sequence[Node]:
    """Pick every container, init containers and ephemeral ones too; a dozen rules ask, each for parts of its own."""
    return *declared_containers(workload), *template(workload).each("spec", "ephemeralContainers")


def declared_containers(workload: Node) -> Sequence[Node]:
    """Pick every container but the ephemeral ones, which come later and may have neither resources nor probes."""
    pod = template(workload).at("spec")
    return *pod.each("initContainers"), *pod.each("containers")


@lru_cache(maxsize=64)
def environment(container: Node) -> Sequence[Node]:
    """Pick the variables of a container; five rules look at them."""
    return tuple(container.each("env"))


def pods_and_containers(workload: Node) -> Iterator[Node]:
    """Pick the pod's spec and every container: what can have a security context."""
    yield from pods(workload)
    yield from containers(workload)


def linux_containers(workload: Node) -> Iterator[Node]:
    """Pick every container but those of a pod for Windows, which may not say what concerns Linux alone."""
    for pod in pods(workload):
        if pod.text("os", "name") != "windows":
            yield from containers(workload)


def main_containers(workload: Node) -> Iterator[Node]:
    """Pick the containers that do the work, without init containers and sidecars."""
    for pod in pods(workload):
        yield from pod.each("containers")


def running_containers(workload: Node) -> Iterator[Node]:
    """Pick the containers that run as long as the pod does: sidecars are init containers that are always restarted."""
    for pod in pods(workload):
        yield from pod.each("containers")
        yield from (each for each in pod.each("initContainers") if each.get("restartPolicy") == "Always")


def ports(workload: Node) -> Iterator[Node]:
    """Pick every port of every container."""
    for container in containers(workload):
        yield from container.each("ports")


def variables(workload: Node) -> Iterator[Node]:
    """Pick every environment variable of every container."""
    for container in containers(workload):
        yield from environment(container)


def volumes(workload: Node) -> Iterator[Node]:
    """Pick every volume."""
    for pod in pods(workload):
        yield from pod.each("volumes")


def protocol(port: Node) -> str:
    """Read a port's protocol, as Kubernetes fills it in."""
    return port.text("protocol") or "TCP"
