"""Redis: a cluster of enough nodes that keeps what it was told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from policies.cluster.mounts import backing
from policies.databases.redis.configuration import WORKING_DIRECTORY, configurations, in_working_directory
from policies.databases.redis.nodes import nodes
from policies.databases.redis.servers import KINDS, servers
from policies.limits import REDIS_PODS, REDIS_SOURCE
from policies.rule import About, Severity, graph_rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.databases.redis.configuration import Configuration
    from policies.objects.graph import Graph
    from policies.objects.node import Node, Violation

_SNIPPET: Final = """\
kind: ConfigMap
data:
  redis.conf: |
    cluster-enabled yes
    appendonly yes
    dir /data
"""


def _with_servers(workload: Node) -> Iterator[Node]:
    if any(True for _ in servers(workload)):
        yield workload


@graph_rule(
    About(
        id="redis-cluster-mode",
        severity=Severity.HIGH,
        title="Redis runs in cluster mode",
        why="The API's client asks for slots: a server without them refuses it, and its loss takes every session",
        remedy="set cluster-enabled yes in the configuration that redis-server starts with",
        snippet=_SNIPPET,
        source=REDIS_SOURCE,
    ),
    kinds=KINDS,
    each=servers,
)
def cluster_mode(container: Node, graph: Graph) -> Iterator[Violation]:
    """Read the switch; it is off by default."""
    for configuration in configurations(container, graph):
        if configuration.text("cluster-enabled").lower() != "yes":
            yield configuration.must("cluster-enabled", "yes")


@graph_rule(
    About(
        id="redis-nodes",
        severity=Severity.HIGH,
        title="A Redis cluster has at least 6 nodes: 3 masters and a replica of each",
        why="With fewer masters no majority elects a successor, and a master without a replica takes its slots along",
        remedy=f"run Redis as a StatefulSet of at least {REDIS_PODS} replicas",
        snippet="kind: StatefulSet\nspec:\n  serviceName: redis\n  replicas: 6\n",
        source=f"{REDIS_SOURCE}; Redis documentation, Scale with Redis Cluster",
        settings=("redis.masters", "redis.replicas"),
    ),
    kinds=KINDS,
    each=_with_servers,
)
def enough_nodes(workload: Node, graph: Graph) -> Iterator[Violation]:
    """Count the pods of all StatefulSets of the cluster; another kind gives a node neither a name nor its own claim."""
    if workload.get("kind") != "StatefulSet":
        yield workload.must("kind", be="be StatefulSet: a node keeps its name and its claim")
    elif (count := nodes(workload, graph)) < REDIS_PODS:
        yield workload.must("spec", "replicas", be=f"make the cluster {REDIS_PODS} nodes at least, it has {count}")


@graph_rule(
    About(
        id="redis-persistence",
        severity=Severity.CRITICAL,
        title="Redis writes every change to a volume that outlives the pod",
        why="Without it all sessions are gone when the pods restart, and an empty master empties its replicas",
        remedy="set appendonly yes, and mount a volume claim template where dir points",
        snippet=_SNIPPET,
        source="runbook, External Dependencies: Redis (Cache & Sessions); Redis documentation, Persistence",
    ),
    kinds=KINDS,
    each=servers,
)
def persistence(container: Node, graph: Graph) -> Iterator[Violation]:
    """Read the switch, which is off by default, and look for the volume below the data directory."""
    for configuration in configurations(container, graph):
        if configuration.text("appendonly").lower() != "yes":
            yield configuration.must("appendonly", "yes")
        yield from _lasting_directory(container, configuration)


def _lasting_directory(container: Node, configuration: Configuration) -> Iterator[Violation]:
    path = in_working_directory(container, configuration.text("dir", WORKING_DIRECTORY))
    found = backing(container, path)
    if found is None:
        yield container.must("volumeMounts", be="have a claim there", value=f"no volume at the data directory {path}")
    elif not found.lasts:
        yield found.volume.must(be="be a claim", value=f"not kept, and holds the data directory {path}")
