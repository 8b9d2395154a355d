"""What a container may take of its node: no port, no kernel file, and no request from the node's address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policies.cluster.pods import HOOKS, WORKLOADS, containers, ports
from policies.limits import SECURITY_SOURCE
from policies.rule import About, Severity, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.objects.node import Node, Violation


def _hooks(workload: Node) -> Iterator[Node]:
    for container in containers(workload):
        yield from (node for hook in HOOKS if (node := container.at(*hook)).value is not None)


@rule(
    About(
        id="container-host-port",
        severity=Severity.HIGH,
        title="No container takes a port of its node",
        why="Such a port is reached past Services and NetworkPolicies, and allows one pod on each node",
        remedy="remove hostPort; a Service leads to the containerPort",
        snippet="ports:\n  - {name: http, containerPort: 3000}\n",
        source=SECURITY_SOURCE,
    ),
    kinds=WORKLOADS,
    each=ports,
)
def host_port(port: Node) -> Iterator[Violation]:
    """Refuse every host port; 0 means none."""
    if port.get("hostPort") not in (None, 0):
        yield port.must("hostPort", be="not be set")


@rule(
    About(
        id="container-proc-mount",
        severity=Severity.HIGH,
        title="Every container sees /proc masked",
        why="An unmasked /proc shows and changes settings of the node's kernel",
        remedy="remove securityContext.procMount",
        snippet="securityContext: {procMount: Default}\n",
        source=SECURITY_SOURCE,
    ),
    kinds=WORKLOADS,
    each=containers,
)
def proc_mount(container: Node) -> Iterator[Violation]:
    """Refuse all but the default."""
    if container.get("securityContext", "procMount") not in (None, "Default"):
        yield container.must("securityContext", "procMount", be="be Default")


@rule(
    About(
        id="container-probe-host",
        severity=Severity.HIGH,
        title="Probes and lifecycle hooks ask their own pod alone",
        why="The node asks: a host would let whoever writes the pod send requests from the node's address",
        remedy="remove host; a name for the server goes into the header Host",
        snippet="readinessProbe: {httpGet: {path: /health, port: http}}\n",
        source=SECURITY_SOURCE,
    ),
    kinds=WORKLOADS,
    each=_hooks,
)
def probe_host(hook: Node) -> Iterator[Violation]:
    """Refuse every host, the pod's own address too, as the API server does since 1.34."""
    for handler in ("httpGet", "tcpSocket"):
        if hook.get(handler, "host") not in (None, ""):
            yield hook.must(handler, "host", be="not be set")
