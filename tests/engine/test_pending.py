from __future__ import annotations

from typing import Any

from infra.engine.pending import adopt, any_left

STACK = "urn:pulumi:local::rez-infra"


def operation(kind: str = "creating", type_: str = "kubernetes:core/v1:Service", **metadata: str) -> dict[str, Any]:
    resource = {"urn": f"{STACK}::{type_}::it", "type": type_, "inputs": {"metadata": metadata}}
    return {"type": kind, "resource": resource}


def state(*operations: dict[str, Any], resources: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    return {"version": 3, "deployment": {"pending_operations": list(operations), "resources": resources or []}}


def ids(adopted: dict[str, Any]) -> list[str]:
    return [r["id"] for r in adopted["deployment"]["resources"]]


def test_a_creation_is_known_by_namespace_and_name() -> None:
    assert ids(adopt(state(operation(namespace="production", name="api")))) == ["production/api"]


def test_an_object_without_namespace_is_known_by_its_name() -> None:
    assert ids(adopt(state(operation(name="production")))) == ["production"]


def test_an_adopted_object_is_compared_by_what_was_wanted() -> None:
    [resource] = adopt(state(operation(name="production")))["deployment"]["resources"]
    assert resource["outputs"] == resource["inputs"]


def test_what_the_state_already_has_is_not_doubled() -> None:
    begun = operation(name="production")
    known = begun["resource"] | {"id": "production"}
    assert adopt(state(begun, resources=[known]))["deployment"]["resources"] == [known]


def test_only_creations_of_named_kubernetes_objects_are_adopted_but_nothing_stays_pending() -> None:
    left = state(
        operation("updating", name="a"),
        operation("deleting", name="a"),
        operation(type_="mongodbatlas:index/cluster:Cluster", name="a"),
        operation(type_="pulumi:providers:kubernetes", name="a"),
        operation(generateName="a-"),
    )
    assert any_left(left)
    assert ids(adopt(left)) == []
    assert not any_left(adopt(left))


def test_a_clean_or_empty_state_has_nothing_left() -> None:
    empty: list[dict[str, Any]] = [state(), {"deployment": {}}, {"deployment": None}, {}]
    assert [any_left(s) for s in empty] == [False] * 4
