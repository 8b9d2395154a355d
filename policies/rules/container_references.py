"""References from pods to Secrets and ConfigMaps: to an object of the stack, and to a key that it has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from policies.cluster.holders import holds
from policies.cluster.pods import WORKLOADS
from policies.cluster.references import KINDS, references
from policies.limits import SECRETS_SOURCE
from policies.objects.called import called
from policies.objects.graph import namespace_of
from policies.objects.values import reveal
from policies.rule import About, Severity, graph_rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.objects.graph import Graph
    from policies.objects.node import Node, Violation

_EVERYWHERE: Final = ("ConfigMap", "kube-root-ca.crt")
"""What Kubernetes itself puts into every namespace."""


@graph_rule(
    About(
        id="container-secret-exists",
        severity=Severity.HIGH,
        title="Every Secret and ConfigMap that a pod refers to is in the stack, with that key",
        why="A pod with a reference to nothing never starts: CreateContainerConfigError, or a mount that always fails",
        remedy="declare the object with that key, name it as declared, or set optional to true",
        snippet="volumes:\n  - {name: secrets, secret: {secretName: db-secrets-<hash of the data>}}\n",
        source=SECRETS_SOURCE,
    ),
    kinds=WORKLOADS,
    each=references,
    needs_all=True,
)
def secret_exists(reference: Node, graph: Graph) -> Iterator[Violation]:
    """Look up what must be there."""
    if reveal(reference.at("optional").value) is True:
        return
    for missing in _missing(reference, graph):
        if reference.get("optional") is not True:
            yield missing


def _missing(reference: Node, graph: Graph) -> Iterator[Violation]:
    field = "secretName" if "secretName" in reference.mapping() else "name"
    kind, name = KINDS[str(reference.steps[-1])], reference.text(field)
    if not name or (kind, name) == _EVERYWHERE:
        return
    holder = graph.named(kind, namespace_of(reference.root), name)
    if holder is None:
        yield reference.must(field, be=f"be the name of a {kind} in the stack, in the same namespace")
        return
    for wanted in (reference, *reference.each("items")):
        key = wanted.text("key")
        if key and not holds(holder, key):
            yield wanted.must("key", be=f"be a key of {called(holder)}")
