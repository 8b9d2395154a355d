from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from infra.errors import UnavailableError
from infra.manifests.release import Release
from infra.operations import health, status
from infra.operations.status import Health
from infra.rejection import ApiError
from infra.rollout import lease
from infra.rollout.journal import Entry
from infra.rollout.lease import Holder
from infra.rollout.target import Target

FIXTURE = Path(__file__).parents[1] / "rollout" / "fixtures" / "deployment" / "healthy-v2.json"
NOW = datetime(2026, 11, 29, 3, tzinfo=UTC)
STARTING = Health("http://127.0.0.1:8080/health", 503, "starting")
HPA = {
    "spec": {
        "minReplicas": 3,
        "maxReplicas": 10,
        "metrics": [
            {
                "type": "Resource",
                "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 70}},
            },
            {
                "type": "Resource",
                "resource": {"name": "memory", "target": {"type": "AverageValue", "averageValue": "870Mi"}},
            },
        ],
    },
    "status": {
        "currentReplicas": 3,
        "desiredReplicas": 4,
        "currentMetrics": [
            {
                "type": "Resource",
                "resource": {"name": "cpu", "current": {"averageUtilization": 81, "averageValue": "405m"}},
            },
            {"type": "Resource", "resource": {"name": "memory", "current": {"averageValue": "24733013333m"}}},
        ],
    },
}


class FakeCluster:
    def __init__(self) -> None:
        found = json.loads(FIXTURE.read_text())
        pod = found["pods"][0]["metadata"]["name"]
        usage = {"cpu": "12345678n", "memory": "131072Ki"}
        self.lists: dict[str, Any] = {
            "Deployment": [found["deployment"]],
            "ReplicaSet": found["replicaSets"],
            "Pod": found["pods"],
            "Event": [],
            "PodDisruptionBudget": [],
            "StatefulSet": [],
            "PersistentVolumeClaim": [],
            "EndpointSlice": [{"endpoints": [{"conditions": {"ready": True}}, {"conditions": {"ready": False}}]}],
            "PodMetrics": [{"metadata": {"name": pod}, "containers": [{"name": "api", "usage": usage}]}],
        }
        self.hpa: Any = HPA
        self.lease: Any = None

    def list(self, api_version: str, kind: str, namespace: str | None = None, **_: Any) -> Any:
        if isinstance(self.lists[kind], Exception):
            raise self.lists[kind]
        return self.lists[kind]

    def list_page(self, api_version: str, kind: str, namespace: str | None = None, **_: Any) -> Any:
        return self.list(api_version, kind), "1"

    def get(self, api_version: str, kind: str, name: str, namespace: str | None = None) -> Any:
        return self.lease if kind == "Lease" else self.hpa


@pytest.fixture
def cluster() -> FakeCluster:
    return FakeCluster()


def read(cluster: Any) -> dict[str, Any]:
    return status.read(cluster, Target(), health=lambda: STARTING, now=NOW)


def test_everything_is_read(cluster: Any) -> None:
    found = read(cluster)
    assert found["release"]["version"] == "v2"
    assert found["replicas"] == {"desired": 3, "ready": 3, "updated": 3, "available": 3}
    assert found["endpoints"] == {"ready": 1, "total": 2}
    assert found["health"]["ok"] is False
    assert found["rollout"]["state"] == "healthy"


def test_the_autoscaler_shows_each_metric_against_its_target(cluster: Any) -> None:
    found = read(cluster)["hpa"]
    assert (found["min"], found["max"], found["current"], found["desired"]) == (3, 10, 3, 4)
    assert found["metrics"] == [
        {"name": "cpu", "current": "81% of the request", "target": "70% of the request"},
        {"name": "memory", "current": "24Mi", "target": "870Mi"},
    ]


def test_use_is_summed_in_millicores_and_mebibytes(cluster: Any) -> None:
    found = read(cluster)["resources"]
    assert (found["cpu_millicores"], found["cpu_limit_millicores"]) == (13, 1000)
    assert (found["memory_mib"], found["memory_limit_mib"]) == (128, 1024)


@pytest.mark.parametrize("failure", [ApiError("unknown kind", status=404), UnavailableError("HTTP 503")])
def test_an_absent_metrics_server_is_named(cluster: Any, failure: Exception) -> None:
    cluster.lists["PodMetrics"] = failure
    assert read(cluster)["resources"] == {"error": "metrics-server absent"}


