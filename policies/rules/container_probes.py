"""Probes: every question that Kubernetes asks a pod is there to be asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from policies.cluster.api import api_server_containers, serving_containers
from policies.cluster.pods import WORKLOADS
from policies.limits import HEALTH_SOURCE
from policies.rule import About, Severity, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.objects.node import Node, Violation

_SNIPPET: Final = """\
startupProbe: {httpGet: {path: /health, port: http}, periodSeconds: 2, failureThreshold: 30}
readinessProbe: {httpGet: {path: /health, port: http}, periodSeconds: 5}
livenessProbe: {httpGet: {path: /health/live, port: http}, periodSeconds: 10}
"""
_HANDLERS: Final = ("httpGet", "tcpSocket", "exec", "grpc")


@rule(
    About(
        id="container-readiness-probe",
        severity=Severity.HIGH,
        title="Every serving container has a readiness probe",
        why="Without it a rollout sends requests to pods that cannot answer yet",
        remedy="add a readinessProbe; for the API on /health",
        snippet=_SNIPPET,
        source=HEALTH_SOURCE,
        settings=("api.probes.readiness",),
    ),
    kinds=WORKLOADS,
    each=serving_containers,
)
def readiness_probe(container: Node) -> Iterator[Violation]:
    """Ask for the probe."""
    yield from _probe(container, "readinessProbe")


@rule(
    About(
        id="container-liveness-probe",
        severity=Severity.HIGH,
        title="Every serving container has a liveness probe",
        why="Without it a stuck process keeps its place among the endpoints for ever",
        remedy="add a livenessProbe that only asks whether the process answers; for the API on /health/live",
        snippet=_SNIPPET,
        source=HEALTH_SOURCE,
        settings=("api.probes.liveness",),
    ),
    kinds=WORKLOADS,
    each=serving_containers,
)
def liveness_probe(container: Node) -> Iterator[Violation]:
    """Ask for the probe."""
    yield from _probe(container, "livenessProbe")


@rule(
    About(
        id="deployment-startup-probe",
        severity=Severity.MEDIUM,
        title="The API has a startup probe",
        why="Without it a slow start looks like a stuck process and is restarted in a loop",
        remedy="add a startupProbe on /health that allows as long as a start may take",
        snippet=_SNIPPET,
        source=HEALTH_SOURCE,
        settings=("api.probes.startup",),
    ),
    kinds=WORKLOADS,
    each=api_server_containers,
)
def startup_probe(container: Node) -> Iterator[Violation]:
    """Ask for the probe."""
    yield from _probe(container, "startupProbe")


def _probe(container: Node, name: str) -> Iterator[Violation]:
    if not any(isinstance(container.get(name, handler), dict) for handler in _HANDLERS):
        told = ", ".join(map(str, container.mapping(name)))  # the keys alone: a command may hold a password
        yield container.must(name, be=f"have one of {', '.join(_HANDLERS)}", value=f"with {told}" if told else None)
