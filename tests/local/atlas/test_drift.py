"""What `rez drift` says of resources that were changed by hand in the local Atlas."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, cast

import pytest
from werkzeug.serving import make_server

from infra import atlas_api
from infra.atlas import access, alert, backup, user, window
from infra.atlas import cluster as declared_cluster
from infra.drift.declared import InAtlas
from infra.drift.difference import What
from infra.local import paths
from infra.local.atlas.app import Emulator
from infra.local.atlas.identity import Identity
from infra.local.atlas.store import Store
from infra.local.plugins.mongodbatlas.resources import Resources
from infra.operations import atlas_drift
from infra.settings import load
from tests.local.atlas.test_official import ACCOUNT, Serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Json = dict[str, Any]


class Stack:
    """Everything that production declares in Atlas, declared."""

    def __init__(self, atlas: atlas_api.Atlas) -> None:
        settings = load("production", paths.ROOT)
        self.atlas = atlas
        self.declared: list[InAtlas] = []
        self.group = self._declare("Project", "rez", {"orgId": "0" * 24, "name": "rez-production"})
        self.path = f"/groups/{self.group}"
        self._inside("AdvancedCluster", "merchant", declared_cluster.cluster(settings.database, keep=True))
        self._inside("CloudBackupSchedule", "merchant", backup.backup_schedule(settings.database))
        for each in user.USERS:
            self._inside("DatabaseUser", each.name, {**user.user(each, settings.database), "password": "canary"})
        for entry in access.access_list(settings.database.atlas):
            self._inside("ProjectIpAccessList", entry["cidrBlock"], entry)
        self._inside("MaintenanceWindow", "rez", window.maintenance_window(settings))
        self.alerts = {
            name: self._inside("AlertConfiguration", name, each) for name, each in alert.alerts(settings).items()
        }

    def _inside(self, kind: str, name: str, properties: Json) -> str:
        return self._declare(kind, name, {"projectId": self.group, **properties})

    def _declare(self, kind: str, name: str, inputs: Json) -> str:
        identifier, _ = Resources(self.atlas).create(kind, inputs, 30)
        token = f"mongodbatlas:index/{kind[0].lower()}{kind[1:]}:{kind}"
        urn = f"urn:pulumi:production::rez-infra::{token}::{name}"
        self.declared.append(InAtlas(urn, kind, identifier, inputs))
        return identifier

    def drift(self) -> list[tuple[str, What, str]]:
        reading = atlas_drift.read(self.atlas, self.declared)
        assert reading.unread == []
        return [(str(each.ref), each.what, each.field) for each in reading.found]


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    emulator = Emulator(Store(tmp_path / "state.json"), cast("Any", Serving()), Identity(*ACCOUNT))
    server = make_server("127.0.0.1", 0, emulator, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    key = dict(zip(atlas_api.ACCOUNT, ACCOUNT, strict=True))
    atlas = atlas_api.Atlas({atlas_api.ADDRESS: f"http://127.0.0.1:{server.server_port}", **key})
    yield Stack(atlas)
    atlas.close()
    server.shutdown()


def test_tier_entry_alert_and_user_are_each_named(stack: Stack) -> None:
    assert stack.drift() == []
    cluster = stack.atlas.get(f"{stack.path}/clusters/merchant", atlas_api.CLUSTER_READ)
    specs = cluster["replicationSpecs"]
    specs[0]["regionConfigs"][0]["electableSpecs"]["instanceSize"] = "M40"
    body = {"replicationSpecs": specs, "terminationProtectionEnabled": False}
    stack.atlas.request("PATCH", f"{stack.path}/clusters/merchant", atlas_api.CLUSTER_WRITE, body=body)
    stack.atlas.request("DELETE", f"{stack.path}/accessList/203.0.113.16%2F28")
    off = stack.alerts["connections-critical"]
    stack.atlas.request("PATCH", f"{stack.path}/alertConfigs/{off}", body={"enabled": False})
    stack.atlas.request("DELETE", f"{stack.path}/alertConfigs/{stack.alerts['oplog-window']}")
    stack.atlas.request("DELETE", f"{stack.path}/databaseUsers/admin/reader")
    stack.atlas.request("PATCH", f"{stack.path}/maintenanceWindow", body={"dayOfWeek": 3, "hourOfDay": 2})
    tier = "replicationSpecs[0].regionConfigs[0].electableSpecs.instanceSize"
    assert set(stack.drift()) == {
        ("AdvancedCluster merchant", What.CHANGED, tier),
        ("AdvancedCluster merchant", What.CHANGED, "terminationProtectionEnabled"),
        ("ProjectIpAccessList 203.0.113.16/28", What.DELETED, ""),
        ("AlertConfiguration connections-critical", What.CHANGED, "enabled"),
        ("AlertConfiguration oplog-window", What.DELETED, ""),
        ("DatabaseUser reader", What.DELETED, ""),
        ("MaintenanceWindow rez", What.CHANGED, "dayOfWeek"),
    }


def test_a_snapshot_less_kept_is_named(stack: Stack) -> None:
    path = f"{stack.path}/clusters/merchant/backup/schedule"
    (policy,) = stack.atlas.get(path, atlas_api.CLUSTER_READ)["policies"]
    kept = [item for item in policy["policyItems"] if item["frequencyType"] != "monthly"]
    body = {"policies": [{"id": policy["id"], "policyItems": kept}], "restoreWindowDays": 2}
    stack.atlas.request("PATCH", path, atlas_api.CLUSTER_READ, body=body)
    assert set(stack.drift()) == {
        ("CloudBackupSchedule merchant", What.REMOVED, "policyItemMonthlies"),
        ("CloudBackupSchedule merchant", What.CHANGED, "restoreWindowDays"),
    }
