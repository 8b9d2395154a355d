"""Each kind of resource: where the API keeps it, and how its properties read there. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from infra import atlas_api
from infra.local.plugins.mongodbatlas import schedule

if TYPE_CHECKING:
    from collections.abc import Callable

Json = dict[str, Any]

_RENAMED: Final = {
    "diskSizeGb": "diskSizeGB",
    "eventType": "eventTypeName",
    "metricThresholdConfig": "metricThreshold",
    "mongoDbMajorVersion": "mongoDBMajorVersion",
}
"""Properties that the provider spells in another way than the API does."""


@dataclass(frozen=True)
class Kind:
    """How one kind is read and written.

    Attributes:
        item: Path of one resource, from its inputs and its id.
        collection: Path that a new one is posted to; None for what exists with its project or cluster.
        identity: Properties that say which one it is: another value is another one.
        own: Properties that the provider keeps to itself.
        computed: Outputs that only Atlas knows.
        update: HTTP method that changes it.
        removal: How it is removed: "DELETE", "PATCH" (switched off), or with a query.
        write: Version of the API for writing.
        read: Version of the API for reading.
        body: What is sent, from the inputs.
        properties: What an answer says, as properties.
    """

    item: Callable[[Json, str], str]
    collection: Callable[[Json], str] | None
    identity: frozenset[str]
    own: frozenset[str] = frozenset()
    computed: tuple[str, ...] = ()
    update: str = "PATCH"
    write: str = atlas_api.VERSION
    read: str = atlas_api.VERSION
    body: Callable[[Json], Any] = lambda inputs: inputs
    properties: Callable[[Json], Json] = lambda answer: answer


def renamed(value: Any, names: dict[str, str]) -> Any:
    """A value with the keys of all its objects spelled in another way."""
    if isinstance(value, dict):
        return {names.get(key, key): renamed(item, names) for key, item in value.items()}
    return [renamed(item, names) for item in value] if isinstance(value, list) else value


def to_api(inputs: Json, *left_out: str) -> Json:
    """The inputs as the API spells them, without what the path says already."""
    return {key: item for key, item in renamed(inputs, _RENAMED).items() if key not in {"projectId", *left_out}}


def from_api(answer: Json) -> Json:
    """An answer as the provider spells it."""
    found: Json = renamed(answer, {value: key for key, value in _RENAMED.items()})
    return found


def _group(inputs: Json) -> str:
    return f"/groups/{_part(inputs['projectId'])}"


def _cluster(inputs: Json, key: str) -> str:
    return f"{_group(inputs)}/clusters/{_part(inputs[key])}"


def _part(text: Any) -> str:
    return quote(str(text), safe="")


_CLUSTER_OWN: Final = frozenset({"deleteOnCreateTimeout", "retainBackupsEnabled", "advancedConfiguration", "timeouts"})

KINDS: Final = {
    "Project": Kind(
        item=lambda _, identifier: f"/groups/{_part(identifier)}",
        collection=lambda _: "/groups",
        identity=frozenset({"orgId"}),
        own=frozenset({"withDefaultAlertsSettings"}),
        computed=("created",),  # not `clusterCount`, which changes without a hand
        body=to_api,
    ),
    "AdvancedCluster": Kind(
        item=lambda inputs, _: _cluster(inputs, "name"),
        collection=lambda inputs: f"{_group(inputs)}/clusters",
        identity=frozenset({"projectId", "name"}),
        own=_CLUSTER_OWN,
        computed=("clusterId", "connectionStrings", "createDate", "mongoDbVersion", "stateName"),
        write=atlas_api.CLUSTER_WRITE,
        read=atlas_api.CLUSTER_READ,
        body=lambda inputs: to_api(inputs, *_CLUSTER_OWN),
        properties=lambda answer: (
            from_api(answer) | {"clusterId": answer.get("id"), "mongoDbVersion": answer.get("mongoDBVersion")}
        ),
    ),
    "DatabaseUser": Kind(
        item=lambda inputs, _: (
            f"{_group(inputs)}/databaseUsers/{_part(inputs['authDatabaseName'])}/{_part(inputs['username'])}"
        ),
        collection=lambda inputs: f"{_group(inputs)}/databaseUsers",
        identity=frozenset({"projectId", "username", "authDatabaseName"}),
        # Renamed here alone: a user's roles have a property `databaseName` of their own.
        body=lambda inputs: (
            to_api(inputs, "authDatabaseName")
            | {"groupId": inputs["projectId"], "databaseName": inputs["authDatabaseName"]}
        ),
        properties=lambda answer: from_api(answer) | {"authDatabaseName": answer.get("databaseName")},
    ),
    "ProjectIpAccessList": Kind(
        item=lambda inputs, _: f"{_group(inputs)}/accessList/{_part(inputs['cidrBlock'])}",
        collection=lambda inputs: f"{_group(inputs)}/accessList",
        identity=frozenset({"projectId", "cidrBlock", "ipAddress", "comment"}),
        body=lambda inputs: [to_api(inputs)],
    ),
    "CloudBackupSchedule": Kind(
        item=lambda inputs, _: f"{_cluster(inputs, 'clusterName')}/backup/schedule",
        collection=None,
        identity=frozenset({"projectId", "clusterName"}),
        write=atlas_api.CLUSTER_READ,
        read=atlas_api.CLUSTER_READ,
        computed=("nextSnapshot",),
        body=schedule.to_api,
        properties=schedule.from_api,
    ),
    "MaintenanceWindow": Kind(
        item=lambda inputs, _: f"{_group(inputs)}/maintenanceWindow",
        collection=None,
        identity=frozenset({"projectId"}),
        body=to_api,
    ),
    "Auditing": Kind(
        item=lambda inputs, _: f"{_group(inputs)}/auditLog",
        collection=None,
        identity=frozenset({"projectId"}),
        computed=("configurationType",),
        body=to_api,
    ),
    "AlertConfiguration": Kind(
        item=lambda inputs, identifier: f"{_group(inputs)}/alertConfigs/{_part(identifier)}",
        collection=lambda inputs: f"{_group(inputs)}/alertConfigs",
        identity=frozenset({"projectId"}),
        computed=("alertConfigurationId", "created", "updated"),
        update="PUT",
        body=to_api,
        properties=lambda answer: from_api(answer) | {"alertConfigurationId": answer.get("id")},
    ),
}
"""By the kind's name in Pulumi."""


def kind_of(token: str) -> str:
    """The kind's name of a resource type such as ``mongodbatlas:index/project:Project``."""
    return token.rpartition(":")[2]
