"""The cluster: one replica set in one region."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from infra.atlas import Properties
    from infra.settings.data import Database

_HIGHEST_PRIORITY: Final = 7


def cluster(database: Database, *, keep: bool) -> Properties:
    """The cluster, with every default that would be wrong for it spelled out.

    Args:
        database: The settings.
        keep: Whether Atlas itself refuses to delete it, and keeps its backups if it is deleted all the same.
    """
    return {
        "name": database.atlas.cluster,
        "clusterType": "REPLICASET",
        "mongoDbMajorVersion": database.atlas.mongodb_major,
        "backupEnabled": True,  # the provider's default is none
        "pitEnabled": True,
        "retainBackupsEnabled": keep,
        "terminationProtectionEnabled": keep,
        "deleteOnCreateTimeout": False,  # a slow creation is waited for by the next update, not undone
        "replicationSpecs": [{"zoneName": "Zone 1", "regionConfigs": [_region(database)]}],
        "advancedConfiguration": {"minimumEnabledTlsProtocol": "TLS1_2", "javascriptEnabled": False},
    }


def _region(database: Database) -> Properties:
    return {
        "providerName": "AWS",
        "regionName": database.atlas.region,
        "priority": _HIGHEST_PRIORITY,
        "electableSpecs": {
            "instanceSize": database.tier,
            "nodeCount": database.atlas.nodes,
            "diskSizeGb": database.atlas.disk_gb,
        },
    }
