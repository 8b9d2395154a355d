from __future__ import annotations

import json
from typing import Any

import pytest

from infra.drift import plan
from policies.objects.values import UNKNOWN, Secret

URN = "urn:pulumi:local::rez-infra::kubernetes:core/v1:ConfigMap::c"
MEMORY = ("f:spec", "f:containers", 'k:{"name":"api"}', "f:memory")


def event(op: str, data: Any, *, urn: str = URN) -> dict[str, Any]:
    inputs = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}, "data": data}
    state = {"urn": urn, "type": "kubernetes:core/v1:ConfigMap", "custom": True, "inputs": inputs}
    metadata = {"op": op, "urn": urn, "type": state["type"], "old": state, "new": None if op == "delete" else state}
    return {"sequence": 1, "resourcePreEvent": {"metadata": metadata}}


def text(*events: dict[str, Any]) -> str:
    return "\n".join(json.dumps(each) for each in (*events, {"sequence": 9, "summaryEvent": {}}))


def test_the_program_declares_what_is_new_and_not_what_a_refresh_found() -> None:
    found = plan.programs(text(event("refresh", {"a": "live"}), event("update", {"a": "declared"})))
    assert found[URN]["data"] == {"a": "declared"}


def test_what_is_to_be_deleted_is_not_declared() -> None:
    assert plan.programs(text(event("delete", {}))) == {}


def test_a_text_that_is_no_plan_is_refused() -> None:
    with pytest.raises(ValueError, match="the engine's plan"):
        plan.programs("{}")


def manifest(memory: str, *, cpu: str = "1", data: Any = None) -> dict[str, Any]:
    return {"spec": {"containers": [{"name": "api", "memory": memory, "cpu": cpu}]}, "data": data}


def test_nothing_waits_where_only_the_drifted_field_differs() -> None:
    assert not plan.waits(manifest("768Mi"), manifest("1Gi"), [MEMORY])
    assert not plan.waits(manifest("1Gi"), manifest("1Gi"), [MEMORY])


def test_another_change_of_the_program_waits() -> None:
    assert plan.waits(manifest("1Gi"), manifest("1Gi", cpu="2"), [MEMORY])
    assert plan.waits(manifest("1Gi"), manifest("2Gi"), [])


def test_secrets_are_the_same_however_much_of_them_is_hidden() -> None:
    each, whole = {"A": Secret(UNKNOWN), "B": Secret("x")}, Secret(UNKNOWN)
    assert not plan.waits(manifest("1Gi", data=each), manifest("1Gi", data=whole), [])
    assert plan.waits(manifest("1Gi", data={"A": Secret(UNKNOWN), "c": "1"}), manifest("1Gi", data=whole), [])
