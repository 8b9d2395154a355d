"""CPU and memory: every container says how much it needs and may take, the API exactly what the runbook gives it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from infra.quantities import MIB, format_mib
from policies.cluster.amounts import amount
from policies.cluster.api import api_containers
from policies.cluster.pods import WORKLOADS, declared_containers
from policies.limits import CPU_MILLICORES, MEMORY_MIB, RESOURCES_SOURCE
from policies.rule import About, Severity, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.objects.node import Node, Violation

_SNIPPET: Final = """\
resources:
  requests: {cpu: 500m, memory: 512Mi}
  limits: {cpu: 1000m, memory: 1Gi}
"""


@rule(
    About(
        id="container-resources",
        severity=Severity.HIGH,
        title="Every container has CPU and memory requests and limits",
        why="A container without them starves its neighbours, and the HPA cannot compute utilization",
        remedy="set resources.requests and resources.limits for cpu and memory on the container",
        snippet=_SNIPPET,
        source=RESOURCES_SOURCE,
    ),
    kinds=WORKLOADS,
    each=declared_containers,
)
def container_resources(container: Node) -> Iterator[Violation]:
    """Ask for all four quantities above 0, and for no request above its limit."""
    for name in ("cpu", "memory"):
        for side in ("requests", "limits"):
            if not amount(container, side, name):
                yield container.must("resources", side, name, be=f"be a {name} quantity above 0")
    for name in ("cpu", "memory", "ephemeral-storage"):
        limit = amount(container, "limits", name)
        if limit and (amount(container, "requests", name) or 0) > limit:
            most = container.get("resources", "limits", name)
            yield container.must("resources", "requests", name, be=f"be at most the limit of {most}")


@rule(
    About(
        id="deployment-cpu-request",
        severity=Severity.HIGH,
        title="The API requests at least 500m CPU",
        why="The HPA scales on usage per request, and a node must hold what a busy pod takes",
        remedy="set resources.requests.cpu of container api to 500m",
        snippet=_SNIPPET,
        source=RESOURCES_SOURCE,
        settings=("api.cpu.request",),
    ),
    kinds=WORKLOADS,
    each=api_containers,
)
def cpu_request(container: Node) -> Iterator[Violation]:
    """Compare the request with the runbook's range."""
    yield from _cpu(container, "requests")


@rule(
    About(
        id="deployment-cpu-limit",
        severity=Severity.HIGH,
        title="The API may take at most 1000m CPU",
        why="Ten pods without this bound starve what shares their nodes",
        remedy="set resources.limits.cpu of container api to 1000m; more load needs more pods, not larger ones",
        snippet=_SNIPPET,
        source=RESOURCES_SOURCE,
        settings=("api.cpu.limit",),
    ),
    kinds=WORKLOADS,
    each=api_containers,
)
def cpu_limit(container: Node) -> Iterator[Violation]:
    """Compare the limit with the runbook's range."""
    yield from _cpu(container, "limits")


@rule(
    About(
        id="deployment-memory-request",
        severity=Severity.HIGH,
        title="The API requests at least 512Mi memory",
        why="A smaller request lets the scheduler overfill a node, and pods are killed under load",
        remedy="set resources.requests.memory of container api to 512Mi",
        snippet=_SNIPPET,
        source=RESOURCES_SOURCE,
        settings=("api.memory.request",),
    ),
    kinds=WORKLOADS,
    each=api_containers,
)
def memory_request(container: Node) -> Iterator[Violation]:
    """Compare the request with the runbook's range."""
    yield from _memory(container, "requests")


@rule(
    About(
        id="deployment-memory-limit",
        severity=Severity.HIGH,
        title="The API may take at most 1Gi memory",
        why="A larger limit hides a leak until the node runs out",
        remedy="set resources.limits.memory of container api to 1Gi and find the leak in a heap snapshot",
        snippet=_SNIPPET,
        source=RESOURCES_SOURCE,
        settings=("api.memory.limit",),
    ),
    kinds=WORKLOADS,
    each=api_containers,
)
def memory_limit(container: Node) -> Iterator[Violation]:
    """Compare the limit with the runbook's range."""
    yield from _memory(container, "limits")


def _cpu(container: Node, side: str) -> Iterator[Violation]:
    value = amount(container, side, "cpu")
    if value is None or not CPU_MILLICORES.least <= value <= CPU_MILLICORES.most:
        yield container.must("resources", side, "cpu", be=f"be {CPU_MILLICORES.least}m to {CPU_MILLICORES.most}m")


def _memory(container: Node, side: str) -> Iterator[Violation]:
    value = amount(container, side, "memory")
    if value is None or not MEMORY_MIB.least * MIB <= value <= MEMORY_MIB.most * MIB:
        least, most = format_mib(MEMORY_MIB.least), format_mib(MEMORY_MIB.most)
        yield container.must("resources", side, "memory", be=f"be {least} to {most}")
