"""Ways round a rule that somebody found: each stays closed."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from policies.judge import judge
from policies.resources import from_manifest
from policies.values import Secret

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
