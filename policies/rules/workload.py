"""Whatever runs pods: which NetworkPolicies concern it, and what it belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from policies.cluster.pods import WORKLOADS, template
from policies.limits import NETWORK_SOURCE
from policies.objects.graph import Graph, namespace_of
from policies.objects.label_selector import selects
from policies.objects.values import reveal
from policies.rule import About, Enforcement, Severity, graph_rule, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.objects.node import Node, Violation

_LABELS: Final = ("app.kubernetes.io/name", "app.kubernetes.io/part-of", "app.kubernetes.io/managed-by")
_POLICY: Final = """\
kind: NetworkPolicy
metadata: {name: default-deny, namespace: production}
spec:
  podSelector: {}
  policyTypes: [Ingress, Egress]
"""
_LABELLED: Final = """\
metadata:
  labels:
    app.kubernetes.io/name: merchant-backend
    app.kubernetes.io/part-of: rez
    app.kubernetes.io/managed-by: pulumi
"""


def _labelled(workload: Node) -> Iterator[Node]:
    yield workload.at("metadata")
    pod = template(workload)
    if pod is not workload:
        yield pod.at("metadata")


@graph_rule(
    About(
        id="workload-network-policy",
        severity=Severity.HIGH,
        title="At least one NetworkPolicy selects the pods of every workload",
        why="A pod that no policy selects takes connections from everywhere and opens them to everywhere",
        remedy="declare a NetworkPolicy in its Namespace whose podSelector picks the pod's labels, or all pods",
        snippet=_POLICY,
        source=NETWORK_SOURCE,
    ),
    kinds=WORKLOADS,
)
def network_policy(workload: Node, graph: Graph) -> Iterator[Violation]:
    """Look for one policy of the workload's Namespace that selects its pods."""
    pod = template(workload)
    labels = pod.mapping("metadata", "labels")
    for policy in graph.of("NetworkPolicy.networking.k8s.io", namespace_of(workload)):
        if selects(policy.at("spec", "podSelector"), labels):
            return
    yield pod.must("metadata", "labels", be="be selected by a NetworkPolicy of its Namespace")


@rule(
    About(
        id="workload-labels",
        severity=Severity.MEDIUM,
        title="Workloads and their pods say what they are, what they belong to and who manages them",
        why="Dashboards, cost reports and people in an incident find objects by these labels",
        remedy=f"set {', '.join(_LABELS)}",
        snippet=_LABELLED,
        source="runbook, Common Operations 2: Check Service Health; Kubernetes documentation, Recommended Labels",
    ),
    kinds=WORKLOADS,
    each=_labelled,
    enforcement=Enforcement.ADVISORY,
)
def labels(metadata: Node) -> Iterator[Violation]:
    """Ask for each label, whatever it says."""
    found = metadata.mapping("labels")
    for label in _LABELS:
        if reveal(found.get(label)) in (None, ""):
            yield metadata.must("labels", label, be="be set")
