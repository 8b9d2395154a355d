"""The emulator as a process, with real databases behind its clusters."""

from __future__ import annotations

import socket
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from pymongo.errors import OperationFailure, PyMongoError

from infra import atlas_api
from infra.atlas_api import Atlas, AtlasError
from infra.local.plugins.mongodbatlas.resources import Resources
from tests.local.atlas.conftest import PASSWORD, PRIVATE, cluster, user

if TYPE_CHECKING:
    from tests.local.atlas.conftest import Emulator

pytestmark = pytest.mark.engine


def test_the_plugin_finds_what_it_declared_and_passwords_are_nowhere(emulator: Emulator) -> None:
    project = emulator.populated()
    resources = Resources(emulator.atlas)
    taken, outputs = resources.read("AdvancedCluster", cluster(project), "") or ({}, {})
    assert taken == cluster(project)
    assert outputs["stateName"] == "IDLE"
    emulator.connect(project).rez.merchants.insert_one({"name": "one"})
    kept = [path for path in emulator.folder.rglob("*") if path.is_file() and path.name != "access.json"]
    assert emulator.process
    read = [path.read_bytes() for path in (*kept, Path(f"/proc/{emulator.process.pid}/cmdline"))]
    assert not [secret for secret in (PASSWORD, PRIVATE) if any(secret.encode() in text for text in read)]


def test_a_cluster_whose_creator_was_killed_is_taken_over(emulator: Emulator) -> None:
    project = emulator.project()
    body = {"name": "merchant", "clusterType": "REPLICASET", "backupEnabled": True}
    specs = [{"regionConfigs": [{"regionName": "AP_SOUTH_1", "electableSpecs": {"instanceSize": "M30"}}]}]
    path = f"/groups/{project}/clusters"
    began = emulator.atlas.request("POST", path, atlas_api.CLUSTER_WRITE, body={**body, "replicationSpecs": specs})
    assert began["stateName"] == "CREATING"
    Resources(emulator.atlas).create("AdvancedCluster", cluster(project), 30)
    found = list(emulator.atlas.each(path, atlas_api.CLUSTER_READ))
    assert [each["id"] for each in found] == [began["id"]]


def test_a_user_who_was_deleted_is_gone_for_a_refresh_and_cannot_connect(emulator: Emulator) -> None:
    project = emulator.populated()
    emulator.atlas.request("DELETE", f"/groups/{project}/databaseUsers/admin/api-a")
    assert Resources(emulator.atlas).read("DatabaseUser", user(project, "api-a", "readWrite"), "") is None
    with pytest.raises(OperationFailure, match="authentication failed"):
        emulator.connect(project).rez.merchants.find_one()


def test_who_may_do_what(emulator: Emulator) -> None:
    project = emulator.populated()
    writer, reader = emulator.connect(project).rez.merchants, emulator.connect(project, "reader").rez.merchants
    wrong = emulator.connect(project, password="wrong").rez.merchants
    nobody = emulator.connect(project, username=None, password=None).rez.merchants
    writer.insert_one({"name": "one"})
    assert reader.count_documents({}) == 1
    refused: tuple[tuple[Any, str], ...] = (
        (lambda: reader.insert_one({}), "not authorized on rez to execute command insert"),
        (lambda: list(reader.aggregate([{"$out": "other"}])), "not authorized"),
        (lambda: writer.database.client.other.things.insert_one({}), "not authorized on other"),
        (wrong.find_one, "authentication failed"),
        (nobody.find_one, "Command find requires authentication"),
    )
    for attempt, reason in refused:
        with pytest.raises(OperationFailure, match=reason):
            attempt()


def test_a_new_password_counts_at_once_and_the_old_one_no_more(emulator: Emulator) -> None:
    project = emulator.populated()
    fresh = user(project, "api-a", "readWrite") | {"password": "canary-fresh"}
    Resources(emulator.atlas).update("DatabaseUser", fresh, "", 0)
    assert emulator.connect(project, password="canary-fresh").rez.merchants.count_documents({}) == 0
    with pytest.raises(OperationFailure, match="authentication failed"):
        emulator.connect(project).rez.merchants.find_one()


