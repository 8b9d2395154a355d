"""Snapshots, and restores into a cluster: real copies of real files."""

from __future__ import annotations

import time
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from infra.local.atlas import answer, scheduler
from infra.local.atlas.api import clusters, projects, schedules
from infra.local.atlas.errors import absent, bad_enum, missing
from infra.local.atlas.store import new_id
from infra.text import timestamp

if TYPE_CHECKING:
    from werkzeug import Request

    from infra.local.atlas.app import Emulator
    from infra.local.atlas.store import Json

_PATIENCE_S: Final = 30.0


def _snap(emulator: Emulator, request: Request, group: str, name: str) -> tuple[int, Any]:
    given = answer.body(request)
    record = clusters.of(projects.of(emulator.store.read(), group), name)
    schedules.need_backups(record)
    at = scheduler.now(emulator.store.read())
    expires = (
        {"expiresAt": timestamp(at + timedelta(days=given["retentionInDays"]))} if given.get("retentionInDays") else {}
    )
    about = {"description": given.get("description", ""), "frequencyType": "ondemand", "snapshotType": "onDemand"}
    snapshot = scheduler.taken(emulator, record, at, **about, **expires)
    with emulator.store.change() as state:
        clusters.of(projects.of(state, group), name)["snapshots"][snapshot["id"]] = snapshot
    return HTTPStatus.OK, snapshot | {"status": "queued"}


def _snapshots(emulator: Emulator, request: Request, group: str, name: str) -> tuple[int, Any]:
    record = clusters.of(projects.of(emulator.store.read(), group), name)
    return HTTPStatus.OK, answer.page(request, reversed(record["snapshots"].values()))


def _snapshot(emulator: Emulator, _: Request, group: str, name: str, snapshot: str) -> tuple[int, Any]:
    return HTTPStatus.OK, _of(projects.of(emulator.store.read(), group), name, "snapshot", snapshot)


_CODES: Final = {"snapshot": "SNAPSHOT_NOT_FOUND", "restore job": "RESTORE_JOB_NOT_FOUND"}
_PLACES: Final = {"snapshot": "snapshots", "restore job": "restores"}


def _of(project: Json, name: str, what: str, identifier: str) -> Json:
    """A snapshot or a restore job of a cluster."""
    if found := clusters.of(project, name)[_PLACES[what]].get(identifier):
        known: Json = found
        return known
    raise absent(_CODES[what], f"No {what} with ID {identifier} exists for cluster {name}.", identifier, name)


def _restore(emulator: Emulator, request: Request, group: str, name: str) -> tuple[int, Any]:
    """Give the target a copy of the snapshot; the databases see that it is another one, and begin with it."""
    given = answer.body(request)
    if given.get("deliveryType") != "automated":
        raise bad_enum(str(given.get("deliveryType")))
    for key in ("snapshotId", "targetClusterName", "targetGroupId"):
        if not given.get(key):
            raise missing(key)
    state = emulator.store.read()
    _of(projects.of(state, group), name, "snapshot", given["snapshotId"])
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
    found = _of(projects.of(state, group), name, "restore job", job)
    target = clusters.of(projects.of(state, found["targetGroupId"]), found["targetClusterName"])
    done = clusters.shown(emulator, target)["stateName"] == "IDLE"
    return HTTPStatus.OK, found | ({"finishedAt": timestamp(scheduler.now(state))} if done else {})


_BACKUP: Final = "/groups/<group>/clusters/<name>/backup"
ROUTES: Final = (
    ("POST", f"{_BACKUP}/snapshots", _snap),
    ("GET", f"{_BACKUP}/snapshots", _snapshots),
    ("GET", f"{_BACKUP}/snapshots/<snapshot>", _snapshot),
    ("POST", f"{_BACKUP}/restoreJobs", _restore),
    ("GET", f"{_BACKUP}/restoreJobs/<job>", _job),
)
