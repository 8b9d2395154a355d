"""How many nodes a Redis cluster has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from policies.cluster.pods import template
from policies.databases.redis.servers import servers
from policies.objects.graph import Graph, namespace_of

if TYPE_CHECKING:
    from policies.objects.node import Node

_INSTANCE: Final = "app.kubernetes.io/instance"
_UNSAID: Final = 1
"""What Kubernetes takes where replicas are left out."""


def nodes(workload: Node, graph: Graph) -> int:
    """Count the pods of a cluster.

    StatefulSets of one namespace are one cluster when they share their governing Service, or the instance in their
    pods' labels. Pods of another kind are counted alone.

    Args:
        workload: An object with a Redis server.
        graph: The stack.

    Returns:
        The number of pods.

    Raises:
        UndeterminedError: When it is not known yet.
    """
    count = _replicas(workload)
    if workload.text("kind") != "StatefulSet":
        return count
    for other in graph.of("StatefulSet.apps", namespace_of(workload)):
        if other is not workload and _marks(other) & _marks(workload) and any(True for _ in servers(other)):
            count += _replicas(other)
    return count


def _replicas(workload: Node) -> int:
    count = workload.integer("spec", "replicas")
    return _UNSAID if count is None else count


def _marks(workload: Node) -> set[tuple[str, str]]:
    marks = {
        ("service", workload.text("spec", "serviceName")),
        ("instance", template(workload).text("metadata", "labels", _INSTANCE)),
    }
    return {(kind, name) for kind, name in marks if name}
