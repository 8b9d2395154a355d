"""A cluster as Atlas describes it: what was asked for, and what Atlas says of it by itself. Pure.

Source of the defaults: the answers of Atlas that its Terraform provider keeps for its tests
(`internal/service/advancedcluster/testdata` of mongodb/terraform-provider-mongodbatlas).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from infra.local.atlas.store import new_id, timestamp

if TYPE_CHECKING:
    from infra.local.atlas.store import Json

VERSIONS: Final = {"7.0": "7.0.42", "8.0": "8.0.16"}
"""What a major version is at the moment."""

_USUAL: Final[dict[str, Any]] = {
    "backupEnabled": False,
    "biConnector": {"enabled": False, "readPreference": "secondary"},
    "diskWarmingMode": "FULLY_WARMED",
    "encryptionAtRestProvider": "NONE",
    "globalClusterSelfManagedSharding": False,
    "labels": [],
    "paused": False,
    "pitEnabled": False,
    "redactClientLogData": False,
    "rootCertType": "ISRGROOTX1",
    "tags": [],
    "terminationProtectionEnabled": False,
    "versionReleaseSystem": "LTS",
}
_TLS: Final[dict[str, Any]] = {
    "customOpensslCipherConfigTls12": [],
    "minimumEnabledTlsProtocol": "TLS1_2",
    "tlsCipherConfigMode": "DEFAULT",
}
"""Told twice: among the process arguments, and in the cluster's own `advancedConfiguration`."""

ARGUMENTS: Final[dict[str, Any]] = {
    **_TLS,
    "changeStreamOptionsPreAndPostImagesExpireAfterSeconds": None,
    "chunkMigrationConcurrency": None,
    "defaultMaxTimeMS": None,
    "defaultWriteConcern": None,
    "javascriptEnabled": True,
    "noTableScan": False,
    "oplogMinRetentionHours": None,
    "oplogSizeMB": None,
    "queryStatsLogVerbosity": 1,
    "sampleRefreshIntervalBIConnector": None,
    "sampleSizeBIConnector": None,
    "transactionLifetimeLimitSeconds": None,
}
"""The process arguments of a new cluster."""

_SMALL_DISKS_GB: Final = {"M10": 10, "M20": 20}
_DISK_GB: Final = 40
_VOLUME: Final = {"diskIOPS": 3000, "ebsVolumeType": "STANDARD"}


def described(given: Json, group: str) -> Json:
    """A new cluster.

    Args:
        given: What was asked for.
        group: Its project's id.
    """
    major = given.get("mongoDBMajorVersion", "8.0")
    versions = {
        "featureCompatibilityVersion": major,
        "mongoDBMajorVersion": major,
        "mongoDBVersion": VERSIONS[major],
    }
    own = {"id": new_id(), "groupId": group, "createDate": timestamp(), "links": []}
    specs = [_spec({"id": new_id(), "zoneId": new_id()}, spec) for spec in given["replicationSpecs"]]
    return {**_USUAL, **given, **own, **versions, "replicationSpecs": specs}


def changed(known: Json, given: Json) -> Json:
    """A cluster after a change; the ids of its replication specs stay."""
    fresh = known | given
    if major := given.get("mongoDBMajorVersion"):
        fresh |= {"featureCompatibilityVersion": major, "mongoDBVersion": VERSIONS[major]}
    if "replicationSpecs" in given:
        kept = [{"id": each["id"], "zoneId": each["zoneId"]} for each in known["replicationSpecs"]]
        fresh["replicationSpecs"] = [
            _spec(ids, spec) for ids, spec in zip(kept, given["replicationSpecs"], strict=False)
        ]
    return fresh


def encryption(arguments: Json) -> Json:
    """The part of the process arguments that the cluster tells as its `advancedConfiguration`."""
    return {key: arguments[key] for key in _TLS}


def _spec(ids: Json, given: Json) -> Json:
    return {"zoneName": "Zone 1", **given, **ids, "regionConfigs": list(map(_region, given["regionConfigs"]))}


def _region(given: Json) -> Json:
    """A region with all three kinds of nodes, of which there may be none."""
    size = given["electableSpecs"]["instanceSize"]
    usual = {**_VOLUME, "diskSizeGB": _SMALL_DISKS_GB.get(size, _DISK_GB), "instanceSize": size}
    electable = {**usual, **given["electableSpecs"]}
    none = {key: electable[key] for key in usual} | {"nodeCount": 0}
    others = {kind: {**none, **given.get(kind, {})} for kind in ("analyticsSpecs", "readOnlySpecs")}
    return {**given, **others, "electableSpecs": electable}
