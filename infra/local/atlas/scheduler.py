"""Takes the snapshots that backup schedules want, and removes those that are kept no longer."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from infra.local.atlas import backup_calendar
from infra.local.atlas.store import new_id
from infra.text import timestamp

if TYPE_CHECKING:
    from infra.local.atlas.app import Emulator
    from infra.local.atlas.store import Json

_LOOK_AGAIN_S: Final = 0.5
_NEVER: Final = "9999-12-31T00:00:00Z"


def now(state: Json) -> datetime:
    """The present of the backups: the machine's, and as much ahead as it was set."""
    return datetime.now(UTC) + timedelta(seconds=state.get("aheadS", 0))


def run(emulator: Emulator) -> None:
    """Look at all schedules, for ever."""
    while True:
        tick(emulator)
        time.sleep(_LOOK_AGAIN_S)


def tick(emulator: Emulator) -> None:
    """Look at all schedules once.

    However many moments have gone by, there is one snapshot: nobody can take one of the past.
    """
    state = emulator.store.read()
    at = now(state)
    for group in state["groups"].values():
        for record in group["clusters"].values():
            _remove(emulator, group["id"], record, at)
            since = datetime.fromisoformat(record.get("scheduledAt") or record["answer"]["createDate"])
            due = list(backup_calendar.moments(record["schedule"], since, at))
            if due and record["answer"]["backupEnabled"] and record["state"] != "DELETING":
                items = list({item["id"]: item for _, wanted in due for item in wanted}.values())
                _take(emulator, group["id"], record, due[-1][0], items)


def taken(emulator: Emulator, record: Json, at: datetime, **about: Any) -> Json:
    """A copy of a cluster's data as it is now, and what Atlas says of it.

    Args:
        emulator: Holds the databases.
        record: The cluster's.
        at: The moment that it is for.
        **about: What else is said of it.
    """
    identifier = new_id()
    emulator.databases.copy(record["data"], f"snapshot-{identifier}")
    return {
        "id": identifier,
        "cloudProvider": "AWS",
        "createdAt": timestamp(at),
        "mongodVersion": record["answer"]["mongoDBVersion"],
        "replicaSetName": record["answer"]["name"],
        "status": "completed",
        "type": "replicaSet",
        "links": [],
        **about,
    }


def _take(emulator: Emulator, group: str, record: Json, at: datetime, items: list[Json]) -> None:
    snapshot = taken(
        emulator,
        record,
        at,
        expiresAt=timestamp(backup_calendar.kept_until(items, at)),
        frequencyType=backup_calendar.rarest(items),
        policyItems=[item["id"] for item in items],
        snapshotType="scheduled",
    )
    with emulator.store.change() as state:
        if kept := _of(state, group, record):
            kept["snapshots"][snapshot["id"]] = snapshot
            kept["scheduledAt"] = timestamp(at)


def _remove(emulator: Emulator, group: str, record: Json, at: datetime) -> None:
    """Remove the snapshots whose time is over."""
    listed = record["snapshots"].values()
    over = [each["id"] for each in listed if datetime.fromisoformat(each.get("expiresAt") or _NEVER) <= at]
    for identifier in over:
        with emulator.store.change() as state:
            if kept := _of(state, group, record):
                kept["snapshots"].pop(identifier, None)
        emulator.databases.drop(f"snapshot-{identifier}")


def _of(state: Json, group: str, record: Json) -> Json | None:
    """The record as it is by now; None if its cluster is gone."""
    found: Json | None = state["groups"].get(group, {"clusters": {}})["clusters"].get(record["answer"]["name"])
    return found
