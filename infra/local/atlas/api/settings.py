"""What a project has beside its resources, and what the official provider asks for with every project."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from infra.local.atlas import answer
from infra.local.atlas.api import projects

if TYPE_CHECKING:
    from werkzeug import Request

    from infra.local.atlas.app import Emulator

_SETTINGS: Final = {
    "isCollectDatabaseSpecificsStatisticsEnabled": True,
    "isDataExplorerEnabled": True,
    "isDataExplorerGenAIFeaturesEnabled": True,
    "isDataExplorerGenAISampleDocumentPassingEnabled": False,
    "isExtendedStorageSizesEnabled": False,
    "isPerformanceAdvisorEnabled": True,
    "isRealtimePerformancePanelEnabled": True,
    "isSchemaAdvisorEnabled": True,
}


def _settings(emulator: Emulator, _: Request, group: str) -> tuple[int, Any]:
    return HTTPStatus.OK, _SETTINGS | projects.of(emulator.store.read(), group).get("settings", {})


def _set_settings(emulator: Emulator, request: Request, group: str) -> tuple[int, Any]:
    given = answer.body(request)
    with emulator.store.change() as state:
        projects.of(state, group).setdefault("settings", {}).update(given)
    return _settings(emulator, request, group)


def _teams(emulator: Emulator, request: Request, group: str) -> tuple[int, Any]:
    projects.of(emulator.store.read(), group)
    return HTTPStatus.OK, answer.page(request, [])


def _limits(emulator: Emulator, _: Request, group: str) -> tuple[int, Any]:
    """No page but a plain list, as Atlas has it."""
    projects.of(emulator.store.read(), group)
    return HTTPStatus.OK, []


def _addresses(emulator: Emulator, _: Request, group: str) -> tuple[int, Any]:
    project = projects.of(emulator.store.read(), group)
    host = emulator.databases.host
    clusters = [{"clusterName": name, "inbound": [host], "outbound": [host]} for name in project["clusters"]]
    return HTTPStatus.OK, {"groupId": group, "services": {"clusters": clusters}}


def _slow(emulator: Emulator, _: Request, group: str) -> tuple[int, Any]:
    """No object but a plain truth value, as Atlas has it."""
    return HTTPStatus.OK, projects.of(emulator.store.read(), group).get("managedSlowMs", True)


def _set_slow(emulator: Emulator, request: Request, group: str) -> tuple[int, Any]:
    with emulator.store.change() as state:
        projects.of(state, group)["managedSlowMs"] = request.method == "POST"
    return HTTPStatus.NO_CONTENT, None


ROUTES: Final = (
    ("GET", "/groups/<group>/settings", _settings),
    ("PATCH", "/groups/<group>/settings", _set_settings),
    ("GET", "/groups/<group>/teams", _teams),
    ("GET", "/groups/<group>/limits", _limits),
    ("GET", "/groups/<group>/ipAddresses", _addresses),
    ("GET", "/groups/<group>/managedSlowMs", _slow),
    ("POST", "/groups/<group>/managedSlowMs/enable", _set_slow),
    ("DELETE", "/groups/<group>/managedSlowMs/disable", _set_slow),
)
