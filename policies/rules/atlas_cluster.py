"""The Atlas cluster: backed up, hard to delete by mistake, on a version and a protocol that are in support."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from policies.databases.atlas import DEDICATED
from policies.limits import BACKUP_SOURCE, DATABASE_SOURCE, MONGODB_VERSIONS
from policies.rule import About, Severity, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.objects.node import Node, Violation

_BACKUPS: Final = """\
backupEnabled: true
pitEnabled: true
retainBackupsEnabled: true
"""
_VERSION: Final = re.compile(r"(\d{1,4})(?:\.(\d{1,4}))?", re.ASCII)
_NEWEST: Final = int(MONGODB_VERSIONS[-1].partition(".")[0])
_PROTOCOLS: Final = (None, "TLS1_2", "TLS1_3")


@rule(
    About(
        id="atlas-cluster-backup",
        severity=Severity.CRITICAL,
        title="Every Atlas cluster is backed up",
        why="The provider's default is no backup at all: a dropped collection would be gone for good",
        remedy="set backupEnabled to true (cloudBackup on the old Cluster)",
        snippet=_BACKUPS,
        source=BACKUP_SOURCE,
    ),
    kinds=DEDICATED,
)
def backup(cluster: Node) -> Iterator[Violation]:
    """Ask for the flag; the old Cluster's own `backupEnabled` meant backups that no longer exist."""
    field = "backupEnabled" if cluster.at("providerInstanceSizeName").value is None else "cloudBackup"
    if cluster.get(field) is not True:
        yield cluster.must(field, be="be true")


@rule(
    About(
        id="atlas-cluster-point-in-time",
        severity=Severity.HIGH,
        title="Every Atlas cluster can be restored to a point in time",
        why="Snapshots alone lose everything since the last one, hours of orders",
        remedy="set pitEnabled to true",
        snippet=_BACKUPS,
        source=BACKUP_SOURCE,
    ),
    kinds=DEDICATED,
)
def point_in_time(cluster: Node) -> Iterator[Violation]:
    """Ask for the flag."""
    if cluster.get("pitEnabled") is not True:
        yield cluster.must("pitEnabled", be="be true")


@rule(
    About(
        id="atlas-cluster-termination-protection",
        severity=Severity.HIGH,
        title="Atlas itself refuses to delete the production cluster",
        why="Pulumi's protect guards against Pulumi alone, not against the console, the API or another program",
        remedy="set terminationProtectionEnabled to true",
        snippet="terminationProtectionEnabled: true\n",
        source=BACKUP_SOURCE,
    ),
    kinds=DEDICATED,
    production_only=True,
)
def termination_protection(cluster: Node) -> Iterator[Violation]:
    """Ask for the flag."""
    if cluster.get("terminationProtectionEnabled") is not True:
        yield cluster.must("terminationProtectionEnabled", be="be true")


@rule(
    About(
        id="atlas-cluster-retain-backups",
        severity=Severity.HIGH,
        title="The production cluster's backups outlive the cluster",
        why="By default Atlas deletes the snapshots together with the cluster, just when they are needed",
        remedy="set retainBackupsEnabled to true",
        snippet=_BACKUPS,
        source=BACKUP_SOURCE,
    ),
    kinds=DEDICATED,
    production_only=True,
)
def retain_backups(cluster: Node) -> Iterator[Violation]:
    """Ask for the flag."""
    if cluster.get("retainBackupsEnabled") is not True:
        yield cluster.must("retainBackupsEnabled", be="be true")


@rule(
    About(
        id="atlas-cluster-version",
        severity=Severity.HIGH,
        title="Every Atlas cluster runs a major version of MongoDB that is in support",
        why="After its end of life a version gets no security fixes, and Atlas upgrades it when it likes",
        remedy="set mongoDbMajorVersion to a major version in support, after a test on a staging cluster",
        snippet='mongoDbMajorVersion: "8.0"\n',
        source="MongoDB Software Lifecycle Schedules; MongoDB Versions in Atlas",
    ),
    kinds=DEDICATED,
)
def version(cluster: Node) -> Iterator[Violation]:
    """Look the version up; without one Atlas takes its default, which is in support, as is a later major version."""
    wanted = cluster.get("mongoDbMajorVersion")
    if wanted is None:
        return
    found = _VERSION.fullmatch(str(wanted))
    major, minor = (int(found[1]), int(found[2] or 0)) if found else (0, 0)
    if f"{major}.{minor}" not in MONGODB_VERSIONS and not (major > _NEWEST and minor == 0):
        yield cluster.must("mongoDbMajorVersion", be=f"be one of {', '.join(MONGODB_VERSIONS)}")


@rule(
    About(
        id="atlas-cluster-tls",
        severity=Severity.HIGH,
        title="Every Atlas cluster refuses TLS below 1.2",
        why="TLS 1.0 and 1.1 can be broken, and Atlas refuses them since July 2025",
        remedy="set advancedConfiguration.minimumEnabledTlsProtocol to TLS1_2, or leave it out: that is the default",
        snippet="advancedConfiguration: {minimumEnabledTlsProtocol: TLS1_2}\n",
        source=f"{DATABASE_SOURCE}; MongoDB Atlas documentation, FAQ: Security",
    ),
    kinds=DEDICATED,
)
def tls(cluster: Node) -> Iterator[Violation]:
    """Compare the protocol; without one Atlas takes TLS 1.2."""
    if cluster.get("advancedConfiguration", "minimumEnabledTlsProtocol") not in _PROTOCOLS:
        yield cluster.must("advancedConfiguration", "minimumEnabledTlsProtocol", be="be TLS1_2 or TLS1_3")
