"""The HorizontalPodAutoscaler: within the runbook's bounds, and pointing at something."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from policies.graph import Graph, namespace_of
from policies.limits import API, NAMESPACE, PODS, SCALE_SOURCE
from policies.rule import About, Severity, graph_rule, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.node import Node, Violation

_KINDS: Final = ("HorizontalPodAutoscaler.autoscaling",)
_SNIPPET: Final = """\
spec:
  minReplicas: 3
  maxReplicas: 10
"""
_TARGETS: Final = {"Deployment": "Deployment.apps", "StatefulSet": "StatefulSet.apps"}


def _of_api(hpa: Node) -> Iterator[Node]:
    if hpa.text("metadata", "namespace") == NAMESPACE and hpa.text("spec", "scaleTargetRef", "name") == API:
        yield hpa


@rule(
    About(
        id="hpa-min-replicas",
        severity=Severity.HIGH,
        title="The API is never scaled below 3 pods",
        why="Two pods do not carry the load while one is replaced",
        remedy="set minReplicas to 3",
        snippet=_SNIPPET,
        source=SCALE_SOURCE,
    ),
    kinds=_KINDS,
    each=_of_api,
)
def min_replicas(hpa: Node) -> Iterator[Violation]:
    """Compare the floor with the runbook's, and with the ceiling."""
    least, most = hpa.integer("spec", "minReplicas"), hpa.integer("spec", "maxReplicas")
    if least is None or not PODS.least <= least <= PODS.most:
        yield hpa.must("spec", "minReplicas", be=f"be {PODS.least} to {PODS.most}")
    elif most is not None and least >= most:
        yield hpa.must("spec", "minReplicas", be=f"be below maxReplicas {most}, or nothing can scale")


@rule(
    About(
        id="hpa-max-replicas",
        severity=Severity.HIGH,
        title="The API is never scaled above 10 pods",
        why="Every pod opens a pool of connections: more pods exhaust the database's",
        remedy="set maxReplicas to 10",
        snippet=_SNIPPET,
        source=SCALE_SOURCE,
    ),
    kinds=_KINDS,
    each=_of_api,
)
def max_replicas(hpa: Node) -> Iterator[Violation]:
    """Compare the ceiling with the runbook's."""
    most = hpa.integer("spec", "maxReplicas")
    if most is None or not PODS.least <= most <= PODS.most:
        yield hpa.must("spec", "maxReplicas", be=f"be {PODS.least} to {PODS.most}")


@graph_rule(
    About(
        id="hpa-target",
        severity=Severity.HIGH,
        title="Every HPA scales an object of the stack",
        why="An HPA with a missing target scales nothing and says so only in its status",
        remedy="name the Deployment in scaleTargetRef",
        snippet="spec:\n  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: merchant-backend}\n",
        source=SCALE_SOURCE,
    ),
    kinds=_KINDS,
)
def target(hpa: Node, graph: Graph) -> Iterator[Violation]:
    """Look the target up; kinds that rules know nothing of are left alone."""
    reference = hpa.at("spec", "scaleTargetRef")
    kind = _TARGETS.get(reference.text("kind"))
    if kind and graph.named(kind, namespace_of(hpa), reference.text("name")) is None:
        yield reference.must("name", be=f"be a {reference.text('kind')} of the stack in namespace {namespace_of(hpa)}")
