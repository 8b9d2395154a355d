"""Atlas backups: a schedule for each cluster, and a window for restores that outlasts a weekend."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from policies.databases.atlas import BACKUP_SCHEDULE, COMPLIANCE_POLICY, DEDICATED, PLACE
from policies.limits import BACKUP_SOURCE, RESTORE_WINDOW_DAYS
from policies.objects.node import UndeterminedError
from policies.objects.values import Unknown, reveal
from policies.rule import About, Severity, graph_rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.objects.graph import Graph
    from policies.objects.node import Node, Violation

_WINDOW: Final = "restoreWindowDays"
_LONG_ENOUGH: Final = f"be at least {RESTORE_WINDOW_DAYS}"


@graph_rule(
    About(
        id="atlas-backup-schedule",
        severity=Severity.HIGH,
        title="Every Atlas cluster has a backup schedule that can restore any moment of the last 7 days",
        why="Bad data is often found days later; without a schedule of ours Atlas's default may change",
        remedy="declare a CloudBackupSchedule for the cluster with restoreWindowDays of at least 7",
        snippet="clusterName: merchant\nrestoreWindowDays: 7\n"
        "policyItemHourly: {frequencyInterval: 6, retentionUnit: days, retentionValue: 7}\n",
        source=f"{BACKUP_SOURCE}; Atlas Architecture Center, Guidance for Atlas Backups",
    ),
    kinds=(*DEDICATED, BACKUP_SCHEDULE),
)
def backup_schedule(item: Node, graph: Graph) -> Iterator[Violation]:
    """Judge a schedule by its window, and a cluster by its schedule or its project's compliance policy."""
    if item.at("clusterName").value is not None:
        if (item.integer(_WINDOW) or 0) < RESTORE_WINDOW_DAYS:
            yield item.must(_WINDOW, be=_LONG_ENOUGH)
    elif not _scheduled(item, graph):
        yield item.must("name", be="have a CloudBackupSchedule, or a BackupCompliancePolicy that restores 7 days back")


def _scheduled(cluster: Node, graph: Graph) -> bool:
    names = [reveal(schedule.at("clusterName").value) for schedule in graph.of(BACKUP_SCHEDULE, PLACE)]
    name = reveal(cluster.at("name").value)
    if name is not None and not isinstance(name, Unknown) and name in names:
        return True
    if any((policy.integer(_WINDOW) or 0) >= RESTORE_WINDOW_DAYS for policy in graph.of(COMPLIANCE_POLICY, PLACE)):
        return True
    if names and (isinstance(name, Unknown) or any(isinstance(each, Unknown) for each in names)):
        raise UndeterminedError("clusterName of a CloudBackupSchedule")
    return False
