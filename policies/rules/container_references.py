"""References from pods to Secrets and ConfigMaps: to an object of the stack, and to a key that it has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from policies.graph import namespace_of
from policies.holders import holds
from policies.limits import SECRETS_SOURCE
from policies.pods import WORKLOADS, containers, environment, volumes
from policies.rule import About, Severity, graph_rule
from policies.values import Unknown, reveal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.graph import Graph
    from policies.node import Node, Violation

_KINDS: Final = {
    "secretKeyRef": "Secret",
    "secretRef": "Secret",
    "secret": "Secret",
    "configMapKeyRef": "ConfigMap",
    "configMapRef": "ConfigMap",
    "configMap": "ConfigMap",
}
_IN_VARIABLES: Final = ("secretKeyRef", "configMapKeyRef")
_IN_SOURCES: Final = ("secretRef", "configMapRef")
_IN_VOLUMES: Final = ("secret", "configMap")

_EVERYWHERE: Final = ("ConfigMap", "kube-root-ca.crt")
"""What Kubernetes itself puts into every namespace."""


def _references(workload: Node) -> Iterator[Node]:
    for container in containers(workload):
        for variable in environment(container):
            yield from _of(variable.at("valueFrom"), _IN_VARIABLES)
        for source in container.each("envFrom"):
            yield from _of(source, _IN_SOURCES)
    for volume in volumes(workload):
        yield from _of(volume, _IN_VOLUMES)
        if not isinstance(reveal(volume.value), Unknown):
            for source in volume.each("projected", "sources"):
                yield from _of(source, _IN_VOLUMES)


def _of(holder: Node, keys: tuple[str, ...]) -> Iterator[Node]:
    """Pick the references of one holder; a holder that is not known yet may hold one, and is picked itself."""
    if isinstance(reveal(holder.value), Unknown):
        yield holder
    elif holder.value is not None:
        yield from (node for key in keys if (node := holder.at(key)).value is not None)


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
    each=_references,
)
def secret_exists(reference: Node, graph: Graph) -> Iterator[Violation]:
    """Look up what must be there; where not all objects are seen nothing can be said."""
    if not graph.complete or reveal(reference.at("optional").value) is True:
        return
    for missing in _missing(reference, graph):
        if reference.get("optional") is not True:
            yield missing


def _missing(reference: Node, graph: Graph) -> Iterator[Violation]:
    field = "secretName" if "secretName" in reference.mapping() else "name"
    kind, name = _KINDS[str(reference.steps[-1])], reference.text(field)
    if not name or (kind, name) == _EVERYWHERE:
        return
    holder = graph.named(kind, namespace_of(reference.root), name)
    if holder is None:
        yield reference.must(field, be=f"be the name of a {kind} in the stack, in the same namespace")
        return
    for wanted in (reference, *reference.each("items")):
        key = wanted.text("key")
        if key and not holds(holder, key):
            yield wanted.must("key", be=f"be a key of {kind} {name}")
