"""The ResourceQuota: what a namespace may take holds what it declares."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from infra.quantities import MIB, format_mib, format_millicores
from policies.cluster.amounts import amount, parsed
from policies.cluster.pods import SERVING, pods, running_containers
from policies.cluster.scale import most_pods
from policies.limits import SCALE_SOURCE
from policies.objects.called import called
from policies.objects.graph import Graph, namespace_of
from policies.rule import About, Severity, graph_rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.objects.node import Node, Violation

_COUNTED: Final = {
    "cpu": ("requests", "cpu"),
    "requests.cpu": ("requests", "cpu"),
    "limits.cpu": ("limits", "cpu"),
    "memory": ("requests", "memory"),
    "requests.memory": ("requests", "memory"),
    "limits.memory": ("limits", "memory"),
    "pods": ("", "pods"),
    "count/pods": ("", "pods"),
}
"""What a quota can bound, and what it is counted in."""

_EVERY_POD: Final = ("NotTerminating", "NotBestEffort")
"""Scopes that hold for every pod that runs on and has requests."""


def _bounds(quota: Node) -> Iterator[Node]:
    spec = quota.at("spec")
    if spec.get("scopeSelector") is not None or any(each.get() not in _EVERY_POD for each in spec.each("scopes")):
        return
    hard = spec.at("hard")
    yield from (hard.at(key) for key in hard.mapping() if key in _COUNTED)


@graph_rule(
    About(
        id="quota-room",
        severity=Severity.HIGH,
        title="A ResourceQuota has room for all its namespace declares, at the HPA's maximum and during a rollout",
        why="The HPA asks for a pod that the quota refuses: the fleet stays small at the peak, and a rollout hangs",
        remedy="raise the quota to (maxReplicas + maxSurge) x requests of the API, and what else runs there",
        snippet="""\
kind: ResourceQuota
spec:
  hard: {requests.cpu: "8", requests.memory: 16Gi, limits.cpu: "20", limits.memory: 24Gi, pods: "30"}
""",
        source=SCALE_SOURCE,
        settings=("api.pods.max", "api.rollout.max_surge", "api.cpu", "api.memory"),
    ),
    kinds=("ResourceQuota",),
    each=_bounds,
)
def room(bound: Node, graph: Graph) -> Iterator[Violation]:
    """Add up what the pods of every Deployment and StatefulSet may take at one time."""
    side, name = _COUNTED[str(bound.steps[-1])]
    held = parsed(bound.get(), name)
    if held is None:
        return
    needed, fleets = 0, []
    for workload in _workloads(bound.root, graph):
        count = most_pods(workload, graph)
        if taken := count * _of_one_pod(workload, side, name):
            needed += taken
            fleets.append(f"{count} pods of {called(workload)}")
    if held < needed:
        yield bound.must(be=f"be at least {_shown(needed, name)} for {' and '.join(fleets)}")


def _workloads(quota: Node, graph: Graph) -> Iterator[Node]:
    for kind in SERVING:
        yield from graph.of(kind, namespace_of(quota))


def _of_one_pod(workload: Node, side: str, name: str) -> int:
    """What a pod counts: its containers together, or an init container that needs more; a limit is the request too."""
    if not side:
        return 1
    together = sum(_of_container(each, side, name) for each in running_containers(workload))
    first = (_of_container(each, side, name) for pod in pods(workload) for each in pod.each("initContainers"))
    return max(together, *first, 0)


def _of_container(container: Node, side: str, name: str) -> int:
    asked = amount(container, side, name)
    return (amount(container, "limits", name) if asked is None else asked) or 0


def _shown(amount: int, name: str) -> str:
    if name == "pods":
        return str(amount)
    return format_millicores(amount) if name == "cpu" else format_mib(-(-amount // MIB))
