"""Annotations: copied, listed and logged everywhere, so never a credential in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from policies.cluster.kinds import NAMESPACED
from policies.cluster.pods import template
from policies.credentials.annotations import in_annotation
from policies.limits import SECRETS_SOURCE
from policies.objects.values import reveal
from policies.rule import About, Severity, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.objects.node import Node, Violation

_KINDS: Final = (
    *NAMESPACED,
    "Namespace",
    "ClusterRole.rbac.authorization.k8s.io",
    "ClusterRoleBinding.rbac.authorization.k8s.io",
)
_PATH: Final = ("metadata", "annotations")


def _annotations(node: Node) -> Iterator[Node]:
    yield node.at(*_PATH)
    if (pod := template(node)) is not node:
        yield pod.at(*_PATH)


@rule(
    About(
        id="object-secret-annotation",
        severity=Severity.CRITICAL,
        title="No credential stands in an annotation",
        why="Everybody who may list the object reads it; kubectl apply copies whole Secrets into an annotation",
        remedy="remove the annotation, apply with --server-side, keep the value in a Secret; then rotate it",
        snippet='metadata:\n  annotations: {prometheus.io/scrape: "true"}\n',
        source=f"{SECRETS_SOURCE}; Kubernetes documentation: kubectl apply",
        exemptable=False,
    ),
    kinds=_KINDS,
    each=_annotations,
)
def secret_annotation(annotations: Node) -> Iterator[Violation]:
    """Refuse credentials by their form, and by names that are never those of an object with the credential."""
    for key, raw in annotations.mapping().items():
        value = reveal(raw)
        what = "a Pulumi secret" if value is not raw else ""
        if what := what or (in_annotation(key, value) if isinstance(value, str) else ""):
            yield annotations.must(key, be="not be in an annotation", value=what)
