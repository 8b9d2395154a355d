"""Atlas's maintenance window: in the runbook's quiet hours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policies.databases.atlas import DEDICATED, MAINTENANCE_WINDOW, PLACE
from policies.limits import MAINTENANCE_HOURS
from policies.rule import About, Severity, graph_rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.objects.graph import Graph
    from policies.objects.node import Node, Violation


@graph_rule(
    About(
        id="atlas-maintenance-window",
        severity=Severity.MEDIUM,
        title="Atlas maintains its clusters in the runbook's quiet hours, from 2 to 5 AM",
        why="Without a window Atlas restarts nodes when it likes, at peak load too",
        remedy="declare a MaintenanceWindow that starts at 2, 3 or 4; the hour is in the Atlas project's time zone",
        snippet="dayOfWeek: 1\nhourOfDay: 2\n",
        source="runbook, Planned Maintenance; MongoDB Atlas documentation, Cluster Maintenance Window",
        settings=("maintenance.window",),
    ),
    kinds=(*DEDICATED, MAINTENANCE_WINDOW),
)
def maintenance_window(item: Node, graph: Graph) -> Iterator[Violation]:
    """Judge a window by its hour, and a cluster by whether there is a window."""
    if any(item.at(field).value is not None for field in ("replicationSpecs", "providerInstanceSizeName")):
        if next(graph.of(MAINTENANCE_WINDOW, PLACE), None) is None:
            yield item.must("name", be="have a MaintenanceWindow in its project")
        return
    hour, day = item.integer("hourOfDay"), item.get("dayOfWeek")
    if hour is None or not MAINTENANCE_HOURS.least <= hour <= MAINTENANCE_HOURS.most:
        yield item.must("hourOfDay", be=f"be {MAINTENANCE_HOURS.least} to {MAINTENANCE_HOURS.most}")
    elif day is None:
        yield item.must("dayOfWeek", be="be set: without a day there is no window")
