"""The apiVersion: one that the API server still serves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policies.cluster.removed import REMOVED, SERVED
from policies.rule import About, Severity, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.objects.node import Node, Violation


@rule(
    About(
        id="object-api-version",
        severity=Severity.HIGH,
        title=f"Every apiVersion is one that Kubernetes {SERVED} serves",
        why="The API server refuses the object, in the middle of an update",
        remedy="write the version that replaced it, and look for changed fields in the deprecation guide",
        snippet="apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\n",
        source="Kubernetes documentation, Deprecated API Migration Guide",
    ),
    kinds=tuple(sorted({f"{kind}.{version.partition('/')[0]}" for version, kind in REMOVED})),
)
def api_version(node: Node) -> Iterator[Violation]:
    """Look the version up among the removed ones."""
    gone = REMOVED.get((node.text("apiVersion"), node.text("kind")))
    if gone is None:
        return
    since, instead = gone
    must = f"be {instead}" if instead else "not be used: nothing replaces it"
    yield node.must("apiVersion", be=f"{must}; Kubernetes {since} removed it")
