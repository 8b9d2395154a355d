"""Processes of clusters, and what is measured of them: connections and CPU at this moment."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from infra.local.atlas import answer
from infra.local.atlas.api import projects
from infra.local.atlas.databases import limit
from infra.local.atlas.errors import absent
from infra.local.atlas.store import timestamp

if TYPE_CHECKING:
    from werkzeug import Request

    from infra.local.atlas.app import Emulator
    from infra.local.atlas.store import Json

_UNITS: Final = {"CONNECTIONS": "SCALAR", "CONNECTIONS_PERCENT": "PERCENT", "PROCESS_NORMALIZED_CPU_USER": "PERCENT"}


def values(emulator: Emulator, record: Json) -> dict[str, float]:
    """What is measured of a cluster, by metric."""
    count = emulator.databases.connections(record)
    return {
        "CONNECTIONS": count,
        "CONNECTIONS_PERCENT": 100 * count / limit(record["answer"]),
        "PROCESS_NORMALIZED_CPU_USER": emulator.databases.cpu_percent(record),
    }


def _process(emulator: Emulator, group: str, record: Json) -> Json:
    host, port = emulator.databases.host, record["port"]
    return {
        "id": f"{host}:{port}",
        "groupId": group,
        "hostname": host,
        "port": port,
        "userAlias": f"{record['answer']['name']}-shard-00-00",
        "replicaSetName": record["answer"]["name"],
        "typeName": "REPLICA_PRIMARY",
        "version": record["answer"]["mongoDBVersion"],
        "links": [],
    }


def _processes(emulator: Emulator, request: Request, group: str) -> tuple[int, Any]:
    records = projects.of(emulator.store.read(), group)["clusters"].values()
    return HTTPStatus.OK, answer.page(request, [_process(emulator, group, record) for record in records])


def _measurements(emulator: Emulator, request: Request, group: str, process: str) -> tuple[int, Any]:
    for record in projects.of(emulator.store.read(), group)["clusters"].values():
        found = _process(emulator, group, record)
        if found["id"] == process:
            break
    else:
        detail = f"No host with hostname and port {process} exists in group {group}."
        raise absent("HOSTNAME_AND_PORT_NOT_FOUND", detail, process, group)
    measured, now = values(emulator, record), timestamp()
    wanted = request.args.getlist("m") or list(measured)
    if unknown := [name for name in wanted if name not in measured]:
        raise absent("INVALID_METRIC_NAME", f"An invalid metric name {unknown[0]} was specified.", unknown[0])
    listed = [
        {"name": name, "units": _UNITS[name], "dataPoints": [{"timestamp": now, "value": measured[name]}]}
        for name in wanted
    ]
    own = {"processId": process, "hostId": process, "groupId": group, "start": now, "end": now, "links": []}
    return HTTPStatus.OK, own | {"granularity": request.args.get("granularity", "PT1M"), "measurements": listed}


ROUTES: Final = (
    ("GET", "/groups/<group>/processes", _processes),
    ("GET", "/groups/<group>/processes/<process>/measurements", _measurements),
)