def test_one_connection_too_many_is_refused_and_told_by_an_alert(emulator: Emulator) -> None:
    project = emulator.populated()
    threshold = {"metricName": "CONNECTIONS_PERCENT", "operator": "GREATER_THAN", "threshold": 80, "units": "RAW"}
    mail = [{"typeName": "EMAIL", "emailAddress": "a@example.com"}]
    config = {"projectId": project, "eventType": "OUTSIDE_METRIC_THRESHOLD", "enabled": True, "notifications": mail}
    resources = Resources(emulator.atlas)
    resources.create("AlertConfiguration", {**config, "metricThresholdConfig": threshold}, 0)
    assert not list(emulator.atlas.each(f"/groups/{project}/alerts"))
    process = next(emulator.atlas.each(f"/groups/{project}/processes"))
    address = (process["hostname"], process["port"])
    held = [socket.create_connection(address) for _ in range(600)]
    try:
        time.sleep(0.3)
        with socket.create_connection(address) as late:
            late.settimeout(5)
            assert late.recv(1) == b""
        path = f"/groups/{project}/processes/{process['id']}/measurements"
        measured = emulator.atlas.get(path, m="CONNECTIONS", granularity="PT1M", period="PT1M")
        assert measured["measurements"][0]["dataPoints"][0]["value"] == len(held)
        opened = list(emulator.atlas.each(f"/groups/{project}/alerts"))
        assert [each["status"] for each in opened] == ["OPEN"]
    finally:
        for each in held:
            each.close()
    assert emulator.connect(project).rez.merchants.count_documents({}) == 0


def test_a_restore_has_exactly_the_documents_of_the_snapshot(emulator: Emulator) -> None:
    project = emulator.populated()
    documents = emulator.connect(project).rez.merchants
    documents.insert_many([{"_id": number} for number in range(1000)])
    path = f"/groups/{project}/clusters/merchant/backup"
    snapshot = emulator.atlas.request("POST", f"{path}/snapshots", body={"description": "before", "retentionInDays": 1})
    documents.insert_many([{"_id": number} for number in range(1000, 1500)])
    Resources(emulator.atlas).create("AdvancedCluster", cluster(project, "again"), 30)
    wanted = {"deliveryType": "automated", "snapshotId": snapshot["id"]}
    target = {"targetClusterName": "again", "targetGroupId": project}
    job = emulator.atlas.request("POST", f"{path}/restoreJobs", body=wanted | target)
    deadline = time.monotonic() + 30
    while "finishedAt" not in emulator.atlas.get(f"{path}/restoreJobs/{job['id']}"):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    restored = emulator.connect(project, to="again").rez.merchants
    assert {each["_id"] for each in restored.find()} == set(range(1000))
    assert documents.count_documents({}) == 1500


def test_a_scheduled_snapshot_is_a_real_one(emulator: Emulator) -> None:
    project = emulator.populated()
    emulator.connect(project).rez.merchants.insert_one({"_id": 1})
    emulator.atlas.request("POST", "/emulator/clock", body={"aheadS": 24 * 3600})
    path = f"/groups/{project}/clusters/merchant/backup"
    deadline = time.monotonic() + 30
    while not (found := list(emulator.atlas.each(f"{path}/snapshots"))):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert [each["snapshotType"] for each in found] == ["scheduled"]
    assert list(emulator.folder.glob(f"snapshot-{found[0]['id']}/rez*.sqlite"))