def test_a_run_is_told_while_it_is_under_way_and_when_it_was_left(cluster: Any) -> None:
    assert read(cluster)["run"]["state"] == "none"
    image = f"docker.io/rezapp/merchant-backend@sha256:{'3' * 64}"
    entry = Entry("deploy", Release("v3", image), None, "watch", "2026-11-23T21:00:00Z", "me@here")
    held = lease.new("production")
    held = lease.taken(
        held, Holder("me@here", "elsewhere", 7, "ab"), now=datetime(2026, 11, 23, tzinfo=UTC), duration_s=9
    )
    cluster.lease = lease.written(held, entry)
    found = read(cluster)["run"]
    assert (found["state"], found["step"], found["since"]) == ("under way", "watch", "2026-11-23T00:00:00.000000Z")
    assert found["holder"] == "me@here on elsewhere, pid 7, run ab"
    assert found["run"] == "deploy of v3 by me@here, begun 2026-11-23T21:00:00Z, in step watch"
    cluster.lease = lease.freed(cluster.lease)
    assert read(cluster)["run"]["state"] == "left half done"
    cluster.lease = lease.written(cluster.lease, None)
    assert read(cluster)["run"]["state"] == "none"


def test_a_forbidden_part_shows_as_such(cluster: Any) -> None:
    cluster.lists["EndpointSlice"] = ApiError("endpointslices is forbidden", status=403)
    cluster.hpa = None
    found = read(cluster)
    assert "forbidden" in found["endpoints"]["error"]
    assert "merchant-backend-hpa" in found["hpa"]["error"]


def recorded(behaviour: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FIXTURE.parents[1] / f"{behaviour}.json").read_text())
    return found


def test_what_the_api_leans_on_is_judged(cluster: Any) -> None:
    claim = recorded("claim/no-class")
    cluster.hpa = {**HPA, "status": recorded("hpa/cannot-scale")["live"]["status"]}
    cluster.lists["PodDisruptionBudget"] = [recorded("pdb/drain-blocked")["live"], recorded("pdb/well")["live"]]
    cluster.lists["StatefulSet"] = [recorded("statefulset/members-missing")["live"]]
    cluster.lists["PersistentVolumeClaim"], cluster.lists["Event"] = [claim["live"]], claim["events"]
    reasons = [trouble["reason"] for trouble in read(cluster)["troubles"]]
    assert reasons == ["cannot-scale", "drain-blocked", "members-missing", "claim-refused"]


def test_a_kind_that_may_not_be_listed_is_named(cluster: Any) -> None:
    cluster.lists["PodDisruptionBudget"] = ApiError("poddisruptionbudgets is forbidden", status=403)
    [found] = read(cluster)["troubles"]
    assert found["about"] == "PodDisruptionBudget"
    assert "forbidden" in found["message"]


def test_nothing_deployed_is_no_error(cluster: Any) -> None:
    cluster.lists["Deployment"] = []
    found = read(cluster)
    assert found["release"] == {"version": "", "image": ""}
    assert found["replicas"]["desired"] == 0


def test_a_health_endpoint_that_does_not_answer_is_part_of_the_answer() -> None:
    found = health.ask("http://127.0.0.1:9/health", 1)
    assert (found.ok, found.status) == (False, 0)
    assert found.detail


def test_overrides_are_told_by_the_objects_own_word_with_the_time_that_is_left(cluster: FakeCluster) -> None:
    begin, end = "2026-11-29T02:00:00Z", "2026-11-29T06:00:00Z"
    said = {"since": begin, "expires": end, "reason": "INC-7", "by": "me@here", "pods": {"min": 5, "max": 5}}
    cluster.hpa = {**HPA, "metadata": {"annotations": {"rez.dev/override": json.dumps(said)}}}
    (found,) = read(cluster)["overrides"]
    assert (found["kind"], found["left_s"], found["pods"]) == ("scale", 3 * 3600, {"min": 5, "max": 5})
    assert found["message"] == "pinned at 5 pods until 2026-11-29 06:00 UTC (3h left), by me@here: INC-7"


def test_without_overrides_or_autoscaler_none_is_told(cluster: FakeCluster) -> None:
    assert read(cluster)["overrides"] == []
    cluster.hpa = None
    assert read(cluster)["overrides"] == []
