"""NetworkPolicies: where they keep the API in, they let it out to what it cannot serve without."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from policies.cluster.api import api_workloads
from policies.cluster.isolation import directions
from policies.cluster.pods import WORKLOADS, ports, protocol, template
from policies.limits import EGRESS, NETWORK_SOURCE, Port
from policies.objects.graph import Graph, namespace_of
from policies.objects.label_selector import selects
from policies.rule import About, Severity, graph_rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from policies.objects.node import Node, Violation
    from policies.objects.values import Manifest

Listener = tuple[str, "Manifest"]
"""What a container calls its port, and the labels of its pod."""

_SNIPPET: Final = """\
kind: NetworkPolicy
spec:
  podSelector: {matchLabels: {app.kubernetes.io/name: merchant-backend}}
  policyTypes: [Egress]
  egress:
    - to: [{podSelector: {matchLabels: {app: redis}}}]
      ports: [{port: 6379, protocol: TCP}]
    - ports: [{port: 443, protocol: TCP}, {port: 27017, protocol: TCP}, {port: 53, protocol: UDP}]
"""
_DNS_NAME: Final = "dns"
"""What CoreDNS's own manifest calls its port; its pods are in another Namespace."""


@graph_rule(
    About(
        id="network-policy-database-egress",
        severity=Severity.CRITICAL,
        title="NetworkPolicies let the API out to DNS, MongoDB, Redis and HTTPS",
        why="Policies that forget one cut every pod off at once, and the pods' own probes fail with it",
        remedy="add the port to the egress of a NetworkPolicy that selects the API's pods",
        snippet=_SNIPPET,
        source=NETWORK_SOURCE,
    ),
    kinds=WORKLOADS,
    each=api_workloads,
)
def database_egress(workload: Node, graph: Graph) -> Iterator[Violation]:
    """Join what all policies allow that keep the API's pods in; without one of those, everything is allowed."""
    namespace, pod = namespace_of(workload), template(workload)
    isolating = list(_isolating(pod.mapping("metadata", "labels"), namespace, graph))
    if not isolating:
        return
    names = ", ".join(policy.text("metadata", "name") for policy in isolating)
    for what, port in EGRESS.items():
        listeners = list(_listeners(port, namespace, graph))
        if not any(_allows(rule, port, listeners) for policy in isolating for rule in policy.each("spec", "egress")):
            must = f"be let out to {what} ({port}) by one of them"
            yield pod.must("metadata", "labels", be=must, value=f"selected by {names}")


def _isolating(labels: Manifest, namespace: str, graph: Graph) -> Iterator[Node]:
    for policy in graph.of("NetworkPolicy.networking.k8s.io", namespace):
        if "Egress" in directions(policy) and selects(policy.at("spec", "podSelector"), labels):
            yield policy


def _listeners(wanted: Port, namespace: str, graph: Graph) -> Iterator[Listener]:
    """Find who listens on a port in the API's own Namespace; nobody does where the service is elsewhere."""
    for kind in WORKLOADS:
        for workload in graph.of(kind, namespace):
            for port in ports(workload):
                if (port.get("containerPort"), protocol(port)) == (wanted.number, wanted.protocol):
                    yield port.text("name"), template(workload).mapping("metadata", "labels")


def _allows(rule: Node, wanted: Port, listeners: Sequence[Listener]) -> bool:
    """Tell whether a rule opens the port to them; without ports or peers it opens all."""
    opened, peers = list(rule.each("ports")), list(rule.each("to"))
    names = {_DNS_NAME if wanted is EGRESS["DNS"] else None, *(name for name, _ in listeners)}
    return (not opened or any(_opens(port, wanted, names) for port in opened)) and (
        not peers or any(_reaches(peer, listeners, wanted) for peer in peers)
    )


def _opens(opened: Node, wanted: Port, names: set[str | None]) -> bool:
    if protocol(opened) != wanted.protocol:
        return False
    first = opened.get("port")
    if isinstance(first, int):
        return first <= wanted.number <= (opened.integer("endPort") or first)
    return first is None or (isinstance(first, str) and first in names)


def _reaches(peer: Node, listeners: Sequence[Listener], wanted: Port) -> bool:
    """Compare labels where both sides are in the Namespace; whose an address is, no manifest says.

    Where nobody listens in the Namespace, pods in it are no way to what is elsewhere; Redis may be declared elsewhere.
    """
    if peer.get("ipBlock") is not None or peer.get("namespaceSelector") is not None:
        return True
    if not listeners:
        return wanted is EGRESS["Redis"]
    return any(selects(peer.at("podSelector"), labels) for _, labels in listeners)
