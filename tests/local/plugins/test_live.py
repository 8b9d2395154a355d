"""What of a live object belongs to the state."""

from __future__ import annotations

from typing import Any

from infra.local.plugins.kubernetes import live

SERVICE: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Service",
    "metadata": {
        "name": "s",
        "namespace": "n",
        "uid": "u",
        "resourceVersion": "7",
        "labels": {"a": "1", "theirs": "2"},
    },
    "spec": {"clusterIP": "10.0.0.1", "ports": [{"name": "http", "port": 80, "protocol": "TCP", "nodePort": 30080}]},
    "status": {"loadBalancer": {"ingress": [{"ip": "127.0.0.1"}]}},
}


def test_outputs_are_declared_fields_identity_and_addresses() -> None:
    inputs = {"kind": "Service", "metadata": {"labels": {"a": "1"}}, "spec": {"ports": [{"name": "http", "port": 80}]}}
    assert live.outputs(SERVICE, inputs) == {
        "kind": "Service",
        "metadata": {"name": "s", "namespace": "n", "uid": "u", "labels": {"a": "1"}},
        "spec": {"clusterIP": "10.0.0.1", "ports": [{"name": "http", "port": 80}]},
        "status": {"loadBalancer": {"ingress": [{"ip": "127.0.0.1"}]}},
    }


def test_items_are_matched_by_name_wherever_they_stand() -> None:
    found = [{"name": "injected", "image": "p"}, {"name": "api", "image": "i", "x": 1}]
    assert live.prune(found, [{"name": "api", "image": "old"}]) == [{"name": "api", "image": "i"}]


def test_a_list_without_names_is_a_value_as_a_whole() -> None:
    assert live.prune(["a", "b"], ["a"]) == ["a", "b"]
    assert live.prune([{"verbs": ["get"]}, {"verbs": ["*"]}], [{"verbs": ["get"]}, {"verbs": ["get"]}]) == [
        {"verbs": ["get"]},
        {"verbs": ["*"]},
    ]


def test_a_declared_field_that_is_gone_shows() -> None:
    assert live.prune({"a": 1}, {"a": 1, "b": 2}) == {"a": 1}


def test_nothing_needs_applying_when_every_value_is_there_literally() -> None:
    assert live.contains({"a": {"b": 1, "c": 2}, "d": [1]}, {"a": {"b": 1}})
    assert not live.contains({"a": "1"}, {"a": "1000m"})
    assert not live.contains({"a": [1, 2]}, {"a": [1]})
    assert not live.contains({"a": True}, {"a": 1})


def test_refreshed_inputs_keep_the_writing_of_what_did_not_change() -> None:
    inputs = {"cpu": "1000m", "image": "a", "gone": 1, "never": 2}
    before = {"cpu": "1", "image": "a", "gone": 1}
    assert live.refreshed(inputs, before, {"cpu": "1", "image": "b"}) == {"cpu": "1000m", "image": "b", "never": 2}


def test_an_import_takes_what_was_applied() -> None:
    fields = {"f:metadata": {"f:labels": {"f:a": {}}}, "f:spec": {"f:ports": {'k:{"port":80}': {".": {}}}}}
    entry = {"operation": "Apply", "manager": "m", "fieldsV1": fields}
    taken = live.owned({**SERVICE, "metadata": {**SERVICE["metadata"], "managedFields": [entry]}})
    assert taken["metadata"] == {"name": "s", "namespace": "n", "labels": {"a": "1"}}
    assert set(taken["spec"]) == {"ports"}


def test_an_import_of_what_nobody_applied_takes_all_but_the_servers_own() -> None:
    taken = live.owned(SERVICE)
    assert "status" not in taken
    assert set(taken["metadata"]) == {"name", "namespace", "labels"}
