"""The PodDisruptionBudget: protects the API and still lets a node be drained."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Final

from policies.graph import Graph, namespace_of
from policies.limits import SCALE_SOURCE
from policies.rule import About, Severity, graph_rule, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.node import Node, Violation

_KINDS: Final = ("PodDisruptionBudget.policy",)
_SNIPPET: Final = """\
spec:
  maxUnavailable: 1
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector: {matchLabels: {app: merchant-backend, track: stable}}
"""
_REMEDY: Final = "set maxUnavailable to 1 instead of minAvailable"
_PERCENT: Final = re.compile(r"(\d{1,6})%")
_ALL_PERCENT: Final = 100


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
    """Refuse a budget of nothing."""
    if pdb.get("spec", "maxUnavailable") in (0, "0", "0%"):
        yield pdb.must("spec", "maxUnavailable", be="be at least 1")
    share = _PERCENT.fullmatch(str(pdb.get("spec", "minAvailable")))
    if share and int(share[1]) >= _ALL_PERCENT:
        yield pdb.must("spec", "minAvailable", be="be below 100%")


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
    for workload in graph.workloads(namespace_of(pdb), pdb.at("spec", "selector")):
        for count, owner in _least_pods(workload, graph):
            if _pods(wanted, count) >= count:
                yield pdb.must("spec", "minAvailable", be=f"be below {count}, the least that {owner} allows")


def _least_pods(workload: Node, graph: Graph) -> Iterator[tuple[int, str]]:
    scaled = False
    for hpa in graph.autoscalers(workload):
        scaled = True
        yield hpa.integer("spec", "minReplicas") or 1, f"HPA {hpa.text('metadata', 'name')}"
    if not scaled and (count := workload.integer("spec", "replicas")) is not None:
        yield count, f"{workload.text('kind')} {workload.text('metadata', 'name')}"


def _pods(wanted: object, count: int) -> int:
    share = _PERCENT.fullmatch(str(wanted))
    if share:
        return math.ceil(count * int(share[1]) / _ALL_PERCENT)
    return wanted if isinstance(wanted, int) else 0
