"""Clusters: created, changed and deleted in a moment instead of minutes, but through the same states."""

from __future__ import annotations

import time
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, get_args

from infra.local.atlas import answer, backup_calendar, description
from infra.local.atlas.api import projects
from infra.local.atlas.errors import Refusal, absent, bad_enum, conflict, invalid, missing
from infra.local.atlas.store import new_id
from infra.local.cluster.forward import free_port
from infra.settings.atlas import Region

if TYPE_CHECKING:
    from werkzeug import Request

    from infra.local.atlas.app import Emulator
    from infra.local.atlas.store import Json

_TAKES_S: Final = {"CREATING": 1.0, "UPDATING": 0.3, "DELETING": 0.5}
_FIRST_PORT: Final = 27017
_SIZES: Final = frozenset({"M10", "M20", "M30", "M40", "M50", "M60", "M80", "M140", "M200", "M300"})
_KINDS: Final = frozenset({"REPLICASET", "SHARDED", "GEOSHARDED"})


def of(project: Json, name: str) -> Json:
    """A cluster's record.

    Raises:
        Refusal: There is none of that name.
    """
    if found := project["clusters"].get(name):
        record: Json = found
        return record
    detail = f"No cluster named {name} exists in group {project['id']}."
    raise absent("CLUSTER_NOT_FOUND", detail, name, project["id"])


def shown(emulator: Emulator, record: Json) -> Json:
    """A cluster as Atlas answers, with its state at this moment."""
    busy = time.time() < record["until"] or record["state"] == "DELETING" or not emulator.databases.serves(record)
    address = f"mongodb://{emulator.databases.host}:{record['port']}/?tls=false"
    strings = {} if busy and record["state"] == "CREATING" else {"standard": address}
    live = {"stateName": record["state"] if busy else "IDLE", "connectionStrings": strings}
    return {**record["answer"], **live, "advancedConfiguration": description.encryption(record["arguments"])}


def begin(record: Json, state: str) -> None:
    """Put a cluster into a state that passes by itself."""
    record["state"], record["until"] = state, time.time() + _TAKES_S[state]


def _judge(given: Json) -> None:
    if given.get("clusterType", "REPLICASET") not in _KINDS:
        raise bad_enum(str(given["clusterType"]))
    if (version := given.get("mongoDBMajorVersion", "8.0")) not in description.VERSIONS:
        detail = f"An invalid MongoDB version {version} was specified."
        raise Refusal(HTTPStatus.BAD_REQUEST, "MONGODB_VERSION_INVALID", detail, str(version))
    regions = [region for spec in given.get("replicationSpecs", []) for region in spec.get("regionConfigs", [])]
    for region in regions:
        if region.get("regionName") not in get_args(Region):
            name, provider = str(region.get("regionName")), str(region.get("providerName", "AWS"))
            detail = f"No region {name} exists for provider {provider}."
            raise Refusal(HTTPStatus.BAD_REQUEST, "INVALID_REGION", detail, name, provider)
        if region.get("electableSpecs", {}).get("instanceSize") not in _SIZES:
            raise bad_enum(str(region.get("electableSpecs", {}).get("instanceSize")))
    if given.get("pitEnabled") and not given.get("backupEnabled"):
        raise invalid("pitEnabled")
    if "replicationSpecs" in given and not regions:
        raise missing("replicationSpecs.regionConfigs")


def _create(emulator: Emulator, request: Request, group: str) -> tuple[int, Any]:
    given = answer.body(request)
    for key in ("name", "clusterType", "replicationSpecs"):
        if not given.get(key):
            raise missing(key)
    _judge(given)
    with emulator.store.change() as state:
        project = projects.of(state, group)
        if given["name"] in project["clusters"]:
            detail = f"A cluster named {given['name']} is already present in group {group}."
            raise Refusal(HTTPStatus.BAD_REQUEST, "DUPLICATE_CLUSTER_NAME", detail, given["name"], group)
        taken = {record["port"] for each in state["groups"].values() for record in each["clusters"].values()}
        first = next(port for port in range(_FIRST_PORT, _FIRST_PORT + 1000) if port not in taken)
        project["clusters"][given["name"]] = record = {
            "answer": description.described(given, group),
            "arguments": description.ARGUMENTS | given.get("advancedConfiguration", {}),
            "data": f"data-{new_id()}",
            "port": free_port(first),
            "schedule": backup_calendar.first(backups=given.get("backupEnabled") is True),
            "snapshots": {},
            "restores": {},
        }
        begin(record, "CREATING")
    return HTTPStatus.CREATED, shown(emulator, record)


def _list(emulator: Emulator, request: Request, group: str) -> tuple[int, Any]:
    records = projects.of(emulator.store.read(), group)["clusters"].values()
    return HTTPStatus.OK, answer.page(request, [shown(emulator, record) for record in records])


def _get(emulator: Emulator, _: Request, group: str, name: str) -> tuple[int, Any]:
    return HTTPStatus.OK, shown(emulator, of(projects.of(emulator.store.read(), group), name))


def _change(emulator: Emulator, request: Request, group: str, name: str) -> tuple[int, Any]:
    given = answer.body(request)
    with emulator.store.change() as state:
        record = of(projects.of(state, group), name)
        _judge(record["answer"] | given)
        record["arguments"] |= given.get("advancedConfiguration", {})
        record["answer"] = description.changed(record["answer"], given)
        begin(record, "UPDATING")
    return HTTPStatus.OK, shown(emulator, record)


def _delete(emulator: Emulator, _: Request, group: str, name: str) -> tuple[int, Any]:
    with emulator.store.change() as state:
        record = of(projects.of(state, group), name)
        if record["answer"]["terminationProtectionEnabled"]:
            detail = f"Cannot terminate cluster {name} when termination protection is enabled."
            raise conflict("CANNOT_TERMINATE_CLUSTER_WHEN_TERMINATION_PROTECTION_ENABLED", detail, name)
        if record["state"] == "DELETING":
            detail = f"The cluster {name} has already been requested for deletion."
            raise Refusal(HTTPStatus.BAD_REQUEST, "CLUSTER_ALREADY_REQUESTED_DELETION", detail, name)
        begin(record, "DELETING")
    return HTTPStatus.ACCEPTED, {}


def _arguments(emulator: Emulator, _: Request, group: str, name: str) -> tuple[int, Any]:
    return HTTPStatus.OK, of(projects.of(emulator.store.read(), group), name)["arguments"]


def _set_arguments(emulator: Emulator, request: Request, group: str, name: str) -> tuple[int, Any]:
    with emulator.store.change() as state:
        record = of(projects.of(state, group), name)
        record["arguments"] |= answer.body(request)
        begin(record, "UPDATING")
        return HTTPStatus.OK, record["arguments"]


ROUTES: Final = (
    ("POST", "/groups/<group>/clusters", _create),
    ("GET", "/groups/<group>/clusters", _list),
    ("GET", "/groups/<group>/clusters/<name>", _get),
    ("PATCH", "/groups/<group>/clusters/<name>", _change),
    ("DELETE", "/groups/<group>/clusters/<name>", _delete),
    ("GET", "/groups/<group>/clusters/<name>/processArgs", _arguments),
    ("PATCH", "/groups/<group>/clusters/<name>/processArgs", _set_arguments),
)
