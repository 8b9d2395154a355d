"""The Service: one door to the outside, and it leads to pods that listen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from policies.cluster.pods import pods, ports, protocol
from policies.limits import NAMESPACE, NETWORK_SOURCE, PUBLIC_SERVICE
from policies.objects.called import called
from policies.rule import About, Severity, graph_rule, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.objects.graph import Graph
    from policies.objects.node import Node, Violation

_KINDS: Final = ("Service",)
_SNIPPET: Final = """\
spec:
  type: ClusterIP
  selector: {app: merchant-backend}
  ports:
    - {port: 80, targetPort: http}
"""
_ENDING: Final = ("Never", "OnFailure")
_OUTSIDE: Final = ("LoadBalancer", "NodePort")


@rule(
    About(
        id="service-exposed",
        severity=Severity.CRITICAL,
        title="Only merchant-backend-service is reachable from outside",
        why="A second door has no TLS, no limits and nobody who watches it",
        remedy=f"use type ClusterIP; traffic from outside goes through {PUBLIC_SERVICE}",
        snippet=_SNIPPET,
        source=NETWORK_SOURCE,
    ),
    kinds=_KINDS,
)
def exposed(service: Node) -> Iterator[Violation]:
    """Refuse every open Service but the one allowed by name, and external addresses on any."""
    if service.get("spec", "type") in _OUTSIDE:
        place = (service.get("metadata", "namespace"), service.get("metadata", "name"))
        if service.get("spec", "type") != "LoadBalancer" or place != (NAMESPACE, PUBLIC_SERVICE):
            yield service.must("spec", "type", be="be ClusterIP")
    if service.get("spec", "externalIPs"):
        yield service.must("spec", "externalIPs", be="not be set")


@graph_rule(
    About(
        id="service-selector",
        severity=Severity.HIGH,
        title="Every Service selects pods of the stack",
        why="A selector with a typing error gives a Service without endpoints: every request fails",
        remedy="let spec.selector repeat labels of the pod template",
        snippet=_SNIPPET,
        source=NETWORK_SOURCE,
    ),
    kinds=_KINDS,
)
def selector(service: Node, graph: Graph) -> Iterator[Violation]:
    """Look for workloads behind the Service; one without a selector has its endpoints made by hand."""
    if service.mapping("spec", "selector") and next(graph.behind(service), None) is None:
        yield service.must("spec", "selector", be="match the labels of a pod template in its namespace")


@graph_rule(
    About(
        id="service-target-port",
        severity=Severity.HIGH,
        title="Every Service port leads to a port of a container behind it",
        why="The Service has endpoints, and every connection to it is refused",
        remedy="name the container's port in targetPort",
        snippet=_SNIPPET,
        source=NETWORK_SOURCE,
    ),
    kinds=_KINDS,
)
def target_port(service: Node, graph: Graph) -> Iterator[Violation]:
    """Compare target ports with the container ports of every workload behind the Service."""
    if not service.mapping("spec", "selector"):
        return
    for workload in graph.behind(service):
        if any(pod.get("restartPolicy") in _ENDING for pod in pods(workload)):
            continue  # it does its work and is over, like the pod of a chart's test: nobody connects to it
        declared = set(_ports(workload))
        for port in service.each("spec", "ports"):
            wanted = port.get("targetPort")
            target = port.get("port") if wanted is None else wanted
            if not isinstance(target, int | str):
                continue  # the API server refuses it
            if (target, protocol(port)) not in declared:
                name = called(workload)
                yield port.must("targetPort", be=f"be a container port of {name}")


def _ports(workload: Node) -> Iterator[tuple[object, str]]:
    for port in ports(workload):
        if (number := port.integer("containerPort")) is not None:
            yield number, protocol(port)
        if name := port.text("name"):
            yield name, protocol(port)
