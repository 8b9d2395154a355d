"""The PodDisruptionBudget: it keeps some of the pods it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from policies.cluster.scale import least_pods, portion
from policies.limits import SCALE_SOURCE
from policies.objects.graph import namespace_of
from policies.rule import About, Severity, graph_rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.objects.graph import Graph
    from policies.objects.node import Node, Violation

_ALL_PERCENT: Final = 100


@graph_rule(
    About(
        id="pdb-protects",
        severity=Severity.HIGH,
        title="A disruption budget never lets every pod be evicted at once",
        why="With maxUnavailable 100% or minAvailable 0 it is there, and one drain takes the whole fleet",
        remedy="set maxUnavailable to 1",
        snippet="""\
spec:
  maxUnavailable: 1
  selector: {matchLabels: {app: merchant-backend, track: stable}}
""",
        source=f"{SCALE_SOURCE}; Kubernetes, Specifying a Disruption Budget",
        settings=("api.disruption.max_unavailable",),
    ),
    kinds=("PodDisruptionBudget.policy",),
)
def protects(pdb: Node, graph: Graph) -> Iterator[Violation]:
    """Compare the budget with nothing at all, and with the fewest pods it can meet; of one pod nothing can be kept."""
    most, least = pdb.get("spec", "maxUnavailable"), pdb.get("spec", "minAvailable")
    if most is None and not portion(least, _ALL_PERCENT):
        if least is None or portion(least, _ALL_PERCENT) == 0:
            yield pdb.must("spec", "minAvailable", be="be at least 1, or maxUnavailable be set to 1")
    elif (portion(most, _ALL_PERCENT) or 0) >= _ALL_PERCENT and isinstance(most, str):
        yield pdb.must("spec", "maxUnavailable", be="be below 100%")
    elif most not in (None, 1):
        yield from _taken(pdb, most, graph)


def _taken(pdb: Node, most: object, graph: Graph) -> Iterator[Violation]:
    selector = pdb.at("spec", "selector")
    for workload in graph.workloads(namespace_of(pdb), selector) if selector.get() is not None else ():
        for count, owner in least_pods(workload, graph):
            if count > 1 and (portion(most, count) or 0) >= count:
                yield pdb.must("spec", "maxUnavailable", be=f"be below {count}, the least that {owner} allows")
