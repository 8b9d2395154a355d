"""The Namespace: what runs in it is restricted, and what it may talk to is named."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from policies.cluster.isolation import directions
from policies.limits import NETWORK_SOURCE, OLD_POD_SECURITY, SECURITY_SOURCE
from policies.rule import About, Severity, graph_rule, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.objects.graph import Graph
    from policies.objects.node import Node, Violation

_KINDS: Final = ("Namespace",)
_LABEL: Final = "pod-security.kubernetes.io/enforce"
_VERSION: Final = f"{_LABEL}-version"
_OLD: Final = re.compile(OLD_POD_SECURITY)
_DENY: Final = """\
kind: NetworkPolicy
spec:
  podSelector: {}
  policyTypes: [Ingress, Egress]
"""


@rule(
    About(
        id="namespace-pod-security",
        severity=Severity.HIGH,
        title="Every Namespace enforces the restricted Pod Security Standard",
        why="The API server then refuses unsafe pods of anybody, not only those of this program",
        remedy=f"label the Namespace with {_LABEL}: restricted, and its version, if any, with latest",
        snippet=f"metadata:\n  labels:\n    {_LABEL}: restricted\n",
        source=SECURITY_SOURCE,
    ),
    kinds=_KINDS,
)
def pod_security(namespace: Node) -> Iterator[Violation]:
    """Ask for the label, and for no version of the standard from before its present checks."""
    labels = namespace.at("metadata", "labels")
    if labels.get(_LABEL) != "restricted":
        yield labels.must(_LABEL, be="be restricted")
    if _OLD.fullmatch(labels.text(_VERSION)):
        yield labels.must(_VERSION, be="be latest or a version with all checks of today's standard")


@graph_rule(
    About(
        id="network-policy-default-deny",
        severity=Severity.HIGH,
        title="Every Namespace denies all traffic that no NetworkPolicy names",
        why="Without it an intruder in one pod reaches every pod and every address",
        remedy="declare a NetworkPolicy with an empty podSelector, both policyTypes and no rules",
        snippet=_DENY,
        source=NETWORK_SOURCE,
    ),
    kinds=_KINDS,
)
def default_deny(namespace: Node, graph: Graph) -> Iterator[Violation]:
    """Look for policies that select every pod and allow nothing, in both directions."""
    name = namespace.text("metadata", "name")
    missing = {"Ingress", "Egress"}
    for policy in graph.of("NetworkPolicy.networking.k8s.io", name):
        missing -= set(_denied(policy))
        if not missing:
            return
    directions = " and ".join(sorted(missing))
    yield namespace.must("metadata", "name", be=f"have a NetworkPolicy that denies all {directions} by default")


def _denied(policy: Node) -> Iterator[str]:
    spec = policy.at("spec")
    if any(spec.mapping("podSelector").values()):
        return
    for direction in directions(policy):
        if next(spec.each(direction.lower()), None) is None:
            yield direction
