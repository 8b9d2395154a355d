"""Drift in Atlas, against an HTTP server that answers as the Administration API does."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import pytest

from infra.atlas_api import Atlas
from infra.drift.declared import InAtlas
from infra.drift.difference import Effect, What
from infra.drift.report import FORMATS, render
from infra.operations import atlas_drift, drift
from policies.objects.values import UNKNOWN, Secret
from tests.operations.drifting import play

if TYPE_CHECKING:
    from collections.abc import Iterator

GROUP = "5f5a1b2c3d4e5f6a7b8c9d0e"
KEY = {"MONGODB_ATLAS_PUBLIC_API_KEY": "public", "MONGODB_ATLAS_PRIVATE_API_KEY": "bait"}
SPECS = [{"regionConfigs": [{"electableSpecs": {"instanceSize": "M30", "nodeCount": 3, "diskSizeGb": 40}}]}]
ROLES = [{"roleName": "readWrite", "databaseName": "rez"}, {"roleName": "read", "databaseName": "rez"}]
CLUSTER = {"projectId": GROUP, "name": "merchant", "replicationSpecs": SPECS, "terminationProtectionEnabled": True}
USER = {"projectId": GROUP, "username": "api-a", "authDatabaseName": "admin", "roles": ROLES}
ENTRY = {"projectId": GROUP, "cidrBlock": "203.0.113.16/28", "comment": "NAT"}


def declared(kind: str, inputs: dict[str, Any], name: str) -> InAtlas:
    token = f"mongodbatlas:index/{kind[0].lower()}{kind[1:]}:{kind}"
    return InAtlas(f"urn:pulumi:production::rez-infra::{token}::{name}", kind, "an-id", inputs)


DECLARED = (
    declared("AdvancedCluster", CLUSTER, "merchant"),
    declared("DatabaseUser", {**USER, "password": Secret(UNKNOWN)}, "api-a"),
    declared("ProjectIpAccessList", ENTRY, "203.0.113.16/28"),
)


class Emulated(ThreadingHTTPServer):
    """Answers lists and items from a table; says no where it is told to."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        spec = {"electableSpecs": {"instanceSize": "M30", "nodeCount": 3, "diskSizeGB": 40.0}, "providerName": "AWS"}
        self.clusters: list[dict[str, Any]] = [
            {
                "id": "c",
                "name": "merchant",
                "stateName": "IDLE",
                "terminationProtectionEnabled": True,
                "replicationSpecs": [{"id": "s", "regionConfigs": [spec]}],
            }
        ]
        self.users: list[dict[str, Any]] = [
            {"username": "api-a", "databaseName": "admin", "roles": ROLES[::-1], "scopes": []}
        ]
        self.entries: list[dict[str, Any]] = [{"cidrBlock": "203.0.113.16/28", "comment": "NAT", "groupId": GROUP}]
        self.refusals: dict[str, int] = {}

    def answer(self, path: str) -> tuple[int, Any]:
        for part, status in self.refusals.items():
            if part in path:
                return status, {"errorCode": "NO", "detail": "may not"}
        root = f"/api/atlas/v2/groups/{GROUP}/"
        table = {
            **{f"clusters/{each['name']}": each for each in self.clusters},
            **{f"databaseUsers/{each['databaseName']}/{each['username']}": each for each in self.users},
            **{f"accessList/{each['cidrBlock']}": each for each in self.entries},
        }
        lists = {"clusters": self.clusters, "databaseUsers": self.users, "accessList": self.entries}
        name = unquote(path.removeprefix(root))
        if name in lists:
            return 200, {"results": lists[name]}
        return (200, table[name]) if name in table else (404, {"errorCode": "NOT_FOUND", "detail": "none"})


class _Handler(BaseHTTPRequestHandler):
    """Knows no other method: whoever writes is refused."""

    server: Emulated

    def do_GET(self) -> None:
        status, body = self.server.answer(urlsplit(self.path).path)
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Emulated]:
    with Emulated() as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield running
        running.shutdown()


@pytest.fixture
def atlas(server: Emulated) -> Iterator[Atlas]:
    connected = Atlas({**KEY, "MONGODB_ATLAS_BASE_URL": f"http://127.0.0.1:{server.server_port}"})
    yield connected
    connected.close()


def test_what_is_as_declared_is_no_drift_whatever_atlas_adds_or_in_which_order_it_lists(atlas: Atlas) -> None:
    reading = atlas_drift.read(atlas, DECLARED)
    assert (reading.found, reading.unread, reading.compared) == ([], [], 3)


