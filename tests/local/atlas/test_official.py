"""What the official provider asks for and reads, request by request, as its source has it; no database behind it.

Sources: `internal/service/*` of mongodb/terraform-provider-mongodbatlas, and the answers of Atlas recorded there.
"""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

import pytest
from werkzeug.test import Client

from infra import atlas_api
from infra.local.atlas.app import Emulator
from infra.local.atlas.identity import Identity
from infra.local.atlas.store import Store

if TYPE_CHECKING:
    from pathlib import Path

Json = dict[str, Any]
ACCOUNT = ("public", "canary-private-key")
CLUSTER: Json = {
    "advancedConfiguration": {"minimumEnabledTlsProtocol": "TLS1_2"},
    "backupEnabled": True,
    "clusterType": "REPLICASET",
    "labels": [],
    "mongoDBMajorVersion": "7.0",
    "name": "merchant",
    "pitEnabled": True,
    "replicationSpecs": [{
        "regionConfigs": [{
            "electableSpecs": {"diskSizeGB": 40, "instanceSize": "M30", "nodeCount": 3},
            "priority": 7, "providerName": "AWS", "regionName": "AP_SOUTH_1",
        }],
        "zoneName": "Zone 1",
    }],
    "tags": [],
    "terminationProtectionEnabled": False,
}  # fmt: skip
ALERT: Json = {
    "enabled": True,
    "eventTypeName": "OUTSIDE_METRIC_THRESHOLD",
    "matchers": [],
    "notifications": [{"typeName": "EMAIL", "emailAddress": "a@example.com", "delayMin": 0, "roles": None}],
}


class Serving:
    """Databases that are always there."""

    host = "127.0.0.1"

    def serves(self, _: Json) -> bool:
        return True


class Atlas:
    """The emulator as a service account meets it."""

    def __init__(self, folder: Path) -> None:
        store = Store(folder / "state.json")
        self.client = Client(Emulator(store, cast("Any", Serving()), Identity(*ACCOUNT)))
        self.bearer = self.token()

    def token(self) -> str:
        form = {"grant_type": "client_credentials"}
        return str(self.client.post("/api/oauth/token", data=form, auth=ACCOUNT).json["access_token"])

    def ask(self, method: str, path: str, body: Any = None, *, version: str = "2023-01-01", status: int = 200) -> Any:
        kind = f"application/vnd.atlas.{version}+json"
        headers = {"Accept": kind, "Content-Type": kind, "Authorization": f"Bearer {self.bearer}"}
        data = None if body is None else json.dumps(body)
        answer = self.client.open(f"/api/atlas/v2{path}", method=method, headers=headers, data=data)
        assert answer.status_code == status, answer.text
        if answer.text and status < HTTPStatus.BAD_REQUEST:
            assert answer.content_type.startswith(kind)
        return json.loads(answer.text) if answer.text else None

    def project(self) -> str:
        return str(self.ask("POST", "/groups", {"name": "rez", "orgId": "0" * 24, "tags": []})["id"])

    def cluster(self, group: str, **changed: Any) -> Any:
        given = CLUSTER | changed
        return self.ask("POST", f"/groups/{group}/clusters", given, version=atlas_api.CLUSTER_WRITE, status=201)


@pytest.fixture
def atlas(tmp_path: Path) -> Atlas:
    return Atlas(tmp_path)


def test_a_project_is_asked_for_all_that_belongs_to_it(atlas: Atlas) -> None:
    group = atlas.project()
    path = f"/groups/{group}"
    atlas.cluster(group)
    settings = atlas.ask("GET", f"{path}/settings")
    read = ("CollectDatabaseSpecificsStatistics", "DataExplorer", "ExtendedStorageSizes", "PerformanceAdvisor",
            "RealtimePerformancePanel", "SchemaAdvisor")  # fmt: skip
    assert all(isinstance(settings[f"is{name}Enabled"], bool) for name in read)
    assert atlas.ask("PATCH", f"{path}/settings", settings | {"isDataExplorerEnabled": False}) != settings
    assert atlas.ask("GET", f"{path}/settings")["isDataExplorerEnabled"] is False
    assert atlas.ask("GET", f"{path}/teams")["results"] == []
    assert atlas.ask("GET", f"{path}/limits") == []
    (addresses,) = atlas.ask("GET", f"{path}/ipAddresses")["services"]["clusters"]
    assert addresses == {"clusterName": "merchant", "inbound": ["127.0.0.1"], "outbound": ["127.0.0.1"]}
    assert atlas.ask("GET", f"{path}/managedSlowMs") is True
    atlas.ask("DELETE", f"{path}/managedSlowMs/disable", status=204)
    assert atlas.ask("GET", f"{path}/managedSlowMs") is False
    atlas.ask("POST", f"{path}/managedSlowMs/enable", status=204)
    assert atlas.ask("GET", f"{path}/managedSlowMs") is True
    for part in ("settings", "teams", "limits", "ipAddresses", "managedSlowMs"):
        assert atlas.ask("GET", f"/groups/none/{part}", status=404)["errorCode"] == "GROUP_NOT_FOUND"


