"""The ports that probes ask on: the ones the container listens on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from policies.cluster.pods import WORKLOADS, containers, protocol
from policies.limits import HEALTH_SOURCE
from policies.rule import About, Severity, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.objects.node import Node, Violation

_PROBES: Final = ("startupProbe", "readinessProbe", "livenessProbe")
_HANDLERS: Final = ("httpGet", "tcpSocket", "grpc")


@rule(
    About(
        id="container-probe-port",
        severity=Severity.HIGH,
        title="Every probe asks on a port that the container declares",
        why="A probe on another port fails for ever: the pod never becomes ready, or is restarted in a loop",
        remedy="let the probe's port be the name of a port of the container",
        snippet="""\
ports:
  - {name: http, containerPort: 3000}
readinessProbe: {httpGet: {path: /health, port: http}}
""",
        source=f"{HEALTH_SOURCE}; Kubernetes, Configure Probes",
    ),
    kinds=WORKLOADS,
    each=containers,
)
def probe_port(container: Node) -> Iterator[Violation]:
    """Compare each port with the declared ones: a number may do without any, and another host has ports of its own."""
    for name in _PROBES:
        probe = container.at(name)
        for handler in _HANDLERS:
            at = probe.at(handler)
            if at.mapping() and not _listens(container, at.get("port")) and not at.get("host"):
                yield at.must("port", be="be the name or the number of a TCP port of the container")


def _listens(container: Node, port: object) -> bool:
    if isinstance(port, str):
        return any(each.get("name") == port for each in _ports(container))
    if next(container.each("ports"), None) is None:
        return isinstance(port, int)
    # The containers of a pod share one address: a number may be a sidecar's.
    return any(each.get("containerPort") == port for other in containers(container.root) for each in _ports(other))


def _ports(container: Node) -> Iterator[Node]:
    return (each for each in container.each("ports") if protocol(each) == "TCP")
