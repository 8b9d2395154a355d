"""Database users; of a password only what checks it is kept, and no answer has it."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from infra.local.atlas import answer
from infra.local.atlas.api import projects
from infra.local.atlas.errors import absent, conflict, missing
from infra.local.atlas.login import derived

if TYPE_CHECKING:
    from werkzeug import Request

    from infra.local.atlas.app import Emulator
    from infra.local.atlas.store import Json


_NO_OTHER_LOGIN: Final = dict.fromkeys(("awsIAMType", "ldapAuthType", "oidcAuthType", "x509Type"), "NONE")


def _shown(user: Json) -> Json:
    return {key: value for key, value in user.items() if key != "scram"}


def _of(project: Json, name: str) -> Json:
    if found := project["users"].get(name):
        user: Json = found
        return user
    raise absent("USERNAME_NOT_FOUND", f"No user with username {name} exists.", name)


def _create(emulator: Emulator, request: Request, group: str) -> tuple[int, Any]:
    given = answer.body(request)
    for key in ("username", "password", "databaseName", "roles"):
        if not given.get(key):
            raise missing(key)
    scram = derived(given.pop("password"))
    with emulator.store.change() as state:
        users, name = projects.of(state, group)["users"], given["username"]
        if name in users:
            detail = f"A user with username {name} already exists."
            raise conflict("USER_ALREADY_EXISTS", detail, name)
        users[name] = {
            **_NO_OTHER_LOGIN,
            "scopes": [],
            "labels": [],
            **given,
            "groupId": group,
            "links": [],
            "scram": scram,
        }
        return HTTPStatus.CREATED, _shown(users[name])


def _list(emulator: Emulator, request: Request, group: str) -> tuple[int, Any]:
    users = projects.of(emulator.store.read(), group)["users"].values()
    return HTTPStatus.OK, answer.page(request, map(_shown, users))


def _get(emulator: Emulator, _: Request, group: str, name: str) -> tuple[int, Any]:
    return HTTPStatus.OK, _shown(_of(projects.of(emulator.store.read(), group), name))


def _change(emulator: Emulator, request: Request, group: str, name: str) -> tuple[int, Any]:
    given = answer.body(request)
    fresh = {"scram": derived(given.pop("password"))} if given.get("password") else {}
    with emulator.store.change() as state:
        user = _of(projects.of(state, group), name)
        user |= given | fresh
        return HTTPStatus.OK, _shown(user)


def _delete(emulator: Emulator, _: Request, group: str, name: str) -> tuple[int, Any]:
    with emulator.store.change() as state:
        project = projects.of(state, group)
        _of(project, name)
        del project["users"][name]
    return HTTPStatus.NO_CONTENT, None


_ONE: Final = "/groups/<group>/databaseUsers/admin/<name>"
ROUTES: Final = (
    ("POST", "/groups/<group>/databaseUsers", _create),
    ("GET", "/groups/<group>/databaseUsers", _list),
    ("GET", _ONE, _get),
    ("PATCH", _ONE, _change),
    ("DELETE", _ONE, _delete),
)