def test_a_project_s_tags_are_kept_and_its_deletion_has_no_body(atlas: Atlas) -> None:
    group = atlas.project()
    tags = [{"key": "owner", "value": "rez"}]
    assert atlas.ask("PATCH", f"/groups/{group}", {"name": "rez", "tags": tags})["tags"] == tags
    assert atlas.ask("DELETE", f"/groups/{group}", status=204) is None


def test_a_cluster_is_described_with_all_that_atlas_adds(atlas: Atlas) -> None:
    group = atlas.project()
    made = atlas.cluster(group)
    found = atlas.ask("GET", f"/groups/{group}/clusters/merchant", version=atlas_api.CLUSTER_READ)
    assert found.keys() == made.keys() == {
        "advancedConfiguration", "backupEnabled", "biConnector", "clusterType", "connectionStrings", "createDate",
        "diskWarmingMode", "encryptionAtRestProvider", "featureCompatibilityVersion",
        "globalClusterSelfManagedSharding", "groupId", "id", "labels", "links", "mongoDBMajorVersion",
        "mongoDBVersion", "name", "paused", "pitEnabled", "redactClientLogData", "replicationSpecs", "rootCertType",
        "stateName", "tags", "terminationProtectionEnabled", "versionReleaseSystem",
    }  # fmt: skip
    (spec,) = found["replicationSpecs"]
    assert spec.keys() == {"id", "regionConfigs", "zoneId", "zoneName"}
    (region,) = spec["regionConfigs"]
    volume = {"diskIOPS": 3000, "diskSizeGB": 40, "ebsVolumeType": "STANDARD", "instanceSize": "M30"}
    assert region["electableSpecs"] == volume | {"nodeCount": 3}
    assert region["readOnlySpecs"] == region["analyticsSpecs"] == volume | {"nodeCount": 0}
    containers = atlas.ask("GET", f"/groups/{group}/containers?providerName=AWS")["results"]
    assert [each["regionName"] for each in containers] == ["AP_SOUTH_1"]


def test_encryption_is_the_same_in_a_cluster_and_in_its_process_arguments(atlas: Atlas) -> None:
    group = atlas.project()
    atlas.cluster(group)
    path = f"/groups/{group}/clusters/merchant"
    version = atlas_api.CLUSTER_READ
    arguments = atlas.ask("GET", f"{path}/processArgs", version=version)
    assert arguments["javascriptEnabled"] is True
    assert arguments["oplogMinRetentionHours"] is None
    told = atlas.ask("PATCH", f"{path}/processArgs", {"javascriptEnabled": False}, version=version)
    assert told == arguments | {"javascriptEnabled": False}
    change = {"advancedConfiguration": {"minimumEnabledTlsProtocol": "TLS1_3"}}
    changed = atlas.ask("PATCH", path, change, version=atlas_api.CLUSTER_WRITE)
    assert changed["advancedConfiguration"]["minimumEnabledTlsProtocol"] == "TLS1_3"
    assert atlas.ask("GET", f"{path}/processArgs", version=version)["minimumEnabledTlsProtocol"] == "TLS1_3"


def test_a_change_of_the_tier_keeps_the_ids(atlas: Atlas) -> None:
    group = atlas.project()
    (before,) = atlas.cluster(group)["replicationSpecs"]
    region = CLUSTER["replicationSpecs"][0]["regionConfigs"][0]
    larger = region | {"electableSpecs": {"diskSizeGB": 80, "instanceSize": "M40", "nodeCount": 3}}
    change = {"mongoDBMajorVersion": "8.0", "replicationSpecs": [{"regionConfigs": [larger]}]}
    path = f"/groups/{group}/clusters/merchant"
    changed = atlas.ask("PATCH", path, change, version=atlas_api.CLUSTER_WRITE)
    (after,) = changed["replicationSpecs"]
    assert (after["id"], after["zoneId"]) == (before["id"], before["zoneId"])
    assert after["regionConfigs"][0]["readOnlySpecs"]["instanceSize"] == "M40"
    assert changed["mongoDBVersion"].startswith("8.0.")


def test_the_maintenance_window_is_asked_for_in_the_preview_of_the_api(atlas: Atlas) -> None:
    path = f"/groups/{atlas.project()}/maintenanceWindow"
    atlas.ask("PATCH", path, {"dayOfWeek": 1, "hourOfDay": 2}, version="preview")
    found = atlas.ask("GET", path, version="preview")
    assert found == {
        "autoDeferOnceEnabled": False, "dayOfWeek": 1, "hourOfDay": 2, "numberOfDeferrals": 0, "startASAP": False,
        "timeZoneId": "Etc/UTC",
    }  # fmt: skip


def test_a_user_has_no_other_way_to_log_in(atlas: Atlas) -> None:
    group = atlas.project()
    roles = [{"roleName": "readWrite", "databaseName": "rez"}]
    given = {"databaseName": "admin", "groupId": group, "password": "canary", "roles": roles, "username": "api-a"}
    made = atlas.ask("POST", f"/groups/{group}/databaseUsers", given, status=201)
    none = dict.fromkeys(("awsIAMType", "ldapAuthType", "oidcAuthType", "x509Type"), "NONE")
    assert none.items() <= made.items()
    changed = {key: value for key, value in given.items() if key != "password"} | {"x509Type": "NONE", "labels": []}
    assert atlas.ask("PATCH", f"/groups/{group}/databaseUsers/admin/api-a", changed) == made


