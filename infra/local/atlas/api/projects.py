"""Projects, with the maintenance window and the audit log, of which each has one."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from infra.local.atlas import answer
from infra.local.atlas.errors import absent, conflict, missing
from infra.local.atlas.store import new_id, timestamp

if TYPE_CHECKING:
    from werkzeug import Request

    from infra.local.atlas.app import Emulator
    from infra.local.atlas.store import Json

_PARTS: Final = ("clusters", "users", "accessList", "alertConfigs", "maintenanceWindow")
_NEW_WINDOW: Final = {
    "autoDeferOnceEnabled": False,
    "numberOfDeferrals": 0,
    "startASAP": False,
    "timeZoneId": "Etc/UTC",
}
_NO_AUDIT: Final = {
    "enabled": False,
    "auditAuthorizationSuccess": False,
    "auditFilter": "",
    "configurationType": "NONE",
}


def of(state: Json, identifier: str) -> Json:
    """A project with all that is in it.

    Raises:
        Refusal: There is none of that id.
    """
    if found := state["groups"].get(identifier):
        project: Json = found
        return project
    raise absent("GROUP_NOT_FOUND", f"No group with ID {identifier} exists.", identifier)


def _shown(project: Json) -> Json:
    kept = {key: project[key] for key in ("id", "name", "orgId", "created")}
    return kept | {"clusterCount": len(project["clusters"]), "links": [], "tags": project.get("tags", [])}


def _create(emulator: Emulator, request: Request) -> tuple[int, Any]:
    given = answer.body(request)
    for key in ("name", "orgId"):
        if not given.get(key):
            raise missing(key)
    with emulator.store.change() as state:
        if any(each["name"] == given["name"] for each in state["groups"].values()):
            raise conflict(
                "GROUP_ALREADY_EXISTS", f'A group with name "{given["name"]}" already exists.', given["name"]
            )
        fresh = {"id": new_id(), "name": given["name"], "orgId": given["orgId"], "created": timestamp()}
        parts = {**{key: {} for key in _PARTS}, "auditLog": dict(_NO_AUDIT), "tags": given.get("tags", [])}
        state["groups"][fresh["id"]] = {**fresh, **parts}
        return HTTPStatus.OK, _shown(state["groups"][fresh["id"]])


def _list(emulator: Emulator, request: Request) -> tuple[int, Any]:
    return HTTPStatus.OK, answer.page(request, map(_shown, emulator.store.read()["groups"].values()))


def _get(emulator: Emulator, _: Request, group: str) -> tuple[int, Any]:
    return HTTPStatus.OK, _shown(of(emulator.store.read(), group))


def _by_name(emulator: Emulator, _: Request, name: str) -> tuple[int, Any]:
    for each in emulator.store.read()["groups"].values():
        if each["name"] == name:
            return HTTPStatus.OK, _shown(each)
    raise absent("GROUP_NAME_NOT_FOUND", f'No group with name "{name}" exists.', name)


def _rename(emulator: Emulator, request: Request, group: str) -> tuple[int, Any]:
    with emulator.store.change() as state:
        project = of(state, group)
        given = answer.body(request)
        project |= {key: given[key] for key in ("name", "tags") if key in given}
        return HTTPStatus.OK, _shown(project)


def _delete(emulator: Emulator, _: Request, group: str) -> tuple[int, Any]:
    with emulator.store.change() as state:
        if of(state, group)["clusters"]:
            detail = "Cannot close group while it has active clusters; please terminate all clusters."
            raise conflict("CANNOT_CLOSE_GROUP_ACTIVE_ATLAS_CLUSTERS", detail)
        del state["groups"][group]
    return HTTPStatus.NO_CONTENT, None


def _window(emulator: Emulator, _: Request, group: str) -> tuple[int, Any]:
    return HTTPStatus.OK, of(emulator.store.read(), group)["maintenanceWindow"]


def _set_window(emulator: Emulator, request: Request, group: str) -> tuple[int, Any]:
    given = answer.body(request)
    if "dayOfWeek" not in given:
        raise missing("dayOfWeek")
    with emulator.store.change() as state:
        of(state, group)["maintenanceWindow"].update(_NEW_WINDOW | given)
    return HTTPStatus.OK, None


def _no_window(emulator: Emulator, _: Request, group: str) -> tuple[int, Any]:
    with emulator.store.change() as state:
        of(state, group)["maintenanceWindow"] = {}
    return HTTPStatus.NO_CONTENT, None


def _audit(emulator: Emulator, _: Request, group: str) -> tuple[int, Any]:
    return HTTPStatus.OK, of(emulator.store.read(), group)["auditLog"]


def _set_audit(emulator: Emulator, request: Request, group: str) -> tuple[int, Any]:
    with emulator.store.change() as state:
        log = of(state, group)["auditLog"]
        log.update(answer.body(request))
        log["configurationType"] = "FILTER_JSON" if log["auditFilter"] else "NONE"
        return HTTPStatus.OK, log


ROUTES: Final = (
    ("POST", "/groups", _create),
    ("GET", "/groups", _list),
    ("GET", "/groups/<group>", _get),
    ("GET", "/groups/byName/<name>", _by_name),
    ("PATCH", "/groups/<group>", _rename),
    ("DELETE", "/groups/<group>", _delete),
    ("GET", "/groups/<group>/maintenanceWindow", _window),
    ("PATCH", "/groups/<group>/maintenanceWindow", _set_window),
    ("DELETE", "/groups/<group>/maintenanceWindow", _no_window),
    ("GET", "/groups/<group>/auditLog", _audit),
    ("PATCH", "/groups/<group>/auditLog", _set_audit),
)
