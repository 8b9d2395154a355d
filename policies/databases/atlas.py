"""MongoDB Atlas in Pulumi: the resources' type tokens, and where a cluster says what its nodes are."""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING, Final, NamedTuple

from policies.limits import CONNECTIONS, LOW_CPU_CONNECTIONS
from policies.objects.values import reveal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.objects.node import Node

CLUSTER: Final = "mongodbatlas:index/advancedCluster:AdvancedCluster"
OLD_CLUSTER: Final = "mongodbatlas:index/cluster:Cluster"
FLEX_CLUSTER: Final = "mongodbatlas:index/flexCluster:FlexCluster"
SERVERLESS: Final = "mongodbatlas:index/serverlessInstance:ServerlessInstance"
PROJECT: Final = "mongodbatlas:index/project:Project"
BACKUP_SCHEDULE: Final = "mongodbatlas:index/cloudBackupSchedule:CloudBackupSchedule"
COMPLIANCE_POLICY: Final = "mongodbatlas:index/backupCompliancePolicy:BackupCompliancePolicy"
DATABASE_USER: Final = "mongodbatlas:index/databaseUser:DatabaseUser"
ACCESS_LIST: Final = "mongodbatlas:index/projectIpAccessList:ProjectIpAccessList"
MAINTENANCE_WINDOW: Final = "mongodbatlas:index/maintenanceWindow:MaintenanceWindow"

DEDICATED: Final = (CLUSTER, OLD_CLUSTER)
"""Clusters with nodes of their own."""

PLACE: Final = "default"
"""Where the graph keeps what has no namespace."""

SHARED_PROVIDERS: Final = ("TENANT", "FLEX")
"""What `providerName` says of a cluster that shares its nodes with other customers."""

_TIER: Final = re.compile(r"([MR])(\d{1,4})(_NVME)?(_GEN_2)?", re.ASCII)


class Scaling(NamedTuple):
    """The names of a cluster's auto-scaling fields."""

    enabled: str
    down: str
    least: str
    most: str


_SCALING: Final = Scaling(
    "computeEnabled", "computeScaleDownEnabled", "computeMinInstanceSize", "computeMaxInstanceSize"
)
OLD_SCALING: Final = Scaling(
    "autoScalingComputeEnabled",
    "autoScalingComputeScaleDownEnabled",
    "providerAutoScalingComputeMinInstanceSize",
    "providerAutoScalingComputeMaxInstanceSize",
)


def tier(name: str) -> int | None:
    """Read how large the nodes of a tier are.

    Args:
        name: As in `M30`, `R40` (low CPU), `M40_NVME` or `M30_GEN_2`.

    Returns:
        The number, by which all tiers are ordered whatever their class; None for what is no tier.
    """
    found = _TIER.fullmatch(name)
    return int(found[2]) if found else None


def connections(name: str) -> int | None:
    """Tell how many connections a node of a tier allows; None for what is no tier."""
    found = _TIER.fullmatch(name)
    if found is None:
        return None
    allowed = {**CONNECTIONS, **LOW_CPU_CONNECTIONS} if found[1] == "R" else CONNECTIONS
    return max((count for size, count in allowed.items() if size <= int(found[2])), default=0)


def regions(shard: Node) -> Iterator[Node]:
    """Go through the regions of a replication spec, in the new and the old spelling."""
    return chain(shard.each("regionConfigs"), shard.each("regionsConfigs"))


def hardware(cluster: Node, *kinds: str) -> Iterator[Node]:
    """Pick what says how large nodes are: each region's specs, or the old Cluster itself.

    Args:
        cluster: A cluster.
        kinds: Which specs; all if none is named.

    Yields:
        Specs with nodes: `nodeCount: 0` stands for none.
    """
    if cluster.at("providerInstanceSizeName").value is not None:
        yield cluster
    for shard in cluster.each("replicationSpecs"):
        for region in shard.each("regionConfigs"):
            for kind in kinds or ("electableSpecs", "readOnlySpecs", "analyticsSpecs"):
                spec = region.at(kind)
                if spec.value is not None and reveal(spec.at("nodeCount").value) != 0:
                    yield spec


def size_field(part: Node) -> str:
    """Name the field of a part from `hardware` that holds the tier."""
    return "providerInstanceSizeName" if part is part.root else "instanceSize"


def scalings(cluster: Node) -> Iterator[Node]:
    """Pick what says how nodes are scaled: each region's parts, or the old Cluster itself."""
    if cluster.at("providerInstanceSizeName").value is not None:
        yield cluster
    for shard in cluster.each("replicationSpecs"):
        for region in shard.each("regionConfigs"):
            for kind in ("autoScaling", "analyticsAutoScaling"):
                if (part := region.at(kind)).value is not None:
                    yield part


def scaling_fields(part: Node) -> Scaling:
    """Name the fields of a part from `scalings`."""
    return OLD_SCALING if part is part.root else _SCALING
