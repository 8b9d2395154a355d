"""Backup schedules, snapshots on demand, and restores into a cluster: real copies of real files."""

from __future__ import annotations

import time
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from infra.local.atlas import answer
from infra.local.atlas.api import clusters, projects
from infra.local.atlas.errors import absent, bad_enum, invalid, missing
from infra.local.atlas.store import new_id, timestamp

if TYPE_CHECKING:
    from werkzeug import Request

    from infra.local.atlas.app import Emulator
    from infra.local.atlas.store import Json

_PATIENCE_S: Final = 30.0


def _schedule(emulator: Emulator, _: Request, group: str, name: str) -> tuple[int, Any]:
    record = clusters.of(projects.of(emulator.store.read(), group), name)
    own = {"clusterName": name, "clusterId": record["answer"]["id"], "links": []}
    return HTTPStatus.OK, record["schedule"] | own


def _set_schedule(emulator: Emulator, request: Request, group: str, name: str) -> tuple[int, Any]:
    given = answer.body(request)
    with emulator.store.change() as state:
        record = clusters.of(projects.of(state, group), name)
        _need_backups(record)
        record["schedule"] |= given
        for policy in record["schedule"]["policies"]:
            policy.setdefault("id", new_id())
    return _schedule(emulator, request, group, name)


def _no_schedule(emulator: Emulator, request: Request, group: str, name: str) -> tuple[int, Any]:
    with emulator.store.change() as state:
        clusters.of(projects.of(state, group), name)["schedule"] = {"policies": []}
    return _schedule(emulator, request, group, name)


def _need_backups(record: Json) -> None:
    if not record["answer"]["backupEnabled"]:
        raise invalid("backupEnabled")


def _snap(emulator: Emulator, request: Request, group: str, name: str) -> tuple[int, Any]:
    given = answer.body(request)
    record = clusters.of(projects.of(emulator.store.read(), group), name)
    _need_backups(record)
    identifier = new_id()
    emulator.databases.copy(record["data"], f"snapshot-{identifier}")
    snapshot = {
        "id": identifier,
        "createdAt": timestamp(),
        "description": given.get("description", ""),
        "mongodVersion": record["answer"]["mongoDBVersion"],
        "replicaSetName": name,
        "snapshotType": "onDemand",
        "status": "completed",
        "type": "replicaSet",
        "links": [],
    }
    with emulator.store.change() as state:
        clusters.of(projects.of(state, group), name)["snapshots"][identifier] = snapshot
    return HTTPStatus.OK, snapshot | {"status": "queued"}


def _snapshots(emulator: Emulator, request: Request, group: str, name: str) -> tuple[int, Any]:
    record = clusters.of(projects.of(emulator.store.read(), group), name)
    return HTTPStatus.OK, answer.page(request, reversed(record["snapshots"].values()))


def _snapshot(emulator: Emulator, _: Request, group: str, name: str, snapshot: str) -> tuple[int, Any]:
    return HTTPStatus.OK, _of(clusters.of(projects.of(emulator.store.read(), group), name)["snapshots"], snapshot)


def _of(listed: Json, identifier: str) -> Json:
    if found := listed.get(identifier):
        known: Json = found
        return known
    raise absent("RESOURCE_NOT_FOUND", f"Cannot find resource {identifier}.", identifier)


def _restore(emulator: Emulator, request: Request, group: str, name: str) -> tuple[int, Any]:
    """Give the target a copy of the snapshot; the databases see that it is another one, and begin with it."""
    given = answer.body(request)
    if given.get("deliveryType") != "automated":
        raise bad_enum(str(given.get("deliveryType")))
    for key in ("snapshotId", "targetClusterName", "targetGroupId"):
        if not given.get(key):
            raise missing(key)
    state = emulator.store.read()
    _of(clusters.of(projects.of(state, group), name)["snapshots"], given["snapshotId"])
    clusters.of(projects.of(state, given["targetGroupId"]), given["targetClusterName"])
    fresh = f"data-{new_id()}"
    emulator.databases.copy(f"snapshot-{given['snapshotId']}", fresh)
    kept = ("deliveryType", "snapshotId", "targetClusterName", "targetGroupId")
    job = {"id": new_id(), **{key: given[key] for key in kept}, "cancelled": False, "failed": False, "links": []}
    with emulator.store.change() as state:
        target = clusters.of(projects.of(state, given["targetGroupId"]), given["targetClusterName"])
        target["data"] = fresh
        clusters.begin(target, "UPDATING")
        clusters.of(projects.of(state, group), name)["restores"][job["id"]] = job
    _wait(emulator, target)
    return HTTPStatus.OK, job


def _wait(emulator: Emulator, record: Json) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while not emulator.databases.serves(record) and time.monotonic() < deadline:
        time.sleep(0.05)


def _job(emulator: Emulator, _: Request, group: str, name: str, job: str) -> tuple[int, Any]:
    state = emulator.store.read()
    found = _of(clusters.of(projects.of(state, group), name)["restores"], job)
    target = clusters.of(projects.of(state, found["targetGroupId"]), found["targetClusterName"])
    done = clusters.shown(emulator, target)["stateName"] == "IDLE"
    return HTTPStatus.OK, found | ({"finishedAt": timestamp()} if done else {})


_BACKUP: Final = "/groups/<group>/clusters/<name>/backup"
ROUTES: Final = (
    ("GET", f"{_BACKUP}/schedule", _schedule),
    ("PATCH", f"{_BACKUP}/schedule", _set_schedule),
    ("DELETE", f"{_BACKUP}/schedule", _no_schedule),
    ("POST", f"{_BACKUP}/snapshots", _snap),
    ("GET", f"{_BACKUP}/snapshots", _snapshots),
    ("GET", f"{_BACKUP}/snapshots/<snapshot>", _snapshot),
    ("POST", f"{_BACKUP}/restoreJobs", _restore),
    ("GET", f"{_BACKUP}/restoreJobs/<job>", _job),
)
