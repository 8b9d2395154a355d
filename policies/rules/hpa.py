"""The HorizontalPodAutoscaler: within the runbook's bounds, and pointing at something."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from policies.cluster.api import api_hpas, is_api
from policies.limits import API, PODS, SCALE_SOURCE
from policies.objects.graph import Graph, namespace_of
from policies.objects.node import shown
from policies.rule import About, Severity, graph_rule, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.objects.node import Node, Violation

_KINDS: Final = ("HorizontalPodAutoscaler.autoscaling",)
_SNIPPET: Final = """\
spec:
  minReplicas: 3
  maxReplicas: 10
"""
_TARGETS: Final = ("Deployment.apps", "StatefulSet.apps", "ReplicaSet.apps", "ReplicationController")
_DISABLED: Final = "Disabled"


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
        title="Every HPA scales an object of the stack, and the API's scales its Deployment",
        why="An HPA with a missing target scales nothing and says so only in its status",
        remedy="name apiVersion, kind and name of the Deployment in scaleTargetRef",
        snippet="spec:\n  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: merchant-backend}\n",
        source=SCALE_SOURCE,
    ),
    kinds=_KINDS,
)
def target(hpa: Node, graph: Graph) -> Iterator[Violation]:
    """Look the target up; kinds of groups that are not Kubernetes' own are left alone, but for the API."""
    reference = hpa.at("spec", "scaleTargetRef")
    group, kind, name = reference.text("apiVersion").rpartition("/")[0], reference.text("kind"), reference.text("name")
    token = f"{kind}.{group}" if group else kind
    scaled = graph.named(token, namespace_of(hpa), name) if token in _TARGETS else None
    of_the_api = next(api_hpas(hpa), None) is not None or (scaled is not None and is_api(scaled))
    if of_the_api and (token, name) != (_TARGETS[0], API):
        yield reference.must(
            be=f"be Deployment {API} of apps/v1",
            value=f"{kind} {shown(reference.at('name').value)} of {group or 'no group'}",
        )
    elif token in _TARGETS:
        if scaled is None:
            yield reference.must("name", be=f"be a {kind} of the stack in namespace {namespace_of(hpa)}")
    elif "." not in group:
        yield reference.must(be=f"be one of {', '.join(_TARGETS)}", value=token or "nothing")


@rule(
    About(
        id="hpa-scale-up",
        severity=Severity.HIGH,
        title="Every HPA may add pods",
        why="With scaling up disabled the fleet only ever shrinks: a peak meets the smallest one",
        remedy="leave behavior.scaleUp.selectPolicy out, or set it to Max",
        snippet="spec:\n  behavior:\n    scaleUp: {selectPolicy: Max}\n",
        source=f"{SCALE_SOURCE}; Kubernetes, Horizontal Pod Autoscaling: Disable scale down",
        settings=("api.autoscaling",),
    ),
    kinds=_KINDS,
)
def scale_up(hpa: Node) -> Iterator[Violation]:
    """Refuse the one value that switches it off."""
    if hpa.get("spec", "behavior", "scaleUp", "selectPolicy") == _DISABLED:
        yield hpa.must("spec", "behavior", "scaleUp", "selectPolicy", be="be Max or Min")
