"""Ways round a rule that somebody found: each stays closed."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from policies.cluster.pods import WORKLOADS, template
from policies.judging.judge import judge, judge_stack
from policies.objects.node import Node
from policies.objects.resources import from_manifest
from policies.objects.values import Secret

DEPLOYMENT = "Deployment/merchant-backend"
CONFIG = "ConfigMap/merchant-backend-config-0123456789"


def test_api_is_judged_though_none_of_its_containers_is_called_api(golden: Any) -> None:
    (api,) = golden.objects[DEPLOYMENT]["spec"]["template"]["spec"]["containers"]
    web, log = copy.deepcopy(api) | {"name": "web"}, copy.deepcopy(api) | {"name": "log"}
    web["resources"]["limits"]["cpu"] = "8"
    golden.change({DEPLOYMENT: {"spec.template.spec.containers": [log, web]}})
    assert "deployment-cpu-limit" in golden.ids()


@pytest.mark.parametrize("text", ["A=${B}\nPASSWORD=hunter2hunter", "p{{w0rd1", "a$(b", "x<%y"])
@pytest.mark.parametrize("kind", ["Opaque", "kubernetes.io/service-account-token"])
def test_secret_in_plain_text_hides_behind_no_sign_and_no_type(text: str, kind: str) -> None:
    manifest = {"apiVersion": "v1", "kind": "Secret", "type": kind, "stringData": {"key": text}}
    assert "secret-plaintext" in [each.rule.id for each in judge(from_manifest(manifest), stack="production")]


@pytest.mark.parametrize("text", ["${DB_PASSWORD}", "{{ .Values.password }}", "$(PASSWORD)"])
def test_reference_is_no_plain_text(text: str) -> None:
    manifest = {"apiVersion": "v1", "kind": "Secret", "stringData": {"key": text}}
    assert "secret-plaintext" not in [each.rule.id for each in judge(from_manifest(manifest), stack="production")]


def test_value_of_a_config_map_is_not_shown(golden: Any) -> None:
    env = [
        {"name": "NODE_ENV", "valueFrom": {"configMapKeyRef": {"name": CONFIG.partition("/")[2], "key": "NODE_ENV"}}}
    ]
    golden.change({CONFIG: {"data.NODE_ENV": Secret("canary-9d1f")}})
    golden.change({DEPLOYMENT: {"spec.template.spec.containers.api.env": env}})
    found = golden.findings()
    assert "container-node-env" in [each.rule.id for each in found]
    assert not any("canary" in each.message for each in found)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("image", "https://ci:Sup3rS3cret@registry/x"),
        ("livenessProbe", {"httpGet": {"path": "/health?token=Sup3rS3cret", "port": "http"}}),
        ("readinessProbe", {"command": ["redis-cli", "-a", "Sup3rS3cret", "ping"]}),
    ],
)
def test_credential_in_a_judged_field_is_not_shown(golden: Any, field: str, value: Any) -> None:
    golden.change({DEPLOYMENT: {f"spec.template.spec.containers.api.{field}": value}})
    found = golden.findings()
    assert found
    assert not any("Sup3rS3cret" in each.message for each in found)


def running(golden: Any, kind: str, **labels: str) -> dict[str, Any]:
    """The API's pod template under another kind, as an object of its own."""
    template = copy.deepcopy(golden.objects[DEPLOYMENT]["spec"]["template"])
    template["metadata"]["labels"] |= labels
    template["spec"]["topologySpreadConstraints"][0]["labelSelector"] = {}
    spec: dict[str, Any] = {"template": template}
    if kind == "Pod":
        return {"apiVersion": "v1", "kind": kind, **template} | {"metadata": {**template["metadata"], **PLACE}}
    if kind == "CronJob":
        spec = {"jobTemplate": {"spec": spec}}
    group = "batch/v1" if kind in {"Job", "CronJob"} else "v1" if kind == "ReplicationController" else "apps/v1"
    return {"apiVersion": group, "kind": kind, "metadata": dict(PLACE), "spec": spec}


PLACE = {"name": "shop", "namespace": "production"}
OF_THE_API = {
    "api-deployment",
    "container-image-repository",
    "container-liveness-path",
    "container-liveness-probe",
    "container-node-env",
    "container-readiness-probe",
    "deployment-cpu-limit",
    "deployment-graceful-stop",
    "deployment-memory-limit",
    "deployment-metrics-scrape",
    "deployment-startup-probe",
    "deployment-topology-spread",
}


