"""Where the API's pods run: not all on one node."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from policies.cluster.api import api_servers
from policies.cluster.pods import WORKLOADS, pods, template
from policies.limits import RESTART_SOURCE
from policies.objects.label_selector import selects
from policies.rule import About, Severity, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.objects.node import Node, Violation

_SNIPPET: Final = """\
topologySpreadConstraints:
  - topologyKey: kubernetes.io/hostname
    maxSkew: 1
    whenUnsatisfiable: ScheduleAnyway
    labelSelector: {matchLabels: {app: merchant-backend}}
"""


@rule(
    About(
        id="deployment-topology-spread",
        severity=Severity.MEDIUM,
        title="The API's pods are spread over nodes",
        why="The scheduler may put all of them on one node, and its failure is an outage",
        remedy="add a topologySpreadConstraint on kubernetes.io/hostname whose labelSelector picks the pod itself",
        snippet=_SNIPPET,
        source=f"{RESTART_SOURCE}; Kubernetes, Pod Topology Spread Constraints",
    ),
    kinds=WORKLOADS,
    each=api_servers,
)
def topology_spread(deployment: Node) -> Iterator[Violation]:
    """Look for a constraint or an anti-affinity, a soft one too, that counts these pods."""
    labels = template(deployment).mapping("metadata", "labels")
    for pod in pods(deployment):
        if not any(at.get() is not None and selects(at, labels) for at in _counted(pod)):
            spread = "spread pods with this pod's own labels, or affinity.podAntiAffinity must"
            yield pod.must("topologySpreadConstraints", be=spread)


def _counted(pod: Node) -> Iterator[Node]:
    apart = pod.at("affinity", "podAntiAffinity")
    for term in apart.each("requiredDuringSchedulingIgnoredDuringExecution"):
        yield term.at("labelSelector")
    for term in apart.each("preferredDuringSchedulingIgnoredDuringExecution"):
        yield term.at("podAffinityTerm", "labelSelector")
    for constraint in pod.each("topologySpreadConstraints"):
        yield constraint.at("labelSelector")
