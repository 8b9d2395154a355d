"""Alert configurations, and the alerts that are open because of them at this moment."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from infra.local.atlas import answer
from infra.local.atlas.api import measurements, projects
from infra.local.atlas.errors import Refusal, absent, missing
from infra.local.atlas.store import new_id, timestamp

if TYPE_CHECKING:
    from werkzeug import Request

    from infra.local.atlas.app import Emulator
    from infra.local.atlas.store import Json


def _of(project: Json, identifier: str) -> Json:
    if found := project["alertConfigs"].get(identifier):
        config: Json = found
        return config
    detail = f"No alert configuration with ID {identifier} exists in group {project['id']}."
    raise absent("ALERT_CONFIG_NOT_FOUND", detail, identifier, project["id"])


def _given(request: Request) -> Json:
    given: Json = answer.body(request)
    if not given.get("eventTypeName"):
        raise missing("eventTypeName")
    if not given.get("notifications"):
        detail = "At least one notification must be specified for an alert configuration."
        raise Refusal(HTTPStatus.BAD_REQUEST, "MISSING_NOTIFICATIONS", detail)
    usual = {"enabled": False, "matchers": []}
    return usual | given | {"notifications": [{"notifierId": new_id(), **each} for each in given["notifications"]]}


def _create(emulator: Emulator, request: Request, group: str) -> tuple[int, Any]:
    now = timestamp()
    config = _given(request) | {"id": new_id(), "groupId": group, "created": now, "updated": now, "links": []}
    with emulator.store.change() as state:
        projects.of(state, group)["alertConfigs"][config["id"]] = config
    return HTTPStatus.CREATED, config


def _list(emulator: Emulator, request: Request, group: str) -> tuple[int, Any]:
    return HTTPStatus.OK, answer.page(request, projects.of(emulator.store.read(), group)["alertConfigs"].values())


def _get(emulator: Emulator, _: Request, group: str, config: str) -> tuple[int, Any]:
    return HTTPStatus.OK, _of(projects.of(emulator.store.read(), group), config)


def _replace(emulator: Emulator, request: Request, group: str, config: str) -> tuple[int, Any]:
    with emulator.store.change() as state:
        project = projects.of(state, group)
        kept = {key: _of(project, config)[key] for key in ("id", "groupId", "created", "links")}
        project["alertConfigs"][config] = _given(request) | kept | {"updated": timestamp()}
        return HTTPStatus.OK, project["alertConfigs"][config]


def _toggle(emulator: Emulator, request: Request, group: str, config: str) -> tuple[int, Any]:
    given = answer.body(request)
    if "enabled" not in given:
        raise missing("enabled")
    with emulator.store.change() as state:
        found = _of(projects.of(state, group), config)
        found |= {"enabled": given["enabled"], "updated": timestamp()}
        return HTTPStatus.OK, found


def _delete(emulator: Emulator, _: Request, group: str, config: str) -> tuple[int, Any]:
    with emulator.store.change() as state:
        project = projects.of(state, group)
        _of(project, config)
        del project["alertConfigs"][config]
    return HTTPStatus.NO_CONTENT, None


def _open(emulator: Emulator, request: Request, group: str) -> tuple[int, Any]:
    project = projects.of(emulator.store.read(), group)
    found = []
    for record in project["clusters"].values():
        measured = measurements.values(emulator, record)
        for config in project["alertConfigs"].values():
            threshold = config.get("metricThreshold") or {}
            value = measured.get(threshold.get("metricName", ""))
            if config["enabled"] and value is not None and _beyond(value, threshold):
                found.append(_alert(config, record["answer"]["name"], value))
    return HTTPStatus.OK, answer.page(request, found)


def _beyond(value: float, threshold: Json) -> bool:
    wanted = threshold["threshold"]
    return bool(value > wanted if threshold["operator"] == "GREATER_THAN" else value < wanted)


def _alert(config: Json, cluster: str, value: float) -> Json:
    kept = {key: config[key] for key in ("id", "groupId", "eventTypeName", "created", "updated")}
    return {
        **kept,
        "alertConfigId": config["id"],
        "clusterName": cluster,
        "currentValue": {"number": value, "units": config["metricThreshold"]["units"]},
        "metricName": config["metricThreshold"]["metricName"],
        "status": "OPEN",
        "links": [],
    }


ROUTES: Final = (
    ("POST", "/groups/<group>/alertConfigs", _create),
    ("GET", "/groups/<group>/alertConfigs", _list),
    ("GET", "/groups/<group>/alertConfigs/<config>", _get),
    ("PUT", "/groups/<group>/alertConfigs/<config>", _replace),
    ("PATCH", "/groups/<group>/alertConfigs/<config>", _toggle),
    ("DELETE", "/groups/<group>/alertConfigs/<config>", _delete),
    ("GET", "/groups/<group>/alerts", _open),
)
