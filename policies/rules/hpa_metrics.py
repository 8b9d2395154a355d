"""What an HPA measures: CPU before anything else, as a share of something that is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from policies.cluster.amounts import amount
from policies.cluster.api import api_hpas
from policies.cluster.pods import SERVING, running_containers
from policies.limits import CPU_TARGET_PERCENT, METRICS_SOURCE, RESOURCES_SOURCE
from policies.objects.called import called
from policies.rule import About, Severity, graph_rule, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.objects.graph import Graph
    from policies.objects.node import Node, Violation

_METRICS: Final = {"Resource": "resource", "ContainerResource": "containerResource"}
_BOUNDS: Final = f"be {CPU_TARGET_PERCENT.least} to {CPU_TARGET_PERCENT.most}, in percent of the request"
_OLD_TARGET: Final = ("spec", "targetCPUUtilizationPercentage")
"""The CPU target in autoscaling/v1."""


@rule(
    About(
        id="hpa-cpu-target",
        severity=Severity.HIGH,
        title="The API is scaled before its CPU reaches the warning of 80 %",
        why="A new pod takes a minute to serve: with a target near 100 % it comes when requests already wait",
        remedy="set averageUtilization of the metric cpu to 70",
        snippet="""\
spec:
  metrics:
    - type: Resource
      resource: {name: cpu, target: {type: Utilization, averageUtilization: 70}}
""",
        source=METRICS_SOURCE,
        settings=("api.autoscaling.cpu_target",),
    ),
    kinds=("HorizontalPodAutoscaler.autoscaling",),
    each=api_hpas,
)
def cpu_target(hpa: Node) -> Iterator[Violation]:
    """Compare every CPU target with the runbook's warning; without any metric Kubernetes takes CPU at 80 %."""
    if hpa.get(*_OLD_TARGET) is not None and not _in_range(hpa.integer(*_OLD_TARGET)):
        yield hpa.must(*_OLD_TARGET, be=_BOUNDS)
    cpu = [resource for resource in _resources(hpa) if resource.text("name") == "cpu"]
    for resource in cpu:
        if not _in_range(resource.integer("target", "averageUtilization")):
            yield resource.must("target", "averageUtilization", be=_BOUNDS)
    if not cpu and next(hpa.each("spec", "metrics"), None) is not None:
        yield hpa.must("spec", "metrics", be="hold one of the resource cpu", value="without CPU")


@graph_rule(
    About(
        id="hpa-cpu-request",
        severity=Severity.HIGH,
        title="Every container has a request of what its HPA measures in percent",
        why="Utilization is a share of the request: with one request missing the HPA does not scale at all",
        remedy="set the request of the resource on every container of the pod, sidecars too",
        snippet="resources:\n  requests: {cpu: 500m, memory: 512Mi}\n",
        source=f"{RESOURCES_SOURCE}; Kubernetes, Horizontal Pod Autoscaling",
        settings=("api.cpu.request", "api.memory.request"),
    ),
    kinds=SERVING,
    each=running_containers,
)
def cpu_request(container: Node, graph: Graph) -> Iterator[Violation]:
    """Look for the request; one that Kubernetes would take from the limit is another share than the one meant."""
    for hpa in graph.autoscalers(container.root):
        for name in sorted({name for name, whose in _shares(hpa) if whose in {"", container.text("name")}}):
            if not amount(container, "requests", name):
                scaler = called(hpa, "HPA")
                yield container.must("resources", "requests", name, be=f"be above 0: {scaler} counts in percent of it")


def _in_range(percent: int | None) -> bool:
    return percent is not None and CPU_TARGET_PERCENT.least <= percent <= CPU_TARGET_PERCENT.most


def _resources(hpa: Node) -> Iterator[Node]:
    for metric in hpa.each("spec", "metrics"):
        if key := _METRICS.get(metric.text("type")):
            yield metric.at(key)


def _shares(hpa: Node) -> Iterator[tuple[str, str]]:
    """Go through what is measured in percent of a request, each with the one container that is measured, if any."""
    for resource in _resources(hpa):
        if resource.get("target", "averageUtilization") is not None:
            yield resource.text("name"), resource.text("container")
    if next(hpa.each("spec", "metrics"), None) is None:
        yield "cpu", ""