def test_a_tier_changed_by_hand_is_named_to_the_field(server: Emulated, atlas: Atlas) -> None:
    server.clusters[0]["replicationSpecs"][0]["regionConfigs"][0]["electableSpecs"]["instanceSize"] = "M40"
    (tier,) = atlas_drift.read(atlas, DECLARED).found
    assert str(tier.ref) == "AdvancedCluster merchant"
    assert tier.field == "replicationSpecs[0].regionConfigs[0].electableSpecs.instanceSize"
    assert (tier.declared, tier.live, tier.effect) == ("M30", "M40", Effect.RESTORES)


def test_protection_switched_off_and_a_field_gone(server: Emulated, atlas: Atlas) -> None:
    server.clusters[0]["terminationProtectionEnabled"] = False
    del server.entries[0]["comment"]
    off, gone = atlas_drift.read(atlas, DECLARED).found
    assert (off.field, off.declared, off.live) == ("terminationProtectionEnabled", True, False)
    assert (gone.field, gone.what, gone.declared) == ("comment", What.REMOVED, "NAT")


def test_a_right_given_by_hand_is_drift_and_no_password_is_compared(server: Emulated, atlas: Atlas) -> None:
    server.users[0]["roles"] = [*ROLES, {"roleName": "atlasAdmin", "databaseName": "admin"}]
    (roles,) = atlas_drift.read(atlas, DECLARED).found
    assert roles.field == "roles"
    assert "atlasAdmin" in str(roles.live)


def test_what_was_deleted_and_what_nobody_declares(server: Emulated, atlas: Atlas) -> None:
    server.clusters[0]["name"] = "by-hand"
    server.users.append({"username": "mallory", "databaseName": "admin", "roles": []})
    server.entries.append({"cidrBlock": "0.0.0.0/0", "comment": ""})
    found = {(str(each.ref), each.what) for each in atlas_drift.read(atlas, DECLARED).found}
    assert found == {
        ("AdvancedCluster merchant", What.DELETED),
        ("AdvancedCluster by-hand", What.ORPHAN),
        ("DatabaseUser mallory", What.ORPHAN),
        ("ProjectIpAccessList 0.0.0.0/0", What.ORPHAN),
    }


def test_what_may_not_be_read_is_named_and_the_rest_is_compared(server: Emulated, atlas: Atlas) -> None:
    server.refusals = {"databaseUsers": 403}
    server.clusters[0]["terminationProtectionEnabled"] = False
    reading = atlas_drift.read(atlas, DECLARED)
    assert [each.field for each in reading.found] == ["terminationProtectionEnabled"]
    assert [each.partition(":")[0] for each in reading.unread] == [
        "DatabaseUser api-a",
        "undeclared resources of kind DatabaseUser",
    ]
    assert reading.compared == 2


@pytest.mark.parametrize("status", [401, 503])
def test_an_atlas_that_lets_nobody_in_is_one_line(server: Emulated, atlas: Atlas, status: int) -> None:
    server.refusals = {"/": status}
    (why,) = atlas_drift.read(atlas, DECLARED).unread
    assert why.startswith("3 of 3 resources in Atlas: ")
    assert "bait" not in why


def test_without_credentials_the_cluster_is_compared_all_the_same_and_no_stack_without_atlas_asks() -> None:
    (why,) = atlas_drift.read(Atlas({}), DECLARED).unread
    assert "no credentials for Atlas: set MONGODB_ATLAS_CLIENT_ID" in why
    assert atlas_drift.read(Atlas({}), ()).unread == []


@pytest.mark.parametrize("form", FORMATS)
def test_a_report_says_what_to_do_in_atlas_and_a_fix_leaves_it_alone(server: Emulated, atlas: Atlas, form: str) -> None:
    server.clusters[0]["terminationProtectionEnabled"] = False
    server.entries.append({"cidrBlock": "0.0.0.0/0", "comment": ""})
    stage = play("namespace/unchanged")
    state = stage.engine.state()
    cluster = {"type": "mongodbatlas:index/advancedCluster:AdvancedCluster", "custom": True, "id": "x"}
    entry = {"type": "mongodbatlas:index/projectIpAccessList:ProjectIpAccessList", "custom": True, "id": "y"}
    state["deployment"]["resources"] += [
        {"urn": DECLARED[0].urn, **cluster, "inputs": CLUSTER},
        {"urn": DECLARED[2].urn, **entry, "inputs": ENTRY},
    ]
    stage.engine.state = lambda: state  # type: ignore[method-assign]
    report = drift.read(drift.Scene(stage.engine, stage.cluster, stage.said.append, atlas))
    assert report.compared == 3
    assert [each.fixable for each in report.differences] == [False, False]
    text = render(report, form)
    for part in ("terminationProtectionEnabled", "rez pulumi up --refresh --target", "0.0.0.0/0", "remove it in Atlas"):
        assert part in text
    assert "kubectl" not in text
