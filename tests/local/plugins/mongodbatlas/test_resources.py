"""The offline Atlas provider against a table of resources that stands in for Atlas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

import pytest

from infra import atlas_api
from infra.local.plugins.answers import HalfDoneError
from infra.local.plugins.kubernetes import codec
from infra.local.plugins.mongodbatlas import schedule
from infra.local.plugins.mongodbatlas.kinds import KINDS
from infra.local.plugins.mongodbatlas.provider import Provider
from infra.local.plugins.mongodbatlas.resources import Resources
from infra.local.plugins.wire import provider_pb2

if TYPE_CHECKING:
    import grpc

GROUP = "5f5a1b2c3d4e5f6a7b8c9d0e"
CLUSTER = {"projectId": GROUP, "name": "merchant", "clusterType": "REPLICASET", "backupEnabled": True}
USER = {
    "projectId": GROUP,
    "username": "api-a",
    "authDatabaseName": "admin",
    "password": codec.Secret("canary"),
    "roles": [{"roleName": "readWrite", "databaseName": "rez"}],
}
CLUSTER_PATH = f"/groups/{GROUP}/clusters/merchant"
USER_PATH = f"/groups/{GROUP}/databaseUsers/admin/api-a"


class Table(atlas_api.Atlas):
    """Resources by path; what is posted to a list appears below it."""

    def __init__(self, **there: dict[str, Any]) -> None:
        super().__init__({})
        self.there: dict[str, dict[str, Any]] = dict(there)
        self.calls: list[str] = []
        self.state = "IDLE"

    def request(
        self, method: str, path: str, version: str = atlas_api.VERSION, *, body: Any = None, query: Any = None
    ) -> dict[str, Any]:
        self.calls.append(f"{method} {path}")
        if method == "POST":
            name = body.get("name") or f"{body['databaseName']}/{body['username']}"
            path = f"{path}/{name}"
            self.there[path] = dict(body)
        elif path not in self.there:
            raise atlas_api.AtlasError("Atlas refused", status=404, code="NOT_FOUND")
        elif method == "PATCH":
            self.there[path] |= body
        elif method == "DELETE":
            return self.there.pop(path)
        found = self.there[path] | {"id": "an-id", "stateName": self.state}
        return found | {"connectionStrings": {"standard": "mongodb://h:27017"}}


def test_what_an_interrupted_creation_left_is_taken_over() -> None:
    atlas = Table(**{CLUSTER_PATH: {"name": "merchant", "backupEnabled": False}})
    identifier, outputs = Resources(atlas).create("AdvancedCluster", CLUSTER, 1)
    assert not [call for call in atlas.calls if call.startswith("POST")]
    assert atlas.there[CLUSTER_PATH]["backupEnabled"] is True
    assert identifier == f"{GROUP}/merchant"
    assert outputs["connectionStrings"] == {"standard": "mongodb://h:27017"}


def test_a_new_one_is_created_once() -> None:
    atlas = Table()
    Resources(atlas).create("DatabaseUser", USER, 1)
    Resources(atlas).create("DatabaseUser", USER, 1)
    assert [call for call in atlas.calls if call.startswith("POST")] == [f"POST /groups/{GROUP}/databaseUsers"]


def test_a_cluster_that_is_not_ready_is_kept_track_of() -> None:
    atlas = Table()
    atlas.state = "CREATING"
    with pytest.raises(HalfDoneError, match="cluster merchant: not IDLE") as caught:
        Resources(atlas).create("AdvancedCluster", CLUSTER, 0.3)
    assert caught.value.id == f"{GROUP}/merchant"


def test_a_user_deleted_by_hand_is_seen_and_created_again() -> None:
    atlas = Table()
    resources = Resources(atlas)
    assert resources.read("DatabaseUser", USER, "x") is None
    resources.update("DatabaseUser", USER, "x", 1)
    assert USER_PATH in atlas.there


def test_a_role_changed_by_hand_is_drift_and_the_password_stays_secret() -> None:
    other = [{"roleName": "read", "databaseName": "rez"}]
    live = {"username": "api-a", "databaseName": "admin", "roles": other, "labels": []}
    found = Resources(Table(**{USER_PATH: live})).read("DatabaseUser", USER, "x")
    assert found is not None
    assert found[0] == {**USER, "roles": other}


def test_the_schedules_items_make_the_round() -> None:
    inputs = {
        "projectId": GROUP,
        "clusterName": "merchant",
        "restoreWindowDays": 7,
        "policyItemHourly": {"frequencyInterval": 6, "retentionUnit": "days", "retentionValue": 7},
        "policyItemWeeklies": [{"frequencyInterval": 6, "retentionUnit": "weeks", "retentionValue": 8}],
    }
    sent = schedule.to_api(inputs)
    assert {"projectId", "clusterName"}.isdisjoint(sent)
    assert schedule.from_api(sent) == {
        key: value for key, value in inputs.items() if key not in {"projectId", "clusterName"}
    }


class Refused(Exception):
    pass


class Context:
    def abort(self, code: grpc.StatusCode, message: str) -> NoReturn:
        raise Refused(code, message)


def urn(stack: str, kind: str) -> str:
    return f"urn:pulumi:{stack}::rez-infra::mongodbatlas:index/{kind[0].lower()}{kind[1:]}:{kind}::x"


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_it_never_writes_to_production(kind: str) -> None:
    atlas = Table()
    provider = Provider(Resources(atlas))
    place = {"urn": urn("production", kind)}
    for call, request in (
        (provider.Create, provider_pb2.CreateRequest(**place)),
        (provider.Update, provider_pb2.UpdateRequest(**place, id="x")),
        (provider.Read, provider_pb2.ReadRequest(**place, id="x")),
        (provider.Delete, provider_pb2.DeleteRequest(**place, id="x")),
    ):
        with pytest.raises(Refused, match="offline mongodbatlas plugin only previews stack production"):
            call(request, Context())
    assert atlas.calls == []


def test_a_preview_asks_nobody_and_a_new_name_is_a_replacement() -> None:
    atlas = Table()
    provider = Provider(Resources(atlas))
    place = {"urn": urn("production", "AdvancedCluster")}
    properties = codec.encode(CLUSTER)
    created = provider.Create(provider_pb2.CreateRequest(**place, properties=properties, preview=True), Context())
    assert codec.decode(created.properties)["connectionStrings"]["standard"] == codec.UNKNOWN
    news = codec.encode({**CLUSTER, "name": "other", "backupEnabled": False})
    told = provider.Diff(provider_pb2.DiffRequest(**place, old_inputs=properties, news=news), Context())
    assert (list(told.replaces), list(told.diffs)) == (["name"], ["backupEnabled", "name"])
    assert atlas.calls == []