def test_an_alert_is_replaced_as_it_was_read_or_switched_off_alone(atlas: Atlas) -> None:
    path = f"/groups/{atlas.project()}/alertConfigs"
    made = atlas.ask("POST", path, ALERT, status=201)
    read = atlas.ask("GET", f"{path}/{made['id']}")
    sent = {key: value for key, value in read.items() if key not in {"groupId", "created", "updated"}}
    kept = ("id", "notifications", "groupId", "created")
    replaced = atlas.ask("PUT", f"{path}/{made['id']}", sent | {"severityOverride": "CRITICAL"})
    assert [replaced[key] for key in kept] == [made[key] for key in kept]
    assert atlas.ask("PATCH", f"{path}/{made['id']}", {"enabled": False})["enabled"] is False
    assert atlas.ask("GET", f"{path}/{made['id']}")["severityOverride"] == "CRITICAL"


def test_an_entry_for_one_address_has_it_twice(atlas: Atlas) -> None:
    path = f"/groups/{atlas.project()}/accessList"
    atlas.ask("POST", path, [{"cidrBlock": "203.0.113.7/32"}, {"cidrBlock": "203.0.113.16/28"}], status=201)
    assert atlas.ask("GET", f"{path}/203.0.113.7")["ipAddress"] == "203.0.113.7"
    assert "ipAddress" not in atlas.ask("GET", f"{path}/203.0.113.16%2F28")


def test_a_revoked_token_gets_in_no_more(atlas: Atlas) -> None:
    other = atlas.token()
    form = {"token": atlas.bearer, "token_type_hint": "access_token"}
    assert atlas.client.post("/api/oauth/revoke", data=form, auth=("public", "wrong")).status_code == 401
    atlas.ask("GET", "/groups")
    assert atlas.client.post("/api/oauth/revoke", data=form, auth=ACCOUNT).status_code == 200
    atlas.ask("GET", "/groups", status=401)
    atlas.bearer = other
    atlas.ask("GET", "/groups")


def test_refusals_have_the_codes_and_words_of_the_list_of_errors(atlas: Atlas) -> None:
    group = atlas.project()
    atlas.cluster(group)
    path, region = f"/groups/{group}", CLUSTER["replicationSpecs"][0]["regionConfigs"][0]
    moon = CLUSTER | {"name": "x", "replicationSpecs": [{"regionConfigs": [region | {"regionName": "MOON"}]}]}
    refused: tuple[tuple[str, str, Any, int, str, str], ...] = (
        ("POST", f"{path}/clusters", CLUSTER, 400, "DUPLICATE_CLUSTER_NAME",
         f"A cluster named merchant is already present in group {group}."),
        ("POST", f"{path}/clusters", moon, 400, "INVALID_REGION", "No region MOON exists for provider AWS."),
        ("POST", f"{path}/clusters", CLUSTER | {"mongoDBMajorVersion": "3.6"}, 400, "MONGODB_VERSION_INVALID",
         "An invalid MongoDB version 3.6 was specified."),
        ("POST", "/groups", {"name": "rez", "orgId": "1"}, 409, "GROUP_ALREADY_EXISTS",
         'A group with name "rez" already exists.'),
        ("GET", "/groups/byName/none", None, 404, "GROUP_NAME_NOT_FOUND", 'No group with name "none" exists.'),
        ("DELETE", path, None, 409, "CANNOT_CLOSE_GROUP_ACTIVE_ATLAS_CLUSTERS",
         "Cannot close group while it has active clusters; please terminate all clusters."),
        ("POST", f"{path}/accessList", [{"cidrBlock": "all"}], 400, "INVALID_IP_ADDRESS_OR_CIDR_NOTATION",
         "The address all must be in valid IP address or CIDR notation."),
        ("POST", f"{path}/alertConfigs", ALERT | {"notifications": []}, 400, "MISSING_NOTIFICATIONS",
         "At least one notification must be specified for an alert configuration."),
        ("GET", f"{path}/alertConfigs/7", None, 404, "ALERT_CONFIG_NOT_FOUND",
         f"No alert configuration with ID 7 exists in group {group}."),
        ("GET", f"{path}/processes/h:1/measurements", None, 404, "HOSTNAME_AND_PORT_NOT_FOUND",
         f"No host with hostname and port h:1 exists in group {group}."),
    )  # fmt: skip
    for method, where, body, status, code, detail in refused:
        answer = atlas.ask(method, where, body, status=status)
        assert (answer["errorCode"], answer["detail"], answer["error"]) == (code, detail, status)
    atlas.ask("DELETE", f"{path}/clusters/merchant", status=202)
    again = atlas.ask("DELETE", f"{path}/clusters/merchant", status=400)
    assert again["errorCode"] == "CLUSTER_ALREADY_REQUESTED_DELETION"
