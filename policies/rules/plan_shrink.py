"""A plan must not make a database smaller."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from policies.atlas import DEDICATED, tier
from policies.property_path import follow, render
from policies.rule import About, Severity, plan_rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from policies.node import Node, Violation
    from policies.step import Plan, PlanStep

_OWN: Final = ("providerInstanceSizeName", "diskSizeGb")
_ELECTABLE: Final = ("instanceSize", "diskSizeGb")


def _sizes(cluster: Node) -> Iterable[Node]:
    """Tier and disk, of the cluster and of each region."""
    yield from (cluster.at(key) for key in _OWN)
    for spec in cluster.each("replicationSpecs"):
        for region in spec.each("regionConfigs"):
            yield from (region.at("electableSpecs", key) for key in _ELECTABLE)


@plan_rule(
    About(
        id="plan-shrink",
        severity=Severity.HIGH,
        title="No update moves a database to a smaller tier or disk",
        why="A smaller tier allows fewer connections and holds less in memory; a disk that is too small stops writes",
        remedy="keep the size; to save, let Atlas scale down by itself, or exempt the cluster for that day",
        snippet="replicationSpecs:\n  - regionConfigs:\n      - electableSpecs: {instanceSize: M30, diskSizeGb: 40}\n",
        source="runbook, Technology Stack: MongoDB Atlas (M30 cluster); Database Connection Exhaustion",
    ),
    each=_sizes,
    production_only=True,
)
def shrink(size: Node, step: PlanStep, _plan: Plan) -> Iterator[Violation]:
    """Compare a size before and after."""
    if step.resource.kind not in DEDICATED or step.old is None or step.new is None:
        return
    # What Atlas has scaled up by itself is in the outputs alone, and is taken back where the provider sees a change.
    seen = step.live is not None and render(size.steps) in step.changed
    before = (follow(step.live, size.steps).get() if seen and step.live else None) or size.get()
    after = follow(step.new.node, size.steps).get()
    small, large = _measure(after), _measure(before)
    if small is not None and large is not None and small < large:
        yield size.must(be="not shrink", value=f"{before} and would be {after}")


def _measure(size: object) -> float | None:
    """A tier's or a disk's size; None for what is not said, which Atlas leaves as it is."""
    if isinstance(size, int | float) and not isinstance(size, bool):
        return size
    return tier(size) if isinstance(size, str) else None
