"""From where a project's clusters can be reached: the access list; and the containers that its clusters live in."""

from __future__ import annotations

from http import HTTPStatus
from ipaddress import ip_network
from typing import TYPE_CHECKING, Any, Final

from infra.local.atlas import answer
from infra.local.atlas.api import projects
from infra.local.atlas.errors import Refusal, absent

if TYPE_CHECKING:
    from werkzeug import Request

    from infra.local.atlas.app import Emulator
    from infra.local.atlas.store import Json


def _entry(given: Json, group: str) -> Json:
    address = given.get("cidrBlock") or given.get("ipAddress") or ""
    try:
        network = ip_network(address)
    except ValueError:
        detail = f"The address {address} must be in valid IP address or CIDR notation."
        raise Refusal(HTTPStatus.BAD_REQUEST, "INVALID_IP_ADDRESS_OR_CIDR_NOTATION", detail, address) from None
    single = {"ipAddress": str(network.network_address)} if network.num_addresses == 1 else {}
    return {"comment": "", **given, **single, "cidrBlock": str(network), "groupId": group, "links": []}


def _add(emulator: Emulator, request: Request, group: str) -> tuple[int, Any]:
    entries = [_entry(given, group) for given in answer.body(request)]
    with emulator.store.change() as state:
        listed = projects.of(state, group)["accessList"]
        listed |= {entry["cidrBlock"]: entry for entry in entries}
        return HTTPStatus.CREATED, answer.page(request, listed.values())


def _list(emulator: Emulator, request: Request, group: str) -> tuple[int, Any]:
    return HTTPStatus.OK, answer.page(request, projects.of(emulator.store.read(), group)["accessList"].values())


def _of(project: Json, cidr: str) -> str:
    whole = cidr if "/" in cidr else f"{cidr}/32"
    if whole in project["accessList"]:
        return whole
    detail = f"IP Address {cidr} not on Atlas access list for group {project['id']}."
    raise absent("ATLAS_NETWORK_PERMISSION_ENTRY_NOT_FOUND", detail, cidr, project["id"])


def _get(emulator: Emulator, _: Request, group: str, cidr: str) -> tuple[int, Any]:
    project = projects.of(emulator.store.read(), group)
    return HTTPStatus.OK, project["accessList"][_of(project, cidr)]


def _delete(emulator: Emulator, _: Request, group: str, cidr: str) -> tuple[int, Any]:
    with emulator.store.change() as state:
        project = projects.of(state, group)
        del project["accessList"][_of(project, cidr)]
    return HTTPStatus.NO_CONTENT, None


def _containers(emulator: Emulator, request: Request, group: str) -> tuple[int, Any]:
    """One for each region in use; the id follows from what it is."""
    project = projects.of(emulator.store.read(), group)
    regions = {
        region["regionName"]
        for record in project["clusters"].values()
        for spec in record["answer"]["replicationSpecs"]
        for region in spec["regionConfigs"]
    }
    found = [
        {"id": name.encode().hex()[:24].ljust(24, "0"), "providerName": "AWS", "regionName": name, "provisioned": True}
        for name in sorted(regions)
    ]
    return HTTPStatus.OK, answer.page(request, found)


ROUTES: Final = (
    ("POST", "/groups/<group>/accessList", _add),
    ("GET", "/groups/<group>/accessList", _list),
    ("GET", "/groups/<group>/accessList/<cidr>", _get),
    ("DELETE", "/groups/<group>/accessList/<cidr>", _delete),
    ("GET", "/groups/<group>/containers", _containers),
)
