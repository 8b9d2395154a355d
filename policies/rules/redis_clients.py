"""Redis: every pod of the API finds a free connection, at the peak of an update too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from policies.cluster.api import api_containers, api_fleets
from policies.cluster.fleet import setting
from policies.cluster.scale import most_pods
from policies.databases.redis.configuration import configurations
from policies.databases.redis.nodes import nodes
from policies.databases.redis.servers import KINDS, servers
from policies.limits import (
    REDIS_CONNECTIONS,
    REDIS_MAX_CLIENTS,
    REDIS_NODE_CONNECTIONS,
    REDIS_SOURCE,
)
from policies.rule import About, Severity, graph_rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.objects.graph import Graph
    from policies.objects.node import Node, Violation

_SETTINGS: Final = ("REDIS_MAX_CONNECTIONS", "REDIS_MAX_POOL_SIZE", "REDIS_POOL_SIZE")


@graph_rule(
    About(
        id="redis-client-budget",
        severity=Severity.HIGH,
        title="A Redis node takes the connections of all pods of the API and of its cluster",
        why="Above maxclients Redis closes every new connection: the pods that an update starts never get ready",
        remedy="raise maxclients, or lower REDIS_MAX_CONNECTIONS of the API",
        snippet="kind: ConfigMap\ndata:\n  redis.conf: |\n    maxclients 10000\n",
        source=f"{REDIS_SOURCE}; redis.conf of Redis 7 on maxclients; ours: connections of a client",
        settings=("api.pods.max", "api.rollout.max_surge"),
    ),
    kinds=KINDS,
    each=servers,
)
def client_budget(container: Node, graph: Graph) -> Iterator[Violation]:
    """Compare what one node may be asked for with what it takes; without the API there is nothing to compare."""
    clients = _clients(graph)
    if not clients:
        return
    own = nodes(container.root, graph)
    need = clients + own * REDIS_NODE_CONNECTIONS
    for configuration in configurations(container, graph):
        most = configuration.text("maxclients", str(REDIS_MAX_CLIENTS))
        if not most.isdecimal() or int(most) < need:
            reason = f"{clients} of the API's pods and {REDIS_NODE_CONNECTIONS} for each of {own} nodes"
            yield configuration.must("maxclients", f"at least {need}: {reason}")


def _clients(graph: Graph) -> int:
    """Add up what the API's pods open to one node: as a setting says, whose whole pool may go to one, else as usual."""
    count = 0
    for fleet in api_fleets(graph):
        for container in api_containers(fleet):
            each = setting(container, graph, _SETTINGS)
            count += most_pods(fleet, graph) * (REDIS_CONNECTIONS if each is None else each)
    return count
