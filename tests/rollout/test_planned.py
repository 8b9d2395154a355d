from __future__ import annotations

import json
from typing import Any

from infra.rollout.planned import Planned, planned


def template(config: str = "merchant-backend-config-1", secret: str = "db-secrets-1") -> dict[str, Any]:
    container = {"name": "api", "image": "x", "envFrom": [{"configMapRef": {"name": config}}]}
    sources = [{"secret": {"name": secret}}]
    volumes = [{"name": "tmp", "emptyDir": {}}, {"name": "secrets", "projected": {"sources": sources}}]
    return {"metadata": {"labels": {}}, "spec": {"containers": [container], "volumes": volumes}}


def plan(*resources: tuple[str, str, dict[str, Any]]) -> str:
    events: list[dict[str, Any]] = [{"sequence": 0, "preludeEvent": {}}]
    for kind, name, inputs in resources:
        new = {"type": kind, "inputs": {"metadata": {"name": name}, **inputs}}
        events.append({"sequence": 1, "resourcePreEvent": {"metadata": {"op": "update", "new": new}}})
    return "\n".join(json.dumps(event) for event in events) + "\n"


def deployment(declared: dict[str, Any]) -> tuple[str, str, dict[str, Any]]:
    return "kubernetes:apps/v1:Deployment", "merchant-backend", {"spec": {"template": declared}}


def test_pods_are_made_from_what_the_plan_declares() -> None:
    declared = template()
    declared["spec"]["containers"][0]["resources"] = {"limits": {"memory": "2Gi"}}
    assert planned(plan(deployment(declared)), template()) == Planned(declared)


def test_a_plan_that_tells_nothing_leaves_what_is_there() -> None:
    assert planned("", template()) == Planned(template())
    assert planned(plan(deployment({})), template()) == Planned(template())
    other = ("kubernetes:apps/v1:Deployment", "other", {"spec": {"template": {"spec": {"containers": [{}]}}}})
    assert planned(plan(other), template()) == Planned(template())


def test_new_configuration_is_found_in_the_plan() -> None:
    config = ("kubernetes:core/v1:ConfigMap", "merchant-backend-config-2", {"data": {"PORT": "3000"}})
    found = planned(plan(config, deployment(template("merchant-backend-config-2"))), template())
    assert found.config == {"metadata": {"name": "merchant-backend-config-2"}, "data": {"PORT": "3000"}}
    assert found.secrets == ()


def test_secrets_that_the_engine_makes_are_named_as_it_names_them() -> None:
    inputs = {"metadata": {"name": "db-secrets-2"}}
    events = [
        {"op": op, "urn": urn, "new": {"urn": urn, "type": "kubernetes:core/v1:Secret", "inputs": inputs}}
        for op, urn in (("create", f"{OURS}db-secrets-2"), ("same", f"{OURS}db-secrets-1"), ("create", "urn:of:others"))
    ]
    text = "\n".join(json.dumps({"sequence": 1, "resourcePreEvent": {"metadata": each}}) for each in events)
    found = planned(text + "\n" + plan(deployment(template(secret="db-secrets-2"))), template())
    assert found.secrets == (f"{OURS}db-secrets-2",)
    assert found.template == template(secret="db-secrets-2")


OURS = "urn:pulumi:local::rez-infra::rez:api:Api$kubernetes:core/v1:Secret::"
