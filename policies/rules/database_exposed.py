"""Doors from outside: none of them leads to a database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from policies.databases.kinds import is_database
from policies.limits import DATABASE_PORTS, NETWORK_SOURCE
from policies.objects.called import called
from policies.objects.graph import namespace_of
from policies.rule import About, Severity, graph_rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.objects.graph import Graph
    from policies.objects.node import Node, Violation

_OPEN: Final = ("LoadBalancer", "NodePort")


def _doors(door: Node) -> Iterator[Node]:
    """Pick an open Service, and every backend of an Ingress."""
    if door.text("kind") == "Service":
        if door.get("spec", "type") in _OPEN or door.get("spec", "externalIPs"):
            yield door
        return
    yield door.at("spec", "defaultBackend", "service")
    for host in door.each("spec", "rules"):
        for path in host.each("http", "paths"):
            yield path.at("backend", "service")


@graph_rule(
    About(
        id="service-database-exposed",
        severity=Severity.CRITICAL,
        title="No Service or Ingress opens a database to the outside",
        why="Whoever finds the port tries passwords on every session, order and payment",
        remedy="use type ClusterIP for the database, and let the public Service select the API's pods alone",
        snippet="kind: Service\nspec:\n  type: ClusterIP\n  selector: {app: redis}\n",
        source=NETWORK_SOURCE,
        exemptable=False,
    ),
    kinds=("Service", "Ingress.networking.k8s.io"),
    each=_doors,
)
def database_exposed(door: Node, graph: Graph) -> Iterator[Violation]:
    """Look at the pods behind the door, and at its ports, which tell of endpoints that are made by hand."""
    if not door.mapping():
        return
    direct = door is door.root
    service = door if direct else graph.named("Service", namespace_of(door.root), door.text("name"))
    at = door.at("spec", "selector") if direct else door.at("name")
    for workload in graph.behind(service) if service else ():
        if is_database(workload):
            name = called(workload)
            yield at.must(be="lead to no database", value=f"the way to {name}")
            return
    for port in service.each("spec", "ports") if service else ():
        if not DATABASE_PORTS.isdisjoint({number for key in ("port", "targetPort") if (number := port.integer(key))}):
            yield at.must(be="lead to no database", value="the way to a database's port")
            return
