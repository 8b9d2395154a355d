"""The HorizontalPodAutoscaler: within the runbook's bounds, and pointing at something."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from policies.api import api_hpas
from policies.graph import Graph, namespace_of
from policies.limits import PODS, SCALE_SOURCE
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


@rule(
    About(
        id="hpa-min-replicas",
        severity=Severity.HIGH,
        title="The API is never scaled below 3 pods",
        why="Two pods do not carry the load while one is replaced",
        remedy="set minReplicas to 3",
        snippet=_SNIPPET,
        source=SCALE_SOURCE,
        settings=("api.pods.min",),
    ),
    kinds=_KINDS,
    each=api_hpas,
)
def min_replicas(hpa: Node) -> Iterator[Violation]:
    """Compare the floor with the runbook's."""
    least = hpa.integer("spec", "minReplicas")
    if least is None or not PODS.least <= least <= PODS.most:
        yield hpa.must("spec", "minReplicas", be=f"be {PODS.least} to {PODS.most}")


@rule(
    About(
        id="hpa-max-replicas",
        severity=Severity.HIGH,
        title="The API is never scaled above 10 pods",
        why="Every pod opens a pool of connections: more pods exhaust the database's",
        remedy="set maxReplicas to 10",
        snippet=_SNIPPET,
        source=SCALE_SOURCE,
        settings=("api.pods.max",),
    ),
    kinds=_KINDS,
    each=api_hpas,
)
def max_replicas(hpa: Node) -> Iterator[Violation]:
    """Compare the ceiling with the runbook's."""
    most = hpa.integer("spec", "maxReplicas")
    if most is None or not PODS.least <= most <= PODS.most:
        yield hpa.must("spec", "maxReplicas", be=f"be {PODS.least} to {PODS.most}")


@rule(
    About(
        id="hpa-range",
        severity=Severity.HIGH,
        title="Every HPA has room between its bounds",
        why="With as many pods at least as at most it never scales: a peak meets a fixed fleet",
        remedy="set minReplicas below maxReplicas; a fixed fleet needs no HPA",
        snippet=_SNIPPET,
        source=SCALE_SOURCE,
        settings=("api.pods.min", "api.pods.max"),
    ),
    kinds=_KINDS,
)
def bounds(hpa: Node) -> Iterator[Violation]:
    """Compare floor and ceiling; a floor that is not set is 1."""
    least, most = hpa.integer("spec", "minReplicas"), hpa.integer("spec", "maxReplicas")
    if most is None:
        return
    if least is None and most <= 1:
        yield hpa.must("spec", "maxReplicas", be="be above minReplicas, which is 1 unless it is set")
    elif least is not None and least >= most:
        yield hpa.must("spec", "minReplicas", be=f"be below maxReplicas {most}, or nothing can scale")


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
