"""Where an object lives: in a Namespace that somebody chose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from policies.cluster.kinds import NAMESPACED
from policies.limits import NAMESPACE
from policies.rule import About, Severity, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.objects.node import Node, Violation

_UNCHOSEN: Final = (None, "", "default")


@rule(
    About(
        id="object-default-namespace",
        severity=Severity.MEDIUM,
        title="Every object names a Namespace, and not default",
        why="Left out, whatever context is current decides; default has no policies, quota or Pod Security label",
        remedy=f"set metadata.namespace, for the service to {NAMESPACE}",
        snippet=f"metadata: {{name: merchant-backend, namespace: {NAMESPACE}}}\n",
        source=f"runbook, Common Operations (every command names the Namespace {NAMESPACE})",
    ),
    kinds=NAMESPACED,
)
def default_namespace(node: Node) -> Iterator[Violation]:
    """Ask for a name; also of rendered charts that leave it to the command line, where nobody reviews it."""
    if node.get("metadata", "namespace") in _UNCHOSEN:
        yield node.must("metadata", "namespace", be=f"be a Namespace of its own, such as {NAMESPACE}")
