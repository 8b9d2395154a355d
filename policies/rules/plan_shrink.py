"""A plan must not make a database smaller: neither its nodes nor their number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from policies.databases.atlas import DEDICATED, tier
from policies.objects.property_path import follow, render
from policies.rule import About, Severity, plan_rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from policies.judging.step import Plan, PlanStep
    from policies.objects.node import Node, Violation

_OWN: Final = ("providerInstanceSizeName", "diskSizeGb", "replicationFactor", "numShards")
_SPECS: Final = ("electableSpecs", "readOnlySpecs", "analyticsSpecs")
_NODES: Final = ("instanceSize", "diskSizeGb", "nodeCount")
_OLD_NODES: Final = ("electableNodes", "readOnlyNodes", "analyticsNodes")
_REGIONS: Final = ("regionConfigs", "regionsConfigs")
_STATEFUL_SET: Final = "StatefulSet.apps"


def _sizes(cluster: Node) -> Iterable[Node]:
    """Tier, disk, nodes, regions and shards of a cluster, or the pods of a StatefulSet that keeps volumes."""
    if cluster.get("spec", "volumeClaimTemplates"):
        yield cluster.at("spec", "replicas")
        return
    yield from (cluster.at(key) for key in (*_OWN, "replicationSpecs"))
    for spec in cluster.each("replicationSpecs"):
        yield from (spec.at(key) for key in ("numShards", *_REGIONS))
        for region in spec.each("regionConfigs"):
            yield from (region.at(specs, key) for specs in _SPECS for key in _NODES)
        for region in spec.each("regionsConfigs"):
            yield from (region.at(key) for key in _OLD_NODES)


@plan_rule(
    About(
        id="plan-shrink",
        severity=Severity.HIGH,
        title="No update gives a database a smaller tier or disk, or fewer nodes, regions, shards or pods",
        why="Connections and memory go, a disk too small stops writes, and slots, votes or copies go with their nodes",
        remedy="keep the size; to save, let Atlas scale down by itself, or exempt the cluster for that day",
        snippet="replicationSpecs:\n  - regionConfigs:\n      - electableSpecs: {instanceSize: M30, diskSizeGb: 40}\n",
        source="runbook, Technology Stack: MongoDB Atlas (M30 cluster); Database Connection Exhaustion",
    ),
    each=_sizes,
    production_only=True,
)
def shrink(size: Node, step: PlanStep, _plan: Plan) -> Iterator[Violation]:
    """Compare a size before and after."""
    if step.resource.kind not in (*DEDICATED, _STATEFUL_SET) or step.old is None or step.new is None:
        return
    # What Atlas has scaled up by itself is in the outputs alone, and is taken back where the provider sees a change.
    seen = step.live is not None and render(size.steps) in step.changed
    before = (follow(step.live, size.steps).get() if seen and step.live else None) or size.get()
    after = _counterpart(size, step.new.node).get()
    small, large = _measure(after), _measure(before)
    if step.resource.kind == _STATEFUL_SET:  # without a number Kubernetes runs one pod
        small, large = (1 if each is None else each for each in (small, large))
    if small is not None and large is not None and small < large:
        yield size.must(be="not shrink", value=f"{_told(before)} and would be {_told(after)}")


def _counterpart(size: Node, new: Node) -> Node:
    """Find the same size in the new declaration: regions are known by their name, whatever their place is."""
    node, old = new, size.root
    for step in size.steps:
        steps = (step,)
        if isinstance(step, int) and node.name in _REGIONS:
            steps = (_place(step, _names(old), _names(node)),)
        node, old = follow(node, steps), follow(old, (step,))
    return node


def _place(place: int, before: list[object], after: list[object]) -> int:
    """Tell where a region is now; one that is no more, where the new one is that takes its place, if any does."""
    if before[place] in after:
        return after.index(before[place])
    gone = [each for each, region in enumerate(before) if region not in after]
    come = [each for each, region in enumerate(after) if region not in before]
    return dict(zip(gone, come, strict=False)).get(place, len(after))


def _names(regions: Node) -> list[object]:
    """Name the regions; a second one of a name is another one."""
    names = [(region.get("providerName"), region.get("regionName")) for region in regions.each()]
    return [(name, names[:place].count(name)) for place, name in enumerate(names)]


def _measure(size: object) -> float | None:
    """A tier's or a disk's size, a number or the length of a list; None for what is not said, which Atlas keeps."""
    if isinstance(size, list):
        return len(size)
    if isinstance(size, int | float) and not isinstance(size, bool):
        return size
    return tier(size) if isinstance(size, str) else None


def _told(size: object) -> object:
    """A list by its length; a number that is not there as such."""
    return len(size) if isinstance(size, list) else "not set" if size is None else size
