"""The PodDisruptionBudget: protects the API and still lets a node be drained."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from policies.cluster.pods import SERVING, WORKLOADS, template
from policies.cluster.scale import least_pods, portion
from policies.limits import SCALE_SOURCE
from policies.objects.graph import Graph, namespace_of
from policies.objects.label_selector import selects
from policies.rule import About, Severity, graph_rule, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.objects.node import Node, Violation

_KINDS: Final = ("PodDisruptionBudget.policy",)
_SNIPPET: Final = """\
spec:
  maxUnavailable: 1
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector: {matchLabels: {app: merchant-backend, track: stable}}
"""
_ALL_PERCENT: Final = 100
_NO_FLEET: Final = (None, 0, 1)
_REMEDY: Final = "set maxUnavailable to 1 instead of minAvailable"


@rule(
    About(
        id="pdb-blocks-drain",
        severity=Severity.HIGH,
        title="No disruption budget forbids every eviction",
        why="A node could never be drained: cluster upgrades hang, or somebody deletes the budget",
        remedy=_REMEDY,
        snippet=_SNIPPET,
        source=SCALE_SOURCE,
    ),
    kinds=_KINDS,
)
def blocks_drain(pdb: Node) -> Iterator[Violation]:
    """Refuse a budget of nothing, and one that Kubernetes refuses, such as a number in quotes."""
    most, least = pdb.get("spec", "maxUnavailable"), pdb.get("spec", "minAvailable")
    if most is not None and not portion(most, _ALL_PERCENT):
        yield pdb.must("spec", "maxUnavailable", be="be at least 1, or a percentage above 0%")
    share = portion(least, _ALL_PERCENT)
    if least is not None and (share is None or (share >= _ALL_PERCENT and isinstance(least, str))):
        yield pdb.must("spec", "minAvailable", be="be a whole number, or a percentage below 100%")


@graph_rule(
    About(
        id="pdb-hpa-minimum",
        severity=Severity.HIGH,
        title="A disruption budget allows an eviction at the HPA's minimum",
        why="In a quiet hour the fleet is at its minimum: a budget of as many pods blocks every drain",
        remedy=_REMEDY,
        snippet=_SNIPPET,
        source=SCALE_SOURCE,
    ),
    kinds=_KINDS,
)
def hpa_minimum(pdb: Node, graph: Graph) -> Iterator[Violation]:
    """Compare the budget with the least number of pods that it can meet."""
    wanted = pdb.get("spec", "minAvailable")
    if wanted is None:
        return
    for workload in _guarded(pdb, graph):
        for count, owner in least_pods(workload, graph):
            if count and (portion(wanted, count) or 0) >= count:
                yield pdb.must("spec", "minAvailable", be=f"be below {count}, the least that {owner} allows")


@graph_rule(
    About(
        id="pdb-selector",
        severity=Severity.HIGH,
        title="Every disruption budget selects pods of the stack",
        why="A selector with a typing error guards nothing: a drain takes every pod of the node at once",
        remedy="let spec.selector repeat labels of the pod template",
        snippet=_SNIPPET,
        source=SCALE_SOURCE,
    ),
    kinds=_KINDS,
)
def selector(pdb: Node, graph: Graph) -> Iterator[Violation]:
    """Look for pods behind the selector; without one a budget guards none."""
    if next(_guarded(pdb, graph), None) is None:
        yield pdb.must("spec", "selector", be="match the labels of a pod template in its namespace")


@graph_rule(
    About(
        id="workload-disruption-budget",
        severity=Severity.HIGH,
        title="Everything that runs several pods to stay up has a disruption budget, and nothing has two",
        why="Without one, drains of several nodes may evict every pod; with two, Kubernetes refuses every eviction",
        remedy="declare a PodDisruptionBudget with maxUnavailable 1 whose selector repeats labels of the pod template",
        snippet=_SNIPPET,
        source=f"{SCALE_SOURCE}; Kubernetes, Specifying a Disruption Budget",
        settings=("api.disruption.max_unavailable",),
    ),
    kinds=WORKLOADS,
)
def disruption_budget(workload: Node, graph: Graph) -> Iterator[Violation]:
    """Look for a budget of whatever is scaled by an HPA or declares more than one pod, and for a second one."""
    labels = template(workload).at("metadata", "labels")
    names = [pdb.text("metadata", "name") for pdb in _budgets(workload, graph)]
    if len(names) > 1:
        yield labels.must(be="be selected by one of them alone", value=f"selected by {', '.join(names)}")
    if names or f"{workload.text('kind')}.apps" not in SERVING:
        return
    if next(graph.autoscalers(workload), None) is not None or workload.integer("spec", "replicas") not in _NO_FLEET:
        yield labels.must(be="be selected by a PodDisruptionBudget", value="selected by none")


def _budgets(workload: Node, graph: Graph) -> Iterator[Node]:
    labels = template(workload).at("metadata", "labels")
    for pdb in graph.of("PodDisruptionBudget.policy", namespace_of(workload)):
        at = pdb.at("spec", "selector")
        if at.get() is not None and selects(at, labels.mapping()):
            yield pdb


def _guarded(pdb: Node, graph: Graph) -> Iterator[Node]:
    """Go through the objects whose pods a budget guards: an empty selector picks all pods, a missing one none."""
    at = pdb.at("spec", "selector")
    if at.get() is not None:
        yield from graph.workloads(namespace_of(pdb), at)
