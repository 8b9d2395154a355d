from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from infra.atlas import access, alert, backup, cluster, project, user, window
from infra.components.atlas_object import type_token
from policies.judging.judge import judge, judge_stack
from policies.objects.options import Options
from policies.objects.resources import Resource, from_pulumi
from policies.objects.values import Secret

if TYPE_CHECKING:
    from infra.atlas import Properties
    from infra.settings import Settings

KEPT = Options(protect=True)


def declared(settings: Settings, **changes: Properties) -> list[Resource]:
    """The Atlas resources as a policy sees them, kinds by name with some properties changed."""
    database = settings.database
    password = {"password": Secret("canary")}
    objects = [
        ("Project", project.project(database.atlas)),
        ("AdvancedCluster", cluster.cluster(database, keep=True)),
        ("CloudBackupSchedule", backup.backup_schedule(database)),
        ("MaintenanceWindow", window.maintenance_window(settings)),
        *(("ProjectIpAccessList", entry) for entry in access.access_list(database.atlas)),
        *(("DatabaseUser", user.user(each, database) | password) for each in user.USERS),
    ]
    return [
        from_pulumi(
            type_token(kind), body | changes.get(kind, {}), f"urn:pulumi:production::rez::{kind}::{kind}", options=KEPT
        )
        for kind, body in objects
    ]


def rules(resources: list[Resource]) -> set[str]:
    found = [finding for resource in resources for finding in judge(resource, stack="production")]
    return {finding.rule.id for finding in (*found, *judge_stack(resources, stack="production"))}


def test_the_declared_atlas_breaks_no_rule(settings: Settings) -> None:
    assert rules(declared(settings)) == set()


@pytest.mark.parametrize(
    ("kind", "change", "rule"),
    [
        ("AdvancedCluster", {"backupEnabled": False}, "atlas-cluster-backup"),
        ("AdvancedCluster", {"pitEnabled": False}, "atlas-cluster-point-in-time"),
        ("AdvancedCluster", {"terminationProtectionEnabled": False}, "atlas-cluster-termination-protection"),
        ("AdvancedCluster", {"mongoDbMajorVersion": "5.0"}, "atlas-cluster-version"),
        ("AdvancedCluster", {"name": "other"}, "atlas-backup-schedule"),
        ("CloudBackupSchedule", {"restoreWindowDays": 2}, "atlas-backup-schedule"),
        ("MaintenanceWindow", {"hourOfDay": 14}, "atlas-maintenance-window"),
        ("ProjectIpAccessList", {"cidrBlock": "0.0.0.0/0"}, "atlas-access-list-public"),
        ("DatabaseUser", {"password": "plain"}, "atlas-user-password"),
        ("DatabaseUser", {"roles": [{"roleName": "atlasAdmin", "databaseName": "admin"}]}, "atlas-user-roles"),
    ],
)
def test_the_rules_judge_the_declared_resources(settings: Settings, kind: str, change: Properties, rule: str) -> None:
    assert rule in rules(declared(settings, **{kind: change}))


def test_the_runbooks_thresholds_are_alerts(settings: Settings) -> None:
    found = {
        name: (each["metricThresholdConfig"]["metricName"], each["metricThresholdConfig"]["threshold"], each["enabled"])
        for name, each in alert.alerts(settings).items()
    }
    assert found == {
        "connections-target": ("CONNECTIONS_PERCENT", 80, True),
        "connections-warning": ("CONNECTIONS_PERCENT", 90, True),
        "connections-critical": ("CONNECTIONS_PERCENT", 95, True),
        "cpu-warning": ("NORMALIZED_SYSTEM_CPU_USER", 80, True),
        "cpu-critical": ("NORMALIZED_SYSTEM_CPU_USER", 90, True),
        "memory-warning": ("SYSTEM_MEMORY_PERCENT_USED", 85, True),
        "memory-critical": ("SYSTEM_MEMORY_PERCENT_USED", 90, True),
        "disk-warning": ("DISK_PARTITION_SPACE_USED_DATA", 80, True),
        "disk-critical": ("DISK_PARTITION_SPACE_USED_DATA", 90, True),
        "replication-lag": ("OPLOG_SLAVE_LAG_MASTER_TIME", 30, True),
        "oplog-window": ("OPLOG_MASTER_TIME", 24, True),
    }


def test_sunday_is_the_first_day(settings: Settings) -> None:
    assert window.maintenance_window(settings) == {"dayOfWeek": 1, "hourOfDay": 2}


def test_a_restored_cluster_can_be_read_but_not_written(settings: Settings) -> None:
    reader = user.user(user.READER, settings.database)
    assert (reader["roles"], reader["scopes"]) == ([{"roleName": "read", "databaseName": "rez"}], [])
    writer = user.user(user.API_USERS["a"], settings.database)
    assert writer["scopes"] == [{"name": "merchant", "type": "CLUSTER"}]
