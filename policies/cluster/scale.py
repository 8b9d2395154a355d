"""How many pods an object runs: at its least, at its most, and beside them while it is rolled out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from policies.objects.called import called

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.objects.graph import Graph
    from policies.objects.node import Node

_PERCENT: Final = re.compile(r"(\d{1,6})%", re.ASCII)
_DEFAULT_SURGE: Final = "25%"


def portion(amount: object, count: int) -> int | None:
    """Read a number of pods, or a percentage of them, rounded up.

    Args:
        amount: As in `maxUnavailable`.
        count: How many pods are 100 %.

    Returns:
        The number; None for what Kubernetes refuses too, such as a number in quotes.
    """
    if isinstance(amount, int) and not isinstance(amount, bool):
        return amount
    share = _PERCENT.fullmatch(amount) if isinstance(amount, str) else None
    return -(-count * int(share[1]) // 100) if share else None


def least_pods(workload: Node, graph: Graph) -> Iterator[tuple[int, str]]:
    """Tell the least number of pods, once for everything that decides it, with its name."""
    scaled = False
    for hpa in graph.autoscalers(workload):
        scaled = True
        least = hpa.integer("spec", "minReplicas")
        yield 1 if least is None else least, called(hpa, "HPA")
    declared = workload.integer("spec", "replicas")
    # Without a number of its own the object may have an HPA that is not among these files.
    if not scaled and (declared is not None or graph.complete):
        yield 1 if declared is None else declared, called(workload)


def most_pods(workload: Node, graph: Graph) -> int:
    """Tell the most pods that there can be at one time: all that its HPA allows, and those of a rollout beside them."""
    declared = workload.integer("spec", "replicas")
    scaled = [hpa.integer("spec", "maxReplicas") or 1 for hpa in graph.autoscalers(workload)]
    count = max(scaled, default=1 if declared is None else declared)
    return count + _surge(workload, count)


def _surge(workload: Node, count: int) -> int:
    strategy = workload.at("spec", "strategy")
    if workload.text("kind") != "Deployment" or strategy.text("type") == "Recreate":
        return 0
    extra = strategy.get("rollingUpdate", "maxSurge")
    return portion(_DEFAULT_SURGE if extra is None else extra, count) or 0
