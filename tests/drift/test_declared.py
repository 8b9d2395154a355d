from __future__ import annotations

from typing import Any

from infra.drift import declared
from infra.drift.declared import Ref
from policies.objects.values import UNKNOWN, Secret

SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"


def resource(token: str, *, inputs: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {"urn": f"urn:pulumi:s::p::{token}::x", "type": token, "custom": True, "inputs": inputs or {}, **more}


def manifest(kind: str = "ConfigMap", api_version: str = "v1", **more: Any) -> dict[str, Any]:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": "x", "namespace": "n"}, **more}


def read(*resources: dict[str, Any]) -> declared.Stack:
    return declared.read({"deployment": {"resources": list(resources)}}, stack="s")


def test_objects_are_read_with_their_urns() -> None:
    stack = read(resource("kubernetes:core/v1:ConfigMap", inputs=manifest(data={"a": "1"})))
    assert [(each.urn, each.ref) for each in stack.objects] == [
        ("urn:pulumi:s::p::kubernetes:core/v1:ConfigMap::x", Ref("v1", "ConfigMap", "n", "x"))
    ]
    assert stack.objects[0].manifest["data"] == {"a": "1"}


def test_encrypted_values_are_marked_and_stay_encrypted() -> None:
    hidden = {SIGNATURE: SECRET, "ciphertext": "v1:abc"}
    stack = read(resource("kubernetes:core/v1:Secret", inputs=manifest("Secret", data={"K": hidden})))
    assert stack.objects[0].manifest["data"] == {"K": Secret(UNKNOWN)}


def test_what_is_not_in_the_cluster_is_counted_by_type() -> None:
    cluster = "mongodbatlas:index/searchIndex:SearchIndex"
    chart = resource("kubernetes:helm.sh/v3:Release", inputs={"chart": "redis"})
    stack = read(resource(cluster), resource(cluster), chart)
    assert stack.others == {cluster: 2, "kubernetes:helm.sh/v3:Release": 1}
    assert stack.objects == ()


def test_resources_of_atlas_are_read_with_their_ids_and_without_their_secrets() -> None:
    inputs = {"projectId": "g", "username": "api-a", "password": {SIGNATURE: SECRET, "ciphertext": "v1:abc"}}
    stack = read(resource("mongodbatlas:index/databaseUser:DatabaseUser", inputs=inputs, id="an-id"))
    (user,) = stack.atlas
    assert (user.kind, user.identifier, str(user.ref)) == ("DatabaseUser", "an-id", "DatabaseUser x")
    assert user.inputs["password"] == Secret(UNKNOWN)
    assert (stack.objects, stack.others) == ((), {})


def test_what_no_provider_manages_is_left_out() -> None:
    stack = read(
        resource("rez:api:Api", custom=False),
        resource("pulumi:providers:kubernetes"),
        resource("kubernetes:core/v1:ConfigMap", inputs=manifest(), delete=True),
        resource("kubernetes:core/v1:ConfigMap", inputs=manifest(), external=True),
    )
    assert (stack.objects, stack.others) == ((), {})


def test_an_empty_state_declares_nothing() -> None:
    assert declared.read({"deployment": None}, stack="s").objects == ()
    assert declared.read({}, stack="s").objects == ()


def test_autoscalers_tell_whose_replicas_they_own() -> None:
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "api"}
    inputs = manifest("HorizontalPodAutoscaler", "autoscaling/v2", spec={"scaleTargetRef": target})
    stack = read(resource("kubernetes:autoscaling/v2:HorizontalPodAutoscaler", inputs=inputs))
    assert stack.autoscaled == {Ref("apps/v1", "Deployment", "n", "api")}


def test_a_ref_is_an_argument_of_kubectl() -> None:
    assert Ref("apps/v1", "Deployment", "n", "x").argument == "deployment.v1.apps/x -n n"
    assert Ref("v1", "Namespace", "", "x").argument == "namespace/x"
    assert str(Ref("v1", "Namespace", "", "x")) == "Namespace x"
