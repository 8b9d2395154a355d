"""NetworkPolicies in front of databases: they name who may connect."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from policies.cluster.isolation import directions
from policies.databases.kinds import is_database
from policies.limits import DATABASE_PORTS, NETWORK_SOURCE
from policies.objects.called import called
from policies.objects.graph import namespace_of
from policies.rule import About, Severity, graph_rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.objects.graph import Graph
    from policies.objects.node import Node, Violation

_EVERYWHERE: Final = ("0.0.0.0/0", "::/0")


def _open_ways(policy: Node) -> Iterator[Node]:
    """Pick the rules for what comes in that name nobody: no peer, every address, or every Namespace."""
    if "Ingress" in directions(policy):
        for way in policy.each("spec", "ingress"):
            peers = list(way.each("from"))
            if not peers or any(map(_is_everybody, peers)):
                yield way


@graph_rule(
    About(
        id="network-policy-database-open",
        severity=Severity.CRITICAL,
        title="NetworkPolicies name who may connect to a database",
        why="A way in for everybody lets an intruder in any pod try passwords on every session and order",
        remedy="name the pods in from, as a podSelector, or leave the database's port out of the rule",
        snippet="""\
kind: NetworkPolicy
spec:
  podSelector: {matchLabels: {app: redis}}
  policyTypes: [Ingress]
  ingress:
    - from: [{podSelector: {matchLabels: {app.kubernetes.io/name: merchant-backend}}}]
      ports: [{port: 6379, protocol: TCP}]
""",
        source=NETWORK_SOURCE,
    ),
    kinds=("NetworkPolicy.networking.k8s.io",),
    each=_open_ways,
)
def database_open(way: Node, graph: Graph) -> Iterator[Violation]:
    """Look for a database among the pods that the policy selects, and for its port in the rule."""
    policy = way.root
    for workload in graph.workloads(namespace_of(policy), policy.at("spec", "podSelector")):
        if is_database(workload) and _opens_a_database(way):
            yield way.must("from", be="name pods", value=f"a way for everybody to {called(workload)}")
            return


def _is_everybody(peer: Node) -> bool:
    if peer.get("ipBlock") is not None:
        return peer.get("ipBlock", "cidr") in _EVERYWHERE
    namespaces = peer.get("namespaceSelector")
    return namespaces is not None and not any(peer.mapping("namespaceSelector").values()) and not _names_pods(peer)


def _names_pods(peer: Node) -> bool:
    return any(peer.mapping("podSelector").values())


def _opens_a_database(way: Node) -> bool:
    """Tell whether a rule opens a database's port: without ports it opens all, and a name may be any port's."""
    opened = list(way.each("ports"))
    return not opened or any(map(_is_databases, opened))


def _is_databases(port: Node) -> bool:
    first = port.get("port")
    if isinstance(first, int):
        last = port.integer("endPort") or first
        return any(first <= number <= last for number in DATABASE_PORTS)
    return not isinstance(first, str) or not first.startswith(("metrics", "http"))