def test_killed_in_the_middle_of_writes_it_keeps_what_it_acknowledged(emulator: Emulator) -> None:
    project = emulator.populated()
    acknowledged: list[int] = []

    def write() -> None:
        documents = emulator.connect(project).rez.merchants
        for number in range(100_000):
            try:
                documents.insert_one({"_id": number})
            except PyMongoError:
                return
            acknowledged.append(number)

    writer = threading.Thread(target=write)
    writer.start()
    while len(acknowledged) < 50:
        time.sleep(0.01)
    emulator.kill()
    writer.join(timeout=40)
    emulator.start()
    path = f"/groups/{project}/clusters/merchant"
    deadline = time.monotonic() + 20
    while emulator.atlas.get(path, atlas_api.CLUSTER_READ)["stateName"] != "IDLE":
        assert time.monotonic() < deadline
        time.sleep(0.1)
    kept = {each["_id"] for each in emulator.connect(project).rez.merchants.find()}
    assert set(acknowledged) <= kept


def test_it_refuses_as_atlas_does(emulator: Emulator) -> None:
    project = emulator.project()
    resources = Resources(emulator.atlas)
    refused: tuple[tuple[Any, str], ...] = (
        (lambda: resources.create("AdvancedCluster", cluster(project, region="MOON"), 9), "INVALID_REGION.*MOON"),
        (lambda: resources.create("AdvancedCluster", cluster(project, size="M31"), 9), "INVALID_ENUM_VALUE.*M31"),
        (lambda: emulator.atlas.get(f"/groups/{project}/clusters/none"), "CLUSTER_NOT_FOUND: No cluster named none"),
        (lambda: emulator.atlas.get("/groups/none"), "GROUP_NOT_FOUND"),
        (lambda: emulator.atlas.request("POST", "/groups", body={"name": "x"}), "MISSING_ATTRIBUTE.*orgId"),
        (lambda: emulator.atlas.get("/groups", itemsPerPage=501), "INVALID_QUERY_PARAMETER"),
        (lambda: Atlas(emulator.environment | {atlas_api.KEY[1]: "wrong"}).get("/groups"), "not authorized"),
    )
    for attempt, reason in refused:
        with pytest.raises(AtlasError, match=reason):
            attempt()
    answer = httpx.get(f"{emulator.atlas.address}/api/atlas/v2/groups", trust_env=False)
    assert answer.status_code == 401
    assert answer.json()["error"] == 401


def test_a_service_account_gets_in_by_its_token(emulator: Emulator) -> None:
    project = emulator.project()
    account = dict(zip(atlas_api.ACCOUNT, ("public", PRIVATE), strict=True))
    found = Atlas({atlas_api.ADDRESS: emulator.atlas.address, **account}).get("/groups")
    assert [each["id"] for each in found["results"]] == [project]
    with pytest.raises(AtlasError, match="invalid_client"):
        Atlas({atlas_api.ADDRESS: emulator.atlas.address, **account, atlas_api.ACCOUNT[1]: "wrong"}).get("/groups")


def test_all_that_was_declared_can_be_removed_and_declared_again(emulator: Emulator) -> None:
    for _ in range(2):
        project = emulator.populated()
        resources = Resources(emulator.atlas)
        item = {"frequencyInterval": 1, "retentionUnit": "days", "retentionValue": 7}
        declared: dict[str, Any] = {
            "CloudBackupSchedule": {"projectId": project, "clusterName": "merchant", "policyItemDaily": item},
            "MaintenanceWindow": {"projectId": project, "dayOfWeek": 1, "hourOfDay": 2},
            "Auditing": {"projectId": project, "enabled": True, "auditFilter": "{}"},
        }
        for kind, inputs in declared.items():
            resources.create(kind, inputs, 0)
            taken, _ = resources.read(kind, inputs, "") or ({}, {})
            assert taken == inputs
        there = {
            **declared,
            "DatabaseUser": user(project, "reader", "read"),
            "ProjectIpAccessList": {"projectId": project, "cidrBlock": "127.0.0.1/32"},
            "AdvancedCluster": cluster(project),
            "Project": {"name": "rez-local"},
        }
        for kind, inputs in there.items():
            resources.delete(kind, inputs, project, 30)
        assert list(emulator.atlas.each("/groups")) == []