def judged(workload: dict[str, Any]) -> set[str]:
    resource = from_manifest(workload)
    return {
        each.rule.id for each in (*judge(resource, stack="production"), *judge_stack([resource], stack="production"))
    }


@pytest.mark.parametrize("kind", [kind.partition(".")[0] for kind in WORKLOADS if kind != "Deployment.apps"])
def test_api_is_judged_whatever_runs_it(golden: Any, kind: str) -> None:
    workload = running(golden, kind)
    assert {each for each in judged(workload) if each in OF_THE_API} == {"api-deployment"}
    (api,) = template(Node(workload)).get("spec", "containers")
    api |= {
        "name": "web",
        "image": "web",
        "env": [],
        "envFrom": [],
        "lifecycle": {},
        "resources": {},
        "readinessProbe": {},
    }
    api |= {"startupProbe": {}, "livenessProbe": {"httpGet": {"path": "/health", "port": "http"}}}
    template(Node(workload)).get("metadata")["annotations"] = {}
    template(Node(workload)).get("spec")["topologySpreadConstraints"] = []
    assert judged(workload) >= OF_THE_API - {"container-liveness-probe"}
    api["livenessProbe"] = {}
    assert "container-liveness-probe" in judged(workload)


@pytest.mark.parametrize("by", ["name", "label", "container", "image"])
def test_api_is_known_by_each_of_its_marks(golden: Any, by: str) -> None:
    workload = running(golden, "ReplicaSet", app="shop")
    (api,) = workload["spec"]["template"]["spec"]["containers"]
    api |= {"name": "web", "image": "web"}
    assert "api-deployment" not in judged(workload)
    match by:
        case "name":
            workload["metadata"]["name"] = "merchant-backend"
        case "label":
            workload["spec"]["template"]["metadata"]["labels"]["app"] = "merchant-backend"
        case "container":
            api["name"] = "api"
        case "image":
            api["image"] = "rezapp/merchant-backend:v1"
    assert "api-deployment" in judged(workload)


def test_canary_and_migration_may_run_the_api_as_a_job(golden: Any) -> None:
    canary = running(golden, "Job", track="canary")
    assert "api-deployment" in judged(canary)
    canary["spec"]["activeDeadlineSeconds"] = 600
    assert not judged(canary) & OF_THE_API
    migration = running(golden, "Job", track="migration")
    assert "api-deployment" in judged(migration)
    migration["spec"]["template"]["metadata"]["labels"]["app"] = "migration"
    (api,) = migration["spec"]["template"]["spec"]["containers"]
    for part in ("startupProbe", "readinessProbe", "livenessProbe", "lifecycle"):
        del api[part]
    assert not judged(migration) & OF_THE_API
    api["resources"]["limits"]["cpu"] = "8"
    assert "deployment-cpu-limit" in judged(migration)


def test_what_a_controller_made_of_the_api_is_judged_where_it_is_declared(golden: Any) -> None:
    made = running(golden, "ReplicaSet")
    made["metadata"]["ownerReferences"] = [{"kind": "Deployment", "name": "merchant-backend", "controller": True}]
    assert not judged(made) & OF_THE_API
    made["metadata"]["ownerReferences"][0]["controller"] = False
    assert "api-deployment" in judged(made)


def test_pool_of_the_api_under_another_kind_is_counted(golden: Any) -> None:
    workload = running(golden, "ReplicaSet")
    workload["spec"]["replicas"] = 300
    golden.change({"ReplicaSet/shop": {"new": workload}})
    assert "connection-budget" in golden.ids()


@pytest.mark.parametrize(
    "change",
    [
        {DEPLOYMENT: {"metadata.name": Secret("canary-9d1f")}},
        {"StatefulSet/redis": {"metadata.name": Secret("canary-9d1f")}, "Service/redis": {"spec.type": "LoadBalancer"}},
        {"HorizontalPodAutoscaler/merchant-backend-hpa": {"spec.scaleTargetRef.name": Secret("canary-9d1f")}},
        {DEPLOYMENT: {"spec.template.spec.containers": Secret([{"name": "canary-9d1f"}])}},
        {
            DEPLOYMENT: {
                "spec.template.spec.containers.api.env": [
                    {"name": Secret("canary-9d1f")},
                    {"name": Secret("canary-9d1f")},
                ]
            }
        },
    ],
)
def test_name_that_is_marked_as_secret_is_not_shown(golden: Any, change: Any) -> None:
    found = golden.change(change).findings()
    assert found
    assert [each.message for each in found if "canary" in f"{each.message} {each.field} {each.resource}"] == []
