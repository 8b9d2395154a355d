"""Backup schedules, and the clock that they go by: it can be set ahead, so that what they do can be tried."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from infra.local.atlas import answer, backup_calendar, scheduler
from infra.local.atlas.api import clusters, projects
from infra.local.atlas.errors import Refusal, invalid
from infra.local.atlas.store import new_id
from infra.text import timestamp

if TYPE_CHECKING:
    from werkzeug import Request

    from infra.local.atlas.app import Emulator
    from infra.local.atlas.store import Json

_ITEM: Final = ("frequencyInterval", "frequencyType", "retentionUnit", "retentionValue")


def _schedule(emulator: Emulator, _: Request, group: str, name: str) -> tuple[int, Any]:
    state = emulator.store.read()
    record = clusters.of(projects.of(state, group), name)
    own = {"clusterName": name, "clusterId": record["answer"]["id"], "links": []}
    upcoming = backup_calendar.upcoming(record["schedule"], scheduler.now(state))
    return HTTPStatus.OK, record["schedule"] | own | ({"nextSnapshot": timestamp(upcoming)} if upcoming else {})


def _set_schedule(emulator: Emulator, request: Request, group: str, name: str) -> tuple[int, Any]:
    given = {key: value for key, value in answer.body(request).items() if value is not None}
    with emulator.store.change() as state:
        record = clusters.of(projects.of(state, group), name)
        need_backups(record)
        _judge(given, record["schedule"])
        record["schedule"] |= given
        record["scheduledAt"] = timestamp(scheduler.now(state))
        for policy in record["schedule"]["policies"]:
            policy.setdefault("id", new_id())
            policy["policyItems"] = [item | {"id": item.get("id") or new_id()} for item in policy["policyItems"]]
    return _schedule(emulator, request, group, name)


def _judge(given: Json, known: Json) -> None:
    """Refuse what the list of Atlas's errors has for schedules."""
    if given.get("restoreWindowDays", 1) < 1:
        raise _bad("INVALID_RESTORE_WINDOW", "The restore window days should be a positive number.")
    if "policies" not in given:
        return
    if len(given["policies"]) != 1:
        raise _bad("INVALID_NUM_OF_POLICIES", "Must have exactly one policy.")
    (policy,) = given["policies"]
    own = known["policies"][0]["id"]
    if policy.setdefault("id", own) != own:
        raise _bad("INVALID_POLICY_ID", f"The policy id {policy['id']} is invalid.", policy["id"])
    if not policy.get("policyItems"):
        raise _bad("INVALID_NUM_OF_POLICY_ITEMS", "Must have at least one policy item.")
    if any(item.get(key) is None for item in policy["policyItems"] for key in _ITEM):
        raise _bad("MISSING_POLICY_ITEM_PARAMETERS", "Each policy item must contain all required fields.")


def _bad(code: str, detail: str, *parameters: str) -> Refusal:
    return Refusal(HTTPStatus.BAD_REQUEST, code, detail, *parameters)


def _no_schedule(emulator: Emulator, request: Request, group: str, name: str) -> tuple[int, Any]:
    """Take the items away; the policy itself stays, and the official provider reads it."""
    with emulator.store.change() as state:
        record = clusters.of(projects.of(state, group), name)
        record["schedule"]["policies"] = [
            {"id": each["id"], "policyItems": []} for each in record["schedule"]["policies"]
        ]
    return _schedule(emulator, request, group, name)


def need_backups(record: Json) -> None:
    """Refuse what a cluster without backups cannot have."""
    if not record["answer"]["backupEnabled"]:
        raise invalid("backupEnabled")


def _set_ahead(emulator: Emulator, request: Request) -> tuple[int, Any]:
    """Set the clock ahead by so many seconds more; no such path is in Atlas."""
    more = answer.body(request).get("aheadS")
    if not isinstance(more, int) or more < 0:
        raise invalid("aheadS")
    with emulator.store.change() as state:
        state["aheadS"] = state.get("aheadS", 0) + more
        return HTTPStatus.OK, {"aheadS": state["aheadS"], "now": timestamp(scheduler.now(state))}


_SCHEDULE: Final = "/groups/<group>/clusters/<name>/backup/schedule"
ROUTES: Final = (
    ("GET", _SCHEDULE, _schedule),
    ("PATCH", _SCHEDULE, _set_schedule),
    ("DELETE", _SCHEDULE, _no_schedule),
    ("POST", "/emulator/clock", _set_ahead),
)
