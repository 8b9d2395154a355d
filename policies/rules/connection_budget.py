"""Database connections: all pods of the API together fit one Atlas node, at the peak of an update too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from policies.cluster.api import api_containers, api_fleets
from policies.cluster.pods import WORKLOADS
from policies.cluster.scale import most_pods
from policies.databases.atlas import DEDICATED, PLACE, connections, hardware, scaling_fields, scalings, size_field
from policies.databases.pools import pool_size
from policies.limits import (
    CONNECTIONS_SOURCE,
    LEAST_TIER,
    MONITORING_CONNECTIONS,
    POOL_SIZE,
    POOL_VARIABLE,
    RESERVED_CONNECTIONS,
)
from policies.objects.values import reveal
from policies.rule import About, Severity, graph_rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.objects.graph import Graph
    from policies.objects.node import Node, Violation

_RUNBOOKS: Final = f"M{LEAST_TIER}"
_SETTINGS: Final = ("database.pool.max", "database.tier", "api.pods.max", "api.rollout.max_surge")


class _Demand(NamedTuple):
    """What the pods of one container can open to each node of the database."""

    pool: int
    pods: int

    @property
    def connections(self) -> int:
        return (self.pool + MONITORING_CONNECTIONS) * self.pods

    def __str__(self) -> str:
        return f"({self.pool} + {MONITORING_CONNECTIONS}) connections x {self.pods} pods"


@graph_rule(
    About(
        id="connection-budget",
        severity=Severity.HIGH,
        title="The pools of all pods fit the connections that an Atlas node allows",
        why="Under peak load or in an update new pods get no connection: Too many connections",
        remedy=f"lower {POOL_VARIABLE} or maxReplicas, or take a larger tier",
        snippet=f'kind: ConfigMap\ndata:\n  {POOL_VARIABLE}: "50"\n',
        source=CONNECTIONS_SOURCE,
        settings=_SETTINGS,
    ),
    kinds=WORKLOADS,
    each=api_containers,
)
def budget(container: Node, graph: Graph) -> Iterator[Violation]:
    """Compare what all pods may open with the smallest cluster of the stack, or the runbook's where there is none."""
    own, demanded, tier = _demand(container, graph), _demanded(graph), _smallest(graph)
    if not own.pool:
        yield _place(container).must(be="be at least 1: 0 stands for no bound", value=f"a pool of 0 ({POOL_VARIABLE})")
        return
    usable = (connections(tier) or 0) - RESERVED_CONNECTIONS
    if demanded > usable:
        most = (own.connections - demanded + usable) // own.pods - MONITORING_CONNECTIONS
        reason = f"{own}, {demanded} in all, are above the {usable} of {tier}"
        yield _place(container).must(
            be=f"be at most {max(most, 1)}: {reason}", value=f"{POOL_VARIABLE} (or maxPoolSize) {own.pool}"
        )


@graph_rule(
    About(
        id="connection-budget-floor",
        severity=Severity.HIGH,
        title="Atlas does not scale a cluster down to a tier that the pools of all pods do not fit",
        why="At night the cluster shrinks, in the morning the pods get no connection",
        remedy="raise computeMinInstanceSize, or lower MONGODB_MAX_POOL_SIZE",
        snippet="autoScaling: {computeEnabled: true, computeScaleDownEnabled: true, computeMinInstanceSize: M40}\n",
        source=CONNECTIONS_SOURCE,
        settings=_SETTINGS,
    ),
    kinds=DEDICATED,
    each=scalings,
)
def floor(scaling: Node, graph: Graph) -> Iterator[Violation]:
    """Compare with the floor what fits the tier itself; what does not fit that is the pools' own finding."""
    field = scaling_fields(scaling)
    if scaling.get(field.enabled) is not True or scaling.get(field.down) is not True:
        return
    allowed = connections(scaling.text(field.least))
    demanded = _demanded(graph)
    if allowed is None or demanded <= allowed - RESERVED_CONNECTIONS:
        return
    if demanded <= (connections(_smallest(graph)) or 0) - RESERVED_CONNECTIONS:
        reason = f"{demanded} connections that all pods of the API may open"
        yield scaling.must(field.least, be=f"be a tier whose nodes allow the {reason}")


def _demand(container: Node, graph: Graph) -> _Demand:
    pool = pool_size(container, graph)
    return _Demand(POOL_SIZE if pool is None else pool, max(1, most_pods(container.root, graph)))


def _demanded(graph: Graph) -> int:
    fleets = api_fleets(graph)
    return sum(_demand(each, graph).connections for fleet in fleets for each in api_containers(fleet))


def _smallest(graph: Graph) -> str:
    parts = (
        part for kind in DEDICATED for cluster in graph.of(kind, PLACE) for part in hardware(cluster, "electableSpecs")
    )
    tiers = [name for part in parts if connections(name := part.text(size_field(part))) is not None]
    return min(tiers, key=lambda name: connections(name) or 0, default=_RUNBOOKS)


def _place(container: Node) -> Node:
    variables = (each for each in container.each("env") if reveal(each.at("name").value) == POOL_VARIABLE)
    literal = next(variables, None)
    return container.at("envFrom") if literal is None else literal.at("value")
