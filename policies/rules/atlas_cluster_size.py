"""The Atlas cluster's nodes: large enough, enough of them, with a disk that fits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from policies.databases.atlas import (
    DEDICATED,
    FLEX_CLUSTER,
    SERVERLESS,
    SHARED_PROVIDERS,
    hardware,
    regions,
    scaling_fields,
    scalings,
    size_field,
    tier,
)
from policies.limits import DATABASE_SOURCE, DISK_GB, DISK_MAXIMUM_GB, ELECTABLE_NODES, LEAST_TIER
from policies.objects.values import reveal
from policies.rule import About, Severity, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.objects.node import Node, Violation

_ATLAS: Final = "MongoDB Atlas documentation"
_SETTINGS: Final = ("database.tier",)
_SPECS: Final = """\
replicationSpecs:
  - regionConfigs:
      - providerName: AWS
        regionName: AP_SOUTH_1
        priority: 7
        electableSpecs: {instanceSize: M30, nodeCount: 3, diskSizeGb: 40}
        autoScaling: {computeEnabled: true, computeMinInstanceSize: M30, computeMaxInstanceSize: M50}
"""
_PRODUCTS: Final = {"providerSettings": "a Flex cluster", "providerSettingsProviderName": "a serverless instance"}
_LARGE_ENOUGH: Final = f"be M{LEAST_TIER} or larger"


def _sizes(cluster: Node) -> Iterator[Node]:
    for product in _PRODUCTS:
        if (part := cluster.at(product)).value is not None:
            yield part
    for shard in cluster.each("replicationSpecs"):
        for region in shard.each("regionConfigs"):
            if reveal((part := region.at("providerName")).value) in SHARED_PROVIDERS:
                yield part
    yield from (part.at(size_field(part)) for part in hardware(cluster))


@rule(
    About(
        id="atlas-cluster-tier",
        severity=Severity.CRITICAL,
        title="Every node of an Atlas cluster is an M30 or larger",
        why="Smaller tiers share or burst their CPU and allow fewer connections: they fail under the first peak",
        remedy="set instanceSize to M30 or larger on a dedicated cluster, in every region and for every kind of node",
        snippet=_SPECS,
        source=DATABASE_SOURCE,
        settings=_SETTINGS,
    ),
    kinds=(*DEDICATED, FLEX_CLUSTER, SERVERLESS),
    each=_sizes,
)
def cluster_tier(size: Node) -> Iterator[Violation]:
    """Compare a tier with the runbook's; another product is none."""
    if size.field in _PRODUCTS:
        yield size.must(be=f"be a dedicated cluster of M{LEAST_TIER} or larger", value=_PRODUCTS[size.field])
    elif (tier(size.text()) or 0) < LEAST_TIER:
        yield size.must(be=_LARGE_ENOUGH)


@rule(
    About(
        id="atlas-cluster-auto-scaling",
        severity=Severity.HIGH,
        title="An Atlas cluster scales between M30 and a named largest tier",
        why="A smaller floor takes the cluster below the runbook's tier at night; without a ceiling the bill has none",
        remedy="set computeMinInstanceSize to M30 or larger, and computeMaxInstanceSize to the largest you pay for",
        snippet=_SPECS,
        source=DATABASE_SOURCE,
        settings=_SETTINGS,
    ),
    kinds=DEDICATED,
    each=scalings,
)
def auto_scaling(scaling: Node) -> Iterator[Violation]:
    """Compare both ends; without auto-scaling there need not be any."""
    field = scaling_fields(scaling)
    if scaling.get(field.enabled) is not True:
        return
    least, most = tier(scaling.text(field.least)), tier(scaling.text(field.most))
    if most is None or most < max(LEAST_TIER, least or 0):
        yield scaling.must(field.most, be=f"{_LARGE_ENOUGH}, and no smaller than the floor")
    if (scaling.get(field.down) is True or scaling.get(field.least) is not None) and (least or 0) < LEAST_TIER:
        yield scaling.must(field.least, be=_LARGE_ENOUGH)


def _shards(cluster: Node) -> Iterator[Node]:
    yield from cluster.each("replicationSpecs")
    if cluster.at("replicationFactor").value is not None:
        yield cluster.at("replicationFactor")


@rule(
    About(
        id="atlas-cluster-nodes",
        severity=Severity.CRITICAL,
        title="Every shard has at least three nodes that can become primary, and an odd number of them",
        why="Fewer, or an even number, elect no primary when one node or one half is gone",
        remedy="set electableSpecs.nodeCount to 3, or to an odd sum over all regions of up to 7",
        snippet=_SPECS,
        source=f"runbook, Database Failure: Promote replica; {_ATLAS}, Atlas Service Limits",
    ),
    kinds=DEDICATED,
    each=_shards,
)
def nodes(shard: Node) -> Iterator[Violation]:
    """Add up the electable nodes of a shard's regions."""
    if any(region.get("providerName") in SHARED_PROVIDERS for region in regions(shard)):
        return
    counts = [shard] if shard.field == "replicationFactor" else list(_counts(shard))
    total = sum(count.integer() or 0 for count in counts)
    if ELECTABLE_NODES.least <= total <= ELECTABLE_NODES.most and total % 2:
        return
    be = f"be an odd number, {ELECTABLE_NODES.least} to {ELECTABLE_NODES.most}"
    if len(counts) == 1:
        yield counts[0].must(be=be)
    else:
        yield shard.must("regionConfigs", be=be, value=f"{total} electable nodes in {len(counts)} regions")


def _counts(shard: Node) -> Iterator[Node]:
    for region in regions(shard):
        old = region.at("electableNodes")
        count = old if old.value is not None else region.at("electableSpecs", "nodeCount")
        if count.value is not None:
            yield count


@rule(
    About(
        id="atlas-cluster-disk",
        severity=Severity.MEDIUM,
        title="A database node's disk is no smaller than an M30's and no larger than its tier can have",
        why="A smaller disk fills up, and its speed follows its size; Atlas refuses a larger one",
        remedy="set diskSizeGb to 40 or more, or leave it out: each tier comes with a disk that suits it",
        snippet=_SPECS,
        source=f"{DATABASE_SOURCE}; {_ATLAS}, Amazon Web Services: Cluster Configuration Options",
    ),
    kinds=DEDICATED,
    each=hardware,
)
def disk(part: Node) -> Iterator[Violation]:
    """Compare the disk with the least, and with the most of its tier."""
    size = part.get("diskSizeGb")
    if size is None:
        return
    name = part.text(size_field(part))
    known = [most for least, most in DISK_MAXIMUM_GB.items() if least <= (tier(name) or 0)]
    most = max(known, default=max(DISK_MAXIMUM_GB.values()))
    if not isinstance(size, int | float) or not DISK_GB <= size <= most:
        yield part.must("diskSizeGb", be=f"be {DISK_GB} to {most} GB on {name or 'this tier'}")
